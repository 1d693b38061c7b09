//! A key that was renamed, and nothing else: recognised by the provisioned product's name, so that nothing is terminated.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Note, Plan};
use crate::declare::Desired;
use crate::model::ids::{Address, LocationName};
use crate::state::{Change, Entry, Recorded, StateError};

/// Rows whose declaration is gone while a new declaration, without a row, claims their provisioned product: from, to.
#[must_use]
pub fn renames(desired: &Desired, recorded: &Recorded) -> Vec<(Address, Address)> {
    let orphans = recorded.rows.iter().filter(|(address, _)| !desired.products.contains_key(*address));
    let bound: BTreeMap<(&LocationName, &str), &Address> = orphans
        .filter_map(|(address, row)| {
            Some(((&address.location, row.binding.as_ref()?.name.as_str()), address))
        })
        .collect();
    let claims = desired.products.iter().filter(|(address, _)| !recorded.rows.contains_key(*address));
    claims
        .filter_map(|(to, product)| {
            let from = bound.get(&(&to.location, product.name.as_str()))?;
            Some(((*from).clone(), to.clone()))
        })
        .collect()
}

/// The state with these renamed keys under their new names, and the changes that make it so.
///
/// # Errors
/// [`StateError::Invalid`] where a renaming does not fit the state.
pub fn renamed<'r>(
    desired: &Desired,
    recorded: &'r Recorded,
    wanted: impl Fn(&Change) -> bool,
) -> Result<(Cow<'r, Recorded>, Vec<Entry>), StateError> {
    let moved = renames(desired, recorded).into_iter();
    let entries = moved.map(|(from, to)| (from, Change::Moved { to }));
    let entries: Vec<Entry> = entries.filter(|(_, change)| wanted(change)).collect();
    let mut renamed = Cow::Borrowed(recorded);
    if !entries.is_empty() {
        renamed.to_mut().apply(&entries)?;
    }
    Ok((renamed, entries))
}

impl Plan {
    /// Whether it is about what was renamed: one that is left out keeps its key.
    #[must_use]
    pub fn knows(&self, change: &Change) -> bool {
        let Change::Moved { to } = change else { return false };
        self.unchanged.contains(to) || self.steps.iter().any(|step| step.address == *to)
    }

    /// Tells of renamed keys: they are no steps, and are written down at the next apply.
    pub fn tell_renamed(&mut self, entries: &[Entry]) {
        for (from, change) in entries {
            if let Change::Moved { to } = change {
                self.notes.push(Note { address: to.clone(), text: format!("renamed from `{}`", from.key) });
            }
        }
    }
}
