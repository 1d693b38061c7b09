//! Stack sets: where they may go and the preferences for getting there.

use serde::Deserialize;

use crate::catalog::{LaunchPath, StackSet};
use crate::wire::Fault;
use crate::world::Instance;

/// ProvisioningPreferences and UpdateProvisioningPreferences.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Preferences {
    stack_set_accounts: Option<Vec<String>>,
    stack_set_regions: Option<Vec<String>>,
    stack_set_failure_tolerance_count: Option<u64>,
    stack_set_failure_tolerance_percentage: Option<u64>,
    stack_set_max_concurrency_count: Option<u64>,
    stack_set_max_concurrency_percentage: Option<u64>,
    stack_set_operation_type: Option<String>,
}

/// The instances of a new stack set: all that the constraint allows, or those asked for.
pub(crate) fn launched(
    path: LaunchPath<'_>,
    preferences: Option<&Preferences>,
) -> Result<Vec<Instance>, Fault> {
    let Some(allowed) = &path.constraints.stack_set else {
        return Ok(Vec::new());
    };
    match preferences {
        None => Ok(product_of(&allowed.accounts, &allowed.regions)),
        Some(preferences) => preferences.chosen(allowed),
    }
}

/// The instances after an update: more, fewer, or the same ones anew.
pub(crate) fn updated(
    path: LaunchPath<'_>,
    preferences: Option<&Preferences>,
    current: &[Instance],
) -> Result<Vec<Instance>, Fault> {
    let Some(allowed) = &path.constraints.stack_set else {
        return Ok(Vec::new());
    };
    let default = Preferences::default();
    let preferences = preferences.unwrap_or(&default);
    let chosen = preferences.chosen(allowed)?;
    let mut instances: Vec<Instance> = match preferences.stack_set_operation_type.as_deref() {
        Some("CREATE") => current.iter().cloned().chain(chosen).collect(),
        Some("DELETE") => current.iter().filter(|instance| !chosen.contains(instance)).cloned().collect(),
        _ => chosen,
    };
    instances.sort();
    instances.dedup();
    Ok(instances)
}

/// Whether only instances come or go and the stack set's template stays.
pub(crate) fn keeps_template(preferences: Option<&Preferences>) -> bool {
    let kind = preferences.and_then(|preferences| preferences.stack_set_operation_type.as_deref());
    matches!(kind, Some("CREATE" | "DELETE"))
}

impl Preferences {
    fn chosen(&self, allowed: &StackSet) -> Result<Vec<Instance>, Fault> {
        self.check_counts()?;
        let accounts = within(&self.stack_set_accounts, &allowed.accounts, "accounts")?;
        let regions = within(&self.stack_set_regions, &allowed.regions, "regions")?;
        Ok(product_of(accounts, regions))
    }

    fn check_counts(&self) -> Result<(), Fault> {
        let tolerance = self.stack_set_failure_tolerance_count;
        let concurrency = self.stack_set_max_concurrency_count;
        if tolerance.is_some() && self.stack_set_failure_tolerance_percentage.is_some() {
            return Err(exclusive("StackSetFailureToleranceCount", "StackSetFailureTolerancePercentage"));
        }
        if concurrency.is_some() && self.stack_set_max_concurrency_percentage.is_some() {
            return Err(exclusive("StackSetMaxConcurrencyCount", "StackSetMaxConcurrencyPercentage"));
        }
        let counted = self.stack_set_failure_tolerance_percentage.is_none().then(|| tolerance.unwrap_or(0));
        match (counted, concurrency) {
            (Some(tolerance), Some(concurrency)) if concurrency > tolerance + 1 => Err(Fault::invalid(
                "StackSetMaxConcurrencyCount can be at most one more than StackSetFailureToleranceCount",
            )),
            _ => Ok(()),
        }
    }
}

fn exclusive(one: &str, other: &str) -> Fault {
    Fault::invalid(format!("Only one of {one} and {other} can be specified"))
}

fn within<'a>(
    asked: &'a Option<Vec<String>>,
    allowed: &'a [String],
    what: &str,
) -> Result<&'a [String], Fault> {
    let Some(asked) = asked.as_deref().filter(|asked| !asked.is_empty()) else {
        return Ok(allowed);
    };
    match asked.iter().find(|one| !allowed.contains(one)) {
        None => Ok(asked),
        Some(one) => Err(Fault::invalid(format!("{one} is not among the {what} of the STACKSET constraint"))),
    }
}

fn product_of(accounts: &[String], regions: &[String]) -> Vec<Instance> {
    let pairs = accounts.iter().flat_map(|account| regions.iter().map(move |region| (account, region)));
    let mut all: Vec<Instance> = pairs
        .map(|(account, region)| Instance { account: account.clone(), region: region.clone() })
        .collect();
    all.sort();
    all.dedup();
    all
}
