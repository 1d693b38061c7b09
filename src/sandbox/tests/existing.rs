//! What is provisioned when a world begins: how it looks, whose it is, when it comes back, and what is wrong with an entry.

use provisor_sandbox::{Options, attach, check};
use serde_json::{Value, json};

use super::calls::memory;
use super::http::Client;
use super::worlds::folder;

const WORLD: &str = "
time_scale: 0.01
portfolios:
  - name: platform
    products:
      - name: box
        versions:
          - {name: v1, template: box.yaml, guidance: DEPRECATED}
          - {name: v2, template: box.yaml}
        tag_options: {team: [a, b]}
      - {name: outer, type: EXTERNAL, versions: [{name: only, template: box.yaml}]}
";
const EXISTING: &str = "
provisioned_products:
  - {name: well, product: box, version: v1, parameters: {Name: w, Password: swordfish}, tags: {team: a}}
  - {name: tainted, product: box, version: v2, parameters: {Name: t}, status: TAINTED}
  - {name: error, product: box, version: v2, parameters: {Name: e}, status: ERROR}
  - {name: engine, product: outer, parameters: {Name: x}, status: ERROR}
  - name: theirs
    product: box
    version: v2
    parameters: {Name: o}
    owner: arn:aws:sts::410000000001:assumed-role/Builders/mary
    account_id: '410000000001'
    region: us-east-1
";

fn listed(client: &Client) -> Vec<String> {
    let found = client.ok("SearchProvisionedProducts", json!({ "SortBy": "name" }));
    let items = found["ProvisionedProducts"].as_array().unwrap().iter();
    items.map(|item| format!("{} {}", item["Name"], item["Status"]).replace('"', "")).collect()
}

#[test]
fn they_are_there_as_the_file_says() {
    let (_folder, client, _) = memory(&format!("{WORLD}{EXISTING}"));
    let here = ["engine ERROR", "error ERROR", "tainted TAINTED", "well AVAILABLE"];
    assert_eq!(listed(&client), here);
    let found =
        client.ok("SearchProvisionedProducts", json!({ "Filters": { "SearchQuery": ["name:well"] } }));
    let well = &found["ProvisionedProducts"][0];
    assert_eq!(well["UserArn"], "arn:aws:iam::111122223333:user/foreign");
    assert!(well["Tags"].as_array().unwrap().contains(&json!({ "Key": "team", "Value": "a" })), "{well}");
    let record = client.record(&well["LastSuccessfulProvisioningRecordId"]);
    assert_eq!(
        (client.output(&record, "Name"), record["RecordDetail"]["Status"].clone()),
        ("w".into(), json!("SUCCEEDED"))
    );
    let tainted = client.describe("tainted");
    let last = client.record(&tainted["LastRecordId"])["RecordDetail"].clone();
    assert_eq!(
        (&last["RecordType"], &last["Status"]),
        (&json!("UPDATE_PROVISIONED_PRODUCT"), &json!("FAILED"))
    );
    let elsewhere = Client { key: "410000000001".into(), region: "us-east-1".into(), ..client.clone() };
    assert_eq!(listed(&elsewhere), ["theirs AVAILABLE"]);
    let found = elsewhere.ok("SearchProvisionedProducts", json!({}));
    assert_eq!(
        found["ProvisionedProducts"][0]["UserArnSession"],
        "arn:aws:sts::410000000001:assumed-role/Builders/mary"
    );
    // they are products like any other
    let kept =
        json!([{ "Key": "Name", "UsePreviousValue": true }, { "Key": "Password", "UsePreviousValue": true }]);
    let update =
        json!({ "ProvisionedProductName": "well", "UpdateToken": "u", "ProvisioningParameters": kept });
    client.ok("UpdateProvisionedProduct", update);
    client.pass(100);
    assert_eq!(client.describe("well")["Status"], "AVAILABLE");
}

#[test]
fn they_are_made_once_and_come_back_after_a_reset() {
    let (folder, file) = folder(&format!("{WORLD}{EXISTING}"));
    let options =
        Options { world: file.clone(), data: Some(folder.path().join("data")), ..Options::default() };
    let endpoint = attach(&options).unwrap();
    let client = Client::new(&endpoint.url);
    let before = listed(&client);
    let id = client.describe("well")["Id"].clone();
    client.ok(
        "TerminateProvisionedProduct",
        json!({ "ProvisionedProductName": "well", "TerminateToken": "t" }),
    );
    client.pass(100);
    assert_eq!(listed(&client), before[..3]);
    // what is kept is what a start anew would read
    let copies = std::cell::Cell::new(0);
    let again = || -> Vec<String> {
        copies.set(copies.get() + 1);
        let copy = folder.path().join(format!("copy-{}", copies.get()));
        std::fs::create_dir(&copy).unwrap();
        std::fs::copy(folder.path().join("data/world.jsonl"), copy.join("world.jsonl")).unwrap();
        let endpoint = attach(&Options { data: Some(copy.clone()), ..options.clone() });
        listed(&Client::new(&endpoint.unwrap().url))
    };
    assert_eq!(again(), before[..3]);
    client.control("POST", "reset", Value::Null);
    assert_eq!(listed(&client), before);
    assert_eq!(again(), before);
    assert_eq!(client.describe("well")["Id"], id, "it is the same once more");
}

