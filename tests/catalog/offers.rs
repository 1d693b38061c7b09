//! Products, provisioning parameters and identities.

use provisor::catalog::{CatalogErrorKind, CatalogRead, OfferingRef, ProductRef, RuleExpression, StackSet};
use provisor::model::kinds::ProductType;
use provisor::model::product::Selector;
use provisor::model::time::Timestamp;
use serde_json::{Value, json};

use super::server::{Reply, Seen, Server};
use super::setup::{catalog, here, only};

fn described() -> Value {
    json!({
        "ProductViewSummary": {
            "Id": "prodview-1", "ProductId": "prod-1", "Name": "vpc", "Type": "CLOUD_FORMATION_TEMPLATE", "HasDefaultPath": false
        },
        "ProvisioningArtifacts": [
            {"Id": "pa-1", "Name": "v1", "CreatedTime": 1_577_136_715.0, "Guidance": "DEPRECATED"},
            {"Id": "pa-2", "CreatedTime": 1_577_136_716.0}
        ],
        "LaunchPaths": [{"Id": "lpv3-1", "Name": "platform"}]
    })
}

fn vpc(product: Selector) -> ProductRef {
    ProductRef { location: here(), product }
}

#[test]
fn a_product_comes_with_versions_and_paths() {
    let server = Server::start(|_| Reply::Json(described()));
    let product = only(catalog(&server).products(&[vpc(Selector::Name("vpc".into()))])).unwrap();
    assert_eq!((product.id.as_str(), product.name.as_str()), ("prod-1", "vpc"));
    assert_eq!(product.kind, ProductType::Template);
    assert_eq!(product.artifacts.len(), 2);
    assert!(product.artifacts[0].deprecated && !product.artifacts[1].deprecated);
    assert_eq!(product.artifacts[0].created, Timestamp(1_577_136_715_000));
    assert_eq!(product.artifacts[1].name, None, "a version may have no name");
    assert_eq!(product.paths[0].name, "platform");
    assert_eq!(server.seen()[0].body, json!({"Name": "vpc"}));
    only(catalog(&server).products(&[vpc(Selector::Id("prod-1".into()))])).unwrap();
    assert_eq!(server.seen()[1].body, json!({"Id": "prod-1"}));
}

#[test]
fn paths_are_listed_where_the_product_does_not_tell_them() {
    let answer = |paths: fn(&Seen) -> Reply| {
        let server = Server::start(move |seen| {
            if seen.operation == "ListLaunchPaths" {
                return paths(seen);
            }
            let mut product = described();
            product.as_object_mut().unwrap().remove("LaunchPaths");
            Reply::Json(product)
        });
        only(catalog(&server).products(&[vpc(Selector::Id("prod-1".into()))]))
    };
    let two = answer(|seen| match seen.before {
        0 => {
            Reply::Json(json!({"LaunchPathSummaries": [{"Id": "lpv2-1", "Name": "a"}], "NextPageToken": "x"}))
        }
        _ => Reply::Json(json!({"LaunchPathSummaries": [{"Id": "lpv2-2", "Name": "b"}]})),
    });
    assert_eq!(two.unwrap().paths.len(), 2);
    let none = answer(|_| Reply::Fault(400, "ResourceNotFoundException", "No launch paths found".to_owned()));
    assert!(none.unwrap().paths.is_empty());
    let denied = answer(|_| Reply::Fault(400, "AccessDeniedException", "no".to_owned()));
    assert_eq!(denied.unwrap_err().kind, CatalogErrorKind::NotAllowed);
}

#[test]
fn the_catalogue_is_read_to_its_end() {
    let server = Server::start(|seen| {
        let view =
            json!({"Id": "prodview-1", "ProductId": format!("prod-{}", 2 - seen.before), "Name": "vpc"});
        Reply::Json(
            json!({"ProductViewSummaries": [view], "NextPageToken": (seen.before < 2).then(|| seen.before.to_string())}),
        )
    });
    let products = only(catalog(&server).catalogue(&[here()])).unwrap();
    let ids: Vec<_> = products.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["prod-0", "prod-1", "prod-2"]);
}

fn offering(answer: Value) -> provisor::catalog::Offering {
    let server = Server::start(move |_| Reply::Json(answer.clone()));
    let of = OfferingRef {
        location: here(),
        product: "prod-1".into(),
        artifact: "pa-1".into(),
        path: "lpv3-1".into(),
    };
    let offering = only(catalog(&server).offerings(&[of])).unwrap();
    let sent = json!({"ProductId": "prod-1", "ProvisioningArtifactId": "pa-1", "PathId": "lpv3-1"});
    assert_eq!(server.seen()[0].body, sent);
    offering
}

