//! Parameters as declared, and what happens to values: defaults, trimming, every constraint, every rejection.

use std::collections::BTreeMap;

use super::{create, map, outputs, parse};

/// Checks one parameter `P`, declared by `declaration`, given `value`.
fn effective(declaration: &str, value: &str) -> Result<String, String> {
    let text = format!("Parameters:\n  P: {{{declaration}}}\nResources:\n  B: {{Type: 'AWS::S3::Bucket'}}\n");
    parse(&text)
        .effective(&[("P".to_owned(), value.to_owned())].into())
        .map(|mut values| values.remove("P").unwrap())
}

#[track_caller]
fn accepts(declaration: &str, value: &str, expected: &str) {
    assert_eq!(effective(declaration, value).as_deref(), Ok(expected), "{declaration} {value}");
}

#[track_caller]
fn rejects(declaration: &str, value: &str, expected: &str) {
    assert_eq!(effective(declaration, value).unwrap_err(), expected, "{declaration} {value}");
}

#[test]
fn declarations_are_read_in_order() {
    let text = "Description: what it is\nParameters:\n  Zeta: {Type: String, NoEcho: true, Description: d, Default: 01}\n  \
        Alpha: {Type: Number, AllowedValues: [1, '2'], MinValue: 1, MaxValue: 20}\n  \
        Mid: {Type: String, AllowedPattern: '[a-z]*', MinLength: 1, MaxLength: 9, ConstraintDescription: c}\n\
        Resources:\n  B: {Type: 'AWS::S3::Bucket'}\n";
    let template = parse(text);
    assert_eq!(template.description(), Some("what it is"));
    let [zeta, alpha, mid] = template.parameters() else { panic!("{:?}", template.parameters()) };
    assert_eq!((zeta.key.as_str(), zeta.no_echo, zeta.default.as_deref()), ("Zeta", true, Some("01")));
    assert_eq!((alpha.allowed_values.join("|"), alpha.min_value.as_deref()), ("1|2".to_owned(), Some("1")));
    assert_eq!((mid.max_length.as_deref(), mid.constraint_description.as_deref()), (Some("9"), Some("c")));
    assert_eq!((alpha.max_value.as_deref(), alpha.no_echo, alpha.default.clone()), (Some("20"), false, None));
}

#[test]
fn defaults_fill_and_spaces_go() {
    let text = "Parameters:\n  A: {Type: String, Default: ' a '}\n  B: {Type: String}\n  C: {Type: String, Default: ''}\n\
        Resources:\n  R: {Type: 'AWS::S3::Bucket'}\n";
    let template = parse(text);
    assert_eq!(template.effective(&map("B=_x_")).unwrap(), map("A=a B=x C="));
    assert_eq!(template.effective(&map("B=")).unwrap()["B"], "");
}

#[test]
fn names_that_are_missing_or_unknown() {
    let text = "Parameters:\n  A: {Type: String}\n  B: {Type: String}\n  C: {Type: String, Default: c}\n\
        Resources:\n  R: {Type: 'AWS::S3::Bucket'}\n";
    let template = parse(text);
    let error = |given| template.effective(&map(given)).unwrap_err();
    assert_eq!(error(""), "Parameters: [A, B] must have values");
    assert_eq!(error("B=1"), "Parameters: [A] must have values");
    assert_eq!(error("A=1 B=1 X=1 Y=1"), "Parameters: [X, Y] do not exist in the template");
}

#[test]
fn strings() {
    accepts("Type: String, AllowedValues: [a, b]", " b ", "b");
    rejects("Type: String, AllowedValues: [a, b]", "c", "Parameter 'P' must be one of AllowedValues");
    accepts("Type: String, AllowedValues: [01, yes]", "01", "01");
    rejects("Type: String, AllowedValues: [01, yes]", "1", "Parameter 'P' must be one of AllowedValues");
    accepts("Type: String, AllowedPattern: '[a-z]+'", "abc", "abc");
    rejects("Type: String, AllowedPattern: '[a-z]+'", "abc1", "Parameter 'P' must match pattern [a-z]+");
    rejects("Type: String, AllowedPattern: 'a|b'", "ab", "Parameter 'P' must match pattern a|b");
    rejects(
        "Type: String, AllowedPattern: 'y(?=x)z'",
        "whatever",
        "Parameter 'P' must match pattern y(?=x)z",
    );
    // what no engine reads is not held against the value
    accepts("Type: String, AllowedPattern: '\\p{Nonsense}(?=x)'", "whatever", "whatever");
    rejects("Type: String, MinLength: 3", "ab", "Parameter 'P' must contain at least 3 characters");
    rejects("Type: String, MaxLength: '3'", "abcd", "Parameter 'P' must contain at most 3 characters");
    accepts("Type: String, MinLength: 3, MaxLength: 3", "äöü", "äöü");
    let described = "Type: String, MinLength: 3, ConstraintDescription: be longer.";
    rejects(described, "a", "Parameter P failed to satisfy constraint: be longer.");
}

