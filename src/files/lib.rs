//! The doors to the disk. Every file that a repo names is opened through [`Checkout`]: beneath its root, reached over no
//! link that leads out, regular, bounded, never waited for. What the operator names is opened by [`given`], and whatever
//! replaces a file goes through [`replace`]. Folders of ours alone are [`OwnFolder`]s. What a text means is not known here.

mod checkout;
mod error;
mod git_index;
mod given;
mod home;
mod leftovers;
mod log;
mod own;
mod scratch;
mod tracked;
mod trust;
mod walk;
mod write;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

pub use checkout::{Checkout, Entry};
pub use error::{FileError, FileKind};
pub use given::GivenFiles;
pub use home::SettingsHome;
pub use leftovers::sweep;
pub use log::OwnLog;
pub use own::OwnFolder;
pub use scratch::Scratch;
pub use tracked::{Untold, tracked};
pub use trust::OwnError;
pub use write::{WriteTarget, is_partial, random_name, replace};

/// No text that is read is as large as this, in bytes.
pub const LARGEST: u64 = 64 << 20;

/// How everything is opened: it is not waited for, and becomes no terminal of ours.
const OPEN: OFlags = OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

/// How a folder is opened.
const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::DIRECTORY);

/// The folder at a path, links followed.
fn folder(path: &Path) -> Result<File, FileError> {
    Ok(File::from(rustix::fs::open(dotted(path), FOLDER, Mode::empty())?))
}

/// An empty path is where the process is.
fn dotted(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// The whole of a file that is open, if it is regular and not too large.
fn bounded(file: File) -> Result<Vec<u8>, FileError> {
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(FileError::Kind(FileKind::of(found.file_type())));
    }
    if found.len() > LARGEST {
        return Err(FileError::TooLarge);
    }
    all(file)
}

/// Everything until the end, if that comes in time.
fn all(file: File) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(FileError::TooLarge);
    }
    Ok(bytes)
}

/// The canonical path of something, with links resolved.
fn canonical(path: &Path) -> std::io::Result<PathBuf> {
    std::fs::canonicalize(dotted(path))
}
