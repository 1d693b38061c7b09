//! A plan for people, from the first header to the summary line and what a saved plan says of itself. The lines that tools around Terraform read are here and in
//! `block`, word for word.

use std::collections::BTreeSet;

use super::block::{concise, full, meaning, sign};
use super::flow::{Margins, broken, flowed, room};
use super::paper::{Line, lines, print};
use crate::model::time::duration;
use crate::plan::Act;
use crate::plan::file::OutOfTime;
use crate::report::style::{Ink, Style};
use crate::report::view::{BreachView, MoveGroup, NoteGroup, PlanView, SavedView};

/// Where the rest of the legend stands.
const HANG: usize = 7;
/// More of a remark than this is left out.
const NOTE: usize = 4000;

/// The plan as a reviewer reads it.
#[must_use]
pub fn plan(plan: &PlanView<'_>, style: Style) -> String {
    let mut out = if style.concise { String::new() } else { print(&legend(plan, style), style) };
    let moved = plan.moves();
    let changes = changes(plan, style);
    out += &print(&moved.iter().map(has_moved).collect::<Vec<_>>(), style);
    out += if style.concise || moved.is_empty() || changes.is_empty() { "" } else { "\n" };
    out += &changes;
    let mut end =
        if plan.steps.is_empty() && plan.moved.is_empty() { Vec::new() } else { vec![Line::default()] };
    end.extend(notes(&plan.remarks(), style));
    end.extend(totals(plan, style));
    let why = standing(plan, style);
    end.extend((!why.is_empty()).then(Line::default));
    end.extend(why);
    end.extend(plan.saved.iter().flat_map(|saved| made(saved, plan.fingerprint, style)));
    out + &print(&end, style)
}

/// `# net has moved to network`: tools around Terraform read this line.
fn has_moved(one: &MoveGroup) -> Line {
    let from = Line::ours("  # ").and(Line::foreign(&one.from)).ink(Ink::Strong);
    from.then(" has moved to ").and(Line::foreign(&one.to))
}

/// What becomes of each product; what is the same on several locations once.
pub(super) fn changes(plan: &PlanView<'_>, style: Style) -> String {
    let groups = plan.groups();
    if style.concise {
        return groups.iter().map(|group| print(&concise(group), style)).collect();
    }
    let blocks: Vec<String> = groups.iter().map(|group| print(&full(group, style), style)).collect();
    blocks.join("\n")
}

/// Whether a text is a plan as it is written here.
#[must_use]
pub fn is_plan(text: &str) -> bool {
    text.lines().any(|line| {
        line.starts_with("Plan: ") && line.contains(" to add, ") || line.starts_with("No changes.")
    })
}

/// Why nothing of a plan is applied, or not all: what refused and deferred steps and the guard mean.
#[must_use]
pub fn refused(plan: &PlanView<'_>, style: Style) -> String {
    print(&standing(plan, style), style)
}

fn standing(plan: &PlanView<'_>, style: Style) -> Vec<Line> {
    let filled = |text: String| broken(Line::default(), &Line::ours(text), &Line::default(), room(style));
    let steps = plan.standing().into_iter().flat_map(filled);
    steps.chain(plan.breach.iter().flat_map(|breach| refusal(breach, style))).collect()
}

/// What a saved plan says of its making, below everything else.
fn made(of: &SavedView<'_>, fingerprint: &str, style: Style) -> Vec<Line> {
    let below = |text: String| broken(Line::ours("  "), &Line::ours(text), &Line::ours("  "), room(style));
    let head = Line::ours("Saved plan:").ink(Ink::Strong).then(" ");
    let mut out = vec![Line::default()];
    out.extend(broken(head, &Line::foreign(&of.text()), &Line::ours("  "), room(style)));
    out.push(Line::ours(format!("  Its fingerprint: {fingerprint}")));
    match of.out_of_time {
        Some(OutOfTime::Expired { .. }) => {
            out.extend(below("It has expired: `provisor apply` takes it with `--max-age` only.".to_owned()));
        }
        Some(OutOfTime::Future { ahead }) => {
            let ahead = duration(ahead);
            let told = "from now, by this machine's clock: `provisor apply` does not take it";
            out.extend(below(format!("It was made in the future, {ahead} {told}.")));
        }
        None => {}
    }
    out
}

/// What the signs mean that not everybody knows.
fn legend(plan: &PlanView<'_>, style: Style) -> Vec<Line> {
    let acts: BTreeSet<Act> = plan.steps.iter().map(|step| step.act).collect();
    let told = acts.into_iter().filter_map(|act| Some(sign(act).then(" ").then(meaning(act)?)));
    let told: Vec<Line> = told.collect();
    if told.is_empty() {
        return Vec::new();
    }
    let place = Margins { width: room(style), hang: HANG, gap: 2, mark: false };
    flowed(Line::ours("Signs:"), told, place).into_iter().chain([Line::default()]).collect()
}

fn notes(notes: &[NoteGroup], style: Style) -> Vec<Line> {
    let mut out: Vec<Line> = notes.iter().flat_map(|one| note(one, style)).collect();
    if !out.is_empty() {
        out.push(Line::default());
    }
    out
}

fn note(of: &NoteGroup, style: Style) -> Vec<Line> {
    let (head, margin) = (Line::ours("Note:").ink(Ink::Change).then(" "), Line::ours("      "));
    let mut texts = lines(&of.text, NOTE).into_iter();
    let first = Line::foreign(&of.whom).then(": ").and(texts.next().unwrap_or_default());
    let first = broken(head, &first, &margin, room(style));
    let rest = texts.flat_map(|text| broken(margin.clone(), &text, &margin, room(style)));
    first.into_iter().chain(rest).collect()
}

/// The summary line, and below it whatever that has no words for.
fn totals(plan: &PlanView<'_>, style: Style) -> Vec<Line> {
    let sentence = plan.sentence();
    let (first, margin) = match sentence.split_once(':') {
        Some((word, rest)) => (Line::ours(format!("{word}:")).ink(Ink::Strong).then(rest), "      "),
        None => (Line::ours(sentence).ink(Ink::Add), ""),
    };
    let margin = Line::ours(margin);
    let aside = plan
        .aside()
        .into_iter()
        .flat_map(|text| broken(margin.clone(), &Line::ours(text), &margin, room(style)));
    std::iter::once(first).chain(aside).collect()
}

fn refusal(of: &BreachView, style: Style) -> Vec<Line> {
    let refused = Line::ours("This plan is refused:").ink(Ink::Remove).then(" ");
    let why = Line::ours(format!("{}.", of.text()));
    let hint = Line::ours(of.hint.as_str());
    let mut out = broken(refused, &why, &Line::ours("  "), room(style));
    out.extend(broken(Line::ours("  hint: "), &hint, &Line::ours("        "), room(style)));
    out
}
