//! The log of calls, and their number: all of them, and nothing of what was sent.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::support::{Repo, boxed};

/// Calls by operation, as a log has them.
fn logged(repo: &Repo, name: &str) -> (Vec<Value>, BTreeMap<String, usize>) {
    let lines: Vec<Value> = repo.read(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut by_operation = BTreeMap::new();
    for line in &lines {
        *by_operation.entry(line["operation"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    (lines, by_operation)
}

#[test]
fn every_call_has_a_line_and_nothing_of_what_was_sent() {
    let vault = "  safe: {product_name: vault, provisioning_artifact_name: v1, parameters: {Password: \"${var.pw}\"}}\n";
    let repo = Repo::new(&(boxed("one", "Note: remarkable") + vault));
    let settings = repo.read("provisor.yaml") + "variables: {pw: {sensitive: true}}\n";
    repo.write("provisor.yaml", &settings);
    repo.faults(&["{call: SearchProvisionedProducts, outcome: throttle, times: 2}"]);
    let mut apply = repo.command(&["apply", "--auto-approve", "--log", "calls.jsonl"]);
    let apply = apply.env("PROVISOR_SECRET_pw", "hunter2hunter2").output().unwrap();
    assert!(apply.status.success(), "{}", String::from_utf8_lossy(&apply.stderr));
    let (lines, by_operation) = logged(&repo, "calls.jsonl");
    let retries: u64 = lines.iter().map(|line| line["retries"].as_u64().unwrap()).sum();
    let mut served: BTreeMap<String, usize> = BTreeMap::new();
    for call in repo.calls() {
        *served.entry(call["operation"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(retries, 2);
    served.entry("SearchProvisionedProducts".to_owned()).and_modify(|n| *n -= 2);
    assert_eq!(by_operation, served);
    for line in &lines {
        assert_eq!(
            (&line["format"], &line["location"]),
            (&"provisor.call/v1".into(), &"demo/eu-west-1".into())
        );
        let is_there = line["error"].is_null();
        assert_eq!(line["status"], if is_there { 200 } else { 400 }, "{line}");
        assert!(is_there || line["error"] == "ResourceNotFoundException", "{line}");
        assert!(line["request_id"].is_string() && line["duration_ms"].is_u64(), "{line}");
        assert_eq!(line["time"].as_str().unwrap().len(), "2026-12-01T00:00:00.000Z".len(), "{line}");
    }
    let text = repo.read("calls.jsonl");
    assert!(!text.contains("hunter2") && !text.contains("remarkable"), "{text}");
    // it is added to, by the next one too
    let mut again = repo.command(&["plan"]);
    again.env("PROVISOR_LOG", "calls.jsonl").env("PROVISOR_SECRET_pw", "hunter2hunter2");
    let again = again.output().unwrap();
    assert!(again.status.code() == Some(0), "{}", String::from_utf8_lossy(&again.stderr));
    assert!(
        logged(&repo, "calls.jsonl").0.len() > lines.len() && repo.read("calls.jsonl").starts_with(&text)
    );
}

#[test]
fn a_call_that_is_refused_is_told_with_its_code() {
    let repo = Repo::boxes(&["one"]);
    repo.faults(&["{call: ProvisionProduct, outcome: throttle, times: 1}"]);
    repo.sh("apply --auto-approve --log calls.jsonl").exits(0);
    let (lines, _) = logged(&repo, "calls.jsonl");
    let sent: Vec<&Value> = lines.iter().filter(|line| line["operation"] == "ProvisionProduct").collect();
    assert_eq!(sent.len(), 2, "{lines:?}");
    assert_eq!((&sent[0]["status"], &sent[0]["error"]), (&400.into(), &"ThrottlingException".into()));
    assert_eq!(sent[1]["status"], 200);
}

#[test]
fn a_log_is_never_put_over_what_is_not_one() {
    let repo = Repo::boxes(&["one"]);
    fs::write(repo.path().join("notes.txt"), "mine\n").unwrap();
    std::os::unix::fs::symlink("notes.txt", repo.path().join("link")).unwrap();
    for name in ["notes.txt", "link", "products.yaml", "."] {
        let done = repo.run(&["plan", "--log", name]).exits(1);
        assert!(done.out.is_empty() && done.err.contains(name), "{name}: {}", done.err);
    }
    assert_eq!(repo.read("notes.txt"), "mine\n");
    assert!(repo.calls().is_empty(), "nothing was asked");
}

#[test]
fn a_plan_says_how_many_calls_it_took() {
    let repo = Repo::boxes(&["one", "two", "three"]);
    repo.apply().exits(0);
    let before = repo.calls().len();
    let done = repo.sh("plan --stats").exits(0);
    let calls = repo.calls().len() - before;
    done.tells(&[&format!("{calls} calls in "), " 0 sent again, 0 throttled\n", "1  DescribeProduct\n"]);
}
