//! What provisioned products there are: what the search shows, what has to be looked for besides, or what the state remembers.

use std::collections::{BTreeMap, BTreeSet};

use super::{ObserveError, Scope};
use crate::catalog::{
    CatalogError, CatalogErrorKind, CatalogRead, Existing, ExistingTag, FindBy, Seen, Status,
};
use crate::declare::{ImportOf, is_product_name};
use crate::model::access::AccessLevel;
use crate::model::ids::{LocationName, ProvisionedId, RecordId, Token};
use crate::model::product::Selector;
use crate::model::time::Timestamp;
use crate::state::{Applied, Home, Row};

/// Up to so many names a location are looked up one by one before they are taken as free: the search index lags a
/// little behind. Beyond that the catalog's own check at provisioning is enough.
const NAMES_CONFIRMED: usize = 50;

/// The provisioned products of one location, as far as its access level goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Whose products are in it: an absence is evidence at account level only.
    pub level: AccessLevel,
    /// Nobody asked: what is recorded stands in for what exists.
    pub is_remembered: bool,
    by_id: BTreeMap<ProvisionedId, Existing>,
    by_name: BTreeMap<String, ProvisionedId>,
}

impl Listing {
    fn at(level: AccessLevel) -> Self {
        Self { level, ..Self::default() }
    }

    /// Takes in what a search or a look found.
    pub fn insert(&mut self, existing: Existing) {
        self.by_name.insert(existing.name.clone(), existing.id.clone());
        self.by_id.insert(existing.id.clone(), existing);
    }

    /// The product with this id.
    #[must_use]
    pub fn id(&self, id: &ProvisionedId) -> Option<&Existing> {
        self.by_id.get(id)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Existing> {
        self.by_id.values()
    }

    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Existing> {
        self.by_id.values_mut()
    }

    /// The ids of all.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().map(ProvisionedId::as_str)
    }

    /// The names of all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// The product that one of these tokens made.
    #[must_use]
    pub fn made_by(&self, tokens: &[(u64, Token)]) -> Option<&Existing> {
        let ours = |token: &Token| tokens.iter().any(|(_, used)| used == token);
        self.by_id.values().find(|existing| existing.token.as_ref().is_some_and(ours))
    }

    /// The product that a selector means.
    #[must_use]
    pub fn selected(&self, by: &Selector) -> Option<&Existing> {
        match by {
            Selector::Id(id) => self.id(&ProvisionedId::new(id.as_str())),
            Selector::Name(name) => self.name(name),
        }
    }

    /// What is to be adopted; of a stack, the product that it is by now.
    #[must_use]
    pub fn imported(&self, of: &ImportOf) -> Option<&Existing> {
        let stack = match of {
            ImportOf::Product(product) => return self.selected(product),
            ImportOf::Stack(stack) => stack,
        };
        let is_it = |arn: &str| arn == stack || stack_name(arn).is_some_and(|name| name == stack);
        self.by_id.values().find(|existing| existing.physical_id.as_deref().is_some_and(is_it))
    }

    /// The product with this name.
    #[must_use]
    pub fn name(&self, name: &str) -> Option<&Existing> {
        self.by_id.get(self.by_name.get(name)?)
    }
}

/// The name of a stack, which its ARN holds: `arn:…:stack/NAME/…`.
fn stack_name(arn: &str) -> Option<&str> {
    arn.split_once(":stack/")?.1.split('/').next()
}

