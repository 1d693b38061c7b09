//! What CloudFormation refuses when it validates a template, whatever the values will be: names that stand for nothing,
//! functions that it does not have, and what needs itself. Where a macro may change the text, nothing is said.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::error::{TemplateError, meant};
use super::evaluate::{GET_ATT, circular, circular_conditions, miscounted, no_mapping, unsupported};
use super::references::{Mention, Site, mentions};
use super::sections::{OutputDeclaration, ResourceDeclaration, Sections};
use super::unresolved::{self, Block};
use crate::tree::{Data, Node};
use crate::world_file::nearest;

const PSEUDO: [&str; 8] = [
    "AWS::AccountId",
    "AWS::Region",
    "AWS::StackName",
    "AWS::StackId",
    "AWS::Partition",
    "AWS::URLSuffix",
    "AWS::NoValue",
    "AWS::NotificationARNs",
];

const FUNCTIONS: [&str; 18] = [
    "Ref",
    "Condition",
    "Fn::And",
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::Equals",
    "Fn::FindInMap",
    "Fn::GetAZs",
    "Fn::GetAtt",
    "Fn::GetStackOutput",
    "Fn::If",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Not",
    "Fn::Or",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
];
/// What AWS::LanguageExtensions adds.
const EXTENSIONS: [&str; 2] = ["Fn::Length", "Fn::ToJsonString"];
const LOOP: &str = "Fn::ForEach";

/// Which names need which.
pub(crate) type Needs<'t> = BTreeMap<&'t str, BTreeSet<&'t str>>;

/// What no values can mend, one for each condition, resource and output, and then the circles.
pub(crate) fn faults(sections: &Sections) -> Vec<TemplateError> {
    if sections.transformed {
        return Vec::new();
    }
    let mut faults = conditions(sections);
    faults.extend(sections.resources.iter().filter_map(|declaration| resource(sections, declaration).err()));
    faults.extend(sections.outputs.iter().filter_map(|declaration| output(sections, declaration).err()));
    faults.extend(circles(sections).err());
    faults
}

/// Refuses what no values can mend, by the first of it, as the service does.
pub(crate) fn validate(sections: &Sections) -> Result<(), TemplateError> {
    faults(sections).into_iter().next().map_or(Ok(()), Err)
}

fn resource(sections: &Sections, declaration: &ResourceDeclaration) -> Result<(), TemplateError> {
    let body = &declaration.body;
    if let Some(name) = declaration.condition.as_ref().filter(|name| is_unknown(sections, name)) {
        let at = body.get("Condition").unwrap_or(body);
        return Err(no_condition(sections, at, name, Block::Resources));
    }
    calls(sections, body)?;
    ifs(sections, body)?;
    let depends_on = body.get("DependsOn");
    let needed = |name: &str| {
        let items = depends_on.and_then(Node::list).unwrap_or_default();
        let call = items.iter().find(|item| item.text() == Some(name)).or(depends_on).unwrap_or(body);
        Site { call, at: call.character(0) }
    };
    let not_there = declaration.depends_on.iter().filter(|name| sections.resource(name).is_none());
    let mut missing = missing(sections, body);
    missing.extend(not_there.map(|name| (needed(name), name.as_str())));
    resolved(sections, &missing, Block::Resources)
}

fn output(sections: &Sections, declaration: &OutputDeclaration) -> Result<(), TemplateError> {
    if let Some(name) = declaration.condition.as_ref().filter(|name| is_unknown(sections, name)) {
        let at = declaration.body.get("Condition").unwrap_or(&declaration.value);
        return Err(no_condition(sections, at, name, Block::Outputs));
    }
    for node in [&declaration.value].into_iter().chain(&declaration.export) {
        calls(sections, node)?;
        ifs(sections, node)?;
        resolved(sections, &missing(sections, node), Block::Outputs)?;
    }
    Ok(())
}

