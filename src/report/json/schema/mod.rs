//! JSON Schemas (2020-12): of the files that people write, from the tables of their fields, and of our own documents.
//!
//! What is read by editors is written in the words that all of them have: `if` and `then` instead of `dependentSchemas`, one
//! pattern for a text and for what is still to be filled.

mod products;

use serde_json::{Map, Value, json};

use crate::model::schema::{FieldSchema, FileSchema, ListSchema, MapSchema, Schema, TextSchema};
use crate::report::view::OfferedView;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schemas of our own documents, by their names.
const DOCUMENTS: [(&str, &str); 3] = [
    ("plan", include_str!("plan.json")),
    ("event", include_str!("event.json")),
    ("state", include_str!("state.json")),
];

/// The schema of a file, with what the products take, as far as the catalog was asked.
#[must_use]
pub fn file_schema(file: &FileSchema, offered: &[OfferedView]) -> String {
    let mut schema = json!({
        "$schema": DRAFT,
        "$id": format!("urn:provisor:schema:{}", file.name),
        "title": format!("provisor: {}", file.name),
        "description": file.about,
    });
    put(&mut schema, of(&file.holds));
    if !offered.is_empty() {
        products::offer(&mut schema, offered);
    }
    super::printed(&schema)
}

/// The schema of one of our documents.
#[must_use]
pub fn document_schema(name: &str) -> Option<String> {
    let text = |name: &str| DOCUMENTS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
    let own = text(name)?;
    match text("plan").filter(|_| name == "event") {
        Some(plan) => with_plan(own, plan).map(|whole| super::printed(&whole)),
        None => Some(own.to_owned()),
    }
}

/// The schema of events, with what stands in that of plans, in one document: not every reader follows a reference to another.
fn with_plan(event: &str, plan: &str) -> Option<Value> {
    let mut event: Value = serde_json::from_str(event).ok()?;
    let mut plan: Value = serde_json::from_str(plan).ok()?;
    let plan = plan.as_object_mut()?;
    let more = plan.remove("$defs")?;
    plan.retain(|name, _| ["type", "properties", "required"].contains(&name.as_str()));
    for apart in ["steps", "format"] {
        plan.get_mut("properties")?.as_object_mut()?.remove(apart);
        plan.get_mut("required")?.as_array_mut()?.retain(|name| name != apart);
    }
    let defs = event.get_mut("$defs")?.as_object_mut()?;
    defs.insert("plan".to_owned(), Value::Object(plan.clone()));
    for (name, one) in more.as_object()? {
        defs.entry(name).or_insert_with(|| one.clone());
    }
    Some(event)
}

/// Whether a text is one that was written here.
#[must_use]
pub fn is_schema(text: &str) -> bool {
    text.contains("\"$id\": \"urn:provisor:schema:")
}

fn of(schema: &Schema) -> Value {
    match schema {
        Schema::Text(text) => of_text(text),
        Schema::Flag => json!({ "type": "boolean" }),
        Schema::Number { least, most, is_whole } => number(*least, *most, *is_whole),
        Schema::List(list) => of_list(list),
        Schema::Map(map) => of_map(map),
        Schema::Named { key, value } => {
            let mut named = json!({ "type": "object", "additionalProperties": of(value) });
            if key.pattern.is_some() {
                put(&mut named, json!({ "propertyNames": { "pattern": whole(key) } }));
            }
            named
        }
        Schema::Anything => json!({}),
        Schema::Either(several) => json!({ "anyOf": several.iter().map(of).collect::<Vec<_>>() }),
    }
}

/// Any scalar is a text: `111122223333` and `1.10` are read as they are written.
fn of_text(text: &TextSchema) -> Value {
    if !text.allowed.is_empty() {
        let one_of = json!({ "enum": scalars(text.allowed.iter().copied()) });
        return if text.is_filled { unfilled_or(&one_of) } else { one_of };
    }
    let mut schema = json!({ "type": ["string", "number", "boolean"] });
    if text.pattern.is_some() {
        put(&mut schema, json!({ "pattern": whole(text) }));
    }
    schema
}

