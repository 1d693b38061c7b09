//! CreateProvisionedProductPlan: what would happen to each resource, worked out before anything happens.

use crate::operations::change::deployment::{name_of_stack, physical_id};
use serde::Deserialize;

use crate::catalog::{Artifact, LaunchPath, Product};
use crate::operations::session::Session;
use crate::partition::partition;

use crate::operations::change::parameters::{Given, Previous, Values, effective};
use crate::operations::resolve::{self, NameOrId};
use crate::operations::tags::{self, Tag, Tags};
use crate::template::{
    ChangeAction, ChangeDetail, EvaluationType, Place, Replacement, ResourceChange, Template,
};
use crate::wire::{CreatePlanAnswer, Fault};
use crate::world::{Entry, Plan, PlanDetail, PlannedChange, ProvisionedProduct, State, Status};

/// How long a change set takes to be made, in virtual milliseconds.
const SPAN: i64 = 5_000;
const UNCHANGED: &str =
    "The submitted information didn't contain changes. Submit different information to create a change set.";

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct CreatePlan {
    plan_name: String,
    notification_arns: Vec<String>,
    path_id: Option<String>,
    product_id: String,
    provisioned_product_name: String,
    provisioning_artifact_id: String,
    provisioning_parameters: Vec<Given>,
    idempotency_token: String,
    tags: Option<Vec<Tag>>,
}

pub(crate) fn create_plan(session: &mut Session<'_>, request: CreatePlan) -> Result<CreatePlanAnswer, Fault> {
    if let Some(plan) = earlier(session, &request)? {
        return Ok(answer(&plan));
    }
    let catalog = session.catalog;
    let product = resolve::product(catalog, NameOrId::id(&request.product_id))?;
    let path = resolve::path(catalog, product, NameOrId { id: request.path_id.as_deref(), name: None })?;
    let artifact = resolve::artifact(catalog, product, NameOrId::id(&request.provisioning_artifact_id))?;
    let kind = product.provisioned_kind(path);
    if !kind.starts_with("CFN_") {
        return Err(Fault::invalid(format!("Products of type {kind} cannot be planned")));
    }
    let current = session.world.provisioned_named(&request.provisioned_product_name).cloned();
    match &current {
        None => resolve::launchable(catalog, artifact, product)?,
        Some(current) => {
            session.may_reach(current.owner(), || resolve::no_provisioned(&current.name))?;
            may_plan(session, current)?;
        }
    }
    let target = Target { product, artifact, path, current };
    let user_tags = planned_tags(session, &target, request.tags.as_deref())?;
    let plan = plan(session, &target, request, user_tags);
    if target.current.is_none() {
        session.world.put(Entry::Provisioned(Box::new(reserved(session, &target, &plan))));
    }
    session.world.put(Entry::Plan(Box::new(plan.clone())));
    Ok(answer(&plan))
}

struct Target<'a> {
    product: &'a Product,
    artifact: &'a Artifact,
    path: LaunchPath<'a>,
    current: Option<ProvisionedProduct>,
}

fn answer(plan: &Plan) -> CreatePlanAnswer {
    CreatePlanAnswer {
        plan_name: plan.name.clone(),
        plan_id: plan.id.clone(),
        provision_product_id: plan.provisioned_id.clone(),
        provisioned_product_name: plan.provisioned_name.clone(),
        provisioning_artifact_id: plan.artifact_id.clone(),
    }
}

fn earlier(session: &Session<'_>, request: &CreatePlan) -> Result<Option<Plan>, Fault> {
    let found = session.world.plans().find(|plan| plan.token == request.idempotency_token);
    match found {
        Some(plan) if plan.digest != session.digest => {
            let message = format!("Idempotency token {} was used with different parameters", plan.token);
            Err(Fault::invalid(message))
        }
        other => Ok(other.cloned()),
    }
}

