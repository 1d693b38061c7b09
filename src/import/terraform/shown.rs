//! The instances of what `terraform show -json` tells of a state, or of the state that a plan begins with.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::TYPE;
use super::hidden::Hidden;
use super::instance::Instance;

/// What a plan says of its changes, by address: their marks count beside those of the state that it begins with.
type Changes<'j> = BTreeMap<&'j str, Vec<&'j Json>>;

/// `file` is the whole, `values` the part of it that tells what exists.
pub(super) fn instances<'j>(file: &'j Json, values: &'j Json) -> Vec<Instance<'j>> {
    let mut changes = Changes::new();
    for change in file.get("resource_changes").and_then(Json::as_array).into_iter().flatten() {
        let addresses = ["address", "previous_address"].iter().filter_map(|key| change.get(*key)?.as_str());
        let Some(of) = change.get("change") else { continue };
        addresses.for_each(|address| changes.entry(address).or_default().push(of));
    }
    let mut found = Vec::new();
    let mut open: Vec<&Json> = values.get("root_module").into_iter().collect();
    while let Some(module) = open.pop() {
        let list = |key: &str| module.get(key).and_then(Json::as_array).into_iter().flatten();
        let within = module.get("address").and_then(Json::as_str).unwrap_or_default();
        let managed = list("resources").filter(|one| {
            let is = |key: &str, text: &str| one.get(key).and_then(Json::as_str) == Some(text);
            is("type", TYPE) && is("mode", "managed")
        });
        found.extend(managed.filter_map(|one| instance(within, one, &changes)));
        let mut below: Vec<&Json> = list("child_modules").collect();
        below.reverse();
        open.extend(below);
    }
    found
}

fn instance<'j>(module: &'j str, one: &'j Json, changes: &Changes<'_>) -> Option<Instance<'j>> {
    let needs = one.get("depends_on").and_then(Json::as_array).into_iter().flatten();
    let attributes = one.get("values")?.as_object()?;
    let mut found = Instance {
        module,
        name: one.get("name")?.as_str()?,
        index: one.get("index").filter(|index| !index.is_null()),
        urn: None,
        attributes,
        hidden: Hidden::by_shadow(one.get("sensitive_values"), attributes),
        is_tainted: one.get("tainted").and_then(Json::as_bool).unwrap_or_default(),
        is_deposed: one.get("deposed_key").is_some_and(|deposed| !deposed.is_null()),
        is_protected: false,
        is_kept: false,
        needs: needs.filter_map(Json::as_str).map(str::to_owned).collect(),
    };
    let written = one.get("address").and_then(Json::as_str).map(str::to_owned);
    let address = written.unwrap_or_else(|| found.address());
    for change in changes.get(address.as_str()).into_iter().flatten() {
        for (values, marks) in [("before", "before_sensitive"), ("after", "after_sensitive")] {
            let values = change.get(values).and_then(Json::as_object);
            let marked = Hidden::by_shadow(change.get(marks), values.unwrap_or(attributes));
            found.hidden = found.hidden.and(marked);
        }
    }
    Some(found)
}
