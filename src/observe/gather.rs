//! The calls, in rounds: who are we, what is offered, what exists, why it differs. Each round is one batch per port method.

use std::collections::{BTreeMap, BTreeSet};

use super::choose::{Unresolved, choose};
use super::{Choice, Listing, Observed, ObserveError, Offer};
use crate::catalog::{
    CatalogError, CatalogErrorKind, CatalogRead, Existing, FindBy, OfferingRef, Product, ProductRef, Progress,
    Record, RecordRef, Status,
};
use crate::declare::{Desired, Location};
use crate::model::ids::{Address, LocationName, ProductId};
use crate::model::product::Selector;
use crate::model::template::{Attribute, Template};
use crate::state::{Place, Recorded, Row};

/// Up to so many names a location are looked up one by one before they are taken as free: the search index lags a
/// little behind. Beyond that the catalog's own check at provisioning is enough.
const NAMES_CONFIRMED: usize = 50;

/// What is asked, and of whom.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// What is declared.
    pub desired: &'a Desired,
    /// What is remembered.
    pub recorded: &'a Recorded,
    /// The settings' locations.
    pub locations: &'a BTreeMap<LocationName, Location>,
    /// The addresses that planning is about.
    pub selected: &'a BTreeSet<Address>,
    /// Whether to search; without it, what is recorded is taken for what exists.
    pub refresh: bool,
}

/// Reads everything that planning needs.
///
/// # Errors
/// Every location that could not be read, or is not what it should be.
pub fn observe(scope: Scope<'_>, catalog: &dyn CatalogRead) -> Result<Observed, Vec<ObserveError>> {
    let mut observed = Observed { places: identify(scope, catalog)?, ..Observed::default() };
    observed.offers = offers(scope, catalog);
    observed.existing =
        if scope.refresh { listings(scope, catalog, &observed.places)? } else { remembered(scope, &observed.places) };
    explain(scope, catalog, &mut observed)?;
    observed.outputs = unstored(scope, catalog)?;
    Ok(observed)
}

/// Who the credentials of each location are, and whether that is right: before any other call.
///
/// # Errors
/// Every location that is not what it should be.
pub fn identify(
    scope: Scope<'_>,
    catalog: &dyn CatalogRead,
) -> Result<BTreeMap<LocationName, Place>, Vec<ObserveError>> {
    let names: BTreeSet<&LocationName> = scope.selected.iter().map(|address| &address.location).collect();
    let known: Vec<&Location> = names.iter().filter_map(|name| scope.locations.get(*name)).collect();
    let mut errors: Vec<ObserveError> =
        names.iter().filter(|name| !scope.locations.contains_key(**name)).map(|name| dropped(scope, name)).collect();
    let asked: Vec<LocationName> = known.iter().map(|location| location.name.clone()).collect();
    let mut places = BTreeMap::new();
    for (location, answer) in known.into_iter().zip(catalog.identities(&asked)) {
        match answer {
            Err(error) => errors.push(ObserveError::Catalog { location: location.name.clone(), error }),
            Ok(account) => {
                let place = Place { account, region: location.region.clone() };
                errors.extend(other_account(scope, location, &place));
                places.insert(location.name.clone(), place);
            }
        }
    }
    if errors.is_empty() { Ok(places) } else { Err(errors) }
}

fn dropped(scope: Scope<'_>, location: &LocationName) -> ObserveError {
    let held: Vec<String> = scope
        .recorded
        .rows
        .keys()
        .filter(|address| address.location == *location)
        .map(|address| format!("`{}`", address.key))
        .collect();
    ObserveError::Dropped { location: location.clone(), addresses: held.join(", ") }
}

