//! Single calls, in rows. The long list of behaviours is `tests/boto3/checklist.py`; here is what needs no SDK.

use provisor_sandbox::{Endpoint, Options, attach};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::http::{Client, pairs};
use super::worlds::{WORLD, folder};

/// A sandbox in memory whose virtual time stands almost still.
pub fn memory(world: &str) -> (TempDir, Client, Endpoint) {
    let (folder, file) = folder(world);
    let endpoint = attach(&Options { world: file, ..Options::default() }).unwrap();
    let client = Client::new(&endpoint.url);
    (folder, client, endpoint)
}

#[test]
fn a_provisioned_product_lives_its_life() {
    let (_folder, client, endpoint) = memory(WORLD);
    assert!(endpoint.owned && endpoint.time_scale == 1.0);
    let record = client.provision("box", "one", &[("Name", " n ")]);
    assert_eq!(record["Status"], "CREATED");
    let steps =
        [(0, "CREATED", "UNDER_CHANGE"), (3, "IN_PROGRESS", "UNDER_CHANGE"), (98, "SUCCEEDED", "AVAILABLE")];
    for (seconds, status, product) in steps {
        client.pass(seconds);
        assert_eq!(client.record(&record["RecordId"])["RecordDetail"]["Status"], status);
        assert_eq!(client.describe("one")["Status"], product);
    }
    let done = client.record(&record["RecordId"]);
    assert_eq!(client.output(&done, "Name"), "n", "CloudFormation trims");
    let update = json!({ "ProvisionedProductName": "one", "UpdateToken": "u", "ProvisioningParameters": [] });
    let failed = client.ok("UpdateProvisionedProduct", update)["RecordDetail"].clone();
    client.pass(60);
    let failed = client.record(&failed["RecordId"]);
    assert_eq!(failed["RecordDetail"]["Status"], "FAILED");
    assert_eq!(client.describe("one")["Status"], "TAINTED");
    let end = json!({ "ProvisionedProductName": "one", "TerminateToken": "t" });
    client.ok("TerminateProvisionedProduct", end);
    client.pass(31);
    assert_eq!(client.call("DescribeProvisionedProduct", json!({ "Name": "one" })).status, 400);
}

#[test]
fn secrets_are_known_by_stand_ins_only() {
    let (_folder, client, _) = memory(WORLD);
    let record = client.provision("box", "one", &[("Name", "n"), ("Password", "swordfish")]);
    client.pass(100);
    let url = client.output(&client.record(&record["RecordId"]), "Url");
    assert!(url.starts_with("https://admin:noecho-") && !url.contains("swordfish"));
    // a stand-in is longer than MaxLength allows, and still good as a previous value
    let kept =
        json!([{ "Key": "Name", "UsePreviousValue": true }, { "Key": "Password", "UsePreviousValue": true }]);
    assert_eq!(updated(&client, "a", kept), ("AVAILABLE".into(), url.clone()));
    assert_eq!(updated(&client, "b", json!(pairs(&[("Name", "n"), ("Password", "swordfish")]))).1, url);
    assert_ne!(updated(&client, "c", json!(pairs(&[("Name", "n"), ("Password", "swordfisj")]))).1, url);
    assert_eq!(updated(&client, "d", json!(pairs(&[("Name", "n"), ("Password", "abc")]))).0, "TAINTED");
}

fn updated(client: &Client, token: &str, parameters: Value) -> (String, String) {
    let request = json!({
        "ProvisionedProductName": "one", "UpdateToken": token, "ProvisioningParameters": parameters,
    });
    let record = client.ok("UpdateProvisionedProduct", request)["RecordDetail"]["RecordId"].clone();
    client.pass(60);
    let product = client.describe("one");
    let last = client.record(&product["LastSuccessfulProvisioningRecordId"]);
    assert_eq!(product["LastRecordId"], record);
    (product["Status"].as_str().unwrap().to_owned(), client.output(&last, "Url"))
}

#[test]
fn accounts_and_regions_are_worlds_of_their_own() {
    let (_folder, client, _) = memory(WORLD);
    let other = Client { key: "410000000001".into(), region: "us-east-1".into(), ..client.clone() };
    let (mine, theirs) = (client.provision("box", "one", &[]), other.provision("box", "one", &[]));
    assert_eq!(mine["ProductId"], theirs["ProductId"], "the catalog is the same everywhere");
    assert_ne!(mine["ProvisionedProductId"], theirs["ProvisionedProductId"]);
    let arn = other.describe("one")["Arn"].as_str().unwrap().to_owned();
    assert!(arn.starts_with("arn:aws:servicecatalog:us-east-1:410000000001:stack/one/pp-"), "{arn}");
    let elsewhere = Client { region: "us-east-1".into(), ..client.clone() };
    assert_eq!(elsewhere.ok("SearchProvisionedProducts", json!({}))["TotalResultsCount"], 0);
}

