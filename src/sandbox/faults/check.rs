//! Whether an entry of `faults:` makes sense, as far as one can tell before anything happens.

use super::glob;
use crate::sandbox::script::{FaultEntry, OperationName, OutcomeName};

/// The names of the calls that there are.
pub(crate) struct CallNames {
    /// A pattern may stand for several of these.
    pub catalog: Vec<&'static str>,
    /// These must be written out.
    pub query: &'static [&'static str],
}

impl CallNames {
    fn check(&self, call: &str) -> Result<(), String> {
        if call.contains('*') {
            let fits = self.catalog.iter().any(|name| glob(call, name));
            return if fits { Ok(()) } else { Err(format!("no operation fits the pattern `{call}`")) };
        }
        let all = || self.catalog.iter().chain(self.query);
        if all().any(|name| *name == call) {
            return Ok(());
        }
        let lower = call.to_lowercase();
        let nearest = all().min_by_key(|name| strsim::levenshtein(&name.to_lowercase(), &lower));
        let nearest = nearest.copied().unwrap_or_default();
        Err(format!("there is no operation `{call}`; the nearest name is `{nearest}`"))
    }
}

/// Why an entry makes no sense, and the key that says so; no key is the entry as a whole.
pub(crate) fn check(entry: &FaultEntry, calls: &CallNames) -> Result<(), (&'static str, String)> {
    if let Some(call) = &entry.call {
        calls.check(call.as_str()).map_err(|message| (".call", message))?;
    }
    check_members(entry).map_err(|message| ("", message))
}

fn check_members(entry: &FaultEntry) -> Result<(), String> {
    use OutcomeName::{DeleteFails, Hang, Reject, Rollback};
    let of_operation = matches!(entry.outcome, Reject | Rollback | Hang | DeleteFails);
    match (&entry.operation, &entry.call) {
        (Some(_), Some(_)) | (None, None) => {
            Err("a fault names exactly one of `operation` and `call`".to_owned())
        }
        (Some(_), None) if !of_operation => {
            Err("this outcome belongs to a `call`, not to an `operation`".to_owned())
        }
        (None, Some(_)) if of_operation => {
            Err("this outcome belongs to an `operation`, not to a `call`".to_owned())
        }
        (Some(operation), None) if entry.outcome == DeleteFails && *operation != OperationName::Terminate => {
            Err("`delete_fails` belongs to `operation: terminate`".to_owned())
        }
        _ if entry.rate.is_some_and(|rate| !(0.0..=1.0).contains(&rate)) => {
            Err("`rate` is within 0 and 1".to_owned())
        }
        _ if entry.after.is_some_and(|part| !(0.0..=1.0).contains(&part)) => {
            Err("`after` is a part of the duration, within 0 and 1".to_owned())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{CallNames, check};
    use crate::sandbox::script::FaultEntry;

    fn entry(yaml: &str) -> FaultEntry {
        serde_yaml::from_str(yaml).unwrap()
    }

    #[test]
    fn senseless_entries_are_named() {
        for yaml in [
            "{outcome: throttle}",
            "{operation: update, outcome: throttle}",
            "{call: X, outcome: hang}",
            "{operation: provision, outcome: delete_fails}",
            "{call: X, outcome: throttle, rate: 2}",
        ] {
            assert!(check(&entry(yaml), &CallNames { catalog: vec!["X"], query: &[] }).is_err(), "{yaml}");
        }
    }

    #[test]
    fn calls_that_there_are_not_are_named_with_the_nearest() {
        let calls =
            CallNames { catalog: vec!["DescribeRecord", "ProvisionProduct"], query: &["GetTemplate"] };
        let rows = [
            ("DescribeRecord", None),
            ("Describe*", None),
            ("*", None),
            ("GetTemplate", None),
            ("GetT*", Some("no operation fits the pattern `GetT*`")),
            (
                "describe-record",
                Some("there is no operation `describe-record`; the nearest name is `DescribeRecord`"),
            ),
            (
                "ProvisonProducts",
                Some("no operation `ProvisonProducts`; the nearest name is `ProvisionProduct`"),
            ),
        ];
        for (call, expected) in rows {
            let found = check(&entry(&format!("{{call: '{call}', outcome: throttle}}")), &calls).err();
            assert_eq!(found.is_some(), expected.is_some(), "{call}: {found:?}");
            if let (Some((key, message)), Some(expected)) = (found, expected) {
                assert!(key == ".call" && message.contains(expected), "{message}");
            }
        }
    }
}
