//! What of the settings and the files cannot be relied on. Whatever would be found only because of that is no finding, and
//! nobody is asked whom nobody knows how to reach.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::fields::{LOCATION, SETTINGS};
use super::yaml::Index;
use super::{Access, Settings};
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Near, Place, Segment, Severity, Source};

/// The keys of the settings that say neither where anything is nor what is wanted.
const BESIDE: [&str; 6] = ["format", "project", "limits", "guards", "timeouts", "drift"];

/// What is said of a `${…}` within a text, at its own bytes.
const FILLED: [&str; 6] =
    ["unknown-variable", "bad-reference", "no-value", "sensitive", "not-known", "not-yet"];

/// The texts that settings are made of.
#[derive(Clone, Copy)]
pub struct WrittenSettings<'s> {
    /// Every text that was read.
    pub sources: &'s [Source],
    /// The names of the files that are settings.
    pub settings: &'s [&'s str],
    /// The names of those, and of the file that holds the locations.
    pub of_settings: &'s BTreeSet<Arc<str>>,
    /// The names of the files that only give values to variables.
    pub of_values: &'s BTreeSet<Arc<str>>,
}

impl WrittenSettings<'_> {
    /// The keys that lead to what a finding is about, as if all settings stood in one file; `None`: it is about none of them.
    fn way(&self, one: &Diagnostic) -> Option<Vec<Segment>> {
        let place = one.place.as_ref()?;
        let file = place.file();
        if !self.of_settings.contains(file) {
            return None;
        }
        let way = match place {
            Place::Node { path, .. } => path.clone(),
            Place::Bytes { start, .. } => self.way_to(one, file, *start),
            Place::File(_) => Vec::new(),
        };
        let home = (!self.settings.contains(&&**file)).then(|| Segment::Key("locations".to_owned()));
        Some(home.into_iter().chain(way).collect())
    }

    /// A key that stands twice is where it stands first, and what is wrong with the text as a whole is everywhere.
    fn way_to(&self, one: &Diagnostic, file: &Arc<str>, at: usize) -> Vec<Segment> {
        let first = one.related.iter().find_map(|(place, _)| match place {
            Place::Bytes { start, .. } if one.code == "duplicate-key" => Some(*start),
            _ => None,
        });
        if one.code != "tag" && first.is_none() && !FILLED.contains(&one.code) {
            return Vec::new();
        }
        let source = self.sources.iter().find(|source| source.path == *file);
        source.and_then(|source| Index::new(source).way_to(first.unwrap_or(at))).unwrap_or_default()
    }
}

/// What cannot be relied on while the rest is still checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doubts {
    /// Which accounts there are.
    pub accounts: bool,
    /// Which regions they have.
    pub locations: bool,
    /// Which variables there are.
    pub names: bool,
    /// Which values variables have.
    pub values: bool,
    /// Which variables are sensitive.
    pub secrets: bool,
    /// Which declarations there are.
    pub declarations: bool,
    /// Where the state is.
    pub state: bool,
    /// How any location is reached: nobody can be asked.
    pub reach: bool,
}

impl Doubts {
    /// Nothing can be relied on.
    pub const ALL: Self = Self {
        accounts: true,
        locations: true,
        names: true,
        values: true,
        secrets: true,
        declarations: false,
        state: true,
        reach: true,
    };

    const NONE: Self = Self {
        accounts: false,
        locations: false,
        names: false,
        values: false,
        secrets: false,
        declarations: false,
        state: false,
        reach: false,
    };

    /// What the findings in the settings leave in doubt.
    #[must_use]
    pub fn of(found: &Diagnostics, written: WrittenSettings<'_>, settings: &Settings) -> Self {
        let errors = found.0.iter().filter(|one| one.severity == Severity::Error);
        let left_by = |one: &Diagnostic| match (written.way(one), &one.place) {
            (Some(way), _) => Self::left_by(one, &way, settings),
            (None, Some(place)) if !written.of_values.contains(place.file()) => {
                // a world, whose head says where it is
                Self { locations: true, ..Self::NONE }
            }
            (None, _) => Self { values: true, ..Self::NONE },
        };
        errors.fold(Self::default(), |all, one| all.and(left_by(one)))
    }

