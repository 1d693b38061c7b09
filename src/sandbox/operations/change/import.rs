//! ImportAsProvisionedProduct: a stack that exists becomes a provisioned product. The stacks that exist are
//! those that terminated provisioned products left behind.

use crate::operations::change::deployment::stack_arn;
use serde::Deserialize;

use crate::operations::change::execution::steady;
use crate::operations::change::provision::name_is_free;
use crate::operations::change::record::{NewRecord, begin};
use crate::operations::follow::provisioned::record_detail;
use crate::operations::resolve::{self, NameOrId};
use crate::operations::session::Session;
use crate::operations::tags;
use crate::partition::partition;
use crate::wire::{Fault, RecordAnswer};
use crate::world::{After, Deployed, Entry, ProvisionedProduct, RecordEnd, RetainedStack, State, Status};

/// How long an import takes, in virtual milliseconds.
const SPAN: i64 = 20_000;
const OPERATION: &str = "ImportAsProvisionedProduct";

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Import {
    product_id: String,
    provisioning_artifact_id: String,
    provisioned_product_name: String,
    physical_id: String,
    idempotency_token: String,
}

pub(crate) fn import_as_provisioned_product(
    session: &mut Session<'_>,
    request: Import,
) -> Result<RecordAnswer, Fault> {
    if let Some(record) = session.replay(OPERATION, &request.idempotency_token)? {
        return Ok(RecordAnswer { record_detail: record_detail(&record, session.now) });
    }
    let catalog = session.catalog;
    let product = resolve::product(catalog, NameOrId::id(&request.product_id))?;
    let path = catalog.paths(product).next().ok_or_else(|| resolve::no_paths(&product.id))?;
    let artifact = resolve::artifact(catalog, product, NameOrId::id(&request.provisioning_artifact_id))?;
    name_is_free(session, &request.provisioned_product_name)?;
    one_at_a_time(session)?;
    let stack = stack(session, &request.physical_id)?;
    if stack.artifact_id != artifact.id {
        return Err(Fault::invalid(format!("The template of {} does not match {}", stack.id, artifact.id)));
    }
    let record_id = session.fresh_id("rec-", &request.idempotency_token);
    let mut product = imported(session, &request, &stack, &record_id);
    product.state.path_id.clone_from(&path.portfolio.path_id);
    product.state.tags.extend(tags::automatic(catalog, path, &product));
    let deployed = Deployed {
        parameters: stack.parameters.clone(),
        secrets: stack.secrets.clone(),
        instances: Vec::new(),
        imports: Vec::new(),
    };
    let after = After { status: Status::Available, status_message: None, deployed: Some(deployed) };
    let timeline = steady(session.now, SPAN);
    let mut outputs = stack.outputs.clone();
    outputs.push(stack_arn(stack.id.clone()));
    let new_record = NewRecord {
        operation: OPERATION,
        kind: "IMPORT_PROVISIONED_PRODUCT",
        token: request.idempotency_token,
        tags: product.state.tags.clone(),
        timeline,
        end: RecordEnd::Succeeded { outputs },
    };
    session.world.put(Entry::StackGone(stack.id));
    let record = begin(session, product, Some(after), new_record);
    Ok(RecordAnswer { record_detail: record_detail(&record, session.now) })
}

fn one_at_a_time(session: &Session<'_>) -> Result<(), Fault> {
    let mut last = session.world.records().iter().rev().take_while(|record| !record.is_over(session.now));
    match last.find(|record| record.operation == OPERATION) {
        None => Ok(()),
        Some(record) => {
            let message = format!("Another import is in progress: {}", record.id);
            Err(Fault::new(400, "InvalidStateException", message))
        }
    }
}

fn stack(session: &Session<'_>, physical_id: &str) -> Result<RetainedStack, Fault> {
    let managed = |product: &ProvisionedProduct| product.state.physical_id.as_deref() == Some(physical_id);
    if session.world.all_provisioned().any(managed) {
        return Err(Fault::invalid(format!("Stack {physical_id} belongs to a provisioned product already")));
    }
    let found = session.world.stacks().find(|stack| stack.id == physical_id && stack.from <= session.now);
    found.cloned().ok_or_else(|| Fault::not_found(format!("Stack with id {physical_id} does not exist")))
}

fn imported(
    session: &Session<'_>,
    request: &Import,
    stack: &RetainedStack,
    record_id: &str,
) -> ProvisionedProduct {
    let (region, account) = (session.catalog.region, session.catalog.account_id);
    let (name, id) = (&request.provisioned_product_name, session.fresh_id("pp-", &request.idempotency_token));
    ProvisionedProduct {
        arn: format!("arn:{}:servicecatalog:{region}:{account}:stack/{name}/{id}", partition(region)),
        id,
        name: name.clone(),
        kind: "CFN_STACK".to_owned(),
        created: session.now,
        token: request.idempotency_token.clone(),
        user_arn: session.caller.user_arn.clone(),
        notification_arns: Vec::new(),
        settled_tags: false,
        state: State {
            status: Status::UnderChange,
            status_message: None,
            product_id: request.product_id.clone(),
            artifact_id: request.provisioning_artifact_id.clone(),
            path_id: String::new(),
            launch_role: None,
            tags: stack
                .tags
                .iter()
                .filter(|(key, _)| !key.starts_with("aws:"))
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect(),
            physical_id: Some(stack.id.clone()),
            parameters: stack.parameters.clone(),
            secrets: stack.secrets.clone(),
            running_product_id: request.product_id.clone(),
            running_artifact_id: request.provisioning_artifact_id.clone(),
            last_record: record_id.to_owned(),
            last_provisioning: record_id.to_owned(),
            last_successful: None,
            instances: Vec::new(),
            imports: Vec::new(),
            owner_arn: None,
        },
        pending: None,
    }
}
