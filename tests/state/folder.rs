//! The state folder: what is made, who may use it, what comes back after a reopen.

use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use provisor::model::ids::Address;
use provisor::model::time::Timestamp;
use provisor::state::{
    BACKUPS_KEPT, Change, Group, HISTORY_KEPT, Kind, Lock, Recorded, Row, SledStore, StateError, Store,
    Stored, format, keep_out_of_git,
};

use super::random::{self, Rng};
use super::{copy, history, is_corrupt, lock, make_private, open, read};

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Commits so often, and says what there is then.
pub fn live(store: &mut SledStore, seed: u64, commits: u32) -> Recorded {
    for _ in 0..commits {
        let entries = random::commit(seed, store.recorded());
        store.commit(&entries).unwrap();
    }
    store.recorded().clone()
}

#[test]
fn a_reopened_store_holds_what_was_committed() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut expected = None;
    let mut key = None;
    for round in 0..6 {
        let mut store = open(&state).unwrap();
        let found = store.recorded().clone();
        assert_eq!(expected.as_ref().unwrap_or(&found), &found);
        assert_eq!(key.get_or_insert(store.key().sign(&[b"x"])), &store.key().sign(&[b"x"]));
        expected = Some(live(&mut store, round, 30));
    }
    let snapshot = read(&state).unwrap().unwrap();
    assert_eq!(snapshot.recorded, expected.unwrap());
    assert_eq!(Some(snapshot.key.unwrap().sign(&[b"x"])), key);
}

#[test]
fn reading_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    assert!(read(&state).unwrap().is_none());
    assert!(!state.exists());
    std::fs::create_dir(&state).unwrap();
    std::fs::write(state.join("README.md"), "as in a checkout").unwrap();
    assert!(read(&state).unwrap().is_none());
    assert_eq!(std::fs::read_dir(&state).unwrap().count(), 1);
    let closed = SledStore::open(&state, Lock { create: false, ..lock() });
    assert!(matches!(closed, Err(StateError::Io { source, .. }) if source.kind() == ErrorKind::NotFound));
    assert_eq!(std::fs::read_dir(&state).unwrap().count(), 1);
}

#[test]
fn everything_is_ours_alone() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("a/b/state");
    let mut store = open(&state).unwrap();
    live(&mut store, 3, 20);
    store.backup().unwrap();
    drop(store);
    drop(open(&state).unwrap());
    for folder in ["", "store", "store/blobs", "backups"] {
        assert_eq!(mode(&state.join(folder)), 0o700, "{folder}");
    }
    for file in ["HEAD", "key", "lock", "store/db", "store/conf"] {
        assert_eq!(mode(&state.join(file)), 0o600, "{file}");
    }
    let tracked = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/state/.gitignore"));
    assert_eq!(std::fs::read_to_string(state.join(".gitignore")).unwrap(), tracked);
    assert!(!std::fs::read(state.join("key")).unwrap().is_empty());
}

#[test]
fn git_is_told_what_this_repo_tells_it() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()).unwrap());
    let written = std::fs::read_to_string(dir.path().join(".gitignore")).unwrap();
    assert_eq!(written, include_str!("../../state/.gitignore"));
}

#[test]
fn a_folder_that_others_can_write_to_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    std::fs::create_dir(&state).unwrap();
    set_mode(&state, 0o777);
    // without a store it may have come with a checkout: it is made safe
    drop(open(&state).unwrap());
    assert_eq!(mode(&state), 0o755);
    for bad in [0o770, 0o702, 0o777] {
        set_mode(&state, bad);
        assert!(is_corrupt(&open(&state).unwrap_err()));
        assert!(is_corrupt(&read(&state).unwrap_err()));
    }
    set_mode(&state, 0o700);
    drop(open(&state).unwrap());
}

#[test]
fn a_link_in_place_of_a_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    drop(open(&state).unwrap());
    for name in ["HEAD", "key", "lock"] {
        let (file, away) = (state.join(name), dir.path().join(name));
        std::fs::rename(&file, &away).unwrap();
        std::os::unix::fs::symlink(&away, &file).unwrap();
        assert!(is_corrupt(&open(&state).unwrap_err()), "{name}");
        std::fs::rename(&away, &file).unwrap();
    }
    drop(open(&state).unwrap());
}

