//! Answers about plans, stack instances, properties and service actions.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{KeyValue, Moment};

shapes! {
    /// An answer without members.
    Empty {}
    CreatePlanAnswer {
        plan_name: String,
        plan_id: String,
        provision_product_id: String,
        provisioned_product_name: String,
        provisioning_artifact_id: String,
    }
    PlanParameter {
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        use_previous_value: Option<bool>,
    }
    PlanDetails {
        created_time: Moment,
        path_id: String,
        product_id: String,
        plan_name: String,
        plan_id: String,
        provision_product_id: String,
        provision_product_name: String,
        plan_type: &'static str,
        provisioning_artifact_id: String,
        status: String,
        updated_time: Moment,
        notification_arns: Vec<String>,
        provisioning_parameters: Vec<PlanParameter>,
        tags: Vec<KeyValue>,
        #[serde(skip_serializing_if = "Option::is_none")]
        status_message: Option<String>,
    }
    ChangeTarget {
        attribute: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        requires_recreation: String,
    }
    ChangeDetailShape {
        target: ChangeTarget,
        evaluation: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        causing_entity: Option<String>,
    }
    ResourceChangeShape {
        action: String,
        logical_resource_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        physical_resource_id: Option<String>,
        resource_type: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        replacement: Option<String>,
        scope: Vec<String>,
        details: Vec<ChangeDetailShape>,
    }
    DescribePlanAnswer {
        provisioned_product_plan_details: PlanDetails,
        resource_changes: Vec<ResourceChangeShape>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    PlanSummary {
        plan_name: String,
        plan_id: String,
        provision_product_id: String,
        provision_product_name: String,
        plan_type: &'static str,
        provisioning_artifact_id: String,
    }
    PlansAnswer {
        provisioned_product_plans: Vec<PlanSummary>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    StackInstanceShape { account: String, region: String, stack_instance_status: &'static str }
    StackInstancesAnswer {
        stack_instances: Vec<StackInstanceShape>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    PropertiesAnswer {
        provisioned_product_id: String,
        provisioned_product_properties: BTreeMap<String, String>,
        record_id: String,
        status: &'static str,
    }
    ActionSummary {
        id: String,
        name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        definition_type: &'static str,
    }
    ActionsAnswer {
        service_action_summaries: Vec<ActionSummary>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    ActionParameter {
        name: String,
        #[serde(rename = "Type")]
        kind: &'static str,
        default_values: Vec<String>,
    }
    ActionParametersAnswer { service_action_parameters: Vec<ActionParameter> }
}
