//! A store folder as it is found: read and judged before anything of it is believed, and written anew where an earlier
//! format wrote it.

use std::path::{Path, PathBuf};

use super::documents::{FIRST_FOLDER, decode_head, encode_head, folder_number, is_store_folder};
use super::head::{self, Agreement, Head, HeadFile, Meta};
use super::layout::{self, Contents, Layout};
use super::sled::Disk;
use super::{corrupt, files, stands};
use crate::model::ids::Lineage;
use crate::state::format::VERSION;
use crate::state::{Recorded, StateError};

/// A store that was read and judged, but not yet believed to be of sound content.
pub(super) struct Opened {
    pub(super) disk: Disk,
    pub(super) contents: Contents,
    /// HEAD as it should be: the newest of what the file and the store say.
    pub(super) file: HeadFile,
    pub(super) agreement: Agreement,
}

impl Opened {
    pub(super) fn read(dir: &Path, hint: &str) -> Result<Self, StateError> {
        let file = files::read(&dir.join("HEAD"))?
            .map(|bytes| decode_head(&bytes).map_err(|reason| reason.of("`HEAD`", hint)))
            .transpose()?;
        let name = match &file {
            Some(file) => file.folder.clone(),
            None => only_folder(dir, hint)?,
        };
        let folder = dir.join(&name);
        let head = file.as_ref().map(|file| &file.head);
        // sled makes a new store where its file is missing: not in the place of one that was there
        if head.is_some_and(|head| head.serial > 0) && !folder.join("db").exists() {
            return Err(corrupt(format!("`HEAD` is there, but `{name}/db` is missing"), hint));
        }
        let disk = Disk::open(&folder, hint)?;
        let contents = Contents::read(disk.scan(hint)?, hint)?;
        let agreement = head::judge(head, contents.meta.as_ref()).map_err(|reason| corrupt(reason, hint))?;
        if !contents.is_whole() {
            return Err(corrupt("its rows are not the ones that were written".into(), hint));
        }
        let newest = contents.meta.as_ref().map(|meta| &meta.head).or(head).cloned();
        let head = newest.unwrap_or_else(|| Head::born(Lineage::new("")));
        let format = file.map_or(VERSION, |file| file.format);
        Ok(Self { disk, contents, file: HeadFile { head, folder: name, format }, agreement })
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

/// Writes a store of an earlier format anew, beside the old one, which stays in force until HEAD names the new one.
pub(super) fn open_anew(
    dir: &Path,
    old: Opened,
    recorded: &Recorded,
    hint: &str,
) -> Result<Opened, StateError> {
    if old.contents.meta.is_none() {
        // nothing was ever committed: there is nothing but HEAD to write
        let file = HeadFile { format: VERSION, ..old.file.clone() };
        write_head(dir, &file)?;
        return Ok(Opened { file, ..old });
    }
    let number = folder_number(&old.file.folder).unwrap_or(1) + 1;
    let name = format!("{FIRST_FOLDER}-{number}");
    // one that HEAD never named was left by somebody who died here
    files::remove_folder(&dir.join(&name))?;
    let disk = Disk::open(&dir.join(&name), hint)?;
    let mut layout = Layout::default();
    let all = recorded.rows.keys().chain(recorded.tombstones.keys());
    let (mut writes, next) = layout.writes(all.map(|address| stands(recorded, address)), &[])?;
    for key in old.contents.layout.history() {
        writes.insert(key.clone(), old.disk.get(key)?);
    }
    let before = &old.file.head;
    let parts = writes.iter().map(|(key, value)| (key.as_slice(), value.as_deref()));
    let head = Head { digest: head::chain(&before.digest, parts, next.sum), ..before.clone() };
    let rows = next.count(&layout);
    let meta = Meta { head: head.clone(), previous: before.digest.clone(), rows, sum: next.sum.text() };
    writes.extend([layout::meta_write(&meta)?]);
    disk.write(writes)?;
    layout.advance(next);
    layout.keep_history(&old.contents.layout);
    let file = HeadFile { head, folder: name, format: VERSION };
    write_head(dir, &file)?;
    let mut contents = Contents::default();
    contents.layout = layout;
    Ok(Opened { disk, contents, file, agreement: Agreement::Current })
}

/// Takes store folders away that HEAD does not name: they were written anew, or never came into force.
pub(super) fn tidy(dir: &Path, current: &str) -> Result<(), StateError> {
    for folder in folders(dir) {
        if folder.file_name().is_some_and(|name| name != current) {
            files::remove_folder(&folder)?;
        }
    }
    Ok(())
}

pub(super) fn exists(dir: &Path) -> bool {
    dir.join("HEAD").exists() || !folders(dir).is_empty()
}

pub(super) fn write_head(dir: &Path, file: &HeadFile) -> Result<(), StateError> {
    files::replace(&dir.join("HEAD"), &encode_head(file)?)
}

/// The store's folder where no HEAD names it.
fn only_folder(dir: &Path, hint: &str) -> Result<String, StateError> {
    let folders = folders(dir);
    let name = |folder: &PathBuf| folder.file_name().map(|name| name.to_string_lossy().into_owned());
    match folders.as_slice() {
        [] => Ok(FIRST_FOLDER.to_owned()),
        [one] => Ok(name(one).unwrap_or_default()),
        _ => Err(corrupt("`HEAD` is missing, and there is more than one store".into(), hint)),
    }
}

fn folders(dir: &Path) -> Vec<PathBuf> {
    let is_ours = |path: &PathBuf| {
        path.is_dir() && path.file_name().and_then(|name| name.to_str()).is_some_and(is_store_folder)
    };
    files::list(dir).into_iter().filter(is_ours).collect()
}
