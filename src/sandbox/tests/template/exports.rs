//! What a stack exports, and what it imports from others.

use std::collections::BTreeMap;

use super::{create, map, outputs, parse, place};

const EXPORTING: &str = "Parameters:\n  P: {Type: String, Default: p}\nResources:\n  T: {Type: 'AWS::SNS::Topic'}\n\
    Outputs:\n  A: {Value: !Ref P, Export: {Name: !Sub '${AWS::StackName}-${P}'}}\n  B: {Value: !Ref P}\n";

#[test]
fn exports_are_with_the_outputs() {
    let names: Vec<Option<String>> =
        create(EXPORTING, "P=x").unwrap().outputs.into_iter().map(|output| output.export).collect();
    assert_eq!(names, [Some("SC-111122223333-pp-abc-x".to_owned()), None]);
}

#[test]
fn imports_take_what_is_exported() {
    let text = "Parameters:\n  Net: {Type: String, Default: net}\nResources:\n  T: {Type: 'AWS::SNS::Topic'}\n\
        Outputs:\n  Known: {Value: !ImportValue {'Fn::Sub': '${Net}-VpcId'}}\n  \
        Unknown: {Value: !ImportValue other-VpcId}\n";
    let template = parse(text);
    let values = template.effective(&map("")).unwrap();
    let exports = BTreeMap::from([("net-VpcId".to_owned(), "vpc-1".to_owned())]);
    let stack = template.create_importing(&values, &place(), &exports).unwrap();
    assert_eq!(stack.outputs[0].value, "vpc-1");
    let alone = outputs(text, "");
    assert_eq!(format!("Unknown={}", stack.outputs[1].value), alone[1], "as without any exports");
    assert!(alone[0].starts_with("Known=vpc-"), "{alone:?}");
}

#[test]
fn imported_lists_are_as_long_as_they_are_known_to_be() {
    let text = "Resources:\n  T: {Type: 'AWS::SNS::Topic'}\nOutputs:\n  \
        O: {Value: !Select [4, !Split [',', !ImportValue net-Names]]}\n";
    assert!(outputs(text, "")[0].len() > "O=".len(), "nobody knows how long");
    let template = parse(text);
    let exports = BTreeMap::from([("net-Names".to_owned(), "a,b".to_owned())]);
    let error = template.create_importing(&map(""), &place(), &exports).unwrap_err();
    assert_eq!(error, "Template error: Fn::Select cannot select nonexistent value at index 4");
}

#[test]
fn outputs_of_other_stacks() {
    let text = "Resources:\n  T: {Type: 'AWS::SNS::Topic'}\nOutputs:\n  \
        O: {Value: {'Fn::GetStackOutput': {StackName: net, OutputName: VpcId}}}\n";
    let [one] = &outputs(text, "")[..] else { panic!() };
    assert!(one.starts_with("O=vpc-"), "{one}");
    assert_ne!(*one, outputs(&text.replace("net", "other"), "")[0]);
}

#[test]
fn made_up_exports_have_the_shape_their_names_suggest() {
    let hex = "[0-9a-f]{17}";
    let table = [
        ("net-VpcId", format!("vpc-{hex}")),
        ("net-SubnetAPublic", format!("subnet-{hex}")),
        ("net-SubnetsPrivate", format!("subnet-{hex},subnet-{hex},subnet-{hex}")),
        ("net:PublicSubnetIds", format!("subnet-{hex},subnet-{hex},subnet-{hex}")),
        ("net-RouteTables", format!("rtb-{hex},rtb-{hex},rtb-{hex}")),
        ("net-AZs", "eu-west-1a,eu-west-1b,eu-west-1c".to_owned()),
        ("db-Endpoint", r"[a-z0-9]{12}\.eu-west-1\.amazonaws\.com".to_owned()),
        ("db-Status", "ACTIVE".to_owned()),
        ("web-PublicIp", r"52\.\d+\.\d+\.\d+".to_owned()),
    ];
    for (name, expected) in table {
        let value = outputs(
            &format!(
                "Resources:\n  T: {{Type: 'AWS::SNS::Topic'}}\nOutputs:\n  O: {{Value: !ImportValue '{name}'}}\n"
            ),
            "",
        );
        let whole = regex::Regex::new(&format!("^O={expected}$")).unwrap();
        assert!(whole.is_match(&value[0]), "{name}: {value:?}");
    }
}

#[test]
fn a_name_is_exported_once() {
    let text = EXPORTING
        .replace("B: {Value: !Ref P}", "B: {Value: !Ref P, Export: {Name: !Sub '${AWS::StackName}-x'}}");
    assert!(create(&text, "P=y").is_ok());
    let error = create(&text, "P=x").unwrap_err();
    let names = "[SC-111122223333-pp-abc-x]";
    let expected = format!(
        "Template format error: The Outputs section contains duplicate Export names: {names}. Specify a unique name for \
         each export."
    );
    assert_eq!(error, expected);
}
