//! The main path and its exact lines: validate, plan, apply, plan again, edit, look, destroy.

use super::support::{Repo, boxed};

#[test]
fn the_whole_path_says_the_lines_of_the_contract() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.sh("validate").exits(0).says(&["Success! The declarations are valid. Provisioned products: 2"]);
    repo.sh("plan").exits(0).says(&[
        "# one will be created",
        "# two will be created",
        "Plan: 2 to add, 0 to change, 0 to destroy.",
    ]);
    repo.sh("plan --detailed-exitcode").exits(2);
    assert_eq!(repo.called("ProvisionProduct"), 0, "a plan changes nothing");
    repo.apply().exits(0).says(&["Apply complete! Resources: 2 added, 0 changed, 0 destroyed."]);
    repo.settled();
    assert_eq!(repo.existing(), [("one".into(), "AVAILABLE".into()), ("two".into(), "AVAILABLE".into())]);
    repo.declare(&(boxed("one", "Note: hello") + &boxed("two", "")));
    let plan = repo.sh("plan").exits(0);
    let plan = plan.says(&[
        "# one will be updated in-place",
        "\"none\" -> \"hello\"",
        "Plan: 0 to add, 1 to change, 0 to destroy.",
    ]);
    assert!(!plan.out.contains("two"), "only what changes is shown\n{}", plan.out);
    repo.apply().exits(0).says(&["Apply complete! Resources: 0 added, 1 changed, 0 destroyed."]);
    repo.sh("output one Note --raw").exits(0);
    repo.settled();
    repo.declare(&boxed("two", ""));
    repo.sh("plan").exits(0).says(&["# one will be destroyed", "Plan: 0 to add, 0 to change, 1 to destroy."]);
    repo.apply().exits(0).says(&["Apply complete! Resources: 0 added, 0 changed, 1 destroyed."]);
    repo.sh("destroy --auto-approve").exits(0).says(&["Destroy complete! Resources: 1 destroyed."]);
    assert!(repo.existing().is_empty());
    repo.sh("show").exits(0).says(&["The state is empty."]);
}

#[test]
fn what_is_recorded_can_be_read_in_every_form() {
    let repo = Repo::boxes(&["one", "two"]);
    for line in ["state list", "state pull", "show", "show --json", "output", "output --json"] {
        repo.sh(line).exits(0);
    }
    repo.sh("plan --out p.bin").exits(0);
    let mut saved = repo.sh("show p.bin --json").exits(0).json();
    assert!(saved.as_object_mut().unwrap().remove("saved").is_some());
    assert_eq!(saved, repo.sh("plan --json").exits(0).json());
    let (saved, plan) = (repo.sh("show p.bin").exits(0).out, repo.sh("plan").exits(0).out);
    assert!(saved.starts_with(&plan) && saved.contains("\n\nSaved plan: made "), "{saved}");
    repo.apply().exits(0);
    assert_eq!(repo.sh("state list").exits(0).out, "one\ntwo\n");
    assert_eq!(repo.sh("state list two").exits(0).out, "two\n");
    let pulled = repo.sh("state pull").exits(0).json();
    assert_eq!(pulled["rows"].as_array().map(Vec::len), Some(2));
    assert_eq!(repo.sh("show --json").exits(0).json()["format"], "provisor.state/v1");
    let id = repo.sh("state show one --json").exits(0).json()["rows"][0]["provisioned_product"]["id"].clone();
    repo.sh("state show one").exits(0).says(&["provisioned_product_id", id.as_str().unwrap()]);
    let arn = "arn:aws:sns:eu-west-1:111122223333:one";
    assert_eq!(repo.sh("output one Arn --raw").exits(0).out, arn, "bare, without a line's end");
    assert_eq!(repo.sh("output one Arn").exits(0).out, format!("{arn}\n"));
    assert_eq!(repo.sh("output one Arn --json").exits(0).json(), arn);
    repo.sh("output --json").exits(0).says(&[arn, "\"two\""]);
    let one = repo.sh("output one").exits(0).says(&[arn]);
    assert!(!one.out.contains("two"), "{}", one.out);
}

