//! What is advised: it reads as it is written, it is true, and it is not the next mistake.

use super::{check, findings, same, settings, shown, source};

const HEAD: &str = "defaults: {product_name: s, provisioning_artifact: active, location: hub}\nprovisioned_products:\n  uploads: {}\n";

/// One declaration beside `uploads`, and all that is told of it.
#[track_caller]
fn told(body: &str, expected: &str) {
    let found = findings(&format!("{HEAD}  app: {{{body}}}\n"));
    assert_eq!(found.len(), 1, "{body}: {found:?}");
    assert!(found[0].contains(expected), "{body}\n{}\n{expected}", found[0]);
}

#[test]
fn a_reference_that_is_none_is_told_what_reads() {
    for (reference, expected) in [
        ("uploads.outputs[BucketName]", "did you mean `${uploads.outputs.BucketName}`?"),
        ("uploads.outputs['BucketName']", "did you mean `${uploads.outputs.BucketName}`?"),
        ("uploads.outputs.Bucket Name", "the key of an output holds letters"),
        ("uploads.output.Bucket Name", "`${…}` holds `key`"),
        ("uploads.Bucket", "an output is `${uploads.outputs.Bucket}`"),
        ("var.v[0]", "a list is filled in as a whole, with commas: `${var.v}`"),
        ("env.HOME", "and write `${var.home}`"),
        ("local.x[0]", "`${…}` holds `key`"),
    ] {
        told(&format!("tags: {{a: \"${{{reference}}}\"}}"), expected);
        let found = findings(&format!("{HEAD}  app: {{tags: {{a: \"${{{reference}}}\"}}}}\n"));
        let written = format!("`${{{reference}}}`");
        let (_, hint) = found[0].split_once("; ").unwrap();
        assert!(!hint.contains(&written), "what is wrong is not advised: {}", found[0]);
    }
}

#[test]
fn an_address_that_is_none_is_told_what_one_is() {
    told("depends_on: [upload*]", "did you mean `uploads`?");
    told("depends_on: [\"x*\"]", "name each declaration");
    told("depends_on: [5]", "an address is the key of a declaration");
}

#[test]
fn what_is_advised_is_not_the_next_mistake() {
    told("lifecycle: {ignore_changes: all}", "`parameters.<Key>`, `parameters`, `tags.<key>`");
    told("lifecycle: {ignore_changes: tags}", "write `[tags]`");
    told("tags: [{Key: Team, Value: pay}]", "one `key: value` a line, such as `Team: pay`");
    told("parameters: [{ParameterKey: A, ParameterValue: b}]", "such as `A: b`");
    told("tags: [{Team: pay}]", "leave the `-` out");
    let text = "project: p\nlocation_defaults: []\nlocations: {hub: {account_id: \"111122223333\", regions: [eu-west-1]}}\n";
    let file = source("provisor.yaml", &format!("{text}limits: {{parallelism: \"5\"}}\n"));
    let found = settings(&file, None, &super::inputs()).unwrap_err();
    assert_eq!(
        shown(&found, &[file]),
        [
            "2:20 wrong-type: `location_defaults` must be a map, not a list",
            "4:23 wrong-type: `parallelism` must be a whole number from 1, not the text `5`; write `5`, without quotes",
        ]
    );
}

/// A protection that is not there would pass for one that is.
#[test]
fn a_key_without_a_value_is_told() {
    let hint = "write one, or leave the key out";
    for (body, key, noun) in [
        ("lifecycle: {prevent_terminate: }", "prevent_terminate", "`true` or `false`"),
        ("lifecycle: {on_removal: ~}", "on_removal", "a text"),
        ("depends_on: ", "depends_on", "a list"),
        ("timeouts: {update: null}", "update", "a text"),
        ("overrides: ", "overrides", "a list"),
        ("provisioned_product_name: ", "provisioned_product_name", "a text"),
    ] {
        told(body, &format!("wrong-type: `{key}` has no value: {noun} belongs here; {hint}"));
    }
    check(&format!("{HEAD}  app: {{parameters: {{A: }}, lifecycle: , tags: }}\n"), &[]);
    let base = "project: p\n";
    let hub = "account_id: \"111122223333\", regions: [eu-west-1]";
    for (text, expected) in [
        (
            format!("{base}locations: {{hub: {{{hub}, frozen: }}}}\n"),
            "2:69 wrong-type: `frozen` has no value",
        ),
        (
            format!("{base}locations: {{hub: {{{hub}}}}}\nguards: {{max_terminate: }}\n"),
            "3:10 wrong-type: `max_terminate` has no value",
        ),
        (
            format!("{base}locations: {{hub: {{{hub}}}}}\nlimits: {{products: {{bucket: }}}}\n"),
            "3:21 wrong-type: `bucket` has no value",
        ),
        (
            format!("{base}locations: {{hub: {{{hub}}}}}\nvariables: {{pw: {{sensitive: }}}}\n"),
            "3:18 wrong-type: `sensitive` has no value",
        ),
    ] {
        let file = source("provisor.yaml", &text);
        let found = shown(&settings(&file, None, &super::inputs()).unwrap_err(), &[file]);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{text}\n{found:?}");
    }
    let file = source("provisor.yaml", &format!("{base}guards: \nlimits: \nlocations: {{hub: {{{hub}}}}}\n"));
    assert!(settings(&file, None, &super::inputs()).is_ok(), "a map may be empty");
}

#[test]
fn a_tab_behind_a_colon_is_called_a_tab() {
    same(
        &findings(&format!("{HEAD}  app:\n    tags:\n      Team:\tpay\n")),
        &["6:11 syntax: a tab stands behind this `:`; write a space there"],
    );
}

/// A name without a value in a file of values hides no default.
#[test]
fn a_blank_in_a_file_of_values_is_told_where_it_stands() {
    let text = "project: p\nlocations: {hub: {account_id: \"111122223333\", regions: [eu-west-1]}}\nvariables: {team: {default: pay}}\n";
    let (file, values) = (source("provisor.yaml", text), source("v.yaml", "x-a: 1\nteam:\n"));
    let given = provisor::declare::Inputs { files: vec![values.clone()], ..super::inputs() };
    let found = settings(&file, None, &given).unwrap_err();
    same(
        &shown(&found, &[file, values]),
        &["v.yaml:2:1 wrong-type: the variable `team` has no value here; write one, or leave the line out"],
    );
}
