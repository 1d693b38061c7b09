//! What exists becomes what is declared: when it is adopted, as what, and what stands against it.

use std::collections::BTreeMap;

use super::NET;
use super::fixture::{Given, check, check_with, render, same};
use provisor::model::product::Selector;

/// The network, and where it comes from.
fn importing(what: &str) -> String {
    format!("{NET}imports:\n  - {{to: network, {what}}}\n")
}

const TRUST: &str = "note network: its parameters cannot be read (the catalog does not name its stack): they are taken to be as declared, and unverified until an update makes them sure";
const DIFFERS: &str =
    "note network: it is not as it is declared: after the import, `provisor plan` updates it";
const THERE: &str = "is pp-1 name=network runs=vpc/v1 rec=rec-1";

#[test]
fn what_exists_is_adopted_by_its_id_or_its_name() {
    for what in ["provisioned_product_id: pp-1", "provisioned_product_name: network"] {
        check(
            &importing(what),
            "",
            THERE,
            &format!("adopt network pp-1 rec-1 unverified (imported)\n{TRUST}"),
        );
    }
    // the search lags behind
    check(
        &importing("provisioned_product_name: network"),
        "",
        &format!("{THERE} unlisted"),
        &format!("adopt network pp-1 rec-1 unverified (imported)\n{TRUST}"),
    );
}

#[test]
fn scenario_11_after_an_import_the_next_plan_is_empty() {
    let mut given = Given::new("", &importing("provisioned_product_id: pp-1"), "", THERE);
    given.carry_out().unwrap();
    same(
        &given.shown(),
        "unchanged: network
         note network: its parameters were accepted as they were and are not verified: an update makes them sure, such as `provisor apply --reapply network`",
    );
}

#[test]
fn an_import_that_is_done_is_silent() {
    let state = "network vpc/v1 Cidr=10.0.0.0/16 Zones=a,b pp:pp-1";
    check(&importing("provisioned_product_id: pp-1"), state, "", "unchanged: network");
    check(&importing("provisioned_product_name: network"), state, "", "unchanged: network");
    // it is no longer there: what is declared is made anew, and the import has been done
    check(
        &importing("provisioned_product_id: pp-1"),
        state,
        "gone pp-1",
        "provision network (vanished pp-1)",
    );
}

/// What has the name of something that is gone is another one. An entry that was done does not mean it; who asks for it does.
#[test]
fn what_took_the_name_of_something_that_is_gone_is_adopted_by_who_asks_for_it() {
    let state = "network vpc/v1 Cidr=10.0.0.0/16 Zones=a,b pp:pp-0";
    let world = format!("gone pp-0\n{THERE}");
    let written = importing("provisioned_product_name: network");
    let refused = Given::new("", &written, state, &world).shown();
    assert!(
        refused.contains("exists already: pp-1") && refused.contains("it was pp-0, and that is gone"),
        "{refused}"
    );
    let shown = Given::new("--asked", &written, state, &world).shown();
    assert!(shown.starts_with("adopt network pp-1 rec-1"), "{shown}");
    assert!(shown.contains("note network: it was pp-0, and that is gone: pp-1 takes its place"), "{shown}");
}

