//! `--target`, `--exclude` and frozen locations: which addresses patterns name, and which a plan is about. Pure.

use std::collections::BTreeSet;

use super::Note;
use crate::declare::Desired;
use crate::model::glob;
use crate::model::graph::Graph;
use crate::model::ids::{Address, Labels, LocationName};
use crate::model::text::{did_you_mean, listed, nearest, quote};
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
    let removals = removals(desired, recorded);
    let mut needs = removals.clone();
    for (address, product) in &desired.products {
        for input in &product.needs() {
            needs.wait(address, input);
        }
    }
    let mut selected = match &selection.targets {
        Some(targets) => owned(needs.reach(targets)),
        None => addresses_of(desired, recorded).cloned().collect(),
    };
    if !selection.excludes.is_empty() {
        let left_out = owned(needs.reversed().reach(&selection.excludes));
        selected.retain(|address| !left_out.contains(address));
    }
    let is_frozen = |address: &Address| selection.frozen.contains(&address.location);
    let frozen = recorded.rows.keys().filter(|address| is_frozen(address));
    let held = owned(removals.reversed().reach(frozen));
    selected.retain(|address| !is_frozen(address) && !held.contains(address));
    selected
}

fn addresses_of<'d>(desired: &'d Desired, recorded: &'d Recorded) -> impl Iterator<Item = &'d Address> {
    desired.products.keys().chain(recorded.rows.keys())
}

/// All addresses; what is not declared any more waits for what was made after it.
fn removals<'d>(desired: &'d Desired, recorded: &'d Recorded) -> Graph<&'d Address> {
    let mut graph = Graph::new(addresses_of(desired, recorded));
    let births = recorded.births();
    for (dependent, row) in &recorded.rows {
        let inputs = row.after.iter().filter_map(|birth| births.get(birth).copied());
        for input in inputs.filter(|input| !desired.products.contains_key(*input)) {
            graph.wait(input, dependent);
        }
    }
    graph
}

fn owned(addresses: Vec<&Address>) -> BTreeSet<Address> {
    addresses.into_iter().cloned().collect()
}

/// What would be planned, but for locations that are frozen, and why it is left.
#[must_use]
pub fn left_as_frozen(
    desired: &Desired,
    recorded: &Recorded,
    selection: Selection,
    selected: &BTreeSet<Address>,
) -> Vec<Note> {
    let frozen = selection.frozen;
    let thawed = Selection { frozen: BTreeSet::new(), ..selection };
    let left = select(desired, recorded, &thawed).into_iter().filter(|address| !selected.contains(address));
    left.map(|address| {
        let text = if frozen.contains(&address.location) {
            "it is left: its location is frozen"
        } else {
            "it is left: what goes with it is on a location that is frozen"
        };
        Note { address, text: text.to_owned() }
    })
    .collect()
}

/// A pattern that names no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` matches no address")]
pub struct NoMatch {
    /// As it was given.
    pub pattern: String,
    /// What to do next.
    pub hint: String,
}

/// So many addresses are named where none is near.
const SHOWN: usize = 8;

/// The addresses that patterns name.
///
/// # Errors
/// Every pattern that names none.
pub fn addresses(
    patterns: &[String],
    all: &BTreeSet<Address>,
    labels: &Labels,
) -> Result<BTreeSet<Address>, Vec<NoMatch>> {
    let (mut named, mut missed) = (BTreeSet::new(), Vec::new());
    for pattern in patterns {
        let matching = all.iter().filter(|address| address.is_named(pattern));
        let mut matching = matching.cloned().peekable();
        if matching.peek().is_none() {
            missed.push(NoMatch { pattern: pattern.clone(), hint: meant(pattern, all, labels) });
        }
        named.extend(matching);
    }
    if missed.is_empty() { Ok(named) } else { Err(missed) }
}

/// Whether a pattern may mean a declaration of this key, wherever that stands.
#[must_use]
pub fn may_mean(pattern: &str, key: &str) -> bool {
    glob::matches(pattern.split('@').next().unwrap_or_default(), key)
}

fn meant(pattern: &str, all: &BTreeSet<Address>, labels: &Labels) -> String {
    if all.is_empty() {
        return "there is none here: nothing has been applied yet".to_owned();
    }
    let keys: BTreeSet<&str> = all.iter().map(|address| address.key.as_str()).collect();
    let labels: Vec<String> = all.iter().map(|address| labels.label(address)).collect();
    if let Some(hint) = as_terraform_has_it(pattern, all, &labels) {
        return hint;
    }
    let near = || match pattern.split_once('@') {
        None => did_you_mean(pattern, keys.iter().copied()),
        // of the two halves, each may be the wrong one
        Some((key, at)) => {
            let halves = all.iter().filter(|address| address.key.as_str() == key || key.contains('*'));
            let locations: BTreeSet<&str> =
                halves.flat_map(|address| [address.location.as_str(), address.location.account()]).collect();
            let key = Some(key).filter(|key| keys.contains(key) || key.contains('*'));
            let key = key.or_else(|| nearest(pattern.split('@').next()?, keys.iter().copied()));
            let at = nearest(at, locations.iter().copied()).or(Some(at).filter(|_| locations.is_empty()));
            key.zip(at).map(|(key, at)| format!("did you mean `{key}@{at}`?"))
        }
    };
    let all = || format!("there is {}", listed(labels.iter().map(quote), SHOWN));
    near().or_else(|| did_you_mean(pattern, labels.iter().map(String::as_str))).unwrap_or_else(all)
}

/// `type.key["location"]`, `module.name`: here an address has no type.
fn as_terraform_has_it(pattern: &str, all: &BTreeSet<Address>, labels: &[String]) -> Option<String> {
    let (kind, rest) = pattern.split_once('.')?;
    let is_kind = kind == "module" || kind == "data" || kind.contains('_');
    let (name, index) = rest.split_once('[').map_or((rest, None), |(name, index)| (name, Some(index)));
    let index = index.map(|index| index.trim_end_matches(']').trim_matches('"'));
    let ours = index.map_or_else(|| name.to_owned(), |index| format!("{name}@{index}"));
    if all.iter().any(|address| address.is_named(&ours)) {
        return Some(format!("did you mean `{ours}`?"));
    }
    let example = labels.first()?;
    is_kind.then(|| format!("an address is the key of a declaration, without a type: `{example}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_addresses() {
        let address = Address::new("app-web", "pay-dev/eu-west-1");
        for (pattern, expected) in [
            ("app-*", true),
            ("app-web", true),
            ("*", true),
            ("*@pay-dev/*", true),
            ("*@pay-dev", true),
            ("app-web@pay-dev/eu-west-1", true),
            ("*@other/*", false),
            ("app", false),
            ("*-web@*", true),
            ("a*b*c", false),
        ] {
            assert_eq!(address.is_named(pattern), expected, "{pattern}");
        }
    }
}
