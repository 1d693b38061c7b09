//! What there is to know of provisioned products that are to be adopted: what their last success made, and what went in.

use std::collections::{BTreeMap, BTreeSet};

use super::records::answered;
use super::{ObserveError, Observed, Scope, stacks};
use crate::catalog::{CatalogErrorKind, CatalogRead, Existing, Progress, Record, RecordRef, Stack};
use crate::model::ids::{Address, ProvisionedId};

/// A provisioned product that is to be adopted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adoptable {
    /// Its last success; `None` where there was none, or it is not shown to us.
    pub record: Option<Record>,
    /// Its stack, which has the parameters; or why it cannot be read.
    pub stack: Option<Result<Stack, String>>,
}

impl Adoptable {
    /// What its last success put out.
    #[must_use]
    pub fn outputs(&self) -> Option<&BTreeMap<String, String>> {
        match self.record.as_ref().map(|record| &record.progress) {
            Some(Progress::Succeeded(outputs)) => Some(outputs),
            Some(_) => None,
            // a stack that is no provisioned product yet has them all the same
            None => self.stack.as_ref()?.as_ref().ok().map(|stack| &stack.outputs),
        }
    }
}

/// Reads what is to be adopted and nobody of ours stands for yet: a record and a stack each.
///
/// # Errors
/// Every location that could not be read.
pub(super) fn adoptable(
    scope: Scope<'_>,
    catalog: &dyn CatalogRead,
    observed: &mut Observed,
) -> Result<(), Vec<ObserveError>> {
    if !scope.refresh {
        return Ok(());
    }
    let bindings = scope.recorded.rows.values().filter_map(|row| row.binding.as_ref());
    let bound: BTreeSet<&ProvisionedId> = bindings.map(|binding| &binding.id).collect();
    let there = scope.imports().filter_map(|(address, import)| {
        Some((address, observed.existing.get(&address.location)?.imported(&import.of)?))
    });
    let found: Vec<(&Address, &Existing)> =
        there.filter(|(_, existing)| !bound.contains(&existing.id)).collect();
    if found.is_empty() {
        return Ok(());
    }
    let asked = found.iter().filter_map(|(address, existing)| {
        let record = existing.last_successful_record.clone()?;
        Some(RecordRef { location: address.location.clone(), record })
    });
    let asked: Vec<RecordRef> = asked.collect();
    let is_unseen = |kind| matches!(kind, CatalogErrorKind::NotFound | CatalogErrorKind::NotAllowed);
    let records = answered(&asked, catalog, is_unseen)?.into_iter().flatten();
    let mut records: BTreeMap<ProvisionedId, Record> =
        records.map(|record| (record.provisioned.clone(), record)).collect();
    let products = found.iter().map(|(address, existing)| (&address.location, *existing));
    let mut stacks = stacks::read(products, catalog);
    let adoptable = found.into_iter().map(|(_, existing)| {
        let record = records.remove(&existing.id);
        (existing.id.clone(), Adoptable { record, stack: stacks.remove(&existing.id) })
    });
    observed.adoptable = adoptable.collect();
    Ok(())
}
