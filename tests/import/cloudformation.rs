//! Templates of CloudFormation: what they say of provisioned products, in all the forms in which templates say things.

use provisor::import::{
    ForeignFile, ForeignProduct, ForeignTags, FoundValue, OtherFile, StackPlace, cloudformation,
};
use provisor::model::product::{ArtifactSelector, Bound, OnRemoval, Selector};

const TEMPLATE: &str = r#"
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Env: {Type: String, Default: dev}
  Cidr: {Type: String}
  Password: {Type: String, NoEcho: true, Default: hush}
  Ami: {Type: "AWS::SSM::Parameter::Value<String>", Default: /a/b}
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Network:
    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct
    DeletionPolicy: Retain
    Properties:
      ProductName: vpc
      ProvisioningArtifactName: v1
      ProvisionedProductName: !Sub "net-${Env}"
      PathName: platform
      AcceptLanguage: jp
      NotificationArns: [!Sub "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:told", !Ref Topic]
      ProvisioningParameters:
        - {Key: Cidr, Value: !Ref Cidr}
        - {Key: Zone, Value: !Join ["-", [a, !Ref Env, "${x}"]]}
        - {Key: Image, Value: !Ref Ami}
        - {Key: Empty}
        - {Key: Count, Value: 007}
      Tags:
        - {Key: env, Value: {Ref: Env}}
        - {Key: topic, Value: {"Fn::GetAtt": [Topic, TopicName]}}
  App:
    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct
    DependsOn: [Topic, Network]
    Properties:
      ProductId: prod-1
      ProvisioningArtifactId: pa-1
      ProvisionedProductName: app
      ProvisioningParameters:
        - {Key: Subnet, Value: !GetAtt Network.Outputs.SubnetId}
        - {Key: Vpc, Value: {"Fn::GetAtt": [Network, Outputs.VpcId]}}
        - {Key: Url, Value: !Sub ["https://${Host}/$${!Literal}", {Host: !Ref Env}]}
        - {Key: Mixed, Value: !Sub "x-${Network.Outputs.VpcId}"}
        - {Key: Password, Value: !Ref Password}
        - {Key: Chosen, Value: !If [A, b, c]}
      ProvisioningPreferences:
        StackSetAccounts: ["410000000001"]
        StackSetRegions: [!Ref AWS::Region]
        StackSetFailureToleranceCount: 0
        StackSetMaxConcurrencyPercentage: 50
      Odd: 1
  Unnamed:
    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct
    Properties: {ProductName: vpc}
  Fn::ForEach::Many: []
"#;

fn read(text: &str) -> Result<ForeignFile, OtherFile> {
    let place = StackPlace { account_id: Some("111122223333".into()), region: "eu-west-1".into() };
    cloudformation(text, "t.yaml", &place)
}

fn text(text: &str) -> FoundValue {
    FoundValue::Text(text.to_owned())
}

fn output(key: &str) -> FoundValue {
    FoundValue::Output { of: "Network".into(), key: key.into() }
}

fn both(file: &ForeignFile) -> (&ForeignProduct, &ForeignProduct) {
    let [network, app] = &file.products[..] else { panic!("{:?}", file.products) };
    (network, app)
}

