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
        "update network pp-network (outside rec-9 UPDATE_PROVISIONED_PRODUCT, by launcher)",
    );
}

/// The tag of a record names who provisioned the product. Only of the provisioning is that who did it.
#[test]
fn who_provisioned_it_is_not_told_as_who_changed_it() {
    for (kind, by) in [
        ("PROVISION_PRODUCT", ", by anna"),
        ("UPDATE_PROVISIONED_PRODUCT", ""),
        ("TERMINATE_PROVISIONED_PRODUCT", ""),
        ("SOMETHING_NEW", ""),
    ] {
        let there =
            format!("is pp-network rec=rec-9\nrecord rec-9 pp-network {kind} principal=anna succeeded");
        check_with(
            "",
            [NET, NET_ROW, &there],
            &format!("update network pp-network (outside rec-9 {kind}{by})"),
        );
    }
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
        r#"update network pp-network (outside rec-9 UPDATE_PROVISIONED_PRODUCT, drifted tags.env "dev" -> "prod", drifted tags.team "net" -> absent, drifted tags.extra absent -> "1", tag env "prod" -> "dev", tag team absent -> "net", tag extra "1" -> absent)"#,
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

#[test]
fn what_was_changed_and_changed_back_is_accepted_where_all_of_it_is_read() {
    let there = format!("{FOREIGN}\nstack pp-network Cidr=10.0.0.0/16 Zones=a,b");
    let outside = "(outside rec-9 UPDATE_PROVISIONED_PRODUCT)";
    check_with("--deep", [NET, NET_ROW, &there], &format!("accept network pp-network rec-9 {outside}"));
    // who has not looked makes sure
    check_with("", [NET, NET_ROW, &there], &format!("update network pp-network {outside}"));
    check_with(
        "--deep --replace network",
        [NET, NET_ROW, &there],
        "terminate network pp-network to replace it (requested, outside rec-9 UPDATE_PROVISIONED_PRODUCT)
         provision network (requested, outside rec-9 UPDATE_PROVISIONED_PRODUCT) after the end of network",
    );
    let differs = NET.replace("v1}", "v1, parameters: {Zones: [a, c]}}");
    let given = Given::new("--deep", &differs, NET_ROW, &there);
    assert!(given.shown().starts_with("update network pp-network (outside rec-9"), "{}", given.shown());
}

#[test]
fn what_is_gone_or_failed_is_not_accepted_in_silence() {
    check_with(
        "--refresh-only",
        [NET, NET_ROW, "gone pp-network"],
        "note network: pp-network is gone: there is nothing to accept, and an apply provisions it again",
    );
    check_with(
        "--refresh-only",
        [NET, NET_ROW, "is pp-network tainted message=m"],
        "note network: its last operation failed: there is nothing to accept",
    );
}

#[test]
fn a_secret_that_nobody_has_sent_is_sent_and_said() {
    let yaml = |label: &str| {
        format!(
            "provisioned_products:\n  data: {{product_name: db, provisioning_artifact_name: v1, parameters: {{Password: \"${{var.password}}\"}}{label}}}\n"
        )
    };
    // given when it was adopted: the digest is what somebody said
    let row = "data db/v1 Password=#hunter22 Subnets= unverified";
    let given = Given::new("", &yaml(", tags: {a: b}"), row, "is pp-data");
    let plan = given.plan().expect("a plan");
    let spec = render::spec(plan.steps[0].spec().expect("a spec"));
    assert!(spec.contains("Password secret sent"), "{spec}");
    // not given then: it counts as unchanged until something else changes, and then it is said
    let row = "data db/v1 Password=? Subnets= unverified";
    let unchanged = Given::new("", &yaml(""), row, "is pp-data").shown();
    assert!(unchanged.starts_with("unchanged: data\nnote data: its parameters were accepted"), "{unchanged}");
    let shown = Given::new("", &yaml(", tags: {a: b}"), row, "is pp-data").shown();
    assert!(shown.contains("tag a absent -> \"b\", parameter Password unknown -> (sensitive)"), "{shown}");
}

#[test]
fn what_another_version_takes_is_accepted_and_nothing_else() {
    let there = "is pp-network runs=vpc/v2 rec=rec-9
         record rec-9 pp-network UPDATE_PROVISIONED_PRODUCT succeeded version=vpc/v2
         stack pp-network Cidr=10.0.0.0/16 Nat=3 Key=****";
    let given = Given::new("--deep --refresh-only", NET, NET_ROW, there);
    let plan = given.plan().expect("a plan");
    let spec = render::spec(plan.steps[0].spec().expect("a spec"));
    for line in ["vpc/v2", "Cidr \"10.0.0.0/16\" sent", "Nat \"3\" sent", "Key unknown previous"] {
        assert!(spec.contains(line), "{line}\n{spec}");
    }
    assert!(!spec.contains("Zones"), "{spec}");
}

/// Another version brings parameters and takes some away. Who ignores the version ignores that too, and nothing else.
#[test]
fn what_an_ignored_version_brings_and_takes_away_is_ignored_with_it() {
    let yaml = "provisioned_products:\n  x: {product_name: p, provisioning_artifact_name: v1, lifecycle: {ignore_changes: [provisioning_artifact]}}\n";
    let row = "x p/v1 A=1 Old=o";
    let world = |stack: &str| {
        format!(
            "offer p/v1 A=1 Old=o\noffer p/v3 A=1 Extra=e\nis pp-x rec=rec-9 runs=p/v3
             record rec-9 pp-x UPDATE_PROVISIONED_PRODUCT succeeded version=p/v3\nstack pp-x {stack}"
        )
    };
    let outside = "outside rec-9 UPDATE_PROVISIONED_PRODUCT";
    let shown =
        |options: &str, stack: &str| Given::new(options, yaml, row, &world(stack)).shown().trim().to_owned();
    // who has not looked makes sure, and that is all
    assert_eq!(shown("", "A=1 Extra=e"), format!("update x pp-x ({outside})"));
    assert_eq!(shown("--deep", "A=1 Extra=e"), format!("accept x pp-x rec-9 ({outside})"));
    let given = shown("--deep", "A=1 Extra=other");
    assert!(
        given.starts_with("update x pp-x") && given.contains("drifted Extra absent -> \"other\""),
        "{given}"
    );
    let given = shown("--deep", "A=2 Extra=e");
    assert!(given.starts_with("update x pp-x") && given.contains("drifted A"), "{given}");
    assert!(!given.contains("Extra") && !given.contains("Old"), "{given}");
    // without being ignored, the version is what is put back
    let kept = yaml.replace(", lifecycle: {ignore_changes: [provisioning_artifact]}", "");
    let shown = Given::new("--deep", &kept, row, &world("A=1 Extra=e")).shown();
    assert!(shown.contains("update x pp-x") && shown.contains("version"), "{shown}");
}
