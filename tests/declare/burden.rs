//! What declarations multiply to is bounded before it is made.

use provisor::declare::{Inputs, Settings};

use super::{settings, shown, source};

/// So many locations, in accounts of ten regions.
fn wide(locations: usize) -> Settings {
    let accounts: String = (0..locations / 10).map(|n| format!("  a{n}: {{}}\n")).collect();
    let regions: Vec<String> = (0..10).map(|n| format!("zz-nowhere-{n}")).collect();
    let text = format!(
        "project: p\nlocation_defaults: {{regions: [{}]}}\nlocations:\n{accounts}",
        regions.join(", ")
    );
    settings(&source("provisor.yaml", &text), None, &Inputs::default()).expect("settings")
}

fn findings(yaml: &str, settings: &Settings) -> Vec<String> {
    let file = source("products.yaml", yaml);
    match provisor::declare::read(std::slice::from_ref(&file), settings) {
        Ok(_) => Vec::new(),
        Err(problems) => shown(&problems, &[file]),
    }
}

fn declared(n: usize, more: &str) -> String {
    let entries = (0..n).map(|n| format!("  p{n}: {{locations: [\"*\"]{more}}}\n"));
    format!("provisioned_products:\n{}", entries.collect::<String>())
}

const TYPED: &str = "defaults: {product_name: p, provisioning_artifact_name: v1";

#[test]
fn instances_are_counted_before_they_are_made() {
    let found = findings(&format!("{TYPED}}}\n{}", declared(1001, "")), &wide(100));
    assert_eq!(
        found,
        [
            "1003:3 too-much: the declarations come to more than 100000 provisioned products; each declaration counts on each of its locations: take several repos"
        ]
    );
}

#[test]
fn values_count_for_each_declaration() {
    let text = "x".repeat(4000);
    let parameters: String = (0..60).map(|n| format!("P{n}: {text}, ")).collect();
    let yaml = format!("{TYPED}, parameters: {{{parameters}}}}}\n{}", declared(110, ""));
    let found = findings(&yaml, &wide(10));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains(" too-much: the values of all provisioned products come to more than 192 MiB"),
        "{found:?}"
    );
    let yaml = format!("{TYPED}, parameters: {{{parameters}}}}}\n{}", declared(10, ""));
    assert_eq!(findings(&yaml, &wide(10)), Vec::<String>::new());
}

#[test]
fn overrides_count_for_each_location() {
    let overrides = "{location: a0, tags: {a: b}}, ".repeat(2000);
    let yaml = format!("{TYPED}, overrides: [{overrides}]}}\n{}", declared(20, ""));
    let found = findings(&yaml, &wide(1000));
    assert_eq!(
        found,
        [
            "7:3 too-much: the overrides come to more than 10000000 pairs of an override and a location; each override counts for each location that there is, those of `defaults` for each declaration too"
        ]
    );
}

#[test]
fn locations_are_counted_before_they_are_made() {
    let accounts: String = (0..400).map(|n| format!("  a{n}: {{}}\n")).collect();
    let regions: Vec<String> = (0..300).map(|n| format!("zz-nowhere-{n}")).collect();
    let text = format!(
        "project: p\nlocation_defaults: {{regions: [{}]}}\nlocations:\n{accounts}",
        regions.join(", ")
    );
    let file = source("provisor.yaml", &text);
    let problems = settings(&file, None, &Inputs::default()).expect_err("too many");
    assert_eq!(
        shown(&problems, &[file]),
        [
            "337:3 too-much: the accounts come to more than 100000 locations, or 2000000 values there; each account counts in each of its regions, those of `location_defaults` too"
        ]
    );
}
