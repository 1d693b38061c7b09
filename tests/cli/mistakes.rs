//! Several mistakes in one repo: all that can be checked is told in one run, each once, in the order of the files.

use super::support::{Repo, SETTINGS, boxed};

/// The headlines of what is told.
fn heads(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("Error: ")).collect()
}

#[test]
fn wrong_settings_do_not_hide_wrong_declarations() {
    let repo = Repo::new("  one: {product_nam: box}\n");
    repo.write("provisor.yaml", &format!("{SETTINGS}limits: {{parallelism: x}}\nvaribles: {{}}\n"));
    let done = repo.sh("validate").exits(1);
    done.tells(&[
        "`parallelism` must be a whole number from 1",
        "`varibles`",
        "`product_nam`",
        "3 errors in 2 files",
    ]);
}

#[test]
fn nothing_is_invented_where_the_locations_are_broken() {
    let repo =
        Repo::new(&(boxed("one", "Note: \"${location.name}\"") + "  two: {location: demo, tag: {}}\n"));
    repo.write(
        "provisor.yaml",
        &format!("{SETTINGS}locatons: {{x: {{}}}}\n").replace("locations:", "locatins:"),
    );
    let done = repo.sh("validate").exits(1);
    assert_eq!(heads(&done.err).len(), 3, "{}", done.err);
    done.tells(&["`locatins`", "`locatons`", "`tag`"]);
}

#[test]
fn a_broken_file_hides_nothing_in_the_others() {
    let repo = Repo::boxes(&["one"]);
    repo.edit("provisor.yaml", "products.yaml", "products");
    repo.write("products/a.yaml", "provisioned_products:\n  one: [\n");
    repo.write(
        "products/b.yaml",
        &format!(
            "provisioned_products:\n{}",
            boxed("two", "Note: \"${one.outputs.Arn}\", Mode: \"${var.nope}\"")
        ),
    );
    let done = repo.sh("validate").exits(1);
    let done = done.tells(&["products/a.yaml:", "there is no variable `nope`", "2 errors in 2 files"]);
    assert!(!done.err.contains("no declaration `one`"), "{}", done.err);
}

#[test]
fn what_the_catalog_says_is_told_beside_what_is_wrong_offline() {
    let repo =
        Repo::new(&(boxed("one", "Nots: x") + "  two: {product_nam: box}\n" + &boxed("three", "Size: big")));
    let done = repo.sh("plan").exits(1);
    let done = done.tells(&["`Nots`", "`product_nam`", "`Size`", "in 1 file"]);
    let lines: Vec<usize> = done
        .err
        .lines()
        .filter_map(|line| line.split_once("products.yaml:")?.1.split(':').next()?.parse().ok())
        .collect();
    assert!(lines.len() > 2 && lines.is_sorted(), "{lines:?}\n{}", done.err);
}

#[test]
fn a_file_that_is_missing_has_the_place_of_its_key() {
    let repo = Repo::boxes(&["one"]);
    repo.edit("provisor.yaml", "products.yaml", "absent.yaml");
    repo.sh("plan").exits(1).tells(&["provisor.yaml:", "absent.yaml", "^"]);
    let repo = Repo::boxes(&["one"]);
    repo.edit("provisor.yaml", "sandbox.yaml", "absent.yaml");
    repo.sh("plan").exits(1).tells(&["provisor.yaml:", "absent.yaml", "^"]);
}

#[test]
fn what_people_from_elsewhere_write_is_understood() {
    let rows = [
        ("  one: {product: box}\n", "`product_name`"),
        ("  one: {version: v1}\n", "`provisioning_artifact_name`"),
        ("  one: {params: {A: b}}\n", "`parameters`"),
        ("  one: {prevent_destroy: true}\n", "`lifecycle: {prevent_terminate: true}`"),
        ("  one: {lifecycle: {prevent_destroy: true}}\n", "`prevent_terminate`"),
        ("  one: {ignore_changes: [tags]}\n", "lifecycle"),
        ("  one: {timeouts: {create: 5m}}\n", "`provision`"),
        ("  one: {for_each: [a]}\n", "`locations`"),
        ("  one: {tags: {a: \"${network.output.VpcId}\"}}\n", "`${network.outputs.VpcId}`"),
        ("  one:\n    parameters:\n      Engine:postgres\n      Size: 1\n", "a space is missing"),
        ("  one: {tags: {a: {{ engine }}}}\n", "quotes"),
    ];
    for (declarations, hint) in rows {
        let done = Repo::new(declarations).sh("validate").exits(1);
        assert!(done.err.contains(hint), "{declarations}\n{}", done.err);
    }
}

#[test]
fn no_dangerous_command_is_suggested() {
    let repo = Repo::boxes(&["one"]);
    for word in ["test", "history", "deploy", "destory", "aply", "taint", "workspace"] {
        let done = repo.sh(word).exits(64);
        assert!(!done.err.contains("'destroy'") && !done.err.contains("'apply'"), "{word}\n{}", done.err);
    }
    repo.sh("taint one").exits(64).tells(&["--replace"]);
}
