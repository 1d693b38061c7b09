//! What a catalog's products take, in the schema of declarations: once a declaration names product and version, its parameters
//! are those of that version.

use serde_json::{Map, Value, json};

use super::{UNFILLED, put, scalars, unfilled_or};
use crate::catalog::ParameterRule;
use crate::report::view::{OfferedVersion, OfferedView};

/// Adds them to the schema of a file of declarations.
pub(super) fn offer(schema: &mut Value, offered: &[OfferedView]) {
    let names = json!({ "enum": scalars(offered.iter().map(|one| one.name.as_str())) });
    let mut own = vec![json!({ "properties": { "product_name": unfilled_or(&names) } })];
    let (mut by_default, mut sheets) = (Vec::new(), Map::new());
    for product in offered {
        let is_product = named("product_name", "product_id", [product.name.as_str()], &product.ids);
        let versions = json!({ "enum": scalars(product.versions.iter().map(|one| one.name.as_str())) });
        own.push(json!({
            "if": is_product,
            "then": { "properties": { "provisioning_artifact_name": unfilled_or(&versions) } },
        }));
        for version in &product.versions {
            let key = format!("offered-{}", sheets.len() + 1);
            let here = json!({ "$ref": format!("#/$defs/{key}") });
            sheets.insert(key, sheet(product, version));
            let is_version = named(
                "provisioning_artifact_name",
                "provisioning_artifact_id",
                [version.name.as_str()],
                &version.ids,
            );
            let is_meant = json!({ "allOf": [is_product, is_version] });
            own.push(json!({ "if": is_meant, "then": here }));
            by_default.push(of_defaults(&is_meant, &here));
        }
    }
    sheets.insert("offered".to_owned(), json!({ "allOf": own }));
    put(schema, json!({ "$defs": sheets, "allOf": by_default }));
    let whole = json!({ "$ref": "#/$defs/offered" });
    for path in ["/properties/defaults", "/properties/provisioned_products/additionalProperties"] {
        if let Some(Value::Object(layer)) = schema.pointer_mut(path)
            && let Value::Array(all) = layer.entry("allOf").or_insert_with(|| json!([]))
        {
            all.push(whole.clone());
        }
    }
}

/// Declarations that say neither, where the defaults of their file say both.
fn of_defaults(is_meant: &Value, sheet: &Value) -> Value {
    let says = ["product_name", "product_id", "provisioning_artifact_name", "provisioning_artifact_id"];
    let says: Vec<Value> = says.iter().map(|name| json!({ "required": [name] })).collect();
    json!({
        "if": { "properties": { "defaults": is_meant }, "required": ["defaults"] },
        "then": { "properties": { "provisioned_products": { "additionalProperties": {
            "if": { "not": { "anyOf": says } },
            "then": sheet,
        } } } },
    })
}

/// That something is named so, or by one of its ids.
fn named<'t>(name: &str, id: &str, names: impl IntoIterator<Item = &'t str>, ids: &[String]) -> Value {
    let is =
        |key: &str, texts: Vec<Value>| json!({ "properties": { key: { "enum": texts } }, "required": [key] });
    json!({ "anyOf": [is(name, scalars(names)), is(id, scalars(ids.iter().map(String::as_str)))] })
}

fn sheet(product: &OfferedView, version: &OfferedVersion) -> Value {
    let parameters: Map<String, Value> = version
        .parameters
        .iter()
        .map(|(key, one)| (key.clone(), parameter(one.label.as_deref(), &one.rule)))
        .collect();
    let tags: Map<String, Value> = version
        .tag_options
        .iter()
        .map(|(key, values)| {
            (key.clone(), unfilled_or(&json!({ "enum": scalars(values.iter().map(String::as_str)) })))
        })
        .collect();
    json!({ "properties": {
        "parameters": {
            "description": format!("Parameters of {} {}.", product.name, version.name),
            "properties": parameters,
            "additionalProperties": false,
        },
        "tags": { "properties": tags },
    } })
}

fn parameter(label: Option<&str>, rule: &ParameterRule) -> Value {
    let scalar = scalar(rule);
    let is_list = rule.kind == "CommaDelimitedList" || rule.kind.contains("List<");
    let mut schema = match is_list {
        true => json!({ "anyOf": [scalar, { "type": "array", "items": scalar }] }),
        false => scalar,
    };
    put(&mut schema, json!({ "description": described(label, rule) }));
    // what is not echoed is told to nobody
    if let Some(default) = rule.default.as_ref().filter(|_| !rule.no_echo) {
        put(&mut schema, json!({ "default": default }));
    }
    schema
}

/// One value; `null` keeps what is there.
fn scalar(rule: &ParameterRule) -> Value {
    if !rule.allowed_values.is_empty() {
        let mut all = scalars(rule.allowed_values.iter().map(String::as_str));
        all.push(Value::Null);
        return unfilled_or(&json!({ "enum": all }));
    }
    if rule.kind == "Number" {
        let mut schema = json!({
            "type": ["number", "string", "null"],
            "pattern": format!(r"^\s*[-+]?[0-9.]+([eE][-+]?[0-9]+)?\s*$|{UNFILLED}"),
        });
        for (word, bound) in [("minimum", &rule.min_value), ("maximum", &rule.max_value)] {
            let bound = bound.as_ref().and_then(|bound| serde_json::from_str::<Value>(bound).ok());
            if let Some(bound) = bound.filter(Value::is_number) {
                put(&mut schema, json!({ word: bound }));
            }
        }
        return schema;
    }
    let pattern = rule.allowed_pattern.clone().filter(|pattern| is_common(pattern));
    match pattern {
        Some(pattern) => json!({
            "type": ["string", "number", "boolean", "null"],
            "pattern": format!("^(?:{pattern})$|{UNFILLED}"),
        }),
        None => json!({}),
    }
}

/// Whether every reader of patterns means the same by it: it is the service's Java that has the last word.
fn is_common(pattern: &str) -> bool {
    let odd =
        ["(?", "\\p", "\\P", "\\A", "\\z", "\\Z", "\\Q", "[[", "&&", "++", "*+", "?+", "}+", "\\h", "\\R"];
    !odd.iter().any(|odd| pattern.contains(odd)) && regex::Regex::new(pattern).is_ok()
}

fn described(label: Option<&str>, rule: &ParameterRule) -> String {
    let mut parts: Vec<String> = label.map(str::to_owned).into_iter().collect();
    parts.push(rule.description.clone());
    parts.extend(rule.constraint_description.clone());
    parts.push(format!("{}.", rule.kind));
    parts.extend(rule.told().into_iter().map(|one| format!("{one}.")));
    parts.extend(rule.default.is_none().then(|| "Required.".to_owned()));
    parts.extend(rule.no_echo.then(|| "Sensitive.".to_owned()));
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}
