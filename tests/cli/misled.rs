//! What is accepted in silence, or advised in vain: each is told, where it stands, with what there is.

use std::fs;

use super::support::{Repo, SETTINGS, boxed};

/// A state lies in a folder of its own, wherever paths may lead.
#[test]
fn a_state_is_not_kept_among_the_settings() {
    let repo = Repo::boxes(&["one"]);
    for (path, why) in [
        (".", "it is the folder of the settings, or one around it"),
        ("./", "it is the folder of the settings, or one around it"),
        ("state/..", "a `..` stands behind the name of a folder"),
        ("../x", "`--root DIR` lets paths lead as far as DIR"),
    ] {
        repo.write("provisor.yaml", &format!("{SETTINGS}state:\n  path: {path}\n"));
        for line in ["validate", "plan", "apply --auto-approve"] {
            let done = repo.sh(line).exits(1).tells(&["cannot keep a state in", why, "provisor.yaml:6:9"]);
            assert!(!done.err.contains("may be read"), "{}", done.err);
        }
    }
    let outer = Repo::boxes(&["one"]);
    let name = "inner";
    for file in ["sandbox.yaml", "box-v1.yaml", "box-v2.yaml", "vault.yaml", "products.yaml"] {
        outer.write(&format!("{name}/{file}"), &outer.read(file));
    }
    for (path, code) in [("..", 1), ("../inner", 1), ("../kept", 0)] {
        outer.write("inner/provisor.yaml", &format!("{SETTINGS}state: {{path: {path}}}\n"));
        outer.sh("-C inner --root .. apply --auto-approve").exits(code);
    }
    assert!(outer.path().join("kept/HEAD").exists() && !outer.path().join(".gitignore").exists());
    assert!(!outer.path().join("HEAD").exists() && !outer.path().join("inner/HEAD").exists());
}

#[test]
fn trusted_settings_keep_a_state_in_a_folder_of_its_own() {
    let repo = Repo::boxes(&["one"]);
    repo.write("provisor.yaml", "project: test\ndeclarations: [products.yaml]\n");
    let outside = tempfile::tempdir().unwrap();
    fs::create_dir(outside.path().join("in")).unwrap();
    let settings = outside.path().join("in/settings.yaml");
    let location = "locations:\n  hub: {account_id: \"111122223333\", regions: [eu-west-1]}\n";
    for path in [".", ".."] {
        fs::write(&settings, format!("{location}state: {{path: {path}}}\n")).unwrap();
        let done = repo.run(&["--settings", settings.to_str().unwrap(), "validate"]).exits(1);
        done.tells(&["it is the folder of the settings, or one around it", "a folder of its own"]);
    }
    // what is not there is not in the checkout
    repo.sh("--settings absent.yaml validate").exits(1).tells(&["cannot read", "No such file"]);
    repo.write("there.yaml", location);
    repo.sh("--settings there.yaml validate").exits(1).tells(&["it lies in the checkout"]);
}

#[test]
fn a_saved_plan_takes_no_values_but_secrets() {
    let repo = Repo::new(&boxed("one", "Note: \"${var.team}\""));
    let variables = "variables: {team: {default: pay}, pw: {sensitive: true}}\n";
    repo.write("provisor.yaml", &format!("{SETTINGS}{variables}"));
    repo.write("v.yaml", "team: ops\n");
    repo.sh("plan --out p.bin --var team=ops --var pw=x").exits(0);
    for given in ["--var team=pay", "--var team=ops", "--var zzz=1", "--var-file v.yaml"] {
        let done = repo.sh(&format!("apply p.bin {given}")).exits(64);
        done.tells(&[&format!("`{}", given.split('=').next().unwrap()), "only secrets"]);
    }
    repo.sh("apply p.bin --var pw=x").exits(0).says(&["1 added"]);
    assert_eq!(repo.sh("output one Note --raw").out, "ops");
}

#[test]
fn programs_hear_why_nothing_was_applied() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    for (line, said) in [
        ("apply --json --auto-approve --destroy --max-terminate 0", "`guards.max_terminate` allows 0"),
        ("apply --json --auto-approve --destroy --allow create", "`--allow` does not name `destroy`"),
        ("destroy --json --auto-approve --max-terminate 0", "`guards.max_terminate` allows 0"),
    ] {
        let done = repo.sh(line).exits(5);
        let events: Vec<serde_json::Value> =
            done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let [refusal, summary] = events.as_slice() else { panic!("{}", done.out) };
        assert_eq!((&refusal["event"], &summary["event"]), (&"diagnostic".into(), &"summary".into()));
        assert!(refusal["diagnostic"]["message"].as_str().unwrap().contains(said), "{refusal}");
        assert_eq!((&refusal["diagnostic"]["code"], &refusal["seq"]), (&"refused".into(), &1.into()));
        assert_eq!((&summary["seq"], &summary["summary"]["complete"]), (&2.into(), &false.into()));
        assert_eq!(summary["summary"]["counts"]["destroyed"], 0);
        assert_eq!(summary["summary"]["steps"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_parameter_without_a_value_is_pointed_at() {
    let repo = Repo::new(
        "  one:\n    product_name: box\n    provisioning_artifact_name: v1\n    parameters:\n      Name:\n",
    );
    let done = repo
        .sh("plan")
        .exits(1)
        .tells(&["products.yaml:6:7", "keeps the value that is there, and there is none"]);
    assert!(!done.err.contains("is missing"), "{}", done.err);
}

#[test]
fn globs_of_files_are_told_to_be_none() {
    let repo = Repo::boxes(&["one"]);
    repo.edit("provisor.yaml", "products.yaml", "'*.yaml'");
    repo.sh("validate").exits(1).tells(&["`*.yaml`, which is not there", "globs are not read here"]);
}