/// The section of conditions: they know parameters and each other.
fn conditions(sections: &Sections) -> Vec<TemplateError> {
    let mut all: Vec<(&String, &Node)> = sections.conditions.iter().collect();
    all.sort_by_key(|(_, node)| (node.at.line, node.at.column));
    let mut needs = Needs::new();
    let mut faults = Vec::new();
    for (name, node) in all {
        match condition(sections, node) {
            Ok(of) => drop(needs.insert(name, of)),
            Err(fault) => faults.push(fault),
        }
    }
    let circle = circle(&needs);
    let mut places = circle.iter().filter_map(|name| sections.conditions.get(*name));
    let fault = |first| TemplateError::refused_name(first, &circular_conditions(&circle));
    faults.extend(places.next().map(|first| fault(first).beside(places)));
    faults
}

/// The conditions that one needs.
fn condition<'t>(sections: &Sections, node: &'t Node) -> Result<BTreeSet<&'t str>, TemplateError> {
    calls(sections, node)?;
    ifs(sections, node)?;
    let mut of = BTreeSet::new();
    let mut wrong = None;
    mentions(node, &mut |site, mention| match mention {
        Mention::Name(name) if is_value(sections, name) => {}
        Mention::Name(name) | Mention::Attribute(name, _) => {
            let parameters = sections.parameters.iter().map(|parameter| parameter.key.as_str());
            let fault = || refused(site.call, &unresolved::in_conditions(name)).at(site.at);
            wrong = wrong.take().or_else(|| Some(fault().advising(meant(name, parameters))));
        }
        Mention::Condition(name) if is_unknown(sections, name) => {
            let fault = || no_condition(sections, site.call, name, Block::Conditions).at(site.at);
            wrong = wrong.take().or_else(|| Some(fault()));
        }
        Mention::Condition(name) => {
            of.insert(name);
        }
    });
    wrong.map_or(Ok(of), Err)
}

/// Refuses functions that are not there, and what they are given that is not there.
fn calls(sections: &Sections, node: &Node) -> Result<(), TemplateError> {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        match node.function() {
            // a macro's argument is the macro's business
            Some(("Fn::Transform", _)) => continue,
            Some((name, argument)) => call(sections, node, name, argument)?,
            None => {}
        }
        match &node.data {
            Data::Map(entries) => open.extend(entries.iter().rev().map(|(_, value)| value)),
            Data::List(items) => open.extend(items.iter().rev()),
            Data::Null | Data::Text(_) => {}
        }
    }
    Ok(())
}

