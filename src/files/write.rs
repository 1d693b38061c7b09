//! Writing a file so that it is whole or not there: under a name that nobody can foretell, exclusively, then renamed; and
//! only in the place of what is ours.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags};

use super::error::{FileError, FileKind};
use super::given::{GivenFiles, is_descriptor};
use super::{FOLDER, OPEN, bounded};

/// Where the operator wants something written.
#[derive(Debug)]
pub struct WriteTarget {
    /// The folder.
    folder: File,
    /// The name in it.
    name: std::ffi::OsString,
    /// What is there already: nothing, a file, or something that can only be written to in place.
    found: Option<FileKind>,
    /// An open descriptor, by its path.
    descriptor: Option<std::path::PathBuf>,
}

impl WriteTarget {
    /// Looks at what stands in the place of this path. Parents may be links, unless they lie in the checkout.
    ///
    /// # Errors
    /// A link as last component, a folder, a folder that is not there.
    pub fn at(path: &Path, given: &GivenFiles) -> Result<Self, FileError> {
        if is_descriptor(path) {
            let folder = super::folder(Path::new("/"))?;
            let descriptor = Some(path.to_owned());
            return Ok(Self { folder, name: "".into(), found: Some(FileKind::Pipe), descriptor });
        }
        let (parent, name) = given.place(path)?;
        let folder = File::from(rustix::fs::open(&parent, FOLDER | OFlags::NOFOLLOW, Mode::empty())?);
        let found = kind(&folder, &name)?;
        match found {
            Some(kind @ (FileKind::Link | FileKind::Folder | FileKind::Socket | FileKind::Disk)) => {
                Err(FileError::Kind(kind))
            }
            found => Ok(Self { folder, name, found, descriptor: None }),
        }
    }

    /// What a regular file there holds; nothing where there is none.
    ///
    /// # Errors
    /// What is no regular file, or cannot be read.
    pub fn content(&self) -> Result<Vec<u8>, FileError> {
        match self.found {
            None => Ok(Vec::new()),
            Some(FileKind::Regular) => bounded(self.opened(OPEN)?),
            Some(kind) => Err(FileError::Kind(kind)),
        }
    }

    /// How a regular file there begins; nothing where there is none.
    ///
    /// # Errors
    /// What is no regular file, or cannot be read.
    pub fn beginning(&self, bytes: u64) -> Result<Vec<u8>, FileError> {
        let mut begins = Vec::new();
        match self.found {
            None => {}
            Some(FileKind::Regular) => {
                self.opened(OPEN)?.take(bytes).read_to_end(&mut begins)?;
            }
            Some(kind) => return Err(FileError::Kind(kind)),
        }
        Ok(begins)
    }

    /// Whether it can be written to in place only: an open descriptor, a pipe or a device.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        matches!(self.found, Some(FileKind::Pipe | FileKind::Device))
    }

    /// Writes into a pipe, a device or an open descriptor.
    ///
    /// # Errors
    /// What the system says; a pipe that nobody reads.
    pub fn stream(&self, bytes: &[u8]) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
        let file = match &self.descriptor {
            Some(path) => rustix::fs::open(path, flags.difference(OFlags::NONBLOCK), Mode::empty())?,
            None => rustix::fs::openat(&self.folder, &self.name, flags | OFlags::NOFOLLOW, Mode::empty())?,
        };
        // it was opened without waiting for a reader; from here on a slow one is waited for
        let now = rustix::fs::fcntl_getfl(&file)?;
        rustix::fs::fcntl_setfl(&file, now.difference(OFlags::NONBLOCK))?;
        File::from(file).write_all(bytes)
    }

    /// Adds to a regular file, made for its owner alone where it is missing.
    ///
    /// # Errors
    /// Anything else in its place; what the system says.
    pub fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.opened(OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::NONBLOCK)?;
        let found = file.metadata()?;
        if !found.is_file() {
            return Err(FileError::Kind(FileKind::of(found.file_type())).into());
        }
        file.write_all(bytes)
    }

    /// Makes a file where there is none, for all whom the process lets read it: whole, or not at all.
    ///
    /// # Errors
    /// Anything in its place; what the system says.
    pub fn create(&self, bytes: &[u8]) -> io::Result<()> {
        let partial = random_name(&self.name)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.folder, &partial, flags, Mode::from_raw_mode(0o666))?;
        let file = File::from(file);
        // a link is made only where there is nothing
        let made = fill(&file, bytes).and_then(|()| {
            let (from, to) = (&self.folder, &self.folder);
            Ok(rustix::fs::linkat(from, &partial, to, &self.name, AtFlags::empty())?)
        });
        // the error that is told is why it could not be written
        let _ = rustix::fs::unlinkat(&self.folder, &partial, AtFlags::empty());
        made?;
        self.folder.sync_all()
    }

    /// Takes a file away.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove(&self) -> io::Result<()> {
        rustix::fs::unlinkat(&self.folder, &self.name, AtFlags::empty())?;
        self.folder.sync_all()
    }

    fn opened(&self, flags: OFlags) -> io::Result<File> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
        Ok(File::from(rustix::fs::openat(&self.folder, &self.name, flags, Mode::RUSR | Mode::WUSR)?))
    }

    /// Puts a regular file in place.
    ///
    /// # Errors
    /// What the system says.
    pub fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        replace(&self.folder, &self.name, bytes)
    }
}

