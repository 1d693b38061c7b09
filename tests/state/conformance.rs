//! What every store does, run on each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provisor::model::ids::Address;
use provisor::model::secret::DigestKey;
use provisor::state::{
    Author, Change, Conflict, Group, Kind, Read, Recorded, Row, StateError, Store, Version, Write,
};

use super::random::{self, Rng};
use crate::memory_store::MemoryStore;

/// Who writes to the stores that the suite is given.
pub fn author() -> Author {
    Author { run: "run-1".into(), who: "ada".into(), from: "ci-4711".into(), commit: Some("c0ffee".into()) }
}

/// Runs the whole suite; `fresh` gives a store of [`author`]'s in which nothing was ever committed.
pub fn suite(fresh: &mut dyn FnMut() -> Box<dyn Store>) {
    a_fresh_store_is_empty(&mut *fresh());
    nothing_to_write_is_no_commit(&mut *fresh());
    each_write_makes_the_next_version(&mut *fresh());
    a_change_that_does_not_fit_stops_everything(&mut *fresh());
    groups_are_atomic_and_independent(&mut *fresh());
    a_write_is_made_from_what_stands(&mut *fresh());
    what_was_read_must_still_stand(&mut *fresh());
    in_one_commit_the_first_group_wins(&mut *fresh());
    a_conflict_tells_who_and_how_it_stands(&mut *fresh());
    tokens_and_numbers_never_come_again(&mut *fresh());
    a_dropped_row_leaves_a_tombstone_and_comes_back_from_it(&mut *fresh());
    a_moved_row_keeps_what_it_is_and_touches_no_other(&mut *fresh());
    the_key_stays(&*fresh());
    for seed in 0..4 {
        a_random_life_is_the_pure_one(&mut *fresh(), seed);
    }
}

fn at(key: &str) -> Address {
    Address::new(key, "hub")
}

fn begin(store: &dyn Store, seed: u64, address: &Address, kind: Kind) -> Change {
    let row = store.recorded().rows.get(address).cloned().unwrap_or_default();
    random::begin(&mut Rng(seed), &row, kind)
}

fn group(store: &dyn Store, address: &Address, change: Change) -> Group {
    Group::of(store.recorded(), address, vec![change])
}

/// One group that must hold.
fn commit(store: &mut dyn Store, group: Group) -> Vec<Version> {
    store.commit(&[group]).unwrap().pop().unwrap().unwrap()
}

/// A row at this address, whose first operation is intended.
fn born(store: &mut dyn Store, seed: u64, address: &Address) -> Version {
    let group = group(store, address, begin(store, seed, address, Kind::Provision));
    commit(store, group)[0]
}

/// A write that always fits a row, and changes nothing but its version.
fn touch(store: &dyn Store, address: &Address) -> Group {
    let Row { lifecycle, after, .. } = store.recorded().rows.get(address).cloned().unwrap_or_default();
    group(
        store,
        address,
        Change::Remembered { lifecycle, after, sensitive: BTreeMap::new(), parameters: [].into() },
    )
}

fn conflict(store: &mut dyn Store, group: Group) -> Conflict {
    let before = store.recorded().clone();
    let conflict = store.commit(&[group]).unwrap().pop().unwrap().unwrap_err();
    assert_eq!(store.recorded(), &before, "nothing of it was written");
    conflict
}

fn a_fresh_store_is_empty(store: &mut dyn Store) {
    let recorded = store.recorded();
    assert!(recorded.rows.is_empty() && recorded.tombstones.is_empty());
    assert!(!recorded.lineage.as_str().is_empty());
}

fn nothing_to_write_is_no_commit(store: &mut dyn Store) {
    let before = store.recorded().clone();
    assert_eq!(store.commit(&[]).unwrap(), []);
    let reads = vec![Read { address: at("a"), version: None }];
    assert_eq!(store.commit(&[Group { writes: Vec::new(), reads }]).unwrap(), [Ok(Vec::new())]);
    assert_eq!(store.recorded(), &before);
}

