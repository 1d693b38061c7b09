//! The texts that a repo names, with the messages about those that cannot be read: named as they are written. How files are
//! opened is `crate::files`; nothing is written here, and nothing is made of a text.

use std::path::{Path, PathBuf};
use std::string::FromUtf8Error;
use std::sync::Arc;

use super::problem::{Complaint, Problem};
use crate::declare::unmade_path;
use crate::files::{Checkout, FileError, FileKind, SettingsHome};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Place, Source};
use crate::model::text::did_you_mean;

/// The name of the settings file.
pub const SETTINGS: &str = "provisor.yaml";

/// Folders of declarations are nested as deep as this at most.
const DEEPEST: usize = 64;
/// So much of a path that is longer is shown.
const SHOWN: usize = 4;

/// The files of one repo.
#[derive(Clone, Copy)]
pub(super) struct Files<'r> {
    /// Through which they are opened.
    pub checkout: &'r Checkout,
}

impl Files<'_> {
    /// Whether there is something of this name.
    pub fn exists(self, named: &Path) -> bool {
        self.checkout.has(named)
    }

    /// One file's text, without a byte order mark.
    pub fn source(self, named: &Path) -> Result<Source, Problem> {
        source(named, self.checkout.read(named))
    }

    /// The declarations files that a name stands for.
    pub fn listed(self, name: &str) -> Result<Vec<PathBuf>, Problem> {
        let mut files = Vec::new();
        let path = Path::new(name);
        match self.checkout.is_folder(path) {
            Ok(true) => self.walk(path, &mut files)?,
            Ok(false) => files.push(path.to_owned()),
            Err(error) if error.is_missing() => return Err(self.missing(name)),
            Err(error) => return Err(unreadable(path, &error)),
        }
        Ok(files)
    }

    fn missing(self, name: &str) -> Problem {
        let globs = || "globs are not read here: name the folder, and all its YAML files are".to_owned();
        let unmade = || unmade_path(name).or_else(|| self.near(name));
        let hint = if name.contains(['*', '?']) { Some(globs()) } else { unmade() };
        let other = || "make it, or name other files there".to_owned();
        Problem::input(format!("`declarations:` names `{name}`, which is not there"))
            .hint(hint.unwrap_or_else(other))
    }

    /// What may have been meant by the name of something that is not there.
    pub fn near(self, name: &str) -> Option<String> {
        did_you_mean(name, self.beside(Path::new(name)).iter().map(String::as_str))
    }

    /// What lies in the folder where something of this name would be.
    fn beside(self, named: &Path) -> Vec<String> {
        let folder = named.parent().unwrap_or(Path::new(""));
        let entries = self.checkout.list(folder).unwrap_or_default();
        entries.iter().map(|entry| folder.join(&entry.name).display().to_string()).collect()
    }

    /// All YAML files below a folder.
    fn walk(self, folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Problem> {
        if folder.components().count() > DEEPEST {
            // the way there is walked for each of them
            let start: PathBuf = folder.components().take(SHOWN).collect();
            let message = format!("`{}/…` holds folders more than {DEEPEST} levels deep", start.display());
            return Err(Problem::input(message).hint("put declarations into fewer levels of folders"));
        }
        for entry in self.checkout.list(folder).map_err(|error| unreadable(folder, &error))? {
            let named = folder.join(&entry.name);
            if entry.kind == FileKind::Folder {
                self.walk(&named, files)?;
                continue;
            }
            if entry.kind == FileKind::Link {
                self.leads_to_a_file(&named)?;
            }
            if named.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
                files.push(named);
            }
        }
        Ok(())
    }

    /// Refuses a link in a folder of declarations that leads to no file: followed, one to a folder may lead round in circles; ignored,
    /// what stands behind it would count as removed.
    fn leads_to_a_file(self, link: &Path) -> Result<(), Problem> {
        let named = link.display();
        match self.checkout.is_folder(link) {
            Ok(false) => Ok(()),
            Ok(true) => Err(Problem::input(format!("`{named}` is a symbolic link to a folder"))
                .hint("name the folder itself under `declarations:`")),
            Err(error) if error.is_missing() => {
                Err(Problem::input(format!("`{named}` is a symbolic link to nothing"))
                    .hint("take it away, or make what it leads to: declarations may be there"))
            }
            Err(error) => Err(unreadable(link, &error)),
        }
    }
}

