//! How what somebody wrote in a form of his own is written here.

use super::fields::{Field, FieldKind, Table};
use super::yaml::{NodeId, Shape, Tree};

/// Longer texts are not repeated in a hint.
pub(super) const SHORT: usize = 40;

/// How a text is written as a list.
pub(super) fn as_list(text: &str) -> String {
    match text.trim_end() {
        text if text.starts_with('-') => "a space is missing behind each `-`".to_owned(),
        text if text.contains("${") => format!("write `[\"{text}\"]`"),
        text => format!("write `[{text}]`"),
    }
}

/// How something that others take for a truth value is written.
pub(super) fn as_flag(text: &str, plain: bool) -> Option<String> {
    let meant = match text.to_lowercase().as_str() {
        "yes" | "on" | "y" | "1" | "true" => "true",
        "no" | "off" | "n" | "0" | "false" => "false",
        _ => return None,
    };
    let how = if plain { "" } else { ", without quotes" };
    Some(format!("write `{meant}`{how}"))
}

/// How a line that was meant to be a key and a value is written.
pub(super) fn as_map(text: &str) -> Option<String> {
    let (key, value) = text.split_once(['=', ':'])?;
    let (key, value) = (key.trim(), value.trim());
    let is_key = !key.is_empty()
        && key.len() <= SHORT
        && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    (is_key && !value.is_empty() && value.len() <= SHORT).then(|| format!("write `{key}: {value}`"))
}

/// How a list of maps is written as one map.
pub(super) fn as_one_map(tree: &Tree<'_>, items: &[NodeId]) -> Option<String> {
    let given = |item: NodeId, names: [&str; 2]| names.iter().find_map(|name| tree.given(item, name));
    let text = |id: NodeId| tree.text(id).filter(|text| text.len() <= SHORT && !text.is_empty());
    // as the API and templates write tags and parameters
    if let Some(key) = items.first().and_then(|item| given(*item, ["Key", "ParameterKey"])) {
        let value = items.first().and_then(|item| given(*item, ["Value", "ParameterValue"]));
        let (key, value) = (text(key)?, value.and_then(text).unwrap_or("…"));
        return Some(format!("one `key: value` a line, such as `{key}: {value}`"));
    }
    let are_maps = items.iter().all(|item| matches!(tree.node(*item).shape, Shape::Map(_)));
    (are_maps && !items.is_empty()).then(|| "leave the `-` out: the keys stand below each other".to_owned())
}

/// How a text is written that stands for the one thing a map is mostly about.
pub(super) fn as_field(text: &str, table: &'static Table) -> Option<String> {
    let is_file = text.ends_with(".yaml") || text.ends_with(".yml");
    let of = |name: &str| name != "sandbox" || is_file;
    let is_type = |field: &Field| match field.kind {
        FieldKind::Literal(rule) | FieldKind::Text(rule) => rule.check("", text).is_ok(),
        _ => false,
    };
    if table.field("type").is_some_and(is_type) {
        return Some(format!("write `{{type: {text}}}`"));
    }
    let mut names = ["path", "default", "sandbox"].into_iter();
    let name = names.find(|name| table.field(name).is_some() && of(name))?;
    (!text.is_empty() && text.len() <= SHORT && !text.contains("${"))
        .then(|| format!("write `{{{name}: {text}}}`"))
}

/// What to do where `${…}` stands and nothing is filled in; `overrides` are where declarations are.
pub(super) fn unfilled(text: &str, has_overrides: bool) -> Option<String> {
    let told = match has_overrides {
        true => {
            "`${…}` is not filled in here: write the value itself; `overrides` has another for some locations"
        }
        false => "`${…}` is not filled in here: write the value itself",
    };
    text.contains("${").then(|| told.to_owned())
}
