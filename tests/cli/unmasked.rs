//! One mistake masks no other: what the catalog says of the rest is told in the same run, each thing once and at its place.

use super::support::{Repo, SETTINGS};

/// A location, and one with another two regions.
fn repo(declared: &str) -> Repo {
    let repo = Repo::new(declared);
    let prod =
        "  prod: {sandbox: sandbox.yaml, account_id: \"444455556666\", regions: [eu-west-1, us-east-1]}\n";
    let variables = "variables:\n  env: {default: dev, allowed: [dev, prod]}\n";
    repo.write("provisor.yaml", &format!("{SETTINGS}{prod}{variables}"));
    repo
}

/// A declaration of a box, with more fields; its `Mode` is none.
fn slow(key: &str, fields: &str) -> String {
    let content = "product_name: box, provisioning_artifact_name: v1, parameters: {Name: x, Mode: slo}";
    format!("  {key}: {{{content}{fields}}}\n")
}

const MODE: &str = "parameter `Mode` must be one of";

/// Insists on these errors, by how each begins, and on no others.
#[track_caller]
fn tells(declared: &str, wanted: &[&str]) {
    repo(declared).sh("plan").exits(1).only(wanted);
}

/// What the service takes for no name is not asked for.
#[test]
fn a_name_that_is_none_masks_nothing() {
    let long = "a".repeat(130);
    for (key, name, wrong) in [
        ("z", "\"a b/c\"", "a provisioned product name cannot hold a space or `/`"),
        ("z", &long, "a provisioned product name has 130 characters"),
        ("z", "\"\"", "a provisioned product name is empty"),
        ("\"a b\"", "x", "`a b` cannot be the key of a declaration"),
        ("my archive", "x", "`my archive` cannot be the key of a declaration"),
    ] {
        let field = format!(", location: demo, provisioned_product_name: {name}");
        tells(&(slow("one", ", location: demo") + &slow(key, &field)), &[MODE, MODE, wrong]);
    }
    let declared = slow("my archive", ", location: demo");
    let wrong = "`my archive` cannot be the key of a declaration";
    tells(&(slow("one", ", location: demo") + &declared), &[MODE, MODE, wrong]);
    let done = repo(&declared).sh("plan").exits(1);
    done.tells(&["such as `my-archive`"]);
    let named = slow("z", ", location: demo, provisioned_product_name: a b/c");
    repo(&named).sh("plan").exits(1).tells(&["are allowed, such as `a-b-c`"]);
}

#[test]
fn an_override_that_is_none_masks_nothing() {
    let locations = ", locations: [demo, prod]";
    let of = |overrides: &str| slow("one", &format!("{locations}, overrides: {overrides}"));
    tells(&of("{location: demo}"), &[MODE, "`overrides` must be a list, not a map"]);
    tells(
        &of("[{location: demo, parametrs: {}}, foo, {location: demmo}]"),
        &[
            MODE,
            "unknown key `parametrs`",
            "item 2 of `overrides` must be a map",
            "there is no location `demmo`",
        ],
    );
    // what it would choose instead is not known
    tells(&of("[{where: [x], product_name: vault}]"), &["`where` must be a map, not a list"]);
    tells(&of("[{where: [x]}]"), &[MODE, "`where` must be a map, not a list"]);
}

