//! `provisor iam-policy`: the actions are those of the calls in the adapter, and what runs of every kind call at a sandbox is
//! among them.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use syn::visit::{self, Visit};
use syn::{Expr, ExprMethodCall};

use super::support::{Repo, boxed};

fn actions(policy: &Value) -> BTreeSet<String> {
    let statements = policy["Statement"].as_array().unwrap().iter();
    let actions = statements.flat_map(|one| one["Action"].as_array().unwrap());
    actions.map(|action| action.as_str().unwrap().to_owned()).collect()
}

fn policy(repo: &Repo, flags: &str) -> Value {
    repo.sh(&format!("iam-policy {flags}")).exits(0).json()
}

/// The methods of the SDK's clients that a file calls: those that a chain of calls begins with.
#[derive(Default)]
struct Calls(BTreeSet<String>);

impl<'ast> Visit<'ast> for Calls {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let client = match &*call.receiver {
            Expr::Field(field) => match &field.member {
                syn::Member::Named(name) => name.to_string(),
                syn::Member::Unnamed(_) => String::new(),
            },
            Expr::Path(path) => {
                path.path.segments.last().map(|one| one.ident.to_string()).unwrap_or_default()
            }
            _ => String::new(),
        };
        let service = match client.as_str() {
            "reader" | "writer" => "servicecatalog",
            "cloudformation" => "cloudformation",
            "sts" => "sts",
            _ => "",
        };
        let method = call.method.to_string();
        if !service.is_empty() && call.args.is_empty() && method.contains('_') {
            let name: String = method.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
            self.0.insert(format!("{service}:{name}"));
        }
        visit::visit_expr_method_call(self, call);
    }
}

#[test]
fn a_policy_has_every_call_of_the_adapter_and_no_other() {
    let mut calls = Calls::default();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/aws")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "rs") {
            calls.visit_file(&syn::parse_file(&std::fs::read_to_string(&path).unwrap()).unwrap());
        }
    }
    assert!(calls.0.len() > 15, "{:?}", calls.0);
    let repo = Repo::boxes(&[]);
    let applied = actions(&policy(&repo, "--apply"));
    // the service's own call, when a stack is taken in
    let mut own = applied.clone();
    assert!(own.remove("cloudformation:GetTemplate"));
    assert_eq!(own, calls.0);
    let planned = actions(&policy(&repo, "--plan"));
    let only: Vec<&str> = applied.difference(&planned).map(String::as_str).collect();
    assert_eq!(
        only,
        [
            "cloudformation:GetTemplate",
            "servicecatalog:ImportAsProvisionedProduct",
            "servicecatalog:ProvisionProduct",
            "servicecatalog:TerminateProvisionedProduct",
            "servicecatalog:UpdateProvisionedProduct",
        ]
    );
}

/// What the sandbox was asked so far, as actions; the log names no service.
fn called(repo: &Repo) -> BTreeSet<String> {
    repo.calls().iter().filter_map(|call| call["operation"].as_str().map(str::to_owned)).collect()
}

fn bare(actions: &BTreeSet<String>) -> BTreeSet<String> {
    actions.iter().filter_map(|action| Some(action.split_once(':')?.1.to_owned())).collect()
}

#[test]
fn what_runs_of_every_kind_call_is_permitted() {
    let repo = Repo::new(&(boxed("a", "") + &boxed("b", "Note: \"${a.outputs.Arn}\"")));
    let [planned, applied] = ["--plan", "--apply"].map(|mode| bare(&actions(&policy(&repo, mode))));
    repo.apply().exits(0);
    repo.declare(&(boxed("a", "Note: new") + &boxed("b", "Note: \"${a.outputs.Arn}\"")));
    let before = called(&repo);
    assert!(before.is_subset(&applied), "{:?}", before.difference(&applied));
    std::fs::remove_file(repo.path().join("state/sandbox/sandbox/calls.jsonl")).unwrap();
    // a plan beside a server in a process of its own keeps its log
    let served = super::support::Served::start(&repo);
    for line in [
        "plan",
        "plan --deep",
        "plan --preview",
        "plan --destroy",
        "plan --refresh-only --deep",
        "plan --what-if box=v2",
    ] {
        let done = repo.sh(line);
        assert!(matches!(done.code, Some(0 | 2 | 5)), "{line}: {}{}", done.out, done.err);
    }
    let seen = called(&repo);
    assert!(seen.is_subset(&planned), "a plan may not: {:?}", seen.difference(&planned));
    for call in [
        "CreateProvisionedProductPlan",
        "DescribeStacks",
        "DescribeProvisioningParameters",
        "GetCallerIdentity",
    ] {
        assert!(seen.contains(call), "{call} is not among {seen:?}");
    }
    repo.sh("apply --auto-approve --preview").exits(0);
    repo.lose_state();
    repo.sh("import --declared --auto-approve").exits(0);
    repo.sh("destroy --auto-approve --max-terminate 100%").exits(0);
    drop(served);
    let seen = called(&repo);
    assert!(seen.is_subset(&applied), "an apply may not: {:?}", seen.difference(&applied));
    for call in ["UpdateProvisionedProduct", "TerminateProvisionedProduct", "DeleteProvisionedProductPlan"] {
        assert!(seen.contains(call), "{call} is not among {seen:?}");
    }
}

#[test]
fn the_access_level_of_a_location_is_the_condition() {
    let repo = Repo::boxes(&[]);
    repo.write(
        "provisor.yaml",
        "project: p\ndeclarations: [products.yaml]\nlocations:\n  a: {sandbox: sandbox.yaml}\n  b: {regions: [eu-west-1], access_level: role}\n",
    );
    let level = |flags: &str| policy(&repo, flags)["Statement"][1]["Condition"]["StringEquals"].to_string();
    assert!(level("--plan").contains("accountLevel"));
    assert!(level("--plan --location a").contains("accountLevel"));
    assert!(level("--apply --location b").contains("roleLevel"));
    repo.sh("iam-policy --plan --location *").exits(64).tells(&["several access levels"]);
    repo.sh("iam-policy").exits(64);
    repo.sh("iam-policy --plan --apply").exits(64);
}
