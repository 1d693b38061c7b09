//! What depends on what, as text for programs that draw, and as a drawing. Names are the users' own: each format quotes them.

mod svg;

pub use svg::svg;

use crate::report::view::{GraphNode, GraphView};

/// Graphviz.
#[must_use]
pub fn dot(view: &GraphView) -> String {
    let mut out = "digraph provisor {\n  rankdir = \"BT\"\n  node [shape = \"box\"]\n".to_owned();
    for GraphNode { label, about, is_external, .. } in &view.nodes {
        let style = if *is_external { ", style = \"dashed\"" } else { "" };
        let (name, about) = (in_dot(label), in_dot(about));
        out.push_str(&format!("  \"{name}\" [label = \"{name}\\n{about}\"{style}]\n"));
    }
    for (of, needed) in &view.edges {
        let label = |n: &usize| view.nodes.get(*n).map(|node| in_dot(&node.label)).unwrap_or_default();
        out.push_str(&format!("  \"{}\" -> \"{}\"\n", label(of), label(needed)));
    }
    out + "}\n"
}

/// In double quotes only a backslash and a quote mean anything.
fn in_dot(text: &str) -> String {
    plain(text).replace('\\', "\\\\").replace('"', "\\\"")
}

/// Mermaid.
#[must_use]
pub fn mermaid(view: &GraphView) -> String {
    let mut out = "flowchart BT\n".to_owned();
    for (n, GraphNode { label, about, is_external, .. }) in view.nodes.iter().enumerate() {
        let (open, close) = if *is_external { ("([", "])") } else { ("[", "]") };
        out.push_str(&format!("  n{n}{open}\"{}<br>{}\"{close}\n", in_mermaid(label), in_mermaid(about)));
    }
    for (of, needed) in &view.edges {
        out.push_str(&format!("  n{of} --> n{needed}\n"));
    }
    out
}

/// Whatever is no letter, digit or harmless sign is written by its number.
fn in_mermaid(text: &str) -> String {
    let one = |c: char| match c {
        c if c.is_alphanumeric() || " -_./@:,+".contains(c) => c.to_string(),
        c => format!("#{};", u32::from(c)),
    };
    plain(text).chars().map(one).collect()
}

/// One line, without what a terminal would obey.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{dot, mermaid, svg};
    use crate::report::view::{GraphNode, GraphView};

    fn view(names: &[&str], edges: &[(usize, usize)]) -> GraphView {
        let node = |name: &&str| GraphNode {
            label: (*name).to_owned(),
            key: (*name).to_owned(),
            location: "demo".to_owned(),
            about: "vpc v1".to_owned(),
            is_external: false,
            layer: 0,
        };
        GraphView {
            nodes: names.iter().map(node).collect(),
            edges: edges.iter().copied().collect::<BTreeSet<_>>(),
        }
    }

    #[test]
    fn hostile_names_stay_names() {
        let hostile = view(&["a\"]; x -> y [label=\"\\", "b<script>&'\n--> c"], &[(0, 1)]);
        assert!(dot(&hostile).contains("\"a\\\"]; x -> y [label=\\\"\\\\\" -> \"b<script>&' --> c\"\n"));
        assert_eq!(dot(&hostile).lines().count(), 7);
        let text = mermaid(&hostile);
        assert!(text.contains("n0[\"a#34;#93;#59; x -#62; y #91;label#61;#34;#92;<br>vpc v1\"]"), "{text}");
        assert_eq!(text.lines().count(), 4);
        let drawing = svg(&hostile);
        assert!(!drawing.contains("<script>") && drawing.contains("&lt;script&gt;&amp;&#39;"), "{drawing}");
    }
}
