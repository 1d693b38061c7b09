//! What CloudFormation refuses for its form, and where; what it takes although it looks wrong.

use provisor_sandbox::template::Template;

use super::outputs;

const TOPIC: &str = "Resources:\n  T: {Type: 'AWS::SNS::Topic'}\n";

#[track_caller]
fn refused(text: &str, expected: &str) {
    let error = Template::parse(text).map(|_| ()).unwrap_err().to_string();
    assert_eq!(error, expected, "{text}");
}

#[test]
fn sections_and_members_that_are_none() {
    refused(
        &format!("{TOPIC}Output: {{}}\nParams: {{}}\n"),
        "Invalid template property or properties [Output, Params] (line 3, column 1)",
    );
    refused(
        &format!("{TOPIC}Globals: {{}}\n"),
        "Invalid template property or properties [Globals] (line 3, column 1)",
    );
    refused(
        "Resources:\n  T: {Type: 'AWS::SNS::Topic', TopicName: x}\n",
        "Invalid template resource property 'TopicName' (line 2, column 32)",
    );
    refused(
        &format!("{TOPIC}Parameters: {{P: {{Type: String, Defaults: x}}}}\n"),
        "Invalid template parameter property 'Defaults' (line 3, column 32)",
    );
    refused(
        &format!("AWSTemplateFormatVersion: 2010-09-10\n{TOPIC}"),
        "Template format error: unsupported value for AWSTemplateFormatVersion. (line 1, column 27)",
    );
    refused(
        &format!("Description: [x]\n{TOPIC}"),
        "Template format error: Every Description member must be a string. (line 1, column 14)",
    );
    refused(
        &format!("Description: {}\n{TOPIC}", "x".repeat(1025)),
        "Template format error: 'Description' length is greater than 1024. (line 1, column 14)",
    );
    Template::parse(&format!("AWSTemplateFormatVersion: 2010-09-09\nMetadata: {{}}\nHooks: {{}}\n{TOPIC}"))
        .unwrap();
}

#[test]
fn names_that_are_none() {
    let prefix = "Template format error:";
    refused(
        "Resources:\n  my_topic: {Type: 'AWS::SNS::Topic'}\n",
        &format!("{prefix} Resource name my_topic is non alphanumeric. (line 2, column 3)"),
    );
    refused(
        &format!("{TOPIC}Parameters: {{a-b: {{Type: String}}}}\n"),
        &format!("{prefix} Parameter name a-b is non alphanumeric. (line 3, column 14)"),
    );
    refused(
        &format!("{TOPIC}Outputs: {{a.b: {{Value: x}}}}\n"),
        &format!("{prefix} Output name a.b is non alphanumeric. (line 3, column 11)"),
    );
    refused(
        &format!("{TOPIC}Mappings: {{a_b: {{c: {{d: e}}}}}}\n"),
        &format!("{prefix} Mapping name a_b is non alphanumeric. (line 3, column 12)"),
    );
}

#[test]
fn too_many() {
    let prefix = "Template format error: Number of";
    let many = |section: &str, count: usize, body: &str| {
        let entries: String = (0..count).map(|n| format!("  N{n}: {body}\n")).collect();
        format!("{section}:\n{entries}")
    };
    for (section, body) in
        [("Parameters", "{Type: String}"), ("Outputs", "{Value: x}"), ("Mappings", "{a: {b: c}}")]
    {
        refused(
            &format!("{TOPIC}{}", many(section, 201, body)),
            &format!(
                "{prefix} {}, 201, is greater than maximum allowed, 200 (line 1, column 1)",
                section.to_lowercase()
            ),
        );
        Template::parse(&format!("{TOPIC}{}", many(section, 200, body))).unwrap();
    }
    refused(
        &many("Resources", 501, "{Type: 'AWS::SNS::Topic'}"),
        &format!("{prefix} resources, 501, is greater than maximum allowed, 500 (line 1, column 1)"),
    );
}

#[test]
fn entries_that_lack_something() {
    let prefix = "Template format error:";
    refused(
        &format!("{TOPIC}Parameters: {{P: {{Default: x}}}}\n"),
        &format!(
            "{prefix} [/Parameters/P] Every Parameters object must contain a Type member. (line 3, column 17)"
        ),
    );
    refused(
        &format!("{TOPIC}Parameters: {{P: {{Type: Text}}}}\n"),
        &format!("{prefix} Unrecognized parameter type: Text (line 3, column 24)"),
    );
    refused(
        &format!("{TOPIC}Mappings: {{M: {{a: {{b: {{c: d}}}}}}}}\n"),
        &format!(
            "{prefix} [/Mappings/M/a] Every Mappings attribute must be a String or a List. (line 3, column 23)"
        ),
    );
    refused(
        &format!("{TOPIC}Mappings: {{M: {{a: b}}}}\n"),
        &format!("{prefix} [/Mappings/M/a] Every Mappings attribute must be a map (line 3, column 19)"),
    );
    refused(
        "Resources:\n  T: {Type: 'AWS::SNS::Topic', UpdateReplacePolicy: Keep}\n",
        &format!("{prefix} Unrecognized UpdateReplacePolicy Keep for resource T (line 2, column 53)"),
    );
}

