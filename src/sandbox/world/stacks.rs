//! How the stack behind a provisioned product fares, worked out from its records. What CloudFormation says about it
//! is `query`'s business.

use super::{ProvisionedProduct, Record, RecordEnd, World};
use crate::clock::Millis;

/// What has become of a stack so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StackState<'a> {
    pub status: &'static str,
    /// Why it went wrong.
    pub reason: Option<&'a str>,
    pub created: Millis,
    pub updated: Option<Millis>,
    pub deleting: Option<Millis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    Unwinding,
    Done,
    Undone,
}

impl World {
    /// The state of the stack behind `product`; `None` if there is none, or none yet.
    pub(crate) fn stack_state<'a>(
        &'a self,
        product: &ProvisionedProduct,
        now: Millis,
    ) -> Option<StackState<'a>> {
        let id = product.state.physical_id.as_ref().filter(|_| product.kind == "CFN_STACK")?;
        let retained = self.stacks.contains_key(id);
        let records = self.record_places(&product.id).iter().filter_map(|&place| self.records.get(place));
        let mut state: Option<StackState<'_>> = None;
        for record in records.filter(|record| record.timeline.running <= now && reached(record)) {
            let Some(status) = status(record, phase(record, now), retained) else {
                continue;
            };
            let begun = record.timeline.running;
            let last = state.unwrap_or(StackState {
                status,
                reason: None,
                created: begun,
                updated: None,
                deleting: None,
            });
            state = Some(StackState {
                status,
                reason: reason(record, status),
                updated: if status.starts_with("UPDATE_") { Some(begun) } else { last.updated },
                deleting: status.starts_with("DELETE_").then_some(begun),
                ..last
            });
        }
        state
    }
}

/// Whether the operation got as far as the stack: what CloudFormation refuses leaves it as it was.
fn reached(record: &Record) -> bool {
    matches!(record.end, RecordEnd::Succeeded { .. }) || record.timeline.unwinding.is_some()
}

fn phase(record: &Record, now: Millis) -> Phase {
    match record.status(now) {
        "SUCCEEDED" => Phase::Done,
        "FAILED" => Phase::Undone,
        "IN_PROGRESS_IN_ERROR" => Phase::Unwinding,
        _ => Phase::Running,
    }
}

fn status(record: &Record, phase: Phase, retained: bool) -> Option<&'static str> {
    use Phase::{Done, Running, Undone, Unwinding};
    Some(match (record.kind.as_str(), phase) {
        ("PROVISION_PRODUCT", Running) => "CREATE_IN_PROGRESS",
        ("PROVISION_PRODUCT", Unwinding) => "ROLLBACK_IN_PROGRESS",
        ("PROVISION_PRODUCT", Undone) => "ROLLBACK_COMPLETE",
        ("PROVISION_PRODUCT", Done) | ("IMPORT_PROVISIONED_PRODUCT", _) => "CREATE_COMPLETE",
        ("UPDATE_PROVISIONED_PRODUCT", Running) => "UPDATE_IN_PROGRESS",
        ("UPDATE_PROVISIONED_PRODUCT", Unwinding) => "UPDATE_ROLLBACK_IN_PROGRESS",
        ("UPDATE_PROVISIONED_PRODUCT", Undone) => "UPDATE_ROLLBACK_COMPLETE",
        ("UPDATE_PROVISIONED_PRODUCT", Done) => "UPDATE_COMPLETE",
        ("TERMINATE_PROVISIONED_PRODUCT", Running | Done) if !retained => "DELETE_IN_PROGRESS",
        ("TERMINATE_PROVISIONED_PRODUCT", Unwinding | Undone) => "DELETE_FAILED",
        _ => return None,
    })
}

fn reason<'a>(record: &'a Record, status: &str) -> Option<&'a str> {
    let RecordEnd::Failed { errors } = &record.end else {
        return None;
    };
    let told = matches!(status, "ROLLBACK_IN_PROGRESS" | "UPDATE_ROLLBACK_IN_PROGRESS" | "DELETE_FAILED");
    errors.first().filter(|_| told).map(|error| error.description.as_str())
}
