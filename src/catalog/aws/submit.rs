//! The requests that change the cloud, each sent once under its own token. Always by id: a name may meanwhile be
//! another product's.

use aws_sdk_servicecatalog::types::{
    ProvisionedProductPlanType, ProvisioningParameter, RecordDetail, Tag, UpdateProvisioningParameter,
};

use super::batch::Link;
use super::convert;
use super::errors::{here, missing};
use crate::{
    CatalogError, CatalogErrorKind, OpenedPreview, Operation, Payload, PreviewRequest, Progress, Record,
    Request, Sent, StackImport,
};
use provisor_model::ids::ProvisionedId;
use provisor_model::product::Language;
use provisor_model::target::Target;
use provisor_model::time::Timestamp;

/// Sends one request, unless the server's clock is past its `sign_by`.
pub(super) async fn send(link: &Link, request: &Request) -> Result<Record, CatalogError> {
    let (detail, asked) = match &request.operation {
        Operation::Provision { payload } => provision(link, request, payload).await?,
        Operation::Update { id, payload } => update(link, request, id, payload).await?,
        Operation::Terminate { id, retain } => terminate(link, request, id, *retain).await?,
    };
    accepted(detail, asked)
}

/// The answer to a repeated token may name a record that is already over: its outputs come with `records`.
fn accepted(detail: Option<RecordDetail>, asked: Timestamp) -> Result<Record, CatalogError> {
    let mut record = convert::record(detail, asked)?;
    if matches!(record.progress, Progress::Succeeded(_)) {
        record.progress = Progress::Running;
    }
    Ok(record)
}

/// `ImportAsProvisionedProduct`
pub(super) async fn import(link: &Link, of: &StackImport) -> Result<Record, CatalogError> {
    let Target { name, product, artifact, options, .. } = &of.target;
    let call = link.clients.writer.import_as_provisioned_product();
    let call = call.idempotency_token(of.token.as_str()).accept_language(options.language.as_str());
    let call = call.product_id(product.id.as_str()).provisioning_artifact_id(artifact.id.as_str());
    let call = call.provisioned_product_name(name).physical_id(&of.stack);
    let (answer, asked) =
        link.tell(of.sign_by, async |listener| call.customize().interceptor(listener).send().await).await?;
    accepted(answer.record_detail, asked)
}

type Submitted = Result<(Option<RecordDetail>, Timestamp), CatalogError>;

async fn provision(link: &Link, request: &Request, payload: &Payload) -> Submitted {
    let Target { name, product, artifact, path, options } = &payload.target;
    let call = link.clients.writer.provision_product();
    let call = call.provision_token(request.token.as_str()).accept_language(options.language.as_str());
    let call = call.provisioned_product_name(name).product_id(product.id.as_str());
    let call = call.provisioning_artifact_id(artifact.id.as_str()).path_id(path.id.as_str());
    let call = call
        .set_provisioning_parameters(some(parameters(payload)))
        .set_provisioning_preferences(options.preferences.as_ref().map(convert::preferences).transpose()?)
        .set_tags(tags(payload)?.and_then(some))
        .set_notification_arns(some(options.notification_arns.clone()));
    let (answer, asked) = link
        .tell(request.sign_by, async |listener| call.customize().interceptor(listener).send().await)
        .await?;
    Ok((answer.record_detail, asked))
}

async fn update(link: &Link, request: &Request, id: &ProvisionedId, payload: &Payload) -> Submitted {
    let Target { product, artifact, path, options, .. } = &payload.target;
    let call = link.clients.writer.update_provisioned_product().provisioned_product_id(id.as_str());
    let call = call.update_token(request.token.as_str()).accept_language(options.language.as_str());
    let call = call.product_id(product.id.as_str()).path_id(path.id.as_str());
    let call = call.provisioning_artifact_id(artifact.id.as_str());
    let call = call
        .set_provisioning_parameters(some(update_parameters(payload)))
        .set_provisioning_preferences(
            options
                .preferences
                .as_ref()
                .map(|preferences| convert::update_preferences(preferences, payload.stack_set))
                .transpose()?,
        )
        .set_tags(tags(payload)?);
    let (answer, asked) = link
        .tell(request.sign_by, async |listener| call.customize().interceptor(listener).send().await)
        .await?;
    Ok((answer.record_detail, asked))
}

