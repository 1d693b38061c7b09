//! The files of an import refer to each other: they are written all or not at all. What is to be written is noted first, and where a run
//! dies before all of it is there, the next import goes on with the note.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde_json::{Value, json};

use super::args::VariableArgs;
use super::declaring::write_new;
use super::edge::Edge;
use super::import_note::{NAME, is_there, target, unusable};
use super::load::Wiring;
use super::open;
use crate::files::{Checkout, sweep};
use crate::workspace::{Problem, Workspace};

const FORMAT: &str = "provisor.import.1";

/// Files that are to be written.
pub struct FilesNote {
    /// Their texts, by path.
    files: BTreeMap<PathBuf, String>,
}

impl FilesNote {
    pub fn of(files: impl Iterator<Item = (PathBuf, String)>) -> Self {
        Self { files: files.collect() }
    }

    /// Writes all of them. A single one needs no note: it is there, or it is not.
    pub fn carry_out(&self, checkout: &Checkout, edge: &Edge) -> Result<(), Problem> {
        let [only] = self.files.iter().collect::<Vec<_>>()[..] else {
            let note = target(checkout)?;
            note.create(self.text().as_bytes()).map_err(|error| unusable(&error.to_string()))?;
            self.files.iter().try_for_each(|(path, text)| write_new(path, text, checkout, edge))?;
            return note.remove().map_err(|error| unusable(&error.to_string()));
        };
        write_new(only.0, only.1, checkout, edge)
    }

    fn text(&self) -> String {
        let files = self.files.iter().map(|(path, text)| (path.display().to_string(), json!(text)));
        format!("{:#}\n", json!({"format": FORMAT, "files": files.collect::<serde_json::Map<_, _>>()}))
    }

    /// What such a note says; `None` where it is none.
    fn read(bytes: &[u8]) -> Option<Self> {
        let found: Value = serde_json::from_slice(bytes).ok()?;
        let files =
            found.get("files").filter(|_| found.get("format").is_some_and(|format| format == FORMAT))?;
        let one = |(path, text): (&String, &Value)| {
            let path = PathBuf::from(path);
            let is_ours = path.extension().is_some_and(|kind| kind == "yaml") && is_plain(&path);
            Some((path, text.as_str()?.to_owned())).filter(|_| is_ours)
        };
        Some(Self { files: files.as_object()?.iter().map(one).collect::<Option<_>>()? })
    }
}

/// Goes on with what an import that died was writing.
pub fn go_on(variables: &VariableArgs, wiring: &Wiring, edge: &Edge) -> Result<(), Problem> {
    let checkout = open::checkout(variables, edge)?;
    if !is_there(&checkout)? {
        return Ok(());
    }
    // whoever writes it just now holds the state
    let workspace = open::trying(variables, wiring, open::Unwritten::default(), edge)?;
    let _held = workspace.repo.store()?;
    if !is_there(&checkout)? {
        return Ok(());
    }
    let note = target(&checkout)?;
    let bytes = note.content().map_err(|error| unusable(&error.to_string()))?;
    let found = FilesNote::read(&bytes).ok_or_else(|| unusable("it is not as an import writes it"))?;
    edge.err("An import died while it wrote its files: they are written now.\n");
    let missing = found.files.iter().filter(|(path, _)| !checkout.has(path));
    edge.for_everyone();
    missing.into_iter().try_for_each(|(path, text)| write_new(path, text, &checkout, edge))?;
    note.remove().map_err(|error| unusable(&error.to_string()))
}

/// Takes away what somebody who died left half written where imports write.
pub fn tidy(workspace: &Workspace<'_>) {
    let checkout = &workspace.repo.checkout;
    let is_ours = |name: &str| name.ends_with(".yaml") || name == NAME;
    sweep(checkout.folder(), is_ours);
    for folder in workspace.repo.settings.declarations.iter().map(Path::new).filter(|path| is_plain(path)) {
        if checkout.is_folder(folder).unwrap_or_default() {
            sweep(&checkout.folder().join(folder), is_ours);
        }
    }
}

/// Whether a path leads down, and to nothing that is hidden.
fn is_plain(path: &Path) -> bool {
    path.components().all(|part| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        Component::CurDir => true,
        _ => false,
    })
}
