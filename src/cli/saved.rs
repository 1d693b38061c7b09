//! `provisor apply FILE`: a saved plan, carried out exactly as it is or not at all.

use std::path::Path;

use super::args::{ApplyArgs, SelectionArgs};
use super::exit::Exit;
use super::load::Wiring;
use super::watching::Watching;
use super::{files, gate, open};
use crate::report::human;
use crate::report::view::BreachView;
use crate::workspace::{Problem, read_saved};

pub fn run(path: &Path, args: &ApplyArgs, watching: &Watching<'_>) -> Result<Exit, Problem> {
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
    let plan =
        read_saved(&files::read(path, &workspace.repo.checkout.given(), watching.edge)?, recorded, key)?;
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
