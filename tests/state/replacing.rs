//! Another state in place of the whole: what is refused, and what is there after a reopen.

use std::collections::BTreeMap;

use provisor::model::ids::Address;
use provisor::state::{Recorded, StateError, Store};

use super::folder::live;
use super::{is_corrupt, open, read};

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
    assert_eq!(store.recorded().clone(), new);
    assert_eq!(store.replace(broken.clone()).unwrap(), 1_001);
    assert_eq!(bare(store.recorded()), bare(&Recorded { serial: 1_001, ..broken }));
    // what was replaced is no state that anybody has read
    let versions =
        |recorded: &Recorded| recorded.rows.iter().map(|(at, row)| (at.clone(), row.version)).collect();
    let (then, now): (BTreeMap<_, _>, BTreeMap<_, _>) = (versions(&new), versions(store.recorded()));
    for (address, row) in
        new.rows.iter().filter(|(address, row)| store.recorded().rows.get(*address) != Some(*row))
    {
        assert_ne!(Some(&row.version), now.get(address), "{address}");
        assert!(now.get(address).is_none_or(|version| version.n > then[address].n), "{address}");
    }
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
    pushed.rows.get_mut(&rows[0]).unwrap().lifecycle.prevent_terminate ^= true;
    let moved = pushed.rows.remove(&rows[1]).unwrap();
    pushed.rows.insert(Address::new("renamed", "hub"), moved);
    pushed.serial += 7;
    let serial = store.replace(pushed.clone()).unwrap();
    assert_eq!(serial, pushed.serial + 1);
    drop(store);
    let expected = bare(&Recorded { serial, ..pushed });
    assert_eq!(bare(&read(&state).unwrap().unwrap().recorded), expected);
    let mut store = open(&state).unwrap();
    assert_eq!(bare(store.recorded()), expected);
    assert!(store.recorded().tombstones[&rows[1]].moved, "its row lives on elsewhere");
    // and it goes on from there
    let after = live(&mut store, 62, 10);
    drop(store);
    assert_eq!(open(&state).unwrap().recorded().clone(), after);
}

/// Without what a store notes of a push by itself: versions, and tombstones.
fn bare(recorded: &Recorded) -> Recorded {
    let mut bare = Recorded { tombstones: BTreeMap::new(), ..recorded.clone() };
    bare.rows.values_mut().for_each(|row| row.version.n = 0);
    bare
}