fn each_write_makes_the_next_version(store: &mut dyn Store) {
    let first = born(store, 1, &at("a"));
    assert_eq!(first.n, 1);
    // several changes of one write count once
    let accepted = Change::Accepted { record: "rec-1".into(), provisioned: "pp-1".into() };
    let failed =
        Change::Settled(Box::new(provisor::state::Settlement::Failed { message: "no".into() }), None);
    let both = Group::of(store.recorded(), &at("a"), vec![accepted, failed]);
    assert_eq!(commit(store, both), [Version { n: 2, ..first }]);
    let other = born(store, 2, &at("b"));
    assert_ne!(other.birth, first.birth);
    let began = store.recorded().rows[&at("b")].intent.as_ref().and_then(|intent| intent.by.as_deref());
    assert_eq!(began, Some(&author()), "an operation remembers who began it");
    let row = &store.recorded().rows[&at("a")];
    assert_eq!((row.version, row.by.as_deref()), (Version { n: 2, ..first }, Some(&author())));
}

fn a_change_that_does_not_fit_stops_everything(store: &mut dyn Store) {
    born(store, 1, &at("a"));
    born(store, 2, &at("b"));
    let before = store.recorded().clone();
    let good = [touch(store, &at("a")), group(store, &at("b"), Change::Refused { message: "no".into() })];
    for bad in [
        group(store, &at("c"), Change::Abandoned),
        group(store, &at("c"), Change::Forget),
        group(store, &at("d"), Change::Moved { to: at("c") }),
        group(store, &at("c"), begin_twice(store)),
    ] {
        // twice: a refusal must not make the store forget what it knows
        for _ in 0..2 {
            let result = store.commit(&[good[0].clone(), bad.clone(), good[1].clone()]);
            assert!(matches!(result, Err(StateError::Invalid { .. })), "{result:?}");
            assert_eq!(store.recorded(), &before);
        }
    }
    assert!(store.commit(&good).unwrap().iter().all(Result::is_ok));
}

/// An operation whose number is not the row's next.
fn begin_twice(store: &dyn Store) -> Change {
    let mut change = begin(store, 9, &at("c"), Kind::Provision);
    if let Change::Begin { intent, .. } = &mut change {
        intent.op_no = 2;
    }
    change
}

fn groups_are_atomic_and_independent(store: &mut dyn Store) {
    let a = born(store, 1, &at("a"));
    let b = born(store, 2, &at("b"));
    let stale = Version { n: 7, ..b };
    let half = Group {
        writes: [
            touch(store, &at("a")).writes,
            vec![Write { from: Some(stale), ..touch(store, &at("b")).writes[0].clone() }],
        ]
        .concat(),
        reads: Vec::new(),
    };
    let whole = group(store, &at("c"), begin(store, 3, &at("c"), Kind::Provision));
    let answers = store.commit(&[half, whole]).unwrap();
    assert_eq!(answers[0].as_ref().unwrap_err().address, at("b"));
    assert_eq!(answers[1].as_ref().unwrap()[0].n, 1);
    let version = |address: &str| store.recorded().version(&at(address));
    assert_eq!((version("a"), version("b")), (Some(a), Some(b)), "not half of a group");
    assert!(version("c").is_some());
    // both rows of one group, in its order
    let two = Group {
        writes: [touch(store, &at("b")).writes, touch(store, &at("a")).writes].concat(),
        reads: Vec::new(),
    };
    assert_eq!(commit(store, two), [Version { n: 2, ..b }, Version { n: 2, ..a }]);
}

fn a_write_is_made_from_what_stands(store: &mut dyn Store) {
    let first = born(store, 1, &at("a"));
    let made_from = |store: &dyn Store, from: Option<Version>| {
        let mut group = touch(store, &at("a"));
        group.writes[0].from = from;
        group
    };
    let elsewhere = Version { birth: random::birth(&mut Rng(5)), ..first };
    for from in [None, Some(Version { n: 0, ..first }), Some(Version { n: 2, ..first }), Some(elsewhere)] {
        let group = made_from(store, from);
        assert_eq!(conflict(store, group).address, at("a"), "{from:?}");
    }
    let mut early = group(store, &at("b"), begin(store, 2, &at("b"), Kind::Provision));
    early.writes[0].from = Some(first);
    assert_eq!(conflict(store, early).address, at("b"), "there is no such row yet");
    let right = made_from(store, Some(first));
    commit(store, right.clone());
    assert_eq!(conflict(store, right).address, at("a"), "the same again");
}

