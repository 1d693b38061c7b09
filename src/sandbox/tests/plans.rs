//! Provisioned product plans, beyond what `tests/boto3/lines_plans.py` has.

use serde_json::{Value, json};

use super::calls::memory;
use super::http::{Client, pairs};

const WORLD: &str = "
time_scale: 0.01
durations: {provision: 100s, update: 60s}
portfolios:
  - name: platform
    products:
      - {name: box, versions: [{name: v1, template: box.yaml}]}
      - {name: infra, type: TERRAFORM_CLOUD, versions: [{name: v1, template: box.yaml}]}
";

fn plan(client: &Client, product: &str, name: &str, parameters: &[(&str, &str)]) -> super::http::Answer {
    let found = client.ok("DescribeProduct", json!({ "Name": product }));
    let request = json!({
        "PlanName": "p", "PlanType": "CLOUDFORMATION", "ProvisionedProductName": name,
        "IdempotencyToken": format!("{name}-{}", parameters.len()),
        "ProductId": found["ProductViewSummary"]["ProductId"],
        "ProvisioningArtifactId": found["ProvisioningArtifacts"][0]["Id"],
        "ProvisioningParameters": pairs(parameters),
    });
    client.call("CreateProvisionedProductPlan", request)
}

fn described(client: &Client, plan: &Value) -> Value {
    client.pass(10);
    client.ok("DescribeProvisionedProductPlan", json!({ "PlanId": plan["PlanId"] }))
}

#[test]
fn only_cloudformation_can_be_planned() {
    let (_folder, client, _) = memory(WORLD);
    let answer = plan(&client, "infra", "one", &[("Name", "n")]);
    assert_eq!((answer.status, &answer.body["__type"]), (400, &json!("InvalidParametersException")));
}

#[test]
fn a_parameter_without_a_key_has_none() {
    let (_folder, client, _) = memory(WORLD);
    let found = client.ok("DescribeProduct", json!({ "Name": "box" }));
    let request = json!({
        "PlanName": "p", "PlanType": "CLOUDFORMATION", "ProvisionedProductName": "one", "IdempotencyToken": "t",
        "ProductId": found["ProductViewSummary"]["ProductId"],
        "ProvisioningArtifactId": found["ProvisioningArtifacts"][0]["Id"],
        "ProvisioningParameters": [{ "Value": "x" }],
    });
    let plan = client.ok("CreateProvisionedProductPlan", request);
    let details = described(&client, &plan)["ProvisionedProductPlanDetails"].clone();
    assert_eq!(details["ProvisioningParameters"], json!([{ "Value": "x" }]));
}

#[test]
fn outputs_alone_are_a_change() {
    let (_folder, client, _) = memory(WORLD);
    client.provision("box", "one", &[("Name", "n")]);
    client.pass(101);
    let status = |parameters: &[(&str, &str)]| {
        let planned = plan(&client, "box", "one", parameters).body;
        let details = described(&client, &planned);
        client.ok("DeleteProvisionedProductPlan", json!({ "PlanId": planned["PlanId"] }));
        let status = details["ProvisionedProductPlanDetails"]["Status"].as_str().unwrap().to_owned();
        (status, details["ResourceChanges"].as_array().unwrap().len())
    };
    assert_eq!(status(&[("Name", "n")]), ("CREATE_FAILED".to_owned(), 0));
    assert_eq!(status(&[("Name", "n"), ("Size", "large")]), ("CREATE_SUCCESS".to_owned(), 0));
}

#[test]
fn changes_say_what_they_come_from() {
    let (_folder, client, _) = memory(WORLD);
    client.provision("box", "one", &[("Name", "n")]);
    client.pass(101);
    let details = described(&client, &plan(&client, "box", "one", &[("Name", "m")]).body);
    let change = &details["ResourceChanges"][0];
    let target = json!({ "Attribute": "PROPERTIES", "Name": "BucketName", "RequiresRecreation": "ALWAYS" });
    assert_eq!((&change["Action"], &change["Replacement"]), (&json!("MODIFY"), &json!("TRUE")));
    assert_eq!(change["Scope"], json!(["PROPERTIES"]));
    let by_name = json!({ "Target": target, "Evaluation": "STATIC", "CausingEntity": "Name" });
    assert!(change["Details"].as_array().unwrap().contains(&by_name), "{change}");
}

