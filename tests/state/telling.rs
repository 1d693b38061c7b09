//! What became sensitive leaves the store's files, whenever somebody dies on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use provisor::model::ids::Address;
use provisor::model::target::{Named, Options, Target};
use provisor::state::{
    Applied, Binding, Birth, Change, Content, Group, Home, Recorded, SledStore, Store, Stored,
};

use super::{copy, history, make_private, open, read};

const TEXT: &str = "told-to-everybody";
const TELLING: &str = "\"telling\":true";

fn at() -> Address {
    Address::new("safe", "hub/eu-west-1")
}

fn write(store: &mut SledStore, change: Change) {
    let group = Group::of(store.recorded(), &at(), vec![change]);
    store.commit(&[group]).unwrap().pop().unwrap().unwrap();
}

/// A row that holds the text, as a parameter and as an output.
fn held(state: &Path) -> SledStore {
    let mut store = open(state).unwrap();
    let content = Content {
        target: Target {
            name: "safe".into(),
            product: Named::new("prod-1", "vault"),
            artifact: Named::new("pa-1", "v1"),
            path: Named::new("lp-1", "platform"),
            options: Options::default(),
        },
        parameters: BTreeMap::from([("Password".to_owned(), Stored::Text(TEXT.to_owned()))]),
        tags: BTreeMap::new(),
    };
    let applied = Applied {
        content,
        outputs: BTreeMap::from([("Echo".to_owned(), TEXT.to_owned())]),
        sensitive_outputs: BTreeMap::new(),
        record: "rec-1".into(),
        unverified: BTreeSet::new(),
    };
    let change = Change::Adopted {
        birth: Birth(7),
        home: Home { account: "111122223333".into(), region: "eu-west-1".into(), ..Home::default() },
        binding: Binding { id: "pp-1".into(), name: "safe".into(), arn: None },
        applied: Some(Box::new(applied)),
        lifecycle: Default::default(),
        after: BTreeSet::new(),
    };
    write(&mut store, change);
    store
}

/// The text is sensitive by now.
fn hide(store: &mut SledStore) {
    let digest = |name: &str| (name.to_owned(), Birth(7).scope(name).digest(store.key(), TEXT));
    let (sensitive, parameters) = (BTreeMap::from([digest("Echo")]), BTreeMap::from([digest("Password")]));
    write(
        store,
        Change::Remembered { lifecycle: Default::default(), after: BTreeSet::new(), sensitive, parameters },
    );
}

/// The files that hold the text.
fn telling(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(telling(&path));
        } else if std::fs::read(&path).unwrap().windows(TEXT.len()).any(|bytes| bytes == TEXT.as_bytes()) {
            found.push(path);
        }
    }
    found
}

fn head(state: &Path) -> String {
    std::fs::read_to_string(state.join("HEAD")).unwrap()
}

#[test]
fn what_a_run_that_died_left_in_the_files_goes_when_the_store_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut store = held(&state);
    assert!(!head(&state).contains("telling"));
    hide(&mut store);
    let expected = store.recorded().clone();
    // it dies before the end of its run
    drop(store);
    assert!(head(&state).contains(TELLING), "{}", head(&state));
    assert!(!telling(&state).is_empty(), "sled keeps what was");
    let past = history(&state);
    // whoever only reads changes nothing
    assert_eq!(read(&state).unwrap().unwrap().recorded, expected);
    assert!(head(&state).contains(TELLING));
    let store = open(&state).unwrap();
    assert_eq!(telling(&state), Vec::<PathBuf>::new());
    assert_eq!(store.recorded(), &expected);
    drop(store);
    assert!(!head(&state).contains("telling") && head(&state).contains("store-2"), "{}", head(&state));
    assert_eq!(history(&state), past);
    assert_eq!(open(&state).unwrap().recorded(), &expected);
}

