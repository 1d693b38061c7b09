//! UpdateProvisionedProduct.

use crate::operations::change::deployment::{Deployment, Submission, physical_id};
use serde::Deserialize;

use crate::catalog::{Artifact, LaunchPath, Product};
use crate::operations::change::account_factory;
use crate::operations::change::execution::{Execution, ExecutionEnd, Input, execution, rejected};
use crate::operations::change::parameters::{Given, Previous};
use crate::operations::change::provision;
use crate::operations::change::record::{NewRecord, begin};
use crate::operations::change::stack_sets::{self, Preferences};
use crate::operations::follow::provisioned::record_detail;
use crate::operations::resolve::{self, NameOrId};
use crate::operations::session::Session;
use crate::operations::tags::{self, Tag};
use crate::wire::{Fault, RecordAnswer};
use crate::world::{ProvisionedProduct, Record, State, Status};
use crate::world_file::OperationName;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct UpdateProvisionedProduct {
    provisioned_product_name: Option<String>,
    provisioned_product_id: Option<String>,
    product_id: Option<String>,
    product_name: Option<String>,
    provisioning_artifact_id: Option<String>,
    provisioning_artifact_name: Option<String>,
    path_id: Option<String>,
    path_name: Option<String>,
    provisioning_parameters: Vec<Given>,
    provisioning_preferences: Option<Preferences>,
    tags: Option<Vec<Tag>>,
    update_token: String,
}

pub(crate) fn update_provisioned_product(
    session: &mut Session<'_>,
    request: UpdateProvisionedProduct,
) -> Result<RecordAnswer, Fault> {
    let wanted = NameOrId::new(&request.provisioned_product_id, &request.provisioned_product_name);
    let members = ["ProvisionedProductId", "ProvisionedProductName"];
    let current = resolve::provisioned(session, wanted, members, true)?.clone();
    if let Some(record) = replayed(session, &current, &request.update_token)? {
        return Ok(RecordAnswer { record_detail: record_detail(&record, session.now) });
    }
    may_update(session, &current)?;
    let (product, artifact, path) = target(session, &request, &current)?;
    provision::launch_role_lag(session, path.constraints.launch_role.as_deref())?;
    let user_tags = tags::updated(session, path, product, &current, request.tags.as_deref())?;
    let preferences = request.provisioning_preferences.as_ref();
    let instances = stack_sets::updated(path, preferences, &current.state.instances)?;
    let (product, artifact) = if stack_sets::keeps_template(preferences) {
        running(session, &current).unwrap_or((product, artifact))
    } else {
        (product, artifact)
    };
    let deployment = Deployment {
        product,
        artifact,
        path,
        provisioned_name: current.name.clone(),
        provisioned_id: current.id.clone(),
        kind: current.kind.clone(),
        notification_arns: current.notification_arns.clone(),
        physical_id: stack_of(session, &current),
    };
    let operation = "UpdateProvisionedProduct";
    let submission = Submission { operation, token: request.update_token, tags: user_tags, instances };
    let before = current.state.clone();
    let input = Input::Given(&request.provisioning_parameters, Previous::of(&before, &current.kind));
    let record = start_update(session, &deployment, current, input, submission);
    Ok(RecordAnswer { record_detail: record_detail(&record, session.now) })
}

/// A repeated token is the same update as long as that is the last thing that happened.
fn replayed(
    session: &mut Session<'_>,
    current: &ProvisionedProduct,
    token: &str,
) -> Result<Option<Record>, Fault> {
    let record = session.world.record_of_token("UpdateProvisionedProduct", token);
    let Some(record) = record.filter(|record| record.id == current.state.last_record).cloned() else {
        return Ok(None);
    };
    if record.digest != session.digest {
        return Err(Fault::invalid(format!("Idempotency token {token} was used with different parameters")));
    }
    session.note(&record);
    Ok(Some(record))
}

fn may_update(session: &Session<'_>, current: &ProvisionedProduct) -> Result<(), Fault> {
    let refuse = |why: &str| {
        let code = session.knobs().update_state_error.as_str();
        let status = current.state.status.as_str();
        let message =
            format!("ProvisionedProduct product {} in status {status} cannot be updated{why}", current.id);
        Err(Fault::new(400, code, message))
    };
    match current.state.status {
        Status::Available | Status::Tainted => Ok(()),
        Status::Error if current.kind.starts_with("CFN_") => refuse("; terminate it and provision it again"),
        Status::Error if current.kind == "EXTERNAL" && session.knobs().external_error_is_final => refuse(""),
        Status::Error => Ok(()),
        Status::UnderChange | Status::PlanInProgress => refuse(" until the change in progress is over"),
    }
}