#[test]
fn what_cannot_be_is_told_at_its_place() {
    let wrong = |what: &str, state: &str, world: &str, expect: &str| {
        check(&importing(what), state, world, expect);
    };
    let id = "provisioned_product_id: pp-1";
    wrong(
        "provisioned_product_name: netwrok",
        "",
        THERE,
        "not-there at 4:45: there is no provisioned product named `netwrok` on hub / did you mean `network`?",
    );
    // nothing near: what there is, what is most alike first, and none of ours
    wrong(
        "provisioned_product_name: something-else",
        "other vpc/v1 pp:pp-o",
        &format!(
            "{THERE}\nis pp-o name=other\n{}",
            (0..9).map(|n| format!("is pp-f{n} name=some-{n}\n")).collect::<String>()
        ),
        "not-there at 4:45: there is no provisioned product named `something-else` on hub / there is `some-0`, `some-1`, `some-2`, `some-3`, `some-4` and 5 more",
    );
    wrong(id, "", "", "not-there at 4:43: there is no provisioned product pp-1 on hub");
    wrong(
        id,
        "",
        "sees hub user",
        "not-there at 4:43: there is no provisioned product pp-1 on hub / not everything is visible at access level `user`",
    );
    wrong(
        id,
        "network vpc/v1 Cidr=10.0.0.0/16 Zones=a,b",
        THERE,
        "bound at 4:43: `network` stands for pp-network already, and cannot become pp-1 \
         / leave the import out, or declare the product under a key of its own",
    );
    wrong(
        id,
        "old vpc/v1 pp:pp-1 name:network2",
        "is pp-1 name=network2",
        "bound at 4:43: pp-1 belongs to `old` already / `moved: [{from: old, to: network}]` gives it its new key",
    );
    wrong(
        id,
        "",
        "is pp-1 name=other",
        "other-name at 4:43: pp-1 is named `other`, and `network` is declared with the name `network`, which cannot be changed in place \
         / write `provisioned_product_name: other` in its declaration",
    );
}

#[test]
fn imports_that_contradict_each_other_are_told_at_both_places() {
    let found = |lines: &str| {
        let yaml =
            format!("{NET}  other: {{product_name: vpc, provisioning_artifact_name: v1}}\nimports:\n{lines}");
        Given::new("", &yaml, "", THERE).shown()
    };
    same(
        &found(
            "  - {to: network, provisioned_product_id: pp-1}\n  - {to: network, provisioned_product_id: pp-2}\n",
        ),
        "contradiction at 6:10: `network` cannot become two provisioned products: pp-1 and pp-2",
    );
    same(
        &found(
            "  - {to: network, provisioned_product_id: pp-1}\n  - {to: other, provisioned_product_id: pp-1}\n",
        ),
        "contradiction at 6:41: pp-1 is imported twice",
    );
    // that they are one is known when they are looked up
    same(
        &found(
            "  - {to: network, provisioned_product_id: pp-1}\n  - {to: other, provisioned_product_name: network}\n",
        ),
        "contradiction at 6:43: `network` and `other` cannot both become pp-1",
    );
    same(
        &found(
            "  - {to: netwrok, provisioned_product_id: pp-1}\n  - {provisioned_product_id: pp-1}\n  - {to: network}\n",
        ),
        "unknown-reference at 5:10: there is no declaration `netwrok` / did you mean `network`?
         missing at 6:5: item 2 of `imports` has no `to`
         missing at 7:5: item 3 of `imports` has no `provisioned_product_id`, `provisioned_product_name` or `stack`",
    );
}

#[test]
fn on_several_locations_an_import_says_which() {
    let yaml = |to: &str| {
        format!(
            "provisioned_products:\n  network: {{product_name: vpc, provisioning_artifact_name: v1, locations: [\"*\"]}}\nimports:\n  - {{to: \"{to}\", provisioned_product_id: pp-1}}\n"
        )
    };
    let shown = |to: &str| Given::new("--two", &yaml(to), "", "is pp-1 name=network at=hub").shown();
    assert!(shown("network").starts_with("ambiguous at 4:10: `network` stands on several locations"));
    assert!(
        shown("network@hub").contains("adopt network@hub pp-1 rec-pp-1 unverified (imported)"),
        "{}",
        shown("network@hub")
    );
    assert!(
        shown("network@dev/eu-west-1")
            .starts_with("not-there at 4:59: there is no provisioned product pp-1 on dev/eu-west-1")
    );
}

#[test]
fn what_it_is_is_read_and_what_differs_is_listed() {
    let id = importing("provisioned_product_id: pp-1");
    check(
        &id,
        "",
        "is pp-1 name=network runs=vpc/v2 rec=rec-1 tag:owner=eve",
        &format!(
            "adopt network pp-1 rec-1 unverified (imported, version v2 -> v1)\n{TRUST}\n{DIFFERS}\nnote network: tags `owner` stay: the catalog removes a tag only together with another tag change"
        ),
    );
    let mut given = Given::new("", &id, "", "is pp-1 name=network runs=vpc/v2 rec=rec-1");
    given.carry_out().unwrap();
    assert!(given.shown().starts_with("update network pp-1 (version v2 -> v1"), "{}", given.shown());
}

