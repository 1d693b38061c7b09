//! Layers: several maps of one table that speak of the same thing. Which of them gives which field is told by the table:
//! the first one that has it, or one of its rivals; maps are merged key by key.

use std::collections::HashSet;

use serde_yaml::{Mapping, Value};

use super::check::{flag, number};
use super::fields::{Field, FieldKind, Table, TextRule, Texts};
use super::yaml::{MapPair, NodeId, Shape, Tree};
use provisor_model::diagnostic::{Diagnostic, Segment};

/// One of the maps that a field may be taken from.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'t, L> {
    /// Which one it is.
    pub layer: L,
    /// Where it is written.
    pub tree: &'t Tree<'t>,
    /// The map itself, in the document's tree.
    pub node: NodeId,
}

/// A field, and where the value of it that counts is written.
#[derive(Clone, Copy)]
pub(super) struct Leaf<'t, L> {
    /// The field that holds it, if it is a field of a map.
    pub outer: Option<&'static str>,
    /// The row of the table that the value belongs to.
    pub field: &'static Field,
    /// The layer that gives it.
    pub layer: L,
    /// Where it is written.
    pub tree: &'t Tree<'t>,
    /// What is written.
    pub node: NodeId,
}

/// The fields of all layers together, the winning one of each.
pub(super) struct Merged<'t, L> {
    table: &'static Table,
    leaves: Vec<Leaf<'t, L>>,
}

/// Fills the texts of merged layers, and hears what is wrong with them.
pub(super) trait Fill<'t, L> {
    /// A text with what it refers to filled in, the item of a list or a text of its own; `None` if that fails.
    fn fill(&mut self, leaf: &Leaf<'t, L>, item: Option<usize>, text: &'t str) -> Option<String>;
    /// Something is wrong with a text.
    fn wrong(&mut self, leaf: &Leaf<'t, L>, item: Option<usize>, diagnostic: Diagnostic);
}

impl<'t, L: Copy> Merged<'t, L> {
    /// Merges layers, the winning one first.
    pub fn of(table: &'static Table, sheets: &[Sheet<'t, L>]) -> Self {
        let mut merged = Self { table, leaves: Vec::new() };
        merged.collect(None, table, sheets);
        merged
    }

    fn collect(&mut self, outer: Option<&'static str>, table: &'static Table, sheets: &[Sheet<'t, L>]) {
        for field in table.fields() {
            let own = [field.name];
            let rivals = table.rivals(field.name).unwrap_or(&own);
            if rivals.first() != Some(&field.name) {
                continue;
            }
            let given = |sheet: &Sheet<'t, L>| {
                rivals.iter().find_map(|name| Some((*sheet, *name, sheet.tree.given(sheet.node, name)?)))
            };
            let Some((sheet, name, node)) = sheets.iter().find_map(given) else {
                continue;
            };
            let Some(field) = table.field(name) else { continue };
            self.leaves.push(Leaf { outer, field, layer: sheet.layer, tree: sheet.tree, node });
            if let FieldKind::Map(inner) = field.kind {
                let below = |sheet: &Sheet<'t, L>| {
                    Some(Sheet { node: sheet.tree.given(sheet.node, name)?, ..*sheet })
                };
                let sheets: Vec<Sheet<'t, L>> = sheets.iter().filter_map(below).collect();
                self.collect(Some(name), inner, &sheets);
            }
        }
    }

    /// All fields that are given.
    pub fn leaves(&self) -> &[Leaf<'t, L>] {
        &self.leaves
    }

    /// Where a field is given: `["lifecycle", "on_removal"]`.
    pub fn find(&self, path: &[&str]) -> Option<&Leaf<'t, L>> {
        self.leaves.iter().find(|leaf| match path {
            [name] => leaf.outer.is_none() && leaf.field.name == *name,
            [outer, name] => leaf.outer == Some(outer) && leaf.field.name == *name,
            _ => false,
        })
    }

    /// The value of all fields, filled, with defaults where nothing is given.
    pub fn value(&self, fill: &mut impl Fill<'t, L>) -> Value {
        self.map(None, self.table, fill)
    }

    fn map(&self, outer: Option<&'static str>, table: &'static Table, fill: &mut impl Fill<'t, L>) -> Value {
        let mut map = Mapping::new();
        for field in table.fields() {
            let leaf = self.leaves.iter().find(|leaf| leaf.outer == outer && leaf.field.name == field.name);
            let found = match (&field.kind, leaf) {
                (FieldKind::Map(inner), _) => {
                    let map = self.map(Some(field.name), inner, fill);
                    Some(map)
                        .filter(|map| leaf.is_some() || map.as_mapping().is_some_and(|map| !map.is_empty()))
                }
                (_, Some(leaf)) => leaf.value(fill).or_else(|| default(field)),
                (_, None) => default(field),
            };
            if let Some(found) = found {
                map.insert(Value::from(field.name), found);
            }
        }
        Value::Mapping(map)
    }
}

