//! `import --all`: whatever exists and nobody declared becomes declarations, and is managed from then on.

use serde_json::{Value, json};

use super::support::{Done, Repo, post};

const VAULT: &str = "
Parameters:
  Name: {Type: String}
  Key: {Type: String, NoEcho: true}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Name}}
Outputs:
  Arn: {Value: !Ref Topic}
";

const WORLD: &str = r#"account_id: "111122223333"
region: eu-west-1
time_scale: 3600
portfolios:
  - name: platform
    products:
      - name: box
        versions: [{name: v1, template: box-v1.yaml}, {name: v2, template: box-v2.yaml}, {name: old, template: box-v1.yaml, active: false}]
        constraints: {tag_update: true}
        tag_options: {stage: [prod]}
      - name: vault
        versions: [{name: v1, template: vault.yaml}]
provisioned_products:
  - {name: plain, product: box, version: v1, parameters: {Name: plain, Note: none}, tags: {team: net}}
  - {name: other, product: box, version: v1, parameters: {Name: other, Note: "by hand"}, tags: {team: net}}
  - {name: bent, product: box, version: v2, parameters: {Name: bent}, status: TAINTED}
  - {name: gone, product: box, version: old, parameters: {Name: gone}}
  - {name: safe, product: vault, version: v1, parameters: {Name: safe, Key: swordfish-and-chips}}
"#;

/// An account that others have filled.
fn filled() -> Repo {
    Repo::beside(WORLD, VAULT)
}

