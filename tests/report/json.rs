//! The JSON documents: shape, markers, nothing that a terminal would obey, no secret.

use std::collections::BTreeSet;

use provisor::model::ids::{ProvisionedId, RecordId};
use provisor::model::product::{Bound, Preferences};
use provisor::model::secret::KeyedDigest;
use provisor::model::target::Named;
use provisor::plan::{Action, Breach, Note, Planned, Reason, Refusal, Rule, Sending, Shown, StepIx};
use provisor::report::escape::is_hidden;
use provisor::report::json;
use provisor::report::view::StateView;
use provisor::state::Recorded;
use serde_json::{Value, json};

use super::fixture::{
    EVIL, address, adopt, document, known, output, parameter, parameter_changed, plan, recorded, secret,
    spec, step, terminate, text, update, with,
};

fn all(recorded: &Recorded) -> StateView<'_> {
    StateView::of(recorded, |_| true)
}

fn parsed(document: &str) -> Value {
    assert!(document.ends_with("}\n"), "{document}");
    assert!(!document.chars().any(|c| c != '\n' && is_hidden(c)), "{document}");
    serde_json::from_str(document).unwrap()
}

#[test]
fn a_step_says_what_why_and_when() {
    let mut spec = with(with(spec("net-dev"), "Cidr", known("10.0.0.0/16")), "Password", secret());
    spec.parameters.insert("Kept".into(), parameter(Planned::Unknown, Sending::Previous));
    spec.parameters.insert("Zones".into(), parameter(known("3"), Sending::Default));
    spec.tags.insert("vpc".into(), Planned::Pending(output("base", "VpcId")));
    let mut second = update("network", vec![Reason::New]);
    second.action = Action::Update("pp-1".into(), spec);
    second.after = BTreeSet::from([StepIx(0)]);
    second.only_if_inputs_differ = true;
    let plan = plan(vec![step("base", Action::Remember, vec![Reason::LifecycleOnly]), second]);
    let document = parsed(&document(&plan, "f00"));
    assert_eq!(document["format"], "provisor.plan/v1");
    assert_eq!(document["fingerprint"], "f00");
    assert_eq!(document["basis"], json!({"lineage": "lineage-1", "serial": 7}));
    assert_eq!(document["breach"], Value::Null);
    assert_eq!(
        document["steps"][1],
        json!({
            "step": 1, "address": "network", "key": "network", "location": "hub",
            "account": "111122223333", "region": "eu-west-1", "simulated": false, "action": "update",
            "replacing": false,
            "reasons": [{"reason": "new"}], "after": [0], "only_if_inputs_differ": true,
            "provisioned_product_id": "pp-1", "refused": null, "deferred": null,
            "values": {
                "provisioned_product_name": "net-dev", "product_id": "prod-1", "product_name": "vpc",
                "provisioning_artifact_id": "pa-1", "provisioning_artifact_name": "v3",
                "path_id": "lpv3-1", "path_name": "platform",
                "parameters": {
                    "Cidr": {"value": "10.0.0.0/16", "sent": "value"},
                    "Kept": {"value": {"unknown": true}, "sent": "previous"},
                    "Password": {"value": {"sensitive": true}, "sent": "value"},
                    "Zones": {"value": "3", "sent": "default"},
                },
                "tags": {"vpc": {"pending": "${base.outputs.VpcId}"}},
                "notification_arns": [], "provisioning_preferences": {}, "accept_language": "en",
            },
        })
    );
}

#[test]
fn every_action_is_named_and_counted() {
    let (taken, record) = (|| ProvisionedId::new("pp-8"), || RecordId::new("rec-9"));
    let refusal = Refusal { rule: Rule::InMotion, message: "busy".into(), hint: Some("later".into()) };
    let mut plan = plan(vec![
        terminate("db", true, vec![]),
        step("db", Action::Provision(spec("db")), vec![]),
        step("new", Action::Provision(spec("new")), vec![]),
        step("i", adopt(taken().as_str(), spec("l")), vec![]),
        step("a", Action::Accept(taken(), spec("l"), record()), vec![]),
        step("f", Action::Forget { leaves: Some("pp-3".into()) }, vec![]),
        step("r", Action::Refused(refusal), vec![]),
        step(
            "s",
            Action::Refused(Refusal { rule: Rule::Exists, message: "there".into(), hint: None }),
            vec![],
        ),
    ]);
    plan.unchanged = BTreeSet::from([address("u")]);
    plan.notes = vec![Note { address: address("i"), text: "look".into() }];
    plan.breach = Some(Breach { planned: 2, limit: 1 });
    let document = parsed(&document(&plan, "f"));
    let steps = document["steps"].as_array().unwrap();
    let told: Vec<(&str, bool)> =
        steps.iter().map(|s| (s["action"].as_str().unwrap(), s["replacing"].as_bool().unwrap())).collect();
    let expected = [
        ("destroy", true),
        ("create", true),
        ("create", false),
        ("import", false),
        ("accept", false),
        ("forget", false),
        ("defer", false),
        ("refuse", false),
    ];
    assert_eq!(told, expected);
    assert_eq!(
        document["summary"],
        json!({"import": 1, "add": 2, "change": 0, "may_change": 0, "destroy": 1, "resume": 0, "accept": 1,
               "forget": 1, "remember": 0, "refused": 1, "deferred": 1, "unchanged": 1})
    );
    assert_eq!(document["steps"][0]["retain"], false);
    assert_eq!(document["steps"][5]["provisioned_product_id"], "pp-3");
    assert_eq!(
        document["steps"][6]["deferred"],
        json!({"rule": "in_motion", "message": "busy", "hint": "later"})
    );
    assert_eq!(document["steps"][6]["refused"], Value::Null);
    assert_eq!(document["steps"][7]["refused"]["rule"], "exists");
    assert_eq!(document["steps"][7]["deferred"], Value::Null);
    assert_eq!(document["unchanged"], json!(["u"]));
    assert_eq!(document["notes"], json!([{"address": "i", "text": "look"}]));
    assert_eq!(document["breach"], json!({"planned": 2, "limit": 1}));
}

