//! What comes after something refused or deferred: the plan says that it is not done, as apply would find.

use super::fixture::{Given, check, check_with};
use super::{APP, APP_ROW, NET_ROW};

const CHAIN: &str = "provisioned_products:
  network: {product_name: vpc, provisioning_artifact_name: v1, parameters: {Cidr: 10.9.0.0/16}}
  app: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: \"${network.outputs.VpcId}\"}}
  web: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: \"${app.outputs.Url}\"}}
  own: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: mine}}
  late: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: mine}, depends_on: [network]}
";

fn blocked(by: &str, then: &str) -> String {
    format!("Blocked: blocked by {by} / {then}")
}

const DECIDE: &str = "decide that first: this comes after it";
const AGAIN: &str = "run again when that is settled";

#[test]
fn what_is_filled_from_something_refused_is_deferred_and_so_is_what_needs_that() {
    let by = blocked("`network`, which is refused", DECIDE);
    // what only comes after it goes on: it is there, and stays as it is
    check_with(
        "--allow create",
        [CHAIN, NET_ROW, ""],
        &format!(
            "refuse network NotAllowed: `--allow` does not name `update` / add `update` to `--allow` to let it happen \
               (parameter Cidr \"10.0.0.0/16\" -> \"10.9.0.0/16\")
             refuse app {by} (new) after network
             provision late (new)
             provision own (new)
             refuse web {by} (new) after app"
        ),
    );
    // what is not there yet has to be first
    let new = Given::new("--allow update", CHAIN, "", "").shown();
    assert!(!new.contains("Blocked"), "all of it is refused by itself: {new}");
}

#[test]
fn what_comes_after_something_deferred_is_deferred() {
    let by = blocked("`network`, which is deferred", AGAIN);
    check(
        APP,
        NET_ROW,
        "is pp-network changing",
        &format!(
            "refuse network InMotion: an operation that is not ours is running on pp-network (rec-network) \
               / run again when it is over: the plan may then be another
             refuse app {by} (new) after network"
        ),
    );
    // nothing is to be done there
    let rows = format!("{NET_ROW}\n{APP_ROW}");
    let same = Given::new("", APP, &rows, "is pp-network changing").shown();
    assert!(!same.contains("Blocked"), "{same}");
    // an order alone
    let ordered = APP
        .replace("${network.outputs.VpcId}", "vpc-1")
        .replace("parameters", "depends_on: [network], parameters");
    let shown = Given::new("", &ordered, NET_ROW, "is pp-network changing").shown();
    assert!(shown.contains(&format!("refuse app {by}")), "{shown}");
}

#[test]
fn all_that_is_at_the_bottom_of_it_is_named() {
    let yaml = "provisioned_products:
  a: {product_name: vpc, provisioning_artifact_name: v1}
  b: {product_name: vpc, provisioning_artifact_name: v1}
  c: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: \"${a.outputs.VpcId}\"}}
  d: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: \"${b.outputs.VpcId} ${c.outputs.Url}\"}}
";
    let rows = "a vpc/v1 Cidr=10.0.0.0/16 Zones=a,b out:VpcId=vpc-1\nb vpc/v1 Cidr=10.0.0.0/16 Zones=a,b out:VpcId=vpc-1";
    let shown = Given::new("", yaml, rows, "is pp-a changing\nis pp-b changing").shown();
    let both = blocked("`a`, `b`, which are deferred", AGAIN);
    assert!(shown.contains(&format!("refuse d {both}")), "{shown}");
    let mixed =
        Given::new("--allow create", yaml, rows, "is pp-a tainted message=x\nis pp-b changing").shown();
    let both = blocked("`a`, which is refused, and by `b`, which is deferred", DECIDE);
    assert!(mixed.contains(&format!("refuse d {both}")), "{mixed}");
}

#[test]
fn what_comes_after_something_blocked_is_not_torn_down() {
    // app would let go of base, and cannot: base stays
    let yaml = "provisioned_products:
  network: {product_name: vpc, provisioning_artifact_name: v1}
  app: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: \"${network.outputs.VpcId}\", Size: large}}
";
    let rows = format!("{NET_ROW}\n{} after:base\nbase vpc/v1", APP_ROW.replace(" after:network", ""));
    let shown = Given::new("", yaml, &rows, "is pp-network changing").shown();
    let by = blocked("`network`, which is deferred", AGAIN);
    assert!(shown.contains(&format!("refuse app {by}")), "{shown}");
    let held =
        "refuse base Blocked: it can only go after `app`, which is deferred / run again when that is settled";
    assert!(shown.contains(held), "{shown}");
}
