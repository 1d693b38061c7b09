//! ProvisionProduct.

use serde::Deserialize;

use super::accept::{Ending, Input, Order, course, physical_id};
use super::parameters::{Given, Previous};
use super::read::record_detail;
use super::records::{Deed, enter};
use super::resolve::{self, NameOrId};
use super::stack_sets::{self, Preferences};
use super::tags::{self, Tag, Tags};
use super::{Session, account_factory};
use crate::script::OperationName;
use crate::wire::{Fault, RecordAnswer};
use crate::world::{Instance, Provisioned, Record, State, Status};

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
    let shop = session.shop;
    let product = resolve::product(shop, NameOrId::new(&request.product_id, &request.product_name))?;
    settle_lags(session, &product.id)?;
    let path = resolve::path(shop, product, NameOrId::new(&request.path_id, &request.path_name))?;
    let wanted = NameOrId::new(&request.provisioning_artifact_id, &request.provisioning_artifact_name);
    let artifact = resolve::artifact(shop, product, wanted)?;
    resolve::launchable(shop, artifact, product)?;
    launch_role_lag(session, path.constraints.launch_role.as_deref())?;
    name_is_free(session, &request.provisioned_product_name)?;
    let instances = stack_sets::launched(path, request.provisioning_preferences.as_ref())?;
    let user_tags = tags::launched(session, path, product, &request.tags)?;
    let provisioned_id = session.fresh_id("pp-", &request.provision_token);
    let kind = product.provisioned_kind(path);
    let order = Order {
        product,
        artifact,
        path,
        physical_id: physical_id(shop, kind, &provisioned_id),
        provisioned_id,
        provisioned_name: request.provisioned_product_name,
        kind: kind.to_owned(),
        notification_arns: request.notification_arns,
    };
    let launch_it =
        Launch { operation: "ProvisionProduct", token: request.provision_token, user_tags, instances };
    let input = Input::Given(&request.provisioning_parameters, Previous::none());
    let record = launch(session, &order, input, launch_it);
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
pub(super) fn launch_role_lag(session: &mut Session<'_>, role: Option<&str>) -> Result<(), Fault> {
    let Some(role) = role.filter(|_| session.lags.launch_role > 0) else {
        return Ok(());
    };
    session.lags.launch_role -= 1;
    Err(Fault::invalid(format!("Launch role {role} profile does not exist")))
}

pub(super) fn name_is_free(session: &Session<'_>, name: &str) -> Result<(), Fault> {
    let taken = session.world.provisioned_named(name).is_some() || lingers(session, name);
    match taken {
        false => Ok(()),
        true => Err(Fault::invalid(format!("A stack named {name} already exists."))),
    }
}

/// Whether something of this name was terminated a moment ago.
fn lingers(session: &Session<'_>, name: &str) -> bool {
    let lag = session.knobs().terminated_name_lag.0;
    let ended = |record: &Record| record.timeline.ends.is_some_and(|ends| session.now < ends + lag);
    let terminated = |record: &&Record| record.kind == "TERMINATE_PROVISIONED_PRODUCT" && ended(record);
    lag > 0 && session.world.records().iter().filter(terminated).any(|record| record.provisioned_name == name)
}

/// What a launch needs beside its order.
pub(super) struct Launch {
    pub operation: &'static str,
    pub token: String,
    pub user_tags: Tags,
    pub instances: Vec<Instance>,
}

/// Starts a provisioning and puts it into the world.
pub(super) fn launch(
    session: &mut Session<'_>,
    order: &Order<'_>,
    input: Input<'_>,
    launch: Launch,
) -> Record {
    let course = course(session, order, OperationName::Provision, input);
    let course = account_factory::limited(session, order, course);
    let record_id = session.fresh_id("rec-", &launch.token);
    let mut product = newborn(session, order, &launch, &record_id);
    // a plan has made it already, and what it said then stays true
    if let Some(reserved) = session.world.provisioned(&product.id) {
        product.created = reserved.created;
        product.token.clone_from(&reserved.token);
    }
    let mut tags = launch.user_tags.clone();
    tags.extend(tags::automatic(session.shop, order.path, &product));
    product.state.tags.clone_from(&tags);
    product.state.physical_id = match course.ending {
        Ending::Failed { created: false, .. } => None,
        _ => order.physical_id.clone(),
    };
    product.state.parameters.clone_from(&course.values.values);
    product.state.secrets.clone_from(&course.values.secrets);
    let failed = |created: bool| failed_creation(&order.kind, created);
    let after = course.after(failed, launch.instances);
    let deed = Deed {
        operation: launch.operation,
        kind: "PROVISION_PRODUCT",
        token: launch.token,
        tags,
        timeline: course.timeline,
        end: course.ending.record_end(session.knobs()),
    };
    enter(session, product, Some(after), deed)
}

fn newborn(session: &Session<'_>, order: &Order<'_>, launch: &Launch, record_id: &str) -> Provisioned {
    let (region, account) = (session.shop.region, session.shop.account_id);
    let (name, id) = (&order.provisioned_name, &order.provisioned_id);
    Provisioned {
        arn: format!("arn:aws:servicecatalog:{region}:{account}:stack/{name}/{id}"),
        id: id.clone(),
        name: name.clone(),
        kind: order.kind.clone(),
        // the service makes the provisioned product a moment before its record
        created: session.now - 4,
        token: launch.token.clone(),
        user_arn: session.caller.user_arn.clone(),
        notification_arns: order.notification_arns.clone(),
        state: State {
            status: Status::UnderChange,
            status_message: None,
            product_id: order.product.id.clone(),
            artifact_id: order.artifact.id.clone(),
            path_id: order.path.portfolio.path_id.clone(),
            launch_role: order.path.constraints.launch_role.clone(),
            tags: Tags::new(),
            physical_id: None,
            parameters: Tags::new(),
            secrets: Vec::new(),
            running_product_id: order.product.id.clone(),
            running_artifact_id: order.artifact.id.clone(),
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
pub(super) fn failed_creation(kind: &str, created: bool) -> Status {
    match kind {
        "CFN_STACK" | "CFN_STACKSET" => Status::Error,
        "CONTROL_TOWER_ACCOUNT" => Status::Tainted,
        _ if created => Status::Tainted,
        _ => Status::Error,
    }
}
