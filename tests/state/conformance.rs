//! What every store does, run on each of them.

use provisor::model::ids::Address;
use provisor::model::value::DigestKey;
use provisor::state::{Change, Entry, Kind, MemoryStore, Recorded, StateError, Store};

use super::random::{self, Rng};

/// Runs the whole suite; `fresh` gives a store in which nothing was ever committed.
pub fn suite(fresh: &mut dyn FnMut() -> Box<dyn Store>) {
    a_fresh_store_is_empty(&mut *fresh());
    an_empty_commit_is_none(&mut *fresh());
    a_commit_is_all_or_nothing(&mut *fresh());
    tokens_and_numbers_never_come_again(&mut *fresh());
    the_key_stays(&*fresh());
    for seed in 0..4 {
        a_random_life_is_the_pure_one(&mut *fresh(), seed);
    }
}

fn a_fresh_store_is_empty(store: &mut dyn Store) {
    let recorded = store.load().unwrap();
    assert_eq!((recorded.serial, recorded.rows.len()), (0, 0));
    assert!(!recorded.lineage.as_str().is_empty());
}

fn an_empty_commit_is_none(store: &mut dyn Store) {
    assert_eq!(store.commit(&[]).unwrap(), 0);
    assert_eq!(store.load().unwrap().serial, 0);
}

fn a_commit_is_all_or_nothing(store: &mut dyn Store) {
    let mut rng = Rng(1);
    let recorded = store.load().unwrap();
    let (a, b, c) = (Address::new("a", "hub"), Address::new("b", "hub"), Address::new("c", "hub"));
    let begin = |rng: &mut Rng| random::begin(rng, &recorded, Kind::Provision);
    store.commit(&[(a.clone(), begin(&mut rng)), (b.clone(), begin(&mut rng))]).unwrap();
    let before = store.load().unwrap();
    // each first change is good, the second is not
    let good: Entry = (b.clone(), Change::Refused { message: "no".into() });
    let moved: Entry = (a.clone(), Change::Moved { to: c.clone() });
    for bad in [
        (a.clone(), begin(&mut rng)),
        (a.clone(), Change::Forget),
        (b.clone(), Change::Abandoned),
        (c.clone(), begin(&mut rng)),
        (a.clone(), Change::Moved { to: c.clone() }),
    ] {
        let result = store.commit(&[moved.clone(), good.clone(), bad]);
        assert!(matches!(result, Err(StateError::Invalid { .. })), "{result:?}");
        assert_eq!(store.load().unwrap(), before);
    }
    assert_eq!(store.commit(&[moved, good]).unwrap(), 2);
    let after = store.load().unwrap();
    assert_eq!(after.rows.keys().collect::<Vec<_>>(), [&c]);
    assert_eq!(after.rows.get(&c), before.rows.get(&a));
}

fn tokens_and_numbers_never_come_again(store: &mut dyn Store) {
    let mut rng = Rng(2);
    let (a, b) = (Address::new("a", "hub"), Address::new("b", "hub"));
    let Change::Begin { place, intent, lifecycle, after } =
        random::begin(&mut rng, &store.load().unwrap(), Kind::Provision)
    else {
        unreachable!("that is what it makes")
    };
    let with = |op_no: u64, token: &str| {
        let mut intent = intent.clone();
        (intent.op_no, intent.token) = (op_no, token.into());
        Change::Begin { place: place.clone(), intent, lifecycle, after: after.clone() }
    };
    store.commit(&[(a.clone(), with(1, "t1"))]).unwrap();
    let refused = |store: &mut dyn Store, entries: &[Entry]| {
        // twice: a refusal must not make the store forget whose a token is
        for _ in 0..2 {
            let before = store.load().unwrap();
            assert!(matches!(store.commit(entries), Err(StateError::Invalid { .. })), "{entries:?}");
            assert_eq!(store.load().unwrap(), before);
        }
    };
    // another row's token, twice one token, a number that is not the serial
    refused(store, &[(b.clone(), with(2, "t1"))]);
    refused(store, &[(b.clone(), with(2, "t2")), (Address::new("c", "hub"), with(2, "t2"))]);
    refused(store, &[(a.clone(), Change::Abandoned), (b.clone(), with(2, "t1"))]);
    refused(store, &[(b.clone(), with(2, "t1"))]);
    refused(store, &[(b.clone(), with(1, "t2"))]);
    refused(store, &[(b.clone(), with(3, "t2"))]);
    // the row is dropped, and made again: its number is a new one all the same
    store.commit(&[(a.clone(), Change::Refused { message: "no".into() })]).unwrap();
    assert!(store.load().unwrap().rows.is_empty());
    refused(store, &[(a.clone(), with(1, "t1"))]);
    store.commit(&[(a.clone(), with(3, "t3"))]).unwrap();
    assert_eq!(store.load().unwrap().rows.get(&a).unwrap().op_no, 3);
}

fn the_key_stays(store: &dyn Store) {
    let signature = store.key().sign(&[b"x"]);
    assert!(store.key().verify(&[b"x"], &signature));
}

fn a_random_life_is_the_pure_one(store: &mut dyn Store, seed: u64) {
    let mut pure: Recorded = store.load().unwrap();
    for round in 0..150 {
        let entries = random::commit(seed, &pure);
        if round % 7 == 0 {
            // the same, and something that does not fit: as if it had never been tried
            let bad = (Address::new("nobody", "nowhere"), Change::Abandoned);
            let spoiled: Vec<Entry> = entries.iter().cloned().chain([bad]).collect();
            assert!(matches!(store.commit(&spoiled), Err(StateError::Invalid { .. })));
        }
        pure.apply(&entries).unwrap();
        pure.verify().unwrap();
        assert_eq!(store.commit(&entries).unwrap(), pure.serial);
        if round % 10 == 0 {
            assert_eq!(store.load().unwrap(), pure, "seed {seed}, round {round}");
        }
    }
    assert_eq!(store.load().unwrap(), pure, "seed {seed}");
}

#[test]
fn memory() {
    suite(&mut || {
        let empty = Recorded::empty("memory".into());
        Box::new(MemoryStore::new(empty, DigestKey::new([7; 32])).unwrap())
    });
}

#[test]
fn sled() {
    let dir = tempfile::tempdir().unwrap();
    let mut count = 0;
    suite(&mut || {
        count += 1;
        Box::new(super::open(&dir.path().join(format!("state-{count}"))).unwrap())
    });
}
