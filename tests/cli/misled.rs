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
        let [_, _, refusal, summary] = events.as_slice() else { panic!("{}", done.out) };
        assert_eq!((&refusal["event"], &summary["event"]), (&"diagnostic".into(), &"summary".into()));
        assert!(refusal["diagnostic"]["message"].as_str().unwrap().contains(said), "{refusal}");
        assert_eq!((&refusal["diagnostic"]["code"], &refusal["seq"]), (&"refused".into(), &3.into()));
        assert_eq!((&summary["seq"], &summary["summary"]["complete"]), (&4.into(), &false.into()));
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

#[test]
fn a_plan_that_compared_nothing_says_so() {
    let repo = Repo::boxes(&["one", "two"]);
    let matching = "matches the configuration";
    let nothing = |line: &[&str], words: &[&str]| {
        let done = repo.run(line).exits(0).says(&["No changes."]).says(words);
        assert!(!done.out.contains(matching), "{}", done.out);
    };
    nothing(&["plan", "--destroy"], &["No changes. There was nothing to compare."]);
    nothing(
        &["plan", "--exclude", "*"],
        &["No changes. What was noted is left as it is.", "one, two: it is left"],
    );
    repo.apply().exits(0);
    nothing(
        &["plan", "--exclude", "*"],
        &["No changes. What was noted is left as it is.", "one, two: it is left"],
    );
    repo.sh("plan --exclude one").exits(0).says(&[matching]);
    repo.edit("provisor.yaml", "sandbox.yaml}", "sandbox.yaml, frozen: true}");
    nothing(
        &["plan"],
        &["No changes. What was noted is left as it is.", "one, two: it is left: its location is frozen"],
    );
    nothing(&["plan", "--destroy"], &["one, two: it is left: its location is frozen"]);
}

#[test]
fn two_things_are_not_written_to_one_file() {
    let repo = Repo::boxes(&["one"]);
    std::os::unix::fs::symlink("p.bin", repo.path().join("link")).unwrap();
    for line in [
        "plan --out p.bin --write json=p.bin",
        "plan --out p.bin --write json=./p.bin",
        "plan --write json=a.json --write json=a.json",
        "plan --write json=a.json --write human=./a.json",
    ] {
        repo.sh(line).exits(64).tells(&["is named twice"]);
    }
    assert!(!repo.path().join("p.bin").exists() && !repo.path().join("a.json").exists());
    repo.sh("plan --out p.bin --write json=a.json --write human=b.txt").exits(0);
    repo.sh("plan --out p.bin --write json=link").exits(64);
}

#[test]
fn an_export_of_another_state_is_told_by_its_name() {
    let (repo, other) = (Repo::boxes(&["one"]), Repo::boxes(&["one"]));
    repo.apply().exits(0);
    other.apply().exits(0);
    repo.write("other.json", &other.sh("state pull").out);
    let done = repo.sh("state push other.json").exits(7);
    let done = done.tells(&["cannot take `other.json` over: it is of state"]);
    assert!(!done.err.contains("cannot be trusted"), "{}", done.err);
}

/// What is declared and protected is not to be declared once more.
#[test]
fn a_protection_is_released_where_it_stands() {
    let repo = Repo::new(&boxed("one", "").replace("}}\n", "}, lifecycle: {prevent_terminate: true}}\n"));
    repo.apply().exits(0);
    let done =
        repo.sh("plan --destroy").exits(5).says(&["write `prevent_terminate: false` in its declaration"]);
    assert!(!done.out.contains("put the declaration back"), "{}", done.out);
    repo.declare("");
    repo.sh("plan").exits(5).says(&["`removed: [{address: one, prevent_terminate: false}]` releases it"]);
}

#[test]
fn a_version_that_is_another_one_is_no_slip() {
    let repo = Repo::boxes(&["one"]);
    repo.edit("products.yaml", "provisioning_artifact_name: v1", "provisioning_artifact_name: v3");
    let done = repo.sh("plan").exits(1).tells(&["no active version `v3`", "there is `v1`, `v2`"]);
    assert!(!done.err.contains("did you mean"), "{}", done.err);
    repo.edit("products.yaml", "provisioning_artifact_name: v3", "provisioning_artifact: active");
    repo.sh("plan").exits(1).tells(&["name the one that is meant, such as `provisioning_artifact_name: v"]);
}

#[test]
fn a_truth_value_of_a_variable_is_told_how_it_is_written() {
    let repo = Repo::boxes(&["one"]);
    for (written, meant) in [("yes", "true"), ("\"True\"", "true"), ("off", "false")] {
        let variables = format!("variables: {{on: {{type: bool, default: {written}}}}}\n");
        repo.write("provisor.yaml", &format!("{SETTINGS}{variables}"));
        repo.sh("validate").exits(1).tells(&["must be `true` or `false`", &format!("write `{meant}`")]);
    }
}

#[test]
fn what_cannot_be_typed_is_told_what_can() {
    let repo = Repo::boxes(&["one"]);
    for (line, words) in [
        ("import x", "<ID|NAME>"),
        ("catalog", "Usage: provisor catalog"),
        ("unlock", "nothing has to be unlocked"),
        ("explain x", "there is no code `x`"),
        ("apply -auto-aprove", "'--auto-approve'"),
        ("plan -refresh=maybe", "`-refresh` takes `true` or `false`"),
        ("plan p.bin", "`provisor show FILE`"),
        ("plan --max-terminate -1", "write a number"),
        ("init -upgrade", "there are no providers to upgrade"),
    ] {
        let done = repo.sh(line).exits(64).tells(&[words]);
        assert!(!done.err.contains("as a value"), "{}", done.err);
    }
    let done = repo.sh("plan --frob").exits(64);
    assert!(!done.err.contains("as a value"), "{}", done.err);
    let done = repo.sh("apply --approve").exits(64);
    assert!(!done.err.contains("a similar argument"), "{}", done.err);
}