#[test]
fn the_second_opener_is_told_who_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let first = open(&state).unwrap();
    let second = open(&state);
    let Err(StateError::Locked { holder }) = second else { panic!("{second:?}") };
    assert!(holder.starts_with(&format!("`provisor test` (pid {} on ", std::process::id())), "{holder}");
    assert!(holder.ends_with(", since 2023-11-14T22:13:20Z)"), "{holder}");
    // who only reads is told, and reads
    let seen = read(&state).unwrap().unwrap();
    assert_eq!((&seen.recorded, seen.held_by), (first.recorded(), Some(holder)));
    drop(first);
    assert_eq!(read(&state).unwrap().unwrap().held_by, None);
    drop(open(&state).unwrap());
}

#[test]
fn without_its_own_lock_file_sled_still_refuses() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let _first = open(&state).unwrap();
    std::fs::remove_file(state.join("lock")).unwrap();
    assert!(matches!(open(&state), Err(StateError::Locked { .. })));
}

#[test]
fn a_key_that_is_lost_or_no_key_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let store = open(&state).unwrap();
    // where nothing was committed, nothing was digested with it
    drop(store);
    std::fs::remove_file(state.join("key")).unwrap();
    let mut store = open(&state).unwrap();
    live(&mut store, 5, 5);
    drop(store);
    std::fs::remove_file(state.join("key")).unwrap();
    for broken in [None, Some(&b"short"[..]), Some(&[7; 32])] {
        if let Some(bytes) = broken {
            std::fs::write(state.join("key"), bytes).unwrap();
            make_private(&state);
        }
        for refused in [open(&state).map(drop), read(&state).map(drop)] {
            assert!(matches!(refused, Err(StateError::Corrupt { .. })), "{refused:?}");
        }
        assert_eq!(std::fs::read(state.join("key")).ok().as_deref(), broken);
    }
}

#[test]
fn large_rows_stay_out_of_unsynced_files() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut store = open(&state).unwrap();
    let mut rng = Rng(9);
    let address = |n: usize| Address::new(format!("large-{n:02}").as_str(), "hub");
    for size in [150_000, 9_000, 1, 60_000] {
        let entries: Vec<Group> = (0..24)
            .map(|n| {
                let row = store.recorded().rows.get(&address(n)).cloned().unwrap_or_default();
                let mut begin = random::begin(&mut rng, &row, Kind::Provision);
                let Change::Begin { intent, .. } = &mut begin else { unreachable!("that is what it makes") };
                let content = intent.content.as_mut().unwrap();
                content.parameters.insert("Policy".into(), Stored::Text("x".repeat(size)));
                Group::of(store.recorded(), &address(n), vec![begin])
            })
            .collect();
        store.commit(&entries).unwrap();
        let abandoned = |n| Group::of(store.recorded(), &address(n), vec![Change::Abandoned]);
        let abandoned: Vec<Group> = (0..24).map(abandoned).collect();
        let expected = store.recorded().clone();
        drop(store);
        store = open(&state).unwrap();
        assert_eq!(store.recorded().clone(), expected, "{size}");
        assert_eq!(std::fs::read_dir(state.join("store/blobs")).unwrap().count(), 0, "{size}");
        store.commit(&abandoned).unwrap();
    }
}

#[test]
fn backups_can_be_pushed_and_the_oldest_go() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut store = open(&state).unwrap();
    for _ in 0..BACKUPS_KEPT + 5 {
        live(&mut store, 11, 1);
        store.backup().unwrap();
    }
    let expected = store.recorded().clone();
    let mut kept: Vec<u64> = std::fs::read_dir(state.join("backups"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().parse().unwrap())
        .collect();
    kept.sort_unstable();
    assert_eq!(kept, (6..=25).collect::<Vec<_>>());
    drop(store);
    // no new state is begun beside backups, whatever else is lost: the hint tells the way
    for lost in ["HEAD", "store"] {
        let path = state.join(lost);
        if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }.unwrap();
        let error = open(&state).unwrap_err();
        let StateError::Corrupt { hint, .. } = error else { panic!("{error:?}") };
        assert!(hint.contains("provisor state recover"), "{hint}");
    }
    let text = std::fs::read_to_string(state.join("backups/25.json")).unwrap();
    std::fs::remove_dir_all(state.join("backups")).unwrap();
    let mut store = open(&state).unwrap();
    assert_ne!(store.recorded().lineage, expected.lineage);
    assert_eq!(store.replace(format::import(&text).unwrap()).unwrap(), 26);
    drop(store);
    let mut store = open(&state).unwrap();
    assert_eq!(store.recorded().clone(), Recorded { serial: 26, ..expected });
    live(&mut store, 12, 5);
}

