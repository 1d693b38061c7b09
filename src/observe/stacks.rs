//! The parameters of what is there: no call of Service Catalog tells them, CloudFormation does where that is permitted.

use std::collections::{BTreeMap, BTreeSet};

use super::{Listing, Scope};
use crate::catalog::{CatalogErrorKind, CatalogRead, Existing, Seen, Stack, StackRef, Status};
use crate::model::ids::{Address, LocationName, ProvisionedId};

/// Stacks as they were found, or why one could not be read, by the provisioned product.
pub type Stacks = BTreeMap<ProvisionedId, Result<Stack, String>>;

/// The stacks of what is bound at the locations that are looked at deeply.
pub(super) fn of_bound(
    scope: Scope<'_>,
    catalog: &dyn CatalogRead,
    existing: &BTreeMap<LocationName, Listing>,
) -> Stacks {
    let bound = |address: &Address| {
        let row = scope.recorded.rows.get(address).filter(|row| row.applied.is_some())?;
        let listing = existing.get(&address.location).filter(|_| scope.deep.contains(&address.location))?;
        let found = listing.id(&row.binding.as_ref()?.id)?;
        Some((address.location.clone(), found.clone()))
    };
    let wanted: Vec<(LocationName, Existing)> = scope.selected.iter().filter_map(bound).collect();
    read(wanted.iter().map(|(location, existing)| (location, existing)), catalog)
}

/// Reads the stack of each of these products. An account has none; what changes is not read, as it is about to be something else.
pub(super) fn read<'e>(
    products: impl Iterator<Item = (&'e LocationName, &'e Existing)>,
    catalog: &dyn CatalogRead,
) -> Stacks {
    let mut asked = BTreeSet::new();
    let mut stacks = Stacks::new();
    let mut wanted = Vec::new();
    for (location, existing) in products.filter(|(_, existing)| asked.insert(&existing.id)) {
        match reference(location, existing) {
            Ok(reference) => wanted.push((existing.id.clone(), reference)),
            Err(why) => {
                stacks.insert(existing.id.clone(), Err(why.to_owned()));
            }
        }
    }
    if wanted.is_empty() {
        return stacks;
    }
    let references: Vec<StackRef> = wanted.iter().map(|(_, reference)| reference.clone()).collect();
    for ((id, _), answer) in wanted.into_iter().zip(catalog.stacks(&references)) {
        let found = answer.map_err(|error| match error.kind {
            CatalogErrorKind::NotFound => "its stack is gone".to_owned(),
            _ => {
                error.hint.map_or_else(|| error.message.clone(), |hint| format!("{}: {hint}", error.message))
            }
        });
        stacks.insert(id, found);
    }
    stacks
}

/// What is asked for, or why nothing can be.
fn reference(location: &LocationName, existing: &Existing) -> Result<StackRef, &'static str> {
    let is_at_rest = matches!(existing.status, Status::Available | Status::Tainted | Status::Error);
    match (&existing.seen, &existing.physical_id) {
        (Seen::Read(kind), _) if !kind.is_cloudformation() => Err("nothing tells the parameters of its type"),
        _ if !is_at_rest => Err("it is not at rest"),
        (_, Some(arn)) if arn.starts_with("arn:") => {
            Ok(StackRef { location: location.clone(), arn: arn.clone() })
        }
        _ => Err("the catalog does not name its stack"),
    }
}