#[test]
fn events_are_one_a_line_and_end_with_the_summary() {
    let repo = Repo::boxes(&["one"]);
    let done =
        repo.sh("apply --auto-approve --json").exits(0).tells(&["Apply complete!", "# one will be created"]);
    let events: Vec<serde_json::Value> =
        done.out.lines().map(|line| serde_json::from_str(line).expect("one event a line")).collect();
    for (n, event) in events.iter().enumerate() {
        assert_eq!(event["format"], "provisor.event/v1");
        assert_eq!(event["seq"], n + 1);
        assert!(event["time"].as_str().is_some_and(|time| time.ends_with('Z')), "{event}");
    }
    let names: Vec<&str> = events.iter().filter_map(|event| event["event"].as_str()).collect();
    assert_eq!((names.first(), names.last()), (Some(&"planned"), Some(&"summary")));
    assert!(names.contains(&"started") && names.contains(&"settled"), "{names:?}");
}

#[test]
fn the_binary_runs_from_anywhere() {
    let repo = Repo::boxes(&["one"]);
    let elsewhere = Repo::boxes(&[]);
    let path = repo.path().display().to_string();
    elsewhere.run(&["-C", &path, "apply", "--auto-approve"]).exits(0);
    elsewhere.run(&["plan", "-C", &path]).exits(0).says(&["No changes."]);
    repo.settled();
}

#[test]
fn paths_of_the_command_line_are_relative_to_where_it_is_told_to_go() {
    let repo = Repo::new(
        "  one: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: one, Note: \"${var.note}\"}}\n",
    );
    let settings = format!("{}variables: {{note: {{type: string}}}}\n", super::support::SETTINGS);
    repo.write("inner/provisor.yaml", &settings);
    for file in ["sandbox.yaml", "box-v1.yaml", "box-v2.yaml", "vault.yaml", "products.yaml"] {
        repo.write(&format!("inner/{file}"), &repo.read(file));
    }
    repo.write("inner/values.yaml", "note: from a file\n");
    let inner = |line: &str| repo.sh(&format!("-C inner {line}"));
    inner("validate --var-file values.yaml").exits(0);
    let plan = inner("plan --var-file values.yaml --out p.bin --write json=p.json").exits(0);
    plan.says(&["from a file"]).tells(&["provisor apply p.bin"]);
    assert!(repo.read("inner/p.json").contains("provisor.plan/v1"));
    inner("show p.bin --var-file values.yaml").exits(0).says(&["# one will be created"]);
    inner("apply p.bin --var-file values.yaml").exits(64).tells(&["values that it was made with"]);
    inner("apply p.bin").exits(0).says(&["1 added"]);
    assert_eq!(inner("output one Note --raw").exits(0).out, "from a file");
    let pulled = inner("state pull").exits(0).out;
    repo.write("inner/export.json", &pulled);
    inner("state push export.json").exits(0);
    inner("init sub").exits(0).tells(&["wrote sub/provisor.yaml"]);
    assert!(repo.path().join("inner/sub/provisor.yaml").exists());
    assert!(!repo.path().join("state").exists(), "nothing is written where it was started");
    assert!(repo.path().join("inner/state/sandbox/sandbox/world.jsonl").exists());
    repo.write("inner/products.yaml", "provisioned_products: [\n");
    let broken = inner("plan --var note=x").exits(1).tells(&["products.yaml:"]);
    assert!(
        !broken.err.contains("inner/"),
        "texts of a repo are named as the repo names them\n{}",
        broken.err
    );
    repo.write("inner/sandbox.yaml", "account_id: [\n");
    let broken = inner("plan --var note=x").exits(1).tells(&["sandbox.yaml:"]);
    assert!(!broken.err.contains("inner/"), "{}", broken.err);
    for place in ["products.yaml", "absent"] {
        repo.run(&["-C", place, "plan"]).exits(64).tells(&[&format!("cannot go to `{place}`")]);
    }
}
