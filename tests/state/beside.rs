//! Read while somebody writes as fast as it can: every copy that is believed is exactly one commit, and none is older than
//! what was acknowledged before it was taken.

use std::sync::atomic::{AtomicU64, Ordering};

use provisor::state::{Recorded, SledStore, StateError, Store};

use super::{history, open, random, read};

const SEED: u64 = 77;
const COMMITS: u64 = 400;
/// So many have to be read meanwhile.
const COPIES: u64 = 10;

#[test]
fn a_copy_is_one_commit_whoever_writes() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut store = open(&state).unwrap();
    let mut model = store.recorded().clone();
    let acknowledged = AtomicU64::new(0);
    let copied = AtomicU64::new(0);
    let (mut seen, mut fast) = (Vec::<Recorded>::new(), 0);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            // for as long as it takes to be read beside; a reader that is never served ends it too
            let enough = |n| n >= COMMITS && copied.load(Ordering::SeqCst) > COPIES || n >= 50 * COMMITS;
            for n in 0.. {
                if enough(n) {
                    break;
                }
                let entries = random::commit(SEED, store.recorded());
                assert!(store.commit(&entries).unwrap().iter().all(Result::is_ok));
                acknowledged.store(store.recorded().serial, Ordering::SeqCst);
            }
            drop(store);
        });
        while !writer.is_finished() {
            let before = acknowledged.load(Ordering::SeqCst);
            match read(&state) {
                Ok(Some(snapshot)) => {
                    assert!(snapshot.recorded.serial >= before, "{} < {before}", snapshot.recorded.serial);
                    seen.push(snapshot.recorded);
                    copied.fetch_add(1, Ordering::SeqCst);
                }
                // no copy was whole: said as what it is, and never as damage
                Err(StateError::Locked { .. }) => fast += 1,
                other => panic!("{other:?}"),
            }
        }
    });
    let commits = acknowledged.load(Ordering::SeqCst);
    println!("{} copies of {commits} commits, {fast} times it was too fast", seen.len());
    assert!(seen.len() as u64 > COPIES, "{} copies, {fast} times too fast", seen.len());
    let mut copies = seen.into_iter().peekable();
    while model.serial < commits {
        while let Some(copy) = copies.next_if(|copy| copy.serial == model.serial) {
            assert_eq!(copy, model);
        }
        let _commit = model.commit(&random::commit(SEED, &model), None).unwrap();
        model.serial += 1;
    }
    assert!(copies.all(|copy| copy == model));
    assert_eq!(read(&state).unwrap().unwrap().recorded, model);
    assert!(history(&state).is_sorted_by_key(|past| past.serial));
}

#[test]
fn what_cannot_be_copied_is_no_lock() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let store = open(&state).unwrap();
    let nowhere = dir.path().join("no/such/folder");
    let refused = SledStore::read(&state, &nowhere);
    assert!(matches!(refused, Err(StateError::Io { .. })), "{refused:?}");
    drop(store);
}
