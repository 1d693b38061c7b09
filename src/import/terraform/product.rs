//! One instance to what is said of a provisioned product, attribute by attribute.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::super::foreign::{ForeignProduct, ForeignTags};
use super::super::found::FoundValue;
use super::instance::Instance;
use provisor_model::product::{ArtifactSelector, Bound, OnRemoval, Preferences, Selector};
use provisor_model::secret::Secret;
use provisor_model::time::duration_in;

/// Attributes that stand in declarations as they are: those cannot be secret.
const OPEN: [&str; 12] = [
    "name",
    "product_id",
    "product_name",
    "provisioning_artifact_id",
    "provisioning_artifact_name",
    "path_id",
    "path_name",
    "tags",
    "tags_all",
    "notification_arns",
    "stack_set_provisioning_preferences",
    // the name of one: the values have marks of their own
    "provisioning_parameters",
];

/// What is said where nobody can tell what is sensitive.
const UNKNOWN: &str = "what of it is sensitive is marked in a form that is not known here";

/// What is said of it.
///
/// # Errors
/// Why it cannot be carried over.
pub(super) fn product(one: &Instance<'_>, changed: &mut Vec<String>) -> Result<ForeignProduct, String> {
    let address = one.origin();
    let Some(id) = one.text("id") else { return Err(format!("{address}: it has no id: nothing was made")) };
    let because = |why: String| format!("{address} ({id}): {why}");
    if !one.attributes.contains_key("name") {
        return Err(because("it has no `name`: this is a resource of a fork of the provider".to_owned()));
    }
    if let Some(name) = OPEN.iter().find(|name| one.hidden.has(name)) {
        return Err(because(format!("`{name}` is sensitive there, and only parameters can be secret here")));
    }
    let tags = tags(one);
    if one.hidden.is_everything() && !tags.is_empty() {
        let what = "that may be its tags, and only parameters can be secret here: import it by its id";
        return Err(because(format!("{UNKNOWN}: {what}")));
    }
    let mut product = ForeignProduct::new(address.clone(), Selector::Id(id.to_owned()));
    (product.account_id, product.region) = place(one);
    let selector = |id: &str, name: &str| {
        one.text(id).map(|id| Selector::Id(id.to_owned())).or_else(|| named(one, name))
    };
    product.product = selector("product_id", "product_name");
    product.artifact =
        selector("provisioning_artifact_id", "provisioning_artifact_name").map(|of| match of {
            Selector::Id(id) => ArtifactSelector::Id(id),
            Selector::Name(name) => ArtifactSelector::Name(name),
        });
    product.path_name = one.text("path_name").map(str::to_owned);
    product.accept_language = one.text("accept_language").filter(|text| *text != "en").map(str::to_owned);
    parameters(one, &mut product).map_err(because)?;
    product.tags = ForeignTags::Exactly(tags);
    product.notification_arns = texts(one.list("notification_arns"));
    product.preferences = one.list("stack_set_provisioning_preferences").first().map(preferences);
    product.timeouts = timeouts(one, changed);
    product.on_removal = on_removal(one);
    if one.is_protected {
        let what = "write it as `lifecycle: {prevent_terminate: true}`";
        changed.push(format!("{address}: `protect` is left out: {what}"));
    }
    product.hides_all = one.hidden.hides_all_parameters();
    product.outputs = pairs(one.list("outputs")).into_iter().collect();
    if one.hidden.has("outputs") || one.hidden.is_everything() {
        product.sensitive_outputs = product.outputs.keys().cloned().collect();
    }
    if one.hidden.is_everything() {
        changed.push(format!("{address}: {UNKNOWN}: all its parameters and outputs count as sensitive"));
    }
    if one.attributes.get("ignore_errors") == Some(&Json::Bool(true)) {
        changed.push(format!(
            "{address}: `ignore_errors` is left out: a termination that fails is told, and tried again"
        ));
    }
    product.remarks.extend(one.remark());
    if one.is_tainted {
        product.remarks.push("tainted in Terraform, which would make it anew".to_owned());
    }
    Ok(product)
}

fn on_removal(one: &Instance<'_>) -> OnRemoval {
    match one.attributes.get("retain_physical_resources") {
        Some(Json::Bool(true)) => OnRemoval::RetainPhysicalResources,
        _ if one.is_kept => OnRemoval::Forget,
        _ => OnRemoval::default(),
    }
}

fn named(one: &Instance<'_>, name: &str) -> Option<Selector> {
    one.text(name).map(|name| Selector::Name(name.to_owned()))
}

