//! What holds between products: no circles, no two of one name. Linear in products and references.

use std::collections::HashMap;

use super::DesiredProduct;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment};
use crate::model::ids::{Address, Labels};

/// Circles of references and `depends_on`, each one told once.
pub(super) fn circles(products: &[(Address, DesiredProduct)], labels: &Labels, problems: &mut Diagnostics) {
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
        return product.site.place(parameter.layer, &["parameters", key], Part::Value);
    }
    if let Some((key, _)) = product.tags.iter().find(|(_, template)| refers(template)) {
        let layer = product.site.layers.get(&format!("tags.{key}")).copied().unwrap_or_default();
        return product.site.place(layer, &["tags", key], Part::Value);
    }
    product.site.field("depends_on", Part::Value)
}

/// Two declarations on one location with one name: the service would take the second for the first.
pub(super) fn names(
    products: &[(Address, DesiredProduct)],
    problems: &mut Diagnostics,
    warnings: &mut Diagnostics,
) {
    let mut exact: HashMap<(&str, &str), &(Address, DesiredProduct)> = HashMap::with_capacity(products.len());
    let mut folded: HashMap<(&str, String), &(Address, DesiredProduct)> =
        HashMap::with_capacity(products.len());
    for entry in products {
        let (address, product) = entry;
        let on = address.location.as_str();
        if let Some((first, other)) = exact.insert((on, &product.name), entry) {
            let message =
                format!("`{}` and `{}` have one name on `{on}`: `{}`", first.key, address.key, product.name);
            let diagnostic = Diagnostic::error("duplicate-name", message).at(name_place(product));
            problems.push(diagnostic.related(name_place(other), "the other one"));
        } else if let Some((_, other)) = folded.insert((on, product.name.to_lowercase()), entry) {
            let message = format!(
                "`{}` and `{}` differ in upper and lower case only, on `{on}`",
                other.name, product.name
            );
            warnings.push(Diagnostic::warning("similar-name", message).at(name_place(product)));
        }
    }
}

/// The written name, else the key that stands in for it.
fn name_place(product: &DesiredProduct) -> Place {
    match product.site.field("provisioned_product_name", Part::Value) {
        Place::Node { file, path, .. }
            if path.last() == Some(&Segment::Key("provisioned_product_name".to_owned())) =>
        {
            Place::Node { file, path, part: Part::Value }
        }
        other => other,
    }
}