/// A value of its own rules, or one that is still to be filled.
fn unfilled_or(schema: &Value) -> Value {
    json!({ "anyOf": [schema, { "type": "string", "pattern": UNFILLED }] })
}

/// What is still to be filled.
const UNFILLED: &str = r"\$\{";

fn whole(text: &TextSchema) -> String {
    let pattern = text.pattern.as_deref().unwrap_or_default();
    if text.is_filled { format!("^(?:{pattern})$|{UNFILLED}") } else { format!("^(?:{pattern})$") }
}

/// Texts as they may be written: bare ones that YAML takes for something else are among them.
fn scalars<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<Value> {
    let mut all = Vec::new();
    for text in texts {
        all.push(json!(text));
        let bare = serde_json::from_str::<Value>(text).ok();
        all.extend(bare.filter(|bare| bare.is_number() || bare.is_boolean()));
    }
    all
}

fn number(least: f64, most: Option<f64>, is_whole: bool) -> Value {
    let plain = |number: f64| match is_whole {
        true => json!(number as i64),
        false => json!(number),
    };
    let mut schema = json!({ "type": if is_whole { "integer" } else { "number" }, "minimum": plain(least) });
    if let Some(most) = most {
        put(&mut schema, json!({ "maximum": plain(most) }));
    }
    schema
}

fn of_list(list: &ListSchema) -> Value {
    let mut schema = json!({ "type": "array", "items": of(&list.item) });
    if list.least > 0 {
        put(&mut schema, json!({ "minItems": list.least }));
    }
    if let Some(most) = list.most {
        put(&mut schema, json!({ "maxItems": most }));
    }
    if list.is_distinct {
        put(&mut schema, json!({ "uniqueItems": true }));
    }
    schema
}

fn of_map(map: &MapSchema) -> Value {
    let fields: Map<String, Value> =
        map.fields.iter().map(|field| (field.name.to_owned(), of_field(field))).collect();
    let mut schema = json!({ "type": "object", "properties": fields, "additionalProperties": false });
    if map.has_own {
        put(&mut schema, json!({ "patternProperties": { "^x-": {} } }));
    }
    let required: Vec<&str> =
        map.fields.iter().filter(|field| field.is_required).map(|field| field.name).collect();
    if !required.is_empty() {
        put(&mut schema, json!({ "required": required }));
    }
    let mut all: Vec<Value> = Vec::new();
    for rivals in &map.rivals {
        for (n, one) in rivals.iter().enumerate() {
            let others = rivals.get(n + 1..).unwrap_or_default();
            all.extend((!others.is_empty()).then(|| without(one, others)));
        }
    }
    all.extend(map.excluded.iter().map(|(by, fields)| without(by, fields)));
    all.extend(map.needed.iter().map(|names| {
        let given: Vec<Value> = names.iter().map(|name| json!({ "required": [name] })).collect();
        json!({ "anyOf": given })
    }));
    if !all.is_empty() {
        put(&mut schema, json!({ "allOf": all }));
    }
    schema
}

/// Beside one key, others mean nothing.
fn without(one: &str, others: &[&str]) -> Value {
    let none: Map<String, Value> =
        others.iter().map(|name| ((*name).to_owned(), Value::Bool(false))).collect();
    json!({ "if": { "required": [one] }, "then": { "properties": none } })
}

fn of_field(field: &FieldSchema) -> Value {
    let mut schema = of(&field.holds);
    put(&mut schema, json!({ "description": field.doc }));
    if let Some(text) = field.default {
        put(&mut schema, json!({ "default": default(&field.holds, text) }));
    }
    schema
}

fn default(of: &Schema, text: &str) -> Value {
    let text = text.trim_matches('"');
    match of {
        Schema::Flag | Schema::Number { .. } => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        Schema::List(_) => json!([text]),
        _ => json!(text),
    }
}

/// The members of the second in the first.
fn put(schema: &mut Value, more: Value) {
    if let (Value::Object(members), Value::Object(more)) = (schema, more) {
        members.extend(more);
    }
}
