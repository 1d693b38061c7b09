//! The control endpoint: reading the world again, ending what is under way, faults and their counters.

use provisor_sandbox::{Options, SandboxError, attach};
use serde_json::{Value, json};

use super::calls::memory;
use super::http::{Answer, Client};
use super::worlds::{WORLD, folder};

fn ask(client: &Client, method: &str, path: &str, body: &str) -> Answer {
    let head = format!("{method} /_sandbox/{path} HTTP/1.1\r\nHost: localhost\r\n");
    client.send(&head, body).unwrap()
}

fn message(answer: &Answer) -> String {
    assert_ne!(answer.status, 200, "{}", answer.body);
    answer.body["message"].as_str().unwrap().to_owned()
}

fn versions(client: &Client) -> Vec<String> {
    let product = client.ok("DescribeProduct", json!({ "Name": "box" }));
    let versions = product["ProvisioningArtifacts"].as_array().unwrap().iter();
    versions.map(|version| version["Name"].as_str().unwrap().to_owned()).collect()
}

const THROTTLE: &str = "faults:\n  - {call: DescribeRecord, outcome: throttle, times: 1}\n";

#[test]
fn the_world_is_read_again_on_request() {
    let (folder, client, _) = memory(&format!("{WORLD}{THROTTLE}"));
    let file = folder.path().join("sandbox.yaml");
    client.provision("box", "one", &[("Name", "n")]);
    let record =
        |client: &Client| client.call("DescribeRecord", json!({ "Id": "rec-x" })).body["__type"].clone();
    assert_eq!(record(&client), "ThrottlingException");
    assert_eq!(client.control("POST", "reload", json!(null))["changed"], false);
    let world = WORLD.replace("name: v2", "name: v3").replace("time_scale: 1", "time_scale: 2");
    std::fs::write(&file, format!("{world}{THROTTLE}")).unwrap();
    assert_eq!(versions(&client), ["v1", "v2"], "not before it is asked to");
    let state = client.control("POST", "reload", json!(null));
    assert_eq!((&state["changed"], &state["time_scale"]), (&json!(true), &json!(2.0)));
    assert_eq!(versions(&client), ["v1", "v3"]);
    assert_eq!(client.describe("one")["Status"], "UNDER_CHANGE");
    assert_eq!(record(&client), "ResourceNotFoundException", "its one time is over");
    std::fs::write(&file, "portfolios: 5\n").unwrap();
    let answer = ask(&client, "POST", "reload", "");
    assert_eq!(answer.status, 400);
    assert!(
        message(&answer).ends_with("sandbox.yaml:1:13: a list is expected, not `5`"),
        "{}",
        message(&answer)
    );
    assert_eq!(versions(&client), ["v1", "v3"], "the old world goes on");
}

#[test]
fn a_template_that_changes_is_read_again_when_somebody_joins() {
    let (folder, file) = folder(WORLD);
    let options =
        || Options { world: file.clone(), data: Some(folder.path().join("data")), ..Options::default() };
    let client = Client::new(&attach(&options()).unwrap().url);
    let template = std::fs::read_to_string(folder.path().join("box.yaml")).unwrap();
    std::fs::write(folder.path().join("box.yaml"), template.replace("a box", "a crate")).unwrap();
    assert!(attach(&options()).unwrap().owned, "the same process joins its own server");
    client.provision("box", "one", &[("Name", "n")]);
    client.pass(100);
    let stacks = client.query("cloudformation", "Action=DescribeStacks").unwrap();
    assert!(stacks.text.contains("a crate"), "{}", stacks.text);
    std::fs::write(&file, "portfolios: 5\n").unwrap();
    assert!(matches!(attach(&options()), Err(SandboxError::World { line: 1, column: 13, .. })));
}

fn finish(client: &Client, body: Value) -> Value {
    client.control("POST", "finish", body)
}

