//! A resource that is replaced is another one: its made-up identifiers, and whatever is computed from them, change
//! when, and only when, something changes that replaces it. Plans say the same.

use std::collections::{BTreeMap, BTreeSet};

use provisor_sandbox::template::{EvaluationType, Place, Replacement, ResourceChange, Stack, Template};

use super::catalogs::{real, templates};
use super::values::valid_values;
use super::{map, outputs, parse, place};

/// Type, property, two values, whether the identifiers change.
const TABLE: &[(&str, &str, &str, &str, bool)] = &[
    ("AWS::EC2::Instance", "ImageId", "ami-1", "ami-2", true),
    ("AWS::EC2::Instance", "InstanceType", "t3.micro", "t3.small", false),
    ("AWS::EC2::VPC", "CidrBlock", "10.0.0.0/16", "10.1.0.0/16", true),
    ("AWS::EC2::VPC", "EnableDnsSupport", "true", "false", false),
    ("AWS::EC2::VPC", "InstanceTenancy", "default", "dedicated", false),
    ("AWS::SQS::Queue", "FifoQueue", "true", "false", true),
    ("AWS::SQS::Queue", "DelaySeconds", "1", "2", false),
    ("AWS::KMS::Key", "KeySpec", "RSA_2048", "RSA_4096", false),
    ("AWS::KMS::Key", "Description", "a", "b", false),
    ("AWS::EC2::SecurityGroup", "GroupDescription", "a", "b", true),
    ("AWS::EC2::SecurityGroup", "VpcId", "vpc-1", "vpc-2", true),
    ("AWS::EC2::SecurityGroup", "SecurityGroupIngress", "[{IpProtocol: tcp}]", "[{IpProtocol: udp}]", false),
    ("AWS::EC2::Subnet", "VpcId", "vpc-1", "vpc-2", true),
    ("AWS::EC2::Subnet", "MapPublicIpOnLaunch", "true", "false", false),
    ("AWS::RDS::DBInstance", "MasterUsername", "a", "b", true),
    ("AWS::RDS::DBInstance", "AllocatedStorage", "10", "20", false),
    ("AWS::Lambda::LayerVersion", "Content", "{S3Bucket: a, S3Key: b}", "{S3Bucket: a, S3Key: c}", true),
    ("AWS::Lambda::LayerVersion", "Content", "{S3Bucket: a, S3Key: b}", "{S3Key: b, S3Bucket: a}", false),
    ("AWS::S3::Bucket", "BucketName", "a", "b", true),
    ("AWS::S3::Bucket", "Tags", "[{Key: a, Value: b}]", "[{Key: a, Value: c}]", false),
    ("Custom::Thing", "Any", "a", "b", false),
];

fn of_one(kind: &str, property: &str, value: &str) -> Vec<String> {
    let text = format!(
        "Resources:\n  R: {{Type: '{kind}', Properties: {{{property}: {value}}}}}\n  \
         Other: {{Type: 'AWS::SNS::Topic'}}\n\
         Outputs:\n  Ref: {{Value: !Ref R}}\n  Arn: {{Value: !GetAtt R.Arn}}\n  Other: {{Value: !Ref Other}}\n"
    );
    outputs(&text, "")
}

#[test]
fn what_replaces_a_resource_changes_its_identifiers() {
    for (kind, property, one, other, changes) in TABLE {
        let (before, after) = (of_one(kind, property, one), of_one(kind, property, other));
        for place in 0..2 {
            assert_eq!(before[place] != after[place], *changes, "{kind} {property}: {before:?} {after:?}");
        }
        assert_eq!(before[2], after[2], "{kind} {property}: the other resource stays");
        assert_eq!(before, of_one(kind, property, one));
    }
}

/// As the sandbox keeps secrets: the same stand-in for the same secret.
#[test]
fn secrets_count_and_do_not_show() {
    let text = "Parameters:\n  Who: {Type: String, NoEcho: true}\n  Note: {Type: String, Default: n}\nResources:\n  \
        R: {Type: 'AWS::RDS::DBInstance', Properties: {MasterUsername: !Ref Who, StorageType: !Ref Note}}\n\
        Outputs:\n  Ref: {Value: !Ref R}\n";
    let one = outputs(text, "Who=noecho-1");
    assert_eq!(one, outputs(text, "Who=noecho-1 Note=m"));
    assert_ne!(one, outputs(text, "Who=noecho-2"));
    assert!(!one[0].contains("noecho"));
    assert!(parse(text).outputs_of_secrets().is_empty(), "an identifier shows nothing");
}

#[test]
fn names_that_the_user_gives_stay() {
    let text = |fifo| {
        format!(
            "Resources:\n  R: {{Type: 'AWS::SQS::Queue', Properties: {{QueueName: mine, FifoQueue: {fifo}}}}}\n\
             Outputs:\n  Ref: {{Value: !Ref R}}\n  Arn: {{Value: !GetAtt R.Arn}}\n"
        )
    };
    assert_eq!(outputs(&text("true"), ""), outputs(&text("false"), ""));
}

const TIERS: &str = "Parameters:\n  Cidr: {Type: String, Default: 10.0.0.0/16}\n  Dns: {Type: String, Default: 'true'}\n\
    Conditions:\n  Never: !Equals [!Ref Cidr, never]\n\
    Resources:\n  \
    Service: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, ImageId: ami-1}}\n  \
    Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}\n  \
    Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !If [Never, !Ref Service, !Ref Cidr], EnableDnsSupport: !Ref Dns}}\n  \
    Apart: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}\n\
    Outputs:\n  Vpc: {Value: !Ref Vpc}\n  Subnet: {Value: !Ref Subnet}\n  Ip: {Value: !GetAtt Service.PublicIp}\n  \
    Apart: {Value: !Ref Apart}\n";

