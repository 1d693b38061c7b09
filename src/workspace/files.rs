//! The door through which the files that a repo names are read: relative to its root, and named as they are written.
//! Nothing is written here, and nothing is made of a text.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::problem::Problem;
use crate::model::diagnostic::Source;
use crate::model::text::did_you_mean;

/// The name of the settings file.
pub const SETTINGS: &str = "provisor.yaml";
/// No text of a repo is as large as this, in bytes.
const LARGEST: u64 = 64 << 20;

/// The files of one repo.
#[derive(Clone, Copy)]
pub struct Files<'r> {
    /// What their names are relative to.
    pub root: &'r Path,
}

impl Files<'_> {
    /// Where a file is.
    pub fn path(self, named: &Path) -> PathBuf {
        let path = self.root.join(named);
        if path.as_os_str().is_empty() { PathBuf::from(".") } else { path }
    }

    /// Whether there is something of this name.
    pub fn exists(self, named: &Path) -> bool {
        self.path(named).exists()
    }

    /// One file's text, without a byte order mark.
    pub fn source(self, named: &Path) -> Result<Source, Problem> {
        let (path, name) = (self.path(named), named.display().to_string());
        let unreadable = |error: io::Error| Problem::input(format!("cannot read `{name}`: {error}"));
        let found = fs::metadata(&path).map_err(unreadable)?;
        if !found.is_file() {
            return Err(Problem::input(format!("`{name}` is not a file")));
        }
        if found.len() > LARGEST {
            return Err(Problem::input(format!("`{name}` is larger than {} MiB", LARGEST >> 20)));
        }
        let bytes = fs::read(&path).map_err(unreadable)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Problem::input(format!("`{name}` is not UTF-8: byte {at} is part of no character"))
                .hint("save it as UTF-8")
        })?;
        let text = text.strip_prefix('\u{feff}').map(ToOwned::to_owned).unwrap_or(text);
        Ok(Source { path: Arc::from(name), text: Arc::from(text) })
    }

    /// The declarations files that a name stands for.
    pub fn listed(self, name: &str) -> Result<Vec<PathBuf>, Problem> {
        let mut files = Vec::new();
        let path = Path::new(name);
        if !self.exists(path) {
            return Err(self.missing(name));
        }
        self.walk(path, &mut files)?;
        Ok(files)
    }

    fn missing(self, name: &str) -> Problem {
        let hint = did_you_mean(name, self.beside(Path::new(name)).iter().map(String::as_str));
        let other = || format!("write `{name}`, or name other files in `{SETTINGS}`");
        Problem::input(format!("`declarations:` names `{name}`, which is not there"))
            .hint(hint.unwrap_or_else(other))
    }

    /// What lies in the folder where something of this name would be.
    fn beside(self, named: &Path) -> Vec<String> {
        let folder = named.parent().unwrap_or(Path::new(""));
        let names = fs::read_dir(self.path(folder)).into_iter().flatten().flatten();
        names.map(|entry| folder.join(entry.file_name()).display().to_string()).collect()
    }

    /// The file of this name, or all YAML files below the folder.
    fn walk(self, named: &Path, files: &mut Vec<PathBuf>) -> Result<(), Problem> {
        let path = self.path(named);
        if !path.is_dir() {
            files.push(named.to_owned());
            return Ok(());
        }
        let unreadable =
            |error: io::Error| Problem::input(format!("cannot read `{}`: {error}", named.display()));
        for entry in fs::read_dir(&path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let (path, named) = (entry.path(), named.join(entry.file_name()));
            if path.is_dir() && path.is_symlink() {
                // followed, it may lead round in circles; ignored, what it holds would count as removed
                return Err(Problem::input(format!("`{}` is a symbolic link to a folder", named.display()))
                    .hint(format!("name the folder itself under `declarations:` in `{SETTINGS}`")));
            }
            let yaml = path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
            if path.is_dir() || yaml {
                self.walk(&named, files)?;
            }
        }
        Ok(())
    }
}
