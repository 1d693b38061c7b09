//! What is deployed for a provisioned product, and the stack that stands behind it.

use crate::catalog::{Artifact, CatalogView, LaunchPath, Product};
use crate::ids;
use crate::operations::tags::Tags;
use crate::partition::partition;
use crate::world::{Instance, Output};

/// What is to be deployed where, with names resolved.
pub(crate) struct Deployment<'a> {
    pub product: &'a Product,
    pub artifact: &'a Artifact,
    pub path: LaunchPath<'a>,
    pub provisioned_name: String,
    pub provisioned_id: String,
    pub kind: String,
    pub notification_arns: Vec<String>,
    /// The stack behind it; none for other engines.
    pub physical_id: Option<String>,
}

/// What a request brings beside what is to be deployed.
pub(crate) struct Submission {
    /// The API operation.
    pub operation: &'static str,
    pub token: String,
    /// The tags that the provisioned product will have, without those that the service adds.
    pub tags: Tags,
    /// The instances of a stack set.
    pub instances: Vec<Instance>,
}

/// The output that every provisioned stack has beside its own.
pub(crate) fn stack_arn(value: String) -> Output {
    let description = Some("The ARN of the launched Cloudformation Stack".to_owned());
    Output { key: "CloudformationStackARN".to_owned(), value, description, export: None }
}

/// The name within a stack's or stack set's ARN.
pub(crate) fn name_of_stack(physical_id: &str) -> &str {
    let after = physical_id.split('/').nth(1).unwrap_or_default();
    after.split(':').next().unwrap_or_default()
}

/// What stands behind a provisioned product in CloudFormation; other engines show nothing.
pub(crate) fn physical_id(catalog: CatalogView<'_>, kind: &str, provisioned_id: &str) -> Option<String> {
    let (account, region) = (catalog.account_id, catalog.region);
    let partition = partition(region);
    let name = format!("SC-{account}-{provisioned_id}");
    let unique = ids::uuid(&["stack", account, region, provisioned_id]);
    match kind {
        "CFN_STACK" => {
            Some(format!("arn:{partition}:cloudformation:{region}:{account}:stack/{name}/{unique}"))
        }
        "CFN_STACKSET" => {
            Some(format!("arn:{partition}:cloudformation:{region}:{account}:stackset/{name}:{unique}"))
        }
        _ => None,
    }
}
