//! Every intrinsic function, pseudo parameters and conditions: an expression, and what the output then says.

use super::{create, in_region, map, one, outputs, parse};

const MAPS: &str =
    "Mappings:\n  Sizes:\n    eu-west-1: {small: t3.small, list: [x, y]}\n    us-east-1: {small: t2.small}";
const CONDITIONS: &str = "Conditions:\n  IsP: !Equals [!Ref P, p]\n  NotP: !Not [!Condition IsP]\n  \
    Both: !And [!Condition IsP, !Equals [!Select [1, !Ref N], b]]\n  Either: !Or [Condition: NotP, !Equals ['', x]]\n  \
    InEurope: !Equals [!Select [0, !Split ['-', !Ref 'AWS::Region']], eu]";

#[track_caller]
fn check(head: &str, value: &str, expected: &str) {
    assert_eq!(outputs(&one(head, value), ""), [format!("O={expected}")], "{value}");
}

#[track_caller]
fn fails(head: &str, value: &str, expected: &str) {
    assert_eq!(create(&one(head, value), "").unwrap_err(), expected, "{value}");
}

#[test]
fn references() {
    check("", "!Ref P", "p");
    check("", "{Ref: P}", "p");
    check("", "!Ref AWS::AccountId", "111122223333");
    check("", "!Ref AWS::Region", "eu-west-1");
    check("", "!Ref 'AWS::StackName'", "SC-111122223333-pp-abc");
    check("", "!Ref AWS::StackId", super::STACK_ID);
    check("", "!Ref AWS::Partition", "aws");
    check("", "!Ref AWS::URLSuffix", "amazonaws.com");
    check("", "!Join [',', !Ref 'AWS::NotificationARNs']", "");
    fails(
        "",
        "!Ref AWS::NoValue",
        "Template format error: The Value field of every Outputs member must evaluate to a String.",
    );
}

#[test]
fn partitions_follow_the_region() {
    let template = parse(&one("", "!Sub '${AWS::Partition} ${AWS::URLSuffix} ${B.Arn}'"));
    let effective = template.effective(&map("")).unwrap();
    let text = |region| template.create(&effective, &in_region(region)).unwrap().outputs[0].value.clone();
    assert!(
        text("cn-north-1").starts_with("aws-cn amazonaws.com.cn arn:aws-cn:s3:::"),
        "{}",
        text("cn-north-1")
    );
    assert!(text("us-gov-west-1").starts_with("aws-us-gov amazonaws.com arn:aws-us-gov:s3:::"));
}

#[test]
fn notification_topics() {
    let template = parse(&one("", "!Select [1, !Ref 'AWS::NotificationARNs']"));
    let topics = ["arn:one".to_owned(), "arn:two".to_owned()];
    let place = provisor_sandbox::template::Place { notification_arns: &topics, ..super::place() };
    let stack = template.create(&template.effective(&map("")).unwrap(), &place).unwrap();
    assert_eq!(stack.outputs[0].value, "arn:two");
}

#[test]
fn substitution() {
    check("", "!Sub 'a-${P}-${AWS::Region}'", "a-p-eu-west-1");
    check("", "!Sub ['${X}/${P}', {X: !Join ['+', !Ref N]}]", "a+b+c/p");
    check("", "{'Fn::Sub': ['${P}', {P: own}]}", "own");
    check("", "!Sub 'keep ${!P} ${P} $P {P} ${'", "keep ${P} p $P {P} ${");
    check("", "!Sub '${ P }'", "p");
    fails("", "!Sub '${N}'", "Template error: variable N in Fn::Sub expression does not resolve to a string");
    fails(
        "",
        "!Sub '${Q}'",
        "Template format error: Unresolved resource dependencies [Q] in the Outputs block of the template",
    );
}

