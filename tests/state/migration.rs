//! A store that format 1 wrote: what is believed of it, and that it is written anew as a whole or not at all.

use std::path::{Path, PathBuf};

use provisor::state::{Recorded, StateError, Store};

use super::folder::live;
use super::{copy, history, make_private, open};

/// Written by the last provisor of format 1.
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/format-1/state");

fn old(dir: &Path) -> PathBuf {
    let state = dir.join("state");
    copy(Path::new(GOLDEN), &state);
    make_private(&state);
    state
}

fn read(state: &Path) -> Recorded {
    super::read(state).unwrap().unwrap().recorded
}

#[test]
fn a_copy_in_memory_is_what_the_store_becomes() {
    let dir = tempfile::tempdir().unwrap();
    let state = old(dir.path());
    let before = read(&state);
    assert!(state.join("store/db").exists(), "reading writes nothing anew");
    let mut store = open(&state).unwrap();
    assert_eq!(store.recorded(), &before);
    assert_eq!(history(&state).len(), 1, "its history too");
    assert!(state.join("store-2/db").exists() && !state.join("store").exists());
    let after = live(&mut store, 3, 20);
    drop(store);
    assert_eq!(read(&state), after);
    assert_eq!(open(&state).unwrap().recorded(), &after);
}

#[test]
fn a_death_before_head_is_renamed_leaves_the_old_store_in_force() {
    let dir = tempfile::tempdir().unwrap();
    let state = old(dir.path());
    let before = read(&state);
    // somebody died here: the new store is whole, and HEAD does not name it
    let head = std::fs::read(state.join("HEAD")).unwrap();
    let first = state.join("store");
    copy(&first, &dir.path().join("kept"));
    drop(open(&state).unwrap());
    copy(&dir.path().join("kept"), &first);
    make_private(&first);
    std::fs::write(state.join("HEAD"), head).unwrap();
    assert_eq!(read(&state), before);
    assert_eq!(open(&state).unwrap().recorded(), &before);
    assert!(!first.exists(), "what HEAD no longer names is taken away");
    // and after the rename, with the old one still there
    copy(&dir.path().join("kept"), &first);
    assert_eq!(open(&state).unwrap().recorded(), &before);
    assert!(!first.exists());
}

#[test]
fn without_head_no_store_is_taken_for_the_right_one() {
    let dir = tempfile::tempdir().unwrap();
    let state = old(dir.path());
    copy(&state.join("store"), &state.join("store-2"));
    std::fs::remove_file(state.join("HEAD")).unwrap();
    for error in [open(&state).unwrap_err(), super::read(&state).unwrap_err()] {
        let StateError::Corrupt { reason, .. } = error else { panic!("{error:?}") };
        assert_eq!(reason, "`HEAD` is missing, and there is more than one store");
    }
    assert!(state.join("store/db").exists() && state.join("store-2/db").exists());
}

#[test]
fn head_names_nothing_but_a_store() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    drop(open(&state).unwrap());
    let head = std::fs::read_to_string(state.join("HEAD")).unwrap();
    for folder in ["", "store-1", "store-x", "../store", "backups", "store/../../x"] {
        let other = head.replace("\"folder\":\"store\"", &format!("\"folder\":\"{folder}\""));
        assert_ne!(other, head);
        std::fs::write(state.join("HEAD"), other).unwrap();
        assert!(matches!(open(&state), Err(StateError::Corrupt { .. })), "{folder}");
    }
}
