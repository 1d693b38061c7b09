//! Made-up identifiers: the right shape, stable, distinct, and changing exactly when their inputs change.

use std::collections::{BTreeMap, BTreeSet};

use provisor_sandbox::template::Place;
use regex::Regex;

use super::{in_region, map, outputs, parse};

/// A template with one resource `R` and one output `O`.
fn resource(kind: &str, properties: &str, value: &str) -> String {
    format!(
        "Resources:\n  R:\n    Type: {kind}\n    Properties: {{{properties}}}\nOutputs:\n  O: {{Value: {value}}}\n"
    )
}

fn value(kind: &str, properties: &str, value: &str) -> String {
    outputs(&resource(kind, properties, value), "").remove(0).split_off(2)
}

/// Type, properties, expression, and what its value looks like; `HEX` is 17 hexadecimal digits.
const SHAPES: &[(&str, &str, &str, &str)] = &[
    ("AWS::EC2::VPC", "", "!Ref R", "vpc-HEX"),
    ("AWS::EC2::Subnet", "", "!Ref R", "subnet-HEX"),
    ("AWS::IAM::Role", "", "!GetAtt R.RoleName", "SC-111122223333-pp-abc-R-[0-9A-Z]{12}"),
    ("AWS::SageMaker::Endpoint", "", "!GetAtt R.EndpointName", "SC-111122223333-pp-abc-R-[0-9A-Z]{12}"),
    (
        "AWS::EC2::Route",
        "RouteTableId: rtb-1, DestinationCidrBlock: 0.0.0.0/0",
        "!Ref R",
        r"rtb-1\|0\.0\.0\.0/0",
    ),
    ("AWS::EC2::VPCGatewayAttachment", "VpcId: vpc-1", "!Ref R", r"IGW\|vpc-1"),
    ("AWS::Glue::Database", "DatabaseInput: {Name: mydb}", "!Ref R", "mydb"),
    ("AWS::Glue::Database", "DatabaseInput: {}", "!Ref R", "sc-111122223333-pp-abc-r-[0-9a-z]{12}"),
    ("AWS::Glue::Table", "DatabaseName: d, TableInput: {Name: t}", "!Ref R", "t"),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Name: lb, Scheme: internal",
        "!GetAtt R.DNSName",
        r"internal-lb-[0-9]{10}\.eu-west-1\.elb\.amazonaws\.com",
    ),
    (
        "AWS::ElasticLoadBalancing::LoadBalancer",
        "LoadBalancerName: lb",
        "!GetAtt R.DNSName",
        r"lb-[0-9]{10}\.eu-west-1\.elb\.amazonaws\.com",
    ),
    // types that only the schemas know
    (
        "AWS::ACMPCA::CertificateAuthority",
        "",
        "!Ref R",
        "arn:aws:acm-pca:eu-west-1:111122223333:certificateauthority/.+",
    ),
    ("AWS::AppFlow::Flow", "FlowName: f", "!Ref R", "f"),
    (
        "AWS::AppFlow::Flow",
        "",
        "!GetAtt R.FlowArn",
        "arn:aws:appflow:eu-west-1:111122223333:flow/SC-111122223333-pp-abc-R-[0-9A-Z]{12}",
    ),
    (
        "AWS::AppFlow::Flow",
        "FlowName: f",
        "!GetAtt R.FlowArn",
        "arn:aws:appflow:eu-west-1:111122223333:flow/f",
    ),
    ("AWS::AppMesh::VirtualNode", "", "!Ref R", "[a-z0-9]{17}"),
    ("AWS::CleanRooms::Membership", "", "!Ref R", "[a-z0-9]{17}"),
    ("AWS::GuardDuty::Master", "", "!Ref R", ".+"),
    ("AWS::Connect::Queue", "", "!Ref R", "arn:aws:connect:eu-west-1:111122223333:queue/.+"),
    ("AWS::Timestream::InfluxDBBackup", "", "!Select [0, !GetAtt R.VpcSubnetIds]", "subnet-HEX"),
    ("AWS::RDS::DBSnapshot", "", "!GetAtt R.Status", "ACTIVE"),
    ("Custom::Thing", "", "!GetAtt R.SubnetId", "subnet-HEX"),
    ("Custom::Thing", "", "!GetAtt R.BastionIP", r"52\.\d+\.\d+\.\d+"),
    ("Custom::Thing", "", "!GetAtt R.Zip", "zip-[a-z0-9]{12}"),
    ("Custom::Thing", "", "!GetAtt R.RoleArn", "arn:aws:iam::111122223333:role/[a-z0-9]{12}"),
    ("AWS::CloudFormation::Stack", "", "!GetAtt R.Outputs.VpcId", "vpc-HEX"),
    ("AWS::CloudFormation::Stack", "", "!GetAtt R.Outputs.PrivateSubnet1AID", "subnet-HEX"),
    ("AWS::CloudFormation::Stack", "", "!GetAtt R.Outputs.PublicRouteTableAZ1", "rtb-HEX"),
    ("AWS::CloudFormation::Stack", "", "!GetAtt R.Outputs.DomainMemberSGID", "sg-HEX"),
    (
        "AWS::CloudFormation::Stack",
        "",
        "!GetAtt R.Outputs.DBSubnetGroupName",
        "dbsubnetgroupname-[a-z0-9]{12}",
    ),
    ("AWS::EC2::SecurityGroup", "", "!GetAtt R.GroupId", "sg-HEX"),
    ("AWS::EC2::Instance", "", "!Ref R", "i-HEX"),
    ("AWS::EC2::Instance", "", "!GetAtt R.PrivateIp", r"10\.\d+\.\d+\.\d+"),
    ("AWS::EC2::InternetGateway", "", "!Ref R", "igw-HEX"),
    ("AWS::EC2::RouteTable", "", "!Ref R", "rtb-HEX"),
    ("AWS::EC2::EIP", "", "!GetAtt R.AllocationId", "eipalloc-HEX"),
    ("AWS::EC2::EIP", "", "!Ref R", r"52\.\d+\.\d+\.\d+"),
    ("AWS::EC2::VPC", "CidrBlock: 10.1.0.0/16", "!GetAtt R.CidrBlock", r"10\.1\.0\.0/16"),
    (
        "AWS::EC2::VPC",
        "",
        "!Select [0, !GetAtt R.Ipv6CidrBlocks]",
        r"2a05:d018:[0-9a-f]{3}:[0-9a-f]{2}00::/56",
    ),
    ("AWS::S3::Bucket", "", "!Ref R", "sc-111122223333-pp-abc-r-[0-9a-z]{12}"),
    ("AWS::S3::Bucket", "BucketName: Mine", "!GetAtt R.Arn", "arn:aws:s3:::mine"),
    (
        "AWS::S3::Bucket",
        "",
        "!GetAtt R.WebsiteURL",
        r"http://sc-[a-z0-9-]+\.s3-website-eu-west-1\.amazonaws\.com",
    ),
    (
        "AWS::SQS::Queue",
        "",
        "!Ref R",
        "https://sqs.eu-west-1.amazonaws.com/111122223333/SC-111122223333-pp-abc-R-[0-9A-Z]{12}",
    ),
    ("AWS::SQS::Queue", "QueueName: q", "!GetAtt R.Arn", "arn:aws:sqs:eu-west-1:111122223333:q"),
    ("AWS::SNS::Topic", "TopicName: t", "!Ref R", "arn:aws:sns:eu-west-1:111122223333:t"),
    (
        "AWS::RDS::DBInstance",
        "DBInstanceIdentifier: Main",
        "!GetAtt R.Endpoint.Address",
        r"main\.c[a-z0-9]{11}\.eu-west-1\.rds\.amazonaws\.com",
    ),
    ("AWS::RDS::DBInstance", "Engine: postgres", "!GetAtt [R, Endpoint.Port]", "5432"),
    ("AWS::RDS::DBInstance", "Engine: mysql, Port: 3399", "!GetAtt R.Endpoint.Port", "3399"),
    ("AWS::Redshift::Cluster", "", "!GetAtt R.Endpoint.Port", "5439"),
    (
        "AWS::ElastiCache::ReplicationGroup",
        "",
        "!GetAtt R.PrimaryEndPoint.Address",
        r"sc-[a-z0-9-]+\.[a-z0-9]{6}\.ng\.0001\.eu-west-1\.cache\.amazonaws\.com",
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "",
        "!GetAtt R.DNSName",
        r"[A-Za-z0-9-]{1,32}-\d{10}\.eu-west-1\.elb\.amazonaws\.com",
    ),
    (
        "AWS::Lambda::Function",
        "FunctionName: f",
        "!GetAtt R.Arn",
        "arn:aws:lambda:eu-west-1:111122223333:function:f",
    ),
    ("AWS::IAM::Role", "RoleName: r", "!GetAtt R.Arn", "arn:aws:iam::111122223333:role/r"),
    (
        "AWS::ApiGateway::RestApi",
        "",
        "!Sub 'https://${R}.execute-api.${AWS::Region}.amazonaws.com'",
        r"https://[a-z0-9]{10}\.execute-api\.eu-west-1\.amazonaws\.com",
    ),
    ("AWS::KMS::Key", "", "!Ref R", "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}"),
    ("AWS::Organizations::Account", "", "!GetAtt R.AccountId", r"[1-9]\d{11}"),
    ("AWS::Made::Up", "", "!Ref R", "SC-111122223333-pp-abc-R-[0-9A-Z]{12}"),
    ("AWS::Made::Up", "", "!GetAtt R.SomeArn", "arn:aws:made:eu-west-1:111122223333:up/.+"),
    ("AWS::Made::Up", "", "!GetAtt R.Thing.Url", "https://.+"),
    ("AWS::Made::Up", "", "!GetAtt R.Endpoint.Port", "443"),
    ("Custom::Account", "", "!GetAtt R.AccountId", r"\d{12}"),
    ("AWS::ControlTower::Account", "", "!GetAtt R.AccountId", r"[1-9]\d{11}"),
    ("AWS::Made::Account", "", "!GetAtt R.AccountId", r"[1-9]\d{11}"),
    ("Custom::Lookup", "", "!GetAtt R.VpcId", "vpc-HEX"),
    ("Custom::Echo", "Name: hello", "!GetAtt R.Name", "hello"),
    ("AWS::CloudFormation::Stack", "", "!GetAtt R.Outputs.PrivateSubnet1ID", "subnet-HEX"),
];

