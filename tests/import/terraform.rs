//! What Terraform manages: the shapes that its provider writes, each of them a file of this project's making, and what is read of
//! them.

use provisor::import::{ForeignFile, ForeignProduct, ForeignTags, FoundValue, OtherFile, terraform};
use provisor::model::product::{ArtifactSelector, Bound, OnRemoval, Selector};
use serde_json::{Value, json};

fn read(name: &str) -> ForeignFile {
    let path = format!("{}/tests/import/terraform/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let file = terraform(&text).unwrap();
    // what `show -json` would tell of the same, alone and in a plan, is read alike
    let shown = shown(&serde_json::from_str(&text).unwrap());
    assert_eq!(terraform(&shown.to_string()).unwrap(), file, "{name}, shown");
    let plan = json!({"format_version": "1.2", "planned_values": {"root_module": {}}, "prior_state": shown});
    assert_eq!(terraform(&plan.to_string()).unwrap(), file, "{name}, of a plan");
    file
}

/// A state as `terraform show -json` tells it.
fn shown(state: &Value) -> Value {
    let mut root = json!({"resources": [], "child_modules": []});
    for resource in state["resources"].as_array().unwrap() {
        for instance in resource["instances"].as_array().unwrap() {
            let mut dark = json!({});
            for path in instance["sensitive_attributes"].as_array().unwrap() {
                let name = path[0]["value"].as_str().unwrap();
                dark[name] = match &path[1]["value"]["value"] {
                    Value::Number(at) => {
                        let before = usize::try_from(at.as_u64().unwrap()).unwrap();
                        let items = std::iter::repeat_n(json!({}), before).chain([json!({"value": true})]);
                        items.collect()
                    }
                    Value::String(key) => json!({key: true}),
                    _ => json!(true),
                };
            }
            let mut one = json!({
                "mode": resource["mode"], "type": resource["type"], "name": resource["name"],
                "values": instance["attributes"], "sensitive_values": dark,
                "depends_on": instance["dependencies"],
            });
            if !instance["index_key"].is_null() {
                one["index"] = instance["index_key"].clone();
            }
            if instance["status"] == "tainted" {
                one["tainted"] = json!(true);
            }
            let module = match resource["module"].as_str() {
                None => &mut root,
                Some(address) => {
                    let children = root["child_modules"].as_array_mut().unwrap();
                    children.push(json!({"address": address, "resources": []}));
                    children.last_mut().unwrap()
                }
            };
            module["resources"].as_array_mut().unwrap().push(one);
        }
    }
    json!({"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": root}})
}

#[track_caller]
fn of<'f>(file: &'f ForeignFile, key: &str) -> &'f ForeignProduct {
    let keys: Vec<&str> = file.products.iter().map(|product| &*product.key).collect();
    file.products.iter().find(|product| product.key == key).unwrap_or_else(|| panic!("{key} of {keys:?}"))
}

fn keys(file: &ForeignFile) -> Vec<&str> {
    file.products.iter().map(|product| &*product.key).collect()
}

fn text(text: &str) -> FoundValue {
    FoundValue::Text(text.to_owned())
}

#[test]
fn a_plain_product_is_carried_over_attribute_by_attribute() {
    let file = read("plain");
    assert_eq!(keys(&file), ["net", "app", "base"], "data and other resources are none of ours");
    let net = of(&file, "net");
    assert_eq!(net.which, Selector::Id("pp-netaaaaaaaaaa".into()));
    assert_eq!((net.account_id.as_deref(), net.region.as_deref()), (Some("111122223333"), Some("eu-west-1")));
    assert_eq!(net.product, Some(Selector::Id("prod-networkprod1".into())));
    assert_eq!(net.artifact, Some(ArtifactSelector::Id("pa-versionone001".into())));
    assert_eq!((net.path_name.as_deref(), net.accept_language.as_deref()), (Some("platform"), Some("jp")));
    // what is not set is `""` there
    assert_eq!(net.parameters, [("Name".into(), text("net"))].into());
    assert_eq!(net.tags, ForeignTags::Exactly([("team".into(), "net".into())].into()));
    assert_eq!(net.notification_arns, ["arn:aws:sns:eu-west-1:111122223333:told"]);
    assert!(net.outputs["CloudformationStackARN"].starts_with("arn:aws:cloudformation:"));
    assert!(net.remarks.is_empty() && net.depends_on.is_empty());
    let app = of(&file, "app");
    assert_eq!((app.on_removal, net.on_removal), (OnRemoval::RetainPhysicalResources, OnRemoval::Terminate));
    assert_eq!(app.depends_on, ["base".to_owned()].into(), "net comes first by way of base");
    assert!(file.changed.len() == 1 && file.changed[0].contains("`ignore_errors` is left out"));
    assert_eq!(file.left, [""; 0]);
}

