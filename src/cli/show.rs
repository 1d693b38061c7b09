//! `provisor show`: a saved plan, or the state.

use std::path::Path;

use super::args::{Format, ShowArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::{files, open, plan};
use crate::plan::Plan;
use crate::report::view::StateView;
use crate::report::{human, json};
use crate::workspace::{Problem, ProblemKind, Repo, read_saved};

pub fn run(args: &ShowArgs, edge: &Edge) -> Result<Exit, Problem> {
    let wiring = Wiring { command: "show" };
    let repo = open::repo(&args.variables, &wiring, edge)?;
    let format = if args.json { Format::Json } else { args.format };
    if let Some(path) = &args.plan_file {
        let plan = saved(&repo, path, edge)?;
        return edge.out(&plan::render(&plan, format, edge.out_style));
    }
    let recorded = repo.recorded()?;
    let view = StateView::of(&recorded, |_| true);
    let text = match format {
        Format::Json => json::state(&view),
        Format::Human => human::state(&view),
    };
    if text.is_empty() { edge.out("The state is empty.\n") } else { edge.out(&text) }
}

fn saved(repo: &Repo<'_>, path: &Path, edge: &Edge) -> Result<Plan, Problem> {
    let unreadable = |message, hint: &str| Problem::new(ProblemKind::SavedPlan, message).hint(hint);
    let snapshot = repo
        .snapshot()?
        .ok_or_else(|| unreadable("there is no state here", "show the plan where it was made"))?;
    let key = snapshot.key.ok_or_else(|| {
        unreadable("the state's key is lost: saved plans cannot be trusted any more", "plan again")
    })?;
    read_saved(&files::read(path, &repo.checkout.given(), edge)?, &snapshot.recorded, &key)
}
