//! Order: create after inputs, terminate before inputs, replacements in between, and nothing is ever lost on the way.

use super::fixture::{Given, check, check_with};
use super::{APP, APP_ROW, NET_ROW, NOTHING};

/// `a` ← `b` ← `c`, by `depends_on`.
const CHAIN: &str = "provisioned_products:
  a: {product_name: vpc, provisioning_artifact_name: v1, depends_on: [b]}
  b: {product_name: vpc, provisioning_artifact_name: v1, depends_on: [c]}
  c: {product_name: vpc, provisioning_artifact_name: v1}
";
const CHAIN_ROWS: &str = "a vpc/v1 Cidr=10.0.0.0/16 Zones=a,b after:b
b vpc/v1 Cidr=10.0.0.0/16 Zones=a,b after:c
c vpc/v1 Cidr=10.0.0.0/16 Zones=a,b";

#[test]
fn creation_comes_after_inputs() {
    check(CHAIN, "", "", "provision c (new)\nprovision b (new) after c\nprovision a (new) after b");
}

#[test]
fn termination_comes_before_inputs() {
    let order = |why: &str| {
        format!(
            "terminate a pp-a ({why})\nterminate b pp-b ({why}) after a\nterminate c pp-c ({why}) after b"
        )
    };
    check(NOTHING, CHAIN_ROWS, "", &order("removed"));
    check_with("--destroy", [CHAIN, CHAIN_ROWS, ""], &order("destroyed"));
}

#[test]
fn what_is_dropped_or_forgotten_keeps_its_place_in_the_order() {
    check(
        NOTHING,
        "a vpc/v1 after:b forget\nb vpc/v1 after:c retain\nc vpc/v1",
        "",
        "forget a leaving pp-a (removed)\nretain b pp-b (removed) after a\nterminate c pp-c (removed) after b",
    );
}

#[test]
fn an_input_goes_only_after_its_dependent_let_go_of_it() {
    let yaml = "provisioned_products:\n  app: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: vpc-2}}";
    check(
        yaml,
        &format!("{NET_ROW}\n{APP_ROW}"),
        "",
        "update app pp-app (parameter VpcId \"vpc-1\" -> \"vpc-2\")
         terminate network pp-network (removed) after app
         note app: `depends_on` = [network] -> []",
    );
}

#[test]
fn an_input_that_its_dependent_no_longer_names_still_waits_for_that_to_be_remembered() {
    let yaml = "provisioned_products:\n  app: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: vpc-1}}";
    check(
        yaml,
        &format!("{NET_ROW}\n{APP_ROW}"),
        "",
        "remember app (lifecycle only)
         terminate network pp-network (removed) after app
         note app: `depends_on` = [network] -> []",
    );
}

#[test]
fn an_interrupted_termination_is_settled_before_its_inputs_go() {
    check(
        NOTHING,
        &format!("{NET_ROW}\n{APP_ROW} terminating=rec-9"),
        "",
        "settle app (interrupted terminate rec-9)
         terminate network pp-network (removed) after app",
    );
}

#[test]
fn what_was_interrupted_waits_for_nothing() {
    let interrupted = format!("{APP_ROW} updating=rec-9");
    check(
        APP,
        &format!("{NET_ROW}\n{interrupted}"),
        "is pp-network tainted message=m",
        "settle app (interrupted update rec-9)
         update network pp-network (tainted rec-network: m)",
    );
    let refused =
        Given::new("", APP, &format!("{NET_ROW}\n{interrupted}"), "is pp-network changing").plan().unwrap();
    assert!(refused.steps.iter().all(|step| step.after.is_empty()), "{refused:?}");
}

