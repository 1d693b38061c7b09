//! HEAD against the store: which differences are a death in between, and which are a loss.

use std::path::{Path, PathBuf};

use provisor::state::{Recorded, StateError, Store};

use super::folder::live;
use super::{copy, is_corrupt, open, read};

/// A store after 10, 11 and 12 commits: three copies of the folder.
struct Ages {
    _dir: tempfile::TempDir,
    at: [(PathBuf, Recorded); 3],
}

fn ages() -> Ages {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let at = [10, 1, 1].map(|commits| {
        let mut store = open(&state).unwrap();
        let recorded = live(&mut store, 1, commits);
        drop(store);
        let copied = dir.path().join(format!("at-{}", recorded.serial));
        copy(&state, &copied);
        set_private(&copied);
        (copied, recorded)
    });
    Ages { _dir: dir, at }
}

fn set_private(dir: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700)).unwrap();
}

fn refused(dir: &Path, says: &str) {
    let head = std::fs::read(dir.join("HEAD")).ok();
    for error in [open(dir).unwrap_err(), read(dir).unwrap_err()] {
        let StateError::Corrupt { reason, hint } = &error else { panic!("{error:?}") };
        assert!(reason.contains(says), "{reason}");
        assert!(hint.starts_with("`provisor state recover`"), "{hint}");
    }
    assert_eq!(std::fs::read(dir.join("HEAD")).ok(), head);
}

#[test]
fn missing_with_rows_is_a_loss() {
    let [(dir, _), ..] = &ages().at;
    std::fs::remove_file(dir.join("HEAD")).unwrap();
    refused(dir, "`HEAD` is missing, but the store has serial 10");
}

#[test]
fn one_behind_is_a_death_before_the_rename() {
    let ages = ages();
    let [(old, _), (new, recorded), _] = &ages.at;
    std::fs::copy(old.join("HEAD"), new.join("HEAD")).unwrap();
    assert_eq!(&read(new).unwrap().unwrap().recorded, recorded);
    assert_eq!(
        std::fs::read(old.join("HEAD")).unwrap(),
        std::fs::read(new.join("HEAD")).unwrap(),
        "reading repairs nothing"
    );
    let mut store = open(new).unwrap();
    assert_eq!(store.recorded(), recorded);
    assert_ne!(
        std::fs::read(old.join("HEAD")).unwrap(),
        std::fs::read(new.join("HEAD")).unwrap(),
        "opening does"
    );
    live(&mut store, 2, 1);
    drop(store);
    drop(open(new).unwrap());
}

#[test]
fn two_behind_is_a_store_of_another_life() {
    let ages = ages();
    let [(old, _), _, (new, _)] = &ages.at;
    std::fs::copy(old.join("HEAD"), new.join("HEAD")).unwrap();
    refused(new, "`HEAD` has serial 10, the store 12");
}

#[test]
fn ahead_is_a_store_put_back() {
    let ages = ages();
    let [(old, _), (new, _), _] = &ages.at;
    std::fs::copy(new.join("HEAD"), old.join("HEAD")).unwrap();
    refused(old, "`HEAD` has serial 11, the store 10");
}

#[test]
fn one_behind_of_another_history_is_refused() {
    let ages = ages();
    let [(old, _), (new, _), _] = &ages.at;
    // two different eleventh commits, and the twelfth after one of them
    let mut store = open(old).unwrap();
    live(&mut store, 99, 1);
    drop(store);
    std::fs::copy(new.join("HEAD"), old.join("HEAD")).unwrap();
    refused(old, "both have serial 11, but of different commits");
    let [_, (_, _), (newest, _)] = &ages.at;
    let mut store = open(newest).unwrap();
    live(&mut store, 99, 1);
    drop(store);
    let head = std::fs::read_to_string(new.join("HEAD")).unwrap().replace("\"serial\":11", "\"serial\":12");
    std::fs::write(newest.join("HEAD"), head).unwrap();
    refused(newest, "`HEAD` has serial 12, the store 13");
}

#[test]
fn another_lineage_is_refused() {
    let (a, b) = (ages(), ages());
    let [(ours, _), ..] = &a.at;
    let [(theirs, _), ..] = &b.at;
    std::fs::copy(theirs.join("HEAD"), ours.join("HEAD")).unwrap();
    refused(ours, "`HEAD` is of state ");
}

#[test]
fn a_torn_head_is_refused() {
    let ages = ages();
    let [(dir, _), ..] = &ages.at;
    let head = std::fs::read(dir.join("HEAD")).unwrap();
    for length in 0..head.len() {
        std::fs::write(dir.join("HEAD"), &head[..length]).unwrap();
        assert!(is_corrupt(&read(dir).unwrap_err()), "{length}");
    }
    refused(dir, "`HEAD`: ");
}

#[test]
fn a_missing_store_is_refused_and_not_made() {
    for gone in ["store", "store/db"] {
        let ages = ages();
        let [(dir, _), ..] = &ages.at;
        let path = dir.join(gone);
        if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) }.unwrap();
        refused(dir, "`store/db` is missing");
        assert!(!path.exists());
    }
}

#[test]
fn a_store_that_was_never_committed_to_is_new_whatever_is_missing() {
    for gone in ["HEAD", "key", "store", "lock"] {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        drop(open(&state).unwrap());
        let path = state.join(gone);
        if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) }.unwrap();
        let mut store = open(&state).unwrap();
        live(&mut store, 1, 3);
    }
}

#[test]
fn a_newer_format_is_named_and_left_alone() {
    let ages = ages();
    let [(dir, _), ..] = &ages.at;
    let head = std::fs::read_to_string(dir.join("HEAD")).unwrap();
    let newer = head.replace("\"schema\":2", "\"schema\":7,\"more\":[]");
    std::fs::write(dir.join("HEAD"), &newer).unwrap();
    assert!(matches!(open(dir), Err(StateError::Newer { found: 7, known: 2 })));
    assert_eq!(std::fs::read_to_string(dir.join("HEAD")).unwrap(), newer);
}
