//! What `removed:` says of rows whose declarations are gone. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Note;
use crate::declare::{Desired, Move, Removal};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::ids::{Address, Key, LocationName};
use crate::model::product::Lifecycle;
use crate::model::text::did_you_mean;
use crate::state::{Recorded, Row};

/// What holds for the removal of each row that something is written of. What names nothing is done already.
///
/// # Errors
/// What says two things of one row.
pub fn removals(desired: &Desired, recorded: &Recorded) -> Result<BTreeMap<Address, Lifecycle>, Diagnostics> {
    let mut found = Diagnostics::default();
    let mut written = BTreeMap::new();
    let gone = recorded.rows.iter().filter(|(address, _)| !desired.products.contains_key(*address));
    let said_of = SaidOf::of(&desired.removals);
    for (address, row) in gone {
        let mut of = said_of.named(address).into_iter();
        let Some(first) = of.next() else { continue };
        let lifecycle = said(row, first);
        if let Some(other) = of.find(|other| said(row, other) != lifecycle) {
            let message = format!("two things are said of the removal of `{}`", address.key);
            let wrong = Diagnostic::error("contradiction", message).at(other.place.clone());
            found.push(wrong.related(first.place.clone(), "the other one"));
        }
        written.insert(address.clone(), lifecycle);
    }
    if found.has_errors() { Err(found) } else { Ok(written) }
}

/// So many of them are told.
const TOLD: usize = 20;

/// What is written of removals and moves and fits nothing that the state remembers: neither what is there nor what was. What was done is silent;
/// and where nothing is remembered at all, nothing can be said.
#[must_use]
pub fn unfitting(desired: &Desired, recorded: &Recorded) -> Vec<Note> {
    let known = || recorded.rows.keys().chain(recorded.tombstones.keys());
    if known().next().is_none() {
        return Vec::new();
    }
    let mut names: BTreeMap<&str, Vec<&Address>> = BTreeMap::new();
    for address in known() {
        names.entry(address.key.as_str()).or_default().push(address);
    }
    let fits = |pattern: &str| {
        let key = pattern.split('@').next().unwrap_or_default();
        match key.contains('*') {
            true => known().any(|one| one.is_named(pattern)),
            false => names.get(key).is_some_and(|of_key| of_key.iter().any(|one| one.is_named(pattern))),
        }
    };
    let unknown = desired.removals.iter().filter(|removal| !fits(&removal.pattern));
    let note = |head: &str, name: &str| {
        let near = did_you_mean(name, names.keys().copied());
        let near = near.map(|near| format!(": {near}")).unwrap_or_default();
        let text =
            format!("`{head}:` names it, and nothing that the state remembers is or was called so{near}");
        Note { address: Address::new(name, LocationName::new("nowhere")), text }
    };
    let is_known = |key: &Key| names.contains_key(key.as_str());
    let unknown_moves =
        desired.moves.iter().filter(|one| !is_known(&one.from) && !is_done(one, desired, is_known));
    let removals = unknown.take(TOLD).map(|removal| note("removed", &removal.pattern));
    removals.chain(unknown_moves.take(TOLD).map(|one| note("moved", one.from.as_str()))).collect()
}

/// Whether a move may have been made: the state remembers what it leads to, or what others make of that.
fn is_done(one: &Move, desired: &Desired, is_known: impl Fn(&Key) -> bool) -> bool {
    let mut at = &one.to;
    for _ in &desired.moves {
        if is_known(at) {
            return true;
        }
        let Some(next) = desired.moves.iter().find(|other| other.from == *at) else { break };
        at = &next.to;
    }
    false
}

/// Removals, to be looked up by the keys that they are about.
struct SaidOf<'d> {
    all: &'d [Removal],
    by_key: HashMap<&'d str, Vec<usize>>,
    /// Those that are about many keys.
    patterns: Vec<usize>,
}

impl<'d> SaidOf<'d> {
    fn of(all: &'d [Removal]) -> Self {
        let mut said = Self { all, by_key: HashMap::new(), patterns: Vec::new() };
        for (n, removal) in all.iter().enumerate() {
            let key = removal.pattern.split('@').next().unwrap_or_default();
            match key.contains('*') {
                true => said.patterns.push(n),
                false => said.by_key.entry(key).or_default().push(n),
            }
        }
        said
    }

    /// Those that name an address, in the order of the files.
    fn named(&self, address: &Address) -> Vec<&'d Removal> {
        let of_key = self.by_key.get(address.key.as_str()).into_iter().flatten();
        let found: BTreeSet<usize> = of_key.chain(&self.patterns).copied().collect();
        let found = found.into_iter().filter_map(|n| self.all.get(n));
        found.filter(|removal| address.is_named(&removal.pattern)).collect()
    }
}

fn said(row: &Row, removal: &Removal) -> Lifecycle {
    let remembered = row.lifecycle;
    Lifecycle {
        prevent_terminate: removal.prevent_terminate.unwrap_or(remembered.prevent_terminate),
        on_removal: removal.on_removal.unwrap_or(remembered.on_removal),
        ..remembered
    }
}
