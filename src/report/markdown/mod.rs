//! A plan for a comment on a pull request or the summary of a job. What has to be seen stands above the fold: the summary line, what is destroyed,
//! why nothing is applied, and the fingerprint. A table and details follow as far as there is room: they are dropped first, and the summary never.
//!
//! Whatever people, templates or the catalog wrote stands in code (`code`), where it is nothing but text: no link, no mention, no markup.

mod block;
mod code;
mod page;

use super::view::{
    BlockGroup, DriftView, Loss, MoveGroup, NoteGroup, PlanView, RowView, SavedView, StateView, WhatIfView,
};
use crate::model::text::{count, plural, shortened};
use crate::plan::Act;
use block::{breaking, details, drift, notes};
use code::code;
pub use page::Budget;
use page::Page;

/// By which a comment is found again that is to be updated.
const MARK: &str = "<!-- provisor plan -->";
const STATE_MARK: &str = "<!-- provisor state -->";
const WHAT_IF_MARK: &str = "<!-- provisor what-if -->";
/// More addresses than this are counted above the fold, not named.
const NAMED: usize = 8;
/// More of a reason than this is left to the details.
const WHY: usize = 200;
/// Nobody's name or commit is longer than this.
const WHO: usize = 200;
const TABLE: &str = "\n| action | address | product |\n|---|---|---|\n";

/// The plan; never larger than that, unless the summary alone is.
#[must_use]
pub fn plan(plan: &PlanView<'_>, budget: Budget) -> String {
    let groups = plan.groups();
    let mut page = Page::new(budget);
    let full = head(plan, NAMED);
    page.must(&if page.takes_half(&full) { full } else { head(plan, 0) });
    let rows: Vec<String> = plan.moves().iter().map(moved).chain(groups.iter().map(row)).collect();
    let untold = page.rows(TABLE, &rows);
    page.must(&beyond(untold));
    let sections = groups.iter().map(details).chain(drifted(&plan.drift())).chain(noted(&plan.remarks()));
    let left = sections.filter(|section| !page.may(section)).count();
    if left > 0 {
        page.must(&format!(
            "\n{} {} left out: there is room for {} here. `provisor show` tells all of a saved plan.\n",
            count(left, "section"),
            if left == 1 { "is" } else { "are" },
            budget.words(),
        ));
    }
    page.text
}

/// What a version that is only supposed would do: who breaks above the fold.
#[must_use]
pub fn what_if(view: &WhatIfView<'_>, budget: Budget) -> String {
    let mut page = Page::new(budget);
    let broken: Vec<String> = view.broken.keys().cloned().collect();
    let breaks = format!("{} would break", count(broken.len(), "declaration"));
    let loss = (!broken.is_empty()).then(|| lost(&Loss { text: breaks, addresses: broken }, NAMED));
    let sentences: String = view.sentences().iter().map(|line| format!("- {line}\n")).collect();
    page.must(&format!("{WHAT_IF_MARK}\n{}\n{}\n{sentences}", code(&view.title()), loss.unwrap_or_default()));
    let groups = view.plan.groups();
    let rows: Vec<String> = groups.iter().map(row).collect();
    let untold = page.rows(TABLE, &rows);
    page.must(&beyond(untold));
    let sections =
        view.broken.iter().map(|(address, found)| breaking(address, found)).chain(groups.iter().map(details));
    let left = sections.chain(noted(&view.plan.remarks())).filter(|section| !page.may(section)).count();
    if left > 0 {
        page.must(&format!("\nand {} more for which there is no room here\n", count(left, "section")));
    }
    page.text
}

/// What is remembered, in a table.
#[must_use]
pub fn state(state: &StateView<'_>, budget: Budget) -> String {
    let mut page = Page::new(budget);
    let rows: Vec<String> = state.rows.iter().map(remembered).collect();
    let what = count(rows.len(), "product");
    page.must(&format!("{STATE_MARK}\n{what}, state {} at serial {}\n", code(state.lineage), state.serial));
    let untold = page.rows("\n| address | product | id | |\n|---|---|---|---|\n", &rows);
    page.must(&beyond(untold));
    page.text
}