impl WriteTarget {
    /// Puts another text in the place of a regular file, for all whom it is for.
    ///
    /// # Errors
    /// What the system says.
    pub fn amend(&self, bytes: &[u8]) -> io::Result<()> {
        let mode = self.opened(OPEN)?.metadata()?.permissions();
        self.replace(bytes)?;
        self.opened(OPEN)?.set_permissions(mode)
    }
}

/// Puts a file into an open folder: whole, ours alone, and on the disk when this returns.
///
/// # Errors
/// Anything but a regular file in its place; what the system says.
pub fn replace(folder: &File, name: &OsStr, bytes: &[u8]) -> io::Result<()> {
    let partial = random_name(name)?;
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::openat(folder, &partial, flags, Mode::RUSR | Mode::WUSR)?;
    let file = File::from(file);
    let written = fill(&file, bytes).and_then(|()| match kind(folder, name)? {
        None | Some(FileKind::Regular) => Ok(rustix::fs::renameat(folder, &partial, folder, name)?),
        Some(kind) => Err(FileError::Kind(kind).into()),
    });
    if written.is_err() {
        // the error that is told is why it could not be written
        let _ = rustix::fs::unlinkat(folder, &partial, AtFlags::empty());
    }
    written?;
    folder.sync_all()
}

/// Whoever holds a file that is half written is alive. A system without such locks tells nobody.
fn fill(file: &File, bytes: &[u8]) -> io::Result<()> {
    let _ = rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive);
    let mut file = file;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A name that nobody can know beforehand, hidden beside the one it is for.
///
/// # Errors
/// A system without random bytes.
pub fn random_name(name: &OsStr) -> io::Result<std::ffi::OsString> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    let mut hidden = std::ffi::OsString::from(".");
    // a name may have 255 bytes
    hidden.push(name.to_string_lossy().chars().take(40).collect::<String>());
    hidden.push(".");
    hidden.push(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    hidden.push(".tmp");
    Ok(hidden)
}

/// What a file that was left behind half written was to replace, by its name.
pub(super) fn partial_of(name: &str) -> Option<&str> {
    let (of, random) = name.strip_prefix('.')?.strip_suffix(".tmp")?.rsplit_once('.')?;
    let is_random = random.len() == 24 && random.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_random.then_some(of)
}

/// Whether something is what was left behind half written.
#[must_use]
pub fn is_partial(name: &str) -> bool {
    partial_of(name).is_some()
}

/// What is there under a name.
fn kind(folder: impl AsFd, name: &OsStr) -> io::Result<Option<FileKind>> {
    match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(found) => Ok(Some(rustix::fs::FileType::from_raw_mode(found.st_mode).into())),
        Err(rustix::io::Errno::NOENT) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
