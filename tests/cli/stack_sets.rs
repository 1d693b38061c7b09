//! Stack sets: accounts and regions come and go by operations of their own, in the plan and on the wire.

use serde_json::{Value, json};

use super::support::{Repo, post};

const WORLD: &str = r#"account_id: "111122223333"
region: eu-west-1
time_scale: 3600
portfolios:
  - name: platform
    products:
      - name: baseline
        versions: [{name: v1, template: box-v1.yaml}, {name: v2, template: box-v2.yaml}]
        constraints: {stack_set: {accounts: ["111111111111", "222222222222", "333333333333"], regions: [eu-west-1, us-east-1, us-west-2]}}
        durations: {provision: 60s, update: 60s, terminate: 60s}
"#;

fn declared(accounts: &str, regions: &str, note: &str) -> String {
    format!(
        "  one: {{product_name: baseline, provisioning_artifact_name: v1, parameters: {{Name: one, Note: {note}}}, \
         provisioning_preferences: {{stack_set_accounts: [{accounts}], stack_set_regions: [{regions}], stack_set_failure_tolerance_count: 1}}}}\n"
    )
}

fn repo(accounts: &str, regions: &str) -> Repo {
    let repo = Repo::new(&declared(accounts, regions, "a"));
    repo.write("sandbox.yaml", WORLD);
    repo.apply().exits(0);
    repo
}

