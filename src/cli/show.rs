//! `provisor show`: a saved plan, or the state.

use super::args::{Format, ShowArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::rendering::{comment, copies, placed, render_saved};
use super::{open, saved};
use crate::report::view::StateView;
use crate::report::{Style, html, human, json, markdown, terraform};
use crate::workspace::Problem;

pub fn run(args: &ShowArgs, edge: &Edge) -> Result<Exit, Problem> {
    let wiring = Wiring::new("show");
    let copies = copies(&args.written.write)?;
    let format = args.written.format();
    if let Some(path) = &args.plan_file {
        let style = args.brevity.dress(edge.out_style);
        let held = saved::shown(path, &args.variables, &wiring, edge)?;
        let copies = placed(&copies, args.written.markdown_limit, &held.repo, edge)?;
        let exit = edge.out(&render_saved(&held, format, style, comment(&args.written)))?;
        for copy in &copies {
            copy.write(&render_saved(
                &held,
                copy.format,
                Style { color: false, concise: false, ..style },
                copy.budget,
            ))?;
        }
        return Ok(exit);
    }
    let repo = open::repo(&args.variables, &wiring, edge)?;
    let copies = placed(&copies, args.written.markdown_limit, &repo, edge)?;
    let recorded = repo.shown()?;
    let view = StateView::of(&recorded, |_| true);
    let told = |format, budget| match format {
        Format::Json => json::state(&view),
        Format::TerraformJson => terraform::state(&view),
        Format::Markdown => markdown::state(&view, budget),
        Format::Html => html::state(&view),
        Format::Human if view.rows.is_empty() => "The state is empty.\n".to_owned(),
        Format::Human => human::state(&view),
    };
    let exit = edge.out(&told(format, comment(&args.written)))?;
    for copy in &copies {
        copy.write(&told(copy.format, copy.budget))?;
    }
    Ok(exit)
}
