//! What is offered: products, versions and launch paths by name to ids, and what each takes. Names are asked for only where
//! one leads nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::choose::{Candidates, Chosen, Menu, Unresolved, choose_among, may_mean};
use super::{Choice, Listing, Offer, Scope};
use crate::catalog::{
    Artifact, CatalogError, CatalogErrorKind, CatalogRead, Existing, Offering, OfferingRef, Product,
    ProductRef, Status,
};
use crate::declare::DesiredProduct;
use crate::model::ids::{Address, ArtifactId, LocationName, ProductId};
use crate::model::product::{ArtifactSelector, Ignored, Selector};
use crate::state::Row;

impl Choice {
    /// What a declaration asks for, of a product that is made anew.
    #[must_use]
    pub fn anew(address: &Address, product: &DesiredProduct) -> Self {
        Self {
            location: address.location.clone(),
            product: product.product.clone(),
            artifact: product.artifact.clone(),
            stays: None,
            runs: None,
            path: product.path.clone(),
        }
    }

    /// What a declaration asks for, of the product that the row knows and the catalog shows.
    #[must_use]
    pub fn of(
        address: &Address,
        product: &DesiredProduct,
        row: Option<&Row>,
        existing: Option<&Existing>,
    ) -> Self {
        let ignored = product.ignore_changes.contains(&Ignored::Artifact);
        let in_force = row.and_then(|row| version_in_force(row, existing)).cloned();
        let applied =
            row.and_then(|row| row.applied.as_ref()).map(|applied| &applied.content.target.artifact);
        let named = |name: &String| {
            applied.is_some_and(|applied| applied.name == *name && Some(&applied.id) == in_force.as_ref())
        };
        let is_named = matches!(&product.artifact, ArtifactSelector::Name(name) if named(name));
        Self {
            stays: in_force.clone().filter(|_| ignored),
            runs: in_force.filter(|_| is_named && !ignored),
            ..Self::anew(address, product)
        }
    }
}

/// The version that runs: the catalog's word where the last change went well, whoever made it; else what was applied.
#[must_use]
pub fn version_in_force<'a>(row: &'a Row, existing: Option<&'a Existing>) -> Option<&'a ArtifactId> {
    let applied = &row.applied.as_ref()?.content.target.artifact.id;
    let there = existing.filter(|existing| existing.status == Status::Available);
    Some(there.and_then(|existing| existing.artifact.as_ref()).unwrap_or(applied))
}

impl Chosen<'_> {
    fn offering(&self, location: &LocationName) -> OfferingRef {
        OfferingRef {
            location: location.clone(),
            product: self.product.id.clone(),
            artifact: self.artifact.id.clone(),
            path: self.path.id.clone(),
        }
    }

    fn offer(&self, offering: Arc<Offering>, versions: &Arc<[Artifact]>) -> Offer {
        Offer {
            product: self.product.id.clone(),
            product_name: self.product.name.clone(),
            kind: self.product.kind.clone(),
            artifact: self.artifact.clone(),
            versions: versions.clone(),
            path: self.path.clone(),
            paths: self.product.paths[..].into(),
            offering,
        }
    }
}

