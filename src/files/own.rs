//! Folders of ours alone, such as the state's: nothing in them is reached over a link, nothing is used that others could have
//! written, and nothing counts as missing because it cannot be looked at. What is in them is not known here.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags, Stat};

use super::error::FileKind;
use super::trust::{Rights, plain, trusted};
use super::{FOLDER, OPEN, OwnError, bounded, dotted, write};

/// Folders below one of ours are not nested deeper.
const DEEPEST: usize = 64;

/// A folder of ours, opened.
#[derive(Debug)]
pub struct OwnFolder {
    path: PathBuf,
    handle: File,
    /// The folder of ours that it lies in, or it itself: what people are told to close.
    top: PathBuf,
}

impl OwnFolder {
    /// The folder at a path, if there is one; links may lead to its parent only.
    ///
    /// # Errors
    /// Something else in its place, a folder that others can write to, or that cannot be looked at.
    pub fn find(path: &Path) -> Result<Option<Self>, OwnError> {
        let Some(folder) = Self::open(path)? else { return Ok(None) };
        folder.is_trusted().map(|()| Some(folder))
    }

    /// The folder at a path, if there is one with something that `is_ours`: judged with all that is in it, before anything of
    /// that is used. There is no link in it; no file of ours that others may use, no folder of ours that they can write to.
    ///
    /// # Errors
    /// The first thing that is not as it has to be, or cannot be looked at.
    pub fn holding(path: &Path, is_ours: impl Fn(&str) -> bool) -> Result<Option<Self>, OwnError> {
        let Some(folder) = Self::open(path)? else { return Ok(None) };
        let (ours, others): (Vec<_>, Vec<_>) =
            folder.names()?.into_iter().partition(|name| is_ours(&name.to_string_lossy()));
        for name in others {
            if folder.stat(&name)?.is_some_and(|found| kind(&found) == FileKind::Link) {
                return Err(plain(&path.join(&name), FileKind::Link));
            }
        }
        if ours.is_empty() {
            return Ok(None);
        }
        folder.is_trusted()?;
        ours.iter().try_for_each(|name| folder.judge(name, DEEPEST))?;
        Ok(Some(folder))
    }

    /// What is in the folder at a path, if there is one, whatever it is.
    ///
    /// # Errors
    /// Something else in its place, or that it cannot be looked at.
    pub fn listed(path: &Path) -> Result<Option<Vec<OsString>>, OwnError> {
        Self::open(path)?.map(|folder| folder.names()).transpose()
    }

    /// Opens it, if it is a folder and ours.
    fn open(path: &Path) -> Result<Option<Self>, OwnError> {
        // without a slash at the end, which would follow a link
        let path: PathBuf = path.components().collect();
        let Some(found) = there(rustix::fs::lstat(dotted(&path))).map_err(OwnError::looking(&path))? else {
            return Ok(None);
        };
        trusted(&found, &path, Rights::ANY_FOLDER, &path)?;
        let handle = rustix::fs::open(dotted(&path), FOLDER | OFlags::NOFOLLOW, Mode::empty());
        let handle = File::from(handle.map_err(OwnError::looking(&path))?);
        Ok(Some(Self { top: path.clone(), path, handle }))
    }

