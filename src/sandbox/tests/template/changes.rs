//! Resource-level change sets: what two versions of a stack make of each resource.

use provisor_sandbox::template::{ChangeAction, ChangeDetail, ResourceChange, Template};

use super::{map, parse, place};

const V1: &str = "Parameters:\n  Cidr: {Type: String, Default: 10.0.0.0/16}\n  Dns: {Type: String, Default: 'true'}\n\
    Resources:\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr, EnableDnsSupport: !Ref Dns}}\n  \
    Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}\n  \
    Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub 'q-${Dns}', Tags: [{Key: dns, Value: !Ref Dns}]}}\n";

fn changes(old: Option<(&Template, &str)>, new: (&Template, &str)) -> Result<Vec<ResourceChange>, String> {
    let old = old.map(|(template, given)| (template, template.effective(&map(given)).unwrap()));
    let new_values = new.0.effective(&map(new.1)).unwrap();
    let old = old.as_ref().map(|(template, values)| (*template, values));
    new.0.changes(&new_values, old, &place())
}

fn lines(changes: &[ResourceChange]) -> Vec<String> {
    let line = |change: &ResourceChange| {
        let names: Vec<&str> =
            change.details.iter().map(|detail| detail.name.as_deref().unwrap_or(detail.attribute)).collect();
        format!("{:?} {} {:?} {}", change.action, change.logical_id, change.replacement, names.join(","))
    };
    changes.iter().map(line).collect()
}

#[test]
fn a_creation_adds_everything() {
    let template = parse(V1);
    let found = changes(None, (&template, "")).unwrap();
    assert_eq!(lines(&found), ["Add Vpc None ", "Add Subnet None ", "Add Queue None "]);
    assert!(found.iter().all(|change| change.physical_id.is_none()));
}

#[test]
fn nothing_changes_nothing() {
    let template = parse(V1);
    assert_eq!(changes(Some((&template, "")), (&template, "Cidr=10.0.0.0/16")).unwrap(), []);
}

/// One detail per word: `Target/evaluation/source/causing entity`.
fn details(change: &ResourceChange) -> Vec<String> {
    let line = |detail: &ChangeDetail| {
        let target = detail.name.as_deref().unwrap_or(detail.attribute);
        let entity = detail.causing_entity.as_deref().unwrap_or("-");
        format!("{target}:{:?} {:?} {:?} {entity}", detail.recreation, detail.evaluation, detail.source)
    };
    change.details.iter().map(line).collect()
}

#[test]
fn values_modify_and_replace() {
    let template = parse(V1);
    let found = changes(Some((&template, "")), (&template, "Cidr=10.1.0.0/16")).unwrap();
    assert_eq!(
        lines(&found),
        ["Modify Vpc Some(True) CidrBlock,CidrBlock", "Modify Subnet Some(Conditional) VpcId"]
    );
    assert!(found[0].physical_id.as_ref().unwrap().starts_with("vpc-"));
    assert_eq!(
        details(&found[0]),
        ["CidrBlock:True Dynamic DirectModification -", "CidrBlock:True Static ParameterReference Cidr"]
    );
    assert_eq!(details(&found[1]), ["VpcId:True Dynamic ResourceReference Vpc"]);
    let found = changes(Some((&template, "")), (&template, "Dns=false")).unwrap();
    let queue = "Modify Queue Some(True) QueueName,QueueName,Tags,Tags";
    assert_eq!(lines(&found), ["Modify Vpc Some(False) EnableDnsSupport,EnableDnsSupport", queue]);
    let tags = ["Tags:False Dynamic DirectModification -", "Tags:False Static ParameterReference Dns"];
    assert_eq!(details(&found[1])[2..], tags);
}

const CHAIN: &str = "Parameters:\n  Size: {Type: String, Default: small}\n  Extra: {Type: String, Default: 'no'}\n\
    Mappings:\n  M:\n    small: {ami: ami-1}\n    large: {ami: ami-1}\n\
    Conditions:\n  Big: !Equals [!Ref Size, large]\n\
    Resources:\n  \
    Role: {Type: AWS::IAM::Role, Properties: {Description: !Ref Extra}}\n  \
    Server:\n    Type: AWS::EC2::Instance\n    Properties:\n      ImageId: !FindInMap [M, !Ref Size, ami]\n      \
    KeyName: !If [Big, big, little]\n  \
    Address: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Server}}\n  \
    Record: {Type: AWS::Route53::RecordSet, Properties: {Name: x, ResourceRecords: [!GetAtt Server.PublicIp]}}\n  \
    Watch: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt Address.AllocationId, Subscription: !Ref Role}}\n";

