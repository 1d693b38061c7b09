//! Declarations that are written for people: where their files go, and the sensitive variables that they refer to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::edge::Edge;
use super::schemas;
use crate::declare::Variable;
use crate::files::{Checkout, WriteTarget};
use crate::import::Composed;
use crate::model::diagnostic::Source;
use crate::model::text::quoted;
use crate::report::json::{self, WrittenFile};
use crate::workspace::{Problem, ProblemKind, SETTINGS, Workspace};

/// Where declarations are written: the folder that was named, or the first that declarations are read from.
pub fn folder(write: Option<&Path>, workspace: &Workspace<'_>) -> Result<PathBuf, Problem> {
    let checkout = &workspace.repo.checkout;
    let named = &workspace.repo.settings.declarations;
    let is_folder = |path: &Path| match checkout.is_folder(path) {
        Ok(is_folder) => is_folder,
        Err(_) => path.extension().is_none(),
    };
    let folders: Vec<&Path> = named.iter().map(Path::new).filter(|path| is_folder(path)).collect();
    let hint = || {
        let all = named.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        format!("declarations are read from {all}: name a folder there in `declarations:` of {SETTINGS}")
    };
    match write {
        Some(folder) if folders.iter().any(|named| folder.starts_with(named)) => Ok(folder.to_path_buf()),
        Some(folder) => {
            Err(Problem::usage(format!("`--write {}`: nothing there would be read", folder.display()))
                .hint(hint()))
        }
        None => match folders.first() {
            Some(folder) => Ok(folder.to_path_buf()),
            None => Err(Problem::input("there is no folder to write declarations to").hint(hint())),
        },
    }
}

/// The names of the files that are there already.
pub fn there(folder: &Path, workspace: &Workspace<'_>) -> BTreeSet<String> {
    let entries = workspace.repo.checkout.list(folder).unwrap_or_default();
    entries.into_iter().map(|entry| entry.name.to_string_lossy().into_owned()).collect()
}

/// Whether the repo has a schema of declarations.
pub fn has_schema(workspace: &Workspace<'_>) -> bool {
    there(Path::new(schemas::FOLDER), workspace).contains("declarations.json")
}

/// Files that are about to be written.
pub struct ComposedFiles {
    pub all: Vec<(PathBuf, String, usize)>,
}

impl ComposedFiles {
    /// `names_schema`: the repo has a schema of declarations, and each file names it to editors.
    pub fn of(composed: &Composed, folder: &Path, names_schema: bool) -> Self {
        let path =
            |name: &String| if folder == Path::new(".") { PathBuf::from(name) } else { folder.join(name) };
        let line =
            |path: &Path| if names_schema { schemas::line(path, "declarations") } else { String::new() };
        let all = composed.files.iter().map(|file| {
            let path = path(&file.name);
            (path.clone(), line(&path) + &file.text, file.declarations)
        });
        Self { all: all.collect() }
    }

    pub fn sources(&self) -> Vec<Source> {
        let source = |(path, text, _): &(PathBuf, String, usize)| Source {
            path: path.display().to_string().into(),
            text: text.as_str().into(),
        };
        self.all.iter().map(source).collect()
    }

    /// The same for programs; with their texts where they are not written.
    pub fn told(&self, with_texts: bool, to_fill: &[&str]) -> String {
        let paths: Vec<String> = self.all.iter().map(|(path, ..)| path.display().to_string()).collect();
        let files = paths
            .iter()
            .zip(&self.all)
            .map(|(path, (_, text, _))| WrittenFile { path, text: with_texts.then_some(text.as_str()) });
        json::files(&files.collect::<Vec<_>>(), to_fill)
    }

    pub fn write(&self, workspace: &Workspace<'_>, edge: &Edge) -> Result<(), Problem> {
        edge.for_everyone();
        let checkout = &workspace.repo.checkout;
        self.all.iter().try_for_each(|(path, text, _)| write_new(path, text, checkout, edge))
    }
}

/// Writes a file of the checkout that is not there yet.
pub fn write_new(path: &Path, text: &str, checkout: &Checkout, edge: &Edge) -> Result<(), Problem> {
    let unwritable = |why: String| {
        Problem::new(ProblemKind::Output, format!("cannot write `{}`: {why}", path.display()))
            .hint("nothing else was done: what was written so far can be removed")
    };
    let there = checkout.folder().join(path);
    let made = path.parent().map_or(Ok(()), |folder| checkout.make_folder(folder));
    made.map_err(|error| unwritable(error.to_string()))?;
    let target = WriteTarget::at(&there, &checkout.given()).map_err(|error| unwritable(error.to_string()))?;
    target.create(text.as_bytes()).map_err(|error| unwritable(error.to_string()))?;
    edge.err(&format!("wrote {}\n", path.display()));
    Ok(())
}

/// Adds sensitive variables to the settings of the checkout, or says which lines to write.
pub fn declare(
    variables: &BTreeMap<String, String>,
    workspace: &Workspace<'_>,
    edge: &Edge,
) -> Result<(), Problem> {
    let new = new(variables, workspace);
    if new.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = new.iter().map(|(name, what)| line(name, what)).collect();
    if workspace.repo.add_variables(&lines)? {
        let names = quoted(new.keys());
        edge.err(&format!(
            "declared {names} in {SETTINGS}: give the values by PROVISOR_SECRET_<name> or --secret-file\n"
        ));
    } else {
        tell_variables(variables, workspace, edge);
    }
    Ok(())
}

/// Says which lines declare the sensitive variables that no settings declare yet.
pub fn tell_variables(variables: &BTreeMap<String, String>, workspace: &Workspace<'_>, edge: &Edge) {
    let new = new(variables, workspace);
    if new.is_empty() {
        return;
    }
    let lines: String = new.iter().map(|(name, what)| format!("  {}\n", line(name, what))).collect();
    edge.err(&format!("Write these lines into {SETTINGS}, and give the values by PROVISOR_SECRET_<name> or --secret-file:\nvariables:\n{lines}"));
}

fn new<'v>(
    variables: &'v BTreeMap<String, String>,
    workspace: &Workspace<'_>,
) -> BTreeMap<&'v String, &'v String> {
    let known: &BTreeMap<String, Variable> = &workspace.repo.settings.variables;
    variables.iter().filter(|(name, _)| !known.contains_key(*name)).collect()
}

fn line(name: &str, what: &str) -> String {
    format!("{name}: {{type: string, sensitive: true, description: \"{what}\"}}")
}