/// The account and the region: of the ARN, as what a provider is set up with stands in no state.
fn place(one: &Instance<'_>) -> (Option<String>, Option<String>) {
    let arn: Vec<&str> = one.text("arn").unwrap_or_default().split(':').collect();
    let part = |at: usize| arn.get(at).filter(|part| !part.is_empty()).map(|part| (*part).to_owned());
    (part(4), part(3).or_else(|| one.text("region").map(str::to_owned)))
}

/// What is given, by name. A value that nobody may see is kept only to be found where it comes out again. What is not set is `""` there,
/// or `null`: the provider sends neither, so that nothing is said of it.
fn parameters(one: &Instance<'_>, product: &mut ForeignProduct) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for (at, block) in one.list("provisioning_parameters").iter().enumerate() {
        let Some(key) = block.get("key").and_then(Json::as_str) else {
            return Err(format!("entry {at} of `provisioning_parameters` has no key"));
        };
        if !seen.insert(key) {
            return Err(format!("the parameter `{key}` is given twice"));
        }
        let text = match block.get("value") {
            None | Some(Json::Null) => None,
            Some(Json::String(text)) => Some(text.clone()).filter(|text| !text.is_empty()),
            Some(value @ (Json::Number(_) | Json::Bool(_))) => Some(value.to_string()),
            Some(Json::Array(_) | Json::Object(_)) => {
                return Err(format!("the value of the parameter `{key}` is no text"));
            }
        };
        let is_hidden = one.hidden.has_parameter(key);
        if is_hidden {
            product.hidden.insert(key.to_owned());
            product.secrets.extend(text.as_ref().map(|text| (key.to_owned(), Secret::new(text.as_str()))));
        }
        let value = match text {
            _ if block.get("use_previous_value") == Some(&Json::Bool(true)) => Some(FoundValue::Kept),
            Some(_) if is_hidden => Some(FoundValue::Sensitive),
            text => text.map(FoundValue::Text),
        };
        product.parameters.extend(value.map(|value| (key.to_owned(), value)));
    }
    Ok(())
}

/// Those of the provider (`default_tags`) too.
fn tags(one: &Instance<'_>) -> BTreeMap<String, String> {
    let of = |name: &str| one.attributes.get(name).and_then(Json::as_object).into_iter().flatten();
    let text = |(key, value): (&String, &Json)| Some((key.clone(), value.as_str()?.to_owned()));
    of("tags_all").chain(of("tags")).filter_map(text).collect()
}

/// What is left out there is 0. Of the failures one bound is always written: where none is more, it is 0.
fn preferences(block: &Json) -> Preferences {
    let list = |name: &str| texts(block.get(name).and_then(Json::as_array).map_or(&[], Vec::as_slice));
    let number =
        |name: &str| block.get(name)?.as_u64().filter(|n| *n > 0).and_then(|n| u32::try_from(n).ok());
    let bound = |what: &str| {
        let count = || number(&format!("{what}_count")).map(Bound::Count);
        number(&format!("{what}_percentage")).map(Bound::Percentage).or_else(count)
    };
    Preferences {
        accounts: list("accounts"),
        regions: list("regions"),
        failure_tolerance: bound("failure_tolerance").or(Some(Bound::Count(0))),
        max_concurrency: bound("max_concurrency"),
    }
}

fn timeouts(one: &Instance<'_>, changed: &mut Vec<String>) -> BTreeMap<String, String> {
    const NAMES: [(&str, &str); 3] = [("create", "provision"), ("update", "update"), ("delete", "terminate")];
    let none = Map::new();
    let written = one.attributes.get("timeouts").and_then(Json::as_object).unwrap_or(&none);
    let mut found = BTreeMap::new();
    for (theirs, ours) in NAMES {
        let Some(text) = written.get(theirs).and_then(Json::as_str) else { continue };
        if duration_in(text).is_some_and(|time| !time.is_zero()) {
            found.insert(ours.to_owned(), text.to_owned());
        } else {
            let address = one.origin();
            changed.push(format!("{address}: the timeout of `{theirs}` is left out: it is no time here"));
        }
    }
    found
}

fn texts(list: &[Json]) -> Vec<String> {
    list.iter().filter_map(Json::as_str).map(str::to_owned).collect()
}

fn pairs(list: &[Json]) -> Vec<(String, String)> {
    let text = |one: &Json, name: &str| Some(one.get(name)?.as_str()?.to_owned());
    list.iter().filter_map(|one| Some((text(one, "key")?, text(one, "value")?))).collect()
}
