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
    let workspace = Workspace::open(repo(variables, wiring, edge)?)?;
    if !workspace.warnings.0.is_empty() {
        edge.err(&diagnostics(&workspace.warnings, &workspace.repo.sources, edge.err_style));
    }
    Ok(workspace)
}
