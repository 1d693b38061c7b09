//! Journals of previews: what a dead run left open is known, what a living one has is left alone, and the format keeps loading.

use std::fs;
use std::path::Path;

use provisor::model::ids::Address;
use provisor::model::time::Timestamp;
use provisor::state::{
    CatalogKind, Holder, Home, LeftBehind, OpenPreview, PreviewFolder, PreviewJournal, PreviewNote, Previews,
};

use super::{make_private, open};

/// Written by the first provisor of this format. It never changes.
const GOLDEN: &str = include_str!("../golden/previews-v1.jsonl");

const RUN: u128 = 0x1234;

fn folder(dir: &Path) -> PreviewFolder {
    let holder = Holder {
        pid: 4711,
        host: "build-7".to_owned(),
        since: Timestamp(1_700_000_000_000),
        command: "provisor plan --preview".to_owned(),
    };
    PreviewFolder::of(dir, holder)
}

fn opening(name: &str, creates: bool) -> PreviewNote {
    PreviewNote::Opening(Box::new(OpenPreview {
        name: format!("provisor-preview-{name}"),
        address: Address::new("network", "pay-dev/eu-west-1"),
        home: Home {
            account: "012345678901".into(),
            region: "eu-west-1".into(),
            catalog: if creates { CatalogKind::Unknown } else { CatalogKind::Sandbox },
        },
        product: "net-dev".to_owned(),
        creates,
        token: format!("provisor-preview-{name}").into(),
        sign_by: Timestamp(1_763_845_200_000),
        plan: None,
        provisioned: None,
    }))
}

fn opened(name: &str, provisioned: Option<&str>) -> PreviewNote {
    PreviewNote::Opened {
        name: format!("provisor-preview-{name}"),
        plan: format!("plan-{name}"),
        provisioned: provisioned.map(Into::into),
    }
}

fn closed(name: &str) -> PreviewNote {
    PreviewNote::Closed { name: format!("provisor-preview-{name}") }
}

fn life() -> Vec<PreviewNote> {
    vec![
        opening("a", true),
        opening("b", false),
        opening("c", true),
        opened("a", Some("pp-1")),
        opened("b", None),
        closed("b"),
    ]
}

fn names(journal: &dyn PreviewJournal) -> Vec<&str> {
    journal.open().keys().map(String::as_str).collect()
}

fn file(dir: &Path) -> std::path::PathBuf {
    dir.join(format!("previews/{RUN:032x}.jsonl"))
}

fn put(dir: &Path, text: &str) {
    fs::create_dir_all(dir.join("previews")).unwrap();
    fs::write(file(dir), text).unwrap();
    make_private(dir);
}

fn left(dir: &Path) -> LeftBehind {
    folder(dir).left_behind().unwrap()
}

/// `PROVISOR_BLESS=1` writes it anew: only for as long as format 1 is not released.
#[test]
fn the_format_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut journal = folder(&state).begin(RUN).unwrap();
    assert!(!state.exists(), "nothing is written before there is something to write");
    for note in life() {
        journal.note(vec![note]).unwrap();
    }
    let text = fs::read_to_string(file(&state)).unwrap();
    if std::env::var_os("PROVISOR_BLESS").is_some() {
        fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/previews-v1.jsonl"), &text).unwrap();
    }
    assert_eq!(text, GOLDEN);
    assert!(fs::read_to_string(state.join(".gitignore")).unwrap().contains('*'));
    let other = tempfile::tempdir().unwrap();
    put(other.path(), GOLDEN);
    let found = left(other.path());
    assert!(found.unread.is_empty());
    assert_eq!(found.journals[0].open(), journal.open());
    let a = &found.journals[0].open()["provisor-preview-a"];
    assert_eq!((a.plan.as_deref(), a.provisioned.as_ref().unwrap().as_str()), (Some("plan-a"), "pp-1"));
}

