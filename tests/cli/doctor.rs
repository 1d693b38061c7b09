//! `provisor doctor`: what stands in the way, said in one look.

use serde_json::{Value, json};

use super::support::{Done, Repo, post};

/// The checks of one location, or of none.
fn checks<'d>(document: &'d Value, location: &Value) -> Vec<&'d Value> {
    let all = document["checks"].as_array().unwrap().iter();
    all.filter(|check| check["location"] == *location).collect()
}

fn document(done: &Done) -> Value {
    let document: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(document["format"], "provisor.doctor/v1");
    document
}

fn of<'d>(document: &'d Value, check: &str) -> &'d Value {
    let mut all = document["checks"].as_array().unwrap().iter();
    all.find(|one| one["check"] == check).unwrap_or_else(|| panic!("{check}: {document:#}"))
}

#[test]
fn on_a_sandbox_all_is_well_and_nothing_is_written() {
    let repo = Repo::boxes(&["one"]);
    let done = repo.sh("doctor").exits(0);
    assert!(done.out.contains("there is none yet"), "{}", done.out);
    assert!(done.out.contains("Nothing that was looked at stands in the way."), "{}", done.out);
    assert!(!repo.path().join("state").exists());
    repo.apply().exits(0);
    let document = document(&repo.sh("doctor --json").exits(0));
    assert_eq!(document["in_the_way"], 0);
    assert_eq!(
        of(&document, "account")["text"],
        "111122223333 (a sandbox), partition aws, as arn:aws:iam::111122223333:user/sandbox"
    );
    assert_eq!(of(&document, "servicecatalog:SearchProducts")["text"], "2 products");
    assert_eq!(of(&document, "portfolios")["text"], "platform");
    assert_eq!(of(&document, "servicecatalog:SearchProvisionedProducts")["text"], "1 provisioned product");
    assert_eq!(of(&document, "servicecatalog:DescribeProvisionedProduct")["text"], "`one`");
    assert_eq!(of(&document, "servicecatalog:TerminateProvisionedProduct")["health"], "unclear");
    assert_eq!(checks(&document, &Value::Null).len(), 2, "the store and its key: {document:#}");
}

#[test]
fn what_we_believe_holds_on_the_sandbox_and_repeats_no_name() {
    let repo = Repo::boxes(&["one", "two"]);
    let unseen = document(&repo.sh("doctor --beliefs --json").exits(0));
    let agreement = |document: &Value, what: &str| {
        let all = document["beliefs"].as_array().unwrap();
        all.iter().filter(|belief| belief["agreement"] == what).count()
    };
    assert!(agreement(&unseen, "unseen") >= 8 && agreement(&unseen, "differs") == 0, "{unseen:#}");
    repo.apply().exits(0);
    let seen = document(&repo.sh("doctor --beliefs --json").exits(0));
    assert!(agreement(&seen, "agrees") >= 12, "{seen:#}");
    assert_eq!(agreement(&seen, "differs") + agreement(&seen, "unseen"), 0, "{seen:#}");
    assert!(!seen["beliefs"].to_string().contains("one\""));
}

#[test]
fn a_missing_permission_is_named_with_the_statement_that_grants_it() {
    let repo = Repo::boxes(&["one"]);
    let world = repo.read("sandbox.yaml");
    let fault = "faults:\n  - {call: SearchProvisionedProducts, outcome: access_denied}\n  - {call: DescribeRecord, outcome: access_denied}\n";
    repo.write("sandbox.yaml", &format!("{world}{fault}"));
    let document = document(&repo.sh("doctor --json").exits(1));
    assert_eq!(document["in_the_way"], 2);
    let search = of(&document, "servicecatalog:SearchProvisionedProducts");
    assert_eq!(search["health"], "bad");
    let level = &search["statement"]["Condition"]["StringEquals"]["servicecatalog:accountLevel"];
    assert_eq!((level, &search["statement"]["Action"]), (&Value::from("self"), &search["check"]));
    assert_eq!(of(&document, "servicecatalog:DescribeRecord")["statement"]["Effect"], "Allow");
    assert_eq!(of(&document, "servicecatalog:ListRecordHistory")["health"], "good");
    assert_eq!(of(&document, "servicecatalog:DescribeProvisionedProductPlan")["health"], "good");
    let told = repo.sh("doctor").exits(1).out;
    for text in ["FAIL", "2 things stand in the way", "\"Effect\": \"Allow\""] {
        assert!(told.contains(text), "{told}");
    }
}