#[test]
fn a_template_tells_what_it_can() {
    let file = read(TEMPLATE).unwrap();
    let (network, app) = both(&file);
    assert_eq!((&*network.key, &network.which), ("Network", &Selector::Name("net-dev".into())));
    assert_eq!(network.region.as_deref(), Some("eu-west-1"));
    assert_eq!(network.product, Some(Selector::Name("vpc".into())));
    assert_eq!(network.artifact, Some(ArtifactSelector::Name("v1".into())));
    assert_eq!(
        (network.path_name.as_deref(), network.accept_language.as_deref()),
        (Some("platform"), Some("jp"))
    );
    assert_eq!(network.notification_arns, ["arn:aws:sns:eu-west-1:111122223333:told"]);
    let expected = [("Zone", text("a-dev-${x}")), ("Empty", text("")), ("Count", text("007"))];
    assert_eq!(network.parameters, expected.map(|(key, value)| (key.to_owned(), value)).into());
    assert_eq!(network.tags, ForeignTags::AtLeast([("env".into(), "dev".into())].into()));
    assert_eq!((network.on_removal, app.on_removal), (OnRemoval::Forget, OnRemoval::Terminate));
    assert_eq!(app.product, Some(Selector::Id("prod-1".into())));
    assert_eq!(app.artifact, Some(ArtifactSelector::Id("pa-1".into())));
    assert_eq!(app.depends_on, ["Network".to_owned()].into());
    let expected = [
        ("Subnet", output("SubnetId")),
        ("Vpc", output("VpcId")),
        ("Url", text("https://dev/$${Literal}")),
        ("Password", FoundValue::Sensitive),
    ];
    assert_eq!(app.parameters, expected.map(|(key, value)| (key.to_owned(), value)).into());
    let preferences = app.preferences.clone().unwrap();
    assert_eq!(
        (&preferences.accounts[..], &preferences.regions[..]),
        (&["410000000001".into()][..], &["eu-west-1".into()][..])
    );
    assert_eq!(preferences.failure_tolerance, Some(Bound::Count(0)));
    assert_eq!(preferences.max_concurrency, Some(Bound::Percentage(50)));
    assert!(!format!("{file:?}").contains("hush"));
}

#[test]
fn what_it_cannot_tell_is_said_with_its_line() {
    let file = read(TEMPLATE).unwrap();
    assert_eq!(
        file.changed,
        [
            "t.yaml:19: Network: an entry is left out: `Topic` is not known before it is made",
            "t.yaml:21: Network: `Cidr` is as it is there: the parameter `Cidr` has no default",
            "t.yaml:23: Network: `Image` is as it is there: the parameter `Ami` is looked up",
            "t.yaml:28: Network: `topic` is as it is there: `Topic.TopicName` is not known before it is made",
            "t.yaml:31: App: `DependsOn` on `Topic` is left out: that is no provisioned product of the template",
            "t.yaml:40: App: `Mixed` is as it is there: `${Network.Outputs.VpcId}` stands beside other text",
            "t.yaml:42: App: `Chosen` is as it is there: `If` is not evaluated",
            "t.yaml:48: App: `Odd` is left out",
        ]
    );
    assert_eq!(
        file.left,
        [
            "t.yaml:49: Unnamed: CloudFormation chose its name: import it by `import --all --name NAME`",
            "t.yaml:52: Fn::ForEach::Many: loops are not read",
        ]
    );
}

#[test]
fn json_is_read_alike() {
    let json = r#"{"Resources": {"Net": {"Type": "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
        "Properties": {"ProvisionedProductName": {"Fn::Sub": "net-${AWS::Region}"},
        "ProvisioningParameters": [{"Key": "A", "Value": {"Fn::Join": ["", ["a", {"Ref": "AWS::AccountId"}]]}}]}}}}"#;
    let file = read(json).unwrap();
    assert_eq!(file.products[0].which, Selector::Name("net-eu-west-1".into()));
    assert_eq!(file.products[0].parameters["A"], text("a111122223333"));
}