#[test]
fn reasons_carry_both_sides() {
    let preferences =
        Some(Preferences { max_concurrency: Some(Bound::Percentage(30)), ..Preferences::default() });
    let table = [
        (
            parameter_changed("P", text("1"), Shown::Pending("${a.id}".into())),
            json!({"reason": "parameter", "key": "P", "before": "1", "after": {"pending": "${a.id}"}, "by_default": false}),
        ),
        (
            parameter_changed("P", text("hunter2"), Shown::Sensitive),
            json!({"reason": "parameter", "key": "P", "before": {"sensitive": true}, "after": {"sensitive": true}, "by_default": false}),
        ),
        (
            Reason::Tag { key: "t".into(), before: Shown::Absent, after: text("x") },
            json!({"reason": "tag", "key": "t", "before": null, "after": "x"}),
        ),
        (
            Reason::Version { before: Named::new("pa-1", "a"), after: Named::new("pa-2", "b") },
            json!({"reason": "version", "before": {"name": "a", "id": "pa-1"}, "after": {"name": "b", "id": "pa-2"}}),
        ),
        (
            Reason::Preferences { before: None, after: preferences },
            json!({"reason": "preferences", "before": null, "after": {"stack_set_max_concurrency_percentage": "30"}}),
        ),
        (
            Reason::Tainted { message: EVIL.into(), record: Some("rec-1".into()) },
            json!({"reason": "tainted", "message": EVIL, "record": "rec-1"}),
        ),
        (
            Reason::InputMayChange { key: "V".into(), from: BTreeSet::from([address("a")]) },
            json!({"reason": "input_may_change", "key": "V", "from": ["a"]}),
        ),
        (
            Reason::Vanished { id: "pp-1".into() },
            json!({"reason": "vanished", "provisioned_product_id": "pp-1"}),
        ),
    ];
    for (reason, expected) in table {
        let document = parsed(&document(&plan(vec![update("a", vec![reason])]), "f"));
        assert_eq!(document["steps"][0]["reasons"][0], expected);
    }
}

#[test]
fn no_secret_is_in_any_document() {
    let kept = Planned::Kept(KeyedDigest("secret-digest".into()));
    let spec = with(with(spec("a"), "S", secret()), "K", kept);
    let changed = parameter_changed("S", text("hunter2"), Shown::Sensitive);
    let document = document(&plan(vec![step("a", Action::Update("pp-1".into(), spec), vec![changed])]), "f");
    assert!(!document.contains("hunter2") && !document.contains("digest"), "{document}");
    let recorded = recorded();
    for document in [json::state(&all(&recorded)), json::outputs(&all(&recorded))] {
        parsed(&document);
        assert!(!document.contains("digest"), "{document}");
    }
}

#[test]
fn the_state_is_a_document() {
    let document = parsed(&json::state(&all(&recorded())));
    assert_eq!(document["format"], "provisor.state/v1");
    assert_eq!(document["serial"], 9);
    let row = &document["rows"][0];
    assert_eq!(row["address"], "network");
    assert_eq!(row["provisioned_product"], json!({"id": "pp-1", "name": "net-dev", "arn": null}));
    assert_eq!(row["applied"]["record"], "rec-1");
    assert_eq!(row["applied"]["content"]["parameters"]["Password"], json!({"sensitive": true}));
    assert_eq!(row["applied"]["content"]["parameters"]["Cidr"], EVIL);
    assert_eq!(row["applied"]["outputs"], json!({"Token": {"sensitive": true}, "VpcId": "vpc-1"}));
    assert_eq!(row["under_way"]["operation"], "update");
    assert_eq!(row["under_way"]["record"], Value::Null);
    assert_eq!(
        row["last_failure"],
        json!({"operation": "terminate_retaining", "record": "rec-5", "message": EVIL})
    );
}

#[test]
fn outputs_are_by_address() {
    let recorded = recorded();
    let network = StateView::of(&recorded, |address| address.key.as_str() == "network");
    let document = parsed(&json::outputs(&network));
    assert_eq!(document, json!({"network": {"Token": {"sensitive": true}, "VpcId": "vpc-1"}}));
    assert_eq!(json::outputs(&StateView::of(&recorded, |_| false)), "{}\n");
}
