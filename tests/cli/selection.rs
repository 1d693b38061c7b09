//! What a plan is about and what it may do: `--target`, `--exclude`, `--replace`, `--allow`, guards, and what happens to
//! what is no longer declared.

use super::support::{Repo, SETTINGS, boxed};

fn chain() -> Repo {
    let needs = |key: &str, of: &str| boxed(key, &format!("Note: \"${{{of}.outputs.Arn}}\""));
    Repo::new(&(boxed("net", "") + &needs("db-a", "net") + &needs("app-a", "db-a") + &boxed("db-b", "")))
}

/// Which of the four a plan creates.
fn creates(repo: &Repo, flags: &[&str]) -> String {
    let plan = repo.run(&[&["plan", "--format", "json"], flags].concat()).exits(0).json();
    let steps = plan["steps"].as_array().unwrap().clone();
    let mut keys: Vec<String> =
        steps.iter().map(|step| step["address"].as_str().unwrap().to_owned()).collect();
    keys.sort();
    keys.join(" ")
}

#[test]
fn targets_take_what_they_need_and_excludes_what_needs_them() {
    let repo = chain();
    for (flags, expected) in [
        (&["--target", "app-a"][..], "app-a db-a net"),
        (&["--target", "db-*"], "db-a db-b net"),
        (&["--target", "db-*", "--target", "app-a"], "app-a db-a db-b net"),
        (&["--target", "*@demo"], "app-a db-a db-b net"),
        (&["--target", "net@demo"], "net"),
        (&["--exclude", "db-a"], "db-b net"),
        (&["--exclude", "net"], "db-b"),
        (&["--exclude", "*-a"], "db-b net"),
        (&["--exclude", "*@demo"], ""),
        (&["--target", "db-*", "--exclude", "net"], "db-b"),
    ] {
        assert_eq!(creates(&repo, flags), expected, "{flags:?}");
    }
}

#[test]
fn an_address_that_matches_nothing_is_an_error_with_a_suggestion() {
    let repo = chain();
    for flag in ["--target", "--exclude", "--replace"] {
        repo.run(&["plan", flag, "app-b"]).exits(1).tells(&["app-b", "did you mean `app-a`?"]);
        repo.run(&["plan", flag, "x*"]).exits(1).tells(&["x*"]);
        repo.run(&["plan", flag, "*@nowhere"]).exits(1).tells(&["*@nowhere"]);
    }
    repo.sh("state show app-a").exits(1);
    repo.apply().exits(0);
    repo.sh("state show app-b").exits(1).tells(&["did you mean `app-a`?"]);
    repo.sh("output app-b").exits(1).tells(&["did you mean `app-a`?"]);
    repo.sh("output app-a Am").exits(1).tells(&["Am", "Arn"]);
    repo.sh("state list db-*").exits(0).says(&["db-a\ndb-b\n"]);
}

#[test]
fn targeted_applies_leave_the_rest() {
    let repo = chain();
    repo.sh("apply --auto-approve --target db-a").exits(0).says(&["2 added"]);
    assert_eq!(repo.existing().len(), 2);
    repo.apply().exits(0).says(&["2 added"]);
    repo.settled();
    repo.sh("destroy --auto-approve --target db-b")
        .exits(0)
        .says(&["Destroy complete! Resources: 1 destroyed."]);
    assert_eq!(repo.existing().len(), 3);
    // destroying what others need takes those along
    repo.sh("destroy --auto-approve --target db-a").exits(0);
    assert_eq!(repo.existing(), [("net".into(), "AVAILABLE".into())]);
}

#[test]
fn replace_terminates_and_provisions_again() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    let before = repo.sh("state show one --json").json();
    repo.sh("plan --replace one")
        .exits(0)
        .says(&["# one will be replaced, as requested", "Plan: 1 to add, 0 to change, 1 to destroy."]);
    repo.sh("apply --auto-approve --replace one").exits(0).says(&["1 added, 0 changed, 1 destroyed."]);
    let after = repo.sh("state show one --json").json();
    let id = |shown: &serde_json::Value| {
        shown["rows"][0]["provisioned_product"]["id"].as_str().unwrap().to_owned()
    };
    assert_ne!(id(&before), id(&after));
    repo.settled();
    assert_eq!(repo.existing().len(), 2);
}

#[test]
fn allow_names_what_may_happen() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.sh("plan --allow update").exits(5);
    repo.sh("apply --auto-approve --allow destroy").exits(5);
    assert_eq!(repo.called("ProvisionProduct"), 0);
    repo.sh("apply --auto-approve --allow create,update").exits(0);
    repo.declare(&(boxed("one", "Note: x") + &boxed("three", "")));
    repo.sh("apply --auto-approve --allow create,update").exits(5);
    let done = repo.sh("apply --auto-approve --allow create,update --skip-refused").exits(3);
    done.says(&["1 added, 1 changed, 0 destroyed", "refused"]);
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0);
    repo.apply().exits(0);
    repo.settled();
}

