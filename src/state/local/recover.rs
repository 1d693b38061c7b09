//! A state that cannot be trusted as it is: what of it can, and how that is put in force. What it was is kept beside.

use std::path::Path;

use super::backup::{self, Backup};
use super::documents::{FIRST_FOLDER, decode_head, folder_number};
use super::head::{Head, HeadFile};
use super::layout::{Contents, Layout};
use super::opened::{Old, files_are_plain, of_original, tidy};
use super::place::{DAMAGED, HEAD, store_folders};
use super::sled::Disk;
use super::{Lock, SledStore, key, lock, place};
use crate::format::{Undecodable, VERSION};
use crate::{Recorded, StateError};
use provisor_files::{OwnFolder, Scratch};
use provisor_model::ids::Lineage;
use provisor_model::time::Timestamp;

/// What to do about a state that cannot be trusted.
pub(super) const HINT: &str =
    "`provisor state recover` says what of it can be saved, and asks before it writes";

/// More than a run writes to one row: a row of an older state gets a version that nobody has read.
const UNREAD: u64 = 1_000;

/// What is wrong with a state, and what of it can be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// What was found, one finding each.
    pub found: Vec<String>,
    /// What would be taken; `None`: nothing is left that can be.
    pub taken: Option<Taken>,
    /// The highest serial that anything tells of.
    pub newest: u64,
    /// Whether commits may be lost of which nothing tells.
    pub may_be_older: bool,
    /// The key is gone: every secret counts as changed once, and saved plans are void.
    pub key_is_lost: bool,
}

/// Something that proves itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Where it is, in the state's folder.
    pub file: String,
    /// The state.
    pub recorded: Recorded,
    /// It is a store's folder, no backup.
    is_store: bool,
}

impl SledStore {
    /// What is wrong with the state in `dir`; `None` where it is sound. Nothing in it is written.
    ///
    /// # Errors
    /// [`StateError::Newer`]; a state that is locked, that others could have written, or that cannot be looked at.
    pub fn examine(dir: &Path, scratch: &Path) -> Result<Option<Damage>, StateError> {
        let Some(place) = place::find(dir)? else { return Ok(None) };
        match Self::read(dir, scratch) {
            // sound, or a state that was never begun
            Ok(_) => return Ok(None),
            Err(StateError::Corrupt { .. }) => {}
            Err(error) => return Err(error),
        }
        let remains = Remains::of(&place, scratch)?;
        let mut damage = remains.damage();
        if let Some(found) = remains.wrong_key(&place, damage.newest) {
            damage.key_is_lost = true;
            damage.found.push(found.to_owned());
        }
        Ok(Some(damage))
    }

    /// Puts in force what [`Self::examine`] found, if that is still what there is. What was there is copied aside before: gives
    /// the name of the folder that it is in.
    ///
    /// # Errors
    /// See [`Self::examine`].
    pub fn recover(dir: &Path, lock: &Lock, seen: &Damage, scratch: &Path) -> Result<String, StateError> {
        let place = place::make(dir)?;
        let _held = lock::take(&place, lock)?;
        let remains = Remains::of(&place, scratch)?;
        if remains.damage().taken != seen.taken {
            let reason = "somebody has changed it meanwhile".to_owned();
            return Err(StateError::Corrupt { reason, hint: HINT.to_owned() });
        }
        let aside = remains.copy_aside(&place, lock.holder.since)?;
        let kept = if seen.key_is_lost { None } else { key::read(&place)? };
        let key = kept.map_or_else(|| key::make(&place), Ok)?;
        match &seen.taken {
            Some(taken) => remains.put_in_force(&place, taken, seen, key::mark(&key))?,
            None => {
                if place.has(HEAD)? {
                    place.remove(HEAD)?;
                }
                tidy(&place, "")?;
                // a new state is older than they are
                backup::put_aside(&place, &place.make_folder(&aside)?)?;
            }
        }
        Ok(aside)
    }
}

/// A copy of a store that proves itself.
struct Salvaged {
    disk: Disk,
    layout: Layout,
    recorded: Recorded,
}

/// All there is in a state's folder, each thing judged for itself.
struct Remains {
    head: Result<Option<HeadFile>, String>,
    /// The store folders, by their names.
    stores: Vec<(String, Result<Salvaged, String>)>,
    backups: Vec<Backup>,
    // let go of after the copies in it
    scratch: Scratch,
}

