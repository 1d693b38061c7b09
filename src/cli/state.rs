//! `provisor state`: what is recorded.

use std::collections::BTreeSet;

use super::args::{StateCommand, VariableArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::surgery::{Cut, StateOperation};
use super::{load, open, recover};
use crate::model::ids::{Address, Labels};
use crate::plan::addresses;
use crate::report::view::StateView;
use crate::report::{human, json};
use crate::state::format::export;
use crate::state::{Recorded, past_of};
use crate::workspace::{Problem, Repo};

pub fn run(command: &StateCommand, edge: &Edge) -> Result<Exit, Problem> {
    let wiring = Wiring::new("state");
    let repo = || open::repo(&VariableArgs::default(), &wiring, edge);
    let text = match command {
        StateCommand::Push { file, surgery } => {
            return StateOperation::new("state push", surgery, edge).push(file);
        }
        StateCommand::Mv { from, to, surgery } => {
            return StateOperation::new("state mv", surgery, edge).cut(Cut::Move { from, to });
        }
        StateCommand::Rm { addresses, surgery } => {
            return StateOperation::new("state rm", surgery, edge).cut(Cut::Forget(addresses));
        }
        StateCommand::Restore { serial, surgery } => {
            return StateOperation::new("state restore", surgery, edge).restore(*serial);
        }
        StateCommand::Recover { surgery } => {
            return recover::run(&StateOperation::new("state recover", surgery, edge));
        }
        StateCommand::Pull { .. } => json::reprinted(&export(&repo()?.shown()?)?),
        StateCommand::List { addresses, json } => list(&repo()?.shown()?, addresses, *json)?,
        StateCommand::History { addresses, limit, json } => {
            history(&repo()?, &HistoryWish { addresses, limit: *limit, json: *json })?
        }
        StateCommand::Show { address, json } => show(&repo()?.shown()?, address, *json)?,
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

/// What of the history is wanted.
struct HistoryWish<'a> {
    addresses: &'a [String],
    limit: Option<usize>,
    json: bool,
}

/// What is gone has a history too, so the addresses are those of the entries.
fn history(repo: &Repo<'_>, wish: &HistoryWish<'_>) -> Result<String, Problem> {
    let mut past = load::history(repo)?;
    let all: BTreeSet<Address> = past.iter().map(|past| past.address.clone()).collect();
    let labels = Labels::of(&all);
    if !wish.addresses.is_empty() {
        past = past_of(past, &addresses(wish.addresses, &all, &labels)?);
    }
    past.drain(..past.len().saturating_sub(wish.limit.unwrap_or(usize::MAX)));
    Ok(if wish.json { json::history(&past, &labels) } else { human::history(&past, &labels) })
}

fn named(patterns: &[String], recorded: &Recorded) -> Result<BTreeSet<Address>, Problem> {
    let all: BTreeSet<Address> = recorded.rows.keys().cloned().collect();
    Ok(addresses(patterns, &all, &recorded.labels())?)
}