#[test]
fn lists() {
    check("", "!Join ['-', [a, !Ref P, !Ref 'AWS::NoValue', c]]", "a-p-c");
    check("", "!Join ['', !Ref N]", "abc");
    check("", "!Select [1, !Ref N]", "b");
    check("", "!Select ['2', !Split ['/', 'x/y/z']]", "z");
    check("", "!Select [1, !Split [',', 'x, y']]", " y");
    check("", "!Select [0, !GetAZs '']", "eu-west-1a");
    check("", "!Select [2, !GetAZs {Ref: 'AWS::Region'}]", "eu-west-1c");
    check(
        "",
        "!Join [',', !GetAZs us-east-1]",
        "us-east-1a,us-east-1b,us-east-1c,us-east-1d,us-east-1e,us-east-1f",
    );
    fails("", "!Select [3, !Ref N]", "Template error: Fn::Select cannot select nonexistent value at index 3");
    fails(
        "",
        "!Select [-1, !Ref N]",
        "Template error: Fn::Select cannot select nonexistent value at index -1",
    );
    fails(
        "",
        "!Ref N",
        "Template format error: The Value field of every Outputs member must evaluate to a String and not a List.",
    );
    let join = create(&one("", "!Join ['-', [[a], b]]"), "").unwrap_err();
    assert!(join.starts_with("Template error: every Fn::Join object requires two parameters"), "{join}");
}

#[test]
fn mappings() {
    check(MAPS, "!FindInMap [Sizes, !Ref 'AWS::Region', small]", "t3.small");
    check(MAPS, "!Select [1, !FindInMap [Sizes, eu-west-1, list]]", "y");
    fails(
        MAPS,
        "!FindInMap [Sizes, mars, small]",
        "Template error: Unable to get mapping for Sizes::mars::small",
    );
    fails(
        MAPS,
        "!FindInMap [None, a, b]",
        "Template error: Mapping named 'None' is not present in the 'Mappings' section of template.",
    );
}

#[test]
fn conditions_choose() {
    check(CONDITIONS, "!If [IsP, yes, no]", "yes");
    check(CONDITIONS, "!If [NotP, yes, no]", "no");
    check(CONDITIONS, "!If [Both, 'on', 'off']", "on");
    check(CONDITIONS, "!If [Either, 1, 2]", "2");
    check(CONDITIONS, "!If [InEurope, !If [NotP, a, !Ref P], c]", "p");
    check(CONDITIONS, "!Join [',', [a, !If [NotP, b, !Ref 'AWS::NoValue']]]", "a");
    assert_eq!(outputs(&one(CONDITIONS, "!If [IsP, yes, no]"), "P=q"), ["O=no"]);
    fails(CONDITIONS, "!If [Nope, 1, 2]", "Template error: unresolved condition dependency Nope in Fn::If");
}

#[test]
fn conditions_that_cannot_be_evaluated() {
    let circle = "Conditions:\n  A: !Not [!Condition C]\n  C: !Or [!Condition A, !Equals [x, x]]";
    fails(circle, "x", "Template error: Found circular condition dependency: [A, C]");
    let resource = "Conditions:\n  A: !Equals [!Ref B, x]";
    let what = "Template format error: Unresolved dependencies [B]. Cannot reference resources in the Conditions block of the template";
    fails(resource, "x", what);
    let unknown = "Conditions:\n  A: !Not [!Condition Nope]";
    let what =
        "Template format error: Unresolved condition dependency Nope in the Conditions block of the template";
    fails(unknown, "x", what);
    let one_item = "Conditions:\n  A: !And [!Equals [a, a]]";
    fails(
        one_item,
        "x",
        "Template error: every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.",
    );
}

#[test]
fn conditions_remove_resources_and_outputs() {
    let text = "Parameters:\n  Env: {Type: String, Default: dev}\nConditions:\n  Prod: !Equals [!Ref Env, prod]\n\
        Resources:\n  A: {Type: 'AWS::SNS::Topic'}\n  C: {Type: 'AWS::SNS::Topic', Condition: Prod}\n\
        Outputs:\n  A: {Value: !GetAtt A.TopicName}\n  C: {Condition: Prod, Value: !GetAtt C.TopicName}\n";
    let stack = create(text, "").unwrap();
    assert_eq!((stack.outputs.len(), stack.resources.len()), (1, 1));
    let stack = create(text, "Env=prod").unwrap();
    assert_eq!((stack.outputs.len(), stack.resources.len()), (2, 2));
    let keys: Vec<String> = parse(text).output_keys().into_iter().map(|output| output.key).collect();
    assert_eq!(keys, ["A", "C"]);
    let leaky = text.replace("Condition: Prod, Value", "Value");
    let what =
        "Template format error: Unresolved resource dependencies [C] in the Outputs block of the template";
    assert_eq!(create(&leaky, "").unwrap_err(), what);
}