fn other_account(scope: Scope<'_>, location: &Location, place: &Place) -> Option<ObserveError> {
    let wrong = |expected: &str, said| ObserveError::WrongAccount {
        location: location.name.clone(),
        found: format!("{} ({})", place.account, place.region),
        expected: expected.to_owned(),
        said,
    };
    let written = location.account_id.as_ref().filter(|id| **id != place.account);
    let recorded = || {
        let mut rows = scope.recorded.rows.iter().filter(|(address, _)| address.location == location.name);
        rows.find(|(_, row)| row.place != *place)
    };
    match written {
        Some(id) => Some(wrong(id.as_str(), "the settings say")),
        None => recorded().map(|(_, row)| {
            wrong(&format!("{} ({})", row.place.account, row.place.region), "the state says")
        }),
    }
}

impl Choice {
    /// What a declaration asks for.
    #[must_use]
    pub fn of(address: &Address, product: &crate::declare::DesiredProduct) -> Self {
        Self {
            location: address.location.clone(),
            product: product.product.clone(),
            artifact: product.artifact.clone(),
            path: product.path.clone(),
        }
    }
}

fn offers(scope: Scope<'_>, catalog: &dyn CatalogRead) -> BTreeMap<Choice, Result<Offer, Unresolved>> {
    let declared = scope.desired.products.iter().filter(|(address, _)| scope.selected.contains(*address));
    let choices: BTreeSet<Choice> = declared.map(|(address, product)| Choice::of(address, product)).collect();
    let products = products(&choices, catalog);
    let mut resolved = Vec::new();
    let mut offers = BTreeMap::new();
    for choice in choices {
        let wanted = ProductRef { location: choice.location.clone(), product: choice.product.clone() };
        let chosen = match products.get(&wanted) {
            Some(Ok(product)) => {
                choose(product, &choice.artifact, choice.path.as_ref()).map(|(artifact, path)| (product, artifact, path))
            }
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
    if locations.is_empty() {
        return BTreeMap::new();
    }
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

fn listings(
    scope: Scope<'_>,
    catalog: &dyn CatalogRead,
    places: &BTreeMap<LocationName, Place>,
) -> Result<BTreeMap<LocationName, Listing>, Vec<ObserveError>> {
    let names: Vec<LocationName> = places.keys().cloned().collect();
    let mut listings = BTreeMap::new();
    let mut errors = Vec::new();
    for (location, answer) in names.iter().zip(catalog.search(&names)) {
        match answer {
            Ok(found) => {
                let mut listing = Listing::default();
                found.into_iter().for_each(|existing| listing.insert(existing));
                listings.insert(location.clone(), listing);
            }
            Err(error) => errors.push(ObserveError::Catalog { location: location.clone(), error }),
        }
    }
    let unlisted = unlisted(scope, &listings);
    for (by, answer) in unlisted.iter().zip(catalog.find(&unlisted)) {
        match answer {
            Ok(found) => {
                if let (Some(listing), Some(existing)) = (listings.get_mut(&by.location), found.existing) {
                    listing.insert(existing);
                }
            }
            Err(error) => errors.push(ObserveError::Catalog { location: by.location.clone(), error }),
        }
    }
    if errors.is_empty() { Ok(listings) } else { Err(errors) }
}

/// What should be there and was not listed: absence in the search is never evidence.
fn unlisted(scope: Scope<'_>, listings: &BTreeMap<LocationName, Listing>) -> Vec<FindBy> {
    let mut names: BTreeMap<&LocationName, usize> = BTreeMap::new();
    let mut unlisted = Vec::new();
    for address in scope.selected {
        let Some(listing) = listings.get(&address.location) else { continue };
        let bound = scope.recorded.rows.get(address).and_then(|row| row.binding.as_ref());
        let by = match (bound, scope.desired.products.get(address)) {
            (Some(bound), _) if listing.id(&bound.id).is_none() => Selector::Id(bound.id.to_string()),
            (None, Some(product)) if listing.name(&product.name).is_none() => {
                let confirmed = names.entry(&address.location).or_default();
                *confirmed += 1;
                if *confirmed > NAMES_CONFIRMED {
                    continue;
                }
                Selector::Name(product.name.clone())
            }
            _ => continue,
        };
        unlisted.push(FindBy { location: address.location.clone(), by });
    }
    unlisted
}

/// `--no-refresh`: what is recorded, as if the catalog had said it.
fn remembered(scope: Scope<'_>, places: &BTreeMap<LocationName, Place>) -> BTreeMap<LocationName, Listing> {
    let mut listings: BTreeMap<LocationName, Listing> =
        places.keys().map(|name| (name.clone(), Listing::default())).collect();
    for (address, row) in &scope.recorded.rows {
        if let (Some(existing), Some(listing)) = (as_existing(row), listings.get_mut(&address.location)) {
            listing.insert(existing);
        }
    }
    listings
}

fn as_existing(row: &Row) -> Option<Existing> {
    let bound = row.binding.as_ref()?;
    let record = row.applied.as_ref().map(|applied| applied.record.clone());
    let status = match (&row.applied, &row.last_failure) {
        // what the service refused to begin left the product as it was
        (Some(_), Some(failure)) if failure.record.is_some() => Status::Tainted,
        (Some(_), _) => Status::Available,
        (None, _) => Status::Error,
    };
    Some(Existing {
        id: bound.id.clone(),
        name: bound.name.clone(),
        arn: bound.arn.clone().unwrap_or_default(),
        kind: "CFN_STACK".to_owned(),
        status,
        status_message: row.last_failure.as_ref().map(|failure| failure.message.clone()),
        created: crate::model::time::Timestamp::default(),
        token: row.tokens.last().map(|(_, token)| token.clone()),
        last_record: record.clone(),
        last_provisioning_record: record.clone(),
        last_successful_record: record,
        product: row.applied.as_ref().map(|applied| applied.content.product.clone()),
        artifact: row.applied.as_ref().map(|applied| applied.content.artifact.clone()),
        tags: None,
        user_arn: None,
        asked: crate::model::time::Timestamp::default(),
    })
}

/// One `DescribeRecord` for each product that is not as we left it.
fn explain(scope: Scope<'_>, catalog: &dyn CatalogRead, observed: &mut Observed) -> Result<(), Vec<ObserveError>> {
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
    for record in answered(&wanted, catalog)?.into_iter().flatten() {
        observed.records.insert(record.provisioned.clone(), record);
    }
    Ok(())
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
    let (wanted, addresses): (Vec<RecordRef>, Vec<Address>) =
        secret_outputs(scope).into_iter().filter_map(last).unzip();
    let outputs = answered(&wanted, catalog)?.into_iter().zip(addresses).filter_map(|(record, address)| {
        match record?.progress {
            Progress::Succeeded(outputs) => Some((address, outputs)),
            _ => None,
        }
    });
    Ok(outputs.collect())
}

/// The records, in order; `None` for one that is not there any more.
fn answered(wanted: &[RecordRef], catalog: &dyn CatalogRead) -> Result<Vec<Option<Record>>, Vec<ObserveError>> {
    let mut records = Vec::with_capacity(wanted.len());
    let mut errors = Vec::new();
    for (asked, answer) in wanted.iter().zip(catalog.records(wanted)) {
        match answer {
            Ok(record) => records.push(Some(record)),
            Err(error) if error.kind == CatalogErrorKind::NotFound => records.push(None),
            Err(error) => errors.push(ObserveError::Catalog { location: asked.location.clone(), error }),
        }
    }
    if errors.is_empty() { Ok(records) } else { Err(errors) }
}

/// The instances whose unstored outputs somebody refers to.
fn secret_outputs(scope: Scope<'_>) -> BTreeSet<Address> {
    let selected = scope.desired.products.iter().filter(|(address, _)| scope.selected.contains(*address));
    let values = selected.flat_map(|(_, product)| {
        product.parameters.values().filter_map(|p| p.value.as_ref()).chain(product.tags.values())
    });
    values
        .flat_map(Template::references)
        .filter(|reference| match (&reference.what, scope.recorded.rows.get(&reference.of)) {
            (Attribute::Output { key, .. }, Some(row)) => {
                row.applied.as_ref().is_some_and(|applied| applied.secret_outputs.contains_key(key))
            }
            _ => false,
        })
        .map(|reference| reference.of.clone())
        .collect()
}
