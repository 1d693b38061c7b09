//! Which declarations stand where: what an address means, seen from a location.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::expression::AddressText;
use crate::{Location, Settings};
use provisor_model::diagnostic::{Diagnostic, Near};
use provisor_model::ids::{Address, LocationName};
use provisor_model::text::did_you_mean;

/// Which declarations stand where.
pub(crate) struct Targets<'a> {
    settings: &'a Settings,
    places: HashMap<&'a str, StandsOn>,
    /// By the name that each one has.
    externals: BTreeMap<String, Address>,
}

/// Where one declaration stands.
struct StandsOn {
    /// In the order of the declaration.
    listed: Vec<LocationName>,
    /// The same, to be looked up.
    known: HashSet<LocationName>,
}

impl<'a> Targets<'a> {
    /// From each declaration's key and its locations.
    pub fn new(settings: &'a Settings, places: HashMap<&'a str, Vec<LocationName>>) -> Self {
        let standing = |listed: Vec<LocationName>| {
            let known = listed.iter().cloned().collect();
            StandsOn { listed, known }
        };
        let places = places.into_iter().map(|(key, listed)| (key, standing(listed))).collect();
        Self { settings, places, externals: BTreeMap::new() }
    }

    /// With provisioned products of others beside them.
    pub fn beside<'e>(mut self, externals: impl IntoIterator<Item = &'e Address>) -> Self {
        let named = |one: &'e Address| Some((one.key.as_str().split_once('.')?.1.to_owned(), one.clone()));
        self.externals = externals.into_iter().filter_map(named).collect();
        self
    }

    /// The provisioned product of somebody else that has a name.
    pub fn external(&self, name: &str) -> Result<Address, Diagnostic> {
        let names = || self.externals.keys().map(String::as_str);
        self.externals.get(name).cloned().ok_or_else(|| {
            let message = format!("there is no external product `{name}`");
            let found = Diagnostic::error("unknown-reference", message);
            found.hint(
                did_you_mean(name, names()).unwrap_or_else(|| "declare it under `external:`".to_owned()),
            )
        })
    }

    /// The instance that an address means, seen from `here`.
    pub fn find(&self, address: AddressText<'_>, here: &Location) -> Result<Address, Diagnostic> {
        let key = address.key;
        let places = self.places.get(key).ok_or_else(|| unknown(key))?;
        let is_here = address.at.is_none() && places.known.contains(&here.name);
        if places.listed.is_empty() || is_here {
            // where it stands nowhere, its own location is wrong and has been reported
            return Ok(Address::new(key, here.name.clone()));
        }
        let candidates = match address.at {
            None => places.listed.iter().collect(),
            Some(at) => self.within(key, at, places)?,
        };
        let is_same = |name: &&&LocationName| {
            self.settings.locations.get(**name).is_some_and(|location| location.region == here.region)
        };
        let same = candidates.iter().find(|name| address.at.is_some() && is_same(name));
        match (same, candidates.as_slice()) {
            (Some(name), _) | (None, [name]) => Ok(Address::new(key, (*name).clone())),
            _ => Err(ambiguous(key, &candidates, here)),
        }
    }

    /// The only instance that an address can mean, seen from nowhere; `None` where it is not known where that stands.
    pub fn only(&self, address: AddressText<'_>) -> Result<Option<Address>, Diagnostic> {
        let key = address.key;
        let places = self.places.get(key).ok_or_else(|| unknown(key))?;
        if places.listed.is_empty() {
            return Ok(None);
        }
        let candidates = match address.at {
            None => places.listed.iter().collect(),
            Some(at) => self.within(key, at, places)?,
        };
        match candidates.as_slice() {
            [] => Ok(None),
            [name] => Ok(Some(Address::new(key, (*name).clone()))),
            [first, ..] => {
                let message = format!("`{key}` stands on several locations");
                let example = format!("say which one, such as `{key}@{first}`");
                Err(Diagnostic::error("ambiguous", message).note(listing(key, &candidates)).hint(example))
            }
        }
    }

    /// The locations of `key` that are the location `at`, or belong to the account `at`.
    fn within<'p>(
        &self,
        key: &str,
        at: &str,
        places: &'p StandsOn,
    ) -> Result<Vec<&'p LocationName>, Diagnostic> {
        let named = self.settings.named(at).ok_or_else(|| self.settings.unknown_location(at))?;
        if let [one] = named.as_slice()
            && let Some(known) = places.known.get(one)
        {
            return Ok(vec![known]);
        }
        let named: HashSet<&LocationName> = named.iter().collect();
        let found: Vec<_> = places.listed.iter().filter(|name| named.contains(*name)).collect();
        if found.is_empty() {
            let message = format!("`{key}` does not stand on `{at}`");
            return Err(Diagnostic::error("not-there", message)
                .note(listing(key, &places.listed.iter().collect::<Vec<_>>())));
        }
        Ok(found)
    }
}

fn unknown(key: &str) -> Diagnostic {
    let found = Diagnostic::error("unknown-reference", format!("there is no declaration `{key}`"));
    match key {
        "self" | "this" => found.hint("a declaration refers to no output of its own; its key is `${key}`"),
        _ => found.near(Near::Declaration(key.to_owned())),
    }
}

fn ambiguous(key: &str, candidates: &[&LocationName], here: &Location) -> Diagnostic {
    let message = format!("`{key}` stands on several locations, and none of them is `{}`", here.name);
    let example = candidates.first().map(|name| format!("say which one, such as `{key}@{name}`"));
    Diagnostic::error("ambiguous", message).note(listing(key, candidates)).maybe_hint(example)
}

fn listing(key: &str, places: &[&LocationName]) -> String {
    let shown: Vec<String> = places.iter().take(10).map(|name| format!("`{key}@{name}`")).collect();
    let more = places
        .len()
        .checked_sub(10)
        .filter(|n| *n > 0)
        .map_or_else(String::new, |n| format!(" and {n} more"));
    format!("there is {}{more}", shown.join(", "))
}
