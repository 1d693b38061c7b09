//! UpdateProvisionedProduct.

use serde::Deserialize;

use super::accept::{Course, Ending, Input, Order, course, physical_id, rejected};
use super::parameters::{Given, Previous};
use super::read::record_detail;
use super::records::{Deed, enter};
use super::resolve::{self, NameOrId};
use super::stack_sets::{self, Preferences};
use super::tags::{self, Tag, Tags};
use super::{Session, account_factory, provision};
use crate::catalogue::{Artifact, LaunchPath, Product};
use crate::script::OperationName;
use crate::wire::{Fault, RecordAnswer};
use crate::world::{Instance, Provisioned, Record, State, Status};

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct UpdateProvisionedProduct {
    provisioned_product_name: Option<String>,
    provisioned_product_id: Option<String>,
    product_id: Option<String>,
    product_name: Option<String>,
    provisioning_artifact_id: Option<String>,
    provisioning_artifact_name: Option<String>,
    path_id: Option<String>,
    path_name: Option<String>,
    provisioning_parameters: Vec<Given>,
    provisioning_preferences: Option<Preferences>,
    tags: Option<Vec<Tag>>,
    update_token: String,
}

pub(crate) fn update_provisioned_product(
    session: &mut Session<'_>,
    request: UpdateProvisionedProduct,
) -> Result<RecordAnswer, Fault> {
    let wanted = NameOrId::new(&request.provisioned_product_id, &request.provisioned_product_name);
    let members = ("ProvisionedProductId", "ProvisionedProductName");
    let current = resolve::provisioned(session, wanted, members, true)?.clone();
    if let Some(record) = replayed(session, &current, &request.update_token)? {
        return Ok(RecordAnswer { record_detail: record_detail(&record, session.now) });
    }
    may_update(session, &current)?;
    let (product, artifact, path) = target(session, &request, &current)?;
    provision::launch_role_lag(session, path.constraints.launch_role.as_deref())?;
    let user_tags = tags::updated(session, (path, product), &current.state.tags, request.tags.as_deref())?;
    let preferences = request.provisioning_preferences.as_ref();
    let instances = stack_sets::updated(path, preferences, &current.state.instances)?;
    let (product, artifact) = match stack_sets::keeps_template(preferences) {
        true => running(session, &current).unwrap_or((product, artifact)),
        false => (product, artifact),
    };
    let order = Order {
        product,
        artifact,
        path,
        provisioned_name: current.name.clone(),
        provisioned_id: current.id.clone(),
        kind: current.kind.clone(),
        notification_arns: current.notification_arns.clone(),
        physical_id: stack_of(session, &current),
    };
    let operation = "UpdateProvisionedProduct";
    let change = Change { operation, token: request.update_token, tags: user_tags, instances };
    let before = current.state.clone();
    let input = Input::Given(&request.provisioning_parameters, Previous::of(&before, &current.kind));
    let record = change_it(session, &order, (current, input), change);
    Ok(RecordAnswer { record_detail: record_detail(&record, session.now) })
}

/// A repeated token is the same update as long as that is the last thing that happened.
fn replayed(session: &mut Session<'_>, current: &Provisioned, token: &str) -> Result<Option<Record>, Fault> {
    let record = session.world.record_of_token("UpdateProvisionedProduct", token);
    let Some(record) = record.filter(|record| record.id == current.state.last_record).cloned() else {
        return Ok(None);
    };
    if record.digest != session.digest {
        return Err(Fault::invalid(format!("Idempotency token {token} was used with different parameters")));
    }
    session.note(&record);
    Ok(Some(record))
}

fn may_update(session: &Session<'_>, current: &Provisioned) -> Result<(), Fault> {
    let refuse = |why: &str| {
        let code = session.knobs().update_state_error.as_str();
        let status = current.state.status.as_str();
        let message = format!("Provisioned product {} in status {status} cannot be updated{why}", current.id);
        Err(Fault::new(400, code, message))
    };
    match current.state.status {
        Status::Available | Status::Tainted => Ok(()),
        Status::Error if current.kind.starts_with("CFN_") => refuse("; terminate it and provision it again"),
        Status::Error if current.kind == "EXTERNAL" && session.knobs().external_error_is_final => refuse(""),
        Status::Error => Ok(()),
        Status::UnderChange | Status::PlanInProgress => refuse(" until the change in progress is over"),
    }
}

type Target<'a> = (&'a Product, &'a Artifact, LaunchPath<'a>);