#[test]
fn nothing_is_torn_down_below_something_that_may_yet_be_made() {
    for (interrupted, settled) in [("provisioning=rec-9", "provision rec-9"), ("updating", "update")] {
        check(
            NOTHING,
            &format!("{NET_ROW}\nbase vpc/v1\n{APP_ROW} {interrupted}").replace("network vpc/v1", "network after:base vpc/v1"),
            "",
            &format!(
                "settle app (interrupted {settled})
                 refuse network InMotion: `app` was made after it, and an operation on that was interrupted / run again when that is settled
                 refuse base InMotion: it can only go after `network`, which is deferred / run again when that is settled (removed) after network"
            ),
        );
    }
}

#[test]
fn dependents_of_a_replacement_come_after_it() {
    check_with(
        "--replace network",
        [APP, &format!("{NET_ROW}\n{APP_ROW}"), ""],
        "terminate network pp-network to replace it (requested)
         provision network (requested) after the end of network
         update app pp-app (VpcId may change with network) after network only-if-inputs-differ",
    );
}

#[test]
fn two_replacements_end_in_reverse_and_begin_in_order() {
    check_with(
        "--replace network,app",
        [APP, &format!("{NET_ROW}\n{APP_ROW}"), ""],
        "terminate app pp-app to replace it (requested)
         terminate network pp-network to replace it (requested) after the end of app
         provision network (requested) after the end of network
         provision app (requested) after the end of app, network",
    );
}

#[test]
fn two_replacements_end_in_reverse_whatever_they_are_called() {
    let yaml = "provisioned_products:
  a-net: {product_name: vpc, provisioning_artifact_name: v1}
  z-app: {product_name: vpc, provisioning_artifact_name: v1, depends_on: [a-net]}
";
    check_with(
        "--replace a-net,z-app",
        [
            yaml,
            "a-net vpc/v1 Cidr=10.0.0.0/16 Zones=a,b\nz-app vpc/v1 Cidr=10.0.0.0/16 Zones=a,b after:a-net",
            "",
        ],
        "terminate z-app pp-z-app to replace it (requested)
         terminate a-net pp-a-net to replace it (requested) after the end of z-app
         provision a-net (requested) after the end of a-net
         provision z-app (requested) after the end of z-app, a-net",
    );
}

#[test]
fn a_replacement_ends_after_what_was_made_after_it_and_goes() {
    check_with(
        "--replace a-net",
        [
            "provisioned_products:\n  a-net: {product_name: vpc, provisioning_artifact_name: v1}",
            "a-net vpc/v1 Cidr=10.0.0.0/16 Zones=a,b\nz-app vpc/v1 after:a-net",
            "",
        ],
        "terminate z-app pp-z-app (removed)
         terminate a-net pp-a-net to replace it (requested) after z-app
         provision a-net (requested) after the end of a-net",
    );
}

#[test]
fn a_replacement_waits_for_inputs_that_are_only_updated() {
    check_with(
        "--replace app",
        [APP, &format!("{NET_ROW}\n{APP_ROW}"), "is pp-network tainted message=x"],
        "update network pp-network (tainted rec-network: x)
         terminate app pp-app to replace it (requested) after network
         provision app (requested) after network, the end of app",
    );
}

#[test]
fn rows_that_remember_a_circle_are_all_terminated() {
    // possible after a dependency was turned round while one half of it could not be applied
    let given = Given::new("", NOTHING, "a vpc/v1 after:b\nb vpc/v1 after:a\nc vpc/v1 after:a", "");
    let plan = given.plan().unwrap();
    assert_eq!(plan.steps.len(), 3, "{}", given.shown());
    for (ix, step) in plan.numbered() {
        assert!(step.after.iter().all(|before| *before < ix), "{}", given.shown());
    }
}

#[test]
fn steps_stand_in_the_order_of_their_edges_and_then_by_address() {
    let yaml = "provisioned_products:
  z: {product_name: vpc, provisioning_artifact_name: v1}
  m: {product_name: vpc, provisioning_artifact_name: v1, depends_on: [z]}
  a: {product_name: vpc, provisioning_artifact_name: v1}
";
    check(yaml, "", "", "provision a (new)\nprovision z (new)\nprovision m (new) after z");
}

