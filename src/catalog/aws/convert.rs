//! From the SDK's types to the port's, and preferences the other way. Answers are taken apart, not copied; a member
//! that may be missing is, and one that must not be is named.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_servicecatalog::operation::describe_provisioning_parameters::DescribeProvisioningParametersOutput;
use aws_sdk_servicecatalog::types::{
    ParameterConstraints, ProductViewSummary, ProvisionedProductAttribute, ProvisionedProductDetail,
    ProvisionedProductStatus, ProvisioningArtifact, ProvisioningArtifactGuidance,
    ProvisioningArtifactParameter, ProvisioningArtifactPreferences, ProvisioningPreferences, RecordDetail,
    RecordError as SdkRecordError, RecordOutput, RecordStatus, RecordTag, StackSetOperationType,
    UpdateProvisioningPreferences,
};
use aws_smithy_types::DateTime;

use super::errors::{here, is_busy_record, missing, termination_advice};
use super::{interface, rules};
use crate::{
    Artifact, CatalogError, CatalogErrorKind, Existing, ExistingTag, LaunchPath, Offering, ParameterRule,
    Product, Progress, Record, RecordAuthor, RecordError, Seen, StackSet, Status,
};
use provisor_model::ids::{ArtifactId, PathId, ProductId, ProvisionedId, RecordId, Token};
use provisor_model::kinds::{ProductType, ProvisionedType, RecordKind};
use provisor_model::product::{Bound, Preferences, StackSetOperation};
use provisor_model::time::Timestamp;

/// The outputs of a record.
pub(super) type Outputs = BTreeMap<String, String>;

/// To the nearest millisecond: the wire's fractions do not survive as floating point.
pub(super) fn timestamp(time: &DateTime) -> Timestamp {
    let milliseconds = (i64::from(time.subsec_nanos()) + 500_000) / 1_000_000;
    Timestamp(time.secs().saturating_mul(1000).saturating_add(milliseconds))
}

fn time(time: Option<DateTime>) -> Timestamp {
    time.as_ref().map(timestamp).unwrap_or_default()
}

