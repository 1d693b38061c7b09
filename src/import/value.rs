//! A value as declarations write it: what is sent becomes what people would have written.

use serde_json::Value as Json;

use super::found::FoundValue;
use super::marked::read;
use super::yaml::{YamlNode, YamlPair};

/// A value, as people would write it.
pub(super) fn node(value: &FoundValue) -> YamlNode {
    match value {
        FoundValue::Text(text) => document(text).unwrap_or_else(|| YamlNode::text(escaped(text))),
        FoundValue::List(items) => {
            YamlNode::List(items.iter().map(|item| YamlNode::text(escaped(item))).collect())
        }
        FoundValue::Template(text) => YamlNode::text(text),
        FoundValue::Output { of, key } => YamlNode::text(format!("${{{of}.outputs.{key}}}")),
        FoundValue::Variable(name) => YamlNode::text(format!("${{var.{name}}}")),
        FoundValue::Sensitive | FoundValue::Kept => YamlNode::Null,
    }
}

/// `${` begins a reference.
pub(super) fn escaped(text: &str) -> String {
    text.replace("${", "$${")
}

/// A JSON document is written as one, if it says the same as it is sent then: a map, or a list that holds maps. A key that stands there
/// twice would be lost.
fn document(text: &str) -> Option<YamlNode> {
    let json: Json = serde_json::from_str(text).ok()?;
    let holds_maps = |items: &Vec<Json>| items.iter().any(|item| item.is_object() || item.is_array());
    let is_structured = match &json {
        Json::Object(members) => !members.is_empty(),
        Json::Array(items) => holds_maps(items),
        _ => false,
    };
    let is_sent_alike = || read(text).is_ok();
    (is_structured && is_sent_alike()).then(|| of_json(&json)).flatten()
}

/// `None` for what would not come back as it is: a text there is that looks like something else is quoted, but a fraction
/// or a large number may be written in several ways.
fn of_json(json: &Json) -> Option<YamlNode> {
    Some(match json {
        Json::Null => YamlNode::Null,
        Json::Bool(flag) => YamlNode::Plain(flag.to_string()),
        Json::Number(number) if number.is_i64() => YamlNode::Plain(number.to_string()),
        Json::Number(_) => return None,
        Json::String(text) => YamlNode::text(escaped(text)),
        Json::Array(items) => YamlNode::List(items.iter().map(of_json).collect::<Option<_>>()?),
        Json::Object(members) => {
            let pair = |(key, value): (&String, &Json)| Some(YamlPair::new(key, of_json(value)?));
            YamlNode::Map(members.iter().map(pair).collect::<Option<_>>()?)
        }
    })
}
