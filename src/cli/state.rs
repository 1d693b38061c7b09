//! `provisor state`: what is recorded.

use std::collections::BTreeSet;
use std::path::Path;

use super::args::{State, Variables};
use super::edge::Edge;
use super::exit::Exit;
use super::fail::Fail;
use super::{load, settings};
use crate::model::ids::Lineage;
use crate::plan::addresses;
use crate::report::{human, json};
use crate::state::Recorded;
use crate::state::format::{export, import};

pub fn run(args: &State, edge: &Edge) -> Result<Exit, Fail> {
    let repo = settings::read(&Variables::default())?;
    if let State::Push { file } = args {
        return push(&repo, file, edge);
    }
    let snapshot = load::snapshot(&repo, "state")?;
    let mut recorded =
        snapshot.map_or_else(|| Recorded::empty(Lineage::new("")), |snapshot| snapshot.recorded);
    let all: BTreeSet<_> = recorded.rows.keys().cloned().collect();
    let labels = recorded.labels();
    match args {
        State::Push { .. } => Ok(Exit::Done),
        State::Pull => edge.out(&export(&recorded)?),
        State::List { addresses: patterns } => {
            if !patterns.is_empty() {
                let named = addresses(patterns, &all, &labels)?;
                recorded.rows.retain(|address, _| named.contains(address));
            }
            edge.out(&human::state_list(&recorded))
        }
        State::Show { address, json } => {
            let named = addresses(std::slice::from_ref(address), &all, &labels)?;
            let mut text = String::new();
            for address in &named {
                let Some(row) = recorded.rows.get(address) else { continue };
                text.push_str(&human::state_show(&labels, address, row));
            }
            if *json {
                recorded.rows.retain(|address, _| named.contains(address));
                text = json::state(&recorded);
            }
            edge.out(&text)
        }
    }
}

/// Refuses another state's export, and one that is older than what is there.
fn push(repo: &settings::Repo, file: &Path, edge: &Edge) -> Result<Exit, Fail> {
    let unreadable = |error| Fail::error(format!("cannot read `{}`: {error}", file.display()));
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let recorded = import(&text)?;
    let rows = recorded.rows.len();
    let mut store = load::store(repo, "state push")?;
    store.backup()?;
    let serial = store.replace(recorded)?;
    let noun = if rows == 1 { "address" } else { "addresses" };
    edge.out(&format!("The state has {rows} {noun} now, at serial {serial}.\n"))
}