/// The plan, and what it takes the first product to be.
fn read(yaml: &str, world: &str) -> String {
    let given = Given::new("", yaml, "", world);
    let plan = given.plan().unwrap();
    let spec = plan.steps[0].spec().map(render::spec).unwrap_or_default();
    format!("{}\n{spec}", given.shown())
}

#[test]
fn parameters_that_can_be_read_are_what_is_recorded() {
    let world = format!("{THERE}\nstack pp-1 Cidr=10.9.0.0/16 Zones=a,b");
    same(
        &read(&importing("provisioned_product_id: pp-1"), &world),
        &format!(
            r#"adopt network pp-1 rec-1 (imported, parameter Cidr "10.9.0.0/16" -> "10.0.0.0/16" by default)
            {DIFFERS}
            vpc/v1 by platform (lp-platform)
            Cidr "10.9.0.0/16" previous
            Zones "a,b" previous
            tags are not sent"#
        ),
    );
}

#[test]
fn secrets_are_never_taken_from_what_is_read() {
    let yaml = |password: &str| {
        format!(
            "provisioned_products:\n  x: {{product_name: db, provisioning_artifact_name: v1, parameters: {{{password}}}}}\nimports: [{{to: x, provisioned_product_id: pp-1}}]\n"
        )
    };
    let world = "is pp-1 name=x runs=db/v1 rec=rec-1\nstack pp-1 Password=**** Subnets=";
    // one that is given is recorded, and taken on trust; one that is not counts as unchanged
    same(
        &read(&yaml("Password: \"${var.password}\""), world),
        "adopt x pp-1 rec-1 unverified (imported)
         db/v1 by platform (lp-platform)
         Password secret sent
         Subnets \"\" previous
         tags are not sent",
    );
    let unknown = "adopt x pp-1 rec-1 (imported)
         db/v1 by platform (lp-platform)
         Password unknown previous
         Subnets \"\" previous
         tags are not sent";
    for none in ["", "Password: null"] {
        same(&read(&yaml(none), world), unknown);
    }
}

#[test]
fn a_required_parameter_that_nobody_reads_may_be_null_where_the_product_exists() {
    let yaml = |value: &str| {
        format!(
            "provisioned_products:\n  x: {{product_name: account, provisioning_artifact_name: v1, parameters: {{{value}}}}}\nimports: [{{to: x, provisioned_product_id: pp-1}}]\n"
        )
    };
    let world = "offer account/v1 +kind=CONTROL_TOWER_ACCOUNT Email\nis pp-1 name=x runs=account/v1 rec=rec-1 kind=CONTROL_TOWER_ACCOUNT";
    let mut given = Given::new("", &yaml("Email: null"), "", world);
    assert!(given.shown().starts_with("adopt x pp-1 rec-1 unverified (imported)"), "{}", given.shown());
    given.carry_out().unwrap();
    assert!(given.shown().starts_with("unchanged: x"), "{}", given.shown());
    let shown = Given::new("", &yaml(""), "", world).shown();
    assert!(shown.starts_with("missing-parameter"), "{shown}");
}

