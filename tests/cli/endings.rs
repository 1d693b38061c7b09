//! How commands end when the telling fails, and what a state folder is like after the first command.

use super::support::{Done, Repo, SETTINGS, advance, binary, boxed, first_line};

/// `LINE` in a shell, with `PROVISOR` for the binary.
fn shell(repo: &Repo, line: &str) -> Done {
    let line = line.replace("PROVISOR", &binary().display().to_string());
    let mut command = std::process::Command::new("bash");
    command.args(["-c", &line]).current_dir(repo.path()).env_clear().env("HOME", repo.path());
    command.env("PATH", "/usr/bin:/bin").output().expect("bash").into()
}

fn backups(repo: &Repo) -> usize {
    super::support::files(&repo.path().join("state/backups")).len()
}

#[test]
fn a_reader_that_leaves_changes_neither_the_exit_code_nor_the_backup() {
    let repo = Repo::boxes(&["one", "two"]);
    let cut = shell(&repo, "PROVISOR apply --auto-approve --json | true; exit ${PIPESTATUS[0]}").exits(0);
    assert!(cut.err.contains("Apply complete!") && !cut.err.contains("Error"), "{}", cut.err);
    assert_eq!(backups(&repo), 1);
    repo.declare(&(boxed("one", "Note: x") + &boxed("two", "")));
    shell(&repo, "PROVISOR apply --auto-approve | true; exit ${PIPESTATUS[0]}").exits(0);
    assert_eq!(backups(&repo), 2);
    repo.declare(&(boxed("one", "Note: y") + &boxed("two", "")));
    // what was done is done, backed up, and said on the other stream
    let full = shell(&repo, "PROVISOR apply --auto-approve --json >/dev/full").exits(1);
    assert!(
        full.err.contains("Apply complete!") && full.err.contains("could not be written"),
        "{}",
        full.err
    );
    assert_eq!(backups(&repo), 3);
    repo.settled();
}

#[test]
fn a_backup_that_fails_is_a_warning() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    for serial in 0..40 {
        let in_the_way = repo.path().join(format!("state/backups/{serial}.json"));
        if !in_the_way.exists() {
            std::fs::create_dir(in_the_way).unwrap();
        }
    }
    repo.declare(&boxed("one", "Note: x"));
    repo.apply().exits(0).says(&["Apply complete!"]).tells(&["Warning: the state was not backed up"]);
}

