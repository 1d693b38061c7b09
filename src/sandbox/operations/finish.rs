//! Ends operations that are under way, at once and as a test wants it: no call of the service's, but the control
//! endpoint's. What hangs ends in no other way.

use serde::Deserialize;

use crate::clock::Millis;
use crate::faults::glob;
use crate::world::{
    After, Entry, Pending, Plan, ProvisionedProduct, Record, RecordEnd, RecordError, RetainedStack, Status,
    Timeline, World,
};
use crate::world_file::{Knobs, Text};

use crate::operations::change::provision::failed_creation;
use crate::operations::plans::ending;

/// What is to end, and how.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finish {
    /// A name, an id, or a pattern for names.
    provisioned_product: Text,
    outcome: FinishOutcome,
    /// The error's text.
    message: Option<Text>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FinishOutcome {
    Succeed,
    Fail,
}

/// What became of it.
#[derive(Debug, Default)]
pub(crate) struct Finished {
    pub count: usize,
    /// Names of those that should succeed and were bound to fail: they go on.
    pub bound_to_fail: Vec<String>,
}

/// Ends what is under way in this world and is meant.
pub(crate) fn finish(world: &mut World, knobs: &Knobs, now: Millis, asked: &Finish, finished: &mut Finished) {
    let pattern = asked.provisioned_product.as_str();
    let meant = |product: &&ProvisionedProduct| {
        product.pending.is_some() && (product.id == pattern || glob(pattern, &product.name))
    };
    let meant: Vec<ProvisionedProduct> = world.all_provisioned().filter(meant).cloned().collect();
    for product in meant {
        let Some(record) = world.record(&product.state.last_record).cloned() else { continue };
        let doomed = matches!(record.end, RecordEnd::Failed { .. });
        if asked.outcome == FinishOutcome::Succeed && doomed {
            finished.bound_to_fail.push(product.name);
            continue;
        }
        let failure = failure(asked, &record, knobs);
        end(world, now, product, record, failure);
        finished.count += 1;
    }
    world.advance(now);
}

/// How an operation fails that is made to.
struct Failing {
    error: RecordError,
    /// Somebody gave the words.
    told: bool,
    /// What becomes of the provisioned product, if nothing else was planned.
    status: Status,
}

fn failure(asked: &Finish, record: &Record, knobs: &Knobs) -> Option<Failing> {
    let said = asked.message.as_ref().map(Text::to_string);
    let error = |description: Option<String>| RecordError {
        code: knobs.record_error_code.to_string(),
        description: description.unwrap_or_else(|| "Failed on request of the sandbox's user".to_owned()),
    };
    let (told, status) = (said.is_some(), status_of(record, knobs));
    (asked.outcome == FinishOutcome::Fail).then(|| Failing { error: error(said), told, status })
}

fn end(
    world: &mut World,
    now: Millis,
    product: ProvisionedProduct,
    record: Record,
    failure: Option<Failing>,
) {
    let ended = Timeline { running: record.timeline.running.min(now), ends: Some(now), ..record.timeline };
    let pending = product.pending.clone().and_then(|pending| pending.after);
    let (timeline, end, after) = match (failure, &record.end) {
        (None, _) => (ended, record.end.clone(), pending),
        // it keeps its own error, unless there is another
        (Some(Failing { told: false, .. }), RecordEnd::Failed { .. }) => {
            (undone(ended, now), record.end.clone(), pending)
        }
        (Some(Failing { error, status: failed, .. }), _) => {
            let status = pending.filter(|after| after.deployed.is_none()).map(|after| after.status);
            let status = status.unwrap_or(failed);
            let after = After { status, status_message: Some(error.description.clone()), deployed: None };
            (undone(ended, now), RecordEnd::Failed { errors: vec![error] }, Some(after))
        }
    };
    settle_stack(world, now, &product, &record, after.is_none());
    let pending = Some(Pending { ends: Some(now), after });
    world.put(Entry::Provisioned(Box::new(ProvisionedProduct { pending, ..product })));
    let record = Record { timeline, end, ..record };
    let executing =
        |plan: &&Plan| plan.provisioned_id == record.provisioned_id && plan.status == "EXECUTE_IN_PROGRESS";
    let plan = world.plans().find(executing).cloned();
    if let Some(plan) = plan {
        world.put(Entry::Plan(Box::new(ending(plan, &record))));
    }
    world.put(Entry::Record(Box::new(record)));
}

/// It went wrong before it ended.
fn undone(timeline: Timeline, now: Millis) -> Timeline {
    Timeline { unwinding: Some(timeline.unwinding.unwrap_or(now).min(now)), ..timeline }
}

fn status_of(record: &Record, knobs: &Knobs) -> Status {
    match record.kind.as_str() {
        "PROVISION_PRODUCT" | "IMPORT_PROVISIONED_PRODUCT" => {
            failed_creation(&record.provisioned_kind, true, knobs)
        }
        _ => Status::Tainted,
    }
}

/// The stack that a termination was to leave behind is there from now on, or not at all.
fn settle_stack(world: &mut World, now: Millis, product: &ProvisionedProduct, record: &Record, gone: bool) {
    let left = product.state.physical_id.as_deref().filter(|_| record.kind.starts_with("TERMINATE"));
    let stack = left.and_then(|id| world.stacks().find(|stack| stack.id == id).cloned());
    match stack {
        Some(stack) if gone => world.put(Entry::Stack(Box::new(RetainedStack { from: now, ..stack }))),
        Some(stack) => world.put(Entry::StackGone(stack.id)),
        None => {}
    }
}