#[test]
fn what_cannot_be_is_told_at_its_place() {
    let rows = [
        ("{name: a, product: bax, version: v1}", "there is no product `bax` here; did you mean `box`?"),
        ("{name: a, product: box}", "`version` is missing: `box` has several"),
        ("{name: a, product: box, version: v3}", "`box` has no version `v3`"),
        ("{name: a, product: box, version: v1, portfolio: plat}", "there is no portfolio `plat`"),
        ("{name: a, product: box, version: v1}", "`a` needs the parameter `Name` of `box` v1"),
        (
            "{name: a, product: box, version: v1, parameters: {Name: n}, tags: {team: c}}",
            "Tag team=c is not allowed",
        ),
        ("{name: a, product: box, version: v1, status: GONE}", "`GONE`"),
        ("{product: box}", "`name` is missing"),
    ];
    for (entry, expected) in rows {
        let (_folder, file) = folder(&format!("{WORLD}provisioned_products:\n  - {entry}\n"));
        let told = check(&file, &provisor_sandbox::Reader::default()).unwrap_err().to_string();
        assert!(told.contains("sandbox.yaml:13:") && told.contains(expected), "{entry}: {told}");
    }
    let twice = "{name: a, product: outer, parameters: {Name: n}}";
    let (_folder, file) = folder(&format!("{WORLD}provisioned_products: [{twice}, {twice}]\n"));
    let told = check(&file, &provisor_sandbox::Reader::default()).unwrap_err().to_string();
    assert!(told.contains("`a` is there already"), "{told}");
}

/// What is wrong with one entry hides nothing of the others.
#[test]
fn values_that_are_wrong_are_told_at_their_places() {
    let entries = "
  - {name: a, product: bax, version: v1, parameters: {Nam: x}}
  - {name: b, product: box, version: v1, parameters: {Nam: x}}
  - {name: c, product: box, version: v2, parameters: {Name: x, Passwrd: y}}
";
    let (_folder, file) = folder(&format!("{WORLD}provisioned_products:{entries}"));
    let told = super::worlds::problems(&file);
    let told: Vec<String> =
        told.into_iter().map(|(line, column, message)| format!("{line}:{column} {message}")).collect();
    assert_eq!(
        told,
        [
            "13:24 there is no product `bax` here; did you mean `box`?",
            "14:55 `box` v1 has no parameter `Nam`; did you mean `Name`?",
            "14:42 `b` needs the parameter `Name` of `box` v1",
            "15:64 `box` v2 has no parameter `Passwrd`; did you mean `Password`?",
        ]
    );
}

/// Two products of one name, one of them with an `id`: neither hides the other, in whatever order they stand.
#[test]
fn two_products_of_one_name_are_two() {
    let plain = "{name: twin, versions: [{name: v1, template: box.yaml}]}";
    let with_id = "{name: twin, id: prod-secondaaaaaaa, versions: [{name: w1, template: box.yaml}]}";
    let world = |products: &str, there: &str| {
        format!("portfolios:\n  - name: p\n    products: [{products}]\nprovisioned_products:\n  - {there}\n")
    };
    let told = |products: &str, there: &str| {
        let (_folder, file) = folder(&world(products, there));
        check(&file, &provisor_sandbox::Reader::default()).map(drop).map_err(|error| error.to_string())
    };
    for products in [format!("{plain}, {with_id}"), format!("{with_id}, {plain}")] {
        let one = "product: prod-secondaaaaaaa, version: w1, parameters: {Name: n}}";
        assert_eq!(told(&products, &format!("{{name: a, {one}")), Ok(()), "{products}");
        let error =
            told(&products, "{name: a, product: twin, version: v1, parameters: {Name: n}}").unwrap_err();
        assert!(error.contains("several products are named `twin`: name one by its id, `prod-"), "{error}");
        // the other one is there too, with its version
        let id = error.split('`').find(|word| word.starts_with("prod-") && !word.contains("second")).unwrap();
        let other = format!("{{name: a, product: {id}, version: v1, parameters: {{Name: n}}}}");
        assert_eq!(told(&products, &other), Ok(()), "{products}");
    }
    let error = told(&format!("{plain}, {plain}"), "{name: a, product: twin}").unwrap_err();
    assert!(error.contains("`twin` stands in this portfolio twice; give one of them an `id`"), "{error}");
}
