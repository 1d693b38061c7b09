//! Service actions as an end user sees them. Running one is in `change::properties`.

use serde::Deserialize;

use crate::catalog::ServiceAction;
use crate::operations::resolve;
use crate::operations::session::Session;
use crate::wire::{ActionParameter, ActionParametersAnswer, ActionSummary, ActionsAnswer, Fault, page};

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
    let product = session.catalog.product(id).ok_or_else(|| resolve::no_product(id))?;
    product
        .artifact(artifact)
        .ok_or_else(|| Fault::not_found(format!("Provisioning Artifact {artifact} not found.")))?;
    let page = page(&product.actions, request.page_size, request.page_token.as_deref(), 20, artifact)?;
    Ok(ActionsAnswer {
        service_action_summaries: page.items.iter().map(action_summary).collect(),
        next_page_token: page.next,
    })
}

pub(crate) fn action_summary(action: &ServiceAction) -> ActionSummary {
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
    pub provisioned_product_id: String,
    pub service_action_id: String,
    pub execute_token: String,
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

/// The action that a request names, if the provisioned product has it.
pub(crate) fn action<'a>(
    session: &Session<'a>,
    request: &OnServiceAction,
) -> Result<&'a ServiceAction, Fault> {
    let id = &request.provisioned_product_id;
    let current = resolve::provisioned_by_id(session, id)?;
    let product = session.catalog.product(&current.state.product_id);
    let found = product
        .and_then(|product| product.actions.iter().find(|action| action.id == request.service_action_id));
    found.ok_or_else(|| Fault::not_found(format!("ServiceAction {} not found.", request.service_action_id)))
}
