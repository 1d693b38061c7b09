//! A plan in Terraform's own representation, version 1.2, for policy tools that read Terraform's plans: one line, with the five members that
//! those tools ask for; and a state, as Terraform shows one. Nothing of Terraform is needed, and nothing here is for `terraform` itself.
//!
//! A declaration `network` is `aws_servicecatalog_provisioned_product.network`, one of several locations
//! `aws_servicecatalog_provisioned_product.network["pay-dev/eu-west-1"]`. What is as it should be is a `no-op`, and so is whatever nothing is done
//! to: what is refused, deferred, resumed, imported (with `importing`), accepted and remembered. An update that depends on its inputs is an `update`.
//! Parameters include those whose template default is in force. Sensitive values are a word, and marked as Terraform marks them.

mod values;

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Value, json};

use super::escape::json_safe;
use crate::plan::{Act, Reason};
use crate::report::view::{OutcomeView, PlanView, Side, StateView};
use values::{marks, unknown, values};

/// The representation's own version.
const FORMAT: &str = "1.2";
/// That of a state.
const STATE_FORMAT: &str = "1.0";
/// Tools refuse what they do not know: the version whose representation this is.
const TERRAFORM: &str = "1.11.4";
const TYPE: &str = "aws_servicecatalog_provisioned_product";
const PROVIDER: &str = "registry.terraform.io/hashicorp/aws";

/// The plan on one line.
#[must_use]
pub fn plan(plan: &PlanView<'_>) -> String {
    let outcomes = plan.outcomes();
    let resources = outcomes.iter().filter_map(PlannedResource::of).collect();
    let document = Representation {
        format_version: FORMAT,
        terraform_version: TERRAFORM,
        configuration: json!({ "provider_config": {}, "root_module": {} }),
        planned_values: PlannedValues { root_module: RootModule { resources } },
        resource_changes: outcomes.iter().map(ResourceRow::of).collect(),
    };
    // a document of strings, numbers and maps with string keys always serialises
    json_safe(&serde_json::to_string(&document).unwrap_or_default()) + "\n"
}

/// A state on one line, as Terraform shows one.
#[must_use]
pub fn state(state: &StateView<'_>) -> String {
    let sides: Vec<_> = state.rows.iter().filter_map(|row| Some((row, row.side()?))).collect();
    let resources = sides.iter().map(|(row, side)| PlannedResource {
        name: ResourceName::of(&row.address, None),
        schema_version: 0,
        values: values(side, row.region),
        sensitive_values: marks(side),
    });
    let document = StateRepresentation {
        terraform_version: TERRAFORM,
        format_version: STATE_FORMAT,
        values: PlannedValues { root_module: RootModule { resources: resources.collect() } },
    };
    // as above
    json_safe(&serde_json::to_string(&document).unwrap_or_default()) + "\n"
}

/// Whether a text is a plan or a state as it is written here: Terraform puts what a plan is configured with last, and never leaves it empty; a
/// state of its begins with the other version.
#[must_use]
pub fn is_ours(text: &str) -> bool {
    let state = format!(r#"{{"terraform_version":"{TERRAFORM}","format_version":"{STATE_FORMAT}","values":"#);
    let head = json!({ "provider_config": {}, "root_module": {} });
    text.starts_with(&state) || text.starts_with(&format!(
        r#"{{"format_version":"{FORMAT}","terraform_version":"{TERRAFORM}","configuration":{head},"planned_values":"#
    ))
}

#[derive(Serialize)]
struct Representation<'a> {
    format_version: &'static str,
    terraform_version: &'static str,
    configuration: Value,
    planned_values: PlannedValues<'a>,
    resource_changes: Vec<ResourceRow<'a>>,
}

#[derive(Serialize)]
struct StateRepresentation<'a> {
    terraform_version: &'static str,
    format_version: &'static str,
    values: PlannedValues<'a>,
}

#[derive(Serialize)]
struct PlannedValues<'a> {
    root_module: RootModule<'a>,
}

#[derive(Serialize)]
struct RootModule<'a> {
    resources: Vec<PlannedResource<'a>>,
}

/// How Terraform names a resource.
#[derive(Serialize)]
struct ResourceName<'a> {
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_address: Option<String>,
    mode: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<&'a str>,
    provider_name: &'static str,
}

