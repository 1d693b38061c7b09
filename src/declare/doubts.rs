//! What of the settings and the files cannot be relied on. Whatever would be found only because of that is no finding.

use std::collections::BTreeSet;
use std::sync::Arc;

use provisor_model::diagnostic::{Diagnostic, Diagnostics, Place, Segment, Severity};
use provisor_model::text::nearest;

/// The keys of the settings that say which locations and variables there are.
const TELLING: [&str; 3] = ["locations", "location_defaults", "variables"];

/// The keys of the settings that say neither where anything is nor what is wanted.
const BESIDE: [&str; 5] = ["format", "project", "limits", "guards", "timeouts"];

/// All but those that are telling.
const OTHERS: [&str; 7] = ["format", "project", "declarations", "state", "limits", "guards", "timeouts"];

/// The fields of a location that only say how it is reached.
const REACH: [&str; 6] = ["account_id", "profile", "role_arn", "external_id", "session_name", "endpoint_url"];

fn is_located(top: &str) -> bool {
    top == "locations" || top == "location_defaults"
}

/// Whether a finding is about the value of such a field.
fn says_reach(one: &Diagnostic, field: &str) -> bool {
    REACH.contains(&field) && ["bad-value", "custom-endpoint", "plain-http"].contains(&one.code)
}

/// What cannot be relied on while the rest is still checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doubts {
    /// Which locations there are.
    pub locations: bool,
    /// Which variables there are.
    pub names: bool,
    /// Which values variables have.
    pub values: bool,
    /// Which declarations there are.
    pub declarations: bool,
    /// How locations are reached, and where the state is: nobody can be asked.
    pub reach: bool,
}

impl Doubts {
    /// Nothing can be relied on.
    pub const ALL: Self =
        Self { locations: true, names: true, values: true, declarations: false, reach: true };

    /// What the findings in the settings leave in doubt; `settings` are the names of their files, `values` those of the files
    /// that only give values to variables.
    #[must_use]
    pub fn of(found: &Diagnostics, settings: &[&str], values: &BTreeSet<Arc<str>>) -> Self {
        let errors = found.0.iter().filter(|one| one.severity == Severity::Error);
        let given = |one: &Diagnostic| one.place.as_ref().is_some_and(|place| values.contains(place.file()));
        let left_by = |one| match given(one) {
            true => Self { values: true, ..Self::default() },
            false => Self::left_by(one, settings),
        };
        errors.fold(Self::default(), |all, one| all.and(left_by(one)))
    }

    /// What is doubtful by either of the two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            locations: self.locations || other.locations,
            names: self.names || other.names,
            values: self.values || other.values,
            declarations: self.declarations || other.declarations,
            reach: self.reach || other.reach,
        }
    }

    fn left_by(one: &Diagnostic, settings: &[&str]) -> Self {
        let values = Self { values: true, ..Self::default() };
        match &one.place {
            Some(Place::Node { file, path, .. }) if settings.contains(&&**file) => match path.as_slice() {
                [Segment::Key(top)] if one.code == "unknown-key" => Self::left_by_unknown(top),
                [Segment::Key(top)] if top == "variables" => Self { names: true, ..values },
                [Segment::Key(top), ..] if top == "variables" => values,
                // how a location is reached says nothing of which there are
                [Segment::Key(top), .., Segment::Key(field)] if is_located(top) && says_reach(one, field) => {
                    Self { reach: true, ..Self::default() }
                }
                [Segment::Key(top), ..] if is_located(top) => Self { locations: true, reach: true, ..values },
                [Segment::Key(top), ..] if BESIDE.contains(&top.as_str()) => Self::default(),
                _ => Self { reach: true, ..Self::default() },
            },
            Some(Place::Bytes { file, .. } | Place::File(file)) if settings.contains(&&**file) => Self::ALL,
            Some(_) => Self { locations: true, reach: true, ..values },
            None => values,
        }
    }

    /// A key that is none at the top of the settings: it may be anything, unless it is near one that says nothing of that.
    fn left_by_unknown(key: &str) -> Self {
        match nearest(key, OTHERS.into_iter().chain(TELLING)) {
            Some(near) if BESIDE.contains(&near) => Self::default(),
            Some(near) if OTHERS.contains(&near) => Self { reach: true, ..Self::default() },
            _ => Self::ALL,
        }
    }

    /// What is left of findings once those are out that may only be there because of a doubt.
    #[must_use]
    pub fn filter(self, found: Diagnostics) -> Diagnostics {
        Diagnostics(found.0.into_iter().filter(|one| !self.covers(one.code)).collect())
    }

    fn covers(self, code: &str) -> bool {
        match code {
            "unknown-location" | "ambiguous" | "not-there" => self.locations,
            "matches-nothing" => self.locations || self.values,
            "unknown-variable" => self.names,
            "no-value" | "sensitive" => self.values,
            "unknown-reference" => self.declarations,
            _ => false,
        }
    }
}
