//! A key that was renamed, and nothing else: as it is written, or recognised by the provisioned product's name, so that nothing
//! is terminated.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Plan;
use crate::declare::{Desired, Move};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::ids::{Address, Key, Labels, LocationName};
use crate::model::text::did_you_mean;
use crate::state::{Change, Group, Recorded, Row, StateError};

/// Rows whose declaration is gone while a new declaration, without a row, claims their provisioned product: from, to.
#[must_use]
pub fn renames(desired: &Desired, recorded: &Recorded) -> Vec<(Address, Address)> {
    let orphans = recorded.rows.iter().filter(|(address, _)| !desired.products.contains_key(*address));
    let bound: BTreeMap<(&LocationName, &str), &Address> =
        orphans.filter_map(|(address, row)| Some(((&address.location, called(row)?), address))).collect();
    let claims = desired.products.iter().filter(|(address, _)| !recorded.rows.contains_key(*address));
    claims
        .filter_map(|(to, product)| {
            let from = bound.get(&(&to.location, product.name.as_str()))?;
            Some(((*from).clone(), to.clone()))
        })
        .collect()
}

/// What a row's product is called; of one that is being made, and of which no more is known, what it is to be.
fn called(row: &Row) -> Option<&str> {
    let bound = row.binding.as_ref().map(|binding| &binding.name);
    let made = || row.intent.as_ref()?.content.as_ref().map(|content| &content.target.name);
    bound.or_else(made).map(String::as_str)
}

/// The rows that have got another key: from, to. As it is written, or else as it is recognised; what is done already is silent.
///
/// # Errors
/// Every move that is written and cannot be.
pub fn rekeyed(desired: &Desired, recorded: &Recorded) -> Result<Vec<(Address, Address)>, Diagnostics> {
    let mut moves = moves(desired, recorded)?;
    let written: BTreeSet<Address> = moves.iter().flat_map(|(from, to)| [from.clone(), to.clone()]).collect();
    let is_free = |(from, to): &(Address, Address)| !written.contains(from) && !written.contains(to);
    moves.extend(renames(desired, recorded).into_iter().filter(is_free));
    Ok(moves)
}

fn moves(desired: &Desired, recorded: &Recorded) -> Result<Vec<(Address, Address)>, Diagnostics> {
    let mut found = Diagnostics::default();
    let mut taken: BTreeMap<Address, &Address> = BTreeMap::new();
    let mut moves = Vec::new();
    let labels = desired.labels(recorded.rows.keys());
    let mut written: HashMap<&Key, Vec<&Move>> = HashMap::new();
    for one in &desired.moves {
        written.entry(&one.from).or_default().push(one);
    }
    for address in recorded.rows.keys() {
        let Some((last, to)) = destination(address, &written) else { continue };
        let (from, to_key) = (&address.key, &to.key);
        let wrong = if recorded.rows.contains_key(&to) {
            let message = format!("`{from}` cannot become `{to_key}`: the state holds both");
            let hint = "take the move away: each of the two has its provisioned product";
            Some(Diagnostic::error("contradiction", message).at(last.end("from")).hint(hint))
        } else if let Some(first) = taken.insert(to.clone(), address) {
            let message = format!("`{}` and `{from}` cannot both become `{to_key}`", first.key);
            Some(Diagnostic::error("contradiction", message).at(last.end("to")))
        } else if !desired.products.contains_key(&to) {
            let keys = desired.products.keys().map(|declared| declared.key.as_str());
            let message = format!("`{from}` cannot become `{to_key}`, which is not declared");
            let near = did_you_mean(to.key.as_str(), keys);
            Some(Diagnostic::error("unknown-reference", message).at(last.end("to")).maybe_hint(near))
        } else {
            moves.push((address.clone(), to));
            None
        };
        // the same on several locations is told once
        let on = labels.is_on_several(from).then(|| labels.location(&address.location).to_owned());
        found.extend(wrong.map(|wrong| wrong.found(from.as_str(), on)));
    }
    if found.has_errors() { Err(found) } else { Ok(moves) }
}

/// Where a row comes to, one move after the other, and the last of them; `written` are all moves by what they begin with.
fn destination<'m>(from: &Address, written: &HashMap<&Key, Vec<&'m Move>>) -> Option<(&'m Move, Address)> {
    let next = |key: &Key| written.get(key)?.iter().find(|one| one.covers(&from.location)).copied();
    let mut last = next(&from.key)?;
    // no more of them than there are: circles have been refused
    for _ in written {
        let Some(one) = next(&last.to) else { break };
        last = one;
    }
    Some((last, Address::new(last.to.clone(), from.location.clone())))
}

/// The state with these keys renamed, from and to, and the moves that make it so. What is not there to be renamed is left out.
///
/// # Errors
/// [`StateError::Invalid`] where a renaming does not fit the state.
pub fn renamed(
    renames: impl IntoIterator<Item = (Address, Address)>,
    recorded: &Recorded,
) -> Result<(Cow<'_, Recorded>, Vec<Group>), StateError> {
    let is_there =
        |from: &Address, to: &Address| recorded.rows.contains_key(from) && !recorded.rows.contains_key(to);
    let moved = renames.into_iter().filter(|(from, to)| is_there(from, to));
    let moves = moved.map(|(from, to)| {
        Group::of(recorded, &from, vec![Change::Moved { to: to.clone() }]).reading(recorded, [&to])
    });
    let moves: Vec<Group> = moves.collect();
    let mut renamed = Cow::Borrowed(recorded);
    if !moves.is_empty() {
        let _commit = renamed.to_mut().commit(&moves, None)?;
    }
    Ok((renamed, moves))
}

impl Plan {
    /// Whether it is about an address: what is left out of it keeps its key.
    #[must_use]
    pub fn knows(&self, address: &Address) -> bool {
        self.unchanged.contains(address) || self.steps.iter().any(|step| step.address == *address)
    }

    /// Tells of keys that are moved: they are no steps, and are written down at the next apply.
    pub fn tell_renamed(&mut self, moves: &[Group]) {
        for write in moves.iter().flat_map(|group| &group.writes) {
            for change in &write.changes {
                if let Change::Moved { to } = change {
                    self.renamed.insert(to.clone(), write.address.clone());
                }
            }
        }
        self.label_renamed();
    }

    /// Where an old key stood decides how its addresses are written, not where the new one does.
    fn label_renamed(&mut self) {
        let old: BTreeSet<&Key> = self.renamed.values().map(|from| &from.key).collect();
        let staying = self.steps.iter().map(|step| &step.address).chain(&self.unchanged);
        let staying = staying.filter(|address| old.contains(&address.key));
        let more = Labels::of(self.renamed.values().chain(staying));
        let several = self.labels.several().chain(more.several()).cloned();
        let regional = self.labels.regional().chain(more.regional()).cloned();
        self.labels = Labels::from_parts(several, regional);
    }
}
