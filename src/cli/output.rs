//! `provisor output`: what the provisioned products gave.

use std::collections::BTreeSet;

use super::args::{OutputArgs, VariableArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::open;
use crate::model::ids::Address;
use crate::model::text::{did_you_mean, listed, quote};
use crate::plan::addresses;
use crate::report::view::StateView;
use crate::report::{human, json};
use crate::state::Recorded;
use crate::workspace::Problem;

/// So many addresses are named.
const FEW: usize = 20;

pub fn run(args: &OutputArgs, edge: &Edge) -> Result<Exit, Problem> {
    let wiring = Wiring::new("output");
    let recorded = open::repo(&VariableArgs::default(), &wiring, edge)?.shown()?;
    let all: BTreeSet<Address> = recorded.rows.keys().cloned().collect();
    let named = match &args.address {
        Some(pattern) => {
            let named = addresses(std::slice::from_ref(pattern), &all, &recorded.labels());
            named.map_err(|error| match of_which(&recorded, pattern) {
                Some(hint) if args.key.is_none() => Problem::from(error).hint(hint),
                _ => Problem::from(error),
            })?
        }
        None => all,
    };
    let view = StateView::of(&recorded, |address| named.contains(address));
    edge.out(&match &args.key {
        Some(key) => {
            let value = one(&recorded, &named, key)?;
            match (args.json, args.raw) {
                (true, _) => json::text(value),
                (_, true) => return edge.raw(value),
                _ => human::text(value),
            }
        }
        None if args.json => json::outputs(&view),
        None => human::outputs(&view),
    })
}

/// An output that was named without the address that it is of.
fn of_which(recorded: &Recorded, key: &str) -> Option<String> {
    let has = |row: &&Address| {
        let applied = recorded.rows.get(*row).and_then(|row| row.applied.as_ref());
        applied.is_some_and(|applied| applied.outputs.contains_key(key))
    };
    let labels = recorded.labels();
    let of = recorded.rows.keys().find(has)?;
    Some(format!(
        "an output is named with the address that it is of: `provisor output {} {key}`",
        labels.label(of)
    ))
}

fn one<'r>(recorded: &'r Recorded, named: &BTreeSet<Address>, key: &str) -> Result<&'r str, Problem> {
    let rows: Vec<_> = named.iter().filter_map(|address| recorded.rows.get(address)).collect();
    let [row] = rows.as_slice() else {
        let labels = recorded.labels();
        let told = listed(named.iter().map(|address| quote(labels.label(address))), FEW);
        let first =
            named.first().map(|address| format!("name one of them, such as `{}`", labels.label(address)));
        let problem = Problem::input(format!("several addresses match: {told}"));
        return Err(first.into_iter().fold(problem, Problem::hint));
    };
    let applied = row.applied.as_ref();
    if applied.is_some_and(|applied| applied.sensitive_outputs.contains_key(key)) {
        return Err(Problem::input(format!("output `{key}` is sensitive: its value is not shown")));
    }
    let outputs = applied.map(|applied| &applied.outputs);
    if let Some(value) = outputs.and_then(|outputs| outputs.get(key)) {
        return Ok(value);
    }
    let known: Vec<&str> = outputs.iter().flat_map(|outputs| outputs.keys()).map(String::as_str).collect();
    let hint = match did_you_mean(key, known.iter().copied()) {
        Some(hint) => hint,
        None if known.is_empty() => "it has no outputs yet".to_owned(),
        None => format!("it has {}", known.join(", ")),
    };
    Err(Problem::input(format!("there is no output `{key}`")).hint(hint))
}
