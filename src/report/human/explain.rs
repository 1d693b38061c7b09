//! What codes mean, for people.

use super::paper::{Line, print};
use super::prose::{filled, width};
use crate::report::style::{Ink, Style};
use crate::report::view::{BeforeAfter, CodeExample, CodeGroup, CodeView};

/// All codes, a line each.
#[must_use]
pub fn explained(groups: &[CodeGroup], style: Style) -> String {
    let width = width(style);
    let longest =
        groups.iter().flat_map(|group| group.codes).map(|one| one.code.len()).max().unwrap_or_default();
    let mut out = Vec::new();
    for CodeGroup { title, codes } in groups {
        out.push(Line::ours(*title).ink(Ink::Strong));
        for CodeView { code, what, .. } in *codes {
            out.extend(filled(&format!("  {code:longest$}  "), what, width));
        }
        out.push(Line::default());
    }
    out.push(Line::ours("`provisor explain CODE` tells more of one."));
    print(&out, style)
}

/// One of them, with its example.
#[must_use]
pub fn explain(one: &CodeView, style: Style) -> String {
    let CodeView { code, what, why, mend, example } = one;
    let width = width(style);
    let mut out = vec![Line::ours(*code).ink(Ink::Strong).then(format!(": {what}")), Line::default()];
    out.extend(filled("Why      ", why, width));
    out.extend(filled("Mend it  ", mend, width));
    out.push(Line::default());
    match (example.file(), example) {
        (Some(BeforeAfter { name, wrong, right }), _) => {
            out.push(Line::ours(format!("Wrong, in {name}:")));
            out.extend(text(wrong));
            out.push(Line::default());
            out.push(Line::ours("Right:"));
            out.extend(text(right));
        }
        (None, CodeExample::Told(told)) => out.extend(filled("Example  ", told, width)),
        (None, _) => {}
    }
    print(&out, style)
}

/// Lines of a file, as they are.
fn text(of: &str) -> impl Iterator<Item = Line> {
    of.lines().map(|line| Line::ours("    ").and(Line::foreign(line)))
}
