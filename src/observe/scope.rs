//! What is asked of the catalog, and about which part of the declarations and the state.

use std::collections::{BTreeMap, BTreeSet};

use crate::declare::{Desired, Location};
use crate::model::ids::{Address, LocationName};
use crate::state::Recorded;

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