#[test]
fn what_is_not_at_rest_waits_and_what_failed_is_taken_as_it_is() {
    let id = importing("provisioned_product_id: pp-1");
    check(
        &id,
        "",
        "is pp-1 name=network changing last=rec-9",
        "refuse network InMotion: an operation that is not ours is running on pp-1 (rec-9) / run again when it is over: the plan may then be another",
    );
    check(
        &id,
        "",
        "is pp-1 name=network tainted last=rec-9 prov=rec-9 good=rec-1 message=rolled·back runs=vpc/v2
         record rec-1 pp-1 PROVISION_PRODUCT succeeded version=vpc/v1",
        &format!("adopt network pp-1 rec-1 unverified (imported, tainted rec-9: rolled back)\n{TRUST}"),
    );
    let mut given =
        Given::new("", &id, "", "is pp-1 name=network error last=rec-9 prov=rec-9 message=no·quota");
    for existing in given.world.existing.values_mut() {
        existing.1.last_successful_record = None;
    }
    assert!(
        given
            .shown()
            .starts_with("adopt network pp-1 never unverified (imported, failed creation rec-9: no quota)"),
        "{}",
        given.shown()
    );
    given.carry_out().unwrap();
    assert!(
        given.shown().starts_with("refuse network ErrorStatus: it was in error when it was adopted"),
        "{}",
        given.shown()
    );
    // asked for, it counts among those that are terminated
    given.flags.policy.replace = [super::fixture::address("network")].into();
    given.flags.policy.max_terminate = Some(provisor::declare::Limit::Count(0));
    assert!(given.shown().contains("breach: 1 > 0"), "{}", given.shown());
}

#[test]
fn what_depends_on_it_is_filled_with_what_it_gives() {
    let yaml = format!("{}imports: [{{to: network, provisioned_product_id: pp-1}}]\n", super::APP);
    let world = format!("{THERE}\nrecord rec-1 pp-1 PROVISION_PRODUCT succeeded version=vpc/v1 VpcId=vpc-7");
    let given = Given::new("", &yaml, "", &world);
    same(
        &given.shown(),
        &format!(
            "adopt network pp-1 rec-1 unverified (imported)\nprovision app (new) after network\n{TRUST}"
        ),
    );
    let plan = given.plan().unwrap();
    assert!(render::spec(plan.steps[1].spec().unwrap()).contains("VpcId \"vpc-7\" sent"));
}

#[test]
fn without_a_refresh_it_is_not_known_what_is_there() {
    check_with(
        "--no-refresh",
        [&importing("provisioned_product_id: pp-1"), "", THERE],
        "refuse network UnknownStatus: what it is to become is not known without a refresh / plan without `--no-refresh`",
    );
}

#[test]
fn an_import_alone_leaves_everything_else_as_it_is() {
    let mut given = Given::new(
        "--import-only",
        &format!(
            "{}  fresh: {{product_name: vpc, provisioning_artifact_name: v1}}\nimports: [{{to: app, provisioned_product_id: pp-1}}]\n",
            super::APP
        ),
        "old vpc/v1",
        "is pp-1 name=app runs=service/v1 rec=rec-1",
    );
    // what it is filled with is not there: nobody knows what it has
    same(
        &given.shown(),
        "adopt app pp-1 rec-1 unverified (imported)\nnote app: its parameters cannot be read (the catalog does not name its stack): they are taken to be as declared, and unverified until an update makes them sure",
    );
    let plan = given.plan().unwrap();
    assert!(render::spec(plan.steps[0].spec().unwrap()).contains("VpcId unknown previous"));
    given.carry_out().unwrap();
    assert_eq!(given.recorded.rows.len(), 2);
}

#[test]
fn one_call_for_each_and_no_more() {
    let products: String =
        (0..30).map(|n| format!("  p{n}: {{product_name: vpc, provisioning_artifact_name: v1}}\n")).collect();
    let imports: String =
        (0..30).map(|n| format!("  - {{to: p{n}, provisioned_product_name: p{n}}}\n")).collect();
    let world: String = (0..30).map(|n| format!("is pp-{n} name=p{n} runs=vpc/v1 rec=rec-{n}\n")).collect();
    let yaml = format!("provisioned_products:\n{products}imports:\n{imports}");
    let given = Given::new("", &yaml, "", &world);
    given.plan().unwrap();
    let asked: BTreeMap<&str, usize> = given.world.asked.borrow().clone();
    assert_eq!((asked["search"], asked["records"], asked["find"]), (1, 30, 0), "{asked:?}");
    assert!(matches!(
        given.desired().unwrap().imports.values().next().unwrap().of,
        provisor::declare::ImportOf::Product(Selector::Name(_))
    ));
}
