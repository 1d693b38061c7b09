//! What cannot be done because something else is refused or deferred: what is torn down or dropped after it needs the same decision, what is made or changed
//! after it is left to a later run.

use std::collections::{BTreeMap, BTreeSet};

use super::blocked::{name, put_off};
use super::order::{Draft, Slot, is_free};
use super::{Action, PlanInput, Refusal, Step, StepIx, refusals};
use crate::model::ids::{Address, Labels};

/// Refuses or puts off whatever would have to come after something that is refused or deferred. One leads to another.
pub(super) fn hold(drafts: &mut [Draft], input: &PlanInput<'_>, labels: &Labels) {
    if drafts.iter().all(|draft| refusal(&draft.step).is_none()) {
        return;
    }
    // a replacement is decided as what it tears down is
    let halves = Halves::of(drafts);
    let built = |(n, draft): (usize, &Draft)| (!draft.goes() && halves.other(draft).is_none()).then_some(n);
    let built: BTreeSet<usize> = drafts.iter().enumerate().filter_map(built).collect();
    loop {
        put_off(&mut steps(drafts), &built, labels, input.recorded);
        if !tear_down_nothing(drafts, input, labels) {
            break;
        }
    }
    name(&mut steps(drafts), &built, labels, input.recorded);
}

fn steps(drafts: &mut [Draft]) -> Vec<&mut Step> {
    drafts.iter_mut().map(|draft| &mut draft.step).collect()
}

/// What goes comes after what was made after it, and what is replaced is not torn down unless it can be built again: where
/// that is refused, so is this, in either direction of a replacement. Says whether it refused anything.
fn tear_down_nothing(drafts: &mut [Draft], input: &PlanInput<'_>, labels: &Labels) -> bool {
    let all: &[Draft] = drafts;
    let halves = Halves::of(all);
    let held = all.iter().enumerate().filter(|(_, draft)| refusal(&draft.step).is_none());
    let held = held.filter_map(|(n, draft)| {
        let other = halves.other(draft).and_then(|other| all.get(other));
        let torn = other.and_then(|other| refusal(&other.step)).cloned();
        let held = || {
            let steps = blocking(draft, all, input).or_else(|| blocking(other?, all, input))?;
            Some(refusals::held(&steps, labels))
        };
        Some((n, torn.or_else(|| draft.goes().then(held)?)?))
    });
    let held: Vec<(usize, Refusal)> = held.collect();
    let is_held = !held.is_empty();
    for (n, refusal) in held {
        if let Some(draft) = drafts.get_mut(n) {
            draft.refuse(refusal);
        }
    }
    is_held
}

/// The refused steps that hold a step up; `None` where there are none.
fn blocking<'d>(draft: &Draft, all: &'d [Draft], input: &PlanInput<'_>) -> Option<Vec<&'d Step>> {
    let before = draft.step.after.iter().filter_map(|ix| all.get(ix.0)).map(|before| &before.step);
    let refused = before.filter(|before| refusal(before).is_some());
    let holding: Vec<&Step> =
        refused.filter(|before| !is_free(&draft.step, before, input.recorded)).collect();
    (!holding.is_empty()).then_some(holding)
}

fn refusal(step: &Step) -> Option<&Refusal> {
    if let Action::Refused(refusal) = &step.action { Some(refusal) } else { None }
}

/// Where the two halves of replacements stand.
struct Halves<'d>(BTreeMap<&'d Address, [usize; 2]>);

impl<'d> Halves<'d> {
    fn of(drafts: &'d [Draft]) -> Self {
        let numbers = |wanted: Slot| {
            let all = drafts.iter().enumerate().filter(move |(_, draft)| draft.slot == wanted);
            all.map(|(n, draft)| (&draft.step.address, n))
        };
        let last: BTreeMap<&Address, usize> = numbers(Slot::Main).collect();
        let pairs = numbers(Slot::First);
        Self(pairs.filter_map(|(address, first)| Some((address, [first, *last.get(address)?]))).collect())
    }

    /// The other half of a replacement.
    fn other(&self, draft: &Draft) -> Option<usize> {
        let [first, last] = self.0.get(&draft.step.address)?;
        Some(if draft.slot == Slot::First { *last } else { *first })
    }
}

/// A replacement that is refused is one decision: its second half is left out, and what waited for that waits for the first.
pub(super) fn say_once(drafts: &mut Vec<Draft>) {
    let halves = Halves::of(drafts);
    let refused = |n: usize| drafts.get(n).is_some_and(|draft| refusal(&draft.step).is_some());
    let pairs = halves.0.values().filter(|[first, last]| refused(*first) && refused(*last));
    let instead: BTreeMap<usize, usize> = pairs.map(|[first, last]| (*last, *first)).collect();
    if instead.is_empty() {
        return;
    }
    let kept = (0..drafts.len()).filter(|n| !instead.contains_key(n));
    let numbers: BTreeMap<usize, usize> = kept.enumerate().map(|(new, old)| (old, new)).collect();
    let number = |ix: &StepIx| numbers.get(instead.get(&ix.0).unwrap_or(&ix.0)).copied().map(StepIx);
    let all = std::mem::take(drafts).into_iter().enumerate();
    drafts.extend(all.filter(|(n, _)| !instead.contains_key(n)).map(|(_, draft)| {
        let after: BTreeSet<StepIx> = draft.step.after.iter().filter_map(number).collect();
        Draft { step: Step { after, ..draft.step }, ..draft }
    }));
}

impl Draft {
    pub(super) fn refuse(&mut self, refusal: Refusal) {
        self.step.action = Action::Refused(refusal);
        self.is_counted = false;
    }

    /// Whether it tears something down, or drops it.
    fn goes(&self) -> bool {
        self.slot == Slot::First || self.leaves()
    }
}
