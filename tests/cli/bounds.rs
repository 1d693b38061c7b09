//! What a stranger writes costs a bounded amount of memory and time: the binary runs under limits of the system, and what is more than
//! is read is said with its place.

use std::process::Command;

use super::support::{Done, Repo, binary};

/// So much CPU time, in seconds: a hundred times what each of these takes, and less than they took when they were quadratic.
const SECONDS: u32 = 40;
/// So much address space, in KiB: the program's own, and what it may hold.
const KIB: u32 = 1_300_000;

/// A command under these limits.
fn limited(repo: &Repo, line: &str) -> Done {
    let free = repo.command(&[]);
    let limits = format!("ulimit -t {SECONDS}; ulimit -v {KIB}; exec \"$0\" \"$@\"");
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(limits).arg(binary()).args(line.split(' ')).current_dir(repo.path()).env_clear();
    command.envs(free.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.output().expect("a shell").into()
}

fn many(n: usize, one: impl Fn(usize) -> String) -> String {
    (0..n).map(one).collect()
}

fn declaring(text: &str) -> Repo {
    let repo = Repo::new("");
    repo.write("products.yaml", text);
    repo
}

#[test]
fn a_file_of_too_many_values_is_refused_before_it_is_kept() {
    let list = format!("x-a: [{}]\n", "a,".repeat(6_000_000));
    let hint = "hint: no more are read: take several repos";
    limited(&declaring(&list), "validate").exits(1).tells(&[
        "this file holds more than 1500000 keys and values",
        "products.yaml:1:",
        hint,
        "1 error in 1 file",
    ]);
    let repo = Repo::new("");
    repo.edit("provisor.yaml", "\n  demo: {sandbox: sandbox.yaml}", " locations.yaml");
    repo.write("locations.yaml", &list);
    let told = ["this file holds more than 1500000 keys and values", "locations.yaml:1:"];
    limited(&repo, "validate").exits(1).tells(&told);
}

#[test]
fn files_of_declarations_count_together() {
    let repo = Repo::new("");
    repo.edit("provisor.yaml", "[products.yaml]", "[products]");
    for name in ["a", "b"] {
        repo.write(&format!("products/{name}.yaml"), &format!("x-a: [{}]\n", "a,".repeat(800_000)));
    }
    limited(&repo, "validate").exits(1).tells(&[
        "the declarations hold more than 1500000 keys and values together",
        "products/b.yaml:1:",
        "1 error in 1 file",
    ]);
}

#[test]
fn ten_thousand_declarations_of_fifty_values_are_read() {
    let values = many(50, |n| format!("      P{n}: value-{n}\n"));
    let entries = many(10_000, |n| {
        format!(
            "  d{n}:\n    product_name: box\n    provisioning_artifact_name: v1\n    parameters:\n{values}"
        )
    });
    limited(&declaring(&format!("provisioned_products:\n{entries}")), "validate")
        .exits(0)
        .says(&["Provisioned products: 10000"]);
}

#[test]
fn what_is_wrong_in_a_million_places_is_told_of_so_many() {
    let names = many(700_000, |n| format!("n{n},"));
    let text = format!(
        "provisioned_products:\n  d: {{product_name: box, provisioning_artifact_name: v1, depends_on: [{names}]}}\n"
    );
    limited(&declaring(&text), "validate").exits(1).tells(&["at least 40000 errors in 1 file"]);
}

#[test]
fn worlds_and_templates_count_together() {
    let entry = "  d: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: x}}\n";
    let repo = Repo::new(entry);
    repo.write("box-v1.yaml", &format!("{}Metadata: [{}]\n", repo.read("box-v1.yaml"), "a,".repeat(240_000)));
    limited(&repo, "plan").exits(1).tells(&["this file holds more than 200000 values: take several"]);
    let repo = Repo::new(entry);
    let (world, template) = (repo.read("sandbox.yaml"), repo.read("box-v1.yaml"));
    let versions = many(8, |n| format!(", {{name: w{n}, template: w{n}.yaml}}"));
    repo.write("sandbox.yaml", &world.replace("box-v2.yaml}", &format!("box-v2.yaml}}{versions}")));
    for n in 0..8 {
        repo.write(&format!("w{n}.yaml"), &format!("{template}Metadata: [x{n}, {}]\n", "a,".repeat(190_000)));
    }
    limited(&repo, "plan").exits(1).tells(&[
        "the world files and templates of all sandboxes hold more than 1000000 values together",
        "sandbox.yaml:8:",
    ]);
}

#[test]
fn names_that_nothing_has_are_told_once_each() {
    let repo = Repo::new("  d: {product_name: box, provisioning_artifact_name: v1}\n");
    let limits = many(5_000, |n| format!("box{n}: 1, "));
    repo.write("provisor.yaml", &format!("{}limits: {{products: {{{limits}}}}}\n", super::support::SETTINGS));
    limited(&repo, "validate").exits(0).tells(&["`limits.products` names `box0`", "+4950 more"]);
    limited(&declaring(&many(100_000, |n| format!("k{n}: 1\n"))), "validate").exits(1);
    let entries = many(60_000, |n| format!("  d{n}: {{product_name: box, foo: 1}}\n"));
    limited(&declaring(&format!("provisioned_products:\n{entries}")), "validate").exits(1);
    let outputs = many(60_000, |n| format!("o{n},"));
    let text = format!(
        "  d: {{product_name: box, provisioning_artifact_name: v1, parameters: {{Name: d}}, sensitive_outputs: [{outputs}]}}\n"
    );
    limited(&Repo::new(&text), "plan").exits(1).tells(&["`box` v1 has no output `o0`"]);
}

#[test]
fn what_stands_beside_declarations_is_looked_up() {
    let externals = many(40_000, |n| format!("  e{n}: {{provisioned_product_name: n{n}}}\n"));
    let holes = many(40_000, |n| format!("${{external.e{n}.outputs.X}}"));
    // longer than what is filled in at once
    let parts: Vec<&str> = holes.split_inclusive('}').collect();
    let parts = parts.chunks(4_000).map(|part| format!("      - \"{}\"\n", part.concat()));
    let text = format!(
        "external:\n{externals}provisioned_products:\n  d:\n    product_name: box\n    provisioning_artifact_name: v1\n    parameters:\n      Note:\n{}",
        parts.collect::<String>()
    );
    limited(&declaring(&text), "validate").exits(0);
    let moves = many(60_000, |n| format!("- {{from: x{n}, to: x{}}}\n", n + 1));
    limited(&declaring(&format!("moved:\n{moves}")), "validate").exits(0);
    let back = many(60_000, |n| format!("- {{from: x{}, to: x{}}}\n", 59_999 - n, 60_000 - n));
    let told = ["patterns, conditions and moves come to more than 10000000 comparisons", "products.yaml:"];
    limited(&declaring(&format!("moved:\n{back}")), "validate").exits(1).tells(&told);
    let removals = many(60_000, |n| format!("- {{address: \"x*{n}\", on_removal: forget}}\n"));
    limited(&declaring(&format!("removed:\n{removals}")), "validate").exits(1).tells(&told);
}

#[test]
fn patterns_of_locations_are_counted() {
    let locations = many(20_000, |n| format!("  l{n}: {{sandbox: sandbox.yaml}}\n"));
    let patterns = many(3_000, |n| format!("\"*l*{n}*\","));
    for said in [format!("locations: [{patterns}]"), format!("overrides: [{{locations: [{patterns}]}}]")] {
        let repo =
            Repo::new(&format!("  d: {{product_name: box, provisioning_artifact_name: v1, {said}}}\n"));
        repo.write(
            "provisor.yaml",
            &format!("project: p\ndeclarations: [products.yaml]\nlocations:\n{locations}"),
        );
        let told = ["patterns, conditions and moves come to more than 10000000 comparisons"];
        limited(&repo, "validate").exits(1).tells(&told);
    }
}

#[test]
fn folders_of_declarations_are_not_endless() {
    let repo = Repo::new("");
    repo.edit("provisor.yaml", "[products.yaml]", "[products]");
    let at = |levels: usize| format!("products/{}a.yaml", "d/".repeat(levels));
    repo.write(&at(60), "x-a: 1\n");
    repo.sh("validate").exits(0);
    repo.write(&at(70), "x-a: 1\n");
    repo.sh("validate").exits(1).tells(&[
        "`products/d/d/d/…` holds folders more than 64 levels deep",
        "hint: put declarations into fewer levels of folders",
    ]);
}

#[test]
fn a_long_circle_is_told_in_short() {
    let entries = many(20_000, |n| {
        let next = (n + 1) % 20_000;
        format!("  d{n}: {{product_name: box, provisioning_artifact_name: v1, depends_on: [d{next}]}}\n")
    });
    let done = limited(&declaring(&format!("provisioned_products:\n{entries}")), "validate");
    let done = done.exits(1).tells(&["`d0` -> `d1` -> ", "`d19` -> (19980 more) -> `d0`"]);
    assert!(done.err.len() < 10_000, "{}", done.err.len());
}

/// Each place of such a pattern is one where a value may stand, and each value is another one.
#[test]
fn patterns_of_many_places_are_not_held_against_long_values_for_ever() {
    let repo = Repo::new("");
    let keys: Vec<String> = (0..100).map(|n| format!("K{n}")).collect();
    let pattern = |key: &String| {
        format!("  {key}: {{Type: String, AllowedPattern: '(?:[ab]?[bc]?){{6000}}[ab]*a[ab]{{500}}{key}'}}\n")
    };
    let patterns: String = keys.iter().map(pattern).collect();
    repo.write(
        "box-v1.yaml",
        &format!("Parameters:\n{patterns}Resources: {{T: {{Type: AWS::SNS::Topic}}}}\n"),
    );
    let value = |key: &String| format!("      {key}: {}\n", "abba".repeat(1000));
    let values: String = keys.iter().map(value).collect();
    let products = many(20, |n| {
        format!(
            "  d{n}:\n    product_name: box\n    provisioning_artifact_name: v1\n    parameters:\n{values}"
        )
    });
    repo.write("products.yaml", &format!("provisioned_products:\n{products}"));
    limited(&repo, "plan")
        .exits(0)
        .says(&["could not be checked against its pattern here: the catalog will"]);
}

#[test]
fn a_product_that_is_none_is_looked_up_in_a_catalog_of_thousands() {
    let repo = Repo::new(&many(1_000, |n| {
        format!("  d{n}: {{product_name: missing-{n}, provisioning_artifact_name: v1}}\n")
    }));
    let products = many(15_000, |n| {
        format!("      - {{name: p{n}, versions: [{{name: v1, template: box-v1.yaml}}]}}\n")
    });
    repo.write(
        "sandbox.yaml",
        &format!("account_id: \"111122223333\"\nregion: eu-west-1\nportfolios:\n  - name: all\n    products:\n{products}"),
    );
    let told = ["there is no product `missing-0`, or no access to it", "there is `p0`, "];
    limited(&repo, "plan").exits(1).tells(&told);
}

#[test]
fn too_few_files_end_a_command_before_it_begins() {
    let repo = Repo::boxes(&["one"]);
    for (most, line) in
        [(6, "plan"), (7, "plan"), (16, "plan"), (24, "apply --auto-approve"), (63, "validate")]
    {
        let free = repo.command(&[]);
        let mut command = Command::new("/bin/sh");
        let limited = format!("ulimit -n {most}; exec \"$0\" \"$@\"");
        command
            .arg("-c")
            .arg(limited)
            .arg(binary())
            .args(line.split(' '))
            .current_dir(repo.path())
            .env_clear();
        command.envs(free.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let done: Done = command.output().expect("a shell").into();
        let few = format!("Error: this process may open {most} files at a time, and needs 64");
        done.exits(1).tells(&[&few, "hint: raise the limit first: `ulimit -n 1024`"]);
    }
    assert!(!repo.path().join("state").exists(), "nothing was begun");
}

/// Each template is read and judged once, and one that is too large is not looked into.
#[test]
fn templates_that_are_none_cost_no_more_for_being_named_often() {
    let versions =
        many(3_000, |n| format!("{{name: v{n}, template: big.yaml}}, {{name: w{n}, template: bad.yaml}},"));
    let repo = Repo::boxes(&["one"]);
    let world = format!(
        "account_id: \"111122223333\"\nregion: eu-west-1\nportfolios:\n  - name: all\n    products:\n      - {{name: box, versions: [{versions}]}}\n"
    );
    repo.write("sandbox.yaml", &world);
    repo.write("big.yaml", &"# \u{e4}\n".repeat(8 << 20));
    repo.write(
        "bad.yaml",
        &format!("Resources: {{T: {{Type: AWS::SNS::Topic}}}}\nMetadata: [{}\n", "a, ".repeat(20_000)),
    );
    let told = [
        "cannot use template `big.yaml`: Template may not exceed 1000000 bytes in size.",
        "sandbox.yaml:6:",
        "errors in 2 files",
    ];
    limited(&repo, "plan").exits(1).tells(&told);
}
