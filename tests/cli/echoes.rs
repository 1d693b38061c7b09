//! Sensitive values that come out again of what is imported: as an output, inside one, in a parameter of another product, in a tag. They
//! stand in no file, in no state and on no screen.

use serde_json::{Value, json};

use super::support::Repo;
use super::support::terraform::{attributes, described, resource, state};

const VAULT: &str = "
Parameters:
  Name: {Type: String}
  Key: {Type: String, NoEcho: true}
  Plain: {Type: String, Default: none}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Name}}
Outputs:
  Arn: {Value: !Ref Topic}
  Url: {Value: !Sub 'https://u:${Key}@h'}
  Copy: {Value: !Ref Plain}
  Line: {Value: !Sub 'pw=${Plain}'}
";

const WORLD: &str = r#"account_id: "111122223333"
region: eu-west-1
time_scale: 3600
portfolios:
  - name: platform
    products:
      - name: box
        versions: [{name: v1, template: box-v1.yaml}]
        constraints: {tag_update: true}
      - name: vault
        versions: [{name: v1, template: vault.yaml}]
provisioned_products:
  - {name: safe, product: vault, version: v1, parameters: {Name: safe, Key: swordfish-and-chips, Plain: marked-in-terraform}}
  - {name: app, product: box, version: v1, parameters: {Name: app, Note: "pw=marked-in-terraform"}}
  - {name: tagged, product: box, version: v1, parameters: {Name: tagged, Note: "see marked-in-terraform"}, tags: {hint: "use swordfish-and-chips"}}
"#;

/// A secret is where it was, and nowhere else.
#[track_caller]
fn only_theirs(repo: &Repo, secret: &str) {
    let theirs = ["sandbox.yaml", "given.json", "template.yaml", "world.jsonl", "secrets.yaml"];
    let mut ours = repo.holding(secret);
    ours.retain(|path| !theirs.iter().any(|end| path.ends_with(end)));
    assert!(ours.is_empty(), "{ours:?}");
}

/// Imports, and looks for the secrets in whatever was told and written.
#[track_caller]
fn import(repo: &Repo, line: &str, code: i32) -> String {
    let done = repo.sh(line).exits(code);
    for secret in ["swordfish", "marked-in"] {
        for told in [&done.out, &done.err] {
            assert!(!told.contains(secret), "{told}");
        }
        only_theirs(repo, secret);
    }
    done.out + &done.err
}

/// The state of whoever made safe, app and, if so, tagged; of safe with these marks.
fn managed(repo: &Repo, marks: &Value, with_tags: bool) -> Value {
    let there = described(repo, &["safe", "app", "tagged"]);
    let mut safe = attributes(
        &there[0],
        &json!({"Key": "swordfish-and-chips", "Name": "safe", "Plain": "marked-in-terraform"}),
        &json!({}),
    );
    safe["outputs"] = json!([{"key": "Url", "value": "https://u:swordfish-and-chips@h"}]);
    let app = attributes(&there[1], &json!({"Name": "app", "Note": "pw=marked-in-terraform"}), &json!({}));
    let mut all = vec![
        resource("safe", &json!({"attributes": safe, "sensitive_attributes": marks})),
        resource("app", &json!({"attributes": app})),
    ];
    if with_tags {
        let tags = json!({"hint": "use swordfish-and-chips"});
        let tagged =
            attributes(&there[2], &json!({"Name": "tagged", "Note": "see marked-in-terraform"}), &tags);
        all.push(resource("tagged", &json!({"attributes": tagged})));
    }
    serde_json::from_str(&state(&all)).unwrap()
}

fn marked() -> Value {
    json!([[
        {"type": "get_attr", "value": "provisioning_parameters"},
        {"type": "index", "value": {"value": 2, "type": "number"}},
        {"type": "get_attr", "value": "value"}
    ]])
}

#[test]
fn what_a_state_marks_is_nowhere_in_clear() {
    let repo = Repo::beside(WORLD, VAULT);
    repo.write("given.json", &managed(&repo, &marked(), true).to_string());
    let told = import(&repo, "import --from-terraform given.json --auto-approve", 0);
    assert!(told.contains("its tag `hint` shows what is sensitive"), "{told}");
    let safe = repo.read("products/vault.yaml");
    for part in ["Key: ${var.safe_key}", "Plain: ${var.safe_plain}", "sensitive_outputs: [Copy, Line]\n"] {
        assert!(safe.contains(part), "{part}\n{safe}");
    }
    let app = repo.read("products/box.yaml");
    assert!(app.contains("Note: ${var.app_note}"), "{app}");
    repo.secrets(
        "safe_key: swordfish-and-chips\nsafe_plain: marked-in-terraform\napp_note: pw=marked-in-terraform\n",
    );
    repo.sh("plan --secret-file secrets.yaml --detailed-exitcode").exits(0).says(&["No changes."]);
    only_theirs(&repo, "marked-in");
    // where no stack can be read, the file's own outputs are looked through
    let repo = Repo::beside(
        &format!("{WORLD}faults:\n  - {{call: DescribeStacks, outcome: access_denied}}\n"),
        VAULT,
    );
    repo.write("given.json", &managed(&repo, &marked(), false).to_string());
    import(&repo, "import --from-terraform given.json --auto-approve", 0);
    assert!(repo.read("products/vault.yaml").contains("sensitive_outputs: [Url]\n"));
}

