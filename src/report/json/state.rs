//! The document of a state, `provisor.state/v1`, and the outputs alone. For reading: the store's own format is another.
//!
//! `provisor.state/v1` has `format`, `lineage`, `serial` and `rows`; a row names its address, its product, what was
//! `applied`, what is `under_way` and the `last_failure`. Values are as in `provisor.plan/v1`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::reason::operation;
use super::{printed, sensitive, unknown};
use crate::model::ids::{Address, Labels};
use crate::report::values::preferences;
use crate::state::{Applied, Binding, Content, Intent, LastFailure, Phase, Recorded, Row, Stored};

/// The state as one document.
#[must_use]
pub fn state(recorded: &Recorded) -> String {
    let labels = recorded.labels();
    printed(&StateDoc {
        format: "provisor.state/v1",
        lineage: recorded.lineage.as_str(),
        serial: recorded.serial,
        rows: recorded.rows.iter().map(|(address, row)| RowDoc::of(address, row, &labels)).collect(),
    })
}

/// The outputs of the rows that `pick` takes, by address: `{"network": {"VpcId": "…"}}`.
#[must_use]
pub fn outputs(recorded: &Recorded, pick: impl Fn(&Address) -> bool) -> String {
    let labels = recorded.labels();
    let rows = recorded.rows.iter().filter(|(address, _)| pick(address));
    let rows = rows.filter_map(|(address, row)| Some((address, row.applied.as_ref()?)));
    let outputs: BTreeMap<String, Map<String, Value>> =
        rows.map(|(address, applied)| (labels.label(address), output_values(applied))).collect();
    printed(&outputs)
}

fn output_values(applied: &Applied) -> Map<String, Value> {
    let plain = applied.outputs.iter().map(|(key, value)| (key.clone(), Value::String(value.clone())));
    plain.chain(applied.secret_outputs.keys().map(|key| (key.clone(), sensitive()))).collect()
}

#[derive(Serialize)]
struct StateDoc<'a> {
    format: &'static str,
    lineage: &'a str,
    serial: u64,
    rows: Vec<RowDoc<'a>>,
}

#[derive(Serialize)]
struct RowDoc<'a> {
    address: String,
    key: &'a str,
    location: &'a str,
    account: &'a str,
    region: &'a str,
    provisioned_product: Option<BindingDoc<'a>>,
    applied: Option<AppliedDoc<'a>>,
    under_way: Option<IntentDoc<'a>>,
    last_failure: Option<FailureDoc<'a>>,
    prevent_terminate: bool,
    on_removal: &'static str,
    after: Vec<String>,
}

impl<'a> RowDoc<'a> {
    fn of(address: &'a Address, row: &'a Row, labels: &Labels) -> Self {
        Self {
            address: labels.label(address),
            key: address.key.as_str(),
            location: labels.location(&address.location),
            account: row.place.account.as_str(),
            region: row.place.region.as_str(),
            provisioned_product: row.binding.as_ref().map(BindingDoc::of),
            applied: row.applied.as_ref().map(AppliedDoc::of),
            under_way: row.intent.as_ref().map(IntentDoc::of),
            last_failure: row.last_failure.as_ref().map(FailureDoc::of),
            prevent_terminate: row.lifecycle.prevent_terminate,
            on_removal: row.lifecycle.on_removal.as_str(),
            after: row.after.iter().map(|address| labels.label(address)).collect(),
        }
    }
}

#[derive(Serialize)]
struct BindingDoc<'a> {
    id: &'a str,
    name: &'a str,
    arn: Option<&'a str>,
}

impl<'a> BindingDoc<'a> {
    fn of(binding: &'a Binding) -> Self {
        Self { id: binding.id.as_str(), name: &binding.name, arn: binding.arn.as_deref() }
    }
}

#[derive(Serialize)]
struct AppliedDoc<'a> {
    record: &'a str,
    verified: bool,
    content: ContentDoc<'a>,
    outputs: Map<String, Value>,
}

impl<'a> AppliedDoc<'a> {
    fn of(applied: &'a Applied) -> Self {
        Self {
            record: applied.record.as_str(),
            verified: !applied.unverified,
            content: ContentDoc::of(&applied.content),
            outputs: output_values(applied),
        }
    }
}

#[derive(Serialize)]
struct ContentDoc<'a> {
    provisioned_product_name: &'a str,
    product_id: &'a str,
    product_name: &'a str,
    provisioning_artifact_id: &'a str,
    provisioning_artifact_name: &'a str,
    path_id: &'a str,
    path_name: &'a str,
    parameters: BTreeMap<&'a str, Value>,
    tags: &'a BTreeMap<String, String>,
    notification_arns: &'a [String],
    provisioning_preferences: BTreeMap<String, String>,
    accept_language: &'static str,
}

impl<'a> ContentDoc<'a> {
    fn of(content: &'a Content) -> Self {
        Self {
            provisioned_product_name: &content.target.name,
            product_id: content.target.product.id.as_str(),
            product_name: &content.target.product.name,
            provisioning_artifact_id: content.target.artifact.id.as_str(),
            provisioning_artifact_name: &content.target.artifact.name,
            path_id: content.target.path.id.as_str(),
            path_name: &content.target.path.name,
            parameters: content.parameters.iter().map(|(key, value)| (key.as_str(), stored(value))).collect(),
            tags: &content.tags,
            notification_arns: &content.target.options.notification_arns,
            provisioning_preferences: preferences(content.target.options.preferences.as_ref()),
            accept_language: content.target.options.language.as_str(),
        }
    }
}

fn stored(value: &Stored) -> Value {
    match value {
        Stored::Text(text) => Value::String(text.clone()),
        Stored::Digest(_) => sensitive(),
        Stored::Unknown => unknown(),
    }
}

#[derive(Serialize)]
struct IntentDoc<'a> {
    operation: &'static str,
    token: &'a str,
    record: Option<&'a str>,
    content: Option<ContentDoc<'a>>,
}

impl<'a> IntentDoc<'a> {
    fn of(intent: &'a Intent) -> Self {
        let record = match &intent.phase {
            Phase::Intended => None,
            Phase::Accepted(record) => Some(record.as_str()),
        };
        let content = intent.content.as_ref().map(ContentDoc::of);
        Self { operation: operation(intent.kind), token: intent.token.as_str(), record, content }
    }
}

#[derive(Serialize)]
struct FailureDoc<'a> {
    operation: &'static str,
    record: Option<&'a str>,
    message: &'a str,
}

impl<'a> FailureDoc<'a> {
    fn of(failure: &'a LastFailure) -> Self {
        let record = failure.record.as_ref().map(|record| record.as_str());
        Self { operation: operation(failure.kind), record, message: &failure.message }
    }
}