#[test]
fn account_factory_takes_five_at_a_time_and_every_address_once() {
    let world = "
time_scale: 1
portfolios:
  - name: platform
    products:
      - {name: factory, type: CONTROL_TOWER_ACCOUNT, versions: [{name: v1}], organizational_units: [Lab, Prod]}
";
    let (_folder, client, _) = memory(world);
    let start = |name: &str, email: &str, unit: &str| {
        let rows = [
            ("AccountName", name),
            ("AccountEmail", email),
            ("SSOUserFirstName", "a"),
            ("SSOUserLastName", "b"),
            ("SSOUserEmail", "a@b.c"),
            ("ManagedOrganizationalUnit", unit),
        ];
        client.provision("factory", name, &rows)["RecordId"].clone()
    };
    let six: Vec<Value> = (0..6).map(|i| start(&format!("a{i}"), &format!("a{i}@b.c"), "Prod")).collect();
    client.pass(3600);
    let status = |id: &Value| client.record(id)["RecordDetail"]["Status"].as_str().unwrap().to_owned();
    let statuses: Vec<String> = six.iter().map(status).collect();
    assert_eq!(statuses, ["SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "FAILED"]);
    assert_eq!(client.describe("a5")["Status"], "TAINTED");
    let busy = "ResourceInUseException  Account Factory cannot complete an operation on this account, because the allowed \
                maximum of 5 concurrent account operations is exceeded. Try again later.";
    assert_eq!(client.describe("a5")["StatusMessage"], busy);
    let (twice, nowhere) = (start("again", "a0@b.c", "Prod"), start("nowhere", "n@b.c", "Mars"));
    client.pass(3600);
    assert_eq!((status(&twice).as_str(), status(&nowhere).as_str()), ("FAILED", "FAILED"));
    let account = client.output(&client.record(&six[0]), "AccountId");
    assert!(account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()), "{account}");
    // tools find an account's product by nothing else
    let of = |id: &str| {
        let query = json!({ "Filters": { "SearchQuery": [format!("physicalId:{id}")] } });
        client.ok("SearchProvisionedProducts", query)["ProvisionedProducts"].clone()
    };
    assert_eq!(of(&account)[0]["Name"], "a0");
    assert_eq!(of(&account)[0]["PhysicalId"], account.as_str());
    assert_eq!(of("999999999999"), json!([]));
}

#[test]
fn the_log_tells_what_happened_and_no_secret() {
    let (folder, file) = folder(WORLD);
    let log = folder.path().join("calls.jsonl");
    let endpoint = attach(&Options { world: file, log: Some(log.clone()), ..Options::default() }).unwrap();
    let client = Client::new(&endpoint.url);
    let record = client.provision("box", "one", &[("Name", "n"), ("Password", "swordfish")]);
    client.call("ProvisionProduct", json!({ "ProvisionedProductName": "-", "ProvisionToken": "t" }));
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(!text.contains("swordfish"));
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let expected = json!({
        "operation": "ProvisionProduct", "account": "111122223333", "region": "eu-west-1", "http_status": 200,
        "error_code": null, "token": "token-one", "provisioned_product_name": "one", "fault": null,
        "provisioned_product_id": record["ProvisionedProductId"], "record_id": record["RecordId"],
        "product_id": record["ProductId"], "provisioning_artifact_id": record["ProvisioningArtifactId"],
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&lines[0][name], value, "{name}");
    }
    assert_eq!(
        (&lines[1]["http_status"], &lines[1]["error_code"]),
        (&json!(400), &json!("ValidationException"))
    );
    for name in ["virtual_time", "wall_time", "body_digest"] {
        assert!(!lines[0][name].is_null(), "{name}");
    }
}

#[test]
fn a_sorted_search_pages_through_all() {
    let (_folder, client, _) = memory(WORLD);
    for i in 0..300 {
        client.provision("box", &format!("p{i}"), &[]);
    }
    let mut names = Vec::new();
    let mut request = json!({ "SortBy": "name", "SortOrder": "DESCENDING", "PageSize": 70 });
    loop {
        let page = client.ok("SearchProvisionedProducts", request.clone());
        assert_eq!(page["TotalResultsCount"], 300);
        let items = page["ProvisionedProducts"].as_array().unwrap();
        names.extend(items.iter().map(|item| item["Name"].as_str().unwrap().to_owned()));
        match page.get("NextPageToken") {
            None => break,
            Some(token) => request["PageToken"] = token.clone(),
        }
    }
    assert!(names.len() == 300 && names.is_sorted_by(|one, other| one > other));
}
