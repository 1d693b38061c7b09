//! Resource-level change sets: what two versions of a stack make of each resource.

use provisor::sandbox::template::{ChangeAction, Replacement, ResourceChange, Template};

use super::{map, parse, place};

const V1: &str = "Parameters:\n  Cidr: {Type: String, Default: 10.0.0.0/16}\n  Dns: {Type: String, Default: 'true'}\n\
    Resources:\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr, EnableDnsSupport: !Ref Dns}}\n  \
    Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}\n  \
    Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub 'q-${Dns}', Tags: [{Key: dns, Value: !Ref Dns}]}}\n";

fn changes(old: Option<(&Template, &str)>, new: (&Template, &str)) -> Result<Vec<ResourceChange>, String> {
    let old = old.map(|(template, given)| (template, template.effective(&map(given)).unwrap()));
    let new_values = new.0.effective(&map(new.1)).unwrap();
    Template::changes(
        old.as_ref().map(|(template, values)| (*template, values)),
        (new.0, &new_values),
        &place(),
    )
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

#[test]
fn values_modify_and_replace() {
    let template = parse(V1);
    let found = changes(Some((&template, "")), (&template, "Cidr=10.1.0.0/16")).unwrap();
    assert_eq!(lines(&found), ["Modify Vpc Some(True) CidrBlock"]);
    assert!(found[0].physical_id.as_ref().unwrap().starts_with("vpc-"));
    let found = changes(Some((&template, "")), (&template, "Dns=false")).unwrap();
    assert_eq!(
        lines(&found),
        ["Modify Vpc Some(False) EnableDnsSupport", "Modify Queue Some(True) QueueName,Tags"]
    );
    assert_eq!(found[1].details[1].recreation, Replacement::False);
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
