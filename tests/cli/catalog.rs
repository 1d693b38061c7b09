//! `catalog`: what there is to provision, who runs it, and a declaration of it to begin with.

use std::path::Path;

use serde_json::{Value, json};

use super::support::{Repo, boxed};

const LAB: &str = r#"
Metadata:
  AWS::CloudFormation::Interface:
    ParameterGroups: [{Label: {default: Placing}, Parameters: [Zone]}]
    ParameterLabels: {Zone: {default: Where it stands}}
Parameters:
  Zone: {Type: String, AllowedValues: [north, south], Description: Not to be moved later}
  Seats: {Type: Number, MinValue: 4, MaxValue: 9}
  Code: {Type: String, AllowedPattern: "[A-Z]{3}-[0-9]+", MaxLength: 12}
  Net: {Type: "AWS::EC2::VPC::Id"}
  Key: {Type: String, NoEcho: true, MinLength: 8}
  Spare: {Type: String, NoEcho: true, Default: swordfish}
  Note: {Type: String, Default: none, Description: "For people: free text"}
Rules:
  Warm: {Assertions: [{Assert: !Not [!Equals [!Ref Note, cold]], AssertDescription: it is never cold}]}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Code}}
Outputs:
  Arn: {Value: !Ref Topic}
"#;

/// One box is declared and runs, one is declared only; somebody else runs another.
fn used() -> Repo {
    let repo = Repo::new(&(boxed("mine", "") + &boxed("next", "").replace("v1", "v2")));
    let lab = "      - name: lab\n        versions: [{name: old, template: lab.yaml, guidance: DEPRECATED}, {name: v1, template: lab.yaml}]\n        tag_options: {stage: [prod, dev], owner: [net]}\n";
    let theirs =
        "provisioned_products:\n  - {name: theirs, product: box, version: v1, parameters: {Name: theirs}}\n";
    let world = repo.read("sandbox.yaml");
    repo.write("sandbox.yaml", &format!("{world}{lab}{theirs}"));
    repo.write("lab.yaml", LAB);
    repo.sh("apply --auto-approve --target mine").exits(0);
    repo
}

#[test]
fn products_are_listed_with_who_runs_them() {
    let repo = used();
    repo.sh("catalog list").exits(0).says(&[
        "box (prod-",
        "  versions: v2, v1\n  launch paths: platform\n  run by: 1 managed here, 1 by others, 2 declarations\n  behind v2: mine (v1)\n",
        "  versions: v1, old (deprecated)\n  launch paths: platform\n  run by: 0 managed here, 0 by others, 0 declarations\n",
        "\n3 products.\n",
    ]);
    let all = repo.sh("catalog list --json").exits(0).json();
    assert_eq!(all["format"], "provisor.catalog/v1");
    let names: Vec<&Value> = all["products"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["box", "lab", "vault"]);
    let of_box = &all["products"][0];
    assert_eq!(of_box["versions"][0]["name"], "v2");
    assert_eq!(of_box.get("sheet"), None, "of `show` only");
    let expected = json!([
        {"address": null, "location": "demo", "name": "theirs", "runs": "v1", "declared": null, "behind": false},
        {"address": "mine", "location": "demo", "name": "mine", "runs": "v1", "declared": "v1", "behind": true},
        {"address": "next", "location": "demo", "name": "next", "runs": null, "declared": "v2", "behind": false},
    ]);
    assert_eq!(of_box["used_by"], expected);
    // browsing makes nothing, and needs no declarations
    let fresh = Repo::new("");
    std::fs::remove_file(fresh.path().join("products.yaml")).unwrap();
    fresh.sh("catalog list").exits(0).says(&["0 declarations", "\n2 products.\n"]);
    assert!(!fresh.path().join("state").exists());
    // a product that is offered alike at two locations is told once
    repo.write(
        "provisor.yaml",
        "project: p\nlocations:\n  demo: {sandbox: sandbox.yaml}\n  there: {sandbox: sandbox.yaml}\n",
    );
    repo.sh("catalog list").says(&["\n  at: demo, there\n", "\n3 products.\n"]);
    repo.sh("catalog list --location th*").says(&["\n  at: there\n"]);
    repo.sh("catalog list --location nowhere")
        .exits(1)
        .tells(&["names no location", "there is `demo`, `there`"]);
}

