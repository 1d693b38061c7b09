//! Who refers to whom, from the text alone, and which outputs show secrets. What is refused for it is in `validation`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::guess::attributes;
use super::sections::{REF, ResourceDeclaration, Sections};
use super::substitution::{Piece, pieces};
use crate::tree::{Data, Mark, Node};

/// A mention of something else.
pub(super) enum Mention<'n> {
    /// A parameter, pseudo parameter or resource.
    Name(&'n str),
    /// An attribute of a resource.
    Attribute(&'n str, &'n str),
    /// A condition.
    Condition(&'n str),
}

/// Where something is mentioned.
#[derive(Clone, Copy)]
pub(super) struct Site<'n> {
    /// The function that does.
    pub call: &'n Node,
    /// Where the name stands in it.
    pub at: Mark,
}

/// Calls `found` for every mention in a node, whatever conditions say.
pub(super) fn mentions<'n>(node: &'n Node, found: &mut impl FnMut(Site<'n>, Mention<'n>)) {
    let within = |name: &Node| Site { call: node, at: name.character(0) };
    match (node.function(), &node.data) {
        (Some(("Ref", argument)), _) => {
            if let Some(name) = argument.text() {
                found(within(argument), Mention::Name(name));
            }
        }
        (Some(("Condition", argument @ Node { data: Data::Text(name), .. })), _) => {
            found(within(argument), Mention::Condition(name))
        }
        (Some(("Fn::GetAtt", argument)), _) => mention_attribute(node, argument, found),
        (Some(("Fn::Sub", argument)), _) => mention_variables(node, argument, found),
        (Some(("Fn::If", argument)), _) => {
            let items = argument.list().unwrap_or_default();
            if let Some(Node { data: Data::Text(name), .. }) = items.first() {
                found(items.first().map_or(within(argument), within), Mention::Condition(name));
            }
            for item in items {
                mentions(item, found);
            }
        }
        // a macro's argument is the macro's business
        (Some(("Fn::Transform", _)), _) => {}
        (_, Data::Map(entries)) => {
            for (_, value) in entries {
                mentions(value, found);
            }
        }
        (_, Data::List(items)) => {
            for item in items {
                mentions(item, found);
            }
        }
        (_, Data::Null | Data::Text(_)) => {}
    }
}

fn mention_attribute<'n>(call: &'n Node, argument: &'n Node, found: &mut impl FnMut(Site<'n>, Mention<'n>)) {
    let parts = match argument.list() {
        Some([resource, attribute]) => {
            mentions(attribute, found);
            // an attribute that is itself computed may be any
            let names = resource.text().map(|name| (name, attribute.text().unwrap_or("*")));
            names.map(|names| (resource.character(0), names))
        }
        _ => argument.text().and_then(|text| Some((argument.character(0), text.split_once('.')?))),
    };
    if let Some((at, (resource, attribute))) = parts {
        found(Site { call, at }, Mention::Attribute(resource, attribute));
    }
}

fn mention_variables<'n>(call: &'n Node, argument: &'n Node, found: &mut impl FnMut(Site<'n>, Mention<'n>)) {
    let items = argument.list().unwrap_or_default();
    let own = items.get(1);
    if let Some(variables) = own {
        mentions(variables, found);
    }
    let holder = items.first().unwrap_or(argument);
    let text = holder.text().unwrap_or_default();
    // how many characters of the text come before each name, counted once
    let (mut before, mut counted) = (0, 0);
    for piece in pieces(text) {
        match piece {
            Piece::Variable(name) if own.is_none_or(|variables| variables.get(name).is_none()) => {
                let start = name.as_ptr().addr() - text.as_ptr().addr();
                before += text.get(counted..start).unwrap_or_default().chars().count();
                counted = start;
                let site = Site { call, at: holder.character(before) };
                match name.split_once('.') {
                    Some((resource, attribute)) => found(site, Mention::Attribute(resource, attribute)),
                    None => found(site, Mention::Name(name)),
                }
            }
            _ => {}
        }
    }
}

/// The parameters that a node's value depends on, those of conditions included.
pub(crate) fn parameters_behind<'t>(sections: &'t Sections, node: &'t Node) -> BTreeSet<&'t str> {
    let mut names = BTreeSet::new();
    let mut open = vec![node];
    let mut seen = HashSet::new();
    while let Some(node) = open.pop() {
        mentions(node, &mut |_, mention| match mention {
            Mention::Name(name) if sections.parameter(name).is_some() => {
                names.insert(name);
            }
            Mention::Condition(name) if seen.insert(name) => open.extend(sections.conditions.get(name)),
            _ => {}
        });
    }
    names
}

