//! Exit codes, one row each, and the spellings that Terraform users have in their fingers.

use super::support::{Repo, boxed};

#[test]
fn wrong_usage_is_64() {
    let repo = Repo::boxes(&["one"]);
    for line in [
        "plan --nope",
        "nope",
        "",
        "apply --parallelism 0",
        "apply --parallelism many",
        "plan --format yaml",
        "plan --max-terminate some",
        "plan --max-terminate 101%",
        "plan --allow everything",
        "plan --var novalue",
        "plan --write nope",
        "plan --json --format human",
        "output one Arn --raw --json",
        "output --raw",
        "init --example nope",
        "-C nowhere plan",
        "plan extra",
        "state",
        "state nope",
        "destroy --replace one",
        "destroy --refresh-only",
    ] {
        let done = repo.run(&line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>());
        assert_eq!(done.code, Some(64), "`provisor {line}`\n{}{}", done.out, done.err);
        assert!(!done.err.is_empty(), "`provisor {line}` says why");
    }
    assert!(repo.calls().is_empty(), "wrong usage reaches no catalog");
}

#[test]
fn help_and_version_go_to_stdout_and_end_well() {
    let repo = Repo::boxes(&[]);
    for line in [
        "--help",
        "-h",
        "help",
        "plan --help",
        "help apply",
        "--version",
        "-V",
        "version",
        "completions bash",
    ] {
        let done = repo.sh(line).exits(0);
        assert!(!done.out.is_empty() && done.err.is_empty(), "`provisor {line}`: {}", done.err);
    }
}

#[test]
fn errors_before_any_change_are_1() {
    type Spoil = fn(&Repo);
    let rows: [(&str, Spoil, &str); 8] = [
        (
            "no settings",
            |repo| std::fs::remove_file(repo.path().join("provisor.yaml")).unwrap(),
            "provisor.yaml",
        ),
        (
            "no declarations",
            |repo| std::fs::remove_file(repo.path().join("products.yaml")).unwrap(),
            "products.yaml",
        ),
        (
            "no sandbox file",
            |repo| std::fs::remove_file(repo.path().join("sandbox.yaml")).unwrap(),
            "sandbox.yaml",
        ),
        ("no template", |repo| std::fs::remove_file(repo.path().join("box-v1.yaml")).unwrap(), "box-v1.yaml"),
        ("broken YAML", |repo| repo.write("products.yaml", "provisioned_products: [\n"), "products.yaml:"),
        (
            "unknown product",
            |repo| repo.edit("products.yaml", "product_name: box", "product_name: bok"),
            "products.yaml:2:",
        ),
        ("unknown version", |repo| repo.edit("products.yaml", "name: v1", "name: v9"), "products.yaml:2:"),
        (
            "wrong value",
            |repo| repo.edit("products.yaml", "Name: one", "Name: one, Mode: quick"),
            "products.yaml:2:",
        ),
    ];
    for (name, spoil, text) in rows {
        let repo = Repo::boxes(&["one"]);
        spoil(&repo);
        for command in ["plan", "apply --auto-approve"] {
            let done = repo.sh(command);
            assert_eq!(done.code, Some(1), "{name}: {command}\n{}{}", done.out, done.err);
            assert!(done.err.contains(text), "{name}: {command} lacks {text:?}\n{}", done.err);
            assert!(done.err.contains("rror"), "{name}: {command} calls it an error\n{}", done.err);
        }
        assert_eq!(repo.called("ProvisionProduct"), 0, "{name}");
    }
}

#[test]
fn pending_failed_and_unfinished_work_have_codes_of_their_own() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.sh("plan --detailed-exitcode").exits(2);
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 60");
    repo.sh("apply --auto-approve --no-wait").exits(4);
    repo.sh("plan --detailed-exitcode").exits(2);
    repo.edit("sandbox.yaml", "time_scale: 60", "time_scale: 3600");
    repo.apply().exits(0);
    repo.settled();
    assert_eq!(repo.called("ProvisionProduct"), 2);
    repo.faults(&[
        "{operation: update, provisioned_product: one, outcome: rollback, message: Subnet is full}",
    ]);
    repo.declare(&(boxed("one", "Note: x") + &boxed("two", "Note: x")));
    let done = repo.apply().exits(3);
    assert!(done.out.contains("Subnet is full"), "{}", done.out);
}

