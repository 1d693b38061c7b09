//! `provisor plan`: shows; writes nothing but what it was told to.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use super::args::{Format, PlanArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::rendering::{CopyWish, Dress, comment, copies, placed, refused, render};
use super::{annotations, commit, files, open, previewing, telemetry};
use crate::plan::file;
use crate::report::view::SavedView;
use crate::state::Author;
use crate::workspace::{Made, Problem, Remembered, Repo, Wish, Workspace};

pub fn run(args: &PlanArgs, edge: &Edge) -> Result<Exit, Problem> {
    let copies = copies(&args.written.write)?;
    distinct(args.out.as_deref(), &copies, edge)?;
    let wish = args.selection.wish(args.destroy)?;
    let wiring = named(args);
    let workspace = opened(args, &wish, &wiring, edge)?;
    let repo = &workspace.repo;
    // before anything is asked or made: what would not be written is not worth planning
    let copies = placed(&copies, args.written.markdown_limit, repo, edge)?;
    let out = args.out.as_deref().map(|path| Ok::<_, Problem>((path, files::plan_target(path, repo, edge)?)));
    let out = out.transpose()?;
    let Remembered { recorded, key } = if out.is_some() { repo.signing()? } else { repo.remembered()? };
    let prepared =
        telemetry::during("plan", edge, || previewing::swept(&workspace, &wish, &recorded, &key, edge))?;
    if prepared.previewed.interrupted {
        return Ok(previewing::interrupted(edge));
    }
    let plan = &prepared.plan;
    let format = args.written.format();
    let skips = args.selection.skip_refused;
    let style = args.brevity.dress(edge.out_style);
    let warned = edge.warned.borrow();
    let dress = Dress { warned: &warned, recorded: Some(&recorded), ..Dress::plain(style, skips) };
    edge.out(&render(plan, format, Dress { budget: comment(&args.written), ..dress }))?;
    for copy in &copies {
        copy.write(&render(plan, copy.format, copy.dress(dress)))?;
    }
    let exit = Exit::of_plan(plan, skips, args.detailed_exitcode);
    edge.found.borrow_mut().extend(annotations::refused(plan, Some(&workspace), skips));
    match &out {
        Some((path, _)) if exit == Exit::Refused => edge.err(&format!(
            "The plan was not saved to {}: it is refused, and nothing of it could be applied.\n",
            path.display()
        )),
        Some((path, target)) => {
            let made = made(args, made_by(repo, &wiring));
            let about = repo.about(&prepared, made, &key);
            let text = file::save(plan, &about, &key);
            files::save_plan(path, target, &text)?;
            let (path, fingerprint) = (path.display(), file::fingerprint(plan));
            let made = SavedView { about: &about, age: Duration::ZERO, out_of_time: None }.making();
            edge.err(&format!(
                "Saved the plan to: {path}\nIts fingerprint: {fingerprint}\nIt was made {made}.\nTo apply exactly this plan: provisor apply {path}\n"
            ));
        }
        None => {}
    }
    // the plan says it to people; to programs it is said beside the document
    if format != Format::Human {
        edge.err(&refused(plan, skips, edge.err_style));
    }
    Ok(exit)
}

/// The repo, with declarations that may be planned.
fn opened<'w>(
    args: &PlanArgs,
    wish: &Wish,
    wiring: &'w Wiring,
    edge: &Edge,
) -> Result<Workspace<'w>, Problem> {
    let workspace = telemetry::during("read", edge, || match args.out {
        // what makes a store where there is none wants declarations that are right
        Some(_) => open::sound(&args.selection.variables, wiring, wish, edge),
        None => open::surveyed(&args.selection.variables, wiring, edge),
    })?;
    if workspace.is_sound() { Ok(workspace) } else { Err(workspace.wrong(wish)) }
}

/// What a saved plan says of its making.
fn made(args: &PlanArgs, by: Author) -> Made {
    Made {
        at: Edge::now(),
        by: Some(by),
        skips_refused: args.selection.skip_refused,
        max_terminate: args.selection.max_terminate.clone(),
        destroys: args.destroy,
    }
}

/// The command, as others are told who have to wait for it.
fn named(args: &PlanArgs) -> Wiring {
    Wiring::new(match (&args.out, args.selection.preview) {
        (Some(_), _) => "plan --out",
        (None, true) => "plan --preview",
        (None, false) => "plan",
    })
}

fn made_by(repo: &Repo<'_>, wiring: &Wiring) -> Author {
    let by = wiring.author();
    let commit = commit::of(repo.checkout.folder()).or_else(|| by.commit.clone());
    Author { commit, ..by }
}

/// Two things in one file would leave the last one alone in it.
fn distinct(out: Option<&Path>, copies: &[CopyWish<'_>], edge: &Edge) -> Result<(), Problem> {
    let mut taken = BTreeSet::new();
    let only = "a saved plan is a file that only its owner reads: name one, such as `plan.bin`";
    out.map_or(Ok(()), |out| files::is_named(out, only))?;
    for named in out.into_iter().chain(copies.iter().map(|copy| copy.path)) {
        if !taken.insert(files::standing(&edge.at(named))) {
            let shown = named.display();
            return Err(Problem::usage(format!(
                "`{shown}` is named twice, by `--out` or `--write`: one file holds one of them"
            )));
        }
    }
    Ok(())
}
