//! The way to a file, one component at a time: nothing is followed by the system, and links are resolved here, within the
//! root. Portable: `openat` and `readlinkat` are all it needs.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags};

use super::error::{FileError, FileKind};
use super::{FOLDER, OPEN};

/// So many links one path may go over.
const MOST_LINKS: usize = 40;

/// What a walk may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Links are resolved within the root; nothing hidden is entered.
    Within,
    /// No link at all, hidden or not; git's own folder is not entered.
    Plain,
}

/// What stands at the end.
pub(super) enum Reached {
    /// A regular file.
    File(File),
    /// A folder.
    Folder(File),
}

/// A walk from the root.
pub(super) struct Descent {
    manner: Manner,
    root: File,
    /// The folders that were entered below the root, with their names.
    entered: Vec<(OsString, File)>,
    rest: VecDeque<OsString>,
    links: usize,
}

impl Descent {
    pub(super) fn new(root: File, manner: Manner) -> Self {
        Self { manner, root, entered: Vec::new(), rest: VecDeque::new(), links: 0 }
    }

    /// Enters folders that the operator chose: they may be hidden.
    pub(super) fn enter(&mut self, inside: &Path) -> Result<(), FileError> {
        for part in inside.components() {
            if let Component::Normal(name) = part {
                let folder = rustix::fs::openat(self.here(), name, FOLDER | OFlags::NOFOLLOW, Mode::empty())?;
                self.entered.push((name.to_owned(), File::from(folder)));
            }
        }
        Ok(())
    }

    /// Goes on to the end of this path.
    pub(super) fn to(&mut self, named: &Path) -> Result<Reached, FileError> {
        self.rest.extend(parts(named, FileError::Outside)?);
        while let Some(name) = self.rest.pop_front() {
            if let Some(file) = self.step(&name)? {
                return Ok(Reached::File(file));
            }
        }
        Ok(Reached::Folder(self.here().try_clone()?))
    }

    /// Where the walk is, below the root.
    pub(super) fn names(&self) -> PathBuf {
        self.entered.iter().map(|(name, _)| name).collect()
    }

    pub(super) fn here(&self) -> &File {
        self.entered.last().map_or(&self.root, |(_, folder)| folder)
    }

    /// One component; gives the file that it ends at.
    fn step(&mut self, name: &OsStr) -> Result<Option<File>, FileError> {
        if name == ".." {
            let left = self.entered.pop();
            let out = if self.links > 0 { FileError::LedOut } else { FileError::Outside };
            return left.map(|_| None).ok_or(out);
        }
        self.admits(name)?;
        let found = rustix::fs::statat(self.here(), name, AtFlags::SYMLINK_NOFOLLOW)?;
        match rustix::fs::FileType::from_raw_mode(found.st_mode).into() {
            FileKind::Link => self.resolve(name)?,
            FileKind::Folder => {
                let folder = rustix::fs::openat(self.here(), name, FOLDER | OFlags::NOFOLLOW, Mode::empty())?;
                self.entered.push((name.to_owned(), File::from(folder)));
            }
            FileKind::Regular if self.rest.is_empty() => {
                let file = rustix::fs::openat(self.here(), name, OPEN | OFlags::NOFOLLOW, Mode::empty())?;
                self.entered.push((name.to_owned(), self.here().try_clone()?));
                return Ok(Some(File::from(file)));
            }
            FileKind::Regular => return Err(rustix::io::Errno::NOTDIR.into()),
            kind => return Err(FileError::Kind(kind)),
        }
        Ok(None)
    }

    fn admits(&self, name: &OsStr) -> Result<(), FileError> {
        let closed = match self.manner {
            Manner::Within => name.as_bytes().starts_with(b"."),
            Manner::Plain => name.eq_ignore_ascii_case(".git"),
        };
        if closed { Err(FileError::Hidden) } else { Ok(()) }
    }

    fn resolve(&mut self, name: &OsStr) -> Result<(), FileError> {
        if self.manner == Manner::Plain {
            return Err(FileError::Kind(FileKind::Link));
        }
        self.links += 1;
        if self.links > MOST_LINKS {
            return Err(FileError::Circle);
        }
        let target = rustix::fs::readlinkat(self.here(), name, Vec::new())?;
        let target = PathBuf::from(OsString::from_vec(target.into_bytes()));
        for part in parts(&target, FileError::LedOut)?.into_iter().rev() {
            self.rest.push_front(part);
        }
        Ok(())
    }
}

/// The components of a relative path; `absolute` is what is said of another one.
fn parts(path: &Path, absolute: FileError) -> Result<Vec<OsString>, FileError> {
    if path.has_root() {
        return Err(absolute);
    }
    let parts = path.components().filter(|part| *part != Component::CurDir);
    Ok(parts.map(|part| part.as_os_str().to_owned()).collect())
}
