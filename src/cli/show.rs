//! `provisor show`: a saved plan, or the state.

use super::args::{Format, ShowArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::{open, plan, saved};
use crate::report::view::StateView;
use crate::report::{human, json};
use crate::workspace::Problem;

pub fn run(args: &ShowArgs, edge: &Edge) -> Result<Exit, Problem> {
    let wiring = Wiring::new("show");
    let format = args.written();
    if let Some(path) = &args.plan_file {
        let held = saved::shown(path, &args.variables, &wiring, edge)?;
        return edge.out(&plan::render_saved(&held, format, edge.out_style));
    }
    let repo = open::repo(&args.variables, &wiring, edge)?;
    let recorded = repo.recorded()?;
    let view = StateView::of(&recorded, |_| true);
    let text = match format {
        Format::Json => json::state(&view),
        Format::Human => human::state(&view),
    };
    if text.is_empty() { edge.out("The state is empty.\n") } else { edge.out(&text) }
}
