//! Saved plans: applied exactly as they were seen, or not at all; and plans as values.

use super::support::{Repo, boxed};

#[test]
fn a_saved_plan_is_applied_exactly() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.sh("plan --out p.bin").exits(0);
    // the declarations have moved on: the plan has not
    repo.declare(&(boxed("one", "Note: later") + &boxed("two", "") + &boxed("three", "")));
    repo.sh("show p.bin").exits(0).says(&["Plan: 2 to add, 0 to change, 0 to destroy."]);
    repo.sh("apply p.bin").exits(0).says(&["Apply complete! Resources: 2 added, 0 changed, 0 destroyed."]);
    assert_eq!(repo.sh("output one Note --raw").out, "none");
    assert_eq!(repo.existing().len(), 2);
}

#[test]
fn a_plan_is_a_value() {
    let repo = Repo::boxes(&["one", "two"]);
    let plans: Vec<String> = (0..3).map(|_| repo.sh("plan --format json").exits(0).out).collect();
    assert!(plans.iter().all(|plan| *plan == plans[0]), "byte-identical\n{}\n{}", plans[0], plans[1]);
    repo.sh("plan --out a.bin").exits(0);
    repo.sh("plan --out b.bin").exits(0);
    // but for when and by which run it was made, which is signed too
    let steps = |name: &str| {
        let text = repo.read(name);
        let lines =
            text.lines().filter(|line| !line.starts_with("\"about\"") && !line.starts_with("\"mac\""));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(steps("a.bin").len() > 5);
    assert_eq!(steps("a.bin"), steps("b.bin"));
    repo.sh("plan --write json=p.json --write human=p.txt").exits(0);
    let written: serde_json::Value = serde_json::from_str(&repo.read("p.json")).unwrap();
    assert_eq!(written["format"], "provisor.plan/v1");
    assert!(repo.read("p.txt").contains("Plan: 2 to add"));
}

#[test]
fn a_plan_is_stale_where_what_it_touches_has_moved_and_only_there() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    repo.declare(&(boxed("one", "Note: a") + &boxed("two", "")));
    repo.sh("plan --out one.bin").exits(0);
    repo.declare(&(boxed("one", "") + &boxed("two", "Note: b") + &boxed("three", "")));
    repo.apply().exits(0);
    repo.sh("apply one.bin").exits(0).says(&["0 added, 1 changed, 0 destroyed"]);
    let updates = repo.called("UpdateProvisionedProduct");
    repo.sh("apply one.bin").exits(6).tells(&["stale", "one"]);
    assert_eq!(repo.called("UpdateProvisionedProduct"), updates);
}

#[test]
fn a_plan_of_creations_is_stale_once_they_exist() {
    let repo = Repo::boxes(&["one"]);
    repo.sh("plan --out p.bin").exits(0);
    repo.apply().exits(0);
    repo.sh("apply p.bin").exits(6).tells(&["stale", "one"]);
    assert_eq!(repo.existing().len(), 1);
}

#[test]
fn a_plan_that_somebody_touched_is_refused() {
    let repo = Repo::boxes(&["one"]);
    repo.sh("plan --out p.bin").exits(0);
    let plan = repo.read("p.bin");
    let half = plan.get(..plan.len() / 2).unwrap().to_owned();
    let calls = repo.calls().len();
    for (name, text) in [
        ("another value", plan.replace("\"none\"", "\"nope\"")),
        ("another name", plan.replacen("one", "two", 1)),
        ("truncated", half),
        ("empty", String::new()),
        ("no plan", "hello".to_owned()),
        ("JSON, but no plan", "{}".to_owned()),
        ("a newer format", plan.replace("planfile/v5", "planfile/v9")),
    ] {
        repo.write("q.bin", &text);
        let done = repo.sh("apply q.bin");
        assert_eq!(done.code, Some(6), "{name}\n{}{}", done.out, done.err);
        assert!(done.err.contains("hint:"), "{name}\n{}", done.err);
        repo.sh("show q.bin").exits(6);
    }
    assert_eq!(repo.calls().len(), calls, "refused before any call");
    repo.sh("apply absent.bin").exits(1).tells(&["absent.bin"]);
    repo.sh("apply p.bin").exits(0);
}

#[test]
fn a_plan_of_another_state_is_refused() {
    let (repo, other) = (Repo::boxes(&["one"]), Repo::boxes(&["one"]));
    repo.sh("plan --out p.bin").exits(0);
    other.write("p.bin", &repo.read("p.bin"));
    other.sh("apply p.bin").exits(6).tells(&["no state here"]);
    other.sh("plan --out own.bin").exits(0);
    other.sh("apply p.bin").exits(6).tells(&["another state"]);
    assert_eq!(other.called("ProvisionProduct"), 0);
}

#[test]
fn a_saved_plan_takes_no_selection() {
    let repo = Repo::boxes(&["one"]);
    repo.sh("plan --out p.bin").exits(0);
    for flags in
        ["--target one", "--exclude one", "--replace one", "--allow create", "--no-refresh", "--refresh-only"]
    {
        repo.sh(&format!("apply p.bin {flags}")).exits(64);
    }
    assert_eq!(repo.called("ProvisionProduct"), 0);
}

#[test]
fn a_checksum_names_the_plan_that_was_approved() {
    let repo = Repo::boxes(&["one"]);
    let plan = repo.sh("plan --format json --out p.bin").exits(0).json();
    let fingerprint = plan["fingerprint"].as_str().unwrap().to_owned();
    let wrong = "0".repeat(64);
    repo.sh(&format!("apply p.bin --checksum {wrong}")).exits(6);
    repo.sh(&format!("apply --auto-approve --checksum {wrong}")).exits(5);
    repo.sh("apply --auto-approve --checksum abc").exits(5);
    assert_eq!(repo.called("ProvisionProduct"), 0);
    repo.sh(&format!("apply --auto-approve --checksum {fingerprint}")).exits(0);
    repo.settled();
}

#[test]
fn saved_plans_and_state_are_for_their_owner() {
    use std::os::unix::fs::PermissionsExt;
    let repo = Repo::boxes(&["one"]);
    repo.sh("plan --out p.bin").exits(0);
    repo.sh("apply p.bin").exits(0);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o077;
    assert_eq!(mode(&repo.path().join("p.bin")), 0);
    for path in super::support::files(&repo.path().join("state")) {
        assert_eq!(mode(&path), 0, "{}", path.display());
    }
}
