//! What `removed:` says of rows whose declarations are gone. Pure.

use std::collections::BTreeMap;

use crate::declare::{Desired, Removal};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::ids::Address;
use crate::model::product::Lifecycle;
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

fn said(row: &Row, removal: &Removal) -> Lifecycle {
    let remembered = row.lifecycle;
    Lifecycle {
        prevent_terminate: removal.prevent_terminate.unwrap_or(remembered.prevent_terminate),
        on_removal: removal.on_removal.unwrap_or(remembered.on_removal),
        ..remembered
    }
}
