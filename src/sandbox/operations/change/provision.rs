//! ProvisionProduct.

use crate::operations::change::deployment::{Deployment, Submission, physical_id};
use serde::Deserialize;

use crate::operations::change::account_factory;
use crate::operations::change::execution::{ExecutionEnd, Input, execution};
use crate::operations::change::parameters::{Given, Previous};
use crate::operations::change::record::{NewRecord, begin};
use crate::operations::change::stack_sets::{self, Preferences};
use crate::operations::follow::provisioned::record_detail;
use crate::operations::resolve::{self, NameOrId};
use crate::operations::session::Session;
use crate::operations::tags::{self, Tag, Tags};
use crate::partition::partition;
use crate::wire::{Fault, RecordAnswer};
use crate::world::{ProvisionedProduct, Record, State, Status};
use crate::world_file::Knobs;
use crate::world_file::OperationName;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ProvisionProduct {
    product_id: Option<String>,
    product_name: Option<String>,
    provisioning_artifact_id: Option<String>,
    provisioning_artifact_name: Option<String>,
    path_id: Option<String>,
    path_name: Option<String>,
    provisioned_product_name: String,
    provisioning_parameters: Vec<Given>,
    provisioning_preferences: Option<Preferences>,
    tags: Vec<Tag>,
    notification_arns: Vec<String>,
    provision_token: String,
}

/// The longest way in: everything that can be refused at once is refused here, the rest fails with its record.
pub(crate) fn provision_product(
    session: &mut Session<'_>,
    request: ProvisionProduct,
) -> Result<RecordAnswer, Fault> {
    if let Some(record) = session.replay("ProvisionProduct", &request.provision_token)? {
        session.note(&record);
        return Ok(RecordAnswer { record_detail: record_detail(&record, session.now) });
    }
    let catalog = session.catalog;
    let product = resolve::product(catalog, NameOrId::new(&request.product_id, &request.product_name))?;
    settle_lags(session, &product.id)?;
    let path = resolve::path(catalog, product, NameOrId::new(&request.path_id, &request.path_name))?;
    let wanted = NameOrId::new(&request.provisioning_artifact_id, &request.provisioning_artifact_name);
    let artifact = resolve::artifact(catalog, product, wanted)?;
    resolve::launchable(catalog, artifact, product)?;
    launch_role_lag(session, path.constraints.launch_role.as_deref())?;
    name_is_free(session, &request.provisioned_product_name)?;
    let instances = stack_sets::launched(path, request.provisioning_preferences.as_ref())?;
    let user_tags = tags::launched(session, path, product, &request.tags)?;
    let provisioned_id = session.fresh_id("pp-", &request.provision_token);
    let kind = product.provisioned_kind(path);
    let deployment = Deployment {
        product,
        artifact,
        path,
        physical_id: physical_id(catalog, kind, &provisioned_id),
        provisioned_id,
        provisioned_name: request.provisioned_product_name,
        kind: kind.to_owned(),
        notification_arns: request.notification_arns,
    };
    let submission = Submission {
        operation: "ProvisionProduct",
        token: request.provision_token,
        tags: user_tags,
        instances,
    };
    let input = Input::Given(&request.provisioning_parameters, Previous::none());
    let record = start_provisioning(session, &deployment, input, submission);
    Ok(RecordAnswer { record_detail: record_detail(&record, session.now) })
}

fn settle_lags(session: &mut Session<'_>, product_id: &str) -> Result<(), Fault> {
    if session.lags.path > 0 {
        session.lags.path -= 1;
        return Err(resolve::no_paths(product_id));
    }
    Ok(())
}

/// A launch role that was made a moment ago is not known everywhere yet.
pub(crate) fn launch_role_lag(session: &mut Session<'_>, role: Option<&str>) -> Result<(), Fault> {
    let Some(role) = role.filter(|_| session.lags.launch_role > 0) else {
        return Ok(());
    };
    session.lags.launch_role -= 1;
    Err(Fault::invalid(format!("Launch role {role} profile does not exist")))
}

