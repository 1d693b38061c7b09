//! What a step would send: values, `UsePreviousValue`, defaults, tags; and that a creation never leans on what was.

use provisor::plan::{Action, Plan, Spec};

use super::fixture::{Given, check, render, same};
use super::{NET, NET_ROW};

fn p(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("    {}\n", line.trim())).collect();
    format!("provisioned_products:\n  x:\n    product_name: p\n    provisioning_artifact_name: v1\n{lines}")
}

fn spec_of<'p>(plan: &'p Plan, key: &str) -> &'p Spec {
    let mut steps = plan.steps.iter().filter(|step| step.address.key.as_str() == key);
    steps.find_map(|step| step.spec()).expect("a step with a spec")
}

/// What the step of `x` would send.
#[track_caller]
fn sends(flags: &str, [yaml, state, world]: [&str; 3], expect: &str) {
    let plan = Given::new(flags, yaml, state, world).plan().unwrap();
    same(&render::spec(spec_of(&plan, "x")), expect);
}

#[test]
fn a_creation_sends_values_and_leaves_defaults_to_the_template() {
    sends(
        "",
        [&p("parameters: {A: 1, C: ~, S: s}\ntags: {t: v}"), "", "offer p/v1 A B=2 C=3 S! D!=d"],
        "p/v1 by platform (lp-platform)
         A \"1\" sent
         B \"2\" default
         C \"3\" default
         D secret default
         S secret sent
         tag t \"v\"",
    );
}

/// Everything that could be kept: `null`, a secret that is the same, one that is not declared, one that is ignored.
const KEEPING: &str = "parameters: {A: 2, Same: s, Null: ~, Ignored: 9, NullSecret: ~}
                       lifecycle: {ignore_changes: [parameters.Ignored]}";
const KEPT_ROW: &str = "x p/v1 A=1 Same=#s Null=n Ignored=1 NullSecret=#n Undeclared=#u Default=d";
const KEPT_OFFER: &str = "offer p/v1 A Same! Null Ignored NullSecret! Undeclared! Default=d";

#[test]
fn previous_values_are_used_where_they_are_the_ones_we_know() {
    sends(
        "",
        [&p(KEEPING), KEPT_ROW, KEPT_OFFER],
        "p/v1 by platform (lp-platform)
         A \"2\" sent
         Default \"d\" default
         Ignored \"1\" previous
         Null \"n\" previous
         NullSecret kept previous
         Same kept previous
         Undeclared kept previous",
    );
}

#[test]
fn previous_values_are_not_used_where_somebody_or_something_was_between() {
    let declared =
        "parameters: {A: 2, Same: s, Null: ~, Ignored: 9}\nlifecycle: {ignore_changes: [parameters.Ignored]}";
    let row = "x p/v1 A=1 Same=#s Null=n Ignored=1";
    let offer = "offer p/v1 A Same! Null Ignored";
    for world in [
        "is pp-x tainted last=rec-9 prov=rec-9",
        "is pp-x tainted last=rec-9",
        "is pp-x rec=rec-9",
        "is pp-x kind=CFN_STACKSET",
        "is pp-x kind=TERRAFORM_OPEN_SOURCE",
    ] {
        sends(
            "",
            [&p(declared), row, &format!("{offer}\n{world}")],
            "p/v1 by platform (lp-platform)
             A \"2\" sent
             Ignored \"1\" sent
             Null \"n\" sent
             Same secret sent",
        );
    }
}

/// What is kept and not known in the clear: the one that is there counts, and whose that is.
#[test]
fn what_is_kept_unseen_is_kept_where_it_can_be_and_never_taken_for_another() {
    let (declared, row, offer) = (p("parameters: {A: 2, S: ~}"), "x p/v1 A=1 S=#s", "offer p/v1 A S!");
    let sent = |how: &str| format!("p/v1 by platform (lp-platform)\nA \"2\" sent\nS {how} previous");
    for (world, how) in [
        // an update that failed was rolled back to what ours had put there
        ("is pp-x tainted last=rec-9", "kept"),
        ("is pp-x tainted last=rec-9 prov=rec-9 good=rec-x", "kept"),
        ("is pp-x kind=CFN_STACKSET", "kept"),
        // somebody else's update may have brought another one
        ("is pp-x rec=rec-9", "unknown"),
    ] {
        sends("", [&declared, row, &format!("{offer}\n{world}")], &sent(how));
    }
    // other engines are not given what was sent before
    let world = format!("{offer}\nis pp-x kind=TERRAFORM_OPEN_SOURCE");
    check(
        &declared,
        row,
        &world,
        "refuse x UnknownStatus: a TERRAFORM_OPEN_SOURCE product keeps no value of `S`: it needs one at each update / declare a value for `S`",
    );
    check(&p("parameters: {A: 1, S: ~}"), row, &world, "unchanged: x");
    check(&p("parameters: {A: 2, S: s}"), row, &world, "update x pp-x (parameter A \"1\" -> \"2\")");
}

