//! `cargo package`: each crate packs what it is built of, and nothing else. That they fit together is for `cargo package --workspace`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn cargo(arguments: &[&str]) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    let output =
        Command::new(env!("CARGO")).args(arguments).arg("--offline").current_dir(root).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The crates of this workspace, and the folder of each.
fn crates() -> Vec<(String, PathBuf)> {
    let known: Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"])).unwrap();
    let packages = known["packages"].as_array().unwrap();
    let text = |package: &Value, key: &str| package[key].as_str().unwrap_or_default().to_owned();
    for package in packages {
        let name = text(package, "name");
        assert!(!text(package, "description").is_empty(), "{name} has no description");
        assert_eq!(text(package, "license"), "Apache-2.0", "{name}");
    }
    let folder = |package| PathBuf::from(text(package, "manifest_path")).parent().unwrap().to_owned();
    packages.iter().map(|package| (text(package, "name"), folder(package))).collect()
}

/// The files that a source takes in as it is compiled, where it names each by one text.
fn taken_in(source: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(source).unwrap();
    let names = text.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next());
    names.map(|name| source.parent().unwrap().join(name)).collect()
}

#[test]
fn a_package_has_what_it_is_built_of_and_nothing_else() {
    let crates = crates();
    assert!(crates.len() >= 9, "{crates:?}");
    for (name, folder) in crates {
        let listed = cargo(&["package", "--package", &name, "--list", "--allow-dirty"]);
        let packed: BTreeSet<&str> = listed.lines().collect();
        for file in &packed {
            let top = file.split('/').next().unwrap();
            assert!(!["tests", "benches", "docs", "state", ".ci"].contains(&top), "{name} packs {file}");
        }
        let sources = packed.iter().filter(|file| file.ends_with(".rs")).map(|file| folder.join(file));
        for file in sources.flat_map(|source| taken_in(&source)) {
            let within = file.strip_prefix(&folder).unwrap().to_str().unwrap();
            assert!(packed.contains(within), "{name} does not pack {within}");
        }
    }
}

#[test]
fn the_program_packs_what_it_tells_and_the_examples_that_init_writes() {
    let listed = cargo(&["package", "--package", "provisor", "--list", "--allow-dirty"]);
    let packed: BTreeSet<&str> = listed.lines().collect();
    let told = ["README.md", "LICENSE", "CHANGELOG.md", "src/main.rs"];
    assert!(told.iter().all(|file| packed.contains(file)), "{packed:?}");
    let init = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli/init.rs")).unwrap();
    for example in init.split("example!(\"").skip(1) {
        let (name, rest) = example.split_once('"').unwrap();
        let files = rest.split("),\n").next().unwrap().split('"').skip(1).step_by(2);
        for file in files {
            assert!(packed.contains(format!("examples/{name}/{file}").as_str()), "{name}/{file}");
        }
    }
}
