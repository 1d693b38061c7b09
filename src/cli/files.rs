//! Files that the command line names: saved plans, exports, copies of what is shown.

use std::path::Path;
use std::sync::Arc;

use super::edge::Edge;
use crate::model::diagnostic::Source;
use crate::state::replace_file;
use crate::workspace::{Problem, ProblemKind};

/// Refuses a folder that is not there, or may not be entered.
pub fn enterable(folder: &Path) -> Result<(), Problem> {
    // the dot asks for a folder, and for the right to enter it
    let found = std::fs::metadata(folder.join("."));
    let elsewhere = |error| Problem::usage(format!("cannot go to `{}`: {error}", folder.display()));
    found.map(drop).map_err(elsewhere)
}

/// A file's text. What is no UTF-8 in it is found out by whoever reads the text.
pub fn read(named: &Path, edge: &Edge) -> Result<Source, Problem> {
    let unreadable = |error| Problem::input(format!("cannot read `{}`: {error}", named.display()));
    let bytes = std::fs::read(edge.at(named)).map_err(unreadable)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(Source { path: Arc::from(named.display().to_string()), text: Arc::from(text) })
}

/// A file's text, which must be UTF-8.
pub fn text(named: &Path, edge: &Edge) -> Result<String, Problem> {
    let unreadable = |error| Problem::input(format!("cannot read `{}`: {error}", named.display()));
    std::fs::read_to_string(edge.at(named)).map_err(unreadable)
}

/// Writes a copy of what is shown.
pub fn write(named: &Path, text: &str, edge: &Edge) -> Result<(), Problem> {
    let unwritable = |error| format!("cannot write `{}`: {error}", named.display());
    std::fs::write(edge.at(named), text).map_err(|error| Problem::new(ProblemKind::Output, unwritable(error)))
}

/// Saves a plan so that only its owner reads it: whole, or not at all.
pub fn save_plan(named: &Path, text: &str, edge: &Edge) -> Result<(), Problem> {
    replace_file(&edge.at(named), text.as_bytes())
        .map_err(|error| Problem::new(ProblemKind::Output, format!("cannot save the plan: {error}")))
}
