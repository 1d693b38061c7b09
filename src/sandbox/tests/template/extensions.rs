//! AWS::LanguageExtensions: loops, and the functions that are only there with it.

use provisor_sandbox::template::Template;

use super::{create, map, one, outputs, parse, place};

const HEAD: &str = "Transform: AWS::LanguageExtensions\n";

#[track_caller]
fn check(head: &str, value: &str, expected: &str) {
    let text = one(&format!("{HEAD}{head}"), value);
    assert_eq!(outputs(&text, ""), [format!("O={expected}")], "{value}");
}

#[test]
fn functions_of_the_extended_language() {
    let maps = "Mappings:\n  M:\n    eu-west-1: {small: t3.small, list: [x, y]}";
    check("", "{'Fn::Length': !Ref N}", "3");
    check("", "{'Fn::Length': !Split ['|', 'a|b']}", "2");
    check("", "{'Fn::ToJsonString': {a: !Ref P, b: !Ref N}}", r#"{"a":"p","b":["a","b","c"]}"#);
    check(
        "",
        "{'Fn::ToJsonString': {b: [1, !Ref 'AWS::NoValue'], a: {y: \"\\\"\", x: !Ref 'AWS::NoValue'}}}",
        r#"{"b":[1],"a":{"y":"\""}}"#,
    );
    let styles = "{'Fn::ToJsonString': [1, '1', 1.50, true, 'true', yes, -2e3, 010, !Ref P]}";
    check("", styles, r#"[1,"1",1.50,true,"true","yes",-2e3,"010","p"]"#);
    check(maps, "!FindInMap [M, mars, small, {DefaultValue: !Ref P}]", "p");
    check(maps, "!FindInMap [Gone, mars, small, {DefaultValue: none}]", "none");
    check(maps, "!FindInMap [M, !Sub '${AWS::Region}', !Join ['', [sm, all]]]", "t3.small");
    check(maps, "!Select [1, !FindInMap [M, !Select [0, [eu-west-1]], list]]", "y");
    check("", "!GetAtt [!Sub 'V', VpcId]", &outputs(&one("", "!Ref V"), "")[0][2..]);
    check("", "{Ref: !Sub 'P'}", "p");
}

#[test]
fn without_the_transform_they_are_not_there() {
    let maps = "Mappings:\n  M:\n    eu-west-1: {small: t3.small}";
    let three = "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the \
        attribute for return value";
    let fails = |head: &str, value: &str| create(&one(head, value), "").unwrap_err();
    assert_eq!(fails(maps, "!FindInMap [M, x, y, {Default: z}]"), three);
    assert_eq!(fails(maps, "!FindInMap [M, x, y, z]"), three);
    assert_eq!(fails(maps, "!FindInMap [M, x, y, {DefaultValue: z}, {DefaultValue: z}]"), three);
    assert_eq!(fails(maps, "!FindInMap [M, !Sub '${AWS::Region}', y, {DefaultValue: z}]"), three);
    assert_eq!(fails(maps, "!FindInMap [M, !Sub '${AWS::Region}', small]"), three);
    assert_eq!(
        fails("", "{'Fn::Length': !Ref N}"),
        "Template error: Encountered unsupported function: Fn::Length"
    );
    let looped = "Resources:\n  Fn::ForEach::L: [X, [a], {'T${X}': {Type: 'AWS::SNS::Topic'}}]\n";
    let error = Template::parse(looped).unwrap_err().to_string();
    assert!(error.contains("Resource name Fn::ForEach::L is non alphanumeric."), "{error}");
}

#[test]
fn a_mapping_has_a_default_without_the_transform() {
    let maps = "Mappings:\n  M:\n    eu-west-1: {small: t3.small}";
    let plain = |value: &str| outputs(&one(maps, value), "").remove(0);
    assert_eq!(plain("!FindInMap [M, !Ref 'AWS::Region', small, {DefaultValue: z}]"), "O=t3.small");
    assert_eq!(plain("!FindInMap [M, !Ref 'AWS::Region', large, {DefaultValue: !Ref P}]"), "O=p");
}

#[test]
fn policies_may_be_computed_without_the_transform() {
    let text = |policy: &str| {
        format!(
            "Parameters:\n  P: {{Type: String, Default: Retain}}\nMappings: {{M: {{eu-west-1: {{p: Delete}}}}}}\n\
             Conditions: {{C: !Equals [!Ref P, Retain]}}\nResources:\n  \
             T: {{Type: 'AWS::SNS::Topic', DeletionPolicy: {policy}, UpdateReplacePolicy: {policy}}}\n"
        )
    };
    for policy in ["!Ref P", "!If [C, Retain, Delete]", "!FindInMap [M, !Ref 'AWS::Region', p]"] {
        create(&text(policy), "").unwrap();
    }
    assert_eq!(
        create(&text("!Ref P"), "P=Maybe").unwrap_err(),
        "Template format error: Unrecognized DeletionPolicy Maybe for resource T"
    );
    for policy in ["[Retain]", "{Keep: true}", "!Cidr [10.0.0.0/16, 2]"] {
        let error = Template::parse(&text(policy)).unwrap_err().to_string();
        assert!(error.contains("Every DeletionPolicy member must be a string."), "{policy}: {error}");
    }
    let list = create(&text("!If [C, [a], b]"), "").unwrap_err();
    assert_eq!(list, "Template format error: Every DeletionPolicy member must be a string.");
}

#[test]
fn policies_may_be_computed() {
    let text = |policy: &str| {
        format!(
            "{HEAD}Parameters:\n  P: {{Type: String, Default: Retain}}\nResources:\n  \
             T: {{Type: 'AWS::SNS::Topic', DeletionPolicy: {policy}}}\n"
        )
    };
    create(&text("!Ref P"), "").unwrap();
    let error = create(&text("!Ref P"), "P=Maybe").unwrap_err();
    assert_eq!(
        error,
        "Transform AWS::LanguageExtensions failed with: Unsupported expression for DeletionPolicy in resource T"
    );
    assert!(
        Template::parse(&text("Keep")).unwrap_err().to_string().contains("Unrecognized DeletionPolicy Keep")
    );
}

const LOOPS: &str = "Transform: [AWS::LanguageExtensions]\nParameters:\n  \
    Names: {Type: CommaDelimitedList, Default: 'a, b-1'}\n  Env: {Type: String, Default: dev}\n\
    Mappings:\n  Sizes:\n    dev: {Ports: ['80']}\n    prod: {Ports: ['80', '443']}\n\
    Conditions:\n  Fn::ForEach::Conditions:\n  - Name\n  - !Ref Names\n  - 'Is&{Name}': !Equals [!Ref Env, !Ref Name]\n\
    Resources:\n  Fn::ForEach::Topics:\n  - Name\n  - !Ref Names\n  - 'Topic&{Name}':\n      Type: AWS::SNS::Topic\n      \
    Properties:\n        TopicName: !Sub '${Name}-${Env}'\n        \
    Fn::ForEach::Nested: [Key, [One, Two], {'Prop${Key}': !Ref Key}]\n  \
    Fn::ForEach::Ports:\n  - Port\n  - !FindInMap [Sizes, !Ref Env, Ports]\n  - 'Queue${Port}':\n      \
    Type: AWS::SQS::Queue\n      Properties: {QueueName: !Join ['', [q, !Ref Port]]}\n\
    Outputs:\n  Fn::ForEach::Outputs:\n  - Name\n  - !Ref Names\n  - Fn::ForEach::Attributes:\n    - Attribute\n    \
    - [TopicName, TopicArn]\n    - '&{Name}${Attribute}':\n        \
    Value: !GetAtt [!Sub 'Topic&{Name}', !Ref Attribute]\n";

#[test]
fn loops_write_themselves_out() {
    let stack = create(LOOPS, "").unwrap();
    let resources: Vec<String> =
        stack.resources.iter().map(|r| format!("{} {}", r.logical_id, r.kind)).collect();
    assert_eq!(resources, ["Topica AWS::SNS::Topic", "Topicb1 AWS::SNS::Topic", "Queue80 AWS::SQS::Queue"]);
    let arn = "arn:aws:sns:eu-west-1:111122223333";
    let expected = [
        "aTopicName=a-dev".to_owned(),
        format!("aTopicArn={arn}:a-dev"),
        "b1TopicName=b-1-dev".to_owned(),
        format!("b1TopicArn={arn}:b-1-dev"),
    ];
    assert_eq!(outputs(LOOPS, ""), expected);
    let keys: Vec<String> = parse(LOOPS).output_keys().into_iter().map(|output| output.key).collect();
    assert_eq!(keys, ["aTopicName", "aTopicArn", "b1TopicName", "b1TopicArn"], "with the defaults");
}

#[test]
fn loops_follow_the_values() {
    assert_eq!(outputs(LOOPS, "Names=z").len(), 2);
    let queues = |given: &str| create(LOOPS, given).unwrap().resources.len();
    assert_eq!((queues("Names=z"), queues("Names=z Env=prod")), (2, 3));
    let template = parse(LOOPS);
    let values = |given: &str| template.effective(&map(given)).unwrap();
    let (old, new) = (values(""), values("Names=a Env=prod"));
    let found = template.changes(&new, Some((&template, &old)), &place()).unwrap();
    let lines: Vec<String> = found.iter().map(|c| format!("{:?} {}", c.action, c.logical_id)).collect();
    assert_eq!(lines, ["Modify Topica", "Add Queue443", "Remove Topicb1"]);
}

#[test]
fn loops_without_known_items_load() {
    let text = LOOPS.replace(", Default: 'a, b-1'", "");
    let template = parse(&text);
    assert!(template.output_keys().is_empty());
    assert_eq!(outputs(&text, "Names=x").len(), 2);
    assert!(template.effective(&map("")).unwrap_err().contains("must have values"));
}

#[test]
fn loops_that_are_none() {
    let text = |body: &str| {
        format!("{HEAD}Resources:\n  T: {{Type: 'AWS::SNS::Topic'}}\n  Fn::ForEach::L: {body}\n")
    };
    let table = [
        ("[X, [a]]", "Fn::ForEach layout is incorrect"),
        ("{X: [a]}", "Fn::ForEach layout is incorrect"),
        ("[X, [a], text]", "Fn::ForEach layout is incorrect"),
        ("['X-Y', [a], {}]", "Fn::ForEach layout is incorrect"),
        ("[X, [a, a], {'R${X}': {Type: 'AWS::SNS::Topic'}}]", "Fn::ForEach creates Ra more than once"),
    ];
    for (body, expected) in table {
        let error = Template::parse(&text(body)).unwrap_err().to_string();
        let prefix = "Transform AWS::LanguageExtensions failed with: ";
        assert!(error.starts_with(&format!("{prefix}{expected} (line ")), "{body}: {error}");
    }
    let bad_name = text("[X, [a-b], {'R${X}': {Type: 'AWS::SNS::Topic'}}]");
    assert!(
        Template::parse(&bad_name)
            .unwrap_err()
            .to_string()
            .contains("Resource name Ra-b is non alphanumeric.")
    );
    let no_list = text("[X, !Ref 'AWS::Region', {'R${X}': {Type: 'AWS::SNS::Topic'}}]");
    assert!(create(&no_list, "").unwrap_err().ends_with("the collection is not a list"));
}

#[test]
fn loops_in_loops_that_multiply_are_refused() {
    let items = (0..100).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
    let mut body = "{'T${A}x${B}x${C}x${D}': {Type: 'AWS::SNS::Topic'}}".to_owned();
    for name in ["D", "C", "B", "A"] {
        body = format!("{{'Fn::ForEach::L{name}': [{name}, [{items}], {body}]}}");
    }
    let error = Template::parse(&format!("{HEAD}Resources: {body}\n")).unwrap_err().to_string();
    assert!(error.contains("too many values"), "{error}");
}

#[test]
fn the_processed_template_has_no_macros_left() {
    let text = "Transform: [AWS::LanguageExtensions]\nMetadata: {a: [1, x]}\n\
        Parameters:\n  Names: {Type: CommaDelimitedList, Default: 'A,B'}\n\
        Resources:\n  Fn::ForEach::Topics:\n    - Name\n    - !Ref Names\n    \
        - Topic${Name}: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Name, FifoTopic: true}}\n";
    let template = parse(text);
    let values = template.effective(&map("Names=C")).unwrap();
    let processed = template.processed_json(&values, &place()).unwrap();
    let resources = r#""Resources":{"TopicC":{"Type":"AWS::SNS::Topic","Properties":{"DisplayName":"C","FifoTopic":true}}}"#;
    assert!(processed.contains(resources) && !processed.contains("Transform"), "{processed}");
    let again = Template::parse(&processed).unwrap();
    let create = |template: &Template| template.create(&values, &place()).unwrap();
    assert_eq!(create(&again), create(&template));
    assert_eq!(
        (template.transforms(), template.metadata_json()),
        (&["AWS::LanguageExtensions".to_owned()][..], Some(r#"{"a":[1,"x"]}"#))
    );
    assert_eq!(parse("Resources: {T: {Type: AWS::SNS::Topic}}").processed_json(&values, &place()), None);
    let macros = "Transform: Mine\nResources: {T: {Type: AWS::SNS::Topic}}";
    assert_eq!(parse(macros).processed_json(&values, &place()), None, "nobody knows what it returns");
}

#[test]
fn serverless_resources_are_processed_into_what_they_stand_for() {
    let text = "Transform: AWS::Serverless-2016-10-31\nConditions: {No: !Equals [a, b]}\nResources:\n  \
        Fn: {Type: AWS::Serverless::Function, Properties: {FunctionName: f, AutoPublishAlias: live}}\n  \
        Other: {Type: AWS::Serverless::SimpleTable, Condition: 'No'}\n\
        Outputs:\n  A: {Value: !Ref Fn.Alias}\n  R: {Value: !GetAtt FnRole.Arn}\n";
    let template = parse(text);
    let processed = template.processed_json(&map(""), &place()).unwrap();
    for part in [
        r#""FnAliaslive":{"Type":"AWS::Lambda::Alias""#,
        r#""Fn":{"Type":"AWS::Lambda::Function""#,
        r#""A":{"Value":{"Ref":"FnAliaslive"}}"#,
    ] {
        assert!(processed.contains(part), "{part}: {processed}");
    }
    let create = |template: &Template| template.create(&map(""), &place()).unwrap();
    assert_eq!(create(&Template::parse(&processed).unwrap()), create(&template));
    assert!(
        template.resource_types(&map(""), &place()).contains("AWS::DynamoDB::Table"),
        "whatever conditions say"
    );
}