#[test]
fn shapes() {
    for (kind, properties, expression, pattern) in SHAPES {
        let text = value(kind, properties, expression);
        let whole = Regex::new(&format!("^(?:{})$", pattern.replace("HEX", "[0-9a-f]{17}"))).unwrap();
        assert!(whole.is_match(&text), "{kind} {expression}: {text} is not {pattern}");
    }
}

#[test]
fn a_list_is_as_long_as_was_asked_for() {
    let card =
        |properties: &str, expression: &str| value("AWS::EC2::NetworkInterface", properties, expression);
    let all = "!Join [' ', !GetAtt R.SecondaryPrivateIpAddresses]";
    let two = card("SecondaryPrivateIpAddressCount: 2", all);
    let two: Vec<&str> = two.split(' ').collect();
    assert!(two.len() == 2 && two[0] != two[1] && two.iter().all(|text| text.starts_with("10.")), "{two:?}");
    let named = "PrivateIpAddresses: [{PrivateIpAddress: 10.0.0.5, Primary: true}, {PrivateIpAddress: 10.0.0.6}, \
                 {PrivateIpAddress: 10.0.0.7, Primary: false}]";
    assert_eq!(card(named, all), "10.0.0.6 10.0.0.7");
    assert_eq!(card("", all), "");
    let endless = card("SecondaryPrivateIpAddressCount: 4000000000", all);
    assert_eq!(endless.split(' ').count(), 100);
}