/// A line of that table; the last column says what is not as it should be.
fn remembered(row: &RowView<'_>) -> String {
    let product = row
        .applied
        .as_ref()
        .map(|applied| code(&format!("{} {}", applied.values.target.product.name, applied.values.version())));
    let id = row.binding.map(|binding| code(binding.id.as_str())).unwrap_or_default();
    let doubt = match (&row.intent, row.last_failure) {
        (Some(_), _) => "an operation is under way",
        (None, Some(_)) => "the last operation failed",
        (None, None) => "",
    };
    format!("| {} | {} | {id} | {doubt} |\n", code(&row.address), product.unwrap_or_default())
}

/// Whether a text is a plan or a state as it is written here.
#[must_use]
pub fn is_ours(text: &str) -> bool {
    [MARK, STATE_MARK, WHAT_IF_MARK].iter().any(|mark| text.starts_with(mark))
}

fn beyond(rows: usize) -> String {
    if rows == 0 { String::new() } else { format!("\nand {rows} more {}\n", plural(rows, "row")) }
}

/// What stands above the fold, naming so many addresses at most.
fn head(plan: &PlanView<'_>, named: usize) -> String {
    let mut out = format!("{MARK}\n{}\n", plan.sentence());
    out.extend(plan.losses().iter().map(|loss| lost(loss, named)));
    let refused = plan.breach.iter().map(|breach| format!("**This plan is refused:** {}.", breach.text()));
    for line in refused.chain(plan.standing()) {
        out += &format!("\n> {line}\n");
    }
    let aside = plan.aside();
    if !aside.is_empty() {
        out.push('\n');
    }
    out.extend(aside.iter().map(|line| format!("- {line}\n")));
    let fingerprint = code(plan.fingerprint);
    out + &format!("\nFingerprint: {fingerprint}{}\n", plan.saved.as_ref().map(made).unwrap_or_default())
}

/// A warning of what is destroyed.
fn lost(of: &Loss, named: usize) -> String {
    let names: Vec<String> = of.addresses.iter().take(named).map(|address| code(address)).collect();
    let more = of.addresses.len() - names.len();
    let names = match (names.is_empty(), more) {
        (true, _) => String::new(),
        (false, 0) => format!(": {}", names.join(", ")),
        (false, more) => format!(": {} and {more} more", names.join(", ")),
    };
    format!("\n> ⚠ **{}**{names}\n", of.text)
}

fn made(of: &SavedView<'_>) -> String {
    format!(" ({})", code(&shortened(&of.text(), WHO)))
}

/// A line of the table.
fn row(group: &BlockGroup<'_>) -> String {
    let Some(first) = group.first() else { return String::new() };
    let act = match first.act {
        Act::Terminate | Act::Replace | Act::Refuse => format!("**{}**", first.act.as_str()),
        Act::Update if first.instances_gone > 0 => "⚠ **update**".to_owned(),
        Act::Update if first.is_unsure() => "may update".to_owned(),
        act => act.as_str().to_owned(),
    };
    let product = first.title.product.as_deref().map(code);
    let why = group.refusal().map(|refusal| code(&shortened(&refusal.message.replace('\n', " "), WHY)));
    let told: Vec<String> = product.into_iter().chain(why).collect();
    format!("| {act} | {}{} | {} |\n", code(group.subject()), places(group), told.join(": "))
}

/// A key that is moved: no step is made for that.
fn moved(of: &MoveGroup) -> String {
    format!("| move | {} to {} | |\n", code(&of.from), code(&of.to))
}

/// Where a group is, in code.
fn places(group: &BlockGroup<'_>) -> String {
    group.coded(code).map(|span| format!(" on {span}")).unwrap_or_default()
}

fn drifted(all: &[DriftView]) -> Option<String> {
    (!all.is_empty()).then(|| drift(all))
}

fn noted(all: &[NoteGroup]) -> Option<String> {
    (!all.is_empty()).then(|| notes(all))
}
