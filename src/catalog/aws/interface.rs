//! The usage instruction `metadata`, a JSON text, to the port's types: how the template's author presents the parameters. Text from
//! outside, as much of it as there are parameters, and each piece bounded.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{Interface, ParameterRule};

/// No template is longer.
const LONGEST: usize = 1_000_000;
/// Longer labels are cut.
const WORDS: usize = 200;

/// What `AWS::CloudFormation::Interface` says of these parameters; nothing where it is not understood.
#[must_use]
pub fn interface(metadata: &str, of: &BTreeMap<String, ParameterRule>) -> Interface {
    let mut found = Interface::default();
    if metadata.len() > LONGEST {
        return found;
    }
    let Ok(Value::Object(mut metadata)) = serde_json::from_str(metadata) else { return found };
    let Some(Value::Object(said)) = metadata.remove("AWS::CloudFormation::Interface") else { return found };
    if let Some(Value::Object(labels)) = said.get("ParameterLabels") {
        let told = labels.iter().filter(|(key, _)| of.contains_key(*key));
        found.labels = told.filter_map(|(key, label)| Some((key.clone(), default(label)?))).collect();
    }
    for group in said.get("ParameterGroups").and_then(Value::as_array).into_iter().flatten() {
        let Some(name) = group.get("Label").and_then(default) else { continue };
        let members = group.get("Parameters").and_then(Value::as_array).into_iter().flatten();
        for key in members.filter_map(Value::as_str).filter(|key| of.contains_key(*key)) {
            found.groups.entry(key.to_owned()).or_insert_with(|| name.clone());
        }
    }
    found
}

/// The text of `{default: …}`, on one line.
fn default(label: &Value) -> Option<String> {
    let text = label.as_object().and_then(|label: &Map<String, Value>| label.get("default"))?.as_str()?;
    let bounded = &text[..text.floor_char_boundary(WORDS * 4)];
    let line = bounded.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return None;
    }
    let cut: String = line.chars().take(WORDS).collect();
    Some(if cut.len() < line.len() || bounded.len() < text.len() { cut + "…" } else { cut })
}
