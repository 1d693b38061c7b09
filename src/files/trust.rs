//! Who else may use, or could have written, what lies in a folder of ours; and what to type about it.

use std::fmt;
use std::io;
use std::path::Path;

use rustix::fs::Stat;

use super::error::FileKind;

/// Why something in a folder of ours is not used.
#[derive(Debug)]
pub enum OwnError {
    /// It may be somebody else's doing.
    Untrusted {
        /// What is odd about it.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// The system said no.
    Io {
        /// What was being done, with the path.
        doing: String,
        /// What it said.
        source: io::Error,
    },
}

impl OwnError {
    pub(super) fn io(doing: String, source: io::Error) -> Self {
        Self::Io { doing, source }
    }

    pub(super) fn looking(path: &Path) -> impl FnOnce(rustix::io::Errno) -> Self {
        move |error| Self::io(format!("looking at `{}`", path.display()), error.into())
    }
}

impl fmt::Display for OwnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Untrusted { reason, .. } => f.write_str(reason),
            Self::Io { doing, source } => write!(f, "{doing}: {source}"),
        }
    }
}

impl std::error::Error for OwnError {}

/// What something has to be, and the rights that nobody else may have to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rights {
    kind: FileKind,
    others: u32,
}

impl Rights {
    /// A regular file that is nobody else's business.
    pub(super) const FILE: Self = Self { kind: FileKind::Regular, others: 0o077 };
    /// A folder, whoever may put something into it.
    pub(super) const ANY_FOLDER: Self = Self { kind: FileKind::Folder, others: 0 };
    /// A folder in which nobody else can put anything.
    pub(super) const FOLDER: Self = Self { kind: FileKind::Folder, others: 0o022 };
}

/// Refuses what is of another kind, another user's, open to others, or a file with another name elsewhere; `top` is the folder that people are told to close.
pub(super) fn trusted(found: &Stat, path: &Path, rights: Rights, top: &Path) -> Result<(), OwnError> {
    let kind: FileKind = rustix::fs::FileType::from_raw_mode(found.st_mode).into();
    let shown = path.display();
    if kind != rights.kind {
        return Err(plain(path, kind));
    }
    if found.st_uid != rustix::process::geteuid().as_raw() {
        let reason = format!("`{shown}` belongs to another user (uid {})", found.st_uid);
        let hint = format!("run as that user, or take it over: `chown -R \"$USER\" {}`", typed(top));
        return Err(OwnError::Untrusted { reason, hint });
    }
    if kind == FileKind::Regular && found.st_nlink > 1 {
        let reason = format!("`{shown}` is not a plain file, but a hard link: it has another name somewhere");
        let hint = "look who put it there, and take it away; if it is yours: put a copy in its place";
        return Err(OwnError::Untrusted { reason, hint: hint.into() });
    }
    let mode = found.st_mode & 0o777;
    if mode & rights.others == 0 {
        return Ok(());
    }
    let (reason, hint) = match rights.kind {
        FileKind::Folder => (
            format!("others can write to `{shown}` (mode {mode:o})"),
            match path.starts_with(top) {
                // what lies in it may be open as well
                true => format!("if it is yours: `chmod -R go= {}`", typed(top)),
                false => format!("take that right away: `chmod go-w {}`", typed(path)),
            },
        ),
        _ => (
            format!("others can use `{shown}` (mode {mode:o}), or a checkout brought it along"),
            format!("if it is yours: `chmod -R go= {}`", typed(top)),
        ),
    };
    Err(OwnError::Untrusted { reason, hint })
}

/// What is said of something that is not what it has to be.
pub(super) fn plain(path: &Path, kind: FileKind) -> OwnError {
    let reason = match kind {
        FileKind::Regular => format!("`{}` is not a folder", path.display()),
        kind => format!("`{}` is not a plain file, but {kind}", path.display()),
    };
    OwnError::Untrusted { reason, hint: "look who put it there, and take it away".into() }
}

/// A path as a shell takes it.
fn typed(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@%".contains(c);
    if !text.starts_with('-') && text.chars().all(is_plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_of_a_shell() {
        assert_eq!(typed(Path::new("a/b-1.x")), "a/b-1.x");
        assert_eq!(typed(Path::new("a b")), "'a b'");
        assert_eq!(typed(Path::new("x;$(y)'z")), r"'x;$(y)'\''z'");
        assert_eq!(typed(Path::new("-R")), "'-R'");
    }
}
