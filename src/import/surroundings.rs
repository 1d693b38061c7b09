//! What new files of declarations have to get along with.

use std::collections::{BTreeMap, BTreeSet};

use super::vary::Substitutes;
use crate::model::ids::LocationName;

/// What is there already, and how things are called there.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Keys that are declared already.
    pub keys: BTreeSet<String>,
    /// Files that are there already, in the folder that is written to.
    pub files: BTreeSet<String>,
    /// Variables that are declared already, and what each is for.
    pub variables: BTreeMap<String, String>,
    /// Variables whose values are given.
    pub given: BTreeSet<String>,
    /// What locations are called, by what declarations can refer to.
    pub substitutes: Substitutes,
    /// How locations are written.
    pub locations: BTreeMap<LocationName, String>,
    /// More of them are about to come: where something stands is said even if there is only one.
    pub is_growing: bool,
    /// What stands at the head of each file: where it comes from.
    pub origin: Vec<String>,
}
