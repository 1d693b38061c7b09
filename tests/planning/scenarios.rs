//! What users of other tools suffered, as far as planning prevents it; numbered as in the list of scenarios.

use provisor::plan::file::{About, save};
use provisor::plan::{Action, Planned};

use super::fixture::{Given, check, check_with, key, render, same};
use super::{APP, APP_ROW, NET, NET_ROW, NOTHING};

const NET_V2: &str = "provisioned_products:\n  network: {product_name: vpc, provisioning_artifact_name: v2, parameters: {Cidr: 10.1.0.0/16}}\n";
const SAME_UPDATE: &str = r#"version v1 -> v2, parameter Cidr "10.0.0.0/16" -> "10.1.0.0/16", parameter Nat absent -> "1" by default)"#;

#[test]
fn scenario_01_an_update_that_was_rejected_or_failed_is_shown_again() {
    check(NET_V2, NET_ROW, "", &format!("update network pp-network ({SAME_UPDATE}"));
    check(
        NET_V2,
        &format!("{NET_ROW} rejected:not·now"),
        "",
        &format!("update network pp-network ({SAME_UPDATE}"),
    );
    check(
        NET_V2,
        &format!("{NET_ROW} failed:rolled·back"),
        "is pp-network tainted last=rec-9 prov=rec-9\nrecord rec-9 pp-network UPDATE_PROVISIONED_PRODUCT failed=full version=vpc/v2",
        &format!("update network pp-network (tainted rec-9: full, {SAME_UPDATE}"),
    );
}

#[test]
fn scenario_02_a_tainted_product_is_a_step_with_the_records_error() {
    check(
        NET,
        NET_ROW,
        "is pp-network tainted last=rec-9 prov=rec-9\nrecord rec-9 pp-network UPDATE_PROVISIONED_PRODUCT failed=Subnet·is·full",
        "update network pp-network (tainted rec-9: Subnet is full)",
    );
}

#[test]
fn scenario_03_a_failed_change_of_the_version_name_alone_is_retried() {
    // the catalog names the attempted version, the state the confirmed one
    let yaml = NET.replace("v1", "v2");
    let mut given =
        Given::new("", &yaml, NET_ROW, "is pp-network tainted last=rec-9 prov=rec-9 message=full");
    for (_, existing) in given.world.existing.values_mut() {
        existing.artifact = Some("pa-vpc-v2".into());
    }
    same(
        &given.shown(),
        r#"update network pp-network (tainted rec-9: full, version v1 -> v2, parameter Nat absent -> "1" by default)"#,
    );
}

#[test]
fn scenario_04_a_creation_that_was_not_waited_for_is_resumed_not_destroyed() {
    check(NET, "network vpc/v1 provisioning=rec-9", "", "settle network (interrupted provision rec-9)");
    check(
        NET,
        "network vpc/v1 provisioning=rec-9",
        "is pp-network available",
        "settle network (interrupted provision rec-9)",
    );
}

#[test]
fn scenario_05_a_crash_between_call_and_answer_is_settled_by_its_token() {
    check(
        NET,
        "network vpc/v1 provisioning token:token-1",
        "is pp-new name=network token=token-1 changing",
        "settle network (interrupted provision)",
    );
    check(
        NET,
        "network vpc/v1 unbound token:t",
        "is pp-new name=network token=t",
        "update network pp-new (failed creation rec-pp-new: status Available)",
    );
}

#[test]
fn scenario_07_a_failed_termination_is_tried_again_as_it_was() {
    let plan = Given::new(
        "",
        NOTHING,
        &format!("{NET_ROW} failed:Bucket·is·not·empty"),
        "is pp-network tainted last=rec-9",
    )
    .plan()
    .unwrap();
    let expected = "terminate network pp-network (removed, tainted rec-9: Bucket is not empty)";
    same(&render::plan(&plan), expected);
    let Action::Terminate(termination) = &plan.steps[0].action else { panic!("{plan:?}") };
    assert!(!termination.retain);
}

#[test]
fn scenario_08_a_product_in_error_is_a_step_that_is_shown() {
    check(
        NET,
        "network vpc/v1 bound",
        "is pp-network error message=full",
        "terminate network pp-network to replace it (failed creation: full)
         provision network (failed creation: full) after the end of network",
    );
    let refused = Given::new("", NET, NET_ROW, "is pp-network error message=gone").shown();
    assert!(refused.starts_with("refuse network ErrorStatus: "), "{refused}");
}

