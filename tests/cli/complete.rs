//! All that can be checked is checked in one run: what is typed wrong hides nothing that is written wrong, and what nobody
//! uses is looked at too. Whoever asked for JSON is told in JSON.

use super::support::{Done, Repo, SETTINGS, boxed};

/// The codes of all findings of a document, sorted.
fn codes(done: &Done) -> Vec<String> {
    let document = done.json();
    assert_eq!(document["format"], "provisor.diagnostics/v1");
    let found = document["diagnostics"].as_array().unwrap().iter();
    let mut codes: Vec<String> = found.map(|one| one["code"].as_str().unwrap().to_owned()).collect();
    codes.sort();
    codes
}

fn spoiled() -> Repo {
    let two = boxed("two", "").replace("product_name: box", "product_name: bocks");
    let repo = Repo::new(&(boxed("one", "Mode: slo, Size: \"${var.size}\"") + &two));
    repo.write("provisor.yaml", &format!("{SETTINGS}variables: {{size: {{type: number, default: 1}}}}\n"));
    repo
}

#[test]
fn a_wrong_value_of_a_variable_hides_nothing() {
    let repo = spoiled();
    let all = ["`bocks`", "`Mode` must be one of", "must be a number, not `many`", "3 errors in 1 file"];
    repo.sh("plan --var size=many").exits(1).tells(&all);
    repo.write("values.yaml", "size: many\n");
    let all = ["`bocks`", "`Mode` must be one of", "values.yaml:1:7", "3 errors in 2 files"];
    repo.sh("plan --var-file values.yaml").exits(1).tells(&all);
    for line in ["plan --out p.bin --var size=many", "apply --auto-approve --var size=many"] {
        repo.sh(line).exits(1).tells(&["`bocks`", "`Mode` must be one of", "must be a number, not `many`"]);
    }
    assert!(!repo.path().join("state").exists(), "nothing is made by what is refused");
}

#[test]
fn an_address_that_is_none_hides_nothing() {
    let repo = spoiled();
    let line = "plan --target on --target tree --exclude four --replace five --reapply six --json";
    let done = repo.sh(line).exits(1);
    let input = ["input"; 5].map(str::to_owned);
    assert_eq!(
        codes(&done),
        [&input[..], &["parameter-value".to_owned(), "unknown-product".to_owned()]].concat()
    );
    // beside what can be told offline, too; what is declared and broken is no address that is none
    repo.edit("products.yaml", "  two: {", "  two: {bla: 1, ");
    let done = repo.sh("plan --target two --target tree --json").exits(1);
    assert_eq!(codes(&done), ["input", "parameter-value", "unknown-key", "unknown-product"]);
    let sound = Repo::boxes(&["one"]);
    sound.sh("plan --target tree --exclude four").exits(1).tells(&["`tree` matches no", "`four` matches no"]);
}

/// What is said of a guard is said beside what the catalog says.
#[test]
fn a_wrong_guard_hides_nothing() {
    let repo = spoiled();
    repo.edit("provisor.yaml", "project: test", "project: test\nguards: {max_terminate: lots}");
    let done = repo.sh("plan --json").exits(1);
    assert_eq!(codes(&done), ["bad-value", "parameter-value", "unknown-product"]);
}

#[test]
fn defaults_that_nobody_takes_over_are_looked_at() {
    let repo = Repo::boxes(&["one"]);
    let idle = "defaults:
  location: dmeo
  product_name: ${var.name}
  parameters: {Note: [a, \"b,c\"], Mode: \"${var.mode}\"}
  tags: {a: \"${location.region}\"}
  overrides:
    - {where: {stage: dev}, tags: {a: \"${var.tag}\"}}
";
    let told = [
        "there is no location `dmeo`",
        "no variable `name`",
        "cannot hold a comma",
        "no variable `mode`",
        "no variable `stage`",
        "no variable `tag`",
        "6 errors in 1 file",
    ];
    let declared = repo.read("products.yaml");
    repo.write("products.yaml", idle);
    repo.sh("validate").exits(1).tells(&told);
    let own = "    location: demo\n    parameters: {Note: x, Mode: fast, Name: one}\n    tags: {a: b}\n";
    let one = "provisioned_products:\n  one:\n    product_name: box\n    provisioning_artifact_name: v1\n";
    repo.write("products.yaml", &format!("{idle}{one}{own}"));
    repo.sh("validate").exits(1).tells(&told);
    // what is right where it is used is right, whatever another location would make of it
    let sound =
        "defaults:\n  tags: {a: \"${location.name}${key}\"}\n  overrides: [{location: demo, tags: {b: c}}]\n";
    repo.write("products.yaml", &format!("{sound}{declared}"));
    repo.sh("validate").exits(0);
    repo.write("products.yaml", sound);
    repo.sh("validate").exits(0);
}

#[test]
fn an_override_that_holds_nowhere_is_looked_at() {
    let repo = Repo::boxes(&["one"]);
    let overrides = "  one: {overrides: [{location: dem, tags: {a: \"${var.x}\"}}], ";
    repo.edit("products.yaml", "  one: {", overrides);
    repo.sh("validate").exits(1).tells(&["no location `dem`", "no variable `x`", "2 errors in 1 file"]);
}

#[test]
fn who_asked_for_json_is_told_in_json() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    let lines = [
        "show nofile --json",
        "show --format json nofile",
        "output nope --json",
        "output one Nope --json",
        "state show nope --json",
        "state list nope --json",
        "state history nope --json",
        "doctor --location nope --json",
    ];
    for line in lines {
        let done = repo.sh(line).exits(1);
        assert_eq!(codes(&done), ["input"], "{line}");
        assert!(done.err.starts_with("Error: "), "{line}: {}", done.err);
    }
    for line in
        ["plan --nope --json", "show -json --nope", "-C nope output --json", "nope --json", "taint --json"]
    {
        let done = repo.sh(line).exits(64);
        assert_eq!(codes(&done), ["usage"], "{line}");
    }
    let event: serde_json::Value =
        serde_json::from_str(&repo.sh("apply --nope --json").exits(64).out).unwrap();
    assert_eq!(
        (&event["format"], &event["diagnostic"]["code"]),
        (&"provisor.event/v1".into(), &"usage".into())
    );
    for line in ["plan --nope", "plan --nope -json=false", "state list nope", "plan -- --json"] {
        assert_eq!(repo.sh(line).out, "", "{line}");
    }
    repo.write("state/HEAD", "nothing");
    for line in
        ["show --json", "output --json", "state list --json", "state history --json", "state pull --json"]
    {
        assert_eq!(codes(&repo.sh(line).exits(7)), ["state"], "{line}");
    }
}

#[test]
fn the_history_and_the_list_are_documents_too() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    let history = repo.sh("state history one --json").exits(0).json();
    assert_eq!(
        (&history["format"], history["entries"].as_array().unwrap().len()),
        (&"provisor.history/v1".into(), 1)
    );
    let entry = &history["entries"][0];
    assert_eq!(
        [&entry["address"], &entry["event"], &entry["operation"]],
        [&"one".into(), &"succeeded".into(), &serde_json::json!("provision")]
    );
    let list = repo.sh("state list one --json").exits(0).json();
    assert_eq!((&list["format"], list["rows"].as_array().unwrap().len()), (&"provisor.state/v1".into(), 1));
}
