//! Reads of the catalog as an end user sees it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalog::{Artifact, Constraints, LaunchPath, Product};
use crate::operations::resolve::{self, NameOrId};
use crate::operations::session::Session;
use crate::template::{Parameter, Template};
use crate::wire::{
    ArtifactOutput, ArtifactParameter, ArtifactPreferences, ConstraintSummary, DescribeProductAnswer,
    DescribeProductViewAnswer, Fault, KeyValue, LaunchPathSummary, LaunchPathsAnswer, Moment,
    ParameterConstraints, PathShape, ProductViewSummary, ProvisioningArtifact, ProvisioningParametersAnswer,
    TagOptionSummary, UsageInstruction, page,
};
use crate::world_file::{Guidance, Knobs};

/// The request of DescribeProvisioningParameters.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct DescribeProvisioningParameters {
    product_id: Option<String>,
    product_name: Option<String>,
    provisioning_artifact_id: Option<String>,
    provisioning_artifact_name: Option<String>,
    path_id: Option<String>,
    path_name: Option<String>,
}

pub(crate) fn describe_provisioning_parameters(
    session: &mut Session<'_>,
    request: DescribeProvisioningParameters,
) -> Result<ProvisioningParametersAnswer, Fault> {
    let catalog = session.catalog;
    let product = resolve::product(catalog, NameOrId::new(&request.product_id, &request.product_name))?;
    let path = resolve::path(catalog, product, NameOrId::new(&request.path_id, &request.path_name))?;
    let wanted = NameOrId::new(&request.provisioning_artifact_id, &request.provisioning_artifact_name);
    let artifact = resolve::artifact(catalog, product, wanted)?;
    session.notes.product_id = Some(product.id.clone());
    session.notes.artifact_id = Some(artifact.id.clone());
    if artifact.broken {
        return Err(Fault::invalid("the template of this version is none"));
    }
    let (template, knobs) = (&artifact.template, session.knobs());
    let is_of_engine =
        matches!(product.provisioned_kind(path), kind if kind.starts_with("TERRAFORM") || kind == "EXTERNAL");
    if knobs.engine_needs_launch_role && is_of_engine && path.constraints.launch_role.is_none() {
        return Err(Fault::invalid(NO_LAUNCH_ROLE));
    }
    Ok(ProvisioningParametersAnswer {
        provisioning_artifact_parameters: parameters(template, knobs),
        constraint_summaries: constraint_summaries(path.constraints),
        usage_instructions: instructions(template, path.constraints),
        tag_options: tag_options(path, product),
        provisioning_artifact_preferences: preferences(path.constraints),
        provisioning_artifact_outputs: vec![ArtifactOutput {
            key: artifact.id.clone(),
            description: Some(artifact.description.clone().unwrap_or_default()),
        }],
        provisioning_artifact_output_keys: output_keys(template),
    })
}

/// What the service says of a product of another engine that has no launch constraint.
const NO_LAUNCH_ROLE: &str =
    "Error occurred during parameter parsing: LaunchRoleArn is required and must be non empty";

pub(crate) fn parameters(template: &Template, knobs: &Knobs) -> Vec<ArtifactParameter> {
    let shape = |parameter: &Parameter| ArtifactParameter {
        parameter_key: parameter.key.clone(),
        default_value: parameter.default.clone(),
        parameter_type: parameter.kind.clone(),
        is_no_echo: parameter.no_echo,
        description: parameter.description.clone(),
        parameter_constraints: (!knobs.no_empty_constraints || is_constrained(parameter))
            .then(|| parameter_constraints(parameter)),
    };
    template.parameters().iter().map(shape).collect()
}

fn is_constrained(parameter: &Parameter) -> bool {
    let Parameter { allowed_values, allowed_pattern, constraint_description, .. } = parameter;
    let bounds = [&parameter.max_length, &parameter.min_length, &parameter.max_value, &parameter.min_value];
    let texts = [allowed_pattern, constraint_description];
    !allowed_values.is_empty() || bounds.into_iter().chain(texts).any(Option::is_some)
}

fn parameter_constraints(parameter: &Parameter) -> ParameterConstraints {
    ParameterConstraints {
        allowed_values: parameter.allowed_values.clone(),
        allowed_pattern: parameter.allowed_pattern.clone(),
        constraint_description: parameter.constraint_description.clone(),
        max_length: parameter.max_length.clone(),
        min_length: parameter.min_length.clone(),
        max_value: parameter.max_value.clone(),
        min_value: parameter.min_value.clone(),
    }
}

fn constraint_summaries(constraints: &Constraints) -> Vec<ConstraintSummary> {
    constraints.kinds().into_iter().map(|kind| ConstraintSummary { kind, description: None }).collect()
}

fn instructions(template: &Template, constraints: &Constraints) -> Vec<UsageInstruction> {
    let update = if constraints.tag_update == Some(true) { "ALLOWED" } else { "NOT_ALLOWED" };
    let mut all = vec![
        UsageInstruction { kind: "rules", value: template.rules_json() },
        UsageInstruction { kind: "version", value: "2010-09-09".to_owned() },
    ];
    let capabilities = template.capabilities();
    // macros alone have no resource to blame
    let reason = (!capabilities.kinds.is_empty()).then(|| capabilities.reason());
    let told = [
        ("capabilitiesReason", reason),
        ("description", template.description().map(str::to_owned)),
        ("metadata", template.metadata_json().map(str::to_owned)),
        ("capability", (!capabilities.is_empty()).then(|| capabilities.names.join(","))),
    ];
    all.extend(told.into_iter().filter_map(|(kind, value)| Some(UsageInstruction { kind, value: value? })));
    if let Some(role) = &constraints.launch_role {
        all.push(UsageInstruction { kind: "launchAsRole", value: role.clone() });
    }
    all.push(UsageInstruction { kind: "tagUpdateOnProvisionedProduct", value: update.to_owned() });
    all
}

