//! `import --from-…`: what another tool manages becomes declarations; the plan after that is empty, but for what is not well.

use serde_json::{Value, json};

use super::support::Repo;
use super::support::terraform::{attributes, described, resource, state};

const VAULT: &str = "
Parameters:
  Name: {Type: String}
  Key: {Type: String, NoEcho: true}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Name}}
";

const WORLD: &str = r#"account_id: "111122223333"
region: eu-west-1
time_scale: 3600
portfolios:
  - name: platform
    products:
      - name: box
        versions: [{name: v1, template: box-v1.yaml}, {name: v2, template: box-v2.yaml}]
        constraints: {tag_update: true}
        tag_options: {stage: [prod]}
      - name: vault
        versions: [{name: v1, template: vault.yaml}]
      - name: spread
        versions: [{name: v1, template: box-v1.yaml}]
        constraints: {stack_set: {accounts: ["410000000001", "410000000002"], regions: [eu-west-1]}}
provisioned_products:
  - {name: net, product: box, version: v1, parameters: {Name: net, Mode: fast}, tags: {owner: platform, team: net}}
  - {name: app, product: box, version: v1, parameters: {Name: app, Note: "arn:aws:sns:eu-west-1:111122223333:net"}, tags: {owner: platform}}
  - {name: in-x, product: box, version: v2, parameters: {Name: in-x}, tags: {owner: platform}}
  - {name: bent, product: box, version: v1, parameters: {Name: bent}, tags: {owner: platform}, status: TAINTED}
  - {name: never, product: box, version: v1, parameters: {Name: never}, tags: {owner: platform}, status: ERROR}
  - {name: safe, product: vault, version: v1, parameters: {Name: safe-and-sound, Key: swordfish-and-chips}}
  - {name: spread, product: spread, version: v1, parameters: {Name: spread}}
  - {name: stranger, product: box, version: v1, parameters: {Name: stranger}}
"#;

/// An account that another tool has filled.
fn filled() -> Repo {
    Repo::beside(WORLD, VAULT)
}

/// The state of whoever made all but the stranger.
fn managed(repo: &Repo) -> String {
    let there = described(repo, &["net", "app", "in-x", "bent", "never", "safe", "spread"]);
    let [net, app, in_x, bent, never, safe, spread] = <[Value; 7]>::try_from(there).unwrap();
    let owner = json!({"owner": "platform"});
    let mut attributes_of_net = attributes(
        &net,
        &json!({"Name": "net", "Mode": "fast", "Note": "none"}),
        &json!({"owner": "platform", "team": "net", "stage": "prod"}),
    );
    attributes_of_net["timeouts"] = json!({"create": "90m", "read": null});
    let arn = json!({"Name": "app", "Note": "arn:aws:sns:eu-west-1:111122223333:net"});
    let mut module = resource(
        "this",
        &json!({"attributes": attributes(&in_x, &json!({"Name": "in-x", "Note": ""}), &owner)}),
    );
    module["module"] = json!("module.m[\"x\"]");
    // what was attempted, and failed
    let mut attempted = attributes(&bent, &json!({"Name": "bent", "Extra": "1"}), &owner);
    attempted["provisioning_artifact_name"] = json!("v2");
    let mut cut = attributes(&never, &json!({"Name": "never"}), &owner);
    for gone in ["arn", "product_id", "provisioning_artifact_id"] {
        cut[gone] = Value::Null;
    }
    (cut["product_name"], cut["provisioning_artifact_name"]) = (json!("box"), json!("v1"));
    let secrets =
        attributes(&safe, &json!({"Key": "swordfish-and-chips", "Name": "safe-and-sound"}), &json!({}));
    let at = json!([[
        {"type": "get_attr", "value": "provisioning_parameters"},
        {"type": "index", "value": {"value": 1, "type": "number"}},
        {"type": "get_attr", "value": "value"}
    ]]);
    let mut sets = attributes(&spread, &json!({"Name": "spread"}), &json!({}));
    sets["stack_set_provisioning_preferences"] = json!([{
        "accounts": ["410000000001", "410000000002"], "regions": ["eu-west-1"],
        "failure_tolerance_count": 1, "failure_tolerance_percentage": 0,
        "max_concurrency_count": 0, "max_concurrency_percentage": 50,
    }]);
    let mut gone = attributes(&net, &json!({"Name": "gone"}), &owner);
    gone["id"] = json!("pp-nowhere000000");
    let mut elsewhere = attributes(&net, &json!({"Name": "far"}), &owner);
    elsewhere["id"] = json!("pp-far0000000000");
    elsewhere["arn"] = json!("arn:aws:servicecatalog:us-east-1:410000000009:stack/far/pp-far0000000000");
    let needs =
        json!(["aws_servicecatalog_provisioned_product.net", "aws_servicecatalog_provisioned_product.gone",]);
    state(&[
        resource("net", &json!({"attributes": attributes_of_net})),
        resource("app", &json!({"attributes": attributes(&app, &arn, &owner), "dependencies": needs})),
        module,
        resource("bent", &json!({"attributes": attempted})),
        resource("never", &json!({"status": "tainted", "attributes": cut})),
        resource("safe", &json!({"attributes": secrets, "sensitive_attributes": at, "dependencies": needs})),
        resource("spread", &json!({"attributes": sets})),
        resource("gone", &json!({"attributes": gone})),
        resource("far", &json!({"attributes": elsewhere})),
    ])
}

