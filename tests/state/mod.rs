//! The store: that it keeps what it acknowledged, whatever dies, and that it never lies.

mod beside;
mod conformance;
mod corruption;
mod folder;
mod format;
mod head;
mod kill;
mod migration;
mod previews;
pub mod random;
mod replacing;
mod rules;
mod telling;

use std::path::Path;
use std::time::Duration;

use provisor::model::time::Timestamp;
use provisor::state::{Holder, Lock, LockPatience, Past, SledStore, Snapshot, StateError};

/// A second, as the program's.
const PATIENCE: LockPatience = LockPatience { time: Duration::from_secs(1), tell: |_| {} };

/// How tests open a store; the clock stands still.
pub fn lock() -> Lock {
    Lock { holder: holder(), by: None, create: true, patience: PATIENCE }
}

pub fn holder() -> Holder {
    Holder::this_process("provisor test", Timestamp(1_700_000_000_000))
}

pub fn open(dir: &Path) -> Result<SledStore, StateError> {
    SledStore::open(dir, lock())
}

/// As a plan reads it.
pub fn read(dir: &Path) -> Result<Option<Snapshot>, StateError> {
    SledStore::read(dir, &std::env::temp_dir())
}

/// What became of operations, as people are told.
pub fn history(dir: &Path) -> Vec<Past> {
    SledStore::read_with_history(dir, &std::env::temp_dir()).unwrap().unwrap().1
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub fn is_corrupt(error: &StateError) -> bool {
    matches!(error, StateError::Corrupt { .. })
}

/// As a state folder is made: git keeps no rights.
pub fn make_private(dir: &Path) {
    use std::os::unix::fs::PermissionsExt;
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            make_private(&path);
        } else {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700)).unwrap();
}
