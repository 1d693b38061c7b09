//! What a provisioned product is to be, or was made from, with the API's names.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::value;
use crate::model::target::Target;
use crate::plan::Instances;
use crate::report::view::{ParameterView, ValuesView};

/// `P` is how a parameter looks: what is planned says how it travels, too.
#[derive(Serialize)]
pub(super) struct ValuesDoc<'a, P> {
    provisioned_product_name: &'a str,
    product_id: &'a str,
    product_name: &'a str,
    provisioning_artifact_id: &'a str,
    provisioning_artifact_name: &'a str,
    path_id: &'a str,
    path_name: &'a str,
    parameters: BTreeMap<&'a str, P>,
    tags: BTreeMap<&'a str, Value>,
    notification_arns: &'a [String],
    provisioning_preferences: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack_set_operation: Option<InstancesDoc<'a>>,
    accept_language: &'static str,
}

impl<'a, P> ValuesDoc<'a, P> {
    pub(super) fn of(values: &ValuesView<'a>, parameter: fn(&ParameterView) -> P) -> Self {
        let Target { name, product, artifact, path, options } = values.target;
        Self {
            provisioned_product_name: name,
            product_id: product.id.as_str(),
            product_name: &product.name,
            provisioning_artifact_id: artifact.id.as_str(),
            provisioning_artifact_name: &artifact.name,
            path_id: path.id.as_str(),
            path_name: &path.name,
            parameters: values.parameters.iter().map(|(key, one)| (*key, parameter(one))).collect(),
            tags: values.tags.iter().map(|(key, one)| (*key, value(one))).collect(),
            notification_arns: &options.notification_arns,
            provisioning_preferences: values.preferences(),
            stack_set_operation: values.instances.map(InstancesDoc::of),
            accept_language: options.language.as_str(),
        }
    }
}

/// The stack instances that come (`CREATE`) or go (`DELETE`): every pair of these accounts and regions.
#[derive(Serialize)]
struct InstancesDoc<'a> {
    operation_type: &'static str,
    accounts: &'a [String],
    regions: &'a [String],
}

impl<'a> InstancesDoc<'a> {
    fn of(instances: &'a Instances) -> Self {
        let Instances { operation, accounts, regions } = instances;
        Self { operation_type: operation.as_str(), accounts, regions }
    }
}
