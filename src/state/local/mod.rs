//! The local store: what is believed when it is opened, what is written by a commit, and in which order. What entries
//! mean is `layout.rs`, what HEAD proves is `head.rs`, how sled is kept safe `sled.rs`. What a commit does to rows is
//! decided in `state/`, as for every store; the serial is this one's alone.

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::sync::Arc;

mod backup;
mod beside;
mod documents;
mod head;
mod key;
mod layout;
mod lock;
mod opened;
mod panics;
mod place;
mod previews;
mod recover;
mod replace;
mod rewrite;
mod sled;

use self::head::{Agreement, Head, HeadFile, Meta};
use self::layout::{Layout, Stands, Writes};
use self::lock::Held;
use self::opened::{Opened, StoreFiles, exists, is_unborn, not_behind, open_anew, tidy, write_head};
use self::place::io;
use self::sled::Disk;
use super::format::VERSION;
use super::history::{self, Stamp};
use super::past::Past;
use super::{Author, Group, Recorded, StateError, Store, Written};
use provisor_files::OwnFolder;
use provisor_model::ids::{Address, Lineage};
use provisor_model::secret::{DigestKey, Secret, hex};
use provisor_model::time::Timestamp;

pub use self::backup::{BACKUPS_KEPT, Backup};
pub use self::beside::Snapshot;
pub use self::layout::HISTORY_KEPT;
pub use self::lock::{Holder, Lock, LockPatience};
pub use self::place::{holds_state, judge_state, keep_out_of_git, stranger};
pub use self::previews::PreviewFolder;
pub use self::recover::{Damage, Taken};

/// How many tombstones are kept. Above that, those from before this process go first, then the oldest.
pub const TOMBSTONES_KEPT: usize = 10_000;

/// The store in a folder: one process at a time; durable when a commit returns.
#[derive(Debug)]
pub struct SledStore {
    place: OwnFolder,
    disk: Disk,
    recorded: Recorded,
    layout: Layout,
    file: HeadFile,
    key: DigestKey,
    by: Option<Arc<Author>>,
    /// When its holder's command began.
    since: Timestamp,
    /// Where tombstones stand, in the order in which they may go.
    buried: VecDeque<Address>,
    /// Texts that a commit took out because they are sensitive by now: the files still hold them.
    told: BTreeSet<Secret>,
    /// Something was committed that no backup has.
    is_ahead: bool,
    /// What made an earlier write fail: what is on disk is known again only after the next open.
    failed: Option<String>,
    // last: given back when sled has let go of its files
    _lock: Held,
}

impl SledStore {
    /// Opens the store in `dir`, and holds its lock until it is dropped. One that an earlier format wrote is written anew, and
    /// so is one whose files may still tell what became sensitive, because somebody died before that was done.
    ///
    /// # Errors
    /// See [`StateError`]; [`std::io::ErrorKind::NotFound`] if there is no store and none is to be made.
    pub fn open(dir: &Path, lock: Lock) -> Result<Self, StateError> {
        let found = place::find(dir)?;
        let is_there = found.as_ref().map_or(Ok(false), exists)?;
        if !is_there && !lock.create {
            let source = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(io(format!("opening the state in `{}`", dir.display()))(source));
        }
        let place = found.map_or_else(|| place::make(dir), Ok)?;
        let held = lock::take(&place, &lock)?;
        place.remove_partial(|name| ["HEAD", "key"].contains(&name))?;
        backup::tidy(&place)?;
        place::gitignore(&place)?;
        let (hint, backup) = (recover::HINT, backup::newest(&place)?);
        if !exists(&place)? || is_unborn(&place, &StoreFiles::read(&place, hint)?)? {
            // before a new one is begun
            not_behind(backup, 0, hint)?;
        }
        let mut opened = Opened::read(&place, hint)?;
        not_behind(backup, opened.file.head.serial, hint)?;
        if opened.agreement == Agreement::New {
            let lineage = Lineage::new(hex(&key::random::<16>("naming a new state")?));
            opened.file.head = Head::born(lineage);
        }
        // nothing is written before all is believed
        let recorded = opened.recorded(hint)?;
        let key = key::of(&place, &opened.file)?.map_or_else(|| key::make(&place), Ok)?;
        opened.file.key = Some(key::mark(&key));
        if opened.file.format < VERSION || opened.file.telling {
            opened = open_anew(&place, opened, &recorded, hint)?;
        } else if matches!(opened.agreement, Agreement::New | Agreement::HeadBehind) {
            write_head(&place, &opened.file)?;
        }
        if opened.agreement != Agreement::New {
            tidy(&place, &opened.file.folder)?;
        }
        let Opened { disk, contents, file, .. } = opened;
        let (by, buried) = (lock.by.map(Arc::new), recorded.tombstones.keys().cloned().collect());
        Ok(Self {
            place,
            disk,
            recorded,
            layout: contents.layout,
            file,
            key,
            by,
            since: lock.holder.since,
            buried,
            told: BTreeSet::new(),
            is_ahead: false,
            failed: None,
            _lock: held,
        })
    }