fn what_was_read_must_still_stand(store: &mut dyn Store) {
    born(store, 1, &at("input"));
    let reading = |store: &dyn Store, addresses: &[&str]| {
        let read: Vec<Address> = addresses.iter().map(|key| at(key)).collect();
        group(store, &at("a"), begin(store, 2, &at("a"), Kind::Provision)).reading(store.recorded(), &read)
    };
    let old = reading(store, &["input", "nobody"]);
    let again = touch(store, &at("input"));
    commit(store, again);
    let found = conflict(store, old);
    assert_eq!((found.address, found.now.map(|row| row.version.n)), (at("input"), Some(2)));
    let absent = reading(store, &["input", "late"]);
    born(store, 3, &at("late"));
    assert_eq!(conflict(store, absent).address, at("late"), "what was not there is there now");
    let late = store.recorded().version(&at("late"));
    let right = reading(store, &["input", "late", "nobody"]);
    commit(store, right);
    assert_eq!(store.recorded().version(&at("late")), late, "reading writes nothing");
}

fn in_one_commit_the_first_group_wins(store: &mut dyn Store) {
    born(store, 1, &at("a"));
    let first = touch(store, &at("a"));
    let reader = touch(store, &at("b"));
    let reader = Group { writes: vec![], reads: reader.reads }.reading(store.recorded(), [&at("a")]);
    let answers = store.commit(&[first.clone(), first, reader]).unwrap();
    assert!(answers[0].is_ok() && answers[1].is_err() && answers[2].is_err(), "{answers:?}");
    assert_eq!(store.recorded().rows[&at("a")].version.n, 2);
}

fn a_conflict_tells_who_and_how_it_stands(store: &mut dyn Store) {
    born(store, 1, &at("a"));
    let stale = touch(store, &at("a"));
    let message = Change::Refused { message: "no".into() };
    let accepted = Change::Accepted { record: "rec-1".into(), provisioned: "pp-1".into() };
    let theirs = group(store, &at("a"), accepted);
    commit(store, theirs);
    let found = conflict(store, stale.clone());
    assert_eq!(found.now.as_deref(), store.recorded().rows.get(&at("a")));
    assert_eq!(found.by, Some(Arc::new(author())));
    born(store, 2, &at("b"));
    let stale = touch(store, &at("b"));
    let dropped = group(store, &at("b"), message);
    commit(store, dropped);
    let found = conflict(store, stale);
    assert_eq!((found.now, found.by), (None, Some(Arc::new(author()))), "dropped, and known by whom");
}

fn tokens_and_numbers_never_come_again(store: &mut dyn Store) {
    let with = |store: &dyn Store, op_no: u64, token: &str| {
        let mut change = begin(store, 2, &at("a"), Kind::Provision);
        if let Change::Begin { intent, .. } = &mut change {
            (intent.op_no, intent.token) = (op_no, token.into());
        }
        group(store, &at("a"), change)
    };
    let first = with(store, 1, "t1");
    commit(store, first);
    let abandoned = group(store, &at("a"), Change::Abandoned);
    commit(store, abandoned);
    for (op_no, token) in [(1, "t2"), (3, "t2"), (2, "t1")] {
        let group = with(store, op_no, token);
        let result = store.commit(&[group]);
        assert!(matches!(result, Err(StateError::Invalid { .. })), "{op_no} {token}: {result:?}");
    }
    let second = with(store, 2, "t2");
    commit(store, second);
    // not even after it was dropped
    let abandoned = group(store, &at("a"), Change::Abandoned);
    commit(store, abandoned);
    let forgotten = group(store, &at("a"), Change::Forget);
    commit(store, forgotten);
    for token in ["t1", "t2"] {
        let group = with(store, 1, token);
        assert!(matches!(store.commit(&[group]), Err(StateError::Invalid { .. })), "{token}");
    }
    let third = with(store, 1, "t3");
    commit(store, third);
}

