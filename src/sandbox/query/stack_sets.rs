//! The stack sets behind provisioned products, as CloudFormation shows them to the administrator account.

use super::stacks::{View, hides};
use super::xml::{element, members, optional, wrap};
use super::{Query, valid};
use crate::wire::page;
use crate::world::ProvisionedProduct;

/// How many instances one answer holds.
const PAGE: usize = 100;

/// Why there is no answer: code and message.
pub(super) struct Refusal {
    pub code: &'static str,
    pub message: String,
}

impl From<String> for Refusal {
    fn from(message: String) -> Self {
        Self { code: "ValidationError", message }
    }
}

/// `DescribeStackSet`
pub(super) fn describe(query: &Query<'_>, view: Option<View<'_>>) -> Result<String, Refusal> {
    let set = found(query, view)?;
    let state = &set.product.state;
    let artifact =
        view.and_then(|view| view.catalog.artifact(&state.running_product_id, &state.running_artifact_id));
    let parameter = |(key, value): (&String, &String)| {
        let shown = if hides(artifact, &state.secrets, key) { "****" } else { value.as_str() };
        element("ParameterKey", key) + &element("ParameterValue", shown)
    };
    let tag = |(key, value): (&String, &String)| element("Key", key) + &element("Value", value);
    let inner = [
        element("StackSetName", set.name),
        element("StackSetId", set.id),
        element("StackSetARN", set.arn),
        element("Status", "ACTIVE"),
        optional("AdministrationRoleARN", state.launch_role.as_deref()),
        members("Parameters", state.parameters.iter().map(parameter)),
        members("Tags", state.tags.iter().map(tag)),
        element("PermissionModel", "SELF_MANAGED"),
    ];
    Ok(wrap("StackSet", &inner.concat()))
}

/// `ListStackInstances`
pub(super) fn instances(query: &Query<'_>, view: Option<View<'_>>) -> Result<String, Refusal> {
    let set = found(query, view)?;
    let all = &set.product.state.instances;
    let page = page(all, Some(PAGE), query.get("NextToken"), PAGE, set.id).map_err(|fault| fault.message)?;
    let rows = page.items.iter().map(|instance| {
        element("StackSetId", set.id)
            + &element("Region", &instance.region)
            + &element("Account", &instance.account)
            + &element("Status", "CURRENT")
    });
    Ok(members("Summaries", rows) + &optional("NextToken", page.next.as_deref()))
}

/// One stack set, as it is named.
struct StackSet<'a> {
    product: &'a ProvisionedProduct,
    arn: &'a str,
    /// The name and what makes it unique.
    id: &'a str,
    name: &'a str,
}

impl<'a> StackSet<'a> {
    fn of(product: &'a ProvisionedProduct) -> Option<Self> {
        let arn = product.state.physical_id.as_deref()?;
        let (_, id) = arn.split_once(":stackset/")?;
        let name = id.split(':').next().unwrap_or_default();
        Some(Self { product, arn, id, name })
    }
}

fn found<'a>(query: &Query<'_>, view: Option<View<'a>>) -> Result<StackSet<'a>, Refusal> {
    let name = valid::stack_set_name(query.get("StackSetName"))?;
    let all = view.into_iter().flat_map(|view| view.world.all_provisioned());
    let mut sets = all.filter_map(StackSet::of);
    sets.find(|set| [set.arn, set.id, set.name].contains(&name)).ok_or_else(|| Refusal {
        code: "StackSetNotFoundException",
        message: format!("StackSet {name} not found"),
    })
}