#[test]
fn a_replacement_goes_on_to_what_refers_to_it() {
    let (before, after) = (outputs(TIERS, ""), outputs(TIERS, "Cidr=10.1.0.0/16"));
    for place in 0..3 {
        assert_ne!(before[place], after[place]);
    }
    assert_eq!(before[3], after[3]);
    assert_eq!(before, outputs(TIERS, "Dns=false"));
    assert_eq!(before, outputs(TIERS, "Cidr=10.0.0.0/16"));
}

#[test]
fn imports_count_by_name() {
    let text = "Resources:\n  G: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, \
        VpcId: !ImportValue net-VpcId}}\nOutputs:\n  O: {Value: !Ref G}\n";
    let exports = BTreeMap::from([("net-VpcId".to_owned(), "vpc-1".to_owned())]);
    let known = parse(text).create_importing(&map(""), &place(), &exports).unwrap();
    assert_eq!(vec![format!("O={}", known.outputs[0].value)], outputs(text, ""), "plans know no exports");
    assert_ne!(outputs(text, ""), outputs(&text.replace("net-VpcId", "other-VpcId"), ""));
}

#[test]
fn a_chain_of_five_hundred_resources_is_followed_to_its_end() {
    let mut text = "Resources:\n".to_owned();
    for n in 0..499 {
        text += &format!("  R{n}: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref R{}}}}}\n", n + 1);
    }
    text += "  R499: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n";
    let (one, other) = (parse(&text), parse(&text.replace("10.0.", "10.1.")));
    let (one, other) = (one.create(&map(""), &place()).unwrap(), other.create(&map(""), &place()).unwrap());
    assert_ne!(one.resources[0], other.resources[0], "a change at one end is seen at the other");
}

/// Whether a plan and the identifiers agree for one resource.
fn agree(change: Option<&ResourceChange>, differs: bool) -> bool {
    let replaced = change.and_then(|change| change.replacement);
    let may = change.is_some_and(|change| {
        change.details.iter().any(|detail| {
            detail.recreation == Replacement::True && detail.evaluation == EvaluationType::Dynamic
        })
    });
    match replaced {
        Some(Replacement::True) => differs,
        Some(Replacement::Conditional) => !differs || may,
        _ => !differs,
    }
}

fn compare(
    name: &str,
    template: &Template,
    old: &BTreeMap<String, String>,
    (key, value): (&str, &str),
) -> usize {
    let mut given = old.clone();
    given.insert(key.to_owned(), value.to_owned());
    let Ok(new) = template.effective(&given) else { return 0 };
    let create = |values| template.create(values, &place());
    let (Ok(before), Ok(after)) = (create(old), create(&new)) else { return 0 };
    let Ok(changes) = template.changes(&new, Some((template, old)), &place()) else { return 0 };
    let ids = |stack: &Stack| -> BTreeMap<String, String> {
        stack.resources.iter().map(|it| (it.logical_id.clone(), it.physical_id.clone())).collect()
    };
    let (before_ids, after_ids) = (ids(&before), ids(&after));
    let given = given_ids(template, &new);
    let mut compared = 0;
    for resource in &after.resources {
        let id = &resource.logical_id;
        let Some(earlier) = before_ids.get(id) else { continue };
        let change = changes.iter().find(|change| change.logical_id == *id);
        let differs = *earlier != after_ids[id];
        // a name that the user gave stays, whatever happens to the resource
        let named = !differs && given.contains(&resource.physical_id);
        assert!(named || agree(change, differs), "{name} {key}={value}: {earlier} {resource:?} {change:?}");
        compared += 1;
    }
    compared
}

/// Identifiers that nothing in them is made up for: they are the same in any stack of the name.
fn given_ids(template: &Template, values: &BTreeMap<String, String>) -> BTreeSet<String> {
    let elsewhere = Place { stack_id: "another", ..place() };
    let stack = template.create(values, &elsewhere).unwrap();
    stack.resources.into_iter().map(|resource| resource.physical_id).collect()
}

fn other_values(template: &Template, values: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for parameter in template.parameters() {
        let current = values.get(&parameter.key).cloned().unwrap_or_default();
        let allowed = parameter.allowed_values.iter().take(2).cloned();
        let guesses = ["zz", "7", "10.77.0.0/16", "false", "ami-77777777777777777"];
        let longer = [format!("{current}x")];
        let all = allowed.chain(guesses.map(str::to_owned)).chain(longer).filter(|value| *value != current);
        found.extend(all.take(4).map(|value| (parameter.key.clone(), value)));
    }
    found
}

#[test]
fn plans_and_identifiers_agree_over_all_shared_templates() {
    let examples = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples"));
    let mut paths = real();
    ["quickstart", "platform", "account-factory"]
        .iter()
        .for_each(|example| templates(&examples.join(example).join("templates"), &mut paths));
    let (mut compared, mut shared) = (0, 0);
    for path in &paths {
        let text = std::fs::read_to_string(path).unwrap();
        let template = parse(&text);
        let values = template.effective(&valid_values(&template)).unwrap();
        for (key, value) in other_values(&template, &values) {
            let name = path.display().to_string();
            compared += compare(&name, &template, &values, (&key, &value));
        }
        shared += 1;
    }
    println!("{compared} resources compared over {shared} templates");
    assert!(compared > 100, "{compared}");
}

#[test]
fn plans_and_identifiers_agree_here() {
    let template = parse(TIERS);
    let values = template.effective(&map("")).unwrap();
    let others = other_values(&template, &values);
    let compared: usize =
        others.iter().map(|(key, value)| compare("tiers", &template, &values, (key, value))).sum();
    assert!(compared > 20);
}
