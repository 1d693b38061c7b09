//! What exists, with all that is needed to declare it: the product and its version, what that takes, and the values that went in.
//! Many products ask for a few things: one call for each distinct one.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::stacks::{self, Stacks};
use crate::catalog::{
    CatalogRead, Existing, Offering, OfferingRef, Product, ProductRef, Record, RecordRef, Stack, Status,
};
use crate::model::ids::{ArtifactId, LocationName, PathId, ProductId, ProvisionedId, RecordId};
use crate::model::product::Selector;
use crate::state::Recorded;

/// One provisioned product that somebody else made.
#[derive(Clone, Debug)]
pub struct InventoryItem {
    /// Where it stands.
    pub location: LocationName,
    /// As the search shows it.
    pub existing: Existing,
    /// What it is one of; `None` where the caller is not shown that.
    pub product: Option<Rc<Product>>,
    /// Other products of the location that are called so; `None` where nobody can say.
    pub namesakes: Option<Vec<Rc<Product>>>,
    /// `ProductId` of its last success.
    pub product_id: Option<ProductId>,
    /// The version of its last success.
    pub artifact: Option<ArtifactId>,
    /// The launch path of its last success, where the product has several.
    pub path: Option<PathId>,
    /// What that version takes; `None` where it is no longer offered.
    pub offering: Option<Rc<Offering>>,
    /// What one of the product's versions takes: its tag options and the reach of its stack sets are those of all.
    pub of_product: Option<Rc<Offering>>,
    /// Its stack, or why that cannot be read.
    pub stack: Result<Stack, String>,
}

/// Reads what is known of each of them.
pub fn inventory(all: Vec<(LocationName, Existing)>, catalog: &dyn CatalogRead) -> Vec<InventoryItem> {
    let mut products = Products::read(&all, catalog);
    let records = records(&all, &products, catalog);
    let mut stacks: Stacks =
        stacks::read(all.iter().map(|(location, existing)| (location, existing)), catalog);
    let mut items: Vec<InventoryItem> = Vec::new();
    for (location, existing) in all {
        let record = existing.last_successful_record.as_ref().and_then(|id| records.get(id));
        let is_good = existing.status == Status::Available;
        let of_record = |record: &Record| record.product.clone();
        let product_id = if is_good { existing.product.clone() } else { record.and_then(of_record) };
        let product_id = product_id.or_else(|| existing.product.clone());
        let artifact = if is_good {
            existing.artifact.clone()
        } else {
            record.and_then(|record| record.artifact.clone())
        };
        let unread = || Err("it was not read".to_owned());
        items.push(InventoryItem {
            product: product_id.as_ref().and_then(|id| products.get(&location, id)),
            namesakes: product_id.as_ref().and_then(|id| products.namesakes(&location, id)),
            product_id,
            artifact: artifact.or_else(|| existing.artifact.clone()),
            path: record.and_then(|record| record.path.clone()),
            offering: None,
            of_product: None,
            stack: stacks.remove(&existing.id).unwrap_or_else(unread),
            location,
            existing,
        });
    }
    offer(&mut items, catalog);
    items
}

/// The products that there are, at each location.
struct Products {
    known: BTreeMap<(LocationName, ProductId), Rc<Product>>,
    names: BTreeMap<LocationName, BTreeMap<String, BTreeSet<ProductId>>>,
}

impl Products {
    fn read(all: &[(LocationName, Existing)], catalog: &dyn CatalogRead) -> Self {
        let wanted: BTreeSet<ProductRef> = all
            .iter()
            .filter_map(|(location, existing)| reference(location, existing.product.as_ref()?))
            .collect();
        let wanted: Vec<ProductRef> = wanted.into_iter().collect();
        let answers = wanted.iter().zip(catalog.products(&wanted));
        let known = answers.filter_map(|(wanted, answer)| {
            let product = answer.ok()?;
            Some(((wanted.location.clone(), product.id.clone()), Rc::new(product)))
        });
        let known = known.collect();
        let locations: BTreeSet<&LocationName> = all.iter().map(|(location, _)| location).collect();
        let locations: Vec<LocationName> = locations.into_iter().cloned().collect();
        let catalogues = locations.iter().zip(catalog.catalogue(&locations));
        let names = catalogues.map(|(location, answer)| {
            let mut names: BTreeMap<String, BTreeSet<ProductId>> = BTreeMap::new();
            for (id, name) in answer.unwrap_or_default() {
                names.entry(name).or_default().insert(id);
            }
            (location.clone(), names)
        });
        let mut products = Self { names: names.collect(), known };
        products.read_namesakes(catalog);
        products
    }

