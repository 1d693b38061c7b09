//! Imports, properties, service actions, stack sets in motion, engines that are not CloudFormation, and the
//! control endpoint.

use serde_json::{Value, json};

use super::calls::memory;
use super::http::{Client, pairs};
use super::worlds::WORLD;

const MORE: &str = "
time_scale: 0.01
durations: {provision: 100s, update: 60s, terminate: 30s}
portfolios:
  - name: platform
    products:
      - name: box
        versions: [{name: v1, template: box.yaml}, {name: v2, template: box.yaml}]
        service_actions: [{name: Restart, parameters: {InstanceId: [i-1]}}]
      - name: fleet
        versions: [{name: v1, template: box.yaml}]
        constraints: {stack_set: {accounts: ['111111111111', '222222222222'], regions: [eu-west-1, us-east-1]}}
      - {name: infra, type: TERRAFORM_CLOUD, versions: [{name: v1, template: box.yaml}]}
      - {name: bare, type: EXTERNAL, versions: [{name: v1}]}
";

fn finished(client: &Client, answer: &Value) -> Value {
    client.pass(200);
    client.record(&answer["RecordDetail"]["RecordId"])
}

fn version(client: &Client, product: &str, name: &str) -> (Value, Value) {
    let found = client.ok("DescribeProduct", json!({ "Name": product }));
    let versions = found["ProvisioningArtifacts"].as_array().unwrap();
    let version = versions.iter().find(|version| version["Name"] == name).unwrap();
    (found["ProductViewSummary"]["ProductId"].clone(), version["Id"].clone())
}

#[test]
fn a_stack_that_stayed_can_be_imported() {
    let (_folder, client, _) = memory(MORE);
    let first = client.provision("box", "one", &[("Name", "n"), ("Password", "swordfish")]);
    client.pass(100);
    let made = client.record(&first["RecordId"]);
    let (stack, url) = (client.output(&made, "CloudformationStackARN"), client.output(&made, "Url"));
    let end =
        json!({ "ProvisionedProductName": "one", "TerminateToken": "t", "RetainPhysicalResources": true });
    finished(&client, &client.ok("TerminateProvisionedProduct", end));
    let import = |version_name: &str, physical_id: &str, token: &str| {
        let (product, artifact) = version(&client, "box", version_name);
        let request = json!({
            "ProductId": product, "ProvisioningArtifactId": artifact, "ProvisionedProductName": "back",
            "PhysicalId": physical_id, "IdempotencyToken": token,
        });
        client.call("ImportAsProvisionedProduct", request)
    };
    assert_eq!(import("v1", "arn:none", "a").body["__type"], "ResourceNotFoundException");
    assert_eq!(import("v2", &stack, "b").body["__type"], "InvalidParametersException");
    let answer = import("v1", &stack, "c");
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(client.output(&finished(&client, &answer.body), "Url"), url);
    assert_eq!(client.describe("back")["Status"], "AVAILABLE");
    let kept =
        json!([{ "Key": "Name", "UsePreviousValue": true }, { "Key": "Password", "UsePreviousValue": true }]);
    let update =
        json!({ "ProvisionedProductName": "back", "UpdateToken": "u", "ProvisioningParameters": kept });
    let updated = finished(&client, &client.ok("UpdateProvisionedProduct", update));
    assert_eq!(client.output(&updated, "CloudformationStackARN"), stack, "it is still the same stack");
}