#[test]
fn everything_that_exists_is_declared_and_managed() {
    let repo = filled();
    // nobody agreed
    repo.sh("import --all")
        .exits(5)
        .says(&["products/box.yaml would be written (4 declarations)", "5 to import"]);
    assert!(!repo.path().join("products").exists(), "nothing was written");
    let done = repo.sh("import --all --auto-approve").exits(0).says(&["Resources: 5 imported."]);
    assert!(!repo.holding("swordfish").iter().any(|path| !path.ends_with("sandbox.yaml")), "{}", done.out);
    let text = repo.read("products/box.yaml");
    for part in [
        "defaults: {product_name: box}\n",
        "  # its version is no longer offered\n  gone:\n    provisioning_artifact_id: pa-",
        "  # tainted, its last operation failed: ",
        "  other:\n    provisioning_artifact_name: v1\n    parameters: {Name: other, Note: by hand}\n    tags: {team: net}\n",
        "  plain:\n    provisioning_artifact_name: v1\n    parameters: {Name: plain}\n    tags: {team: net}\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("stage") && !text.contains("location"), "{text}");
    assert!(repo.read("products/vault.yaml").contains("Key: ${var.safe_key}"));
    assert!(
        repo.read("provisor.yaml")
            .starts_with("project: p\nlocations:\n  here: {sandbox: sandbox.yaml}\nvariables:\n  safe_key: ")
    );
    // what was not given counts as unchanged, and is needed from then on
    repo.sh("plan").exits(1).tells(&["safe_key"]);
    repo.write("secrets.yaml", "safe_key: swordfish-and-chips\n");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(repo.path().join("secrets.yaml"), mode).unwrap();
    let plan = repo.sh("plan --secret-file secrets.yaml").exits(0).says(&[
        "# bent will be updated in-place",
        "tainted",
        "0 to add, 1 to change, 0 to destroy",
        "not verified",
    ]);
    assert!(!plan.out.contains("swordfish"), "{}", plan.out);
    // and nothing is left
    repo.sh("import --all --auto-approve").exits(0).says(&["Nothing to import"]);
    assert_eq!(repo.called("ProvisionProduct") + repo.called("UpdateProvisionedProduct"), 0);
}

#[test]
fn a_second_run_adds_only_what_is_new() {
    let repo = filled();
    repo.sh("import --all --name plain --auto-approve").exits(0).says(&["Resources: 1 imported."]);
    let first = repo.read("products/box.yaml");
    repo.sh("import --all --product box --auto-approve").exits(0).says(&["Resources: 3 imported."]);
    assert_eq!(repo.read("products/box.yaml"), first);
    assert!(repo.read("products/box-2.yaml").contains("  other:\n"));
    repo.sh("import --all --location nowhere --auto-approve").exits(1).tells(&["names no location", "here"]);
    repo.sh("import --all --write elsewhere --auto-approve").exits(64).tells(&["`products`"]);
}

#[test]
fn whoever_may_not_read_stacks_declares_what_is_known() {
    let repo = filled();
    let world = repo.read("sandbox.yaml") + "faults:\n  - {call: DescribeStacks, outcome: access_denied}\n";
    repo.write("sandbox.yaml", &world);
    repo.sh("import --all --name plain --auto-approve").exits(0).says(&["Resources: 1 imported."]);
    let text = repo.read("products/box.yaml");
    assert!(
        text.contains("# its parameters could not be read (")
            && ["Name", "Note", "Size"].iter().all(|key| text.contains(&format!("{key}: null"))),
        "{text}"
    );
    repo.sh("plan --detailed-exitcode").exits(0).says(&["not verified"]);
    // whoever leaves one out is told what an update would do
    repo.edit("products/box.yaml", "      Note: null\n", "");
    repo.sh("plan --reapply plain").exits(0).says(&["what `Note` is now could not be read", "`null` keeps"]);
    // and an update keeps it
    repo.sh("import --all --name other --auto-approve").exits(0);
    repo.sh("apply --reapply other --target other --auto-approve").exits(0).says(&["1 changed"]);
    let world = repo.read("sandbox.yaml");
    repo.write("sandbox.yaml", world.split("faults:").next().unwrap());
    repo.edit("products/box-2.yaml", "Note: null", "Note: by hand");
    repo.sh("plan --deep --target other --detailed-exitcode").exits(0).says(&["No changes."]);
}

/// The lines of a run, as programs read them.
fn events(done: &Done, kind: &str) -> Vec<Value> {
    let all = done.out.lines().map(|line| serde_json::from_str::<Value>(line).expect(line));
    all.filter(|event| event["event"] == kind).collect()
}

#[test]
fn one_that_cannot_be_declared_stops_nothing() {
    let odd = "  - {name: \"-odd\", product: box, version: v1, parameters: {Name: odd}}\n";
    let repo = Repo::beside(&format!("{WORLD}{odd}"), VAULT);
    let done = repo.sh("import --all --auto-approve").exits(0).says(&["Resources: 5 imported."]);
    let done =
        done.tells(&["Not imported:\n  -odd (pp-", "cannot be declared as it is: ", "Made by somebody else"]);
    assert!(!done.err.contains("-->"), "what is not written has no place\n{}", done.err);
    assert!(!repo.read("products/box.yaml").contains("odd"));
    // it alone is left: that is no success, and programs are told
    let world = WORLD.split("provisioned_products:").next().unwrap();
    let repo = Repo::beside(&format!("{world}provisioned_products:\n{odd}"), VAULT);
    let done = repo.sh("import --all --auto-approve --json").exits(5);
    let left = events(&done, "not_imported");
    assert!(left.len() == 1 && left[0]["message"].as_str().unwrap().contains("-odd (pp-"), "{}", done.out);
    assert_eq!(left[0]["needs"], "somebody");
    assert_eq!(done.out.lines().count(), 3, "{}", done.out);
    assert_eq!(events(&done, "summary").len() + events(&done, "made_by_others").len(), 2, "{}", done.out);
}

#[test]
fn what_only_takes_time_ends_as_that() {
    let world =
        WORLD.split("provisioned_products:").next().unwrap().replace("time_scale: 3600", "time_scale: 1");
    let one = "  - {name: one, product: box, version: v1, parameters: {Name: one}}\n";
    let repo = Repo::beside(&format!("{world}provisioned_products:\n{one}"), VAULT);
    repo.served(|url| {
        let parameters = json!([{"Key": "Name", "Value": "one"}, {"Key": "Note", "Value": "x"}]);
        let body = json!({"ProvisionedProductName": "one", "ProductName": "box", "ProvisioningArtifactName": "v1",
            "ProvisioningParameters": parameters, "UpdateToken": "t"});
        let answer = post(url, "UpdateProvisionedProduct", &body);
        assert!(answer["RecordDetail"].is_object(), "{answer}");
    });
    repo.sh("import --all --auto-approve").exits(4).tells(&["an operation is running: import again"]);
}

#[test]
fn programs_read_what_is_written_and_what_is_left() {
    let repo = filled();
    let done = repo.sh("import --all --auto-approve --json").exits(0);
    let files = events(&done, "file");
    let paths: Vec<&str> = files.iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["products/box.yaml", "products/vault.yaml"]);
    assert_eq!(files[0]["text"], repo.read("products/box.yaml"));
    assert_eq!(files[0]["declarations"], 4);
    assert_eq!(events(&done, "summary")[0]["summary"]["counts"]["imported"], 5);
    let done = repo.sh("import --all --auto-approve --json").exits(0);
    assert_eq!(done.out.lines().count(), 1, "only how it ended\n{}", done.out);
}

