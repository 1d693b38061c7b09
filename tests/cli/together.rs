//! Two commands at once: one state, one sandbox.

use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::support::{Done, Repo, SETTINGS, boxed, first_line};

fn slow() -> Repo {
    let repo = Repo::boxes(&["one", "two"]);
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 5");
    repo
}

#[test]
fn a_held_state_is_told_with_its_holder() {
    let repo = slow();
    let export = repo.sh("state pull").out;
    repo.write("export.json", &export);
    let mut apply = repo.command(&["apply", "--auto-approve", "--json"]).spawn().unwrap();
    first_line(&mut apply);
    let pid = format!("pid {}", apply.id());
    let writers =
        ["apply --auto-approve", "destroy --auto-approve --lock-timeout 0s", "state push export.json"];
    for line in writers {
        repo.sh(line).exits(7).tells(&["locked by", &pid, "provisor apply", "since"]);
    }
    let readers = [
        "plan",
        "plan --out p.bin",
        "show",
        "show p.bin",
        "state list",
        "state pull",
        "state history",
        "output",
    ];
    for line in readers {
        repo.sh(line).exits(0).tells(&["held by", &pid, "provisor apply", "since", "last commit"]);
    }
    let plan = repo.sh("plan --json").exits(0);
    assert!(plan.err.contains("serial ") && plan.json()["format"] == "provisor.plan/v1", "{}", plan.err);
    let silent = repo.sh("validate").exits(0);
    assert!(silent.err.is_empty(), "{}", silent.err);
    apply.kill().unwrap();
    apply.wait().unwrap();
    assert!(repo.sh("show").exits(0).err.is_empty(), "nobody holds it any more");
}

#[test]
fn what_was_left_to_run_is_in_progress() {
    let repo = slow();
    repo.sh("apply --auto-approve --no-wait").exits(4);
    let plan = repo.sh("plan").exits(0).says(&["in progress: a provision was begun by ", "record rec-"]);
    assert!(!plan.out.contains("(interrupted:"), "{}", plan.out);
}

#[test]
fn who_is_patient_gets_its_turn() {
    let repo = slow();
    let mut apply = repo.command(&["apply", "--auto-approve", "--json"]).spawn().unwrap();
    first_line(&mut apply);
    repo.sh("apply --auto-approve --lock-timeout 2s").exits(7).tells(&["waiting for it to end", "locked by"]);
    let mut next = repo.command(&["apply", "--auto-approve", "-lock-timeout=2m"]).spawn().unwrap();
    let mut said = [0; 40];
    next.stderr.as_mut().unwrap().read_exact(&mut said).unwrap();
    assert!(String::from_utf8_lossy(&said).starts_with("The state is held by `provisor apply`"));
    repo.edit("sandbox.yaml", "time_scale: 5", "time_scale: 3600");
    apply.kill().unwrap();
    apply.wait().unwrap();
    Done::from(next.wait_with_output().unwrap()).exits(0);
    repo.settled();
    for line in [
        "apply --lock-timeout",
        "apply --lock-timeout soon",
        "apply --lock-timeout=-5s",
        "show --lock-timeout 5s",
    ] {
        repo.sh(line).exits(64);
    }
    repo.sh("plan -lock-timeout=5m").exits(0);
}

const KEYS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Six boxes with a note that a variable gives.
fn noted() -> Repo {
    let declared = |key: &&str| boxed(key, "Note: \"${var.note}\"");
    let repo = Repo::new(&KEYS.iter().map(declared).collect::<String>());
    repo.write("provisor.yaml", &format!("{SETTINGS}variables: {{note: {{type: string, default: n}}}}\n"));
    repo
}

