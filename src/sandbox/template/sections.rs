//! The tree's sections as the rest of the engine reads them, with CloudFormation's complaints about their form.
//! References between sections are checked in `references`.

use std::collections::HashMap;

use serde_json::Value;

use super::tree::{Data, Node};
use super::{Parameter, TemplateError};

/// CloudFormation's limit for one template.
const MAX_RESOURCES: usize = 500;

/// A template's sections.
#[derive(Debug, Clone, Default)]
pub(super) struct Sections {
    pub description: Option<String>,
    pub format_version: Option<String>,
    pub parameters: Vec<Parameter>,
    pub rules: Value,
    pub mappings: Node,
    pub conditions: HashMap<String, Node>,
    pub resources: Vec<ResourceDeclaration>,
    /// Logical id to place in `resources`.
    pub resource_places: HashMap<String, usize>,
    pub outputs: Vec<OutputDeclaration>,
    /// A macro or a module may add resources that the text does not show.
    pub transformed: bool,
}

/// One entry of `Resources`.
#[derive(Debug, Clone)]
pub(super) struct ResourceDeclaration {
    pub logical_id: String,
    pub kind: String,
    pub condition: Option<String>,
    pub depends_on: Vec<String>,
    pub body: Node,
}

impl ResourceDeclaration {
    pub fn property(&self, name: &str) -> Option<&Node> {
        self.body.get("Properties")?.get(name)
    }
}

/// One entry of `Outputs`.
#[derive(Debug, Clone)]
pub(super) struct OutputDeclaration {
    pub key: String,
    pub description: Option<String>,
    pub condition: Option<String>,
    pub value: Node,
}

impl Sections {
    pub fn parameter(&self, key: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.key == key)
    }

    pub fn resource(&self, logical_id: &str) -> Option<&ResourceDeclaration> {
        self.resources.get(*self.resource_places.get(logical_id)?)
    }
}

/// Reads the sections of a template's tree.
pub(super) fn sections(tree: &Node) -> Result<Sections, TemplateError> {
    if !matches!(tree.data, Data::Map(_)) {
        return Err(wrong(tree, "unsupported structure."));
    }
    let resources = plain(section(tree, "Resources")?).map(|(id, body)| resource(id, body));
    let resources = resources.collect::<Result<Vec<_>, _>>()?;
    let transformed = tree.get("Transform").is_some()
        || calls_transform(tree)
        || resources.iter().any(|resource| resource.kind.ends_with("::MODULE"));
    if resources.is_empty() && !transformed {
        return Err(wrong(tree, "At least one Resources member must be defined."));
    }
    if resources.len() > MAX_RESOURCES {
        return Err(wrong(
            tree,
            &format!(
                "Number of resources, {}, is greater than maximum allowed, {MAX_RESOURCES}",
                resources.len()
            ),
        ));
    }
    Ok(Sections {
        description: tree.get_text("Description"),
        format_version: tree.get_text("AWSTemplateFormatVersion"),
        parameters: plain(section(tree, "Parameters")?).map(parameter).collect::<Result<_, _>>()?,
        rules: tree.get("Rules").map_or_else(|| Value::Object(serde_json::Map::new()), Node::json),
        mappings: tree.get("Mappings").cloned().unwrap_or_default(),
        conditions: plain(section(tree, "Conditions")?).cloned().collect(),
        resource_places: resources
            .iter()
            .enumerate()
            .map(|(place, r)| (r.logical_id.clone(), place))
            .collect(),
        resources,
        outputs: plain(section(tree, "Outputs")?).map(output).collect::<Result<_, _>>()?,
        transformed,
    })
}

pub(super) fn wrong(node: &Node, what: &str) -> TemplateError {
    TemplateError::Format { what: what.to_owned(), line: node.at.line, column: node.at.column }
}

fn section<'t>(tree: &'t Node, name: &str) -> Result<&'t [(String, Node)], TemplateError> {
    match tree.get(name) {
        Some(node) if !matches!(node.data, Data::Map(_)) => {
            Err(wrong(node, &format!("[/{name}] Every {name} section must be a map.")))
        }
        Some(node) => Ok(node.entries()),
        None => Ok(&[]),
    }
}

