//! Finds values that a template's parameters accept, with no help from a person. Other tests use it too.

use std::collections::BTreeMap;

use provisor_sandbox::template::{Parameter, Template};

/// Values for every parameter of a template: the default, else the first allowed value, else something that fits
/// the type, the pattern and the limits. Panics, naming the parameter, where nothing fits.
pub fn valid_values(template: &Template) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for parameter in template.parameters() {
        let fits = |value: &String| accepts(template, &values, parameter, value);
        match candidates(parameter).into_iter().find(fits) {
            Some(value) => values.insert(parameter.key.clone(), value),
            None => panic!("no value found for {parameter:?}"),
        };
    }
    values
}

/// Whether the template takes a value for one parameter, given those of the parameters before it.
fn accepts(
    template: &Template,
    earlier: &BTreeMap<String, String>,
    parameter: &Parameter,
    value: &str,
) -> bool {
    let key = &parameter.key;
    let mut given: BTreeMap<String, String> =
        template.parameters().iter().map(|other| (other.key.clone(), "later".to_owned())).collect();
    given.extend(earlier.clone());
    given.insert(key.clone(), value.to_owned());
    // values are judged in the template's order, so a complaint about a later one means that this one is fine
    let complaint = template.effective(&given).err().unwrap_or_default();
    ![format!("'{key}'"), format!(" {key} ")].iter().any(|about| complaint.contains(about))
}

fn candidates(parameter: &Parameter) -> Vec<String> {
    let mut candidates: Vec<String> =
        parameter.default.iter().chain(parameter.allowed_values.first()).cloned().collect();
    candidates.extend(by_type(&parameter.kind).into_iter().map(str::to_owned));
    candidates.extend(parameter.min_value.iter().chain(&parameter.max_value).cloned());
    candidates.extend(TEXTS.split(' ').map(str::to_owned));
    let least: usize = parameter.min_length.as_ref().and_then(|text| text.parse().ok()).unwrap_or(0);
    candidates.extend(["a", "A1", "1", "Aa1"].into_iter().map(|text| text.repeat(least.max(1))));
    candidates
}

/// Texts of the forms that patterns ask for; the last one is empty.
const TEXTS: &str = "value a example Example1 10.0.0.0/16 10.0.1.0/24 10.0.0.10 10.0.0.1/32 user@example.com 1 10 \
    example.com 111122223333 arn:aws:iam::111122223333:role/example my-example Passw0rd-Example \
    vpc-0123456789abcdef0 subnet-0123456789abcdef0 sg-0123456789abcdef0 ami-0123456789abcdef0 ou-abcd-12345678 \
    true https://example.com/ s3://example/ 3306 dev t3.micro m5.large db.t3.micro ABCDEFGH 12345678 example.zip \
    sun:05:00-sun:06:00 12:30 2024-01-01 ";

fn by_type(kind: &str) -> Vec<&'static str> {
    let inner = kind.strip_prefix("List<").and_then(|rest| rest.strip_suffix('>')).unwrap_or(kind);
    match inner {
        "Number" => vec!["1"],
        "AWS::EC2::VPC::Id" => vec!["vpc-0123456789abcdef0"],
        "AWS::EC2::Subnet::Id" if kind != inner => vec!["subnet-0123456789abcdef0,subnet-0123456789abcdef1"],
        "AWS::EC2::Subnet::Id" => vec!["subnet-0123456789abcdef0"],
        "AWS::EC2::SecurityGroup::Id" => vec!["sg-0123456789abcdef0"],
        "AWS::EC2::Image::Id" => vec!["ami-0123456789abcdef0"],
        "AWS::EC2::AvailabilityZone::Name" if kind != inner => vec!["eu-west-1a,eu-west-1b"],
        "AWS::EC2::AvailabilityZone::Name" => vec!["eu-west-1a"],
        "AWS::EC2::KeyPair::KeyName" => vec!["example-key"],
        "AWS::Route53::HostedZone::Id" => vec!["Z0123456789ABCDEFGHIJ"],
        "CommaDelimitedList" => vec!["one,two,three"],
        _ => vec![],
    }
}
