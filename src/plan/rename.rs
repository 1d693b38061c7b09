//! A key that was renamed, and nothing else: recognised by the provisioned product's name, so that nothing is terminated.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Note, Plan};
use crate::declare::Desired;
use crate::model::ids::{Address, LocationName};
use crate::state::{Change, Group, Recorded, StateError};

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

/// The state with these keys renamed, from and to, and the moves that make it so. What is not there to be renamed is left out.
///
/// # Errors
/// [`StateError::Invalid`] where a renaming does not fit the state.
pub fn renamed(
    renames: impl IntoIterator<Item = (Address, Address)>,
    recorded: &Recorded,
) -> Result<(Cow<'_, Recorded>, Vec<Group>), StateError> {
    let is_there =
        |from: &Address, to: &Address| recorded.rows.contains_key(from) && !recorded.rows.contains_key(to);
    let moved = renames.into_iter().filter(|(from, to)| is_there(from, to));
    let moves = moved.map(|(from, to)| {
        Group::of(recorded, &from, vec![Change::Moved { to: to.clone() }]).reading(recorded, [&to])
    });
    let moves: Vec<Group> = moves.collect();
    let mut renamed = Cow::Borrowed(recorded);
    if !moves.is_empty() {
        let _commit = renamed.to_mut().commit(&moves, None)?;
    }
    Ok((renamed, moves))
}

impl Plan {
    /// Whether it is about an address: what is left out of it keeps its key.
    #[must_use]
    pub fn knows(&self, address: &Address) -> bool {
        self.unchanged.contains(address) || self.steps.iter().any(|step| step.address == *address)
    }

    /// Tells of renamed keys: they are no steps, and are written down at the next apply.
    pub fn tell_renamed(&mut self, moves: &[Group]) {
        for write in moves.iter().flat_map(|group| &group.writes) {
            for change in &write.changes {
                if let Change::Moved { to } = change {
                    let text = format!("renamed from `{}`", write.address.key);
                    self.notes.push(Note { address: to.clone(), text });
                    self.renamed.insert(to.clone(), write.address.clone());
                }
            }
        }
    }
}
