//! The only file that names sled: opened with care, written durably. Knows keys and values, not what they mean.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use super::layout::{Pair, Writes};
use super::panics;
use super::place::io as failed;
use crate::StateError;
use provisor_files::OwnFolder;

/// sled's one tree, and a second descriptor for what sled leaves out: `fsync`.
#[derive(Debug)]
pub(super) struct Disk {
    /// Taken only when it is dropped.
    db: Option<::sled::Db>,
    file: File,
}

impl Disk {
    pub(super) fn open(place: &OwnFolder, hint: &str) -> Result<Self, StateError> {
        let folder = place.path();
        remove_unfinished(place)?;
        let is_new = !place.has("db")?;
        let config = ::sled::Config::new()
            .path(folder)
            .cache_capacity(64 << 20)
            .flush_every_ms(None)
            .mode(::sled::Mode::LowSpace);
        let mut tries = 1..40;
        let db = loop {
            match panics::catch(|| config.open()) {
                // our own lock is held, so this is a thread of this process that has not quite let go
                Ok(Err(error)) if is_locked(&error) && tries.next().is_some() => {
                    std::thread::sleep(Duration::from_millis(25));
                }
                Ok(opened) => break opened.map_err(|error| failure(error, "opening", folder, hint))?,
                Err(panic) => {
                    return Err(corrupt(format!("`{}` is damaged: {panic}", folder.display()), hint));
                }
            }
        };
        place.keep_private()?;
        let missing = || failed(doing("opening", folder))(io::ErrorKind::NotFound.into());
        let file = place.opened("db")?.ok_or_else(missing)?;
        if is_new {
            // sled leaves its own description of the store to the kernel, and does not open without it
            let conf = place.opened("conf")?.ok_or_else(missing)?;
            conf.sync_all().map_err(failed(doing("writing", folder)))?;
        }
        Ok(Self { db: Some(db), file })
    }

    /// All there is, in the order of the keys.
    pub(super) fn scan(&self, hint: &str) -> Result<Vec<Pair>, StateError> {
        let owned = |(key, value): (::sled::IVec, ::sled::IVec)| (key.to_vec(), value.to_vec());
        let db = self.db().map_err(failed("reading the store"))?;
        let read = || db.iter().map(|entry| entry.map(owned)).collect::<::sled::Result<_>>();
        panics::catch(read)
            .map_err(|panic| corrupt(format!("the store is damaged: {panic}"), hint))?
            .map_err(|error| failure(error, "reading", Path::new("store"), hint))
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        let db = self.db().map_err(failed("reading the store"))?;
        let found = panics::catch(|| db.get(key))
            .map_err(|panic| failed("reading the store")(io::Error::other(panic)))?;
        Ok(found
            .map_err(|error| failure(error, "reading", Path::new("store"), ""))?
            .map(|value| value.to_vec()))
    }

    /// On the disk, all or nothing, when this returns.
    pub(super) fn write(&self, writes: Writes) -> Result<(), StateError> {
        let mut batch = ::sled::Batch::default();
        for (key, value) in writes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        let write = || -> Result<(), io::Error> {
            let db = self.db()?;
            // what is written to a file that somebody has deleted is gone when we are
            if self.file.metadata()?.nlink() == 0 {
                return Err(io::Error::other("its files were deleted while it was open"));
            }
            db.apply_batch(batch)?;
            db.flush()?;
            // sled's flush leaves the file's size to the kernel: a power cut would take everything
            self.file.sync_all()
        };
        panics::catch(write)
            .unwrap_or_else(|panic| Err(io::Error::other(panic)))
            .map_err(failed("writing the store"))
    }

    fn db(&self) -> io::Result<&::sled::Db> {
        self.db.as_ref().ok_or_else(|| io::Error::other("it is closed"))
    }
}

impl Drop for Disk {
    /// sled syncs when it is dropped, and panics where the disk refuses. Whatever was acknowledged is synced already.
    fn drop(&mut self) {
        let db = self.db.take();
        let _ = panics::catch(|| drop(db));
    }
}

/// sled's snapshots: what it could tell from the file of the rows as well, kept so that it opens sooner.
pub(super) fn snapshots(place: &OwnFolder) -> Result<Vec<String>, StateError> {
    let names = place.names()?.into_iter().filter_map(|name| name.into_string().ok());
    Ok(names.filter(|name| name.starts_with("snap.")).collect())
}

/// A snapshot that sled was killed while writing keeps it from opening ever again; its name says it was never used.
fn remove_unfinished(place: &OwnFolder) -> Result<(), StateError> {
    for name in snapshots(place)?.iter().filter(|name| name.ends_with(".generating")) {
        place.remove(name)?;
    }
    Ok(())
}

fn doing(what: &str, path: &Path) -> String {
    format!("{what} `{}`", path.display())
}

fn corrupt(reason: String, hint: &str) -> StateError {
    StateError::Corrupt { reason, hint: hint.to_owned() }
}

/// sled has no error of its own for this.
fn is_locked(error: &::sled::Error) -> bool {
    matches!(error, ::sled::Error::Io(error) if error.to_string().contains("could not acquire lock"))
}

fn failure(error: ::sled::Error, what: &str, folder: &Path, hint: &str) -> StateError {
    match error {
        error if is_locked(&error) => StateError::Locked { holder: "another process".into() },
        ::sled::Error::Io(source) => failed(doing(what, folder))(source),
        ::sled::Error::Corruption { .. } => corrupt(format!("`{}` is damaged", folder.display()), hint),
        error => corrupt(format!("`{}` is damaged: {error}", folder.display()), hint),
    }
}
