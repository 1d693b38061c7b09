//! A plan for people, from the legend to the summary line. The lines that tools around Terraform read are here and in
//! `block`, word for word.

use std::collections::BTreeSet;

use super::block::{concise, full, meaning, sign};
use super::paper::{Line, headed, print};
use crate::plan::Act;
use crate::report::style::{Ink, Style};
use crate::report::view::{Block, BreachView, NoteView, PlanView};

/// More of a remark than this is left out.
const NOTE: usize = 4000;

/// The plan as a reviewer reads it.
#[must_use]
pub fn plan(plan: &PlanView<'_>, style: Style) -> String {
    let mut blocks: Vec<Block<'_>> = plan.groups().into_iter().flat_map(|group| group.members).collect();
    blocks.sort_by_key(|block| block.number);
    let mut out = if style.concise { Vec::new() } else { legend(&blocks) };
    for block in &blocks {
        if style.concise {
            out.extend(concise(block));
        } else {
            out.push(Line::default());
            out.extend(full(block));
        }
    }
    if !blocks.is_empty() {
        out.push(Line::default());
    }
    out.extend(notes(&plan.notes));
    out.extend(totals(plan));
    out.extend(plan.breach.iter().flat_map(|breach| std::iter::once(Line::default()).chain(refusal(breach))));
    print(&out, style)
}

/// Why a plan as a whole is refused.
#[must_use]
pub fn breach(breach: &BreachView, style: Style) -> String {
    print(&refusal(breach), style)
}

fn legend(blocks: &[Block<'_>]) -> Vec<Line> {
    let acts: BTreeSet<Act> =
        blocks.iter().map(|block| block.act).filter(|act| *act != Act::Remember).collect();
    let head = (!acts.is_empty()).then(|| Line::ours("Actions are marked with these symbols:"));
    let entries = acts.into_iter().map(|act| sign(act).then(format!(" {}", meaning(act))));
    head.into_iter().chain(entries).collect()
}

fn notes(notes: &[NoteView<'_>]) -> Vec<Line> {
    let mut out: Vec<Line> = notes.iter().flat_map(note).collect();
    if !out.is_empty() {
        out.push(Line::default());
    }
    out
}

fn note(of: &NoteView<'_>) -> Vec<Line> {
    let head = Line::ours("Note:").ink(Ink::Change).then(" ").and(Line::foreign(&of.address)).then(":");
    headed(head, of.text, "      ", NOTE)
}

/// The summary line, and below it whatever that has no words for.
fn totals(plan: &PlanView<'_>) -> Vec<Line> {
    let sentence = plan.sentence();
    let (first, margin) = match sentence.split_once(':') {
        Some((word, rest)) => (Line::ours(format!("{word}:")).ink(Ink::Strong).then(rest), "      "),
        None => (Line::ours(sentence).ink(Ink::Add), ""),
    };
    let aside = plan.aside().into_iter().map(|text| Line::ours(format!("{margin}{text}")));
    std::iter::once(first).chain(aside).collect()
}

fn refusal(of: &BreachView) -> Vec<Line> {
    let refused = Line::ours("This plan is refused:").ink(Ink::Remove);
    vec![refused.then(format!(" {}.", of.text())), Line::ours(format!("  hint: {}", of.hint))]
}
