//! What one stack means to another: exports and imports; and resources whose type changes.

use serde_json::json;
use tempfile::TempDir;

use super::http::Client;
use super::worlds::folder;
use provisor_sandbox::{Options, attach};

const WORLD: &str = "
exports: {dns-zone: Z123}
time_scale: 0.01
durations: {provision: 100s, update: 60s, terminate: 30s}
portfolios:
  - name: platform
    products:
      - {name: net, versions: [{name: v1, template: net.yaml}, {name: v2, template: other.yaml}, {name: v3, template: more.yaml}]}
      - {name: app, versions: [{name: v1, template: app.yaml}]}
";

const NET: &str = "
Parameters:
  Name: {Type: String}
  Zone: {Type: String, Default: a}
Rules:
  Zones: {Assertions: [{Assert: !Not [!Equals [!Ref Zone, z]], AssertDescription: zone z is full}]}
Resources:
  Net: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}
Outputs:
  Id: {Value: !Ref Net, Export: {Name: !Sub '${Name}-vpc'}}
";

const APP: &str = "
Parameters:
  Name: {Type: String}
Resources:
  Group: {Type: 'AWS::EC2::SecurityGroup', Properties: {GroupDescription: x}}
Outputs:
  Net: {Value: !ImportValue shop-vpc}
  Zone: {Value: !ImportValue dns-zone}
";

fn linked() -> (TempDir, Client) {
    linked_in(WORLD)
}