/// So many plans, one after the other, each of one commit that is not older than the last one's: how many ran beside an apply.
fn planned(repo: &Repo, plans: usize) -> usize {
    let (mut beside, mut newest) = (0, 0);
    for _ in 0..plans {
        let done = repo.sh("plan").exits(0);
        let is_whole = done.out.contains("No changes.")
            || done.out.contains("Plan: 0 to add,") && done.out.contains(", 0 to destroy.");
        assert!(is_whole, "{}{}", done.out, done.err);
        let Some((_, serial)) = done.err.split_once("last commit, serial ") else { continue };
        let serial: u64 = serial.split('.').next().unwrap().parse().unwrap();
        assert!(serial >= newest, "it went back from {newest} to {serial}");
        (beside, newest) = (beside + 1, serial);
    }
    beside
}

/// Applies follow each other without a pause, and commit as fast as they can; each plan beside them sees one commit.
#[test]
fn plans_beside_applies_see_one_commit() {
    let repo = noted();
    // one server for all of them: who serves may not end in the middle
    let mut server = repo.command(&["sandbox"]).spawn().unwrap();
    first_line(&mut server);
    repo.apply().exits(0);
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut count = 0;
            while !ended.load(Ordering::Relaxed) {
                count += 1;
                repo.sh(&format!("apply --auto-approve --var note=n{count}")).exits(0);
            }
        });
        let planners = [(); 2].map(|()| scope.spawn(|| planned(&repo, 50)));
        let results = planners.map(|planner| planner.join());
        ended.store(true, Ordering::Relaxed);
        let held: usize = results.into_iter().map(Result::unwrap).sum();
        println!("{held} of 100 plans beside applies");
    });
    server.kill().unwrap();
    server.wait().unwrap();
}

/// One apply does not end while 200 plans are made beside it, however fast the machine is.
#[test]
fn plans_during_an_apply_wait_for_nobody() {
    let repo = noted();
    repo.apply().exits(0);
    repo.faults(&[r#"{operation: update, provisioned_product: "a", outcome: hang}"#]);
    // nor does it give up waiting: hours of this machine
    repo.edit("provisor.yaml", "project: test", "project: test\ntimeouts: {update: 29d}");
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 100");
    let mut apply =
        repo.command(&["apply", "--auto-approve", "--json", "--var", "note=other"]).spawn().unwrap();
    first_line(&mut apply);
    std::thread::scope(|scope| {
        let planners = [(); 2].map(|()| scope.spawn(|| planned(&repo, 100)));
        let held: usize = planners.into_iter().map(|planner| planner.join().unwrap()).sum();
        assert_eq!(held, 200, "plans beside one apply");
    });
    assert!(apply.try_wait().unwrap().is_none(), "the apply has not ended");
    apply.kill().unwrap();
    apply.wait().unwrap();
}

/// The holder is named once, though secrets are looked for in the state too.
#[test]
fn who_plans_beside_a_writer_is_told_so_once() {
    let repo = noted();
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 5");
    let mut apply = repo.command(&["apply", "--auto-approve", "--json"]).spawn().unwrap();
    first_line(&mut apply);
    for line in ["plan", "plan --var note=x", "plan --var note=x --out p.bin", "show", "state list"] {
        let done = repo.sh(line).exits(0);
        assert_eq!(done.err.matches("is held by").count(), 1, "{line}: {}", done.err);
    }
    for line in ["apply --auto-approve --var note=x", "destroy --auto-approve --var note=x"] {
        let done = repo.sh(line).exits(7);
        assert!(!done.err.contains("last commit"), "{line}: {}", done.err);
    }
    apply.kill().unwrap();
    apply.wait().unwrap();
}

#[test]
fn a_lock_dies_with_its_holder() {
    let repo = slow();
    let mut apply = repo.command(&["apply", "--auto-approve", "--json"]).spawn().unwrap();
    first_line(&mut apply);
    apply.kill().unwrap();
    apply.wait().unwrap();
    repo.edit("sandbox.yaml", "time_scale: 5", "time_scale: 3600");
    repo.apply().exits(0);
    repo.settled();
}

#[test]
fn two_applies_at_once_make_one_product() {
    let repo = Repo::boxes(&["one"]);
    let both: Vec<_> = (0..4).map(|_| repo.command(&["apply", "--auto-approve"]).spawn().unwrap()).collect();
    let codes: Vec<Done> = both.into_iter().map(|child| child.wait_with_output().unwrap().into()).collect();
    for done in &codes {
        assert!(matches!(done.code, Some(0 | 7)), "{:?}\n{}{}", done.code, done.out, done.err);
    }
    assert!(codes.iter().any(|done| done.code == Some(0)));
    assert_eq!(repo.called("ProvisionProduct"), 1);
    repo.settled();
}

#[test]
fn plans_at_once_do_not_disturb_each_other() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    let all: Vec<_> = (0..3).map(|_| repo.command(&["plan"]).spawn().unwrap()).collect();
    for child in all {
        let done = Done::from(child.wait_with_output().unwrap());
        assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
    }
}

#[test]
fn an_apply_survives_the_end_of_the_server_it_found() {
    let repo = slow();
    let mut server = repo.command(&["sandbox", "--world", "sandbox.yaml"]).spawn().unwrap();
    first_line(&mut server);
    let mut apply = repo.command(&["apply", "--auto-approve", "--json"]).spawn().unwrap();
    first_line(&mut apply);
    std::thread::sleep(Duration::from_millis(300));
    server.kill().unwrap();
    server.wait().unwrap();
    let done = Done::from(apply.wait_with_output().unwrap());
    assert!(matches!(done.code, Some(0 | 4)), "{:?}\n{}{}", done.code, done.out, done.err);
    repo.edit("sandbox.yaml", "time_scale: 5", "time_scale: 3600");
    repo.apply().exits(0);
    repo.settled();
    assert_eq!(repo.existing().len(), 2);
}

#[test]
fn a_sandbox_is_forgotten_only_when_told() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    assert_eq!(repo.existing().len(), 1);
    let mut server = repo.command(&["sandbox", "--world", "sandbox.yaml", "--reset"]).spawn().unwrap();
    first_line(&mut server);
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(repo.existing().is_empty());
    // what the state knows and the catalog does not: provisioned again, and said so
    repo.sh("plan --detailed-exitcode").exits(2).says(&["# one will be created"]);
    repo.apply().exits(0);
    repo.settled();
}

