//! A key that was renamed, and nothing else: recognised by the provisioned product's name, so that nothing is terminated.

use std::collections::BTreeMap;

use crate::declare::Desired;
use crate::model::ids::{Address, LocationName};
use crate::state::Recorded;

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
