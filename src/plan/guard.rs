//! Refusals that look at the plan as a whole: what may happen at all, which resources may be replaced, what cannot because something else is refused, and how
//! much may be terminated.

use super::hold::{hold, say_once};
use super::order::Draft;
use super::replacing::refused;
use super::{Action, Breach, PlanInput, Step, refusals};
use crate::declare::Limit;
use crate::model::ids::Labels;
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
    let breach = too_many(drafts, input);
    if let Some(breach) = breach.as_ref().filter(|_| input.policy.skips_refused) {
        for draft in drafts.iter_mut().filter(|draft| draft.is_counted) {
            draft.refuse(refusals::too_many(breach));
        }
        hold(drafts, input, labels);
    }
    say_once(drafts);
    breach.filter(|_| !input.policy.skips_refused)
}

fn too_many(drafts: &[Draft], input: &PlanInput<'_>) -> Option<Breach> {
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
