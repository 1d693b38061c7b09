//! What is asked of the catalog, and about which part of the declarations and the state.

use std::collections::{BTreeMap, BTreeSet};

use crate::declare::{Desired, External, Import, Location};
use crate::model::ids::{Address, LocationName};
use crate::state::Recorded;

/// What is asked, and of whom.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The declarations; for `destroy`, and for a saved plan's products, none.
    pub desired: &'a Desired,
    /// The state, with renamed keys under their new names.
    pub recorded: &'a Recorded,
    /// The locations of the settings: others cannot be asked.
    pub locations: &'a BTreeMap<LocationName, Location>,
    /// The addresses that planning is about.
    pub selected: &'a BTreeSet<Address>,
    /// Whether to search; without it, what is recorded is taken for what exists.
    pub refresh: bool,
    /// The locations where the parameters of what is there are read too.
    pub deep: &'a BTreeSet<LocationName>,
}

impl<'a> Scope<'a> {
    /// The provisioned products of others that what is selected refers to; where no declaration is in sight, all of them.
    pub(super) fn externals(self) -> impl Iterator<Item = (&'a Address, &'a External)> {
        let selected = self.desired.products.iter().filter(|(address, _)| self.selected.contains(*address));
        let referred = selected.flat_map(|(_, product)| product.references()).map(|reference| &reference.of);
        let referred: BTreeSet<&Address> = referred.filter(|of| of.is_external()).collect();
        let is_read = move |address: &Address| {
            let location = self.locations.get(&address.location);
            location.is_some_and(|location| !location.frozen)
                && (self.desired.products.is_empty() || referred.contains(address))
        };
        self.desired.externals.iter().filter(move |(address, _)| is_read(address))
    }

    /// What is to be adopted of what is selected; what is under way is seen through first.
    pub(super) fn imports(self) -> impl Iterator<Item = (&'a Address, &'a Import)> {
        let is_open = move |address: &Address| {
            let row = self.recorded.rows.get(address);
            self.selected.contains(address) && row.is_none_or(|row| row.intent.is_none())
        };
        self.desired.imports.iter().filter(move |(address, _)| is_open(address))
    }
}