impl<'t, L: Copy> Leaf<'t, L> {
    /// The keys that lead to it.
    pub fn path(&self) -> Vec<&'static str> {
        self.outer.into_iter().chain([self.field.name]).collect()
    }

    /// Whether it holds addresses of declarations.
    pub fn is_address(&self) -> bool {
        matches!(&self.field.kind, FieldKind::Texts(Texts { item: TextRule::Address, .. }))
    }

    /// The segments that lead to it, or to one of its items.
    pub fn segments(&self, item: Option<usize>) -> Vec<Segment> {
        let keys = self.path().into_iter().map(|key| Segment::Key(key.to_owned()));
        keys.chain(item.map(Segment::Index)).collect()
    }

    fn value(&self, fill: &mut impl Fill<'t, L>) -> Option<Value> {
        match (&self.field.kind, &self.tree.node(self.node).shape) {
            (FieldKind::Text(rule), _) => self.text(self.node, None, *rule, fill).map(Value::from),
            (FieldKind::Texts(texts), Shape::List(items)) => Some(self.texts(items, texts, fill)),
            (kind, _) => plain(self.tree, self.node, kind),
        }
    }

    /// A text, filled. One that refers to nothing has kept its rule already.
    fn text(
        &self,
        node: NodeId,
        item: Option<usize>,
        rule: TextRule,
        fill: &mut impl Fill<'t, L>,
    ) -> Option<String> {
        let text = self.tree.text(node)?;
        let filled = fill.fill(self, item, text)?;
        if text.contains("${")
            && let Err(diagnostic) = rule.check(&format!("`{}`", self.field.name), &filled)
        {
            fill.wrong(self, item, diagnostic);
            return None;
        }
        Some(filled)
    }

    fn texts(&self, items: &[NodeId], texts: &'static Texts, fill: &mut impl Fill<'t, L>) -> Value {
        let mut filled = Vec::with_capacity(items.len());
        for (n, item) in items.iter().enumerate() {
            filled.extend(self.text(*item, Some(n), texts.item, fill).map(|text| (n, text)));
        }
        let refers = |item: &NodeId| self.tree.text(*item).is_some_and(|text| text.contains("${"));
        if items.iter().any(refers) {
            let all: Vec<(usize, &str)> = filled.iter().map(|(n, text)| (*n, text.as_str())).collect();
            for (n, diagnostic) in texts.check(&all) {
                fill.wrong(self, Some(n), diagnostic);
            }
        }
        Value::Sequence(filled.into_iter().map(|(_, text)| Value::from(text)).collect())
    }
}

/// What refers to nothing, and needs no filling. `None` for what is read from the tree itself.
fn plain(tree: &Tree<'_>, id: NodeId, kind: &FieldKind) -> Option<Value> {
    match (kind, &tree.node(id).shape) {
        (FieldKind::Literal(_), _) => tree.text(id).map(Value::from),
        (FieldKind::Flag, _) => flag(tree, id).map(Value::from),
        (FieldKind::Number { .. }, _) => number(tree, id).map(Value::from),
        // a word, or what it is short for; other choices are read from the tree itself
        (FieldKind::Either([word @ FieldKind::Literal(_), FieldKind::Map(table)]), shape) => match shape {
            Shape::Map(_) => Some(map_of(tree, id, table)),
            _ => plain(tree, id, word),
        },
        (FieldKind::Texts(_), Shape::List(items)) => {
            let texts = items.iter().filter_map(|item| tree.text(*item)).map(Value::from);
            Some(Value::Sequence(texts.collect()))
        }
        (FieldKind::Named(FieldKind::Layer(_)), _) => None,
        (FieldKind::Named(kind), Shape::Map(pairs)) => {
            let named = |pair: &MapPair<'_>| Some((Value::from(&*pair.key), plain(tree, pair.value, kind)?));
            Some(Value::Mapping(pairs.iter().filter_map(named).collect()))
        }
        _ => None,
    }
}

/// A map with known keys that is one of several choices: it is no layer, and holds what it holds.
fn map_of(tree: &Tree<'_>, id: NodeId, table: &'static Table) -> Value {
    let field = |field: &Field| {
        let given = tree.given(id, field.name).and_then(|node| plain(tree, node, &field.kind));
        Some((Value::from(field.name), given.or_else(|| default(field))?))
    };
    Value::Mapping(table.fields().filter_map(field).collect())
}

/// The default of a field, if it has one.
fn default(field: &Field) -> Option<Value> {
    let written = field.default?;
    Some(match field.kind {
        FieldKind::Flag => Value::from(written == "true"),
        FieldKind::Number { .. } => Value::from(written.parse::<u32>().ok()?),
        FieldKind::Texts(_) => Value::Sequence(vec![Value::from(written)]),
        _ => Value::from(written),
    })
}

/// Fills texts that stand as they are written.
pub(super) struct AsWritten;

impl<'t, L> Fill<'t, L> for AsWritten {
    fn fill(&mut self, _: &Leaf<'t, L>, _: Option<usize>, text: &'t str) -> Option<String> {
        Some(text.to_owned())
    }

    fn wrong(&mut self, _: &Leaf<'t, L>, _: Option<usize>, _: Diagnostic) {}
}

/// The entries of a map that is merged key by key: each key's value from the first layer that has it.
pub(super) fn by_key<'t, L: Copy>(sheets: &[Sheet<'t, L>], field: &str) -> Vec<(&'t str, Sheet<'t, L>)> {
    let mut merged: Vec<(&str, Sheet<'t, L>)> = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    for sheet in sheets {
        let Some(map) = sheet.tree.get(sheet.node, field) else {
            continue;
        };
        for pair in sheet.tree.pairs(map) {
            if seen.insert(&pair.key) {
                merged.push((&pair.key, Sheet { node: pair.value, ..*sheet }));
            }
        }
    }
    merged
}