    /// Whether nobody else has it, and nobody will as long as it is open here.
    pub(super) fn claimed(&self) -> io::Result<bool> {
        match rustix::fs::flock(&self.handle, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(true),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn is_trusted(&self) -> Result<(), OwnError> {
        let found = rustix::fs::fstat(&self.handle).map_err(OwnError::looking(&self.path))?;
        trusted(&found, &self.path, Rights::FOLDER, &self.top)
    }

    /// The folder at a path, made where it is missing, with those above it.
    ///
    /// # Errors
    /// See [`Self::find`].
    pub fn make(path: &Path) -> Result<Self, OwnError> {
        let making = |error| OwnError::io(format!("making the folder `{}`", path.display()), error);
        if let Some(found) = Self::find(path)? {
            return Ok(found);
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        parent.map_or(Ok(()), std::fs::create_dir_all).map_err(making)?;
        match rustix::fs::mkdir(path, Mode::RWXU) {
            Ok(()) | Err(rustix::io::Errno::EXIST) => {}
            Err(error) => return Err(making(error.into())),
        }
        super::folder(parent.unwrap_or(Path::new("")))
            .map_err(io::Error::from)
            .and_then(|parent| parent.sync_all())
            .map_err(making)?;
        Self::find(path)?.ok_or_else(|| making(io::ErrorKind::NotFound.into()))
    }

    /// Takes the right to write away from others, in a folder of ours, if it is there.
    ///
    /// # Errors
    /// What the system says.
    pub fn tighten(path: &Path) -> Result<(), OwnError> {
        let Some(folder) = Self::open(path)? else { return Ok(()) };
        let close = || -> rustix::io::Result<()> {
            let mode = rustix::fs::fstat(&folder.handle)?.st_mode;
            match mode & 0o022 {
                0 => Ok(()),
                _ => rustix::fs::fchmod(&folder.handle, Mode::from_raw_mode(mode & 0o755)),
            }
        };
        close().map_err(OwnError::looking(path))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there is something of this name, of whatever kind.
    ///
    /// # Errors
    /// What the system says.
    pub fn has(&self, name: &str) -> Result<bool, OwnError> {
        Ok(self.stat(name.as_ref())?.is_some())
    }

    /// The names of all that is in it, sorted.
    ///
    /// # Errors
    /// What the system says.
    pub fn names(&self) -> Result<Vec<OsString>, OwnError> {
        let read = || -> rustix::io::Result<Vec<OsString>> {
            let mut names = Vec::new();
            for entry in rustix::fs::Dir::read_from(&self.handle)? {
                let entry = entry?;
                let name = OsStr::from_bytes(entry.file_name().to_bytes());
                if name != "." && name != ".." {
                    names.push(name.to_owned());
                }
            }
            names.sort();
            Ok(names)
        };
        read().map_err(OwnError::looking(&self.path))
    }

    /// Judges a file, or a folder with all that is in it.
    fn judge(&self, name: &OsStr, depth: usize) -> Result<(), OwnError> {
        // what is gone by now needs no judging
        let Some(found) = self.stat(name)? else { return Ok(()) };
        if kind(&found) != FileKind::Folder || depth == 0 {
            return trusted(&found, &self.path.join(name), Rights::FILE, &self.top);
        }
        let Some(folder) = self.folder(name)? else { return Ok(()) };
        folder.names()?.iter().try_for_each(|name| folder.judge(name, depth - 1))
    }

    /// A file's bytes, if there is one.
    ///
    /// # Errors
    /// Anything but a regular file that is ours alone; what the system says.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, OwnError> {
        let reading = |error| OwnError::io(format!("reading `{}`", self.at(name).display()), error);
        let Some(file) = self.opened(name)? else { return Ok(None) };
        bounded(file).map(Some).map_err(|error| reading(error.into()))
    }

    /// A file to read, if there is one.
    ///
    /// # Errors
    /// See [`Self::read`].
    pub fn opened(&self, name: &str) -> Result<Option<File>, OwnError> {
        self.existing(name.as_ref(), OPEN)
    }

    /// A file to read and to write, which keeps what it holds; made where it is missing.
    ///
    /// # Errors
    /// See [`Self::read`].
    pub fn file(&self, name: &str) -> Result<File, OwnError> {
        let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        if let Some(file) = self.existing(name.as_ref(), flags)? {
            return Ok(file);
        }
        match self.openat(name.as_ref(), flags | OFlags::CREATE | OFlags::EXCL) {
            // somebody else made it meanwhile
            Err(rustix::io::Errno::EXIST) => {}
            made => {
                let doing = || format!("making `{}`", self.at(name).display());
                return made.map_err(|error| OwnError::io(doing(), error.into()));
            }
        }
        let gone = || OwnError::looking(&self.at(name))(rustix::io::Errno::NOENT);
        self.existing(name.as_ref(), flags)?.ok_or_else(gone)
    }

    /// Puts a file in place: whole, ours alone, and on the disk when this returns.
    ///
    /// # Errors
    /// Anything but a regular file in its place; what the system says.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), OwnError> {
        let doing = || format!("writing `{}`", self.at(name).display());
        write::replace(&self.handle, name.as_ref(), bytes).map_err(|error| OwnError::io(doing(), error))
    }

    /// Takes away what somebody who died was writing, in place of what `is_ours`.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove_partial(&self, is_ours: impl Fn(&str) -> bool) -> Result<(), OwnError> {
        let names = self.names()?.into_iter().filter_map(|name| name.into_string().ok());
        let mut left = names.filter(|name| write::partial_of(name).is_some_and(&is_ours));
        left.try_for_each(|name| self.remove(&name))
    }

    /// Makes durable which files are in it.
    ///
    /// # Errors
    /// What the system says.
    pub fn synced(&self) -> Result<(), OwnError> {
        self.handle
            .sync_all()
            .map_err(|error| OwnError::io(format!("writing `{}`", self.path.display()), error))
    }

    /// Takes a file away.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove(&self, name: &str) -> Result<(), OwnError> {
        let doing = || format!("removing `{}`", self.at(name).display());
        let removed = rustix::fs::unlinkat(&self.handle, name, AtFlags::empty());
        removed.map_err(|error| OwnError::io(doing(), error.into()))
    }