impl<'a> ResourceName<'a> {
    fn of(label: &'a str, previous: Option<&str>) -> Self {
        let (name, index) = parts(label);
        Self {
            address: address(label),
            previous_address: previous.map(address),
            mode: "managed",
            kind: TYPE,
            name,
            index,
            provider_name: PROVIDER,
        }
    }
}

/// A key, and the location behind it.
fn parts(label: &str) -> (&str, Option<&str>) {
    label.split_once('@').map_or((label, None), |(key, location)| (key, Some(location)))
}

fn address(label: &str) -> String {
    match parts(label) {
        (key, None) => format!("{TYPE}.{key}"),
        (key, Some(location)) => format!("{TYPE}.{key}[{}]", Value::from(location)),
    }
}

#[derive(Serialize)]
struct PlannedResource<'a> {
    #[serde(flatten)]
    name: ResourceName<'a>,
    schema_version: u8,
    values: Value,
    sensitive_values: Value,
}

impl<'a> PlannedResource<'a> {
    /// What there is when the plan is over; `None` where nothing is, or nobody knows what.
    fn of(outcome: &'a OutcomeView<'_>) -> Option<Self> {
        let after = outcome.after.as_ref()?;
        Some(Self {
            name: ResourceName::of(&outcome.address, None),
            schema_version: 0,
            values: values(after, outcome.region),
            sensitive_values: marks(after),
        })
    }
}

#[derive(Serialize)]
struct ResourceRow<'a> {
    #[serde(flatten)]
    name: ResourceName<'a>,
    change: ChangeDoc<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_reason: Option<&'static str>,
}

#[derive(Serialize)]
struct ChangeDoc<'a> {
    actions: &'static [&'static str],
    before: Value,
    after: Value,
    after_unknown: Value,
    before_sensitive: Value,
    after_sensitive: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    importing: Option<ImportingDoc<'a>>,
}

#[derive(Serialize)]
struct ImportingDoc<'a> {
    id: &'a str,
}

impl<'a> ResourceRow<'a> {
    fn of(outcome: &'a OutcomeView<'_>) -> Self {
        let side =
            |side: &Option<Side<'_>>| side.as_ref().map_or(Value::Null, |side| values(side, outcome.region));
        let sensitive = |side: &Option<Side<'_>>| side.as_ref().map_or(Value::Bool(false), marks);
        let change = ChangeDoc {
            actions: actions(outcome.act),
            before: side(&outcome.before),
            after: side(&outcome.after),
            after_unknown: outcome.after.as_ref().map_or_else(|| json!({}), unknown),
            before_sensitive: sensitive(&outcome.before),
            after_sensitive: sensitive(&outcome.after),
            importing: outcome.imports.map(|id| ImportingDoc { id }),
        };
        Self {
            name: ResourceName::of(&outcome.address, outcome.previous),
            change,
            action_reason: action_reason(outcome),
        }
    }
}

fn actions(act: Option<Act>) -> &'static [&'static str] {
    match act {
        Some(Act::Provision) => &["create"],
        Some(Act::Update) => &["update"],
        Some(Act::Replace) => &["delete", "create"],
        Some(Act::Terminate) => &["delete"],
        Some(Act::Forget) => &["forget"],
        Some(Act::Settle | Act::Adopt | Act::Accept | Act::Remember | Act::Refuse | Act::Defer) | None => {
            &["no-op"]
        }
    }
}

/// Why, where Terraform has a word for it.
fn action_reason(outcome: &OutcomeView<'_>) -> Option<&'static str> {
    let any = |of: fn(&Reason) -> bool| outcome.reasons.iter().map(Cow::as_ref).any(of);
    let failed = |reason: &Reason| matches!(reason, Reason::Tainted { .. } | Reason::FailedCreation { .. });
    let removed = any(|reason| matches!(reason, Reason::Removed));
    match outcome.act? {
        Act::Replace if any(|reason| matches!(reason, Reason::Requested)) => Some("replace_by_request"),
        Act::Replace if any(failed) => Some("replace_because_tainted"),
        Act::Replace => Some("replace_because_cannot_update"),
        Act::Terminate | Act::Forget if removed => Some("delete_because_no_resource_config"),
        _ => None,
    }
}
