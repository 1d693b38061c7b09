//! One test for each row of the decision table.

use provisor::plan::{Action, Rule};

use super::fixture::{Given, check, check_with};
use super::{APP, NET, NET_ROW, NOTHING};

#[test]
fn declared_and_not_there_is_provisioned() {
    check(NET, "", "", "provision network (new)");
}

#[test]
fn open_intents_come_first_whatever_is_declared() {
    let settled = |state: &str, expect: &str| {
        check(NET, state, "", expect);
        check(NOTHING, state, "", expect);
    };
    settled(&format!("{NET_ROW} updating"), "settle network (interrupted update)");
    settled(&format!("{NET_ROW} updating=rec-9"), "settle network (interrupted update rec-9)");
    let going = (format!("{NET_ROW} terminating=rec-9"), "settle network (interrupted terminate rec-9)");
    check(NOTHING, &going.0, "", going.1);
    let note = "note network: its termination is resumed, and it is declared: once that is over, the next plan provisions it, and what needs it waits for that";
    check(NET, &going.0, "", &format!("{}\n{note}", going.1));
    settled("network vpc/v1 provisioning", "settle network (interrupted provision)");
    settled("network vpc/v1 provisioning=rec-9", "settle network (interrupted provision rec-9)");
}

#[test]
fn an_open_intent_comes_before_the_status_of_the_product() {
    for world in
        ["is pp-network tainted", "is pp-network rebooting", "is pp-network error", "gone pp-network"]
    {
        check(NET, &format!("{NET_ROW} updating=rec-9"), world, "settle network (interrupted update rec-9)");
    }
}

#[test]
fn what_depends_on_an_interrupted_one_waits() {
    check(
        APP,
        &format!("{NET_ROW} updating=rec-9\napp service/v1 VpcId=vpc-1 Size=small after:network"),
        "",
        "settle network (interrupted update rec-9)
         update app pp-app (VpcId may change with network) after network only-if-inputs-differ",
    );
    check(
        APP,
        "network vpc/v1 provisioning",
        "",
        "settle network (interrupted provision)
         provision app (new) after network",
    );
}

#[test]
fn a_name_that_is_taken_is_refused_with_the_line_to_paste() {
    check(
        NET,
        "",
        "is pp-other name=network by=arn:aws:iam::1:user/eve",
        "refuse network Exists: a provisioned product named `network` exists already: pp-other, made by arn:aws:iam::1:user/eve \
         / choose another `provisioned_product_name`; `imports: [{to: network, provisioned_product_id: pp-other}]`, or `provisor import network pp-other`, adopts it",
    );
}

#[test]
fn a_name_that_the_search_does_not_show_yet_is_found_before_a_creation() {
    check(
        NET,
        "",
        "is pp-other name=network unlisted",
        "refuse network Exists: a provisioned product named `network` exists already: pp-other \
         / choose another `provisioned_product_name`; `imports: [{to: network, provisioned_product_id: pp-other}]`, or `provisor import network pp-other`, adopts it",
    );
}

#[test]
fn a_holder_in_motion_is_waited_for() {
    check(
        NET,
        "",
        "is pp-other name=network changing last=rec-9",
        "refuse network InMotion: an operation that is not ours is running on pp-other (rec-9) \
         / run again when it is over: the plan may then be another",
    );
}

#[test]
fn confirmed_and_equal_is_unchanged() {
    check(NET, NET_ROW, "", "unchanged: network");
}

#[test]
fn lifecycle_only_edits_are_remembered() {
    let remembers = |word: &str, what: &str| {
        let expect = format!("remember network (lifecycle only)\nnote network: {what}");
        check(NET, &format!("{NET_ROW} {word}"), "", &expect);
    };
    remembers("protect", "`prevent_terminate` = true -> false");
    remembers("forget", "`on_removal` = forget -> terminate");
    check(
        "provisioned_products:
           network: {product_name: vpc, provisioning_artifact_name: v1}
           other: {product_name: vpc, provisioning_artifact_name: v1, depends_on: [network]}",
        &format!("{NET_ROW}\nother vpc/v1 Cidr=10.0.0.0/16 Zones=a,b"),
        "",
        "remember other (lifecycle only)
         unchanged: network
         note other: `depends_on` = [] -> [network]",
    );
}