#[test]
fn owner_and_launch_role_can_be_changed() {
    let (_folder, client, _) = memory(MORE);
    let product = client.provision("box", "one", &[("Name", "n")])["ProvisionedProductId"].clone();
    let change = |properties: Value, token: &str| {
        let request = json!({
            "ProvisionedProductId": product, "ProvisionedProductProperties": properties, "IdempotencyToken": token,
        });
        client.call("UpdateProvisionedProductProperties", request)
    };
    let role = "arn:aws:iam::111122223333:role/other";
    assert_eq!(change(json!({ "LAUNCH_ROLE": role }), "a").body["__type"], "InvalidStateException");
    client.pass(100);
    assert_eq!(change(json!({ "LAUNCH_ROLE": "role" }), "b").body["__type"], "InvalidParametersException");
    let owner = "arn:aws:iam::111122223333:user/heir";
    let answer = change(json!({ "LAUNCH_ROLE": role, "OWNER": owner }), "c");
    assert_eq!((answer.status, &answer.body["Status"]), (200, &json!("CREATED")));
    assert_eq!(client.describe("one")["Status"], "UNDER_CHANGE");
    client.pass(3);
    let after = client.describe("one");
    assert_eq!((&after["Status"], &after["LaunchRoleArn"]), (&json!("AVAILABLE"), &json!(role)));
    assert_eq!(after["LastProvisioningRecordId"], after["LastSuccessfulProvisioningRecordId"]);
    assert_ne!(after["LastRecordId"], after["LastProvisioningRecordId"]);
    let heir = Client { key: "heir".into(), ..client.clone() };
    let scan = |who: &Client| {
        who.ok("ScanProvisionedProducts", json!({}))["ProvisionedProducts"].as_array().unwrap().len()
    };
    assert_eq!((scan(&client), scan(&heir)), (0, 1));
}

#[test]
fn service_actions_are_listed_and_executed() {
    let (_folder, client, _) = memory(MORE);
    let product = client.provision("box", "one", &[("Name", "n")]);
    client.pass(100);
    let (id, artifact) = version(&client, "box", "v1");
    let listed = json!({ "ProductId": id, "ProvisioningArtifactId": artifact });
    let actions = client.ok("ListServiceActionsForProvisioningArtifact", listed);
    let action = &actions["ServiceActionSummaries"][0];
    assert_eq!((&action["Name"], &action["DefinitionType"]), (&json!("Restart"), &json!("SSM_AUTOMATION")));
    let on =
        json!({ "ProvisionedProductId": product["ProvisionedProductId"], "ServiceActionId": action["Id"] });
    let parameters = client.ok("DescribeServiceActionExecutionParameters", on.clone());
    assert_eq!(parameters["ServiceActionParameters"][0]["DefaultValues"], json!(["i-1"]));
    let mut execute = on;
    execute["ExecuteToken"] = json!("x");
    let started = client.ok("ExecuteProvisionedProductServiceAction", execute);
    assert_eq!(client.describe("one")["Status"], "UNDER_CHANGE");
    assert_eq!(finished(&client, &started)["RecordDetail"]["Status"], "SUCCEEDED");
    assert_eq!(client.describe("one")["Status"], "AVAILABLE");
}

