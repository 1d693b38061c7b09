//! What a template says of itself without a stack's life: the macros it lists, its metadata, its resource types, and
//! its text once the known macros have run. What the macros do is in `read`.

use serde_json::Value;

use super::sections::{ResourceDeclaration, Sections};
use crate::tree::{Data, Mark, Node};

/// The names of the macros that a template lists.
pub(crate) fn declared_transforms(tree: &Node) -> Vec<String> {
    fn names(node: &Node, found: &mut Vec<String>) {
        match &node.data {
            Data::Text(name) => found.push(name.trim().to_owned()),
            Data::List(items) => {
                for item in items {
                    names(item, found);
                }
            }
            Data::Map(_) => found.extend(node.get_text("Name")),
            Data::Null => {}
        }
    }
    let mut found = Vec::new();
    if let Some(node) = tree.get("Transform") {
        names(node, &mut found);
    }
    found
}

/// The template's text as JSON once its macros have run. `tree` has no loops any more; `sections` are its sections.
pub(crate) fn text(tree: &Node, sections: &Sections) -> String {
    let mut members: Vec<(String, Node)> = Vec::new();
    for (name, node) in tree.entries() {
        let node = match name.as_str() {
            "Transform" | "Globals" => continue,
            "Resources" => resources(sections),
            _ => node.clone(),
        };
        members.push((name.clone(), renamed(sections, &node)));
    }
    json(&Node::new(Mark::default(), Data::Map(members)))
}

/// The resources that the serverless model's stand for are in the place of its own.
fn resources(sections: &Sections) -> Node {
    let all = sections.resources.iter().map(|it| (it.logical_id.clone(), resource(it)));
    Node::new(Mark::default(), Data::Map(all.collect()))
}

fn resource(declaration: &ResourceDeclaration) -> Node {
    let text = |text: &String| Node::new(Mark::default(), Data::Text(text.clone()));
    let mut members = vec![("Type".to_owned(), text(&declaration.kind))];
    members.extend(declaration.condition.iter().map(|name| ("Condition".to_owned(), text(name))));
    let others = declaration.body.entries().iter().filter(|(name, _)| name != "Type" && name != "Condition");
    members.extend(others.cloned());
    declaration.body.with(Data::Map(members))
}

/// The node with the names that generated resources have, in `Ref` and `Fn::GetAtt`.
fn renamed(sections: &Sections, node: &Node) -> Node {
    let text = |text: &str| Node::new(node.at, Data::Text(text.to_owned()));
    let call = |name: &str, argument: Node| node.with(Data::Map(vec![(name.to_owned(), argument)]));
    match (node.function(), &node.data) {
        (Some(("Ref", name)), _) => {
            let other = name.text().and_then(|name| sections.renamed.get(name));
            other.map_or_else(|| node.clone(), |other| call("Ref", text(other)))
        }
        (Some(("Fn::GetAtt", argument)), _) => {
            let parts = argument.list().unwrap_or_default();
            let [Some(id), Some(attribute)] = [parts.first(), parts.get(1)].map(|part| part?.text()) else {
                return node.clone();
            };
            match sections.other_name(id, attribute) {
                Some((other, attribute)) => {
                    call("Fn::GetAtt", argument.with(Data::List([other, attribute].map(text).into())))
                }
                None => node.clone(),
            }
        }
        (_, Data::List(items)) => {
            node.with(Data::List(items.iter().map(|it| renamed(sections, it)).collect()))
        }
        (_, Data::Map(entries)) => node.with(Data::Map(
            entries.iter().map(|(key, value)| (key.clone(), renamed(sections, value))).collect(),
        )),
        _ => node.clone(),
    }
}

/// The node as JSON text, its members in their order.
pub(crate) fn json(node: &Node) -> String {
    match &node.data {
        Data::Null => "null".to_owned(),
        Data::Text(text) => node.bare().map_or_else(|| Value::from(text.as_str()).to_string(), str::to_owned),
        Data::List(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(",")),
        Data::Map(entries) => {
            let members =
                entries.iter().map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), json(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
    }
}
