//! Every knob, in both positions: the same calls to a world as it is and to one where the knob is set, and what a
//! client sees then and there. `search_lag`, `unstable_search` and the two lags by calls are tested with boto3.

use serde_json::{Value, json};

use super::calls::memory;
use super::http::{Answer, Client};

const WORLD: &str = "
time_scale: 0.01
durations: {provision: 100s, update: 60s, terminate: 30s}
portfolios:
  - name: platform
    products:
      - name: box
        versions:
          - {name: v1, template: box.yaml}
          - {name: v2, template: box.yaml}
          - {name: old, template: box.yaml, guidance: DEPRECATED}
          - {name: off, id: pa-aaaaaaaaaaaaa, template: box.yaml, active: false}
        tag_options: {team: [a, b]}
      - {name: twin, versions: [{name: v1, template: box.yaml}]}
      - {name: factory, type: CONTROL_TOWER_ACCOUNT, versions: [{name: v1}]}
      - {name: outer, type: EXTERNAL, versions: [{name: v1, template: box.yaml}]}
  - name: other
    products:
      - {name: twin, id: prod-aaaaaaaaaaaaa, versions: [{name: v1, template: box.yaml}]}
";

/// A knob, what is done, what is seen as it is, and with the knob.
type Row = (&'static str, fn(&Client) -> String, &'static str, &'static str);

const ROWS: &[Row] = &[
    ("token_reuse_error: X", |c| code(&launched_again(c)), "DuplicateResourceException", "X"),
    ("update_state_error: X", |c| code(&update_under_change(c)), "InvalidParametersException", "X"),
    ("terminate_state_error: X", |c| code(&terminate_under_change(c)), "ValidationException", "X"),
    ("plan_state_error: X", |c| code(&plan_under_change(c)), "InvalidStateException", "X"),
    (
        "selector_error: X",
        |c| code(&c.call("DescribeProvisionedProduct", json!({}))),
        "InvalidParametersException",
        "X",
    ),
    (
        "ambiguous_name_error: X",
        |c| code(&launch(c, json!({ "ProductName": "twin" }))),
        "InvalidParametersException",
        "X",
    ),
    ("inactive_version_error: X", |c| code(&launch(c, inactive())), "ResourceNotFoundException", "X"),
    ("deprecated_version_error: X", |c| code(&launch(c, version("old"))), "InvalidParametersException", "X"),
    ("tag_option_error: X", |c| code(&launch(c, tagged("c"))), "InvalidParametersException", "X"),
    ("no_empty_constraints: true", |c| constraints_of(c, "box"), "AllowedValues", "none"),
    (
        "engine_needs_launch_role: true",
        |c| constraints_of(c, "outer"),
        "AllowedValues",
        "InvalidParametersException",
    ),
    ("tag_option_required: true", |c| code(&launch(c, json!({}))), "200", "InvalidParametersException"),
    ("unknown_output_error: X", |c| code(&unknown_output(c)), "InvalidParametersException", "X"),
    (
        "language_error: X",
        |c| code(&c.call("ListPortfolios", json!({ "AcceptLanguage": "fr" }))),
        "InvalidParametersException",
        "X",
    ),
    ("unknown_operation_error: X", |c| code(&c.call("Nothing", json!({}))), "UnknownOperationException", "X"),
    ("serialization_error: X", |c| code(&c.call("ListPortfolios", json!([]))), "SerializationException", "X"),
    (
        "record_error_code: X",
        |c| failed(c)["RecordDetail"]["RecordErrors"][0]["Code"].to_string(),
        "null",
        "\"X\"",
    ),
    ("failed_account_is_error: true", |c| failed_account(c), "\"TAINTED\"", "\"ERROR\""),
    ("access_level: user", |c| code(&of_others(c)), "200", "AccessDeniedException"),
    ("access_level: role, denied_as: not_found", |c| code(&of_others(c)), "200", "ResourceNotFoundException"),
    (
        "refuse_unknown_members: true",
        |c| code(&c.call("ListPortfolios", json!({ "New": 1 }))),
        "200",
        "SerializationException",
    ),
    ("first_violation_only: true", |c| violations(c), "2 validation errors", "1 validation error"),
    ("ignore_unknown_parameters: true", |c| status(&failed(c)), "FAILED", "SUCCEEDED"),
    ("updates_show_their_token: true", |c| after_update(c, "IdempotencyToken"), "first", "second"),
    ("changes_show_late: true", |c| moves_at_once(c), "true", "false"),
    ("unchanged_update_fails: true", |c| unchanged(c), "SUCCEEDED", "FAILED"),
    (
        "external_error_is_final: true",
        |c| code(&update_failed_external(c)),
        "200",
        "InvalidParametersException",
    ),
    ("terminate_token_lasts: true", |c| code(&terminated_again(c)), "ResourceNotFoundException", "200"),
    (
        "token_lifetime: 10s",
        |c| code(&launched_again(c)),
        "DuplicateResourceException",
        "InvalidParametersException",
    ),
    ("terminated_name_lag: 1h", |c| code(&name_again(c)), "200", "InvalidParametersException"),
    ("any_search_query: true", |c| found_by_either(c), "0", "1"),
];

#[test]
fn each_knob_changes_what_it_says_and_nothing_before() {
    for (knob, seen, as_it_is, turned) in ROWS {
        for (knobs, expected) in [(String::new(), as_it_is), (format!("knobs: {{{knob}}}\n"), turned)] {
            let (_folder, client, _) = memory(&format!("{WORLD}{knobs}"));
            assert_eq!(seen(&client), *expected, "{knob}, in world with {knobs:?}");
        }
    }
}

/// What was made before the constraint allows updates of tags, and what after it.
#[test]
fn a_late_constraint_reaches_what_is_older_unless_a_knob_says_otherwise() {
    for (knobs, older) in [("", "b"), ("knobs: {tag_update_spares_older: true}\n", "a")] {
        let world = |allowed: bool| {
            WORLD.replacen(
                "tag_options",
                &format!("constraints: {{tag_update: {allowed}}}\n        tag_options"),
                1,
            )
        };
        let (folder, client, _) = memory(&(world(false) + knobs));
        let launched = |name: &str| {
            let other = json!({ "ProvisionedProductName": name, "ProvisionToken": name });
            let mut launch_tags = tagged("a");
            launch_tags.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
            finished(&client, &launch(&client, launch_tags));
        };
        launched("one");
        std::fs::write(folder.path().join("sandbox.yaml"), world(true) + knobs).unwrap();
        assert_eq!(client.control("POST", "reload", json!(null))["changed"], true);
        launched("two");
        for (name, expected) in [("one", older), ("two", "b")] {
            let mut change = tagged("b");
            change["ProvisionedProductName"] = json!(name);
            change["UpdateToken"] = json!(format!("tags-{name}"));
            finished(&client, &update(&client, change));
            assert_eq!(team_of(&client, name), expected, "{name} in a world with {knobs:?}");
        }
    }
}

fn team_of(client: &Client, name: &str) -> String {
    let query = json!({ "Filters": { "SearchQuery": [format!("name:{name}")] } });
    let tags = client.ok("SearchProvisionedProducts", query)["ProvisionedProducts"][0]["Tags"].clone();
    let team = tags.as_array().unwrap().iter().find(|tag| tag["Key"] == "team");
    team.unwrap()["Value"].as_str().unwrap().to_owned()
}

/// The error's code, or 200.
fn code(answer: &Answer) -> String {
    let code = answer.body["__type"].as_str().map(str::to_owned);
    code.unwrap_or_else(|| answer.status.to_string())
}

fn status(record: &Value) -> String {
    record["RecordDetail"]["Status"].as_str().unwrap().to_owned()
}

/// A launch of `box`, v1, as `one`, but for what `other` says.
fn launch(client: &Client, other: Value) -> Answer {
    let mut request = json!({
        "ProductName": "box", "ProvisioningArtifactName": "v1", "ProvisionedProductName": "one",
        "ProvisionToken": "first", "ProvisioningParameters": [{ "Key": "Name", "Value": "n" }],
    });
    request.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    request.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    client.call("ProvisionProduct", request)
}

fn version(name: &str) -> Value {
    json!({ "ProvisioningArtifactName": name })
}

fn inactive() -> Value {
    json!({ "ProvisioningArtifactName": null, "ProvisioningArtifactId": "pa-aaaaaaaaaaaaa" })
}

fn tagged(team: &str) -> Value {
    json!({ "Tags": [{ "Key": "team", "Value": team }] })
}

/// `one`, AVAILABLE.
fn made(client: &Client) {
    assert_eq!(code(&launch(client, json!({}))), "200");
    client.pass(200);
}

/// The record when it is over.
fn finished(client: &Client, answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    client.pass(200);
    client.record(&answer.body["RecordDetail"]["RecordId"])
}

/// An update of `one` that says its parameter again, but for what `other` says.
fn update(client: &Client, other: Value) -> Answer {
    let mut request = json!({
        "ProvisionedProductName": "one", "UpdateToken": "second",
        "ProvisioningParameters": [{ "Key": "Name", "Value": "n" }],
    });
    request.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    client.call("UpdateProvisionedProduct", request)
}

/// Described by somebody who has not made it.
fn of_others(client: &Client) -> Answer {
    made(client);
    Client { key: "eve".into(), ..client.clone() }
        .call("DescribeProvisionedProduct", json!({ "Name": "one" }))
}

fn launched_again(client: &Client) -> Answer {
    made(client);
    launch(client, version("v2"))
}

fn update_under_change(client: &Client) -> Answer {
    launch(client, json!({}));
    update(client, json!({}))
}

fn terminate(client: &Client) -> Answer {
    client.call(
        "TerminateProvisionedProduct",
        json!({ "ProvisionedProductName": "one", "TerminateToken": "end" }),
    )
}

fn terminate_under_change(client: &Client) -> Answer {
    launch(client, json!({}));
    terminate(client)
}

fn plan_under_change(client: &Client) -> Answer {
    let record = launch(client, json!({})).body["RecordDetail"].clone();
    let request = json!({
        "PlanName": "p", "PlanType": "CLOUDFORMATION", "ProvisionedProductName": "one", "IdempotencyToken": "t",
        "ProductId": record["ProductId"], "ProvisioningArtifactId": record["ProvisioningArtifactId"],
    });
    client.call("CreateProvisionedProductPlan", request)
}

fn unknown_output(client: &Client) -> Answer {
    made(client);
    let request = json!({ "ProvisionedProductName": "one", "OutputKeys": ["Nothing"] });
    client.call("GetProvisionedProductOutputs", request)
}

/// The record of a launch with a parameter that the template does not know.
fn failed(client: &Client) -> Value {
    let parameters = json!([{ "Key": "Name", "Value": "n" }, { "Key": "Nothing", "Value": "n" }]);
    finished(client, &launch(client, json!({ "ProvisioningParameters": parameters })))
}

/// What is left of an account that could not be made.
fn failed_account(client: &Client) -> String {
    finished(client, &launch(client, json!({ "ProductName": "factory" })));
    client.describe("one")["Status"].to_string()
}

fn violations(client: &Client) -> String {
    let answer = client.call("DescribeRecord", json!({ "PageSize": 99 }));
    let message = answer.body["Message"].as_str().unwrap();
    message.split(" detected").next().unwrap().to_owned()
}

fn after_update(client: &Client, member: &str) -> String {
    made(client);
    finished(client, &update(client, version("v2")));
    client.describe("one")[member].as_str().unwrap().to_owned()
}

/// Whether a product under change shows the version that it is changed to.
fn moves_at_once(client: &Client) -> String {
    made(client);
    let before = client.describe("one");
    update(client, version("v2"));
    let during = client.describe("one");
    assert_eq!(during["Status"], "UNDER_CHANGE");
    let searched = client.ok("SearchProvisionedProducts", json!({}))["ProvisionedProducts"][0].clone();
    assert_eq!(searched["ProvisioningArtifactId"], during["ProvisioningArtifactId"]);
    (during["ProvisioningArtifactId"] != before["ProvisioningArtifactId"]).to_string()
}

fn unchanged(client: &Client) -> String {
    made(client);
    assert_eq!(status(&finished(client, &update(client, version("v2")))), "SUCCEEDED", "this is a change");
    status(&finished(client, &update(client, json!({ "UpdateToken": "third" }))))
}

fn update_failed_external(client: &Client) -> Answer {
    finished(client, &launch(client, json!({ "ProductName": "outer", "ProvisioningParameters": [] })));
    assert_eq!(client.describe("one")["Status"], "ERROR");
    update(client, json!({}))
}

fn terminated_again(client: &Client) -> Answer {
    made(client);
    finished(client, &terminate(client));
    terminate(client)
}

fn name_again(client: &Client) -> Answer {
    made(client);
    finished(client, &terminate(client));
    launch(client, json!({ "ProvisionToken": "again" }))
}

fn found_by_either(client: &Client) -> String {
    made(client);
    let filters = json!({ "SearchQuery": ["name:one", "name:two"] });
    client.ok("SearchProvisionedProducts", json!({ "Filters": filters }))["TotalResultsCount"].to_string()
}

/// What the first parameter's constraints are, if there are any; else why they are not told.
fn constraints_of(client: &Client, product: &str) -> String {
    let asked = json!({ "ProductName": product, "ProvisioningArtifactName": "v1" });
    let answer = client.call("DescribeProvisioningParameters", asked);
    if answer.status != 200 {
        return code(&answer);
    }
    match answer.body["ProvisioningArtifactParameters"][0]["ParameterConstraints"].as_object() {
        Some(constraints) => constraints.keys().next().cloned().unwrap_or_default(),
        None => "none".to_owned(),
    }
}
