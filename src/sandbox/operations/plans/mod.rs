//! ProvisionedProduct product plans: CreateProvisionedProductPlan and its four siblings.

mod create;
mod execute;

use serde::Deserialize;

pub(crate) use create::create_plan;
pub(crate) use execute::{delete_plan, ending, execute_plan};

use crate::operations::access::AccessLevelFilter;
use crate::operations::session::Session;
use crate::operations::tags;
use crate::wire::{
    ChangeDetailShape, ChangeTarget, DescribePlanAnswer, Fault, Moment, PlanDetails, PlanParameter,
    PlanSummary, PlansAnswer, ResourceChangeShape, page,
};
use crate::world::{Plan, PlanDetail, PlannedChange};
use crate::world_file::AccessLevel;

/// The only type there is.
const PLAN_TYPE: &str = "CLOUDFORMATION";

/// The request of DescribeProvisionedProductPlan.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct DescribePlan {
    plan_id: String,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn describe_plan(
    session: &mut Session<'_>,
    request: DescribePlan,
) -> Result<DescribePlanAnswer, Fault> {
    let plan = find(session, &request.plan_id)?;
    // resource changes are known once the change set is
    let changes = if plan.status == "CREATE_IN_PROGRESS" { &[][..] } else { plan.changes.as_slice() };
    let page = page(changes, request.page_size, request.page_token.as_deref(), 20, &plan.id)?;
    Ok(DescribePlanAnswer {
        resource_changes: page.items.iter().map(change).collect(),
        next_page_token: page.next,
        provisioned_product_plan_details: details(&plan),
    })
}

fn find(session: &Session<'_>, id: &str) -> Result<Plan, Fault> {
    let none = || {
        Fault::not_found(format!("ProvisionedProduct product plan {id} does not exist or access was denied."))
    };
    let plan = session.world.plan(id).cloned().ok_or_else(none)?;
    session.may_reach(owner(session, &plan), none)?;
    Ok(plan)
}

/// Whose a plan is: its product's owner's.
fn owner<'a>(session: &'a Session<'_>, plan: &'a Plan) -> &'a str {
    session.world.provisioned(&plan.provisioned_id).map_or("", |product| product.owner())
}

fn details(plan: &Plan) -> PlanDetails {
    let parameter = |(key, value, previous): &(String, Option<String>, bool)| PlanParameter {
        // what came without a key goes without one
        key: Some(key.clone()).filter(|key| !key.is_empty()),
        value: value.clone(),
        use_previous_value: previous.then_some(true),
    };
    PlanDetails {
        created_time: Moment(plan.created),
        path_id: plan.path_id.clone(),
        product_id: plan.product_id.clone(),
        plan_name: plan.name.clone(),
        plan_id: plan.id.clone(),
        provision_product_id: plan.provisioned_id.clone(),
        provision_product_name: plan.provisioned_name.clone(),
        plan_type: PLAN_TYPE,
        provisioning_artifact_id: plan.artifact_id.clone(),
        status: plan.status.clone(),
        updated_time: Moment(plan.updated),
        notification_arns: plan.notification_arns.clone(),
        provisioning_parameters: plan.parameters.iter().map(parameter).collect(),
        tags: tags::shown(&plan.sent_tags),
        status_message: plan.status_message.clone(),
    }
}

fn change(row: &PlannedChange) -> ResourceChangeShape {
    let detail = |detail: &PlanDetail| ChangeDetailShape {
        target: ChangeTarget {
            attribute: detail.attribute.clone(),
            name: detail.name.clone(),
            requires_recreation: detail.recreation.clone(),
        },
        evaluation: detail.evaluation.clone(),
        causing_entity: detail.cause.clone(),
    };
    let mut scope: Vec<String> = row.details.iter().map(|detail| detail.attribute.clone()).collect();
    scope.sort();
    scope.dedup();
    ResourceChangeShape {
        action: row.action.clone(),
        logical_resource_id: row.logical_id.clone(),
        physical_resource_id: row.physical_id.clone(),
        resource_type: row.kind.clone(),
        replacement: row.replacement.clone(),
        scope,
        details: row.details.iter().map(detail).collect(),
    }
}

/// The request of ListProvisionedProductPlans.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListPlans {
    access_level_filter: Option<AccessLevelFilter>,
    provision_product_id: Option<String>,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn list_plans(session: &mut Session<'_>, request: ListPlans) -> Result<PlansAnswer, Fault> {
    let reach = session.reach(request.access_level_filter.as_ref(), AccessLevel::User)?;
    let is_of =
        |plan: &Plan| request.provision_product_id.as_ref().is_none_or(|id| &plan.provisioned_id == id);
    let wanted = |plan: &&Plan| is_of(plan) && reach.covers(owner(session, plan));
    let found: Vec<&Plan> = session.world.plans().filter(wanted).collect();
    let query = format!("plans {:?}", request.provision_product_id);
    let page = page(&found, request.page_size, request.page_token.as_deref(), 20, &query)?;
    let summary = |plan: &&Plan| PlanSummary {
        plan_name: plan.name.clone(),
        plan_id: plan.id.clone(),
        provision_product_id: plan.provisioned_id.clone(),
        provision_product_name: plan.provisioned_name.clone(),
        plan_type: PLAN_TYPE,
        provisioning_artifact_id: plan.artifact_id.clone(),
    };
    Ok(PlansAnswer {
        provisioned_product_plans: page.items.iter().map(summary).collect(),
        next_page_token: page.next,
    })
}
