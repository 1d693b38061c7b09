//! The layers of one declaration on one location: its overrides, itself, the file's defaults. Which of them gives which field.
//!
//! The declaration wins over the file's defaults, whether these stand in `defaults:` itself or in its overrides.

use super::Layer;
use super::document::Declaration;
use super::yaml::{NodeId, Tree};
use crate::model::diagnostic::Segment;

/// One layer, with its node.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'f> {
    /// Which one it is.
    pub layer: Layer,
    /// What it says.
    pub fields: &'f Declaration,
    /// Its map in the tree.
    pub node: Option<NodeId>,
}

/// What overrides lie over: a declaration, or the defaults of a file.
#[derive(Clone, Copy)]
pub(super) struct Base<'f> {
    /// What it says.
    pub fields: &'f Declaration,
    /// Its node.
    pub node: Option<NodeId>,
    /// Which layer it is itself.
    pub layer: Layer,
    /// Which layers its overrides are.
    pub nth: fn(usize) -> Layer,
}

/// All layers that hold on one location, the winning one first.
pub(super) struct Stack<'f> {
    /// The layers.
    pub sheets: Vec<Sheet<'f>>,
}

impl<'f> Stack<'f> {
    /// A field, from the first layer that has it.
    pub fn pick<T>(&self, get: impl Fn(&'f Declaration) -> Option<T>) -> Option<(T, Layer)> {
        self.sheets.iter().find_map(|sheet| get(sheet.fields).map(|value| (value, sheet.layer)))
    }

    /// The entries of a map that is merged by key: each key's value from the first layer that has it.
    pub fn merged(&self, tree: &'f Tree<'f>, field: &str) -> Vec<(&'f str, NodeId, Layer)> {
        let mut merged: Vec<(&str, NodeId, Layer)> = Vec::new();
        for sheet in &self.sheets {
            let Some(map) = sheet.node.and_then(|node| tree.get(node, field)) else {
                continue;
            };
            let before = merged.len();
            for entry in tree.entries(map) {
                if !merged.iter().take(before).any(|(key, _, _)| *key == entry.key) {
                    merged.push((&entry.key, entry.value, sheet.layer));
                }
            }
        }
        merged
    }
}

/// The override number `n` of a declaration or of the defaults.
pub(super) fn override_node(tree: &Tree<'_>, of: Option<NodeId>, n: usize) -> Option<NodeId> {
    tree.items(tree.get(of?, "overrides")?).get(n).copied()
}

/// Pairs of which one replaces the other.
const RIVALS: [&[&str]; 5] = [
    &["product_name", "product_id"],
    &["provisioning_artifact_name", "provisioning_artifact_id", "provisioning_artifact"],
    &["path_name", "path_id"],
    &["stack_set_failure_tolerance_count", "stack_set_failure_tolerance_percentage"],
    &["stack_set_max_concurrency_count", "stack_set_max_concurrency_percentage"],
];

/// What an override sets: fields, and single keys of the maps that are merged by key. Rivals count as one.
pub(super) fn set_by(tree: &Tree<'_>, node: NodeId) -> Vec<(String, Vec<Segment>)> {
    let mut set = Vec::new();
    let path = |keys: &[&str]| keys.iter().map(|key| Segment::Key((*key).to_owned())).collect::<Vec<_>>();
    for entry in tree.entries(node) {
        match &*entry.key {
            "location" | "locations" | "where" => {}
            key if key.starts_with("x-") => {}
            map @ ("parameters" | "tags" | "timeouts" | "lifecycle" | "provisioning_preferences") => {
                for inner in tree.entries(entry.value) {
                    set.push((format!("{map}.{}", canonical(&inner.key)), path(&[map, &inner.key])));
                }
            }
            field => set.push((canonical(field).to_owned(), path(&[field]))),
        }
    }
    set
}

fn canonical(field: &str) -> &str {
    let group = RIVALS.iter().find(|group| group.contains(&field));
    group.and_then(|group| group.first()).copied().unwrap_or(field)
}