fn may_plan(session: &Session<'_>, current: &ProvisionedProduct) -> Result<(), Fault> {
    let refuse = |message: String| Err(Fault::new(400, session.knobs().plan_state_error.as_str(), message));
    if !matches!(current.state.status, Status::Available | Status::Tainted) {
        let status = current.state.status.as_str();
        return refuse(format!(
            "ProvisionedProduct product {} in status {status} cannot be planned",
            current.id
        ));
    }
    let open = |plan: &&Plan| plan.provisioned_id == current.id && !plan.status.starts_with("EXECUTE_");
    match session.world.plans().find(open) {
        Some(plan) => {
            refuse(format!("ProvisionedProduct product {} already has plan {}", current.id, plan.id))
        }
        None => Ok(()),
    }
}

fn planned_tags(session: &Session<'_>, target: &Target<'_>, sent: Option<&[Tag]>) -> Result<Tags, Fault> {
    match &target.current {
        None => tags::launched(session, target.path, target.product, sent.unwrap_or_default()),
        Some(current) => tags::updated(session, target.path, target.product, current, sent),
    }
}

fn plan(session: &Session<'_>, target: &Target<'_>, request: CreatePlan, user_tags: Tags) -> Plan {
    let sent = request.tags.iter().flatten();
    let sent_tags = sent.map(|tag| (tag.key.clone(), tag.value.clone())).collect();
    let token = &request.idempotency_token;
    let fresh = || session.fresh_id("pp-", token);
    let provisioned_id = target.current.as_ref().map_or_else(fresh, |current| current.id.clone());
    let worked_out = work_out(session, target, &provisioned_id, &request.provisioning_parameters);
    let retagged = target.current.as_ref().is_some_and(|current| current.state.tags != user_tags);
    let (status, message, values, changes) = match worked_out {
        Err(text) => ("CREATE_FAILED", Some(text), Values::default(), Vec::new()),
        Ok(work) if work.changes.is_empty() && !work.other_outputs && !retagged => {
            ("CREATE_FAILED", Some(UNCHANGED.to_owned()), Values::default(), Vec::new())
        }
        Ok(work) => ("CREATE_SUCCESS", None, work.values, work.changes),
    };
    Plan {
        id: session.fresh_id("plan-", token),
        name: request.plan_name,
        provisioned_id,
        provisioned_name: request.provisioned_product_name,
        product_id: target.product.id.clone(),
        artifact_id: target.artifact.id.clone(),
        path_id: target.path.portfolio.path_id.clone(),
        token: request.idempotency_token,
        digest: session.digest.to_owned(),
        created: session.now,
        updated: session.now,
        notification_arns: request.notification_arns,
        parameters: request
            .provisioning_parameters
            .into_iter()
            .map(|given| echoed(&target.artifact.template, given))
            .collect(),
        values: values.values,
        secrets: values.secrets,
        sent_tags,
        tags: user_tags,
        status: "CREATE_IN_PROGRESS".to_owned(),
        status_message: None,
        ends: Some(session.now + SPAN),
        status_after: status.to_owned(),
        message_after: message,
        changes,
        new: target.current.is_none(),
    }
}

/// What the plan says was submitted; secrets masked.
fn echoed(template: &Template, given: Given) -> (String, Option<String>, bool) {
    let key = given.key.unwrap_or_default();
    let secret = template.parameters().iter().any(|parameter| parameter.no_echo && parameter.key == key);
    let value = given.value.map(|value| if secret { "****".to_owned() } else { value });
    (key, value, given.use_previous_value)
}

struct Worked {
    values: Values,
    changes: Vec<PlannedChange>,
    /// Outputs alone may change, with no resource among the changes.
    other_outputs: bool,
}