type Target<'a> = (&'a Product, &'a Artifact, LaunchPath<'a>);

/// What the update leads to; what the request leaves out stays as it is.
fn target<'a>(
    session: &Session<'a>,
    request: &UpdateProvisionedProduct,
    current: &ProvisionedProduct,
) -> Result<Target<'a>, Fault> {
    let catalog = session.catalog;
    let product = match (&request.product_id, &request.product_name) {
        (None, None) => {
            let id = &current.state.product_id;
            catalog.product(id).ok_or_else(|| resolve::no_product(id))?
        }
        (id, name) => resolve::product(catalog, NameOrId::new(id, name))?,
    };
    let path = resolve::path(catalog, product, NameOrId::new(&request.path_id, &request.path_name))?;
    let kept = current.state.artifact_id.clone();
    let artifact = match (&request.provisioning_artifact_id, &request.provisioning_artifact_name) {
        (None, None) => resolve::artifact(catalog, product, NameOrId::id(&kept))?,
        (id, name) => resolve::artifact(catalog, product, NameOrId::new(id, name))?,
    };
    if !artifact.active && artifact.id != kept {
        return Err(Fault::not_found(format!("Provisioning Artifact {} is not active", artifact.id)));
    }
    Ok((product, artifact, path))
}

fn running<'a>(session: &Session<'a>, current: &ProvisionedProduct) -> Option<(&'a Product, &'a Artifact)> {
    let product = session.catalog.product(&current.state.running_product_id)?;
    Some((product, product.artifact(&current.state.running_artifact_id)?))
}

/// The stack behind it, also if the first attempt never made one.
pub(crate) fn stack_of(session: &Session<'_>, current: &ProvisionedProduct) -> Option<String> {
    let derived = || physical_id(session.catalog, &current.kind, &current.id);
    current.state.physical_id.clone().or_else(derived)
}

/// Starts an update and puts it into the world.
pub(crate) fn start_update(
    session: &mut Session<'_>,
    deployment: &Deployment<'_>,
    current: ProvisionedProduct,
    input: Input<'_>,
    submission: Submission,
) -> Record {
    let execution = execution(session, deployment, OperationName::Update, input);
    let execution = account_factory::limited(session, deployment, execution);
    let execution = same_engine(session, deployment, execution);
    let execution = changing(session, deployment, execution, &current, &submission);
    let record_id = session.fresh_id("rec-", &submission.token);
    let attempted = State {
        status: Status::UnderChange,
        status_message: None,
        product_id: deployment.product.id.clone(),
        artifact_id: deployment.artifact.id.clone(),
        path_id: deployment.path.portfolio.path_id.clone(),
        launch_role: deployment.path.constraints.launch_role.clone(),
        tags: submission.tags.clone(),
        last_record: record_id.clone(),
        last_provisioning: record_id.clone(),
        ..current.state.clone()
    };
    let after = execution.after(|_| Status::Tainted, submission.instances);
    let new_record = NewRecord {
        operation: submission.operation,
        kind: "UPDATE_PROVISIONED_PRODUCT",
        token: submission.token,
        tags: submission.tags,
        timeline: execution.timeline,
        end: execution.end.record_end(session.knobs()),
    };
    let token = if session.knobs().updates_show_their_token {
        new_record.token.clone()
    } else {
        current.token.clone()
    };
    begin(session, ProvisionedProduct { state: attempted, token, ..current }, Some(after), new_record)
}

/// An update that changes nothing succeeds, unless a knob says what CloudFormation would.
fn changing(
    session: &Session<'_>,
    deployment: &Deployment<'_>,
    execution: Execution,
    current: &ProvisionedProduct,
    submission: &Submission,
) -> Execution {
    let state = &current.state;
    if matches!(execution.end, ExecutionEnd::Failed { .. }) {
        return execution;
    }
    let same = (&execution.values.values, &submission.tags, &submission.instances)
        == (&state.parameters, &state.tags, &state.instances)
        && (&deployment.product.id, &deployment.artifact.id)
            == (&state.running_product_id, &state.running_artifact_id);
    if same && session.knobs().unchanged_update_fails {
        rejected(
            session,
            &deployment.kind,
            deployment.product.durations.update,
            "No updates are to be performed.",
        )
    } else {
        execution
    }
}

/// A provisioned product keeps its engine for life.
fn same_engine(session: &Session<'_>, deployment: &Deployment<'_>, execution: Execution) -> Execution {
    let kind = deployment.product.provisioned_kind(deployment.path);
    if kind == deployment.kind {
        return execution;
    }
    let text = format!("A provisioned product of type {} cannot be updated to type {kind}", deployment.kind);
    rejected(session, &deployment.kind, deployment.product.durations.update, &text)
}
