//! `provisor plan`: shows; writes nothing but what it was told to.

use std::path::Path;

use super::args::{Format, PlanArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::{files, open};
use crate::plan::{Plan, file};
use crate::report::view::{BreachView, PlanView};
use crate::report::{Style, human, json};
use crate::workspace::Problem;

pub fn run(args: &PlanArgs, edge: &Edge) -> Result<Exit, Problem> {
    let copies = args.write.iter().map(|target| copy(target)).collect::<Result<Vec<_>, _>>()?;
    let wish = args.selection.wish(args.destroy)?;
    let wiring = Wiring { command: if args.out.is_some() { "plan --out" } else { "plan" } };
    let workspace = match args.out {
        // what makes a store where there is none wants declarations that are right
        Some(_) => open::workspace(&args.selection.variables, &wiring, edge)?,
        None => open::surveyed(&args.selection.variables, &wiring, edge)?,
    };
    let repo = &workspace.repo;
    // before anything is asked or made: what would not be written is not worth planning
    let given = repo.checkout.given();
    let place = |(format, path)| Ok((format, path, files::copy_target(path, &given, edge)?));
    let copies = copies.into_iter().map(place).collect::<Result<Vec<_>, Problem>>()?;
    let out =
        args.out.as_deref().map(|path| Ok::<_, Problem>((path, files::plan_target(path, &given, edge)?)));
    let out = out.transpose()?;
    let (recorded, key) = if out.is_some() { repo.signing()? } else { repo.remembered()? };
    let plan = workspace.plan(&wish, &recorded, &key)?.plan;
    let format = if args.json { Format::Json } else { args.format };
    edge.out(&render(&plan, format, Style { concise: args.concise, ..edge.out_style }))?;
    for (format, path, target) in &copies {
        files::write(path, target, &render(&plan, *format, Style::plain()))?;
    }
    if let Some((path, target)) = &out {
        files::save_plan(path, target, &file::save(&plan, &key))?;
        let path = path.display();
        edge.err(&format!("Saved the plan to: {path}\nTo apply exactly this plan: provisor apply {path}\n"));
    }
    // the plan says it to people; to programs it is said beside the document
    if let (Some(breach), Format::Json) = (&plan.breach, format) {
        edge.err(&human::breach(&BreachView::of(breach), edge.err_style));
    }
    Ok(Exit::of_plan(&plan, args.detailed_exitcode))
}

/// The plan as text.
pub fn render(plan: &Plan, format: Format, style: Style) -> String {
    let fingerprint = file::fingerprint(plan);
    let view = PlanView::of(plan, &fingerprint);
    match format {
        Format::Human => human::plan(&view, style),
        Format::Json => json::plan(&view),
    }
}

/// What `--write` names.
fn copy(target: &str) -> Result<(Format, &Path), Problem> {
    match target.split_once('=') {
        Some(("json", path)) => Ok((Format::Json, Path::new(path))),
        Some(("human", path)) => Ok((Format::Human, Path::new(path))),
        _ => Err(Problem::usage(format!("`--write {target}`: write json=FILE or human=FILE"))),
    }
}
