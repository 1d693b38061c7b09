//! The calls by which a provisioning engine of the user's own reports how an operation went. The sandbox has no
//! engines; a test that plays one can end an operation this way, early and as it likes.

use serde::Deserialize;

use crate::operations::session::Session;
use crate::wire::{Empty, Fault};
use crate::world::{
    After, Deployed, Entry, Output, Pending, ProvisionedProduct, Record, RecordEnd, RecordError, Status,
    Timeline,
};
use crate::world_file::Knobs;

/// The request of all three.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct WorkflowResult {
    record_id: String,
    status: String,
    failure_reason: Option<String>,
    resource_identifier: Option<serde::de::IgnoredAny>,
    outputs: Vec<GivenOutput>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct GivenOutput {
    output_key: Option<String>,
    output_value: Option<String>,
    description: Option<String>,
}

pub(crate) fn notify_provision(session: &mut Session<'_>, request: WorkflowResult) -> Result<Empty, Fault> {
    finish(session, "PROVISION_PRODUCT", request)
}

pub(crate) fn notify_update(session: &mut Session<'_>, request: WorkflowResult) -> Result<Empty, Fault> {
    finish(session, "UPDATE_PROVISIONED_PRODUCT", request)
}

pub(crate) fn notify_terminate(session: &mut Session<'_>, request: WorkflowResult) -> Result<Empty, Fault> {
    finish(session, "TERMINATE_PROVISIONED_PRODUCT", request)
}

fn finish(session: &mut Session<'_>, kind: &str, request: WorkflowResult) -> Result<Empty, Fault> {
    let found = session.world.record(&request.record_id).cloned();
    let record = found.ok_or_else(|| Fault::not_found(format!("Record {} not found.", request.record_id)))?;
    let mismatch = |why: &str| Fault::invalid(format!("Record {} {why}", record.id));
    if record.kind != kind {
        return Err(mismatch("is of another type"));
    }
    if record.provisioned_kind.starts_with("CFN_") {
        return Err(mismatch("does not belong to an engine"));
    }
    if record.is_over(session.now) {
        return Err(mismatch("is finished already"));
    }
    let product = session.world.provisioned(&record.provisioned_id).cloned();
    let product = product.ok_or_else(|| mismatch("has no provisioned product"))?;
    let after = after(&product, &request, kind);
    let timeline = Timeline { ends: Some(session.now), ..record.timeline };
    let pending = Some(Pending { ends: timeline.ends, after });
    session.world.put(Entry::Provisioned(Box::new(ProvisionedProduct { pending, ..product })));
    session.put_record(Record { timeline, end: end(request, session.knobs()), ..record });
    session.world.advance(session.now);
    Ok(Empty {})
}

/// What is left of the provisioned product; `None` is nothing.
fn after(product: &ProvisionedProduct, request: &WorkflowResult, kind: &str) -> Option<After> {
    let (creation, removal) = (kind == "PROVISION_PRODUCT", kind == "TERMINATE_PROVISIONED_PRODUCT");
    if request.status == "FAILED" {
        // a creation that says what it left behind can be mended by an update
        let nothing_left = creation && request.resource_identifier.is_none();
        let status = if nothing_left { Status::Error } else { Status::Tainted };
        return Some(After { status, status_message: request.failure_reason.clone(), deployed: None });
    }
    let planned = product.pending.as_ref().and_then(|pending| pending.after.clone()?.deployed);
    let none = || Deployed {
        parameters: Default::default(),
        secrets: Vec::new(),
        instances: Vec::new(),
        imports: Vec::new(),
    };
    let deployed = Some(planned.unwrap_or_else(none));
    (!removal).then_some(After { status: Status::Available, status_message: None, deployed })
}

fn end(request: WorkflowResult, knobs: &Knobs) -> RecordEnd {
    if request.status == "FAILED" {
        let description = request.failure_reason.unwrap_or_default();
        let error = RecordError { code: knobs.record_error_code.to_string(), description };
        return RecordEnd::Failed { errors: vec![error] };
    }
    let outputs = request.outputs.into_iter().map(|output| Output {
        key: output.output_key.unwrap_or_default(),
        value: output.output_value.unwrap_or_default(),
        description: output.description,
        export: None,
    });
    RecordEnd::Succeeded { outputs: outputs.collect() }
}
