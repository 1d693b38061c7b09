//! What a version that is only supposed would do, for people: who breaks first, then who changes.

use super::diagnostics::diagnostics;
use super::paper::{Line, one_line, print};
use super::plan::changes;
use crate::model::diagnostic::Source;
use crate::model::text::listed;
use crate::report::style::{Ink, Style};
use crate::report::view::WhatIfView;

/// So many addresses are named.
const NAMED: usize = 20;
/// More than this is left out of a line.
const WORDS: usize = 4000;

/// The page of a supposition.
#[must_use]
pub fn what_if(view: &WhatIfView<'_>, sources: &[Source], style: Style) -> String {
    let mut out = print(&[Line::foreign(&view.title()).ink(Ink::Strong)], style);
    if !view.broken.is_empty() {
        out += &print(&[Line::default(), names("Would break", view.broken.keys()).ink(Ink::Remove)], style);
        out += &format!("\n{}", diagnostics(&view.found, sources, style));
    }
    let changes = changes(&view.plan, style);
    out += if style.concise || changes.is_empty() { "" } else { "\n" };
    out += &changes;
    let mut end = vec![Line::default()];
    let lists = [
        ("Unchanged", &view.plan.unchanged),
        ("Not planned, as they need one that breaks", &view.left),
        ("Keep their version (`ignore_changes`)", &view.keeping),
    ];
    end.extend(lists.into_iter().filter(|(_, all)| !all.is_empty()).map(|(title, all)| names(title, all)));
    end.extend(view.plan.remarks().iter().map(|note| {
        let head = Line::ours("Note:").ink(Ink::Change).then(" ").and(Line::foreign(&note.whom));
        head.then(": ").and(one_line(&note.text, WORDS))
    }));
    if end.len() > 1 {
        end.push(Line::default());
    }
    end.extend(view.sentences().into_iter().map(Line::ours));
    out + &print(&end, style)
}

fn names<'n>(title: &str, all: impl IntoIterator<Item = &'n String>) -> Line {
    let all: Vec<&String> = all.into_iter().collect();
    Line::ours(format!("{title}: ")).and(one_line(&listed(all, NAMED), WORDS))
}
