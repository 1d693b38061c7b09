//! What is offered: products, versions and launch paths by name to ids, and what each takes. Names are asked for only where
//! one leads nowhere.

use std::collections::{BTreeMap, BTreeSet};

use super::choose::{Unresolved, choose};
use super::{Choice, Listing, Offer, Scope};
use crate::catalog::{
    CatalogError, CatalogErrorKind, CatalogRead, Existing, OfferingRef, Product, ProductRef, Status,
};
use crate::declare::DesiredProduct;
use crate::model::ids::{Address, ArtifactId, LocationName, ProductId};
use crate::model::product::{Ignored, Selector};
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
        let stays = row.and_then(|row| version_in_force(row, existing)).filter(|_| ignored);
        Self { stays: stays.cloned(), ..Self::anew(address, product) }
    }
}

/// The version that runs: the catalog's word where the last change went well, whoever made it; else what was applied.
#[must_use]
pub fn version_in_force<'a>(row: &'a Row, existing: Option<&'a Existing>) -> Option<&'a ArtifactId> {
    let applied = &row.applied.as_ref()?.content.target.artifact.id;
    let there = existing.filter(|existing| existing.status == Status::Available);
    Some(there.and_then(|existing| existing.artifact.as_ref()).unwrap_or(applied))
}

pub(super) fn offers(
    scope: Scope<'_>,
    catalog: &dyn CatalogRead,
    existing: &BTreeMap<LocationName, Listing>,
) -> BTreeMap<Choice, Result<Offer, Unresolved>> {
    let choices = choices(scope, existing);
    let products = products(&choices, catalog);
    let mut resolved = Vec::new();
    let mut offers = BTreeMap::new();
    for choice in choices {
        let wanted = ProductRef { location: choice.location.clone(), product: choice.product.clone() };
        let chosen = match products.get(&wanted) {
            Some(Ok(product)) => choose(product, &choice).map(|(artifact, path)| (product, artifact, path)),
            Some(Err(why)) => Err(why.clone()),
            None => Err(Unresolved::NoPath),
        };
        match chosen {
            Err(why) => drop(offers.insert(choice, Err(why))),
            Ok((product, artifact, path)) => resolved.push((choice, product, artifact.clone(), path.clone())),
        }
    }
    let reference = |(choice, product, artifact, path): &(Choice, &Product, crate::catalog::Artifact, _)| {
        let path: &crate::catalog::LaunchPath = path;
        OfferingRef {
            location: choice.location.clone(),
            product: product.id.clone(),
            artifact: artifact.id.clone(),
            path: path.id.clone(),
        }
    };
    let distinct: Vec<OfferingRef> =
        resolved.iter().map(&reference).collect::<BTreeSet<_>>().into_iter().collect();
    let answers: BTreeMap<_, _> = distinct.iter().zip(catalog.offerings(&distinct)).collect();
    for item in resolved {
        let answer = answers.get(&reference(&item)).cloned();
        let (choice, product, artifact, path) = item;
        let offer = match answer {
            Some(Ok(offering)) => Ok(Offer {
                product: product.id.clone(),
                product_name: product.name.clone(),
                kind: product.kind.clone(),
                artifact,
                versions: product.artifacts.clone(),
                path,
                offering,
            }),
            Some(Err(error)) => Err(Unresolved::Catalog(error)),
            None => Err(Unresolved::NoPath),
        };
        offers.insert(choice, offer);
    }
    offers
}

/// Thousands of declarations ask for a few things.
fn choices(scope: Scope<'_>, existing: &BTreeMap<LocationName, Listing>) -> BTreeSet<Choice> {
    let declared = scope.desired.products.iter().filter(|(address, _)| scope.selected.contains(*address));
    let mut choices = BTreeSet::new();
    for (address, product) in declared {
        let row = scope.recorded.rows.get(address);
        let existing = row.and_then(|row| existing.get(&address.location)?.id(&row.binding.as_ref()?.id));
        choices.insert(Choice::anew(address, product));
        choices.insert(Choice::of(address, product, row, existing));
    }
    choices
}

fn products(
    choices: &BTreeSet<Choice>,
    catalog: &dyn CatalogRead,
) -> BTreeMap<ProductRef, Result<Product, Unresolved>> {
    let wanted: Vec<ProductRef> = choices
        .iter()
        .map(|choice| ProductRef { location: choice.location.clone(), product: choice.product.clone() })
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let answers = catalog.products(&wanted);
    let names = names_there_are(wanted.iter().zip(&answers), catalog);
    let resolve = |(wanted, answer): (ProductRef, Result<Product, CatalogError>)| {
        let product = answer.map_err(|error| match names.get(&wanted.location) {
            Some(all) if is_missing(&error) => missing_product(&wanted.product, all),
            _ => Unresolved::Catalog(error),
        });
        (wanted, product)
    };
    wanted.into_iter().zip(answers).map(resolve).collect()
}

fn is_missing(error: &CatalogError) -> bool {
    matches!(error.kind, CatalogErrorKind::NotFound | CatalogErrorKind::Conflict)
}

type Names = Vec<(ProductId, String)>;

/// Only where a product is not found: one more call for the names there are.
fn names_there_are<'a>(
    answers: impl Iterator<Item = (&'a ProductRef, &'a Result<Product, CatalogError>)>,
    catalog: &dyn CatalogRead,
) -> BTreeMap<LocationName, Names> {
    let missing = answers.filter(|(_, answer)| answer.as_ref().is_err_and(is_missing));
    let locations: BTreeSet<LocationName> = missing.map(|(wanted, _)| wanted.location.clone()).collect();
    let locations: Vec<LocationName> = locations.into_iter().collect();
    let names = catalog.catalogue(&locations);
    locations.into_iter().zip(names).filter_map(|(location, names)| Some((location, names.ok()?))).collect()
}

fn missing_product(wanted: &Selector, all: &Names) -> Unresolved {
    let same: Vec<String> = all
        .iter()
        .filter(|(_, name)| *wanted == Selector::Name(name.clone()))
        .map(|(id, name)| format!("{name} ({id})"))
        .collect();
    if same.len() > 1 {
        return Unresolved::AmbiguousProduct { candidates: same };
    }
    let text = |(id, name): &(ProductId, String)| match wanted {
        Selector::Name(_) => name.clone(),
        Selector::Id(_) => id.to_string(),
    };
    Unresolved::Product { candidates: all.iter().map(text).collect() }
}
