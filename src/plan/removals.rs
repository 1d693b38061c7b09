//! What `removed:` says of rows whose declarations are gone. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::Note;
use crate::declare::{Desired, Removal};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::ids::{Address, LocationName};
use crate::model::product::Lifecycle;
use crate::model::text::did_you_mean;
use crate::state::{Recorded, Row};

/// What holds for the removal of each row that something is written of. What names nothing is done already.
///
/// # Errors
/// What says two things of one row.
pub fn removals(desired: &Desired, recorded: &Recorded) -> Result<BTreeMap<Address, Lifecycle>, Diagnostics> {
    let mut found = Diagnostics::default();
    let mut written = BTreeMap::new();
    let gone = recorded.rows.iter().filter(|(address, _)| !desired.products.contains_key(*address));
    for (address, row) in gone {
        let mut of = desired.removals.iter().filter(|removal| address.is_named(&removal.pattern));
        let Some(first) = of.next() else { continue };
        let lifecycle = said(row, first);
        if let Some(other) = of.find(|other| said(row, other) != lifecycle) {
            let message = format!("two things are said of the removal of `{}`", address.key);
            let wrong = Diagnostic::error("contradiction", message).at(other.place.clone());
            found.push(wrong.related(first.place.clone(), "the other one"));
        }
        written.insert(address.clone(), lifecycle);
    }
    if found.has_errors() { Err(found) } else { Ok(written) }
}

/// So many of them are told.
const TOLD: usize = 20;

/// What is written of removals and fits nothing that the state remembers: neither what is there nor what was. What was done is silent;
/// and where nothing is remembered at all, nothing can be said.
#[must_use]
pub fn unfitting(desired: &Desired, recorded: &Recorded) -> Vec<Note> {
    let known = || recorded.rows.keys().chain(recorded.tombstones.keys());
    if known().next().is_none() {
        return Vec::new();
    }
    let names: BTreeSet<&str> = known().map(|address| address.key.as_str()).collect();
    let unknown =
        desired.removals.iter().filter(|removal| !known().any(|one| one.is_named(&removal.pattern)));
    let note = |removal: &Removal| {
        let near = did_you_mean(&removal.pattern, names.iter().copied());
        let near = near.map(|near| format!(": {near}")).unwrap_or_default();
        let text =
            format!("`removed:` names it, and nothing that the state remembers is or was called so{near}");
        Note { address: Address::new(removal.pattern.as_str(), LocationName::new("nowhere")), text }
    };
    unknown.take(TOLD).map(note).collect()
}

fn said(row: &Row, removal: &Removal) -> Lifecycle {
    let remembered = row.lifecycle;
    Lifecycle {
        prevent_terminate: removal.prevent_terminate.unwrap_or(remembered.prevent_terminate),
        on_removal: removal.on_removal.unwrap_or(remembered.on_removal),
        ..remembered
    }
}
