//! A trial for people: six lines of what was done, and three counts.

use super::paper::{Line, print};
use crate::model::text::count;
use crate::report::style::{Ink, Style};
use crate::report::view::ProofView;

/// So many of each kind are shown; the document has them all.
const SHOWN: usize = 10;

/// What was done, and what was found.
#[must_use]
pub fn proof(view: &ProofView, style: Style) -> String {
    let mut out: Vec<Line> = done(view).into_iter().map(Line::ours).collect();
    out.push(Line::default());
    for one in view.counts() {
        let (name, found) = (one.name, one.found.len());
        let ink = if found == 0 { Ink::Add } else { Ink::Remove };
        let number = Line::ours(format!("{:<10}", format!("{name} {found}"))).ink(ink);
        out.push(number.then(format!(" {}", one.meaning)));
        out.extend(one.found.iter().take(SHOWN).map(|line| Line::ours("    ").and(Line::foreign(line))));
        if let Some(more) = found.checked_sub(SHOWN).filter(|more| *more > 0) {
            out.push(Line::ours(format!("    and {more} more: --json has them all")));
        }
    }
    let bad = |text: String| Line::ours(text).ink(Ink::Remove);
    for line in view.stuck.iter().take(SHOWN) {
        out.push(bad("An apply did not begin: ".to_owned()).and(Line::foreign(line)));
    }
    if view.interrupted {
        out.push(Line::ours(
            "Interrupted: what is declared was not waited for, so that this proves nothing yet.",
        ));
    } else if !view.is_settled {
        out.push(bad("At the end, in peace, what is declared was not reached.".to_owned()));
    }
    let again = format!(
        "The same dice again: provisor prove --products {} --seconds {} --seed {}",
        view.products, view.seconds, view.seed
    );
    out.extend([Line::default(), Line::ours(again)]);
    print(&out, style)
}

fn applies(n: usize) -> String {
    if n == 1 { "1 apply was".to_owned() } else { format!("{n} applies were") }
}

/// Six lines.
fn done(view: &ProofView) -> [String; 6] {
    let ended = view.applies.saturating_sub(view.kills);
    let products = count(view.products.into(), "product");
    let (seed, deeds, looks, given_up) = (view.seed, view.deeds, view.looks, view.given_up);
    let (calls, changing) = (count(view.calls, "call"), view.changing_calls);
    [
        format!(
            "Declared {products} on a sandbox, edited some before every apply, and applied; seed {seed}."
        ),
        format!("{} killed (SIGKILL) at a random moment; {ended} ran to the end.", applies(view.kills)),
        format!(
            "{} left open by a death and taken over by a later apply; {given_up} given up in doubt, and seen by the next plan.",
            count(view.takeovers, "operation")
        ),
        format!(
            "{calls} made by applies, {changing} to change something: one in ten lost its answer, one in twenty never arrived, one in ten failed later."
        ),
        format!("{deeds} times somebody else updated, terminated, or made a product under one of our names."),
        format!(
            "{looks} times, between applies, the state was held against what the sandbox itself shows over its API."
        ),
    ]
}
