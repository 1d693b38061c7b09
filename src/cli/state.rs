//! `provisor state`: what is recorded.

use std::collections::BTreeSet;
use std::path::Path;

use super::args::{StateCommand, VariableArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::{Wiring, embedded};
use super::{files, load, open};
use crate::model::ids::{Address, Labels};
use crate::plan::addresses;
use crate::report::view::StateView;
use crate::report::{human, json};
use crate::state::format::{export, import};
use crate::state::{Recorded, StateError};
use crate::workspace::{Problem, ProblemKind, Repo};

pub fn run(command: &StateCommand, edge: &Edge) -> Result<Exit, Problem> {
    let wiring = match command {
        StateCommand::Push { lock_timeout, .. } => Wiring::new("state push").patient(*lock_timeout),
        _ => Wiring::new("state"),
    };
    let repo = open::repo(&VariableArgs::default(), &wiring, edge)?;
    let text = match command {
        StateCommand::Push { file, .. } => push(&repo, file, &wiring, edge)?,
        StateCommand::Pull { .. } => json::reprinted(&export(&repo.recorded()?)?),
        StateCommand::List { addresses, json } => list(&repo.recorded()?, addresses, *json)?,
        StateCommand::History { addresses, json } => history(&repo, addresses, *json)?,
        StateCommand::Show { address, json } => show(&repo.recorded()?, address, *json)?,
    };
    edge.out(&text)
}

fn list(recorded: &Recorded, patterns: &[String], as_json: bool) -> Result<String, Problem> {
    let named = if patterns.is_empty() { None } else { Some(named(patterns, recorded)?) };
    let is_meant = |address: &Address| named.as_ref().is_none_or(|named| named.contains(address));
    let view = StateView::of(recorded, is_meant);
    Ok(if as_json { json::state(&view) } else { human::state_list(&view) })
}

fn show(recorded: &Recorded, pattern: &String, as_json: bool) -> Result<String, Problem> {
    let named = named(std::slice::from_ref(pattern), recorded)?;
    let view = StateView::of(recorded, |address| named.contains(address));
    Ok(if as_json { json::state(&view) } else { human::state(&view) })
}

/// What is gone has a history too, so the addresses are those of the entries.
fn history(repo: &Repo<'_>, patterns: &[String], as_json: bool) -> Result<String, Problem> {
    let mut past = load::history(repo)?;
    let all: BTreeSet<Address> = past.iter().map(|past| past.address.clone()).collect();
    let labels = Labels::of(&all);
    if !patterns.is_empty() {
        let named = addresses(patterns, &all, &labels)?;
        past.retain(|past| named.contains(&past.address));
    }
    Ok(if as_json { json::history(&past, &labels) } else { human::history(&past, &labels) })
}

fn named(patterns: &[String], recorded: &Recorded) -> Result<BTreeSet<Address>, Problem> {
    let all: BTreeSet<Address> = recorded.rows.keys().cloned().collect();
    Ok(addresses(patterns, &all, &recorded.labels())?)
}

/// What is wrong with a file that was given as an export says nothing about the state that is there.
fn no_export(file: &Path, error: StateError) -> Problem {
    let named = file.display();
    match error {
        StateError::Corrupt { reason, hint } => {
            Problem::input(format!("cannot take `{named}` over: {reason}")).hint(hint)
        }
        other => other.into(),
    }
}

/// The same of an export that is none of this state.
fn unfit(file: &Path, error: StateError) -> Problem {
    Problem { kind: ProblemKind::State, ..no_export(file, error) }
}

/// Refuses another state's export, and one that is older than what is there.
fn push(repo: &Repo<'_>, file: &Path, wiring: &Wiring, edge: &Edge) -> Result<String, Problem> {
    let text = files::read(file, &repo.checkout.given(), edge)?.text;
    let recorded = import(&text).map_err(|error| no_export(file, error))?;
    let rows = recorded.rows.len();
    let mut store = embedded(repo, wiring)?;
    store.backup()?;
    let serial = store.replace(recorded).map_err(|error| unfit(file, error))?;
    edge.tell_telling_backups(&store.telling_backups()?);
    let noun = if rows == 1 { "address" } else { "addresses" };
    Ok(format!("The state has {rows} {noun} now, at serial {serial}.\n"))
}
