//! What depends on what, as plain values: nodes in layers, each above all that needs it.

use std::collections::{BTreeMap, BTreeSet};

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
    /// The address as people write it.
    pub label: String,
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

fn offered(product: &DesiredProduct) -> String {
    let (Selector::Name(name) | Selector::Id(name)) = &product.product;
    match &product.artifact {
        ArtifactSelector::Name(version) | ArtifactSelector::Id(version) => format!("{name} {version}"),
        ArtifactSelector::OnlyActive => name.clone(),
    }
}
