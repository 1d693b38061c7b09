//! One mistake on several locations is one finding, with the locations in a note.

use provisor::declare::{self, Inputs};
use provisor::model::diagnostic::Diagnostics;

use super::{settings, shown, source};

fn platform(locations: usize) -> provisor::declare::Settings {
    let entries: String = (0..locations)
        .map(|n| format!("  a{n:02}: {{account_id: \"4100000000{n:02}\", regions: [eu-west-1]}}\n"))
        .collect();
    let text = format!("project: platform\nvariables: {{unset: {{}}}}\nlocations:\n{entries}");
    settings(&source("provisor.yaml", &text), None, &Inputs::default()).expect("settings")
}

fn found(locations: usize, yaml: &str) -> Diagnostics {
    declare::read(&[source("products.yaml", yaml)], &platform(locations)).expect_err("something is wrong")
}

/// The findings, each with its notes.
fn told(locations: usize, yaml: &str) -> Vec<String> {
    let found = found(locations, yaml);
    let lines = shown(&found, &[source("products.yaml", yaml)]);
    lines.iter().zip(&found.0).map(|(line, one)| format!("{line} | {}", one.notes.join(" | "))).collect()
}

const HEAD: &str =
    "defaults: {product_name: s, provisioning_artifact: active, locations: [\"*\"]}\nprovisioned_products:\n";

#[test]
fn a_mistake_on_forty_locations_is_one() {
    let yaml = format!("{HEAD}  a: {{parameters: {{P: \"${{var.nope}}\"}}}}\n");
    assert_eq!(
        told(40, &yaml),
        [
            "3:24 unknown-variable: there is no variable `nope`; declare it under `variables:` in provisor.yaml | on `a00` … `a39` (40)"
        ]
    );
    assert_eq!(
        told(2, &yaml),
        [
            "3:24 unknown-variable: there is no variable `nope`; declare it under `variables:` in provisor.yaml | on `a00`, `a01`"
        ]
    );
    let one = told(1, &yaml);
    assert!(one.len() == 1 && one[0].ends_with("provisor.yaml | "), "{one:?}");
}

#[test]
fn a_mistake_in_defaults_is_one_for_all_declarations() {
    let head = HEAD.replace("locations", "tags: {t: \"${var.nope}\"}, locations");
    let four: String = ["a", "b", "c", "d"].map(|key| format!("  {key}: {{}}\n")).concat();
    let all = told(40, &format!("{head}{four}"));
    assert!(all.len() == 1 && all[0].ends_with("| on `a00` … `a39` (40), 4 declarations"), "{all:?}");
}

#[test]
fn what_differs_in_values_only_is_told_a_few_times() {
    let yaml = format!(
        "{HEAD}  a: {{provisioned_product_name: \"${{location.name}}/\", path_id: \"${{location.name}} \"}}\n"
    );
    let all = told(40, &yaml);
    assert_eq!(all.len(), 2, "{all:?}");
    let yaml = format!("{HEAD}  a: {{path_id: \"prod-${{location.name}}\"}}\n");
    let all = told(40, &yaml);
    assert!((1..=3).contains(&all.len()) && all[0].contains("`prod-a00`"), "{all:?}");
}

#[test]
fn a_variable_without_a_value_is_told_once() {
    let yaml = format!(
        "{HEAD}  a: {{parameters: {{P: \"${{var.unset}}\", Q: \"${{var.unset}}\"}}}}\n  b: {{tags: {{t: \"${{var.unset}}\"}}}}\n"
    );
    let all = told(3, &yaml);
    assert!(all.len() == 1 && all[0].starts_with("3:24 no-value"), "{all:?}");
}