fn linked_in(world: &str) -> (TempDir, Client) {
    let (folder, file) = folder(world);
    for (name, text) in [
        ("net.yaml", NET),
        ("app.yaml", APP),
        (
            "more.yaml",
            &NET.replace(
                "Outputs:",
                "  Extra: {Type: 'AWS::SNS::Topic'}\n  Named: {Type: 'AWS::SNS::Topic', Properties: {DisplayName: !Ref Name}}\nOutputs:",
            ),
        ),
        (
            "other.yaml",
            &NET.replace("AWS::EC2::VPC'", "AWS::S3::Bucket'")
                .replace(", Properties: {CidrBlock: 10.0.0.0/16}", ""),
        ),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let endpoint = attach(&Options { world: file, ..Options::default() }).unwrap();
    (folder, Client::new(&endpoint.url))
}

/// The last record's status and error.
fn ended(client: &Client, name: &str) -> (String, String) {
    client.pass(200);
    let last = client.describe(name)["LastRecordId"].clone();
    let record = client.record(&last)["RecordDetail"].clone();
    let text = record["RecordErrors"][0]["Description"].as_str().unwrap_or_default().to_owned();
    (record["Status"].as_str().unwrap().to_owned(), text)
}

#[test]
fn what_one_stack_exports_another_imports() {
    let (_folder, client) = linked();
    client.provision("net", "one", &[("Name", "shop")]);
    assert_eq!(ended(&client, "one").0, "SUCCEEDED");
    let made = client.record(&client.describe("one")["LastRecordId"]);
    client.provision("app", "user", &[("Name", "x")]);
    assert_eq!(ended(&client, "user").0, "SUCCEEDED");
    let used = client.record(&client.describe("user")["LastRecordId"]);
    assert_eq!(client.output(&used, "Net"), client.output(&made, "Id"));
    assert_eq!(client.output(&used, "Zone"), "Z123", "the world file exports it");
    let stacks = client.query("cloudformation", "Action=DescribeStacks").unwrap().text;
    assert!(stacks.contains("<ExportName>shop-vpc</ExportName>"), "{stacks}");
    let exports = client.query("cloudformation", "Action=ListExports").unwrap().text;
    let value = format!("<Name>shop-vpc</Name><Value>{}</Value>", client.output(&made, "Id"));
    assert!(exports.contains(&value), "{exports}");
    let elsewhere = Client { region: "us-east-1".into(), ..client.clone() };
    elsewhere.provision("app", "user", &[("Name", "x")]);
    assert_eq!(ended(&elsewhere, "user").0, "SUCCEEDED");
    let other = elsewhere.record(&elsewhere.describe("user")["LastRecordId"]);
    assert_ne!(client.output(&other, "Net"), client.output(&made, "Id"), "exports stay in their region");
}

#[test]
fn what_nobody_exports_is_made_up_unless_a_knob_forbids_it() {
    let rows = [("", ("SUCCEEDED", "")), ("true", ("FAILED", "No export named shop-vpc found"))];
    for (knob, expected) in rows {
        let knobs =
            if knob.is_empty() { String::new() } else { "knobs: {unknown_imports_fail: true}\n".into() };
        let (_folder, client) = linked_in(&format!("{WORLD}{knobs}"));
        client.provision("app", "user", &[("Name", "x")]);
        let (status, text) = ended(&client, "user");
        assert_eq!((status.as_str(), text.as_str()), expected);
    }
}

#[test]
fn an_export_in_use_stays() {
    let (_folder, client) = linked();
    client.provision("net", "one", &[("Name", "shop")]);
    client.pass(200);
    let user = client.provision("app", "user", &[("Name", "x")]);
    client.pass(200);
    let stack = format!("SC-111122223333-{}", user["ProvisionedProductId"].as_str().unwrap());
    let refusal = format!("Export shop-vpc cannot be deleted as it is in use by {stack}");
    let rename = json!({
        "ProvisionedProductName": "one", "UpdateToken": "u",
        "ProvisioningParameters": [{ "Key": "Name", "Value": "other" }],
    });
    client.ok("UpdateProvisionedProduct", rename.clone());
    assert_eq!(ended(&client, "one"), ("FAILED".to_owned(), refusal.clone()));
    let end = |name: &str, token: &str| {
        client.ok(
            "TerminateProvisionedProduct",
            json!({ "ProvisionedProductName": name, "TerminateToken": token }),
        );
    };
    end("one", "a");
    let canceled = format!("Delete canceled. Cannot delete export shop-vpc as it is in use by {stack}.");
    assert_eq!(ended(&client, "one"), ("FAILED".to_owned(), canceled.clone()));
    assert_eq!(client.describe("one")["Status"], "TAINTED");
    end("one", "again");
    assert_eq!(ended(&client, "one"), ("FAILED".to_owned(), canceled.clone()));
    let stacks = client.query("cloudformation", "Action=ListStacks").unwrap().text;
    let former =
        format!("<StackStatus>UPDATE_ROLLBACK_COMPLETE</StackStatus><StackStatusReason>{canceled}</");
    assert!(stacks.contains(&former) && !stacks.contains("DELETE_FAILED"), "{stacks}");
    end("user", "b");
    client.pass(60);
    let mut again = rename;
    again["UpdateToken"] = json!("v");
    client.ok("UpdateProvisionedProduct", again);
    assert_eq!(ended(&client, "one").0, "SUCCEEDED");
    end("one", "c");
    client.pass(60);
    assert_eq!(client.call("DescribeProvisionedProduct", json!({ "Name": "one" })).status, 400);
}

#[test]
fn an_export_s_name_is_taken_once() {
    let (_folder, client) = linked();
    let first = client.provision("net", "one", &[("Name", "shop")]);
    // the first is not done yet, and has the name all the same
    client.provision("net", "two", &[("Name", "shop")]);
    let stack = format!("SC-111122223333-{}", first["ProvisionedProductId"].as_str().unwrap());
    let message = format!("Export with name shop-vpc is already exported by stack {stack}");
    assert_eq!(ended(&client, "two"), ("FAILED".to_owned(), message));
    assert_eq!(
        (&client.describe("two")["Status"], &client.describe("one")["Status"]),
        (&json!("ERROR"), &json!("AVAILABLE"))
    );
    let end = json!({ "ProvisionedProductName": "one", "TerminateToken": "t" });
    client.ok("TerminateProvisionedProduct", end);
    client.pass(60);
    client.provision("net", "three", &[("Name", "shop")]);
    assert_eq!(ended(&client, "three").0, "SUCCEEDED");
}

#[test]
fn rules_and_changed_types_are_refused_by_cloudformation() {
    let (_folder, client) = linked();
    client.provision("net", "bad", &[("Name", "b"), ("Zone", "z")]);
    let (status, text) = ended(&client, "bad");
    assert!(status == "FAILED" && text.contains("zone z is full"), "{status}: {text}");
    client.provision("net", "one", &[("Name", "shop")]);
    client.pass(200);
    let retype = json!({
        "ProvisionedProductName": "one", "UpdateToken": "u", "ProvisioningArtifactName": "v2",
        "ProvisioningParameters": [{ "Key": "Name", "UsePreviousValue": true }],
    });
    client.ok("UpdateProvisionedProduct", retype);
    let (status, text) = ended(&client, "one");
    let refusal = "Update of resource type is not permitted. The new template modifies resource type of the following \
                   resources: [Net]";
    assert!(status == "FAILED" && text.contains(refusal), "{status}: {text}");
    assert_eq!(client.describe("one")["Status"], "TAINTED");
}

#[test]
fn an_update_leaves_alone_what_it_does_not_change() {
    let (_folder, client) = linked();
    client.provision("net", "one", &[("Name", "shop")]);
    client.pass(200);
    let update = |token: &str, name: &str| {
        let body = json!({
            "ProvisionedProductName": "one", "UpdateToken": token, "ProvisioningArtifactName": "v3",
            "ProvisioningParameters": [{ "Key": "Name", "Value": name }],
        });
        client.ok("UpdateProvisionedProduct", body);
        assert_eq!(ended(&client, "one").0, "SUCCEEDED");
        let stack = client.describe("one")["Id"].as_str().unwrap().to_owned();
        let form = format!("Action=ListStackResources&StackName=SC-111122223333-{stack}");
        let text = client.query("cloudformation", &form).unwrap().text;
        let rows = text.split("<LogicalResourceId>").skip(1);
        let row = |row: &str| {
            let between = |name: &str| {
                row.split(&format!("<{name}>")).nth(1).unwrap().split('<').next().unwrap().to_owned()
            };
            let id = row.split('<').next().unwrap().to_owned();
            (format!("{id} {}", between("ResourceStatus")), between("LastUpdatedTimestamp"))
        };
        rows.map(row).unzip::<_, _, Vec<String>, Vec<String>>()
    };
    let (first, times) = update("u", "shop");
    assert_eq!(first, ["Net CREATE_COMPLETE", "Extra CREATE_COMPLETE", "Named CREATE_COMPLETE"]);
    assert!(times[0] < times[1], "{times:?}");
    let (second, later) = update("v", "other");
    assert_eq!(second, ["Net CREATE_COMPLETE", "Extra CREATE_COMPLETE", "Named UPDATE_COMPLETE"]);
    assert_eq!(later[..2], times[..2]);
    assert!(later[2] > times[2]);
}
