//! The local store: what is believed when it is opened, what is written by a commit, and in which order. What entries
//! mean is `layout.rs`, what HEAD proves is `head.rs`, what a change may do is `change.rs`, how sled is kept safe `sled.rs`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::files::{self, io};
use super::head::{self, Head, Meta, Verdict};
use super::history::{self, Past};
use super::layout::{self, Contents, Layout, Writes};
use super::ledger::Ledger;
use super::lock::{self, Held, Holder, Lock};
use super::{Disk, Entry, Recorded, Row, StateError, Store, backup, format, key};
use crate::model::ids::{Address, Lineage};
use crate::model::value::{DigestKey, hex};

/// The store in a folder: one process at a time; durable when a commit returns.
#[derive(Debug)]
pub struct SledStore {
    dir: PathBuf,
    disk: Disk,
    ledger: Ledger,
    layout: Layout,
    head: Head,
    key: DigestKey,
    key_was_lost: bool,
    /// Something was committed that no backup has.
    is_ahead: bool,
    /// What made an earlier write fail: what is on disk is known again only after the next open.
    failed: Option<String>,
    // last: given back when sled has let go of its files
    _lock: Held,
}

/// What planning needs of a store, without holding it.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Everything there is.
    pub recorded: Recorded,
    /// The key, unless it is lost.
    pub key: Option<DigestKey>,
}

impl SledStore {
    /// Opens the store in `dir`, and holds its lock until it is dropped.
    ///
    /// # Errors
    /// See [`StateError`]; [`std::io::ErrorKind::NotFound`] if there is no store and none is to be made.
    pub fn open(dir: &Path, lock: Lock) -> Result<Self, StateError> {
        if !exists(dir) {
            if !lock.create {
                let source = std::io::Error::from(std::io::ErrorKind::NotFound);
                return Err(io(format!("opening the state in `{}`", dir.display()))(source));
            }
            files::tighten_dir(dir)?;
        }
        files::state_dir(dir)?;
        let held = lock::take(&dir.join("lock"), &lock.holder)?;
        files::gitignore(dir)?;
        let hint = backup::hint(dir);
        let found = Found::read(dir, &hint)?;
        let head = match found.verdict {
            Verdict::New => Head::born(Lineage::new(hex(&key::random::<16>("naming a new state")?))),
            Verdict::Empty | Verdict::Current | Verdict::HeadBehind => found.head,
        };
        let recorded =
            Recorded { lineage: head.lineage.clone(), serial: head.serial, rows: found.contents.rows };
        // nothing is written before all is believed
        let ledger = Ledger::new(recorded).map_err(|broken| corrupt(broken.to_string(), &hint))?;
        let (key, key_was_lost) = match key::load(dir)? {
            Some(key) => (key, false),
            None => (key::make(dir)?, head.serial > 0),
        };
        if matches!(found.verdict, Verdict::New | Verdict::HeadBehind) {
            write_head(dir, &head)?;
        }
        let (dir, layout) = (dir.to_owned(), found.contents.layout);
        Ok(Self {
            dir,
            disk: found.disk,
            ledger,
            layout,
            head,
            key,
            key_was_lost,
            is_ahead: false,
            failed: None,
            _lock: held,
        })
    }