    /// The backups in `dir`, oldest first, whatever became of the store.
    ///
    /// # Errors
    /// See [`StateError`]; what is wrong with a backup stands in it.
    pub fn backups(dir: &Path) -> Result<Vec<Backup>, StateError> {
        place::find(dir)?.map_or_else(|| Ok(Vec::new()), |place| backup::all(&place))
    }

    /// Writes an export to `backups/`, and keeps the newest [`BACKUPS_KEPT`]. For the end of an apply that moved the
    /// serial.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn backup(&self) -> Result<(), StateError> {
        backup::write(&self.place, &self.recorded)
    }

    /// The backups that hold a text which was taken out since this was asked last.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn telling_backups(&mut self) -> Result<Vec<String>, StateError> {
        let told = std::mem::take(&mut self.told);
        backup::holding(&self.place, &told)
    }

    /// Takes the oldest tombstones away that are too many; says where they stood.
    fn clear_tombstones(&mut self) -> Vec<(Address, super::Tombstone)> {
        let mut cleared = Vec::new();
        while self.recorded.tombstones.len() > TOMBSTONES_KEPT {
            let Some(address) = self.buried.pop_front() else { break };
            cleared.extend(self.recorded.tombstones.remove_entry(&address));
        }
        cleared
    }

    /// Brings what stands at these addresses to disk: batch, flush, fsync, HEAD.
    fn write(&mut self, changed: &BTreeSet<Address>, past: &[Past]) -> Result<(), StateError> {
        let recorded = &self.recorded;
        let (mut writes, next): (Writes, _) =
            self.layout.writes(changed.iter().map(|address| stands(recorded, address)), past)?;
        let parts = writes.iter().map(|(key, value)| (key.as_slice(), value.as_deref()));
        let before = &self.file.head;
        let digest = head::chain(&before.digest, parts, next.sum);
        let head = Head { lineage: recorded.lineage.clone(), serial: recorded.serial, digest };
        let (previous, rows) = (before.digest.clone(), next.count(&self.layout));
        let meta = Meta { head: head.clone(), previous, rows, sum: next.sum.text() };
        writes.extend([layout::meta_write(&meta)?]);
        let file = HeadFile { head, ..self.file.clone() };
        if let Err(error) = self.disk.write(writes).and_then(|()| write_head(&self.place, &file)) {
            self.failed = Some(error.to_string());
            return Err(error);
        }
        self.layout.advance(next);
        self.file = file;
        self.is_ahead = true;
        Ok(())
    }

    /// Who writes the commit that is being made.
    fn stamp(&self) -> Stamp {
        Stamp { serial: self.recorded.serial, by: self.by.clone(), at: self.since }
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
    fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    fn commit(&mut self, groups: &[Group]) -> Result<Vec<Written>, StateError> {
        self.usable()?;
        let commit = self.recorded.commit(groups, self.by.as_ref())?;
        if commit.before.is_empty() {
            return Ok(commit.answers);
        }
        self.recorded.serial += 1;
        let held = groups.iter().zip(&commit.answers).filter(|(_, answer)| answer.is_ok());
        let past = history::past(&self.stamp(), held.map(|(group, _)| group), &commit.before);
        let fresh = commit.before.keys().filter(|address| self.recorded.tombstones.contains_key(*address));
        self.buried.extend(fresh.cloned());
        let cleared = self.clear_tombstones();
        let changed = commit.before.keys().chain(cleared.iter().map(|(address, _)| address));
        let changed: BTreeSet<Address> = changed.cloned().collect();
        let before =
            commit.before.iter().filter_map(|(address, standing)| Some((address, standing.row.as_ref()?)));
        let told = rewrite::taken_out(before, &self.recorded);
        let telling = if told.is_empty() { Ok(()) } else { self.tell() };
        match telling.and_then(|()| self.write(&changed, &past)) {
            Ok(()) => {
                self.told.extend(told);
                Ok(commit.answers)
            }
            Err(error) => {
                self.recorded.tombstones.extend(cleared);
                self.recorded.take_back(commit.before);
                self.recorded.serial -= 1;
                Err(error)
            }
        }
    }

    fn key(&self) -> &DigestKey {
        &self.key
    }

    fn past(&self) -> Result<Vec<Past>, StateError> {
        history_of(&self.disk, &self.layout)
    }

    fn back_up(&mut self) -> Result<Vec<String>, StateError> {
        self.leave_nothing()?;
        if std::mem::take(&mut self.is_ahead) {
            self.backup()?;
        }
        self.telling_backups()
    }
}

fn history_of(disk: &Disk, layout: &Layout) -> Result<Vec<Past>, StateError> {
    let hint = "the history tells people what happened; nothing else depends on it";
    let read = |key: &Vec<u8>| {
        let bytes = disk.get(key)?.unwrap_or_default();
        documents::decode_past(layout::history_serial(key), &bytes)
            .map_err(|reason| reason.of("an entry of the history", hint))
    };
    layout.history().map(read).collect()
}

fn stands<'a>(recorded: &'a Recorded, address: &'a Address) -> Stands<'a> {
    Stands { address, row: recorded.rows.get(address), tombstone: recorded.tombstones.get(address) }
}

fn corrupt(reason: String, hint: &str) -> StateError {
    StateError::Corrupt { reason, hint: hint.to_owned() }
}
