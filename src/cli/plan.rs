//! `provisor plan`: shows; writes nothing but what it was told to.

use std::collections::BTreeSet;
use std::path::Path;

use super::args::{Format, PlanArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::{commit, files, open, previewing};
use crate::plan::file::Saved;
use crate::plan::{Plan, file};
use crate::report::view::{FindingView, PlanView, SavedView};
use crate::report::{Style, human, json};
use crate::state::Author;
use crate::workspace::{MAX_AGE, Made, Problem, Remembered, Repo};

pub fn run(args: &PlanArgs, edge: &Edge) -> Result<Exit, Problem> {
    let copies = args.write.iter().map(|target| copy(target)).collect::<Result<Vec<_>, _>>()?;
    distinct(args.out.as_deref(), &copies, edge)?;
    let wish = args.selection.wish(args.destroy)?;
    let wiring = named(args);
    let workspace = match args.out {
        // what makes a store where there is none wants declarations that are right
        Some(_) => open::sound(&args.selection.variables, &wiring, &wish, edge)?,
        None => open::surveyed(&args.selection.variables, &wiring, edge)?,
    };
    if !workspace.is_sound() {
        return Err(workspace.wrong(&wish));
    }
    let repo = &workspace.repo;
    // before anything is asked or made: what would not be written is not worth planning
    let place = |(format, path)| Ok((format, path, files::copy_target(path, repo, edge)?));
    let copies = copies.into_iter().map(place).collect::<Result<Vec<_>, Problem>>()?;
    let out = args.out.as_deref().map(|path| Ok::<_, Problem>((path, files::plan_target(path, repo, edge)?)));
    let out = out.transpose()?;
    let Remembered { recorded, key } = if out.is_some() { repo.signing()? } else { repo.remembered()? };
    let prepared = previewing::swept(&workspace, &wish, &recorded, &key, edge)?;
    if prepared.previewed.interrupted {
        return Ok(previewing::interrupted(edge));
    }
    let plan = &prepared.plan;
    let format = args.written();
    let skips = args.selection.skip_refused;
    let style = Style { concise: args.concise, ..edge.out_style };
    let warned = edge.warned.borrow();
    let dress = Dress { style, skips, can_skip: true, warned: &warned };
    edge.out(&render(plan, format, dress))?;
    for (format, path, target) in &copies {
        files::write(path, target, &render(plan, *format, Dress { style: Style::plain(), ..dress }))?;
    }
    let exit = Exit::of_plan(plan, skips, args.detailed_exitcode);
    match &out {
        Some((path, _)) if exit == Exit::Refused => edge.err(&format!(
            "The plan was not saved to {}: it is refused, and nothing of it could be applied.\n",
            path.display()
        )),
        Some((path, target)) => {
            let made = Made { at: Edge::now(), by: Some(made_by(repo, &wiring)), skips_refused: skips };
            let text = file::save(plan, &repo.about(&prepared, made, &key), &key);
            files::save_plan(path, target, &text)?;
            let (path, fingerprint) = (path.display(), file::fingerprint(plan));
            edge.err(&format!(
                "Saved the plan to: {path}\nIts fingerprint: {fingerprint}\nTo apply exactly this plan: provisor apply {path}\n"
            ));
        }
        None => {}
    }
    // the plan says it to people; to programs it is said beside the document
    if format == Format::Json {
        let fingerprint = file::fingerprint(plan);
        edge.err(&human::refused(&view(plan, &fingerprint, skips), edge.err_style));
    }
    Ok(exit)
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

/// How a plan is written, and whether somebody said that its refused steps are left out.
#[derive(Clone, Copy)]
pub struct Dress<'a> {
    /// How it looks.
    pub style: Style,
    /// `--skip-refused`
    pub skips: bool,
    /// The command has that flag.
    pub can_skip: bool,
    /// What people were warned of, for programs.
    pub warned: &'a [FindingView],
}

fn view<'p>(plan: &'p Plan, fingerprint: &'p str, skips: bool) -> PlanView<'p> {
    PlanView { skips_refused: skips, ..PlanView::of(plan, fingerprint) }
}

/// The plan as text.
pub fn render(plan: &Plan, format: Format, dress: Dress<'_>) -> String {
    let Dress { style, skips, can_skip, warned } = dress;
    let fingerprint = file::fingerprint(plan);
    let view = PlanView { diagnostics: warned.to_vec(), can_skip, ..view(plan, &fingerprint, skips) };
    match format {
        Format::Human => human::plan(&view, style),
        Format::Json => json::plan(&view),
    }
}

/// A saved plan as text.
pub fn render_saved(saved: &Saved, format: Format, style: Style) -> String {
    let fingerprint = file::fingerprint(&saved.plan);
    let (about, now) = (&saved.about, Edge::now());
    let view = SavedView { about, age: about.age(now), out_of_time: about.in_time(now, MAX_AGE).err() };
    let skips_refused = about.skips_refused;
    let view = PlanView { saved: Some(view), skips_refused, ..PlanView::of(&saved.plan, &fingerprint) };
    match format {
        Format::Human => human::plan(&view, style),
        Format::Json => json::plan(&view),
    }
}

/// Two things in one file would leave the last one alone in it.
fn distinct(out: Option<&Path>, copies: &[(Format, &Path)], edge: &Edge) -> Result<(), Problem> {
    let mut taken = BTreeSet::new();
    let only = "a saved plan is a file that only its owner reads: name one, such as `plan.bin`";
    out.map_or(Ok(()), |out| files::is_named(out, only))?;
    for (_, copy) in copies {
        files::is_named(copy, "what is shown goes to the standard output by `--format`")?;
    }
    for named in out.into_iter().chain(copies.iter().map(|(_, path)| *path)) {
        if !taken.insert(files::standing(&edge.at(named))) {
            let shown = named.display();
            return Err(Problem::usage(format!(
                "`{shown}` is named twice, by `--out` or `--write`: one file holds one of them"
            )));
        }
    }
    Ok(())
}

/// What `--write` names.
pub fn copy(target: &str) -> Result<(Format, &Path), Problem> {
    match target.split_once('=') {
        Some(("json", path)) => Ok((Format::Json, Path::new(path))),
        Some(("human", path)) => Ok((Format::Human, Path::new(path))),
        _ => Err(Problem::usage(format!("`--write {target}`: write json=FILE or human=FILE"))),
    }
}
