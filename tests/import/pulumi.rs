//! What Pulumi exports of a stack: the same resources as Terraform's, spelled otherwise, with secrets where they stand.

use provisor::import::{ForeignFile, ForeignProduct, ForeignTags, FoundValue, OtherFile, pulumi};
use provisor::model::product::{ArtifactSelector, Bound, OnRemoval, Selector};
use serde_json::{Value, json};

const TYPE: &str = "aws:servicecatalog/provisionedProduct:ProvisionedProduct";

fn urn(name: &str) -> String {
    format!("urn:pulumi:prod::shop::{TYPE}::{name}")
}

/// A secret as an export has it; with its text, as `--show-secrets` does.
fn secret(plaintext: Option<&Value>) -> Value {
    let mut one = json!({"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:cipher:text"});
    if let Some(plain) = plaintext {
        one["plaintext"] = json!(plain.to_string());
    }
    one
}

fn resource(name: &str, inputs: &Value, outputs: &Value) -> Value {
    json!({"urn": urn(name), "custom": true, "id": format!("pp-{name}aaaaaaaaa"), "type": TYPE, "inputs": inputs,
        "outputs": outputs, "parent": "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod", "dependencies": [],
        "provider": "urn:pulumi:prod::shop::pulumi:providers:aws::us::04da6b54"})
}

fn export(resources: &[Value]) -> String {
    let stack = json!({"urn": "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod", "custom": false, "type": "pulumi:pulumi:Stack"});
    let all: Vec<&Value> = std::iter::once(&stack).chain(resources).collect();
    json!({"version": 3, "deployment": {"manifest": {}, "resources": all}}).to_string()
}

fn net() -> Value {
    let parameters = json!([
        {"key": "Name", "value": "net", "usePreviousValue": false},
        {"key": "Note", "value": "", "usePreviousValue": false},
        {"key": "Kept", "value": "x", "usePreviousValue": true},
    ]);
    json!({
        "name": "net", "arn": "arn:aws:servicecatalog:eu-west-1:111122223333:stack/net/pp-netaaaaaaaaa",
        "productId": "prod-networkprod1", "provisioningArtifactId": "pa-versionone001", "pathName": "platform",
        "acceptLanguage": "en", "provisioningParameters": parameters, "tags": {"camelCase": "kept"}, "tagsAll": {"camelCase": "kept", "owner": "platform"},
        "outputs": [{"key": "Arn", "value": "arn:aws:sns:eu-west-1:111122223333:t", "description": ""}],
        "notificationArns": ["arn:aws:sns:eu-west-1:111122223333:told"], "retainPhysicalResources": true,
        "stackSetProvisioningPreferences": {"accounts": ["410000000001"], "regions": ["eu-west-1"],
            "failureToleranceCount": 0, "failureTolerancePercentage": 10, "maxConcurrencyCount": 2, "maxConcurrencyPercentage": 0},
    })
}

fn read(resources: &[Value]) -> ForeignFile {
    let file = pulumi(&export(resources)).unwrap();
    let told = format!("{file:?}");
    assert!(!told.contains("cipher") && !told.contains("hush"), "{told}");
    file
}

#[track_caller]
fn one(file: &ForeignFile) -> &ForeignProduct {
    let [one] = &file.products[..] else { panic!("{file:?}") };
    one
}

fn text(text: &str) -> FoundValue {
    FoundValue::Text(text.to_owned())
}

#[test]
fn a_resource_is_carried_over_attribute_by_attribute() {
    let mut net = resource("net", &json!({"__defaults": []}), &net());
    net["customTimeouts"] = json!({"create": 5400, "delete": "20m"});
    net["protect"] = json!(true);
    let mut app = resource("app", &json!({}), &json!({"name": "app"}));
    app["dependencies"] = json!([urn("net")]);
    app["retainOnDelete"] = json!(true);
    let file = read(&[net, app]);
    let [net, app] = &file.products[..] else { panic!("{file:?}") };
    assert_eq!((&*net.key, &net.which), ("net", &Selector::Id("pp-netaaaaaaaaa".into())));
    assert_eq!((net.account_id.as_deref(), net.region.as_deref()), (Some("111122223333"), Some("eu-west-1")));
    assert_eq!(net.product, Some(Selector::Id("prod-networkprod1".into())));
    assert_eq!(net.artifact, Some(ArtifactSelector::Id("pa-versionone001".into())));
    assert_eq!(net.path_name.as_deref(), Some("platform"));
    assert_eq!(net.parameters, [("Kept".into(), FoundValue::Kept), ("Name".into(), text("net"))].into());
    let tags = [("camelCase".into(), "kept".into()), ("owner".into(), "platform".into())];
    assert_eq!(net.tags, ForeignTags::Exactly(tags.into()));
    assert_eq!(net.outputs["Arn"], "arn:aws:sns:eu-west-1:111122223333:t");
    assert_eq!(net.notification_arns, ["arn:aws:sns:eu-west-1:111122223333:told"]);
    let spread = net.preferences.clone().unwrap();
    assert_eq!(
        (spread.accounts.len(), spread.failure_tolerance, spread.max_concurrency),
        (1, Some(Bound::Percentage(10)), Some(Bound::Count(2)))
    );
    assert_eq!(
        net.timeouts,
        [("provision".into(), "5400s".into()), ("terminate".into(), "20m".into())].into()
    );
    assert_eq!((net.on_removal, app.on_removal), (OnRemoval::RetainPhysicalResources, OnRemoval::Forget));
    assert_eq!(app.depends_on, ["net".to_owned()].into());
    assert_eq!(
        file.changed,
        ["net: `protect` is left out: write it as `lifecycle: {prevent_terminate: true}`"]
    );
    assert!(
        file.advice.len() == 1 && file.advice[0].contains("`pulumi state delete URN`"),
        "{:?}",
        file.advice
    );
}