#[test]
fn a_product_is_shown_in_full() {
    let repo = used();
    let shown = repo.sh("catalog show lab").exits(0).says(&[
        "Parameters of v1 by platform",
        "  Placing:\n    Zone: String, required\n        Where it stands\n        Not to be moved later\n        one of north, south\n",
        "    Key: String, required, sensitive\n        at least 8 characters\n",
        "    Note: String, default \"none\"\n",
        "    Spare: String, has a default, sensitive\n",
        "Tag options\n  owner: net, given by itself\n  stage: one of prod, dev\n",
        "Tags\n  cannot be changed",
        "Outputs\n  Arn\n",
        "Rules\n  Warm: it is never cold\n",
    ]);
    assert!(!shown.out.contains("swordfish"), "{}", shown.out);
    repo.sh("catalog show box").exits(0).says(&[
        "Tags\n  can be changed\n",
        "Used by\n  theirs at demo (not managed here): runs v1\n  mine: runs v1, behind v2\n  next: not provisioned, declared v2\n",
    ]);
    let sheet =
        repo.sh("catalog show lab --version old --json").exits(0).json()["products"][0]["sheet"].clone();
    assert_eq!(sheet["version"], "old");
    assert_eq!(
        sheet["parameters"]["Seats"],
        json!({"type": "Number", "required": true, "min_value": "4", "max_value": "9"})
    );
    assert_eq!(sheet["parameters"]["Spare"], json!({"type": "String", "required": false, "sensitive": true}));
    assert_eq!(sheet["rules"], json!([{"name": "Warm", "descriptions": ["it is never cold"]}]));
    repo.sh("catalog show lap").exits(1).tells(&[
        "there is no product `lap`",
        "there is `box`, `lab`, `vault`",
        "did you mean `lab`?",
    ]);
    repo.sh("catalog show box --version v3")
        .exits(1)
        .tells(&["`box` has no version `v3`", "there is `v2`, `v1`"]);
    repo.sh("catalog show box --path platfrom").exits(1).tells(&["did you mean `platform`?"]);
}

#[test]
fn a_scaffold_fills_in_what_is_certain() {
    let repo = used();
    repo.write(
        "provisor.yaml",
        "project: p\ndeclarations: [products.yaml, more]\nlocations:\n  here: {sandbox: sandbox.yaml}\n",
    );
    repo.sh("catalog scaffold lab --write elsewhere").exits(64).tells(&["nothing there would be read"]);
    repo.sh("catalog scaffold box --key mine").exits(64).tells(&["declared already"]);
    let shown = repo.sh("catalog scaffold lab").exits(0).tells(&[
        "lab_key: {type: string, sensitive: true",
        "To be filled in before it can be provisioned: `Code`, `Net`",
    ]);
    assert!(!shown.out.contains("swordfish"), "{}", shown.out);
    repo.sh("catalog scaffold lab --write more")
        .exits(0)
        .tells(&["wrote more/lab.yaml", "declared `lab_key`"]);
    let text = repo.read("more/lab.yaml");
    assert!(text.ends_with(&shown.out[shown.out.find("provisioned_products").unwrap()..]), "{text}");
    let body = r#"  lab:
    product_name: lab
    provisioning_artifact_name: v1
    parameters:
      # Code: ...   # choose: String (matches [A-Z]{3}-[0-9]+; at most 12 characters)
      Key: ${var.lab_key}   # choose: at least 8 characters
      # Net: ...   # choose: AWS::EC2::VPC::Id
      Seats: "4"   # choose: Number (4 to 9)
      # Where it stands
      # Not to be moved later
      Zone: north   # choose: String (one of north, south)
      # For people: free text
      # Note: none
      # Spare: ...   # choose: it is sensitive, and has a default
    tags:
      owner: net
      stage: prod   # choose: one of prod, dev
"#;
    assert!(text.ends_with(body), "{text}");
    repo.sh("catalog scaffold lab --write more --key lab2").exits(0).tells(&["wrote more/lab-2.yaml"]);
    std::fs::remove_file(repo.path().join("more/lab-2.yaml")).unwrap();
    // what has to be filled in is what a plan asks for, and then it plans
    let secret = [
        ("PROVISOR_SECRET_lab_key", "swordfish-and-chips"),
        ("PROVISOR_SECRET_lab2_key", "swordfish-and-chips"),
    ];
    let plan = |repo: &Repo| -> super::support::Done {
        repo.command(&["plan", "--target", "lab"]).envs(secret).output().unwrap().into()
    };
    let missing = plan(&repo).exits(1).tells(&["needs the parameter `Code`", "needs the parameter `Net`"]);
    assert!(missing.err.contains("2 errors"), "{}", missing.err);
    repo.edit("more/lab.yaml", "# Code: ...", "Code: ABC-1");
    repo.edit("more/lab.yaml", "# Net: ...", "Net: vpc-12345678");
    plan(&repo).exits(0).says(&["1 to add"]);
}