#[test]
fn what_is_remembered_together_with_a_change_is_told_too() {
    let differs = "network vpc/v1 Cidr=10.9.0.0/16 Zones=a,b protect";
    let parameter = r#"(parameter Cidr "10.9.0.0/16" -> "10.0.0.0/16" by default)"#;
    let note = "note network: `prevent_terminate` = true -> false";
    check(NET, differs, "", &format!("update network pp-network {parameter}\n{note}"));
    check_with(
        "--replace network",
        [NET, &format!("{NET_ROW} protect"), ""],
        &format!(
            "terminate network pp-network to replace it (requested)
             provision network (requested) after the end of network
             {note}"
        ),
    );
    check_with(
        "--refresh-only",
        [NET, &format!("{NET_ROW} protect"), "is pp-network rec=rec-9"],
        &format!("accept network pp-network rec-9 (outside rec-9)\n{note}"),
    );
    // what is refused writes nothing down
    let refused = Given::new("--allow create", NET, differs, "").shown();
    assert!(refused.starts_with("refuse network NotAllowed") && !refused.contains("note "), "{refused}");
}

#[test]
fn confirmed_and_different_is_updated() {
    check(
        NET,
        "network vpc/v1 Cidr=10.9.0.0/16 Zones=a,b",
        "",
        r#"update network pp-network (parameter Cidr "10.9.0.0/16" -> "10.0.0.0/16" by default)"#,
    );
    check(
        "provisioned_products:\n  network: {product_name: vpc, provisioning_artifact_name: v2, parameters: {Cidr: 10.1.0.0/16}}",
        NET_ROW,
        "",
        r#"update network pp-network (version v1 -> v2, parameter Cidr "10.0.0.0/16" -> "10.1.0.0/16", parameter Nat absent -> "1" by default)"#,
    );
}

/// A removal takes as long as it was given when it was declared.
#[test]
fn the_patience_for_a_removal_is_remembered() {
    use std::time::Duration;
    let timeout = |flags: &str, yaml: &str, state: &str| {
        let plan = Given::new(flags, yaml, state, "offer p/v1").plan().unwrap();
        (plan.steps[0].timeout, plan.steps[0].lifecycle.terminate_timeout)
    };
    let hours = |n: u64| Duration::from_secs(n * 3600);
    let declared = "provisioned_products:\n  x: {product_name: p, provisioning_artifact_name: v1, timeouts: {terminate: 3h}}";
    let nothing = "provisioned_products: {}";
    assert_eq!(timeout("", declared, ""), (hours(1), Some(hours(3))));
    check(
        declared,
        "x p/v1",
        "offer p/v1",
        "remember x (lifecycle only)\nnote x: `timeouts.terminate` = 1h0m0s -> 3h0m0s",
    );
    check(declared, "x p/v1 patience:10800", "offer p/v1", "unchanged: x");
    assert_eq!(timeout("", nothing, "x p/v1 patience:10800"), (hours(3), Some(hours(3))));
    assert_eq!(timeout("", nothing, "x p/v1"), (hours(1), None));
    assert_eq!(timeout("--destroy", declared, "x p/v1 patience:10800").0, hours(3));
}

#[test]
fn a_foreign_update_is_an_update_that_says_so() {
    let world = "is pp-network rec=rec-9
                 record rec-9 pp-network UPDATE_PROVISIONED_PRODUCT succeeded";
    check(NET, NET_ROW, world, "update network pp-network (outside rec-9 UPDATE_PROVISIONED_PRODUCT)");
    check(
        NET,
        "network vpc/v1 Cidr=10.9.0.0/16 Zones=a,b",
        world,
        r#"update network pp-network (outside rec-9 UPDATE_PROVISIONED_PRODUCT, parameter Cidr "10.9.0.0/16" -> "10.0.0.0/16" by default)"#,
    );
}

