//! Another state in place of the whole: what is refused, and what is there after a reopen.

use provisor::model::ids::Address;
use provisor::state::{Recorded, SledStore, StateError, Store};

use super::folder::live;
use super::{holder, is_corrupt, open};

#[test]
fn replacing_refuses_what_is_foreign_or_older() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(&dir.path().join("state")).unwrap();
    let old = live(&mut store, 21, 10);
    let new = live(&mut store, 21, 10);
    assert!(is_corrupt(&store.replace(old.clone()).unwrap_err()));
    assert!(is_corrupt(&store.replace(Recorded { lineage: "other".into(), ..new.clone() }).unwrap_err()));
    let broken = Recorded { serial: 1_000, rows: old.rows.clone(), ..new.clone() };
    let mut doubled = broken.clone();
    let (address, row) = old.rows.iter().find(|(_, row)| !row.tokens.is_empty()).unwrap();
    doubled.rows.insert(Address::new(address.key.clone(), "elsewhere"), row.clone());
    assert!(matches!(store.replace(doubled), Err(StateError::Invalid { .. })));
    assert_eq!(store.load().unwrap(), new);
    assert_eq!(store.replace(broken.clone()).unwrap(), 1_001);
    assert_eq!(store.load().unwrap(), Recorded { serial: 1_001, ..broken });
    live(&mut store, 22, 10);
}

#[test]
fn what_was_replaced_is_believed_after_a_reopen() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut store = open(&state).unwrap();
    let mut pushed = live(&mut store, 61, 40);
    // one row that is in both, one that is gone, one that is new
    let rows: Vec<Address> = pushed.rows.keys().cloned().collect();
    pushed.rows.get_mut(&rows[0]).unwrap().generation += 1;
    let moved = pushed.rows.remove(&rows[1]).unwrap();
    pushed.rows.insert(Address::new("renamed", "hub"), moved);
    pushed.serial += 7;
    let serial = store.replace(pushed.clone()).unwrap();
    assert_eq!(serial, pushed.serial + 1);
    drop(store);
    let expected = Recorded { serial, ..pushed };
    assert_eq!(SledStore::read(&state, &holder()).unwrap().unwrap().recorded, expected);
    let mut store = open(&state).unwrap();
    assert_eq!(store.load().unwrap(), expected);
    // and it goes on from there
    let after = live(&mut store, 62, 10);
    drop(store);
    assert_eq!(open(&state).unwrap().load().unwrap(), after);
}
