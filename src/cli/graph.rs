//! `provisor graph`: which declaration needs which, from what is written down.

use std::collections::BTreeSet;

use super::args::{GraphArgs, GraphFormat};
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::open;
use crate::model::ids::Address;
use crate::report::view::GraphView;
use crate::report::{graph, json};
use crate::workspace::Problem;

pub fn run(args: &GraphArgs, edge: &Edge) -> Result<Exit, Problem> {
    // as offline as a validation
    let wiring = Wiring::new("validate");
    let workspace = open::judged(&args.variables, &wiring, edge, |_| None)?;
    let nothing = BTreeSet::<Address>::new();
    let view = GraphView::of(&workspace.desired, &workspace.desired.labels(&nothing));
    let format = args.written();
    // programs count addresses; people would not see the wood for the trees
    let view = if args.full || format == GraphFormat::Json { view } else { view.folded() };
    edge.raw(&match format {
        GraphFormat::Dot => graph::dot(&view),
        GraphFormat::Mermaid => graph::mermaid(&view),
        GraphFormat::Svg => graph::svg(&view),
        GraphFormat::Json => json::graph(&view),
    })
}