    /// What is called as something that is provisioned, and is not.
    fn read_namesakes(&mut self, catalog: &dyn CatalogRead) {
        let of = |((location, _), product): (&(LocationName, ProductId), &Rc<Product>)| {
            let ids = self.names.get(location)?.get(&product.name).filter(|ids| ids.len() > 1)?;
            Some(ids.iter().map(|id| (location.clone(), id.clone())).collect::<Vec<_>>())
        };
        let called_so: BTreeSet<(LocationName, ProductId)> =
            self.known.iter().filter_map(of).flatten().collect();
        let unknown = called_so.into_iter().filter(|one| !self.known.contains_key(one));
        let wanted: Vec<ProductRef> =
            unknown.filter_map(|(location, id)| reference(&location, &id)).collect();
        if wanted.is_empty() {
            return;
        }
        for (wanted, answer) in wanted.iter().zip(catalog.products(&wanted)) {
            if let Ok(product) = answer {
                self.known.insert((wanted.location.clone(), product.id.clone()), Rc::new(product));
            }
        }
    }

    fn get(&mut self, location: &LocationName, id: &ProductId) -> Option<Rc<Product>> {
        self.known.get(&(location.clone(), id.clone())).cloned()
    }

    fn namesakes(&self, location: &LocationName, id: &ProductId) -> Option<Vec<Rc<Product>>> {
        let product = self.known.get(&(location.clone(), id.clone()))?;
        let called_so = self.names.get(location)?.get(&product.name)?;
        let others = called_so.iter().filter(|other| *other != id);
        others.map(|other| self.known.get(&(location.clone(), other.clone())).cloned()).collect()
    }

    fn has_several_paths(&self, location: &LocationName, existing: &Existing) -> bool {
        let id = existing.product.clone();
        let product = id.and_then(|id| self.known.get(&(location.clone(), id)));
        product.is_none_or(|product| product.paths.len() > 1)
    }
}

fn reference(location: &LocationName, id: &ProductId) -> Option<ProductRef> {
    Some(ProductRef { location: location.clone(), product: Selector::Id(id.to_string()) })
}

/// The last success of what is not as it was asked to be, and of what may have come by one of several ways.
fn records(
    all: &[(LocationName, Existing)],
    products: &Products,
    catalog: &dyn CatalogRead,
) -> BTreeMap<RecordId, Record> {
    let is_needed = |location: &LocationName, existing: &Existing| {
        existing.status != Status::Available || products.has_several_paths(location, existing)
    };
    let wanted = all.iter().filter(|(location, existing)| is_needed(location, existing));
    let wanted = wanted.filter_map(|(location, existing)| {
        Some(RecordRef { location: location.clone(), record: existing.last_successful_record.clone()? })
    });
    let wanted: Vec<RecordRef> = wanted.collect();
    catalog.records(&wanted).into_iter().flatten().map(|record| (record.id.clone(), record)).collect()
}

/// What the version of each takes, by the path it came by, or any: parameters are the same on all of them. Where the version is
/// no longer offered, another one tells what belongs to the product.
fn offer(items: &mut [InventoryItem], catalog: &dyn CatalogRead) {
    let wanted: BTreeSet<OfferingRef> = items.iter().filter_map(|item| Some(asked(item)?.0)).collect();
    let wanted: Vec<OfferingRef> = wanted.into_iter().collect();
    let answers = wanted.iter().cloned().zip(catalog.offerings(&wanted));
    let offered: BTreeMap<OfferingRef, Rc<Offering>> =
        answers.filter_map(|(of, answer)| Some((of, Rc::new(answer.ok()?)))).collect();
    for item in items {
        let Some((of, is_its_own)) = asked(item) else { continue };
        item.of_product = offered.get(&of).cloned();
        item.offering = item.of_product.clone().filter(|_| is_its_own);
    }
}

/// What is asked for, and whether it is the version that it runs.
fn asked(item: &InventoryItem) -> Option<(OfferingRef, bool)> {
    let product = item.product.as_ref()?;
    let runs = product.artifacts.iter().find(|known| Some(&known.id) == item.artifact.as_ref());
    let artifact = runs.or_else(|| product.artifacts.first())?.id.clone();
    let path = item.path.clone().filter(|id| product.paths.iter().any(|known| known.id == *id));
    let path = path.or_else(|| product.paths.first().map(|path| path.id.clone()))?;
    let of = OfferingRef { location: item.location.clone(), product: product.id.clone(), artifact, path };
    Some((of, runs.is_some()))
}

/// The ids of what is bound already.
#[must_use]
pub fn bound(recorded: &Recorded) -> BTreeSet<ProvisionedId> {
    let bindings = recorded.rows.values().filter_map(|row| row.binding.as_ref());
    bindings.map(|binding| binding.id.clone()).collect()
}
