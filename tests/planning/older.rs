//! A state that is older than what it did: the tokens of what the catalog shows say so, and nothing but them.

use super::fixture::{Given, check};
use super::{NET, NET_ROW};

/// A token of the state of these tests, that it does not know.
const OURS: &str = "token=pa38bc527b2-1f";
const OLDER: &str = "the state is older than what was done with it, or another copy of it is at work";
const PUSH: &str = "if there is a newer copy of the state, `provisor state push FILE` takes it";

#[test]
fn what_it_made_under_a_declared_name_is_not_made_twice() {
    check(
        NET,
        "",
        &format!("is pp-9 name=network {OURS}"),
        &format!(
            "refuse network Exists: a provisioned product named `network` exists already: pp-9, made by this very state, \
             which knows nothing of it: {OLDER} / {PUSH}; else `provisor import network pp-9` adopts it"
        ),
    );
}

#[test]
fn what_nothing_declares_is_told_once_a_location() {
    let world = format!(
        "is pp-8 name=app {OURS}\nis pp-9 name=db token=pa38bc527b2-2f\nis pp-7 name=x token=pb38bc527b2-1f"
    );
    check(
        NET,
        NET_ROW,
        &world,
        &format!(
            "unchanged: network
             note network: {OLDER}: it made `app` (pp-8), `db` (pp-9), and knows nothing of that; {PUSH}, else `provisor import ADDR ID` adopts each"
        ),
    );
}

#[test]
fn what_it_knows_is_no_evidence() {
    let nothing = |state: &str| {
        check(NET, &format!("{NET_ROW} {state}"), &format!("is pp-network {OURS}"), "unchanged: network")
    };
    // its own product, however it came to it
    nothing("");
    nothing("op:40");
    nothing("token:pa38bc527b2-1f");
    check(
        NET,
        &format!("{NET_ROW} token:pa38bc527b2-1f"),
        &format!("is pp-9 name=other {OURS}"),
        "unchanged: network",
    );
}

#[test]
fn an_update_that_it_does_not_know_is_told_beside_what_is_done() {
    let world = format!("is pp-network last=rec-9 prov=rec-9 {OURS}");
    let told = Given::new("", NET, &format!("{NET_ROW} token:pa38bc527b2-2f"), &world).shown();
    let note = format!("note network: {OLDER}: pp-network bears a token of it that it does not know; {PUSH}");
    assert!(told.contains(&note) && told.contains("update network"), "{told}");
    // of a row that has forgotten tokens nobody can say so
    let told = Given::new("", NET, &format!("{NET_ROW} op:40"), &world).shown();
    assert!(!told.contains("older"), "{told}");
}
