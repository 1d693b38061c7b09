//! All that is wrong with the declarations as the catalog sees them, whatever else is: what is only seen when all is decided is
//! looked for where nothing is wrong so far.

use std::collections::{BTreeMap, BTreeSet};

use super::Walk;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::model::ids::{Address, Labels};
use crate::plan::check::{self, Check, Checker};
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
    let rules = broken_rules(input, &labels, &broken, &found);
    let policy = Policy { selected: sound(input, &broken), ..input.policy.clone() };
    let input = &PlanInput { policy: &policy, ..*input };
    let mut walk = Walk::new(input, &labels, Checker::default());
    for address in order::inputs_first(input.desired, &policy.selected) {
        if input.not_retired(address).is_none() {
            walk.declared(address);
        }
    }
    found.extend(walk.checker.found);
    found.extend(rules);
    found
}

/// The rules of templates that are broken by what these declarations say, whatever else is wrong with them.
fn broken_rules(
    input: &PlanInput<'_>,
    labels: &Labels,
    broken: &BTreeSet<&str>,
    found: &Diagnostics,
) -> Diagnostics {
    let mut checker = Checker::default();
    let mut wrong: BTreeMap<&str, Vec<&Place>> = BTreeMap::new();
    for one in &found.0 {
        if let (Some(key), Some(place)) = (one.declaration(), &one.place) {
            wrong.entry(key).or_default().push(place);
        }
    }
    for address in &input.policy.selected {
        let product = input.desired.products.get(address).filter(|_| broken.contains(address.key.as_str()));
        if let (Some(product), Some(Ok(offer))) = (product, input.resolved(address)) {
            let check = Check { input, labels, address, product, offer, names: checker.names.clone() };
            let wrong = wrong.get(address.key.as_str()).map_or(&[][..], Vec::as_slice);
            checker.about(labels, address, |checker| check.beside(wrong, checker));
        }
    }
    checker.found
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
