//! `provisor apply FILE` and `show FILE`: a saved plan, carried out exactly as it is or not at all. It is read before
//! anything else, and brings along what the settings are read with.

use std::path::Path;

use super::args::{ApplyArgs, SelectionArgs, VariableArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::rendering::ShownPlan;
use super::watching::Watching;
use super::wish::limit;
use super::{annotations, files, gate, open, previewing, telemetry};
use crate::model::diagnostic::Source;
use crate::workspace::{GivenValues, MAX_AGE, Problem, ProblemKind, Repo, claimed, in_time, read_saved};

pub fn run(path: &Path, args: &ApplyArgs, watching: &Watching<'_>) -> Result<Exit, Problem> {
    let SelectionArgs { variables, .. } = &args.selection;
    let max_terminate = args.selection.max_terminate.clone();
    let raised = max_terminate.as_deref().map(limit).transpose()?;
    let allowed = SelectionArgs { variables: variables.clone(), max_terminate, ..SelectionArgs::default() };
    if args.selection != allowed {
        return Err(Problem::usage(
            "a saved plan is applied as it is: selection flags go to `provisor plan --out`",
        ));
    }
    let may_be = args.max_age.unwrap_or(MAX_AGE);
    let wiring = Wiring::new("apply").patient(args.applying.lock_timeout);
    let (text, repo, given) = opened(path, variables, &wiring, watching.edge)?;
    repo.only_secrets(&given)?;
    watching.reporting.place(&repo, watching.edge)?;
    // a store is not made for a plan that fits no store
    there_is_a_state(&repo)?;
    let mut held = repo.store()?;
    let (recorded, key) = (held.store.recorded(), held.store.key());
    let saved = read_saved(&text, recorded, key)?;
    in_time(&saved.about, Edge::now(), may_be)?;
    gate::is_approved(&saved.plan, args.checksum.as_deref()).map_err(unfit)?;
    previewing::sweep(&repo, watching.edge)?;
    let skips_refused = saved.about.skips_refused;
    let prepared = telemetry::during("plan", watching.edge, || repo.hold(saved, recorded, key, raised))?;
    watching.edge.found.borrow_mut().extend(annotations::refused(&prepared.plan, None, skips_refused));
    // what the settings guard is guarded whenever the plan was made
    if prepared.plan.breach.is_some() || prepared.plan.has_refused() && !skips_refused {
        watching.show(&prepared.plan, false)?;
        return Ok(watching.refuse(&prepared.plan));
    }
    if prepared.plan.is_empty() {
        watching.show(&prepared.plan, false)?;
    } else {
        watching.foretell(&prepared.plan, skips_refused);
    }
    watching.carry_out(prepared, &mut *held.store)
}

/// The plan of a file, proven.
pub fn shown<'w>(
    path: &Path,
    variables: &VariableArgs,
    wiring: &'w Wiring,
    edge: &Edge,
) -> Result<ShownPlan<'w>, Problem> {
    let (text, repo, _) = opened(path, variables, wiring, edge)?;
    let snapshot = repo.snapshot()?.ok_or_else(no_state)?;
    let key = snapshot.key.ok_or_else(|| {
        let message = "the state's key is lost: saved plans cannot be trusted any more";
        Problem::new(ProblemKind::SavedPlan, message).hint("plan again")
    })?;
    let saved = read_saved(&text, &snapshot.recorded, &key)?;
    Ok(ShownPlan { saved, recorded: snapshot.recorded, repo })
}

/// The file, then the settings as the plan was made with them.
fn opened<'w>(
    path: &Path,
    variables: &VariableArgs,
    wiring: &'w Wiring,
    edge: &Edge,
) -> Result<(Source, Repo<'w>, GivenValues), Problem> {
    files::is_named(path, "a saved plan is a file: `provisor plan --out plan.bin` writes one")?;
    let checkout = open::checkout(variables, edge)?;
    let text = files::read(path, &checkout.given(), edge)?;
    let mut given = variables.given(&checkout.given(), edge)?;
    given.remembered = claimed(&text)?.variables;
    let repo = Repo::survey(checkout, &given, wiring)?.for_saved()?;
    Ok((text, repo, given))
}

fn there_is_a_state(repo: &Repo<'_>) -> Result<(), Problem> {
    repo.snapshot()?.map(drop).ok_or_else(no_state)
}

fn no_state() -> Problem {
    Problem::new(
        ProblemKind::SavedPlan,
        "there is no state here, and a saved plan fits only the one it was made from",
    )
    .hint("go to where the plan was made, or plan again")
}

fn unfit(problem: Problem) -> Problem {
    Problem { kind: ProblemKind::SavedPlan, ..problem }
}