/// The disk says no in the middle of an apply: nothing new is begun, all that is known is told, and nothing is lost.
#[test]
fn a_state_that_cannot_be_written_ends_the_apply_with_a_report() {
    for json in [false, true] {
        let repo = Repo::new(&(boxed("one", "") + &boxed("two", "Note: \"${one.outputs.Arn}\"")));
        // nothing ends before its end is asked for
        repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 30");
        repo.edit("sandbox.yaml", "provision: 60s", "provision: 3600s");
        let mut server = repo.command(&["sandbox"]).spawn().unwrap();
        let url = first_line(&mut server);
        let line: &[&str] = if json { &["--json"] } else { &[] };
        let mut apply = repo.command(&[&["apply", "--auto-approve"], line].concat()).spawn().unwrap();
        while repo.called("DescribeRecord") == 0 {
            assert!(apply.try_wait().unwrap().is_none(), "it ended before it began");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let (head, away) = (repo.path().join("state/HEAD"), repo.path().join("away"));
        std::fs::rename(&head, &away).unwrap();
        std::fs::create_dir(&head).unwrap();
        advance(&url, 3600);
        let done = Done::from(apply.wait_with_output().unwrap()).exits(4);
        let told = if json { &done.err } else { &done.out };
        for text in [
            "Error: the state could not be written: nothing new was begun after that",
            "state/HEAD",
            "Apply incomplete: 1 in flight, 1 not started.",
            "in flight    one",
            "not started  two",
            "See that the state can be written, then run `provisor apply` again",
        ] {
            assert!(told.contains(text), "{text:?} is not in\n{}{}", done.out, done.err);
        }
        if json {
            let last = serde_json::from_str::<serde_json::Value>(done.out.lines().last().unwrap()).unwrap();
            assert!(last["summary"]["unwritten"].as_str().unwrap().contains("HEAD"), "{last}");
        }
        assert_eq!(repo.called("ProvisionProduct"), 1);
        // before anything is begun, it is refused
        repo.apply().exits(7).tells(&["HEAD"]);
        std::fs::remove_dir(&head).unwrap();
        std::fs::rename(&away, &head).unwrap();
        repo.edit("sandbox.yaml", "time_scale: 30", "time_scale: 3600");
        repo.apply().exits(0);
        repo.settled();
        assert_eq!(repo.called("ProvisionProduct"), 2);
        server.kill().unwrap();
        server.wait().unwrap();
    }
}

#[test]
fn the_state_folder_is_kept_out_of_git_from_the_first_on() {
    let tracked = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/state/.gitignore"));
    let repo = Repo::boxes(&["one"]);
    repo.sh("plan").exits(0);
    assert!(!repo.path().join("state").exists(), "a plan keeps nothing");
    repo.sh("plan --out p.bin").exits(0);
    assert_eq!(repo.read("state/.gitignore"), tracked);
    let repo = Repo::boxes(&["one"]);
    repo.served(|_| ());
    assert_eq!(repo.read("state/.gitignore"), tracked);
}

#[test]
fn a_state_that_was_edited_by_hand_is_pushed_and_believed() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    let pulled = repo.sh("state pull").exits(0);
    let mut state = pulled.json();
    state["serial"] = (state["serial"].as_u64().unwrap() + 1).into();
    let text = state.to_string();
    let edited = text.replacen("\"Note\":\"none\"", "\"Note\":\"edited\"", 1);
    assert_ne!(text, edited, "{text}");
    repo.write("edited.json", &edited);
    repo.sh("state push edited.json").exits(5).says(&["outputs: not the same"]).tells(&["--auto-approve"]);
    repo.sh("state push edited.json --auto-approve").exits(0).says(&["2 addresses"]);
    repo.sh("state pull").exits(0).says(&["edited"]);
    repo.sh("plan").exits(0);
    repo.declare(&(boxed("one", "Note: x") + &boxed("two", "Note: x")));
    repo.apply().exits(0);
    repo.settled();
}

#[test]
fn destroy_names_what_a_frozen_location_keeps() {
    let repo = Repo::new(
        "  one: {product_name: box, provisioning_artifact_name: v1, locations: [dev, prod], parameters: {Name: one}}\n",
    );
    let location = |name: &str, account: &str, more: &str| {
        format!(
            "  {name}: {{sandbox: sandbox.yaml, account_id: \"{account}\", regions: [eu-west-1]{more}}}\n"
        )
    };
    let settings = |more: &str| {
        let both = location("dev", "410000000001", "") + &location("prod", "410000000002", more);
        format!("project: test\ndeclarations: [products.yaml]\nlocations:\n{both}")
    };
    repo.write("provisor.yaml", &settings(""));
    repo.apply().exits(0).says(&["2 added"]);
    repo.write("provisor.yaml", &settings(", frozen: true"));
    repo.sh("destroy --auto-approve")
        .exits(0)
        .says(&["one@prod: it is left: its location is frozen", "1 destroyed"]);
    repo.sh("plan --destroy").exits(0).says(&["one: it is left: its location is frozen"]);
}

