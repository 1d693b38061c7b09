//! Refusals that look at the plan as a whole: what may happen at all, and how much may be terminated.

use super::{Action, Allowed, Breach, Plan, PlanInput, Reason, Spec, Step, refusals};
use crate::declare::Limit;
use crate::model::product::StackSetOperation;
use crate::state::Kind;

/// Refuses what the command line does not allow; counts terminations against the guard.
pub(super) fn guard(plan: &mut Plan, input: &PlanInput<'_>) {
    if let Some(allow) = &input.policy.allow {
        for step in &mut plan.steps {
            if let Some(kind) = kind(step).filter(|kind| !allow.contains(kind)) {
                let settles = matches!(step.action, Action::Settle(..));
                step.action = Action::Refused(refusals::not_allowed(kind, settles));
            }
        }
    }
    let Some(limit) = input.policy.max_terminate else { return };
    let bound = input.recorded.rows.values().filter(|row| row.binding.is_some()).count();
    let limit = match limit {
        Limit::Count(count) => count,
        Limit::Percent(percent) => (bound * percent as usize).div_ceil(100),
    };
    let planned = plan.steps.iter().filter(|step| counts(step)).count();
    plan.breach = (planned > limit).then_some(Breach { planned, limit });
}

/// The replacement of a creation that never succeeded destroys nothing that worked.
fn counts(step: &Step) -> bool {
    let failed_creation = step.reasons.iter().any(|reason| matches!(reason, Reason::FailedCreation { .. }));
    matches!(step.action, Action::Terminate(_)) && !failed_creation
}

fn kind(step: &Step) -> Option<Allowed> {
    let replaces =
        step.reasons.iter().any(|r| matches!(r, Reason::FailedCreation { .. } | Reason::Requested));
    let changes_product = step.reasons.iter().any(|reason| matches!(reason, Reason::Product { .. }));
    match &step.action {
        Action::Provision(_) if replaces => Some(Allowed::Replace),
        Action::Provision(_) => Some(Allowed::Create),
        Action::Update(_, Spec { instances: Some(instances), .. })
            if instances.operation == StackSetOperation::Delete =>
        {
            Some(Allowed::Destroy)
        }
        Action::Update(..) if changes_product => Some(Allowed::ChangeProduct),
        Action::Update(..) => Some(Allowed::Update),
        Action::Terminate(termination) if termination.replacing => Some(Allowed::Replace),
        Action::Terminate(_) => Some(Allowed::Destroy),
        // settling may send the request again
        Action::Settle(intent, _) => Some(match intent.kind {
            Kind::Provision => Allowed::Create,
            Kind::Update => Allowed::Update,
            Kind::Terminate | Kind::Retain => Allowed::Destroy,
        }),
        Action::Adopt(..)
        | Action::Accept(..)
        | Action::Forget { .. }
        | Action::Remember
        | Action::Refused(_) => None,
    }
}