#[test]
fn a_location_that_is_none_masks_nothing() {
    let prodd = "there is no location `prodd`";
    tells(&slow("one", ", locations: [demo, prodd]"), &[MODE, prodd]);
    tells(
        &slow("one", ", locations: [demo, prodd], depends_on: [one]"),
        &[MODE, prodd, "`one` refers to itself"],
    );
    let two = slow("two", ", locations: [demo], depends_on: [one]");
    tells(
        &(slow("one", ", locations: [demo, prodd], depends_on: [two]") + &two),
        &[MODE, MODE, prodd, "dependency cycle: these need each other"],
    );
    tells(
        &slow("one", ", locations: {where: {env: [dev, test]}, except: [hub]}"),
        &[MODE, "`env` is nowhere `test`", "there is no location `hub`"],
    );
    // where it stands besides is not known: what refers to it there may be right
    let refers = slow("two", ", locations: [demo, prod]").replace("Name: x", "Name: \"${one.outputs.Arn}\"");
    tells(&(slow("one", ", locations: [demo, prodd]") + &refers), &[MODE, MODE, prodd]);
    let repo = repo(&slow("one", ", locations: [demo, prodd]"));
    let imports = "imports: [{to: one, provisioned_product_name: a b}]\n";
    repo.write("products.yaml", &format!("{imports}{}", repo.read("products.yaml")));
    let done =
        repo.sh("plan").exits(1).tells(&[MODE, prodd, "a provisioned product name cannot hold a space"]);
    assert_eq!(done.errors().len(), 3, "{}", done.err);
}

#[test]
fn a_version_that_is_none_does_not_mask_the_launch_path() {
    let declared = slow("one", ", location: demo, path_name: nope").replace("v1", "v9");
    tells(&declared, &["`box` has no active version `v9`", MODE, "there is no launch path `nope` to `box`"]);
}

#[test]
fn a_key_that_is_no_text_masks_nothing() {
    tells(
        &format!(
            "  ? [a]\n  : {{x: y}}\n  ? {{b: c}}\n  : 1\n  a b: {{foo: 1}}\n{}",
            slow("one", ", location: demo")
        ),
        &[
            "a key must be plain text",
            "a key must be plain text",
            "unknown key `foo`",
            "`a b` cannot be the key of a declaration",
            MODE,
        ],
    );
}

/// What is the same on several locations is told once.
#[test]
fn moves_are_told_once() {
    let declared = |key: &str| slow(key, ", locations: [demo, prod]").replace("slo}", "slow}");
    let repo = repo(&declared("one"));
    repo.apply().exits(0);
    let moved = |key: &str, moved: &str| {
        let named = declared(key).replace("]}\n", "], provisioned_product_name: one}\n");
        repo.declare(&if moved.contains("onne") { declared(key) } else { named });
        repo.write("products.yaml", &format!("moved: [{moved}]\n{}", repo.read("products.yaml")));
        repo.sh("plan")
    };
    let done = moved("two", "{from: one, to: twoo}").exits(1);
    done.tells(&[
        "products.yaml:1:25",
        "`one` cannot become `twoo`",
        "did you mean `two`?",
        "1 error in 1 file",
    ]);
    // a slip in `from` would destroy and create in silence
    let done = moved("two", "{from: onne, to: two}").exits(5);
    let said = done.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let note =
        "`moved:` names it, and nothing that the state remembers is or was called so: did you mean `one`?";
    assert!(said.contains(note), "{}", done.out);
    assert_eq!(said.matches("a rename?").count(), 1, "{}", done.out);
    assert!(said.contains("(also on prod/eu-west-1, prod/us-east-1)"), "{}", done.out);
    assert!(!moved("two", "{from: one, to: two}").exits(0).out.contains("names it"));
    repo.apply().exits(0);
    assert!(!repo.sh("plan").exits(0).out.contains("names it"), "what was done is silent");
    let chain = moved("three", "{from: one, to: two}, {from: two, to: three}").exits(0);
    assert!(!chain.out.contains("names it"), "{}", chain.out);
}

#[test]
fn regions_that_are_dropped_together_are_one_mistake() {
    let declared = slow("one", ", locations: [demo, \"prod*\"]").replace("slo}", "slow}");
    let repo = repo(&declared);
    repo.apply().exits(0);
    let settings = repo.read("provisor.yaml");
    repo.write("provisor.yaml", &settings.replace("[eu-west-1, us-east-1]", "[eu-west-3]"));
    let done = repo.sh("plan").exits(1).tells(&[
        "locations `prod/eu-west-1`, `prod/us-east-1` are not in the settings, but the state holds `one` there",
        "--> provisor.yaml:3:1",
    ]);
    assert_eq!(done.err.matches("Error: ").count(), 1, "{}", done.err);
}