pub(crate) fn name_is_free(session: &Session<'_>, name: &str) -> Result<(), Fault> {
    let taken = session.world.provisioned_named(name).is_some() || lingers(session, name);
    if taken { Err(Fault::invalid(format!("A stack named {name} already exists."))) } else { Ok(()) }
}

/// Whether something of this name was terminated a moment ago.
fn lingers(session: &Session<'_>, name: &str) -> bool {
    let lag = session.knobs().terminated_name_lag.0;
    let ended = |record: &Record| record.timeline.ends.is_some_and(|ends| session.now < ends + lag);
    let terminated = |record: &&Record| record.kind == "TERMINATE_PROVISIONED_PRODUCT" && ended(record);
    lag > 0 && session.world.records().iter().filter(terminated).any(|record| record.provisioned_name == name)
}

/// Starts a provisioning and puts it into the world.
pub(crate) fn start_provisioning(
    session: &mut Session<'_>,
    deployment: &Deployment<'_>,
    input: Input<'_>,
    submission: Submission,
) -> Record {
    let execution = execution(session, deployment, OperationName::Provision, input);
    let execution = account_factory::limited(session, deployment, execution);
    let record_id = session.fresh_id("rec-", &submission.token);
    let mut product = created(session, deployment, &submission, &record_id);
    // a plan has made it already, and what it said then stays true
    if let Some(reserved) = session.world.provisioned(&product.id) {
        product.created = reserved.created;
        product.token.clone_from(&reserved.token);
    }
    let mut tags = submission.tags.clone();
    tags.extend(tags::automatic(session.catalog, deployment.path, &product));
    product.state.tags.clone_from(&tags);
    product.state.physical_id = match execution.end {
        ExecutionEnd::Failed { created: false, .. } => None,
        _ => deployment.physical_id.clone(),
    };
    product.state.parameters.clone_from(&execution.values.values);
    product.state.secrets.clone_from(&execution.values.secrets);
    let failed = |created: bool| failed_creation(&deployment.kind, created, session.knobs());
    let after = execution.after(failed, submission.instances);
    let new_record = NewRecord {
        operation: submission.operation,
        kind: "PROVISION_PRODUCT",
        token: submission.token,
        tags,
        timeline: execution.timeline,
        end: execution.end.record_end(session.knobs()),
    };
    begin(session, product, Some(after), new_record)
}

fn created(
    session: &Session<'_>,
    deployment: &Deployment<'_>,
    submission: &Submission,
    record_id: &str,
) -> ProvisionedProduct {
    let (region, account) = (session.catalog.region, session.catalog.account_id);
    let (name, id) = (&deployment.provisioned_name, &deployment.provisioned_id);
    ProvisionedProduct {
        arn: format!("arn:{}:servicecatalog:{region}:{account}:stack/{name}/{id}", partition(region)),
        id: id.clone(),
        name: name.clone(),
        kind: deployment.kind.clone(),
        // the service makes the provisioned product a moment before its record
        created: session.now - 4,
        token: submission.token.clone(),
        user_arn: session.caller.user_arn.clone(),
        notification_arns: deployment.notification_arns.clone(),
        settled_tags: deployment.path.constraints.tag_update != Some(true),
        state: State {
            status: Status::UnderChange,
            status_message: None,
            product_id: deployment.product.id.clone(),
            artifact_id: deployment.artifact.id.clone(),
            path_id: deployment.path.portfolio.path_id.clone(),
            launch_role: deployment.path.constraints.launch_role.clone(),
            tags: Tags::new(),
            physical_id: None,
            parameters: Tags::new(),
            secrets: Vec::new(),
            running_product_id: deployment.product.id.clone(),
            running_artifact_id: deployment.artifact.id.clone(),
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

/// A failed creation is an error for CloudFormation; Terraform engines that left something behind, and Account
/// Factory, leave it tainted.
pub(crate) fn failed_creation(kind: &str, created: bool, knobs: &Knobs) -> Status {
    match kind {
        "CFN_STACK" | "CFN_STACKSET" => Status::Error,
        "CONTROL_TOWER_ACCOUNT" if knobs.failed_account_is_error => Status::Error,
        "CONTROL_TOWER_ACCOUNT" => Status::Tainted,
        _ if created => Status::Tainted,
        _ => Status::Error,
    }
}