#[test]
fn scenario_09_references_wait_for_fresh_outputs_in_the_same_run() {
    let plan = Given::new("", APP, &format!("{NET_ROW}\n{APP_ROW}"), "is pp-network tainted message=m")
        .plan()
        .unwrap();
    let spec = plan.steps[1].spec().unwrap();
    assert!(
        matches!(&spec.parameters["VpcId"].value, Planned::Pending(template) if template.references().count() == 1)
    );
    let mut given = Given::new("", APP, "", "");
    given.carry_out().unwrap();
    same(&given.shown(), "unchanged: app, network");
}

#[test]
fn scenario_10_a_dependent_whose_inputs_do_not_change_is_not_touched() {
    let mut given = Given::new("", APP, "", "");
    given.carry_out().unwrap();
    given.yaml = APP.replacen("v1}", "v2}", 1);
    let before = given.recorded.rows[&super::fixture::address("app")].clone();
    let plan = given.carry_out().unwrap();
    assert!(plan.steps[1].only_if_inputs_differ);
    assert_eq!(given.recorded.rows[&super::fixture::address("app")], before);
    same(&given.shown(), "unchanged: app, network");
}

#[test]
fn scenario_12_wrong_values_are_found_at_plan() {
    let yaml = "provisioned_products:
  app:
    product_name: service
    provisioning_artifact_name: v1
    parameters:
      Size: medium
      Vpc: vpc-1
";
    check(
        yaml,
        "",
        "",
        "parameter-value at 6:13: parameter `Size` must be one of `small`, `large` [`medium` is not allowed]
         unknown-parameter at 7:7: `service` v1 has no parameter `Vpc` [unknown parameter] / it takes `Size`, `VpcId`
         missing-parameter at 5:5: `app` needs the parameter `VpcId`: service v1 has no default for it [`VpcId` is missing]",
    );
}

#[test]
fn scenario_13_a_dropped_parameter_names_its_version() {
    let yaml = "provisioned_products:\n  network: {product_name: vpc, provisioning_artifact_name: v1, parameters: {Nat: 1}}";
    check(
        yaml,
        "network vpc/v2 Cidr=10.0.0.0/16 Zones=a,b Nat=1",
        "",
        "unknown-parameter at 2:77: `vpc` v1 no longer has the parameter `Nat` that v2 had [unknown parameter] / it takes `Cidr`, `Zones`",
    );
}

#[test]
fn scenario_14_a_wrong_product_id_is_found_at_plan() {
    check(
        "provisioned_products:\n  network: {product_id: prod-vpv, provisioning_artifact_name: v1}",
        "",
        "",
        "unknown-product at 2:25: there is no product `prod-vpv`, or no access to it / there is `prod-db (db)`, `prod-service (service)`, `prod-vpc (vpc)` / did you mean `prod-vpc`?",
    );
}

#[test]
fn scenario_15_two_versions_or_paths_of_one_name_are_listed() {
    check(
        NET,
        "",
        "offer vpc/v1--b\noffer vpc/v1 +path=a/lp-1,a/lp-2",
        "ambiguous-version at 2:60: several versions of `vpc` are named `v1` / there is `v1 (pa-vpc-v1--b, made 2023-11-14)`, `v1 (pa-vpc-v1, made 2023-11-14)` / name one of them by `provisioning_artifact_id`",
    );
    check(
        NET,
        "",
        "offer vpc/v1 +path=a/lp-1,a/lp-2",
        "path-needed at 2:27: `vpc` has several launch paths: choose one with `path_name` / there is `a (lp-1)`, `a (lp-2)`",
    );
}

#[test]
fn scenario_16_and_17_paths_resolve_at_every_plan_and_are_sent_as_resolved() {
    let yaml = NET.replace("v1}", "v1, path_name: team}");
    let row = "network vpc/v1 Cidr=10.0.0.0/16 path:team/lp-dead";
    check(&yaml, row, "offer vpc/v1 +path=team/lp-alive Cidr=10.0.0.0/16", "unchanged: network");
    let plan =
        Given::new("", &yaml, row, "offer vpc/v1 +path=team/lp-alive Cidr=10.2.0.0/16").plan().unwrap();
    assert_eq!(plan.steps[0].spec().unwrap().target.path.id.as_str(), "lp-alive");
}

