//! `provisor apply` and `provisor destroy`: plan, ask, do. What a saved plan needs instead stands in `saved`.

use super::args::{ApplyArgs, DestroyArgs, SelectionArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::fail::KEY_LOST;
use super::load::Wiring;
use super::watching::Watching;
use super::{gate, open, saved};
use crate::report::view::Ending;
use crate::workspace::Problem;

pub fn run(args: &ApplyArgs, edge: &Edge) -> Result<Exit, Problem> {
    let ending = if args.destroy { Ending::Destroy } else { Ending::Apply };
    let watching = Watching { args: &args.applying, ending, edge };
    match &args.plan_file {
        Some(path) => saved::run(path, args, &watching),
        None => fresh(&args.selection, args.checksum.as_deref(), &watching),
    }
}

pub fn destroy(args: &DestroyArgs, edge: &Edge) -> Result<Exit, Problem> {
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
    let command = if destroys { "destroy" } else { "apply" };
    let wiring = Wiring::new(command).patient(watching.args.lock_timeout);
    let workspace = open::sound(&selection.variables, &wiring, &wish, edge)?;
    let mut held = workspace.repo.store()?;
    if held.key_was_lost {
        edge.err(KEY_LOST);
    }
    let prepared = workspace.plan(&wish, held.store.recorded(), held.store.key())?;
    let plan = &prepared.plan;
    watching.show(plan, selection.skip_refused)?;
    // the plan that was shown says why
    if plan.breach.is_some() {
        return Ok(watching.refuse(plan));
    }
    gate::is_approved(plan, checksum)?;
    if plan.has_refused() && !selection.skip_refused {
        return Ok(watching.refuse(plan));
    }
    if plan.does_something() && !gate::agreed(plan, ending, watching.args, edge)? {
        edge.err(&format!("{} cancelled.\n", if destroys { "Destroy" } else { "Apply" }));
        return Ok(Exit::Error);
    }
    watching.carry_out(prepared, &mut *held.store)
}
