//! Whether a saved plan still fits the state it is about to be applied to. What the catalog says is compared elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::ids::{Address, ProvisionedId};
use crate::plan::{Action, Plan, Reason, Step};
use crate::state::{Recorded, Row};

/// The addresses whose rows are not as they were when the plan was made, and what moved: a lowercase fragment.
///
/// Only the versions of the rows decide that; what is said about it is found out afterwards. A state of another lineage makes
/// every step stale; the serial makes none.
#[must_use]
pub fn stale(plan: &Plan, recorded: &Recorded) -> Vec<(Address, String)> {
    if plan.basis.lineage != recorded.lineage {
        let steps: BTreeSet<&Address> = plan.steps.iter().map(|step| &step.address).collect();
        let foreign =
            |address: &Address| (address.clone(), "the plan was made from another state".to_owned());
        return steps.into_iter().map(foreign).collect();
    }
    let leaving = leaving(plan);
    let moved = plan.basis.rows.iter().filter(|(address, version)| recorded.version(address) != **version);
    let explained = moved.map(|(address, _)| {
        let row = recorded.rows.get(address);
        let mut steps = plan.steps.iter().filter(|step| step.address == *address);
        let operation = steps
            .find_map(|step| row_moved(step, row).or_else(|| binding_moved(step, row, leaving.get(address))));
        (address.clone(), operation.unwrap_or_else(|| rewritten(recorded, address)))
    });
    explained.collect()
}

/// What says nothing of a row but that it is another one by now.
fn rewritten(recorded: &Recorded, address: &Address) -> String {
    let row = recorded.rows.get(address);
    let by = row.map_or_else(
        || recorded.tombstones.get(address).and_then(|stone| stone.by.as_ref()),
        |row| row.by.as_ref(),
    );
    match (row, by) {
        (Some(_), Some(by)) => format!("{by} has written it since"),
        (Some(_), None) => "it was written since".to_owned(),
        (None, Some(by)) => format!("{by} has dropped it since"),
        (None, None) => "it was dropped since".to_owned(),
    }
}

type Leaving<'a> = BTreeSet<&'a ProvisionedId>;

/// The products that are gone, or that the plan itself terminates, before it provisions at the same address.
fn leaving(plan: &Plan) -> BTreeMap<&Address, Leaving<'_>> {
    let mut leaving: BTreeMap<&Address, Leaving<'_>> = BTreeMap::new();
    for step in &plan.steps {
        let vanished = step.reasons.iter().filter_map(|reason| match reason {
            Reason::Vanished { id } => Some(id),
            _ => None,
        });
        let terminated = match &step.action {
            Action::Terminate(termination) => Some(&termination.id),
            _ => None,
        };
        leaving.entry(&step.address).or_default().extend(vanished.chain(terminated));
    }
    leaving
}

fn row_moved(step: &Step, row: Option<&Row>) -> Option<String> {
    let Some(row) = row else {
        let needs_none = matches!(step.action, Action::Provision(_) | Action::Adopt(..) | Action::Refused(_));
        return (step.base_op != 0 || !needs_none).then(|| "it is no longer in the state".to_owned());
    };
    let (then, now) = (step.base_op, row.op_no);
    match (&step.action, &row.intent) {
        (Action::Settle(planned, _), Some(open)) if open.token == planned.token => None,
        (Action::Settle(..), Some(_)) => Some("another operation was begun since".to_owned()),
        (Action::Settle(..), None) => Some("its interrupted operation is over".to_owned()),
        (_, Some(_)) => Some("an operation was begun since, and is not over".to_owned()),
        (_, None) => (now != then)
            .then(|| format!("its last operation is number {now}, the plan was made after number {then}")),
    }
}

fn binding_moved(step: &Step, row: Option<&Row>, leaving: Option<&Leaving<'_>>) -> Option<String> {
    if takes_over(step) {
        return None;
    }
    let binding = row.and_then(|row| row.binding.as_ref());
    let bound = binding.map(|binding| &binding.id);
    match &step.action {
        Action::Update(id, _) | Action::Accept(id, ..) | Action::Forget { leaves: Some(id) } => {
            other_than(id, bound)
        }
        Action::Terminate(termination) => other_than(&termination.id, bound),
        Action::Adopt(adoption) if adoption.stack().is_some() => {
            bound.map(|id| format!("it is bound to `{id}` since"))
        }
        Action::Adopt(adoption) => bound.and_then(|_| other_than(&adoption.id, bound)),
        Action::Provision(_) => bound
            .filter(|id| !leaving.is_some_and(|leaving| leaving.contains(id)))
            .map(|id| format!("it is bound to `{id}` since")),
        Action::Forget { leaves: None } | Action::Remember | Action::Settle(..) | Action::Refused(_) => None,
    }
}

/// A product that only its token tells to be ours is not bound yet, whatever was bound before it.
fn takes_over(step: &Step) -> bool {
    step.reasons.iter().any(|reason| matches!(reason, Reason::FailedCreation { .. }))
}

fn other_than(planned: &ProvisionedId, bound: Option<&ProvisionedId>) -> Option<String> {
    match bound {
        Some(id) if id == planned => None,
        Some(id) => Some(format!("it is bound to `{id}`, the plan was made for `{planned}`")),
        None => Some(format!("it is no longer bound to `{planned}`")),
    }
}
