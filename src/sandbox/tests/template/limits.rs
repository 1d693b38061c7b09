//! What is no template, and what only looks like an attack: errors with a place, never a crash or a long wait.

use provisor_sandbox::template::Template;

use super::{create, outputs};

fn error(text: &str) -> String {
    Template::parse(text).unwrap_err().to_string()
}

#[test]
fn texts_that_do_not_read() {
    let json = error("{\n\t\"Resources\": {,}\n}");
    assert!(json.starts_with("Template format error: JSON not well-formed. (line 2, column 16): "), "{json}");
    let yaml = error("Resources:\n  A: [1, 2\n  B: 3\n");
    assert!(yaml.starts_with("Template format error: YAML not well-formed. (line "), "{yaml}");
    let key = error("Resources:\n  A:\n    [a, b]: 3\n");
    assert!(key.contains("YAML not well-formed. (line 3, column 5): a key must be text"), "{key}");
}

#[test]
fn texts_that_are_no_template() {
    let none = "Template format error: At least one Resources member must be defined. (line 1, column 1)";
    assert_eq!(error("Description: x\n"), none);
    assert_eq!(error("{}"), none);
    assert_eq!(error("just text"), "Template format error: unsupported structure. (line 1, column 1)");
    assert!(error("").contains("unsupported structure."));
    let untyped = "Template format error: [/Resources/A] Every Resources object must contain a Type member. (line 2, column 6)";
    assert_eq!(error("Resources:\n  A: {Properties: {}}\n"), untyped);
    let output = error("Resources:\n  A: {Type: 'AWS::SNS::Topic'}\nOutputs:\n  O: {Description: d}\n");
    assert!(output.contains("[/Outputs/O] Every Outputs member must contain a Value object"), "{output}");
}

#[test]
fn unresolved_names() {
    let text = |value: &str| {
        format!("Resources:\n  A:\n    Type: AWS::SNS::Topic\n    Properties:\n      X: {value}\n")
    };
    let what = |names: &str, column: usize| {
        format!(
            "Template format error: Unresolved resource dependencies [{names}] in the Resources block of the template (line 5, column {column})"
        )
    };
    assert_eq!(error(&text("!Ref Gone")), what("Gone", 15));
    assert_eq!(error(&text("!Sub '${Gone.Arn} ${Away} ${!Not}'")), what("Away, Gone", 18));
    assert_eq!(error(&text("!GetAtt Gone.Arn")), what("Gone", 18));
    let depends = error("Resources:\n  A: {Type: 'AWS::SNS::Topic', DependsOn: [B]}\n");
    assert!(depends.contains("dependencies [B] in the Resources block"), "{depends}");
    let condition = "Template error: unresolved condition dependency Nope in Fn::If (line 5, column 15)";
    assert_eq!(error(&text("!If [Nope, a, b]")), condition);
    let condition = error("Resources:\n  A: {Type: 'AWS::SNS::Topic', Condition: Nope}\n");
    assert!(condition.contains("Unresolved condition dependency Nope in the Resources block"), "{condition}");
    Template::parse(&text("!Sub ['${Own}', {Own: 1}]")).unwrap();
    Template::parse(&format!("Transform: AWS::Serverless-2016-10-31\n{}", text("!Ref FunctionRole")))
        .unwrap();
}

#[test]
fn what_no_values_mend_is_found_before_anything_is_made() {
    let topic = "Resources:\n  A: {Type: 'AWS::SNS::Topic', Properties: {TopicName: t}}\n";
    let output = |value: &str| error(&format!("{topic}Outputs:\n  O: {{Value: {value}}}\n"));
    let gone = |name: &str, column: usize| {
        format!(
            "Template format error: Unresolved resource dependencies [{name}] in the Outputs block of the template (line 4, column {column})"
        )
    };
    assert_eq!(output("!Ref MyVPC"), gone("MyVPC", 19));
    assert_eq!(output("!GetAtt MyVPC.Id"), gone("MyVPC", 22));
    assert_eq!(output("!Sub '${A} ${MyVPC}'"), gone("MyVPC", 27));
    let unknown = "Template error: Encountered unsupported function: Fn::Upper (line 4, column 14)";
    assert_eq!(output("!Upper x"), unknown);
    let mapping = "Template error: Mapping named 'M' is not present in the 'Mappings' section of template. (line 4, column 26)";
    assert_eq!(output("!FindInMap [M, a, b]"), mapping);
    assert_eq!(
        output("!If [C, a, b]"),
        "Template error: unresolved condition dependency C in Fn::If (line 4, column 19)"
    );
    assert!(output("a, Condition: C").contains("Unresolved condition dependency C in the Outputs block"));
    assert!(output("a, Export: {Name: !Ref Gone}").contains("dependencies [Gone] in the Outputs block"));
    assert!(
        output("!Ref [A]").contains("every Ref object must have a single String value. (line 4, column 14)")
    );
    for (value, what) in [
        ("!GetAtt A", "every Fn::GetAtt object requires two non-empty parameters"),
        ("!Join [a]", "every Fn::Join object requires two parameters"),
        ("!If [C, a]", "Fn::If requires a list argument with three elements"),
    ] {
        let found = output(value);
        assert!(found.contains(what) && found.ends_with("(line 4, column 14)"), "{found}");
    }
    let condition =
        |text: &str| error(&format!("Conditions:\n  C: {text}\n  D: !Not [!Condition C]\n{topic}"));
    assert!(
        condition("!Equals [!Ref A, x]").contains("Unresolved dependencies [A]. Cannot reference resources")
    );
    assert!(
        condition("!Not [!Condition E]")
            .contains("dependency E in the Conditions block of the template (line 2, column ")
    );
    let equals = "every Fn::Equals object requires a list of 2 string parameters. (line 2, ";
    assert!(condition("!Equals [a]").contains(equals));
    let circle = "Template error: Found circular condition dependency: [C, D] (line 2, column 3)";
    assert_eq!(condition("!Not [!Condition D]"), circle);
}