#[test]
fn a_secret_is_never_kept() {
    let parameters = |value: &Value| json!([{"key": "Name", "value": "n"}, {"key": "Token", "value": value}]);
    // one value, or the list as a whole with what went in
    let nested = json!({"name": "n", "provisioningParameters": parameters(&secret(None))});
    let whole = json!({"name": "n", "provisioningParameters": secret(None)});
    let went_in = json!({"provisioningParameters": parameters(&secret(Some(&json!("hush-hush"))))});
    for (inputs, outputs) in [(&json!({}), &nested), (&went_in, &whole), (&went_in, &json!({"name": "n"}))] {
        let file = read(&[resource("safe", inputs, outputs)]);
        let safe = one(&file);
        assert_eq!(safe.parameters.get("Name"), Some(&text("n")), "{outputs}");
        assert!(safe.hidden.contains("Token") && !safe.hides_all, "{outputs}");
        assert!(!matches!(safe.parameters.get("Token"), Some(FoundValue::Text(_))), "{outputs}");
    }
    // nothing tells which of them
    let file = read(&[resource("safe", &json!({}), &whole)]);
    assert!(one(&file).hides_all && one(&file).parameters.is_empty());
    // in plain, as a whole
    let plain =
        json!({"name": "n", "provisioningParameters": secret(Some(&parameters(&json!("hush-hush"))))});
    let file = read(&[resource("safe", &json!({}), &plain)]);
    assert!(one(&file).parameters.values().all(|value| *value == FoundValue::Sensitive));
    assert_eq!(one(&file).secrets["Token"].expose(), "hush-hush");
    // outputs, and what somebody calls secret by name
    let given = json!([{"key": "Url", "value": "x"}]);
    let mut named = resource("safe", &json!({}), &json!({"name": "n", "outputs": given}));
    named["additionalSecretOutputs"] = json!(["outputs"]);
    assert_eq!(one(&read(&[named])).sensitive_outputs, ["Url".to_owned()].into());
    for (key, attribute) in [("tags", "tags"), ("tagsAll", "tags_all"), ("name", "name")] {
        let mut outputs = json!({"name": "n"});
        outputs[key] = secret(None);
        let file = read(&[resource("safe", &json!({}), &outputs)]);
        assert!(
            file.products.is_empty() && file.left[0].contains(&format!("`{attribute}` is sensitive there")),
            "{:?}",
            file.left
        );
    }
}

#[test]
fn what_cannot_be_carried_over_is_named() {
    let mut external = resource("theirs", &json!({}), &net());
    external["external"] = json!(true);
    let mut waiting = resource("waiting", &json!({}), &net());
    waiting["pendingReplacement"] = json!(true);
    let mut old = resource("old", &json!({}), &net());
    old["delete"] = json!(true);
    let file = read(&[external, waiting, old, resource("b c", &json!({}), &net())]);
    assert_eq!(one(&file).key, "b-c");
    assert_eq!(one(&file).remarks, [format!("in Pulumi: {}", urn("b c"))]);
    let left = file.left.join("\n");
    for part in [
        "theirs: it is only read there",
        "waiting: it is gone",
        "waits for its deletion",
        "`pulumi up` ends that",
    ] {
        assert!(left.contains(part), "{part}\n{left}");
    }
    let busy =
        json!({"version": 3, "deployment": {"resources": [], "pending_operations": [{"type": "creating"}]}});
    assert!(pulumi(&busy.to_string()).unwrap().advice[0].contains("`pulumi refresh`"));
}

#[test]
fn a_file_of_another_kind_is_named() {
    for (given, expected) in [
        ("{\"version\": 4, \"lineage\": \"l\"}", "no export of Pulumi"),
        ("{\"deployment\": null}", "no export of Pulumi"),
        ("name: shop\nhush: 1\n", "no JSON: line 1"),
    ] {
        let OtherFile { message, hint } = pulumi(given).unwrap_err();
        assert!(message.contains(expected) && hint.contains("pulumi stack export"), "{message} {hint}");
        assert!(!message.contains("hush"), "{message}");
    }
    assert_eq!(pulumi("{\"version\": 3, \"deployment\": {}}").unwrap(), ForeignFile::default());
}
