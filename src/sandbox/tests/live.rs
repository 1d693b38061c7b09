//! Starting, dying and taking over. A child process is this same test binary, told by its environment what
//! to be.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use provisor_sandbox::{Options, SandboxError, attach};
use serde_json::json;

use super::http::Client;
use super::worlds::{WORLD, folder};

const CHILD: &str = "SANDBOX_TEST_CHILD";

/// Not a test of its own: serves what the environment names until it is killed.
#[test]
fn as_a_child() {
    let Some(folder) = std::env::var_os(CHILD) else {
        return;
    };
    let endpoint = attach(&options(Path::new(&folder))).unwrap();
    println!("\nendpoint {} {}", endpoint.url, endpoint.owned);
    std::io::stdout().flush().unwrap();
    std::thread::sleep(Duration::from_secs(60));
}

fn options(folder: &Path) -> Options {
    Options { world: folder.join("sandbox.yaml"), data: Some(folder.join("data")), ..Options::default() }
}

pub fn child(folder: &Path) -> (Child, String, bool) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["as_a_child", "--nocapture", "--test-threads=1"])
        .env(CHILD, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let line = lines.into_iter().find_map(|line| line.strip_prefix("endpoint ").map(str::to_owned)).unwrap();
    let (url, owned) = line.split_once(' ').unwrap();
    (child, url.to_owned(), owned == "true")
}

pub fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn nothing_accepted_is_lost_when_the_process_is_killed() {
    let (folder, _) = folder(WORLD);
    let mut accepted: Vec<(String, String)> = Vec::new();
    for round in 0..6 {
        let (child, url, _) = child(folder.path());
        let client = Client::new(&url);
        for (name, id) in &accepted {
            assert_eq!(client.describe(name)["Id"], id.as_str(), "{name}");
        }
        let calls = std::thread::spawn(move || {
            let mut mine = Vec::new();
            for i in 0.. {
                let name = format!("p{round}-{i}");
                let request = json!({
                    "ProductName": "box", "ProvisioningArtifactName": "v1",
                    "ProvisionedProductName": name, "ProvisionToken": name,
                    "ProvisioningParameters": [{ "Key": "Password", "Value": "swordfish" }],
                });
                let Some(answer) = client.try_call("ProvisionProduct", request) else {
                    break;
                };
                mine.push((
                    name,
                    answer.body["RecordDetail"]["ProvisionedProductId"].as_str().unwrap().to_owned(),
                ));
            }
            mine
        });
        std::thread::sleep(Duration::from_millis(30 + 25 * round));
        kill(child);
        accepted.extend(calls.join().unwrap());
    }
    assert!(accepted.len() > 20, "{}", accepted.len());
    let text = std::fs::read_to_string(folder.path().join("data/world.jsonl")).unwrap();
    assert!(!text.contains("swordfish"));
    let mode = |path: &str| std::fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("data"), mode("data/world.jsonl"), mode("data/calls.jsonl")), (0o700, 0o600, 0o600));
}

#[test]
fn a_torn_last_line_is_an_answer_never_sent() {
    let (folder, _) = folder(WORLD);
    let (first, url, _) = child(folder.path());
    Client::new(&url).provision("box", "one", &[]);
    kill(first);
    let journal = folder.path().join("data/world.jsonl");
    let mut text = std::fs::read(&journal).unwrap();
    text.extend_from_slice(b"{\"at\":1,\"entr");
    std::fs::write(&journal, &text).unwrap();
    let (second, url, _) = child(folder.path());
    let client = Client::new(&url);
    client.describe("one");
    client.provision("box", "two", &[]);
    kill(second);
    let (third, url, _) = child(folder.path());
    Client::new(&url).describe("two");
    kill(third);
    let whole = String::from_utf8(std::fs::read(&journal).unwrap()).unwrap();
    std::fs::write(&journal, whole.replacen("\"at\":", "\"at", 1)).unwrap();
    assert!(matches!(attach(&options(folder.path())), Err(SandboxError::Damaged { line: 1, .. })));
}

