//! The `Rules` of a template at plan: what breaks one is found, what cannot be judged yet is said, and nothing else is.

use super::fixture::{Given, same};
use super::x;

/// One declaration `x` of `p` v1 with these parameters, and `p`'s rules.
fn given(parameters: &str, state: &str, rules: &str) -> Given {
    let yaml = x(&format!("product_name: p\nprovisioning_artifact_name: v1\nparameters: {{{parameters}}}"));
    let world = "offer p/v1 Env=dev Size=small Nets:CommaDelimitedList=a,b Count:Number=1 Key!=k \
                 Ami:AWS::SSM::Parameter::Value<String>=/ami";
    let mut given = Given::new("", &yaml, state, world);
    given.world.rules("p-v1", rules);
    given
}

fn asserting(assert: &str) -> String {
    format!("{{\"R\": {{\"Assertions\": [{{\"Assert\": {assert}, \"AssertDescription\": \"said\"}}]}}}}")
}

const UNKNOWN: &str =
    "provision x (new)\nnote x: the template's rule `R` cannot be checked here: the catalog will";

#[track_caller]
fn judged(assert: &str, parameters: &str, expect: Option<bool>) {
    let shown = given(parameters, "", &asserting(assert)).shown();
    match expect {
        Some(true) => assert_eq!(shown.trim_end(), "provision x (new)", "{assert} with {parameters}"),
        Some(false) => assert!(shown.starts_with("template-rule at "), "{assert} with {parameters}: {shown}"),
        None => assert_eq!(shown.trim_end(), UNKNOWN, "{assert} with {parameters}"),
    }
}

