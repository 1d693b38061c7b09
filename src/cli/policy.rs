//! `provisor iam-policy`: what a principal has to be permitted.

use std::collections::BTreeSet;

use super::args::PolicyArgs;
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::open;
use crate::model::access::AccessLevel;
use crate::model::text::quoted;
use crate::report::json;
use crate::workspace::Problem;

pub fn run(args: &PolicyArgs, edge: &Edge) -> Result<Exit, Problem> {
    let level = match &args.location {
        None => AccessLevel::default(),
        Some(pattern) => level(pattern, args, edge)?,
    };
    edge.out(&json::policy(args.apply, level))
}

/// The access level of the locations that match: a policy has one.
fn level(pattern: &str, args: &PolicyArgs, edge: &Edge) -> Result<AccessLevel, Problem> {
    // as offline as a validation
    let wiring = Wiring::new("validate");
    let workspace = open::adopting(&args.variables, &wiring, open::Unwritten::default(), edge)?;
    let locations = workspace.locations(Some(pattern))?;
    let levels: BTreeSet<AccessLevel> = locations.iter().map(|location| location.access_level).collect();
    match levels.first() {
        Some(level) if levels.len() == 1 => Ok(*level),
        _ => Err(Problem::usage(format!(
            "the locations that `{pattern}` names have several access levels: {}",
            quoted(levels.iter().map(|level| level.as_str()))
        ))
        .hint("each needs a policy of its own: name some of them by `--location`")),
    }
}
