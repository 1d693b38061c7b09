//! Parameters that are given because a product has them: what the version that is meant takes, held against what runs.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::accounts::fitting;
use crate::catalog::{CatalogRead, Offering, OfferingRef, Status};
use crate::import::{ForeignProduct, FoundValue, key_and_location};
use crate::model::ids::LocationName;
use crate::model::product::{ArtifactSelector, Selector};
use crate::observe::InventoryItem;

/// Which version a file names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MeantVersion {
    /// The one that runs.
    Running,
    /// Another one.
    Another,
    /// None that is offered.
    Gone,
}

/// Which version a name means.
pub(super) fn meant_version(item: &InventoryItem, name: &str) -> MeantVersion {
    let offered = item.product.iter().flat_map(|product| &product.artifacts);
    let mut named = offered.filter(|known| known.name.as_deref() == Some(name)).peekable();
    if named.peek().is_none() {
        return MeantVersion::Gone;
    }
    if named.any(|known| Some(&known.id) == item.artifact.as_ref()) {
        return MeantVersion::Running;
    }
    MeantVersion::Another
}

/// Lets each tell what the version takes that its file names, where that is another one than what runs: one call a version.
pub(super) fn as_meant(items: &mut [InventoryItem], said: &[ForeignProduct], catalog: &dyn CatalogRead) {
    let wanted: Vec<Option<OfferingRef>> =
        items.iter().zip(said).map(|(item, said)| wanted(item, said)).collect();
    let asked: BTreeSet<OfferingRef> = wanted.iter().flatten().cloned().collect();
    let asked: Vec<OfferingRef> = asked.into_iter().collect();
    if asked.is_empty() {
        return;
    }
    let answers = asked.iter().zip(catalog.offerings(&asked));
    let known: BTreeMap<&OfferingRef, Rc<Offering>> =
        answers.filter_map(|(of, answer)| Some((of, Rc::new(answer.ok()?)))).collect();
    for (item, wanted) in items.iter_mut().zip(&wanted) {
        if let Some(offering) = wanted.as_ref().and_then(|wanted| known.get(wanted)) {
            item.offering = Some(Rc::clone(offering));
        }
    }
}

fn wanted(item: &InventoryItem, said: &ForeignProduct) -> Option<OfferingRef> {
    let Some(ArtifactSelector::Name(name)) = &said.artifact else { return None };
    if is_left_behind(item) || is_meant(item, said).is_some() {
        return None;
    }
    let product = item.product.as_ref().filter(|_| meant_version(item, name) == MeantVersion::Another)?;
    let artifact = product.artifacts.iter().find(|known| known.name.as_ref() == Some(name))?.id.clone();
    let path = item.path.clone().or_else(|| Some(product.paths.first()?.id.clone()))?;
    Some(OfferingRef { location: item.location.clone(), product: product.id.clone(), artifact, path })
}

/// With the parameters that are given because the product has them. What runs tells what is meant, where the file leaves that open.
pub(super) fn offered(
    mut said: ForeignProduct,
    item: &InventoryItem,
    places: &KeyPlaces<'_>,
    tell: &mut dyn FnMut(String),
) -> ForeignProduct {
    let running = |key: &str| item.stack.as_ref().ok()?.parameters.get(key).filter(|one| !one.is_masked());
    let has = |key: &str| match &item.offering {
        Some(offering) => offering.parameters.contains_key(key),
        None => item.stack.as_ref().is_ok_and(|stack| stack.parameters.contains_key(key)),
    };
    for (key, offer) in std::mem::take(&mut said.offers) {
        if !has(&key) {
            offer.lacking.into_iter().for_each(&mut *tell);
            continue;
        }
        let there = running(&key).map(|one| one.value.as_str());
        let is_there = |text: &String| there.is_some_and(|there| there.trim() == text.trim());
        if let Some(text) = offer.or.into_iter().find(is_there) {
            said.parameters.insert(key, FoundValue::Text(text));
            continue;
        }
        if let Some(FoundValue::Output { of, key: output }) = &offer.value
            && let (Some(there), Some(gives)) = (there, given(of, output, &item.location, places))
            && there != gives
        {
            let what = "is as it is there";
            let placed = said.placed();
            tell(format!("{placed}: `{key}` {what}: the output `{output}` of `{of}` is another one"));
            continue;
        }
        offer.told.into_iter().for_each(&mut *tell);
        let rule = item.offering.as_ref().and_then(|offering| offering.parameters.get(&key));
        let value = offer.value.map(|value| fitting(value, rule));
        if let Some(FoundValue::Output { of, .. }) = &value {
            // what it is taken from comes first anyhow
            said.depends_on.remove(of);
        }
        said.parameters.extend(value.map(|value| (key, value)));
    }
    said
}

/// What another one gives, as far as its stack tells.
fn given<'i>(of: &str, output: &str, here: &LocationName, places: &KeyPlaces<'i>) -> Option<&'i str> {
    let (key, at) = key_and_location(of);
    let all = places.get(key)?;
    let only = || all.values().next().filter(|_| all.len() == 1);
    let item = match at {
        Some(at) => all.iter().find(|(there, _)| there.as_str() == at).map(|(_, item)| item),
        None => all.get(here).or_else(only),
    };
    item?.stack.as_ref().ok()?.outputs.get(output).map(String::as_str)
}

/// Where each key is declared, and what is there.
pub(super) type KeyPlaces<'i> = BTreeMap<String, BTreeMap<LocationName, &'i InventoryItem>>;

/// Whether something else runs than what was last asked for.
pub(super) fn is_left_behind(item: &InventoryItem) -> bool {
    item.existing.status != Status::Available && item.existing.last_successful_record.is_some()
}

/// The product that the file names, where it is another one than what runs.
pub(super) fn is_meant(item: &InventoryItem, said: &ForeignProduct) -> Option<Selector> {
    let runs = match said.product.as_ref()? {
        Selector::Id(id) => item.product_id.as_ref().is_some_and(|own| own.as_str() == id),
        Selector::Name(name) => item.product.as_ref().is_some_and(|own| own.name == *name),
    };
    said.product.clone().filter(|_| !runs)
}