impl Remains {
    fn of(place: &OwnFolder, scratch: &Path) -> Result<Self, StateError> {
        let scratch = Scratch::below(scratch)?;
        let head = match place.read(HEAD)?.map(|bytes| decode_head(&bytes)) {
            None => Ok(None),
            Some(Ok(file)) => Ok(Some(file)),
            Some(Err(Undecodable::Newer(found))) => return Err(StateError::Newer { found, known: VERSION }),
            Some(Err(Undecodable::Wrong(reason))) => Err(reason),
        };
        let mut stores = Vec::new();
        for name in store_folders(place)? {
            let found = match salvage(place, &name, &scratch) {
                Ok(salvaged) => Ok(salvaged),
                Err(StateError::Corrupt { reason, .. }) => Err(reason),
                Err(StateError::Invalid { address, reason }) => Err(format!("`{address}`: {reason}")),
                Err(error) => return Err(error),
            };
            stores.push((name, found));
        }
        Ok(Self { head, stores, backups: backup::all(place)?, scratch })
    }

    fn damage(&self) -> Damage {
        let candidates = self.candidates();
        let lineage = self.lineage(&candidates);
        let of_lineage = |recorded: &Recorded| lineage.as_ref() == Some(&recorded.lineage);
        let heads = self.head.as_ref().ok().and_then(Option::as_ref).map(|file| &file.head);
        let head = heads.filter(|head| lineage.as_ref() == Some(&head.lineage)).map(|head| head.serial);
        let ours: Vec<&Taken> = candidates.iter().filter(|one| of_lineage(&one.recorded)).collect();
        // a backup that cannot be read tells its serial all the same
        let told = self.backups.iter().map(|backup| backup.serial).chain(head);
        let newest = ours.iter().map(|one| one.recorded.serial).chain(told).max().unwrap_or(0);
        let taken = ours.into_iter().max_by_key(|one| (one.recorded.serial, one.is_store)).cloned();
        Damage { found: self.found(), taken, newest, may_be_older: head.is_none(), key_is_lost: false }
    }

    /// What proves itself, oldest first.
    fn candidates(&self) -> Vec<Taken> {
        let backups = self.backups.iter().filter_map(|backup| {
            let recorded = backup.found.as_ref().ok()?.clone();
            Some(Taken { file: format!("backups/{}.json", backup.serial), recorded, is_store: false })
        });
        let stores = self.stores.iter().filter_map(|(name, found)| {
            let recorded = found.as_ref().ok()?.recorded.clone();
            Some(Taken { file: name.clone(), recorded, is_store: true })
        });
        backups.chain(stores).collect()
    }

    /// Which state it is: the one that `HEAD` names, if anything of it is left, else that of the newest.
    fn lineage(&self, candidates: &[Taken]) -> Option<Lineage> {
        let head = self.head.as_ref().ok().and_then(Option::as_ref).map(|file| &file.head.lineage);
        let is_left = |lineage: &&Lineage| candidates.iter().any(|one| one.recorded.lineage == **lineage);
        let newest = candidates.iter().max_by_key(|one| one.recorded.serial);
        head.filter(is_left).or(newest.map(|one| &one.recorded.lineage)).cloned()
    }