/// The entries of a section but those that a macro would replace (`Fn::Transform`, `Fn::ForEach::…`).
fn plain(entries: &[(String, Node)]) -> impl Iterator<Item = &(String, Node)> {
    entries.iter().filter(|(key, _)| !key.starts_with("Fn::"))
}

/// `Fn::Transform` inside a section splices whatever a macro returns.
fn calls_transform(node: &Node) -> bool {
    match &node.data {
        Data::Map(entries) => {
            entries.iter().any(|(key, value)| key == "Fn::Transform" || calls_transform(value))
        }
        Data::List(items) => items.iter().any(calls_transform),
        Data::Null | Data::Text(_) => false,
    }
}

fn resource(logical_id: &str, body: &Node) -> Result<ResourceDeclaration, TemplateError> {
    let path = format!("[/Resources/{logical_id}]");
    let Some(kind) = body.get_text("Type") else {
        return Err(wrong(body, &format!("{path} Every Resources object must contain a Type member.")));
    };
    if body.get("Condition").is_some_and(|condition| condition.text().is_none()) {
        return Err(wrong(body, &format!("{path} Every Condition member must be a string.")));
    }
    let depends_on = body.get("DependsOn").map_or_else(Vec::new, |node| match node.list() {
        Some(items) => items.iter().filter_map(Node::text).map(str::to_owned).collect(),
        None => node.text().map(str::to_owned).into_iter().collect(),
    });
    Ok(ResourceDeclaration {
        logical_id: logical_id.to_owned(),
        kind,
        condition: body.get_text("Condition"),
        depends_on,
        body: body.clone(),
    })
}

fn output((key, body): &(String, Node)) -> Result<OutputDeclaration, TemplateError> {
    let Some(value) = body.get("Value") else {
        return Err(wrong(
            body,
            &format!("[/Outputs/{key}] Every Outputs member must contain a Value object"),
        ));
    };
    Ok(OutputDeclaration {
        key: key.clone(),
        description: body.get_text("Description"),
        condition: body.get_text("Condition"),
        value: value.clone(),
    })
}

fn parameter((key, body): &(String, Node)) -> Result<Parameter, TemplateError> {
    let path = format!("[/Parameters/{key}]");
    let Some(kind) = body.get_text("Type") else {
        return Err(wrong(body, &format!("{path} Every Parameters object must contain a Type member.")));
    };
    let kind = kind.trim().to_owned();
    if !is_parameter_type(&kind) {
        return Err(wrong(body, &format!("Unrecognized parameter type: {kind}")));
    }
    if body.get("Default").is_some_and(|default| default.text().is_none()) {
        return Err(wrong(body, &format!("{path} Every Default member must be a string.")));
    }
    let allowed = body.get("AllowedValues").and_then(Node::list).unwrap_or_default();
    Ok(Parameter {
        key: key.clone(),
        kind,
        default: body.get_text("Default"),
        no_echo: body.get_text("NoEcho").is_some_and(|text| is_true(&text)),
        description: body.get_text("Description"),
        allowed_values: allowed.iter().filter_map(Node::text).map(str::to_owned).collect(),
        allowed_pattern: body.get_text("AllowedPattern"),
        constraint_description: body.get_text("ConstraintDescription"),
        min_length: body.get_text("MinLength"),
        max_length: body.get_text("MaxLength"),
        min_value: body.get_text("MinValue"),
        max_value: body.get_text("MaxValue"),
    })
}

/// YAML's other spellings count too: a secret must not show because of how `NoEcho` was written.
fn is_true(text: &str) -> bool {
    ["true", "yes", "on", "y", "1"].contains(&text.trim().to_ascii_lowercase().as_str())
}

fn is_parameter_type(kind: &str) -> bool {
    let inner = kind.strip_prefix("AWS::SSM::Parameter::Value<").and_then(|rest| rest.strip_suffix('>'));
    let kind = inner.unwrap_or(kind);
    let item = kind.strip_prefix("List<").and_then(|rest| rest.strip_suffix('>'));
    match item {
        Some(item) => ["String", "Number"].contains(&item) || item.starts_with("AWS::"),
        None => ["String", "Number", "CommaDelimitedList"].contains(&kind) || kind.starts_with("AWS::"),
    }
}
