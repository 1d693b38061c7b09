//! Stack instances, ownership and launch role of provisioned products, and service actions.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Session;
use super::accept::steady;
use super::read::record_detail;
use super::records::{Deed, enter};
use super::resolve;
use crate::catalogue::ServiceAction;
use crate::wire::{
    ActionParameter, ActionParametersAnswer, ActionSummary, ActionsAnswer, Fault, PropertiesAnswer,
    RecordAnswer, StackInstanceShape, StackInstancesAnswer, page,
};
use crate::world::{After, Provisioned, Record, RecordEnd, State, Status};

/// The request of ListStackInstancesForProvisionedProduct.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListStackInstances {
    provisioned_product_id: String,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn list_stack_instances(
    session: &mut Session<'_>,
    request: ListStackInstances,
) -> Result<StackInstancesAnswer, Fault> {
    let id = &request.provisioned_product_id;
    let product = session.world.provisioned(id).ok_or_else(|| resolve::no_provisioned(id))?;
    if product.kind != "CFN_STACKSET" {
        return Err(Fault::invalid(format!("Provisioned product {id} is not a stack set")));
    }
    let stack_instance_status = match product.state.status {
        Status::UnderChange | Status::Tainted => "OUTDATED",
        _ => "CURRENT",
    };
    let page = page(&product.state.instances, request.page_size, request.page_token.as_deref(), (20, id))?;
    let shape = |instance: &crate::world::Instance| StackInstanceShape {
        account: instance.account.clone(),
        region: instance.region.clone(),
        stack_instance_status,
    };
    Ok(StackInstancesAnswer {
        stack_instances: page.items.iter().map(shape).collect(),
        next_page_token: page.next,
    })
}

/// The request of UpdateProvisionedProductProperties.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct UpdateProperties {
    provisioned_product_id: String,
    provisioned_product_properties: BTreeMap<String, String>,
    idempotency_token: String,
}

pub(crate) fn update_properties(
    session: &mut Session<'_>,
    request: UpdateProperties,
) -> Result<PropertiesAnswer, Fault> {
    const OPERATION: &str = "UpdateProvisionedProductProperties";
    let record = match session.replay(OPERATION, &request.idempotency_token)? {
        Some(record) => record,
        None => {
            let mut current = stable(session, &request.provisioned_product_id)?;
            for (key, value) in &request.provisioned_product_properties {
                set(&mut current.state, key, value)?;
            }
            let step =
                Step { operation: OPERATION, kind: "UPDATE_PROVISIONED_PRODUCT_PROPERTIES", span: 2_000 };
            interlude(session, current, step, request.idempotency_token)
        }
    };
    Ok(PropertiesAnswer {
        provisioned_product_id: request.provisioned_product_id,
        provisioned_product_properties: request.provisioned_product_properties,
        status: record.status(session.now),
        record_id: record.id,
    })
}

fn set(state: &mut State, key: &str, value: &str) -> Result<(), Fault> {
    let is_role = value.starts_with("arn:") && value.contains(":role/");
    match key {
        "LAUNCH_ROLE" if is_role => state.launch_role = Some(value.to_owned()),
        "OWNER" if value.starts_with("arn:") => state.owner_arn = Some(value.to_owned()),
        _ => {
            return Err(Fault::invalid(format!("Invalid value for property {key}: {value}")));
        }
    }
    Ok(())
}

/// A provisioned product that nothing else is happening to.
fn stable(session: &Session<'_>, id: &str) -> Result<Provisioned, Fault> {
    let current = session.world.provisioned(id).ok_or_else(|| resolve::no_provisioned(id))?;
    match current.state.status {
        Status::Available | Status::Tainted => Ok(current.clone()),
        status => {
            let message = format!("Provisioned product {id} is in status {}", status.as_str());
            Err(Fault::new(400, session.knobs().plan_state_error.as_str(), message))
        }
    }
}