    /// What is doubtful by either of the two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            accounts: self.accounts || other.accounts,
            locations: self.locations || other.locations,
            names: self.names || other.names,
            values: self.values || other.values,
            secrets: self.secrets || other.secrets,
            declarations: self.declarations || other.declarations,
            state: self.state || other.state,
            reach: self.reach || other.reach,
        }
    }

    fn left_by(one: &Diagnostic, way: &[Segment], settings: &Settings) -> Self {
        let values = Self { values: true, ..Self::NONE };
        let everywhere = Self { accounts: true, locations: true, reach: true, ..values };
        let [Segment::Key(top), rest @ ..] = way else { return Self::ALL };
        let is_unknown = one.code == "unknown-key";
        match (top.as_str(), rest) {
            (key, []) if is_unknown => Self::left_by_unknown(key, settings),
            ("variables", []) => Self { names: true, secrets: true, ..values },
            // what can be read of a variable says whether it is sensitive
            ("variables", _) => Self {
                secrets: !["bad-value", "unknown-key", "sensitive-default"].contains(&one.code),
                ..values
            },
            ("locations", []) | ("location_defaults", []) => everywhere,
            ("locations", [Segment::Key(account), inner @ ..]) => {
                let is_bare = settings.accounts.get(account).is_none_or(Vec::is_empty);
                let field = meant(is_unknown, inner);
                let regions = match field {
                    Some("regions") => inner.len() < 3,
                    Some(field) => field == "sandbox",
                    None => is_bare,
                };
                Self { locations: regions, values: field.is_none_or(gives_values), ..Self::NONE }
            }
            ("location_defaults", inner) => {
                let field = meant(is_unknown, inner);
                let regions = field.is_none_or(|field| field == "regions");
                Self { locations: regions, values: field.is_none_or(gives_values), ..Self::NONE }
            }
            ("state", _) => Self { state: true, ..Self::NONE },
            ("declarations", _) => Self { declarations: true, ..Self::NONE },
            _ => Self::NONE,
        }
    }

    /// A key that is none at the top of the settings: it may be one that it is near to. One that is near to none may be one
    /// that is not there.
    fn left_by_unknown(key: &str, settings: &Settings) -> Self {
        let named = Self { names: true, values: true, secrets: true, ..Self::NONE };
        match SETTINGS.near(key) {
            Some(near) if BESIDE.contains(&near) => Self::NONE,
            Some("state") => Self { state: true, ..Self::NONE },
            Some("declarations") => Self { declarations: true, ..Self::NONE },
            Some("variables") => named,
            Some(_) => Self { accounts: true, locations: true, values: true, reach: true, ..Self::NONE },
            None if settings.accounts.is_empty() => Self::ALL,
            None if settings.variables.is_empty() => named,
            None => Self::NONE,
        }
    }

    /// What is left of findings once those are out that may only be there because of a doubt.
    #[must_use]
    pub fn filter(self, found: Diagnostics) -> Diagnostics {
        Diagnostics(found.0.into_iter().filter(|one| !self.covers(one)).collect())
    }

    fn covers(self, one: &Diagnostic) -> bool {
        match one.code {
            "unknown-location" => {
                let names_region = matches!(&one.near, Some(Near::Location(text)) if text.contains('/'));
                self.accounts || self.locations && names_region
            }
            "ambiguous" | "not-there" => self.accounts || self.locations,
            "matches-nothing" => self.accounts || self.locations || self.values,
            "unknown-variable" => self.names,
            "no-value" => self.values,
            "sensitive" => self.secrets,
            "unknown-reference" => self.declarations,
            _ => false,
        }
    }
}

/// The field of a location that a way leads to; of a key that is none, the one that it is near to.
fn meant(is_unknown: bool, inner: &[Segment]) -> Option<&str> {
    match inner {
        [Segment::Key(key)] if is_unknown => LOCATION.near(key),
        [Segment::Key(key), ..] => Some(key),
        _ => None,
    }
}

fn gives_values(field: &str) -> bool {
    field == "variables" || field == "regions"
}

/// Says of each location that something is wrong with how it is reached that nobody knows how.
pub fn unreached(found: &Diagnostics, written: WrittenSettings<'_>, settings: &mut Settings) {
    for one in found.0.iter().filter(|one| one.severity == Severity::Error) {
        let Some(way) = written.way(one) else { continue };
        let is_unknown = one.code == "unknown-key";
        match way.as_slice() {
            [Segment::Key(top), Segment::Key(account), inner @ ..] if top == "locations" => {
                let is_beside = match meant(is_unknown, inner) {
                    Some("variables" | "drift") => true,
                    Some("regions") => inner.len() > 2,
                    _ => false,
                };
                for name in settings.accounts.get(account).into_iter().flatten().filter(|_| !is_beside) {
                    let location = settings.locations.get_mut(name);
                    location.into_iter().for_each(|location| location.access = Access::Unknown);
                }
            }
            [Segment::Key(top), inner @ ..] if top == "location_defaults" => {
                let field = meant(is_unknown, inner);
                let beside = matches!(field, Some("variables" | "drift"));
                let shared = matches!(field, Some("access_level" | "frozen"));
                for location in settings.locations.values_mut().filter(|_| !beside) {
                    if shared || matches!(location.access, Access::Aws { .. }) {
                        location.access = Access::Unknown;
                    }
                }
            }
            _ => {}
        }
    }
}