fn is_list(pattern: &str) -> bool {
    pattern.starts_with("list ") || pattern.starts_with("many ")
}

#[test]
fn every_shape_in_the_table_fills() {
    let table = include_str!("../../template/guess/resource_types.txt");
    let mut kind = "";
    let mut seen = 0;
    for line in table.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let first = line.split_whitespace().next().unwrap();
        if !line.starts_with(' ') {
            kind = first;
            continue;
        }
        let list = line.trim().split_once(' ').is_some_and(|(_, pattern)| is_list(pattern.trim()));
        let expression = match (first, list) {
            ("Ref", _) => "!Ref R".to_owned(),
            (_, true) => format!("!Select [0, !GetAtt R.{first}]"),
            _ => format!("!GetAtt R.{first}"),
        };
        let count = if line.contains(" many ") { "SecondaryPrivateIpAddressCount: 1" } else { "" };
        let text = value(kind, count, &expression);
        assert!(!text.contains(['{', '}']) || text == "{}", "{kind} {first}: {text}");
        assert!(!text.is_empty() || line.contains("{property:"), "{kind} {first} is empty");
        seen += 1;
    }
    assert!(seen > 300, "{seen}");
}

#[test]
fn names_fit_the_service() {
    let long = "ALoadBalancerWithARatherLongLogicalName";
    let text = format!(
        "Resources:\n  {long}: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer}}\nOutputs:\n  O: {{Value: !GetAtt {long}.LoadBalancerName}}\n"
    );
    let name = outputs(&text, "").remove(0).split_off(2);
    assert!(name.len() <= 32 && name.starts_with("SC-"), "{name}");
}

/// The outputs of a template with many resources, by name.
fn many(properties: &str, place: Place<'_>) -> BTreeMap<String, String> {
    let text = format!(
        "Parameters:\n  Size: {{Type: String, Default: small}}\n  Name: {{Type: String, Default: db}}\nResources:\n  \
         Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16, {properties}}}}}\n  \
         Db: {{Type: AWS::RDS::DBInstance, Properties: {{DBInstanceIdentifier: !Ref Name, DBInstanceClass: !Ref Size}}}}\n  \
         Q: {{Type: AWS::SQS::Queue}}\n  Q2: {{Type: AWS::SQS::Queue}}\nOutputs:\n  \
         Vpc: {{Value: !Ref Vpc}}\n  Host: {{Value: !GetAtt Db.Endpoint.Address}}\n  Db: {{Value: !Ref Db}}\n  \
         Q: {{Value: !Ref Q}}\n  Q2: {{Value: !Ref Q2}}\n  Size: {{Value: !Sub 'size-${{Size}}'}}\n"
    );
    many_of(&text, "", place)
}

