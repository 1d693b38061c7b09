//! The guard on resources that updates replace: what it refuses, by what the catalog told, and what nobody has asked it about. Pure.

use std::collections::BTreeMap;

use super::{Action, Note, Plan, PlanInput, Refusal, Step, blocked, refusals};
use crate::catalog::{Preview, ResourceAction, ResourceChange, Seen};
use crate::declare::ReplaceGuard;
use crate::model::ids::Address;
use crate::model::text::{listed, quote};

/// So many resources are named.
const NAMED: usize = 5;

/// Why the guard refuses a step.
pub(super) fn refused(
    input: &PlanInput<'_>,
    step: &Step,
    previews: &BTreeMap<Address, Preview>,
) -> Option<Refusal> {
    let guard = guard(input, step)?;
    let changes = match previews.get(&step.address) {
        Some(Preview::Known(changes)) => changes,
        Some(Preview::Unknown(why)) => {
            return input.policy.applies.then(|| refusals::not_previewed(Some(why)));
        }
        None => return input.policy.applies.then(|| refusals::not_previewed(None)),
    };
    let replaced: Vec<&ResourceChange> =
        changes.iter().filter(|change| change.replaces() && guard.covers(&change.kind)).collect();
    let may = replaced.iter().all(|change| change.action == ResourceAction::MayReplace);
    let named = replaced.iter().map(|change| format!("{} ({})", quote(&change.name), change.kind));
    (!replaced.is_empty()).then(|| refusals::replaces(&listed(named, NAMED), may))
}

/// The guard that holds for a step: it is about updates of what CloudFormation makes.
fn guard<'a>(input: &PlanInput<'a>, step: &Step) -> Option<&'a ReplaceGuard> {
    let guard = input.policy.replace_resources.as_ref()?;
    let Action::Update(_, spec) = &step.action else { return None };
    let is_stack = match input.existing(&step.address).map(|existing| &existing.seen) {
        Some(Seen::Read(kind)) => kind.is_cloudformation(),
        Some(Seen::Recorded) | None => true,
    };
    // instances that come or go replace nothing
    (is_stack && spec.instances.is_none()).then_some(guard)
}

/// That updates which the guard is about were not previewed: said once.
pub(super) fn unpreviewed(input: &PlanInput<'_>, steps: &[Step]) -> Option<Note> {
    let previews = &input.observed.previews;
    let is_unknown = |step: &&Step| !matches!(previews.get(&step.address), Some(Preview::Known(_)));
    let mut open = steps.iter().filter(|step| guard(input, step).is_some()).filter(is_unknown);
    let first = open.next()?;
    let others = open.count();
    let others = match others {
        0 => String::new(),
        1 => ", nor is 1 other".to_owned(),
        _ => format!(", nor are {} others", others),
    };
    let how = match previews.is_empty() {
        true => "plan with `--preview`",
        false => "see why above",
    };
    let text = format!(
        "its update is not previewed{others}: `guards.replace_resources` refuses that when the plan is applied; {how}"
    );
    Some(Note { address: first.address.clone(), text })
}

/// Refuses what the guard refuses of a saved plan, whenever that was made, and puts off what comes after it.
pub fn guarded(input: &PlanInput<'_>, plan: &mut Plan) {
    for step in &mut plan.steps {
        if let Some(refusal) = refused(input, step, &plan.previews) {
            step.action = Action::Refused(refusal);
        }
    }
    blocked::again(plan, input.recorded);
}