#[test]
fn another_file_is_named() {
    let check = |given: &str, expected: &str| {
        let OtherFile { message, hint } = read(given).unwrap_err();
        assert!(message.contains(expected) && !hint.is_empty(), "{message}");
    };
    check(r#"{"version": 4, "lineage": "l"}"#, "written by Terraform");
    check("launches: {}\n", "no `Resources`");
    check("a: [", "line 2, column 1");
    assert_eq!(read("Resources: {}\n").unwrap(), ForeignFile::default());
}

/// Whether it can be evaluated or not, and whether the text is here or looked up when it is deployed.
#[test]
fn whatever_a_secret_goes_into_is_one() {
    let read_value = |value: &str| {
        let template = format!(
            "Parameters:\n  Tok: {{Type: String, NoEcho: true}}\n  Open: {{Type: String, Default: o}}\nResources:\n  App:\n    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct\n    Properties:\n      ProductName: p\n      ProvisioningArtifactName: v1\n      ProvisionedProductName: app\n      ProvisioningParameters:\n        - Key: K\n          Value: {value}\n"
        );
        read(&template).unwrap().products[0].parameters.get("K").cloned()
    };
    for value in [
        "!If [C, !Ref Tok, x]",
        "!Select [0, !Split [\",\", !Ref Tok]]",
        "{\"Fn::Base64\": !Ref Tok}",
        "{\"Fn::Base64\": {Ref: Tok}}",
        "!Join [\"\", [!ImportValue z, !Ref Tok]]",
        "!FindInMap [M, !Ref Tok, x]",
        "!Sub [\"${A}\", {A: !If [C, !Ref Tok, x]}]",
        "!Sub \"a-${Tok}\"",
        "'{{resolve:secretsmanager:db:SecretString:pw}}'",
        "!Sub '{{resolve:ssm-secure:/${Open}/b}}'",
    ] {
        assert_eq!(read_value(value), Some(FoundValue::Sensitive), "{value}");
    }
    for value in ["!If [C, !Ref Open, x]", "'{{resolve:ssm:/a/b}}'"] {
        assert_eq!(read_value(value), None, "{value}: left as it is there");
    }
}

/// A tag is in clear where it is deployed: what is not echoed cannot be kept from it.
#[test]
fn a_tag_that_shows_a_secret_is_not_carried_over() {
    let template = |tag: &str| {
        format!(
            "Parameters:\n  Pw: {{Type: String, NoEcho: true, Default: swordfish}}\nResources:\n  App:\n    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct\n    Properties:\n      ProvisionedProductName: app\n      Tags:\n        - Key: hint\n          Value: {tag}\n"
        )
    };
    for tag in ["!Ref Pw", "!Sub 'use ${Pw}'", "'{{resolve:secretsmanager:db:SecretString:pw}}'"] {
        let file = read(&template(tag)).unwrap();
        assert!(file.products.is_empty(), "{tag}");
        let why = "t.yaml:4: App: line 10: the tag `hint` shows what is not echoed, and only parameters can be secret here";
        assert_eq!(file.left, [why], "{tag}");
        // where the default comes out elsewhere, it is found
        assert_eq!(file.secrets.iter().map(|one| one.expose()).collect::<Vec<_>>(), ["swordfish"]);
        assert!(!format!("{file:?}").contains("swordfish"));
    }
}

/// Whatever stands there and has no place in a declaration is said, wherever it stands.
#[test]
fn nothing_of_a_resource_is_dropped_in_silence() {
    let text = r#"
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  One:
    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct
    Metadata: {told: nothing}
    Condition: IsProd
    DependsOn: Bucket
    UpdatePolicy: {a: b}
    CreationPolicy: {a: b}
    DeletionPolicy: Snapshot
    Properties:
      ProductName: vpc
      ProvisionedProductName: one
      ProvisioningParameters:
        - {Key: A, Value: b, UsePreviousValue: true}
      ProvisioningPreferences:
        StackSetOperationType: CREATE
        StackSetFailureToleranceCount: !Ref Many
        StackSetMaxConcurrencyCount: some
"#;
    assert_eq!(
        read(text).unwrap().changed,
        [
            "t.yaml:7: One: its `Condition` `IsProd` is not looked at: what is called so is declared if it is there",
            "t.yaml:8: One: `DependsOn` on `Bucket` is left out: that is no provisioned product of the template",
            "t.yaml:9: One: `UpdatePolicy` is left out: it has no equivalent",
            "t.yaml:10: One: `CreationPolicy` is left out: it has no equivalent",
            "t.yaml:11: One: `DeletionPolicy` is left out: what is no longer declared is terminated",
            "t.yaml:16: One: `UsePreviousValue` of `A` is left out",
            "t.yaml:18: One: `StackSetOperationType` is left out: it has no equivalent",
            "t.yaml:19: One: `StackSetFailureToleranceCount` is left out: `Many` is not known before it is made",
            "t.yaml:20: One: `StackSetMaxConcurrencyCount` is left out: it is no number",
        ]
    );
    assert_eq!(read(text).unwrap().products[0].at.as_deref(), Some("t.yaml:4"));
}