/// A text that was read, without a byte order mark.
pub fn source(named: &Path, bytes: Result<Vec<u8>, FileError>) -> Result<Source, Problem> {
    let name = named.display().to_string();
    let bytes = bytes.map_err(|error| unreadable(named, &error))?;
    let text = String::from_utf8(bytes).map_err(|error| undecodable(&name, &error))?;
    if let Some(at) = text.find('\0') {
        // as UTF-16 has it where all characters are ASCII, without a mark in front
        return Err(not_utf8(&name, &text, at, called(text.as_bytes())));
    }
    let text = text.strip_prefix('\u{feff}').map(ToOwned::to_owned).unwrap_or(text);
    Ok(Source { path: Arc::from(name), text: Arc::from(text) })
}

/// What is said of bytes that are no text: in which line and column, and what they may be instead.
fn undecodable(name: &str, error: &FromUtf8Error) -> Problem {
    let at = error.utf8_error().valid_up_to();
    not_utf8(name, &String::from_utf8_lossy(error.as_bytes()), at, called(error.as_bytes()))
}

/// `text` is what can be made of the bytes, the same up to the place.
fn not_utf8(name: &str, text: &str, at: usize, called: Option<&str>) -> Problem {
    let (message, hint) = match called {
        Some(other) => (
            format!("`{name}` is {other}, not UTF-8"),
            format!("save it as UTF-8, such as by `iconv -f {other} -t UTF-8`"),
        ),
        None if text.get(at..).is_some_and(|rest| rest.starts_with('\0')) => {
            (format!("`{name}` holds a NUL character, which no text does"), "take it out".to_owned())
        }
        None => (
            format!("`{name}` is not UTF-8: here is a byte that is part of no character"),
            "save it as UTF-8".to_owned(),
        ),
    };
    let source = Source { path: Arc::from(name), text: Arc::from(text) };
    let place = Place::Bytes { file: source.path.clone(), start: at, end: at };
    // what is no text may be anything: none of it is shown
    let found = Diagnostic::error("encoding", message).at(place).hint(hint).redact(true);
    Problem::findings(Diagnostics(vec![found]), &[source])
}

/// What bytes are encoded in, where a mark or their zeros tell it.
fn called(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [_, 0, _, 0, ..] | [0, _, 0, _, ..] => Some("UTF-16"),
        _ => None,
    }
}

fn unreadable(named: &Path, error: &FileError) -> Problem {
    let name = named.display();
    match error {
        FileError::Kind(FileKind::Folder) => Problem::input(format!("`{name}` is not a file")),
        FileError::Kind(kind) => Problem::input(format!("`{name}` is not a file: it is {kind}")),
        FileError::TooLarge => {
            Problem::input(format!("`{name}` is larger than {} MiB", crate::files::LARGEST >> 20))
        }
        error => Problem::input(format!("cannot read `{name}`: {error}")),
    }
}

/// Why no state can be kept in a folder that settings name.
pub fn unkeepable(home: &SettingsHome, named: &Path, error: FileError) -> Complaint {
    let why = match error {
        FileError::Kind(kind) => format!("it is {kind}, not a folder"),
        // what `--root` widens holds for the state too, and is said by the hint
        FileError::Outside => "it lies further out than paths may lead".to_owned(),
        ref error => error.to_string(),
    };
    let hint = match home {
        SettingsHome::Checkout(_) if matches!(error, FileError::Outside) => {
            "name a folder beneath that of `provisor.yaml`; `--root DIR` lets paths lead as far as DIR"
        }
        SettingsHome::Checkout(_) if matches!(error, FileError::Hidden) => {
            "name a folder whose name begins with no dot as `state.path`; only trusted settings may name a hidden one"
        }
        SettingsHome::Checkout(_) => {
            "the state is kept in a folder beneath that of `provisor.yaml`, and no link leads to it"
        }
        SettingsHome::Operator { .. } if matches!(error, FileError::Around) => {
            "name a folder of its own as `state.path` of the trusted settings"
        }
        SettingsHome::Operator { .. } => {
            "name a folder outside the checkout as `state.path` of the trusted settings"
        }
    };
    let message = format!("cannot keep a state in `{}`: {why}", named.display());
    Complaint { message, ..Complaint::default() }.hint(Some(hint.to_owned()))
}