#[test]
fn a_secret_that_changed_is_sent() {
    sends(
        "",
        [&p("parameters: {S: new}"), "x p/v1 S=#old", "offer p/v1 S!"],
        "p/v1 by platform (lp-platform)\nS secret sent",
    );
}

#[test]
fn what_is_made_anew_leans_on_nothing_that_was() {
    let declared = "parameters: {A: 2, Same: s, Null: ~, Ignored: 9}\nlifecycle: {ignore_changes: [parameters.Ignored, provisioning_artifact, tags.t]}\ntags: {t: new}";
    let row = "x p/v0 A=1 Same=#s Null=n Ignored=1 tag:t=old";
    let offer = "offer p/v1 +fixed-tags A Same! Null=d Ignored";
    let expect = "p/v1 by platform (lp-platform)
        A \"2\" sent
        Ignored \"9\" sent
        Null \"d\" default
        Same secret sent
        tag t \"new\"";
    sends("--replace x", [&p(declared), row, offer], expect);
    sends("", [&p(declared), row, &format!("{offer}\ngone pp-x")], expect);
    sends("", [&p(declared), "x p/v0 bound", &format!("{offer}\nis pp-x error prov=rec-9")], expect);
}

#[test]
fn tags_are_sent_in_full_or_not_at_all() {
    let yaml = p("parameters: {A: 2}\ntags: {a: 1, b: 2}");
    let row = "x p/v1 A=1 tag:a=1 tag:b=1";
    sends(
        "",
        [&yaml, row, "offer p/v1 A"],
        "p/v1 by platform (lp-platform)\nA \"2\" sent\ntag a \"1\"\ntag b \"2\"",
    );
    // what is not sent is not taken for applied either
    sends(
        "",
        [&yaml, row, "offer p/v1 +fixed-tags A"],
        "p/v1 by platform (lp-platform)\nA \"2\" sent\ntag a \"1\"\ntag b \"1\"\ntags are not sent",
    );
}

#[test]
fn a_tag_that_stays_is_not_forgotten_by_another_update() {
    sends(
        "",
        [&p("parameters: {A: 2}"), "x p/v1 A=1 tag:a=1", "offer p/v1 A"],
        "p/v1 by platform (lp-platform)\nA \"2\" sent\ntag a \"1\"",
    );
    // nor kept when it can go
    sends(
        "",
        [&p("tags: {b: 2}"), "x p/v1 tag:a=1", "offer p/v1"],
        "p/v1 by platform (lp-platform)\ntag b \"2\"",
    );
}

#[test]
fn tags_that_cannot_change_are_said_at_every_plan_and_never_taken_for_applied() {
    let yaml = p("parameters: {A: 2}\ntags: {a: 2}");
    let mut given = Given::new("", &yaml, "x p/v1 A=1 tag:a=1", "offer p/v1 +fixed-tags A");
    let note = "note x: tags `a` cannot change: the product has no RESOURCE_UPDATE constraint that allows it";
    same(&given.shown(), &format!("update x pp-x (parameter A \"1\" -> \"2\")\n{note}"));
    given.carry_out().unwrap();
    same(&given.shown(), &format!("unchanged: x\n{note}"));
}

#[test]
fn the_launch_path_is_sent_as_resolved_now() {
    sends(
        "",
        [
            &p("path_name: team\nparameters: {A: 2}"),
            "x p/v1 A=1 path:team/lp-old",
            "offer p/v1 +path=team/lp-new A",
        ],
        "p/v1 by team (lp-new)\nA \"2\" sent",
    );
}