#[test]
fn the_second_uses_the_first_and_takes_over_on_the_same_port() {
    let (folder, _) = folder(WORLD);
    let (first, url, owned) = child(folder.path());
    assert!(owned);
    let endpoint = attach(&options(folder.path())).unwrap();
    assert_eq!((endpoint.url.as_str(), endpoint.owned), (url.as_str(), false));
    let client = Client::new(&url);
    client.provision("box", "one", &[]);
    kill(first);
    let until = Instant::now() + Duration::from_secs(5);
    let found = loop {
        match client.try_call("DescribeProvisionedProduct", json!({ "Name": "one" })) {
            Some(answer) => break answer,
            None => assert!(Instant::now() < until, "nobody took over"),
        }
    };
    assert_eq!(found.status, 200, "{}", found.body);
    let reset = Options { reset: true, ..options(folder.path()) };
    assert!(matches!(attach(&reset), Err(SandboxError::Busy { .. })));
}

#[test]
fn time_goes_on_while_nobody_serves_and_reset_forgets() {
    let (folder, file) = folder(&WORLD.replace("time_scale: 1", "time_scale: 1000"));
    let (first, url, _) = child(folder.path());
    let client = Client::new(&url);
    client.provision("box", "one", &[("Name", "n")]);
    kill(first);
    std::thread::sleep(Duration::from_millis(150));
    std::fs::write(&file, WORLD).unwrap();
    let (second, url, _) = child(folder.path());
    let client = Client::new(&url);
    assert_eq!(client.describe("one")["Status"], "AVAILABLE", "100 simulated seconds passed in between");
    assert_eq!(client.control("GET", "state", json!({}))["time_scale"], 1.0);
    kill(second);
    let endpoint = attach(&Options { reset: true, ..options(folder.path()) }).unwrap();
    let client = Client::new(&endpoint.url);
    assert_eq!(client.ok("SearchProvisionedProducts", json!({}))["TotalResultsCount"], 0);
}

/// Everything that a client can see.
fn seen(client: &Client) -> Vec<serde_json::Value> {
    let all = json!({ "AccessLevelFilter": { "Key": "Account", "Value": "self" } });
    let plans = client.ok("ListProvisionedProductPlans", json!({}));
    let details = plans["ProvisionedProductPlans"].as_array().unwrap().iter();
    let mut seen: Vec<_> = details
        .map(|plan| client.ok("DescribeProvisionedProductPlan", json!({ "PlanId": plan["PlanId"] })))
        .collect();
    for field in ["id", "name", "arn", "createdTime", "lastRecordId"] {
        seen.push(client.ok("SearchProvisionedProducts", json!({ "SortBy": field })));
    }
    seen.push(client.ok("ListRecordHistory", all));
    seen
}

/// Plans, updates, failures, terminations: a bit of everything, some of it under way.
fn live_a_little(client: &Client) {
    let product = client.ok("DescribeProduct", json!({ "Name": "box" }));
    let plan = |name: &str, value: &str| {
        let request = json!({
            "PlanName": "p", "PlanType": "CLOUDFORMATION", "IdempotencyToken": format!("plan-{name}-{value}"),
            "ProductId": product["ProductViewSummary"]["ProductId"], "ProvisionedProductName": name,
            "ProvisioningArtifactId": product["ProvisioningArtifacts"][0]["Id"],
            "ProvisioningParameters": [{ "Key": "Name", "Value": value }],
        });
        client.ok("CreateProvisionedProductPlan", request)["PlanId"].clone()
    };
    let execute = |plan: &serde_json::Value| {
        client.ok("ExecuteProvisionedProductPlan", json!({ "PlanId": plan, "IdempotencyToken": plan }))
    };
    client.provision("box", "one", &[("Name", "n")]);
    client.provision("box", "two", &[]);
    let planned = plan("three", "x");
    client.pass(200);
    execute(&planned);
    let end =
        json!({ "ProvisionedProductName": "two", "TerminateToken": "t", "RetainPhysicalResources": true });
    client.ok("TerminateProvisionedProduct", end);
    client.pass(40);
    let again = json!({
        "ProductName": "box", "ProvisioningArtifactName": "v1", "ProvisionedProductName": "two",
        "ProvisionToken": "again", "ProvisioningParameters": [{ "Key": "Name", "Value": "again" }],
    });
    client.ok("ProvisionProduct", again);
    client.pass(61);
    let planned = plan("one", "other");
    client.pass(10);
    execute(&planned);
    plan("four", "y");
    client.pass(3);
}