fn call(sections: &Sections, node: &Node, name: &str, argument: &Node) -> Result<(), TemplateError> {
    let extended = sections.transforms.extended();
    let is_known = FUNCTIONS.contains(&name) || extended && EXTENSIONS.contains(&name);
    if !is_known && !name.starts_with(LOOP) {
        return Err(no_function(node, name, argument, extended));
    }
    if extended {
        return Ok(());
    }
    match (name, argument.list()) {
        ("Ref", _) if argument.text().is_none() => Err(TemplateError::refused(
            node,
            "Template error: every Ref object must have a single String value.",
        )),
        ("Fn::GetAtt", None) if !argument.text().is_some_and(|text| text.contains('.')) => {
            Err(TemplateError::refused(node, GET_ATT))
        }
        ("Fn::GetAtt", Some(parts)) if parts.len() != 2 => Err(TemplateError::refused(node, GET_ATT)),
        (_, parts) if miscounted(name, parts.map(<[Node]>::len)).is_some() => {
            let what = miscounted(name, parts.map(<[Node]>::len)).unwrap_or_default();
            Err(TemplateError::refused(node, &what))
        }
        ("Fn::FindInMap", Some([map, _, _])) => match map.text() {
            Some(name) if sections.mappings.get(name).is_none() => {
                let known = sections.mappings.entries().iter().map(|(name, _)| name.as_str());
                let fault = TemplateError::refused(node, &no_mapping(name)).at(map.character(0));
                Err(fault.advising(meant(name, known)))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Refuses an `Fn::If` whose condition is not there.
fn ifs(sections: &Sections, node: &Node) -> Result<(), TemplateError> {
    let mut missing = None;
    mentions(node, &mut |site, mention| match mention {
        Mention::Condition(name) if is_unknown(sections, name) && is_if(site.call) => {
            missing = missing.or(Some((site, name)));
        }
        _ => {}
    });
    match missing {
        Some((Site { call, at }, name)) => {
            let near = meant(name, sections.conditions.keys().map(String::as_str));
            Err(TemplateError::refused(call, &unresolved::condition_of_if(name)).at(at).advising(near))
        }
        None => Ok(()),
    }
}

fn is_if(node: &Node) -> bool {
    node.function().is_some_and(|(name, _)| name == "Fn::If")
}

/// The names of parameters and resources in a node that are neither.
fn missing<'n>(sections: &Sections, node: &'n Node) -> Vec<(Site<'n>, &'n str)> {
    let mut missing = Vec::new();
    mentions(node, &mut |site, mention| match mention {
        Mention::Name(name) if !is_value(sections, name) && sections.resource(name).is_none() => {
            missing.push((site, name));
        }
        Mention::Attribute(resource, _) if sections.resource(resource).is_none() => {
            missing.push((site, resource));
        }
        _ => {}
    });
    missing
}

fn resolved(sections: &Sections, missing: &[(Site<'_>, &str)], block: Block) -> Result<(), TemplateError> {
    let Some((Site { call, at }, first)) = missing.first() else { return Ok(()) };
    let parameters = sections.parameters.iter().map(|parameter| parameter.key.as_str());
    let known = parameters.chain(sections.resources.iter().map(|resource| resource.logical_id.as_str()));
    let names: BTreeSet<&str> = missing.iter().map(|(_, name)| *name).collect();
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    Err(refused(call, &unresolved::resource(&names, block)).at(*at).advising(meant(first, known)))
}

/// Refuses resources that need each other, or themselves, whichever way conditions turn out: what stands in an `Fn::If`
/// does not count, and resources under different conditions may never meet.
fn circles(sections: &Sections) -> Result<(), TemplateError> {
    let needs: Needs<'_> =
        sections.resources.iter().map(|it| (it.logical_id.as_str(), certain(sections, it))).collect();
    let condition = |it: &ResourceDeclaration| it.condition.clone();
    let conditions: BTreeSet<Option<String>> = sections.resources.iter().map(condition).collect();
    for together in conditions {
        let meets =
            |it: &&ResourceDeclaration| it.condition.is_none() || it.condition.as_ref() == together.as_ref();
        let met = sections.resources.iter().filter(meets).map(|it| it.logical_id.as_str());
        let of = met.filter_map(|id| Some((id, needs.get(id)?.clone()))).collect();
        let circle = circle(&of);
        if let Some(first) = circle.first().and_then(|id| sections.resource(id)) {
            let others = circle.iter().skip(1).filter_map(|id| sections.resource(id)).map(|it| &it.body);
            return Err(TemplateError::refused_name(&first.body, &circular(&circle)).beside(others));
        }
    }
    Ok(())
}

/// The resources that one refers to whatever conditions say.
fn certain<'t>(sections: &'t Sections, declaration: &'t ResourceDeclaration) -> BTreeSet<&'t str> {
    let mut needed: BTreeSet<&str> = declaration.depends_on.iter().map(String::as_str).collect();
    let mut open = vec![&declaration.body];
    while let Some(node) = open.pop() {
        if is_if(node) {
            continue;
        }
        match (node.function(), &node.data) {
            (None, Data::Map(entries)) => open.extend(entries.iter().map(|(_, value)| value)),
            (None, Data::List(items)) => open.extend(items),
            (Some((_, argument)), _) if holds_if(argument) => open.push(argument),
            _ => mentions(node, &mut |_, mention| {
                if let Mention::Name(name) | Mention::Attribute(name, _) = mention {
                    needed.insert(name);
                }
            }),
        }
    }
    needed.retain(|name| sections.resource(name).is_some());
    needed
}

fn holds_if(node: &Node) -> bool {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if is_if(node) {
            return true;
        }
        open.extend(node.entries().iter().map(|(_, value)| value));
        open.extend(node.list().unwrap_or_default());
    }
    false
}

/// What needs itself, over however many steps.
fn circle<'t>(needs: &Needs<'t>) -> Vec<&'t str> {
    let left = without_ends(needs);
    let mut reversed = Needs::new();
    for (name, needed) in &left {
        reversed.entry(name).or_default();
        for other in needed {
            reversed.entry(other).or_default().insert(name);
        }
    }
    without_ends(&reversed).into_keys().collect()
}

/// Takes away, again and again, what needs nothing that is left.
pub(crate) fn without_ends<'t>(needs: &Needs<'t>) -> Needs<'t> {
    let is_there = |name: &&&str| needs.contains_key(**name);
    let mut open: BTreeMap<&str, usize> =
        needs.iter().map(|(name, needed)| (*name, needed.iter().filter(is_there).count())).collect();
    let mut needed_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, needed) in needs {
        needed.iter().for_each(|other| needed_by.entry(other).or_default().push(name));
    }
    let mut free: VecDeque<&str> =
        open.iter().filter(|(_, open)| **open == 0).map(|(name, _)| *name).collect();
    while let Some(name) = free.pop_front() {
        for other in needed_by.get(name).into_iter().flatten() {
            let Some(open) = open.get_mut(other) else { continue };
            *open -= 1;
            if *open == 0 {
                free.push_back(other);
            }
        }
    }
    let is_left = |name: &&str| open.get(name).is_some_and(|open| *open > 0);
    let left = needs.iter().filter(|(name, _)| is_left(name));
    left.map(|(name, needed)| (*name, needed.iter().copied().filter(|name| is_left(name)).collect()))
        .collect()
}

