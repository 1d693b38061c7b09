//! Two commands at once: one state, one sandbox.

use std::time::Duration;

use super::support::{Done, Repo, SETTINGS, first_line};

fn slow() -> Repo {
    let repo = Repo::boxes(&["one", "two"]);
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 5");
    repo
}

#[test]
fn a_held_state_is_told_with_its_holder() {
    let repo = slow();
    let mut apply = repo.command(&["apply", "--auto-approve", "--json"]).spawn().unwrap();
    first_line(&mut apply);
    let pid = format!("pid {}", apply.id());
    for line in ["plan", "apply --auto-approve", "destroy --auto-approve", "state list", "output", "show"] {
        repo.sh(line).exits(5).tells(&[&pid, "provisor apply", "since"]);
    }
    repo.sh("validate").exits(0);
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
