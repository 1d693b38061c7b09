//! What somebody else made of a product: told value by value where it is read, taken as it is where that is wanted, and never
//! guessed.

use super::fixture::{Given, check_with, render};
use super::{NET, NET_ROW};

/// Somebody's update went well.
const FOREIGN: &str = "is pp-network rec=rec-9\nrecord rec-9 pp-network UPDATE_PROVISIONED_PRODUCT succeeded";

#[test]
fn who_and_when_is_told_by_the_record() {
    check_with(
        "",
        [
            NET,
            NET_ROW,
            &format!(
                "{FOREIGN}\nrecord rec-9 pp-network UPDATE_PROVISIONED_PRODUCT role=launcher principal=anna succeeded"
            ),
        ],
        "update network pp-network (outside rec-9 UPDATE_PROVISIONED_PRODUCT, by launcher, by anna)",
    );
}

#[test]
fn a_parameter_that_differs_in_the_stack_is_put_back() {
    let there = "is pp-network\nstack pp-network Cidr=10.7.0.0/16 Zones=a,b";
    // without looking deeply nothing is asked and nothing is seen
    check_with("", [NET, NET_ROW, there], "unchanged: network");
    check_with(
        "--deep",
        [NET, NET_ROW, there],
        r#"update network pp-network (drifted Cidr "10.0.0.0/16" -> "10.7.0.0/16", parameter Cidr "10.7.0.0/16" -> "10.0.0.0/16" by default)"#,
    );
    check_with(
        "--deep",
        [NET, NET_ROW, "is pp-network\nstack pp-network Cidr=10.0.0.0/16 Zones=a,b"],
        "unchanged: network",
    );
}

#[test]
fn what_is_there_is_accepted_as_it_was_read() {
    check_with(
        "--deep --refresh-only",
        [NET, NET_ROW, "is pp-network\nstack pp-network Cidr=10.7.0.0/16 Zones=a,b"],
        r#"accept network pp-network rec-network (drifted Cidr "10.0.0.0/16" -> "10.7.0.0/16")"#,
    );
    // and nothing else
    check_with(
        "--deep --refresh-only",
        [NET, NET_ROW, "is pp-network\nstack pp-network Cidr=10.0.0.0/16 Zones=a,b"],
        "unchanged: network",
    );
}

#[test]
fn tags_of_a_foreign_update_are_told_value_by_value() {
    let yaml = "provisioned_products:\n  network: {product_name: vpc, provisioning_artifact_name: v1, tags: {env: dev, team: net}}\n";
    let row = &format!("{NET_ROW} tag:env=dev tag:team=net");
    check_with(
        "",
        [yaml, row, &format!("{FOREIGN}\nis pp-network tag:env=prod tag:extra=1")],
        r#"update network pp-network (outside rec-9 UPDATE_PROVISIONED_PRODUCT, drifted tags.env "dev" -> "prod", drifted tags.team "net" -> absent, drifted tags.extra absent -> "1", tag env "prod" -> "dev", tag team absent -> "net")"#,
    );
}

#[test]
fn what_is_ignored_stays_as_it_is_there() {
    let yaml = "provisioned_products:\n  network: {product_name: vpc, provisioning_artifact_name: v1, parameters: {Zones: [a, c]}, lifecycle: {ignore_changes: [parameters.Cidr]}}\n";
    let given =
        Given::new("--deep", yaml, NET_ROW, "is pp-network\nstack pp-network Cidr=10.7.0.0/16 Zones=a,b");
    let shown = given.shown();
    assert!(!shown.contains("drifted") && shown.contains("parameter Zones"), "{shown}");
    let plan = given.plan().expect("a plan");
    let spec = render::spec(plan.steps[0].spec().expect("a spec"));
    assert!(spec.contains("Cidr \"10.7.0.0/16\" previous"), "{spec}");
}

#[test]
fn what_cannot_be_read_is_said_and_taken_as_it_was_applied() {
    check_with(
        "--deep",
        [NET, NET_ROW, "is pp-network"],
        "unchanged: network
         note network: its parameters were not compared: the catalog does not name its stack",
    );
}

#[test]
fn a_drift_that_somebody_detected_is_a_remark() {
    check_with(
        "--deep",
        [NET, NET_ROW, "is pp-network\nstack pp-network drifted Cidr=10.0.0.0/16 Zones=a,b"],
        "unchanged: network
         note network: its resources are not as the template says: found by the last drift detection at 1970-01-01T00:16:40Z",
    );
}

#[test]
fn a_masked_parameter_is_neither_compared_nor_taken_over() {
    let yaml = "provisioned_products:\n  data: {product_name: db, provisioning_artifact_name: v1, parameters: {Password: pw}}\n";
    let row = "data db/v1 Password=#pw Subnets=";
    check_with("--deep", [yaml, row, "is pp-data\nstack pp-data Password=**** Subnets="], "unchanged: data");
}
