//! ExecuteProvisionedProductPlan and DeleteProvisionedProductPlan.

use crate::operations::change::deployment::{Deployment, Submission, physical_id};
use serde::Deserialize;

use super::find;
use crate::operations::change::execution::Input;
use crate::operations::change::parameters::Values;
use crate::operations::change::provision::start_provisioning;
use crate::operations::change::stack_sets;
use crate::operations::change::update::start_update;
use crate::operations::follow::provisioned::record_detail;
use crate::operations::resolve::{self, NameOrId};
use crate::operations::session::Session;
use crate::wire::{Empty, Fault, RecordAnswer};
use crate::world::{Entry, Plan, ProvisionedProduct, Record, RecordEnd, Status};

const OPERATION: &str = "ExecuteProvisionedProductPlan";

/// The request of ExecuteProvisionedProductPlan.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ExecutePlan {
    plan_id: String,
    idempotency_token: String,
}

pub(crate) fn execute_plan(session: &mut Session<'_>, request: ExecutePlan) -> Result<RecordAnswer, Fault> {
    if let Some(record) = session.replay(OPERATION, &request.idempotency_token)? {
        return Ok(RecordAnswer { record_detail: record_detail(&record, session.now) });
    }
    let plan = find(session, &request.plan_id)?;
    if plan.status != "CREATE_SUCCESS" {
        let message = format!("Plan {} in status {} cannot be executed", plan.id, plan.status);
        return Err(Fault::new(400, session.knobs().plan_state_error.as_str(), message));
    }
    let record = deploy(session, &plan, request.idempotency_token)?;
    let executing = Plan { status: "EXECUTE_IN_PROGRESS".to_owned(), updated: session.now, ..plan };
    session.world.put(Entry::Plan(Box::new(ending(executing, &record))));
    Ok(RecordAnswer { record_detail: record_detail(&record, session.now) })
}

/// The plan, to end as the record of its execution does.
pub(crate) fn ending(plan: Plan, record: &Record) -> Plan {
    let (status_after, message_after) = match &record.end {
        RecordEnd::Succeeded { .. } => ("EXECUTE_SUCCESS", None),
        RecordEnd::Failed { errors } => {
            ("EXECUTE_FAILED", errors.first().map(|error| error.description.clone()))
        }
    };
    Plan { ends: record.timeline.ends, status_after: status_after.to_owned(), message_after, ..plan }
}

fn deploy(session: &mut Session<'_>, plan: &Plan, token: String) -> Result<Record, Fault> {
    let catalog = session.catalog;
    let product = resolve::product(catalog, NameOrId::id(&plan.product_id))?;
    let path = resolve::path(catalog, product, NameOrId::id(&plan.path_id))?;
    let artifact = resolve::artifact(catalog, product, NameOrId::id(&plan.artifact_id))?;
    let current = resolve::provisioned_by_id(session, &plan.provisioned_id)?.clone();
    let stack =
        current.state.physical_id.clone().or_else(|| physical_id(catalog, &current.kind, &current.id));
    let deployment = Deployment {
        product,
        artifact,
        path,
        provisioned_name: current.name.clone(),
        provisioned_id: current.id.clone(),
        kind: current.kind.clone(),
        notification_arns: plan.notification_arns.clone(),
        physical_id: stack,
    };
    start(session, &deployment, current, plan, token)
}

/// A launch if the plan stands for something new, else an update.
fn start(
    session: &mut Session<'_>,
    deployment: &Deployment<'_>,
    current: ProvisionedProduct,
    plan: &Plan,
    token: String,
) -> Result<Record, Fault> {
    let input = Input::Ready(Values { values: plan.values.clone(), secrets: plan.secrets.clone() });
    let tags = plan.tags.clone();
    match current.state.status {
        Status::PlanInProgress => {
            let instances = stack_sets::launched(deployment.path, None)?;
            let submission = Submission { operation: OPERATION, token, tags, instances };
            Ok(start_provisioning(session, deployment, input, submission))
        }
        Status::Available | Status::Tainted if is_obsolete(session, plan, &current) => {
            let message =
                format!("Plan {} cannot be executed in its current execution status of [OBSOLETE]", plan.id);
            Err(Fault::new(400, session.knobs().plan_state_error.as_str(), message))
        }
        Status::Available | Status::Tainted => {
            let instances = current.state.instances.clone();
            let submission = Submission { operation: OPERATION, token, tags, instances };
            Ok(start_update(session, deployment, current, input, submission))
        }
        status => {
            let message =
                format!("ProvisionedProduct product {} is in status {}", current.id, status.as_str());
            Err(Fault::new(400, session.knobs().plan_state_error.as_str(), message))
        }
    }
}

/// Whether something else happened to the provisioned product since the plan was made.
fn is_obsolete(session: &Session<'_>, plan: &Plan, current: &ProvisionedProduct) -> bool {
    let last = session.world.record(&current.state.last_provisioning);
    last.is_some_and(|record| record.timeline.created > plan.created)
}

/// The request of DeleteProvisionedProductPlan.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct DeletePlan {
    plan_id: String,
    ignore_errors: bool,
}

pub(crate) fn delete_plan(session: &mut Session<'_>, request: DeletePlan) -> Result<Empty, Fault> {
    let plan = find(session, &request.plan_id)?;
    if matches!(plan.status.as_str(), "EXECUTE_FAILED" | "EXECUTE_IN_PROGRESS") && !request.ignore_errors {
        let message = format!("Cannot delete ChangeSet in execution status {}", plan.status);
        return Err(Fault::validation(message));
    }
    let reserved = session.world.provisioned(&plan.provisioned_id);
    let unused = reserved.is_some_and(|product| product.state.status == Status::PlanInProgress);
    session.world.put(Entry::PlanGone(plan.id));
    if unused {
        session.world.put(Entry::Gone(plan.provisioned_id));
    }
    Ok(Empty {})
}