fn many_of(text: &str, parameters: &str, place: Place<'_>) -> BTreeMap<String, String> {
    let template = parse(text);
    let stack = template.create(&template.effective(&map(parameters)).unwrap(), &place).unwrap();
    stack.outputs.into_iter().map(|output| (output.key, output.value)).collect()
}

fn differing(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> Vec<String> {
    one.iter().filter(|(key, value)| other[*key] != **value).map(|(key, _)| key.clone()).collect()
}

#[test]
fn outputs_change_exactly_with_their_inputs() {
    let first = many("", super::place());
    assert_eq!(first, many("", super::place()), "stable");
    assert_eq!(first.values().collect::<BTreeSet<_>>().len(), first.len(), "distinct");
    assert_eq!(
        differing(&first, &many("EnableDnsSupport: true", super::place())),
        [""; 0],
        "unrelated property"
    );
    let all = ["Host", "Q", "Q2", "Vpc"];
    let elsewhere = differing(&first, &many("", in_region("us-east-1")));
    assert_eq!(elsewhere, all, "region");
    let other_stack = Place { stack_id: "arn:other", ..super::place() };
    assert_eq!(differing(&first, &many("", other_stack)), all, "stack");
    let other_account = Place { account_id: "444455556666", ..super::place() };
    assert_eq!(differing(&first, &many("", other_account)), all, "account");
}

#[test]
fn parameters_reach_only_what_they_name() {
    let text = "Parameters:\n  Size: {Type: String, Default: small}\n  Name: {Type: String, Default: db}\nResources:\n  \
        Db: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: !Ref Name, DBInstanceClass: !Ref Size}}\nOutputs:\n  \
        Host: {Value: !GetAtt Db.Endpoint.Address}\n  Db: {Value: !Ref Db}\n  Size: {Value: !Sub 'size-${Size}'}\n";
    let first = many_of(text, "", super::place());
    assert_eq!(differing(&first, &many_of(text, "Size=large", super::place())), ["Size"]);
    assert_eq!(differing(&first, &many_of(text, "Name=other", super::place())), ["Db", "Host"]);
    assert_eq!(many_of(text, "Name=Other", super::place())["Db"], "other");
}

#[test]
fn secrets_are_traced_to_outputs() {
    let text = "Parameters:\n  Secret: {Type: String, NoEcho: 'yes', Default: s3}\n  Open: {Type: String, Default: o}\n\
        Conditions:\n  Known: !Equals [!Ref Secret, s3]\n  Fine: !Equals [!Ref Open, o]\n\
        Resources:\n  B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub 'x-${Secret}'}}\n  \
        D: {Type: AWS::RDS::DBInstance, Properties: {MasterUserPassword: !Ref Secret}}\n\
        Outputs:\n  Direct: {Value: !Ref Secret}\n  Sub: {Value: !Sub '${Open}-${Secret}'}\n  \
        Map: {Value: !Sub ['${X}', {X: !Ref Secret}]}\n  ByName: {Value: !GetAtt B.Arn}\n  Bucket: {Value: !Ref B}\n  \
        Cond: {Value: !If [Known, a, b]}\n  Host: {Value: !GetAtt D.Endpoint.Address}\n  Fine: {Value: !If [Fine, a, b]}\n  \
        Own: {Value: !Sub ['${Secret}', {Secret: !Ref Open}]}\n  Plain: {Value: !Ref Open}\n  \
        Echo: {Value: !GetAtt D.MasterUserPassword}\n";
    let shown: Vec<String> = parse(text).outputs_of_secrets().into_iter().collect();
    assert_eq!(shown, ["Bucket", "ByName", "Cond", "Direct", "Echo", "Map", "Sub"]);
}

#[test]
fn one_resource_has_one_identity() {
    let pairs = [
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "!Ref R", "!GetAtt R.LoadBalancerFullName"),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", "!Ref R", "!GetAtt R.TargetGroupFullName"),
        ("AWS::Transfer::Server", "!GetAtt R.Arn", "!GetAtt R.ServerId"),
        ("AWS::WAFv2::WebACL", "!GetAtt R.Arn", "!GetAtt R.Id"),
        ("AWS::AppSync::GraphQLApi", "!Ref R", "!GetAtt R.ApiId"),
        ("AWS::Amplify::App", "!Ref R", "!GetAtt R.AppId"),
    ];
    for (kind, whole, part) in pairs {
        let (whole, part) = (value(kind, "", whole), value(kind, "", part));
        assert!(whole.ends_with(&part), "{kind}: {whole} and {part}");
    }
}
