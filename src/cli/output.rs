//! `provisor output`: what the provisioned products gave.

use std::collections::BTreeSet;

use super::args::{Output, Variables};
use super::edge::Edge;
use super::exit::Exit;
use super::fail::Fail;
use super::{load, settings};
use crate::model::diagnostic::did_you_mean;
use crate::model::ids::{Address, Lineage};
use crate::plan::addresses;
use crate::report::{human, json};
use crate::state::Recorded;

pub fn run(args: &Output, edge: &Edge) -> Result<Exit, Fail> {
    let repo = settings::read(&Variables::default())?;
    let snapshot = load::snapshot(&repo, "output")?;
    let recorded = snapshot.map_or_else(|| Recorded::empty(Lineage::new("")), |snapshot| snapshot.recorded);
    let all: BTreeSet<Address> = recorded.rows.keys().cloned().collect();
    let named = match &args.address {
        Some(pattern) => addresses(std::slice::from_ref(pattern), &all, &recorded.labels())?,
        None => all,
    };
    match &args.key {
        Some(key) => one(&recorded, &named, key, args, edge),
        None if args.json => edge.out(&json::outputs(&recorded, |address| named.contains(address))),
        None => edge.out(&human::outputs(&recorded, |address| named.contains(address))),
    }
}

fn one(
    recorded: &Recorded,
    named: &BTreeSet<Address>,
    key: &str,
    args: &Output,
    edge: &Edge,
) -> Result<Exit, Fail> {
    let rows: Vec<_> = named.iter().filter_map(|address| recorded.rows.get(address)).collect();
    let [row] = rows.as_slice() else {
        let labels: Vec<String> = named.iter().map(|address| format!("`{address}`")).collect();
        return Err(Fail::error(format!("several addresses match: {}", labels.join(", "))));
    };
    let applied = row.applied.as_ref();
    if applied.is_some_and(|applied| applied.secret_outputs.contains_key(key)) {
        return Err(Fail::error(format!("output `{key}` is sensitive: its value is not stored")));
    }
    let outputs = applied.map(|applied| &applied.outputs);
    match outputs.and_then(|outputs| outputs.get(key)) {
        Some(value) if args.json => edge.out(&json::text(value)),
        Some(value) if args.raw => edge.out(value),
        Some(value) => edge.out(&format!("{}\n", crate::report::escape::Escaped(value))),
        None => {
            let known: Vec<&str> =
                outputs.iter().flat_map(|outputs| outputs.keys()).map(String::as_str).collect();
            let fail = Fail::error(format!("there is no output `{key}`"));
            Err(match did_you_mean(key, known.iter().copied()) {
                Some(hint) => fail.hint(hint),
                None if known.is_empty() => fail.hint("it has no outputs yet"),
                None => fail.hint(format!("it has {}", known.join(", "))),
            })
        }
    }
}
