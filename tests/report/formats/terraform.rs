//! Terraform's representation of a plan: what policy tools ask for, and nothing that they could take for something else.

use std::collections::{BTreeMap, BTreeSet};

use provisor::model::ids::Address;
use provisor::plan::{Act, Action, Plan, Reason, Refusal, Rule, Shown, Step};
use provisor::report::terraform;
use provisor::report::view::PlanView;
use provisor::state::Recorded;
use serde_json::{Value, json};

use super::super::agreement::{Dice, any_plan};
use super::super::fixture::{
    address, adopt, document, known, parameter_changed, plan, recorded, secret, spec, step, terminate, text,
    update, with,
};
use super::{HOSTILE, late, sensitive, telling};

fn written(plan: &Plan) -> Value {
    serde_json::from_str(&terraform::plan(&PlanView::of(plan, "f"))).unwrap()
}

fn beside(plan: &Plan, recorded: &Recorded) -> Value {
    serde_json::from_str(&terraform::plan(&PlanView::of(plan, "f").beside(recorded))).unwrap()
}

/// The row of one address.
fn row(of: &Value, name: &str) -> Value {
    let rows = of["resource_changes"].as_array().unwrap();
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name} in {of}")).clone()
}

#[test]
fn it_is_one_line_with_the_five_members_that_tools_ask_for() {
    let plan = telling("x");
    let line = terraform::plan(&PlanView::of(&plan, "f"));
    assert_eq!(line.matches('\n').count(), 1, "{line}");
    let document: Value = serde_json::from_str(&line).unwrap();
    let members: BTreeSet<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    let wanted =
        ["configuration", "format_version", "planned_values", "resource_changes", "terraform_version"];
    assert_eq!(members, BTreeSet::from(wanted));
    assert_eq!(document["format_version"], "1.2");
    assert!(document["terraform_version"].as_str().unwrap().starts_with("1.11."));
    assert!(terraform::is_ours(&line));
    let theirs = r#"{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{}}"#;
    assert!(!terraform::is_ours(theirs) && !terraform::is_ours("{}"));
}

