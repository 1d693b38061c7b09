//! `provisor state recover`: what of a damaged state can be saved is said, somebody says yes, and it is put in force. What it
//! was is kept beside.

use super::args::VariableArgs;
use super::edge::Edge;
use super::exit::Exit;
use super::surgery::StateOperation;
use super::{load, open};
use crate::report::view::RecoveryView;
use crate::report::{human, json};
use crate::workspace::Problem;

pub fn run(operation: &StateOperation<'_>) -> Result<Exit, Problem> {
    let StateOperation { args, edge, wiring, .. } = operation;
    let repo = open::repo(&VariableArgs::default(), wiring, edge)?;
    let Some(damage) = load::examine(&repo)? else {
        let is_there = repo.snapshot()?.is_some();
        return edge.out(&if args.json { json::sound(is_there) } else { human::sound(is_there) });
    };
    let view = RecoveryView::of(&damage);
    if !args.json {
        edge.out(&human::recovery(&view, edge.out_style))?;
    }
    if args.dry_run {
        return if args.json { edge.out(&json::recovery(&view, None)) } else { edge.out(Edge::NOT_WRITTEN) };
    }
    let question = "\nDo you want to put this in force? What is there now is kept beside.";
    if !operation.agrees(question)? {
        return Ok(Exit::Error);
    }
    let aside = load::recover(&repo, wiring, &damage)?;
    edge.out(&if args.json { json::recovery(&view, Some(&aside)) } else { human::recovered(&view, &aside) })
}