#[test]
fn values_checked_before_are_not_checked_again() {
    let text = "Parameters:\n  A: {Type: String, MaxLength: 1}\n  B: {Type: String, MaxLength: 1}\nResources:\n  R: {Type: 'AWS::S3::Bucket'}\n";
    let unchecked = |key: &str| parse(text).effective_unchecked(&map("A=long B=b"), &[key.to_owned()].into());
    assert_eq!(unchecked("A"), Ok(map("A=long B=b")));
    assert_eq!(unchecked("B"), Err("Parameter 'A' must contain at most 1 characters".to_owned()));
}

#[test]
fn numbers() {
    accepts("Type: Number, MinValue: 1, MaxValue: 10", " 1.10 ", "1.10");
    rejects("Type: Number", "x", "Parameter 'P' must be a number.");
    rejects("Type: Number", "NaN", "Parameter 'P' must be a number.");
    rejects("Type: Number, MinValue: 5", "4.9", "Parameter 'P' must be a number not less than 5");
    rejects("Type: Number, MaxValue: -5", "0", "Parameter 'P' must be a number not greater than -5");
    accepts("Type: List<Number>, MaxValue: 5", "1, 2,5", "1, 2,5");
    rejects("Type: List<Number>, MaxValue: 5", "1,6", "Parameter 'P' must be a number not greater than 5");
}

#[test]
fn lists_are_checked_item_by_item() {
    accepts("Type: CommaDelimitedList, AllowedValues: [a, b]", "a, b,a", "a, b,a");
    rejects(
        "Type: CommaDelimitedList, AllowedValues: [a, b]",
        "a,c",
        "Parameter 'P' must be one of AllowedValues",
    );
    rejects(
        "Type: CommaDelimitedList, AllowedPattern: '[a-z]'",
        "a,bb",
        "Parameter 'P' must match pattern [a-z]",
    );
    accepts("Type: CommaDelimitedList", "", "");
    rejects("Type: List<Number>", "", "Parameter 'P' must be a number.");
}

#[test]
fn an_empty_list_is_one_empty_item() {
    let text = "Parameters:\n  Nets: {Type: CommaDelimitedList, Default: ''}\nConditions:\n  \
        InVpc: !Not [!Equals [!Select [0, !Ref Nets], '']]\n  None: !Equals [!Join ['', !Ref Nets], '']\nResources:\n  \
        Q: {Type: 'AWS::SQS::Queue'}\nOutputs:\n  Place: {Value: !If [InVpc, vpc, none]}\n  Empty: {Value: !If [None, yes, no]}\n";
    assert_eq!(outputs(text, ""), ["Place=none", "Empty=yes"]);
    assert_eq!(outputs(text, "Nets=subnet-1,subnet-2"), ["Place=vpc", "Empty=no"]);
    let second = text.replace("!Select [0", "!Select [1");
    assert_eq!(
        create(&second, "").unwrap_err(),
        "Template error: Fn::Select cannot select nonexistent value at index 1"
    );
}

#[test]
fn values_of_the_account() {
    accepts("Type: 'AWS::EC2::VPC::Id'", "vpc-1", "vpc-1");
    accepts("Type: 'List<AWS::EC2::Subnet::Id>'", "subnet-1,subnet-2", "subnet-1,subnet-2");
    accepts("Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>'", "/a/b", "/a/b");
    accepts("Type: 'AWS::Route53::HostedZone::Id'", "Z123", "Z123");
    let what = "Parameter validation failed: parameter value  for parameter name P does not exist. Rollback requested by user.";
    rejects("Type: 'AWS::EC2::KeyPair::KeyName'", "", what);
}