#[test]
fn what_hangs_ends_on_request() {
    let world = format!(
        "{WORLD}faults:
  - {{operation: provision, provisioned_product: 'h-*', outcome: hang}}
  - {{operation: terminate, outcome: hang}}
"
    );
    let (_folder, client, _) = memory(&world);
    let records = ["h-one", "h-two", "plain"].map(|name| client.provision("box", name, &[("Name", "n")]));
    client.pass(1000);
    let done = finish(&client, json!({ "provisioned_product": "h-one", "outcome": "succeed" }));
    assert_eq!(done, json!({ "finished": 1, "bound_to_fail": [] }));
    assert_eq!(client.describe("h-one")["Status"], "AVAILABLE");
    assert_eq!(client.output(&client.record(&records[0]["RecordId"]), "Name"), "n");
    let fail = json!({ "provisioned_product": "*", "outcome": "fail", "message": "no room" });
    assert_eq!(finish(&client, fail)["finished"], 1, "only one is under way");
    let two = client.describe("h-two");
    assert_eq!((&two["Status"], &two["StatusMessage"]), (&json!("ERROR"), &json!("no room")));
    assert_eq!(client.record(&records[1]["RecordId"])["RecordDetail"]["Status"], "FAILED");
    let end = |name: &str, token: &str| {
        let body = json!({ "ProvisionedProductName": name, "TerminateToken": token });
        client.ok("TerminateProvisionedProduct", body);
    };
    end("plain", "a");
    let id = client.describe("plain")["Id"].clone();
    assert_eq!(finish(&client, json!({ "provisioned_product": id, "outcome": "fail" }))["finished"], 1);
    assert_eq!(client.describe("plain")["Status"], "TAINTED");
    end("plain", "b");
    assert_eq!(
        finish(&client, json!({ "provisioned_product": "plain", "outcome": "succeed" }))["finished"],
        1
    );
    assert_eq!(client.call("DescribeProvisionedProduct", json!({ "Name": "plain" })).status, 400, "gone");
}

#[test]
fn what_is_bound_to_fail_cannot_be_made_to_succeed() {
    let world = format!("{WORLD}faults: [{{operation: provision, outcome: rollback, message: full}}]\n");
    let (_folder, client, _) = memory(&world);
    client.provision("box", "one", &[("Name", "n")]);
    let done = finish(&client, json!({ "provisioned_product": "one", "outcome": "succeed" }));
    assert_eq!(done, json!({ "finished": 0, "bound_to_fail": ["one"] }));
    assert_eq!(client.describe("one")["Status"], "UNDER_CHANGE");
    assert_eq!(finish(&client, json!({ "provisioned_product": "one", "outcome": "fail" }))["finished"], 1);
    assert_eq!(client.describe("one")["StatusMessage"], "full", "its own error");
}

#[test]
fn faults_are_listed_and_armed_again() {
    let (_folder, client, _) = memory(&format!("{WORLD}{THROTTLE}"));
    let struck = |client: &Client| {
        let code = client.call("DescribeRecord", json!({ "Id": "rec-x" })).body["__type"].clone();
        code == "ThrottlingException"
    };
    let late = json!({ "call": "DescribeRecord", "outcome": "throttle", "skip": 1 });
    client.control("POST", "faults", late);
    assert_eq!([1, 2, 3].map(|_| struck(&client)), [true; 3], "the file's, then the injected one's");
    let expected = json!({ "faults": [
        {
            "label": "injected[0]", "struck": 2,
            "entry": { "call": "DescribeRecord", "outcome": "throttle", "skip": 1 },
        },
        {
            "label": "faults[0]", "struck": 1, "left": 0,
            "entry": { "call": "DescribeRecord", "outcome": "throttle", "times": 1 },
        },
    ] });
    assert_eq!(client.control("GET", "faults", json!(null)), expected);
    client.control("POST", "faults/rearm", json!(null));
    let faults = client.control("GET", "faults", json!(null));
    assert_eq!((&faults["faults"][0]["struck"], &faults["faults"][1]["left"]), (&json!(0), &json!(1)));
    assert_eq!(client.control("POST", "reload", json!(null))["changed"], false);
    assert!(struck(&client));
}

#[test]
fn what_is_not_understood_is_said() {
    let (_folder, client, _) = memory(WORLD);
    let rows = [
        ("POST", "advance", "seconds=600", 400, "the body is no JSON"),
        ("POST", "advance", "{\"seconds\": \"ten\"}", 400, "a number is expected, not the text `ten`"),
        ("POST", "advance", "{\"second\": 1}", 400, "unknown key `second`; did you mean `seconds`?"),
        ("POST", "advance", "{\"seconds\": -1}", 400, "from 0 to 315576000"),
        ("POST", "fault", "{}", 404, "POST faults/rearm"),
        ("PUT", "state", "", 404, "GET state"),
        (
            "POST",
            "finish",
            "{\"provisioned_product\": \"a\", \"outcome\": \"success\"}",
            400,
            "did you mean `succeed`?",
        ),
        (
            "POST",
            "faults",
            "{\"operation\": \"update\", \"outcome\": \"throtle\"}",
            400,
            "`reject`, `rollback`, `hang`",
        ),
        (
            "POST",
            "faults",
            "{\"operation\": \"update\", \"outcome\": \"hang\", \"product\": \"bax\"}",
            400,
            "`box`",
        ),
    ];
    for (method, path, body, status, text) in rows {
        let answer = ask(&client, method, path, body);
        assert_eq!(answer.status, status, "{path} {body}");
        assert!(message(&answer).contains(text), "{path} {body}: {}", message(&answer));
    }
}
