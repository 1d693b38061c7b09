//! What others do to our products between two commands: seen, named, and put right or accepted, never silently.

use serde_json::json;

use super::support::{Repo, boxed};

fn changed() -> Repo {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    let parameters = json!([{"Key": "Name", "Value": "one"}, {"Key": "Note", "Value": "by hand"}]);
    let body = json!({"ProductName": "box", "ProvisioningArtifactName": "v1", "ProvisioningParameters": parameters, "UpdateToken": "by-hand"});
    repo.meddle("UpdateProvisionedProduct", body);
    repo
}

fn gone() -> Repo {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    repo.meddle("TerminateProvisionedProduct", json!({"TerminateToken": "by-hand"}));
    repo
}

#[test]
fn a_change_by_hand_is_named_and_put_right() {
    let repo = changed();
    let plan = repo.sh("plan --detailed-exitcode").exits(2).says(&[
        "# one will be updated in-place",
        "outside",
        "1 to change",
    ]);
    assert!(!plan.out.contains("# two"), "{}", plan.out);
    repo.apply().exits(0);
    repo.settled();
    assert_eq!(repo.sh("output one Note --raw").out, "none");
}

#[test]
fn a_change_by_hand_can_be_accepted() {
    let repo = changed();
    let calls = repo.called("UpdateProvisionedProduct");
    repo.sh("apply --refresh-only --auto-approve").exits(0);
    repo.settled();
    assert_eq!(repo.called("UpdateProvisionedProduct"), calls, "nothing was sent");
    // the next edit is an update like any other
    repo.declare(&(boxed("one", "Note: edited") + &boxed("two", "")));
    repo.apply().exits(0);
    assert_eq!(repo.sh("output one Note --raw").out, "edited");
    repo.settled();
}

#[test]
fn what_was_changed_is_told_value_by_value_where_it_is_read() {
    let repo = changed();
    let plan = repo.sh("plan --deep").exits(0);
    let plan = plan.says(&[
        "changed outside, by value: Note",
        "Note",
        "\"by hand\" -> \"none\"",
        "that was over at ",
    ]);
    assert!(!plan.out.contains("# two"), "{}", plan.out);
    let document = repo.sh("plan --deep --format json").exits(0).json();
    let reasons = document["steps"][0]["reasons"].as_array().expect("reasons").clone();
    let drifted = reasons.iter().find(|reason| reason["reason"] == "drifted").expect("a drift");
    assert_eq!((&drifted["key"], &drifted["after"]), (&json!("Note"), &json!("by hand")), "{drifted}");
    // accepted as it was read: nothing is left to be verified, and the declaration is the difference
    repo.sh("apply --refresh-only --deep --auto-approve").exits(0);
    let row = repo.sh("state show one --json").exits(0);
    assert!(row.out.contains("by hand"), "{}", row.out);
    let next = repo.sh("plan").exits(0).says(&["\"by hand\" -> \"none\""]);
    assert!(!next.out.contains("outside") && !next.out.contains("not verified"), "{}", next.out);
}

#[test]
fn many_stacks_are_read_together() {
    let names: Vec<String> = (0..12).map(|n| format!("box-{n}")).collect();
    let repo = Repo::boxes(&names.iter().map(String::as_str).collect::<Vec<_>>());
    repo.apply().exits(0);
    repo.edit("provisor.yaml", "project:", "drift: deep\nproject:");
    repo.sh("plan --detailed-exitcode").exits(0);
    assert_eq!(repo.called("DescribeStacks"), 1);
}

#[test]
fn who_may_not_read_stacks_is_told_what_was_not_compared() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    let denied = "faults:\n  - {call: DescribeStacks, outcome: access_denied}\n";
    let world = repo.read("sandbox.yaml") + denied;
    repo.write("sandbox.yaml", &world);
    repo.sh("plan --deep --detailed-exitcode")
        .exits(0)
        .says(&["not compared", "cloudformation:DescribeStacks"]);
}

#[test]
fn without_a_refresh_nobody_looks() {
    let repo = changed();
    let before = repo.called("SearchProvisionedProducts");
    repo.sh("plan --no-refresh --detailed-exitcode").exits(0);
    assert_eq!(repo.called("SearchProvisionedProducts"), before);
}