#[test]
fn what_a_plan_reserved_keeps_its_birth() {
    let (_folder, client, _) = memory(WORLD);
    let planned = plan(&client, "box", "one", &[("Name", "n")]).body;
    let before = client.describe("one");
    assert_eq!(described(&client, &planned)["ProvisionedProductPlanDetails"]["Status"], "CREATE_SUCCESS");
    client
        .ok("ExecuteProvisionedProductPlan", json!({ "PlanId": planned["PlanId"], "IdempotencyToken": "x" }));
    client.pass(101);
    let after = client.describe("one");
    assert_eq!(after["Status"], "AVAILABLE");
    for name in ["Id", "CreatedTime", "IdempotencyToken"] {
        assert_eq!(after[name], before[name], "{name}");
    }
}

#[test]
fn null_is_nothing() {
    let (_folder, client, _) = memory(WORLD);
    let request = json!({
        "ProductName": "box", "ProductId": null, "ProvisioningArtifactName": "v1", "ProvisionedProductName": "one",
        "ProvisionToken": "t", "Tags": null, "ProvisioningParameters": null, "NotificationArns": null,
    });
    let first = client.ok("ProvisionProduct", request);
    let plain = json!({
        "ProductName": "box", "ProvisioningArtifactName": "v1", "ProvisionedProductName": "one", "ProvisionToken": "t",
    });
    assert_eq!(
        client.ok("ProvisionProduct", plain)["RecordDetail"]["RecordId"],
        first["RecordDetail"]["RecordId"]
    );
    client.pass(101);
    let end = json!({ "ProvisionedProductName": "one", "TerminateToken": "t", "IgnoreErrors": null });
    client.ok("TerminateProvisionedProduct", end);
    let missing = client.call("DescribeRecord", json!({ "Id": null }));
    assert_eq!(missing.body["__type"], "ValidationException");
}

#[test]
fn a_plan_is_obsolete_once_something_else_was_done() {
    let (_folder, client, _) = memory(WORLD);
    client.provision("box", "one", &[("Name", "n")]);
    client.pass(101);
    let planned = |parameters: &[(&str, &str)]| {
        let planned = plan(&client, "box", "one", parameters).body;
        described(&client, &planned);
        planned["PlanId"].clone()
    };
    let execute = |plan: &Value| {
        let request = json!({ "PlanId": plan, "IdempotencyToken": plan });
        client.call("ExecuteProvisionedProductPlan", request)
    };
    let late = planned(&[("Name", "a")]);
    let parameters = pairs(&[("Name", "m")]);
    let update =
        json!({ "ProvisionedProductName": "one", "UpdateToken": "u", "ProvisioningParameters": parameters });
    client.ok("UpdateProvisionedProduct", update);
    client.pass(61);
    let refused = execute(&late).body;
    assert_eq!(refused["__type"], "InvalidStateException");
    assert!(refused["Message"].as_str().unwrap().contains("[OBSOLETE]"), "{refused}");
    client.ok("DeleteProvisionedProductPlan", json!({ "PlanId": late }));
    let record = execute(&planned(&[("Name", "b"), ("Size", "large")])).body["RecordDetail"].clone();
    client.pass(61);
    assert_eq!(client.output(&client.record(&record["RecordId"]), "Name"), "b");
}

#[test]
fn a_plan_ends_when_its_execution_is_finished() {
    for (outcome, status) in [("succeed", "EXECUTE_SUCCESS"), ("fail", "EXECUTE_FAILED")] {
        let hang = "faults: [{operation: provision, outcome: hang}]\n";
        let faults = if outcome == "succeed" { hang } else { "" };
        let (_folder, client, _) = memory(&format!("{WORLD}{faults}"));
        let planned = plan(&client, "box", "one", &[("Name", "n")]).body;
        described(&client, &planned);
        let id = &planned["PlanId"];
        client.ok("ExecuteProvisionedProductPlan", json!({ "PlanId": id, "IdempotencyToken": "t" }));
        client.control("POST", "finish", json!({ "provisioned_product": "one", "outcome": outcome }));
        let details = described(&client, &planned)["ProvisionedProductPlanDetails"].clone();
        assert_eq!(details["Status"], status);
        client.ok("DeleteProvisionedProductPlan", json!({ "PlanId": id, "IgnoreErrors": true }));
    }
}
