//! Service actions as their administrator sees them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::catalog::{Artifact, CatalogView, Product, ServiceAction};
use crate::operations::browse::products::{ById, artifact_shape, view_summary};
use crate::operations::browse::service_actions::action_summary;
use crate::operations::session::Session;
use crate::wire::{
    ActionsAnswer, ArtifactView, ArtifactViewsAnswer, Fault, ServiceActionAnswer, ServiceActionDetail, page,
};

/// The request of ListServiceActions and ListProvisioningArtifactsForServiceAction.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListActions {
    service_action_id: String,
    page_size: Option<usize>,
    page_token: Option<String>,
}

type Offered<'a> = (&'a Product, &'a ServiceAction);

fn every_action(catalog: CatalogView<'_>) -> impl Iterator<Item = Offered<'_>> {
    let products = catalog.whole.products.iter();
    products.flat_map(|product| product.actions.iter().map(move |action| (product, action)))
}

fn action<'a>(catalog: CatalogView<'a>, id: &str) -> Result<Offered<'a>, Fault> {
    let found = every_action(catalog).find(|(_, action)| action.id == id);
    found.ok_or_else(|| Fault::not_found(format!("ServiceAction {id} not found.")))
}

pub(crate) fn list_all_service_actions(
    session: &mut Session<'_>,
    request: ListActions,
) -> Result<ActionsAnswer, Fault> {
    let all: Vec<&ServiceAction> = every_action(session.catalog).map(|(_, action)| action).collect();
    let page = page(&all, request.page_size, request.page_token.as_deref(), 20, "service actions")?;
    Ok(ActionsAnswer {
        service_action_summaries: page.items.iter().map(|action| action_summary(action)).collect(),
        next_page_token: page.next,
    })
}

pub(crate) fn describe_service_action(
    session: &mut Session<'_>,
    request: ById,
) -> Result<ServiceActionAnswer, Fault> {
    let (_, action) = action(session.catalog, &request.id)?;
    let parameter = |name: &String| json!({ "Name": name, "Type": "TEXT_VALUE" });
    let parameters: Value = action.parameters.keys().map(parameter).collect();
    let definition = BTreeMap::from([
        ("Name", action.name.clone()),
        ("Version", "1".to_owned()),
        ("AssumeRole", "LAUNCH_ROLE".to_owned()),
        ("Parameters", parameters.to_string()),
    ]);
    let service_action_summary = action_summary(action);
    Ok(ServiceActionAnswer {
        service_action_detail: ServiceActionDetail { service_action_summary, definition },
    })
}

/// An action belongs to every version of its product.
pub(crate) fn list_artifacts_for_service_action(
    session: &mut Session<'_>,
    request: ListActions,
) -> Result<ArtifactViewsAnswer, Fault> {
    let id = &request.service_action_id;
    let (product, _) = action(session.catalog, id)?;
    let page = page(&product.versions, request.page_size, request.page_token.as_deref(), 20, id)?;
    let view = |artifact: &Artifact| ArtifactView {
        product_view_summary: view_summary(product),
        provisioning_artifact: artifact_shape(artifact),
    };
    Ok(ArtifactViewsAnswer {
        provisioning_artifact_views: page.items.iter().map(view).collect(),
        next_page_token: page.next,
    })
}
