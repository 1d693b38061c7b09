//! Folders for a moment, outside the repo: each is held by whoever made it, so that what a killed run left can be taken away.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::Mode;

use super::{OwnError, OwnFolder, write};

/// What such folders are called for.
const PREFIX: &str = ".provisor.";
/// The folder for temporary files may hold anything; so much of it is looked through.
const LOOKED_AT: usize = 10_000;
/// A folder that was just made may not be held yet.
const YOUNG: Duration = Duration::from_secs(60);

/// A folder of ours for a moment: it goes, with all that is in it, when it is dropped.
#[derive(Debug)]
pub struct Scratch {
    /// The folder.
    pub folder: OwnFolder,
    path: PathBuf,
}

impl Scratch {
    /// Makes one below a folder for temporary files, under a name that nobody can foretell, and takes away what runs that were
    /// killed have left there.
    ///
    /// # Errors
    /// What the system says.
    pub fn below(parent: &Path) -> Result<Self, OwnError> {
        sweep(parent);
        let make = || -> io::Result<PathBuf> {
            let path = parent.join(write::random_name("provisor".as_ref())?);
            rustix::fs::mkdir(&path, Mode::RWXU)?;
            Ok(path)
        };
        let making = || format!("making a folder in `{}`", parent.display());
        let path = make().map_err(|error| OwnError::io(making(), error))?;
        let gone = || OwnError::io(making(), io::ErrorKind::NotFound.into());
        let folder = OwnFolder::find(&path)?.ok_or_else(gone)?;
        folder.claimed().map_err(|error| OwnError::io(making(), error))?;
        Ok(Self { folder, path })
    }
}

impl Drop for Scratch {
    /// What cannot be taken away stays, in a folder that is ours alone.
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// What cannot be looked at or taken away is not ours to mend.
fn sweep(parent: &Path) {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    for entry in entries.take(LOOKED_AT) {
        let name = entry.file_name();
        let is_named = name.to_string_lossy().starts_with(PREFIX) && name.to_string_lossy().ends_with(".tmp");
        if is_named && is_left(&entry).unwrap_or(false) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether it is a folder of ours that nobody holds any more.
fn is_left(entry: &std::fs::DirEntry) -> Option<bool> {
    let made = entry.metadata().ok()?.modified().ok()?;
    if made.elapsed().ok()? < YOUNG {
        return Some(false);
    }
    OwnFolder::find(&entry.path()).ok()??.claimed().ok()
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::SystemTime;

    use super::*;

    fn aged(path: &Path) {
        File::open(path).unwrap().set_modified(SystemTime::now() - YOUNG * 2).unwrap();
    }

    #[test]
    fn what_nobody_holds_is_taken_away_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let held = Scratch::below(parent.path()).unwrap();
        let left = Scratch::below(parent.path()).unwrap().path.clone();
        rustix::fs::mkdir(&left, Mode::RWXU).unwrap();
        std::fs::write(left.join("row"), "text").unwrap();
        let young = parent.path().join(".provisor.young.tmp");
        rustix::fs::mkdir(&young, Mode::RWXU).unwrap();
        let other = parent.path().join("provisor.tmp");
        rustix::fs::mkdir(&other, Mode::RWXU).unwrap();
        let link = parent.path().join(".provisor.link.tmp");
        std::os::unix::fs::symlink(&other, &link).unwrap();
        for old in [&held.path, &left, &other] {
            aged(old);
        }
        let next = Scratch::below(parent.path()).unwrap();
        assert!(!left.exists());
        for there in [&held.path, &young, &other, &link, &next.path] {
            assert!(there.exists(), "{}", there.display());
        }
    }
}