#[test]
fn replacements_spread_to_what_depends_on_them() {
    let template = parse(CHAIN);
    let found = changes(Some((&template, "")), (&template, "Size=large")).unwrap();
    assert_eq!(
        lines(&found),
        [
            "Modify Server Some(True) KeyName,KeyName",
            "Modify Address Some(False) InstanceId",
            "Modify Record Some(False) ResourceRecords",
            "Modify Watch Some(False) DisplayName",
        ],
        "the image is the same, a role that stays keeps its name"
    );
    assert_eq!(details(&found[0])[1], "KeyName:True Static ParameterReference Size");
    assert_eq!(details(&found[1]), ["InstanceId:False Dynamic ResourceReference Server"]);
    assert_eq!(details(&found[2])[0], "ResourceRecords:False Dynamic ResourceAttribute Server.PublicIp");
    assert_eq!(details(&found[3]), ["DisplayName:False Dynamic ResourceAttribute Address.AllocationId"]);
    let found = changes(Some((&template, "")), (&template, "Extra=yes")).unwrap();
    assert_eq!(lines(&found), ["Modify Role Some(False) Description,Description"]);
}

#[test]
fn what_the_template_says_is_a_direct_modification() {
    let old = parse(CHAIN);
    let policy = parse(&CHAIN.replace("Role: {", "Role: {DeletionPolicy: Retain, Metadata: {a: b}, "));
    let found = changes(Some((&old, "")), (&policy, "")).unwrap();
    assert_eq!(
        details(&found[0]),
        ["Metadata:False Static DirectModification -", "DeletionPolicy:False Static DirectModification -"]
    );
    let kept = parse(&CHAIN.replace("Address: {", "Address: {DeletionPolicy: Retain, "));
    let found = changes(Some((&old, "")), (&kept, "")).unwrap();
    assert_eq!(
        lines(&found),
        ["Modify Address Some(False) DeletionPolicy"],
        "nothing to read from it is new"
    );
    let mapping = parse(&CHAIN.replace("{ami: ami-1}", "{ami: ami-2}"));
    let found = changes(Some((&old, "")), (&mapping, "")).unwrap();
    assert_eq!(details(&found[0]), ["ImageId:True Static DirectModification -"], "a mapping is template too");
    let same = parse(&CHAIN.replace("!If [Big, big, little]", "little"));
    assert_eq!(changes(Some((&old, "")), (&same, "")).unwrap(), [], "another way to say the same");
}

#[test]
fn another_version_adds_and_removes() {
    let old = parse(V1);
    let text =
        V1.replace("  Subnet:", "  Other:").replace("CidrBlock:", "InstanceTenancy: default, CidrBlock:");
    let new = parse(&text);
    let found = changes(Some((&old, "")), (&new, "")).unwrap();
    assert_eq!(
        lines(&found),
        ["Modify Vpc Some(Conditional) InstanceTenancy", "Add Other None ", "Remove Subnet None "]
    );
    assert_eq!(found[2].action, ChangeAction::Remove);
}

#[test]
fn a_resource_keeps_its_type() {
    let (old, new) = (parse(V1), parse(&V1.replace("AWS::SQS::Queue", "AWS::SNS::Topic")));
    let error = changes(Some((&old, "")), (&new, "")).unwrap_err();
    assert!(error.ends_with("modifies resource type of the following resources: [Queue]"), "{error}");
}

#[test]
fn the_schemas_say_what_replaces() {
    let table = [
        ("AWS::AppFlow::Flow", "KMSArn", "True"),
        ("AWS::AppFlow::Flow", "FlowName", "True"),
        ("AWS::AppFlow::Flow", "Description", "False"),
        ("AWS::AccessAnalyzer::Analyzer", "AnalyzerConfiguration", "Conditional"),
        ("AWS::AccessAnalyzer::Analyzer", "Tags", "False"),
        ("Custom::Thing", "Any", "Conditional"),
        ("AWS::No::Such", "Any", "Conditional"),
    ];
    for (kind, property, expected) in table {
        let text =
            |value| format!("Resources:\n  R: {{Type: '{kind}', Properties: {{{property}: {value}}}}}\n");
        let (old, new) = (parse(&text("a")), parse(&text("b")));
        let found = changes(Some((&old, "")), (&new, "")).unwrap();
        assert_eq!(lines(&found), [format!("Modify R Some({expected}) {property}")], "{kind}");
    }
}
