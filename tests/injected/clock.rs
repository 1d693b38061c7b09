//! A machine's clock that is set, between runs and in the middle of one: what happened when is the service's to say. Needs
//! `faketime`, and says so where it skips.

use std::process::Command;
use std::time::Duration;

use crate::cli::support::{Done, Repo, Served, boxed};

/// What `faketime` has a program load; none where it is not there.
fn library() -> Option<String> {
    let shown = Command::new("faketime").args(["-f", "+0", "env"]).output().ok()?;
    let shown = String::from_utf8(shown.stdout).ok()?;
    shown.lines().find_map(|line| line.strip_prefix("LD_PRELOAD=")).map(str::to_owned)
}

/// An apply with this idea of the time; how long something takes is nothing that is set.
fn apply_at(repo: &Repo, time: &str, library: &str) -> Command {
    let mut command = repo.command(&["apply", "--auto-approve"]);
    command.env("LD_PRELOAD", library).env("FAKETIME", time).env("DONT_FAKE_MONOTONIC", "1");
    command
}

#[test]
fn a_clock_that_is_set_changes_nothing() {
    let Some(library) = library() else {
        eprintln!("skipped: there is no `faketime` here");
        return;
    };
    let declared =
        |mode: &str| boxed("one", &format!("Mode: {mode}")) + &boxed("two", "Note: \"${one.outputs.Arn}\"");
    let repo = Repo::new("");
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 100");
    let _served = Served::start(&repo);
    // each is killed while something is under way: in the future, in the past, with a clock that runs away, without one
    for (time, mode) in [("+2d", "slow"), ("-2d", "fast"), ("+0 x3000", "slow"), ("-400d", "fast")] {
        repo.declare(&declared(mode));
        let mut child = apply_at(&repo, time, &library).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(700));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let done: Done = apply_at(&repo, "-30d", &library).output().unwrap().into();
    done.exits(0);
    repo.settled();
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0);
    assert_eq!(repo.existing().len(), 2, "nothing is made twice");
}
