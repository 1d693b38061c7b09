//! All that is wrong with the declarations as the catalog sees them, whatever else is: what is only seen when all is decided is
//! looked for where nothing is wrong so far.

use std::collections::BTreeSet;

use super::Walk;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::ids::Address;
use crate::plan::check::{self, Checker};
use crate::plan::{PlanInput, Policy, order};

/// All that is wrong with the declarations as the catalog sees them, as far as nothing has to be decided for it.
#[must_use]
pub fn checked(input: &PlanInput<'_>) -> Diagnostics {
    let labels = input.desired.labels(input.recorded.rows.keys());
    check::declarations(input, &labels).found
}

/// All that is wrong; of `broken` declarations, only what needs no decision.
#[must_use]
pub fn wrong(input: &PlanInput<'_>, broken: &BTreeSet<&str>) -> Diagnostics {
    let labels = input.desired.labels(input.recorded.rows.keys());
    let mut found = check::declarations(input, &labels).found;
    let told = found.0.iter().filter_map(Diagnostic::declaration);
    let broken: BTreeSet<&str> = told.chain(broken.iter().copied()).collect();
    let policy = Policy { selected: sound(input, &broken), ..input.policy.clone() };
    let input = &PlanInput { policy: &policy, ..*input };
    let mut walk = Walk::new(input, &labels, Checker::default());
    for address in order::inputs_first(input.desired, &policy.selected) {
        if input.not_retired(address).is_none() {
            walk.declared(address);
        }
    }
    found.extend(walk.checker.found);
    found
}

/// The selected declarations that nothing is wrong with, and nothing that they need.
fn sound(input: &PlanInput<'_>, broken: &BTreeSet<&str>) -> BTreeSet<Address> {
    let (desired, selected) = (input.desired, &input.policy.selected);
    let mut sound: BTreeSet<Address> = BTreeSet::new();
    for address in order::inputs_first(desired, selected) {
        let needs = desired.products.get(address).map(|product| product.needs()).unwrap_or_default();
        let is_there = |of: &Address| sound.contains(of) || !selected.contains(of);
        if !broken.contains(address.key.as_str()) && needs.iter().all(is_there) {
            sound.insert(address.clone());
        }
    }
    sound
}
