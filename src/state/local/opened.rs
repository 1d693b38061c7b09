//! A store folder as it is found: read and judged before anything of it is believed, and written anew where an earlier
//! format wrote it, or where it tells what became sensitive.

use super::documents::{FIRST_FOLDER, decode_head, encode_head, folder_number};
use super::head::{self, Agreement, Head, HeadFile, Meta};
use super::layout::{self, Contents, Layout};
use super::place::{HEAD, store_folders};
use super::sled::{Disk, snapshots};
use super::{corrupt, stands};
use crate::format::VERSION;
use crate::{Recorded, StateError};
use provisor_files::OwnFolder;
use provisor_model::ids::Lineage;

/// A store that was read and judged, but not yet believed to be of sound content.
pub(super) struct Opened {
    pub(super) disk: Disk,
    pub(super) contents: Contents,
    /// HEAD as it should be: the newest of what the file and the store say.
    pub(super) file: HeadFile,
    pub(super) agreement: Agreement,
}

/// Which files are the store's.
pub(super) struct StoreFiles {
    /// HEAD, if there is one.
    pub(super) file: Option<HeadFile>,
    /// The folder's name.
    pub(super) folder: String,
}

impl StoreFiles {
    /// What HEAD names; without one, the only store that there is, or the first to be made.
    pub(super) fn read(place: &OwnFolder, hint: &str) -> Result<Self, StateError> {
        let file = place
            .read(HEAD)?
            .map(|bytes| decode_head(&bytes).map_err(|reason| reason.of("`HEAD`", hint)))
            .transpose()?;
        let folder = match &file {
            Some(file) => file.folder.clone(),
            None => only_folder(place, hint)?,
        };
        Ok(Self { file, folder })
    }

    pub(super) fn head(&self) -> Option<&Head> {
        self.file.as_ref().map(|file| &file.head)
    }

    /// sled makes a new store where its file is missing: not in the place of one that was there.
    fn unless_committed(&self, hint: &str) -> Result<(), StateError> {
        if self.head().is_none_or(|head| head.serial == 0) {
            return Ok(());
        }
        Err(corrupt(format!("`HEAD` is there, but `{}/db` is missing", self.folder), hint))
    }
}

/// Whether it is what a run left that died before anything was ever committed: no HEAD was written, and nothing of the store but
/// what a library makes of it first.
pub(super) fn is_unborn(place: &OwnFolder, named: &StoreFiles) -> Result<bool, StateError> {
    if named.file.is_some() {
        return Ok(false);
    }
    let Some(store) = place.folder(&named.folder)? else { return Ok(true) };
    files_are_plain(&store)?;
    let length = store.opened("db")?.and_then(|file| file.metadata().ok()).map_or(0, |found| found.len());
    Ok(length == 0)
}

impl Opened {
    pub(super) fn read(place: &OwnFolder, hint: &str) -> Result<Self, StateError> {
        let named = StoreFiles::read(place, hint)?;
        if is_unborn(place, &named)? {
            place.remove_folder(&named.folder)?;
        }
        let folder = match place.folder(&named.folder)? {
            Some(folder) => files_are_plain(&folder).map(|()| folder)?,
            None => named.unless_committed(hint).map(|()| place.make_folder(&named.folder))??,
        };
        let fits = |meta: Option<&Meta>| head::judge(named.head(), meta);
        Self::of(&folder, &named, fits, hint)
    }