#[test]
fn a_frozen_location_is_neither_read_nor_changed() {
    let repo = Repo::boxes(&["one"]);
    repo.write("provisor.yaml", &SETTINGS.replace("sandbox.yaml}", "sandbox.yaml, frozen: true}"));
    repo.sh("plan --detailed-exitcode").exits(0);
    repo.apply().exits(0);
    assert!(repo.calls().is_empty());
}

/// What is left running takes its room: `--no-wait` is no way around a limit.
#[test]
fn limits_hold_for_what_nobody_waits_for() {
    let keys = ["a", "b", "c", "d", "e"];
    for (limits, most) in [("parallelism: 2", 2), ("products: {box: 3}", 3)] {
        let repo = Repo::boxes(&keys);
        repo.write("provisor.yaml", &format!("{SETTINGS}limits: {{{limits}}}\n"));
        repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 1");
        let done = repo.sh("apply --auto-approve --no-wait").exits(4);
        let done = done.says(&[&format!("{most} in flight"), &format!("{} not started", keys.len() - most)]);
        assert_eq!(repo.called("ProvisionProduct"), most, "{limits}\n{}", done.out);
        // they are still under way, and count
        repo.sh("apply --auto-approve --no-wait").exits(4).says(&[&format!("{most} in flight")]);
        assert_eq!(repo.called("ProvisionProduct"), most, "{limits}: again");
        repo.edit("sandbox.yaml", "time_scale: 1", "time_scale: 3600");
        repo.apply().exits(0);
        repo.settled();
        assert_eq!(repo.existing().len(), keys.len());
    }
}
