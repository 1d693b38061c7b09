//! `provisor explain`: every example is run, and has the code that it is the example of; mended, nothing is wrong.

use provisor::report::view::{CODE_GROUPS, CodeExample, CodeView};

use super::support::Repo;

const WORLD: &str = r#"account_id: "111122223333"
region: eu-west-1
time_scale: 3600
portfolios:
  - name: platform
    tag_options: {owner: [core]}
    products:
      - name: network
        versions:
          - {name: v0, template: network.yaml, guidance: DEPRECATED}
          - {name: v1, template: network.yaml}
        constraints: {tag_update: true}
        tag_options: {cost-centre: ["100", "200"]}
      - name: app
        versions: [{name: v1, template: app.yaml}]
      - name: cache
        id: prod-cacheoftheaaa
        versions: [{name: v1, template: plain.yaml}]
      - name: dns
        versions: [{name: v1, template: plain.yaml}]
        tag_options: {owner: [edge]}
      - name: queue
        versions: [{name: v1, template: plain.yaml}, {name: v2, template: plain.yaml}]
      - name: baseline
        versions: [{name: v1, template: plain.yaml}]
        constraints: {stack_set: {accounts: ["410000000001"], regions: [eu-west-1]}}
  - name: other
    products:
      - name: cache
        id: prod-cacheofthebbb
        versions: [{name: v1, template: plain.yaml}]
      - {name: dns, shared_from: platform}
"#;

const NETWORK: &str = r#"Parameters:
  Cidr: {Type: String}
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Note: {Type: String, Default: none}
  Token: {Type: String, Default: none, NoEcho: true}
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: !Ref Cidr}}
Outputs:
  VpcId: {Value: !Ref Vpc}
"#;

const APP: &str = r#"Parameters:
  VpcId: {Type: String}
  Stage: {Type: String, Default: dev}
  Size: {Type: String, Default: small}
Rules:
  LargeInProduction:
    RuleCondition: !Equals [!Ref Stage, prod]
    Assertions: [{Assert: !Equals [!Ref Size, large], AssertDescription: production is large}]
Resources:
  Group: {Type: "AWS::EC2::SecurityGroup", Properties: {GroupDescription: app, VpcId: !Ref VpcId}}
"#;

const PLAIN: &str = "Resources: {Topic: {Type: \"AWS::SNS::Topic\"}}\n";

const SETTINGS: &str = "project: platform\ndeclarations: [products.yaml]\nvariables: {stage: {default: dev}, cidr: {}, password: {sensitive: true}}\n";

const DECLARED: &str = "provisioned_products:\n  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}\n";

/// A repo whose catalog has what the examples are about.
pub fn repo() -> Repo {
    let repo = Repo::new("");
    for (path, text) in
        [("sandbox.yaml", WORLD), ("network.yaml", NETWORK), ("app.yaml", APP), ("plain.yaml", PLAIN)]
    {
        repo.write(path, text);
    }
    repo.write("other.yaml", &WORLD.replace("111122223333", "410000000001"));
    repo.write("provisor.yaml", &format!("{SETTINGS}locations: {{demo: {{sandbox: sandbox.yaml}}}}\n"));
    repo.write("products.yaml", DECLARED);
    repo
}

/// The codes that a plan of the repo tells.
fn codes(repo: &Repo) -> Vec<String> {
    let mut command = repo.command(&["plan", "--json"]);
    let done: super::support::Done =
        command.env("PROVISOR_SECRET_password", "correct horse").output().unwrap().into();
    let document = done.json();
    let found = document["diagnostics"].as_array().unwrap_or_else(|| panic!("{}", done.out));
    found.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_example_is_one() {
    let (mut run, mut astray) = (0, Vec::new());
    for CodeView { code, example, .. } in CODE_GROUPS.iter().flat_map(|group| group.codes) {
        let (repo, places) =
            (repo(), "locations: {hub: {sandbox: sandbox.yaml}, dev: {sandbox: other.yaml}}\n");
        let (path, wrong, right) = match example {
            CodeExample::Declarations { wrong, right } => ("products.yaml", wrong, right),
            CodeExample::Places { wrong, right } => {
                repo.write("provisor.yaml", &format!("{SETTINGS}{places}"));
                ("products.yaml", wrong, right)
            }
            CodeExample::Settings { wrong, right } => ("provisor.yaml", wrong, right),
            CodeExample::Told(_) => continue,
        };
        repo.write(path, wrong);
        let found = codes(&repo);
        if !found.iter().any(|found| found == code) {
            astray.push(format!("{code}: {found:?}\n{wrong}"));
        }
        repo.write(path, right);
        let found = codes(&repo);
        if !found.is_empty() {
            astray.push(format!("{code}, mended: {found:?}\n{right}"));
        }
        run += 1;
    }
    assert!(astray.is_empty(), "{}", astray.join("\n"));
    assert!(run > 40, "{run}");
}

#[test]
fn one_code_all_codes_and_one_that_is_none() {
    let repo = Repo::boxes(&[]);
    repo.sh("explain unknown-key").exits(0).says(&[
        "unknown-key: ",
        "Why ",
        "Mend it ",
        "Wrong, in ",
        "Right:",
    ]);
    repo.sh("explain Unknown_Key").exits(0).says(&["unknown-key: "]);
    let all = repo.sh("explain").exits(0);
    for one in CODE_GROUPS.iter().flat_map(|group| group.codes) {
        assert!(all.out.contains(&format!("  {} ", one.code)), "{}", one.code);
    }
    assert!(all.out.lines().all(|line| line.chars().count() <= 100), "{}", all.out);
    repo.sh("explain unknwon-key")
        .exits(64)
        .tells(&["there is no code `unknwon-key`", "did you mean `unknown-key`?"]);
    for (key, file) in [("moved", "declarations"), ("guards", "settings"), ("time_scale", "world")] {
        let hint = format!("`{key}` is a key of {file}: `provisor schema {file}`");
        repo.sh(&format!("explain {key}")).exits(64).tells(&[&hint]);
    }
    repo.sh("explain nothing-of-the-kind").exits(64).tells(&["`provisor explain` lists all codes"]);
    let document = repo.sh("explain cycle --json").exits(0).json();
    assert_eq!(
        (&document["format"], &document["codes"][0]["code"]),
        (&"provisor.codes/v1".into(), &"cycle".into())
    );
    assert_eq!(document["codes"][0]["example"]["file"], "products.yaml");
    let document = repo.sh("explain --json").exits(0).json();
    let count = CODE_GROUPS.iter().map(|group| group.codes.len()).sum::<usize>();
    assert_eq!(document["codes"].as_array().map(Vec::len), Some(count));
}