#[test]
fn text_functions() {
    check("", "!Base64 hello", "aGVsbG8=");
    check("", "{'Fn::Base64': !Sub '${P}é€'}", "cMOp4oKs");
    check("", "!Base64 ''", "");
    check("", "!Join [' ', !Cidr [10.0.0.0/16, 3, 8]]", "10.0.0.0/24 10.0.1.0/24 10.0.2.0/24");
    check("", "!Select [5, !Cidr [!Sub '10.0.0.0/22', 16, '6']]", "10.0.1.64/26");
    check("", "!Select [1, !Cidr ['2001:db8::/56', 2, 64]]", "2001:db8:0:1::/64");
    check("", "!Select [1, !Cidr [10.1.2.3/16, 2, 8]]", "10.1.1.0/24");
    for bad in [
        "[10.0.0.0/24, 2, 8]",
        "[10.0.0.0, 2, 8]",
        "[10.0.0.0/16, 257, 8]",
        "[10.0.0.0/40, 1, 1]",
        "[x/1, 1, 1]",
    ] {
        let error = create(&one("", &format!("!Select [0, !Cidr {bad}]")), "").unwrap_err();
        assert!(error.starts_with("Template error: Fn::Cidr"), "{bad}: {error}");
    }
}

#[test]
fn imports_and_unknown_functions() {
    let [vpc] = &outputs(&one("", "!ImportValue net-VpcId"), "")[..] else { panic!() };
    assert!(vpc.starts_with("O=vpc-") && vpc.len() == 2 + 4 + 17, "{vpc}");
    let other = outputs(&one("", "!ImportValue other-VpcId"), "");
    assert_ne!(*vpc, other[0]);
    fails("", "!Frobnicate x", "Template error: Encountered unsupported function: Fn::Frobnicate");
}

#[test]
fn custom_resources_give_lists_where_lists_are_asked_for() {
    let text = |value: &str| {
        format!("Resources:\n  C: {{Type: 'Custom::Nets'}}\nOutputs:\n  O: {{Value: {value}}}\n")
    };
    let value = |value: &str| outputs(&text(value), "").remove(0);
    assert_eq!(value("!Join [',', !GetAtt C.SubnetIds]").matches("subnet-").count(), 3);
    let (fifth, sixth) =
        (value("!Select [4, !GetAtt C.SubnetIds]"), value("!Select [5, !GetAtt C.SubnetIds]"));
    assert_ne!(fifth, sixth);
    assert!(value("!Select [0, !GetAtt C.Values]").starts_with("O=values-"));
    assert!(value("!Select [1, !Split ['-', !GetAtt C.SubnetId]]").len() == "O=".len() + 17, "text is text");
}

#[test]
fn text_stays_as_written() {
    for text in ["01", "yes", "1.10", "2010-09-09", "0x1F", "12345678901234567890123", "no", "1e3", "010:20"]
    {
        check("", text, text);
        let json = format!(
            r#"{{"Resources":{{"B":{{"Type":"AWS::S3::Bucket"}}}},"Outputs":{{"O":{{"Value":"{text}"}}}}}}"#
        );
        assert_eq!(outputs(&json, ""), [format!("O={text}")]);
    }
    let json =
        r#"{"Resources":{"B":{"Type":"AWS::S3::Bucket"}},"Outputs":{"O":{"Value":1.10},"T":{"Value":true}}}"#;
    assert_eq!(outputs(json, ""), ["O=1.10", "T=true"]);
}
