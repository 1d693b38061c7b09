//! Provisioned products of others that somebody refers to: read, and never changed.

use std::collections::BTreeMap;

use super::records::answered;
use super::{ObserveError, Observed, Scope};
use crate::catalog::{CatalogErrorKind, CatalogRead, Existing, FindBy, Progress, RecordRef};
use crate::declare::External;
use crate::model::ids::{Address, ProvisionedId};

/// An external product as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundExternal {
    /// What is there.
    pub existing: Existing,
    /// What its last success put out, if that is shown to us.
    pub outputs: BTreeMap<String, String>,
}

/// Reads what is referred to: one record each, and a look where the location is not searched.
///
/// # Errors
/// Every location that could not be read.
pub(super) fn externals(
    scope: Scope<'_>,
    catalog: &dyn CatalogRead,
    observed: &mut Observed,
) -> Result<(), Vec<ObserveError>> {
    let wanted: Vec<(&Address, &External)> = scope.externals().collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let listed = |address: &Address, external: &External| {
        let listing = observed.existing.get(&address.location).filter(|listing| !listing.is_remembered)?;
        listing.selected(&external.product).cloned()
    };
    let mut found: BTreeMap<&Address, Existing> = BTreeMap::new();
    let mut sought = Vec::new();
    for (address, external) in wanted {
        match listed(address, external) {
            Some(existing) => drop(found.insert(address, existing)),
            None => sought.push((address, external)),
        }
    }
    let asked = sought.iter().map(|(address, external)| FindBy {
        location: address.location.clone(),
        by: external.product.clone(),
    });
    let asked: Vec<FindBy> = asked.collect();
    let mut errors = Vec::new();
    for ((address, _), answer) in sought.into_iter().zip(catalog.find(&asked)) {
        match answer {
            Ok(one) => found.extend(one.existing.map(|existing| (address, existing))),
            Err(error) => errors.push(ObserveError::Catalog { location: address.location.clone(), error }),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let records = found.iter().filter_map(|(address, existing)| {
        let record = existing.last_successful_record.clone()?;
        Some(RecordRef { location: address.location.clone(), record })
    });
    let records: Vec<RecordRef> = records.collect();
    let is_unseen = |kind| matches!(kind, CatalogErrorKind::NotFound | CatalogErrorKind::NotAllowed);
    let read = answered(&records, catalog, is_unseen)?.into_iter().flatten();
    let outputs = read.filter_map(|record| match record.progress {
        Progress::Succeeded(outputs) => Some((record.provisioned, outputs)),
        _ => None,
    });
    let outputs: BTreeMap<ProvisionedId, BTreeMap<String, String>> = outputs.collect();
    let found = found.into_iter().map(|(address, existing)| {
        let outputs = outputs.get(&existing.id).cloned().unwrap_or_default();
        (address.clone(), FoundExternal { existing, outputs })
    });
    observed.externals = found.collect();
    Ok(())
}
