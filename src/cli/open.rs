//! Where every command begins: the repo it is about. What is odd about it is said here, once.

use super::args::VariableArgs;
use super::edge::Edge;
use super::load::Wiring;
use crate::report::human::diagnostics;
use crate::workspace::{Problem, Repo, Workspace};

/// Reads the settings.
pub fn repo<'a>(variables: &VariableArgs, wiring: &'a Wiring, edge: &Edge) -> Result<Repo<'a>, Problem> {
    Repo::read(&edge.root, &variables.given()?, wiring)
}

/// Reads everything that is written down.
pub fn workspace<'a>(
    variables: &VariableArgs,
    wiring: &'a Wiring,
    edge: &Edge,
) -> Result<Workspace<'a>, Problem> {
    said(Workspace::open(Repo::survey(&edge.root, &variables.given()?, wiring)?)?, edge)
}

/// Reads everything that is written down, for a plan: it says what is wrong, together with what the catalog says.
pub fn surveyed<'a>(
    variables: &VariableArgs,
    wiring: &'a Wiring,
    edge: &Edge,
) -> Result<Workspace<'a>, Problem> {
    said(Workspace::survey(Repo::survey(&edge.root, &variables.given()?, wiring)?)?, edge)
}

fn said<'a>(workspace: Workspace<'a>, edge: &Edge) -> Result<Workspace<'a>, Problem> {
    if !workspace.warnings.0.is_empty() {
        edge.err(&diagnostics(&workspace.warnings, &workspace.repo.sources, edge.err_style));
    }
    Ok(workspace)
}
