//! The files of a checkout that nobody may have reviewed: what in it names a file names one beneath its root.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use super::error::{FileError, FileKind};
use super::walk::{Descent, Manner, Reached};
use super::{GivenFiles, bounded, canonical, dotted, folder};

/// A folder with settings, and how far its paths may reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The folder of the settings file: what every path is relative to.
    folder: PathBuf,
    /// Nothing outside this folder is opened.
    root: PathBuf,
    /// The way from the root to the folder.
    inside: PathBuf,
    /// Folders below the root in which nothing is looked for: the state's.
    closed: Vec<PathBuf>,
    /// Files below the root that the operator gave as files of secrets.
    secret: Vec<PathBuf>,
}

/// What a folder holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: OsString,
    /// What it is itself, not what a link of that name leads to.
    pub kind: FileKind,
}

impl Checkout {
    /// A checkout whose root is the folder of its settings.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        let inside = PathBuf::new();
        Self {
            folder: folder.to_owned(),
            root: folder.to_owned(),
            inside,
            closed: Vec::new(),
            secret: Vec::new(),
        }
    }

    /// A checkout whose paths may reach as far as `root`, a folder above it.
    ///
    /// # Errors
    /// [`FileError::Outside`] where the folder does not lie below the root.
    pub fn widened(folder: &Path, root: &Path) -> Result<Self, FileError> {
        let (there, root) = (canonical(folder)?, canonical(root)?);
        let inside = there.strip_prefix(&root).map_err(|_| FileError::Outside)?.to_owned();
        Ok(Self { folder: folder.to_owned(), root, inside, closed: Vec::new(), secret: Vec::new() })
    }

    /// The folder that has a file of this name, from here upwards; `here` where there is none. A file above it that belongs
    /// to somebody else was not meant.
    #[must_use]
    pub fn upwards(here: &Path, named: &str) -> PathBuf {
        let owner = |path: &Path| std::fs::symlink_metadata(dotted(path)).map(|found| found.uid()).ok();
        if owner(&here.join(named)).is_some() {
            return here.to_owned();
        }
        let ours = [owner(here), Some(rustix::process::geteuid().as_raw())];
        let there = canonical(here).unwrap_or_default();
        let meant = |folder: &&Path| owner(&folder.join(named)).is_some_and(|uid| ours.contains(&Some(uid)));
        there.ancestors().skip(1).find(meant).map_or_else(|| here.to_owned(), Path::to_owned)
    }

    /// The operator's files, seen from here.
    #[must_use]
    pub fn given(&self) -> GivenFiles {
        GivenFiles::beside(&self.root)
    }

    /// The folder of the settings file.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Opens nothing below this folder any more, where the state is.
    pub fn close(&mut self, state: &Path) {
        let names = self.names(state);
        if names != self.inside && !self.closed.contains(&names) {
            self.closed.push(names);
        }
    }

    /// The way from the root to what a path names, as it is written.
    fn names(&self, named: &Path) -> PathBuf {
        let mut names = self.inside.clone();
        for part in named.components() {
            match part {
                Component::Normal(name) => names.push(name),
                Component::ParentDir => drop(names.pop()),
                _ => {}
            }
        }
        names
    }

    /// Never opens this file, which the operator gave as one of secrets: nothing that the checkout says is read from it.
    pub fn close_secret(&mut self, path: &Path) {
        self.secret.extend(self.given().inside(path));
    }

    /// Whether there is something of this name, of whatever kind.
    #[must_use]
    pub fn has(&self, named: &Path) -> bool {
        !matches!(self.find(named, Manner::Within), Err(error) if error.is_missing())
    }

    /// Whether it is a folder.
    ///
    /// # Errors
    /// Whatever forbids to look.
    pub fn is_folder(&self, named: &Path) -> Result<bool, FileError> {
        Ok(matches!(self.find(named, Manner::Within)?, Reached::Folder(_)))
    }

    /// Makes a folder, and those that it lies in.
    ///
    /// # Errors
    /// A path that leads out, something else in the place of a folder, what the system says.
    pub fn make_folder(&self, named: &Path) -> Result<(), FileError> {
        let mut here = PathBuf::new();
        for part in named.components() {
            here.push(part);
            match self.is_folder(&here) {
                Ok(true) => {}
                Ok(false) => return Err(rustix::io::Errno::NOTDIR.into()),
                Err(error) if error.is_missing() => std::fs::create_dir(self.folder().join(&here))?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// A file's bytes.
    ///
    /// # Errors
    /// A path that leads out, anything but a regular file, one that is too large.
    pub fn read(&self, named: &Path) -> Result<Vec<u8>, FileError> {
        match self.find(named, Manner::Within)? {
            Reached::File(file) => bounded(file),
            Reached::Folder(_) => Err(FileError::Kind(FileKind::Folder)),
        }
    }

    /// What is in a folder, without what is hidden and the state.
    ///
    /// # Errors
    /// A folder that may not be looked into.
    pub fn list(&self, named: &Path) -> Result<Vec<Entry>, FileError> {
        let mut walk = self.walk(Manner::Within)?;
        let Reached::Folder(folder) = walk.to(named)? else {
            return Err(rustix::io::Errno::NOTDIR.into());
        };
        let here = walk.names();
        self.open(&here)?;
        let mut entries = Vec::new();
        for entry in rustix::fs::Dir::read_from(&folder)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name.as_bytes().starts_with(b".") || self.open(&here.join(name)).is_err() {
                continue;
            }
            let found = rustix::fs::statat(&folder, name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW)?;
            let kind = rustix::fs::FileType::from_raw_mode(found.st_mode).into();
            entries.push(Entry { name: name.to_owned(), kind });
        }
        entries.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    /// A folder for us to write in, which no link leads to; `None` where there is none.
    ///
    /// # Errors
    /// A path that leads out or over a link, the folder of the settings and those around it, something else in its place.
    pub fn own_folder(&self, named: &Path) -> Result<Option<File>, FileError> {
        let mut below = named.components().skip_while(|part| !matches!(part, Component::Normal(_)));
        if below.any(|part| part == Component::ParentDir) {
            return Err(FileError::Back);
        }
        let is_around = self.inside.starts_with(self.names(named));
        match self.walk(Manner::Plain)?.to(named) {
            Ok(Reached::Folder(_)) if is_around => Err(FileError::Around),
            Ok(Reached::Folder(folder)) => Ok(Some(folder)),
            Ok(Reached::File(_)) => Err(FileError::Kind(FileKind::Regular)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn find(&self, named: &Path, manner: Manner) -> Result<Reached, FileError> {
        let mut walk = self.walk(manner)?;
        let found = walk.to(named)?;
        self.open(&walk.names())?;
        Ok(found)
    }

    fn walk(&self, manner: Manner) -> Result<Descent, FileError> {
        let mut walk = Descent::new(folder(&self.root)?, manner);
        walk.enter(&self.inside)?;
        Ok(walk)
    }

    fn open(&self, names: &Path) -> Result<(), FileError> {
        if self.closed.iter().any(|closed| names.starts_with(closed)) {
            return Err(FileError::State);
        }
        if self.secret.iter().any(|secret| names == secret) { Err(FileError::Secret) } else { Ok(()) }
    }
}