    /// Takes a folder away with all that is in it, if it is there.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove_folder(&self, name: &str) -> Result<(), OwnError> {
        let path = self.at(name);
        match std::fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(OwnError::io(format!("removing `{}`", path.display()), error))
            }
            _ => Ok(()),
        }
    }

    /// A folder in it, if there is one.
    ///
    /// # Errors
    /// See [`Self::find`].
    pub fn folder(&self, name: impl AsRef<OsStr>) -> Result<Option<Self>, OwnError> {
        let (name, path) = (name.as_ref(), self.path.join(name.as_ref()));
        let Some(found) = self.stat(name)? else { return Ok(None) };
        trusted(&found, &path, Rights::FOLDER, &self.top)?;
        match there(rustix::fs::openat(&self.handle, name, FOLDER | OFlags::NOFOLLOW, Mode::empty())) {
            Ok(handle) => {
                Ok(handle.map(|handle| Self { path, handle: File::from(handle), top: self.top.clone() }))
            }
            Err(error) => Err(OwnError::looking(&path)(error)),
        }
    }

    /// A folder in it, made where it is missing.
    ///
    /// # Errors
    /// See [`Self::find`].
    pub fn make_folder(&self, name: &str) -> Result<Self, OwnError> {
        let making = |error: io::Error| {
            OwnError::io(format!("making the folder `{}`", self.at(name).display()), error)
        };
        match rustix::fs::mkdirat(&self.handle, name, Mode::RWXU) {
            Err(rustix::io::Errno::EXIST) => {}
            made => made.map_err(io::Error::from).and_then(|()| self.handle.sync_all()).map_err(making)?,
        }
        self.folder(name)?.ok_or_else(|| making(io::ErrorKind::NotFound.into()))
    }

    /// Makes what a library wrote into it ours alone, and makes its being there durable.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep_private(&self) -> Result<(), OwnError> {
        for name in self.names()? {
            let Some(found) = self.stat(&name)? else { continue };
            let (flags, wanted) = match kind(&found) {
                FileKind::Folder => (FOLDER, Mode::RWXU),
                FileKind::Regular => (OPEN, Mode::RUSR | Mode::WUSR),
                _ => continue,
            };
            if found.st_mode & 0o777 != wanted.bits() {
                let close = || -> rustix::io::Result<()> {
                    let file = self.openat(&name, flags)?;
                    rustix::fs::fchmod(&file, wanted)?;
                    rustix::fs::fsync(&file)
                };
                close().map_err(OwnError::looking(&self.path.join(&name)))?;
            }
        }
        rustix::fs::fsync(&self.handle).map_err(OwnError::looking(&self.path))
    }

    /// Copies all that is in it into a folder that is empty; what was written last by name is copied first.
    ///
    /// # Errors
    /// What is not as it has to be; what is gone by the time that it is copied.
    pub fn copy_into(&self, empty: &Self) -> Result<(), OwnError> {
        for name in self.names()?.iter().rev() {
            let gone = || OwnError::looking(&self.path.join(name))(rustix::io::Errno::NOENT);
            let found = self.stat(name)?.ok_or_else(gone)?;
            if kind(&found) == FileKind::Folder {
                let below = self.folder(name)?.ok_or_else(gone)?;
                below.copy_into(&empty.make_folder(&name.to_string_lossy())?)?;
                continue;
            }
            let mut from = self.existing(name, OPEN)?.ok_or_else(gone)?;
            let mut copy = || -> io::Result<()> {
                let mut to = empty.openat(name, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL)?;
                io::copy(&mut from, &mut to).map(drop)
            };
            copy().map_err(|error| {
                OwnError::io(format!("copying `{}`", self.path.join(name).display()), error)
            })?;
        }
        Ok(())
    }

    /// Where something in it is.
    #[must_use]
    pub fn at(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    fn existing(&self, name: &OsStr, flags: OFlags) -> Result<Option<File>, OwnError> {
        let path = self.path.join(name);
        let Some(found) = self.stat(name)? else { return Ok(None) };
        trusted(&found, &path, Rights::FILE, &self.top)?;
        match there(self.openat(name, flags)) {
            Ok(None) => Ok(None),
            Ok(Some(file)) => {
                // what was opened may be another one by now
                let found = rustix::fs::fstat(&file).map_err(OwnError::looking(&path))?;
                trusted(&found, &path, Rights::FILE, &self.top).map(|()| Some(file))
            }
            Err(error) => Err(OwnError::looking(&path)(error)),
        }
    }

    fn openat(&self, name: &OsStr, flags: OFlags) -> rustix::io::Result<File> {
        let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        rustix::fs::openat(&self.handle, name, flags, Mode::RUSR | Mode::WUSR).map(File::from)
    }

    fn stat(&self, name: &OsStr) -> Result<Option<Stat>, OwnError> {
        there(rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW))
            .map_err(OwnError::looking(&self.path.join(name)))
    }
}

fn kind(found: &Stat) -> FileKind {
    rustix::fs::FileType::from_raw_mode(found.st_mode).into()
}

/// `None` for what is not there; everything else that keeps us from it is an error.
fn there<T>(result: rustix::io::Result<T>) -> rustix::io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(rustix::io::Errno::NOENT) => Ok(None),
        Err(error) => Err(error),
    }
}
