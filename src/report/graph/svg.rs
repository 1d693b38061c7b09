//! The drawing, laid out by ourselves: a row for each layer, what comes first on top.

use std::fmt::Write as _;

use super::plain;
use crate::report::view::{GraphNode, GraphView};

/// Half of what a letter and a line take, in pixels.
const LETTER: usize = 8;
const BOX: usize = 44;
const GAP: usize = 24;
const ROWS: usize = 64;

/// Where a node stands.
struct GraphSpot {
    x: usize,
    y: usize,
    width: usize,
}

/// A page of its own, without anything from elsewhere.
#[must_use]
pub fn svg(view: &GraphView) -> String {
    let spots = spots(view);
    let right = spots.iter().map(|spot| spot.x + spot.width).max().unwrap_or_default() + GAP;
    let below = spots.iter().map(|spot| spot.y + BOX).max().unwrap_or_default() + GAP;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {right} {below}\" width=\"{right}\" height=\"{below}\" font-family=\"sans-serif\" font-size=\"13\" role=\"img\" aria-label=\"what depends on what\">\n\
         <style>svg{{color:#24292f;background:#fff}} @media (prefers-color-scheme:dark){{svg{{color:#e6edf3;background:#0d1117}}}}</style>\n"
    );
    for (of, needed) in &view.edges {
        if let (Some(of), Some(needed)) = (spots.get(*of), spots.get(*needed)) {
            out.push_str(&line(of, needed));
        }
    }
    for (node, spot) in view.nodes.iter().zip(&spots) {
        out.push_str(&drawn(node, spot));
    }
    out + "</svg>\n"
}

/// Each layer is a row, in the order of the labels.
fn spots(view: &GraphView) -> Vec<GraphSpot> {
    let mut taken: Vec<usize> = Vec::new();
    let spot = |node: &GraphNode| {
        let letters = node.label.chars().count().max(node.about.chars().count());
        let width = letters * LETTER + GAP;
        if taken.len() <= node.layer {
            taken.resize(node.layer + 1, GAP);
        }
        let x = taken.get(node.layer).copied().unwrap_or(GAP);
        if let Some(end) = taken.get_mut(node.layer) {
            *end = x + width + GAP;
        }
        GraphSpot { x, y: GAP + node.layer * (BOX + ROWS), width }
    };
    view.nodes.iter().map(spot).collect()
}

/// From the bottom of what is needed to the top of what needs it.
fn line(of: &GraphSpot, needed: &GraphSpot) -> String {
    let (from_x, from_y) = (needed.x + needed.width / 2, needed.y + BOX);
    let (to_x, to_y) = (of.x + of.width / 2, of.y);
    let bend = ROWS / 2;
    format!(
        "<path d=\"M{from_x} {from_y}C{from_x} {} {to_x} {} {to_x} {to_y}\" fill=\"none\" stroke=\"currentColor\" opacity=\"0.5\"/>\n",
        from_y + bend,
        to_y.saturating_sub(bend)
    )
}

fn drawn(node: &GraphNode, spot: &GraphSpot) -> String {
    let GraphNode { label, about, is_external, .. } = node;
    let GraphSpot { x, y, width } = spot;
    let (label, about) = (in_xml(label), in_xml(about));
    let dashes = if *is_external { " stroke-dasharray=\"4 3\"" } else { "" };
    let middle = x + width / 2;
    let mut out = format!("<g><title>{label}: {about}</title>");
    let _ = writeln!(
        out,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{BOX}\" rx=\"6\" fill=\"#8882\" stroke=\"currentColor\"{dashes}/>\
         <text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\" fill=\"currentColor\" font-weight=\"600\">{label}</text>\
         <text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\" fill=\"currentColor\" opacity=\"0.7\">{about}</text></g>",
        y + 19,
        y + 35
    );
    out
}

fn in_xml(text: &str) -> String {
    let text = plain(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}