    /// The store in this folder, if it is the one that was named.
    pub(super) fn of(
        folder: &OwnFolder,
        named: &StoreFiles,
        fits: impl Fn(Option<&Meta>) -> Result<Agreement, String>,
        hint: &str,
    ) -> Result<Self, StateError> {
        let refused = match Self::as_it_is(folder, named, &fits, hint) {
            Err(refused @ StateError::Corrupt { .. }) => refused,
            opened => return opened,
        };
        // damage to a snapshot loses nothing: the rows prove themselves without it, or it comes back
        let snapshots = snapshots(folder)?.into_iter();
        let kept =
            snapshots.map(|name| Ok((folder.read(&name)?, name))).collect::<Result<Vec<_>, StateError>>()?;
        if kept.is_empty() {
            return Err(refused);
        }
        for (_, name) in &kept {
            folder.remove(name)?;
        }
        Self::as_it_is(folder, named, &fits, hint).or_else(|_| {
            for (bytes, name) in kept {
                folder.replace(&name, &bytes.unwrap_or_default())?;
            }
            Err(refused)
        })
    }

    fn as_it_is(
        folder: &OwnFolder,
        named: &StoreFiles,
        fits: &impl Fn(Option<&Meta>) -> Result<Agreement, String>,
        hint: &str,
    ) -> Result<Self, StateError> {
        if !folder.has("db")? {
            named.unless_committed(hint)?;
        }
        let disk = Disk::open(folder, hint)?;
        let contents = Contents::read(disk.scan(hint)?, hint)?;
        let agreement = fits(contents.meta.as_ref()).map_err(|reason| corrupt(reason, hint))?;
        if !contents.is_whole() {
            return Err(corrupt("its rows are not the ones that were written".into(), hint));
        }
        let newest = contents.meta.as_ref().map(|meta| &meta.head).or(named.head()).cloned();
        let head = newest.unwrap_or_else(|| Head::born(Lineage::new("")));
        let format = named.file.as_ref().map_or(VERSION, |file| file.format);
        let telling = named.file.as_ref().is_some_and(|file| file.telling);
        let key = named.file.as_ref().and_then(|file| file.key.clone());
        let file = HeadFile { head, folder: named.folder.clone(), format, telling, key };
        Ok(Self { disk, contents, file, agreement })
    }

    /// What it holds, if that is sound.
    pub(super) fn recorded(&mut self, hint: &str) -> Result<Recorded, StateError> {
        let Head { lineage, serial, .. } = self.file.head.clone();
        let rows = std::mem::take(&mut self.contents.rows);
        let tombstones = std::mem::take(&mut self.contents.tombstones);
        let recorded = Recorded { lineage, serial, rows, tombstones };
        recorded.verify().map_err(|broken| corrupt(broken.to_string(), hint))?;
        Ok(recorded)
    }
}

/// Writes a store anew that an earlier format wrote, or that tells what it must not, beside the old one, which stays in force
/// until HEAD names the new one.
pub(super) fn open_anew(
    place: &OwnFolder,
    old: Opened,
    recorded: &Recorded,
    hint: &str,
) -> Result<Opened, StateError> {
    if old.contents.meta.is_none() {
        // nothing was ever committed: there is nothing but HEAD to write
        let file = HeadFile { format: VERSION, telling: false, ..old.file.clone() };
        write_head(place, &file)?;
        return Ok(Opened { file, ..old });
    }
    let files = Old { disk: &old.disk, layout: &old.contents.layout, file: &old.file };
    let Anew { disk, layout, file } = files.anew(place, recorded, hint)?;
    let mut contents = Contents::default();
    contents.layout = layout;
    Ok(Opened { disk, contents, file, agreement: Agreement::Current })
}

/// A store's files as they are.
#[derive(Clone, Copy)]
pub(super) struct Old<'a> {
    pub(super) disk: &'a Disk,
    pub(super) layout: &'a Layout,
    pub(super) file: &'a HeadFile,
}

/// A store's files as they are after they were written anew.
pub(super) struct Anew {
    pub(super) disk: Disk,
    pub(super) layout: Layout,
    pub(super) file: HeadFile,
}

