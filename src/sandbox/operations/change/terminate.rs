//! TerminateProvisionedProduct.

use crate::operations::change::deployment::{Deployment, name_of_stack};
use serde::Deserialize;

use crate::clock::Millis;
use crate::faults::{Occasion, Strike};
use crate::operations::change::execution::{ExecutionEnd, rejected, steady, strike, unwinding};
use crate::operations::change::record::{NewRecord, begin};
use crate::operations::change::stacks;
use crate::operations::follow::provisioned::record_detail;
use crate::operations::resolve::{self, NameOrId};
use crate::operations::session::Session;
use crate::operations::tags::Tags;
use crate::wire::{Fault, RecordAnswer};
use crate::world::{
    After, Entry, Output, ProvisionedProduct, Record, RecordEnd, RetainedStack, State, Status, Timeline,
};
use crate::world_file::{OperationName, OutcomeName};

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct TerminateProvisionedProduct {
    provisioned_product_name: Option<String>,
    provisioned_product_id: Option<String>,
    terminate_token: String,
    ignore_errors: bool,
    retain_physical_resources: bool,
}

pub(crate) fn terminate_provisioned_product(
    session: &mut Session<'_>,
    request: TerminateProvisionedProduct,
) -> Result<RecordAnswer, Fault> {
    let wanted = NameOrId::new(&request.provisioned_product_id, &request.provisioned_product_name);
    let members = ["ProvisionedProductId", "ProvisionedProductName"];
    let earlier =
        session.world.record_of_token("TerminateProvisionedProduct", &request.terminate_token).cloned();
    let current = match (resolve::provisioned(session, wanted, members, true), &earlier) {
        (Ok(current), _) => current.clone(),
        (Err(_), Some(record))
            if session.knobs().terminate_token_lasts && record.digest == session.digest =>
        {
            return Ok(RecordAnswer { record_detail: record_detail(record, session.now) });
        }
        (Err(fault), _) => return Err(fault),
    };
    if let Some(record) = earlier.filter(|record| record.id == current.state.last_record) {
        session.note(&record);
        return Ok(RecordAnswer { record_detail: record_detail(&record, session.now) });
    }
    if matches!(current.state.status, Status::UnderChange | Status::PlanInProgress) {
        let code = session.knobs().terminate_state_error.clone();
        let status = current.state.status.as_str();
        let message =
            format!("ProvisionedProduct product {} in status {status} cannot be terminated", current.id);
        return Err(Fault::new(400, code.as_str(), message));
    }
    let record = start_termination(session, current, request);
    Ok(RecordAnswer { record_detail: record_detail(&record, session.now) })
}

fn start_termination(
    session: &mut Session<'_>,
    current: ProvisionedProduct,
    request: TerminateProvisionedProduct,
) -> Record {
    let (timeline, failure) = execution(session, &current, &request);
    let record_id = session.fresh_id("rec-", &request.terminate_token);
    let during = State {
        status: Status::UnderChange,
        status_message: None,
        last_record: record_id.clone(),
        last_provisioning: record_id.clone(),
        ..current.state.clone()
    };
    let after = failure.as_ref().map(|message| After {
        status: Status::Tainted,
        status_message: Some(message.clone()),
        deployed: None,
    });
    let ending = match failure {
        None => RecordEnd::Succeeded { outputs: Vec::new() },
        Some(message) => ExecutionEnd::Failed { message, created: true }.record_end(session.knobs()),
    };
    let retained = (request.retain_physical_resources && after.is_none())
        .then(|| retained_stack(session, &current, timeline.ends.unwrap_or(Millis::MAX)))
        .flatten();
    let new_record = NewRecord {
        operation: "TerminateProvisionedProduct",
        kind: "TERMINATE_PROVISIONED_PRODUCT",
        token: request.terminate_token,
        tags: Tags::new(),
        timeline,
        end: ending,
    };
    if let Some(stack) = retained {
        session.world.put(Entry::Stack(Box::new(stack)));
    }
    begin(session, ProvisionedProduct { state: during, ..current }, after, new_record)
}