fn work_out(
    session: &Session<'_>,
    target: &Target<'_>,
    provisioned_id: &str,
    given: &[Given],
) -> Result<Worked, String> {
    let catalog = session.catalog;
    let current = target.current.as_ref();
    let previous = current.map_or_else(Previous::none, |current| Previous::of(&current.state, &current.kind));
    let template = &target.artifact.template;
    let values = effective(template, given, previous, provisioned_id, session.knobs())?;
    let kind = target.product.provisioned_kind(target.path);
    let stack = current.and_then(|current| current.state.physical_id.clone());
    let stack = stack.or_else(|| physical_id(catalog, kind, provisioned_id)).unwrap_or_default();
    let place = Place {
        account_id: catalog.account_id,
        region: catalog.region,
        stack_name: name_of_stack(&stack),
        stack_id: &stack,
        notification_arns: &[],
    };
    let running = current.and_then(|current| {
        let product = catalog.product(&current.state.running_product_id)?;
        Some((&product.artifact(&current.state.running_artifact_id)?.template, &current.state.parameters))
    });
    let changes = template.changes(&values.values, running, &place)?;
    let outputs = template.create(&values.values, &place)?.outputs;
    let old = running.and_then(|(template, values)| template.create(values, &place).ok());
    let other_outputs = old.is_some_and(|old| old.outputs != outputs);
    Ok(Worked { values, changes: changes.into_iter().map(row).collect(), other_outputs })
}

fn row(change: ResourceChange) -> PlannedChange {
    let action = match change.action {
        ChangeAction::Add => "ADD",
        ChangeAction::Modify => "MODIFY",
        ChangeAction::Remove => "REMOVE",
    };
    let replacement = change.replacement.map(|replacement| match replacement {
        Replacement::False => "FALSE",
        Replacement::Conditional => "CONDITIONAL",
        Replacement::True => "TRUE",
    });
    PlannedChange {
        action: action.to_owned(),
        logical_id: change.logical_id,
        physical_id: change.physical_id,
        kind: change.kind,
        replacement: replacement.map(str::to_owned),
        details: change.details.into_iter().map(reason).collect(),
    }
}

fn reason(detail: ChangeDetail) -> PlanDetail {
    let recreation = match detail.recreation {
        Replacement::False => "NEVER",
        Replacement::Conditional => "CONDITIONALLY",
        Replacement::True => "ALWAYS",
    };
    let evaluation = match detail.evaluation {
        EvaluationType::Static => "STATIC",
        EvaluationType::Dynamic => "DYNAMIC",
    };
    PlanDetail {
        attribute: attribute(detail.attribute),
        name: detail.name,
        recreation: recreation.to_owned(),
        evaluation: evaluation.to_owned(),
        cause: detail.causing_entity,
    }
}

/// The API's word; it has none of its own for the policy on replacements.
fn attribute(name: &str) -> String {
    match name {
        "UpdateReplacePolicy" => "UPDATEPOLICY".to_owned(),
        other => other.to_ascii_uppercase(),
    }
}

/// The provisioned product that a plan for a new name stands for until it is executed.
fn reserved(session: &Session<'_>, target: &Target<'_>, plan: &Plan) -> ProvisionedProduct {
    let (region, account) = (session.catalog.region, session.catalog.account_id);
    let (name, id) = (&plan.provisioned_name, &plan.provisioned_id);
    ProvisionedProduct {
        arn: format!("arn:{}:servicecatalog:{region}:{account}:stack/{name}/{id}", partition(region)),
        id: id.clone(),
        name: name.clone(),
        kind: target.product.provisioned_kind(target.path).to_owned(),
        created: session.now,
        token: plan.token.clone(),
        user_arn: session.caller.user_arn.clone(),
        notification_arns: plan.notification_arns.clone(),
        settled_tags: target.path.constraints.tag_update != Some(true),
        state: State {
            status: Status::PlanInProgress,
            status_message: None,
            product_id: plan.product_id.clone(),
            artifact_id: plan.artifact_id.clone(),
            path_id: plan.path_id.clone(),
            launch_role: target.path.constraints.launch_role.clone(),
            tags: Tags::new(),
            physical_id: None,
            parameters: Tags::new(),
            secrets: Vec::new(),
            running_product_id: plan.product_id.clone(),
            running_artifact_id: plan.artifact_id.clone(),
            last_record: String::new(),
            last_provisioning: String::new(),
            last_successful: None,
            instances: Vec::new(),
            imports: Vec::new(),
            owner_arn: None,
        },
        pending: None,
    }
}