#[test]
fn marks_of_an_unknown_form_hide_everything() {
    for marks in [json!("garbage"), marked()[0].clone(), json!({"provisioning_parameters": true})] {
        let repo = Repo::beside(WORLD, VAULT);
        repo.write("given.json", &managed(&repo, &marks, false).to_string());
        let told = import(&repo, "import --from-terraform given.json --auto-approve", 0);
        assert!(told.contains("marked in a form that is not known here"), "{told}");
        let safe = repo.read("products/vault.yaml");
        assert!(
            safe.contains("Plain: ${var.safe_plain}") && safe.contains("Name: ${var.safe_name}"),
            "{safe}"
        );
    }
}

#[test]
fn marks_of_a_plans_changes_count() {
    let repo = Repo::beside(WORLD, VAULT);
    let state = managed(&repo, &json!([]), false);
    let attributes = state["resources"][0]["instances"][0]["attributes"].clone();
    let address = "aws_servicecatalog_provisioned_product.safe";
    for side in ["before", "after"] {
        let dark = json!({"provisioning_parameters": [{}, {}, {"value": true}]});
        let change = json!({"before": attributes, "after": attributes, format!("{side}_sensitive"): dark});
        let plan = json!({
            "format_version": "1.2", "planned_values": {},
            "prior_state": {"values": {"root_module": {"resources": [{
                "address": address, "mode": "managed", "type": "aws_servicecatalog_provisioned_product",
                "name": "safe", "values": attributes, "sensitive_values": {},
            }]}}},
            "resource_changes": [{"address": address, "change": change}],
        });
        let repo = Repo::beside(WORLD, VAULT);
        repo.write("given.json", &plan.to_string());
        import(&repo, "import --from-terraform given.json --auto-approve", 0);
        assert!(repo.read("products/vault.yaml").contains("Plain: ${var.safe_plain}"), "{side}");
    }
}

/// Nobody knows the value: what may hold it counts as sensitive, until it is given.
#[test]
fn what_is_not_echoed_is_nowhere_in_clear() {
    let vault = VAULT.replace("Default: none", "NoEcho: true, Default: none");
    let repo = Repo::beside(&WORLD.replace("pw=marked-in-terraform", "none"), &vault);
    repo.sh("import --all --auto-approve").exits(0);
    let safe = repo.read("products/vault.yaml");
    assert!(safe.contains("sensitive_outputs: [Copy, Line, Url]   # may hold what is not shown"), "{safe}");
    let held = repo.sh("state pull").exits(0).json();
    let outputs =
        &held["rows"].as_array().unwrap().iter().find(|row| row["address"] == "safe@here/eu-west-1").unwrap()
            ["applied"]["outputs"];
    assert!(outputs["Arn"].is_string() && outputs["Copy"].is_null() && outputs["Url"].is_null(), "{held}");
    repo.secrets("safe_key: swordfish-and-chips\nsafe_plain: marked-in-terraform\n");
    repo.sh("plan --secret-file secrets.yaml --detailed-exitcode").exits(0).says(&["No changes."]);
    // of one that is given it is known where it stands
    let repo = Repo::beside(WORLD, VAULT);
    repo.edit(
        "provisor.yaml",
        "project: p\n",
        "project: p\nvariables:\n  safe_key: {type: string, sensitive: true, description: \"`Key` of `safe`\"}\n  other: {type: string, sensitive: true}\n",
    );
    repo.secrets("safe_key: swordfish-and-chips\nother: marked-in-terraform\n");
    let told = import(&repo, "import --all --auto-approve --secret-file secrets.yaml", 0);
    assert!(told.contains("its tag `hint` shows what is sensitive"), "{told}");
    let safe = repo.read("products/vault.yaml");
    assert!(safe.contains("sensitive_outputs: [Copy, Line]\n"), "{safe}");
}

