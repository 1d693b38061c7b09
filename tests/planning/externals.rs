//! Provisioned products of others: their values are used as they are found, and what is not there is told.

use super::fixture::{Given, check, check_with, render, same};

/// A service in somebody else's network.
fn app(reference: &str) -> String {
    format!(
        "provisioned_products:
  app: {{product_name: service, provisioning_artifact_name: v1, parameters: {{VpcId: \"${{{reference}}}\"}}}}
external:
  net: {{provisioned_product_name: shared}}
"
    )
}

const THERE: &str =
    "is pp-9 name=shared rec=rec-9\nrecord rec-9 pp-9 PROVISION_PRODUCT succeeded VpcId=vpc-9";

#[test]
fn what_it_gives_is_used_and_nobody_waits_for_it() {
    for (reference, value) in [
        ("external.net.outputs.VpcId", "VpcId \"vpc-9\" sent"),
        ("external.net.id", "VpcId \"pp-9\" sent"),
        ("external.net.arn", "VpcId \"arn:pp-9\" sent"),
    ] {
        let given = Given::new("", &app(reference), "", THERE);
        same(&given.shown(), "provision app (new)");
        let plan = given.plan().unwrap();
        let spec = render::spec(plan.steps[0].spec().unwrap());
        assert!(spec.contains(value), "{spec}");
        assert!(plan.steps[0].needs.is_empty() && plan.externals.len() == 1);
    }
    // it is looked for past the search, and without one
    for (flags, world) in [("", format!("{THERE}\nis pp-9 unlisted")), ("--no-refresh", THERE.to_owned())] {
        let given = Given::new(flags, &app("external.net.outputs.VpcId"), "", &world);
        same(&given.shown(), "provision app (new)");
    }
}

#[test]
fn an_output_that_changed_is_an_update() {
    check(
        &app("external.net.outputs.VpcId"),
        "app service/v1 VpcId=vpc-8 Size=small",
        THERE,
        r#"update app pp-app (parameter VpcId "vpc-8" -> "vpc-9")"#,
    );
    check(
        &app("external.net.outputs.VpcId"),
        "app service/v1 VpcId=vpc-9 Size=small",
        THERE,
        "unchanged: app",
    );
}

#[test]
fn it_may_stand_on_another_location() {
    let yaml = app("external.net.outputs.VpcId")
        .replace("{product_name: service", "{location: hub, product_name: service")
        .replace("name: shared", "name: shared, location: dev/us-east-1");
    let world = format!("{THERE}\nis pp-9 at=dev/us-east-1");
    check_with("--two", [&yaml, "", &world], "provision app (new)");
    let nowhere = yaml.replace(", location: dev/us-east-1", "");
    let shown = Given::new("--two", &nowhere, "", "").shown();
    assert!(shown.starts_with("ambiguous at 4:3: it must be said on which location `net` stands"), "{shown}");
}

#[test]
fn what_is_not_there_is_told_where_it_is_declared_or_used() {
    let outputs = app("external.net.outputs.VpcId");
    let missing = |yaml: &str, world: &str, expect: &str| check(yaml, "", world, expect);
    missing(
        &outputs,
        "is pp-9 name=shraed",
        "not-there at 4:3: `external.net` is not there: there is no provisioned product `shared` on hub [cannot be filled] / did you mean `shraed`?",
    );
    missing(
        &app("external.net.outputs.VpcID"),
        THERE,
        "unknown-output at 2:85: `external.net` has no `outputs.VpcID` [cannot be filled] / did you mean `VpcId`?",
    );
    missing(
        &outputs,
        "is pp-9 name=shared",
        "unknown-output at 2:85: `external.net` has no `outputs.VpcId` [cannot be filled] / it has no outputs, or they are not shown to us",
    );
    missing(
        &app("external.nett.outputs.VpcId"),
        THERE,
        "unknown-reference at 2:85: there is no external product `nett` / did you mean `net`?",
    );
    missing(
        &outputs.replace("{provisioned_product_name: shared}", "{}"),
        THERE,
        "missing at 4:3: the external product `net` has no `provisioned_product_id` or `provisioned_product_name`",
    );
}

#[test]
fn what_is_not_at_rest_is_said() {
    let note = |how: &str| {
        format!(
            "provision app (new)\nnote app: `external.net` (pp-9) {how}: its values are those of its last success"
        )
    };
    let yaml = app("external.net.outputs.VpcId");
    check(&yaml, "", &format!("{THERE}\nis pp-9 changing last=rec-10"), &note("is under change"));
    check(&yaml, "", &format!("{THERE}\nis pp-9 tainted last=rec-10 prov=rec-10"), &note("is tainted"));
}

#[test]
fn what_nobody_refers_to_is_not_asked_for() {
    let given = Given::new("", &app("external.net.id").replace("${external.net.id}", "x"), "", "");
    same(&given.shown(), "provision app (new)");
    assert_eq!(given.world.asked.borrow().get("find"), Some(&1), "the declared name alone");
}

/// What is managed here is nobody else's.
#[test]
fn what_is_ours_is_not_external() {
    let yaml = |external: &str| {
        format!(
            "provisioned_products:
  net: {{product_name: p, provisioning_artifact_name: v1, provisioned_product_name: shared}}
external:
  mine: {{{external}}}
"
        )
    };
    let row = "net p/v1 pp:pp-9 name:shared";
    check(
        &yaml("provisioned_product_name: shared"),
        row,
        "offer p/v1",
        "contradiction at 4:3: `external.mine` is called `shared`, as `net` is that is declared here / leave the external out, and refer to `net` itself, such as by `${net.outputs.KEY}`",
    );
    check(
        &yaml("provisioned_product_id: pp-9"),
        row,
        "offer p/v1",
        "contradiction at 4:3: `external.mine` is pp-9, which is managed here as `net` / leave the external out, and refer to `net` itself, such as by `${net.outputs.KEY}`",
    );
    // whose declaration is gone: unless it is let go of
    let gone = "provisioned_products: {}\nexternal:\n  mine: {provisioned_product_id: pp-9}\n";
    let shown = Given::new("", gone, row, "").shown();
    assert!(shown.starts_with("contradiction at 3:3: `external.mine` is pp-9, which is managed here as `net`, and its declaration is gone"), "{shown}");
    check(
        &format!("{gone}removed: [{{address: net, on_removal: forget}}]\n"),
        row,
        "",
        "forget net leaving pp-9 (removed)",
    );
}
