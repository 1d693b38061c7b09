//! Records that are read again: why a product is not as we left it, and outputs that are not stored.

use std::collections::{BTreeMap, BTreeSet};

use super::{ObserveError, Observed, Scope};
use crate::catalog::{
    CatalogErrorKind, CatalogRead, PlansOf, Product, ProductRef, Progress, Record, RecordRef, Status,
};
use crate::model::ids::{Address, LocationName, ProductId};
use crate::model::product::Selector;
use crate::model::template::{Attribute, Template};

/// One `DescribeRecord` for each product that is not as we left it.
pub(super) fn explain(
    scope: Scope<'_>,
    catalog: &dyn CatalogRead,
    observed: &mut Observed,
) -> Result<(), Vec<ObserveError>> {
    if !scope.refresh {
        return Ok(());
    }
    let foreign = |address: &Address| {
        let row = scope.recorded.rows.get(address).filter(|row| row.intent.is_none())?;
        let listing = observed.existing.get(&address.location)?;
        let last = listing.id(&row.binding.as_ref()?.id)?.last_provisioning_record.as_ref()?;
        let ours = row.applied.as_ref().map(|applied| &applied.record);
        (Some(last) != ours).then(|| RecordRef { location: address.location.clone(), record: last.clone() })
    };
    let wanted: Vec<RecordRef> = scope.selected.iter().filter_map(foreign).collect();
    // it only explains: after a change of owner, its record may be kept from who asked for it
    let is_unseen = |kind| matches!(kind, CatalogErrorKind::NotFound | CatalogErrorKind::NotAllowed);
    for record in answered(&wanted, catalog, is_unseen)?.into_iter().flatten() {
        observed.records.insert(record.provisioned.clone(), record);
    }
    observed.others = swapped(scope, catalog, observed);
    Ok(())
}

/// The products that somebody else put in the place of ours, for their names. Who may not see one is told its id.
fn swapped(scope: Scope<'_>, catalog: &dyn CatalogRead, observed: &Observed) -> BTreeMap<ProductId, Product> {
    let other = |address: &Address| {
        let row = scope.recorded.rows.get(address).filter(|row| row.intent.is_none())?;
        let existing = observed.existing.get(&address.location)?.id(&row.binding.as_ref()?.id)?;
        let there = existing.product.as_ref()?;
        let ours = &row.applied.as_ref()?.content.target.product.id;
        (there != ours).then(|| (there.clone(), address.location.clone()))
    };
    let offered: BTreeSet<&ProductId> =
        observed.offers.values().flatten().map(|offer| &offer.product).collect();
    let adopted = scope.imports().filter_map(|(address, import)| {
        let there = observed.existing.get(&address.location)?.imported(&import.of)?.product.as_ref()?;
        (!offered.contains(there)).then(|| (there.clone(), address.location.clone()))
    });
    let swapped = scope.selected.iter().filter_map(other);
    let wanted: BTreeMap<ProductId, LocationName> = swapped.chain(adopted).collect();
    let asked: Vec<ProductRef> = wanted
        .into_iter()
        .map(|(id, location)| ProductRef { location, product: Selector::Id(id.to_string()) })
        .collect();
    if asked.is_empty() {
        return BTreeMap::new();
    }
    catalog.products(&asked).into_iter().flatten().map(|product| (product.id.clone(), product)).collect()
}

/// The change-set plans that keep what is selected from being changed. Who may not list them plans without their names.
pub(super) fn pending(scope: Scope<'_>, catalog: &dyn CatalogRead, observed: &mut Observed) {
    let waits = |address: &Address| {
        let listing = observed.existing.get(&address.location)?;
        let bound = scope.recorded.rows.get(address).and_then(|row| row.binding.as_ref());
        let bound = bound.and_then(|bound| listing.id(&bound.id));
        let named = || listing.name(&scope.desired.products.get(address)?.name);
        let existing = bound.or_else(named).filter(|existing| existing.status == Status::PlanInProgress)?;
        Some(PlansOf { location: address.location.clone(), provisioned: existing.id.clone() })
    };
    let wanted: Vec<PlansOf> = scope.selected.iter().filter_map(waits).filter(|_| scope.refresh).collect();
    if wanted.is_empty() {
        return;
    }
    let answers = catalog.plans(&wanted).into_iter();
    let found =
        wanted.into_iter().zip(answers).filter_map(|(of, answer)| Some((of.provisioned, answer.ok()?)));
    observed.plans = found.collect();
}

/// Reads again the outputs that are not stored and that somebody refers to.
///
/// # Errors
/// Every location that could not be read.
pub fn unstored(
    scope: Scope<'_>,
    catalog: &dyn CatalogRead,
) -> Result<BTreeMap<Address, BTreeMap<String, String>>, Vec<ObserveError>> {
    let last = |address: Address| {
        scope.locations.get(&address.location).filter(|location| !location.frozen)?;
        let record = scope.recorded.rows.get(&address)?.applied.as_ref()?.record.clone();
        Some((RecordRef { location: address.location.clone(), record }, address))
    };
    let is_gone = |kind| kind == CatalogErrorKind::NotFound;
    let (wanted, addresses): (Vec<RecordRef>, Vec<Address>) =
        sensitive_outputs(scope).into_iter().filter_map(last).unzip();
    let outputs =
        answered(&wanted, catalog, is_gone)?.into_iter().zip(addresses).filter_map(|(record, address)| {
            match record?.progress {
                Progress::Succeeded(outputs) => Some((address, outputs)),
                _ => None,
            }
        });
    Ok(outputs.collect())
}

/// The records, in order; `None` for one that is not there, as `is_absent` sees the error.
pub(super) fn answered(
    wanted: &[RecordRef],
    catalog: &dyn CatalogRead,
    is_absent: impl Fn(CatalogErrorKind) -> bool,
) -> Result<Vec<Option<Record>>, Vec<ObserveError>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut records = Vec::with_capacity(wanted.len());
    let mut errors = Vec::new();
    for (asked, answer) in wanted.iter().zip(catalog.records(wanted)) {
        match answer {
            Ok(record) => records.push(Some(record)),
            Err(error) if is_absent(error.kind) => records.push(None),
            Err(error) => errors.push(ObserveError::Catalog { location: asked.location.clone(), error }),
        }
    }
    if errors.is_empty() { Ok(records) } else { Err(errors) }
}

/// The instances whose unstored outputs somebody refers to.
fn sensitive_outputs(scope: Scope<'_>) -> BTreeSet<Address> {
    let selected = scope.desired.products.iter().filter(|(address, _)| scope.selected.contains(*address));
    let values = selected.flat_map(|(_, product)| {
        product.parameters.values().filter_map(|p| p.value.as_ref()).chain(product.tags.values())
    });
    values
        .flat_map(Template::references)
        .filter(|reference| match (&reference.what, scope.recorded.rows.get(&reference.of)) {
            (Attribute::Output { key, .. }, Some(row)) => {
                row.applied.as_ref().is_some_and(|applied| applied.sensitive_outputs.contains_key(key))
            }
            _ => false,
        })
        .map(|reference| reference.of.clone())
        .collect()
}