    /// What is wrong with the key, if anything is. A `HEAD` that is not this state's says nothing of its key.
    fn wrong_key(&self, place: &OwnFolder, newest: u64) -> Option<&'static str> {
        let lineage = self.lineage(&self.candidates());
        let head = self.head.as_ref().ok().and_then(Option::as_ref);
        let head = head.filter(|file| lineage.as_ref() == Some(&file.head.lineage));
        match key::read(place) {
            Ok(Some(key)) if head.is_none_or(|file| key::fits(&key, file)) => None,
            Ok(Some(_)) => Some("`key` is another one than this state was written with"),
            _ if newest > 0 => Some("`key` is missing or damaged"),
            _ => None,
        }
    }

    fn found(&self) -> Vec<String> {
        let mut found = vec![match &self.head {
            Ok(Some(file)) => {
                format!("`HEAD` is of state {}, at serial {}", file.head.lineage, file.head.serial)
            }
            Ok(None) => "`HEAD` is missing".to_owned(),
            Err(reason) => format!("`HEAD` is damaged: {reason}"),
        }];
        if self.stores.is_empty() {
            found.push(format!("`{FIRST_FOLDER}` is missing"));
        }
        found.extend(self.stores.iter().map(|(name, store)| match store {
            Ok(store) => format!(
                "`{name}` is whole: it is of state {}, at serial {}",
                store.recorded.lineage, store.recorded.serial
            ),
            Err(reason) => format!("`{name}` is damaged: {reason}"),
        }));
        let (good, bad): (Vec<_>, Vec<_>) = self.backups.iter().partition(|backup| backup.found.is_ok());
        found.push(match good.last() {
            Some(newest) => format!("the newest backup is of serial {}", newest.serial),
            None => "there is no backup".to_owned(),
        });
        found.extend(bad.iter().map(|backup| format!("`backups/{}.json` is damaged", backup.serial)));
        found
    }

    /// Copies `HEAD`, the key and the stores to a folder that is never taken away.
    fn copy_aside(&self, place: &OwnFolder, now: Timestamp) -> Result<String, StateError> {
        let second = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ");
        let mut name = format!("{DAMAGED}{second}");
        while place.has(&name)? {
            name.push('+');
        }
        let folder = place.make_folder(&name)?;
        for file in [HEAD, "key"] {
            if let Some(bytes) = place.read(file)? {
                folder.replace(file, &bytes)?;
            }
        }
        for (store, _) in &self.stores {
            if let Some(from) = place.folder(store)? {
                let to = folder.make_folder(store)?;
                from.copy_into(&to)?;
                to.keep_private()?;
            }
        }
        Ok(name)
    }

    /// Writes it anew, beside what there is; the rename of `HEAD` puts it in force.
    fn put_in_force(
        &self,
        place: &OwnFolder,
        taken: &Taken,
        seen: &Damage,
        key: String,
    ) -> Result<(), StateError> {
        let mut recorded = taken.recorded.clone();
        if seen.may_be_older || recorded.serial < seen.newest {
            recorded.rows.values_mut().for_each(|row| row.version.n += UNREAD);
            recorded.tombstones.values_mut().for_each(|stone| stone.version.n += UNREAD);
        }
        recorded.serial = seen.newest + 1;
        let numbers = self.stores.iter().filter_map(|(name, _)| Some((folder_number(name)?, name)));
        let folder = numbers.max().map_or(FIRST_FOLDER, |(_, name)| name).to_owned();
        let head = Head { serial: recorded.serial, ..Head::born(recorded.lineage.clone()) };
        let file = HeadFile { head, folder, format: VERSION, telling: false, key: Some(key) };
        let salvaged = self.stores.iter().find(|(name, _)| taken.is_store && *name == taken.file);
        let anew = match salvaged {
            Some((_, Ok(store))) => {
                Old { disk: &store.disk, layout: &store.layout, file: &file }.anew(place, &recorded, HINT)?
            }
            _ => {
                // a backup has no history
                let disk = Disk::open(&self.scratch.folder.make_folder("empty")?, HINT)?;
                Old { disk: &disk, layout: &Layout::default(), file: &file }.anew(place, &recorded, HINT)?
            }
        };
        tidy(place, &anew.file.folder)
    }
}

/// What a copy of a store holds, if all of it is there.
fn salvage(place: &OwnFolder, name: &str, scratch: &Scratch) -> Result<Salvaged, StateError> {
    let corrupt = |reason: &str| super::corrupt(reason.to_owned(), HINT);
    let copy = scratch.folder.make_folder(name)?;
    let Some(store) = place.folder(name)? else { return Err(corrupt("it is missing")) };
    if !store.has("db")? {
        return Err(corrupt("its `db` is missing"));
    }
    files_are_plain(&store)?;
    store.copy_into(&copy)?;
    let disk = Disk::open(&copy, HINT).map_err(|error| of_original(error, &copy, &store))?;
    let contents = Contents::read(disk.scan(HINT)?, HINT)?;
    let Some(meta) = &contents.meta else { return Err(corrupt("it is empty")) };
    if !contents.is_whole() {
        return Err(corrupt("its rows are not the ones that were written"));
    }
    let Head { lineage, serial, .. } = meta.head.clone();
    let Contents { rows, tombstones, layout, .. } = contents;
    let recorded = Recorded { lineage, serial, rows, tombstones };
    recorded.verify()?;
    Ok(Salvaged { disk, layout, recorded })
}