impl Old<'_> {
    /// The same content in a folder of its own, which HEAD names when this returns.
    pub(super) fn anew(self, place: &OwnFolder, recorded: &Recorded, hint: &str) -> Result<Anew, StateError> {
        let number = folder_number(&self.file.folder).unwrap_or(1) + 1;
        let name = format!("{FIRST_FOLDER}-{number}");
        // one that HEAD never named was left by somebody who died here
        place.remove_folder(&name)?;
        let disk = Disk::open(&place.make_folder(&name)?, hint)?;
        let mut layout = Layout::default();
        let all = recorded.rows.keys().chain(recorded.tombstones.keys());
        let (mut writes, next) = layout.writes(all.map(|address| stands(recorded, address)), &[])?;
        for key in self.layout.history() {
            writes.insert(key.clone(), self.disk.get(key)?);
        }
        let before = &self.file.head;
        let parts = writes.iter().map(|(key, value)| (key.as_slice(), value.as_deref()));
        let head = Head { digest: head::chain(&before.digest, parts, next.sum), ..before.clone() };
        let rows = next.count(&layout);
        let meta = Meta { head: head.clone(), previous: before.digest.clone(), rows, sum: next.sum.text() };
        writes.extend([layout::meta_write(&meta)?]);
        disk.write(writes)?;
        layout.advance(next);
        layout.keep_history(self.layout);
        let file =
            HeadFile { head, folder: name, format: VERSION, telling: false, key: self.file.key.clone() };
        write_head(place, &file)?;
        Ok(Anew { disk, layout, file })
    }
}

/// Takes store folders away that HEAD does not name: they were written anew, or never came into force.
pub(super) fn tidy(place: &OwnFolder, current: &str) -> Result<(), StateError> {
    for folder in store_folders(place)?.iter().filter(|folder| *folder != current) {
        place.remove_folder(folder)?;
    }
    Ok(())
}

/// Nothing else stands in the place of the store's own files.
pub(super) fn files_are_plain(store: &OwnFolder) -> Result<(), StateError> {
    for name in ["db", "conf"] {
        store.opened(name)?;
    }
    Ok(())
}

/// What went wrong with a copy, told of what it is a copy of.
pub(super) fn of_original(error: StateError, copy: &OwnFolder, original: &OwnFolder) -> StateError {
    let told =
        |text: String| text.replace(&*copy.path().to_string_lossy(), &original.path().to_string_lossy());
    match error {
        StateError::Io { doing, source } => StateError::Io { doing: told(doing), source },
        StateError::Corrupt { reason, hint } => StateError::Corrupt { reason: told(reason), hint },
        other => other,
    }
}

/// Whether there is a store, or what is left of one.
pub(super) fn exists(place: &OwnFolder) -> Result<bool, StateError> {
    Ok(place.has(HEAD)? || !store_folders(place)?.is_empty())
}

/// A backup is written when what it holds was committed: a state that is older than one was put back, or is what is left of it.
/// The backups are looked at before the store, which may be written to meanwhile.
pub(super) fn not_behind(backup: Option<u64>, serial: u64, hint: &str) -> Result<(), StateError> {
    match backup {
        Some(backup) if backup > serial && serial == 0 => {
            Err(corrupt(format!("the state is gone, but `backups/{backup}.json` is there"), hint))
        }
        Some(backup) if backup > serial => {
            let reason = format!(
                "it is an older one that was put back: its serial is {serial}, and `backups/{backup}.json` is newer"
            );
            Err(corrupt(reason, hint))
        }
        _ => Ok(()),
    }
}

pub(super) fn write_head(place: &OwnFolder, file: &HeadFile) -> Result<(), StateError> {
    Ok(place.replace(HEAD, &encode_head(file)?)?)
}

/// The store's folder where no HEAD names it.
fn only_folder(place: &OwnFolder, hint: &str) -> Result<String, StateError> {
    match store_folders(place)?.as_slice() {
        [] => Ok(FIRST_FOLDER.to_owned()),
        [one] => Ok(one.clone()),
        _ => Err(corrupt("`HEAD` is missing, and there is more than one store".into(), hint)),
    }
}