#[test]
fn a_folder_without_a_store_is_kept_out_of_git_too() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("a/state");
    for _ in 0..2 {
        keep_out_of_git(&state).unwrap();
        let tracked = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/state/.gitignore"));
        assert_eq!(std::fs::read_to_string(state.join(".gitignore")).unwrap(), tracked);
    }
    assert_eq!(mode(&state), 0o700);
    assert!(read(&state).unwrap().is_none());
    // somebody's own decision stays
    std::fs::write(state.join(".gitignore"), "# all of it is tracked\n").unwrap();
    keep_out_of_git(&state).unwrap();
    assert_eq!(std::fs::read_to_string(state.join(".gitignore")).unwrap(), "# all of it is tracked\n");
}

#[test]
fn history_tells_what_came_to_an_end_and_is_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut store = open(&state).unwrap();
    let at = Address::new("a", "hub");
    let mut rng = Rng(31);
    let commit = |store: &mut SledStore, change: Change| {
        let group = Group::of(store.recorded(), &at, vec![change]);
        assert!(store.commit(&[group]).unwrap()[0].is_ok());
    };
    let begin = random::begin(&mut rng, &Row::default(), Kind::Provision);
    commit(&mut store, begin);
    let accepted = Change::Accepted { record: "rec-1".into(), provisioned: "pp-1".into() };
    commit(&mut store, accepted);
    let failed = provisor::state::Settlement::Failed { message: "full".into() };
    commit(&mut store, Change::Settled(Box::new(failed), Some(Timestamp(9_000))));
    let past = history(&state);
    assert_eq!(past.len(), 1);
    assert_eq!((past[0].serial, past[0].event.as_str(), past[0].kind), (3, "failed", Some(Kind::Provision)));
    assert_eq!((past[0].ended, past[0].took().is_some()), (Some(Timestamp(9_000)), true));
    assert_eq!((&past[0].address, past[0].record.as_ref().unwrap().as_str()), (&at, "rec-1"));
    // many at once: the oldest give way
    let many = |change: fn(&mut Rng, &Row) -> Change, store: &SledStore, rng: &mut Rng| -> Vec<Group> {
        let one = |n| {
            let address = Address::new(format!("n{n}").as_str(), "hub");
            let row = store.recorded().rows.get(&address).cloned().unwrap_or_default();
            Group::of(store.recorded(), &address, vec![change(rng, &row)])
        };
        (0..2_600).map(one).collect()
    };
    for _ in 0..2 {
        let entries = many(|rng, row| random::begin(rng, row, Kind::Terminate), &store, &mut rng);
        store.commit(&entries).unwrap();
        let entries = many(|_, _| Change::Abandoned, &store, &mut rng);
        store.commit(&entries).unwrap();
    }
    for _ in 0..2 {
        let past = history(&state);
        assert_eq!(past.len(), HISTORY_KEPT);
        assert_eq!(past.iter().filter(|past| past.serial == store.recorded().serial).count(), 2_600);
        assert!(past.is_sorted_by_key(|past| past.serial));
        drop(store);
        store = open(&state).unwrap();
    }
}

#[test]
fn a_failed_write_is_not_taken_for_done() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut store = open(&state).unwrap();
    let before = live(&mut store, 41, 10);
    // the rename to HEAD cannot happen: there is a folder in its place
    std::fs::rename(state.join("HEAD"), state.join("HEAD.away")).unwrap();
    std::fs::create_dir(state.join("HEAD")).unwrap();
    let entries = random::commit(41, &before);
    assert!(matches!(store.commit(&entries), Err(StateError::Io { .. })));
    assert_eq!(store.recorded().clone(), before);
    assert!(matches!(store.commit(&entries), Err(StateError::Io { .. })), "not before it is opened again");
    assert!(matches!(store.replace(before.clone()), Err(StateError::Io { .. })));
    drop(store);
    std::fs::remove_dir(state.join("HEAD")).unwrap();
    std::fs::rename(state.join("HEAD.away"), state.join("HEAD")).unwrap();
    // the batch was durable: as if we had died before the rename
    let mut after = before;
    let _commit = after.commit(&entries, None).unwrap();
    after.serial += 1;
    assert_eq!(open(&state).unwrap().recorded().clone(), after);
}