#[test]
fn refusals_are_5() {
    let repo = Repo::boxes(&["one", "two", "three"]);
    repo.sh("apply").exits(5).tells(&["terminal"]);
    repo.sh("apply --auto-approve -input=false").exits(0);
    repo.sh("destroy").exits(5);
    repo.sh("destroy -input=false").exits(5);
    repo.declare(&boxed("one", ""));
    repo.sh("plan").exits(5).says(&["--max-terminate"]);
    repo.sh("plan --json").exits(5).tells(&["This plan is refused: it destroys 2", "--max-terminate"]);
    repo.apply().exits(5);
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0, "a breach stops everything");
    repo.sh("apply --auto-approve --max-terminate 1").exits(5);
    let refused = ["the plan would destroy 2 provisioned products, and `guards.max_terminate` allows 1"];
    repo.sh("plan --skip-refused").exits(0).says(&refused);
    repo.sh("apply --auto-approve --skip-refused").exits(3).says(&refused);
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0, "which of them is meant nobody says");
    repo.sh("apply --auto-approve --max-terminate 33%").exits(5);
    repo.sh("apply --auto-approve --max-terminate 50%").exits(0);
    repo.settled();
    let terminate = "lifecycle: {prevent_terminate: true}, ";
    repo.declare(&boxed("one", "").replace("{product_name", &format!("{{{terminate}product_name")));
    repo.apply().exits(0);
    repo.sh("destroy --auto-approve").exits(5);
}

#[test]
fn terraform_spellings_mean_the_same() {
    let repo = Repo::new(
        "  one: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: one, Note: \"${var.note}\"}}\n",
    );
    repo.write(
        "provisor.yaml",
        &format!("{}variables: {{note: {{type: string}}}}\n", super::support::SETTINGS),
    );
    repo.run(&["plan", "-out=x.plan", "-var", "note=a=b", "-no-color", "-lock=false"])
        .exits(0)
        .tells(&["`-lock=false` does nothing", "`--lock-timeout 5m` waits"]);
    repo.run(&["apply", "-auto-approve", "-input=false", "x.plan"]).exits(0);
    repo.sh("output -raw one Note").exits(0).says(&["a=b"]);
    repo.run(&["plan", "-refresh=false", "-var=note=a=b", "-detailed-exitcode"]).exits(0);
    let events = repo.run(&["apply", "-json", "-auto-approve", "-var", "note=c"]).exits(0);
    let last = events.out.lines().last().expect("events");
    let last: serde_json::Value = serde_json::from_str(last).expect("JSON");
    assert_eq!(last["event"], "summary");
    assert_eq!(last["summary"]["counts"]["changed"], 1);
    repo.run(&["plan", "-destroy", "-var", "note=c"]).exits(0).says(&["1 to destroy."]);
    repo.run(&["destroy", "-auto-approve", "-var", "note=c", "-target=one"]).exits(0);
    assert!(repo.existing().is_empty());
}

#[test]
fn what_terraform_takes_everywhere_is_taken_everywhere() {
    let repo = Repo::boxes(&["one"]);
    for (line, code) in [
        ("plan -input=false -lock=false -lock-timeout=1d -parallelism=3", 0),
        ("plan -detailed-exitcode=true", 2),
        ("plan -detailed-exitcode=false -destroy=false", 0),
        ("init -input=false -lock-timeout=5m", 0),
        ("validate -input=false -no-color=true", 0),
        ("show -input=false -lock=false", 0),
        ("output -input=false", 0),
        ("state list -input=false", 0),
        ("-input=false plan -input=true", 0),
        ("apply -input=false", 5),
        ("-input=false apply", 5),
        ("plan -parallelism=0", 64),
    ] {
        let done = repo.sh(line);
        assert_eq!(done.code, Some(code), "`provisor {line}`\n{}{}", done.out, done.err);
    }
}

#[test]
fn a_reader_that_leaves_and_a_full_disk() {
    let repo = Repo::boxes(&["one"]);
    let binary = super::support::binary();
    let shell = |line: &str| {
        let line = line.replace("PROVISOR", &binary.display().to_string());
        let mut command = std::process::Command::new("bash");
        command
            .args(["-o", "pipefail", "-c", &line])
            .current_dir(repo.path())
            .env_clear()
            .env("HOME", repo.path());
        super::support::Done::from(command.env("PATH", "/usr/bin:/bin").output().expect("bash"))
    };
    let cut = shell("PROVISOR plan | head -1; PROVISOR --help | true");
    assert!(!cut.err.contains("panic"), "{}", cut.err);
    let cut = shell("PROVISOR apply --auto-approve --json | true");
    assert!(!cut.err.contains("panic"), "{}", cut.err);
    repo.settled();
    for line in ["plan", "state pull", "show", "output", "validate", "version", "--help"] {
        let full = shell(&format!("PROVISOR {line} >/dev/full"));
        assert_eq!(full.code, Some(1), "{line} > /dev/full\n{}", full.err);
        assert!(!full.err.contains("panic"), "{line}: {}", full.err);
    }
    assert!(!shell("PROVISOR plan 2>&-").err.contains("panic"));
    assert_eq!(shell("PROVISOR plan 2>&-").code, Some(0));
    assert_eq!(shell("PROVISOR plan <&-").code, Some(0));
    assert_eq!(shell("PROVISOR destroy <&-").code, Some(5));
}
