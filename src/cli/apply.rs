//! `provisor apply` and `provisor destroy`: plan, ask, do; or exactly a saved plan.

use std::path::Path;

use super::args::{ApplyArgs, DestroyArgs, SelectionArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::watching::Watching;
use super::{files, gate, open};
use crate::report::human;
use crate::report::view::{BreachView, Ending};
use crate::workspace::{Problem, read_saved};

pub fn run(args: &ApplyArgs, edge: &Edge) -> Result<Exit, Problem> {
    let watching = Watching { args: &args.applying, ending: Ending::Apply, edge };
    match &args.plan_file {
        Some(path) => saved(path, args, &watching),
        None => fresh(&args.selection, args.checksum.as_deref(), &watching),
    }
}

pub fn destroy(args: &DestroyArgs, edge: &Edge) -> Result<Exit, Problem> {
    if args.selection.refresh_only || !args.selection.replace.is_empty() {
        return Err(Problem::usage(
            "`destroy` terminates: `--replace` and `--refresh-only` belong to `apply`",
        ));
    }
    let watching = Watching { args: &args.applying, ending: Ending::Destroy, edge };
    fresh(&args.selection, None, &watching)
}

fn fresh(
    selection: &SelectionArgs,
    checksum: Option<&str>,
    watching: &Watching<'_>,
) -> Result<Exit, Problem> {
    let (edge, ending) = (watching.edge, watching.ending);
    let destroys = ending == Ending::Destroy;
    let wish = selection.wish(destroys)?;
    let wiring = Wiring { command: if destroys { "destroy" } else { "apply" } };
    let workspace = open::workspace(&selection.variables, &wiring, edge)?;
    let mut held = workspace.repo.store()?;
    if held.key_was_lost {
        edge.err("Warning: the state's key was lost and made anew: every secret counts as changed once, saved plans are void\n");
    }
    let prepared = workspace.plan(&wish, held.store.recorded(), held.store.key())?;
    let plan = &prepared.plan;
    watching.show(plan)?;
    // the plan that was shown says why
    if plan.breach.is_some() {
        return Ok(Exit::Refused);
    }
    gate::is_approved(plan, checksum)?;
    if plan.is_all_refused() {
        return Ok(Exit::Refused);
    }
    if !plan.is_empty() && !gate::agreed(plan, ending, watching.args, edge)? {
        edge.err(&format!("{} cancelled.\n", if destroys { "Destroy" } else { "Apply" }));
        return Ok(Exit::Error);
    }
    watching.carry_out(prepared, &mut *held.store)
}

fn saved(path: &Path, args: &ApplyArgs, watching: &Watching<'_>) -> Result<Exit, Problem> {
    let SelectionArgs { variables, .. } = &args.selection;
    if args.selection != (SelectionArgs { variables: variables.clone(), ..SelectionArgs::default() }) {
        return Err(Problem::usage(
            "a saved plan is applied as it is: selection flags go to `provisor plan --out`",
        ));
    }
    let wiring = Wiring { command: "apply" };
    let workspace = open::workspace(variables, &wiring, watching.edge)?;
    let mut held = workspace.repo.store()?;
    let (recorded, key) = (held.store.recorded(), held.store.key());
    let plan = read_saved(&files::read(path, watching.edge)?, recorded, key)?;
    gate::is_approved(&plan, args.checksum.as_deref())?;
    if let Some(breach) = &plan.breach {
        let edge = watching.edge;
        edge.err(&human::breach(&BreachView::of_saved(breach), edge.err_style));
        return Ok(Exit::Refused);
    }
    if plan.is_all_refused() {
        watching.show(&plan)?;
        return Ok(Exit::Refused);
    }
    let prepared = workspace.hold(plan, recorded, key)?;
    if prepared.plan.is_empty() {
        watching.show(&prepared.plan)?;
    }
    watching.carry_out(prepared, &mut *held.store)
}