#[test]
fn what_is_wrong_stands_where_it_is_told() {
    let prefix = "Template format error:";
    refused(
        &format!("Parameters:\n  P: {{Type: String}}\nResourcs:\n  T: {{Type: x}}\n{TOPIC}"),
        "Invalid template property or properties [Resourcs] (line 3, column 1)",
    );
    refused(
        "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Condition: Nope\n",
        &format!(
            "{prefix} Unresolved condition dependency Nope in the Resources block of the template (line 4, column 16)"
        ),
    );
    refused(
        "Resources:\n  T: {Type: 'AWS::SNS::Topic', Condition: {a: b}}\n",
        &format!("{prefix} [/Resources/T] Every Condition member must be a string. (line 2, column 43)"),
    );
    refused(
        "Resources:\n  T: {Type: 'AWS::SNS::Topic', DependsOn: [Nope]}\n",
        &format!(
            "{prefix} Unresolved resource dependencies [Nope] in the Resources block of the template (line 2, column 44)"
        ),
    );
    refused(
        &format!("{TOPIC}Outputs: {{O: {{Value: x, Condition: Nope}}}}\n"),
        &format!(
            "{prefix} Unresolved condition dependency Nope in the Outputs block of the template (line 3, column 36)"
        ),
    );
    refused(
        "{\"Resources\": {\"T\": {\"Type\": \"AWS::SNS::Topic\"}},\n \"Parameters\": {\"P\": {\"Type\": \"Numbr\"}}}",
        &format!("{prefix} Unrecognized parameter type: Numbr (line 2, column 31)"),
    );
}

/// What values are held against.
#[test]
fn limits_that_are_none() {
    let of = |member: &str| format!("{TOPIC}Parameters: {{P: {{Type: String, {member}}}}}\n");
    for (member, noun, column) in [
        ("MinLength: three", "an integer", 43),
        ("MaxLength: '1.5'", "an integer", 43),
        ("MinValue: low", "a number", 42),
        ("MaxValue: [1]", "a number", 42),
    ] {
        let name = member.split(':').next().unwrap();
        let what = format!("Every {name} member must be {noun}. (line 3, column {column})");
        refused(&of(member), &format!("Template format error: [/Parameters/P] {what}"));
    }
    for pattern in ["[0-9", "(a", "a)", "[a-z&&[^x]"] {
        let what = format!("AllowedPattern is no regular expression: {pattern} (line 3, column 48)");
        refused(
            &of(&format!("AllowedPattern: '{pattern}'")),
            &format!("Template format error: [/Parameters/P] {what}"),
        );
    }
    for sound in [
        "MinLength: ' 3'",
        "MaxValue: 1e3",
        "MinValue: -0.5",
        "AllowedPattern: '[]a](b)[^]]'",
        "AllowedPattern: '[[:alpha:]]+\\('",
        "AllowedPattern: '[(]'",
        "AllowedPattern: '\\Q[\\E'",
    ] {
        Template::parse(&of(sound)).unwrap_or_else(|error| panic!("{sound}: {error}"));
    }
}

#[test]
fn aliases_are_refused_where_they_stand() {
    refused(
        "Resources:\n  A:\n    Type: &kind AWS::SNS::Topic\n  B:\n    Type: *kind\n",
        "Template error: YAML aliases are not allowed in CloudFormation templates (line 5, column 11)",
    );
    refused(
        "Resources:\n  A: &a\n    Type: AWS::SNS::Topic\n  B:\n    <<: *a\n",
        "Template error: YAML aliases are not allowed in CloudFormation templates (line 5, column 9)",
    );
}

#[test]
fn the_last_of_several_counts() {
    // the service takes them, in YAML as in JSON
    let text = "Parameters:\n  P: {Type: String, Default: a, Default: b}\nResources:\n  \
        T: {Type: 'AWS::SNS::Topic'}\n  T: {Type: 'AWS::SQS::Queue'}\nOutputs:\n  O: {Value: !Ref P}\n";
    assert_eq!(outputs(text, ""), ["O=b"]);
}

#[test]
fn quoted_text_may_be_indented_less() {
    let text = |description: &str| {
        format!(
            "Parameters:\n  Team:\n    Type: String\n    Default: pay\n    Description: {description}\n\
             Resources:\n  Q: {{Type: 'AWS::SQS::Queue'}}\n"
        )
    };
    let told = |written: &str| {
        let template = Template::parse(&text(written)).unwrap_or_else(|error| panic!("{error}"));
        template.parameters()[0].description.clone().unwrap()
    };
    assert_eq!(told("\"Name of the team,\n  short.\""), "Name of the team, short.");
    assert_eq!(
        told("\"Part of the \\\"queue\\\",\nso\n\n  choose: well.\""),
        "Part of the \"queue\", so\nchoose: well."
    );
    assert_eq!(told("'The queue''s name, \\\n  short.'"), "The queue's name, \\ short.");
    let open = Template::parse(&text("\"Name\n  of")).unwrap_err().to_string();
    assert!(open.starts_with("Template format error: YAML not well-formed."), "{open}");
}

#[test]
fn json_may_have_a_comma_too_many() {
    let text = "{\"Parameters\": {\"P\": {\"Type\": \"String\", \"AllowedValues\": [\"a,]\", \"\\\",}\" , ], \"Default\": \"a,]\",}},\n  \
        \"Resources\": {\"T\": {\"Type\": \"AWS::SNS::Topic\",}\n,\n},\n\"Outputs\": {\"O\": {\"Value\": {\"Ref\": \"P\"}}},\n}";
    assert_eq!(outputs(text, ""), ["O=a,]"]);
    assert_eq!(outputs(text, "P=\",}"), ["O=\",}"]);
    for wrong in ["{,}", "{\"A\": [,]}", "{\"A\": [1,,]}", "{\"A\": [1,,2]}", "{\"A\":,}"] {
        let error = Template::parse(wrong).unwrap_err().to_string();
        assert!(error.starts_with("Template format error: JSON not well-formed."), "{wrong}: {error}");
    }
    let twice = "{\"Resources\": {\"T\": {\"Type\": \"AWS::SNS::Topic\",},},\n\"Nope\": 1,}";
    refused(twice, "Invalid template property or properties [Nope] (line 2, column 1)");
}
