//! Which layer gives which field: defaults, the declaration, its overrides; and on which locations it stands.

use std::time::Duration;

use provisor::declare::{DesiredProduct, Layer};
use provisor::model::diagnostic::{Part, Place};
use provisor::model::product::{ArtifactSelector, Bound, Ignored, Language, OnRemoval, Selector};
use provisor::model::template::Template;

use super::{desired, position, product, source};

fn text<'p>(product: &'p DesiredProduct, parameter: &str) -> Option<&'p str> {
    product.parameters.get(parameter)?.value.as_ref().and_then(Template::as_text)
}

#[test]
fn every_field_has_its_place() {
    let product = product(
        "provisioned_products:
  network:
    provisioned_product_name: net-${var.env}
    product_name: vpc
    provisioning_artifact_name: v3
    path_name: platform
    location: hub
    parameters: {VpcCidr: 10.0.0.0/16}
    tags: {env: \"${var.env}\"}
    notification_arns: [\"arn:aws:sns:eu-west-1:${location.account_id}:events\"]
    provisioning_preferences:
      stack_set_accounts: [111122223333, \"012345678901\"]
      stack_set_regions: [eu-west-1, us-gov-east-1]
      stack_set_failure_tolerance_count: 1
      stack_set_max_concurrency_percentage: 30
    accept_language: jp
    depends_on: [other]
    timeouts: {provision: 90m}
    sensitive_outputs: [Token]
    lifecycle:
      prevent_terminate: true
      on_removal: retain_physical_resources
      ignore_changes: [parameters.DesiredCount, tags.cost-centre, provisioning_artifact, tags, parameters]
  other: {product_id: prod-abc, provisioning_artifact_id: pa-abc, path_id: lpv2-abc, location: hub, x-owner: [me]}
",
        "network",
        "hub",
    );
    assert_eq!(product.name, "net-prod");
    assert_eq!(product.product, Selector::Name("vpc".to_owned()));
    assert_eq!(product.artifact, ArtifactSelector::Name("v3".to_owned()));
    assert_eq!(product.path, Some(Selector::Name("platform".to_owned())));
    assert_eq!(product.tags["env"], Template::text("prod"));
    assert_eq!(product.options.notification_arns, ["arn:aws:sns:eu-west-1:111122223333:events"]);
    let preferences = product.options.preferences.as_ref().expect("preferences");
    assert_eq!(preferences.accounts, ["111122223333", "012345678901"]);
    assert_eq!(preferences.regions, ["eu-west-1", "us-gov-east-1"]);
    assert_eq!(preferences.failure_tolerance, Some(Bound::Count(1)));
    assert_eq!(preferences.max_concurrency, Some(Bound::Percentage(30)));
    assert_eq!(product.options.language, Language::Jp);
    assert_eq!(
        product.depends_on.keys().map(ToString::to_string).collect::<Vec<_>>(),
        ["other@hub/eu-west-1"]
    );
    assert_eq!(product.timeouts.provision, Duration::from_secs(5400));
    assert_eq!(product.timeouts.update, Duration::from_secs(3600));
    assert!(product.options.sensitive_outputs.contains("Token"));
    assert!(product.lifecycle.prevent_terminate);
    assert_eq!(product.lifecycle.on_removal, OnRemoval::RetainPhysicalResources);
    assert_eq!(product.ignore_changes.len(), 5);
    assert!(product.ignore_changes.contains(&Ignored::Tag("cost-centre".to_owned())));
}

#[test]
fn ids_and_the_only_active_version() {
    let all = desired(
        "provisioned_products:
  a: {product_id: prod-abc, provisioning_artifact_id: pa-abc, path_id: lpv3-abc, location: hub}
  b: {product_name: s, provisioning_artifact: active, location: hub}
  c: {product_name: 0123, provisioning_artifact_name: 1.10, location: hub, tags: {cost: 0100, on: yes}}
",
    );
    let products: Vec<_> = all.products.values().collect();
    assert_eq!(products[0].product, Selector::Id("prod-abc".to_owned()));
    assert_eq!(products[0].artifact, ArtifactSelector::Id("pa-abc".to_owned()));
    assert_eq!(products[0].path, Some(Selector::Id("lpv3-abc".to_owned())));
    assert_eq!(products[0].name, "a");
    assert_eq!((&products[1].artifact, &products[1].path), (&ArtifactSelector::OnlyActive, &None));
    assert_eq!(products[2].product, Selector::Name("0123".to_owned()));
    assert_eq!(products[2].artifact, ArtifactSelector::Name("1.10".to_owned()));
    assert_eq!(products[2].path, None);
    assert_eq!(
        [products[2].tags["cost"].as_text(), products[2].tags["on"].as_text()],
        [Some("0100"), Some("yes")]
    );
}

const LAYERS: &str = "defaults:
  product_name: vpc
  provisioning_artifact_name: v1
  path_name: old
  parameters: {A: default, B: default, C: default}
  tags: {managed-by: provisor, env: \"${location.region}\"}
  timeouts: {update: 10m, terminate: 20m}
  notification_arns: [\"arn:aws:sns:eu-west-1:111122223333:a\"]
  provisioning_preferences: {stack_set_failure_tolerance_count: 3, stack_set_max_concurrency_count: 2}
  overrides:
    - {location: hub, parameters: {B: default on hub, C: default on hub}, accept_language: zh}
provisioned_products:
  app:
    locations: [pay-dev, hub]
    product_id: prod-own
    path_id: lpv2-own
    parameters: {B: own}
    timeouts: {update: 30m}
    notification_arns: []
    provisioning_preferences: {stack_set_failure_tolerance_percentage: 10}
    overrides:
      - {location: pay-dev/us-east-1, provisioning_artifact: active, parameters: {B: over, D: over}}
      - location: hub
        tags:
          env: hub
";

#[test]
fn the_nearest_layer_wins_key_by_key() {
    let hub = product(LAYERS, "app", "hub");
    assert_eq!(hub.product, Selector::Id("prod-own".to_owned()));
    assert_eq!(hub.path, Some(Selector::Id("lpv2-own".to_owned())));
    assert_eq!(hub.artifact, ArtifactSelector::Name("v1".to_owned()));
    assert_eq!(
        [text(&hub, "A"), text(&hub, "B"), text(&hub, "C"), text(&hub, "D")],
        [Some("default"), Some("own"), Some("default on hub"), None]
    );
    assert_eq!(
        (hub.tags["managed-by"].as_text(), hub.tags["env"].as_text()),
        (Some("provisor"), Some("hub"))
    );
    assert_eq!(
        (hub.timeouts.update, hub.timeouts.terminate),
        (Duration::from_secs(1800), Duration::from_secs(1200))
    );
    assert!(hub.options.notification_arns.is_empty());
    assert_eq!(hub.options.language, Language::Zh);
    let preferences = hub.options.preferences.expect("preferences");
    assert_eq!(preferences.failure_tolerance, Some(Bound::Percentage(10)));
    assert_eq!(preferences.max_concurrency, Some(Bound::Count(2)));

    let east = product(LAYERS, "app", "pay-dev/us-east-1");
    assert_eq!(east.artifact, ArtifactSelector::OnlyActive);
    assert_eq!(
        [text(&east, "B"), text(&east, "C"), text(&east, "D")],
        [Some("over"), Some("default"), Some("over")]
    );
    assert_eq!(east.tags["env"].as_text(), Some("us-east-1"));
    assert_eq!(east.options.language, Language::En);
}

#[test]
fn every_value_knows_its_line() {
    let sources = [source("products.yaml", LAYERS)];
    let hub = product(LAYERS, "app", "hub");
    let at = |place: &Place| position(place, &sources);
    let of = |key: &str| at(&hub.origin.place(hub.parameters[key].layer, &["parameters", key], Part::Value));
    assert_eq!([of("A"), of("B"), of("C")], ["5:19", "17:21", "11:58"]);
    assert_eq!(hub.parameters["C"].layer, Layer::DefaultsOverride(0));
    assert_eq!(at(&hub.origin.field("provisioning_artifact_name", Part::Value)), "3:31");
    assert_eq!(at(&hub.origin.field("product_id", Part::Key)), "15:5");
    assert_eq!(at(&hub.origin.field("accept_language", Part::Value)), "11:92");
    assert_eq!(at(&hub.origin.given(&["tags", "env"], Part::Key)), "25:11");
    assert_eq!(at(&hub.origin.place(Layer::Own, &[], Part::Key)), "13:3");
    // what is not there is shown by what holds it
    assert_eq!(at(&hub.origin.field("path_name", Part::Value)), "13:3");
    assert_eq!(at(&hub.origin.place(Layer::Own, &["parameters", "Z"], Part::Value)), "17:5");
    assert_eq!(at(&hub.origin.field("parameters", Part::Value)), "17:17");
    assert_eq!(at(&hub.origin.field("overrides", Part::Value)), "21:5");
}

#[test]
fn locations_are_named_by_name_account_and_glob() {
    let stands = |locations: &str| {
        let text = format!(
            "provisioned_products:\n  a: {{product_name: s, provisioning_artifact: active, {locations}}}\n"
        );
        desired(&text).products.keys().map(|address| address.location.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(stands("location: hub"), ["hub/eu-west-1"]);
    assert_eq!(stands("location: hub/eu-west-1"), ["hub/eu-west-1"]);
    assert_eq!(stands("location: pay-dev/us-east-1"), ["pay-dev/us-east-1"]);
    assert_eq!(stands("location: \"${var.home}\"".replace("${var.home}", "hub").as_str()), ["hub/eu-west-1"]);
    assert_eq!(
        stands("locations: [pay-dev, hub, \"hub/*\"]"),
        ["hub/eu-west-1", "pay-dev/eu-west-1", "pay-dev/us-east-1"]
    );
    assert_eq!(stands("locations: [\"*/eu-west-1\"]"), ["hub/eu-west-1", "pay-dev/eu-west-1"]);
    assert_eq!(stands("locations: [\"pay-*\"]"), ["pay-dev/eu-west-1", "pay-dev/us-east-1"]);
    assert_eq!(stands("locations: [\"p*v/*-east-*\"]"), ["pay-dev/us-east-1"]);
    assert_eq!(stands("locations: [\"*\"]").len(), 4);
    assert_eq!(stands("locations: {where: {env: dev}}"), ["pay-dev/eu-west-1", "pay-dev/us-east-1"]);
    assert_eq!(
        stands("locations: {where: {env: [dev, prod]}, except: [pay-dev/us-east-1, demo]}"),
        ["hub/eu-west-1", "pay-dev/eu-west-1"]
    );
    assert_eq!(stands("locations: {where: {env: d*, cidr: 10.21.*}}"), ["pay-dev/us-east-1"]);
    assert_eq!(stands("locations: {except: [\"pay-*\"]}"), ["demo/eu-central-1", "hub/eu-west-1"]);
}

#[test]
fn overrides_may_hold_by_value() {
    let text = "provisioned_products:
  app:
    product_name: s
    provisioning_artifact: active
    locations: [hub, pay-dev]
    overrides:
      - {where: {env: dev}, parameters: {Size: small}}
      - {where: {env: prod}, parameters: {Size: large}}
";
    assert_eq!(text_of(text, "pay-dev/eu-west-1").as_deref(), Some("small"));
    assert_eq!(text_of(text, "hub").as_deref(), Some("large"));
}

fn text_of(yaml: &str, location: &str) -> Option<String> {
    text(&product(yaml, "app", location), "Size").map(str::to_owned)
}