/// The provisioned products of each location, by a search, and by a look at what it did not show.
///
/// # Errors
/// Every location that could not be read.
pub(super) fn listings(
    scope: Scope<'_>,
    catalog: &dyn CatalogRead,
    places: &BTreeMap<LocationName, Home>,
) -> Result<BTreeMap<LocationName, Listing>, Vec<ObserveError>> {
    let names: Vec<LocationName> = places.keys().cloned().collect();
    let mut listings: BTreeMap<LocationName, Listing> = BTreeMap::new();
    let mut errors = Vec::new();
    let applied = applied(scope);
    let adopted: BTreeSet<(&LocationName, &str)> =
        scope.imports().map(|(address, import)| (&address.location, import.of.as_str())).collect();
    for (location, answer) in names.iter().zip(catalog.search(&names)) {
        match answer {
            Ok(found) => {
                let listing = Listing::at(catalog.access_level(location));
                let listing = listings.entry(location.clone()).or_insert(listing);
                for mut existing in found {
                    let applied = applied.get(&existing.id).copied();
                    let is_ours = applied.is_none_or(|applied| is_last(&applied.record, &existing));
                    let arn = existing.physical_id.as_deref();
                    let is_adopted = [existing.id.as_str(), &existing.name]
                        .into_iter()
                        .chain(arn)
                        .chain(arn.and_then(stack_name))
                        .any(|called| adopted.contains(&(location, called)));
                    existing.tags.take_if(|tags| !is_adopted && is_ours && are_as_applied(applied, tags));
                    listing.insert(existing);
                }
            }
            Err(error) => errors.push(denied(catalog, location, error)),
        }
    }
    let unlisted = unlisted(scope, &listings);
    for (by, answer) in unlisted.iter().zip(catalog.find(&unlisted)) {
        match answer {
            Ok(found) => {
                // what is listed and not found stays: taken for gone in vain, it would be forgotten; a request tells
                if let (Some(listing), Some(existing)) = (listings.get_mut(&by.location), found.existing) {
                    let listed = listing.id(&existing.id);
                    let existing =
                        listed.map_or_else(|| existing.clone(), |listed| told_by(listed, &existing));
                    listing.insert(existing);
                }
            }
            Err(error) => errors.push(ObserveError::Catalog { location: by.location.clone(), error }),
        }
    }
    if errors.is_empty() { Ok(listings) } else { Err(errors) }
}

/// What was found, with what only the search tells; its tags, where it tells of the same operation.
fn told_by(listed: &Existing, found: &Existing) -> Existing {
    let is_one = listed.last_provisioning_record == found.last_provisioning_record;
    Existing {
        tags: listed.tags.clone().filter(|_| is_one),
        user_arn: listed.user_arn.clone(),
        physical_id: listed.physical_id.clone(),
        artifact_name: listed.artifact_name.clone().filter(|_| listed.artifact == found.artifact),
        ..found.clone()
    }
}

/// Why a location could not be searched; its access level may be in the way.
fn denied(catalog: &dyn CatalogRead, location: &LocationName, error: CatalogError) -> ObserveError {
    let location = location.clone();
    match error.kind {
        CatalogErrorKind::NotAllowed => {
            let level = catalog.access_level(&location);
            ObserveError::Level { location, error, level }
        }
        _ => ObserveError::Catalog { location, error },
    }
}

/// What was applied, by the product that has it.
fn applied(scope: Scope<'_>) -> BTreeMap<&ProvisionedId, &Applied> {
    let rows = scope.recorded.rows.values();
    rows.filter_map(|row| Some((&row.binding.as_ref()?.id, row.applied.as_ref()?))).collect()
}

fn is_last(record: &RecordId, existing: &Existing) -> bool {
    existing.last_provisioning_record.as_ref() == Some(record)
}

/// Whether there is nothing to tell of a product's tags: thousands that are as they should be need not be held.
fn are_as_applied(applied: Option<&Applied>, there: &[ExistingTag]) -> bool {
    let is_there =
        |(key, value): (&String, &String)| there.iter().any(|tag| *tag.key == **key && *tag.value == **value);
    applied.is_none_or(|applied| applied.content.tags.iter().all(is_there))
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
        let import = scope.desired.imports.get(address).filter(|_| bound.is_none());
        if let Some(ImportOf::Product(product)) = import.map(|import| &import.of)
            && listing.selected(product).is_none()
        {
            unlisted.push(FindBy { location: address.location.clone(), by: product.clone() });
        }
        if bound.is_some_and(|bound| is_as_left(row, listing.id(&bound.id))) {
            continue;
        }
        let mut ask = |by| unlisted.push(FindBy { location: address.location.clone(), by });
        if let Some(bound) = bound {
            ask(Selector::Id(bound.id.to_string()));
        }
        let wanted = scope.desired.products.get(address).map(|product| &product.name);
        // one that the service takes for no name is nobody's, and would end the reading of a whole location
        let wanted = wanted.filter(|name| is_product_name(name));
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
pub(super) fn remembered(
    scope: Scope<'_>,
    catalog: &dyn CatalogRead,
    places: &BTreeMap<LocationName, Home>,
) -> BTreeMap<LocationName, Listing> {
    let listing = |level| Listing { is_remembered: true, ..Listing::at(level) };
    let empty = |name: &LocationName| (name.clone(), listing(catalog.access_level(name)));
    let mut listings: BTreeMap<LocationName, Listing> = places.keys().map(empty).collect();
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
        artifact_name: None,
        tags: None,
        user_arn: None,
        physical_id: None,
        asked: Timestamp::default(),
    })
}
