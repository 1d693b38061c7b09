//! `plan --preview`: what a change does to resources; what it makes in the catalog for that is always taken away again, also after a
//! death at any moment, and nobody else's is.

mod guard;
mod kills;

use std::fs;
use std::io::Read;
use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::support::{Done, Repo, SETTINGS, post};

/// A product with a database, a topic and, in its second version, one topic less and a queue more.
const STORE: &str = r#"Parameters:
  DbName: {Type: String, Default: main}
  Engine: {Type: String, Default: postgres}
  Title: {Type: String, Default: none}
  Password: {Type: String, NoEcho: true, Default: swordfish}
Resources:
  Database: {Type: "AWS::RDS::DBInstance", Properties: {DBName: !Ref DbName, Engine: !Ref Engine, MasterUserPassword: !Ref Password}}
  Topic: {Type: "AWS::SNS::Topic", Properties: {DisplayName: !Ref Title}}
Outputs:
  Arn: {Value: !Ref Topic}
"#;

const WORLD: &str = r#"account_id: "111122223333"
region: eu-west-1
time_scale: 3600
portfolios:
  - name: platform
    products:
      - name: store
        versions: [{name: v1, template: store-v1.yaml}, {name: v2, template: store-v2.yaml}]
        constraints: {tag_update: true}
        durations: {provision: 60s, update: 60s, terminate: 60s}
      - name: set
        versions: [{name: v1, template: store-v1.yaml}]
        constraints: {tag_update: true, stack_set: {accounts: ["111122223333"], regions: [eu-west-1]}}
"#;

fn store(key: &str, parameters: &str) -> String {
    format!(
        "  {key}: {{product_name: store, provisioning_artifact_name: v1, parameters: {{{parameters}}}}}\n"
    )
}

fn stores(declarations: &str) -> Repo {
    let repo = Repo::new(declarations);
    repo.write("sandbox.yaml", WORLD);
    repo.write("store-v1.yaml", STORE);
    let next = STORE
        .replace("  Topic:", "  Queue: {Type: \"AWS::SQS::Queue\"}\n  Other:")
        .replace("!Ref Topic", "!Ref Other");
    repo.write("store-v2.yaml", &next);
    repo
}

fn guarded(repo: &Repo, guard: &str) {
    repo.write("provisor.yaml", &format!("{SETTINGS}guards: {{replace_resources: {guard}}}\n"));
}

fn account() -> Value {
    json!({"Key": "Account", "Value": "self"})
}

