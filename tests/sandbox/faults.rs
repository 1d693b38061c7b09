//! Faults that strike API calls.

use serde_json::json;

use super::calls::memory;
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
