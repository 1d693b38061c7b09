//! The doors to the disk. World files and templates are read by a [`Reader`], which the program that embeds a sandbox
//! brings; the folder that keeps a world is ours alone, and nothing in it is reached over a link.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::fs::{AtFlags, Mode, OFlags};

use crate::error::SandboxError;
use crate::template::PatternSteps;

/// No world file and no template is as large as this, in bytes.
const LARGEST: u64 = 64 << 20;
/// A world that was kept is not larger, in bytes.
const LARGEST_KEPT: u64 = 4 << 30;

type ReadFn = dyn Fn(&Path) -> io::Result<Vec<u8>> + Send + Sync;
type ListFn = dyn Fn(&Path) -> Vec<String> + Send + Sync;

/// How world files and templates are read. By itself: any regular file of bounded size, wherever it lies.
#[derive(Clone, Default)]
pub struct Reader {
    read: Option<Arc<ReadFn>>,
    list: Option<Arc<ListFn>>,
    room: Room,
}

impl Reader {
    /// Reads by this function, which decides what may be read.
    pub fn new(read: impl Fn(&Path) -> io::Result<Vec<u8>> + Send + Sync + 'static) -> Self {
        Self { read: Some(Arc::new(read)), ..Self::default() }
    }

    /// The same, with the names of what lies in a folder: what is not there may be meant for one of them.
    #[must_use]
    pub fn listing(self, list: impl Fn(&Path) -> Vec<String> + Send + Sync + 'static) -> Self {
        Self { list: Some(Arc::new(list)), ..self }
    }

    /// The same, for one of several worlds that have this room together.
    #[must_use]
    pub fn within(self, room: &Room) -> Self {
        Self { room: room.clone(), ..self }
    }

    /// Room for so many values of a world and its templates, for as long as this is held.
    pub(crate) fn hold(&self) -> Held {
        Held { room: self.room.clone(), values: 0, begun: 0 }
    }

    /// What matching values against patterns may take, in all worlds that have this room together.
    pub(crate) fn pattern_steps(&self) -> &PatternSteps {
        &self.room.steps
    }

    /// A file's bytes.
    ///
    /// # Errors
    /// What may not be read, and what the system says.
    pub fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if let Some(read) = &self.read {
            return read(path);
        }
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        bounded(File::from(rustix::fs::open(path, flags, Mode::empty())?), LARGEST)
    }

    /// What lies in a folder, as far as anybody may know.
    #[must_use]
    pub fn names(&self, folder: &Path) -> Vec<String> {
        self.list.as_ref().map_or_else(Vec::new, |list| list(folder))
    }

    /// A file's text, of so many bytes at most.
    pub(crate) fn text(&self, path: &Path, most: usize) -> Result<String, NoText> {
        let bytes = self.read(path)?;
        if bytes.len() > most {
            return Err(NoText::TooLarge);
        }
        String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes());
            let before = text.get(..at).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            NoText::Encoding { line, column }
        })
    }
}

/// How many values worlds and their templates may hold together.
#[derive(Clone, Debug)]
pub struct Room {
    values: Arc<AtomicUsize>,
    begun: Arc<AtomicUsize>,
    steps: PatternSteps,
}

impl Room {
    /// So many values of world files and templates at most, in all worlds that have this room together.
    pub const MOST: usize = 1_000_000;
    /// So many values in the templates of what is provisioned in the beginning at most, those of each counted.
    pub const MOST_BEGUN: usize = 2_000_000;
}

impl Default for Room {
    fn default() -> Self {
        let [values, begun] = [Self::MOST, Self::MOST_BEGUN].map(|most| Arc::new(AtomicUsize::new(most)));
        Self { values, begun, steps: PatternSteps::default() }
    }
}

/// What a world has taken of its room, and gives back.
#[derive(Debug)]
pub(crate) struct Held {
    room: Room,
    values: usize,
    begun: usize,
}

impl Held {
    /// Takes more; `None` where there is no room for it.
    pub(crate) fn take(&mut self, values: usize) -> Option<()> {
        let less = |left: usize| left.checked_sub(values);
        self.room.values.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).ok()?;
        self.values += values;
        Some(())
    }

    /// Takes the values of the template of something that is there in the beginning; `None` where there is no room for it.
    pub(crate) fn begin(&mut self, values: usize) -> Option<()> {
        let less = |left: usize| left.checked_sub(values);
        self.room.begun.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).ok()?;
        self.begun += values;
        Some(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.room.values.fetch_add(self.values, Ordering::SeqCst);
        self.room.begun.fetch_add(self.begun, Ordering::SeqCst);
    }
}

/// Why a file is no text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoText {
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is larger than it may be.
    #[error("it is too large")]
    TooLarge,
    /// A byte of it is part of no character; both count from 1.
    #[error("it is not UTF-8")]
    Encoding { line: usize, column: usize },
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

fn bounded(file: File, most: u64) -> io::Result<Vec<u8>> {
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it is larger than {} MiB", most >> 20)));
    }
    Ok(bytes)
}

/// A folder that keeps a world.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    handle: File,
}

impl Folder {
    /// Opens the folder, made where it is missing.
    pub(crate) fn open(path: &Path) -> Result<Folder, SandboxError> {
        use std::os::unix::fs::DirBuilderExt;
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(SandboxError::file(path))?;
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::DIRECTORY | OFlags::NOFOLLOW;
        let handle = rustix::fs::open(path, flags, Mode::empty());
        let handle = File::from(handle.map_err(|error| SandboxError::file(path)(error.into()))?);
        let folder = Folder { path: path.to_owned(), handle };
        folder.trusted(&folder.handle, path, 0o022)?;
        Ok(folder)
    }

