//! Plans and states for people. The lines that tools around Terraform read are here, word for word.

mod block;
mod cause;
mod diff;
mod rows;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use super::escape::Escaped;
use super::style::{Ink, Style};
use super::text::{count, lines};
use crate::model::ids::Address;
use crate::plan::{Act, Action, Breach, Counts, Plan, Step};
use block::{Block, meaning, sign};

pub use state::{outputs, state_list, state_show};

const NO_CHANGES: &str = "No changes. Your infrastructure matches the configuration.\n";

/// The plan as a reviewer reads it, from the legend to the summary line.
#[must_use]
pub fn plan(plan: &Plan, style: Style) -> String {
    let blocks = blocks(plan);
    let mut out = legend(&blocks, style);
    for block in &blocks {
        if !style.concise {
            out.push('\n');
        }
        out += &block.text(style);
    }
    if !blocks.is_empty() {
        out.push('\n');
    }
    out += &notes(plan, style);
    out += &totals(plan, style);
    out + &plan.breach.as_ref().map(|breach| breached(breach, style)).unwrap_or_default()
}

/// `Plan: 1 to add, 2 to change, 0 to destroy.`, and below it whatever that sentence has no words for.
#[must_use]
pub fn summary_line(counts: &Counts) -> String {
    let import = match counts.of(Act::Adopt) {
        0 => String::new(),
        n => format!("{n} to import, "),
    };
    let [add, change, destroy] = [Act::Provision, Act::Update, Act::Terminate].map(|act| counts.of(act));
    let rest = rest(counts).join(", ");
    let rest = if rest.is_empty() { rest } else { format!("      Also: {rest}.\n") };
    format!("Plan: {import}{add} to add, {change} to change, {destroy} to destroy.\n{rest}")
}

fn rest(counts: &Counts) -> Vec<String> {
    let parts = [
        (Act::Settle, "to resume (interrupted)"),
        (Act::Forget, "to forget"),
        (Act::Remember, "to remember (lifecycle only)"),
        (Act::Refuse, "refused"),
    ];
    let parts = parts.into_iter().map(|(act, what)| (counts.of(act), what));
    parts.filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect()
}

/// Replacements become one block, where the termination stands.
fn blocks(plan: &Plan) -> Vec<Block<'_>> {
    let replaced = |step: &Step| matches!(&step.action, Action::Terminate(gone) if gone.replacing);
    let doomed: BTreeSet<&Address> = plan.steps.iter().filter(|s| replaced(s)).map(|s| &s.address).collect();
    let creates = |step: &Step| matches!(step.action, Action::Provision(_)) && doomed.contains(&step.address);
    let creations: BTreeMap<&Address, &Step> =
        plan.steps.iter().filter(|s| creates(s)).map(|s| (&s.address, s)).collect();
    let shown = plan.steps.iter().filter(|s| !creates(s));
    shown
        .map(|step| {
            let creation = creations.get(&step.address).copied().filter(|_| replaced(step));
            Block { step, creation, labels: &plan.labels }
        })
        .collect()
}

fn legend(blocks: &[Block<'_>], style: Style) -> String {
    let acts: BTreeSet<Act> = blocks.iter().map(Block::act).filter(|act| *act != Act::Remember).collect();
    if acts.is_empty() || style.concise {
        return String::new();
    }
    let entries = acts.iter().map(|act| format!("{} {}\n", sign(*act, style), meaning(*act)));
    format!("Actions are marked with these symbols:\n{}", entries.collect::<String>())
}

fn notes(plan: &Plan, style: Style) -> String {
    let mut out = String::new();
    for note in &plan.notes {
        let label = plan.labels.label(&note.address);
        for (n, line) in lines(&note.text, 4000).iter().enumerate() {
            match n {
                0 => out += &format!("{} {}: {line}\n", style.paint(Ink::Change, "Note:"), Escaped(&label)),
                _ => out += &format!("      {line}\n"),
            }
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Lifecycle-only edits are no changes: they are remembered on the side.
fn totals(plan: &Plan, style: Style) -> String {
    let counts = plan.counts();
    let changes = plan.steps.iter().any(|step| step.action != Action::Remember);
    let aside = [(counts.of(Act::Accept), "Accepted as it is now"), (plan.unchanged.len(), "Unchanged")];
    let aside = aside.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("      {what}: {n}.\n"));
    let aside: String = aside.collect();
    if changes {
        return style.paint(Ink::Strong, "Plan:")
            + summary_line(&counts).trim_start_matches("Plan:")
            + &aside;
    }
    let remembered = match counts.of(Act::Remember) {
        0 => String::new(),
        n => format!("{} will be remembered at the next apply.\n", count(n, "lifecycle edit")),
    };
    style.paint(Ink::Add, NO_CHANGES.trim_end()) + "\n" + &remembered
}

fn breached(breach: &Breach, style: Style) -> String {
    let refused = style.paint(Ink::Remove, "This plan is refused:");
    let Breach { planned, limit } = breach;
    format!(
        "\n{refused} it destroys {}, and `guards.max_terminate` allows {limit}.\n  hint: if all of that is meant, `--max-terminate {planned}` allows it this once\n",
        count(*planned, "provisioned product")
    )
}
