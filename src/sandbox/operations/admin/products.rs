//! Reads of products and versions as their administrator sees them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalog::{Artifact, CatalogView, Product};
use crate::operations::admin::portfolios::tag_option_details;
use crate::operations::browse::products::{guidance, parameters, tag_pairs};
use crate::operations::browse::search::view_detail;
use crate::operations::resolve::{self, NameOrId};
use crate::operations::session::Session;
use crate::wire::{
    ArtifactDetail, ArtifactSummary, DescribeArtifactAnswer, DescribeProductAsAdminAnswer, Fault,
    ListArtifactsAnswer, Moment,
};

/// The request of DescribeProductAsAdmin.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct DescribeProductAsAdmin {
    id: Option<String>,
    name: Option<String>,
    source_portfolio_id: Option<String>,
}

pub(crate) fn describe_product_as_admin(
    session: &mut Session<'_>,
    request: DescribeProductAsAdmin,
) -> Result<DescribeProductAsAdminAnswer, Fault> {
    let catalog = session.catalog;
    let product = owned(catalog, NameOrId::new(&request.id, &request.name))?;
    let home = |id: &&String| catalog.paths(product).all(|path| path.portfolio.id != **id);
    if let Some(id) = request.source_portfolio_id.as_ref().filter(home) {
        return Err(Fault::not_found(format!("Portfolio {id} not found.")));
    }
    let summary = |artifact: &Artifact| ArtifactSummary {
        id: artifact.id.clone(),
        name: artifact.name.clone(),
        description: artifact.description.clone(),
        created_time: Moment(artifact.created),
        provisioning_artifact_metadata: BTreeMap::from([(
            "SourceProvisioningArtifactId",
            artifact.id.clone(),
        )]),
    };
    Ok(DescribeProductAsAdminAnswer {
        product_view_detail: view_detail(catalog, product),
        provisioning_artifact_summaries: product.versions.iter().map(summary).collect(),
        tags: tag_pairs(&product.tags),
        tag_options: tag_option_details(catalog, &product.tag_options),
        budgets: Vec::new(),
    })
}

/// An administrator sees products without a launch path too.
fn owned<'a>(catalog: CatalogView<'a>, wanted: NameOrId<'_>) -> Result<&'a Product, Fault> {
    match (wanted.id, wanted.name) {
        (None, Some(name)) => {
            let mut found = catalog.named(name);
            match (found.next(), found.next()) {
                (Some(product), None) => Ok(product),
                (Some(_), Some(_)) => {
                    Err(Fault::invalid(format!("Multiple products with name {name} found.")))
                }
                (None, _) => Err(Fault::not_found(format!(
                    "Product with name {name} does not exist or access was denied."
                ))),
            }
        }
        _ => resolve::product(catalog, wanted),
    }
}

/// The request of ListProvisioningArtifacts.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListProvisioningArtifacts {
    product_id: String,
}

pub(crate) fn list_provisioning_artifacts(
    session: &mut Session<'_>,
    request: ListProvisioningArtifacts,
) -> Result<ListArtifactsAnswer, Fault> {
    let id = &request.product_id;
    let product = session.catalog.product(id).ok_or_else(|| resolve::no_product(id))?;
    let details = product.versions.iter().map(|artifact| detail(product, artifact)).collect();
    Ok(ListArtifactsAnswer { provisioning_artifact_details: details })
}

fn detail(product: &Product, artifact: &Artifact) -> ArtifactDetail {
    ArtifactDetail {
        id: artifact.id.clone(),
        name: artifact.name.clone(),
        description: artifact.description.clone(),
        kind: product.kind.clone(),
        created_time: Moment(artifact.created),
        active: artifact.active,
        guidance: guidance(artifact.guidance),
    }
}

/// The request of DescribeProvisioningArtifact.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct DescribeProvisioningArtifact {
    provisioning_artifact_id: Option<String>,
    provisioning_artifact_name: Option<String>,
    product_id: Option<String>,
    product_name: Option<String>,
    include_provisioning_artifact_parameters: bool,
}

pub(crate) fn describe_provisioning_artifact(
    session: &mut Session<'_>,
    request: DescribeProvisioningArtifact,
) -> Result<DescribeArtifactAnswer, Fault> {
    let catalog = session.catalog;
    let (product, artifact) =
        match (&request.product_id, &request.product_name, &request.provisioning_artifact_id) {
            (None, None, Some(id)) => {
                let mut products = catalog.whole.products.iter();
                let found = products.find_map(|product| Some((product, product.artifact(id)?)));
                found.ok_or_else(|| Fault::not_found(format!("Provisioning Artifact {id} not found.")))?
            }
            (id, name, _) => {
                let product = owned(catalog, NameOrId::new(id, name))?;
                let wanted =
                    NameOrId::new(&request.provisioning_artifact_id, &request.provisioning_artifact_name);
                (product, resolve::artifact(catalog, product, wanted)?)
            }
        };
    let include = request.include_provisioning_artifact_parameters;
    Ok(DescribeArtifactAnswer {
        provisioning_artifact_detail: detail(product, artifact),
        info: BTreeMap::from([("TemplateUrl", template_url(catalog, artifact))]),
        status: "AVAILABLE",
        provisioning_artifact_parameters: include.then(|| parameters(&artifact.template, session.knobs())),
    })
}

/// Where the service would keep the template.
fn template_url(catalog: CatalogView<'_>, artifact: &Artifact) -> String {
    let (region, account) = (catalog.region, catalog.account_id);
    format!(
        "https://sc-{account}-{region}.s3.{region}.amazonaws.com/{}/{}",
        artifact.id, artifact.template_name
    )
}