#[test]
fn a_dependency_that_is_unchanged_is_not_waited_for() {
    check(APP, NET_ROW, "", "provision app (new)\nunchanged: network");
}

#[test]
fn dependents_of_something_in_motion_are_told_to_wait() {
    check(
        APP,
        &format!("{NET_ROW}\napp service/v1 VpcId=vpc-0 Size=small after:network"),
        "is pp-network changing",
        "refuse network InMotion: an operation that is not ours is running on pp-network (rec-network) / run again when it is over: the plan may then be another
         refuse app Blocked: blocked by `network`, which is deferred / run again when that is settled (parameter VpcId \"vpc-0\" -> \"vpc-1\") after network",
    );
}

const BROKEN: &str = "refuse network ErrorStatus: it had been provisioned, and its status is ERROR now: m \
                      / `--replace network` terminates it with everything in it and provisions it again";

#[test]
fn what_is_refused_and_at_rest_holds_nobody_up() {
    let world = "is pp-network error message=m";
    check(APP, NET_ROW, world, &format!("{BROKEN}\nprovision app (new)"));
    check(
        APP,
        &format!("{NET_ROW}\napp service/v1 VpcId=vpc-0 Size=small after:network"),
        world,
        &format!("{BROKEN}\nupdate app pp-app (parameter VpcId \"vpc-0\" -> \"vpc-1\")"),
    );
    let by_hand = APP.replace(
        "parameters: {VpcId: \"${network.outputs.VpcId}\"}",
        "depends_on: [network], parameters: {VpcId: v}",
    );
    check(&by_hand, NET_ROW, world, &format!("{BROKEN}\nprovision app (new)"));
}

#[test]
fn what_would_be_filled_from_something_refused_waits() {
    let not_allowed = "refuse network NotAllowed: `--allow` does not name `update` / add `update` to `--allow` to let it happen (tainted rec-network: m)";
    let world = "is pp-network tainted message=m";
    check_with(
        "--allow create",
        [APP, NET_ROW, world],
        &format!(
            "{not_allowed}\nrefuse app Blocked: blocked by `network`, which is refused / decide that first: this comes after it (new) after network"
        ),
    );
    let by_hand = APP.replace(
        "parameters: {VpcId: \"${network.outputs.VpcId}\"}",
        "depends_on: [network], parameters: {VpcId: v}",
    );
    check_with("--allow create", [&by_hand, NET_ROW, world], &format!("{not_allowed}\nprovision app (new)"));
    // nothing of it is there
    let taken = Given::new("", &by_hand, "", "is pp-other name=network").shown();
    assert!(taken.contains("refuse app Blocked: blocked by `network`, which is refused"), "{taken}");
    let gone = Given::new("", APP, NET_ROW, "gone pp-network\nis pp-other name=network").shown();
    assert!(gone.contains("refuse app Blocked: blocked by `network`, which is refused"), "{gone}");
}

#[test]
fn terminations_are_refused_with_the_dependents_that_they_wait_for() {
    let yaml = "provisioned_products:\n  app: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: vpc-1}}";
    check(
        yaml,
        &format!("{NET_ROW}\n{APP_ROW}"),
        "is pp-app error message=m",
        "refuse app ErrorStatus: it had been provisioned, and its status is ERROR now: m / `--replace app` terminates it with everything in it and provisions it again
         refuse network ErrorStatus: it can only go after `app`, which is refused / decide that first: this comes after it (removed) after app",
    );
    check_with(
        "--replace app",
        [APP, &format!("{NET_ROW}\n{APP_ROW}"), "is pp-network error message=m"],
        &format!(
            "{BROKEN}
             refuse app ErrorStatus: it can only go after `network`, which is refused / decide that first: this comes after it (requested) after network"
        ),
    );
}
