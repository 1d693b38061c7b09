//! What is wrong, as documents for programs: beside the words for people, with the same exit codes.

use serde_json::{Value, json};

use super::support::{Repo, boxed};

const WRONG: &str =
    "  one: {product_nam: box, provisioning_artifact_name: v1, parameters: {Name: \"\\u202ex\"}}\n";

#[test]
fn what_validate_finds() {
    let repo = Repo::new(WRONG);
    let done =
        repo.sh("validate --json").exits(1).tells(&["products.yaml:2:9", "did you mean `product_name`?"]);
    assert_eq!(
        done.json(),
        json!({
            "format": "provisor.validate/v1",
            "valid": false,
            "error_count": 1,
            "warning_count": 0,
            "provisioned_products": null,
            "diagnostics": [{
                "code": "unknown-key",
                "severity": "error",
                "message": "unknown key `product_nam` in `one`",
                "hint": "did you mean `product_name`?",
                "notes": [],
                "place": {"file": "products.yaml", "line": 2, "column": 9}
            }]
        })
    );
    repo.declare(&(boxed("one", "") + &boxed("two", "")));
    assert_eq!(
        repo.sh("validate -json").exits(0).json(),
        json!({
            "format": "provisor.validate/v1", "valid": true, "error_count": 0, "warning_count": 0,
            "provisioned_products": 2, "diagnostics": []
        })
    );
}

#[test]
fn what_no_file_says_has_a_code_too() {
    let repo = Repo::new("");
    std::fs::remove_file(repo.path().join("provisor.yaml")).unwrap();
    for (line, format) in [
        ("validate --json", "provisor.validate/v1"),
        ("plan --json", "provisor.diagnostics/v1"),
        ("plan --format json", "provisor.diagnostics/v1"),
    ] {
        let document = repo.sh(line).exits(1).tells(&["there is no `provisor.yaml` here"]).json();
        assert_eq!(document["format"], format);
        assert_eq!(document["diagnostics"][0]["code"], "input");
        assert_eq!(document["diagnostics"][0]["place"], Value::Null);
    }
}

#[test]
fn what_a_plan_finds_in_the_catalog() {
    let repo = Repo::new(&boxed("one", "Mode: x, Note: \"é\", Size: x"));
    let done = repo.sh("plan --format json").exits(1).tells(&["products.yaml:2:"]);
    let document = done.json();
    assert_eq!((&document["valid"], &document["error_count"]), (&json!(false), &json!(2)));
    let found = &document["diagnostics"][0];
    assert_eq!((&found["code"], &found["severity"]), (&json!("parameter-value"), &json!("error")));
    assert_eq!(found["message"], "parameter `Mode` must be one of `slow`, `fast`");
    assert_eq!(found["notes"], json!(["`x` is not allowed"]));
    assert_eq!(found["place"]["line"], 2);
    // in characters, not in bytes
    let line = repo.read("products.yaml").lines().nth(1).unwrap().to_owned();
    let column = line.chars().collect::<String>().split("Size: ").next().unwrap().chars().count() + 7;
    assert_eq!(document["diagnostics"][1]["place"]["column"], column);
    let human = repo.sh("plan").exits(1);
    assert_eq!(human.out, "", "what is for people only has nothing on stdout");
}

#[test]
fn what_is_odd_stands_in_the_document() {
    let repo = Repo::new("");
    repo.edit("provisor.yaml", "products.yaml", "products");
    repo.write("products/README", "");
    let document = repo.sh("validate --json").exits(0).tells(&["Warning: "]).json();
    assert_eq!((&document["valid"], &document["warning_count"]), (&json!(true), &json!(1)));
    assert_eq!(document["diagnostics"][0]["code"], "no-declarations");
    let plan = repo.sh("plan --json").exits(0).json();
    assert_eq!(plan["format"], "provisor.plan/v1");
    assert_eq!(plan["diagnostics"][0]["code"], "no-declarations");
    let events = repo.sh("apply --json --auto-approve").exits(0).out;
    let first: Value = serde_json::from_str(events.lines().next().unwrap()).unwrap();
    assert_eq!((&first["event"], &first["seq"]), (&json!("diagnostic"), &json!(1)));
    assert_eq!(first["diagnostic"]["severity"], "warning");
}

#[test]
fn an_apply_that_comes_to_nothing_says_why_as_events() {
    let repo = Repo::new(&boxed("one", "Mode: x, Size: x"));
    let done = repo.sh("apply --json --auto-approve").exits(1).tells(&["products.yaml:2:"]);
    let mut lines: Vec<Value> = done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.pop().unwrap();
    assert_eq!((&last["event"], &last["seq"]), (&json!("summary"), &json!(3)));
    assert_eq!((&last["summary"]["complete"], &last["summary"]["steps"]), (&json!(false), &json!([])));
    assert_eq!(lines.len(), 2);
    for (n, line) in lines.iter().enumerate() {
        assert_eq!((&line["format"], &line["event"]), (&json!("provisor.event/v1"), &json!("diagnostic")));
        assert_eq!(line["seq"], n + 1);
        assert!(line["time"].as_str().unwrap().ends_with('Z'), "{line}");
        assert_eq!(line["diagnostic"]["code"], "parameter-value");
    }
}