/// A function that is not there: it is named as it is written, and so is what may be meant.
fn no_function(node: &Node, name: &str, argument: &Node, extended: bool) -> TemplateError {
    let is_tag = argument.key_at.line == 0;
    let bare = |name: &'static str| name.strip_prefix("Fn::").unwrap_or(name);
    let more = if extended { &EXTENSIONS[..] } else { &[] };
    let known = FUNCTIONS.iter().chain(more).copied();
    let near = nearest(name.strip_prefix("Fn::").unwrap_or(name), known.clone().map(bare));
    let whole = near.and_then(|near| known.clone().find(|one| bare(one) == near));
    let hint = if is_tag { near.map(|near| format!("!{near}")) } else { whole.map(ToOwned::to_owned) };
    let at = if is_tag { node.at } else { argument.key_at };
    let hint = hint.map(|name| format!("did you mean `{name}`?"));
    TemplateError::refused(node, &unsupported(name)).at(at).advising(hint)
}

fn no_condition(sections: &Sections, at: &Node, name: &str, block: Block) -> TemplateError {
    let near = meant(name, sections.conditions.keys().map(String::as_str));
    refused(at, &unresolved::condition(name, block)).advising(near)
}

fn is_unknown(sections: &Sections, condition: &str) -> bool {
    !sections.conditions.contains_key(condition)
}

fn is_value(sections: &Sections, name: &str) -> bool {
    PSEUDO.contains(&name) || sections.parameter(name).is_some()
}

/// In the words of either kind.
fn refused(node: &Node, what: &str) -> TemplateError {
    match what.strip_prefix("Template format error: ") {
        Some(what) => TemplateError::format(node, what),
        None => TemplateError::refused(node, what),
    }
}
