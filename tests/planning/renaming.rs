//! A key that was renamed: recognised by what it stands for, so that nothing is terminated.

use provisor::plan::renames;
use provisor::state::Change;

use super::fixture::{Given, address, same};
use super::{APP, APP_ROW, NET, NET_ROW};
use crate::rows::change;

/// What is taken for renamed, as `from -> to`.
fn renamed(given: &Given) -> Vec<String> {
    let desired = given.desired().unwrap();
    renames(&desired, &given.recorded)
        .iter()
        .map(|(from, to)| format!("{} -> {}", from.key, to.key))
        .collect()
}

#[test]
fn scenario_47_a_renamed_key_moves_its_row_and_touches_nothing() {
    let rows = format!(
        "{} name:network\n{}",
        NET_ROW.replacen("network", "net", 1),
        APP_ROW.replace("after:network", "after:net")
    )
    .replace("net vpc", "net pp:pp-network vpc");
    let mut given = Given::new("", APP, &rows, "");
    // left alone, its name would be refused, and it would go once that is settled
    assert!(given.shown().contains("refuse network Exists"), "{}", given.shown());
    assert!(given.shown().contains("refuse net Blocked: it can only go after `app`"), "{}", given.shown());
    assert_eq!(renamed(&given), ["net -> network"]);
    change(&mut given.recorded, &address("net"), Change::Moved { to: address("network") }).unwrap();
    assert_eq!(renamed(&given), Vec::<String>::new());
    same(&given.shown(), "unchanged: app, network");
}

#[test]
fn only_what_nobody_else_stands_for_is_taken_for_renamed() {
    let cases = [
        // the same name, still declared under its old key
        (NET, NET_ROW, ""),
        // another name
        (NET, "net vpc/v1", ""),
        // no product is known of the old key
        (NET, "net vpc/v1 name:network unbound token:t", ""),
        // the new key has a row of its own
        (NET, "net vpc/v1 name:network\nnetwork vpc/v1 unbound token:t", ""),
        (NET, "net vpc/v1 name:network", "net -> network"),
        // one that was never confirmed keeps its tokens that way
        (NET, "net vpc/v1 name:network bound", "net -> network"),
        (NET, "net vpc/v1 name:network updating", "net -> network"),
        // one that is being made is known by what was asked for
        (NET, "net vpc/v1 name:network provisioning", "net -> network"),
    ];
    for (yaml, state, expect) in cases {
        assert_eq!(renamed(&Given::new("", yaml, state, "")).join(", "), expect, "{state}");
    }
    let moved = "provisioned_products:\n  network: {product_name: vpc, provisioning_artifact_name: v1, location: hub}";
    assert_eq!(
        renamed(&Given::new("--two", moved, "net@dev/eu-west-1 vpc/v1 name:network", "")),
        Vec::<String>::new()
    );
}