#[test]
fn a_living_run_keeps_what_is_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = folder(dir.path()).begin(RUN).unwrap();
    journal.note(life()).unwrap();
    assert!(left(dir.path()).journals.is_empty(), "it is held");
    // the state itself is somebody else's to hold
    let store = open(dir.path()).unwrap();
    assert!(left(dir.path()).journals.is_empty());
    drop(store);
    drop(journal);
    let mut first = left(dir.path());
    assert!(left(dir.path()).journals.is_empty(), "one takes care of it");
    let mut journal = first.journals.remove(0);
    assert_eq!(names(&*journal), ["provisor-preview-a", "provisor-preview-c"]);
    journal.note(vec![closed("a")]).unwrap();
    journal.end().unwrap();
    let mut journal = left(dir.path()).journals.remove(0);
    assert_eq!(names(&*journal), ["provisor-preview-c"], "it stays for as long as something is open");
    journal.note(vec![closed("c")]).unwrap();
    journal.end().unwrap();
    assert!(!file(dir.path()).exists() && left(dir.path()).journals.is_empty());
}

/// Whoever dies in the middle of a line had not asked for what it was about.
#[test]
fn every_beginning_of_a_journal_is_read() {
    for length in 0..=GOLDEN.len() {
        let dir = tempfile::tempdir().unwrap();
        put(dir.path(), &GOLDEN[..length]);
        let mut found = left(dir.path());
        assert!(found.unread.is_empty(), "{length}");
        let lines = GOLDEN[..length].matches('\n').count();
        let Some(mut journal) = found.journals.pop() else {
            assert_eq!(length, 0);
            assert!(!file(dir.path()).exists(), "an empty one is nobody's");
            continue;
        };
        let expected = [0, 0, 1, 2, 3, 3, 3, 2][lines];
        assert_eq!(journal.open().len(), expected, "{length}");
        // what is added next stands on a line of its own
        journal.note(vec![opening("d", true)]).unwrap();
        drop(journal);
        match lines {
            // without a first line, nobody wrote anything that counts
            0 => {}
            _ => assert_eq!(left(dir.path()).journals[0].open().len(), expected + 1, "{length}"),
        }
    }
}

#[test]
fn what_cannot_be_read_is_told_and_stays() {
    let line = GOLDEN.lines().nth(1).unwrap();
    for (text, says) in [
        (
            GOLDEN.replace("previews/v1", "previews/v2"),
            "a later provisor wrote it (format 2, this one knows 1)",
        ),
        (GOLDEN.replace("provisor.previews", "other.previews"), "is no journal of previews"),
        (GOLDEN.replacen(line, "nonsense", 1), "line 2"),
        (
            GOLDEN.replacen("\"creates\":true", "\"creates\":true,\"more\":1", 1),
            "line 2: unknown field `more`",
        ),
        (GOLDEN.replacen("network@", "network", 1), "is no address"),
        ("nonsense\n".to_owned(), "line 1"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        put(dir.path(), &text);
        let found = left(dir.path());
        assert!(found.journals.is_empty(), "{says}");
        assert!(found.unread[0].to_string().contains(says), "{} lacks {says}", found.unread[0]);
        assert_eq!(fs::read_to_string(file(dir.path())).unwrap(), text);
    }
}

/// Other files are nobody's journal, and a link is none.
#[test]
fn only_journals_are_read() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), GOLDEN);
    fs::rename(file(dir.path()), dir.path().join("previews/notes.jsonl")).unwrap();
    assert!(left(dir.path()).journals.is_empty());
    std::os::unix::fs::symlink(dir.path().join("previews/notes.jsonl"), file(dir.path())).unwrap();
    assert!(folder(dir.path()).left_behind().is_err());
}

/// Two begin and look at once, again and again: nobody's journal is taken for a dead one's.
#[test]
fn beginning_beside_somebody_who_looks() {
    let dir = tempfile::tempdir().unwrap();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                assert!(left(dir.path()).journals.is_empty(), "all of them live");
            }
        });
        let begun: Vec<_> = (0..60_u128)
            .map(|n| {
                let mut journal = folder(dir.path()).begin(n).unwrap();
                journal.note(life()).unwrap();
                journal
            })
            .collect();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        looking.join().unwrap();
        assert_eq!(fs::read_dir(dir.path().join("previews")).unwrap().count(), begun.len());
        drop(begun);
    });
    assert_eq!(left(dir.path()).journals.len(), 60);
}
