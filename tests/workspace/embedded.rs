//! With the program's own adapters: an embedded sandbox, the real catalog client, a store in a folder; several rounds in
//! one process that never goes into the repo.

use provisor::cli::Wiring;
use provisor::workspace::{ProblemKind, Wish};

use super::{open, round};
use crate::cli::support::{Repo, boxed, files};

#[test]
fn a_loop_plans_and_applies_again_and_again() {
    let wiring = Wiring::new("loop");
    let repo = Repo::boxes(&["one", "two"]);
    let all = Wish::default();
    assert_eq!(round(repo.path(), &wiring, &all).unwrap(), ["one done", "two done"]);
    assert_eq!(round(repo.path(), &wiring, &all).unwrap(), [""; 0], "nothing is left to do");
    assert_eq!(repo.called("ProvisionProduct"), 2);
    repo.declare(&(boxed("one", "Note: \"${three.outputs.Arn}\"") + &boxed("three", "")));
    let done = round(repo.path(), &wiring, &all).unwrap();
    assert_eq!(done.iter().filter(|line| line.ends_with(" done")).count(), 3, "{done:?}");
    let backups = files(&repo.path().join("state/backups")).len();
    assert_eq!(backups, 2, "a round that changes nothing makes no backup");
    let destroy = Wish { destroy: true, ..Wish::default() };
    assert_eq!(round(repo.path(), &wiring, &destroy).unwrap().len(), 2);
}

#[test]
fn two_rounds_at_once_do_not_share_a_store() {
    let wiring = Wiring::new("loop");
    let repo = Repo::boxes(&["one"]);
    let workspace = open(repo.path(), &wiring).unwrap();
    let held = workspace.repo.store().unwrap();
    let problem = round(repo.path(), &wiring, &Wish::default()).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::State);
    assert!(format!("{problem:?}").contains("`provisor loop`"), "{problem:?}");
    drop(held);
    assert_eq!(round(repo.path(), &wiring, &Wish::default()).unwrap(), ["one done"]);
}