#[test]
fn what_a_macro_or_a_value_may_mend_is_not_refused() {
    let text = |head: &str, value: &str| {
        format!("{head}\nResources:\n  A: {{Type: 'AWS::SNS::Topic'}}\nOutputs:\n  O: {{Value: {value}}}\n")
    };
    for value in ["!Sub '${!Gone} ${AWS::Region}'", "!Ref AWS::NoValue", "!Sub ['${X}', {X: !Ref A}]"] {
        Template::parse(&text("", value)).unwrap();
    }
    for value in ["!Ref Gone", "!Upper x", "!FindInMap [M, a, b]"] {
        Template::parse(&text("Transform: Mine", value)).unwrap();
        assert!(Template::parse(&text("", value)).is_err(), "{value}");
    }
    Template::parse(&text("", "!FindInMap [M, a, b, {DefaultValue: x}]")).unwrap();
    Template::parse(&text("Transform: AWS::LanguageExtensions", "!ToJsonString {a: b}")).unwrap();
}

#[test]
fn circles() {
    let named = |a: &str, b: &str| {
        format!("Resources:\n  A: {{Type: 'AWS::SNS::Topic', {a}}}\n  B: {{Type: 'AWS::SNS::Topic', {b}}}\n")
    };
    let expected = "Circular dependency between resources: [A, B]";
    let by_name = named("Properties: {TopicName: !Ref B}", "Properties: {TopicName: !Sub 'x${A}'}");
    assert_eq!(error(&by_name), format!("{expected} (line 2, column 3)"));
    let by_property = named("Properties: {Other: !Ref B}", "Properties: {Other: !Sub 'x${A}'}");
    assert!(error(&by_property).starts_with(expected));
    assert!(error(&named("DependsOn: B", "DependsOn: [A]")).starts_with(expected));
    assert!(
        error(&named("DependsOn: A", "")).starts_with("Circular dependency between resources: [A] (line")
    );
    // what conditions keep apart may never meet
    let apart = |a: &str, b: &str| {
        format!("Conditions: {{P: !Equals [a, b], N: !Not [!Condition P]}}\n{}", named(a, b))
    };
    create(&apart("Condition: P, DependsOn: B", "Condition: N, DependsOn: A"), "").unwrap();
    create(&apart("Properties: {TopicName: !If [P, !Ref B, x]}", "DependsOn: A"), "").unwrap();
    assert!(error(&apart("Condition: P, DependsOn: B", "DependsOn: A")).starts_with(expected));
    create(&named("DependsOn: B", "Properties: {TopicName: x}"), "").unwrap();
}

#[test]
fn json_with_tabs_marks_and_escapes() {
    let text = "\u{feff}\n{\r\n\t\"Resources\":\t{\"A\"\n:\t{\"Type\":\"AWS::SNS::Topic\",\"Metadata\":{\"n\":[1.50,-2e3,null,true,[],{}]}}},\n\
        \t\"Outputs\" : {\"O\": {\"Value\": \"tab\\tquote\\\" \\u00e9 \\ud83d\\ude00 \\/ {[,:]}\"}, \"O\": {\"Value\": {\"Fn::GetAtt\": [\"A\", \"TopicName\"]}}, \
        \"P\": {\"Value\": \"\\\\\\\"{}\\u00e9 \\ud83d\\ude00\"}}\n}\n";
    let outputs = outputs(text, "");
    assert!(outputs[0].starts_with("O=SC-111122223333-pp-abc-A-"), "the last of two: {outputs:?}");
    assert_eq!(outputs[1], "P=\\\"{}é 😀");
}

