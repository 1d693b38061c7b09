//! The examples, walked from their first plan to their end: golden plan, apply, change, one failure, repair, destroy.
//! `PROVISOR_BLESS=1` writes the golden plans anew.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::support::{Done, Repo};
use crate::report::agreement::agree;

fn example(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).join(name)
}

/// One example, with what its README says to add to each command.
struct Walk {
    name: &'static str,
    flags: &'static [&'static str],
    products: usize,
    /// A change of the declarations: file, from, to.
    change: (&'static str, &'static str, &'static str),
    /// The provisioned product whose update fails once.
    fails: &'static str,
}

const WALKS: [Walk; 3] = [
    Walk {
        name: "quickstart",
        flags: &[],
        products: 1,
        change: ("products.yaml", "Stage: dev", "Stage: test"),
        fails: "uploads",
    },
    Walk {
        name: "platform",
        flags: &["--var-file", "vars-demo.yaml"],
        products: 16,
        change: ("products/messaging.yaml", "\"120\"", "\"240\""),
        fails: "orders-queue*",
    },
    Walk {
        name: "account-factory",
        flags: &[],
        products: 20,
        change: (
            "accounts/risk.yaml",
            "ManagedOrganizationalUnit: Workloads",
            "ManagedOrganizationalUnit: Regulated",
        ),
        fails: "risk-dev",
    },
];

impl Walk {
    fn run(&self, repo: &Repo, line: &str) -> Done {
        let words: Vec<&str> = line.split(' ').chain(self.flags.iter().copied()).collect();
        repo.run(&words)
    }
}

#[test]
fn first_plans_are_the_golden_ones() {
    for walk in WALKS {
        let repo = Repo::copy(&example(walk.name), 3600);
        let words: Vec<&str> = ["plan"].into_iter().chain(walk.flags.iter().copied()).collect();
        let plan = Done::from(repo.command(&words).env_remove("COLUMNS").output().unwrap()).exits(0);
        let golden = example(walk.name).join("plan.txt");
        if std::env::var_os("PROVISOR_BLESS").is_some() {
            std::fs::write(&golden, &plan.out).unwrap();
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(plan.out, expected, "{}: PROVISOR_BLESS=1 writes it anew", walk.name);
        let lines = expected.lines().count();
        assert!(walk.name != "platform" || lines <= 80, "a page of 80 lines holds it, not {lines}");
        agree(&expected, &walk.run(&repo, "plan --json").exits(0).json());
    }
}

#[test]
fn every_example_plans_applies_changes_fails_repairs_and_goes() {
    for walk in WALKS {
        let repo = Repo::copy(&example(walk.name), 20_000);
        walk.run(&repo, "validate").exits(0);
        let added = format!("Apply complete! Resources: {} added, 0 changed, 0 destroyed.", walk.products);
        walk.run(&repo, "apply --auto-approve").exits(0).says(&[&added]);
        walk.run(&repo, "plan --detailed-exitcode").exits(0);
        let (file, from, to) = walk.change;
        repo.edit(file, from, to);
        let fails = format!(
            "{{operation: update, provisioned_product: \"{}\", outcome: rollback, message: Out of luck, times: 1}}",
            walk.fails
        );
        repo.faults(&[&fails]);
        walk.run(&repo, "plan --detailed-exitcode").exits(2);
        walk.run(&repo, "apply --auto-approve").exits(3).says(&["Out of luck"]);
        walk.run(&repo, "plan").exits(0).says(&["Out of luck", "ainted"]);
        walk.run(&repo, "apply --auto-approve").exits(0);
        walk.run(&repo, "plan --detailed-exitcode").exits(0);
        let gone = format!("Destroy complete! Resources: {} destroyed.", walk.products);
        // some settings have a guard, which holds for everything
        walk.run(&repo, "destroy --auto-approve --max-terminate 100%").exits(0).says(&[&gone]);
        walk.run(&repo, "state list").code.expect("an end");
    }
}

#[test]
fn the_account_factory_takes_five_at_a_time() {
    let repo = Repo::copy(&example("account-factory"), 3600);
    let events = repo.sh("apply --auto-approve --json").exits(0);
    let (mut now, mut most) = (0, 0);
    for line in events.out.lines() {
        let event: Value = serde_json::from_str(line).expect("one event a line");
        match event["event"].as_str() {
            Some("started") => now += 1,
            Some("settled") => now -= 1,
            _ => {}
        }
        most = most.max(now);
    }
    assert_eq!(most, 5);
    assert_eq!(repo.called("ProvisionProduct"), 20);
}

#[test]
fn init_writes_every_example() {
    for walk in WALKS {
        let repo = Repo::boxes(&[]);
        repo.run(&["init", "--example", walk.name, "new"]).exits(0);
        let words: Vec<&str> = ["-C", "new", "plan"].into_iter().chain(walk.flags.iter().copied()).collect();
        let planned = format!("Plan: {} to add, 0 to change, 0 to destroy.", walk.products);
        repo.run(&words).exits(0).says(&[&planned]);
        repo.run(&["init", "--example", walk.name, "new"]).exits(0).says(&["Nothing to initialise"]);
    }
}
