//! `Fn::ForEach` of AWS::LanguageExtensions: one tree with loops in, one without loops out. Where a loop's items come
//! from is the caller's business.

use std::collections::HashSet;

use crate::template::error::TemplateError;
use crate::tree::{Data, Node};

const PREFIX: &str = "Fn::ForEach::";
/// Loops in loops multiply; no honest template comes near this.
const MAX_NODES: usize = 200_000;

/// The items of a loop, or none where they are not known yet.
pub(crate) type Items<'i> = &'i dyn Fn(&Node) -> Result<Option<Vec<String>>, String>;

/// Whether there is a loop anywhere.
pub(crate) fn has_loops(node: &Node) -> bool {
    match &node.data {
        Data::Map(entries) => entries.iter().any(|(key, value)| key.starts_with(PREFIX) || has_loops(value)),
        Data::List(items) => items.iter().any(has_loops),
        Data::Null | Data::Text(_) => false,
    }
}

/// Writes every loop out. A loop whose items are not known is left out.
pub(crate) fn expand(tree: &Node, items: Items<'_>) -> Result<Node, TemplateError> {
    Expansion { items, nodes: 0 }.node(tree)
}

struct Expansion<'i> {
    items: Items<'i>,
    nodes: usize,
}

struct Loop<'n> {
    identifier: &'n str,
    collection: &'n Node,
    body: &'n Node,
}

impl Expansion<'_> {
    fn node(&mut self, node: &Node) -> Result<Node, TemplateError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(failed(node, "Fn::ForEach creates too many values"));
        }
        let data = match &node.data {
            Data::List(items) => {
                Data::List(items.iter().map(|item| self.node(item)).collect::<Result<_, _>>()?)
            }
            Data::Map(entries) => Data::Map(self.entries(entries)?),
            Data::Null | Data::Text(_) => node.data.clone(),
        };
        Ok(node.with(data))
    }

    fn entries(&mut self, entries: &[(String, Node)]) -> Result<Vec<(String, Node)>, TemplateError> {
        let mut written = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            match key.strip_prefix(PREFIX) {
                Some(name) => self.round(name, value, &mut written)?,
                None => written.push((key.clone(), self.node(value)?)),
            }
        }
        let mut seen = HashSet::new();
        match written.iter().find(|(key, _)| !seen.insert(key.as_str())) {
            Some((key, node)) => Err(failed(node, &format!("Fn::ForEach creates {key} more than once"))),
            None => Ok(written),
        }
    }

    /// One loop, all its rounds.
    fn round(
        &mut self,
        name: &str,
        node: &Node,
        written: &mut Vec<(String, Node)>,
    ) -> Result<(), TemplateError> {
        let found = declared(name, node)?;
        let items = (self.items)(found.collection).map_err(|what| failed(found.collection, &what))?;
        for item in items.unwrap_or_default() {
            let body = replaced(found.body, found.identifier, &item);
            written.extend(self.entries(body.entries())?);
        }
        Ok(())
    }
}

fn declared<'n>(name: &str, node: &'n Node) -> Result<Loop<'n>, TemplateError> {
    let wrong = || failed(node, "Fn::ForEach layout is incorrect");
    let Some([identifier, collection, body]) = node.list() else {
        return Err(wrong());
    };
    let identifier = identifier.text().filter(|text| is_plain(text)).ok_or_else(wrong)?;
    if !is_plain(name) || !matches!(body.data, Data::Map(_)) {
        return Err(wrong());
    }
    Ok(Loop { identifier, collection, body })
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric())
}

/// The node with the loop's variable replaced: `${Name}`, `&{Name}` (letters and digits only) and `Ref`.
fn replaced(node: &Node, identifier: &str, item: &str) -> Node {
    let data = match &node.data {
        Data::Map(entries) => match entries.as_slice() {
            [(key, name)] if key == "Ref" && name.text() == Some(identifier) => Data::Text(item.to_owned()),
            entries => Data::Map(
                entries
                    .iter()
                    .map(|(key, value)| (in_text(key, identifier, item), replaced(value, identifier, item)))
                    .collect(),
            ),
        },
        Data::List(items) => {
            Data::List(items.iter().map(|value| replaced(value, identifier, item)).collect())
        }
        Data::Text(text) => Data::Text(in_text(text, identifier, item)),
        Data::Null => Data::Null,
    };
    node.with(data)
}

fn in_text(text: &str, identifier: &str, item: &str) -> String {
    if !text.contains(identifier) {
        return text.to_owned();
    }
    let plain: String = item.chars().filter(char::is_ascii_alphanumeric).collect();
    text.replace(&format!("${{{identifier}}}"), item).replace(&format!("&{{{identifier}}}"), &plain)
}

fn failed(node: &Node, what: &str) -> TemplateError {
    TemplateError::refused(node, &format!("Transform AWS::LanguageExtensions failed with: {what}"))
}
