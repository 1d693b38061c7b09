//! What a checkup has to tell: the state first, then location by location.

use crate::observe::{Belief, CheckupRow, Health, LocationCheckup};

/// Everything that was looked at.
pub struct CheckupView {
    /// Of provisor itself, and the machine that it was made for.
    pub version: String,
    /// The state, then each location.
    pub sections: Vec<CheckupSection>,
}

/// What was looked at in one place.
pub struct CheckupSection {
    /// The location; `None`: what is no location's.
    pub location: Option<String>,
    /// What was seen.
    pub rows: Vec<CheckupRow>,
    /// What we believe of the service, if that was asked for.
    pub beliefs: Vec<Belief>,
}

impl CheckupView {
    /// A view of a state and of locations.
    #[must_use]
    pub fn of(version: String, state: Vec<CheckupRow>, locations: Vec<LocationCheckup>) -> Self {
        let own = CheckupSection { location: None, rows: state, beliefs: Vec::new() };
        let others = locations.into_iter().map(|LocationCheckup { location, rows, beliefs }| {
            CheckupSection { location: Some(location.to_string()), rows, beliefs }
        });
        Self { version, sections: std::iter::once(own).chain(others).collect() }
    }

    /// How many things stand in the way.
    #[must_use]
    pub fn in_the_way(&self) -> usize {
        let rows = self.sections.iter().flat_map(|section| &section.rows);
        rows.filter(|row| row.health == Health::Bad).count()
    }
}
