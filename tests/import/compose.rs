//! The writer: what was found in, files out; and what is read of them again is what was found.

use std::collections::BTreeMap;

use provisor::declare::{self, Inputs, SettingsDraft};
use provisor::import::{Composed, FileOrigin, FoundProduct, FoundValue, Substitute, Surroundings, compose};
use provisor::model::diagnostic::Source;
use provisor::model::ids::LocationName;
use provisor::model::product::{ArtifactSelector, Bound, OnRemoval, Preferences, Selector};
use provisor::model::secret::Secret;
use provisor::model::template::Template;

const ACCOUNTS: &str = "
project: p
locations:
  hub: {account_id: '111122223333', regions: [eu-west-1]}
  dev: {account_id: '111111111111', regions: [eu-west-1, us-east-1]}
variables: {data_password: {type: string, sensitive: true}}
";

fn around() -> Surroundings {
    let locations = ["hub/eu-west-1", "dev/eu-west-1", "dev/us-east-1"];
    let written = |name: &str| name.strip_suffix("hub/eu-west-1").map_or(name, |_| "hub").to_owned();
    Surroundings {
        locations: locations.map(|name| (LocationName::new(name), written(name))).into(),
        ..Surroundings::default()
    }
}

fn found(name: &str, at: &str, product: &str) -> FoundProduct {
    let version = ArtifactSelector::Name("v1".to_owned());
    FoundProduct::new(at.into(), name, Selector::Name(product.to_owned()), version)
}

fn text(text: &str) -> FoundValue {
    FoundValue::Text(text.to_owned())
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, FoundValue> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), text(value))).collect()
}

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn written(all: &[FoundProduct]) -> String {
    let Composed { files, .. } = checked(all);
    files.iter().map(|file| format!("--- {}\n{}", file.name, file.text)).collect::<Vec<_>>().concat()
}

/// Composes, and reads what was written: at each address stands what was found.
fn checked(all: &[FoundProduct]) -> Composed {
    let composed = compose(all, &around());
    let secrets = [("data_password".to_owned(), Secret::new("pw"))].into();
    let inputs = Inputs { secrets, ..Inputs::default() };
    let settings = Source { path: "provisor.yaml".into(), text: ACCOUNTS.into() };
    let settings = SettingsDraft::read(&settings).unwrap().settings(&inputs).unwrap();
    let sources = composed
        .files
        .iter()
        .map(|file| Source { path: file.name.as_str().into(), text: file.text.as_str().into() });
    let sources: Vec<Source> = sources.collect();
    let reading = declare::read(&sources, &settings).unwrap_or_else(|found| {
        panic!("{found:#?}\n{}", composed.files.iter().map(|file| &*file.text).collect::<String>())
    });
    assert_eq!(reading.desired.products.len(), all.len());
    for (one, address) in all.iter().zip(&composed.addresses) {
        let product = &reading.desired.products[address];
        assert_eq!(
            (&product.name, &product.product, &product.artifact),
            (&one.name, &one.product, &one.artifact),
            "{address}"
        );
        assert_eq!(product.path, one.path, "{address}");
        assert_eq!(product.options.preferences, one.preferences, "{address}");
        let tags: BTreeMap<String, String> = product
            .tags
            .iter()
            .map(|(key, value)| (key.clone(), value.as_text().unwrap().to_owned()))
            .collect();
        assert_eq!(tags, one.tags, "{address}");
        for (key, value) in &one.parameters {
            let declared = product.parameters[key].value.as_ref().and_then(Template::as_text);
            if let (Some(declared), Some(_)) = (declared, value.sent()) {
                assert_eq!(Some(declared), value.sent().as_deref(), "{address} {key}");
            }
        }
        for (key, declared) in product.parameters.iter().filter(|(key, _)| !one.parameters.contains_key(*key))
        {
            let declared = declared.value.as_ref().and_then(Template::as_text);
            let default = one.defaults.get(key).and_then(FoundValue::sent);
            assert_eq!(declared, default.as_deref(), "{address} {key} is not declared in vain");
        }
    }
    composed
}

