//! `provisor doctor`: what stands between this machine and a plan.

use std::collections::{BTreeMap, BTreeSet};

use super::args::DoctorArgs;
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::open;
use crate::declare::Location;
use crate::model::glob::matches;
use crate::model::ids::{Lineage, LocationName};
use crate::model::secret::{DigestKey, Redactor, Secrets};
use crate::model::text::{count, did_you_mean, listed, quote};
use crate::observe::{CheckupRow, CheckupScope, Health, LocationCheckup, checkup};
use crate::report::view::CheckupView;
use crate::report::{human, json};
use crate::state::{Recorded, Snapshot};
use crate::workspace::{Complaints, Problem, Repo};

/// So many locations are named.
const FEW: usize = 20;

pub fn run(args: &DoctorArgs, edge: &Edge) -> Result<Exit, Problem> {
    let wiring = Wiring::new("doctor");
    let repo = open::repo(&args.variables, &wiring, edge)?;
    let locations = chosen(&repo, args.location.as_deref())?;
    let (state, recorded) = state(&repo);
    let is_lost = state.iter().any(|row| row.health == Health::Bad);
    let names: BTreeSet<&LocationName> = locations.keys().collect();
    let catalog = repo.catalog_of(&names)?;
    let (now, beliefs) = (Edge::now(), args.beliefs);
    let scope = CheckupScope { locations: &locations, recorded: &recorded, now, beliefs };
    let seen = veiled(checkup(scope, &*catalog), &repo);
    let view = CheckupView::of(Edge::version(), state, seen);
    edge.out(&if args.json { json::checkup(&view) } else { human::checkup(&view, edge.out_style) })?;
    Ok(match view.in_the_way() {
        0 => Exit::Done,
        _ if is_lost => Exit::State,
        _ => Exit::Error,
    })
}

/// The locations that are meant; frozen ones only if they are named.
fn chosen(repo: &Repo<'_>, pattern: Option<&str>) -> Result<BTreeMap<LocationName, Location>, Problem> {
    let is_meant = |location: &Location| match pattern {
        None => !location.frozen,
        Some(pattern) => [location.name.as_str(), &location.written, &location.account]
            .iter()
            .any(|name| matches(pattern, name)),
    };
    let all = repo.settings.locations.iter();
    let meant = all.filter(|(_, location)| is_meant(location));
    let meant: BTreeMap<_, _> = meant.map(|(name, location)| (name.clone(), location.clone())).collect();
    match pattern {
        Some(pattern) if meant.is_empty() => {
            let all = repo.settings.locations.values();
            let names = all.flat_map(|one| [one.name.as_str(), &one.written, &one.account]);
            let near = did_you_mean(pattern, names);
            let problem = Problem::input(format!("no location matches `{pattern}`"));
            let known = repo.settings.locations.values().map(|location| quote(&location.written));
            let all = || match repo.settings.locations.is_empty() {
                true => "the settings name them under `locations:`".to_owned(),
                false => format!("there is {}", listed(known, FEW)),
            };
            Err(problem.hint(near.unwrap_or_else(all)))
        }
        _ => Ok(meant),
    }
}

/// How the state is, and what it holds as far as it can be read.
fn state(repo: &Repo<'_>) -> (Vec<CheckupRow>, Recorded) {
    let nothing = || Recorded::empty(Lineage::new(""));
    match repo.snapshot() {
        Ok(None) => {
            (vec![CheckupRow::good("store", "there is none yet: the first apply makes it")], nothing())
        }
        Ok(Some(Snapshot { recorded, key, held_by })) => {
            let rows = count(recorded.rows.len(), "address");
            let mut told = vec![CheckupRow::good("store", format!("serial {}, {rows}", recorded.serial))];
            told.push(match key {
                Some(_) => CheckupRow::good("key", "there"),
                None => CheckupRow::bad("key", "lost").hint(Some(
                    "the next apply makes a new one: each secret counts as changed once".to_owned(),
                )),
            });
            told.extend(held_by.map(|holder| CheckupRow::good("lock", format!("held by {holder}"))));
            (told, recorded)
        }
        Err(problem) => (broken(&problem), nothing()),
    }
}

fn broken(problem: &Problem) -> Vec<CheckupRow> {
    match &problem.complaints {
        Complaints::Sentences(all) => {
            all.iter().map(|one| CheckupRow::bad("store", &*one.message).hint(one.hint.clone())).collect()
        }
        Complaints::Findings(found, _) => {
            found.0.iter().map(|one| CheckupRow::bad("store", &*one.message).hint(one.hint.clone())).collect()
        }
    }
}

/// Texts of the catalog, without what is known to be a secret.
fn veiled(mut seen: Vec<LocationCheckup>, repo: &Repo<'_>) -> Vec<LocationCheckup> {
    let key = DigestKey::new([0; 32]);
    let secrets: Secrets = repo.settings.secrets.iter().cloned().collect();
    let redactor = Redactor { clear: &secrets, digests: Vec::new(), key: &key };
    for row in seen.iter_mut().flat_map(|one| &mut one.rows) {
        row.text = redactor.redact(&row.text);
    }
    for belief in seen.iter_mut().flat_map(|one| &mut one.beliefs) {
        belief.seen = redactor.redact(&belief.seen);
    }
    seen
}
