//! Whether an entry of `faults:` makes sense, as far as one can tell before anything happens.

use super::glob;
use crate::world_file::{FaultEntry, OutcomeName, Text, suggestion, version_suggestion};

/// The names of the calls that there are.
pub(crate) struct CallNames {
    /// A pattern may stand for several of these.
    pub catalog: Vec<&'static str>,
    /// Those of them that say which provisioned product they are about.
    pub subjects: Vec<&'static str>,
    /// These must be written out.
    pub query: &'static [&'static str],
}

/// Everything that an entry may name.
pub(crate) struct Names<'a> {
    pub calls: &'a CallNames,
    /// Products and the names of their versions.
    pub products: Vec<(&'a str, Vec<&'a str>)>,
}

/// A key of the entry, and what is wrong with it; no key is the entry as a whole.
type Wrong = (&'static str, String);

impl CallNames {
    fn check(&self, call: &str) -> Result<(), String> {
        if call.contains('*') {
            let fits = self.catalog.iter().any(|name| glob(call, name));
            return if fits { Ok(()) } else { Err(format!("no operation fits the pattern `{call}`")) };
        }
        if self.catalog.iter().chain(self.query).any(|name| *name == call) {
            return Ok(());
        }
        let lower = call.to_lowercase();
        let distance = |name: &&&str| strsim::levenshtein(&name.to_lowercase(), &lower);
        // most calls are the catalog's; the few others must be nearer to be meant
        let nearest = |names: &[&'static str]| names.iter().min_by_key(distance).copied().unwrap_or_default();
        let (own, other) = (nearest(&self.catalog), nearest(self.query));
        let name = if distance(&&other) + 1 < distance(&&own) { other } else { own };
        Err(format!("there is no operation `{call}`; the nearest name is `{name}`"))
    }

    /// Whether any call that this names says which provisioned product it is about.
    fn has_subject(&self, call: &str) -> bool {
        self.subjects.iter().any(|name| glob(call, name))
    }
}

/// All that makes no sense of an entry, each thing at its key.
pub(crate) fn check(entry: &FaultEntry, names: &Names<'_>) -> Vec<Wrong> {
    let mut found: Vec<Wrong> = check_occasion(entry, names.calls).into_iter().collect();
    found.extend(check_numbers(entry));
    found.extend(check_names(entry, names));
    found
}

/// Whether it can strike at all: the first of what hangs on each other.
fn check_occasion(entry: &FaultEntry, calls: &CallNames) -> Option<Wrong> {
    if entry.operation.is_some() == entry.call.is_some() {
        return Some(("", "a fault names exactly one of `operation` and `call`".to_owned()));
    }
    if let Some(Err(message)) = entry.call.as_ref().map(|call| calls.check(call.as_str())) {
        return Some((".call", message));
    }
    if !entry.outcome.fits(entry.operation) {
        return Some((".outcome", misplaced(entry)));
    }
    let named = entry.provisioned_product.is_some() && !entry.outcome.is_foreign();
    match &entry.call {
        Some(call) if named && !calls.has_subject(call.as_str()) => {
            let message =
                format!("`{call}` is never about one provisioned product, so this would never strike");
            Some((".provisioned_product", message))
        }
        _ => None,
    }
}

fn misplaced(entry: &FaultEntry) -> String {
    let about = entry.operation.map_or("a call".to_owned(), |operation| format!("`{}`", operation.as_str()));
    let fitting = OutcomeName::ALL.into_iter().filter(|outcome| outcome.fits(entry.operation));
    let fitting: Vec<String> = fitting.map(|outcome| format!("`{}`", outcome.as_str())).collect();
    format!("`{}` is no outcome of {about}; there is {}", entry.outcome.as_str(), fitting.join(", "))
}

fn check_numbers(entry: &FaultEntry) -> Vec<Wrong> {
    let part = |value: Option<f64>| value.is_none_or(|value| (0.0..=1.0).contains(&value));
    let delayed = matches!(entry.outcome, OutcomeName::Rollback | OutcomeName::DeleteFails);
    let rows = [
        (".rate", part(entry.rate), "`rate` is within 0 and 1"),
        (".after", part(entry.after), "`after` is a part of the duration, within 0 and 1"),
        (
            ".after",
            delayed || !part(entry.after) || entry.after.is_none(),
            "`after` belongs to `rollback` and `delete_fails`",
        ),
        (".times", entry.times != Some(0), "0 times is never; leave `times` out for always"),
    ];
    let wrong = rows.into_iter().filter(|(_, holds, _)| !holds);
    wrong.map(|(key, _, message)| (key, message.to_owned())).collect()
}

fn check_names(entry: &FaultEntry, names: &Names<'_>) -> Vec<Wrong> {
    let all = names.products.iter().map(|(name, _)| *name);
    let product = entry.product.as_ref().map_or("*", Text::as_str);
    let mut found = Vec::new();
    let is_known = product.contains('*') || all.clone().any(|name| name == product);
    if !is_known {
        found.push((".product", format!("there is no product `{product}`{}", suggestion(product, all))));
    }
    let Some(version) = entry.version.as_ref().map(Text::as_str) else {
        return found;
    };
    if entry.outcome != OutcomeName::ForeignUpdate {
        found.push((".version", "`version` belongs to `outcome: foreign_update`".to_owned()));
        return found;
    }
    let fitting = names.products.iter().filter(|(name, _)| glob(product, name));
    let mut versions: Vec<&str> = fitting.flat_map(|(_, versions)| versions.iter().copied()).collect();
    versions.sort_unstable();
    versions.dedup();
    // which versions there are of a product that is none is not known
    if is_known && !versions.contains(&version) {
        let meant = version_suggestion(version, versions.into_iter());
        found.push((".version", format!("there is no version `{version}`{meant}")));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{CallNames, Names, check};
    use crate::world_file::FaultEntry;

    fn entry(yaml: &str) -> FaultEntry {
        serde_yaml::from_str(yaml).unwrap()
    }

    #[test]
    fn senseless_entries_are_named() {
        let calls =
            CallNames { catalog: vec!["X", "Update"], subjects: vec!["Update"], query: &["GetTemplate"] };
        let names = Names { calls: &calls, products: vec![("box", vec!["v1", "v2"]), ("tin", vec!["v9"])] };
        let rows = [
            ("{outcome: throttle}", "", "exactly one of"),
            ("{operation: update, outcome: throttle}", ".outcome", "there is `reject`, `rollback`, `hang`"),
            ("{call: X, outcome: hang}", ".outcome", "`hang` is no outcome of a call"),
            ("{operation: provision, outcome: delete_fails}", ".outcome", "no outcome of `provision`"),
            ("{call: X, outcome: throttle, rate: 2}", ".rate", "within 0 and 1"),
            ("{call: X, outcome: throttle, times: 0}", ".times", "0 times is never"),
            ("{operation: update, outcome: hang, after: 0.1}", ".after", "belongs to `rollback`"),
            ("{operation: update, outcome: hang, version: v1}", ".version", "foreign_update"),
            ("{operation: update, outcome: hang, product: bax}", ".product", "did you mean `box`?"),
            ("{call: X, outcome: foreign_update, version: v3}", ".version", "no version `v3`"),
            ("{call: X, outcome: foreign_update, product: tin, version: v1}", ".version", "no version `v1`"),
            ("{call: X, outcome: throttle, provisioned_product: a}", ".provisioned_product", "never strike"),
            (
                "{call: GetTemplate, outcome: throttle, provisioned_product: a}",
                ".provisioned_product",
                "never",
            ),
        ];
        for (yaml, key, text) in rows {
            let found = check(&entry(yaml), &names);
            let [(at, message)] = found.as_slice() else { panic!("{yaml}: {found:?}") };
            assert!(*at == key && message.contains(text), "{yaml}: {at}: {message}");
        }
        for yaml in [
            "{call: X, outcome: foreign_update, provisioned_product: a, version: v2}",
            "{call: '*', outcome: throttle, provisioned_product: a, product: 'b*'}",
            "{operation: terminate, outcome: delete_fails, after: 1, times: 1}",
        ] {
            assert_eq!(check(&entry(yaml), &names), [], "{yaml}");
        }
        let several = "{call: Y, outcome: throttle, rate: 2, times: 0, after: 3, product: bax, version: v1}";
        let keys: Vec<&str> = check(&entry(several), &names).into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, [".call", ".rate", ".after", ".times", ".product", ".version"]);
    }

    #[test]
    fn calls_that_there_are_not_are_named_with_the_nearest() {
        let calls = CallNames {
            catalog: vec!["DescribeRecord", "ProvisionProduct"],
            subjects: vec![],
            query: &["GetTemplate"],
        };
        let names = Names { calls: &calls, products: vec![] };
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
            let found = check(&entry(&format!("{{call: '{call}', outcome: throttle}}")), &names).pop();
            assert_eq!(found.is_some(), expected.is_some(), "{call}: {found:?}");
            if let (Some((key, message)), Some(expected)) = (found, expected) {
                assert!(key == ".call" && message.contains(expected), "{message}");
            }
        }
    }
}
