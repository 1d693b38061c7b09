//! Files that the command line names: saved plans, exports, copies of what is shown.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::edge::Edge;
use crate::files::{FileError, GivenFiles, WriteTarget};
use crate::model::diagnostic::Source;
use crate::plan::file::{self, PlanFileError};
use crate::report::annotations::is_gitlab;
use crate::report::json::is_schema;
use crate::report::{html, human, markdown, terraform};
use crate::workspace::{Problem, ProblemKind, Repo};

/// Refuses a folder that is not there, or may not be entered.
pub fn enterable(folder: &Path) -> Result<(), Problem> {
    // the dot asks for a folder, and for the right to enter it
    let found = std::fs::metadata(folder.join("."));
    let elsewhere = |error| Problem::usage(format!("cannot go to `{}`: {error}", folder.display()));
    found.map(drop).map_err(elsewhere)
}

/// Where a file stands or would stand, by one name, whatever way leads there.
pub fn standing(path: &Path) -> PathBuf {
    let whole = |path: &Path| std::fs::canonicalize(path).ok();
    let folder = || {
        let folder = path.parent().map(|folder| folder.join(".")).and_then(|folder| whole(&folder))?;
        Some(folder.join(path.file_name()?))
    };
    whole(path).or_else(folder).unwrap_or_else(|| path.to_owned())
}

/// A file's text. What is no UTF-8 in it is found out by whoever reads the text.
pub fn read(named: &Path, given: &GivenFiles, edge: &Edge) -> Result<Source, Problem> {
    let unreadable = |error: FileError| {
        let problem = Problem::input(format!("cannot read `{}`: {error}", named.display()));
        match matches!(&error, FileError::Io(error) if error.kind() == ErrorKind::NotFound) {
            true => problem.hint("a path is relative to where the command is started, or to `-C DIR`"),
            false => problem,
        }
    };
    let bytes = given.read(&edge.at(named)).map_err(unreadable)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(Source { path: Arc::from(named.display().to_string()), text: Arc::from(text) })
}

/// A place that a copy of what is shown is written to.
pub struct CopyTarget {
    target: WriteTarget,
    /// Of a summary that is gathered: how many bytes more it may have.
    room: Option<usize>,
}

/// What a job's summary may have; of one that is larger, nothing is shown.
const SUMMARY: usize = 1 << 20;

/// A place where a copy of what is shown is written: a new file, an empty one, or an earlier copy; a pipe, a device or an
/// open descriptor; the summary of a job, which it is added to.
pub fn copy_target(named: &Path, repo: &Repo<'_>, edge: &Edge) -> Result<CopyTarget, Problem> {
    undeclared(named, repo, edge)?;
    let unwritable = |error| unwritable(named, &error);
    let target = WriteTarget::at(&edge.at(named), &repo.checkout.given()).map_err(unwritable)?;
    let is_summary = !target.is_stream() && is_step_summary(named);
    if !target.is_stream() && !is_summary {
        holds(&target, is_report, "a plan that was shown").map_err(unwritable)?;
    }
    let held = if is_summary { target.content().map_err(unwritable)?.len() } else { 0 };
    Ok(CopyTarget { room: is_summary.then(|| SUMMARY.saturating_sub(held)), target })
}

impl CopyTarget {
    /// How many bytes it may take, where that is bounded.
    pub const fn room(&self) -> Option<usize> {
        self.room
    }

    /// Writes such a copy.
    pub fn write(&self, named: &Path, text: &str) -> Result<(), Problem> {
        if self.room.is_some_and(|room| text.len() > room) {
            let full = "with this, the summary would be larger than the 1 MiB of which anything is shown";
            let message = format!("cannot write `{}`: {full}", named.display());
            let hint = match markdown::is_ours(text) {
                true => {
                    "not even the shortest has room: begin another step, whose summary is its own, or name another file"
                }
                false => "`markdown` takes what room there is",
            };
            return Err(Problem::new(ProblemKind::Output, message).hint(hint));
        }
        let written = match self.room {
            Some(_) => self.target.append(text.as_bytes()),
            None if self.target.is_stream() => self.target.stream(text.as_bytes()),
            None => self.target.replace(text.as_bytes()),
        };
        written.map_err(|error| unwritable(named, &error.into()))
    }
}