/// The names of all provisioned product plans that there are, and what waits for one.
fn pending(url: &str) -> Vec<String> {
    let plans = post(url, "ListProvisionedProductPlans", &json!({"AccessLevelFilter": account()}));
    let plans = plans["ProvisionedProductPlans"].as_array().unwrap().clone();
    let found = post(url, "SearchProvisionedProducts", &json!({"AccessLevelFilter": account()}));
    let waiting = found["ProvisionedProducts"].as_array().unwrap().clone();
    let waiting = waiting.iter().filter(|one| one["Status"] == "PLAN_IN_PROGRESS");
    let names = plans.iter().map(|plan| &plan["PlanName"]).chain(waiting.map(|one| &one["Name"]));
    names.map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// The journals that are left.
fn journals(repo: &Repo) -> Vec<String> {
    let entries = fs::read_dir(repo.path().join("state/previews"));
    let names = entries.into_iter().flatten().map(|entry| entry.unwrap().file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

#[track_caller]
fn is_clean(repo: &Repo, why: &str) {
    assert_eq!(repo.served(pending), Vec::<String>::new(), "{why}");
    assert_eq!(journals(repo), Vec::<String>::new(), "{why}");
}

/// The version of `store` and the product, as the API wants them.
fn product(url: &str) -> (Value, Value) {
    let found = post(url, "DescribeProduct", &json!({"Name": "store"}));
    (found["ProductViewSummary"]["ProductId"].clone(), found["ProvisioningArtifacts"][0]["Id"].clone())
}

/// Somebody else's plan for a product of this name.
fn theirs(url: &str, name: &str) -> Value {
    let (product, version) = product(url);
    let body = json!({"PlanName": "theirs", "PlanType": "CLOUDFORMATION", "ProductId": product,
        "ProvisioningArtifactId": version, "ProvisionedProductName": name, "IdempotencyToken": name,
        "ProvisioningParameters": [{"Key": "Title", "Value": "by hand"}]});
    let answer = post(url, "CreateProvisionedProductPlan", &body);
    assert!(answer["PlanId"].is_string(), "{answer}");
    answer["PlanId"].clone()
}

#[test]
fn what_is_replaced_is_told_first_and_loud() {
    let repo = stores(&(store("one", "") + &store("two", "Title: \"${one.outputs.Arn}\"")));
    let created = repo.sh("plan --preview").exits(0).says(&[
        "      # adds `Database` (AWS::RDS::DBInstance)\n",
        "      # not previewed: `Title` is known after apply\n",
        "      Resources: 2 added; 1 step not previewed.\n",
    ]);
    created.tells(&["Asking the catalog what 1 change would do to resources"]);
    is_clean(&repo, "a creation");
    repo.apply().exits(0);
    repo.declare(&store("one", "DbName: other, Engine: mysql, Title: x"));
    repo.write(
        "products.yaml",
        &repo.read("products.yaml").replace("one: {", "one: {provisioned_product_name: one, "),
    );
    let plan = repo.sh("plan --preview --max-terminate 1").exits(0);
    let lines: Vec<&str> = plan.out.lines().collect();
    let header = lines.iter().position(|line| line.starts_with("  # one will be updated")).unwrap();
    assert_eq!(lines[header + 1], "  # replaces `Database` (AWS::RDS::DBInstance): `DBName` changed");
    let plan = plan.says(&[
        "      # changes `Topic` (AWS::SNS::Topic): `DisplayName` changed\n",
        "Resources: 1 replaced, 1 changed.\n",
    ]);
    assert!(!plan.out.contains("swordfish"), "{}", plan.out);
    repo.sh("plan --preview --concise")
        .exits(0)
        .says(&["  # replaces `Database` (AWS::RDS::DBInstance): `DBName` changed\n"]);
    let document = repo.sh("plan --preview --json").exits(0).json();
    let step =
        document["steps"].as_array().unwrap().iter().find(|step| step["key"] == "one").unwrap().clone();
    let change = &step["resource_changes"][0];
    assert_eq!((&change["action"], &change["logical_resource_id"]), (&json!("replace"), &json!("Database")));
    assert!(change["physical_resource_id"].is_string(), "{change}");
    let wanted = json!({"attribute": "PROPERTIES", "name": "DBName", "requires_recreation": "always",
        "evaluation": "static", "causing_entity": "DbName"});
    assert!(change["details"].as_array().unwrap().contains(&wanted), "{change}");
    let plain = repo.sh("plan --json").exits(0).json();
    assert!(
        plain["steps"][0].get("resource_changes").is_none()
            && plain["fingerprint"] == document["fingerprint"]
    );
    is_clean(&repo, "an update");
    assert_eq!(repo.called("ExecuteProvisionedProductPlan"), 0);
    repo.sh("apply --auto-approve --preview").exits(0).says(&["replaces `Database`"]);
    repo.settled();
}

#[test]
fn another_version_says_what_goes_and_comes() {
    let repo = stores(&store("one", ""));
    repo.apply().exits(0);
    repo.edit("products.yaml", "artifact_name: v1", "artifact_name: v2");
    repo.sh("plan --preview").exits(0).says(&[
        "  # removes `Topic` (AWS::SNS::Topic)\n",
        "      # adds `Queue` (AWS::SQS::Queue)\n",
        "Resources: 1 removed, 2 added.\n",
    ]);
    repo.edit("products.yaml", "v2", "v1");
    repo.edit("products.yaml", "parameters:", "tags: {a: b}, parameters:");
    repo.sh("plan --preview").exits(0).says(&["# one will be updated in-place"]);
    is_clean(&repo, "another version");
}

/// Before a version is anybody's: who replaces what.
#[test]
fn a_supposed_version_is_previewed_too() {
    let repo = stores(&(store("one", "") + &store("two", "")));
    repo.apply().exits(0);
    repo.sh("plan --what-if store=v2")
        .exits(0)
        .says(&["Nothing was written, and resources were not compared.\n"]);
    repo.sh("plan --what-if store=v2 --preview").exits(0).says(&[
        "  # removes `Topic` (AWS::SNS::Topic)\n",
        "What if: 0 would break, 2 would change, 0 unchanged.\nNothing was written.\nResources: 2 removed, 4 added.\n",
    ]);
    let document = repo.sh("plan --what-if store=v2 --preview --json").exits(0).json();
    assert_eq!(document["what_if"]["resources_compared"], true);
    assert_eq!(document["steps"][1]["resource_changes"][0]["action"], "remove");
    is_clean(&repo, "a supposition");
}

#[test]
fn what_has_no_preview_says_why() {
    let set = "  many: {product_name: set, provisioning_artifact_name: v1, provisioning_preferences: {stack_set_accounts: [\"111122223333\"], stack_set_regions: [eu-west-1]}}\n";
    let repo = stores(&(set.to_owned() + &store("one", "")));
    repo.apply().exits(0);
    repo.sh("plan --preview --replace one --max-terminate 1")
        .exits(0)
        .says(&["not previewed: it is terminated first, with everything in it"]);
    repo.edit(
        "products.yaml",
        "artifact_name: v1, provisioning_preferences",
        "artifact_name: v1, parameters: {Title: x}, provisioning_preferences",
    );
    repo.sh("plan --preview").exits(0).says(&["not previewed: a stack set has no preview"]);
    for (line, says) in [
        ("plan --preview --destroy", "`--destroy` and `--preview` contradict"),
        ("destroy --preview", "`--destroy` and `--preview` contradict"),
        ("plan --preview --no-refresh", "`--preview` and `--no-refresh` contradict"),
        ("plan --preview --refresh-only", "`--refresh-only` and `--preview` contradict"),
    ] {
        repo.sh(line).exits(64).tells(&[says]);
    }
    assert_eq!(repo.called("CreateProvisionedProductPlan"), 0);
}

/// Nothing is made of a plan that was only looked at.
#[test]
fn a_right_that_is_missing_is_no_error() {
    let repo = stores(&(store("one", "") + &store("two", "")));
    repo.apply().exits(0);
    repo.declare(&(store("one", "DbName: x") + &store("two", "DbName: x")));
    // a read is tried three times by the SDK
    for (call, calls) in [("CreateProvisionedProductPlan", 2), ("DescribeProvisionedProductPlan", 6)] {
        repo.faults(&[&format!("{{call: {call}, outcome: access_denied}}")]);
        let before = repo.called(call);
        repo.sh("plan --preview").exits(0).says(&[
            &format!("not previewed: the principal lacks `servicecatalog:{call}`"),
            "Resources: none changes; 2 steps not previewed.",
        ]);
        assert_eq!(repo.called(call) - before, calls, "{call}");
        repo.faults(&[]);
        is_clean(&repo, call);
    }
    repo.faults(&["{call: DeleteProvisionedProductPlan, outcome: access_denied}"]);
    repo.sh("plan --preview").exits(0).says(&["replaces `Database`"]).tells(&[
        "may still be in the catalog: the principal lacks `servicecatalog:DeleteProvisionedProductPlan`",
        "the next `plan --preview` or `apply` takes it away",
    ]);
    assert_eq!(journals(&repo).len(), 1);
    repo.faults(&[]);
    let next = repo.sh("plan --preview").exits(0).says(&["replaces `Database`"]);
    next.tells(&[
        "What a preview that died may have left in the catalog is gone: 2 provisioned product plans.\n",
    ]);
    is_clean(&repo, "deleted by the next");
}

/// Answers that are lost, and calls that are put off.
#[test]
fn a_bad_wire_delays_it_only() {
    let repo = stores(&(store("one", "") + &store("two", "") + &store("three", "")));
    repo.faults(&[
        "{call: CreateProvisionedProductPlan, outcome: drop_response, times: 2}",
        "{call: CreateProvisionedProductPlan, outcome: drop_request, times: 1}",
        "{call: CreateProvisionedProductPlan, outcome: throttle, times: 3}",
        "{call: DescribeProvisionedProductPlan, outcome: error_500, times: 2}",
        "{call: DeleteProvisionedProductPlan, outcome: drop_response, times: 2}",
        "{call: DeleteProvisionedProductPlan, outcome: throttle, times: 2}",
    ]);
    repo.sh("plan --preview").exits(0).says(&["Resources: 6 added."]);
    is_clean(&repo, "a bad wire");
    repo.faults(&["{call: CreateProvisionedProductPlan, outcome: drop_response}"]);
    repo.sh("plan --preview").exits(0).says(&["Resources: none changes; 3 steps not previewed."]);
    repo.faults(&[]);
    is_clean(&repo, "answers that never come");
    repo.apply().exits(0);
    repo.settled();
}

/// How many requests of an operation the sandbox has seen so far: its log may be in the middle of a line.
fn logged(repo: &Repo, operation: &str) -> usize {
    let log = fs::read_to_string(repo.path().join("state/sandbox/sandbox/calls.jsonl")).unwrap_or_default();
    log.matches(&format!("\"operation\":\"{operation}\"")).count()
}

/// Runs until it has made so many calls of an operation, then dies.
fn killed_at(repo: &Repo, line: &str, operation: &str, calls: usize) -> bool {
    let before = logged(repo, operation);
    let mut child = repo.command(&line.split(' ').collect::<Vec<_>>()).spawn().unwrap();
    let began = Instant::now();
    while logged(repo, operation) < before + calls {
        if child.try_wait().unwrap().is_some() || began.elapsed() > Duration::from_secs(20) {
            let _ = child.kill();
            child.wait().unwrap();
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    true
}

/// One product that is there and changes, two that are not there yet, and one of somebody else who previews it.
fn several() -> (Repo, Value) {
    let repo = stores(&(store("old", "") + &store("older", "")));
    repo.apply().exits(0);
    let id = repo.served(|url| theirs(url, "foreign"));
    repo.declare(
        &(store("old", "DbName: x") + &store("older", "Title: x") + &store("new", "") + &store("newer", "")),
    );
    (repo, id)
}

/// All that is left is theirs.
#[track_caller]
fn is_theirs_alone(repo: &Repo, id: &Value, round: &str) {
    let left = repo.served(|url| {
        let theirs = post(url, "DescribeProvisionedProductPlan", &json!({"PlanId": id}));
        assert_eq!(theirs["ProvisionedProductPlanDetails"]["PlanName"], "theirs", "{round}");
        pending(url)
    });
    assert_eq!(left, ["theirs", "foreign"], "{round}");
    assert_eq!(journals(repo), Vec::<String>::new(), "{round}");
}

#[track_caller]
fn cleans_up(repo: &Repo, line: &str, id: &Value, round: &str) -> Done {
    let done = repo.sh(line);
    assert_eq!(done.code, Some(0), "{round}\n{}\n{}", done.out, done.err);
    assert!(!done.out.contains("is deferred"), "{round}: {}", done.out);
    is_theirs_alone(repo, id, round);
    done
}

/// Waits until a child has previews open.
fn previewing(repo: &Repo) -> Child {
    let child = repo.command(&["plan", "--preview"]).spawn().unwrap();
    let began = Instant::now();
    while logged(repo, "CreateProvisionedProductPlan") == 0 {
        assert!(began.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(1));
    }
    child
}

fn ended(mut child: Child) -> Done {
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    Done { code: child.wait().unwrap().code(), out, err }
}

/// What a living run has open is its own: another one neither takes it away nor waits for it.
#[test]
fn two_previews_at_a_time_leave_each_other_alone() {
    let repo = stores(&store("one", ""));
    repo.apply().exits(0);
    // a plan takes five seconds to be worked out
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 2");
    repo.declare(&(store("one", "DbName: x") + &store("new", "")));
    let first = previewing(&repo);
    let second = repo.sh("plan --preview").exits(0);
    second.says(&["a preview of another run waits on", "not previewed: "]);
    let beside = repo.sh("plan").exits(0);
    assert!(!beside.out.contains("not previewed"), "{}", beside.out);
    assert_eq!(journals(&repo).len(), 1, "the first one's");
    ended(first).exits(0).says(&["replaces `Database`", "adds `Database`"]);
    is_clean(&repo, "both");
}

#[test]
fn a_signal_takes_away_what_was_made() {
    for name in ["INT", "TERM"] {
        let repo = stores(&(store("one", "") + &store("two", "")));
        repo.write("sandbox.yaml", &WORLD.replace("time_scale: 3600", "time_scale: 3"));
        repo.served(|_| {
            let child = previewing(&repo);
            let line = format!("kill -{name} {}", child.id());
            assert!(std::process::Command::new("bash").args(["-c", &line]).status().unwrap().success());
            let done = ended(child)
                .exits(4)
                .tells(&["Interrupted: what was made in the catalog for the preview is taken away again"]);
            assert_eq!(done.out, "", "{name}");
        });
        is_clean(&repo, name);
    }
}

/// A journal that nobody can read is told, and what else is left is taken away all the same.
#[test]
fn a_damaged_journal_is_told() {
    let (repo, id) = several();
    assert!(killed_at(&repo, "plan --preview", "CreateProvisionedProductPlan", 4));
    let odd = format!("state/previews/{:032x}.jsonl", 7);
    repo.write(&odd, "{\"format\":\"provisor.previews/v1\",\"holder\":\"x\"}\nnonsense\n");
    let bytes = fs::metadata(repo.path().join(&odd)).unwrap();
    let mut rights = bytes.permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut rights, 0o600);
    fs::set_permissions(repo.path().join(&odd), rights).unwrap();
    repo.sh("plan --preview").exits(0).tells(&["line 2", "look for provisioned product plans named"]);
    assert_eq!(journals(&repo).len(), 1, "it stays where it is");
    fs::remove_file(repo.path().join(&odd)).unwrap();
    is_theirs_alone(&repo, &id, "the others");
}

/// What the catalog tells of resources may hold what somebody made a secret.
#[test]
fn no_secret_is_in_what_is_told_of_resources() {
    let repo = stores(&store("one", "Title: \"${var.title}\""));
    repo.edit("store-v1.yaml", "DisplayName: !Ref Title", "TopicName: !Ref Title, DisplayName: !Ref DbName");
    repo.write(
        "provisor.yaml",
        &format!("{SETTINGS}variables: {{title: {{type: string, sensitive: true}}}}\n"),
    );
    let run = |line: &str| -> Done {
        let mut command = repo.command(&line.split(' ').collect::<Vec<_>>());
        command.env("PROVISOR_SECRET_title", "correct-horse").output().unwrap().into()
    };
    run("apply --auto-approve").exits(0);
    repo.edit("products.yaml", "Title:", "DbName: x, Title:");
    let done = run("plan --preview --json --write human=p.txt --out p.bin").exits(0);
    let topic = &done.json()["steps"][0]["resource_changes"][1];
    let id = topic["physical_resource_id"].as_str().unwrap();
    assert!(id.ends_with("(sensitive)") && id.starts_with("arn:aws:sns:"), "{topic}");
    assert!(!done.out.contains("correct-horse") && !done.err.contains("correct-horse"), "{}", done.out);
    let is_the_catalogs =
        |path: &std::path::PathBuf| path.components().any(|part| part.as_os_str() == "sandbox");
    let holding: Vec<_> =
        repo.holding("correct-horse").into_iter().filter(|path| !is_the_catalogs(path)).collect();
    assert!(holding.is_empty(), "{holding:?}");
}

/// What stands in a journal tells nobody a secret.
#[test]
fn no_secret_is_in_a_journal() {
    let repo = stores(&store("one", "Password: \"${var.password}\""));
    repo.write(
        "provisor.yaml",
        &format!("{SETTINGS}variables: {{password: {{type: string, sensitive: true}}}}\n"),
    );
    repo.faults(&["{call: DeleteProvisionedProductPlan, outcome: access_denied}"]);
    let mut command = repo.command(&["plan", "--preview"]);
    let done: Done = command.env("PROVISOR_SECRET_password", "correct-horse").output().unwrap().into();
    let done = done.exits(0).says(&["adds `Database`"]);
    assert!(!done.out.contains("correct-horse") && !done.err.contains("correct-horse"));
    let [journal] = &journals(&repo)[..] else { panic!("{:?}", journals(&repo)) };
    let text = repo.read(&format!("state/previews/{journal}"));
    assert!(text.contains("\"opening\"") && text.contains("\"opened\""), "{text}");
    assert!(!text.contains("correct-horse"), "{text}");
}