#[test]
fn what_is_gone_is_provisioned_again() {
    let repo = gone();
    repo.sh("plan --detailed-exitcode")
        .exits(2)
        .says(&["# one will be created", "Plan: 1 to add, 0 to change, 0 to destroy."]);
    repo.apply().exits(0);
    repo.settled();
    assert_eq!(repo.existing().len(), 2);
}

#[test]
fn what_is_gone_and_no_longer_wanted_is_forgotten() {
    let repo = gone();
    repo.declare(&boxed("two", ""));
    let calls = repo.called("TerminateProvisionedProduct");
    repo.apply().exits(0);
    assert_eq!(repo.called("TerminateProvisionedProduct"), calls);
    repo.settled();
    assert_eq!(repo.sh("state list").out.trim(), "two");
}

#[test]
fn a_saved_plan_is_stale_once_somebody_else_changed_what_it_touches() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    repo.declare(&(boxed("one", "Note: a") + &boxed("two", "")));
    repo.sh("plan --out one.bin").exits(0);
    repo.declare(&(boxed("one", "") + &boxed("two", "Note: b")));
    repo.sh("plan --out two.bin").exits(0);
    repo.meddle("TerminateProvisionedProduct", json!({"TerminateToken": "by-hand"}));
    repo.sh("apply one.bin").exits(6).tells(&["stale", "one"]);
    repo.sh("apply two.bin").exits(0);
}

#[test]
fn a_saved_creation_is_stale_once_somebody_took_its_name() {
    let repo = Repo::boxes(&["one"]);
    repo.sh("plan --out p.bin").exits(0);
    let body = json!({"ProductName": "box", "ProvisioningArtifactName": "v1", "ProvisionToken": "by-hand",
        "ProvisioningParameters": [{"Key": "Name", "Value": "one"}]});
    repo.meddle("ProvisionProduct", body);
    repo.sh("apply p.bin").exits(6).tells(&["one"]);
    repo.sh("plan").exits(5).says(&["pp-", "imports: [{to: one, provisioned_product_id: pp-"]);
    assert_eq!(repo.existing().len(), 1);
}

#[test]
fn sensitive_outputs_are_used_and_not_kept() {
    let repo = Repo::new(
        "  one: {product_name: box, provisioning_artifact_name: v1, sensitive_outputs: [Note], parameters: {Name: one, Note: gives-this-away}}\n  \
         two: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: two, Note: \"${one.outputs.Note}\"}}\n",
    );
    repo.apply().exits(0);
    repo.settled();
    let shown = repo.sh("output").exits(0);
    assert!(!shown.out.contains("gives-this-away"), "{}", shown.out);
    repo.sh("output one Note --raw").exits(1).tells(&["sensitive"]);
    let row = repo.sh("state show two --json").exits(0);
    assert!(!row.out.contains("gives-this-away"), "what is filled from a secret is one\n{}", row.out);
}

#[test]
fn a_new_version_that_lost_a_parameter_is_told_before_anything_moves() {
    let repo = Repo::new(&boxed("one", "Mode: fast"));
    repo.apply().exits(0);
    let without: String = repo
        .read("box-v2.yaml")
        .lines()
        .filter(|line| !line.contains("Mode:"))
        .map(|line| format!("{line}\n"))
        .collect();
    repo.write("box-v2.yaml", &without);
    repo.edit("products.yaml", "name: v1", "name: v2");
    repo.sh("plan").exits(1).tells(&["Mode", "v2", "products.yaml:2:"]);
    repo.edit("products.yaml", ", Mode: fast", "");
    repo.apply().exits(0);
    repo.settled();
}