fn a_dropped_row_leaves_a_tombstone_and_comes_back_from_it(store: &mut dyn Store) {
    let first = born(store, 1, &at("a"));
    let never = group(store, &at("a"), begin(store, 2, &at("a"), Kind::Provision));
    let token = store.recorded().rows[&at("a")].tokens[0].1.clone();
    let under_way = group(store, &at("a"), Change::Forget);
    assert!(
        matches!(store.commit(&[under_way]), Err(StateError::Invalid { .. })),
        "not while it is under way"
    );
    let refused = group(store, &at("a"), Change::Refused { message: "no".into() });
    assert_eq!(commit(store, refused), [Version { n: 2, ..first }], "the tombstone's version");
    let stone = &store.recorded().tombstones[&at("a")];
    assert_eq!((stone.version, stone.moved), (Version { n: 2, ..first }, false));
    assert_eq!(stone.tokens, std::slice::from_ref(&token));
    assert_eq!(
        conflict(store, Group { writes: vec![Write { from: None, ..never.writes[0].clone() }], ..never })
            .address,
        at("a"),
        "as if nothing had ever been there"
    );
    let again = group(store, &at("a"), begin(store, 3, &at("a"), Kind::Provision));
    assert_eq!(commit(store, again), [Version { n: 3, ..first }], "the same row, and no version twice");
    let row = &store.recorded().rows[&at("a")];
    assert_eq!((&row.earlier, row.tokens.len(), row.op_no), (&vec![token], 1, 1));
    assert!(store.recorded().tombstones.is_empty());
}

fn a_moved_row_keeps_what_it_is_and_touches_no_other(store: &mut dyn Store) {
    let first = born(store, 1, &at("a"));
    let mut follower = begin(store, 2, &at("b"), Kind::Provision);
    if let Change::Begin { after, .. } = &mut follower {
        *after = BTreeSet::from([first.birth]);
    }
    let follower = group(store, &at("b"), follower);
    commit(store, follower);
    let before = store.recorded().clone();
    let moved = group(store, &at("a"), Change::Moved { to: at("c") }).reading(store.recorded(), [&at("c")]);
    let taken = group(store, &at("b"), Change::Moved { to: at("a") });
    assert!(matches!(store.commit(&[taken]), Err(StateError::Invalid { .. })), "somebody lives there");
    assert_eq!(commit(store, moved), [Version { n: 2, ..first }]);
    let after = store.recorded();
    assert_eq!(after.rows[&at("b")], before.rows[&at("b")]);
    assert_eq!(after.births()[&first.birth], &at("c"), "whoever knows it by its birth finds it");
    let kept = |row: &Row| (row.tokens.clone(), row.intent.clone(), row.op_no);
    assert_eq!(kept(&after.rows[&at("c")]), kept(&before.rows[&at("a")]));
    // what begins where it stood is another row
    assert!(after.tombstones[&at("a")].moved);
    let other = born(store, 3, &at("a"));
    assert!(other.birth != first.birth && other.n == 1, "{other:?}");
}

fn the_key_stays(store: &dyn Store) {
    let signature = store.key().sign(&[b"x"]);
    assert!(store.key().verify(&[b"x"], &signature));
}

fn a_random_life_is_the_pure_one(store: &mut dyn Store, seed: u64) {
    let by = Arc::new(author());
    let mut pure: Recorded = store.recorded().clone();
    for round in 0..150 {
        let groups = random::commit(seed, &pure);
        if round % 7 == 0 {
            // the same, and something that does not fit: as if it had never been tried
            let bad = Group::of(&pure, &Address::new("nobody", "nowhere"), vec![Change::Abandoned]);
            let spoiled: Vec<Group> = groups.iter().cloned().chain([bad]).collect();
            assert!(matches!(store.commit(&spoiled), Err(StateError::Invalid { .. })));
        }
        let expected = pure.commit(&groups, Some(&by)).unwrap().answers;
        pure.verify().unwrap();
        assert_eq!(store.commit(&groups).unwrap(), expected);
        pure.serial = store.recorded().serial;
        assert_eq!(store.recorded(), &pure, "seed {seed}, round {round}");
    }
}

#[test]
fn memory() {
    suite(&mut || {
        let empty = Recorded::empty("memory".into());
        Box::new(MemoryStore::new(empty, DigestKey::new([7; 32]), Some(author())).unwrap())
    });
}

#[test]
fn sled() {
    let dir = tempfile::tempdir().unwrap();
    let mut count = 0;
    suite(&mut || {
        count += 1;
        let lock = provisor::state::Lock { by: Some(author()), ..super::lock() };
        Box::new(provisor::state::SledStore::open(&dir.path().join(format!("state-{count}")), lock).unwrap())
    });
}
