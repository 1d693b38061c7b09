//! Other people's policy tools on our plans, with the policies of examples/policies: each finds what is wrong, and only that. Those that are
//! programs are installed by `tests/run` (tests/policy/tools.txt); where they are not, their tests say so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use regorus::Engine;
use serde_json::Value;

use crate::cli::support::Repo;

fn policies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/policies")
}

fn declared(key: &str, product: &str, rest: &str) -> String {
    format!("  {key}: {{product_name: {product}, provisioning_artifact_name: v1, {rest}}}\n")
}

/// A plan in which one product changes, one stays as it is, one comes and one goes; `owner` is whose `bare` is.
fn planned(owner: Option<&str>) -> Repo {
    let tags = owner.map(|owner| format!("tags: {{owner: {owner}}}, ")).unwrap_or_default();
    let bare = declared("bare", "box", &format!("{tags}parameters: {{Name: bare}}"));
    let owned = |size: u8| {
        declared("owned", "box", &format!("tags: {{owner: t1}}, parameters: {{Name: o, Size: {size}}}"))
    };
    let gone = declared("gone", "box", "tags: {owner: t1}, parameters: {Name: gone}");
    let repo = Repo::new(&format!("{bare}{}{gone}", owned(1)));
    repo.apply().exits(0);
    let new = declared("new", "vault", "tags: {owner: t1}, parameters: {Password: hunter2hunter2, Label: l}");
    repo.declare(&format!("{bare}{}{new}", owned(20)));
    repo.sh("plan --out plan.bin").exits(0);
    repo.sh("show plan.bin --write terraform-json=plan.json").exits(0);
    repo
}

fn address(key: &str) -> String {
    format!("aws_servicecatalog_provisioned_product.{key}")
}

/// What a rule of the policy in Rego says of a plan.
fn said(repo: &Repo, rule: &str) -> BTreeSet<String> {
    let mut engine = Engine::new();
    engine.add_policy_from_file(policies().join("plan.rego")).unwrap();
    engine.set_input(regorus::Value::from_json_str(&repo.read("plan.json")).unwrap());
    let found = engine.eval_rule(format!("data.provisor.plan.{rule}")).unwrap();
    let found: Value = serde_json::from_str(&found.to_json_str().unwrap()).unwrap();
    found.as_array().unwrap().iter().map(|message| message.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_policy_in_rego_finds_what_is_wrong_and_nothing_else() {
    let repo = planned(None);
    assert_eq!(said(&repo, "deny"), BTreeSet::from([format!("{} has no owner", address("bare"))]));
    assert_eq!(said(&repo, "warn"), BTreeSet::from([format!("{} is large", address("owned"))]));
    let repo = planned(Some("t2"));
    assert_eq!(said(&repo, "deny"), BTreeSet::new());
    repo.apply().exits(0);
    repo.declare("");
    repo.sh("plan --max-terminate 9 --write terraform-json=plan.json").exits(0);
    assert_eq!(said(&repo, "deny"), BTreeSet::from([format!("{} would be destroyed", address("new"))]));
}

/// A tool that `tests/run` has installed, or that stands on the path.
pub fn tool(name: &str) -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!(".policy/{name}/bin/{name}"));
    let on_path = || {
        let folders = std::env::var_os("PATH")?;
        std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
    };
    let found = Some(installed).filter(|path| path.is_file()).or_else(on_path);
    if found.is_none() {
        println!("skipped: {name} is not installed");
    }
    found
}

fn run(tool: &Path, arguments: &[&str], repo: &Repo) -> Output {
    let mut command = Command::new(tool);
    command.args(arguments).current_dir(repo.path()).env("HOME", repo.path()).env("NO_COLOR", "1");
    command.output().unwrap()
}

#[test]
fn terraform_compliance_finds_what_is_wrong_and_nothing_else() {
    let Some(tool) = tool("terraform-compliance") else { return };
    let repo = planned(None);
    fs_copy("owner.feature", &repo);
    let done = run(&tool, &["--no-ansi", "-p", "plan.json", "-f", "features"], &repo);
    let text = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{text}");
    let failures: Vec<&str> = text.lines().filter(|line| line.contains("does not have")).collect();
    assert!(failures.len() == 1 && failures[0].contains(&address("bare")), "{text}");
    assert!(text.contains("1 passed") && text.contains("1 failed"), "the second scenario holds: {text}");
    let repo = planned(Some("t2"));
    fs_copy("owner.feature", &repo);
    let done = run(&tool, &["--no-ansi", "-p", "plan.json", "-f", "features"], &repo);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stdout));
}

fn fs_copy(name: &str, repo: &Repo) {
    repo.write(&format!("features/{name}"), &std::fs::read_to_string(policies().join(name)).unwrap());
}

#[test]
fn checkov_finds_what_is_wrong_and_nothing_else() {
    let Some(tool) = tool("checkov") else { return };
    for (owner, failed, passed) in
        [(None, BTreeSet::from([address("bare")]), 2), (Some("t2"), BTreeSet::new(), 3)]
    {
        let repo = planned(owner);
        fs_copy("owner.yaml", &repo);
        let arguments =
            ["--external-checks-dir", "features", "--framework", "terraform_plan", "--skip-download"];
        let arguments: Vec<&str> =
            ["-f", "plan.json", "-o", "json", "--compact"].into_iter().chain(arguments).collect();
        let done = run(&tool, &arguments, &repo);
        let text = String::from_utf8_lossy(&done.stdout);
        let report: Value = serde_json::from_str(&text).unwrap_or_else(|error| {
            panic!("{error}: {text}{}", String::from_utf8_lossy(&done.stderr));
        });
        let ours = |kind: &str| -> Vec<String> {
            let all = report["results"][kind].as_array().unwrap().iter();
            let ours = all.filter(|one| one["check_id"] == "CKV2_PROVISOR_1");
            ours.map(|one| one["resource"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(ours("failed_checks").into_iter().collect::<BTreeSet<_>>(), failed, "{text}");
        // what it does not see, it does not pass
        assert_eq!(ours("passed_checks").len(), passed, "{text}");
        assert_eq!(done.status.code(), Some(i32::from(!failed.is_empty())), "{text}");
    }
}