struct Step {
    operation: &'static str,
    kind: &'static str,
    span: i64,
}

/// An operation that deploys nothing: a while under change, then as before.
fn interlude(session: &mut Session<'_>, current: Provisioned, step: Step, token: String) -> Record {
    let timeline = steady(session.now, step.span);
    let after = After {
        status: current.state.status,
        status_message: current.state.status_message.clone(),
        deployed: None,
    };
    let during = State {
        status: Status::UnderChange,
        status_message: None,
        last_record: session.fresh_id("rec-", &token),
        ..current.state.clone()
    };
    let deed = Deed {
        operation: step.operation,
        kind: step.kind,
        token,
        tags: BTreeMap::new(),
        timeline,
        end: RecordEnd::Succeeded { outputs: Vec::new() },
    };
    enter(session, Provisioned { state: during, ..current }, Some(after), deed)
}

/// The request of ListServiceActionsForProvisioningArtifact.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListServiceActions {
    product_id: String,
    provisioning_artifact_id: String,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn list_service_actions(
    session: &mut Session<'_>,
    request: ListServiceActions,
) -> Result<ActionsAnswer, Fault> {
    let (id, artifact) = (&request.product_id, &request.provisioning_artifact_id);
    let product = session.shop.product(id).ok_or_else(|| resolve::no_product(id))?;
    product
        .artifact(artifact)
        .ok_or_else(|| Fault::not_found(format!("Provisioning Artifact {artifact} not found.")))?;
    let page = page(&product.actions, request.page_size, request.page_token.as_deref(), (20, artifact))?;
    Ok(ActionsAnswer {
        service_action_summaries: page.items.iter().map(action_summary).collect(),
        next_page_token: page.next,
    })
}

pub(super) fn action_summary(action: &ServiceAction) -> ActionSummary {
    ActionSummary {
        id: action.id.clone(),
        name: action.name.clone(),
        description: action.description.clone(),
        definition_type: "SSM_AUTOMATION",
    }
}

/// The request of DescribeServiceActionExecutionParameters and ExecuteProvisionedProductServiceAction.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct OnServiceAction {
    provisioned_product_id: String,
    service_action_id: String,
    execute_token: String,
}

pub(crate) fn describe_action_parameters(
    session: &mut Session<'_>,
    request: OnServiceAction,
) -> Result<ActionParametersAnswer, Fault> {
    let action = action(session, &request)?;
    let parameter = |(name, defaults): (&String, &Vec<String>)| ActionParameter {
        name: name.clone(),
        kind: "StringList",
        default_values: defaults.clone(),
    };
    Ok(ActionParametersAnswer {
        service_action_parameters: action.parameters.iter().map(parameter).collect(),
    })
}

fn action<'a>(session: &Session<'a>, request: &OnServiceAction) -> Result<&'a ServiceAction, Fault> {
    let id = &request.provisioned_product_id;
    let current = session.world.provisioned(id).ok_or_else(|| resolve::no_provisioned(id))?;
    let product = session.shop.product(&current.state.product_id);
    let found = product
        .and_then(|product| product.actions.iter().find(|action| action.id == request.service_action_id));
    found.ok_or_else(|| Fault::not_found(format!("ServiceAction {} not found.", request.service_action_id)))
}

pub(crate) fn execute_action(
    session: &mut Session<'_>,
    request: OnServiceAction,
) -> Result<RecordAnswer, Fault> {
    const OPERATION: &str = "ExecuteProvisionedProductServiceAction";
    let record = match session.replay(OPERATION, &request.execute_token)? {
        Some(record) => record,
        None => {
            action(session, &request)?;
            let current = stable(session, &request.provisioned_product_id)?;
            let step = Step {
                operation: OPERATION,
                kind: "EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION",
                span: 10_000,
            };
            interlude(session, current, step, request.execute_token)
        }
    };
    Ok(RecordAnswer { record_detail: record_detail(&record, session.now) })
}