#[test]
fn what_somebody_else_put_there_is_what_differs() {
    let world = |runs| format!("offer p/v1\noffer p/v2\nis pp-x rec=rec-9 runs={runs}");
    let yaml = "provisioned_products:\n  x: {product_name: p, provisioning_artifact_name: v1}";
    let other_version = "update x pp-x (outside rec-9, drifted version \"v1\" -> \"v2\", version v2 -> v1)";
    check(yaml, "x p/v1", &world("p/v2"), other_version);
    check(
        yaml,
        "x p/v1",
        &world("p/v7"),
        "update x pp-x (outside rec-9, drifted version \"v1\" -> \"pa-p-v7\", version pa-p-v7 -> v1)",
    );
    // the same as is declared by now: nothing of the version is left to change
    check(
        &yaml.replace("v1", "v2"),
        "x p/v1",
        &world("p/v2"),
        "update x pp-x (outside rec-9, drifted version \"v1\" -> \"v2\")",
    );
    let plan = Given::new("", yaml, "x p/v1", &world("q/v1")).plan().unwrap();
    assert!(
        matches!(&plan.steps[0].action, Action::Refused(refusal) if refusal.rule == Rule::ChangesProduct)
    );
}

#[test]
fn a_foreign_update_whose_record_is_gone_is_still_foreign() {
    check(NET, NET_ROW, "is pp-network rec=rec-9", "update network pp-network (outside rec-9)");
}

#[test]
fn refresh_only_accepts_a_foreign_update_and_does_nothing_else() {
    let state = format!("{NET_ROW}\nlost vpc/v1\nold vpc/v1 protect");
    let yaml = "provisioned_products:
           network: {product_name: vpc, provisioning_artifact_name: v1}
           fresh: {product_name: vpc, provisioning_artifact_name: v1}
           lost: {product_name: vpc, provisioning_artifact_name: v1}";
    let world = "is pp-network rec=rec-9
                 record rec-9 pp-network UPDATE_PROVISIONED_PRODUCT succeeded
                 gone pp-lost";
    let expect = "accept network pp-network rec-9 (outside rec-9 UPDATE_PROVISIONED_PRODUCT)";
    let plan = super::fixture::Given::new("--refresh-only", yaml, &state, world).plan().unwrap();
    let shown = super::fixture::render::plan(&plan);
    assert!(shown.starts_with(expect) && plan.steps.len() == 1, "{shown}");
}

#[test]
fn refresh_only_leaves_interrupted_operations_alone() {
    const FAILED: &str = "note network: its last operation failed: there is nothing to accept";
    check_with("--refresh-only", [NET, &format!("{NET_ROW} updating=rec-9"), ""], "");
    check_with("--refresh-only", [NET, "network vpc/v1 provisioning", ""], "");
    check_with("--refresh-only", [NOTHING, NET_ROW, "is pp-network changing"], "");
    check_with("--refresh-only", [NET, NET_ROW, "is pp-network changing rec=rec-9"], "");
    check_with("--refresh-only", [NET, NET_ROW, "is pp-network tainted prov=rec-9"], FAILED);
    check_with("--refresh-only", [NET, NET_ROW, ""], "unchanged: network");
}

#[test]
fn a_tainted_product_is_updated_with_the_failed_records_words() {
    check(
        NET,
        NET_ROW,
        "is pp-network tainted last=rec-9 prov=rec-9 message=rolled·back
         record rec-9 pp-network UPDATE_PROVISIONED_PRODUCT failed=Subnet·is·full",
        "update network pp-network (tainted rec-9: Subnet is full)",
    );
    check(
        NET,
        NET_ROW,
        "is pp-network tainted last=rec-9 message=Bucket·is·not·empty",
        "update network pp-network (tainted rec-9: Bucket is not empty)",
    );
}

#[test]
fn a_tainted_product_is_compared_with_what_last_succeeded() {
    check(
        "provisioned_products:\n  network: {product_name: vpc, provisioning_artifact_name: v1, parameters: {Cidr: 10.1.0.0/16}}",
        NET_ROW,
        "is pp-network tainted last=rec-9 prov=rec-9
         record rec-9 pp-network UPDATE_PROVISIONED_PRODUCT failed=Subnet·is·full",
        r#"update network pp-network (tainted rec-9: Subnet is full, parameter Cidr "10.0.0.0/16" -> "10.1.0.0/16")"#,
    );
}

