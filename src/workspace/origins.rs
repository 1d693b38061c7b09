//! Where the values were written that a finding is about: what is wrong with a value of a variable is mended there, and not
//! where the variable is used.

use std::collections::{BTreeMap, BTreeSet};

use super::places::PlacedTexts;
use super::repo::Repo;
use crate::declare::{Location, ValueOrigin};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place};
use crate::model::ids::{Address, LocationName};

/// Findings that are about the variable itself.
const OF_VARIABLES: [&str; 5] = ["unknown-variable", "no-value", "sensitive", "bad-reference", "not-known"];

/// So many findings are looked at, since no more are shown.
const SHOWN: usize = 500;

impl Repo<'_> {
    /// The same findings; those at whose places variables stand say where their values were written. `declared` are the
    /// addresses that declarations have.
    pub(super) fn with_origins<'d>(
        &self,
        mut all: Diagnostics,
        declared: impl Iterator<Item = &'d Address>,
    ) -> Diagnostics {
        if all.0.is_empty() {
            return all;
        }
        let mut standing: BTreeMap<&str, Vec<&LocationName>> = BTreeMap::new();
        for address in declared {
            standing.entry(address.key.as_str()).or_default().push(&address.location);
        }
        let mut texts = PlacedTexts::new(&self.sources);
        for one in all.0.iter_mut().filter(|one| !OF_VARIABLES.contains(&one.code)).take(SHOWN) {
            let text = one.place.as_ref().map(|place| about(one, place)).and_then(|place| texts.at(&place));
            let text = text.unwrap_or_default();
            let names = variables(text);
            if names.is_empty() {
                continue;
            }
            let location = self.location_of(one, &standing);
            let notes = names.into_iter().filter_map(|name| self.origin(name, location, &mut texts));
            one.notes.extend(notes);
        }
        all
    }

    /// The location that a finding is about, where that is one.
    fn location_of(
        &self,
        one: &Diagnostic,
        standing: &BTreeMap<&str, Vec<&LocationName>>,
    ) -> Option<&Location> {
        let about = one.found.as_ref()?;
        let locations = &self.settings.locations;
        match &about.location {
            Some(written) => locations
                .values()
                .find(|location| location.written == *written || location.name.as_str() == written),
            None => match standing.get(about.declaration.as_str())?.as_slice() {
                [only] => locations.get(*only),
                _ => None,
            },
        }
    }

    /// Where the value of a variable was written that holds there.
    fn origin(&self, name: &str, location: Option<&Location>, texts: &mut PlacedTexts<'_>) -> Option<String> {
        let own = match location {
            Some(location) => location.origins.get(name),
            None => {
                let mut all = self.settings.locations.values().filter_map(|one| one.origins.get(name));
                // of several, nobody knows which one is meant
                let first = all.next();
                first.filter(|first| all.all(|other| other == *first))
            }
        };
        let place = match (own, self.settings.origins.get(name)) {
            (Some(place), _) | (None, Some(ValueOrigin::Place(place))) => place,
            (None, Some(ValueOrigin::Given(by))) => {
                return Some(format!("the value of `{name}` is given by `{by}`"));
            }
            (None, None) => return None,
        };
        texts.spot(place).map(|spot| format!("the value of `{name}` is written at {spot}"))
    }
}

/// Where the value stands that a finding is about: what must not be shown is told at its key.
fn about(one: &Diagnostic, place: &Place) -> Place {
    match place {
        Place::Node { file, path, .. } if one.redacted => {
            Place::Node { file: file.clone(), path: path.clone(), part: Part::Value }
        }
        _ => place.clone(),
    }
}

/// The names of the variables that a text refers to.
fn variables(text: &str) -> BTreeSet<&str> {
    let holes = text.split("${").skip(1).filter_map(|rest| rest.split('}').next());
    holes.filter_map(|hole| hole.trim().strip_prefix("var.")).collect()
}
