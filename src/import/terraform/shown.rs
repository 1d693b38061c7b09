//! The instances of what `terraform show -json` tells of a state, or of the state that a plan begins with.

use serde_json::Value as Json;

use super::TYPE;
use super::hidden::Hidden;
use super::instance::Instance;

pub(super) fn instances(values: &Json) -> Vec<Instance<'_>> {
    let mut found = Vec::new();
    let mut open: Vec<&Json> = values.get("root_module").into_iter().collect();
    while let Some(module) = open.pop() {
        let list = |key: &str| module.get(key).and_then(Json::as_array).into_iter().flatten();
        let within = module.get("address").and_then(Json::as_str).unwrap_or_default();
        let managed = list("resources").filter(|one| {
            let is = |key: &str, text: &str| one.get(key).and_then(Json::as_str) == Some(text);
            is("type", TYPE) && is("mode", "managed")
        });
        found.extend(managed.filter_map(|one| instance(within, one)));
        let mut below: Vec<&Json> = list("child_modules").collect();
        below.reverse();
        open.extend(below);
    }
    found
}

fn instance<'j>(module: &'j str, one: &'j Json) -> Option<Instance<'j>> {
    let needs = one.get("depends_on").and_then(Json::as_array).into_iter().flatten();
    Some(Instance {
        module,
        name: one.get("name")?.as_str()?,
        index: one.get("index").filter(|index| !index.is_null()),
        attributes: one.get("values")?.as_object()?,
        hidden: one.get("sensitive_values").map(Hidden::by_shadow).unwrap_or_default(),
        is_tainted: one.get("tainted").and_then(Json::as_bool).unwrap_or_default(),
        is_deposed: one.get("deposed_key").is_some_and(|deposed| !deposed.is_null()),
        needs: needs.filter_map(Json::as_str).map(str::to_owned).collect(),
    })
}
