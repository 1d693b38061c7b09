//! What answers for AWS where rows have their products, for rows from before that was remembered.

use std::collections::BTreeMap;

use super::{Note, PlanInput};
use crate::model::endpoint::CatalogKind;
use crate::model::ids::{Address, LocationName};
use crate::state::{Change, Group, Home, Recorded, Row};

/// One remark for each location with such rows.
pub(super) fn unlocated(input: &PlanInput<'_>) -> Vec<Note> {
    let mut found: BTreeMap<&LocationName, (&Address, usize)> = BTreeMap::new();
    for (address, _) in unknown(input.recorded, &input.observed.places) {
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

/// What is to be written of such rows, now that it is known where their locations are. A row that was just written knows.
#[must_use]
pub fn located(recorded: &Recorded, places: &BTreeMap<LocationName, Home>) -> Vec<Group> {
    let placed = unknown(recorded, places).filter_map(|(address, _)| {
        let kind = places.get(&address.location)?.catalog;
        Some(Group::of(recorded, address, vec![Change::Located(kind)]))
    });
    placed.collect()
}

fn unknown<'r>(
    recorded: &'r Recorded,
    places: &'r BTreeMap<LocationName, Home>,
) -> impl Iterator<Item = (&'r Address, &'r Row)> {
    recorded.rows.iter().filter(|(address, row)| {
        row.home.catalog == CatalogKind::Unknown && places.contains_key(&address.location)
    })
}