/// A template's default of what it does not echo is as secret as the value.
#[test]
fn what_a_template_hides_is_nowhere_in_clear() {
    let repo = Repo::beside(WORLD, VAULT);
    repo.write("template.yaml", r#"
Parameters:
  Pw: {Type: String, NoEcho: true, Default: swordfish-and-chips}
Resources:
  Safe:
    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct
    Properties:
      {ProductName: vault, ProvisioningArtifactName: v1, ProvisionedProductName: safe, ProvisioningParameters: [{Key: Name, Value: safe}, {Key: Key, Value: swordfish-and-chips}, {Key: Plain, Value: marked-in-terraform}]}
  Tagged:
    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct
    Properties:
      {ProductName: box, ProvisioningArtifactName: v1, ProvisionedProductName: tagged, ProvisioningParameters: [{Key: Name, Value: tagged}, {Key: Note, Value: !Ref Pw}]}
"#);
    let done = repo.sh("import --from-cloudformation template.yaml --auto-approve").exits(0);
    assert!(done.err.contains("its tag `hint` shows what is sensitive"), "{}", done.err);
    only_theirs(&repo, "swordfish");
    let safe = repo.read("products/vault.yaml");
    assert!(safe.contains("Key: ${var.safe_key}") && !safe.contains("sensitive_outputs"), "{safe}");
}

/// A template tells the default of what it does not echo: that is a secret wherever else it stands.
#[test]
fn a_default_that_is_not_echoed_is_nowhere_else_in_clear() {
    let vault = VAULT.replace("NoEcho: true}", "NoEcho: true, Default: swordfish-and-chips}");
    let world =
        WORLD.replace("Key: swordfish-and-chips, ", "").replace("marked-in-terraform", "swordfish-and-chips");
    let repo = Repo::beside(&world, &vault);
    let done = repo.sh("import --all --auto-approve").exits(0);
    let held = repo.sh("state pull").exits(0).out;
    for told in
        [&done.out, &done.err, &held, &repo.read("products/box.yaml"), &repo.read("products/vault.yaml")]
    {
        assert!(!told.contains("swordfish"), "{told}");
    }
    assert!(repo.read("products/box.yaml").contains("Note: ${var.app_note}"));
}

/// What nobody knew when it was adopted leaves the state as soon as it is known.
#[test]
fn an_output_that_turns_out_to_hold_a_secret_leaves_the_state() {
    let repo = Repo::beside(WORLD, VAULT);
    let setting = "project: p\nvariables: {pw: {type: string, sensitive: true}, key: {type: string, sensitive: true}}\n";
    repo.edit("provisor.yaml", "project: p\n", setting);
    repo.write("products/v.yaml", "provisioned_products:\n  safe: {product_name: vault, provisioning_artifact_name: v1, parameters: {Name: safe, Key: \"${var.key}\", Plain: \"${var.pw}\"}}\n");
    repo.sh("import safe safe --auto-approve").exits(0);
    repo.secrets("pw: marked-in-terraform\nkey: swordfish-and-chips\n");
    let plan = repo.sh("plan --secret-file secrets.yaml --detailed-exitcode").exits(2);
    let plan = plan.says(&["output `Copy` is sensitive by now, and leaves the state", "output `Line`"]);
    assert!(!plan.out.contains("marked-in"), "{}", plan.out);
    // backups stay as they are, and that is told
    let done = repo.sh("apply --secret-file secrets.yaml --auto-approve").exits(0);
    let backup = repo.path().join("state/backups/1.json");
    assert!(done.err.contains("backups"), "{}", done.err);
    std::fs::remove_file(backup).unwrap();
    only_theirs(&repo, "marked-in");
    repo.sh("plan --secret-file secrets.yaml --detailed-exitcode").exits(0).says(&["No changes."]);
}

/// What is not echoed, has a default, and was never given needs no variable.
#[test]
fn what_the_other_tool_never_set_stays_as_it_is() {
    let vault = VAULT.replace("Default: none", "NoEcho: true, Default: none");
    let repo = Repo::beside(WORLD, &vault);
    let there = described(&repo, &["safe"]);
    let safe = attributes(&there[0], &json!({"Key": "swordfish-and-chips", "Name": "safe"}), &json!({}));
    repo.write("given.json", &state(&[resource("safe", &json!({"attributes": safe}))]));
    import(&repo, "import --from-terraform given.json --auto-approve", 0);
    let text = repo.read("products/vault.yaml");
    assert!(text.contains("Plain: null") && text.contains("Key: ${var.safe_key}"), "{text}");
    assert!(!repo.read("provisor.yaml").contains("safe_plain"));
}
