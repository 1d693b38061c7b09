//! One side of a product as the attributes of Terraform's resource, and the marks beside them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::model::product::{Bound, Preferences};
use crate::model::target::Target;
use crate::plan::{Sending, Shown};
use crate::report::view::{ParameterView, Side};

/// What stands in the place of a sensitive value.
const SENSITIVE: &str = "(sensitive value)";

/// The attributes; what is known only later is left out.
pub(super) fn values(side: &Side<'_>, region: &str) -> Value {
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| drop(all.insert(key.to_owned(), value));
    put("name", json!(side.name));
    if !region.is_empty() {
        put("region", json!(region));
    }
    if let Some(id) = side.id {
        put("id", json!(id));
    }
    if let Some(target) = &side.target {
        put("product_id", json!(target.product.id.as_str()));
        put("product_name", json!(target.product.name));
        put("provisioning_artifact_id", json!(target.artifact.id.as_str()));
        put("provisioning_artifact_name", json!(target.artifact.name));
        put("path_id", json!(target.path.id.as_str()));
        put("path_name", json!(target.path.name));
        put("accept_language", json!(target.options.language.as_str()));
        put("notification_arns", json!(target.options.notification_arns));
        put("stack_set_provisioning_preferences", preferences(target));
        let parameters = side.parameters.iter().map(|(key, one)| parameter(key, one));
        put("provisioning_parameters", parameters.collect());
        let tags: BTreeMap<&str, Value> =
            side.tags.iter().filter_map(|(key, one)| Some((&**key, text(one)?))).collect();
        put("tags", json!(tags));
        put("tags_all", json!(tags));
    }
    Value::Object(all)
}

/// Terraform writes a block that stands at most once as a list.
fn preferences(target: &Target) -> Value {
    let Some(Preferences { accounts, regions, failure_tolerance, max_concurrency }) =
        &target.options.preferences
    else {
        return json!([]);
    };
    let n = |bound: &Option<Bound>| match bound {
        Some(Bound::Count(n)) => (json!(n), Value::Null),
        Some(Bound::Percentage(n)) => (Value::Null, json!(n)),
        None => (Value::Null, Value::Null),
    };
    let (tolerance_count, tolerance_percentage) = n(failure_tolerance);
    let (concurrency_count, concurrency_percentage) = n(max_concurrency);
    json!([{
        "accounts": accounts,
        "regions": regions,
        "failure_tolerance_count": tolerance_count,
        "failure_tolerance_percentage": tolerance_percentage,
        "max_concurrency_count": concurrency_count,
        "max_concurrency_percentage": concurrency_percentage,
    }])
}

fn parameter(key: &str, of: &ParameterView) -> Value {
    let mut all = Map::new();
    all.insert("key".to_owned(), json!(key));
    if let Some(value) = text(&of.value) {
        all.insert("value".to_owned(), value);
    }
    let kept = (of.sent == Sending::Previous).then_some(true);
    all.insert("use_previous_value".to_owned(), json!(kept));
    Value::Object(all)
}

/// A value; nothing for what is known only later.
fn text(of: &Shown) -> Option<Value> {
    match of {
        Shown::Text(text) => Some(json!(text)),
        Shown::Sensitive => Some(json!(SENSITIVE)),
        Shown::Absent | Shown::Unknown => Some(Value::Null),
        Shown::Pending(_) => None,
    }
}

/// What of it is sensitive.
pub(super) fn marks(side: &Side<'_>) -> Value {
    marked(side, |value| *value == Shown::Sensitive)
}

/// What of it is known only when it is there.
pub(super) fn unknown(side: &Side<'_>) -> Value {
    let mut all = marked(side, |value| matches!(value, Shown::Pending(_)));
    if side.id.is_none()
        && let Some(all) = all.as_object_mut()
    {
        all.extend(["arn", "id", "outputs", "status"].map(|key| (key.to_owned(), json!(true))));
    }
    all
}

fn marked(side: &Side<'_>, is_marked: impl Fn(&Shown) -> bool) -> Value {
    let mut all = Map::new();
    if side.parameters.values().any(|one| is_marked(&one.value)) {
        let of =
            |one: &ParameterView| if is_marked(&one.value) { json!({ "value": true }) } else { json!({}) };
        all.insert("provisioning_parameters".to_owned(), side.parameters.values().map(of).collect());
    }
    let tags: BTreeMap<&str, bool> =
        side.tags.iter().filter(|(_, one)| is_marked(one)).map(|(key, _)| (&**key, true)).collect();
    if !tags.is_empty() {
        all.insert("tags".to_owned(), json!(tags));
        all.insert("tags_all".to_owned(), json!(tags));
    }
    Value::Object(all)
}
