//! What depends on what: `provisor.graph/v1` has `nodes` by address, each `about` its product, `external` where it is
//! somebody else's, and what it `needs`.

use serde::Serialize;

use super::printed;
use crate::report::view::GraphView;

/// The graph.
#[must_use]
pub fn graph(view: &GraphView) -> String {
    let needs = |n: usize| {
        let needed = view.edges.range((n, 0)..(n + 1, 0));
        needed.filter_map(|(_, needed)| view.nodes.get(*needed)).map(|node| node.label.as_str()).collect()
    };
    let nodes = view.nodes.iter().enumerate().map(|(n, node)| NodeDoc {
        address: &node.label,
        about: &node.about,
        external: node.is_external,
        needs: needs(n),
    });
    printed(&GraphDoc { format: "provisor.graph/v1", nodes: nodes.collect() })
}

#[derive(Serialize)]
struct GraphDoc<'a> {
    format: &'static str,
    nodes: Vec<NodeDoc<'a>>,
}

#[derive(Serialize)]
struct NodeDoc<'a> {
    address: &'a str,
    about: &'a str,
    external: bool,
    needs: Vec<&'a str>,
}