/// Whoever may not preview can plan and apply all the same.
#[test]
fn a_right_that_only_previews_need_stands_in_nobodys_way() {
    let repo = Repo::boxes(&["one"]);
    repo.faults(&["{call: DescribeProvisionedProductPlan, outcome: access_denied}"]);
    let document = document(&repo.sh("doctor --json").exits(0));
    let row = of(&document, "servicecatalog:DescribeProvisionedProductPlan");
    assert_eq!((&row["health"], &row["statement"]["Action"]), (&json!("unclear"), &row["check"]));
    assert!(row["text"].as_str().unwrap().contains("only `--preview`"), "{row}");
    assert_eq!(of(&document, "servicecatalog:CreateProvisionedProductPlan")["health"], "unclear");
}

#[test]
fn credentials_that_are_refused_are_told_once() {
    let repo = Repo::boxes(&["one"]);
    let world = repo.read("sandbox.yaml");
    repo.write(
        "sandbox.yaml",
        &format!("{world}faults:\n  - {{call: GetCallerIdentity, outcome: expired_token}}\n"),
    );
    let document = document(&repo.sh("doctor --beliefs --json").exits(1));
    assert_eq!(document["in_the_way"], 1, "{document:#}");
    assert_eq!(of(&document, "account")["health"], "bad");
    assert_eq!(document["beliefs"], Value::Array(Vec::new()));
}

#[test]
fn a_state_that_cannot_be_read_is_said_beside_the_rest() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.write("state/HEAD", "{}");
    let done = repo.sh("doctor --json").exits(7);
    let document = document(&done);
    assert_eq!(of(&document, "store")["health"], "bad");
    assert!(of(&document, "store")["hint"].is_string());
    assert_eq!(of(&document, "servicecatalog:SearchProducts")["health"], "good");
}

#[test]
fn locations_are_chosen_by_pattern() {
    let repo = Repo::boxes(&["one"]);
    repo.sh("doctor --location nowhere").exits(1).tells(&["no location matches `nowhere`", "hint:"]);
    assert!(repo.sh("doctor --location de*").exits(0).out.contains("demo"));
    let settings = repo.read("provisor.yaml").replace("sandbox.yaml}", "sandbox.yaml, frozen: true}");
    repo.write("provisor.yaml", &settings);
    assert!(!repo.sh("doctor").exits(0).out.contains("demo"));
    assert!(repo.sh("doctor --location demo").exits(0).out.contains("demo"));
}

#[test]
fn limits_that_were_met_are_told_and_stand_in_nobodys_way() {
    let repo = Repo::boxes(&["one"]);
    assert_eq!(of(&document(&repo.sh("doctor --json").exits(0)), "limits")["text"], "none was met");
    let world = repo.read("sandbox.yaml");
    let factory = "      - {name: factory, type: CONTROL_TOWER_ACCOUNT, versions: [{name: v1}], durations: {provision: 1000h}}\n";
    repo.write("sandbox.yaml", &format!("{world}{factory}"));
    repo.served(|url| {
        for n in 0..5 {
            let pairs = [
                ("AccountName", format!("a{n}")),
                ("AccountEmail", format!("a{n}@example.com")),
                ("SSOUserFirstName", "a".to_owned()),
                ("SSOUserLastName", "b".to_owned()),
                ("SSOUserEmail", "a@example.com".to_owned()),
                ("ManagedOrganizationalUnit", "Root".to_owned()),
            ];
            let parameters = pairs.map(|(key, value)| json!({"Key": key, "Value": value}));
            let body = json!({"ProductName": "factory", "ProvisioningArtifactName": "v1", "ProvisionToken": format!("t{n}"),
                "ProvisionedProductName": format!("a{n}"), "ProvisioningParameters": parameters});
            let answer = post(url, "ProvisionProduct", &body);
            assert!(answer["RecordDetail"].is_object(), "{answer}");
        }
    });
    repo.faults(&["{call: Describe*, outcome: throttle, times: 2}"]);
    let done = repo.sh("doctor").exits(0).says(&[
        "2 answers said that calls are too many",
        "5 of 5 operations of the Account Factory are under way",
        "Nothing that was looked at stands in the way.",
    ]);
    assert!(!done.out.contains("none was met"), "{}", done.out);
}
