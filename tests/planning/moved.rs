//! Keys that have become others, as it is written: on rows alone, silent when done, refused where it cannot be; and what is
//! offered where nothing is written.

use provisor::model::ids::Address;
use provisor::plan::{rekeyed, renamed};

use super::fixture::{Given, check, render::Rendering, same, source};
use super::{APP, APP_ROW, NET, NET_ROW};

/// What is moved, as `from -> to`, or what is wrong with it.
fn moved(flags: &str, yaml: &str, state: &str) -> String {
    let given = Given::new(flags, yaml, state, "");
    let rendering = Rendering { source: source("products.yaml", yaml) };
    let desired = match given.desired() {
        Ok(desired) => desired,
        Err(super::fixture::NoPlan::Declared(found)) => return rendering.diagnostics(&found),
        Err(other) => panic!("{other:?}"),
    };
    let label = |address: &Address| match flags {
        "" => address.key.to_string(),
        _ => address.to_string(),
    };
    match rekeyed(&desired, &given.recorded) {
        Ok(moves) => {
            let moves = moves.iter().map(|(from, to)| format!("{} -> {}", label(from), label(to)));
            moves.collect::<Vec<_>>().join("\n")
        }
        Err(found) => rendering.diagnostics(&found),
    }
}

fn with(moves: &str) -> String {
    format!("{NET}moved: [{moves}]\n")
}

#[test]
fn scenario_47_a_key_that_moved_takes_its_row_along() {
    let yaml = format!("{APP}moved: [{{from: net, to: network}}]\n");
    let rows = format!(
        "{}\n{}",
        NET_ROW.replacen("network vpc", "net pp:pp-network name:network vpc", 1),
        APP_ROW.replace("after:network", "after:net")
    );
    let mut given = Given::new("", &yaml, &rows, "");
    let desired = given.desired().unwrap();
    let moves = rekeyed(&desired, &given.recorded).unwrap();
    let recorded = renamed(moves, &given.recorded).unwrap().0.into_owned();
    given.recorded = recorded;
    same(&given.shown(), "unchanged: app, network");
    assert_eq!(rekeyed(&desired, &given.recorded), Ok(Vec::new()), "done is silent");
}

#[test]
fn what_is_written_is_moved_whatever_it_is_called() {
    assert_eq!(moved("", &with("{from: net, to: network}"), "net vpc/v1"), "net -> network");
    assert_eq!(moved("", &with("{from: net, to: network}"), ""), "");
    assert_eq!(moved("", &with("{from: net, to: network}"), "network vpc/v1"), "");
    // one after the other, from wherever a state comes
    let chain = with("{from: a, to: b}, {from: b, to: network}");
    assert_eq!(moved("", &chain, "a vpc/v1"), "a -> network");
    assert_eq!(moved("", &chain, "b vpc/v1"), "b -> network");
    // an operation that is under way moves along
    assert_eq!(
        moved("", &with("{from: net, to: network}"), "net vpc/v1 provisioning=rec-9"),
        "net -> network"
    );
}

#[test]
fn on_one_location_or_on_all() {
    let yaml = |moves: &str| {
        format!(
            "provisioned_products:\n  network: {{product_name: vpc, provisioning_artifact_name: v1, locations: [\"*\"]}}\nmoved: [{moves}]\n"
        )
    };
    let rows = "net@dev/eu-west-1 vpc/v1\nnet@dev/us-east-1 vpc/v1 name:net2";
    same(
        &moved("--two", &yaml("{from: net, to: network}"), rows),
        "net@dev/eu-west-1 -> network@dev/eu-west-1
         net@dev/us-east-1 -> network@dev/us-east-1",
    );
    for one in ["{from: net@dev/us-east-1, to: network}", "{from: net, to: network@dev/us-east-1}"] {
        same(&moved("--two", &yaml(one), rows), "net@dev/us-east-1 -> network@dev/us-east-1");
    }
    same(
        &moved("--two", &yaml("{from: net@hub, to: network@dev}"), rows),
        "contradiction at 3:9: a provisioned product stays on its location: only its key can be moved",
    );
    assert!(
        moved("--two", &yaml("{from: net@nowhere, to: network}"), rows)
            .starts_with("unknown-location at 3:16")
    );
}

#[test]
fn what_cannot_be_is_told_at_its_place() {
    let told = |moves: &str, state: &str, expect: &str| same(&moved("", &with(moves), state), expect);
    told(
        "{from: network, to: core}",
        "",
        "contradiction at 3:16: `network` is still declared, and cannot have become `core` / take its declaration or the move away",
    );
    told("{from: a, to: b}, {from: b, to: a}", "", "contradiction at 3:41: `b` moves in a circle");
    told(
        "{from: a, to: a}",
        "",
        "contradiction at 3:23: `a` would become itself / `from` is the key that it had, `to` the one that it has now",
    );
    told(
        "{from: a, to: network}, {from: b, to: network}",
        "",
        "contradiction at 3:47: `a` and `b` cannot both become `network`",
    );
    told(
        "{from: a, to: network}, {from: a, to: core}",
        "",
        "contradiction at 3:40: `a` cannot become `network` and `core`",
    );
    told(
        "{from: net, to: network}",
        "net vpc/v1\nnetwork vpc/v1",
        "contradiction at 3:16: `net` cannot become `network`: the state holds both / take the move away: each of the two has its provisioned product",
    );
    told(
        "{from: net, to: netwrok}",
        "net vpc/v1",
        "unknown-reference at 3:25: `net` cannot become `netwrok`, which is not declared / did you mean `network`?",
    );
    told("{from: net}", "", "missing at 3:9: item 1 of `moved` has no `to`");
}

#[test]
fn a_likely_rename_is_offered() {
    let gone = "net vpc/v1 Cidr=10.0.0.0/16 Zones=a,b";
    check(
        NET,
        gone,
        "",
        "terminate net pp-net (removed)
         provision network (new)
         note network: `net` goes, and this comes in its likeness: a rename? `moved: [{from: net, to: network}]` and `provisioned_product_name: net` keep what is there",
    );
    let quiet = |state: &str| {
        let shown = Given::new("", NET, state, "").shown();
        assert!(!shown.contains("a rename?"), "{shown}");
    };
    quiet("net vpc/v1 Cidr=10.9.0.0/16 Zones=a,b");
    quiet("net service/v1 VpcId=x Size=small");
    quiet(&format!("{gone}\nother vpc/v1 Cidr=10.0.0.0/16 Zones=a,b"));
}
