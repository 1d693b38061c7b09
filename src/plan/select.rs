//! `--target`, `--exclude` and frozen locations: which addresses a plan is about. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::declare::Desired;
use crate::model::ids::{Address, LocationName};
use crate::state::Recorded;

/// What the command line asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// `--target`: only these, and what they depend on.
    pub targets: Option<BTreeSet<Address>>,
    /// `--exclude`: not these, nor what depends on them.
    pub excludes: BTreeSet<Address>,
    /// Locations where nothing is read or changed.
    pub frozen: BTreeSet<LocationName>,
}

/// The addresses a plan is about.
#[must_use]
pub fn select(desired: &Desired, recorded: &Recorded, selection: &Selection) -> BTreeSet<Address> {
    let all: BTreeSet<Address> = desired.products.keys().chain(recorded.rows.keys()).cloned().collect();
    let needs = first_things(desired, recorded);
    let mut selected = match &selection.targets {
        Some(targets) => closure(targets, &needs),
        None => all,
    };
    if !selection.excludes.is_empty() {
        let left_out = closure(&selection.excludes, &reversed(&needs));
        selected.retain(|address| !left_out.contains(address));
    }
    let is_frozen = |address: &Address| selection.frozen.contains(&address.location);
    let frozen: BTreeSet<Address> =
        recorded.rows.keys().filter(|address| is_frozen(address)).cloned().collect();
    let held = closure(&frozen, &reversed(&dependents_first(desired, recorded)));
    selected.retain(|address| !is_frozen(address) && !held.contains(address));
    selected
}

type Edges = BTreeMap<Address, BTreeSet<Address>>;

/// What has to happen before each address: its inputs if it is declared, its dependents if it is to go.
fn first_things(desired: &Desired, recorded: &Recorded) -> Edges {
    let mut edges = dependents_first(desired, recorded);
    edges.extend(desired.products.iter().map(|(address, product)| (address.clone(), product.needs())));
    edges
}

/// What is to go goes after what was made after it.
fn dependents_first(desired: &Desired, recorded: &Recorded) -> Edges {
    let mut edges = Edges::new();
    for (dependent, row) in &recorded.rows {
        for input in row.after.iter().filter(|input| !desired.products.contains_key(*input)) {
            if recorded.rows.contains_key(input) {
                edges.entry(input.clone()).or_default().insert(dependent.clone());
            }
        }
    }
    edges
}

fn reversed(edges: &Edges) -> Edges {
    let mut reversed = Edges::new();
    for (from, to) in edges.iter().flat_map(|(from, all)| all.iter().map(move |to| (from, to))) {
        reversed.entry(to.clone()).or_default().insert(from.clone());
    }
    reversed
}

fn closure(from: &BTreeSet<Address>, edges: &Edges) -> BTreeSet<Address> {
    let mut reached = from.clone();
    let mut open: Vec<&Address> = from.iter().collect();
    while let Some(address) = open.pop() {
        for next in edges.get(address).into_iter().flatten() {
            if reached.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    reached
}
