//! Plans as text, in whatever format was asked for, and where copies of them go.

use std::path::Path;

use clap::ValueEnum;

use super::args::{Format, WrittenArgs};
use super::edge::Edge;
use super::files::{self, CopyTarget};
use crate::model::time::Timestamp;
use crate::plan::file::Saved;
use crate::plan::{Plan, file};
use crate::report::markdown::Budget;
use crate::report::view::{FindingView, PlanView, SavedView};
use crate::report::{Style, html, human, json, markdown, terraform};
use crate::state::Recorded;
use crate::workspace::{MAX_AGE, Problem, Repo};

/// What a comment may have on the platform that allows the most, in characters.
const COMMENT: usize = 65_536;

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
    /// The state that it was made from.
    pub recorded: Option<&'a Recorded>,
    /// How large markdown may be.
    pub budget: Budget,
}

impl Dress<'_> {
    /// For people who read it before it is carried out.
    pub fn plain(style: Style, skips: bool) -> Self {
        let budget = Budget::Characters(COMMENT);
        Self { style, skips, can_skip: true, warned: &[], recorded: None, budget }
    }
}

/// The plan as text.
pub fn render(plan: &Plan, format: Format, dress: Dress<'_>) -> String {
    let Dress { style, skips, can_skip, warned, recorded, budget } = dress;
    let fingerprint = file::fingerprint(plan);
    let view = PlanView { diagnostics: warned.to_vec(), can_skip, ..view(plan, &fingerprint, skips) };
    text(view, format, style, budget, recorded)
}

/// The plan as events, a line each, each with the number that it is given.
pub fn planned(plan: &Plan, skips: bool, now: Timestamp, seq: impl FnMut() -> u64) -> Vec<String> {
    json::planned(&view(plan, &file::fingerprint(plan), skips), now, seq)
}

/// A saved plan that is shown, and what there is beside it.
pub struct ShownPlan<'w> {
    /// The plan, proven.
    pub saved: Saved,
    /// The state as it is now.
    pub recorded: Recorded,
    /// The repo that it is of.
    pub repo: Repo<'w>,
}

/// A saved plan as text.
pub fn render_saved(held: &ShownPlan<'_>, format: Format, style: Style, budget: Budget) -> String {
    let saved = &held.saved;
    let fingerprint = file::fingerprint(&saved.plan);
    let (about, now) = (&saved.about, Edge::now());
    let making = SavedView { about, age: about.age(now), out_of_time: about.in_time(now, MAX_AGE).err() };
    let view = PlanView { saved: Some(making), ..view(&saved.plan, &fingerprint, about.skips_refused) };
    text(view, format, style, budget, Some(&held.recorded))
}

/// Why nothing of a plan is applied, or not all, beside a document that is not for people.
pub fn refused(plan: &Plan, skips: bool, style: Style) -> String {
    human::refused(&view(plan, &file::fingerprint(plan), skips), style)
}

fn view<'p>(plan: &'p Plan, fingerprint: &'p str, skips: bool) -> PlanView<'p> {
    PlanView { skips_refused: skips, ..PlanView::of(plan, fingerprint) }
}

fn text<'p>(
    view: PlanView<'p>,
    format: Format,
    style: Style,
    budget: Budget,
    recorded: Option<&'p Recorded>,
) -> String {
    match format {
        Format::Human => human::plan(&view, style),
        Format::Json => json::plan(&view),
        Format::TerraformJson => terraform::plan(&match recorded {
            Some(recorded) => view.beside(recorded),
            None => view,
        }),
        Format::Markdown => markdown::plan(&view, budget),
        Format::Html => html::plan(&view),
    }
}

/// What one `--write` names.
#[derive(Clone, Copy)]
pub struct CopyWish<'a> {
    /// In which format.
    pub format: Format,
    /// Where to, as it was typed.
    pub path: &'a Path,
}

/// A copy, and the place that was found for it.
pub struct PlacedCopy<'a> {
    /// In which format.
    pub format: Format,
    /// How large markdown may be there.
    pub budget: Budget,
    path: &'a Path,
    target: CopyTarget,
}

impl PlacedCopy<'_> {
    /// How it is written: without colours, not shortened, and as large as may be there.
    pub fn dress<'d>(&self, dress: Dress<'d>) -> Dress<'d> {
        let style = Style { color: false, concise: false, ..dress.style };
        Dress { style, budget: self.budget, ..dress }
    }

    /// Writes it.
    pub fn write(&self, text: &str) -> Result<(), Problem> {
        self.target.write(self.path, text)
    }
}

/// What `--write` names.
pub fn copies(write: &[String]) -> Result<Vec<CopyWish<'_>>, Problem> {
    all_sound(write.iter().map(|target| {
        let copy = wished(target).ok_or_else(|| unreadable(target))?;
        files::is_named(copy.path, "what is shown goes to the standard output by `--format`")?;
        Ok(copy)
    }))
}

/// All of them, or why some are none.
pub fn all_sound<T>(all: impl Iterator<Item = Result<T, Problem>>) -> Result<Vec<T>, Problem> {
    let (mut sound, mut wrong) = (Vec::new(), Vec::new());
    all.for_each(|one| one.map_or_else(|problem| wrong.push(problem), |one| sound.push(one)));
    wrong.into_iter().reduce(Problem::with).map_or(Ok(sound), Err)
}

fn wished(target: &str) -> Option<CopyWish<'_>> {
    let (format, path) = target.split_once('=').filter(|(_, path)| !path.is_empty())?;
    Some(CopyWish { format: Format::from_str(format, false).ok()?, path: Path::new(path) })
}

fn unreadable(target: &str) -> Problem {
    let name = |format: &Format| Some(format!("{}=FILE", format.to_possible_value()?.get_name()));
    let formats: Vec<String> = Format::value_variants().iter().filter_map(name).collect();
    Problem::usage(format!("`--write {target}`: write {}", formats.join(", ")))
}

/// Finds their places, before anything is asked or made: what would not be written is not worth planning.
pub fn placed<'a>(
    copies: &[CopyWish<'a>],
    limit: Option<usize>,
    repo: &Repo<'_>,
    edge: &Edge,
) -> Result<Vec<PlacedCopy<'a>>, Problem> {
    let one = |copy: &CopyWish<'a>| {
        let target = files::copy_target(copy.path, repo, edge)?;
        let budget = match target.room() {
            Some(room) => Budget::Bytes(limit.unwrap_or(room).min(room)),
            None => Budget::Characters(limit.unwrap_or(COMMENT)),
        };
        Ok(PlacedCopy { format: copy.format, budget, path: copy.path, target })
    };
    copies.iter().map(one).collect()
}

/// How large markdown may be where it is no file's.
pub fn comment(args: &WrittenArgs) -> Budget {
    Budget::Characters(args.markdown_limit.unwrap_or(COMMENT))
}
