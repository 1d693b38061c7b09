//! A plan as one page for a browser: the summary, the order of the steps, the changes, and a box to search them. It loads nothing and sends nothing,
//! and its policy says so: its own style and script, known by their digests, are all that runs. It can be used with the keyboard, printed, and
//! read where scripts are off. Only `text` escapes.

mod block;
mod ended;
mod graph;
mod run;
mod text;
mod timeline;

pub use run::{RunFacts, run};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::view::{DriftView, Loss, MoveGroup, MoveView, NoteGroup, PlanView, StateView};
use crate::model::text::count;
use block::{entry, property_table};
use text::{code, text, with_code};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// How every page of ours begins.
const BEGINNING: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"generator\" content=\"provisor\">\n";
/// More addresses than this are counted in the warning, not named.
const NAMED: usize = 20;

/// The plan as a page.
#[must_use]
pub fn plan(plan: &PlanView<'_>) -> String {
    let groups = plan.groups();
    let sentence = text(&plan.sentence());
    let entries: String = groups.iter().map(entry).collect();
    let changes = match entries.is_empty() {
        true => String::new(),
        false => format!(
            "<section id=\"changes\" aria-labelledby=\"c\">\n<h2 id=\"c\">Changes</h2>\n{entries}</section>\n"
        ),
    };
    let main = format!(
        "{}{changes}{}{}{}{}",
        graph::section(plan, &groups),
        moved(plan),
        drift(&plan.drift()),
        notes(&plan.remarks()),
        unchanged(&plan.unchanged),
    );
    page(&sentence, &summary(plan), &main)
}

/// What is remembered, as a page.
#[must_use]
pub fn state(state: &StateView<'_>) -> String {
    let title = format!("{} in the state", count(state.rows.len(), "product"));
    let facts = format!(
        "<dl class=\"facts\">\n<dt>State</dt><dd>{}, serial {}</dd>\n</dl>\n",
        code(state.lineage),
        state.serial
    );
    let rows: String = state.rows.iter().map(block::remembered).collect();
    page(&title, &facts, &format!("<section aria-label=\"products\">\n{rows}</section>\n"))
}

fn page(title: &str, head: &str, main: &str) -> String {
    let policy = policy();
    format!(
        "{BEGINNING}{policy}<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the products</a>\n<header>\n<h1>{title}</h1>\n{head}</header>\n{TOOLS}<main id=\"main\">\n{main}</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

/// Whether a text is a page as it is written here.
#[must_use]
pub fn is_ours(text: &str) -> bool {
    text.starts_with(BEGINNING)
}

/// Hidden until there is a script that serves it.
const TOOLS: &str = "<div class=\"tools\" role=\"search\" hidden>\n<label for=\"search\">Search</label>\n<input id=\"search\" type=\"search\" autocomplete=\"off\" placeholder=\"address, parameter, value, reason (press /)\">\n<output id=\"found\" for=\"search\" aria-live=\"polite\"></output>\n<button id=\"open\" type=\"button\">Open all</button>\n<button id=\"close\" type=\"button\">Close all</button>\n</div>\n";

/// What the page may do.
fn policy() -> String {
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
        digest(STYLE),
        digest(SCRIPT)
    )
}

/// What has to be seen first.
fn summary(plan: &PlanView<'_>) -> String {
    let mut out: String = plan.losses().iter().map(lost).collect();
    if let Some(breach) = &plan.breach {
        let (why, hint) = (with_code(&breach.text()), with_code(&breach.hint));
        out += &format!("<p class=\"alarm\"><strong>This plan is refused:</strong> {why}. {hint}.</p>\n");
    }
    out.extend(plan.standing().iter().map(|line| format!("<p class=\"alarm\">{}</p>\n", with_code(line))));
    out.extend(plan.aside().iter().map(|line| format!("<p>{}</p>\n", with_code(line))));
    let made = plan.saved.as_ref().map(|saved| format!("<dt>Saved</dt><dd>{}</dd>\n", text(&saved.text())));
    // before the first apply there is no state
    let state = (!plan.lineage.is_empty())
        .then(|| format!("<dt>State</dt><dd>{}, serial {}</dd>\n", code(plan.lineage), plan.serial));
    out + &format!(
        "<dl class=\"facts\">\n<dt>Fingerprint</dt><dd>{}</dd>\n{}{}</dl>\n",
        code(plan.fingerprint),
        made.unwrap_or_default(),
        state.unwrap_or_default()
    )
}

/// A warning of what is destroyed.
fn lost(of: &Loss) -> String {
    let names: Vec<String> = of.addresses.iter().take(NAMED).map(|address| code(address)).collect();
    let more = of.addresses.len() - names.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("<p class=\"alarm\"><strong>{}</strong>: {}{more}</p>\n", text(&of.text), names.join(", "))
}

/// Keys that are moved: no step is made for that.
fn moved(plan: &PlanView<'_>) -> String {
    let all = plan.moves();
    if all.is_empty() {
        return String::new();
    }
    let one = |one: &MoveGroup| {
        let addresses: Vec<String> = plan.moved.iter().filter(|of| is_of(of, one)).flat_map(both).collect();
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        let (from, to) = (code(&one.from), code(&one.to));
        format!("<li data-entry>{from} has moved to {to}{}</li>\n", block::sought(&addresses, &one.from))
    };
    let moves: String = all.iter().map(one).collect();
    format!("<section aria-labelledby=\"m\">\n<h2 id=\"m\">Moved</h2>\n<ul>\n{moves}</ul>\n</section>\n")
}

/// The addresses of a move, each with where it is: an old key that stands there alone is told without.
fn both(of: &MoveView) -> [String; 2] {
    let from = match of.to.split_once('@') {
        Some((_, location)) if !of.from.contains('@') => format!("{}@{location}", of.from),
        _ => of.from.clone(),
    };
    [from, of.to.clone()]
}

/// Whether a group has a move among its own: it has the keys of its moves, or is one.
fn is_of(one: &MoveView, group: &MoveGroup) -> bool {
    let key = |label: &str| label.split(['@', ' ']).next().unwrap_or_default().to_owned();
    key(&one.from) == key(&group.from) && key(&one.to) == key(&group.to)
}

fn drift(all: &[DriftView]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let one = |drift: &DriftView| {
        let texts: String =
            drift.texts.iter().map(|line| format!("<p class=\"why\">{}</p>\n", text(line))).collect();
        let members: Vec<_> = drift.members.iter().map(|member| (member, "")).collect();
        format!(
            "<details class=\"change\">\n<summary>{}</summary>\n<div>\n{texts}{}</div>\n</details>\n",
            code(&drift.address),
            property_table(&members)
        )
    };
    let entries: String = all.iter().map(one).collect();
    format!(
        "<section aria-labelledby=\"d\">\n<h2 id=\"d\">Changed outside of provisor</h2>\n{entries}</section>\n"
    )
}

fn notes(all: &[NoteGroup]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let one =
        |note: &NoteGroup| format!("<li data-entry>{}: {}</li>\n", code(&note.whom), with_code(&note.text));
    let notes: String = all.iter().map(one).collect();
    format!("<section aria-labelledby=\"n\">\n<h2 id=\"n\">Notes</h2>\n<ul>\n{notes}</ul>\n</section>\n")
}

fn unchanged(all: &[String]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let names: Vec<String> = all.iter().map(|address| code(address)).collect();
    format!(
        "<section aria-labelledby=\"u\">\n<h2 id=\"u\">Unchanged</h2>\n<details>\n<summary>{}</summary>\n<div>{}</div>\n</details>\n</section>\n",
        count(all.len(), "product"),
        names.join(", ")
    )
}