#[test]
fn values_given_by_hand_are_told_with_their_place() {
    let repo = Repo::boxes(&["one"]);
    let variables = "variables: {note: {type: string, default: a, allowed: [a, b]}, word: {type: string, sensitive: true}}\n";
    repo.write("provisor.yaml", &format!("{SETTINGS}{variables}"));
    repo.write("v.yaml", "# values\nnote: zzz\n");
    repo.sh("validate --var-file v.yaml").exits(1).tells(&["v.yaml:2:7", "must be one of `a`, `b`"]);
    repo.write("v.yaml", "note: a\nword: {hunter2: y}\n");
    let secret = repo.sh("validate --var-file v.yaml").exits(1).tells(&["v.yaml:2:7", "`word`"]);
    assert!(!secret.err.contains("hunter2"), "{}", secret.err);
    repo.write("v.yaml", "note: a\nnote: b\n");
    repo.sh("validate --var-file v.yaml").exits(1).tells(&["v.yaml:2:1", "twice"]);
    let given = repo.sh("validate --var note=q").exits(1).tells(&["given by `--var note`"]);
    assert!(given.err.lines().all(|line| line.trim() != "|"), "{}", given.err);
}

#[test]
fn the_history_tells_what_became_of_operations_also_of_what_is_gone() {
    let repo = Repo::boxes(&["one", "two"]);
    assert_eq!(repo.sh("state history").exits(0).out, "");
    repo.sh("apply --auto-approve").exits(0);
    repo.sh("destroy --auto-approve").exits(0);
    let all = repo.sh("state history").exits(0).out;
    assert_eq!(all.lines().count(), 4, "{all}");
    let one = repo.sh("state history one").exits(0).out;
    let lines: Vec<&str> = one.lines().collect();
    assert!(
        lines[0].contains("  one  provision succeeded after ")
            && lines[0].contains(", rec-")
            && lines[1].contains("  one  termination gone after "),
        "{one}"
    );
    assert!(lines[0].contains("Z  one") && lines[0].contains(", by "), "{one}");
    repo.sh("state history nobody").exits(1);
}

/// A bug of ours in the middle of a run: what was sent is written down, and the next run goes on from there.
#[test]
fn a_panic_in_the_middle_of_an_apply_loses_nothing() {
    for line in ["apply --auto-approve", "apply --auto-approve --json"] {
        let repo = Repo::boxes(&["one", "two", "three"]);
        let mut command = repo.command(&line.split(' ').collect::<Vec<_>>());
        let done = Done::from(command.env("PROVISOR_TRIP", "1").output().unwrap()).exits(4);
        let done = done.tells(&["has a bug, at src/cli/watching.rs:", "Nothing is lost: run again."]);
        assert!(!done.err.contains("tripped") && !done.out.contains("tripped"), "{}", done.err);
        // nobody holds the state
        repo.sh("plan").exits(0);
        repo.apply().exits(0);
        repo.settled();
        assert_eq!(repo.existing().len(), 3);
        assert_eq!(repo.called("ProvisionProduct"), 3);
    }
}

/// What is there goes, and is not gone yet: what takes its place is told with it, and no step by itself is blocked by itself.
#[test]
fn a_replacement_that_is_left_halfway_is_told_once_and_gone_on_with() {
    let repo = Repo::new(&(boxed("one", "") + &boxed("two", "Note: \"${one.outputs.Arn}\"")));
    repo.apply().exits(0);
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 5");
    let done = repo.sh("apply --auto-approve --replace one --no-wait").exits(4);
    done.says(&[
        "Apply incomplete: 1 blocked, 1 in flight. Resources: 0 added, 0 changed, 0 destroyed.",
        "blocked      1 by one: two\n",
        "what takes its place is made after it",
    ]);
    repo.sh("plan").exits(0).says(&["# one will be resumed", "the next plan provisions it"]);
    repo.edit("sandbox.yaml", "time_scale: 5", "time_scale: 3600");
    repo.apply().exits(4).says(&["its termination is over, and it is declared: the next plan provisions it"]);
    repo.sh("plan").exits(0).says(&["Plan: 1 to add, 0 to change, 0 to destroy."]);
    repo.apply().exits(0);
    repo.settled();
}
