//! Exports beside the store, for the day it is lost: `backups/<serial>.json`, the newest few. Knows no store.

use std::collections::BTreeSet;

use std::time::UNIX_EPOCH;

use crate::{Recorded, StateError, format};
use provisor_files::OwnFolder;
use provisor_model::secret::Secret;
use provisor_model::time::Timestamp;

/// How many backups are kept.
pub const BACKUPS_KEPT: usize = 20;

const FOLDER: &str = "backups";

/// No state was committed to so often: what is named like a later backup is none.
const HIGHEST: u64 = 1 << 62;

/// One of them, as it is found.
#[derive(Debug)]
pub struct Backup {
    /// The serial of the state that it holds, as its name says.
    pub serial: u64,
    /// When it was written, by this machine's clock.
    pub written: Option<Timestamp>,
    /// The state, or why it cannot be read.
    pub found: Result<Recorded, StateError>,
}

/// All that there are, oldest first.
pub(super) fn all(place: &OwnFolder) -> Result<Vec<Backup>, StateError> {
    let Some(folder) = place.folder(FOLDER)? else { return Ok(Vec::new()) };
    let backup = |serial| {
        let bytes = folder.read(&name(serial))?.unwrap_or_default();
        let found = format::import(&String::from_utf8_lossy(&bytes));
        Ok(Backup { serial, written: written(&folder, serial)?, found })
    };
    serials(&folder)?.into_iter().map(backup).collect()
}

/// Takes away what somebody who died was writing.
pub(super) fn tidy(place: &OwnFolder) -> Result<(), StateError> {
    let Some(folder) = place.folder(FOLDER)? else { return Ok(()) };
    Ok(folder.remove_partial(|name| name.ends_with(".json"))?)
}

/// The serial of the newest, as its name says.
pub(super) fn newest(place: &OwnFolder) -> Result<Option<u64>, StateError> {
    let Some(folder) = place.folder(FOLDER)? else { return Ok(None) };
    // what is no plain file is none
    let is_one = |serial: &u64| folder.opened(&name(*serial)).is_ok_and(|file| file.is_some());
    Ok(serials(&folder)?.into_iter().rev().find(is_one))
}

/// Puts all of them, whatever they are, into another folder.
pub(super) fn put_aside(place: &OwnFolder, aside: &OwnFolder) -> Result<(), StateError> {
    let Some(folder) = place.folder(FOLDER)? else { return Ok(()) };
    let to = aside.make_folder(FOLDER)?;
    folder.copy_into(&to)?;
    to.keep_private()?;
    Ok(place.remove_folder(FOLDER)?)
}

fn written(folder: &OwnFolder, serial: u64) -> Result<Option<Timestamp>, StateError> {
    let file = folder.opened(&name(serial))?;
    let modified =
        file.and_then(|file| file.metadata().ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok());
    Ok(modified.and_then(|since| i64::try_from(since.as_millis()).ok()).map(Timestamp))
}

/// Writes one, and takes the oldest away that are too many.
pub(super) fn write(place: &OwnFolder, recorded: &Recorded) -> Result<(), StateError> {
    let folder = place.make_folder(FOLDER)?;
    folder.replace(&name(recorded.serial), format::export(recorded)?.as_bytes())?;
    let all = serials(&folder)?;
    for serial in all.iter().take(all.len().saturating_sub(BACKUPS_KEPT)) {
        folder.remove(&name(*serial))?;
    }
    Ok(())
}

/// The backups that hold one of these texts, as people find them.
pub(super) fn holding(place: &OwnFolder, told: &BTreeSet<Secret>) -> Result<Vec<String>, StateError> {
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let Some(folder) = place.folder(FOLDER)? else { return Ok(Vec::new()) };
    let told: Vec<String> =
        told.iter().map(|text| serde_json::Value::from(text.expose()).to_string()).collect();
    let mut holding = Vec::new();
    for serial in serials(&folder)? {
        let bytes = folder.read(&name(serial))?.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        if told.iter().any(|told| text.contains(told.as_str())) {
            holding.push(place.path().join(FOLDER).join(name(serial)).display().to_string());
        }
    }
    Ok(holding)
}

/// The serials of the backups in their folder, oldest first; what is not named like a backup is none.
fn serials(folder: &OwnFolder) -> Result<Vec<u64>, StateError> {
    let names = folder.names()?.into_iter().filter_map(|name| name.into_string().ok());
    let serial = |text: String| {
        text.strip_suffix(".json")?.parse().ok().filter(|serial| *serial <= HIGHEST && text == name(*serial))
    };
    let mut all: Vec<u64> = names.filter_map(serial).collect();
    all.sort_unstable();
    Ok(all)
}

fn name(serial: u64) -> String {
    format!("{serial}.json")
}
