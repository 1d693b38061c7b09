//! What answers for AWS where rows have their products, for rows from before that was remembered.

use std::collections::BTreeMap;

use super::{Note, Plan, PlanInput};
use crate::model::endpoint::CatalogKind;
use crate::model::ids::{Address, LocationName};
use crate::observe::Observed;
use crate::state::{Change, Group, Recorded, Row};

/// One remark for each location with such rows.
pub(super) fn unlocated(input: &PlanInput<'_>) -> Vec<Note> {
    let mut found: BTreeMap<&LocationName, (&Address, usize)> = BTreeMap::new();
    for (address, _) in unknown(input.recorded, input.observed) {
        found.entry(&address.location).or_insert((address, 0)).1 += 1;
    }
    let notes = found.into_iter().filter_map(|(location, (address, rows))| {
        let kind = input.observed.places.get(location)?.catalog.noun();
        let others = if rows > 1 { format!(", and of {} others there", rows - 1) } else { String::new() };
        let text =
            format!("that its location is {kind} was not written down yet{others}: the next apply does");
        Some(Note { address: address.clone(), text })
    });
    notes.collect()
}

/// What is to be written of such rows; those that have steps are written with these.
#[must_use]
pub fn located(plan: &Plan, recorded: &Recorded, observed: &Observed) -> Vec<Group> {
    let idle = unknown(recorded, observed).filter(|(address, _)| plan.unchanged.contains(*address));
    let placed = idle.filter_map(|(address, _)| {
        let kind = observed.places.get(&address.location)?.catalog;
        Some(Group::of(recorded, address, vec![Change::Located(kind)]))
    });
    placed.collect()
}

fn unknown<'r>(
    recorded: &'r Recorded,
    observed: &'r Observed,
) -> impl Iterator<Item = (&'r Address, &'r Row)> {
    recorded.rows.iter().filter(|(address, row)| {
        row.home.catalog == CatalogKind::Unknown && observed.places.contains_key(&address.location)
    })
}
