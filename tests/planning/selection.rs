//! `--target`, `--exclude`, frozen locations: what a plan is about; and what is known of what it is not about.

use super::fixture::check_with;
use super::{APP, APP_ROW, NET_ROW, NOTHING};

const THREE: &str = "provisioned_products:
  network: {product_name: vpc, provisioning_artifact_name: v1}
  app: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: \"${network.outputs.VpcId}\"}}
  other: {product_name: vpc, provisioning_artifact_name: v1}
";

#[test]
fn a_target_brings_what_it_depends_on() {
    check_with("--target app", [THREE, "", ""], "provision network (new)\nprovision app (new) after network");
    check_with("--target network", [THREE, "", ""], "provision network (new)");
    check_with("--target other,network", [THREE, "", ""], "provision network (new)\nprovision other (new)");
}

#[test]
fn an_exclusion_takes_what_depends_on_it_along() {
    check_with("--exclude network", [THREE, "", ""], "provision other (new)");
    check_with("--exclude app", [THREE, "", ""], "provision network (new)\nprovision other (new)");
    check_with("--target app --exclude network", [THREE, "", ""], "");
}

#[test]
fn going_brings_along_what_was_made_after_it() {
    let state = format!("{NET_ROW}\n{APP_ROW}");
    let both = "terminate app pp-app (removed)\nterminate network pp-network (removed) after app";
    check_with("--target network", [NOTHING, &state, ""], both);
    check_with("--target app", [NOTHING, &state, ""], "terminate app pp-app (removed)");
    check_with("--exclude app", [NOTHING, &state, ""], "");
    check_with("--exclude network", [NOTHING, &state, ""], "terminate app pp-app (removed)");
    check_with("", [NOTHING, &state, ""], both);
}

#[test]
fn a_frozen_location_is_neither_read_nor_changed() {
    let yaml = "provisioned_products:
  network: {product_name: vpc, provisioning_artifact_name: v1, location: hub}
  spoke: {product_name: vpc, provisioning_artifact_name: v1, location: dev/eu-west-1}
";
    // no credentials for it: asking would fail
    let world = "account hub 111122223333";
    let mut given = super::fixture::Given::new("--two --frozen dev/eu-west-1", yaml, "", world);
    given.world.accounts.retain(|name, _| name.as_str() == "hub/eu-west-1");
    super::fixture::same(&given.shown(), "provision network (new)");
    given.flags.frozen.clear();
    super::fixture::same(&given.shown(), "error: location `dev/eu-west-1`: no credentials for dev/eu-west-1");
    given.flags.excludes = vec!["spoke@dev/eu-west-1".to_owned()];
    super::fixture::same(&given.shown(), "provision network (new)");
}

#[test]
fn what_is_recorded_of_a_frozen_location_fills_references() {
    let yaml = "provisioned_products:
  network: {product_name: vpc, provisioning_artifact_name: v1, location: dev/eu-west-1}
  app: {product_name: service, provisioning_artifact_name: v1, location: hub, parameters: {VpcId: \"${network@dev/eu-west-1.outputs.VpcId}\"}}
";
    let row = "network@dev/eu-west-1 vpc/v1 Cidr=10.0.0.0/16 Zones=a,b out:VpcId=vpc-1";
    check_with("--two --frozen dev/eu-west-1", [yaml, row, ""], "provision app (new)");
    check_with(
        "--two --frozen dev/eu-west-1",
        [yaml, "", ""],
        "unknown-output at 3:100: `network` has no `outputs.VpcId` [cannot be filled] / `network` has not been applied, and is not part of this plan",
    );
}

#[test]
fn outputs_that_are_not_stored_are_not_read_from_a_frozen_location() {
    let yaml = "provisioned_products:
  y: {product_name: vpc, provisioning_artifact_name: v1, location: dev/eu-west-1, sensitive_outputs: [Subnets]}
  app: {product_name: service, provisioning_artifact_name: v1, location: hub, parameters: {VpcId: \"${y@dev/eu-west-1.outputs.Subnets}\"}}
";
    let row = "y@dev/eu-west-1 vpc/v1 Cidr=10.0.0.0/16 Zones=a,b secret:Subnets=s";
    let given = super::fixture::Given::new("--two --frozen dev/eu-west-1", yaml, row, "");
    super::fixture::same(
        &given.shown(),
        "unknown-output at 3:100: `y` has no `outputs.Subnets` [cannot be filled] / it is sensitive, and could not be read again",
    );
    assert!(!given.world.calls().contains("records"), "{}", given.world.calls());
}

#[test]
fn nothing_is_torn_down_below_a_frozen_dependent() {
    let state = "network@hub vpc/v1 Cidr=10.0.0.0/16 Zones=a,b
                 app@dev/eu-west-1 service/v1 VpcId=vpc-1 Size=small after:network@hub";
    check_with("--two --frozen dev/eu-west-1", [NOTHING, state, ""], "");
    check_with(
        "--two",
        [NOTHING, state, ""],
        "terminate app pp-app-dev-eu-west-1 (removed)\nterminate network pp-network (removed) after app",
    );
}

#[test]
fn a_frozen_input_does_not_hold_up_its_dependents() {
    let state = format!("{NET_ROW}\n{APP_ROW}");
    check_with(
        "",
        [APP, &state, "is pp-network tainted message=x"],
        "update network pp-network (tainted rec-network: x)
        update app pp-app (VpcId may change with network) after network only-if-inputs-differ",
    );
    // all of one location
    check_with("--frozen hub", [APP, &state, "is pp-network tainted message=x"], "");
}

#[test]
fn a_dropped_location_that_still_has_products_is_an_error() {
    let state = "network vpc/v1\nold@gone/eu-west-1 vpc/v1\nolder@gone/eu-west-1 vpc/v1";
    check_with(
        "",
        [NOTHING, state, ""],
        "error: location `gone/eu-west-1` is not in the settings, but the state holds `old`, `older` there",
    );
    check_with(
        "--exclude old@gone/eu-west-1,older@gone/eu-west-1",
        [NOTHING, state, ""],
        "terminate network pp-network (removed)",
    );
}

#[test]
fn another_account_or_region_under_a_locations_name_is_an_error() {
    let mut given = super::fixture::Given::new("", super::NET, NET_ROW, "account hub 999999999999");
    super::fixture::same(
        &given.shown(),
        "error: location `hub/eu-west-1`: the credentials belong to account 999999999999 (eu-west-1), the settings say 111122223333",
    );
    given.world.read("account hub 111122223333");
    let row = given.recorded.rows.values_mut().next().unwrap();
    row.home.region = "us-east-1".into();
    super::fixture::same(
        &given.shown(),
        "error: location `hub/eu-west-1`: the credentials belong to account 111122223333 (eu-west-1), the state says 111122223333 (us-east-1)",
    );
}

#[test]
fn labels_say_the_location_only_where_a_key_stands_on_several() {
    let yaml = "provisioned_products:
  network: {product_name: vpc, provisioning_artifact_name: v1, locations: [dev]}
  hub-only: {product_name: vpc, provisioning_artifact_name: v1, location: hub}
";
    check_with(
        "--two",
        [yaml, "", ""],
        "provision hub-only (new)\nprovision network@dev/eu-west-1 (new)\nprovision network@dev/us-east-1 (new)",
    );
}
