//! Faults that strike API calls.

use serde_json::json;

use super::calls::memory;
use super::http::Client;
use super::worlds::WORLD;

#[test]
fn faults_strike_calls() {
    let world = format!(
        "{WORLD}faults:
  - {{call: DescribeRecord, outcome: throttle, times: 1}}
  - {{call: ProvisionProduct, provisioned_product: lost-*, outcome: drop_response, times: 1}}
  - {{call: ProvisionProduct, provisioned_product: never-*, outcome: drop_request, times: 1}}
  - {{call: DescribeProvisionedProduct, provisioned_product: gone-*, outcome: not_found}}
"
    );
    let (_folder, client, _) = memory(&world);
    let answer = client.call("DescribeRecord", json!({ "Id": "rec-x" }));
    assert_eq!(
        (answer.body["__type"].as_str(), answer.body["Message"].as_str()),
        (Some("ThrottlingException"), Some("Rate exceeded"))
    );
    assert_eq!(
        client.call("DescribeRecord", json!({ "Id": "rec-x" })).body["__type"],
        "ResourceNotFoundException"
    );
    let request = |name: &str| {
        json!({
            "ProductName": "box", "ProvisioningArtifactName": "v1",
            "ProvisionedProductName": name, "ProvisionToken": name,
        })
    };
    assert!(client.try_call("ProvisionProduct", request("lost-1")).is_none());
    let after = client.ok("ProvisionProduct", request("lost-1"));
    assert_eq!(
        after["RecordDetail"]["ProvisionedProductId"],
        client.describe("lost-1")["Id"],
        "accepted once, by its token"
    );
    assert!(client.try_call("ProvisionProduct", request("never-1")).is_none());
    assert_eq!(client.call("DescribeProvisionedProduct", json!({ "Name": "never-1" })).status, 400);
    client.ok("ProvisionProduct", request("gone-1"));
    assert_eq!(
        client.call("DescribeProvisionedProduct", json!({ "Name": "gone-1" })).body["Message"],
        "Resource not found."
    );
}

#[test]
fn what_is_said_to_be_throttled_may_be_taken() {
    let (_folder, client, _) = memory(WORLD);
    let request = json!({
        "ProductName": "box", "ProvisioningArtifactName": "v1", "ProvisionedProductName": "one",
        "ProvisionToken": "t", "ProvisioningParameters": [{ "Key": "Name", "Value": "n" }],
    });
    for (outcome, there) in [("throttle", 400), ("throttle_taken", 200)] {
        client.control("POST", "faults", json!({ "call": "Provision*", "outcome": outcome, "times": 1 }));
        let answer = client.call("ProvisionProduct", request.clone());
        let told = (answer.body["__type"].as_str(), answer.body["Message"].as_str());
        assert_eq!(told, (Some("ThrottlingException"), Some("Rate exceeded")), "{outcome}");
        let found = client.call("DescribeProvisionedProduct", json!({ "Name": "one" }));
        assert_eq!(found.status, there, "{outcome}");
    }
    let again = client.ok("ProvisionProduct", request);
    assert_eq!(again["RecordDetail"]["ProvisionedProductId"], client.describe("one")["Id"]);
}

#[test]
fn somebody_else_acts_between_two_calls() {
    let world = format!(
        "{WORLD}faults:
  - {{call: TerminateProvisionedProduct, outcome: foreign_update, version: v2, times: 1, provisioned_product: one}}
"
    );
    let (_folder, client, _) = memory(&world);
    client.provision("box", "one", &[("Name", "n")]);
    client.pass(101);
    let before = client.describe("one");
    let end = |token: &str| json!({ "ProvisionedProductName": "one", "TerminateToken": token });
    assert_eq!(client.call("TerminateProvisionedProduct", end("a")).body["__type"], "ValidationException");
    client.pass(61);
    let history = json!({ "AccessLevelFilter": { "Key": "Account", "Value": "self" } });
    let history = client.ok("ListRecordHistory", history);
    assert_eq!(history["RecordDetails"][0]["RecordType"], "UPDATE_PROVISIONED_PRODUCT");
    let after = client.describe("one");
    assert_eq!(after["Status"], "AVAILABLE");
    assert_ne!(after["ProvisioningArtifactId"], before["ProvisioningArtifactId"]);
    client.ok("TerminateProvisionedProduct", end("b"));
}

