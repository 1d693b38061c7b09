//! From a template's tree to its sections, with CloudFormation's complaints about their entries. What is wrong with the
//! template as a whole is said in `form`; references between sections are checked in `references`.

use std::collections::HashSet;

use serde_json::Value;

use super::form::{self, Names, section};
use super::{rules, serverless};
use crate::template::error::{TemplateError, name_of};
use crate::template::parameters::{Parameter, is_broken};
use crate::template::sections::{OutputDeclaration, ResourceDeclaration, Sections, is_policy};
use crate::template::transforms::Transforms;
use crate::tree::{Data, Node};

/// Reads the sections of a template's tree.
pub(crate) fn sections(tree: &Node, names: Names) -> Result<Sections, TemplateError> {
    let mut sections = head(tree)?;
    let faults = form::faults(tree, sections.transforms, names);
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault);
    }
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
    sections.outputs =
        plain(section(tree, "Outputs")?).map(|(key, body)| output(key, body)).collect::<Result<_, _>>()?;
    sections.checks = rules::read(tree.get("Rules"), &sections)?;
    Ok(sections)
}

/// All that is wrong with the form of a template and with its entries, each for itself.
pub(crate) fn faults(tree: &Node, names: Names) -> Vec<TemplateError> {
    let transforms = Transforms::of(tree);
    let mut faults = form::faults(tree, transforms, names);
    let entries = |name| section(tree, name).unwrap_or_default();
    let named: HashSet<(usize, usize)> = faults.iter().map(TemplateError::place).collect();
    faults.extend(plain(entries("Parameters")).filter_map(|(key, body)| parameter(key, body).err()));
    faults.extend(plain(entries("Resources")).filter_map(|(id, body)| resource(id, body, transforms).err()));
    faults.extend(plain(entries("Outputs")).filter_map(|(key, body)| output(key, body).err()));
    // what is missing may be meant by a name that is none, and that is told
    let is_told = |fault: &TemplateError| {
        let at = fault.place();
        let bodies = entries("Parameters").iter().chain(entries("Resources"));
        let mut holders = bodies.filter(|(_, body)| (body.at.line, body.at.column) == at);
        holders.any(|(_, body)| body.entries().iter().any(|(_, inner)| named.contains(&name_of(inner))))
    };
    faults.retain(|fault| !is_told(fault));
    faults
}

/// The sections without resources, rules and outputs: what may be evaluated before anything else.
pub(crate) fn head(tree: &Node) -> Result<Sections, TemplateError> {
    if !matches!(tree.data, Data::Map(_)) {
        return Err(TemplateError::format(tree, "unsupported structure."));
    }
    Ok(Sections {
        description: tree.get_text("Description"),
        format_version: tree.get_text("AWSTemplateFormatVersion"),
        parameters: plain(section(tree, "Parameters")?)
            .map(|(key, body)| parameter(key, body))
            .collect::<Result<_, _>>()?,
        rules: tree.get("Rules").map_or_else(|| Value::Object(serde_json::Map::new()), Node::json),
        mappings: tree.get("Mappings").cloned().unwrap_or_default(),
        conditions: plain(section(tree, "Conditions")?).cloned().collect(),
        transforms: Transforms::of(tree),
        ..Sections::default()
    })
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
        return Err(TemplateError::format(
            body,
            &format!("{path} Every Resources object must contain a Type member."),
        ));
    };
    if let Some(condition) = body.get("Condition").filter(|condition| condition.text().is_none()) {
        let what = format!("{path} Every Condition member must be a string.");
        return Err(TemplateError::format(condition, &what));
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
            Some(text) => Err(TemplateError::format(
                node,
                &format!("Unrecognized {policy} {text} for resource {logical_id}"),
            )),
            None if transforms.extended() || is_computed(node) => Ok(()),
            None => Err(TemplateError::format(node, &format!("Every {policy} member must be a string."))),
        },
    }
}

/// What a policy may be computed with where no macro runs.
fn is_computed(policy: &Node) -> bool {
    policy.function().is_some_and(|(name, _)| ["Ref", "Fn::If", "Fn::FindInMap"].contains(&name))
}

fn output(key: &str, body: &Node) -> Result<OutputDeclaration, TemplateError> {
    let Some(value) = body.get("Value") else {
        return Err(TemplateError::format(
            body,
            &format!("[/Outputs/{key}] Every Outputs member must contain a Value object"),
        ));
    };
    Ok(OutputDeclaration {
        key: key.to_owned(),
        description: body.get_text("Description"),
        condition: body.get_text("Condition"),
        body: body.clone(),
        value: value.clone(),
        export: body.get("Export").and_then(|export| export.get("Name")).cloned(),
    })
}

fn parameter(key: &str, body: &Node) -> Result<Parameter, TemplateError> {
    let path = format!("[/Parameters/{key}]");
    let Some(kind) = body.get_text("Type") else {
        return Err(TemplateError::format(
            body,
            &format!("{path} Every Parameters object must contain a Type member."),
        ));
    };
    let kind = kind.trim().to_owned();
    if !is_parameter_type(&kind) {
        let at = body.get("Type").unwrap_or(body);
        return Err(TemplateError::format(at, &format!("Unrecognized parameter type: {kind}")));
    }
    if let Some(default) = body.get("Default").filter(|default| default.text().is_none()) {
        return Err(TemplateError::format(
            default,
            &format!("{path} Every Default member must be a string."),
        ));
    }
    limits(body, &path)?;
    let allowed = body.get("AllowedValues").and_then(Node::list).unwrap_or_default();
    Ok(Parameter {
        key: key.to_owned(),
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

/// What values are held against must be of its own kind.
fn limits(body: &Node, path: &str) -> Result<(), TemplateError> {
    for (member, noun) in [
        ("MinLength", "an integer"),
        ("MaxLength", "an integer"),
        ("MinValue", "a number"),
        ("MaxValue", "a number"),
    ] {
        let Some(node) = body.get(member).filter(|node| node.function().is_none()) else { continue };
        let text = node.text().map(str::trim);
        let fits = match noun {
            "a number" => text.is_some_and(|text| text.parse::<f64>().is_ok_and(f64::is_finite)),
            _ => text.is_some_and(|text| text.parse::<u64>().is_ok()),
        };
        if !fits {
            return Err(TemplateError::format(
                node,
                &format!("{path} Every {member} member must be {noun}."),
            ));
        }
    }
    match body.get("AllowedPattern").and_then(|node| Some((node, node.text()?))) {
        Some((node, pattern)) if is_broken(pattern) => Err(TemplateError::format(
            node,
            &format!("{path} AllowedPattern is no regular expression: {pattern}"),
        )),
        _ => Ok(()),
    }
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
