//! Where every command begins: the repo it is about. What is odd about it is said here, once.

use std::collections::BTreeMap;

use super::args::VariableArgs;
use super::edge::Edge;
use super::import_note;
use super::load::Wiring;
use crate::declare::arrange;
use crate::files::{Checkout, FileError};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::model::secret::Secret;
use crate::report::human::diagnostics;
use crate::report::view::FindingView;
use crate::workspace::{GivenValues, NOT_FILLED, Problem, Repo, SETTINGS, Wish, Workspace};

/// Reads the settings.
pub fn repo<'a>(variables: &VariableArgs, wiring: &'a Wiring, edge: &Edge) -> Result<Repo<'a>, Problem> {
    let checkout = checkout(variables, edge)?;
    let given = variables.given(&checkout.given(), edge)?;
    Repo::read(checkout, &given, wiring)
}

/// Reads the settings, however much is wrong with them.
fn survey<'a>(variables: &VariableArgs, wiring: &'a Wiring, edge: &Edge) -> Result<Repo<'a>, Problem> {
    let checkout = checkout(variables, edge)?;
    let given = variables.given(&checkout.given(), edge)?;
    survey_as(checkout, &given, wiring)
}

fn survey_as<'a>(checkout: Checkout, given: &GivenValues, wiring: &'a Wiring) -> Result<Repo<'a>, Problem> {
    let repo = Repo::survey(checkout, given, wiring)?;
    Ok(if wiring.is_offline() { repo.without_secrets() } else { repo.veiled() })
}

/// The checkout that commands are about: from here upwards, the first folder with settings. What was given as a file of
/// secrets is never read as one of its own.
pub fn checkout(variables: &VariableArgs, edge: &Edge) -> Result<Checkout, Problem> {
    let mut checkout = upwards(edge)?;
    for file in &variables.secret_file {
        checkout.close_secret(&edge.at(file));
    }
    Ok(checkout)
}

fn upwards(edge: &Edge) -> Result<Checkout, Problem> {
    let folder = Checkout::upwards(&edge.root, SETTINGS);
    let Some(root) = &edge.ceiling else {
        return Ok(Checkout::new(&folder));
    };
    Checkout::widened(&folder, &edge.at(root)).map_err(|error| {
        let shown = root.display();
        Problem::usage(match error {
            FileError::Outside => format!("`--root {shown}`: the settings do not lie below it"),
            error => format!("`--root {shown}`: {error}"),
        })
    })
}

/// Reads everything that is written down, and says what is wrong with it together with what `beside` finds.
pub fn judged<'a>(
    variables: &VariableArgs,
    wiring: &'a Wiring,
    edge: &Edge,
    beside: impl FnOnce(&Repo<'a>) -> Option<Problem>,
) -> Result<Workspace<'a>, Problem> {
    let workspace = Workspace::survey(survey(variables, wiring, edge)?)?;
    let beside = beside(&workspace.repo);
    said(workspace.judged(beside)?, edge)
}

/// Reads everything that is written down, for a plan: it says what is wrong, together with what the catalog says.
pub fn surveyed<'a>(
    variables: &VariableArgs,
    wiring: &'a Wiring,
    edge: &Edge,
) -> Result<Workspace<'a>, Problem> {
    said(Workspace::survey(survey(variables, wiring, edge)?)?, edge)
}

/// The declarations, where they can be read without values for secrets; what is wrong with them is for others to say.
pub fn written<'a>(wiring: &'a Wiring, edge: &Edge) -> Option<Workspace<'a>> {
    let variables = VariableArgs::default();
    let checkout = checkout(&variables, edge).ok()?;
    let given = variables.given(&checkout.given(), edge).ok()?;
    let repo = Repo::survey(checkout, &given, wiring).ok()?.without_secrets();
    Workspace::survey(repo).ok().filter(Workspace::is_sound)
}

/// The same, for whoever makes or holds a store, and wants declarations that are right: what the catalog says of wrong ones
/// is asked as a plan asks.
pub fn sound<'a>(
    variables: &VariableArgs,
    wiring: &'a Wiring,
    wish: &Wish,
    edge: &Edge,
) -> Result<Workspace<'a>, Problem> {
    let opened = checkout(variables, edge)?;
    // what is given may come through a pipe, which is read once
    let given = variables.given(&opened.given(), edge)?;
    let workspace = said(Workspace::survey(survey_as(opened, &given, wiring)?)?, edge)?;
    if workspace.is_sound() {
        return Ok(workspace);
    }
    let reading = Wiring::new("plan");
    let again = Workspace::survey(survey_as(checkout(variables, edge)?, &given, &reading)?)?;
    // a file may be read better the second time
    Err(if again.is_sound() { workspace } else { again }.wrong(wish))
}

/// What is about to be written.
#[derive(Default)]
pub struct Unwritten<'n> {
    /// Declarations.
    pub sources: Vec<Source>,
    /// The variables that these refer to.
    pub variables: Option<&'n BTreeMap<String, String>>,
    /// What nobody is to see of what they are about.
    pub secrets: &'n [Secret],
}

/// The same for an import, with declarations that are not written yet. Secrets that are not given stay as they are.
pub fn adopting<'a>(
    variables: &VariableArgs,
    wiring: &'a Wiring,
    new: Unwritten<'_>,
    edge: &Edge,
) -> Result<Workspace<'a>, Problem> {
    said(trying(variables, wiring, new, edge)?, edge)
}

/// The same, and nothing is said of what is odd.
pub fn trying<'a>(
    variables: &VariableArgs,
    wiring: &'a Wiring,
    new: Unwritten<'_>,
    edge: &Edge,
) -> Result<Workspace<'a>, Problem> {
    let names = new.variables.into_iter().flat_map(BTreeMap::keys);
    let repo = survey(variables, wiring, edge)?.with_variables(names).adopting().knowing(new.secrets);
    let mut workspace = Workspace::survey_with(repo, new.sources)?;
    workspace.warnings.0.retain(|one| one.code != "no-declarations");
    Ok(workspace)
}

/// Says what is odd.
pub fn said<'a>(mut workspace: Workspace<'a>, edge: &Edge) -> Result<Workspace<'a>, Problem> {
    workspace.warnings.0.extend(import_note::left(&workspace.repo.checkout));
    let sources = &workspace.repo.sources;
    let all = arrange(workspace.warnings.clone(), sources);
    edge.warned.borrow_mut().extend(FindingView::all(&all, sources));
    let (held, said): (Vec<Diagnostic>, Vec<Diagnostic>) =
        all.into_iter().partition(|one| one.code == NOT_FILLED);
    edge.hold(Diagnostics(held), sources);
    if !said.is_empty() {
        let said = Diagnostics(said);
        edge.err(&(diagnostics(&said, sources, edge.err_style) + "\n"));
        edge.found.borrow_mut().extend(FindingView::all(&said, sources));
    }
    Ok(workspace)
}
