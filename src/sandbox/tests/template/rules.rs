//! The `Rules` section: which values a template's rules reject, and which rules are none.

use super::{create, map, parse};
use provisor_sandbox::template::Template;

/// A template with parameters `Env` (dev), `Size`, `Nets` (a list), `Password` and `Again`, and one rule `R`.
fn ruled(rule: &str) -> String {
    format!(
        "Parameters:\n  Env: {{Type: String, Default: dev}}\n  Size: {{Type: String, Default: small}}\n  \
         Nets: {{Type: CommaDelimitedList, Default: 'a,b'}}\n  Vpc: {{Type: 'AWS::EC2::VPC::Id', Default: vpc-1}}\n  \
         Stored: {{Type: 'AWS::SSM::Parameter::Value<String>', Default: /x/version}}\n  \
         Password: {{Type: String, NoEcho: true, Default: x}}\n  Again: {{Type: String, NoEcho: true, Default: x}}\n\
         Rules:\n  R: {rule}\nResources:\n  T: {{Type: 'AWS::SNS::Topic'}}\n"
    )
}

fn asserting(assert: &str) -> String {
    ruled(&format!("{{Assertions: [{{Assert: {assert}, AssertDescription: said}}]}}"))
}

const SAID: &str = "Template error: Rule R is not satisfied: said";

#[test]
fn assertions() {
    let table = [
        ("{'Fn::Equals': [!Ref Env, dev]}", "", true),
        ("{'Fn::Equals': [!Ref Env, dev]}", "Env=prod", false),
        ("{'Fn::Contains': [[small, large], !Ref Size]}", "Size=large", true),
        ("{'Fn::Contains': [[small, large], !Ref Size]}", "Size=huge", false),
        ("{'Fn::Contains': [!Ref Nets, b]}", "", true),
        ("{'Fn::Contains': [!Ref Nets, b]}", "Nets=a,c", false),
        ("!Not [{'Fn::Equals': [!Ref Env, '']}]", "Env=", false),
        ("{'Fn::EachMemberEquals': [!Ref Nets, a]}", "Nets=a,a", true),
        ("{'Fn::EachMemberEquals': [!Ref Nets, a]}", "", false),
        ("{'Fn::EachMemberIn': [!Ref Nets, [a, b, c]]}", "", true),
        ("{'Fn::EachMemberIn': [!Ref Nets, [a, c]]}", "", false),
        ("!And [!Equals [!Ref Env, dev], !Equals [!Ref Size, small]]", "", true),
        ("!And [!Equals [!Ref Env, dev], !Equals [!Ref Size, small]]", "Size=l", false),
        ("!Or [!Equals [!Ref Env, prod], !Equals [!Ref Size, small]]", "", true),
        ("!Or [!Equals [!Ref Env, prod], !Equals [!Ref Size, small]]", "Size=l", false),
        ("!Equals [!Ref 'AWS::Region', eu-west-1]", "", true),
        ("!Equals [!Ref 'AWS::Region', us-east-1]", "", false),
        ("!If [!Equals [!Ref Env, dev], !Equals [!Ref Size, small], 'false']", "", true),
        ("!If [!Equals [!Ref Env, dev], !Equals [!Ref Size, small], 'false']", "Env=x", false),
    ];
    for (assert, given, holds) in table {
        let result = create(&asserting(assert), given).map(|_| ());
        let expected = if holds { Ok(()) } else { Err(SAID.to_owned()) };
        assert_eq!(result, expected, "{assert} with {given}");
    }
}

#[test]
fn what_only_the_account_knows_is_not_held_against_anyone() {
    let table = [
        "{'Fn::Contains': [{'Fn::RefAll': 'AWS::EC2::VPC::Id'}, !Ref Vpc]}",
        "{'Fn::EachMemberIn': [{'Fn::ValueOfAll': ['AWS::EC2::Subnet::Id', VpcId]}, {'Fn::RefAll': 'AWS::EC2::VPC::Id'}]}",
        "!Equals [{'Fn::ValueOf': [Vpc, Tags.Department]}, IT]",
        "!Not [{'Fn::Contains': [['1', '2'], !Ref Stored]}]",
        "!Or [!Equals [!Ref Env, prod], !Equals [!Ref Stored, '1']]",
    ];
    for assert in table {
        create(&asserting(assert), "").unwrap_or_else(|error| panic!("{assert}: {error}"));
    }
    let known = asserting("!And [!Equals [!Ref Env, prod], !Equals [!Ref Stored, '1']]");
    assert_eq!(create(&known, "").unwrap_err(), SAID, "false whatever is stored");
}

#[test]
fn conditions_of_rules() {
    let rule = ruled(
        "{RuleCondition: !Equals [!Ref Env, prod], Assertions: [{Assert: !Equals [!Ref Size, large]}, \
         {Assert: !Equals [!Ref Nets, []], AssertDescription: second}]}",
    );
    create(&rule, "").unwrap();
    assert_eq!(
        create(&rule, "Env=prod").unwrap_err(),
        "Template error: Rule R is not satisfied: an assertion is false"
    );
    assert_eq!(
        create(&rule, "Env=prod Size=large").unwrap_err(),
        "Template error: Rule R is not satisfied: second"
    );
}

#[test]
fn rules_about_secrets_are_judged_with_the_secrets() {
    let template = parse(&asserting("!Equals [!Ref Password, !Ref Again]"));
    assert_eq!(template.effective(&map("Password=one Again=two")).unwrap_err(), SAID);
    let mut values = template.effective(&map("Password=one Again=one")).unwrap();
    // what a stack is created with may be stand-ins, different ones
    values.insert("Password".to_owned(), "noecho-1".to_owned());
    template.create(&values, &super::place()).unwrap();
}

#[test]
fn rules_hold_for_plans_too() {
    let template = parse(&asserting("!Equals [!Ref Env, dev]"));
    let (old, new) = (template.effective(&map("")).unwrap(), template.effective(&map("Env=prod")).unwrap());
    let error = template.changes(&new, Some((&template, &old)), &super::place()).unwrap_err();
    assert_eq!(error, SAID);
}

#[test]
fn rules_that_are_none() {
    let table = [
        ("{Assertions: []}", "Every Rules object must contain a list of Assertions."),
        ("{RuleCondition: !Equals [a, a]}", "Every Rules object must contain a list of Assertions."),
        ("{Assertions: [{AssertDescription: x}]}", "Every Assertions member must contain an Assert object."),
        ("{Assertions: [{Assert: !Equals [a, a]}], When: x}", "Invalid rule property 'When'"),
        ("{Assertions: [{Assert: !Equals [!Ref Gone, a]}]}", "Unresolved dependency Gone"),
        ("{Assertions: [{Assert: !Equals [!Ref T, a]}]}", "Unresolved dependency T"),
        (
            "{Assertions: [{Assert: !Equals [!Sub '${Env}', a]}]}",
            "Function Fn::Sub is not supported in Rules",
        ),
        ("{Assertions: [{Assert: !Equals [a]}]}", "Fn::Equals does not have the arguments it takes"),
        ("{Assertions: [{Assert: {'Fn::ValueOf': [Gone, VpcId]}}]}", "Unresolved dependency Gone"),
    ];
    for (rule, expected) in table {
        let error = Template::parse(&ruled(rule)).unwrap_err().to_string();
        assert!(error.starts_with("Template format error: [/Rules/R] "), "{error}");
        assert!(error.contains(expected) && error.contains("(line 10, column "), "{rule}: {error}");
    }
}