#[test]
fn secrets_with_references() {
    let yaml = "provisioned_products:
  y: {product_name: db, provisioning_artifact_name: v1, sensitive_outputs: [Token], parameters: {Password: pw}}
  x: {product_name: p, provisioning_artifact_name: v1, parameters: {A: \"token ${y.outputs.Token}\", B: \"${y.outputs.Endpoint}\"}}
";
    let offer = "offer p/v1 A B!";
    sends(
        "",
        [yaml, "", offer],
        "p/v1 by platform (lp-platform)\nA secret token ${y.outputs.Token} sent\nB secret ${y.outputs.Endpoint} sent",
    );
    // known and equal: the output that is not stored is read again
    let rows = "y db/v1 Password=#pw Subnets= out:Endpoint=e secret:Token=t
x p/v1 A=#token·t B=#e after:y";
    let record = "record rec-y pp-y PROVISION_PRODUCT succeeded Token=t Endpoint=e";
    check(yaml, rows, &format!("{offer}\n{record}"), "unchanged: x, y");
    let other = "record rec-y pp-y PROVISION_PRODUCT succeeded Token=t2 Endpoint=e";
    check(
        yaml,
        rows,
        &format!("{offer}\n{other}"),
        "update x pp-x (parameter A (sensitive) -> (sensitive))\nunchanged: y",
    );
    // on the move
    check(
        yaml,
        rows,
        &format!("{offer}\n{record}\nis pp-y tainted message=m"),
        "update y pp-y (tainted rec-y: m)
         update x pp-x (A may change with y, B may change with y) after y only-if-inputs-differ",
    );
}

#[test]
fn sensitive_outputs_stay_secret_when_their_own_declaration_no_longer_says_so() {
    let yaml = "provisioned_products:
  y: {product_name: db, provisioning_artifact_name: v1, parameters: {Password: pw}}
  x: {product_name: p, provisioning_artifact_name: v1, parameters: {A: \"${y.outputs.Token}\"}}
";
    let rows = "y db/v1 Password=#pw Subnets= out:Endpoint=e secret:Token=t";
    let world = "offer p/v1 A\nrecord rec-y pp-y PROVISION_PRODUCT succeeded Token=t Endpoint=e";
    sends("", [yaml, rows, world], "p/v1 by platform (lp-platform)\nA secret sent");
}

#[test]
fn no_secret_text_is_anywhere_in_a_plan_but_in_the_template_that_fills_it() {
    let yaml = p("parameters: {S: S3CRET-NEW}");
    let plan = Given::new("", &yaml, "x p/v1 S=S3CRET-OLD", "offer p/v1 S!").plan().unwrap();
    let reasons = format!("{:?}", plan.steps[0].reasons);
    assert!(!reasons.contains("S3CRET"), "{reasons}");
    assert!(!render::plan(&plan).contains("S3CRET"));
}

#[test]
fn a_secret_that_the_catalog_repeats_is_taken_out_of_its_words() {
    let yaml = p("parameters: {S: S3CRET-VALUE}");
    let offer = "offer p/v1 S!";
    let said = "message=S3CRET-VALUE·is·too·weak";
    check(
        &yaml,
        "x p/v1 S=#S3CRET-VALUE",
        &format!("{offer}\nis pp-x tainted {said}"),
        "update x pp-x (tainted rec-x: (sensitive) is too weak)",
    );
    check(
        &yaml,
        "x p/v1 bound",
        &format!("{offer}\nis pp-x error {said}"),
        "terminate x pp-x to replace it (failed creation: (sensitive) is too weak)
         provision x (failed creation: (sensitive) is too weak) after the end of x",
    );
    let refused =
        Given::new("", &yaml, "x p/v1 S=#S3CRET-VALUE", &format!("{offer}\nis pp-x error {said}")).shown();
    assert!(refused.starts_with("refuse x ErrorStatus") && !refused.contains("S3CRET"), "{refused}");
}

#[test]
fn accepting_a_foreign_change_keeps_what_was_applied_and_marks_the_version() {
    let yaml = p("parameters: {A: declared, S: new}").replace("name: v1", "name: v2");
    let state = "x p/v1 A=applied S=#old tag:t=1";
    let world = "offer p/v1 A S!
        offer p/v2 A S!
        is pp-x rec=rec-9
        record rec-9 pp-x UPDATE_PROVISIONED_PRODUCT succeeded version=p/v2";
    sends(
        "--refresh-only",
        [&yaml, state, world],
        "p/v2 by platform (lp-platform)\nA \"applied\" previous\nS kept previous\ntag t \"1\"\ntags are not sent",
    );
    // what was declared meanwhile is still to be done afterwards
    let mut given = Given::new("--refresh-only", &yaml, state, world);
    given.carry_out().unwrap();
    given.flags.policy.refresh_only = false;
    same(
        &given.shown(),
        "update x pp-x (parameter A \"applied\" -> \"declared\", parameter S (sensitive) -> (sensitive))
         note x: tags `t` stay: the catalog removes a tag only together with another tag change
         note x: its parameters were accepted as they were and are not verified: an update makes them sure, such as `provisor apply --reapply x`",
    );
}

#[test]
fn accepting_does_not_need_what_the_declarations_refer_to() {
    let yaml = format!(
        "{NET}  app: {{product_name: gone, provisioning_artifact_name: v1, parameters: {{VpcId: \"${{network.outputs.VpcId}}\"}}}}\n"
    );
    let given = Given::new("--refresh-only", &yaml, "network vpc/v1 bound", "");
    same(&given.shown(), "note network: its last operation failed: there is nothing to accept");
    let given = Given::new("--refresh-only", &yaml, NET_ROW, "is pp-network rec=rec-9");
    same(&given.shown(), "accept network pp-network rec-9 (outside rec-9)");
}

#[test]
fn what_is_recorded_stands_in_for_the_catalog_without_refresh() {
    let shown = |yaml: &str, state: &str, world: &str| Given::new("--no-refresh", yaml, state, world).shown();
    // whatever happened meanwhile is not looked at
    same(&shown(NET, NET_ROW, "gone pp-network"), "unchanged: network");
    same(&shown(NET, NET_ROW, "is pp-network rec=rec-9"), "unchanged: network");
    same(&shown(NET, "", "is pp-1 name=network"), "provision network (new)");
    same(
        &shown(NET, &format!("{NET_ROW} failed:Subnet·is·full"), ""),
        "update network pp-network (tainted rec-network: Subnet is full)",
    );
    same(&shown(NET, &format!("{NET_ROW} rejected:not·now"), ""), "unchanged: network");
    same(
        &shown(NET, "network vpc/v1 bound failed:full", ""),
        "refuse network UnknownStatus: its status is not known without a refresh / plan without `--no-refresh`",
    );
    same(&shown(super::NOTHING, "network vpc/v1 bound", ""), "terminate network pp-network (removed)");
}

#[test]
fn a_step_carries_what_staleness_is_judged_by() {
    let plan = Given::new("", NET, &format!("{NET_ROW} op:7"), "is pp-network tainted last=rec-9 message=m")
        .plan()
        .unwrap();
    assert_eq!(
        (plan.steps[0].base_op, plan.steps[0].base_record.as_ref().map(ToString::to_string)),
        (7, Some("rec-9".to_owned()))
    );
    let taken_over = Given::new(
        "",
        NET,
        "network vpc/v1 unbound token:t-1",
        "is pp-9 name=network error token=t-1 last=rec-9",
    )
    .plan()
    .unwrap();
    let Action::Terminate(first) = &taken_over.steps[0].action else { panic!("{taken_over:?}") };
    assert_eq!((first.id.as_str(), first.name.as_str()), ("pp-9", "network"));
    assert_eq!(taken_over.steps[0].base_record.as_ref().map(ToString::to_string), Some("rec-9".to_owned()));
}

#[test]
fn previous_values_are_not_used_where_nobody_has_looked() {
    sends(
        "--no-refresh",
        [&p("parameters: {A: 2, Same: s, Null: ~}"), "x p/v1 A=1 Same=#s Null=n", "offer p/v1 A Same! Null"],
        "p/v1 by platform (lp-platform)
         A \"2\" sent
         Null \"n\" sent
         Same secret sent",
    );
    // a secret that only the product has cannot be sent
    let yaml = |a: u8| p(&format!("parameters: {{A: {a}, S: ~}}"));
    let shown = |a: u8, row: &str| Given::new("--no-refresh", &yaml(a), row, "offer p/v1 A S!").shown();
    let refused = "refuse x UnknownStatus: what `S` would keep is not known without a refresh / plan without `--no-refresh`";
    same(&shown(2, "x p/v1 A=1 S=#s"), refused);
    same(&shown(2, "x p/v1 A=1 S=?"), refused);
    same(&shown(1, "x p/v1 A=1 S=#s"), "unchanged: x");
}

#[test]
fn an_output_that_became_sensitive_leaves_the_state() {
    let yaml = "provisioned_products:
  network: {product_name: vpc, provisioning_artifact_name: v1, sensitive_outputs: [VpcId]}
";
    let mut given = Given::new("", yaml, NET_ROW, "");
    same(
        &given.shown(),
        "remember network (lifecycle only)\nnote network: output `VpcId` is sensitive by now, and leaves the state",
    );
    given.carry_out().unwrap();
    let applied =
        |given: &Given| given.recorded.rows.values().next().and_then(|row| row.applied.clone()).unwrap();
    let after = applied(&given);
    assert_eq!(after.outputs.keys().collect::<Vec<_>>(), ["Subnets"]);
    let row = given.recorded.rows.values().next().unwrap();
    let scope = row.version.birth.scope("VpcId");
    assert!(after.sensitive_outputs["VpcId"].stands_for(&super::fixture::key(), scope, "vpc-1"));
    assert!(after.content.target.options.sensitive_outputs.contains("VpcId"));
    same(&given.shown(), "unchanged: network");
    // what is not among its outputs keeps nothing secret
    check(
        &yaml.replace("VpcId", "Other"),
        NET_ROW,
        "",
        "unknown-output at 2:84: `vpc` v1 has no output `Other` [nothing is kept secret by it] / it has `Subnets`, `VpcId`",
    );
}