/// When the termination is over, and its error if it fails.
fn execution(
    session: &mut Session<'_>,
    current: &ProvisionedProduct,
    request: &TerminateProvisionedProduct,
) -> (Timeline, Option<String>) {
    let span = duration(session, current);
    let now = session.now;
    let Some(fired) = fault(session, current) else {
        let forced = request.ignore_errors || request.retain_physical_resources;
        let refused = stacks::deletable(session, current).err().filter(|_| !forced);
        return match refused {
            Some(message) => (unwinding(now, span, 0.5), Some(message)),
            None => (steady(now, span), None),
        };
    };
    let default = format!(
        "Stack {} is in DELETE_FAILED state",
        current.state.physical_id.as_deref().unwrap_or(&current.id)
    );
    let message = fired.message.clone().unwrap_or(default);
    match fired.outcome {
        OutcomeName::Hang => (Timeline { ends: None, ..steady(now, span) }, None),
        _ if request.ignore_errors || request.retain_physical_resources => (steady(now, span), None),
        OutcomeName::Reject => {
            let execution = rejected(session, &current.kind, span, &message);
            let ExecutionEnd::Failed { message, .. } = execution.end else {
                return (execution.timeline, None);
            };
            (execution.timeline, Some(message))
        }
        _ => (unwinding(now, span, fired.after), Some(message)),
    }
}

fn duration(session: &Session<'_>, current: &ProvisionedProduct) -> Millis {
    let product = session.catalog.product(&current.state.product_id);
    product.map_or(30_000, |product| product.durations.terminate)
}

/// A product that left the catalog can still be terminated, and still fail to.
fn fault(session: &mut Session<'_>, current: &ProvisionedProduct) -> Option<Strike> {
    let catalog = session.catalog;
    let product = catalog.product(&current.state.product_id);
    let found = product.and_then(|product| Some((product, product.artifact(&current.state.artifact_id)?)));
    let path = product.and_then(|product| catalog.paths(product).next());
    if let (Some((product, artifact)), Some(path)) = (found, path) {
        let deployment = Deployment {
            product,
            artifact,
            path,
            provisioned_name: current.name.clone(),
            provisioned_id: current.id.clone(),
            kind: current.kind.clone(),
            notification_arns: Vec::new(),
            physical_id: current.state.physical_id.clone(),
        };
        return strike(session, &deployment, OperationName::Terminate);
    }
    let occasion = Occasion {
        operation: Some(OperationName::Terminate),
        provisioned_product: &current.name,
        ..Occasion::default()
    };
    session.faults.strike(occasion)
}

/// The stack that stays when only the provisioned product goes.
fn retained_stack(
    session: &Session<'_>,
    current: &ProvisionedProduct,
    from: Millis,
) -> Option<RetainedStack> {
    let id = current.state.physical_id.clone().filter(|_| current.kind == "CFN_STACK")?;
    let record = current.state.last_successful.as_ref().and_then(|id| session.world.record(id));
    let outputs: Vec<Output> = record.map_or_else(Vec::new, |record| record.outputs(session.now).to_vec());
    Some(RetainedStack {
        name: name_of_stack(&id).to_owned(),
        id,
        created: current.created,
        status: session
            .world
            .stack_state(current, session.now)
            .map_or("CREATE_COMPLETE", |execution| execution.status)
            .to_owned(),
        parameters: current.state.parameters.clone(),
        secrets: current.state.secrets.clone(),
        outputs: outputs.into_iter().filter(|output| output.key != "CloudformationStackARN").collect(),
        tags: current.state.tags.clone(),
        product_id: current.state.running_product_id.clone(),
        artifact_id: current.state.running_artifact_id.clone(),
        from,
    })
}