#[test]
fn head_says_so_before_anything_is_taken_out() {
    let dir = tempfile::tempdir().unwrap();
    let (state, before) = (dir.path().join("state"), dir.path().join("before"));
    let mut store = held(&state);
    let old = store.recorded().clone();
    drop(store);
    copy(&state, &before);
    make_private(&before);
    let told = head(&before).replacen("\"folder\":", &format!("{TELLING},\"folder\":"), 1);
    assert!(told.contains(TELLING), "{told}");
    store = open(&state).unwrap();
    hide(&mut store);
    let new = store.recorded().clone();
    drop(store);
    // it died after HEAD and before the commit: the text is not sensitive yet
    std::fs::write(before.join("HEAD"), &told).unwrap();
    assert_eq!(open(&before).unwrap().recorded(), &old);
    assert!(!head(&before).contains("telling"));
    // it died after the commit and before the next HEAD
    std::fs::write(state.join("HEAD"), &told).unwrap();
    assert_eq!(open(&state).unwrap().recorded(), &new);
    assert!(!head(&state).contains("telling"));
    assert_eq!(telling(&state), Vec::<PathBuf>::new());
    assert_eq!(read(&state).unwrap().unwrap().recorded, new);
}

#[test]
fn the_end_of_a_run_leaves_nothing_and_names_older_backups() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut store = held(&state);
    assert_eq!(store.back_up().unwrap(), Vec::<String>::new());
    hide(&mut store);
    let holding = store.back_up().unwrap();
    let named: Vec<String> = telling(&state).iter().map(|path| path.display().to_string()).collect();
    assert_eq!(holding, named);
    assert!(holding.len() == 1 && holding[0].ends_with("backups/1.json"), "{holding:?}");
    assert!(state.join("backups/2.json").exists() && !head(&state).contains("telling"));
    // and is not done twice
    assert_eq!(store.back_up().unwrap(), Vec::<String>::new());
    assert!(head(&state).contains("store-2"));
}

#[test]
fn what_a_pushed_state_hides_leaves_the_files_too() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut store = held(&state);
    let plain = store.recorded().clone();
    hide(&mut store);
    let hidden = store.recorded().clone();
    drop(store);
    // the same store, in which nothing was hidden yet
    std::fs::remove_dir_all(&state).unwrap();
    let mut store = held(&state);
    assert_eq!(store.recorded().rows, plain.rows);
    store.backup().unwrap();
    let pushed = Recorded { lineage: store.recorded().lineage.clone(), ..hidden };
    store.replace(pushed).unwrap();
    assert!(!head(&state).contains("telling") && head(&state).contains("store-2"));
    let left = telling(&state);
    let named: Vec<String> = left.iter().map(|path| path.display().to_string()).collect();
    assert_eq!(store.telling_backups().unwrap(), named);
    assert!(left.len() == 1 && left[0].ends_with("backups/1.json"), "{left:?}");
    drop(store);
    assert!(open(&state).unwrap().recorded().rows.contains_key(&at()));
}

#[test]
fn what_cannot_be_said_first_is_not_taken_out() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut store = held(&state);
    let before = store.recorded().clone();
    // HEAD cannot be replaced any more
    std::fs::remove_file(state.join("HEAD")).unwrap();
    std::fs::create_dir(state.join("HEAD")).unwrap();
    let group = Group::of(store.recorded(), &at(), vec![Change::Forget]);
    let digest = Birth(7).scope("Password").digest(store.key(), TEXT);
    let remembered = Change::Remembered {
        lifecycle: Default::default(),
        after: BTreeSet::new(),
        sensitive: BTreeMap::new(),
        parameters: BTreeMap::from([("Password".to_owned(), digest)]),
    };
    let hidden = Group::of(store.recorded(), &at(), vec![remembered]);
    assert!(store.commit(&[hidden]).is_err());
    assert_eq!(store.recorded(), &before);
    assert!(store.commit(&[group]).is_err(), "what is on disk is known again only after the next open");
}