#[test]
fn stack_instances_come_and_go() {
    let (_folder, client, _) = memory(MORE);
    let request = json!({
        "ProductName": "fleet", "ProvisioningArtifactName": "v1", "ProvisionedProductName": "set", "ProvisionToken": "p",
        "ProvisioningParameters": pairs(&[("Name", "n")]),
        "ProvisioningPreferences": { "StackSetAccounts": ["111111111111"], "StackSetRegions": ["eu-west-1"] },
    });
    let started = client.ok("ProvisionProduct", request);
    let id = started["RecordDetail"]["ProvisionedProductId"].clone();
    finished(&client, &started);
    let instances = || {
        let answer =
            client.ok("ListStackInstancesForProvisionedProduct", json!({ "ProvisionedProductId": id }));
        let rows = answer["StackInstances"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| format!("{} {}", row["Account"], row["Region"]).replace('"', ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(instances(), ["111111111111 eu-west-1"]);
    let steps = [
        ("CREATE", "222222222222", vec!["111111111111 eu-west-1", "222222222222 eu-west-1"]),
        ("DELETE", "111111111111", vec!["222222222222 eu-west-1"]),
    ];
    for (kind, account, expected) in steps {
        let request = json!({
            "ProvisionedProductId": id, "UpdateToken": kind, "ProvisioningParameters": pairs(&[("Name", "n")]),
            "ProvisioningPreferences": {
                "StackSetAccounts": [account], "StackSetRegions": ["eu-west-1"], "StackSetOperationType": kind,
            },
        });
        finished(&client, &client.ok("UpdateProvisionedProduct", request));
        assert_eq!(instances(), expected, "{kind}");
    }
}

#[test]
fn a_stack_set_is_shown_to_who_administers_it() {
    let (_folder, client, _) = memory(MORE);
    let request = json!({
        "ProductName": "fleet", "ProvisioningArtifactName": "v1", "ProvisionedProductName": "set", "ProvisionToken": "p",
        "ProvisioningParameters": pairs(&[("Name", "n"), ("Password", "swordfish")]),
        "ProvisioningPreferences": { "StackSetAccounts": ["111111111111"], "StackSetRegions": ["eu-west-1", "us-east-1"] },
    });
    finished(&client, &client.ok("ProvisionProduct", request));
    let found = client.ok("SearchProvisionedProducts", json!({}));
    let arn = found["ProvisionedProducts"][0]["PhysicalId"].as_str().unwrap().to_owned();
    let name = arn.split_once(":stackset/").unwrap().1;
    let ask = |action: &str, name: &str| {
        client.query("cloudformation", &format!("Action={action}&StackSetName={name}")).unwrap().text
    };
    let set = ask("DescribeStackSet", name);
    assert!(set.contains("<ParameterKey>Name</ParameterKey><ParameterValue>n</ParameterValue>"), "{set}");
    assert!(
        set.contains("<ParameterKey>Password</ParameterKey><ParameterValue>****</ParameterValue>"),
        "{set}"
    );
    // by its name alone, too
    let instances = ask("ListStackInstances", name.split(':').next().unwrap());
    for region in ["eu-west-1", "us-east-1"] {
        assert!(instances.contains(&format!("<Region>{region}</Region><Account>111111111111</Account>")));
    }
    assert!(ask("DescribeStackSet", "SC-none").contains("<Code>StackSetNotFoundException</Code>"));
}

#[test]
fn terraform_is_not_told_previous_values() {
    let (_folder, client, _) = memory(MORE);
    client.provision("infra", "one", &[("Name", "n")]);
    client.pass(100);
    assert_eq!(client.describe("one")["Type"], "TERRAFORM_CLOUD");
    let found = client.ok("SearchProvisionedProducts", json!({}));
    assert!(found["ProvisionedProducts"][0].get("PhysicalId").is_none());
    let kept = json!([{ "Key": "Name", "UsePreviousValue": true }]);
    let update =
        json!({ "ProvisionedProductName": "one", "UpdateToken": "u", "ProvisioningParameters": kept });
    let failed = finished(&client, &client.ok("UpdateProvisionedProduct", update));
    let text = failed["RecordDetail"]["RecordErrors"][0]["Description"].as_str().unwrap();
    assert_eq!(text, "Parameters: [Name] must have values", "in its own words, not CloudFormation's");
    client.provision("bare", "any", &[("whatever", "x")]);
    client.pass(100);
    assert_eq!(client.describe("any")["Status"], "AVAILABLE", "nothing says what it takes");
}

#[test]
fn an_engine_reports_how_it_went() {
    let (_folder, client, _) = memory(MORE);
    let report = |call: &str, record: &Value, more: Value| {
        let mut request = json!({ "WorkflowToken": "d29yaw==", "RecordId": record, "IdempotencyToken": "t" });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        client.call(&format!("Notify{call}EngineWorkflowResult"), request).status
    };
    let outputs = json!({ "Status": "SUCCEEDED", "Outputs": [{ "OutputKey": "Id", "OutputValue": "7" }] });
    let started = client.provision("infra", "one", &[("Name", "n")])["RecordId"].clone();
    assert_eq!(report("UpdateProvisionedProduct", &started, outputs.clone()), 400, "not an update");
    assert_eq!(report("ProvisionProduct", &started, outputs.clone()), 200);
    assert_eq!(report("ProvisionProduct", &started, outputs), 400, "over");
    assert_eq!(client.describe("one")["Status"], "AVAILABLE");
    assert_eq!(client.output(&client.record(&started), "Id"), "7");
    let tag = json!({ "UniqueTag": { "Key": "k", "Value": "v" } });
    let failed = json!({ "Status": "FAILED", "FailureReason": "no" });
    let left = json!({ "Status": "FAILED", "FailureReason": "no", "ResourceIdentifier": tag });
    for (name, result, status) in [("two", failed, "ERROR"), ("three", left, "TAINTED")] {
        let record = client.provision("infra", name, &[("Name", "n")])["RecordId"].clone();
        assert_eq!(report("ProvisionProduct", &record, result), 200);
        let after = client.describe(name);
        assert_eq!((&after["Status"], &after["StatusMessage"]), (&json!(status), &json!("no")));
    }
    let end = client
        .ok("TerminateProvisionedProduct", json!({ "ProvisionedProductName": "one", "TerminateToken": "t" }));
    let record = &end["RecordDetail"]["RecordId"];
    assert_eq!(report("TerminateProvisionedProduct", record, json!({ "Status": "SUCCEEDED" })), 200);
    assert_eq!(client.call("DescribeProvisionedProduct", json!({ "Name": "one" })).status, 400);
    let stack = client.provision("box", "four", &[("Name", "n")])["RecordId"].clone();
    assert_eq!(report("ProvisionProduct", &stack, json!({ "Status": "SUCCEEDED" })), 400, "no engine's");
}

#[test]
fn rates_are_limited_when_a_knob_says_so() {
    let (_folder, client, _) = memory(&format!("{WORLD}knobs: {{read_rate: 2, write_rate: 100}}\n"));
    let codes: Vec<u16> = (0..8).map(|_| client.call("SearchProducts", json!({})).status).collect();
    assert!(codes.starts_with(&[200, 200, 200, 200]) && codes.contains(&400), "{codes:?}");
    client.provision("box", "one", &[]);
}

#[test]
fn the_control_endpoint_injects_lists_and_resets() {
    let (_folder, client, _) = memory(WORLD);
    client.provision("box", "one", &[("Name", "n")]);
    let search = |client: &Client| client.call("SearchProvisionedProducts", json!({}));
    client.control("POST", "faults", json!({ "call": "Search*", "outcome": "expired_token" }));
    assert_eq!(search(&client).body["__type"], "ExpiredTokenException");
    client.control("DELETE", "faults", json!(null));
    assert_eq!(search(&client).body["TotalResultsCount"], 1);
    let calls = client.control("GET", "calls", json!(null));
    let statuses: Vec<&Value> =
        calls["calls"].as_array().unwrap().iter().map(|call| &call["http_status"]).collect();
    assert_eq!(statuses, [&json!(200), &json!(400), &json!(200)]);
    client.control("POST", "reset", json!(null));
    assert_eq!(search(&client).body["TotalResultsCount"], 0);
    let refused = |body: Value| {
        let head = "POST /_sandbox/faults HTTP/1.1\r\nHost: localhost\r\n";
        let answer = client.send(head, &body.to_string()).unwrap();
        assert_eq!(answer.status, 400, "{body}");
        answer.body["message"].as_str().unwrap().to_owned()
    };
    assert!(refused(json!({ "call": "*" })).contains("`outcome` is missing"));
    let nearest = refused(json!({ "call": "DescribeRecords", "outcome": "throttle" }));
    assert_eq!(nearest, "there is no operation `DescribeRecords`; the nearest name is `DescribeRecord`");
}
