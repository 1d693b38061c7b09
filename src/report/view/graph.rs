//! What depends on what, as plain values: nodes in layers, each above all that needs it.

use std::collections::{BTreeMap, BTreeSet};

use super::heading::spanned;
use crate::declare::{Desired, DesiredProduct};
use crate::model::ids::{Address, Labels};
use crate::model::product::{ArtifactSelector, Selector};

/// Declarations, and what they need.
pub struct GraphView {
    /// By label.
    pub nodes: Vec<GraphNode>,
    /// Which node needs which, by their numbers.
    pub edges: BTreeSet<(usize, usize)>,
}

/// A declaration, or something of somebody else that one refers to.
pub struct GraphNode {
    /// The address as people write it; of several, the key and where that is.
    pub label: String,
    /// The key.
    pub key: String,
    /// The location as people write it.
    pub location: String,
    /// What it is of.
    pub about: String,
    /// Somebody else's.
    pub is_external: bool,
    /// How many have to come before it, one after the other.
    pub layer: usize,
}

impl GraphView {
    /// Everything that is declared, and the externals that are referred to.
    #[must_use]
    pub fn of(desired: &Desired, labels: &Labels) -> Self {
        let mut found: BTreeMap<&Address, GraphNode> = BTreeMap::new();
        let node = |address: &Address, about, is_external| GraphNode {
            label: labels.label(address),
            key: address.key.to_string(),
            location: labels.location(&address.location).to_owned(),
            about,
            is_external,
            layer: 0,
        };
        for (address, product) in &desired.products {
            found.insert(address, node(address, offered(product), false));
        }
        for (address, external) in &desired.externals {
            let is_used = |product: &DesiredProduct| product.references().any(|one| one.of == *address);
            if desired.products.values().any(is_used) {
                found.insert(address, node(address, external.product.to_string(), true));
            }
        }
        let numbers: BTreeMap<&Address, usize> = found.keys().enumerate().map(|(n, one)| (*one, n)).collect();
        let edges = desired.products.iter().flat_map(|(address, product)| {
            let externals = product.references().map(|one| one.of.clone()).filter(Address::is_external);
            let needed: BTreeSet<Address> = product.needs().into_iter().chain(externals).collect();
            let of = numbers.get(address).copied();
            needed.into_iter().filter_map(|one| Some((of?, *numbers.get(&one)?))).collect::<Vec<_>>()
        });
        let edges = edges.collect();
        let mut view = Self { nodes: found.into_values().collect(), edges };
        view.layer();
        view
    }

    /// The same with one node for what is declared once and stands on several locations, where all of those need the same.
    #[must_use]
    pub fn folded(self) -> Self {
        let homes = self.homes();
        let mut members: BTreeMap<usize, Vec<GraphNode>> = BTreeMap::new();
        for (node, home) in self.nodes.into_iter().zip(&homes) {
            members.entry(*home).or_default().push(node);
        }
        let mut standing: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for node in members.values().flatten() {
            standing.entry(node.key.clone()).or_default().push(node.location.clone());
        }
        let numbers: BTreeMap<usize, usize> =
            members.keys().enumerate().map(|(n, home)| (*home, n)).collect();
        let number = |n: usize| homes.get(n).and_then(|home| numbers.get(home)).copied();
        let edges = self.edges.iter().filter_map(|(of, needed)| Some((number(*of)?, number(*needed)?)));
        let edges = edges.collect();
        let nodes = members.into_values().filter_map(|all| one_node(all, &standing)).collect();
        Self { nodes, edges }
    }

    /// For each node the first one that it is told with: at first whatever is called alike and is of the same, then only what
    /// needs the same too.
    fn homes(&self) -> Vec<usize> {
        let mut homes: Vec<usize> = Vec::new();
        let mut count = 0;
        loop {
            let mut firsts: BTreeMap<(&str, &str, bool, BTreeSet<usize>), usize> = BTreeMap::new();
            let next: Vec<usize> = self
                .nodes
                .iter()
                .enumerate()
                .map(|(n, node)| {
                    let needed = self.edges.range((n, 0)..(n + 1, 0));
                    let needed = needed.filter_map(|(_, needed)| homes.get(*needed)).copied().collect();
                    let like = (node.key.as_str(), node.about.as_str(), node.is_external, needed);
                    *firsts.entry(like).or_insert(n)
                })
                .collect();
            // parted ones stay parted, so that this ends
            if firsts.len() == count {
                return next;
            }
            (count, homes) = (firsts.len(), next);
        }
    }

    /// Each node below all that it needs. Declarations hold no cycle, so that this ends.
    fn layer(&mut self) {
        for _ in 0..self.nodes.len() {
            let mut moved = false;
            for (of, needed) in &self.edges {
                let least = self.nodes.get(*needed).map_or(0, |node| node.layer + 1);
                if let Some(node) = self.nodes.get_mut(*of).filter(|node| node.layer < least) {
                    (node.layer, moved) = (least, true);
                }
            }
            if !moved {
                return;
            }
        }
    }
}

/// One node for several.
fn one_node(all: Vec<GraphNode>, standing: &BTreeMap<String, Vec<String>>) -> Option<GraphNode> {
    let places: Vec<String> = all.iter().map(|node| node.location.clone()).collect();
    let layer = all.iter().map(|node| node.layer).max()?;
    let first = all.into_iter().next()?;
    if places.len() == 1 {
        return Some(first);
    }
    let named: Vec<&str> = places.iter().map(String::as_str).collect();
    let among = standing.get(&first.key).into_iter().flatten().map(String::as_str);
    let label = format!("{} on {}", first.key, spanned(&named, among));
    Some(GraphNode { label, layer, ..first })
}

fn offered(product: &DesiredProduct) -> String {
    let (Selector::Name(name) | Selector::Id(name)) = &product.product;
    match &product.artifact {
        ArtifactSelector::Name(version) | ArtifactSelector::Id(version) => format!("{name} {version}"),
        ArtifactSelector::OnlyActive => name.clone(),
    }
}