#[test]
fn a_product_that_had_been_good_and_is_in_error_is_refused() {
    check(
        NET,
        NET_ROW,
        "is pp-network error message=stack·is·gone",
        "refuse network ErrorStatus: it had been provisioned, and its status is ERROR now: stack is gone \
         / `--replace network` terminates it with everything in it and provisions it again",
    );
    check_with(
        "--replace network",
        [NET, NET_ROW, "is pp-network error message=stack·is·gone"],
        "terminate network pp-network to replace it (requested)
         provision network (requested) after the end of network",
    );
}

#[test]
fn somebody_elses_operation_is_refused_for_now_and_the_rest_goes_on() {
    let world = "is pp-network changing last=rec-9 prov=rec-9
                 record rec-9 pp-network UPDATE_PROVISIONED_PRODUCT running since=90";
    let refused = "refuse network InMotion: an operation that is not ours is running on pp-network (rec-9, since 1970-01-01T00:15:10Z) \
                   / run again when it is over: the plan may then be another";
    check(NET, NET_ROW, world, refused);
    check(NOTHING, NET_ROW, world, refused);
    check(NET, "network vpc/v1 bound", world, refused);
    check(
        "provisioned_products:
           network: {product_name: vpc, provisioning_artifact_name: v1}
           other: {product_name: vpc, provisioning_artifact_name: v1}",
        NET_ROW,
        world,
        &format!("{refused}\nprovision other (new)"),
    );
}

#[test]
fn a_plan_in_progress_is_somebody_elses_operation() {
    check(
        NET,
        NET_ROW,
        "is pp-network planning",
        "refuse network PlanInProgress: a provisioned product plan that is not ours waits on pp-network \
         / it does not end by itself: `aws servicecatalog execute-provisioned-product-plan --plan-id PLAN-ID` carries it out, \
         `aws servicecatalog delete-provisioned-product-plan --plan-id PLAN-ID` takes it away; then run again",
    );
}

#[test]
fn an_unknown_status_is_refused_and_named() {
    let expect = "refuse network UnknownStatus: its status is `REBOOTING`, which this version does not know \
                  / look at it in the console; a newer provisor may know the status";
    check(NET, NET_ROW, "is pp-network rebooting", expect);
    check(NOTHING, NET_ROW, "is pp-network rebooting", expect);
    check(NET, "network vpc/v1 bound", "is pp-network rebooting", expect);
    check(NET, "", "is pp-other name=network rebooting", expect);
}

#[test]
fn what_vanished_is_provisioned_again() {
    check(NET, NET_ROW, "gone pp-network", "provision network (vanished pp-network)");
    check(NET, "network vpc/v1 bound", "gone pp-network", "provision network (vanished pp-network)");
}

#[test]
fn what_the_search_does_not_show_has_not_vanished() {
    check(NET, NET_ROW, "is pp-network unlisted", "unchanged: network");
}

#[test]
fn what_vanished_while_another_took_its_name_is_refused() {
    for listed in ["", "unlisted"] {
        check(
            NET,
            NET_ROW,
            &format!("gone pp-network\nis pp-other name=network {listed}"),
            "refuse network Exists: a provisioned product named `network` exists already: pp-other; it was pp-network, and that is gone \
             / choose another `provisioned_product_name`; `imports: [{to: network, provisioned_product_id: pp-other}]`, or `provisor import network pp-other`, adopts it",
        );
    }
}

#[test]
fn a_good_foreign_update_before_the_bad_one_is_named_too() {
    check(
        NET,
        NET_ROW,
        "is pp-network tainted last=rec-9 prov=rec-9 good=rec-8 message=m",
        "update network pp-network (tainted rec-9: m, outside rec-8)",
    );
}