#[test]
fn somebody_else_acts_on_whom_the_pattern_names_before_a_search() {
    let world = format!(
        "{WORLD}faults:
  - {{call: SearchProvisionedProducts, provisioned_product: 'db-*', outcome: foreign_terminate, times: 1}}
"
    );
    let (_folder, client, _) = memory(&world);
    client.provision("box", "web", &[("Name", "n")]);
    client.pass(101);
    let statuses = |client: &Client| {
        let found = client.ok("SearchProvisionedProducts", json!({ "SortBy": "name" }));
        let items = found["ProvisionedProducts"].as_array().unwrap().clone();
        items
            .iter()
            .map(|item| format!("{} {}", item["Name"], item["Status"]).replace('"', ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(statuses(&client), ["web AVAILABLE"], "nobody to act on yet, so it waits");
    client.provision("box", "db-1", &[("Name", "n")]);
    client.pass(101);
    assert_eq!(statuses(&client), ["db-1 UNDER_CHANGE", "web AVAILABLE"]);
    client.pass(60);
    assert_eq!(statuses(&client), ["web AVAILABLE"]);
    let calls = client.control("GET", "calls", json!(null));
    let struck: Vec<&str> =
        calls["calls"].as_array().unwrap().iter().filter_map(|call| call["fault"].as_str()).collect();
    assert_eq!(struck, ["faults[0]: foreign_terminate"]);
}

#[test]
fn the_query_protocol_has_error_codes_of_its_own() {
    let rows = [
        ("throttle", 400, "Throttling"),
        ("throttle_taken", 400, "Throttling"),
        ("error_500", 500, "InternalFailure"),
        ("access_denied", 403, "AccessDenied"),
        ("expired_token", 403, "ExpiredToken"),
        ("signature_expired", 403, "SignatureDoesNotMatch"),
        ("not_found", 400, "ValidationError"),
    ];
    let (_folder, client, _) = memory(WORLD);
    for (outcome, status, code) in rows {
        let fault =
            json!({ "call": "GetCallerIdentity", "outcome": outcome, "times": 1, "message": "words" });
        client.control("POST", "faults", fault);
        let answer = client.query("sts", "Action=GetCallerIdentity&Version=2011-06-15").unwrap();
        let error = format!("<Code>{code}</Code><Message>words</Message>");
        assert!(answer.status == status && answer.text.contains(&error), "{outcome}: {}", answer.text);
    }
    client.control(
        "POST",
        "faults",
        json!({ "call": "DescribeStacks", "outcome": "drop_response", "times": 1 }),
    );
    assert!(client.query("cloudformation", "Action=DescribeStacks").is_none());
    assert_eq!(client.query("cloudformation", "Action=DescribeStacks").unwrap().status, 200);
    let stranger = Client { key: "AKIAIOSFODNN7EXAMPLE".into(), ..client };
    let refused = stranger.query("sts", "Action=GetCallerIdentity").unwrap();
    assert!(refused.text.contains("<Code>InvalidClientTokenId</Code>"), "{}", refused.text);
}

#[test]
fn a_rollback_that_nobody_words_is_the_list_of_the_stack_s_events() {
    let (_folder, client, _) = memory(WORLD);
    client.control("POST", "faults", json!({ "operation": "provision", "outcome": "rollback", "times": 1 }));
    let record = client.provision("box", "undone", &[("Name", "n")]);
    client.pass(3600);
    let error = client.record(&record["RecordId"])["RecordDetail"]["RecordErrors"][0].clone();
    let text = error["Description"].as_str().unwrap();
    let stack = format!("SC-111122223333-{}", record["ProvisionedProductId"].as_str().unwrap());
    let begin = format!(
        "Errors from CloudFormation: [{{LogicalResourceId : {stack}, ResourceType : AWS::CloudFormation::Stack, \
         StatusReason : The following resource(s) failed to create: ["
    );
    assert!(
        text.starts_with(&begin) && text.ends_with("StatusReason : Failed by a fault of the sandbox}]"),
        "{text}"
    );
    assert_eq!(error.get("Code"), None, "a failed record has no code");
}

#[test]
fn a_termination_that_fails_is_the_last_that_was_provisioned() {
    let (_folder, client, _) = memory(WORLD);
    client.provision("box", "one", &[("Name", "n")]);
    client.pass(3600);
    let before = client.describe("one");
    client.control(
        "POST",
        "faults",
        json!({ "operation": "terminate", "outcome": "delete_fails", "times": 1 }),
    );
    let ended = client.ok(
        "TerminateProvisionedProduct",
        json!({ "ProvisionedProductName": "one", "TerminateToken": "end" }),
    );
    client.pass(3600);
    let after = client.describe("one");
    assert_eq!(after["Status"], "TAINTED");
    assert_eq!(after["LastProvisioningRecordId"], ended["RecordDetail"]["RecordId"]);
    assert_eq!(after["LastSuccessfulProvisioningRecordId"], before["LastSuccessfulProvisioningRecordId"]);
}
