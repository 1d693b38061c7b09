//! The tree's sections as the rest of the engine reads them, with CloudFormation's complaints about their form.
//! References between sections are checked in `references`.

use std::collections::HashMap;

use serde_json::Value;

use super::attributes::REF;
use super::form;
use super::rules::{self, Rule};
use super::serverless;
use super::transform::Transforms;
use super::tree::{Data, Node};
use super::{Parameter, TemplateError};

/// A template's sections.
#[derive(Debug, Clone, Default)]
pub(super) struct Sections {
    pub description: Option<String>,
    pub format_version: Option<String>,
    pub parameters: Vec<Parameter>,
    pub rules: Value,
    pub checks: Vec<Rule>,
    pub mappings: Node,
    pub conditions: HashMap<String, Node>,
    pub resources: Vec<ResourceDeclaration>,
    /// Logical id to place in `resources`.
    pub resource_places: HashMap<String, usize>,
    pub outputs: Vec<OutputDeclaration>,
    pub transforms: Transforms,
    /// A macro, a module or a loop over values not known yet may add resources that the text does not show.
    pub transformed: bool,
    /// What the serverless model calls otherwise: `Function.Alias`, a layer.
    pub renamed: HashMap<String, String>,
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
    /// The name it is exported under.
    pub export: Option<Node>,
}

impl Sections {
    pub fn parameter(&self, key: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.key == key)
    }

    /// Where the serverless model has another name for an attribute of a resource: `Function.Alias`, a layer's.
    pub fn other_name<'s>(&'s self, logical_id: &str, attribute: &'s str) -> Option<(&'s str, &'s str)> {
        if self.renamed.is_empty() {
            return None;
        }
        let (head, rest) = attribute.split_once('.').unwrap_or((attribute, REF));
        let of_attribute =
            self.renamed.get(&format!("{logical_id}.{head}")).map(|other| (other.as_str(), rest));
        of_attribute.or_else(|| self.renamed.get(logical_id).map(|other| (other.as_str(), attribute)))
    }

    pub fn resource(&self, logical_id: &str) -> Option<&ResourceDeclaration> {
        self.resources.get(*self.resource_places.get(logical_id)?)
    }
}

/// Reads the sections of a template's tree.
pub(super) fn sections(tree: &Node) -> Result<Sections, TemplateError> {
    let mut sections = head(tree)?;
    form::check(tree, sections.transforms)?;
    let resources =
        plain(section(tree, "Resources")?).map(|(id, body)| resource(id, body, sections.transforms));
    sections.resources = resources.collect::<Result<Vec<_>, _>>()?;
    if sections.transforms.serverless {
        serverless::run(tree, &mut sections);
    }
    let modules = sections.resources.iter().any(|resource| resource.kind.ends_with("::MODULE"));
    sections.transformed = sections.transforms.other || sections.transforms.serverless || modules;
    let places = sections.resources.iter().enumerate();
    sections.resource_places = places.map(|(place, r)| (r.logical_id.clone(), place)).collect();
    sections.outputs = plain(section(tree, "Outputs")?).map(output).collect::<Result<_, _>>()?;
    sections.checks = rules::read(tree.get("Rules"), &sections)?;
    Ok(sections)
}

/// The sections without resources, rules and outputs: what may be evaluated before anything else.
pub(super) fn head(tree: &Node) -> Result<Sections, TemplateError> {
    if !matches!(tree.data, Data::Map(_)) {
        return Err(wrong(tree, "unsupported structure."));
    }
    Ok(Sections {
        description: tree.get_text("Description"),
        format_version: tree.get_text("AWSTemplateFormatVersion"),
        parameters: plain(section(tree, "Parameters")?).map(parameter).collect::<Result<_, _>>()?,
        rules: tree.get("Rules").map_or_else(|| Value::Object(serde_json::Map::new()), Node::json),
        mappings: tree.get("Mappings").cloned().unwrap_or_default(),
        conditions: plain(section(tree, "Conditions")?).cloned().collect(),
        transforms: Transforms::of(tree),
        ..Sections::default()
    })
}

pub(super) fn wrong(node: &Node, what: &str) -> TemplateError {
    TemplateError::Format { what: what.to_owned(), line: node.at.line, column: node.at.column }
}

/// As [`wrong`], for complaints that CloudFormation words in another way.
pub(super) fn refused(node: &Node, what: &str) -> TemplateError {
    TemplateError::Refused { what: what.to_owned(), line: node.at.line, column: node.at.column }
}

pub(super) fn section<'t>(tree: &'t Node, name: &str) -> Result<&'t [(String, Node)], TemplateError> {
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

fn resource(
    logical_id: &str,
    body: &Node,
    transforms: Transforms,
) -> Result<ResourceDeclaration, TemplateError> {
    let path = format!("[/Resources/{logical_id}]");
    let Some(kind) = body.get_text("Type") else {
        return Err(wrong(body, &format!("{path} Every Resources object must contain a Type member.")));
    };
    if body.get("Condition").is_some_and(|condition| condition.text().is_none()) {
        return Err(wrong(body, &format!("{path} Every Condition member must be a string.")));
    }
    for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
        check_policy(logical_id, policy, body, transforms)?;
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

/// Whether a `DeletionPolicy` or `UpdateReplacePolicy` is one.
pub(super) fn is_policy(text: &str) -> bool {
    ["Delete", "Retain", "Snapshot", "RetainExceptOnCreate"].contains(&text)
}

fn check_policy(
    logical_id: &str,
    policy: &str,
    body: &Node,
    transforms: Transforms,
) -> Result<(), TemplateError> {
    match body.get(policy) {
        None => Ok(()),
        Some(node) => match node.text() {
            Some(text) if is_policy(text) => Ok(()),
            Some(text) => {
                Err(wrong(node, &format!("Unrecognized {policy} {text} for resource {logical_id}")))
            }
            None if transforms.extended() => Ok(()),
            None => Err(wrong(node, &format!("Every {policy} member must be a string."))),
        },
    }
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
        export: body.get("Export").and_then(|export| export.get("Name")).cloned(),
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
