//! Products that need each other. Linear in products and references.

use std::collections::{HashMap, HashSet};

use super::desired::DesiredProduct;
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment};
use provisor_model::graph::Graph;
use provisor_model::ids::{Address, Labels};
use provisor_model::template::Template;
use provisor_model::text::quote;

/// So many links of one circle are shown.
const EDGES: usize = 10;

/// So many members of one are named.
const NAMED: usize = 20;

/// Circles of references and `depends_on`, each one told once.
pub(super) fn find(products: &[(Address, DesiredProduct)], labels: &Labels, problems: &mut Diagnostics) {
    let mut graph = Graph::new(products.iter().map(|(address, _)| address));
    for (address, product) in products {
        for need in product.needs() {
            graph.wait(address, &need);
        }
    }
    let circles = graph.circles();
    if circles.is_empty() {
        return;
    }
    let by_address: HashMap<&Address, &DesiredProduct> =
        products.iter().map(|(address, product)| (address, product)).collect();
    let mut told: HashSet<(&Address, &Address)> = HashSet::new();
    for circle in circles {
        let Some(first) = circle.first() else { continue };
        // circles that share an edge may have a single cause: the first of them is told
        let edges = circle.iter().zip(circle.iter().skip(1).chain([first]));
        let edges: Vec<(&Address, &Address)> = edges.map(|(from, to)| (*from, *to)).collect();
        if edges.iter().any(|edge| told.contains(edge)) {
            continue;
        }
        told.extend(edges);
        // on one location, the keys say it, and the circle is the same on all the others
        let is_local = circle.iter().all(|address| address.location == first.location);
        let name = |address: &Address| {
            if is_local { quote(&address.key) } else { quote(labels.label(address)) }
        };
        let message = match circle.as_slice() {
            [one] => format!("{} refers to itself", name(one)),
            all => {
                let names = all.iter().take(NAMED).map(|one| name(one));
                let more = all.len().checked_sub(NAMED).filter(|more| *more > 0);
                let more = more.map(|more| format!("({more} more)"));
                let names: Vec<String> = names.chain(more).chain([name(first)]).collect();
                format!("dependency cycle: these need each other: {}", names.join(" -> "))
            }
        };
        let mut diagnostic = Diagnostic::error("cycle", message);
        let next = circle.iter().skip(1).chain([first]);
        for (n, (from, to)) in circle.iter().zip(next).enumerate().take(EDGES) {
            let Some(product) = by_address.get(from) else { continue };
            let place = edge_place(product, to);
            diagnostic = match n {
                0 => diagnostic.at(place),
                _ => diagnostic.related(place, format!("{} needs {} here", name(from), name(to))),
            };
        }
        let on = (is_local && labels.is_on_several(&first.key))
            .then(|| labels.location(&first.location).to_owned());
        let hint = "leave one of these references out, or take the value from elsewhere";
        problems.push(diagnostic.hint(hint).found(first.key.as_str(), on));
    }
}

/// Where `product` says that it needs `other`.
fn edge_place(product: &DesiredProduct, other: &Address) -> Place {
    let refers = |template: &Template| template.references().any(|r| r.of == *other);
    let mention = Segment::Mention { of: other.key.as_str().to_owned(), what: String::new() };
    let parameter =
        product.parameters.iter().find(|(_, parameter)| parameter.value.as_ref().is_some_and(refers));
    if let Some((key, parameter)) = parameter {
        let place = product.origin.place(parameter.layer, &["parameters", key], Part::Value);
        return place.below([mention], Part::Value);
    }
    if let Some((key, _)) = product.tags.iter().find(|(_, template)| refers(template)) {
        return product.origin.given(&["tags", key], Part::Value).below([mention], Part::Value);
    }
    let place = product.origin.field("depends_on", Part::Value);
    match product.depends_on.get(other) {
        Some(item) => place.below([Segment::Index(*item)], Part::Value),
        None => place,
    }
}