/// A place where the report of an apply is written: a new file, an empty one, or an earlier page.
pub fn report_target(named: &Path, repo: &Repo<'_>, edge: &Edge) -> Result<WriteTarget, Problem> {
    undeclared(named, repo, edge)?;
    let unwritable = |error| unwritable(named, &error);
    let target = WriteTarget::at(&edge.at(named), &repo.checkout.given()).map_err(unwritable)?;
    // however long an earlier one is, its beginning tells
    let begins = target.beginning(4_096).map_err(unwritable)?;
    if !begins.is_empty() && !html::is_ours(&String::from_utf8_lossy(&begins)) {
        return Err(unwritable(occupied("a page of ours")));
    }
    Ok(target)
}

/// Writes such a report: whole, or not at all.
pub fn write_report(named: &Path, target: &WriteTarget, page: &str) -> Result<(), Problem> {
    target.replace(page.as_bytes()).map_err(|error| unwritable(named, &error.into()))
}

/// The file that a job of GitHub Actions gathers its summary in, which others write to as well.
fn is_step_summary(named: &Path) -> bool {
    Edge::variable("GITHUB_STEP_SUMMARY").is_some_and(|summary| named == Path::new(&summary))
}

/// A place that a sandbox's log is added to: a new file, an empty one, or an earlier log; a pipe, a device or an open
/// descriptor.
pub fn log_target(named: &Path, given: &GivenFiles, edge: &Edge) -> Result<PathBuf, Problem> {
    let path = edge.at(named);
    let is_log = |begins: &str| begins.starts_with("{\"") && begins.contains("\"operation\":");
    grows(&path, given, is_log, "a log of a sandbox").map_err(|error| unwritable(named, &error))?;
    Ok(path)
}

/// A place that a line is added to for each call: likewise.
pub fn call_log_target(path: &Path, given: &GivenFiles) -> Result<WriteTarget, Problem> {
    let is_log = |begins: &str| begins.starts_with("{\"") && begins.contains("provisor.call/");
    grows(path, given, is_log, "a log of calls").map_err(|error| unwritable(path, &error))
}

/// What is there is a stream, or begins as what is ours does.
fn grows(
    path: &Path,
    given: &GivenFiles,
    is_ours: impl Fn(&str) -> bool,
    what: &str,
) -> Result<WriteTarget, FileError> {
    let target = WriteTarget::at(path, given)?;
    if !target.is_stream() {
        let begins = target.beginning(4_096)?;
        let begins = String::from_utf8_lossy(&begins);
        if !begins.is_empty() && !is_ours(&begins) {
            return Err(occupied(what));
        }
    }
    Ok(target)
}

/// Writes a schema for everybody: a new file, or in the place of an empty one or of an earlier schema.
pub fn write_schema(named: &Path, given: &GivenFiles, text: &str, edge: &Edge) -> Result<(), Problem> {
    write_ours(named, given, Ours { text, is_ours: is_schema, what: "a schema of ours" }, edge)
}

fn write_ours(named: &Path, given: &GivenFiles, ours: Ours<'_>, edge: &Edge) -> Result<(), Problem> {
    let unwritable = |error| unwritable(named, &error);
    let target = WriteTarget::at(&edge.at(named), given).map_err(unwritable)?;
    holds(&target, ours.is_ours, ours.what).map_err(unwritable)?;
    let written = match target.create(ours.text.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => target.amend(ours.text.as_bytes()),
        made => made,
    };
    written.map_err(|error| unwritable(error.into()))
}

/// Writes a manual page for everybody: a new file, or in the place of an earlier page.
pub fn write_page(named: &Path, given: &GivenFiles, text: &str, edge: &Edge) -> Result<(), Problem> {
    write_ours(named, given, Ours { text, is_ours: is_page, what: "a manual page of ours" }, edge)
}

/// Writes a code quality report for everybody: a new file, or in the place of an earlier report.
pub fn write_quality(named: &Path, given: &GivenFiles, text: &str, edge: &Edge) -> Result<(), Problem> {
    write_ours(named, given, Ours { text, is_ours: is_gitlab, what: "a code quality report of ours" }, edge)
}

fn is_page(text: &str) -> bool {
    text.starts_with(".TH \"PROVISOR")
}

/// What is written in the place of what is ours.
struct Ours<'t> {
    text: &'t str,
    is_ours: fn(&str) -> bool,
    what: &'static str,
}

