//! Products that need each other. Linear in products and references.

use std::collections::HashMap;

use super::desired::DesiredProduct;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place};
use crate::model::graph::Graph;
use crate::model::ids::{Address, Labels};
use crate::model::template::Template;

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
    for circle in circles {
        let (Some(first), Some(last)) = (circle.first(), circle.last()) else { continue };
        let Some(product) = by_address.get(last) else { continue };
        let message = match circle.as_slice() {
            [one] => format!("`{}` refers to itself", labels.label(one)),
            all => {
                let names: Vec<String> =
                    all.iter().chain([first]).map(|address| format!("`{}`", labels.label(address))).collect();
                format!("dependency cycle: these need each other: {}", names.join(" -> "))
            }
        };
        problems.push(Diagnostic::error("cycle", message).at(edge_place(product, first)));
    }
}

/// Where `product` says that it needs `other`.
fn edge_place(product: &DesiredProduct, other: &Address) -> Place {
    let refers = |template: &Template| template.references().any(|r| r.of == *other);
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
