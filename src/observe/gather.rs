//! The calls, in rounds: who are we, what is offered, what exists, why it differs. Each round is one batch per port method.

use std::collections::{BTreeMap, BTreeSet};

use super::offers::offers;
use super::{Listing, ObserveError, Observed};
use crate::catalog::{
    CatalogErrorKind, CatalogRead, Existing, FindBy, Progress, Record, RecordRef, Seen, Status,
};
use crate::declare::{Desired, Location};
use crate::model::ids::{Address, LocationName};
use crate::model::product::Selector;
use crate::model::template::{Attribute, Template};
use crate::model::text::quoted;
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
    observed.existing = if scope.refresh {
        listings(scope, catalog, &observed.places)?
    } else {
        remembered(scope, &observed.places)
    };
    observed.offers = offers(scope, catalog, &observed.existing);
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
    let mut errors: Vec<ObserveError> = names
        .iter()
        .filter(|name| !scope.locations.contains_key(**name))
        .map(|name| dropped(scope, name))
        .collect();
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
    let held = scope.recorded.rows.keys().filter(|address| address.location == *location);
    ObserveError::Dropped { location: location.clone(), addresses: quoted(held.map(|address| &address.key)) }
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
                // what is listed and not found stays: taken for gone in vain, it would be forgotten; a request tells
                if let (Some(listing), Some(existing)) = (listings.get_mut(&by.location), found.existing) {
                    listing.insert(existing);
                }
            }
            Err(error) => errors.push(ObserveError::Catalog { location: by.location.clone(), error }),
        }
    }
    if errors.is_empty() { Ok(listings) } else { Err(errors) }
}

/// What should be there and was not listed, or is not listed as we left it: the search lags a little behind, and alone
/// is never evidence.
fn unlisted(scope: Scope<'_>, listings: &BTreeMap<LocationName, Listing>) -> Vec<FindBy> {
    let mut names: BTreeMap<&LocationName, usize> = BTreeMap::new();
    let mut unlisted = Vec::new();
    for address in scope.selected {
        let Some(listing) = listings.get(&address.location) else { continue };
        let row = scope.recorded.rows.get(address);
        let bound = row.and_then(|row| row.binding.as_ref());
        if bound.is_some_and(|bound| is_as_left(row, listing.id(&bound.id))) {
            continue;
        }
        let mut ask = |by| unlisted.push(FindBy { location: address.location.clone(), by });
        if let Some(bound) = bound {
            ask(Selector::Id(bound.id.to_string()));
        }
        let wanted = scope.desired.products.get(address).map(|product| &product.name);
        if let Some(name) = wanted.filter(|name| listing.name(name).is_none()) {
            let confirmed = names.entry(&address.location).or_default();
            *confirmed += 1;
            if *confirmed <= NAMES_CONFIRMED {
                ask(Selector::Name(name.clone()));
            }
        }
    }
    unlisted
}

/// Whether a bound product is listed as our last operation left it; what is under way is looked for by its intent.
fn is_as_left(row: Option<&Row>, listed: Option<&Existing>) -> bool {
    let ours = row.and_then(|row| row.applied.as_ref()).map(|applied| &applied.record);
    let settled = |listed: &Existing| {
        listed.status == Status::Available && listed.last_provisioning_record.as_ref() == ours
    };
    listed.is_some_and(|listed| settled(listed) || row.is_some_and(|row| row.intent.is_some()))
}

/// `--no-refresh`: what is recorded, as if the catalog had said it.
fn remembered(scope: Scope<'_>, places: &BTreeMap<LocationName, Place>) -> BTreeMap<LocationName, Listing> {
    let mut listings: BTreeMap<LocationName, Listing> =
        places.keys().map(|name| (name.clone(), Listing::default())).collect();
    for (address, row) in &scope.recorded.rows {
        if let (Some(existing), Some(listing)) = (recorded(row), listings.get_mut(&address.location)) {
            listing.insert(existing);
        }
    }
    listings
}

fn recorded(row: &Row) -> Option<Existing> {
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
        seen: Seen::Recorded,
        status,
        status_message: row.last_failure.as_ref().map(|failure| failure.message.clone()),
        token: row.tokens.last().map(|(_, token)| token.clone()),
        last_record: record.clone(),
        last_provisioning_record: record.clone(),
        last_successful_record: record,
        product: row.applied.as_ref().map(|applied| applied.content.target.product.id.clone()),
        artifact: row.applied.as_ref().map(|applied| applied.content.target.artifact.id.clone()),
        user_arn: None,
        asked: crate::model::time::Timestamp::default(),
    })
}

/// One `DescribeRecord` for each product that is not as we left it.
fn explain(
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
    let outputs =
        answered(&wanted, catalog)?.into_iter().zip(addresses).filter_map(|(record, address)| match record?
            .progress
        {
            Progress::Succeeded(outputs) => Some((address, outputs)),
            _ => None,
        });
    Ok(outputs.collect())
}

/// The records, in order; `None` for one that is not there any more.
fn answered(
    wanted: &[RecordRef],
    catalog: &dyn CatalogRead,
) -> Result<Vec<Option<Record>>, Vec<ObserveError>> {
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
