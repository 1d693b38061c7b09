//! A plan for people, from the legend to the summary line. The lines that tools around Terraform read are here and in
//! `block`, word for word.

use super::block::{concise, full, meaning, sign};
use super::paper::{Line, headed, print};
use crate::model::time::duration;
use crate::plan::Act;
use crate::plan::file::OutOfTime;
use crate::report::style::{Ink, Style};
use crate::report::view::{BreachView, NoteView, PlanView, SavedView};

/// More of a remark than this is left out.
const NOTE: usize = 4000;

/// The plan as a reviewer reads it.
#[must_use]
pub fn plan(plan: &PlanView<'_>, style: Style) -> String {
    let mut out =
        print(&plan.saved.iter().flat_map(|saved| head(saved, plan.fingerprint)).collect::<Vec<_>>(), style);
    out += &if style.concise { String::new() } else { print(&legend(plan), style) };
    if !plan.moved.is_empty() {
        let moved = plan.moved.iter().map(|one| {
            Line::ours("  # ")
                .and(Line::foreign(&one.from))
                .then(" has moved to ")
                .and(Line::foreign(&one.to))
        });
        out += &format!("\n{}", print(&moved.collect::<Vec<_>>(), style));
    }
    for block in plan.blocks() {
        out += &if style.concise {
            print(&concise(&block), style)
        } else {
            format!("\n{}", print(&full(&block), style))
        };
    }
    let mut end =
        if plan.steps.is_empty() && plan.moved.is_empty() { Vec::new() } else { vec![Line::default()] };
    end.extend(notes(&plan.notes));
    end.extend(totals(plan));
    let why = standing(plan);
    end.extend((!why.is_empty()).then(Line::default));
    end.extend(why);
    out + &print(&end, style)
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
    print(&standing(plan), style)
}

fn standing(plan: &PlanView<'_>) -> Vec<Line> {
    let steps = plan.standing().into_iter().map(Line::ours);
    steps.chain(plan.breach.iter().flat_map(refusal)).collect()
}

/// What a saved plan says of its making, above everything else.
fn head(of: &SavedView<'_>, fingerprint: &str) -> Vec<Line> {
    let mut out = vec![Line::ours("Saved plan:").ink(Ink::Strong).then(" ").and(Line::foreign(&of.text()))];
    out.push(Line::ours(format!("  Its fingerprint: {fingerprint}")));
    match of.out_of_time {
        Some(OutOfTime::Expired { .. }) => {
            out.push(Line::ours("  It has expired: `provisor apply` takes it with `--max-age` only."));
        }
        Some(OutOfTime::Future { ahead }) => {
            let ahead = duration(ahead);
            let told = "from now, by this machine's clock: `provisor apply` does not take it";
            out.push(Line::ours(format!("  It was made in the future, {ahead} {told}.")));
        }
        None => {}
    }
    out.push(Line::default());
    out
}

fn legend(plan: &PlanView<'_>) -> Vec<Line> {
    let acts: Vec<Act> = plan.acts().into_iter().collect();
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
