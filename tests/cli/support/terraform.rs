//! What the provider of Terraform would have written of what a sandbox holds.

use serde_json::{Value, json};

use super::{Repo, post};

/// What is there, as the catalog describes it.
pub fn described(repo: &Repo, names: &[&str]) -> Vec<Value> {
    repo.served(|url| {
        let of = |name: &&str| post(url, "DescribeProvisionedProduct", &json!({ "Name": name }));
        names.iter().map(of).map(|answer| answer["ProvisionedProductDetail"].clone()).collect()
    })
}

/// The attributes that the provider would have written of it.
pub fn attributes(detail: &Value, parameters: &Value, tags: &Value) -> Value {
    let pairs = parameters.as_object().unwrap().iter();
    let blocks: Vec<Value> =
        pairs.map(|(key, value)| json!({"key": key, "value": value, "use_previous_value": false})).collect();
    json!({
        "id": detail["Id"], "arn": detail["Arn"], "name": detail["Name"], "accept_language": "en",
        "product_id": detail["ProductId"], "product_name": null,
        "provisioning_artifact_id": detail["ProvisioningArtifactId"], "provisioning_artifact_name": null,
        "path_id": "lpv3-whatever", "path_name": null, "provisioning_parameters": blocks,
        "tags": null, "tags_all": tags, "outputs": [], "timeouts": null, "notification_arns": null,
        "stack_set_provisioning_preferences": [], "retain_physical_resources": false, "ignore_errors": false,
    })
}

/// One managed resource.
pub fn resource(name: &str, instance: &Value) -> Value {
    json!({
        "mode": "managed", "type": "aws_servicecatalog_provisioned_product", "name": name,
        "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [instance],
    })
}

/// A state of format 4.
pub fn state(resources: &[Value]) -> String {
    json!({"version": 4, "terraform_version": "1.11.4", "lineage": "l", "serial": 1, "resources": resources})
        .to_string()
}