/// A row's actions, as our own document calls them.
fn told(row: &Value) -> Vec<&'static str> {
    let actions: Vec<&str> =
        row["change"]["actions"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    match actions.as_slice() {
        ["create"] => vec!["create"],
        ["update"] => vec!["update"],
        ["delete"] => vec!["destroy"],
        ["delete", "create"] => vec!["destroy", "create"],
        ["forget"] => vec!["forget"],
        ["no-op"] if row["change"].get("importing").is_some() => vec!["import"],
        ["no-op"] => vec![],
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_agrees_with_the_document_on_counts_and_addresses() {
    let quiet = ["resume", "accept", "remember", "refuse", "defer"];
    let mut dice = Dice(23);
    let mut acts: BTreeSet<Act> = BTreeSet::new();
    for _ in 0..300 {
        let plan = any_plan(&mut dice);
        let ours: Value = serde_json::from_str(&document(&plan, "f")).unwrap();
        let theirs = written(&plan);
        let mut wanted: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for step in ours["steps"].as_array().unwrap() {
            let actions = wanted.entry(step["address"].as_str().unwrap().to_owned()).or_default();
            actions.extend(step["action"].as_str().filter(|action| !quiet.contains(action)));
        }
        for address in ours["unchanged"].as_array().unwrap() {
            wanted.entry(address.as_str().unwrap().to_owned()).or_default();
        }
        let mut found: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for row in theirs["resource_changes"].as_array().unwrap() {
            let name = row["name"].as_str().unwrap();
            let (label, index) = match row["index"].as_str() {
                Some(index) => (format!("{name}@{index}"), format!("[\"{index}\"]")),
                None => (name.to_owned(), String::new()),
            };
            assert_eq!(row["address"], format!("aws_servicecatalog_provisioned_product.{name}{index}"));
            for action in told(row) {
                *counts.entry(action).or_default() += 1;
            }
            assert!(found.insert(label, told(row).into_iter().collect()).is_none(), "{row} stands twice");
        }
        assert_eq!(found, wanted);
        let n = |action| counts.get(action).copied().unwrap_or_default();
        let summary = |name: &str| ours["summary"][name].as_u64().unwrap();
        assert_eq!(n("update"), summary("change") + summary("may_change"));
        for (action, name) in
            [("create", "add"), ("destroy", "destroy"), ("import", "import"), ("forget", "forget")]
        {
            assert_eq!(n(action), summary(name), "{name}");
        }
        acts.extend(plan.steps.iter().map(Step::act));
    }
    assert_eq!(acts.len(), 9, "not all acts were met: {acts:?}");
}

#[test]
fn every_action_is_terraforms() {
    let failed = Reason::FailedCreation { message: String::new(), record: None };
    let refusal = Refusal { rule: Rule::InMotion, message: "busy".into(), hint: None };
    let replaced = |key: &str, reason: Reason| {
        let create = step(key, Action::Provision(spec(key)), vec![reason.clone()]);
        [terminate(key, true, vec![reason]), create]
    };
    let steps = [
        replaced("asked", Reason::Requested),
        replaced("broken", failed),
        replaced("other", Reason::Path { before: "a".into(), after: "b".into() }),
    ];
    let mut steps: Vec<Step> = steps.into_iter().flatten().collect();
    steps.extend([
        terminate("gone", false, vec![Reason::Removed]),
        terminate("all", false, vec![Reason::Destroyed]),
        step("left", Action::Forget { leaves: Some("pp-7".into()) }, vec![Reason::Removed]),
        step("legacy", adopt("pp-8", spec("l")), vec![Reason::Imported]),
        step("waits", Action::Refused(refusal), vec![]),
        Step { only_if_inputs_differ: true, ..update("may", vec![]) },
    ]);
    let document = written(&plan(steps));
    let table = [
        ("asked", json!(["delete", "create"]), json!("replace_by_request")),
        ("broken", json!(["delete", "create"]), json!("replace_because_tainted")),
        ("other", json!(["delete", "create"]), json!("replace_because_cannot_update")),
        ("gone", json!(["delete"]), json!("delete_because_no_resource_config")),
        ("all", json!(["delete"]), Value::Null),
        ("left", json!(["forget"]), json!("delete_because_no_resource_config")),
        ("legacy", json!(["no-op"]), Value::Null),
        ("waits", json!(["no-op"]), Value::Null),
        ("may", json!(["update"]), Value::Null),
    ];
    for (name, actions, reason) in table {
        let row = row(&document, name);
        assert_eq!((&row["change"]["actions"], &row["action_reason"]), (&actions, &reason), "{name}");
    }
    let change = |name: &str| row(&document, name)["change"].clone();
    assert_eq!(change("legacy")["importing"], json!({"id": "pp-8"}));
    assert_eq!(change("gone")["after"], Value::Null);
    assert_eq!(change("gone")["before"], json!({"id": "pp-9", "name": "gone-dev", "region": "eu-west-1"}));
    assert_eq!(change("gone")["after_sensitive"], json!(false));
    let planned: BTreeSet<&str> = document["planned_values"]["root_module"]["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(planned, BTreeSet::from(["asked", "broken", "other", "legacy", "may"]));
}

#[test]
fn before_is_what_the_reasons_say() {
    let wanted = with(with(spec("app-dev"), "Size", known("2")), "Kept", known("k"));
    let reasons = vec![
        parameter_changed("Size", text("1"), text("2")),
        parameter_changed("Old", text("o"), Shown::Absent),
        Reason::Tag { key: "t".into(), before: text("1"), after: Shown::Absent },
        Reason::Drifted { key: "Kept".into(), applied: text("k"), there: text("theirs") },
    ];
    let change =
        row(&written(&plan(vec![step("app", Action::Update("pp-1".into(), wanted), reasons)])), "app");
    let parameters = |side: &str| -> BTreeMap<String, Value> {
        let all = change["change"][side]["provisioning_parameters"].as_array().unwrap();
        all.iter().map(|one| (one["key"].as_str().unwrap().to_owned(), one["value"].clone())).collect()
    };
    let expected = |pairs: &[(&str, &str)]| -> BTreeMap<String, Value> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect()
    };
    assert_eq!(parameters("before"), expected(&[("Kept", "theirs"), ("Old", "o"), ("Size", "1")]));
    assert_eq!(parameters("after"), expected(&[("Kept", "k"), ("Size", "2")]));
    assert_eq!(change["change"]["before"]["tags"], json!({"t": "1"}));
    assert_eq!(change["change"]["after"]["id"], "pp-1");
}

#[test]
fn what_stays_is_told_from_the_state() {
    let unchanged = BTreeSet::from([address("network")]);
    let labels = provisor::model::ids::Labels::of(&unchanged);
    let document = beside(&Plan { unchanged, labels, ..plan(vec![]) }, &recorded());
    let row = row(&document, "network");
    let change = &row["change"];
    assert_eq!(change["actions"], json!(["no-op"]));
    assert_eq!((&change["before"]["id"], &change["before"]), (&json!("pp-1"), &change["after"]));
    assert_eq!(change["before"]["product_name"], "vpc");
    let planned = &document["planned_values"]["root_module"]["resources"][0];
    assert_eq!((&planned["name"], &planned["values"]), (&json!("network"), &change["after"]));
}

#[test]
fn what_is_sensitive_or_late_is_marked_and_not_told() {
    let document = written(&sensitive());
    let change = &row(&document, "vault")["change"];
    let [parameter] = change["after"]["provisioning_parameters"].as_array().unwrap().as_slice() else {
        panic!()
    };
    assert_eq!(parameter["value"], "(sensitive value)");
    assert_eq!(change["after_sensitive"], json!({"provisioning_parameters": [{"value": true}]}));
    assert_eq!(
        document["planned_values"]["root_module"]["resources"][0]["sensitive_values"],
        change["after_sensitive"]
    );
    let wanted = with(with(spec("a"), "A", known("1")), "B", late("VpcId"));
    let change =
        row(&written(&plan(vec![step("a", Action::Provision(wanted), vec![Reason::New])])), "a")["change"]
            .clone();
    assert_eq!(
        change["after"]["provisioning_parameters"][1],
        json!({"key": "B", "use_previous_value": null})
    );
    assert_eq!(change["after_unknown"]["provisioning_parameters"], json!([{}, {"value": true}]));
    assert_eq!(change["after_unknown"]["id"], true);
}

#[test]
fn what_becomes_sensitive_is_not_told_of_the_state_either() {
    // the state of this fixture holds a text of `Cidr`, with this word in it
    let holds = |document: &Value| document.to_string().contains("evil");
    let kept = plan(vec![step("network", Action::Remember, vec![Reason::LifecycleOnly])]);
    assert!(holds(&beside(&kept, &recorded())));
    let mut later = kept;
    later.steps[0].sensitive_parameters = BTreeSet::from(["Cidr".to_owned()]);
    assert!(!holds(&beside(&later, &recorded())));
    // and what is sensitive from now on is not told of what it was
    let wanted = with(spec("net-dev"), "Cidr", secret());
    let update = plan(vec![step("network", Action::Update("pp-1".into(), wanted), vec![])]);
    let document = beside(&update, &recorded());
    assert!(!holds(&document) && !document.to_string().contains("hunter2"), "{document}");
}

#[test]
fn a_key_that_moved_has_both_addresses() {
    let renamed = BTreeMap::from([(address("network"), Address::new("net", "hub/eu-west-1"))]);
    let unchanged = BTreeSet::from([address("network")]);
    let labels = provisor::model::ids::Labels::of(unchanged.iter().chain(renamed.values()));
    let row = row(&written(&Plan { renamed, unchanged, labels, ..plan(vec![]) }), "network");
    assert_eq!(row["previous_address"], "aws_servicecatalog_provisioned_product.net");
    assert_eq!(row["change"]["actions"], json!(["no-op"]));
}

#[test]
fn hostile_text_is_a_string() {
    for hostile in HOSTILE {
        let line = terraform::plan(&PlanView::of(&telling(hostile), "f"));
        let document: Value = serde_json::from_str(&line).unwrap();
        let visible = |c: char| c == '\n' || !provisor::report::escape::is_hidden(c);
        assert!(line.chars().all(visible) && !line.contains("##["), "{line}");
        assert_eq!(row(&document, "new")["change"]["after"]["name"], *hostile);
    }
}