#[test]
fn what_is_odd_about_a_product_is_written_as_it_has_to_be() {
    let repo = Repo::new("");
    let world = r#"account_id: "111122223333"
region: eu-west-1
time_scale: 3600
portfolios:
  - name: one
    products:
      - {name: twin, id: prod-aaaaaaaaaaaaa, versions: [{name: v1, template: odd.yaml}]}
      - {name: "key: odd #1", versions: [{name: "1.10", template: odd.yaml}]}
      - name: spread
        versions: [{name: v1, template: odd.yaml}]
        constraints: {stack_set: {accounts: ["111111111111", "222222222222"], regions: [eu-west-1]}}
  - name: two
    products:
      - {name: twin, id: prod-bbbbbbbbbbbbb, versions: [{name: v2, template: odd.yaml}]}
"#;
    let odd = r#"Parameters:
  Lines: {Type: String, Default: "a\nb"}
  Numbers: {Type: List<Number>}
  Switch: {Type: String, AllowedValues: ["on", "${x}"]}
Resources:
  Topic: {Type: AWS::SNS::Topic}
"#;
    repo.write("sandbox.yaml", world);
    repo.write("odd.yaml", odd);
    repo.write("provisor.yaml", "project: p\nlocations:\n  here: {sandbox: sandbox.yaml}\n");
    std::fs::remove_file(repo.path().join("products.yaml")).unwrap();
    repo.sh("catalog list").exits(0).says(&["twin (prod-aaaaaaaaaaaaa)", "twin (prod-bbbbbbbbbbbbb)"]);
    repo.sh("catalog show spread")
        .exits(0)
        .says(&["Stack set\n  accounts: 111111111111, 222222222222\n  regions: eu-west-1\n"]);
    repo.sh("catalog scaffold twin").exits(1).tells(&["several products are called `twin`", "by its id"]);
    // only one of them has this version
    repo.sh("catalog scaffold twin --version v2").exits(0).says(&["    product_id: prod-bbbbbbbbbbbbb\n"]);
    repo.sh("catalog scaffold prod-aaaaaaaaaaaaa --write products").exits(0);
    repo.sh("catalog scaffold spread --write products").exits(0);
    repo.run(&["catalog", "scaffold", "key: odd #1", "--write", "products"]).exits(0);
    let spread = repo.read("products/spread.yaml");
    let end = "    # provisioning_preferences:\n    #   stack_set_accounts: [\"111111111111\", \"222222222222\"]\n    #   stack_set_regions: [eu-west-1]\n";
    assert!(spread.ends_with(end), "{spread}");
    assert!(spread.contains("      # Lines: |-\n      #   a\n      #   b\n"), "{spread}");
    let odd = repo.read("products/key-odd-1.yaml");
    assert!(
        odd.contains("    product_name: \"key: odd #1\"\n    provisioning_artifact_name: \"1.10\"\n"),
        "{odd}"
    );
    repo.sh("plan").exits(0).says(&["Plan: 3 to add, 0 to change, 0 to destroy."]);
    // what stands in a remark is what it says once it is none
    let uncommented = spread
        .replace("# Lines", "Lines")
        .replace("#   a", "  a")
        .replace("#   b", "  b")
        .replace("# provisioning", "provisioning")
        .replace("#   stack", "  stack");
    repo.write("products/spread.yaml", &uncommented);
    repo.sh("plan --target spread").exits(0).says(&["stack_set_regions", "1 to add"]);
}

/// A repo with nothing but products of these versions, all of them with this template.
fn offering(products: &str, template: &str) -> Repo {
    let repo = Repo::new("");
    let world = "account_id: \"111122223333\"\nregion: eu-west-1\ntime_scale: 3600\nportfolios:\n  - name: p\n    products:\n";
    repo.write("sandbox.yaml", &format!("{world}{products}"));
    repo.write("t.yaml", template);
    repo.write(
        "provisor.yaml",
        "project: p\ndeclarations: [new]\nlocations:\n  here: {sandbox: sandbox.yaml}\n",
    );
    std::fs::remove_file(repo.path().join("products.yaml")).unwrap();
    repo
}

const ONE: &str = "      - {name: x, versions: [{name: v1, template: t.yaml}]}\n";

/// A template with two choices, and more.
fn choosing(more: &str, rules: &str) -> String {
    let parameters = "  Env: {Type: String, AllowedValues: [dev, prod]}\n  Size: {Type: String, AllowedValues: [small, large]}\n";
    format!("Parameters:\n{parameters}{more}Rules:\n{rules}Resources:\n  Topic: {{Type: AWS::SNS::Topic}}\n")
}