#[test]
fn another_product_is_refused_unless_it_is_asked_for() {
    let yaml = "provisioned_products:\n  network: {product_name: net, provisioning_artifact_name: v1}";
    let world = "offer net/v1 Cidr=10.0.0.0/16 Zones=a,b";
    let refused = "refuse network ChangesProduct: the product would change from `vpc` (prod-vpc) to `net` (prod-net) \
                   / the catalog may replace every resource: `--allow change-product` updates in place, `--replace network` terminates and provisions again";
    check(yaml, NET_ROW, world, refused);
    check_with("--allow create,update,destroy", [yaml, NET_ROW, world], refused);
    check_with(
        "--allow change-product",
        [yaml, NET_ROW, world],
        "update network pp-network (product vpc -> net, version v1 -> v1)",
    );
    check_with(
        "--replace network",
        [yaml, NET_ROW, world],
        "terminate network pp-network to replace it (requested, product vpc -> net, version v1 -> v1)
         provision network (requested, product vpc -> net, version v1 -> v1) after the end of network",
    );
}

#[test]
fn what_is_no_longer_declared_is_terminated_or_left_as_was_remembered() {
    check(NOTHING, NET_ROW, "", "terminate network pp-network (removed)");
    check(NOTHING, &format!("{NET_ROW} retain"), "", "retain network pp-network (removed)");
    check(NOTHING, &format!("{NET_ROW} forget"), "", "forget network leaving pp-network (removed)");
    for (status, shown) in [("tainted", "Tainted"), ("error", "Error")] {
        let world = format!("is pp-network {status}");
        for (row, what) in [(NET_ROW, "tainted rec-network"), ("network vpc/v1 bound", "failed creation")] {
            let expected = format!("terminate network pp-network (removed, {what}: status {shown})");
            check(NOTHING, row, &world, &expected);
        }
    }
}

#[test]
fn prevent_terminate_is_remembered() {
    let refused = "refuse network PreventTerminate: `lifecycle.prevent_terminate` forbids terminating it \
                   / `removed: [{address: network, prevent_terminate: false}]` releases it";
    check(NOTHING, &format!("{NET_ROW} protect"), "", refused);
    check(NOTHING, &format!("{NET_ROW} protect retain"), "", refused);
    let declared = "refuse network PreventTerminate: `lifecycle.prevent_terminate` forbids terminating it \
                    / write `prevent_terminate: false` in its declaration and apply, then destroy";
    check_with("--destroy", [NET, &format!("{NET_ROW} protect"), ""], declared);
    check_with("--destroy", [NOTHING, &format!("{NET_ROW} protect"), ""], refused);
    check(NOTHING, &format!("{NET_ROW} protect forget"), "", "forget network leaving pp-network (removed)");
}

#[test]
fn what_is_neither_declared_nor_there_is_forgotten() {
    check(NOTHING, NET_ROW, "gone pp-network", "forget network (removed)");
    check(NOTHING, "network vpc/v1 unbound token:t", "", "forget network (removed)");
    check(NOTHING, &format!("{NET_ROW} protect"), "gone pp-network", "forget network (removed)");
}

#[test]
fn destroy_heeds_what_is_written_and_not_yet_remembered() {
    let written = |lifecycle: &str| {
        format!(
            "provisioned_products:\n  network: {{product_name: vpc, provisioning_artifact_name: v1, lifecycle: {{{lifecycle}}}}}"
        )
    };
    let refused = "refuse network PreventTerminate: `lifecycle.prevent_terminate` forbids terminating it \
                   / write `prevent_terminate: false` in its declaration and apply, then destroy";
    let destroy = |lifecycle: &str, row: &str, expect: &str| {
        check_with("--destroy", [&written(lifecycle), &format!("{NET_ROW} {row}"), ""], expect);
    };
    destroy("prevent_terminate: true", "", refused);
    destroy("prevent_terminate: true", "protect", refused);
    destroy("prevent_terminate: false", "protect", refused);
    destroy("on_removal: forget", "", "forget network leaving pp-network (destroyed)");
    destroy("on_removal: retain_physical_resources", "", "retain network pp-network (destroyed)");
    destroy("on_removal: terminate", "forget", "terminate network pp-network (destroyed)");
    destroy("prevent_terminate: true, on_removal: terminate", "forget", refused);
    // no longer declared: what is remembered is all there is
    check_with(
        "--destroy",
        [NOTHING, &format!("{NET_ROW} forget"), ""],
        "forget network leaving pp-network (destroyed)",
    );
}