#[test]
fn rule_functions() {
    let env = r#"{"Fn::Equals": [{"Ref": "Env"}, "dev"]}"#;
    let small = r#"{"Fn::Equals": [{"Ref": "Size"}, "small"]}"#;
    judged(env, "", Some(true));
    judged(env, "Env: prod", Some(false));
    judged(env, "Env: ' dev '", Some(true));
    judged(r#"{"Fn::Contains": [["small", "large"], {"Ref": "Size"}]}"#, "Size: large", Some(true));
    judged(r#"{"Fn::Contains": [["small", "large"], {"Ref": "Size"}]}"#, "Size: huge", Some(false));
    judged(r#"{"Fn::Contains": [{"Ref": "Nets"}, "b"]}"#, "", Some(true));
    judged(r#"{"Fn::Contains": [{"Ref": "Nets"}, "b"]}"#, "Nets: [a, c]", Some(false));
    judged(r#"{"Fn::EachMemberEquals": [{"Ref": "Nets"}, "a"]}"#, "Nets: 'a, a'", Some(true));
    judged(r#"{"Fn::EachMemberEquals": [{"Ref": "Nets"}, "a"]}"#, "", Some(false));
    judged(r#"{"Fn::EachMemberIn": [{"Ref": "Nets"}, ["a", "b", "c"]]}"#, "", Some(true));
    judged(r#"{"Fn::EachMemberIn": [{"Ref": "Nets"}, ["a", "c"]]}"#, "", Some(false));
    judged(r#"{"Fn::EachMemberIn": [{"Ref": "Nets"}, ["a", "c"]]}"#, "Nets: ''", Some(true));
    judged(&format!(r#"{{"Fn::And": [{env}, {small}]}}"#), "Size: large", Some(false));
    judged(&format!(r#"{{"Fn::Or": [{env}, {small}]}}"#), "Env: prod, Size: large", Some(false));
    judged(&format!(r#"{{"Fn::Or": [{env}, {small}]}}"#), "Env: prod", Some(true));
    judged(&format!(r#"{{"Fn::Not": [{env}]}}"#), "", Some(false));
    judged(&format!(r#"{{"Fn::If": [{env}, {small}, "false"]}}"#), "Size: large", Some(false));
    judged(r#"{"Fn::Equals": [{"Ref": "Count"}, 1]}"#, "", Some(true));
    judged(r#"{"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}"#, "", Some(true));
    judged(r#"{"Fn::Equals": [{"Ref": "AWS::AccountId"}, "1"]}"#, "", Some(false));
}

#[test]
fn what_is_not_known_is_held_against_nobody() {
    let open = r#"{"Fn::Contains": [{"Fn::RefAll": "AWS::EC2::VPC::Id"}, {"Ref": "Env"}]}"#;
    let env = r#"{"Fn::Equals": [{"Ref": "Env"}, "dev"]}"#;
    judged(open, "", None);
    judged(&format!(r#"{{"Fn::Not": [{open}]}}"#), "", None);
    judged(&format!(r#"{{"Fn::And": [{open}, {env}]}}"#), "", None);
    judged(&format!(r#"{{"Fn::And": [{open}, {env}]}}"#), "Env: prod", Some(false));
    judged(&format!(r#"{{"Fn::Or": [{open}, {env}]}}"#), "", Some(true));
    judged(r#"{"Fn::Equals": [{"Fn::ValueOf": ["Env", "Tags.X"]}, "y"]}"#, "", None);
    judged(
        r#"{"Fn::EachMemberIn": [{"Fn::ValueOfAll": ["AWS::EC2::Subnet::Id", "VpcId"]}, ["a"]]}"#,
        "",
        None,
    );
    judged(r#"{"Fn::EachMemberIn": [{"Ref": "Nets"}, ["a", {"Ref": "Ami"}]]}"#, "", None);
    judged(r#"{"Fn::Equals": [{"Ref": "Ami"}, "/other"]}"#, "", None);
    judged(r#"{"Fn::Equals": [{"Ref": "Gone"}, "x"]}"#, "", None);
    judged(r#"{"Fn::Equals": [{"Ref": "AWS::StackName"}, "x"]}"#, "", None);
    judged(r#"{"Fn::Equals": [{"Ref": "Nets"}, "a"]}"#, "", None);
    judged(r#"{"Fn::Equals": [{"Ref": "Count"}, 1.0]}"#, "", None);
    judged(r#"{"Fn::Sub": "x"}"#, "", None);
    judged(r#"{"Fn::Equals": ["a"]}"#, "", None);
    judged(r#""perhaps""#, "", None);
}

const PROD_IS_LARGE: &str = r#"{"Prod": {"RuleCondition": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
  "Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Size"}, "large"]}, "AssertDescription": "production is large"},
                 {"Assert": {"Fn::Equals": [{"Ref": "Size"}, {"Ref": "Count"}]}}]}}"#;

#[test]
fn a_broken_rule_is_told_at_the_parameter_that_it_is_about() {
    same(&given("Size: tiny", "", PROD_IS_LARGE).shown(), "provision x (new)");
    same(
        &given("Env: prod, Size: tiny", "", PROD_IS_LARGE).shown(),
        "template-rule at 5:35: the parameters break the rule `Prod` of `p` v1: production is large [the rule looks at `Size`] / it applies because of `Env`
         template-rule at 5:35: the parameters break the rule `Prod` of `p` v1 [the rule looks at `Count`, `Size`] / it applies because of `Env`",
    );
    same(
        &given("Env: prod, Size: large, Count: 3", "", PROD_IS_LARGE).shown(),
        "template-rule at 5:5: the parameters break the rule `Prod` of `p` v1 [the rule looks at `Count`, `Size`] / it applies because of `Env`",
    );
    // as template constraints write it
    let wrapped = format!("{{\"Rules\": {PROD_IS_LARGE}}}");
    assert!(given("Env: prod", "", &wrapped).shown().starts_with("template-rule at 5:5: "));
}

#[test]
fn a_secret_is_judged_and_not_told() {
    let rule = asserting(r#"{"Fn::Equals": [{"Ref": "Key"}, "other"]}"#);
    let shown = given("Key: S3CRET", "", &rule).shown();
    same(
        &shown,
        "template-rule at 5:18: the parameters break the rule `R` of `p` v1: said [the rule looks at `Key`]",
    );
}

#[test]
fn what_stays_as_it_is_has_been_judged_by_the_catalog() {
    let row = "x p/v1 Env=prod Size=tiny Nets=a,b Count=1 Key=#k Ami=/ami";
    let unchanged = given("Env: prod, Size: tiny, Key: k", row, PROD_IS_LARGE).shown();
    assert!(!unchanged.contains("template-rule"), "{unchanged}");
    let changed = given("Env: prod, Size: small, Key: k", row, PROD_IS_LARGE).shown();
    assert!(changed.contains("template-rule at"), "{changed}");
}

#[test]
fn what_comes_from_others_is_said_to_be_checked_later() {
    let yaml = |key: &str| {
        format!(
            "provisioned_products:
  y: {{product_name: vpc, provisioning_artifact_name: v1}}
  x: {{product_name: p, provisioning_artifact_name: v1, parameters: {{{key}: \"${{y.outputs.VpcId}}\"}}}}\n"
        )
    };
    let shown = |key: &str, rules: &str| {
        let world = "offer p/v1 Free= Id:AWS::EC2::VPC::Id=vpc-12345678 Short[..9]=a One{a|b}=a Like/[a-z]+/=a N:Number=1 Secret!=s";
        let mut given = Given::new("", &yaml(key), "", world);
        given.world.rules("p-v1", rules);
        let shown = given.shown();
        shown.lines().skip(2).map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    for key in ["Id", "Short", "One", "Like", "N"] {
        assert_eq!(shown(key, "{}"), format!("note x: `{key}` is checked when it is known, at the apply"));
    }
    assert_eq!(shown("Free", "{}"), "");
    assert_eq!(shown("Secret", "{}"), "");
    let rule = asserting(r#"{"Fn::Equals": [{"Ref": "Free"}, "x"]}"#);
    assert_eq!(shown("Free", &rule), "note x: `Free` is checked when it is known, at the apply");
    let both = shown("Id: \"${y.outputs.VpcId}\", Like", "{}");
    assert_eq!(both, "note x: `Id`, `Like` are checked when they are known, at the apply");
}

#[test]
fn rules_that_cannot_be_read_are_said_to_be_unread() {
    let unread =
        "provision x (new)\nnote x: the template has rules that could not be read: they are not checked here";
    let deep = format!("{{\"R\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!("{{\"R\": \"{}\"}}", "x".repeat(1_000_000));
    for rules in ["[]", "no JSON", "{\"R\": 1}", "{\"R\": {\"Assertions\": [1]}}", &deep, &long] {
        assert_eq!(given("", "", rules).shown().trim_end(), unread, "{}", &rules[..rules.len().min(60)]);
    }
    for none in ["{}", "", " "] {
        assert_eq!(given("", "", none).shown().trim_end(), "provision x (new)", "{none}");
    }
}

#[test]
fn rules_without_end_are_left_to_the_catalog() {
    let items = "a,".repeat(2000);
    let one = r#"{"Fn::EachMemberIn": [{"Ref": "Nets"}, {"Ref": "Nets"}]}"#;
    let all = asserting(&format!("{{\"Fn::And\": [{}]}}", vec![one; 15_000].join(",")));
    assert_eq!(given(&format!("Nets: '{items}a'"), "", &all).shown().trim_end(), UNKNOWN);
}