#[test]
fn prevent_terminate_is_remembered_after_the_declaration_is_gone() {
    let repo = Repo::new(
        &(boxed("one", "").replace("{product_name", "{lifecycle: {prevent_terminate: true}, product_name")
            + &boxed("two", "")),
    );
    repo.apply().exits(0);
    repo.declare(&boxed("two", ""));
    repo.sh("plan").exits(5).says(&["one", "prevent_terminate"]);
    repo.apply().exits(5);
    repo.sh("destroy --auto-approve").exits(5);
    repo.sh("destroy --auto-approve --skip-refused").exits(3);
    assert_eq!(repo.existing(), [("one".into(), "AVAILABLE".into())]);
    repo.declare(&boxed("one", ""));
    repo.apply().exits(0);
    repo.declare("");
    repo.apply().exits(0);
    assert!(repo.existing().is_empty());
}

#[test]
fn on_removal_says_what_becomes_of_it() {
    for (word, left) in [("forget", 1), ("retain_physical_resources", 0), ("terminate", 0)] {
        let removal = format!("{{lifecycle: {{on_removal: {word}}}, product_name");
        let repo = Repo::new(&boxed("one", "").replace("{product_name", &removal));
        repo.apply().exits(0);
        repo.declare("");
        let plan = repo.sh("plan --detailed-exitcode").exits(2);
        assert!(plan.out.contains("one"), "{word}\n{}", plan.out);
        repo.apply().exits(0);
        assert_eq!(repo.existing().len(), left, "{word}");
        repo.settled();
        repo.sh("state list").exits(0);
        let sent = repo.called("TerminateProvisionedProduct");
        assert_eq!(sent, 1 - left, "{word}");
    }
}

#[test]
fn ignored_changes_are_no_changes() {
    let repo = Repo::new(
        &boxed("one", "Note: a")
            .replace("{product_name", "{lifecycle: {ignore_changes: [parameters.Note]}, product_name"),
    );
    repo.apply().exits(0);
    repo.edit("products.yaml", "Note: a", "Note: b");
    repo.settled();
}

#[test]
fn a_name_that_somebody_else_holds_is_refused() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.write("provisor.yaml", &format!("{SETTINGS}state: {{path: elsewhere}}\n"));
    std::fs::create_dir_all(repo.path().join("elsewhere")).unwrap();
    std::process::Command::new("cp")
        .args(["-r", "state/sandbox", "elsewhere/sandbox"])
        .current_dir(repo.path())
        .status()
        .unwrap();
    let done = repo.sh("plan").exits(5);
    assert!(
        done.out.contains("pp-") && done.out.contains("imports: [{to: one, provisioned_product_id: pp-"),
        "{}{}",
        done.out,
        done.err
    );
}

#[test]
fn locations_share_a_key_and_not_a_product() {
    let repo = Repo::new(
        "  one: {product_name: box, provisioning_artifact_name: v1, locations: [dev, prod], parameters: {Name: \"${location.name}\"}}\n",
    );
    let location = |name: &str, account: &str| {
        format!("  {name}: {{sandbox: sandbox.yaml, account_id: \"{account}\", regions: [eu-west-1]}}\n")
    };
    let both = location("dev", "410000000001") + &location("prod", "410000000002");
    repo.write("provisor.yaml", &format!("project: test\ndeclarations: [products.yaml]\nlocations:\n{both}"));
    repo.sh("plan").exits(0).says(&["# one on dev, prod (2) will be created"]);
    repo.sh("apply --auto-approve --target *@dev").exits(0).says(&["1 added"]);
    repo.sh("plan --exclude *@prod --detailed-exitcode").exits(0);
    repo.apply().exits(0).says(&["1 added"]);
    repo.settled();
    repo.sh("output one Name").exits(1).tells(&["one@dev", "one@prod"]);
    repo.sh("output one@prod Name --raw").exits(0).says(&["prod"]);
    repo.edit("provisor.yaml", &location("prod", "410000000002"), "");
    repo.edit("products.yaml", "[dev, prod]", "[dev]");
    repo.sh("plan").exits(1).tells(&["prod", "one"]);
}

/// What is left because its location is frozen is told, whatever else is planned.
#[test]
fn a_frozen_location_is_told_beside_others() {
    let repo = Repo::new(
        "  one: {product_name: box, provisioning_artifact_name: v1, locations: [demo, other], parameters: {Name: one}}\n",
    );
    let settings = repo.read("provisor.yaml") + "  other: {sandbox: sandbox.yaml, frozen: true}\n";
    repo.write("provisor.yaml", &settings);
    repo.sh("plan")
        .exits(0)
        .says(&["one@demo will be created", "one@other: it is left: its location is frozen"]);
    repo.apply().exits(0);
    repo.sh("plan").exits(0).says(&["one@other: it is left: its location is frozen", "No changes."]);
    // what an import is not about is not left because of that
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    repo.sh("state rm two --auto-approve").exits(0);
    let done = repo.sh("import two two --auto-approve").exits(0);
    assert!(!done.out.contains("frozen") && !done.err.contains("frozen"), "{}{}", done.out, done.err);
}

#[test]
fn what_is_destroyed_alone_is_not_everything() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    for line in ["plan --destroy --target one", "plan --destroy"] {
        let done = repo.run(&line.split(' ').collect::<Vec<_>>()).says(&["its destruction is asked for"]);
        assert!(!done.out.contains("everything"), "{}", done.out);
    }
}
