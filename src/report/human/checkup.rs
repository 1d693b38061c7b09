//! A checkup for people: a line for each thing that was looked at, and what to do about it below.

use super::paper::{Line, headed, print};
use crate::model::text::count;
use crate::observe::{Belief, CheckupRow, Comparison, Health};
use crate::report::style::{Ink, Style};
use crate::report::view::{CheckupSection, CheckupView};

/// More of the service's words than this are left out.
const WORDS: usize = 4000;

/// Everything that was looked at.
#[must_use]
pub fn checkup(view: &CheckupView, style: Style) -> String {
    let mut out = vec![Line::ours("provisor ").and(Line::foreign(&view.version))];
    out.extend(view.sections.iter().flat_map(section));
    let end = match view.in_the_way() {
        0 => Line::ours("Nothing that was looked at stands in the way.").ink(Ink::Add),
        n => Line::ours(format!("{} in the way.", stands(n))).ink(Ink::Remove),
    };
    out.extend([Line::default(), end]);
    print(&out, style)
}

fn stands(n: usize) -> String {
    let verb = if n == 1 { "stands" } else { "stand" };
    format!("{} {verb}", count(n, "thing"))
}

fn section(of: &CheckupSection) -> Vec<Line> {
    let title = of.location.as_ref().map_or_else(|| Line::ours("state"), |name| Line::foreign(name));
    let width = of.rows.iter().map(|row| row.what.len()).max().unwrap_or(0);
    let mut out = vec![Line::default(), title.ink(Ink::Strong)];
    out.extend(of.rows.iter().flat_map(|one| row(one, width)));
    out.extend(of.beliefs.iter().map(belief));
    out
}

fn row(of: &CheckupRow, width: usize) -> Vec<Line> {
    let mark = match of.health {
        Health::Good => Line::ours("  ok    ").ink(Ink::Add),
        Health::Bad => Line::ours("  FAIL  ").ink(Ink::Remove),
        Health::Unclear => Line::ours("  --    ").ink(Ink::Faint),
    };
    let head = mark.and(Line::ours(of.what).padded(width)).then(" ");
    let mut out = headed(head, &of.text, "        | ", WORDS);
    out.extend(
        of.hint.iter().flat_map(|hint| headed(Line::ours("        hint:"), hint, "        | ", WORDS)),
    );
    out.extend(of.statement.iter().map(|one| Line::ours("        ").and(Line::foreign(one))));
    out
}

fn belief(of: &Belief) -> Line {
    let mark = match of.agreement {
        Comparison::Agrees => Line::ours("  agrees   ").ink(Ink::Add),
        Comparison::Differs => Line::ours("  DIFFERS  ").ink(Ink::Remove),
        Comparison::Unseen => Line::ours("  unseen   ").ink(Ink::Faint),
    };
    let line = mark.then(of.what);
    if of.seen.is_empty() { line } else { line.then(": ").and(Line::foreign(&of.seen)) }
}
