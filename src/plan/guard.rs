//! Refusals that look at the plan as a whole: what may happen at all, and how much may be terminated.

use super::order::Draft;
use super::{Action, Breach, PlanInput, refusals};
use crate::declare::Limit;

/// Refuses what the command line does not allow; counts terminations against the guard.
pub(super) fn guard(drafts: &mut [Draft], input: &PlanInput<'_>) -> Option<Breach> {
    if let Some(allow) = &input.policy.allow {
        for draft in &mut *drafts {
            if let Some(kind) = draft.allowed.filter(|kind| !allow.contains(kind)) {
                let settles = matches!(draft.step.action, Action::Settle(..));
                draft.step.action = Action::Refused(refusals::not_allowed(kind, settles));
                draft.is_counted = false;
            }
        }
    }
    let bound = input.recorded.rows.values().filter(|row| row.binding.is_some()).count();
    let limit = match input.policy.max_terminate? {
        Limit::Count(count) => count,
        Limit::Percent(percent) => (bound * percent as usize).div_ceil(100),
    };
    let planned = drafts.iter().filter(|draft| draft.is_counted).count();
    (planned > limit).then_some(Breach { planned, limit })
}
