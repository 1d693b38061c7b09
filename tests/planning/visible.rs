//! Access levels below the account: what is not found is unknown, whatever is declared.

use provisor::plan::{Action, Rule};

use super::fixture::{Given, NoPlan, check, check_with};
use super::{APP, APP_ROW, NET, NET_ROW, NOTHING};

const USER: &str = "sees hub user\n";
const NOTE: &str = "note network: at access level `user` (of `hub`) only what this user made is seen, and with a role only what this session \
                    of it made: runs whose session names differ do not see each other's products; what is not found is unknown, not absent\n";

fn hidden(what: &str, label: &str) -> String {
    format!(
        "refuse {label} NotVisible: {what} is not visible at access level `user`: it may be somebody else's by now, or gone \
         / `--exclude {label}` plans without it; with `access_level: account` at its location it is seen, or known to be gone\n"
    )
}

/// What is declared, a state, a world, and the steps at account level and at user level.
type Row<'a> = (&'a str, &'a str, &'a str, &'a str, String);

#[test]
fn what_is_not_found_is_absent_for_the_account_and_unknown_for_others() {
    let deferred = || hidden("pp-network", "network");
    let unbound = || hidden("what an earlier operation of it may have made", "network");
    let rows: [Row<'_>; 9] = [
        (NET, NET_ROW, "gone pp-network", "provision network (vanished pp-network)", deferred()),
        (
            NET,
            "network vpc/v1 bound",
            "gone pp-network",
            "provision network (vanished pp-network)",
            deferred(),
        ),
        (NOTHING, NET_ROW, "gone pp-network", "forget network (removed)", deferred()),
        (NOTHING, "network vpc/v1 bound", "gone pp-network", "forget network (removed)", deferred()),
        // nothing of it is known, and nothing of it is there: a creation shows whether the name is free
        (NET, "", "", "provision network (new)", "provision network (new)\n".to_owned()),
        (
            NET,
            "network vpc/v1 unbound token:t",
            "",
            "provision network (new)",
            "provision network (new)\n".to_owned(),
        ),
        (NOTHING, "network vpc/v1 unbound token:t", "", "forget network (removed)", unbound()),
        // what is seen is as it is
        (NET, NET_ROW, "", "unchanged: network", "unchanged: network\n".to_owned()),
        (NET, NET_ROW, "is pp-network unlisted", "unchanged: network", "unchanged: network\n".to_owned()),
    ];
    for (yaml, state, world, account, user) in rows {
        check(yaml, state, world, account);
        check(yaml, state, &format!("{USER}{world}"), &format!("{user}{NOTE}"));
    }
}

#[test]
fn a_destroy_defers_what_is_not_seen_and_all_that_waits_for_it() {
    let state = format!("{NET_ROW}\n{APP_ROW}");
    let plan = Given::new("--destroy", APP, &state, &format!("{USER}gone pp-app")).plan().unwrap();
    let [first, second] = plan.steps.as_slice() else { panic!("{plan:?}") };
    let refused = |step: &provisor::plan::Step| match &step.action {
        Action::Refused(refusal) => (refusal.rule, refusal.message.clone()),
        action => panic!("{action:?}"),
    };
    assert_eq!(refused(first).0, Rule::NotVisible);
    assert_eq!(
        refused(second),
        (Rule::NotVisible, "it can only go after `app`, which is deferred".to_owned())
    );
}

#[test]
fn an_interrupted_operation_is_settled_at_any_level() {
    for state in
        ["network vpc/v1 provisioning", "network vpc/v1 updating=rec-9", "network vpc/v1 terminating"]
    {
        for yaml in [NET, NOTHING] {
            let plan = Given::new("", yaml, state, &format!("{USER}gone pp-network")).plan().unwrap();
            assert!(matches!(plan.steps[0].action, Action::Settle(..)), "{state}: {plan:?}");
        }
    }
}

#[test]
fn asking_for_it_does_not_make_it_visible() {
    let world = format!("{USER}gone pp-network");
    let expect = format!("{}{NOTE}", hidden("pp-network", "network"));
    check_with("--replace network", [NET, NET_ROW, &world], &expect);
    check_with("--refresh-only", [NET, NET_ROW, &world], NOTE);
    // without a refresh, what is remembered is there
    check_with("--no-refresh", [NET, NET_ROW, &world], &format!("unchanged: network\n{NOTE}"));
}

/// A required parameter without a value is what the product has already, and no reason to refuse the whole plan.
#[test]
fn what_is_not_seen_is_not_judged_as_if_it_were_new() {
    let yaml = "provisioned_products:\n  db: {product_name: db, provisioning_artifact_name: v1, parameters: {Password: null}}";
    let plan =
        Given::new("", yaml, "db db/v1 Password=#s3cret99", &format!("{USER}gone pp-db")).plan().unwrap();
    assert!(matches!(&plan.steps[0].action, Action::Refused(refusal) if refusal.rule == Rule::NotVisible));
}

#[test]
fn whose_products_are_seen_is_said_once_for_each_level() {
    let yaml = "provisioned_products:
           network: {product_name: vpc, provisioning_artifact_name: v1, locations: [hub, dev]}
           other: {product_name: vpc, provisioning_artifact_name: v1, locations: [dev]}";
    let world = "sees hub user\nsees dev/eu-west-1 role\nsees dev/us-east-1 role";
    let plan = Given::new("--two", yaml, "", world).plan().unwrap();
    let notes: Vec<&str> = plan.notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(
        notes[0].contains("`role` (of `dev/eu-west-1`, `dev/us-east-1`) only what sessions of this role"),
        "{notes:?}"
    );
    assert!(notes[1].contains("`user` (of `hub`)"), "{notes:?}");
}

#[test]
fn a_search_that_is_not_permitted_is_told_with_its_level() {
    let error = Given::new("", NET, NET_ROW, "denies hub").plan().unwrap_err();
    let NoPlan::Observed(errors) = error else { panic!("{error:?}") };
    let text = format!("{errors:?}");
    assert!(text.contains("Level {") && text.contains("level: Account"), "{text}");
}
