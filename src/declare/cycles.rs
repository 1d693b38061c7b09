//! Products that need each other. Linear in products and references.

use std::collections::HashMap;

use super::desired::DesiredProduct;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place};
use crate::model::ids::{Address, Labels};

/// Circles of references and `depends_on`, each one told once.
pub(super) fn find(products: &[(Address, DesiredProduct)], labels: &Labels, problems: &mut Diagnostics) {
    let index: HashMap<&Address, usize> =
        products.iter().enumerate().map(|(n, (address, _))| (address, n)).collect();
    let edges: Vec<Vec<usize>> = products
        .iter()
        .map(|(_, product)| product.needs().iter().filter_map(|need| index.get(need).copied()).collect())
        .collect();
    let mut walk = Walk { edges: &edges, state: vec![State::New; products.len()], found: Vec::new() };
    (0..products.len()).for_each(|start| walk.from(start));
    for circle in walk.found {
        let members: Vec<_> = circle.iter().filter_map(|n| products.get(*n)).collect();
        let (Some((first, _)), Some((last, product))) = (members.first(), members.last()) else {
            continue;
        };
        let names: Vec<String> = members
            .iter()
            .chain(members.first())
            .map(|(address, _)| format!("`{}`", labels.label(address)))
            .collect();
        let message = match members.as_slice() {
            [_] => format!("`{}` refers to itself", labels.label(last)),
            _ => format!("dependency cycle: these need each other: {}", names.join(" -> ")),
        };
        problems.push(Diagnostic::error("cycle", message).at(edge_place(product, first)));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

struct Walk<'e> {
    edges: &'e [Vec<usize>],
    state: Vec<State>,
    found: Vec<Vec<usize>>,
}

impl Walk<'_> {
    /// Depth first, with a stack of its own: chains may be as long as there are products.
    fn from(&mut self, start: usize) {
        let mut path: Vec<(usize, usize)> = Vec::new();
        self.enter(start, &mut path);
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            let target = self.edges.get(node).and_then(|edges| edges.get(*next)).copied();
            *next += 1;
            match target {
                None => {
                    self.set(node, State::Done);
                    path.pop();
                }
                Some(target) if self.state.get(target) == Some(&State::Open) => {
                    let from = path.iter().position(|(member, _)| *member == target).unwrap_or_default();
                    self.found.push(path.iter().skip(from).map(|(member, _)| *member).collect());
                }
                Some(target) => self.enter(target, &mut path),
            }
        }
    }

    fn enter(&mut self, node: usize, path: &mut Vec<(usize, usize)>) {
        if self.state.get(node) == Some(&State::New) {
            self.set(node, State::Open);
            path.push((node, 0));
        }
    }

    fn set(&mut self, node: usize, state: State) {
        if let Some(slot) = self.state.get_mut(node) {
            *slot = state;
        }
    }
}

/// Where `product` says that it needs `other`.
fn edge_place(product: &DesiredProduct, other: &Address) -> Place {
    let refers = |template: &crate::model::template::Template| template.references().any(|r| r.of == *other);
    let parameter =
        product.parameters.iter().find(|(_, parameter)| parameter.value.as_ref().is_some_and(refers));
    if let Some((key, parameter)) = parameter {
        return product.origin.place(parameter.layer, &["parameters", key], Part::Value);
    }
    if let Some((key, _)) = product.tags.iter().find(|(_, template)| refers(template)) {
        return product.origin.given(&["tags", key], Part::Value);
    }
    product.origin.field("depends_on", Part::Value)
}
