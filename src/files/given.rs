//! Files that the operator names. They may lie anywhere; but what lies in a checkout may have been put there by others, so
//! that a link in it does not lead out.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use super::error::{FileError, FileKind};
use super::{OPEN, all, bounded, canonical};

/// So many names are looked at for one that may have been meant.
const MOST_BESIDE: usize = 1000;

/// The operator's files, seen from a checkout.
#[derive(Clone, Debug, Default)]
pub struct GivenFiles {
    /// Where the checkout is, with links resolved; `None` if there is none.
    checkout: Option<PathBuf>,
}

impl GivenFiles {
    /// Files named beside a checkout in this folder.
    #[must_use]
    pub fn beside(checkout: &Path) -> Self {
        Self { checkout: canonical(checkout).ok() }
    }

    /// A file's bytes. A descriptor that is open already, such as `/dev/fd/63`, may be a pipe.
    ///
    /// # Errors
    /// Anything but a regular file, one that is too large, a link that leads out of the checkout.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, FileError> {
        if is_descriptor(path) {
            return all(File::open(path)?);
        }
        bounded(self.open(path)?)
    }

    /// The names of what lies in the folder of the checkout where a file would be; none of what lies elsewhere.
    #[must_use]
    pub fn names_beside(&self, path: &Path) -> Vec<String> {
        let folder = || Some(self.checkout.as_ref()?.join(self.inside(path)?.parent()?));
        let entries = folder().and_then(|folder| std::fs::read_dir(folder).ok());
        let names = entries.into_iter().flatten().flatten().map(|entry| entry.file_name());
        names.filter_map(|name| name.into_string().ok()).take(MOST_BESIDE).collect()
    }

    fn open(&self, path: &Path) -> Result<File, FileError> {
        let resolved = self.resolved(path)?;
        let found = std::fs::symlink_metadata(&resolved)?;
        if !found.is_file() {
            return Err(FileError::Kind(FileKind::of(found.file_type())));
        }
        Ok(File::from(rustix::fs::open(&resolved, OPEN | OFlags::NOFOLLOW, Mode::empty())?))
    }

    /// The bytes of a file that trusted settings are.
    ///
    /// # Errors
    /// The same; a file that lies in the checkout.
    pub fn read_outside(&self, path: &Path) -> Result<Vec<u8>, FileError> {
        if self.inside(path).is_none() {
            return self.read(path);
        }
        // what is not there can be changed by nobody
        std::fs::symlink_metadata(path)?;
        Err(FileError::Exposed)
    }

    /// The bytes of a file that holds secrets, and whether others can read it too. An open descriptor is the caller's.
    ///
    /// # Errors
    /// The same; a file that others can write.
    pub fn read_secret(&self, path: &Path) -> Result<(Vec<u8>, bool), FileError> {
        if is_descriptor(path) {
            return Ok((self.read(path)?, false));
        }
        let file = self.open(path)?;
        let found = file.metadata()?;
        let ours = [0, rustix::process::geteuid().as_raw()].contains(&found.uid());
        if found.mode() & 0o022 != 0 || !ours {
            return Err(FileError::Writable);
        }
        Ok((bounded(file)?, found.mode() & 0o044 != 0))
    }

    /// Where in the checkout a path leads to, as far as there is something on it yet; `None`: out of it.
    pub(super) fn inside(&self, path: &Path) -> Option<PathBuf> {
        let checkout = self.checkout.as_ref()?;
        let mut here = if path.has_root() { PathBuf::from("/") } else { canonical(Path::new(".")).ok()? };
        for part in path.components() {
            match part {
                Component::Normal(name) => {
                    here.push(name);
                    here = canonical(&here).unwrap_or(here);
                }
                Component::ParentDir => drop(here.pop()),
                Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
            }
        }
        here.strip_prefix(checkout).ok().map(Path::to_owned)
    }

    /// Where the checkout is.
    pub(super) fn checkout(&self) -> Option<&Path> {
        self.checkout.as_deref()
    }

    /// The path with all links resolved; those that lie in the checkout stay in it.
    pub(super) fn resolved(&self, path: &Path) -> Result<PathBuf, FileError> {
        let mut here = if path.has_root() { PathBuf::from("/") } else { canonical(Path::new("."))? };
        for part in path.components() {
            match part {
                Component::Normal(name) => here = self.below(&here, &here.join(name))?,
                Component::ParentDir => drop(here.pop()),
                Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
            }
        }
        Ok(here)
    }

    fn below(&self, here: &Path, next: &Path) -> Result<PathBuf, FileError> {
        if !std::fs::symlink_metadata(next)?.is_symlink() {
            return Ok(next.to_owned());
        }
        let target = canonical(next)?;
        match &self.checkout {
            Some(checkout) if here.starts_with(checkout) && !target.starts_with(checkout) => {
                Err(FileError::LedOut)
            }
            _ => Ok(target),
        }
    }

    /// The folder in which a path's last component stands, and that component.
    pub(super) fn place(&self, path: &Path) -> Result<(PathBuf, std::ffi::OsString), FileError> {
        let invalid = || FileError::Io(std::io::ErrorKind::InvalidInput.into());
        let name = path.file_name().ok_or_else(invalid)?;
        let parent = path.parent().unwrap_or(Path::new(""));
        Ok((self.resolved(parent)?, name.to_owned()))
    }
}

/// Whether a path stands for a descriptor that this process was given.
pub(super) fn is_descriptor(path: &Path) -> bool {
    let text = path.to_str().unwrap_or_default();
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let below = |folder: &str| text.strip_prefix(folder).is_some_and(number);
    ["/dev/stdin", "/dev/stdout", "/dev/stderr"].contains(&text)
        || below("/dev/fd/")
        || below("/proc/self/fd/")
}