/// What is written keeps the rules of the template together.
#[test]
fn a_scaffold_keeps_the_rules_of_the_template() {
    let when = "RuleCondition: !Equals [!Ref Env, dev]";
    let large = format!(
        "  Big: {{{when}, Assertions: [{{Assert: !Equals [!Ref Size, large], AssertDescription: dev must be large}}]}}\n"
    );
    for (about, parameters, rules, written) in [
        ("a choice", "", large.clone(), "Size: large"),
        (
            "a choice that another one leads to",
            "  Zone: {Type: String, AllowedValues: [a, b]}\n",
            "  Big: {Assertions: [{Assert: !Equals [!Ref Size, large]}]}\n  Far: {RuleCondition: !Equals [!Ref Size, large], Assertions: [{Assert: !Equals [!Ref Zone, b]}]}\n".to_owned(),
            "Zone: b",
        ),
        (
            "a default that must not take effect",
            "  Tier: {Type: String, Default: one, AllowedValues: [one, two]}\n",
            "  Never: {Assertions: [{Assert: !Equals [!Ref Tier, two]}]}\n".to_owned(),
            "Tier: two",
        ),
        (
            "a text that only the rule names",
            "  Owner: {Type: String}\n",
            "  Team: {Assertions: [{Assert: !Contains [[net, data], !Ref Owner]}]}\n".to_owned(),
            "Owner: net",
        ),
    ] {
        let repo = offering(ONE, &choosing(parameters, &rules));
        let done = repo.sh("catalog scaffold x --write new").exits(0);
        assert!(!done.err.contains("Warning"), "{about}: {}", done.err);
        let text = repo.read("new/x.yaml");
        assert!(text.contains(&format!("\n      {written}")), "{about}: {text}");
        repo.sh("plan").exits(0).says(&["1 to add"]);
    }
}

#[test]
fn a_scaffold_says_which_rules_it_may_not_keep() {
    let rules =
        "  Both: {Assertions: [{Assert: !Equals [!Ref Env, !Ref Size], AssertDescription: both are one.}]}\n";
    let repo = offering(ONE, &choosing("", rules));
    let said =
        "No values were found that keep the template's rule `Both` (both are one): choose `Env`, `Size`";
    repo.sh("catalog scaffold x --write new").exits(0).tells(&[said]);
    assert!(repo.read("new/x.yaml").contains(&format!("# {said}")), "{}", repo.read("new/x.yaml"));
    // nobody knows yet
    let rules = "  Long: {Assertions: [{Assert: !Not [!Equals [!Ref Env, !Ref Key]]}]}\n";
    let repo = offering(ONE, &choosing("  Key: {Type: String, NoEcho: true}\n", rules));
    repo.sh("catalog scaffold x")
        .exits(0)
        .tells(&["whether the template's rule `Long` will be kept", "`Key`"]);
}

#[test]
fn a_scaffold_says_what_cannot_be_provisioned() {
    let template = "Resources:\n  Topic: {Type: AWS::SNS::Topic}\n";
    let products = "      - {name: old, versions: [{name: v1, template: t.yaml, guidance: DEPRECATED}]}
      - {name: both, versions: [{name: v1, template: t.yaml, guidance: DEPRECATED}, {name: v2, template: t.yaml}]}
      - {name: none, versions: [{name: v1, template: t.yaml, active: false}]}\n";
    let repo = offering(products, template);
    let said = "Version `v1` is deprecated and cannot be provisioned anew: all its versions are";
    let shown = repo.sh("catalog scaffold old").exits(0).tells(&[said]);
    assert!(shown.out.contains(&format!("# {said}")), "{}", shown.out);
    repo.sh("catalog scaffold both --version v1").exits(0).tells(&["`v2` is the newest that can"]);
    let fine = repo.sh("catalog scaffold both").exits(0);
    assert!(!fine.err.contains("Warning"), "{}", fine.err);
    let none =
        repo.sh("catalog scaffold none").exits(1).tells(&["`none` has no active version", "made active"]);
    assert!(!none.err.contains("launch path"), "{}", none.err);
}

#[test]
fn every_product_of_the_examples_can_be_begun_with() {
    let (mut begun, mut planned) = (0, 0);
    for name in ["quickstart", "platform", "account-factory"] {
        let from = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).join(name);
        let products = Repo::copy(&from, 3600).sh("catalog list --json").exits(0).json()["products"].clone();
        for product in products.as_array().unwrap() {
            let repo = Repo::copy(&from, 3600);
            let settings = repo.read("provisor.yaml");
            let settings: String = settings
                .lines()
                .filter(|line| !line.starts_with("declarations:"))
                .map(|line| format!("{line}\n"))
                .collect();
            repo.write("provisor.yaml", &format!("{settings}declarations: [new]\n"));
            let called = product["name"].as_str().unwrap();
            let done =
                repo.run(&["catalog", "scaffold", called, "--key", "begun", "--write", "new"]).exits(0);
            repo.sh("validate").exits(0).says(&["Provisioned products: 1"]);
            begun += 1;
            if !done.err.contains("To be filled in") {
                repo.sh("plan --target begun").exits(0).says(&["1 to add"]);
                planned += 1;
            }
        }
    }
    assert_eq!((begun, planned), (8, 3));
}
