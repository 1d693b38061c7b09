//! `provisor state`: what is recorded.

use std::collections::BTreeSet;

use super::args::{Cli, State, Variables};
use super::edge::Edge;
use super::exit::Exit;
use super::fail::Fail;
use super::{load, planning, settings};
use crate::model::ids::Lineage;
use crate::report::{human, json};
use crate::state::Recorded;
use crate::state::format::export;

pub fn run(cli: &Cli, args: &State, edge: &Edge) -> Result<Exit, Fail> {
    let repo = settings::read(cli, &Variables::default())?;
    let snapshot = load::snapshot(&repo, "state")?;
    let mut recorded = snapshot.map_or_else(|| Recorded::empty(Lineage::new("")), |snapshot| snapshot.recorded);
    let all: BTreeSet<_> = recorded.rows.keys().cloned().collect();
    let labels = recorded.labels();
    match args {
        State::Pull => edge.out(&export(&recorded)?),
        State::List { addresses } => {
            if !addresses.is_empty() {
                let named = planning::addresses(addresses, &all, &labels)?;
                recorded.rows.retain(|address, _| named.contains(address));
            }
            edge.out(&human::state_list(&recorded))
        }
        State::Show { address, json } => {
            let named = planning::addresses(std::slice::from_ref(address), &all, &labels)?;
            let mut text = String::new();
            for address in &named {
                let Some(row) = recorded.rows.get(address) else { continue };
                text.push_str(&human::state_show(&labels.label(address), address, row));
            }
            if *json {
                recorded.rows.retain(|address, _| named.contains(address));
                text = json::state(&recorded);
            }
            edge.out(&text)
        }
    }
}