/// Where its instances are, by the sandbox's word.
fn instances(repo: &Repo) -> Vec<(String, String)> {
    let id = repo.sh("state show one --json").json()["rows"][0]["provisioned_product"]["id"].clone();
    let answer = repo.served(|url| {
        post(url, "ListStackInstancesForProvisionedProduct", &json!({"ProvisionedProductId": id}))
    });
    let text = |instance: &Value, key: &str| instance[key].as_str().expect("a text").to_owned();
    let all = answer["StackInstances"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let mut all: Vec<_> =
        all.iter().map(|one| (text(one, "Account")[..3].to_owned(), text(one, "Region"))).collect();
    all.sort();
    all
}

fn pairs(accounts: &[&str], regions: &[&str]) -> Vec<(String, String)> {
    let pair = |account: &&str| {
        let account = (*account).to_owned();
        regions.iter().map(move |region| (account.clone(), (*region).to_owned()))
    };
    accounts.iter().flat_map(pair).collect()
}

#[test]
fn an_account_comes_and_another_goes() {
    let repo = repo("\"111111111111\"", "eu-west-1");
    assert_eq!(instances(&repo), pairs(&["111"], &["eu-west-1"]));
    repo.declare(&declared("\"111111111111\", \"222222222222\"", "eu-west-1", "a"));
    repo.sh("plan").exits(0).says(&[
        "# one will be updated in-place",
        "(CREATE: stack instances come: 222222222222 in eu-west-1)",
        "stack_set_accounts = \"111111111111\" -> \"111111111111,222222222222\"",
        "Plan: 0 to add, 1 to change, 0 to destroy.",
    ]);
    repo.apply().exits(0);
    repo.settled();
    assert_eq!(instances(&repo), pairs(&["111", "222"], &["eu-west-1"]));
    assert_eq!(repo.called("UpdateProvisionedProduct"), 1);
    repo.declare(&declared("\"222222222222\", \"333333333333\"", "eu-west-1", "a"));
    let plan = repo.sh("plan --format json").exits(0).json();
    let operation = |n: usize| plan["steps"][n]["values"]["stack_set_operation"].clone();
    assert_eq!(
        [operation(0), operation(1)],
        [
            json!({"operation_type": "CREATE", "accounts": ["333333333333"], "regions": ["eu-west-1"]}),
            json!({"operation_type": "DELETE", "accounts": ["111111111111"], "regions": ["eu-west-1"]}),
        ],
        "{plan}"
    );
    // instances that go are destroyed
    let calls = repo.called("UpdateProvisionedProduct");
    repo.sh("apply --auto-approve --allow update").exits(5).says(&["`--allow` does not name `destroy`"]);
    assert_eq!(repo.called("UpdateProvisionedProduct"), calls);
    let some = "apply --auto-approve --allow update --skip-refused";
    repo.sh(some).exits(3).says(&["`--allow` does not name `destroy`"]);
    assert_eq!(instances(&repo), pairs(&["111", "222", "333"], &["eu-west-1"]));
    repo.apply().exits(0);
    repo.settled();
    assert_eq!(instances(&repo), pairs(&["222", "333"], &["eu-west-1"]));
}

#[test]
fn everything_at_once_is_one_operation_after_the_other() {
    let repo = repo("\"111111111111\", \"222222222222\"", "eu-west-1, us-east-1");
    repo.declare(&declared("\"222222222222\", \"333333333333\"", "us-east-1, us-west-2", "b"));
    repo.sh("plan --out p.bin").exits(0).says(&[
        "Note = \"a\" -> \"b\"",
        "(CREATE: stack instances come: 333333333333 in eu-west-1, us-east-1)",
        "(DELETE: stack instances go, with everything in them: 111111111111 in eu-west-1, us-east-1)",
        "(CREATE: stack instances come: 222222222222, 333333333333 in us-west-2)",
        "(DELETE: stack instances go, with everything in them: 222222222222, 333333333333 in eu-west-1)",
    ]);
    repo.sh("apply p.bin").exits(0).says(&["Resources: 0 added, 1 changed, 0 destroyed."]);
    repo.settled();
    assert_eq!(instances(&repo), pairs(&["222", "333"], &["us-east-1", "us-west-2"]));
    assert_eq!(repo.called("UpdateProvisionedProduct"), 5);
    let shown = repo.sh("state show one --json").json();
    assert_eq!(shown["rows"][0]["applied"]["content"]["parameters"]["Note"], "b", "{shown}");
}

#[test]
fn what_is_named_nowhere_is_the_constraints() {
    let repo = Repo::new(
        "  one: {product_name: baseline, provisioning_artifact_name: v1, parameters: {Name: one}}\n",
    );
    repo.write("sandbox.yaml", WORLD);
    repo.apply().exits(0);
    assert_eq!(instances(&repo).len(), 9);
    repo.declare(&declared("\"111111111111\"", "eu-west-1, us-east-1, us-west-2", "none"));
    repo.apply().exits(0);
    repo.settled();
    assert_eq!(instances(&repo), pairs(&["111"], &["eu-west-1", "us-east-1", "us-west-2"]));
    assert_eq!(repo.called("UpdateProvisionedProduct"), 1, "one DELETE");
}

#[test]
fn an_operation_that_fails_is_not_recorded_and_comes_again() {
    let repo = repo("\"111111111111\"", "eu-west-1");
    repo.declare(&declared("\"111111111111\", \"222222222222\"", "eu-west-1, us-east-1", "a"));
    repo.faults(&["{operation: update, outcome: rollback, message: Account is suspended, times: 1}"]);
    repo.apply().exits(3).says(&[
        "Account is suspended",
        "Apply incomplete: 1 failed. Resources: 0 added, 0 changed, 0 destroyed.",
    ]);
    let shown = repo.sh("state show one --json").json();
    let recorded = &shown["rows"][0]["applied"]["content"]["provisioning_preferences"]["stack_set_accounts"];
    assert_eq!(recorded, "111111111111", "{shown}");
    repo.sh("plan").says(&["Account is suspended", "CREATE"]);
    repo.apply().exits(0);
    repo.settled();
    assert_eq!(instances(&repo), pairs(&["111", "222"], &["eu-west-1", "us-east-1"]));
}

#[test]
fn a_stack_set_is_looked_at_deeply() {
    let repo = repo("\"111111111111\"", "eu-west-1");
    let calls = |name: &str| repo.called(name);
    repo.sh("plan --deep --detailed-exitcode").exits(0);
    assert_eq!([calls("DescribeStackSet"), calls("ListStackInstances"), calls("DescribeStacks")], [1, 1, 0]);
}

/// Whoever takes instances away, or adds some: the plan says where they stand, and puts that right.
#[test]
fn where_its_instances_stand_is_compared_with_what_was_applied() {
    let repo = repo("\"111111111111\"", "eu-west-1");
    let body = json!({
        "ProductName": "baseline", "ProvisioningArtifactName": "v1", "UpdateToken": "by-hand",
        "ProvisioningParameters": [{"Key": "Name", "UsePreviousValue": true}, {"Key": "Note", "UsePreviousValue": true}],
        "ProvisioningPreferences": {
            "StackSetAccounts": ["222222222222"], "StackSetRegions": ["eu-west-1"], "StackSetOperationType": "CREATE",
        },
    });
    repo.meddle("UpdateProvisionedProduct", body);
    let plan = repo.sh("plan --deep --detailed-exitcode").exits(2);
    plan.says(&[
        "changed outside of provisor by UPDATE_PROVISIONED_PRODUCT",
        "changed outside, by value: stack_set_accounts",
        "stack_set_accounts = \"111111111111,222222222222\" -> \"111111111111\"  # changed outside",
    ]);
    let accepted = repo.sh("plan --refresh-only --deep").exits(0);
    accepted.says(&["stack_set_accounts = \"111111111111\" -> \"111111111111,222222222222\""]);
    repo.sh("apply --auto-approve --deep").exits(0);
    assert_eq!(instances(&repo), pairs(&["111"], &["eu-west-1"]));
    repo.settled();
    repo.sh("plan --deep --detailed-exitcode").exits(0);
}
