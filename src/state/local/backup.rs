//! Exports beside the store, for the day it is lost: `backups/<serial>.json`, the newest few. Knows no store.

use std::path::{Path, PathBuf};

use super::files::{self, io};
use crate::state::{Recorded, StateError, format};

/// How many backups are kept.
pub const BACKUPS_KEPT: usize = 20;

const FOLDER: &str = "backups";

/// Writes one, and takes the oldest away that are too many.
pub(super) fn write(dir: &Path, recorded: &Recorded) -> Result<(), StateError> {
    let folder = dir.join(FOLDER);
    files::private_dir(&folder).map_err(io(format!("making `{}`", folder.display())))?;
    files::replace(&folder.join(format!("{}.json", recorded.serial)), format::export(recorded)?.as_bytes())?;
    let all = list(dir);
    for (_, path) in all.iter().take(all.len().saturating_sub(BACKUPS_KEPT)) {
        files::remove(path)?;
    }
    Ok(())
}

/// Serials and paths, oldest first; what is not named like a backup is none.
pub(super) fn list(dir: &Path) -> Vec<(u64, PathBuf)> {
    let serial = |path: &Path| path.file_name()?.to_str()?.strip_suffix(".json")?.parse().ok();
    let mut all: Vec<_> = files::list(&dir.join(FOLDER))
        .into_iter()
        .filter_map(|path| serial(&path).map(|serial| (serial, path)))
        .collect();
    all.sort();
    all
}

/// What to do about a store that cannot be trusted, as true as the folder's contents allow.
pub(super) fn hint(dir: &Path) -> String {
    let place = dir.display();
    let away = format!("move `{place}/HEAD` and `{place}/store` away");
    match list(dir).last() {
        Some((_, newest)) => {
            let newest = newest.display();
            format!("the newest backup is `{newest}`: {away}, then `provisor state push {newest}`")
        }
        None => format!(
            "there is no backup in `{place}/backups`: {away} to begin anew; provisioned products that exist are then \
             reported, not made twice"
        ),
    }
}