#[test]
fn the_stream_holds_the_plan_and_what_it_gives_and_ends_with_the_summary() {
    let vault =
        "  v: {product_name: vault, provisioning_artifact_name: v1, parameters: {Password: \"${var.pw}\"}}\n";
    let repo = Repo::new(&(boxed("one", "Note: x") + vault));
    repo.edit("provisor.yaml", "locations:", "variables: {pw: {sensitive: true}}\nlocations:");
    repo.secrets("pw: correct horse battery\n");
    let told = |line: &str, exit: i32| -> Vec<Value> {
        let done = repo.sh(&format!("{line} --secret-file secrets.yaml")).exits(exit);
        let events: Vec<Value> = done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for (n, event) in events.iter().enumerate() {
            assert_eq!(
                (&event["seq"], event["event"] == "summary"),
                (&json!(n + 1), n + 1 == events.len()),
                "{}",
                done.out
            );
        }
        assert!(!done.out.contains("correct horse"), "{}", done.out);
        events
    };
    let of = |events: &[Value], name: &str| -> Vec<Value> {
        events.iter().filter(|event| event["event"] == name).cloned().collect()
    };
    let plan = repo.sh("plan --json --secret-file secrets.yaml").json();
    let refused = told("apply --json --auto-approve --allow update", 5);
    assert_eq!(of(&refused, "planned").len(), 2);
    let nobody = told("apply --json", 5);
    assert_eq!(of(&nobody, "diagnostic")[0]["diagnostic"]["message"], "there is no terminal to ask on");
    let events = told("apply --json --auto-approve", 0);
    let steps: Vec<Value> = of(&events, "planned").iter().map(|one| one["planned"].clone()).collect();
    assert_eq!(json!(steps), plan["steps"]);
    assert_eq!(of(&events, "plan")[0]["plan"]["fingerprint"], plan["fingerprint"]);
    let outputs = of(&events, "outputs");
    assert_eq!(outputs[0]["address"], "one");
    assert!(outputs[0]["outputs"]["Arn"].is_string(), "{}", outputs[0]);
    let started = events.iter().position(|event| event["event"] == "started").unwrap();
    let begun = events.iter().position(|event| event["event"] == "began").unwrap();
    assert!(begun < started && events[..begun].iter().any(|event| event["event"] == "plan"));
    assert!(of(&events, "settled")[0]["took_ms"].is_u64());
    assert_eq!(of(&told("apply --json --auto-approve", 0), "plan")[0]["plan"]["summary"]["unchanged"], 2);
}

#[test]
fn secrets_and_hidden_characters_stay_out() {
    let repo = Repo::new(
        "  one: {product_name: vault, provisioning_artifact_name: v1, parameters: {Password: s3cr3t}}\n",
    );
    let done = repo.sh("plan --json").exits(1);
    assert_eq!(done.json()["diagnostics"][0]["code"], "parameter-value");
    assert!(!done.out.contains("s3cr3t") && !done.err.contains("s3cr3t"), "{}{}", done.out, done.err);
    repo.declare("  \"a\\u202eb\": {product_name: box}\n");
    let done = repo.sh("validate --json").exits(1);
    assert!(!done.out.contains('\u{202e}'), "{}", done.out);
}

#[test]
fn what_breaks_a_template_rule_is_found_at_plan_and_refused_by_the_sandbox() {
    let repo = Repo::new(&boxed("one", "Mode: fast, Size: 1"));
    let rules = "Rules:\n  Quick:\n    RuleCondition: !Equals [!Ref Mode, fast]\n    Assertions:\n      - Assert: !Contains                  [['7', '8'], !Ref Size]\n        AssertDescription: fast ones are large.\n";
    let template = repo.read("box-v1.yaml");
    repo.write("box-v1.yaml", &format!("{rules}{template}"));
    let found = repo.sh("plan --json").exits(1).json()["diagnostics"][0].clone();
    assert_eq!(found["code"], "template-rule");
    assert_eq!(found["message"], "the parameters break the rule `Quick` of `box` v1: fast ones are large");
    repo.declare(&boxed("one", "Mode: fast, Size: 7"));
    repo.apply().exits(0);
    // the sandbox's own reading of the same rule
    repo.meddle(
        "UpdateProvisionedProduct",
        json!({
            "UpdateToken": "t-1",
            "ProvisioningParameters": [
                {"Key": "Name", "Value": "one"}, {"Key": "Mode", "Value": "fast"}, {"Key": "Size", "Value": "1"}
            ]
        }),
    );
    repo.sh("plan").says(&["Rule Quick is not satisfied: fast ones are large."]);
}
