//! Who the credentials of each location are, and whether that is who the settings and the state say.

use std::collections::{BTreeMap, BTreeSet};

use super::{ObserveError, Scope};
use crate::catalog::CatalogRead;
use crate::declare::{Access, Location};
use crate::model::ids::LocationName;
use crate::model::text::quoted;
use crate::state::{CatalogKind, Home};

/// Who the credentials of each location are, and whether that is right: before any other call.
///
/// # Errors
/// Every location that is not what it should be.
pub fn identify(
    scope: Scope<'_>,
    catalog: &dyn CatalogRead,
) -> Result<BTreeMap<LocationName, Home>, Vec<ObserveError>> {
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
                let (region, catalog) = (location.region.clone(), catalog_kind(location));
                let place = Home { account, region, catalog };
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

/// What answers there, by the word of the settings.
fn catalog_kind(location: &Location) -> CatalogKind {
    match &location.access {
        Access::Sandbox { .. } => CatalogKind::Sandbox,
        Access::Aws { endpoint_url: Some(_), .. } => CatalogKind::Custom,
        Access::Aws { endpoint_url: None, .. } => CatalogKind::Aws,
    }
}

fn other_account(scope: Scope<'_>, location: &Location, place: &Home) -> Option<ObserveError> {
    let wrong = |expected: &str, said| ObserveError::WrongAccount {
        location: location.name.clone(),
        found: format!("{} ({})", place.account, place.region),
        expected: expected.to_owned(),
        said,
    };
    let written = location.account_id.as_ref().filter(|id| **id != place.account);
    let recorded = || {
        let mut rows = scope.recorded.rows.iter().filter(|(address, _)| address.location == location.name);
        rows.find(|(_, row)| !row.home.is_where(place))
    };
    match written {
        Some(id) => Some(wrong(id.as_str(), "the settings say")),
        None => recorded()
            .map(|(_, row)| wrong(&format!("{} ({})", row.home.account, row.home.region), "the state says")),
    }
}