    /// Where something in it is, for messages.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// What a file holds, if it is there.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, SandboxError> {
        match self.existing(name, OFlags::RDONLY)? {
            Some(file) => bounded(file, LARGEST_KEPT).map(Some).map_err(SandboxError::file(self.at(name))),
            None => Ok(None),
        }
    }

    /// A file to write to, made where it is missing.
    pub(crate) fn file(&self, name: &str, flags: OFlags) -> Result<File, SandboxError> {
        if let Some(file) = self.existing(name, flags)? {
            return Ok(file);
        }
        let made = self.openat(name, flags | OFlags::CREATE | OFlags::EXCL);
        made.map_err(SandboxError::file(self.at(name)))
    }

    /// Puts a file in place as a whole; it stays open for more.
    pub(crate) fn replace(
        &self,
        name: &str,
        fill: impl FnOnce(&File) -> io::Result<()>,
    ) -> Result<File, SandboxError> {
        self.existing(name, OFlags::RDONLY)?;
        let write = || -> io::Result<File> {
            let partial = format!(".{name}.{}.tmp", random()?);
            let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::EXCL;
            let file = self.openat(&partial, flags)?;
            let filled = fill(&file)
                .and_then(|()| Ok(rustix::fs::renameat(&self.handle, partial.as_str(), &self.handle, name)?));
            if filled.is_err() {
                // the error that is told is why it could not be written
                let _ = rustix::fs::unlinkat(&self.handle, partial.as_str(), AtFlags::empty());
            }
            filled.map(|()| file)
        };
        write().map_err(SandboxError::file(self.at(name)))
    }

    /// Gives a file another name.
    pub(crate) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.handle, from, &self.handle, to)?)
    }

    /// Takes a file away, if it is there.
    pub(crate) fn remove(&self, name: &str) -> Result<(), SandboxError> {
        match rustix::fs::unlinkat(&self.handle, name, AtFlags::empty()) {
            Ok(()) | Err(rustix::io::Errno::NOENT) => Ok(()),
            Err(error) => Err(SandboxError::file(self.at(name))(error.into())),
        }
    }

    fn existing(&self, name: &str, flags: OFlags) -> Result<Option<File>, SandboxError> {
        let path = self.at(name);
        let refused = |reason: &str| SandboxError::Untrusted {
            path: path.clone(),
            reason: reason.to_owned(),
            hint: "look who put it there, and take it away".to_owned(),
        };
        match rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            Err(error) => return Err(SandboxError::file(path)(error.into())),
            Ok(found) => match rustix::fs::FileType::from_raw_mode(found.st_mode) {
                rustix::fs::FileType::RegularFile => {}
                rustix::fs::FileType::Symlink => return Err(refused("it is a symbolic link")),
                _ => return Err(refused("it is not a plain file")),
            },
        }
        let file = self.openat(name, flags).map_err(SandboxError::file(&path))?;
        self.trusted(&file, &path, 0o077)?;
        Ok(Some(file))
    }

    fn openat(&self, name: &str, flags: OFlags) -> io::Result<File> {
        let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        Ok(File::from(rustix::fs::openat(&self.handle, name, flags, Mode::RUSR | Mode::WUSR)?))
    }

    /// Whoever else can write here decides what there is; `others` are the rights that nobody else may have.
    fn trusted(&self, file: &File, path: &Path, others: u32) -> Result<(), SandboxError> {
        let found = file.metadata().map_err(SandboxError::file(path))?;
        let shown = path.display();
        if found.uid() != rustix::process::geteuid().as_raw() {
            return Err(SandboxError::Untrusted {
                path: path.to_owned(),
                reason: format!("it belongs to another user (uid {})", found.uid()),
                hint: format!("run as that user, or take it over: `chown \"$USER\" {shown}`"),
            });
        }
        if found.is_file() && found.nlink() > 1 {
            return Err(SandboxError::Untrusted {
                path: path.to_owned(),
                reason: "it is not a plain file, but a hard link: it has another name somewhere".into(),
                hint: "look who put it there, and take it away; if it is yours: put a copy in its place"
                    .into(),
            });
        }
        if found.mode() & others == 0 {
            return Ok(());
        }
        let (reason, change) = if others == 0o022 {
            ("others can write to it", "-R go=")
        } else {
            ("others can use it, or a checkout brought it along", "go=")
        };
        Err(SandboxError::Untrusted {
            path: path.to_owned(),
            reason: format!("{reason} (mode {:o})", found.mode() & 0o777),
            hint: format!("if it is yours: `chmod {change} {shown}`"),
        })
    }
}

/// A log that the operator names: it is only added to, over no link. A pipe or a device may stand there.
pub(crate) fn append(path: &Path) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOCTTY;
    let own = path.starts_with("/dev") || path.starts_with("/proc/self/fd");
    let safe = if own { OFlags::empty() } else { OFlags::NOFOLLOW | OFlags::NONBLOCK };
    let file = rustix::fs::open(path, flags | safe, Mode::RUSR | Mode::WUSR)?;
    // it was opened without waiting for a reader; from here on a slow one is waited for
    rustix::fs::fcntl_setfl(&file, rustix::fs::fcntl_getfl(&file)?.difference(OFlags::NONBLOCK))?;
    Ok(File::from(file))
}

/// What nobody can know beforehand.
fn random() -> io::Result<String> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
