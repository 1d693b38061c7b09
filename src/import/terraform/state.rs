//! The instances of a state of format 4.

use serde_json::Value as Json;

use super::TYPE;
use super::hidden::Hidden;
use super::instance::Instance;

pub(super) fn instances(state: &Json) -> Vec<Instance<'_>> {
    let text = |json: &'_ Json, key: &str| json.get(key).and_then(Json::as_str).map(str::to_owned);
    let resources = state.get("resources").and_then(Json::as_array).into_iter().flatten();
    let ours = resources.filter(|resource| {
        text(resource, "type").as_deref() == Some(TYPE)
            && text(resource, "mode").as_deref() == Some("managed")
    });
    let of = |resource| {
        let all = Json::get(resource, "instances").and_then(Json::as_array).into_iter().flatten();
        all.filter_map(move |one| instance(resource, one))
    };
    ours.flat_map(of).collect()
}

fn instance<'j>(resource: &'j Json, one: &'j Json) -> Option<Instance<'j>> {
    let of = |key: &str| resource.get(key).and_then(Json::as_str);
    let attributes = one.get("attributes")?.as_object()?;
    let needs = one.get("dependencies").and_then(Json::as_array).into_iter().flatten();
    Some(Instance {
        module: of("module").unwrap_or_default(),
        name: of("name")?,
        index: one.get("index_key").filter(|index| !index.is_null()),
        urn: None,
        attributes,
        hidden: Hidden::by_paths(one.get("sensitive_attributes"), attributes),
        is_tainted: one.get("status").and_then(Json::as_str) == Some("tainted"),
        is_deposed: one.get("deposed").is_some_and(|deposed| !deposed.is_null()),
        is_protected: false,
        is_kept: false,
        needs: needs.filter_map(Json::as_str).map(str::to_owned).collect(),
    })
}
