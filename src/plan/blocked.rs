//! Steps that are made or changed after what is refused or deferred: apply would end them as blocked, and so the plan says.

use std::collections::BTreeSet;

use super::order::is_free;
use super::{Action, Plan, Step, refusals};
use crate::model::ids::Labels;
use crate::state::Recorded;

/// So many causes of one step are kept: no step is named more often than it can be read.
const CAUSES: usize = 100;

/// Puts off every step of `open` that comes after one that is refused or deferred. Each step comes after those that it
/// waits for: one look at each is enough.
pub(super) fn put_off(steps: &mut [&mut Step], open: &BTreeSet<usize>, labels: &Labels, recorded: &Recorded) {
    for n in open {
        let is_blocked = |step: &&mut Step| {
            !matches!(step.action, Action::Refused(_)) && !holding(step, steps, recorded).is_empty()
        };
        if !steps.get(*n).is_some_and(is_blocked) {
            continue;
        }
        if let Some(step) = steps.get_mut(*n) {
            // what is at the bottom of it is known when all are put off
            step.action = Action::Refused(refusals::blocked(step, &[], labels));
        }
    }
}

/// Says of what was put off what is at the bottom of it.
pub(super) fn name(steps: &mut [&mut Step], open: &BTreeSet<usize>, labels: &Labels, recorded: &Recorded) {
    let mut causes: Vec<BTreeSet<usize>> = Vec::with_capacity(steps.len());
    for n in 0..steps.len() {
        let Some(step) = steps.get(n).filter(|step| step.is_blocked()) else {
            causes.push(BTreeSet::from([n]));
            continue;
        };
        let before = holding(step, steps, recorded);
        let roots = before.iter().filter_map(|before| causes.get(*before)).flatten().copied();
        let roots: BTreeSet<usize> = roots.take(CAUSES).collect();
        if open.contains(&n) {
            let by: Vec<&Step> =
                roots.iter().filter_map(|root| steps.get(*root)).map(|step| &**step).collect();
            let refusal = refusals::blocked(step, &by, labels);
            if let Some(step) = steps.get_mut(n) {
                step.action = Action::Refused(refusal);
            }
        }
        causes.push(if roots.is_empty() { BTreeSet::from([n]) } else { roots });
    }
}

/// The numbers of the steps before a step that keep it from being done.
fn holding(step: &Step, steps: &[&mut Step], recorded: &Recorded) -> Vec<usize> {
    let before = step.after.iter().filter(|ix| {
        let before = steps.get(ix.0).filter(|before| matches!(before.action, Action::Refused(_)));
        before.is_some_and(|before| !is_free(step, before, recorded))
    });
    before.map(|ix| ix.0).collect()
}

/// Puts off, in a saved plan, what comes after what is refused by now.
pub(super) fn again(plan: &mut Plan, recorded: &Recorded) {
    let all: BTreeSet<usize> = (0..plan.steps.len()).collect();
    let mut steps: Vec<&mut Step> = plan.steps.iter_mut().collect();
    put_off(&mut steps, &all, &plan.labels, recorded);
    name(&mut steps, &all, &plan.labels, recorded);
}