fn tag_options(path: LaunchPath<'_>, product: &Product) -> Vec<TagOptionSummary> {
    let rules = path.tag_rules(product).into_iter();
    rules.map(|rule| TagOptionSummary { key: rule.key, values: rule.values }).collect()
}

fn preferences(constraints: &Constraints) -> ArtifactPreferences {
    let set = constraints.stack_set.as_ref();
    ArtifactPreferences {
        stack_set_accounts: set.map(|set| set.accounts.clone()),
        stack_set_regions: set.map(|set| set.regions.clone()),
    }
}

/// At most 60, and only keys that the shape allows.
fn output_keys(template: &Template) -> Vec<ArtifactOutput> {
    let keys = template.output_keys().into_iter().take(60);
    keys.map(|output| ArtifactOutput { key: output.key, description: output.description }).collect()
}

/// The request of DescribeProduct.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct DescribeProduct {
    id: Option<String>,
    name: Option<String>,
}

pub(crate) fn describe_product(
    session: &mut Session<'_>,
    request: DescribeProduct,
) -> Result<DescribeProductAnswer, Fault> {
    let catalog = session.catalog;
    let product = match (&request.id, &request.name) {
        (Some(id), None) => catalog.offered(id).ok_or_else(|| resolve::no_product(id))?,
        (id, name) => resolve::product(catalog, NameOrId::new(id, name))?,
    };
    session.notes.product_id = Some(product.id.clone());
    let path = |path: LaunchPath<'_>| PathShape {
        id: path.portfolio.path_id.clone(),
        name: path.portfolio.name.clone(),
    };
    Ok(DescribeProductAnswer {
        product_view_summary: view_summary(product),
        provisioning_artifacts: active_artifacts(product),
        budgets: Vec::new(),
        launch_paths: catalog.paths(product).map(path).collect(),
    })
}

pub(crate) fn view_summary(product: &Product) -> ProductViewSummary {
    ProductViewSummary {
        id: product.view_id.clone(),
        product_id: product.id.clone(),
        name: product.name.clone(),
        owner: product.owner.clone(),
        short_description: product.description.clone(),
        kind: product.kind.clone(),
        distributor: product.distributor.clone(),
        has_default_path: false,
        support_email: product.support_email.clone(),
        support_description: product.support_description.clone(),
        support_url: product.support_url.clone(),
    }
}

pub(crate) fn guidance(guidance: Guidance) -> &'static str {
    match guidance {
        Guidance::Default => "DEFAULT",
        Guidance::Deprecated => "DEPRECATED",
    }
}

fn active_artifacts(product: &Product) -> Vec<ProvisioningArtifact> {
    product.versions.iter().filter(|artifact| artifact.active).map(artifact_shape).collect()
}

pub(crate) fn artifact_shape(artifact: &Artifact) -> ProvisioningArtifact {
    ProvisioningArtifact {
        id: artifact.id.clone(),
        name: artifact.name.clone(),
        description: artifact.description.clone(),
        created_time: Moment(artifact.created),
        guidance: guidance(artifact.guidance),
    }
}

/// A request of nothing but an id.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ById {
    pub id: String,
}

pub(crate) fn describe_product_view(
    session: &mut Session<'_>,
    request: ById,
) -> Result<DescribeProductViewAnswer, Fault> {
    let found = session.catalog.viewed(&request.id);
    let product = found.ok_or_else(|| Fault::not_found(format!("Product view {} not found.", request.id)))?;
    Ok(DescribeProductViewAnswer {
        product_view_summary: view_summary(product),
        provisioning_artifacts: active_artifacts(product),
    })
}

/// The request of ListLaunchPaths.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListLaunchPaths {
    product_id: String,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn list_launch_paths(
    session: &mut Session<'_>,
    request: ListLaunchPaths,
) -> Result<LaunchPathsAnswer, Fault> {
    let catalog = session.catalog;
    let id = &request.product_id;
    let product = catalog.product(id).ok_or_else(|| resolve::no_product(id))?;
    let paths: Vec<LaunchPath<'_>> = catalog.paths(product).collect();
    if paths.is_empty() {
        return Err(resolve::no_paths(id));
    }
    let page = page(&paths, request.page_size, request.page_token.as_deref(), 20, id)?;
    Ok(LaunchPathsAnswer {
        launch_path_summaries: page.items.iter().map(path_summary).collect(),
        next_page_token: page.next,
    })
}

fn path_summary(path: &LaunchPath<'_>) -> LaunchPathSummary {
    LaunchPathSummary {
        id: path.portfolio.path_id.clone(),
        constraint_summaries: constraint_summaries(path.constraints),
        tags: tag_pairs(&path.portfolio.tags),
        name: path.portfolio.name.clone(),
    }
}

pub(crate) fn tag_pairs(tags: &BTreeMap<String, String>) -> Vec<KeyValue> {
    tags.iter().map(|(key, value)| KeyValue { key: key.clone(), value: value.clone() }).collect()
}
