//! Where the values were written that a finding is about: what is wrong with a value of a variable is mended there, and not
//! where the variable is used.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::places::found;
use super::repo::Repo;
use crate::declare::{Index, Location, ValueOrigin};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Place, Source};
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
        let mut texts = PlacedTexts { sources: &self.sources, indexes: HashMap::new() };
        for one in all.0.iter_mut().filter(|one| !OF_VARIABLES.contains(&one.code)).take(SHOWN) {
            let text = one.place.as_ref().and_then(|place| texts.at(place)).unwrap_or_default();
            let names = variables(text);
            if names.is_empty() {
                continue;
            }
            let location = self.location_of(one, &standing);
            let notes = names.into_iter().filter_map(|name| self.origin(name, location));
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
    fn origin(&self, name: &str, location: Option<&Location>) -> Option<String> {
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
        found(&self.sources, place).map(|spot| format!("the value of `{name}` is written at {spot}"))
    }
}

/// The names of the variables that a text refers to.
fn variables(text: &str) -> BTreeSet<&str> {
    let holes = text.split("${").skip(1).filter_map(|rest| rest.split('}').next());
    holes.filter_map(|hole| hole.trim().strip_prefix("var.")).collect()
}

/// The texts that stand at places; a file is read again once.
struct PlacedTexts<'s> {
    sources: &'s [Source],
    indexes: HashMap<Arc<str>, Option<(&'s Source, Index<'s>)>>,
}

impl<'s> PlacedTexts<'s> {
    fn at(&mut self, place: &Place) -> Option<&'s str> {
        let sources = self.sources;
        let index = self.indexes.entry(place.file().clone()).or_insert_with_key(|file| {
            let source = sources.iter().find(|source| source.path == *file)?;
            source.text.contains("${var.").then(|| (source, Index::new(source)))
        });
        let (source, index) = index.as_ref()?;
        let bytes = match place {
            Place::Node { path, part, .. } => index.locate(path, *part)?,
            Place::Bytes { start, end, .. } => *start..*end,
            Place::File(_) => return None,
        };
        source.text.get(bytes)
    }
}