    /// Reads the store in `dir`, if there is one, and lets go of it again; makes none.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn read(dir: &Path, holder: &Holder) -> Result<Option<Snapshot>, StateError> {
        if !exists(dir) {
            return Ok(None);
        }
        files::trusted_dir(dir)?;
        let _held = lock::take(&dir.join("lock"), holder)?;
        let hint = backup::hint(dir);
        let found = Found::read(dir, &hint)?;
        if found.verdict == Verdict::New {
            return Ok(None);
        }
        let Head { lineage, serial, .. } = found.head;
        let recorded = Recorded { lineage, serial, rows: found.contents.rows };
        recorded.verify().map_err(|broken| corrupt(broken.to_string(), &hint))?;
        Ok(Some(Snapshot { recorded, key: key::load(dir)? }))
    }

    /// Everything there is, as it was committed last.
    #[must_use]
    pub fn recorded(&self) -> &Recorded {
        self.ledger.recorded()
    }

    /// Whether the key had to be made anew: secrets then count as changed once, and saved plans are void.
    #[must_use]
    pub fn key_was_lost(&self) -> bool {
        self.key_was_lost
    }

    /// What became of operations, oldest first; the last [`history::HISTORY_KEPT`].
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn history(&self) -> Result<Vec<Past>, StateError> {
        let hint = "the history tells people what happened; nothing else depends on it";
        let read = |key: &Vec<u8>| {
            let bytes = self.disk.get(key)?.unwrap_or_default();
            format::decode_past(layout::history_serial(key), &bytes)
                .map_err(|reason| reason.of("an entry of the history", hint))
        };
        self.layout.history().map(read).collect()
    }

    /// Writes an export to `backups/`, and keeps the newest [`backup::BACKUPS_KEPT`]. For the end of an apply that moved
    /// the serial.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn backup(&self) -> Result<(), StateError> {
        backup::write(&self.dir, self.recorded())
    }

    /// Puts another state in place of everything; the serial rises above both. A store in which nothing was ever
    /// committed takes over any lineage.
    ///
    /// # Errors
    /// [`StateError::Corrupt`] for a foreign lineage or an older serial; [`StateError::Invalid`]; [`StateError::Io`].
    pub fn replace(&mut self, mut recorded: Recorded) -> Result<u64, StateError> {
        self.usable()?;
        let own = self.recorded();
        let foreign = own.lineage != recorded.lineage;
        if foreign && own.serial > 0 {
            let reason = format!("it is of state {}, the store of {}", recorded.lineage, own.lineage);
            return Err(corrupt(reason, "a new store, in another folder, takes over any state"));
        }
        if recorded.serial < own.serial {
            let reason = format!("it has serial {}, the store {}", recorded.serial, own.serial);
            return Err(corrupt(reason, "`provisor state pull` gives the newest"));
        }
        recorded.serial += 1;
        let differs = |address: &&Address| own.rows.get(*address) != recorded.rows.get(*address);
        // each once: a row that is in both would be added to the sum and taken away again
        let changed: BTreeSet<Address> =
            own.rows.keys().chain(recorded.rows.keys()).filter(differs).cloned().collect();
        let (serial, lineage) = (recorded.serial, recorded.lineage.clone());
        let next = Ledger::new(recorded)?;
        if foreign {
            let head = Head::born(lineage);
            write_head(&self.dir, &head)?;
            self.head = head;
        }
        let before = std::mem::replace(&mut self.ledger, next);
        match self.write(&changed, &[]) {
            Ok(()) => Ok(serial),
            Err(error) => {
                self.ledger = before;
                Err(error)
            }
        }
    }

    /// Brings these rows of the ledger to disk: batch, flush, fsync, HEAD.
    fn write(&mut self, changed: &BTreeSet<Address>, past: &[Past]) -> Result<(), StateError> {
        let recorded = self.ledger.recorded();
        let rows = changed.iter().map(|address| (address, recorded.rows.get(address)));
        let (mut writes, next): (Writes, _) = self.layout.writes(rows, past)?;
        let parts = writes.iter().map(|(key, value)| (key.as_slice(), value.as_deref()));
        let digest = head::chain(&self.head.digest, parts, next.sum);
        let head = Head { lineage: recorded.lineage.clone(), serial: recorded.serial, digest };
        let (previous, rows, sum) = (self.head.digest.clone(), recorded.rows.len(), next.sum.text());
        writes.extend([layout::meta_write(&Meta { head: head.clone(), previous, rows, sum })?]);
        if let Err(error) = self.disk.write(writes).and_then(|()| write_head(&self.dir, &head)) {
            self.failed = Some(error.to_string());
            return Err(error);
        }
        self.layout.advance(next);
        self.head = head;
        self.is_ahead = true;
        Ok(())
    }

    fn usable(&self) -> Result<(), StateError> {
        self.failed.as_ref().map_or(Ok(()), |earlier| {
            Err(io("writing to a state that could not be written before")(std::io::Error::other(
                earlier.clone(),
            )))
        })
    }
}

impl Store for SledStore {
    fn load(&self) -> Result<Recorded, StateError> {
        Ok(self.recorded().clone())
    }

    fn commit(&mut self, changes: &[Entry]) -> Result<u64, StateError> {
        self.usable()?;
        let step = self.ledger.advance(changes)?;
        let recorded = self.ledger.recorded();
        let serial = recorded.serial;
        if changes.is_empty() {
            return Ok(serial);
        }
        let differs = |(address, row): &(&Address, &Option<Row>)| recorded.rows.get(*address) != row.as_ref();
        let changed: BTreeSet<Address> =
            step.before.iter().filter(differs).map(|(address, _)| address.clone()).collect();
        let past = history::past(serial, changes, &step.before);
        match self.write(&changed, &past) {
            Ok(()) => Ok(serial),
            Err(error) => {
                self.ledger.take_back(step);
                Err(error)
            }
        }
    }

    fn recorded(&self) -> &Recorded {
        self.ledger.recorded()
    }

    fn key(&self) -> &DigestKey {
        &self.key
    }

    fn back_up(&mut self) -> Result<(), StateError> {
        if std::mem::take(&mut self.is_ahead) { self.backup() } else { Ok(()) }
    }
}

/// A store that was read and judged, but not yet believed to be of sound content.
struct Found {
    disk: Disk,
    contents: Contents,
    head: Head,
    verdict: Verdict,
}

impl Found {
    fn read(dir: &Path, hint: &str) -> Result<Self, StateError> {
        let head = files::read(&dir.join("HEAD"))?
            .map(|bytes| format::decode_head(&bytes).map_err(|reason| reason.of("`HEAD`", hint)))
            .transpose()?;
        let folder = dir.join("store");
        // sled makes a new store where its file is missing: not in the place of one that was there
        if head.as_ref().is_some_and(|head| head.serial > 0) && !folder.join("db").exists() {
            return Err(corrupt("`HEAD` is there, but `store/db` is missing".into(), hint));
        }
        let disk = Disk::open(&folder, hint)?;
        let contents = Contents::read(disk.scan(hint)?, hint)?;
        let verdict =
            head::judge(head.as_ref(), contents.meta.as_ref()).map_err(|reason| corrupt(reason, hint))?;
        if !contents.is_whole() {
            return Err(corrupt("its rows are not the ones that were written".into(), hint));
        }
        let newest = contents.meta.as_ref().map(|meta| meta.head.clone());
        let head = newest.or(head).unwrap_or_else(|| Head::born(Lineage::new("")));
        Ok(Self { disk, contents, head, verdict })
    }
}

fn exists(dir: &Path) -> bool {
    dir.join("HEAD").exists() || dir.join("store").exists()
}

fn write_head(dir: &Path, head: &Head) -> Result<(), StateError> {
    files::replace(&dir.join("HEAD"), &format::encode_head(head)?)
}

fn corrupt(reason: String, hint: &str) -> StateError {
    StateError::Corrupt { reason, hint: hint.to_owned() }
}