#[test]
fn a_restart_changes_nothing_that_can_be_seen() {
    let (folder, _) = folder(&WORLD.replace("time_scale: 1", "time_scale: 0.01"));
    let (first, url, _) = child(folder.path());
    let client = Client::new(&url);
    live_a_little(&client);
    let before = seen(&client);
    assert_eq!(before.len(), 3 + 6);
    let statuses: Vec<_> =
        before[4]["ProvisionedProducts"].as_array().unwrap().iter().map(|p| &p["Status"]).collect();
    assert_eq!(statuses, ["PLAN_IN_PROGRESS", "UNDER_CHANGE", "AVAILABLE", "UNDER_CHANGE"]);
    kill(first);
    let (second, url, _) = child(folder.path());
    let client = Client::new(&url);
    assert_eq!(seen(&client), before);
    client.pass(1000);
    let after =
        client.ok("SearchProvisionedProducts", json!({ "Filters": { "SearchQuery": ["status:AVAILABLE"] } }));
    assert_eq!(after["TotalResultsCount"], 3);
    kill(second);
}

#[test]
fn one_process_may_attach_as_often_as_it_likes() {
    let (folder, _) = folder(WORLD);
    let first = attach(&options(folder.path())).unwrap();
    let second = attach(&options(folder.path())).unwrap();
    assert_eq!((first.owned, second.owned), (true, true));
    assert_eq!(first.url, second.url);
    let elsewhere = Options { world: folder.path().join("box.yaml"), ..options(folder.path()) };
    assert!(matches!(attach(&elsewhere), Err(SandboxError::Busy { .. })));
}

#[test]
fn injected_faults_and_their_counters_survive_a_kill() {
    let (folder, _) =
        folder(&format!("{WORLD}faults: [{{call: SearchProducts, outcome: error_500, times: 2}}]\n"));
    let (first, url, _) = child(folder.path());
    let client = Client::new(&url);
    let inject = |outcome: &str, times: u64| {
        let fault =
            json!({ "call": "DescribeRecord", "outcome": outcome, "times": times, "message": "slow down" });
        client.control("POST", "faults", fault);
    };
    inject("access_denied", 1);
    inject("throttle", 2);
    let code = |client: &Client, operation: &str| {
        let body = json!({ "Id": "rec-none" });
        client.call(operation, body).body["__type"].as_str().unwrap_or("none").to_owned()
    };
    assert_eq!(code(&client, "SearchProducts"), "InternalFailure");
    let throttled = client.call("DescribeRecord", json!({ "Id": "rec-none" }));
    assert_eq!(throttled.body, json!({ "__type": "ThrottlingException", "Message": "slow down" }));
    kill(first);
    let (second, url, _) = child(folder.path());
    let client = Client::new(&url);
    let codes = |client: &Client| [1, 2, 3].map(|_| code(client, "DescribeRecord"));
    assert_eq!(codes(&client), ["ThrottlingException", "AccessDeniedException", "ResourceNotFoundException"]);
    assert_eq!([1, 2].map(|_| code(&client, "SearchProducts")), ["InternalFailure", "none"]);
    client.control("POST", "faults", json!({ "call": "DescribeRecord", "outcome": "expired_token" }));
    client.control("DELETE", "faults", json!(null));
    kill(second);
    let (third, url, _) = child(folder.path());
    assert_eq!(code(&Client::new(&url), "DescribeRecord"), "ResourceNotFoundException", "withdrawn");
    kill(third);
}
