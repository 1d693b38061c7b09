//! Files that grow line by line while somebody holds them: what was added is on the disk when that returns, and the kernel gives such a
//! file back when its holder dies.

use std::fs::{File, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};

use super::{OwnError, OwnFolder, bounded};

/// Such a file, held until this is dropped.
#[derive(Debug)]
pub struct OwnLog {
    file: File,
    name: String,
}

impl OwnFolder {
    /// The log of this name, made where it is missing; `None` while somebody else holds it.
    ///
    /// # Errors
    /// Anything but a regular file that is ours alone; what the system says.
    pub fn log(&self, name: &str) -> Result<Option<OwnLog>, OwnError> {
        loop {
            let file = self.file(name)?;
            let Some(log) = self.held(file, name)? else { return Ok(None) };
            // who held it before may have taken it away meanwhile: what is written to it then would be lost
            if log.is_linked().map_err(self.locking(name))? {
                self.synced()?;
                return Ok(Some(log));
            }
        }
    }

    /// The same, where there is one.
    ///
    /// # Errors
    /// As [`Self::log`].
    pub fn log_there(&self, name: &str) -> Result<Option<OwnLog>, OwnError> {
        if !self.has(name)? {
            return Ok(None);
        }
        let Some(log) = self.held(self.file(name)?, name)? else { return Ok(None) };
        Ok(log.is_linked().map_err(self.locking(name))?.then_some(log))
    }

    /// Takes a log away that is held.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove_log(&self, log: OwnLog) -> Result<(), OwnError> {
        let removed = self.remove(&log.name);
        // only now may others have what is no longer there
        drop(log);
        removed
    }

    fn held(&self, file: File, name: &str) -> Result<Option<OwnLog>, OwnError> {
        match file.try_lock() {
            Ok(()) => Ok(Some(OwnLog { file, name: name.to_owned() })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(self.locking(name)(error)),
        }
    }

    fn locking(&self, name: &str) -> impl FnOnce(io::Error) -> OwnError {
        let doing = format!("locking `{}`", self.at(name).display());
        move |error| OwnError::io(doing, error)
    }
}

impl OwnLog {
    /// Its name in its folder.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Adds to its end.
    ///
    /// # Errors
    /// What the system says.
    pub fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        let end = self.file.seek(SeekFrom::End(0))?;
        let added = self.file.write_all(bytes).and_then(|()| self.file.sync_all());
        if added.is_err() {
            // the error that is told is why it could not be added
            let _ = self.file.set_len(end);
        }
        added
    }

    /// All that is in it.
    ///
    /// # Errors
    /// A file that is too large; what the system says.
    pub fn content(&mut self) -> io::Result<Vec<u8>> {
        self.file.rewind()?;
        Ok(bounded(self.file.try_clone()?)?)
    }

    /// Takes away what was being added when its holder died, so that what is added next stands on a line of its own.
    ///
    /// # Errors
    /// What the system says.
    pub fn cut(&mut self, length: usize) -> io::Result<()> {
        self.file.set_len(length as u64)?;
        self.file.sync_all()
    }

    fn is_linked(&self) -> io::Result<bool> {
        Ok(rustix::fs::fstat(&self.file)?.st_nlink > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_held_by_one_and_known_to_be_gone() {
        let dir = tempfile::tempdir().unwrap();
        let folder = OwnFolder::make(&dir.path().join("own")).unwrap();
        assert!(folder.log_there("a").unwrap().is_none() && !folder.has("a").unwrap());
        let mut log = folder.log("a").unwrap().unwrap();
        log.add(b"one\n").unwrap();
        assert!(folder.log("a").unwrap().is_none() && folder.log_there("a").unwrap().is_none());
        assert_eq!(log.content().unwrap(), b"one\n");
        drop(log);
        // opened, and taken away by whoever had it before it was held
        let file = folder.file("a").unwrap();
        let other = folder.log_there("a").unwrap().unwrap();
        folder.remove_log(other).unwrap();
        let late = folder.held(file, "a").unwrap().unwrap();
        assert!(!late.is_linked().unwrap());
        assert!(folder.log("a").unwrap().unwrap().is_linked().unwrap());
    }

    #[test]
    fn what_was_half_added_is_cut_off() {
        let dir = tempfile::tempdir().unwrap();
        let folder = OwnFolder::make(&dir.path().join("own")).unwrap();
        let mut log = folder.log("a").unwrap().unwrap();
        log.add(b"one\ntw").unwrap();
        log.cut(4).unwrap();
        log.add(b"two\n").unwrap();
        assert_eq!(log.content().unwrap(), b"one\ntwo\n");
    }
}
