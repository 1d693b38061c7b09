//! What the catalog shows of operations of this very state that it does not know: it is older than what it did, as an older copy of
//! its whole folder is, or another copy of it is at work. Told by the tokens of what the search shows: no call is made for it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Note, PlanInput, Rule, Step};
use crate::catalog::Existing;
use crate::model::ids::{Address, LocationName, ProvisionedId};
use crate::model::text::{listed, quote};
use crate::state::{Row, TOKENS_KEPT};

/// So many products are named.
const SHOWN: usize = 5;

/// How it is told, wherever it shows.
pub(super) const OLDER: &str =
    "the state is older than what was done with it, or another copy of it is at work";

/// What leads out, whatever was found.
pub(super) const WAY_OUT: &str = "if there is a newer copy of the state, `provisor state push FILE` takes it";

/// The products that this state made and does not know.
pub(super) struct Unknown<'a>(BTreeMap<&'a ProvisionedId, &'a LocationName>);

impl<'a> Unknown<'a> {
    pub(super) fn of(input: &PlanInput<'a>) -> Self {
        let read = input.observed.existing.iter().filter(|(_, listing)| !listing.is_remembered);
        let shown = read.flat_map(|(location, listing)| listing.all().map(move |one| (location, one)));
        let shown: Vec<(&LocationName, &Existing)> = shown.collect();
        let tokens = input.recorded.unknown(shown.iter().filter_map(|(_, one)| one.token.as_ref()));
        if tokens.is_empty() {
            return Self(BTreeMap::new());
        }
        let forgetful = input.recorded.rows.values().filter(|row| has_forgotten(row));
        let excused: BTreeSet<&ProvisionedId> =
            forgetful.filter_map(|row| Some(&row.binding.as_ref()?.id)).collect();
        let bears = |one: &Existing| one.token.as_ref().is_some_and(|token| tokens.contains(token));
        let unknown = shown.into_iter().filter(|(_, one)| bears(one) && !excused.contains(&one.id));
        Self(unknown.map(|(location, one)| (&one.id, location)).collect())
    }

    pub(super) fn contains(&self, id: &ProvisionedId) -> bool {
        self.0.contains_key(id)
    }

    /// One remark for each location with such products; those that a step speaks of are told there.
    pub(super) fn notes(&self, input: &PlanInput<'_>, steps: &[Step]) -> Vec<Note> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let bound = input.recorded.rows.values().filter_map(|row| Some(&row.binding.as_ref()?.id));
        let told = steps.iter().filter_map(|step| told(input, step));
        let told: BTreeSet<&ProvisionedId> = bound.chain(told).collect();
        let mut found: BTreeMap<&LocationName, Vec<&Existing>> = BTreeMap::new();
        for (id, location) in self.0.iter().filter(|(id, _)| !told.contains(*id)) {
            let existing = input.observed.existing.get(*location).and_then(|listing| listing.id(id));
            found.entry(location).or_default().extend(existing);
        }
        let notes = found.into_iter().filter_map(|(location, products)| {
            let here = |address: &&Address| address.location == *location;
            let address = input.policy.selected.iter().find(here)?.clone();
            let named = products.iter().map(|one| format!("{} ({})", quote(&one.name), one.id));
            let text = format!(
                "{OLDER}: it made {}, and knows nothing of that; {WAY_OUT}, else `provisor import ADDR ID` adopts each",
                listed(named, SHOWN)
            );
            Some(Note { address, text })
        });
        notes.collect()
    }

    /// That the last operation on a product of ours was of this state, and is not known to it.
    pub(super) fn moved_on(&self, row: Option<&Row>, existing: Option<&Existing>) -> Option<String> {
        let existing = existing.filter(|existing| self.contains(&existing.id))?;
        let ours = row?.applied.as_ref().map(|applied| &applied.record);
        let is_moved = existing.last_provisioning_record.as_ref() != ours;
        is_moved
            .then(|| format!("{OLDER}: {} bears a token of it that it does not know; {WAY_OUT}", existing.id))
    }
}

/// Whether the row has had more tokens than it remembers.
fn has_forgotten(row: &Row) -> bool {
    row.earlier.len() >= TOKENS_KEPT || row.op_no > row.tokens.len() as u64
}

/// What a step tells of: what it adopts, or what has its name and is in its way.
fn told<'a>(input: &PlanInput<'a>, step: &Step) -> Option<&'a ProvisionedId> {
    let name = || Some(&input.desired.products.get(&step.address)?.name);
    let existing = match &step.action {
        Action::Adopt(_) => input.adopted(&step.address),
        Action::Refused(refusal) if refusal.rule == Rule::Exists => {
            input.listing(&step.address)?.name(name()?)
        }
        _ => None,
    };
    Some(&existing?.id)
}