async fn terminate(link: &Link, request: &Request, id: &ProvisionedId, retain: bool) -> Submitted {
    let call = link.clients.writer.terminate_provisioned_product().provisioned_product_id(id.as_str());
    let call = call.terminate_token(request.token.as_str()).accept_language(Language::default().as_str());
    let call = call.set_retain_physical_resources(retain.then_some(true));
    let (answer, asked) = link
        .tell(request.sign_by, async |listener| call.customize().interceptor(listener).send().await)
        .await?;
    Ok((answer.record_detail, asked))
}

/// `CreateProvisionedProductPlan`, unless the server's clock is past its `sign_by`.
pub(super) async fn plan(link: &Link, request: &PreviewRequest) -> Result<OpenedPreview, CatalogError> {
    let Target { name, product, artifact, path, options } = &request.payload.target;
    let call = link.clients.writer.create_provisioned_product_plan().plan_name(&request.name);
    let call = call.plan_type(ProvisionedProductPlanType::Cloudformation);
    let call = call.idempotency_token(request.token.as_str()).accept_language(options.language.as_str());
    let call = call.provisioned_product_name(name).product_id(product.id.as_str());
    let call = call.provisioning_artifact_id(artifact.id.as_str()).path_id(path.id.as_str());
    let mut parameters = update_parameters(&request.payload);
    if request.creates {
        // what is new has no previous value: such a parameter takes the template's default
        parameters.retain(|parameter| parameter.value.is_some());
    }
    let arns = if request.creates { some(options.notification_arns.clone()) } else { None };
    let call = call
        .set_provisioning_parameters(some(parameters))
        .set_tags(tags(&request.payload)?)
        .set_notification_arns(arns);
    let (answer, _) = link
        .tell(request.sign_by, async |listener| call.customize().interceptor(listener).send().await)
        .await?;
    let plan = answer.plan_id.ok_or_else(|| missing("PlanId"))?;
    Ok(OpenedPreview { plan, provisioned: answer.provision_product_id.map(ProvisionedId::from) })
}

/// An empty list is left out.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn value(sent: &Sent) -> Option<&str> {
    match sent {
        Sent::Value(text) => Some(text),
        Sent::Secret(secret) => Some(secret.expose()),
        Sent::Previous => None,
    }
}

/// What is new has no previous value: such a parameter takes the template's default.
fn parameters(payload: &Payload) -> Vec<ProvisioningParameter> {
    let sent = payload.parameters.iter().filter_map(|(key, sent)| Some((key, value(sent)?)));
    sent.map(|(key, value)| ProvisioningParameter::builder().key(key).value(value).build()).collect()
}

/// Never both: with a value, `UsePreviousValue` fails the record.
fn update_parameters(payload: &Payload) -> Vec<UpdateProvisioningParameter> {
    let one = |(key, sent): (&String, &Sent)| {
        let parameter = UpdateProvisioningParameter::builder().key(key);
        match value(sent) {
            Some(value) => parameter.value(value).build(),
            None => parameter.use_previous_value(true).build(),
        }
    };
    payload.parameters.iter().map(one).collect()
}

fn tags(payload: &Payload) -> Result<Option<Vec<Tag>>, CatalogError> {
    let one =
        |(key, value): (&String, &String)| {
            Tag::builder().key(key).value(value).build().map_err(|error| {
                here(CatalogErrorKind::Refused, format!("tag `{key}` cannot be sent: {error}"))
            })
        };
    payload.tags.as_ref().map(|tags| tags.iter().map(one).collect()).transpose()
}