#[test]
fn stored_parameters_resolve_to_their_type() {
    let text = |kind: &str, value: &str| {
        format!(
            "Parameters:\n  P: {{Type: '{kind}'}}\nResources:\n  B: {{Type: 'AWS::S3::Bucket'}}\nOutputs:\n  O: {{Value: {value}}}\n"
        )
    };
    let value = |kind, value, given| outputs(&text(kind, value), given).remove(0);
    let image = value("AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "!Ref P", "P=/aws/linux");
    assert!(image.starts_with("O=ami-") && image.len() == 2 + 4 + 17, "{image}");
    assert_ne!(image, value("AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "!Ref P", "P=/aws/windows"));
    let text = value("AWS::SSM::Parameter::Value<String>", "!Ref P", "P=/net/vpc-id");
    assert!(text.starts_with("O=vpc-"), "{text}");
    let list = "AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>";
    let all = value(list, "!Join [' ', !Ref P]", "P=/net/subnets");
    let [one, two, _] = all["O=".len()..].split(' ').collect::<Vec<_>>()[..] else { panic!("{all}") };
    assert!(one.starts_with("subnet-") && two.starts_with("subnet-") && one != two, "{all}");
    assert_eq!(value("AWS::SSM::Parameter::Name", "!Ref P", "P=/a/b"), "O=/a/b");
}

#[test]
fn list_parameters_are_lists() {
    let text = "Parameters:\n  P: {Type: 'List<AWS::EC2::Subnet::Id>'}\nResources:\n  B: {Type: 'AWS::S3::Bucket'}\n\
        Outputs:\n  O: {Value: !Select [1, !Ref P]}\n  J: {Value: !Join ['|', !Ref P]}\n";
    assert_eq!(outputs(text, "P=s1,s2"), ["O=s2", "J=s1|s2"]);
    assert!(create(text, "P=s1").unwrap_err().contains("nonexistent value at index 1"));
}

#[test]
fn declarations_that_are_wrong() {
    let error = |declaration: &str| {
        let text = format!("Parameters:\n  P: {declaration}\nResources:\n  B: {{Type: 'AWS::S3::Bucket'}}\n");
        provisor_sandbox::template::Template::parse(&text).unwrap_err().to_string()
    };
    let missing = error("{Default: x}");
    assert_eq!(
        missing,
        "Template format error: [/Parameters/P] Every Parameters object must contain a Type member. (line 2, column 6)"
    );
    assert_eq!(
        error("{Type: Strin}"),
        "Template format error: Unrecognized parameter type: Strin (line 2, column 13)"
    );
    assert!(error("{Type: String, Default: [a]}").contains("Every Default member must be a string."));
}

#[test]
fn patterns_that_look_around() {
    let policy = r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[@$!%*?&])[A-Za-z\d@$!%*?&]{8,}$";
    let optional = r"^(?=.*?[A-Z])(?=.*?[a-z])(?=.*?\d)(?=.*?(_|\W))(?=.*?\s)?.{8,}$";
    let three_of_four = r"(?=^.{6,255}$)((?=.*\d)(?=.*[A-Z])(?=.*[a-z])|(?=.*\d)(?=.*[^A-Za-z0-9])(?=.*[a-z])|(?=.*[^A-Za-z0-9])(?=.*[A-Z])(?=.*[a-z])|(?=.*\d)(?=.*[A-Z])(?=.*[^A-Za-z0-9]))^.*";
    let domain = r"(?!-)[a-zA-Z0-9-.]{1,63}(?<!-)";
    let bucket = r"(?!(^xn--|.+-s3alias$))^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$";
    let table = [
        (policy, "Passw0rd!", true),
        (policy, "Password!", false),
        (policy, "Pass0!", false),
        (policy, "Passw0rd! ", true),
        (policy, "Passw0rd#", false),
        (optional, "Passw0rd_", true),
        (optional, "Passw0rdx", false),
        (three_of_four, "abcDEF1", true),
        (three_of_four, "abc123-", true),
        (three_of_four, "abcdef1", false),
        (three_of_four, "aB1", false),
        (domain, "example.com", true),
        (domain, "-example.com", false),
        (domain, "example.com-", false),
        (domain, "exa mple", false),
        (bucket, "plain-bucket", true),
        (bucket, "xn--bucket", false),
        (bucket, "bucket-s3alias", false),
        (r"\p{Nonsense}(?=x)", "anything", true),
        (r"[a-z]++", "anything", true),
    ];
    for (pattern, value, fits) in table {
        let text = serde_json::json!({
            "Parameters": { "P": { "Type": "String", "AllowedPattern": pattern } },
            "Resources": { "T": { "Type": "AWS::SNS::Topic" } },
        });
        let given = BTreeMap::from([("P".to_owned(), value.to_owned())]);
        let result = parse(&text.to_string()).effective(&given).map(|_| ());
        let expected = if fits { Ok(()) } else { Err(format!("Parameter 'P' must match pattern {pattern}")) };
        assert_eq!(result, expected, "{pattern}: {value}");
    }
}

#[test]
fn a_template_is_described_as_plain_data() {
    let text = "Description: a box\nParameters:\n  Size: {Type: Number, Default: 1, MinValue: 1, MaxValue: 9}\n  Key: \
        {Type: String, NoEcho: true}\nRules:\n  Small: {Assertions: [{Assert: !Not [!Equals [!Ref Size, '8']]}]}\n\
        Resources:\n  B: {Type: 'AWS::S3::Bucket'}\nOutputs:\n  Name: {Value: !Ref B, Description: its name}\n";
    let described = provisor_sandbox::template::describe(text).unwrap();
    assert_eq!(described.text.as_deref(), Some("a box"));
    let [size, key] = described.parameters.as_slice() else { panic!("{described:?}") };
    assert_eq!((size.default.as_deref(), size.max_value.as_deref()), (Some("1"), Some("9")));
    assert!(key.no_echo && key.default.is_none());
    assert_eq!(described.rules, ["Small"]);
    assert_eq!(described.outputs[0].description.as_deref(), Some("its name"));
}
