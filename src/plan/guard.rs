//! Refusals that look at the plan as a whole: what may happen at all, which resources may be replaced, what cannot because something else is refused, and how
//! much may be terminated.

use std::collections::{BTreeMap, BTreeSet};

use super::order::{Draft, Slot, is_free};
use super::replacing::refused;
use super::{Action, Breach, PlanInput, Refusal, Step, StepIx, refusals};
use crate::declare::Limit;
use crate::model::ids::{Address, Labels};
use crate::state::Recorded;

/// Refuses what the command line does not allow, and what would have to come after something refused; counts terminations
/// against the guard.
pub(super) fn guard(drafts: &mut Vec<Draft>, input: &PlanInput<'_>, labels: &Labels) -> Option<Breach> {
    if let Some(allow) = &input.policy.allow {
        for draft in &mut *drafts {
            if let Some(kind) = draft.allowed.filter(|kind| !allow.contains(kind)) {
                let settles = matches!(draft.step.action, Action::Settle(..));
                draft.refuse(refusals::not_allowed(kind, settles));
            }
        }
    }
    for draft in &mut *drafts {
        if let Some(refusal) = refused(input, &draft.step, &input.observed.previews) {
            draft.refuse(refusal);
        }
    }
    hold(drafts, input, labels);
    say_once(drafts);
    let planned = drafts.iter().filter(|draft| draft.is_counted).count();
    exceeded(planned, input.recorded, input.policy.max_terminate?)
}

fn exceeded(planned: usize, recorded: &Recorded, limit: Limit) -> Option<Breach> {
    let bound = recorded.rows.values().filter(|row| row.binding.is_some()).count();
    let limit = match limit {
        Limit::Count(count) => count,
        Limit::Percent(percent) => (bound * percent as usize).div_ceil(100),
    };
    (planned > limit).then_some(Breach { planned, limit })
}

/// Whether the steps of a saved plan terminate more than is allowed by now, whatever allowed it when the plan was made.
#[must_use]
pub fn breach(steps: &[Step], recorded: &Recorded, limit: Limit) -> Option<Breach> {
    let has_worked = |step: &Step| recorded.rows.get(&step.address).is_some_and(|row| row.applied.is_some());
    let is_counted = |step: &&Step| match &step.action {
        // what never worked is destroyed without regret
        Action::Terminate(termination) => !termination.replacing || has_worked(step),
        _ => false,
    };
    exceeded(steps.iter().filter(is_counted).count(), recorded, limit)
}

/// What goes comes after what was made after it, and what is replaced is not torn down unless it can be built again: where
/// that is refused, so is this. One refusal may lead to another, in either direction of a replacement.
fn hold(drafts: &mut [Draft], input: &PlanInput<'_>, labels: &Labels) {
    while drafts.iter().any(|draft| refusal(&draft.step).is_some()) {
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
        if held.is_empty() {
            return;
        }
        for (n, refusal) in held {
            if let Some(draft) = drafts.get_mut(n) {
                draft.refuse(refusal);
            }
        }
    }
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
fn say_once(drafts: &mut Vec<Draft>) {
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
    fn refuse(&mut self, refusal: Refusal) {
        self.step.action = Action::Refused(refusal);
        self.is_counted = false;
    }

    /// Whether it tears something down, or drops it.
    fn goes(&self) -> bool {
        self.slot == Slot::First || self.leaves()
    }
}