/// The resources that are the same whatever the parameters are.
pub(crate) fn constant_resources(sections: &Sections) -> BTreeSet<&str> {
    let condition = |it: &ResourceDeclaration| sections.conditions.get(it.condition.as_ref()?);
    let steady = |it: &&ResourceDeclaration| {
        let of_condition = condition(it).is_none_or(|node| parameters_behind(sections, node).is_empty());
        of_condition && parameters_behind(sections, &it.body).is_empty()
    };
    let mut constant: BTreeSet<&str> =
        sections.resources.iter().filter(steady).map(|it| it.logical_id.as_str()).collect();
    // what refers to what is not, is not
    loop {
        let mut moving = Vec::new();
        for declaration in sections.resources.iter().filter(|it| constant.contains(it.logical_id.as_str())) {
            mentions(&declaration.body, &mut |_, mention| match mention {
                Mention::Name(name) | Mention::Attribute(name, _)
                    if sections.resource(name).is_some() && !constant.contains(name) =>
                {
                    moving.push(declaration.logical_id.as_str());
                }
                _ => {}
            });
        }
        if moving.is_empty() {
            return constant;
        }
        constant.retain(|id| !moving.contains(id));
    }
}

/// The resources, each after those that it refers to; those that need each other are left out.
pub(crate) fn in_order(sections: &Sections) -> Vec<&ResourceDeclaration> {
    let mut open = vec![0usize; sections.resources.len()];
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); sections.resources.len()];
    for (place, (declaration, open)) in sections.resources.iter().zip(&mut open).enumerate() {
        mentions(&declaration.body, &mut |_, mention| {
            if let Mention::Name(name) | Mention::Attribute(name, _) = mention
                && let Some(needed) = sections.resource_places.get(name).and_then(|at| needed_by.get_mut(*at))
            {
                needed.push(place);
                *open += 1;
            }
        });
    }
    let free = open.iter().enumerate().filter(|(_, open)| **open == 0).map(|(place, _)| place);
    let mut free: std::collections::VecDeque<usize> = free.collect();
    let mut ordered = Vec::with_capacity(sections.resources.len());
    while let Some(place) = free.pop_front() {
        ordered.extend(sections.resources.get(place));
        for &other in needed_by.get(place).into_iter().flatten() {
            let Some(open) = open.get_mut(other) else { continue };
            *open -= 1;
            if *open == 0 {
                free.push_back(other);
            }
        }
    }
    ordered
}

/// Whether all that a node refers to is parameters with a value.
pub(crate) fn is_settled(node: &Node, values: &BTreeMap<String, String>) -> bool {
    let mut settled = true;
    mentions(node, &mut |_, mention| {
        settled &= matches!(mention, Mention::Name(name) if values.contains_key(name));
    });
    settled
}

/// The outputs whose value depends on a `NoEcho` parameter, over however many steps.
pub(crate) fn outputs_of_secrets(sections: &Sections) -> BTreeSet<String> {
    let shows = |value| Secrets { sections, seen: HashSet::new() }.shown_by(value);
    sections.outputs.iter().filter(|output| shows(&output.value)).map(|output| output.key.clone()).collect()
}

struct Secrets<'t> {
    sections: &'t Sections,
    seen: HashSet<(&'t str, &'t str)>,
}

impl<'t> Secrets<'t> {
    fn shown_by(&mut self, node: &'t Node) -> bool {
        let mut found = Vec::new();
        mentions(node, &mut |_, mention| found.push(mention));
        found.into_iter().any(|mention| match mention {
            Mention::Name(name) => match self.sections.parameter(name) {
                Some(parameter) => parameter.no_echo,
                None => self.shown_by_resource(name, REF),
            },
            Mention::Attribute(resource, attribute) => self.shown_by_resource(resource, attribute),
            Mention::Condition(name) => {
                let condition = self.sections.conditions.get(name).filter(|_| self.seen.insert((name, "")));
                condition.is_some_and(|condition| self.shown_by(condition))
            }
        })
    }

    fn shown_by_resource(&mut self, logical_id: &'t str, attribute: &'t str) -> bool {
        let sections = self.sections;
        match sections.resource(logical_id).filter(|_| self.seen.insert((logical_id, attribute))) {
            Some(declaration) if attribute == "*" => self.shown_by(&declaration.body),
            Some(declaration) => attributes::reads(&declaration.kind, attribute)
                .into_iter()
                .filter_map(|name| declaration.property(name))
                .any(|property| self.shown_by(property)),
            None => false,
        }
    }
}
