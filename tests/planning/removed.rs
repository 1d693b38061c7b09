//! What is written of removals: it holds whatever was remembered, and only for what is not declared any more.

use super::fixture::{Given, check, check_with, same};
use super::{NET, NET_ROW, NOTHING};

fn removed(items: &str) -> String {
    format!("{NOTHING}removed:\n  - {items}\n")
}

#[test]
fn what_is_written_comes_before_what_is_remembered() {
    let state = format!("{NET_ROW} protect");
    check(
        &removed("{address: network, prevent_terminate: false}"),
        &state,
        "",
        "terminate network pp-network (removed)",
    );
    check(
        &removed("{address: 'net*', on_removal: forget}"),
        &state,
        "",
        "forget network leaving pp-network (removed)",
    );
    check(
        &removed("{address: network, on_removal: retain_physical_resources}"),
        NET_ROW,
        "",
        "retain network pp-network (removed)",
    );
    check(
        &removed("{address: network, on_removal: terminate}"),
        &format!("{NET_ROW} forget"),
        "",
        "terminate network pp-network (removed)",
    );
    // a protection that nobody has released stays
    let shown = Given::new("", &removed("{address: network, on_removal: terminate}"), &state, "").shown();
    assert!(shown.starts_with("refuse network PreventTerminate"), "{shown}");
    let shown = Given::new("", &removed("{address: network, prevent_terminate: true}"), NET_ROW, "").shown();
    assert!(shown.starts_with("refuse network PreventTerminate"), "{shown}");
}

/// The termination itself, or what came before it.
#[test]
fn what_went_wrong_with_what_is_to_go_is_told() {
    let failed = "is pp-network tainted last=rec-9 message=Bucket·is·not·empty";
    check(
        NOTHING,
        NET_ROW,
        failed,
        "terminate network pp-network (removed, tainted rec-9: Bucket is not empty)",
    );
}

#[test]
fn it_holds_on_one_location_where_that_is_written() {
    let yaml = "provisioned_products: {}\nremoved: [{address: net@dev/us-east-1, on_removal: forget}]\n";
    check_with(
        "--two",
        [yaml, "net@dev/eu-west-1 vpc/v1\nnet@dev/us-east-1 vpc/v1 name:net2 pp:pp-2", ""],
        "terminate net@dev/eu-west-1 pp-net-dev-eu-west-1 (removed)
         forget net@dev/us-east-1 leaving pp-2 (removed)",
    );
}

#[test]
fn it_releases_what_is_to_be_destroyed_too() {
    check_with(
        "--destroy",
        [&removed("{address: old, prevent_terminate: false}"), "old vpc/v1 protect", ""],
        "terminate old pp-old (destroyed)",
    );
}

#[test]
fn what_is_gone_already_is_silent_and_what_is_declared_is_wrong() {
    check(&removed("{address: old, on_removal: forget}"), "", "", "");
    let wrong = |item: &str, expect: &str| {
        same(&Given::new("", &format!("{NET}removed:\n  - {item}\n"), "", "").shown(), expect);
    };
    wrong(
        "{address: 'net*', on_removal: forget}",
        "contradiction at 4:15: `network` is still declared / what holds for it stands in its declaration, under `lifecycle`",
    );
    wrong(
        "{address: old}",
        "missing at 4:5: item 1 of `removed` says nothing of `old` / write `on_removal` or `prevent_terminate`",
    );
    wrong("{on_removal: forget}", "missing at 4:5: item 1 of `removed` has no `address`");
    wrong(
        "{address: old, on_removal: keep}",
        "bad-value at 4:32: `on_removal` must be one of `terminate`, `retain_physical_resources`, `forget`, not `keep` / did you mean `forget`?",
    );
}

#[test]
fn what_is_moved_is_not_removed() {
    let yaml = |address: &str| {
        format!(
            "{NET}moved: [{{from: old, to: network}}]\nremoved: [{{address: {address}, on_removal: forget}}]\n"
        )
    };
    for address in ["old", "\"old@hub\""] {
        let shown = Given::new("", &yaml(address), "old vpc/v1 Cidr=10.0.0.0/16 Zones=a,b", "").shown();
        assert!(
            shown.contains("contradiction") && shown.contains("`old` is moved to `network`, and not removed"),
            "{shown}"
        );
    }
    // a pattern may mean others
    let shown = Given::new("", &yaml("\"ol*\""), "old vpc/v1 Cidr=10.0.0.0/16 Zones=a,b", "").shown();
    assert!(!shown.contains("contradiction"), "{shown}");
}