/// Gives secrets in a file.
fn give(repo: &Repo, secrets: &str) {
    repo.write("secrets.yaml", secrets);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(repo.path().join("secrets.yaml"), mode).unwrap();
}

/// A secret is where it was, and nowhere else.
fn only_theirs(repo: &Repo, secret: &str) {
    let theirs = ["sandbox.yaml", "terraform.tfstate", "state/sandbox/sandbox/world.jsonl"];
    let ours: Vec<_> = repo
        .holding(secret)
        .into_iter()
        .filter(|path| !theirs.iter().any(|end| path.ends_with(end)))
        .collect();
    assert!(ours.is_empty(), "{ours:?}");
}

#[test]
fn what_terraform_manages_is_declared_and_managed() {
    let repo = filled();
    repo.write("terraform.tfstate", &managed(&repo));
    let shown = repo.sh("import --from-terraform terraform.tfstate").exits(5).says(&["7 to import"]);
    assert!(!repo.path().join("products").exists(), "nobody agreed");
    let done = repo
        .sh("import --from-terraform terraform.tfstate --write products/old --auto-approve")
        .exits(0)
        .says(&[
            "Resources: 7 imported.",
            "Conversion: 7 carried over, 1 renamed, 3 otherwise changed, 2 left.",
            "  module.m[\"x\"].aws_servicecatalog_provisioned_product.this is m-x\n",
            "it is declared as it is, not as it was last asked for",
            "gone (pp-nowhere000000): it is gone, or is not shown to this principal",
            "far (pp-far0000000000): no location of account 410000000009 in us-east-1: add it to provisor.yaml",
            "`terraform state rm ADDRESS`",
        ])
        .tells(&["Not imported:", "pp-nowhere000000"]);
    for text in [&shown.out, &shown.err, &done.out, &done.err] {
        assert!(!text.contains("swordfish") && !text.contains("safe-and-sound"), "{text}");
    }
    only_theirs(&repo, "swordfish");
    only_theirs(&repo, "safe-and-sound");
    let text = repo.read("products/old/box.yaml");
    for part in [
        "from `terraform.tfstate` of Terraform.\ndefaults:\n  product_name: box\n  provisioning_artifact_name: v1\n  tags: {owner: platform}\n",
        "  app:\n    parameters:\n      Name: app\n      Note: ${net.outputs.Arn}   # arn:",
        "  # tainted, its last operation failed: ",
        "  bent:\n    parameters: {Name: bent}\n",
        "  # in Terraform: module.m[\"x\"].aws_servicecatalog_provisioned_product.this\n  m-x:\n    provisioned_product_name: in-x\n    provisioning_artifact_name: v2\n    parameters: {Name: in-x}\n",
        "  net:\n    parameters: {Mode: fast, Name: net}\n    tags: {team: net}\n    timeouts: {provision: 90m}\n",
        "  never:\n    parameters: {Name: never}\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("stage") && !text.contains("depends_on"), "{text}");
    let safe = repo.read("products/old/vault.yaml");
    assert!(safe.contains("Key: ${var.safe_key}") && safe.contains("Name: ${var.safe_name}"), "{safe}");
    assert!(safe.contains("depends_on: [net]"), "{safe}");
    // and nothing is left but what is not well
    give(&repo, "safe_key: swordfish-and-chips\nsafe_name: safe-and-sound\n");
    repo.sh("plan --secret-file secrets.yaml --exclude bent --exclude never --detailed-exitcode")
        .exits(0)
        .says(&["No changes."]);
    repo.sh("plan --secret-file secrets.yaml").exits(5).says(&[
        "bent will be updated in-place",
        "never is refused",
        "0 to add, 1 to change",
    ]);
    repo.sh("import --from-terraform terraform.tfstate --auto-approve --secret-file secrets.yaml")
        .exits(0)
        .says(&["Nothing to import"])
        .tells(&["7 provisioned products of the file: managed here already"]);
    assert_eq!(repo.called("ProvisionProduct") + repo.called("UpdateProvisionedProduct"), 0);
}

#[test]
fn where_the_file_and_the_catalog_differ_the_plan_says_so() {
    let repo = filled();
    let there = described(&repo, &["net", "in-x"]);
    let mut net =
        attributes(&there[0], &json!({"Name": "net"}), &json!({"owner": "platform", "team": "net"}));
    net["provisioning_artifact_id"] = there[1]["ProvisioningArtifactId"].clone();
    repo.write("s.json", &state(&[resource("net", &json!({"attributes": net}))]));
    repo.sh("import --from-terraform s.json --location here --product b* --name n* --auto-approve")
        .exits(0)
        .says(&["Resources: 1 imported."]);
    let text = repo.read("products/box.yaml");
    // what the file says of the version; what it says nothing of stays as it is
    assert!(text.contains("provisioning_artifact_name: v2") && text.contains("Mode: fast"), "{text}");
    repo.sh("plan --detailed-exitcode").exits(2).says(&["\"v1\" -> \"v2\"", "0 to add, 1 to change"]);
    repo.sh("import --from-terraform s.json --name other --auto-approve")
        .exits(0)
        .says(&["Nothing to import"]);
}

#[test]
fn what_is_declared_already_is_only_adopted() {
    let repo = filled();
    repo.write(
        "products/mine.yaml",
        "provisioned_products:\n  mine:\n    provisioned_product_name: net\n    product_name: box\n    provisioning_artifact_name: v1\n    parameters: {Name: net, Mode: fast}\n    tags: {owner: platform, team: net}\n",
    );
    let net = attributes(&described(&repo, &["net"])[0], &json!({"Name": "net"}), &json!({}));
    repo.write("s.json", &state(&[resource("net", &json!({"attributes": net}))]));
    repo.sh("import --from-terraform s.json --auto-approve").exits(0).says(&[
        "Resources: 1 imported.",
        "aws_servicecatalog_provisioned_product.net is declared already, as mine",
    ]);
    repo.settled();
}

#[test]
fn a_file_that_is_none_of_terraforms_is_refused() {
    let repo = filled();
    let check = |text: &str, expected: &[&str]| {
        repo.write("given", text);
        let done = repo.sh("import --from-terraform given --auto-approve").exits(1).tells(expected);
        assert!(!done.err.contains("hush"), "{}", done.err);
        assert!(!repo.path().join("products").exists());
    };
    check("resource \"hush\" {}\n", &["`given`", "configuration", "terraform state pull"]);
    check("{\"a\": hush}", &["`given`", "broken JSON: line 1, column 7"]);
    check("PK\u{3}\u{4}hush", &["`given`: this is a saved plan", "terraform show -json given"]);
    check(&state(&[]), &["`given` holds no `aws_servicecatalog_provisioned_product`"]);
    repo.sh("import --from-terraform absent").exits(1).tells(&["`absent`"]);
    repo.sh("import --from-terraform given --all").exits(64);
    repo.sh("import x pp-1 --from-terraform given").exits(64);
    repo.sh("import --declared --write products").exits(64);
}

const TEMPLATE: &str = r#"
Parameters:
  Mode: {Type: String}
  Key: {Type: String, NoEcho: true}
Resources:
  Net:
    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct
    Properties:
      ProductName: box
      ProvisioningArtifactName: v1
      ProvisionedProductName: net
      ProvisioningParameters: [{Key: Name, Value: net}, {Key: Mode, Value: !Ref Mode}, {Key: Note, Value: none}]
      Tags: [{Key: team, Value: net}]
  App:
    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct
    Properties:
      ProductName: box
      ProvisioningArtifactName: v1
      ProvisionedProductName: app
      ProvisioningParameters: [{Key: Name, Value: app}, {Key: Note, Value: !GetAtt Net.Outputs.Arn}, {Key: Mode, Value: !GetAtt Absent.Outputs.Mode}]
  Safe:
    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct
    DependsOn: Net
    DeletionPolicy: Retain
    Properties:
      ProductName: vault
      ProvisioningArtifactName: v1
      ProvisionedProductName: safe
      ProvisioningParameters: [{Key: Name, Value: safe-and-sound}, {Key: Key, Value: !Ref Key}]
  Absent:
    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct
    Properties: {ProductName: box, ProvisionedProductName: absent}
"#;

#[test]
fn what_a_template_holds_is_declared_and_managed() {
    let repo = filled();
    repo.write("t.yaml", TEMPLATE);
    repo.sh("import --from-cloudformation t.yaml --auto-approve").exits(0).says(&[
        "Resources: 3 imported.",
        "Conversion: 3 carried over, 0 renamed, 2 otherwise changed, 1 left.",
        "t.yaml:12: Net: `Mode` is as it is there: the parameter `Mode` has no default",
        "t.yaml:30: Absent (absent): nothing is called so at here, or it is not shown to this principal",
        "App: what it has of `Absent`, which is left, is as it is there",
        "`DeletionPolicy: Retain`",
    ]);
    let text = repo.read("products/box.yaml");
    for part in [
        "from `t.yaml` of CloudFormation.\n",
        "  App:\n    provisioned_product_name: app\n",
        "Note: ${Net.outputs.Arn}",
        "defaults:\n  product_name: box\n  provisioning_artifact_name: v1\n  tags: {owner: platform}\n",
        "    parameters: {Mode: fast, Name: net}\n    tags: {team: net}\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let safe = repo.read("products/vault.yaml");
    for part in ["Key: ${var.safe_key}", "depends_on: [Net]", "on_removal: forget"] {
        assert!(safe.contains(part), "{part}\n{safe}");
    }
    give(&repo, "safe_key: swordfish-and-chips\n");
    repo.sh("plan --detailed-exitcode --secret-file secrets.yaml").exits(0).says(&["No changes."]);
    assert_eq!(repo.called("ProvisionProduct") + repo.called("UpdateProvisionedProduct"), 0);
}

#[test]
fn a_template_does_not_say_where_its_stack_is() {
    let repo = filled();
    repo.write("t.yaml", TEMPLATE);
    repo.write("other.yaml", &WORLD.replace("eu-west-1", "us-east-1"));
    repo.edit("provisor.yaml", "sandbox.yaml}\n", "sandbox.yaml}\n  there: {sandbox: other.yaml}\n");
    repo.sh("import --from-cloudformation t.yaml --auto-approve")
        .exits(64)
        .tells(&["2 locations", "`--location`"]);
    repo.sh("import --from-cloudformation t.yaml --location there --name net --auto-approve")
        .exits(0)
        .says(&["Resources: 1 imported."]);
    assert!(repo.read("products/box.yaml").contains("location: there"));
    repo.write("t.yaml", "a: [hush");
    let done = repo.sh("import --from-cloudformation t.yaml --location there").exits(1);
    assert!(
        done.err.contains("`t.yaml`: this is neither YAML nor JSON") && !done.err.contains("hush"),
        "{}",
        done.err
    );
}

/// The names of Terraform's attributes as Pulumi spells them.
fn camel(attributes: &Value) -> Value {
    let spelled = |key: &String| {
        let mut words = key.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
    };
    let members = attributes.as_object().unwrap().iter();
    let mut all: serde_json::Map<String, Value> =
        members.map(|(key, value)| (spelled(key), value.clone())).collect();
    for parameter in all["provisioningParameters"].as_array_mut().unwrap() {
        let one = parameter.as_object_mut().unwrap();
        let previous = one.remove("use_previous_value").unwrap();
        one.insert("usePreviousValue".to_owned(), previous);
    }
    Value::Object(all)
}

#[test]
fn what_pulumi_manages_is_declared_and_managed() {
    let repo = filled();
    let there = described(&repo, &["net", "app", "safe"]);
    let kind = "aws:servicecatalog/provisionedProduct:ProvisionedProduct";
    let resource = |name: &str, n: usize, parameters: &Value, tags: &Value| {
        let outputs = camel(&attributes(&there[n], parameters, tags));
        json!({"urn": format!("urn:pulumi:prod::shop::{kind}::{name}"), "custom": true, "type": kind,
            "id": there[n]["Id"], "inputs": {}, "outputs": outputs})
    };
    let owner = json!({"owner": "platform"});
    let arn = json!("arn:aws:sns:eu-west-1:111122223333:net");
    let net = resource(
        "net",
        0,
        &json!({"Name": "net", "Mode": "fast", "Note": ""}),
        &json!({"owner": "platform", "team": "net"}),
    );
    let app = resource("app", 1, &json!({"Name": "app", "Note": arn}), &owner);
    let hidden = json!({"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "cipher-text"});
    let safe = resource("safe", 2, &json!({"Key": hidden, "Name": hidden}), &json!({}));
    repo.write(
        "terraform.tfstate",
        &json!({"version": 3, "deployment": {"resources": [net, app, safe]}}).to_string(),
    );
    let done = repo.sh("import --from-pulumi terraform.tfstate --auto-approve").exits(0).says(&[
        "Resources: 3 imported.",
        "Conversion: 3 carried over, 0 renamed, 0 otherwise changed, 0 left.",
        "`pulumi state delete URN`",
    ]);
    for secret in ["swordfish", "safe-and-sound", "cipher-text"] {
        assert!(!done.out.contains(secret) && !done.err.contains(secret), "{}\n{}", done.out, done.err);
        only_theirs(&repo, secret);
    }
    assert!(repo.read("products/box.yaml").contains("from `terraform.tfstate` of Pulumi."));
    let safe = repo.read("products/vault.yaml");
    assert!(safe.contains("Key: ${var.safe_key}") && safe.contains("Name: ${var.safe_name}"), "{safe}");
    give(&repo, "safe_key: swordfish-and-chips\nsafe_name: safe-and-sound\n");
    repo.sh("plan --secret-file secrets.yaml --detailed-exitcode").exits(0).says(&["No changes."]);
    repo.sh("import --from-terraform terraform.tfstate")
        .exits(1)
        .tells(&["export of Pulumi", "`--from-pulumi`"]);
    assert_eq!(repo.called("ProvisionProduct") + repo.called("UpdateProvisionedProduct"), 0);
}