/// A folder that files are written to.
pub fn make_folder(named: &Path, edge: &Edge) -> Result<(), Problem> {
    std::fs::create_dir_all(edge.at(named)).map_err(|error| unwritable(named, &error.into()))
}

/// Refuses what other tools take for the standard streams; a file of that name is `./-`.
pub fn is_named(named: &Path, otherwise: &str) -> Result<(), Problem> {
    if named != Path::new("-") {
        return Ok(());
    }
    Err(Problem::usage("`-` is no file".to_owned()).hint(otherwise.to_owned()))
}

/// A place where a plan is saved: a new file, an empty one, or a plan that was saved before.
pub fn plan_target(named: &Path, repo: &Repo<'_>, edge: &Edge) -> Result<WriteTarget, Problem> {
    undeclared(named, repo, edge)?;
    let is_plan = |text: &str| {
        let peeked = file::peek(text).err();
        matches!(peeked, None | Some(PlanFileError::OlderFormat { .. } | PlanFileError::NewerFormat { .. }))
    };
    let target = WriteTarget::at(&edge.at(named), &repo.checkout.given());
    let checked = target.and_then(|target| holds(&target, is_plan, "a saved plan").map(|()| target));
    checked.map_err(|error| unsaved(named, &error))
}

/// Refuses a place that declarations are read from: the next command would take it for one of them; and the state's, which a
/// folder is to be made at.
fn undeclared(named: &Path, repo: &Repo<'_>, edge: &Edge) -> Result<(), Problem> {
    let at = standing(&edge.at(named));
    if at == standing(&repo.home.own_path(Path::new(&repo.settings.state_path))) {
        let message = format!("`{}` is where the state is kept: a folder, and no file", named.display());
        return Err(Problem::new(ProblemKind::Output, message).hint("name another one, such as `plan.bin`"));
    }
    let folder = standing(repo.checkout.folder());
    let is_read = |declared: &String| {
        let declared = standing(&folder.join(declared));
        at == declared || at.starts_with(&declared) && named.extension().is_some_and(is_yaml)
    };
    if !repo.settings.declarations.iter().any(is_read) {
        return Ok(());
    }
    let message = format!("`{}` would be read as declarations", named.display());
    let hint = "name a file that `declarations:` does not, such as `plan.bin`";
    Err(Problem::new(ProblemKind::Output, message).hint(hint))
}

fn is_yaml(ending: &std::ffi::OsStr) -> bool {
    ending == "yaml" || ending == "yml"
}

/// Saves a plan so that only its owner reads it: whole, or not at all.
pub fn save_plan(named: &Path, target: &WriteTarget, text: &str) -> Result<(), Problem> {
    target.replace(text.as_bytes()).map_err(|error| unsaved(named, &error.into()))
}

/// Refuses to overwrite what is not ours.
fn holds(target: &WriteTarget, is_ours: impl Fn(&str) -> bool, what: &str) -> Result<(), FileError> {
    let bytes = target.content()?;
    if bytes.is_empty() || std::str::from_utf8(&bytes).is_ok_and(is_ours) {
        return Ok(());
    }
    Err(occupied(what))
}

fn occupied(what: &str) -> FileError {
    FileError::Occupied(format!("a file is there that is not {what}; take it away, or name another"))
}

fn is_report(text: &str) -> bool {
    let is_json = text.starts_with('{') && text.contains("\n  \"format\": \"provisor.");
    is_json
        || human::is_plan(text)
        || terraform::is_ours(text)
        || markdown::is_ours(text)
        || html::is_ours(text)
}

fn unwritable(named: &Path, error: &FileError) -> Problem {
    unmade(named, error, format!("cannot write `{}`: {error}", named.display()))
}

fn unsaved(named: &Path, error: &FileError) -> Problem {
    unmade(named, error, format!("cannot save the plan as `{}`: {error}", named.display()))
}

/// With what helps, where a folder is missing or is in the place.
fn unmade(named: &Path, error: &FileError, message: String) -> Problem {
    let problem = Problem::new(ProblemKind::Output, message);
    let missing = matches!(error, FileError::Io(error) if error.kind() == ErrorKind::NotFound);
    match named.parent().filter(|folder| missing && !folder.as_os_str().is_empty()) {
        Some(folder) => problem.hint(format!("make the folder first: `mkdir -p {}`", folder.display())),
        None => problem,
    }
}