/// What the update leads to; what the request leaves out stays as it is.
fn target<'a>(
    session: &Session<'a>,
    request: &UpdateProvisionedProduct,
    current: &Provisioned,
) -> Result<Target<'a>, Fault> {
    let shop = session.shop;
    let product = match (&request.product_id, &request.product_name) {
        (None, None) => {
            let id = &current.state.product_id;
            shop.product(id).ok_or_else(|| resolve::no_product(id))?
        }
        (id, name) => resolve::product(shop, NameOrId::new(id, name))?,
    };
    let path = resolve::path(shop, product, NameOrId::new(&request.path_id, &request.path_name))?;
    let kept = current.state.artifact_id.clone();
    let artifact = match (&request.provisioning_artifact_id, &request.provisioning_artifact_name) {
        (None, None) => resolve::artifact(shop, product, NameOrId::id(&kept))?,
        (id, name) => resolve::artifact(shop, product, NameOrId::new(id, name))?,
    };
    if !artifact.active && artifact.id != kept {
        return Err(Fault::not_found(format!("Provisioning Artifact {} is not active", artifact.id)));
    }
    Ok((product, artifact, path))
}

fn running<'a>(session: &Session<'a>, current: &Provisioned) -> Option<(&'a Product, &'a Artifact)> {
    let product = session.shop.product(&current.state.running_product_id)?;
    Some((product, product.artifact(&current.state.running_artifact_id)?))
}

/// The stack behind it, also if the first attempt never made one.
pub(super) fn stack_of(session: &Session<'_>, current: &Provisioned) -> Option<String> {
    let derived = || physical_id(session.shop, &current.kind, &current.id);
    current.state.physical_id.clone().or_else(derived)
}

/// What an update brings.
pub(super) struct Change {
    pub operation: &'static str,
    pub token: String,
    pub tags: Tags,
    pub instances: Vec<Instance>,
}

/// Starts an update and puts it into the world.
pub(super) fn change_it(
    session: &mut Session<'_>,
    order: &Order<'_>,
    (current, input): (Provisioned, Input<'_>),
    change: Change,
) -> Record {
    let course = course(session, order, OperationName::Update, input);
    let course = account_factory::limited(session, order, course);
    let course = same_engine(session, order, course);
    let course = changing(session, order, (course, &current), &change);
    let record_id = session.fresh_id("rec-", &change.token);
    let attempted = State {
        status: Status::UnderChange,
        status_message: None,
        product_id: order.product.id.clone(),
        artifact_id: order.artifact.id.clone(),
        path_id: order.path.portfolio.path_id.clone(),
        launch_role: order.path.constraints.launch_role.clone(),
        tags: change.tags.clone(),
        last_record: record_id.clone(),
        last_provisioning: record_id.clone(),
        ..current.state.clone()
    };
    let after = course.after(|_| Status::Tainted, change.instances);
    let deed = Deed {
        operation: change.operation,
        kind: "UPDATE_PROVISIONED_PRODUCT",
        token: change.token,
        tags: change.tags,
        timeline: course.timeline,
        end: course.ending.record_end(session.knobs()),
    };
    let token = match session.knobs().updates_show_their_token {
        true => deed.token.clone(),
        false => current.token.clone(),
    };
    enter(session, Provisioned { state: attempted, token, ..current }, Some(after), deed)
}

/// An update that changes nothing succeeds, unless a knob says what CloudFormation would.
fn changing(
    session: &Session<'_>,
    order: &Order<'_>,
    (course, current): (Course, &Provisioned),
    change: &Change,
) -> Course {
    let state = &current.state;
    if matches!(course.ending, Ending::Failed { .. }) {
        return course;
    }
    let same = (&course.values.values, &change.tags, &change.instances)
        == (&state.parameters, &state.tags, &state.instances)
        && (&order.product.id, &order.artifact.id) == (&state.running_product_id, &state.running_artifact_id);
    match same && session.knobs().unchanged_update_fails {
        true => {
            rejected(session, &order.kind, order.product.durations.update, "No updates are to be performed.")
        }
        false => course,
    }
}

/// A provisioned product keeps its engine for life.
fn same_engine(session: &Session<'_>, order: &Order<'_>, course: Course) -> Course {
    let kind = order.product.provisioned_kind(order.path);
    if kind == order.kind {
        return course;
    }
    let text = format!("A provisioned product of type {} cannot be updated to type {kind}", order.kind);
    rejected(session, &order.kind, order.product.durations.update, &text)
}
