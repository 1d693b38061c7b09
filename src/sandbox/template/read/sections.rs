//! From a template's tree to its sections, with CloudFormation's complaints about their entries. What is wrong with the
//! template as a whole is said in `form`; references between sections are checked in `references`.

use std::collections::HashSet;

use serde_json::Value;

use super::form::{self, Names, section};
use super::{entries, rules, serverless};
use crate::template::error::{TemplateError, meant, name_of};
use crate::template::parameters::Parameter;
use crate::template::sections::{OutputDeclaration, ResourceDeclaration, Sections};
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
    let of = |name| section(tree, name).unwrap_or_default();
    let named: HashSet<(usize, usize)> = faults.iter().map(TemplateError::place).collect();
    faults.extend(plain(of("Parameters")).flat_map(|(key, body)| entries::parameter(key, body, transforms)));
    faults.extend(plain(of("Resources")).flat_map(|(id, body)| entries::resource(id, body, transforms)));
    faults.extend(plain(of("Outputs")).filter_map(|(key, body)| output(key, body).err()));
    // what is missing may be meant by a name that is none, and that is told
    let is_told = |fault: &TemplateError| {
        let at = fault.place();
        let bodies = of("Parameters").iter().chain(of("Resources"));
        let mut holders = bodies.filter(|(_, body)| (body.at.line, body.at.column) == at);
        holders.any(|(_, body)| body.entries().iter().any(|(_, inner)| named.contains(&name_of(inner))))
    };
    faults.retain(|fault| !is_told(fault));
    faults
}

/// The sections with what stands for entries that are none, so that the others can be looked at; `None` where what is missing
/// may be anywhere.
pub(crate) fn lenient(tree: &Node, names: Names) -> Option<Sections> {
    let transforms = Transforms::of(tree);
    let is_read = |name: &&str| section(tree, name).is_ok();
    let all = ["Parameters", "Mappings", "Conditions", "Resources", "Outputs"];
    if transforms.extended() || transforms.serverless || !form::is_known(tree, transforms) {
        return None;
    }
    if !all.iter().all(is_read) || form::counts(tree, names).is_err() {
        return None;
    }
    let entries = |name| section(tree, name).map(plain).ok();
    let parameters = entries("Parameters")?.map(|(key, body)| {
        let none = |_| Parameter { key: key.clone(), ..Parameter::default() };
        parameter(key, body, transforms).unwrap_or_else(none)
    });
    let resources = entries("Resources")?.map(|(id, body)| {
        let none = || ResourceDeclaration {
            logical_id: id.clone(),
            kind: String::new(),
            condition: None,
            depends_on: Vec::new(),
            body: Node::default(),
        };
        resource(id, body, transforms).unwrap_or_else(|_| none())
    });
    let resources: Vec<ResourceDeclaration> = resources.collect();
    let places = resources.iter().enumerate();
    Some(Sections {
        parameters: parameters.collect(),
        mappings: tree.get("Mappings").cloned().unwrap_or_default(),
        conditions: entries("Conditions")?.cloned().collect(),
        resource_places: places.map(|(place, r)| (r.logical_id.clone(), place)).collect(),
        outputs: entries("Outputs")?.filter_map(|(key, body)| output(key, body).ok()).collect(),
        resources,
        transforms,
        ..Sections::default()
    })
}

/// The sections without resources, rules and outputs: what may be evaluated before anything else.
pub(crate) fn head(tree: &Node) -> Result<Sections, TemplateError> {
    if !matches!(tree.data, Data::Map(_)) {
        return Err(TemplateError::format(tree, "unsupported structure."));
    }
    let transforms = Transforms::of(tree);
    Ok(Sections {
        description: tree.get_text("Description"),
        format_version: tree.get_text("AWSTemplateFormatVersion"),
        parameters: plain(section(tree, "Parameters")?)
            .map(|(key, body)| parameter(key, body, transforms))
            .collect::<Result<_, _>>()?,
        rules: tree.get("Rules").map_or_else(|| Value::Object(serde_json::Map::new()), Node::json),
        mappings: tree.get("Mappings").cloned().unwrap_or_default(),
        conditions: plain(section(tree, "Conditions")?).cloned().collect(),
        transforms,
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
    first(entries::resource(logical_id, body, transforms))?;
    let depends_on = body.get("DependsOn").map_or_else(Vec::new, |node| match node.list() {
        Some(items) => items.iter().filter_map(Node::text).map(str::to_owned).collect(),
        None => node.text().map(str::to_owned).into_iter().collect(),
    });
    Ok(ResourceDeclaration {
        logical_id: logical_id.to_owned(),
        kind: body.get_text("Type").unwrap_or_default(),
        condition: body.get_text("Condition"),
        depends_on,
        body: body.clone(),
    })
}

/// What the service would tell first.
fn first(faults: Vec<TemplateError>) -> Result<(), TemplateError> {
    faults.into_iter().next().map_or(Ok(()), Err)
}

/// The member that is meant to be the value.
fn slip_of_value(body: &Node) -> Option<String> {
    let unknown = body.entries().iter().map(|(name, _)| name.as_str());
    let mut unknown = unknown.filter(|name| !["Description", "Condition", "Export"].contains(name));
    unknown.find_map(|name| meant(name, ["Value"]))
}

fn output(key: &str, body: &Node) -> Result<OutputDeclaration, TemplateError> {
    let Some(value) = body.get("Value") else {
        return Err(TemplateError::format(
            body,
            &format!("[/Outputs/{key}] Every Outputs member must contain a Value object"),
        )
        .advising(slip_of_value(body)));
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

fn parameter(key: &str, body: &Node, transforms: Transforms) -> Result<Parameter, TemplateError> {
    first(entries::parameter(key, body, transforms))?;
    let allowed = body.get("AllowedValues").and_then(Node::list).unwrap_or_default();
    Ok(Parameter {
        key: key.to_owned(),
        kind: body.get_text("Type").unwrap_or_default().trim().to_owned(),
        default: body.get_text("Default"),
        no_echo: body.get_text("NoEcho").is_some_and(|text| entries::truth(&text) == Some(true)),
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
