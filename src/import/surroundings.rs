//! What new files of declarations have to get along with.

use std::collections::{BTreeMap, BTreeSet};

use super::vary::Substitutes;
use provisor_model::ids::LocationName;

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
    pub origin: FileOrigin,
    /// Each declaration stands alone: nothing is shared, so that what is wrong with one is said of it.
    pub is_apart: bool,
}

/// Where declarations come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileOrigin {
    /// A sentence without its full stop; none where it is empty.
    pub sentence: String,
    /// It ends with the locations that a file is about.
    pub names_locations: bool,
}

impl FileOrigin {
    /// The line at the head of a file.
    pub(super) fn head(&self, locations: &BTreeSet<LocationName>) -> String {
        const NAMED: usize = 3;
        if self.sentence.is_empty() {
            return String::new();
        }
        if !self.names_locations {
            return format!("# {}.\n", self.sentence);
        }
        let named: Vec<&str> = locations.iter().map(LocationName::as_str).take(NAMED).collect();
        let more = locations.len().saturating_sub(named.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("# {} {}{more}.\n", self.sentence, named.join(", "))
    }
}