#[test]
fn scenario_18_a_deprecated_version_is_an_error_on_creation_and_a_note_on_update() {
    let world = "offer vpc/v1 +deprecated Cidr=10.0.0.0/16 Zones=a,b";
    let created = Given::new("", NET, "", world).shown();
    assert!(created.starts_with("deprecated-version at 2:60"), "{created}");
    check(
        NET,
        "network vpc/v1 Cidr=1 Zones=a,b",
        world,
        "update network pp-network (parameter Cidr \"1\" -> \"10.0.0.0/16\" by default)\nnote network: version `v1` is deprecated",
    );
}

#[test]
fn scenario_19_to_22_defaults_spaces_order_empty_values_and_leading_zeros_make_no_update() {
    let yaml = "provisioned_products:
  x: {product_name: p, provisioning_artifact_name: v1, parameters: {Zero: 012345678901, Empty: \"\", Spaces: \" a \", Keep: ~}}
";
    let offer = "offer p/v1 Default=d Empty=e Keep=k Spaces Zero";
    check(yaml, "x p/v1 Default=d Empty= Keep=other Spaces=a Zero=012345678901", offer, "unchanged: x");
    check(
        yaml,
        "x p/v1 Default=d Empty=e Keep=other Spaces=a Zero=12345678901",
        offer,
        r#"update x pp-x (parameter Empty "e" -> "", parameter Zero "12345678901" -> "012345678901")"#,
    );
}

#[test]
fn scenario_23_tags_that_cannot_change_are_said_and_the_full_set_is_sent_where_they_can() {
    let yaml =
        "provisioned_products:\n  x: {product_name: p, provisioning_artifact_name: v1, tags: {a: 1, b: 2}}";
    let plan = Given::new("", yaml, "x p/v1 tag:a=1 tag:b=2", "offer p/v1\nis pp-x tainted message=m")
        .plan()
        .unwrap();
    assert_eq!(plan.steps[0].spec().unwrap().tags.len(), 2);
    check(
        yaml,
        "x p/v1 tag:a=1",
        "offer p/v1 +fixed-tags",
        "unchanged: x\nnote x: tags `b` cannot change: the product has no RESOURCE_UPDATE constraint that allows it",
    );
}

#[test]
fn scenario_24_automatic_tags_and_tag_options_are_no_drift() {
    // the tags of a provisioned product are not even asked for: automatic ones cannot be taken for ours
    let given = Given::new("", NET, NET_ROW, "offer vpc/v1 +tag=team=core Cidr=10.0.0.0/16 Zones=a,b");
    same(&given.shown(), "unchanged: network");
}

#[test]
fn scenario_25_another_sns_topic_is_refused_with_the_choice() {
    let yaml = NET.replace("v1}", "v1, notification_arns: [\"arn:aws:sns:eu-west-1:111122223333:b\"]}");
    let shown =
        Given::new("", &yaml, &format!("{NET_ROW} sns:arn:aws:sns:eu-west-1:111122223333:a"), "").shown();
    assert!(
        shown.starts_with("refuse network NeedsReplace: the notification ARNs cannot be changed in place"),
        "{shown}"
    );
    assert!(shown.contains("--replace network"), "{shown}");
}

#[test]
fn scenario_26_another_stack_set_account_is_an_update_in_place() {
    check(
        "provisioned_products:\n  x: {product_name: p, provisioning_artifact_name: v1, provisioning_preferences: {stack_set_accounts: [\"111111111111\", \"222222222222\"]}}",
        "x p/v1 accounts:111111111111",
        "offer p/v1 +set=111111111111,222222222222@eu-west-1",
        "update x pp-x (preferences [111111111111] -> [111111111111 222222222222])",
    );
}

#[test]
fn scenario_27_every_step_names_its_cause() {
    let yaml = "provisioned_products:
  fresh: {product_name: vpc, provisioning_artifact_name: v1}
  changed: {product_name: vpc, provisioning_artifact_name: v2}
  foreign: {product_name: vpc, provisioning_artifact_name: v1}
  tainted: {product_name: vpc, provisioning_artifact_name: v1}
  failed: {product_name: vpc, provisioning_artifact_name: v1}
  lost: {product_name: vpc, provisioning_artifact_name: v1}
  open: {product_name: vpc, provisioning_artifact_name: v1}
  kept: {product_name: vpc, provisioning_artifact_name: v1}
  busy: {product_name: vpc, provisioning_artifact_name: v1}
";
    let rows = ["changed", "foreign", "tainted", "lost", "gone", "busy"]
        .map(|key| format!("{key} vpc/v1 Cidr=10.0.0.0/16 Zones=a,b"));
    let state = format!(
        "{}\nfailed vpc/v1 bound\nopen vpc/v1 updating\nkept vpc/v1 Cidr=10.0.0.0/16 Zones=a,b protect",
        rows.join("\n")
    );
    let world = "is pp-foreign rec=rec-9\nis pp-tainted tainted\nis pp-failed error\ngone pp-lost\nis pp-busy changing";
    let plan = Given::new("", yaml, &state, world).plan().unwrap();
    assert_eq!(plan.steps.len(), 11, "{}", render::plan(&plan));
    for step in &plan.steps {
        assert!(!step.reasons.is_empty() || matches!(step.action, Action::Refused(_)), "{step:?}");
    }
}

#[test]
fn scenario_29_a_touched_row_makes_a_plan_stale_and_another_one_does_not() {
    let mut given = Given::new("", APP, "", "");
    given.yaml = NET.to_owned();
    let plan = given.plan().unwrap();
    let stale = |given: &Given| provisor::plan::file::stale(&plan, &given.recorded);
    assert_eq!(stale(&given), []);
    let mut other = given.clone();
    other.yaml = NET.replace("network", "other");
    other.carry_out().unwrap();
    assert_eq!(stale(&other), []);
    given.carry_out().unwrap();
    assert_eq!(stale(&given).len(), 1);
}

#[test]
fn scenario_30_absence_is_confirmed_by_name_before_a_creation() {
    let refused = Given::new("", NET, "", "is pp-other name=network unlisted").shown();
    assert!(refused.starts_with("refuse network Exists"), "{refused}");
    check(NET, NET_ROW, "is pp-network unlisted", "unchanged: network");
}

#[test]
fn scenario_31_a_saved_plan_holds_no_secret() {
    let yaml = "provisioned_products:
  db: {product_name: db, provisioning_artifact_name: v1, parameters: {Password: S3CRET}}
  x: {product_name: p, provisioning_artifact_name: v1, parameters: {A: \"${var.password}\"}}
";
    let plan = Given::new("", yaml, "", "offer p/v1 A").plan().unwrap();
    let text = save(&plan, &About::default(), &key());
    assert!(!text.contains("S3CRET") && !text.contains("hunter22"), "{text}");
}

#[test]
fn scenario_32_old_values_stay_hidden_when_a_parameter_becomes_sensitive() {
    let yaml =
        "provisioned_products:\n  x: {product_name: p, provisioning_artifact_name: v2, parameters: {A: new}}";
    check(
        yaml,
        "x p/v1 A=old",
        "offer p/v2 A!",
        "update x pp-x (version v1 -> v2, parameter A (sensitive) -> (sensitive))
         note x: parameter `A` is sensitive by now, and leaves the state",
    );
    check(
        yaml,
        "x p/v1 A=#old",
        "offer p/v2 A",
        "update x pp-x (version v1 -> v2, parameter A (sensitive) -> (sensitive))",
    );
}

#[test]
fn scenario_33_prevent_terminate_outlives_its_declaration() {
    let mut given = Given::new("", &NET.replace("v1}", "v1, lifecycle: {prevent_terminate: true}}"), "", "");
    given.carry_out().unwrap();
    given.yaml = NOTHING.to_owned();
    let shown = given.shown();
    assert!(shown.starts_with("refuse network PreventTerminate"), "{shown}");
    // and is lifted by declaring so
    given.yaml = NET.to_owned();
    same(
        &given.shown(),
        "remember network (lifecycle only)\nnote network: `prevent_terminate` = true -> false",
    );
    given.carry_out().unwrap();
    given.yaml = NOTHING.to_owned();
    assert!(given.shown().starts_with("terminate network "), "{}", given.shown());
}

#[test]
fn scenario_44_a_dependency_is_on_the_same_location() {
    let yaml = "provisioned_products:
  network: {product_name: vpc, provisioning_artifact_name: v1, locations: [dev]}
  app: {product_name: service, provisioning_artifact_name: v1, locations: [dev], parameters: {VpcId: \"${network.outputs.VpcId}\"}}
";
    check_with(
        "--two",
        [yaml, "", ""],
        "provision network@dev/eu-west-1 (new)
         provision app@dev/eu-west-1 (new) after network@dev/eu-west-1
         provision network@dev/us-east-1 (new)
         provision app@dev/us-east-1 (new) after network@dev/us-east-1",
    );
}