#[test]
fn yaml_with_every_spelling() {
    let text = "---\n# a comment\nResources:\n  A:\n    Type: \"AWS::SNS::Topic\"\n    Properties: &anchored\n      TopicName: t\n  \
        B:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: t}\n  C:\n    Type: AWS::SNS::Topic\n    Properties:\n\
        Outputs:\n  Folded:\n    Value: !Sub >-\n      ${A}\n      and\n  Block:\n    Value:\n      Fn::Join:\n      - ''\n      - - a\n        - !Ref B\n  \
        Tagged:\n    Value: !!str '12'#comment\n  Long:\n    Value: !GetAtt\n      - A\n      - TopicName\n";
    let arn = "arn:aws:sns:eu-west-1:111122223333:t";
    let expected =
        [format!("Folded={arn} and"), format!("Block=a{arn}"), "Tagged=12".to_owned(), "Long=t".to_owned()];
    assert_eq!(outputs(text, ""), expected);
}

#[test]
fn yaml_that_only_older_readers_take() {
    let text = "Resources:\n  A:\n    Type: 'AWS::SNS::Topic'#comment\n    Metadata:\n      Policy: {\n\"Version\": '2012'#why\n,\n  \
        \"Statement\": [\n{\"Effect\": Allow},\nplain\n]\n}\n    Properties: {TopicName: t}\nOutputs:\n  \
        O: {Value: !GetAtt A.TopicName}\n";
    assert_eq!(outputs(text, ""), ["O=t"]);
    let dedented = error("Resources:\n    A:\n        Type: AWS::SNS::Topic\n      Metadata: x\n");
    assert!(dedented.contains("YAML not well-formed. (line 4, column "), "{dedented}");
}

#[test]
fn hostile_input_is_refused() {
    let deep = format!("Resources: {}{}", "[".repeat(50_000), "]".repeat(50_000));
    assert!(error(&deep).contains("YAML not well-formed"), "{}", error(&deep));
    let deep = format!("Resources: {}{}", "[".repeat(150), "]".repeat(150));
    assert!(error(&deep).contains("nested too deeply"), "{}", error(&deep));
    let deep = format!("{{\"Resources\": {}{}}}", "[".repeat(50_000), "]".repeat(50_000));
    assert!(error(&deep).contains("JSON not well-formed"), "{}", error(&deep));
    let wide = format!("Resources: [{}]", "x,".repeat(250_000));
    assert!(error(&wide).contains("holds more than 200000 values"), "{}", error(&wide));
    assert!(error("a: &a [*a]\n").contains("aliases are not allowed"), "{}", error("a: &a [*a]\n"));
    assert_eq!(error(&"x".repeat(1_000_001)), "Template may not exceed 1000000 bytes in size.");
    let many: String = (0..501).map(|n| format!("  R{n}: {{Type: 'AWS::SNS::Topic'}}\n")).collect();
    assert!(error(&format!("Resources:\n{many}")).contains("501, is greater than maximum allowed, 500"));
}

#[test]
fn names_that_multiply_are_refused() {
    let mut text =
        "Resources:\n  R0: {Type: AWS::SSM::Document, Properties: {Name: xxxxxxxxxxxxxxxx}}\n".to_owned();
    for n in 1..200 {
        let before = n - 1;
        text.push_str(&format!(
            "  R{n}: {{Type: AWS::SSM::Document, Properties: {{Name: !Sub '${{R{before}}}${{R{before}}}'}}}}\n"
        ));
    }
    assert_eq!(create(&text, "").unwrap_err(), "Template error: a value may not exceed 1000000 bytes");
}

#[test]
fn long_chains_end_in_an_answer() {
    let mut chain: String = (0..499)
        .map(|n| {
            format!("  R{n}: {{Type: AWS::SSM::Document, Properties: {{Name: !Sub 'n${{R{}}}'}}}}\n", n + 1)
        })
        .collect();
    chain.push_str("  R499: {Type: AWS::SSM::Document}\n");
    let stack = create(&format!("Resources:\n{chain}"), "").unwrap();
    assert!(stack.resources[0].physical_id.starts_with(&"n".repeat(499)), "as deep as there are resources");
    let error = "Template error: values refer to each other too deeply";
    let conditions: String =
        (0..5000).map(|n| format!("  C{n:04}: !Not [!Condition C{:04}]\n", n + 1)).collect();
    let text = format!(
        "Conditions:\n{conditions}  C5000: !Equals [a, a]\nResources:\n  A: {{Type: 'AWS::SNS::Topic'}}\n"
    );
    assert_eq!(create(&text, "").unwrap_err(), error);
}
