//! The store without a disk: failures and deaths at each end of a commit.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

use provisor::model::value::DigestKey;
use provisor::state::{MemoryStore, Moment, Recorded, StateError, Store};

use super::random;

fn store() -> MemoryStore {
    MemoryStore::new(Recorded::empty("memory".into()), DigestKey::new([7; 32])).unwrap()
}

/// The state after the first commit of `random`'s life, and after none.
fn ends() -> (Recorded, Recorded) {
    let none = Recorded::empty("memory".into());
    let mut one = none.clone();
    one.apply(&random::commit(1, &none)).unwrap();
    (none, one)
}

#[test]
fn a_commit_that_fails_before_it_is_written_leaves_nothing() {
    let (none, _) = ends();
    for (moment, durable) in [(Moment::Before, ends().0), (Moment::After, ends().1)] {
        let mut store = store();
        store.on_commit(Box::new(move |now, _| match now == moment {
            true => Err(io::Error::from(io::ErrorKind::StorageFull)),
            false => Ok(()),
        }));
        let entries = random::commit(1, &none);
        let error = store.commit(&entries).unwrap_err();
        assert!(
            matches!(error, StateError::Io { ref source, .. } if source.kind() == io::ErrorKind::StorageFull)
        );
        assert_eq!(store.recorded(), &durable, "{moment:?}");
        assert!(matches!(store.commit(&entries), Err(StateError::Io { .. })), "not before the next process");
        store.reopen();
        assert_eq!(store.commit(&random::commit(2, &durable)).unwrap(), durable.serial + 1);
    }
}

#[test]
fn dying_in_the_hook_leaves_what_was_durable() {
    struct Died;
    for (moment, durable) in [(Moment::Before, ends().0), (Moment::After, ends().1)] {
        let mut store = store();
        store.on_commit(Box::new(move |now, _| {
            if now == moment {
                resume_unwind(Box::new(Died));
            }
            Ok(())
        }));
        let entries = random::commit(1, &ends().0);
        let died = catch_unwind(AssertUnwindSafe(|| store.commit(&entries)));
        assert!(died.unwrap_err().is::<Died>());
        store.reopen();
        assert_eq!(store.load().unwrap(), durable, "{moment:?}");
        assert_eq!(store.commit(&random::commit(2, &durable)).unwrap(), durable.serial + 1);
    }
}

#[test]
fn the_hook_sees_valid_commits_only() {
    let calls = Rc::new(Cell::new(0));
    let count = Rc::clone(&calls);
    let mut store = store();
    store.on_commit(Box::new(move |_, _| {
        count.set(count.get() + 1);
        Ok(())
    }));
    let entries = random::commit(1, &ends().0);
    store.commit(&[]).unwrap();
    store.commit(&entries).unwrap();
    store.commit(&entries).unwrap_err();
    assert_eq!(calls.get(), 2);
}
