//! What DescribeProvisioningParameters tells of a template besides its parameters.

use serde_json::{Value, json};

const WORLD: &str = "
portfolios:
  - name: platform
    products:
      - {name: rich, versions: [{name: v1, template: rich.yaml}], constraints: {launch_role: 'arn:aws:iam::111122223333:role/launch'}}
      - {name: box, versions: [{name: v1, template: box.yaml}]}
";

const RICH: &str = "
Description: a role
Metadata:
  AWS::CloudFormation::Interface:
    ParameterGroups: [{Label: {default: Who}, Parameters: [Name]}]
    ParameterLabels: {Name: {default: Name of the role}}
Parameters:
  Name: {Type: String}
Resources:
  Role: {Type: 'AWS::IAM::Role', Properties: {RoleName: !Ref Name, AssumeRolePolicyDocument: {}}}
  Policy: {Type: 'AWS::IAM::Policy', Properties: {PolicyName: p, PolicyDocument: {}, Roles: [!Ref Role]}}
";

fn instructions(product: &str) -> Vec<(String, String)> {
    let world = WORLD.replace("rich.yaml", "sub/rich.yaml");
    let (folder, file) = super::worlds::folder(&world);
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    std::fs::write(folder.path().join("sub/rich.yaml"), RICH).unwrap();
    let options = provisor_sandbox::Options { world: file, ..provisor_sandbox::Options::default() };
    let endpoint = provisor_sandbox::attach(&options).unwrap();
    let client = super::http::Client::new(&endpoint.url);
    let asked = json!({ "ProductName": product, "ProvisioningArtifactName": "v1" });
    let answer = client.ok("DescribeProvisioningParameters", asked);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = answer["UsageInstructions"].as_array().unwrap().iter();
    all.map(|one| (text(&one["Type"]), text(&one["Value"]))).collect()
}

#[test]
fn a_template_that_says_more_is_told_with_it() {
    let told = instructions("rich");
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "rules",
            "version",
            "capabilitiesReason",
            "description",
            "metadata",
            "capability",
            "launchAsRole",
            "tagUpdateOnProvisionedProduct"
        ]
    );
    let of = |kind: &str| told.iter().find(|(one, _)| one == kind).unwrap().1.as_str();
    assert_eq!(of("capability"), "CAPABILITY_NAMED_IAM");
    assert_eq!(
        of("capabilitiesReason"),
        "The following resource(s) require capabilities: [AWS::IAM::Policy, AWS::IAM::Role]"
    );
    assert_eq!(of("description"), "a role");
    let metadata: Value = serde_json::from_str(of("metadata")).unwrap();
    let labels = &metadata["AWS::CloudFormation::Interface"]["ParameterLabels"];
    assert_eq!(labels["Name"]["default"], "Name of the role");
}

#[test]
fn a_template_that_says_nothing_is_told_with_what_everything_has() {
    let kinds: Vec<String> = instructions("box").into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["rules", "version", "description", "tagUpdateOnProvisionedProduct"]);
}