#[test]
fn whatever_is_long_is_shown_in_part_or_in_full() {
    let world = WORLD.split("provisioned_products:").next().unwrap();
    let many: String = (0..60)
        .map(|n| format!("  - {{name: n{n:02}, product: box, version: v1, parameters: {{Name: n{n:02}, Note: x{n}}}}}\n"))
        .collect();
    let repo = Repo::beside(&format!("{world}provisioned_products:\n{many}"), VAULT);
    let part = repo.sh("import --all").exits(5).says(&["      n00:\n", "more lines", "`--full` shows them"]);
    assert!(!part.out.contains("      n59:\n"), "{}", part.out);
    let full = repo.sh("import --all --full").exits(5).says(&["      n00:\n", "      n59:\n"]);
    assert!(!full.out.contains("more lines"), "{}", full.out);
}

#[test]
fn two_locations_of_one_place_show_one_thing() {
    let repo = filled();
    repo.edit("provisor.yaml", "sandbox.yaml}\n", "sandbox.yaml}\n  again: {sandbox: sandbox.yaml}\n");
    repo.sh("import --all --auto-approve").exits(0).says(&["Resources: 5 imported."]);
    repo.sh("import --all --auto-approve").exits(0).says(&["Nothing to import"]);
    // of the one that declares it
    let repo = filled();
    repo.edit("provisor.yaml", "sandbox.yaml}\n", "sandbox.yaml}\n  again: {sandbox: sandbox.yaml}\n");
    repo.write("products/a.yaml", "provisioned_products:\n  plain: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: plain}, tags: {team: net}, location: here}\n");
    repo.sh("import --all --auto-approve --name plain").exits(0).says(&["Resources: 1 imported."]);
    assert_eq!(std::fs::read_dir(repo.path().join("products")).unwrap().count(), 1, "nothing is written");
}

/// Names rather than ids, structure rather than text; and the plan is empty.
#[test]
fn odd_things_are_written_as_people_write_them() {
    let world = WORLD
        .split("provisioned_products:")
        .next()
        .unwrap()
        .replace("      - name: vault\n", "      - name: vault\n        id: prod-vaultaaaaaaaa\n");
    let other = "  - name: other\n    products:\n      - {name: vault, id: prod-vaultbbbbbbbb, versions: [{name: v1, template: box-v1.yaml}]}\n";
    let there = "provisioned_products:
  - {name: doc, product: box, version: v1, parameters: {Name: doc, Note: '{\"b\": 1, \"a\": [{\"c\": \"d\"}]}'}}
  - {name: odd, product: box, version: v1, parameters: {Name: odd, Note: \"a\\u202eb\\u200bc\"}}
  - {name: safe, product: prod-vaultaaaaaaaa, version: v1, parameters: {Name: safe, Key: swordfish-and-chips}}
  - {name: twin, product: prod-vaultbbbbbbbb, version: v1, parameters: {Name: twin}}
";
    let repo = Repo::beside(&format!("{world}{other}{there}"), VAULT);
    repo.sh("import --all --auto-approve").exits(0).says(&["Resources: 4 imported."]);
    let text = repo.read("products/box.yaml");
    assert!(text.contains("      Note: {a: [{c: d}], b: 1}\n"), "{text}");
    assert!(text.contains("a\\u202Eb\\u200Bc"), "{text}");
    let vault = repo.read("products/vault.yaml");
    for part in ["path_name: other", "path_name: platform", "product_name: vault"] {
        assert!(vault.contains(part) && !vault.contains("product_id"), "{part}\n{vault}");
    }
    repo.secrets("safe_key: swordfish-and-chips\n");
    repo.sh("plan --secret-file secrets.yaml --detailed-exitcode").exits(0).says(&["No changes."]);
}