/// What each choice of the selected declarations resolves to. Thousands of declarations ask for a few things: one call for
/// each distinct product, and one for each distinct offering.
pub(super) fn offers(
    scope: Scope<'_>,
    catalog: &dyn CatalogRead,
    existing: &BTreeMap<LocationName, Listing>,
) -> BTreeMap<Choice, Result<Offer, Unresolved>> {
    let mut choices: BTreeMap<ProductRef, Vec<Choice>> = BTreeMap::new();
    for choice in distinct(scope, existing) {
        let product = ProductRef { location: choice.location.clone(), product: choice.product.clone() };
        choices.entry(product).or_default().push(choice);
    }
    let products = products(&choices.keys().cloned().collect::<Vec<_>>(), catalog);
    let mut offers = BTreeMap::new();
    let mut chosen: BTreeMap<OfferingRef, Vec<(Choice, Chosen<'_>)>> = BTreeMap::new();
    for (choices, product) in choices.into_values().zip(&products) {
        let menus = product.as_ref().map(|found| found.iter().map(Menu::new).collect::<Vec<_>>());
        for choice in choices {
            match menus.as_ref().map_err(|why| (*why).clone()).and_then(|menus| choose_among(menus, &choice))
            {
                Ok(one) => chosen.entry(one.offering(&choice.location)).or_default().push((choice, one)),
                Err(why) => {
                    offers.insert(choice, Err(why));
                }
            }
        }
    }
    let wanted: Vec<OfferingRef> = chosen.keys().cloned().collect();
    let mut versions: BTreeMap<&ProductId, Arc<[Artifact]>> = BTreeMap::new();
    for (chosen, answer) in chosen.into_values().zip(catalog.offerings(&wanted)) {
        let answer = answer.map(Arc::new);
        for (choice, one) in chosen {
            let versions =
                versions.entry(&one.product.id).or_insert_with(|| one.product.artifacts[..].into());
            let offer = answer.clone().map(|offering| one.offer(offering, versions));
            offers.insert(choice, offer.map_err(Unresolved::Catalog));
        }
    }
    offers
}

/// So many offers that a choice may mean are asked for.
const MEANT: usize = 20;

/// All that may be meant by the choices that lead nowhere, as far as these are few.
pub(super) fn meant(
    offers: &BTreeMap<Choice, Result<Offer, Unresolved>>,
    catalog: &dyn CatalogRead,
) -> BTreeMap<Choice, Vec<Offer>> {
    let mut choices: BTreeMap<ProductRef, Vec<&Choice>> = BTreeMap::new();
    for (choice, _) in offers.iter().filter(|(_, offer)| offer.as_ref().is_err_and(Unresolved::is_of_choice))
    {
        let product = ProductRef { location: choice.location.clone(), product: choice.product.clone() };
        choices.entry(product).or_default().push(choice);
    }
    let products = products(&choices.keys().cloned().collect::<Vec<_>>(), catalog);
    let mut wanted: Vec<(&Choice, Chosen<'_>)> = Vec::new();
    for (choices, found) in choices.into_values().zip(&products) {
        let menus: Vec<Menu<'_>> = found.iter().flatten().map(Menu::new).collect();
        for choice in choices {
            let all = may_mean(&menus, choice);
            wanted.extend(all.into_iter().map(|one| (choice, one)).take(MEANT + 1));
        }
    }
    let asked: BTreeSet<OfferingRef> =
        wanted.iter().map(|(choice, one)| one.offering(&choice.location)).collect();
    let asked: Vec<OfferingRef> = asked.into_iter().collect();
    let answers: BTreeMap<&OfferingRef, Option<Arc<Offering>>> =
        asked.iter().zip(catalog.offerings(&asked).into_iter().map(|one| one.ok().map(Arc::new))).collect();
    let mut meant: BTreeMap<Choice, Vec<Option<Offer>>> = BTreeMap::new();
    for (choice, one) in wanted {
        let offering = answers.get(&one.offering(&choice.location)).cloned().flatten();
        let versions: Arc<[Artifact]> = one.product.artifacts[..].into();
        let offer = offering.map(|offering| one.offer(offering, &versions));
        meant.entry(choice.clone()).or_default().push(offer);
    }
    // what holds of some need not hold of others
    let whole = |(choice, all): (Choice, Vec<Option<Offer>>)| {
        let all: Option<Vec<Offer>> = Some(all).filter(|all| all.len() <= MEANT)?.into_iter().collect();
        Some((choice, all?))
    };
    meant.into_iter().filter_map(whole).collect()
}

fn distinct(scope: Scope<'_>, existing: &BTreeMap<LocationName, Listing>) -> BTreeSet<Choice> {
    let declared = scope.desired.products.iter().filter(|(address, _)| scope.selected.contains(*address));
    let mut choices = BTreeSet::new();
    for (address, product) in declared.filter(|(_, product)| !product.unread.product) {
        let row = scope.recorded.rows.get(address);
        let existing = row.and_then(|row| existing.get(&address.location)?.id(&row.binding.as_ref()?.id));
        choices.insert(Choice::anew(address, product));
        choices.insert(Choice::of(address, product, row, existing));
    }
    choices
}

/// The products, in order; all that have one name, where it names several.
fn products(wanted: &[ProductRef], catalog: &dyn CatalogRead) -> Vec<Result<Vec<Product>, Unresolved>> {
    let answers = catalog.products(wanted);
    let names = names_there_are(wanted.iter().zip(&answers), catalog);
    let mut named: BTreeMap<(&LocationName, &str), Vec<&ProductId>> = BTreeMap::new();
    for (location, all) in &names {
        all.iter().for_each(|(id, name)| named.entry((location, name)).or_default().push(id));
    }
    let mut told: BTreeMap<(&LocationName, bool), Candidates> = BTreeMap::new();
    let resolved = wanted.iter().zip(answers).map(|(wanted, answer)| {
        let error = match answer {
            Ok(product) => return Ok(vec![product]),
            Err(error) => error,
        };
        let all = names.get(&wanted.location);
        let named = of_this_name(wanted, &named);
        match all {
            Some(_) if named.len() > 1 => each(&named, catalog),
            Some(all) if is_missing(&error) => {
                let by_id = matches!(wanted.product, Selector::Id(_));
                let told = told.entry((&wanted.location, by_id)).or_insert_with(|| candidates(all, by_id));
                Err(Unresolved::Product { candidates: told.clone() })
            }
            _ => Err(Unresolved::Catalog(error)),
        }
    });
    resolved.collect()
}

/// The products of one name, asked for by their ids.
fn of_this_name(
    wanted: &ProductRef,
    named: &BTreeMap<(&LocationName, &str), Vec<&ProductId>>,
) -> Vec<ProductRef> {
    let Selector::Name(name) = &wanted.product else { return Vec::new() };
    let by_id = |id: &&ProductId| ProductRef {
        location: wanted.location.clone(),
        product: Selector::Id(id.to_string()),
    };
    named.get(&(&wanted.location, name)).into_iter().flatten().map(by_id).collect()
}

fn each(named: &[ProductRef], catalog: &dyn CatalogRead) -> Result<Vec<Product>, Unresolved> {
    catalog.products(named).into_iter().collect::<Result<_, _>>().map_err(Unresolved::Catalog)
}

fn is_missing(error: &CatalogError) -> bool {
    matches!(error.kind, CatalogErrorKind::NotFound | CatalogErrorKind::Conflict)
}

/// Whether another product may be meant: there is none, or there are several.
fn is_unclear(wanted: &ProductRef, error: &CatalogError) -> bool {
    let by_name = matches!(wanted.product, Selector::Name(_));
    is_missing(error) || (by_name && error.kind == CatalogErrorKind::Refused)
}

type Names = Vec<(ProductId, String)>;

/// Only where a product is not found: one more call for the names there are.
fn names_there_are<'a>(
    answers: impl Iterator<Item = (&'a ProductRef, &'a Result<Product, CatalogError>)>,
    catalog: &dyn CatalogRead,
) -> BTreeMap<LocationName, Names> {
    let unclear =
        answers.filter(|(wanted, answer)| answer.as_ref().is_err_and(|error| is_unclear(wanted, error)));
    let locations: BTreeSet<LocationName> = unclear.map(|(wanted, _)| wanted.location.clone()).collect();
    let locations: Vec<LocationName> = locations.into_iter().collect();
    let names = catalog.catalogue(&locations);
    locations.into_iter().zip(names).filter_map(|(location, names)| Some((location, names.ok()?))).collect()
}

/// The products there are, as people would write them.
fn candidates(all: &Names, by_id: bool) -> Candidates {
    let text = |(id, name): &(ProductId, String)| if by_id { format!("{id} ({name})") } else { name.clone() };
    let mut told: Vec<String> = all.iter().map(text).collect();
    told.sort_unstable();
    told.into()
}