#[test]
fn what_sled_left_unfinished_does_not_stop_it() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut store = open(&state).unwrap();
    let expected = live(&mut store, 51, 10);
    drop(store);
    std::fs::write(state.join("store/snap.00000000000F0000.generating"), b"half").unwrap();
    let partial = |name: &str| state.join(format!(".{name}.0123456789abcdef01234567.tmp"));
    std::fs::create_dir_all(state.join("backups")).unwrap();
    for name in ["HEAD", "key", "other", "backups/x"] {
        let path = match name.strip_prefix("backups/") {
            Some(_) => state.join("backups/.7.json.0123456789abcdef01234567.tmp"),
            None => partial(name),
        };
        std::fs::write(path, vec![b'x'; 4096]).unwrap();
    }
    make_private(&state);
    let mut store = open(&state).unwrap();
    assert_eq!(store.recorded().clone(), expected);
    live(&mut store, 51, 1);
    store.backup().unwrap();
    assert!(!partial("HEAD").exists() && !partial("key").exists(), "what was left half written goes");
    assert!(partial("other").exists(), "what is not ours stays");
    assert_eq!(std::fs::read_dir(state.join("backups")).unwrap().count(), 1);
}

/// The sum over all rows, against a store that lost or gained something and says nothing.
#[test]
fn rows_that_are_not_the_ones_written_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut store = open(&state).unwrap();
    live(&mut store, 61, 30);
    drop(store);
    type Harm = fn(&sled::Db, &(sled::IVec, sled::IVec));
    let harms: [(&str, Harm); 5] = [
        ("rows are not the ones", |db, (key, _)| drop(db.remove(key).unwrap())),
        ("rows are not the ones", |db, (key, value)| {
            let text = String::from_utf8(value.to_vec()).unwrap();
            db.insert(key, text.replacen("\"op_no\":", "\"op_no\":1", 1).as_bytes()).unwrap();
        }),
        ("it holds the row of", |db, (key, value)| {
            let other = String::from_utf8(key.to_vec()).unwrap().replace("product", "q");
            db.insert(other.as_bytes(), value).unwrap();
        }),
        ("there should be no such entry", |db, (_, value)| drop(db.insert("x/y", value).unwrap())),
        ("the entry `product-", |db, (key, _)| drop(db.insert(key, "{}").unwrap())),
    ];
    for (says, harm) in harms {
        let damaged = dir.path().join("damaged");
        copy(&state, &damaged);
        let db = sled::open(damaged.join("store")).unwrap();
        // a row that fits into one entry
        let small = |entry: &(sled::IVec, sled::IVec)| {
            entry.1.ends_with(b"}}") && entry.1.starts_with(b"{\"schema\"")
        };
        let entry = db.scan_prefix("r/").map(Result::unwrap).find(small).unwrap();
        harm(&db, &entry);
        drop(db);
        make_private(&damaged);
        let error = open(&damaged).unwrap_err();
        let StateError::Corrupt { reason, .. } = &error else { panic!("{error:?}") };
        assert!(reason.contains(says), "{reason}");
        std::fs::remove_dir_all(&damaged).unwrap();
    }
}

/// sled makes its files one after the other: whoever dies between them leaves nothing that was ever committed, and nothing that
/// the next run could not begin anew.
#[test]
fn a_store_that_was_never_born_is_begun_anew() {
    let dir = tempfile::tempdir().unwrap();
    let good = dir.path().join("good");
    drop(open(&good).unwrap());
    let conf = std::fs::read(good.join("store/conf")).unwrap();
    for (name, left) in [("half", &conf[..conf.len() - 4]), ("none", &[][..]), ("whole", &conf[..])] {
        let state = dir.path().join(name);
        std::fs::create_dir_all(state.join("store")).unwrap();
        for folder in [&state, &state.join("store")] {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
        }
        std::fs::write(state.join("store/conf"), left).unwrap();
        std::fs::set_permissions(state.join("store/conf"), std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(SledStore::read(&state, dir.path()).unwrap().is_none(), "{name}");
        let mut store = open(&state).unwrap();
        live(&mut store, 11, 3);
        drop(store);
        assert_eq!(open(&state).unwrap().recorded().serial, 3, "{name}");
    }
}

#[test]
fn what_would_go_into_a_deleted_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path()).unwrap();
    live(&mut store, 3, 2);
    std::fs::remove_dir_all(dir.path().join("store")).unwrap();
    let entries = random::commit(3, store.recorded());
    let error = store.commit(&entries).unwrap_err();
    assert!(error.to_string().contains("deleted while it was open"), "{error}");
}