/// A version, or a whole product, that somebody else put there: told by name, with what it was and what is there.
#[test]
fn another_version_and_another_product_are_told_by_name() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    let update = |product: &str, version: &str, parameters: serde_json::Value| {
        let token = format!("{product}-{version}");
        json!({"ProductName": product, "ProvisioningArtifactName": version, "ProvisioningParameters": parameters, "UpdateToken": token})
    };
    repo.meddle("UpdateProvisionedProduct", update("box", "v2", json!([{"Key": "Name", "Value": "one"}])));
    repo.sh("plan")
        .exits(0)
        .says(&["changed outside, by value: version", "~ version = \"v2\" -> \"v1\"  # changed outside"]);
    let plan = repo.sh("plan").exits(0);
    assert!(!plan.out.contains("(version changed)"), "{}", plan.out);
    repo.sh("plan --refresh-only").exits(0).says(&["~ version = \"v1\" -> \"v2\"  # changed outside"]);
    let document = repo.sh("plan --json").json();
    let reasons = document["steps"][0]["reasons"].as_array().unwrap().clone();
    let drifted = reasons.iter().find(|reason| reason["reason"] == "drifted_member").expect("a drift");
    assert_eq!(
        (&drifted["key"], &drifted["before"], &drifted["after"]),
        (&json!("version"), &json!("v1"), &json!("v2"))
    );
    // what is ignored is no difference
    let ignoring = boxed("one", "")
        .replace("{product_name", "{lifecycle: {ignore_changes: [provisioning_artifact]}, product_name");
    repo.declare(&ignoring);
    let plan = repo.sh("plan").exits(0);
    assert!(!plan.out.contains("version"), "{}", plan.out);
    repo.declare(&boxed("one", ""));
    repo.apply().exits(0);
    repo.settled();
    repo.meddle(
        "UpdateProvisionedProduct",
        update("vault", "v1", json!([{"Key": "Password", "Value": "longenough"}])),
    );
    let plan = repo.sh("plan");
    plan.says(&[
        "would change from `vault` (",
        "to `box` (",
        "somebody else put it there: UPDATE_PROVISIONED_PRODUCT, record rec-",
        "over at ",
    ]);
}

/// What failed in other hands is told with whose it was.
#[test]
fn a_failure_of_somebody_else_is_told_with_its_author() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.faults(&[
        "{operation: update, provisioned_product: one, outcome: rollback, message: no such thing, times: 1}",
    ]);
    let body = json!({"ProductName": "box", "ProvisioningArtifactName": "v1", "UpdateToken": "by-hand",
        "ProvisioningParameters": [{"Key": "Name", "Value": "one"}, {"Key": "Size", "Value": "none"}]});
    repo.meddle("UpdateProvisionedProduct", body);
    repo.sh("plan").exits(0).says(&["tainted: its last operation failed", "that was over at "]);
    repo.sh("plan --refresh-only")
        .exits(0)
        .says(&["there is nothing to accept", "What was noted is left as it is."]);
    // of a failure of ours nobody else is named
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.faults(&[
        "{operation: update, provisioned_product: one, outcome: rollback, message: no such thing, times: 1}",
    ]);
    repo.declare(&boxed("one", "Note: other"));
    repo.apply().exits(3);
    let plan = repo.sh("plan").exits(0).says(&["tainted: its last operation failed"]);
    assert!(!plan.out.contains("that was over at"), "{}", plan.out);
}

/// An operation that goes on while nobody watches is believed together with its product: what is gone or was changed since is not
/// "complete", nothing is made from its outputs, and the next run puts it right.
#[test]
fn a_success_is_believed_together_with_its_product() {
    let two = "  two: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: \"${one.outputs.Note}\"}}\n";
    for (operation, says) in [
        ("TerminateProvisionedProduct", "is gone since: somebody terminated it"),
        ("UpdateProvisionedProduct", "somebody else has changed it since, by record rec-"),
    ] {
        let repo = Repo::new(&(boxed("one", "Note: mine") + two));
        repo.edit("sandbox.yaml", "durations: {provision: 60s", "durations: {provision: 3600s");
        repo.sh("apply --auto-approve --no-wait").exits(4);
        let body = match operation {
            "TerminateProvisionedProduct" => json!({"TerminateToken": "by-hand"}),
            _ => json!({"ProductName": "box", "ProvisioningArtifactName": "v1", "UpdateToken": "by-hand",
                "ProvisioningParameters": [{"Key": "Name", "Value": "one"}, {"Key": "Note", "Value": "theirs"}]}),
        };
        // an hour of the service's time is a second of ours
        std::thread::sleep(std::time::Duration::from_millis(1_500));
        repo.meddle(operation, body);
        let done = repo.apply();
        assert_ne!(done.code, Some(0), "{operation}\n{}", done.out);
        done.says(&[says]);
        assert!(repo.existing().iter().all(|(name, _)| name != "two"), "{operation}");
        repo.apply().exits(0);
        repo.settled();
        assert_eq!(repo.sh("output one Note --raw").out, "mine", "{operation}");
    }
}
