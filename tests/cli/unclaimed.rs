//! `import --all`: whatever exists and nobody declared becomes declarations, and is managed from then on.

use super::support::Repo;

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
        text.contains("# its parameters could not be read (") && text.contains("parameters: {Name: null}"),
        "{text}"
    );
    repo.sh("plan --detailed-exitcode").exits(0).says(&["not verified"]);
}
