//! Whose products a plan sees, where that is not everybody's.

use std::collections::{BTreeMap, BTreeSet};

use super::{Note, PlanInput};
use crate::model::access::AccessLevel;
use crate::model::ids::{Address, Labels};
use crate::model::text::{listed, quote};

/// So many locations are named.
const SHOWN: usize = 5;

impl PlanInput<'_> {
    /// Whose provisioned products are seen at an address's location.
    pub(super) fn level(&self, address: &Address) -> AccessLevel {
        self.listing(address).map(|listing| listing.level).unwrap_or_default()
    }

    /// Whether a product that the state knows is not found, and may be there all the same.
    pub(super) fn is_hidden(&self, address: &Address) -> bool {
        let is_bound = self.row(address).is_some_and(|row| row.binding.is_some());
        is_bound && self.existing(address).is_none() && !self.level(address).sees_all()
    }
}

/// One remark for each level below the account.
pub(super) fn whose(input: &PlanInput<'_>, labels: &Labels) -> Vec<Note> {
    let mut found: BTreeMap<AccessLevel, Vec<&Address>> = BTreeMap::new();
    for address in &input.policy.selected {
        let level = input.level(address);
        if !level.sees_all() {
            found.entry(level).or_default().push(address);
        }
    }
    let notes = found.into_iter().filter_map(|(level, addresses)| {
        let locations: BTreeSet<&str> =
            addresses.iter().map(|address| labels.location(&address.location)).collect();
        let named = listed(locations.into_iter().map(quote), SHOWN);
        let text = format!(
            "at access level `{level}` (of {named}) {}; what is not found is unknown, not absent",
            whose_products(level)
        );
        Some(Note { address: (*addresses.first()?).clone(), text })
    });
    notes.collect()
}

fn whose_products(level: AccessLevel) -> &'static str {
    match level {
        AccessLevel::Account => "everybody's products are seen",
        AccessLevel::Role => "only what sessions of this role made is seen",
        AccessLevel::User => {
            "only what this user made is seen, and with a role only what this session of it made: runs whose session names differ do not see each other's products"
        }
    }
}
