//! Who the credentials of each location are, and whether that is who the settings and the state say.

use std::collections::{BTreeMap, BTreeSet};

use super::{Expects, Instead, ObserveError, Scope};
use crate::catalog::{CatalogRead, FindBy, Identity};
use crate::declare::{Access, Location};
use crate::model::endpoint::CatalogKind;
use crate::model::ids::{Address, Key, LocationName, ProvisionedId};
use crate::model::product::Selector;
use crate::model::text::quoted;
use crate::state::{Home, Row};

/// So many products a sandbox is asked for at a time, until it knows one.
const WORLD_ASKED: usize = 50;

/// Who the credentials of each location are, and whether that is right: before any other call.
///
/// # Errors
/// Every location that is not what it should be.
pub fn identify(
    scope: Scope<'_>,
    catalog: &dyn CatalogRead,
) -> Result<BTreeMap<LocationName, Home>, Vec<ObserveError>> {
    let externals = scope.externals().map(|(address, _)| address);
    let names: BTreeSet<&LocationName> =
        scope.selected.iter().chain(externals).map(|address| &address.location).collect();
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
            Err(error) => {
                errors.push(ObserveError::Catalog { location: location.name.clone(), error });
                errors.extend(no_sandbox(scope, location));
            }
            Ok(Identity { account, catalog: kind, .. }) => {
                let place = Home { account, region: location.region.clone(), catalog: kind };
                let wrong = other_account(scope, location, &place);
                let wrong = wrong.or_else(|| other_catalog(scope, location, &place));
                errors.extend(wrong.or_else(|| strange_world(scope, &place, location, catalog)));
                places.insert(location.name.clone(), place);
            }
        }
    }
    if errors.is_empty() { Ok(places) } else { Err(errors) }
}

fn dropped(scope: Scope<'_>, location: &LocationName) -> ObserveError {
    let held = scope.recorded.rows.iter().filter(|(address, _)| address.location == *location);
    let held: Vec<(&Address, &Row)> = held.collect();
    let home = held.first().map(|(_, row)| &row.home);
    let is_there = |one: &Location, home: &Home| {
        one.account_id.as_ref() == Some(&home.account) && one.region == home.region
    };
    let renamed = |one: &&Location| home.is_some_and(|home| is_there(one, home));
    let unknown = |one: &Location| !scope.recorded.rows.keys().any(|address| address.location == one.name);
    let free = || scope.locations.values().filter(|one| unknown(one));
    let renamed = free().find(renamed).map(|one| Instead::Name(one.written.clone()));
    let elsewhere = || free().find(|one| one.account == location.account());
    let instead = renamed.or_else(|| elsewhere().map(|one| Instead::Region(one.region.clone())));
    let addresses = quoted(held.iter().map(|(address, _)| &address.key));
    ObserveError::Dropped { location: location.clone(), addresses, instead }
}

/// Another kind of catalog than the one in which the rows' products were made: what it does not know is not gone.
fn other_catalog(scope: Scope<'_>, location: &Location, place: &Home) -> Option<ObserveError> {
    let known = |row: &Row| ![CatalogKind::Unknown, place.catalog].contains(&row.home.catalog);
    let others: Vec<(&Address, &Row)> = rows(scope, location).filter(|(_, row)| known(row)).collect();
    let (_, first) = others.first()?;
    Some(ObserveError::OtherCatalog {
        location: location.name.clone(),
        found: place.catalog.noun(),
        expected: first.home.catalog.noun(),
        addresses: quoted(others.iter().map(|(address, _)| &address.key)),
    })
}

/// What cannot be reached, and is not written as the sandbox that it was: that may be why.
fn no_sandbox(scope: Scope<'_>, location: &Location) -> Option<ObserveError> {
    let Access::Aws { endpoint_url: None, .. } = location.access else { return None };
    let of_sandbox = rows(scope, location).filter(|(_, row)| row.home.catalog.is_simulated());
    let keys: Vec<&Key> = of_sandbox.map(|(address, _)| &address.key).collect();
    (!keys.is_empty()).then(|| ObserveError::OtherCatalog {
        location: location.name.clone(),
        found: "not written as a sandbox",
        expected: CatalogKind::Sandbox.noun(),
        addresses: quoted(keys),
    })
}

/// A sandbox in the place of something that nobody wrote down: it is the same only if its world holds what the rows stand for.
fn strange_world(
    scope: Scope<'_>,
    place: &Home,
    location: &Location,
    catalog: &dyn CatalogRead,
) -> Option<ObserveError> {
    let of_unknown =
        |(_, row): &(&Address, &Row)| row.home.catalog == CatalogKind::Unknown && row.binding.is_some();
    let unknown: Vec<(&Address, &Row)> = rows(scope, location).filter(of_unknown).collect();
    if !place.catalog.is_simulated() || unknown.is_empty() {
        return None;
    }
    let ids = unknown.iter().filter_map(|(_, row)| row.binding.as_ref()).map(|binding| &binding.id);
    let ask =
        |id: &ProvisionedId| FindBy { location: location.name.clone(), by: Selector::Id(id.to_string()) };
    let asked: Vec<FindBy> = ids.map(ask).collect();
    let held = asked.chunks(WORLD_ASKED).any(|some| {
        catalog.find(some).iter().any(|answer| answer.as_ref().is_ok_and(|found| found.existing.is_some()))
    });
    (!held).then(|| ObserveError::OtherCatalog {
        location: location.name.clone(),
        found: place.catalog.noun(),
        expected: "something else, of which its world knows nothing",
        addresses: quoted(unknown.iter().map(|(address, _)| &address.key)),
    })
}

fn rows<'s>(scope: Scope<'s>, location: &'s Location) -> impl Iterator<Item = (&'s Address, &'s Row)> {
    scope.recorded.rows.iter().filter(|(address, _)| address.location == location.name)
}

fn other_account(scope: Scope<'_>, location: &Location, place: &Home) -> Option<ObserveError> {
    let wrong = |expected: &str, said| ObserveError::WrongAccount {
        location: location.name.clone(),
        found: format!("{} ({})", place.account, place.region),
        expected: expected.to_owned(),
        said,
    };
    let written = location.account_id.as_ref().filter(|id| **id != place.account);
    let recorded = || rows(scope, location).find(|(_, row)| !row.home.is_where(place));
    match written {
        Some(id) => Some(wrong(id.as_str(), Expects::Settings)),
        None => recorded()
            .map(|(_, row)| wrong(&format!("{} ({})", row.home.account, row.home.region), Expects::State)),
    }
}
