//! A thousand declarations: what is counted is calls, never time.

use std::collections::BTreeMap;

use super::support::{Repo, boxed};

/// Requests by operation since the log had `from` lines.
fn calls(repo: &Repo, from: usize) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for call in repo.calls().into_iter().skip(from) {
        *counted.entry(call["operation"].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    counted
}

#[test]
fn a_thousand_cost_few_calls() {
    let entries = (0..1000).map(|n| match n % 10 {
        9 => boxed(&format!("p{n:04}"), &format!("Note: \"${{p{:04}.outputs.Arn}}\"", n - 9)),
        _ => boxed(&format!("p{n:04}"), "Size: 7"),
    });
    let repo = Repo::new(&entries.collect::<String>());
    // without a world on disk there is no log
    repo.served(|_| ());
    repo.sh("plan").exits(0).says(&["Plan: 1000 to add, 0 to change, 0 to destroy."]);
    let fresh = calls(&repo, 0);
    assert!(
        fresh.values().sum::<usize>() <= 1020,
        "a fresh plan: absence by name, and little more: {fresh:?}"
    );
    assert_eq!(fresh["DescribeProvisioningParameters"], 1, "{fresh:?}");
    let before = repo.calls().len();
    repo.apply().exits(0).says(&["Resources: 1000 added"]);
    let applied = calls(&repo, before);
    assert_eq!(applied["ProvisionProduct"], 1000, "{applied:?}");
    let before = repo.calls().len();
    repo.settled();
    let idle = calls(&repo, before);
    assert_eq!(idle["SearchProvisionedProducts"], 10, "{idle:?}");
    assert!(idle.values().sum::<usize>() <= 15, "a plan of nothing: {idle:?}");
    println!("fresh {fresh:?}\napply {applied:?}\nidle {idle:?}");
}

#[test]
fn files_count_together() {
    let repo = Repo::new("");
    repo.edit("provisor.yaml", "[products.yaml]", "[products]");
    for name in ["a", "b"] {
        repo.write(&format!("products/{name}.yaml"), &" ".repeat(33 << 20));
    }
    let done = repo.sh("validate --json").exits(1);
    let found = done.json()["diagnostics"].clone();
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(found[0]["message"], "the declarations are larger than 64 MiB together");
}
