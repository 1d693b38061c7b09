//! A look at what stands between a location and a plan: who we are there, and each read that plan and apply need, tried
//! once. Nothing is changed, and no secret is told. It says what was seen; how bad that is, the reader sees by [`Health`].

mod beliefs;
mod limits;
mod rounds;

use std::collections::BTreeMap;

use crate::catalog::{CatalogError, CatalogErrorKind, CatalogRead, statement};
use crate::declare::Location;
use crate::model::access::AccessLevel;
use crate::model::ids::LocationName;
use crate::model::time::Timestamp;
use crate::state::Recorded;

pub use beliefs::{Belief, Comparison};

/// What is looked at.
#[derive(Clone, Copy)]
pub struct CheckupScope<'a> {
    /// The locations that are asked.
    pub locations: &'a BTreeMap<LocationName, Location>,
    /// The state, which knows the account of each location.
    pub recorded: &'a Recorded,
    /// This machine's clock.
    pub now: Timestamp,
    /// Whether to compare what is answered with what we believe of the service.
    pub beliefs: bool,
}

/// What was seen at one location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocationCheckup {
    /// Which one.
    pub location: LocationName,
    /// What was looked at, in order.
    pub rows: Vec<CheckupRow>,
    /// What we believe of the service, if that was asked for.
    pub beliefs: Vec<Belief>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckupRow {
    /// What it is: a word, or the action of a permission.
    pub what: &'static str,
    /// How it is.
    pub health: Health,
    /// What was seen; the service's words may be in it.
    pub text: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The statement of a policy that would permit it, as JSON.
    pub statement: Option<String>,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Good,
    /// It stands in the way of a plan or an apply.
    Bad,
    /// It need not be as it is, or could not be looked at.
    Unclear,
}

impl CheckupRow {
    /// Something that is as it should be.
    #[must_use]
    pub fn good(what: &'static str, text: impl Into<String>) -> Self {
        Self { what, health: Health::Good, text: text.into(), hint: None, statement: None }
    }

    /// Something that stands in the way.
    #[must_use]
    pub fn bad(what: &'static str, text: impl Into<String>) -> Self {
        Self { health: Health::Bad, ..Self::good(what, text) }
    }

    fn unclear(what: &'static str, text: impl Into<String>) -> Self {
        Self { health: Health::Unclear, ..Self::good(what, text) }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }

    /// What an error of a call means.
    fn failed(what: &'static str, error: &CatalogError, level: AccessLevel) -> Self {
        let CatalogError { kind, code, message, hint } = error;
        let text = if code.is_empty() { message.clone() } else { format!("{code}: {message}") };
        let row = Self::bad(what, text).hint(hint.clone());
        match kind {
            CatalogErrorKind::NotAllowed if what.contains(':') => {
                let hint = "this statement would permit it".to_owned();
                Self { hint: Some(hint), statement: Some(statement(what, level)), ..row }
            }
            _ => row,
        }
    }
}

/// Looks at all locations, a batch for each thing.
#[must_use]
pub fn checkup(scope: CheckupScope<'_>, catalog: &dyn CatalogRead) -> Vec<LocationCheckup> {
    let mut patients = rounds::patients(scope, catalog);
    rounds::offered(&mut patients, catalog);
    rounds::provisioned(&mut patients, catalog);
    rounds::previewed(&mut patients, catalog);
    limits::met(&mut patients, catalog);
    let mut found: Vec<LocationCheckup> = patients.into_iter().map(|patient| patient.seen()).collect();
    if scope.beliefs {
        for one in found.iter_mut().filter(|one| !one.rows.iter().any(is_barred)) {
            one.beliefs = beliefs::beliefs(&one.location, catalog);
        }
    }
    found
}

/// Whether nothing can be asked there.
fn is_barred(row: &CheckupRow) -> bool {
    row.what == rounds::ACCOUNT && row.health == Health::Bad
}
