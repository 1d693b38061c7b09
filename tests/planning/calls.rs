//! How often the catalog is asked: per location, per distinct product and version, per difference; never per declaration.

use std::fmt::Write;

use super::fixture::{Given, same};

/// `count` declarations over three products and two locations.
fn many(count: usize) -> String {
    (0..count).fold("provisioned_products:\n".to_owned(), |mut yaml, n| {
        let location = ["hub", "dev/eu-west-1"][n % 2];
        let product = ["vpc", "net", "dns"][n % 3];
        let _ = writeln!(
            yaml,
            "  d{n}: {{product_name: {product}, provisioning_artifact_name: v1, location: {location}}}"
        );
        yaml
    })
}

/// Their rows, as they were provisioned.
fn rows(count: usize) -> String {
    (0..count).fold(String::new(), |mut rows, n| {
        let location = ["hub", "dev/eu-west-1"][n % 2];
        let product = ["vpc", "net", "dns"][n % 3];
        let _ = writeln!(rows, "d{n}@{location} {product}/v1 A=1");
        rows
    })
}

const OFFERS: &str = "offer vpc/v1 A=1\noffer net/v1 A=1\noffer dns/v1 A=1\n";

fn calls(given: &Given) -> String {
    given.plan().unwrap();
    let batches = given.world.batches.borrow();
    let once = batches.iter().filter(|(method, _)| **method != "records").all(|(_, n)| *n == 1);
    assert!(once, "more than one batch: {batches:?}");
    given.world.calls()
}

#[test]
fn a_thousand_new_declarations() {
    let given = Given::new("--two", &many(1000), "", OFFERS);
    same(&calls(&given), "find 100, identities 2, offerings 6, products 6, search 2");
}

#[test]
fn names_are_confirmed_up_to_fifty_a_location() {
    let given = Given::new("--two", &many(60), "", OFFERS);
    same(&calls(&given), "find 60, identities 2, offerings 6, products 6, search 2");
    let given = Given::new("--two", &many(102), "", OFFERS);
    same(&calls(&given), "find 100, identities 2, offerings 6, products 6, search 2");
}

#[test]
fn ten_thousand_unchanged_cost_no_call_of_their_own() {
    let given = Given::new("--two", &many(10_000), &rows(10_000), OFFERS);
    let plan = given.plan().unwrap();
    assert!(plan.steps.is_empty() && plan.unchanged.len() == 10_000);
    same(&given.world.calls(), "identities 2, offerings 6, products 6, search 2");
}

#[test]
fn records_are_asked_only_where_ids_differ() {
    let changed = "is pp-d1-dev-eu-west-1 rec=rec-x
        is pp-d2 tainted last=rec-y
        is pp-d4 tainted last=rec-z prov=rec-z";
    let given = Given::new("--two", &many(100), &rows(100), &format!("{OFFERS}{changed}"));
    same(&calls(&given), "find 3, identities 2, offerings 6, products 6, records 2, search 2");
}

#[test]
fn an_open_intent_is_looked_at_by_apply_not_by_plan() {
    let given = Given::new(
        "--two",
        &many(2),
        "d0 vpc/v1 updating=rec-9\nd1@dev/eu-west-1 net/v1 A=1",
        &format!("{OFFERS}is pp-d0 prov=rec-9"),
    );
    same(&calls(&given), "identities 2, offerings 2, products 2, search 2");
}

#[test]
fn what_the_search_does_not_show_is_asked_for_by_id_and_name() {
    let given =
        Given::new("--two", &many(100), &rows(100), &format!("{OFFERS}gone pp-d0\nis pp-d2 unlisted"));
    same(&calls(&given), "find 4, identities 2, offerings 6, products 6, search 2");
}

#[test]
fn a_location_that_is_not_in_play_is_not_asked() {
    let given = Given::new("--two --target d0", &many(100), &rows(100), OFFERS);
    same(&calls(&given), "identities 1, offerings 1, products 1, search 1");
}

#[test]
fn without_refresh_nothing_is_searched() {
    let given = Given::new("--two --no-refresh", &many(100), &rows(90), OFFERS);
    same(&calls(&given), "identities 2, offerings 6, products 6");
}

#[test]
fn the_names_of_all_products_are_asked_only_when_one_is_not_found() {
    let given = Given::new(
        "--two",
        "provisioned_products:\n  a: {product_name: vcp, provisioning_artifact_name: v1, location: hub}",
        "",
        OFFERS,
    );
    assert!(given.plan().is_err());
    same(&given.world.calls(), "catalogue 1, find 1, identities 1, products 1, search 1");
}

#[test]
fn many_unknown_products_ask_for_the_names_once() {
    let yaml = (0..20).fold("provisioned_products:\n".to_owned(), |mut yaml, n| {
        let _ = writeln!(
            yaml,
            "  a{n}: {{product_name: unknown-{n}, provisioning_artifact_name: v1, location: hub}}"
        );
        yaml
    });
    let given = Given::new("--two", &yaml, "", OFFERS);
    assert!(given.plan().is_err());
    same(&given.world.calls(), "catalogue 1, find 20, identities 1, products 20, search 1");
}

#[test]
fn nothing_is_offered_to_what_is_to_go() {
    let given = Given::new("--two --destroy", &many(100), &rows(100), OFFERS);
    same(&calls(&given), "identities 2, search 2");
}