/// The two descriptions of a provisioned product have these members in common.
macro_rules! existing {
    (
        $found:ident,
        $asked:ident,
        user_arn: $user_arn:expr,
        tags: $tags:expr,
        physical_id: $physical_id:expr,
        artifact_name: $artifact_name:expr
    ) => {
        Existing {
            id: $found.id.map(ProvisionedId::from).ok_or_else(|| missing("Id"))?,
            name: $found.name.unwrap_or_default(),
            arn: $found.arn.unwrap_or_default(),
            seen: Seen::Read(ProvisionedType::parse(&$found.r#type.unwrap_or_default())),
            status: status($found.status),
            status_message: $found.status_message,
            token: $found.idempotency_token.map(Token::from),
            last_record: $found.last_record_id.map(RecordId::from),
            last_provisioning_record: $found.last_provisioning_record_id.map(RecordId::from),
            last_successful_record: $found.last_successful_provisioning_record_id.map(RecordId::from),
            product: $found.product_id.map(ProductId::from),
            artifact: $found.provisioning_artifact_id.map(ArtifactId::from),
            artifact_name: $artifact_name,
            tags: $tags,
            user_arn: $user_arn,
            physical_id: $physical_id,
            asked: $asked,
        }
    };
}

/// A provisioned product as `SearchProvisionedProducts` answers it.
pub(super) fn searched(
    found: ProvisionedProductAttribute,
    asked: Timestamp,
    texts: &mut SharedTexts,
) -> Result<Existing, CatalogError> {
    let tags = found.tags.unwrap_or_default().into_iter();
    let tags = tags.filter(|tag| !tag.key.starts_with("aws:"));
    let tags = tags.map(|tag| ExistingTag { key: texts.shared(tag.key), value: texts.shared(tag.value) });
    let tags = tags.collect();
    let version = found.provisioning_artifact_name.map(|name| texts.shared(name));
    Ok(existing!(
        found,
        asked,
        user_arn: found.user_arn,
        tags: Some(tags),
        physical_id: found.physical_id,
        artifact_name: version
    ))
}

/// SharedTexts that many answers have in common, each held once.
#[derive(Default)]
pub(super) struct SharedTexts(BTreeSet<Arc<str>>);

impl SharedTexts {
    fn shared(&mut self, text: String) -> Arc<str> {
        if let Some(known) = self.0.get(text.as_str()) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        self.0.insert(Arc::clone(&text));
        text
    }
}

/// From `DescribeProvisionedProduct`, which tells neither the user nor the tags, nor what the version is called.
pub(super) fn described(found: ProvisionedProductDetail, asked: Timestamp) -> Result<Existing, CatalogError> {
    Ok(existing!(found, asked, user_arn: None, tags: None, physical_id: None, artifact_name: None))
}

fn status(status: Option<ProvisionedProductStatus>) -> Status {
    match status {
        Some(ProvisionedProductStatus::Available) => Status::Available,
        Some(ProvisionedProductStatus::UnderChange) => Status::UnderChange,
        Some(ProvisionedProductStatus::Tainted) => Status::Tainted,
        Some(ProvisionedProductStatus::Error) => Status::Error,
        Some(ProvisionedProductStatus::PlanInProgress) => Status::PlanInProgress,
        Some(other) => Status::Unknown(other.as_str().to_owned()),
        None => Status::Unknown(String::new()),
    }
}

/// A record, without its outputs.
pub(super) fn record(detail: Option<RecordDetail>, asked: Timestamp) -> Result<Record, CatalogError> {
    let detail = detail.ok_or_else(|| missing("RecordDetail"))?;
    let provisioned = detail.provisioned_product_id.map(ProvisionedId::from);
    let made = ProvisionedType::parse(&detail.provisioned_product_type.unwrap_or_default());
    let kind = RecordKind::parse(&detail.record_type.unwrap_or_default());
    let mut progress = progress(detail.status.as_ref(), &made, detail.record_errors);
    if let (RecordKind::Terminate, Progress::Failed(errors)) = (&kind, &mut progress) {
        errors.iter_mut().for_each(|error| error.hint = termination_advice(&error.description));
    }
    Ok(Record {
        id: detail.record_id.map(RecordId::from).ok_or_else(|| missing("RecordId"))?,
        kind,
        provisioned: provisioned.ok_or_else(|| missing("ProvisionedProductId"))?,
        product: detail.product_id.map(ProductId::from),
        artifact: detail.provisioning_artifact_id.map(ArtifactId::from),
        path: detail.path_id.map(PathId::from),
        created: time(detail.created_time),
        updated: time(detail.updated_time.or(detail.created_time)),
        asked,
        progress,
        author: author(detail.launch_role_arn, detail.record_tags.unwrap_or_default()),
    })
}

/// The tag that names who provisioned the product; the service sets it, and an update leaves it.
const PRINCIPAL: &str = "aws:servicecatalog:provisioningPrincipalArn";

fn author(launch_role: Option<String>, tags: Vec<RecordTag>) -> Option<Box<RecordAuthor>> {
    let principal = tags.into_iter().find(|tag| tag.key.as_deref() == Some(PRINCIPAL));
    let author = RecordAuthor { launch_role, principal: principal.and_then(|tag| tag.value) };
    (author != RecordAuthor::default()).then(|| Box::new(author))
}

fn progress(
    status: Option<&RecordStatus>,
    made: &ProvisionedType,
    errors: Option<Vec<SdkRecordError>>,
) -> Progress {
    match status {
        Some(RecordStatus::Succeeded) => Progress::Succeeded(BTreeMap::new()),
        Some(RecordStatus::InProgressInError) => Progress::Unwinding,
        Some(RecordStatus::Failed) => {
            let one = |error: SdkRecordError| RecordError {
                // some records have the word for none
                code: error.code.filter(|code| code != "null").unwrap_or_default(),
                description: error.description.unwrap_or_default(),
                hint: None,
            };
            let errors: Vec<RecordError> = errors.unwrap_or_default().into_iter().map(one).collect();
            let is_account = *made == ProvisionedType::Account;
            if errors.iter().any(|error| is_busy_record(is_account, &error.description)) {
                Progress::PutOff(errors)
            } else {
                Progress::Failed(errors)
            }
        }
        _ => Progress::Running,
    }
}

/// One page of outputs.
pub(super) fn add_outputs(to: &mut Outputs, page: Option<Vec<RecordOutput>>) {
    let pairs = page.unwrap_or_default().into_iter();
    to.extend(pairs.filter_map(|output| Some((output.output_key?, output.output_value.unwrap_or_default()))));
}

/// A product of the catalogue; one without an id cannot be named.
pub(super) fn listed(view: ProductViewSummary) -> Option<(ProductId, String)> {
    Some((view.product_id?.into(), view.name.unwrap_or_default()))
}

/// A product, without its launch paths.
pub(super) fn product(
    view: ProductViewSummary,
    artifacts: Vec<ProvisioningArtifact>,
) -> Result<Product, CatalogError> {
    Ok(Product {
        id: view.product_id.map(ProductId::from).ok_or_else(|| missing("ProductId"))?,
        name: view.name.unwrap_or_default(),
        owner: view.owner.unwrap_or_default(),
        kind: ProductType::parse(view.r#type.as_ref().map_or("", |kind| kind.as_str())),
        artifacts: artifacts.into_iter().filter_map(artifact).collect(),
        paths: Vec::new(),
    })
}

fn artifact(artifact: ProvisioningArtifact) -> Option<Artifact> {
    Some(Artifact {
        id: artifact.id?.into(),
        name: artifact.name,
        created: time(artifact.created_time),
        deprecated: artifact.guidance == Some(ProvisioningArtifactGuidance::Deprecated),
    })
}

/// A launch path; one without an id cannot be used.
pub(super) fn path(id: Option<String>, name: Option<String>) -> Option<LaunchPath> {
    Some(LaunchPath { id: id?.into(), name: name.unwrap_or_default() })
}

/// What may be asked for.
pub(super) fn offering(answer: DescribeProvisioningParametersOutput) -> Offering {
    let parameters = answer.provisioning_artifact_parameters.unwrap_or_default();
    let tag_options = answer.tag_options.unwrap_or_default().into_iter();
    let keys = answer.provisioning_artifact_output_keys.unwrap_or_default();
    let instructions = answer.usage_instructions.unwrap_or_default();
    let told = |what: &str| {
        let mut all = instructions.iter();
        all.find(|one| one.r#type.as_deref() == Some(what)).and_then(|one| one.value.as_deref())
    };
    let parameters = parameters.into_iter().filter_map(parameter).collect();
    let presented = told("metadata").map(|text| interface::interface(text, &parameters));
    Offering {
        interface: Arc::new(presented.unwrap_or_default()),
        parameters,
        tag_options: tag_options.filter_map(|tag| Some((tag.key?, tag.values.unwrap_or_default()))).collect(),
        tag_update: told("tagUpdateOnProvisionedProduct") == Some("ALLOWED"),
        rules: Arc::new(told("rules").map(rules::rules).unwrap_or_default()),
        // an empty list may also mean that the service does not tell
        output_keys: (!keys.is_empty()).then(|| keys.into_iter().filter_map(|output| output.key).collect()),
        stack_set: answer.provisioning_artifact_preferences.and_then(stack_set),
    }
}

fn stack_set(preferences: ProvisioningArtifactPreferences) -> Option<StackSet> {
    let accounts = preferences.stack_set_accounts.unwrap_or_default();
    let regions = preferences.stack_set_regions.unwrap_or_default();
    (!accounts.is_empty() || !regions.is_empty()).then_some(StackSet { accounts, regions })
}

fn parameter(parameter: ProvisioningArtifactParameter) -> Option<(String, ParameterRule)> {
    let bounds = parameter.parameter_constraints.unwrap_or_else(|| ParameterConstraints::builder().build());
    let length = |text: Option<String>| text.and_then(|digits| digits.trim().parse().ok());
    let written = |text: Option<String>| text.filter(|text| !text.is_empty());
    let rule = ParameterRule {
        kind: parameter.parameter_type.unwrap_or_default(),
        default: parameter.default_value,
        no_echo: parameter.is_no_echo,
        description: parameter.description.unwrap_or_default(),
        allowed_values: bounds.allowed_values.unwrap_or_default(),
        allowed_pattern: written(bounds.allowed_pattern),
        constraint_description: written(bounds.constraint_description),
        min_length: length(bounds.min_length),
        max_length: length(bounds.max_length),
        min_value: written(bounds.min_value),
        max_value: written(bounds.max_value),
    };
    Some((parameter.parameter_key?, rule))
}

/// Splits a bound into the API's two members: count and percentage.
fn bound(bound: Option<Bound>) -> Result<(Option<i32>, Option<i32>), CatalogError> {
    let fits = |number: u32| {
        i32::try_from(number).map_err(|_| {
            here(CatalogErrorKind::Refused, format!("`{number}` is too great for a stack-set preference"))
        })
    };
    Ok(match bound {
        None => (None, None),
        Some(Bound::Count(count)) => (Some(fits(count)?), None),
        Some(Bound::Percentage(percentage)) => (None, Some(fits(percentage)?)),
    })
}

/// The two kinds of preferences have these six members in common; a list that is empty is left out.
macro_rules! preferences {
    ($builder:expr, $from:ident) => {{
        let some = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
        let (tolerance_count, tolerance_percentage) = bound($from.failure_tolerance)?;
        let (concurrency_count, concurrency_percentage) = bound($from.max_concurrency)?;
        $builder
            .set_stack_set_accounts(some(&$from.accounts))
            .set_stack_set_regions(some(&$from.regions))
            .set_stack_set_failure_tolerance_count(tolerance_count)
            .set_stack_set_failure_tolerance_percentage(tolerance_percentage)
            .set_stack_set_max_concurrency_count(concurrency_count)
            .set_stack_set_max_concurrency_percentage(concurrency_percentage)
    }};
}

/// The preferences as `ProvisionProduct` takes them.
pub(super) fn preferences(from: &Preferences) -> Result<ProvisioningPreferences, CatalogError> {
    Ok(preferences!(ProvisioningPreferences::builder(), from).build())
}

/// The preferences as `UpdateProvisionedProduct` takes them.
pub(super) fn update_preferences(
    from: &Preferences,
    operation: Option<StackSetOperation>,
) -> Result<UpdateProvisioningPreferences, CatalogError> {
    let operation = operation.map(|operation| StackSetOperationType::from(operation.as_str()));
    let builder = preferences!(UpdateProvisioningPreferences::builder(), from);
    Ok(builder.set_stack_set_operation_type(operation).build())
}