#[test]
fn addresses_become_keys_and_are_remembered() {
    let file = read("for_each");
    assert_eq!(keys(&file), ["each-b-c", "each-d", "each-b-c-2"]);
    assert_eq!(
        of(&file, "each-b-c").remarks,
        [r#"in Terraform: aws_servicecatalog_provisioned_product.each["b/c"]"#]
    );
    assert_eq!(keys(&read("count")), ["counted-0", "counted-1", "this-0"]);
    let file = read("module_for_each");
    assert_eq!(keys(&file), ["m-x", "m-y-z", "a-b-0-net"]);
    assert_eq!(of(&file, "m-y-z").origin, r#"module.m["y.z]"].aws_servicecatalog_provisioned_product.this"#);
    // of a resource that is there several times, all come first
    assert_eq!(of(&file, "a-b-0-net").depends_on, ["m-x".to_owned(), "m-y-z".to_owned()].into());
}

#[test]
fn an_arn_says_where_it_is_and_a_newer_provider_says_the_region() {
    let file = read("aliases");
    let place = |key: &str| (of(&file, key).account_id.as_deref(), of(&file, key).region.as_deref());
    assert_eq!(place("main"), (Some("111122223333"), Some("us-east-1")));
    assert_eq!(place("other"), (Some("410000000001"), Some("eu-west-1")));
    assert_eq!(place("six"), (None, Some("eu-central-1")));
}

#[test]
fn tags_of_the_provider_are_tags_too() {
    let file = read("default_tags");
    let owner = ("owner".to_owned(), "platform".to_owned());
    let both = [owner.clone(), ("team".into(), "net".into())];
    assert_eq!(of(&file, "net").tags, ForeignTags::Exactly(both.into()));
    assert_eq!(of(&file, "app").tags, ForeignTags::Exactly([owner].into()));
}

#[test]
fn a_creation_that_was_cut_has_its_id_and_what_was_asked() {
    let file = read("tainted_create");
    let cut = of(&file, "cut");
    assert_eq!((&cut.account_id, &cut.region), (&None, &None));
    assert_eq!(cut.which, Selector::Id("pp-cutaaaaaaaaaa".into()));
    assert_eq!(cut.product, Some(Selector::Name("box".into())));
    assert_eq!(cut.artifact, Some(ArtifactSelector::Name("v1".into())));
    assert_eq!(cut.remarks, ["tainted in Terraform, which would make it anew"]);
}

#[test]
fn a_sensitive_value_is_not_even_kept() {
    let file = read("sensitive");
    assert_eq!(
        of(&file, "vault").parameters,
        [("Name".into(), text("vault")), ("Token".into(), FoundValue::Sensitive)].into()
    );
    assert!(of(&file, "whole").parameters.values().all(|value| *value == FoundValue::Sensitive));
    assert!(file.left.len() == 1 && file.left[0].contains("`tags` is sensitive there"), "{:?}", file.left);
    assert!(!format!("{file:?}").contains("hush"));
}

#[test]
fn values_bounds_and_times_are_said_in_our_words() {
    let kept = read("use_previous_value");
    assert_eq!(of(&kept, "kept").parameters["Note"], FoundValue::Kept);
    let sets = read("stack_set");
    let spread = of(&sets, "spread").preferences.clone().unwrap();
    assert_eq!(
        (&spread.accounts[..], &spread.regions[..]),
        (&["410000000001".into()][..], &["eu-west-1".into()][..])
    );
    // one bound of the failures is always written
    assert_eq!(spread.failure_tolerance, Some(Bound::Count(0)));
    assert_eq!(spread.max_concurrency, Some(Bound::Count(2)));
    let shares = of(&sets, "shares").preferences.clone().unwrap();
    assert!(shares.accounts.is_empty() && shares.regions.is_empty());
    assert_eq!(shares.failure_tolerance, Some(Bound::Percentage(10)));
    assert_eq!(shares.max_concurrency, Some(Bound::Percentage(50)));
    let times = read("timeouts");
    let expected = [("provision".into(), "1h30m".into()), ("terminate".into(), "20m".into())];
    assert_eq!(of(&times, "slow").timeouts, expected.into());
    assert_eq!(of(&times, "never").timeouts, [("update".into(), "90m".into())].into());
    assert!(times.changed[0].contains("never: the timeout of `create` is left out"), "{:?}", times.changed);
}

#[test]
fn after_a_failed_update_the_id_of_the_version_is_believed() {
    let file = read("failed_update");
    assert_eq!(of(&file, "failing").artifact, Some(ArtifactSelector::Id("pa-versionone001".into())));
}

/// A state of one resource with these instances.
fn state(instances: &Value) -> String {
    let resource = json!({"mode": "managed", "type": "aws_servicecatalog_provisioned_product", "name": "net",
        "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": instances});
    json!({"version": 4, "lineage": "l", "serial": 1, "resources": [resource]}).to_string()
}

#[test]
fn what_cannot_be_carried_over_is_named() {
    let check = |instances: Value, expected: &str| {
        let file = terraform(&state(&instances)).unwrap();
        assert!(file.products.is_empty() && file.advice.is_empty(), "{:?}", file.products);
        assert_eq!(file.left, [expected]);
    };
    let net = "aws_servicecatalog_provisioned_product.net";
    check(
        json!([{"attributes": {"id": "pp-new", "name": "net"}}, {"deposed": "0a1b2c3d", "attributes": {"id": "pp-old", "name": "net"}}]),
        &format!(
            "{net}: pp-old is deposed, pp-new took its place: `terraform apply` ends that; then import again"
        ),
    );
    check(
        json!([{"attributes": {"id": "pp-1", "provisioned_product_name": "net", "provisioning_parameters": {"Name": "hush"}}}]),
        &format!("{net} (pp-1): it has no `name`: this is a resource of a fork of the provider"),
    );
    check(
        json!([{"attributes": {"id": "pp-1", "name": "net", "provisioning_parameters": [{"key": "A", "value": "hush"}, {"key": "A", "value": "hush"}]}}]),
        &format!("{net} (pp-1): the parameter `A` is given twice"),
    );
    check(
        json!([{"attributes": {"id": null, "name": "net"}}]),
        &format!("{net}: it has no id: nothing was made"),
    );
}

#[test]
fn a_file_of_another_kind_is_named() {
    let check = |text: &str, expected: &str| {
        let OtherFile { message, hint } = terraform(text).unwrap_err();
        assert!(message.contains(expected), "{text}: {message}");
        assert!(!message.contains("hush") && !hint.contains("hush"), "{message} {hint}");
    };
    check(r#"{"version": 3, "lineage": "l", "modules": []}"#, "a state of format 3, and format 4 is read");
    check(r#"{"version": 3, "deployment": {"resources": []}}"#, "an export of Pulumi");
    check(r#"{"serial": 1, "lineage": "l", "encrypted_data": "hush"}"#, "an encrypted state");
    check(r#"{"Resources": {}}"#, "a CloudFormation template");
    check("Resources:\n  A: {}\n", "a CloudFormation template");
    check("accounts:\n  - account_id: '1'\n", "aws-service-catalog-puppet");
    check("{\"@level\":\"info\"}\n{\"@level\":\"info\"}\n", "the log of a run");
    check("resource \"aws_x\" \"y\" {\n  secret = \"hush\"\n}\n", "configuration");
    check("{\"version\": 4,\n \"resources\": [hush]}", "broken JSON: line 2, column 16");
    check(r#"{"format_version": "1.2", "planned_values": {}}"#, "a plan that begins with nothing");
    check(r#"{"hush": 1}"#, "neither a state nor");
    check("hush", "no JSON");
    assert_eq!(terraform(r#"{"format_version": "1.0"}"#).unwrap(), ForeignFile::default());
}
