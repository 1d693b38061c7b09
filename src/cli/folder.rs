//! Folders of other tools that the command line names: some of their files are read, none above the folder, and none over a link that
//! leads out of it.

use std::path::{Path, PathBuf};

use super::edge::Edge;
use crate::files::{Checkout, FileError, FileKind, LARGEST};
use crate::import::FolderText;
use crate::workspace::{Problem, source};

/// So many files of a folder are read.
const MOST_FILES: usize = 5_000;

/// A folder, and what of it is read.
pub struct GivenFolder<'f> {
    /// As it was named.
    pub named: PathBuf,
    /// The folders in it that are looked into; an empty name is itself.
    pub folders: &'f [&'f str],
    /// Which files are read, by the way to them.
    pub is_meant: &'f dyn Fn(&str) -> bool,
}

impl GivenFolder<'_> {
    /// The texts of its files, sorted by the way to them.
    pub fn read(&self, edge: &Edge) -> Result<Vec<FolderText>, Problem> {
        let checkout = Checkout::new(&edge.at(&self.named));
        let mut paths = Vec::new();
        for folder in self.folders {
            let entries = match checkout.list(Path::new(folder)) {
                Err(error) if error.is_missing() => Vec::new(),
                listed => listed.map_err(|error| self.unreadable(folder, &error))?,
            };
            for entry in entries {
                let name = entry.name.to_string_lossy();
                let path = if folder.is_empty() { name.into_owned() } else { format!("{folder}/{name}") };
                paths.extend(
                    Some(path).filter(|path| entry.kind != FileKind::Folder && (self.is_meant)(path)),
                );
            }
        }
        paths.sort_unstable();
        if paths.len() > MOST_FILES {
            return Err(self.too_much(&format!("are more than {MOST_FILES} files")));
        }
        let (mut left, mut texts) = (LARGEST, Vec::new());
        for path in paths {
            let shown = self.named.join(&path).display().to_string();
            let text = source(Path::new(&shown), checkout.read(Path::new(&path)))?.text.to_string();
            let rest = left.checked_sub(text.len() as u64);
            left = rest.ok_or_else(|| self.too_much("are files that are too large together"))?;
            texts.push(FolderText { path, shown, text });
        }
        Ok(texts)
    }

    fn unreadable(&self, folder: &str, error: &FileError) -> Problem {
        Problem::input(format!("cannot read `{}`: {error}", self.named.join(folder).display()))
    }

    fn too_much(&self, what: &str) -> Problem {
        let named = self.named.display();
        Problem::input(format!("in `{named}` {what}")).hint("give a folder of fewer files")
    }
}

/// Whether there is a folder of this name.
pub fn is_folder(named: &Path, edge: &Edge) -> bool {
    matches!(Checkout::new(&edge.at(named)).is_folder(Path::new("")), Ok(true))
}

/// Whether this is a folder with a file of that name.
pub fn holds(named: &Path, file: &str, edge: &Edge) -> bool {
    matches!(Checkout::new(&edge.at(named)).is_folder(Path::new(file)), Ok(false))
}