#[test]
fn one_product_is_what_a_colleague_would_write() {
    let mut net = found("net", "hub/eu-west-1", "vpc");
    net.parameters = values(&[("Cidr", "10.0.0.0/16"), ("Id", "012345678901"), ("Note", "a ${x} b")]);
    net.parameters.insert("Zones".to_owned(), FoundValue::of("CommaDelimitedList", "a,b"));
    net.parameters
        .insert("Policy".to_owned(), text(r#"{"Statement":[{"Effect":"Allow"}],"Version":"2012-10-17"}"#));
    net.tags = texts(&[("env", "prod")]);
    net.remarks = vec!["tainted: Subnet is full".to_owned()];
    assert_eq!(
        written(&[net]),
        r#"--- vpc.yaml
provisioned_products:
  # tainted: Subnet is full
  net:
    product_name: vpc
    provisioning_artifact_name: v1
    parameters:
      Cidr: 10.0.0.0/16
      Id: "012345678901"
      Note: a $${x} b
      Policy: {Statement: [{Effect: Allow}], Version: "2012-10-17"}
      Zones: [a, b]
    tags: {env: prod}
    location: hub
"#
    );
}

#[test]
fn what_stands_on_several_locations_is_one_declaration() {
    let mut one = found("base", "dev/eu-west-1", "vpc");
    one.parameters = values(&[("Cidr", "10.1.0.0/16"), ("Size", "big")]);
    let mut other = found("base", "dev/us-east-1", "vpc");
    other.parameters = values(&[("Cidr", "10.2.0.0/16")]);
    other.defaults = values(&[("Size", "small")]);
    other.tags = texts(&[("extra", "1")]);
    let mut hub = found("base", "hub/eu-west-1", "vpc");
    hub.parameters = values(&[("Cidr", "10.1.0.0/16"), ("Size", "big")]);
    hub.artifact = ArtifactSelector::Name("v2".to_owned());
    assert_eq!(
        written(&[one, other, hub]),
        "--- vpc.yaml
provisioned_products:
  base:
    product_name: vpc
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.1.0.0/16, Size: big}
    locations: [dev/eu-west-1, dev/us-east-1, hub]
    overrides:
      - {location: dev/us-east-1, parameters: {Cidr: 10.2.0.0/16, Size: small}, tags: {extra: \"1\"}}
      - {location: hub, provisioning_artifact_name: v2}
"
    );
}

#[test]
fn what_only_a_location_is_called_is_said_once() {
    let names = [("dev/eu-west-1", "dev", "111111111111"), ("hub/eu-west-1", "hub", "111122223333")];
    let substitutes = names.map(|(location, account, id)| {
        let one = |text: &str, expression: &str| Substitute {
            text: text.to_owned(),
            expression: expression.to_owned(),
        };
        (
            LocationName::new(location),
            vec![one(id, "${location.account_id}"), one(account, "${location.account}")],
        )
    });
    let around = Surroundings { substitutes: substitutes.into(), ..around() };
    let all = names.map(|(location, account, id)| {
        let mut one = found(&format!("net-{account}"), location, "vpc");
        one.parameters =
            values(&[("Bucket", &format!("b-{id}-${{x}}")), ("Same", "s"), ("Word", &format!("a{account}"))]);
        one.tags = texts(&[("env", account)]);
        one
    });
    let composed = compose(&all, &around);
    assert_eq!(
        composed.files[0].text,
        "provisioned_products:
  net:
    provisioned_product_name: net-${location.account}
    product_name: vpc
    provisioning_artifact_name: v1
    parameters:
      Bucket: b-${location.account_id}-$${x}
      Same: s
      Word: adev
    tags:
      env: ${location.account}
    locations: [dev/eu-west-1, hub]
    overrides: [{location: hub, parameters: {Word: ahub}}]
"
    );
}

#[test]
fn what_a_file_repeats_stands_at_its_head() {
    let mut all = Vec::new();
    for name in ["a", "b", "c"] {
        let mut one = found(name, "hub/eu-west-1", "vpc");
        one.tags = texts(&[("team", "net"), ("name", name)]);
        one.parameters = values(&[("Mode", "fast")]);
        all.push(one);
    }
    all[2].parameters = values(&[("Mode", "slow")]);
    assert_eq!(
        written(&all),
        "--- vpc.yaml
defaults:
  product_name: vpc
  provisioning_artifact_name: v1
  parameters: {Mode: fast}
  tags: {team: net}
  location: hub
provisioned_products:
  a:
    tags: {name: a}
  b:
    tags: {name: b}
  c:
    parameters: {Mode: slow}
    tags: {name: c}
"
    );
}

#[test]
fn what_most_of_a_file_say_stands_at_its_head() {
    let mut all: Vec<FoundProduct> = ["a", "b", "c"].map(|name| found(name, "hub/eu-west-1", "vpc")).into();
    for (one, mode) in all.iter_mut().zip(["fast", "fast", "slow"]) {
        one.parameters = values(&[("Mode", mode)]);
        one.tags = texts(&[("team", mode)]);
        one.timeouts = texts(&[("provision", "2h")]);
        one.notification_arns = vec!["arn:aws:sns:eu-west-1:111122223333:events".to_owned()];
        one.on_removal = OnRemoval::Forget;
    }
    all[1].artifact = ArtifactSelector::Name("v2".to_owned());
    // what one does not say is no default: nothing takes it away again
    all[2].tags.insert("own".to_owned(), "1".to_owned());
    assert_eq!(
        written(&all),
        "--- vpc.yaml
defaults:
  product_name: vpc
  provisioning_artifact_name: v1
  parameters: {Mode: fast}
  tags: {team: fast}
  notification_arns: [arn:aws:sns:eu-west-1:111122223333:events]
  timeouts: {provision: 2h}
  lifecycle: {on_removal: forget}
  location: hub
provisioned_products:
  a: {}
  b: {provisioning_artifact_name: v2}
  c:
    parameters: {Mode: slow}
    tags: {own: \"1\", team: slow}
"
    );
    // a name and an id are not both given
    all[0].artifact = ArtifactSelector::Id("pa-abcdefghijklm".to_owned());
    assert!(!written(&all).contains("v1\n  parameters: {Mode: fast}"));
}

#[test]
fn a_file_says_where_its_own_come_from() {
    let origin = FileOrigin { sentence: "From what exists at".to_owned(), names_locations: true };
    let around = Surroundings { origin, ..around() };
    let all = [found("a", "hub/eu-west-1", "vpc"), found("b", "dev/us-east-1", "app")];
    let heads: Vec<String> = compose(&all, &around)
        .files
        .iter()
        .map(|file| file.text.lines().next().unwrap().to_owned())
        .collect();
    assert_eq!(heads, ["# From what exists at dev/us-east-1.", "# From what exists at hub/eu-west-1."]);
}

#[test]
fn documents_are_written_as_such() {
    let mut one = found("one", "hub/eu-west-1", "vpc");
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["a", "b"]}]}"#;
    let twice = r#"{"a":{"b":1,"b":2}}"#;
    one.parameters = values(&[("Policy", policy), ("Twice", twice), ("Part", "{\"a\": 1.50}")]);
    let text = &compose(&[one], &around()).files[0].text;
    assert!(
        text.contains(
            "      Policy: {Statement: [{Action: [a, b], Effect: Allow}], Version: \"2012-10-17\"}\n"
        ),
        "{text}"
    );
    assert!(
        text.contains(r#"Twice: "{\"a\":{\"b\":1,\"b\":2}}""#) && text.contains(r#"Part: "{\"a\": 1.50}""#),
        "{text}"
    );
}

#[test]
fn what_a_location_is_called_is_said_once_where_it_has_several_regions() {
    let at = [("dev/eu-west-1", "dev"), ("dev/us-east-1", "dev"), ("hub/eu-west-1", "prod")];
    let substitute =
        |text: &str| vec![Substitute { text: text.to_owned(), expression: "${location.account}".to_owned() }];
    let substitutes = at.map(|(location, account)| (LocationName::new(location), substitute(account))).into();
    let around = Surroundings { substitutes, ..around() };
    let all = at.map(|(location, account)| found(&format!("net-{account}"), location, "vpc"));
    let text = &compose(&all, &around).files[0].text;
    assert!(text.contains("  net:\n    provisioned_product_name: net-${location.account}\n"), "{text}");
    assert!(text.contains("locations: [dev/eu-west-1, dev/us-east-1, hub]"), "{text}");
    // one name alone is written as it is
    let text = &compose(&all[..2], &around).files[0].text;
    assert!(text.contains("  net-dev:\n    product_name: vpc\n"), "{text}");
}

#[test]
fn outputs_that_others_take_become_references() {
    let mut net = found("net", "dev/eu-west-1", "vpc");
    net.outputs = texts(&[("VpcId", "vpc-0123456789"), ("Short", "abc")]);
    let mut far = found("net", "dev/us-east-1", "vpc");
    far.outputs = texts(&[("VpcId", "vpc-9876543210")]);
    let mut app = found("app", "dev/eu-west-1", "service");
    app.parameters = values(&[("VpcId", "vpc-0123456789"), ("Word", "abc")]);
    let mut apps = found("app", "dev/us-east-1", "service");
    apps.parameters = values(&[("VpcId", "vpc-9876543210"), ("Word", "abc")]);
    let text = written(&[net.clone(), far.clone(), app.clone(), apps.clone()]);
    assert!(
        text.contains("VpcId: ${net.outputs.VpcId}   # as it was on each location when it was imported"),
        "{text}"
    );
    assert!(text.contains("Word: abc"), "{text}");
    // one of the two has another one's
    apps.parameters = values(&[("VpcId", "vpc-0123456789"), ("Word", "abc")]);
    let text = written(&[net.clone(), far, app.clone(), apps]);
    assert!(!text.contains("${"), "{text}");
    // two give it
    let mut twin = found("twin", "dev/eu-west-1", "vpc");
    twin.outputs = net.outputs.clone();
    assert!(!written(&[net.clone(), twin, app.clone()]).contains("${"));
    // both tell on what they are given, and net alone makes it
    let mut echo = app.clone();
    echo.outputs = texts(&[("Of", "vpc-0123456789")]);
    let mut other = echo.clone();
    other.name = "other".to_owned();
    let text = written(&[net.clone(), echo.clone(), other.clone()]);
    assert_eq!(text.matches("VpcId: ${net.outputs.VpcId}").count(), 2, "{text}");
    // nobody makes it
    assert!(!written(&[echo, other]).contains("${"));
    // each has something of the other
    net.parameters = values(&[("Peer", "app-0123456789")]);
    app.outputs = texts(&[("Id", "app-0123456789")]);
    let text = written(&[net, app]);
    assert_eq!(text.matches("${").count(), 1, "no circle\n{text}");
}

#[test]
fn secrets_become_variables_and_nothing_of_them_is_written() {
    let mut data = found("data", "hub/eu-west-1", "db");
    data.parameters = values(&[("Name", "n")]);
    data.parameters.insert("Password".to_owned(), FoundValue::Sensitive);
    data.parameters.insert("Kept".to_owned(), FoundValue::Kept);
    let composed = checked(&[data]);
    let text = &composed.files[0].text;
    assert!(text.contains("Password: ${var.data_password}") && text.contains("Kept: null"), "{text}");
    assert_eq!(composed.variables, texts(&[("data_password", "`Password` of `data`")]));
}

#[test]
fn every_location_has_a_secret_of_its_own() {
    let all = ["dev/eu-west-1", "hub/eu-west-1"].map(|at| {
        let mut data = found("data", at, "db");
        data.parameters.insert("Password".to_owned(), FoundValue::Sensitive);
        data
    });
    let composed = compose(&all, &around());
    let text = &composed.files[0].text;
    for part in [
        "Password: ${var.data_password_dev_eu_west_1}",
        "location: hub",
        "Password: \"${var.data_password_hub}\"",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_eq!(composed.variables.len(), 2);
    // a variable of somebody's own is not taken for it; one of an earlier run is
    let mut around = around();
    around.variables = texts(&[("data_password", "the operator's")]);
    assert!(compose(&all[..1], &around).files[0].text.contains("${var.data_password_2}"));
    around.variables = texts(&[("data_password", "`Password` of `data`")]);
    assert!(compose(&all[..1], &around).files[0].text.contains("${var.data_password}"));
}

#[test]
fn what_may_hold_a_secret_is_not_told() {
    let mut data = found("data", "hub/eu-west-1", "db");
    data.parameters.insert("Password".to_owned(), FoundValue::Sensitive);
    data.outputs = texts(&[
        ("Url", "db://u:hush-hush@h"),
        ("Id", "vpc-0123456789abcdef0"),
        ("Arn", "arn:aws:rds:eu-west-1:111122223333:db:x"),
        ("Port", "443"),
    ]);
    let mut app = found("app", "hub/eu-west-1", "service");
    app.parameters = values(&[("Url", "db://u:hush-hush@h"), ("Id", "vpc-0123456789abcdef0")]);
    let told = "sensitive_outputs: [Url]   # may hold what is not shown\n";
    let text = written(&[data.clone(), app.clone()]);
    assert!(text.contains(told) && !text.contains("hush-hush"), "{text}");
    assert!(text.contains("Url: ${data.outputs.Url}   # as it was when it was imported\n"), "{text}");
    assert!(text.contains("# vpc-0123456789abcdef0 when it was imported\n"), "{text}");
    // a file says it once
    let mut other = data.clone();
    (other.name, other.outputs) = ("other".to_owned(), texts(&[("Url", "db://u:other@h")]));
    let text = compose(&[data.clone(), other], &around()).files[0].text.clone();
    assert!(text.matches("sensitive_outputs").count() == 1 && text.contains(told), "{text}");
    // two give it: nobody can refer to it
    let mut twin = data.clone();
    twin.name = "twin".to_owned();
    let composed = compose(&[data.clone(), twin, app.clone()], &around());
    let text: String = composed.files.iter().map(|file| &*file.text).collect();
    assert!(!text.contains("hush-hush") && text.contains("Url: ${var.app_url}"), "{text}");
    // known, or given: then what holds it has been found
    data.searched = ["Password".to_owned()].into();
    assert!(!written(&[data.clone(), app.clone()]).contains("sensitive_outputs"));
    data.searched.clear();
    let around = Surroundings { given: ["data_password".to_owned()].into(), ..around() };
    data.sensitive_outputs = ["Url".to_owned()].into();
    let text = &compose(&[data], &around).files[0].text;
    assert!(text.contains("sensitive_outputs: [Url]\n"), "{text}");
}

/// An output that is a parameter in clear holds nothing that is not shown already.
#[test]
fn what_is_readable_stays_readable_beside_a_secret() {
    let mut data = found("data", "hub/eu-west-1", "db");
    data.parameters = values(&[("User", "bob-the-user")]);
    data.parameters.insert("Password".to_owned(), FoundValue::Sensitive);
    data.outputs = texts(&[("User", "bob-the-user"), ("Url", "db://bob-the-user@h")]);
    let composed = compose(&[data], &around());
    let text = &composed.files[0].text;
    assert!(text.contains("User: bob-the-user") && text.contains("sensitive_outputs: [Url]"), "{text}");
    assert_eq!(composed.variables.keys().collect::<Vec<_>>(), ["data_password"]);
}

#[test]
fn odd_names_become_keys() {
    let around =
        Surroundings { keys: ["net".to_owned()].into(), files: ["vpc.yaml".to_owned()].into(), ..around() };
    let named = |name: &str| found(name, "hub/eu-west-1", "vpc");
    let all = [
        named("net"),
        named("a.b_c"),
        named("7up"),
        named("var"),
        FoundProduct { key: Some("x[\"y\"]".to_owned()), ..named("z") },
    ];
    let composed = compose(&all, &around);
    let keys: Vec<&str> = composed.addresses.iter().map(|address| address.key.as_str()).collect();
    assert_eq!(keys, ["net-2", "a-b_c", "p-7up", "var-1", "x-y"]);
    assert_eq!(composed.files[0].name, "vpc-2.yaml");
    assert!(composed.files[0].text.contains("provisioned_product_name: a.b_c"), "{}", composed.files[0].text);
    checked(&all[1..]);
}

#[test]
fn everything_else_is_carried_over() {
    let mut one = found("fleet", "hub/eu-west-1", "baseline");
    one.product = Selector::Id("prod-abcdefghijklm".to_owned());
    one.artifact = ArtifactSelector::Id("pa-abcdefghijklm".to_owned());
    one.path = Some(Selector::Name("platform".to_owned()));
    one.notification_arns = vec!["arn:aws:sns:eu-west-1:111122223333:events".to_owned()];
    one.preferences = Some(Preferences {
        accounts: vec!["111122223333".to_owned()],
        regions: vec!["eu-west-1".to_owned()],
        failure_tolerance: Some(Bound::Count(1)),
        max_concurrency: Some(Bound::Percentage(30)),
    });
    one.timeouts = texts(&[("provision", "2h")]);
    one.on_removal = OnRemoval::RetainPhysicalResources;
    one.ignore_changes = ["tags".to_owned()].into();
    let text = written(&[one]);
    let expected = "    provisioning_preferences:
      stack_set_accounts: [\"111122223333\"]
      stack_set_regions: [eu-west-1]
      stack_set_failure_tolerance_count: 1
      stack_set_max_concurrency_percentage: 30
    timeouts: {provision: 2h}
    lifecycle: {on_removal: retain_physical_resources, ignore_changes: [tags]}
";
    assert!(text.contains(expected), "{text}");
    assert!(text.contains("path_name: platform") && text.contains("--- prod-abcdefghijklm.yaml"), "{text}");
}