#[test]
fn an_offering_says_what_may_be_asked_for() {
    let offering = offering(json!({
        "ProvisioningArtifactParameters": [
            {"ParameterKey": "Size", "ParameterType": "Number", "IsNoEcho": false, "DefaultValue": "", "Description": "d",
             "ParameterConstraints": {"AllowedValues": ["1", "2"], "MinLength": "3", "MaxLength": "x", "MinValue": "0.5",
                                      "MaxValue": "", "AllowedPattern": "[0-9]+", "ConstraintDescription": "digits"}},
            {"ParameterKey": "Password", "ParameterType": "String", "IsNoEcho": true}
        ],
        "UsageInstructions": [{"Type": "rules", "Value": "{\"R\": {\"Assertions\": [{\"Assert\": {\"Ref\": \"A\"}}]}}"}, {"Type": "tagUpdateOnProvisionedProduct", "Value": "ALLOWED"}],
        "TagOptions": [{"Key": "cost", "Values": ["100", "200"]}, {"Key": "conflict", "Values": []}],
        "ProvisioningArtifactPreferences": {"StackSetAccounts": ["111122223333"], "StackSetRegions": ["eu-west-1"]},
        "ProvisioningArtifactOutputKeys": [{"Key": "VpcId"}, {"Key": "Subnets", "Description": "all"}]
    }));
    let size = &offering.parameters["Size"];
    assert_eq!((size.kind.as_str(), size.default.as_deref()), ("Number", Some("")));
    assert_eq!(size.allowed_values, ["1", "2"]);
    assert_eq!((size.min_length, size.max_length), (Some(3), None));
    assert_eq!((size.min_value.as_deref(), size.max_value.as_deref()), (Some("0.5"), None));
    assert_eq!(size.allowed_pattern.as_deref(), Some("[0-9]+"));
    let password = &offering.parameters["Password"];
    assert!(password.no_echo && password.default.is_none());
    assert!(offering.tag_update);
    let asserted = &offering.rules.rules[0].assertions[0].assert;
    assert_eq!(
        (offering.rules.rules[0].name.as_str(), asserted),
        ("R", &RuleExpression::Ref("A".to_owned()))
    );
    assert!(offering.tag_options["conflict"].is_empty());
    assert_eq!(offering.output_keys.unwrap().len(), 2);
    let stack_set = StackSet { accounts: vec!["111122223333".into()], regions: vec!["eu-west-1".into()] };
    assert_eq!(offering.stack_set, Some(stack_set));
}

#[test]
fn an_offering_that_says_little_claims_little() {
    let offering = offering(json!({
        "ProvisioningArtifactParameters": [], "ConstraintSummaries": [{"Type": "LAUNCH"}],
        "UsageInstructions": [{"Type": "tagUpdateOnProvisionedProduct", "Value": "NOT_ALLOWED"}],
        "ProvisioningArtifactPreferences": {}, "ProvisioningArtifactOutputKeys": []
    }));
    assert_eq!(offering, provisor::catalog::Offering::default());
}

#[test]
fn identities_come_from_sts_at_the_same_place() {
    let server = Server::start(|seen| {
        assert_eq!(seen.operation, "GetCallerIdentity");
        Reply::Raw(
            200,
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>a</Arn><UserId>u</UserId>\
             <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
                .to_owned(),
        )
    });
    let catalog = catalog(&server);
    assert_eq!(only(catalog.identities(&[here()])).unwrap().account.as_str(), "111122223333");
    assert!(catalog.time(&here()).now() > Timestamp(0), "the first call already sets the clock");
    let signed = &server.seen()[0].headers["authorization"];
    assert!(signed.contains("Credential=111122223333/") && signed.contains("/eu-west-1/sts/"), "{signed}");
}

#[test]
fn labels_and_groups_are_of_its_parameters_bounded_and_on_one_line() {
    let long = "w".repeat(5000);
    let metadata = json!({"AWS::CloudFormation::Interface": {
        "ParameterGroups": [
            {"Label": {"default": "Network"}, "Parameters": ["A", "Gone", 7]},
            {"Label": {"default": "Other"}, "Parameters": ["A", "B"]},
            {"Parameters": ["C"]}, 7
        ],
        "ParameterLabels": {"A": {"default": " two\n lines "}, "B": {"default": long}, "C": {"default": 7}, "Gone": {"default": "x"}}
    }});
    let of = |metadata: &str| {
        let parameter = |key: &str| json!({"ParameterKey": key, "ParameterType": "String"});
        let interface = offering(json!({
            "ProvisioningArtifactParameters": [parameter("A"), parameter("B"), parameter("C")],
            "UsageInstructions": [{"Type": "metadata", "Value": metadata}]
        }))
        .interface;
        (interface.labels.clone(), interface.groups.clone())
    };
    let (labels, groups) = of(&metadata.to_string());
    assert_eq!(labels.keys().collect::<Vec<_>>(), ["A", "B"]);
    assert_eq!(labels["A"], "two lines");
    assert_eq!(labels["B"].chars().count(), 201, "cut, and marked as such");
    let groups: Vec<(&str, &str)> =
        groups.iter().map(|(key, group)| (key.as_str(), group.as_str())).collect();
    assert_eq!(groups, [("A", "Network"), ("B", "Other")]);
    for nothing in ["", "[", "7", "{}", r#"{"AWS::CloudFormation::Interface": []}"#] {
        assert_eq!(of(nothing), Default::default(), "{nothing}");
    }
}

/// A product of another engine without a launch constraint, in the service's words.
#[test]
fn parameters_that_cannot_be_read_for_want_of_a_launch_role_say_so() {
    let server = Server::start(|_| {
        let said = "Error occurred during parameter parsing: LaunchRoleArn is required and must be non empty";
        Reply::Fault(400, "InvalidParametersException", said.to_owned())
    });
    let of = OfferingRef {
        location: here(),
        product: "prod-1".into(),
        artifact: "pa-1".into(),
        path: "lpv3-1".into(),
    };
    let error = only(catalog(&server).offerings(&[of])).unwrap_err();
    assert!(error.hint.unwrap().contains("launch constraint"));
}
