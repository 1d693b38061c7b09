//! The house rules, enforced on real syntax: who may import whom, which file alone may name what, how large things may
//! get, and that a word means one thing. `cargo test architecture::figures -- --nocapture` prints the figures.

mod figures;
mod offers;
mod rules;
mod shapes;
mod syntax;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use tree::{PROGRAM, SANDBOX, all};

/// What each stage may import of ours, beside itself.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("dto", &["model"]),
    ("files", &[]),
    ("declare", &["model"]),
    ("import", &["model"]),
    ("catalog", &["model", "files"]),
    ("state", &["model", "dto", "files"]),
    ("observe", &["model", "declare", "catalog", "state"]),
    ("plan", &["model", "dto", "declare", "catalog", "state", "observe"]),
    ("apply", &["model", "catalog", "state", "plan"]),
    ("workspace", &["model", "files", "declare", "import", "catalog", "state", "observe", "plan", "apply"]),
    ("report", &["model", "declare", "catalog", "state", "observe", "plan", "apply"]),
    (
        "cli",
        &[
            "model",
            "files",
            "declare",
            "import",
            "catalog",
            "state",
            "observe",
            "plan",
            "apply",
            "workspace",
            "report",
        ],
    ),
];

/// What only some files may name: a path as it is written after all `use` is resolved, and its homes below `src`.
const HOMES: &[(&str, &[&str])] = &[
    ("aws_sdk_servicecatalog", &["catalog/aws/"]),
    ("aws_config", &["catalog/aws/"]),
    ("sled", &["state/local/sled.rs"]),
    (
        "serde",
        &[
            "declare/",
            "dto/",
            "plan/file/",
            "state/format",
            "state/local/documents.rs",
            "report/",
            "sandbox/",
        ],
    ),
    ("crate::catalog::aws", &["catalog/aws/", "cli/load.rs", "cli/telemetry/"]),
    ("crate::state::SledStore", &["cli/load.rs", "state/"]),
    ("crate::state::PreviewFolder", &["cli/load.rs", "state/"]),
    ("provisor_sandbox", &["cli/load.rs", "cli/sandbox.rs", "cli/worlds.rs"]),
    ("std::fs", &["files/", "cli/files.rs", "cli/init.rs", "cli/process.rs", "state/", "sandbox/"]),
    ("std::env", &["cli/edge.rs", "catalog/aws/", "main.rs"]),
    ("std::time::SystemTime::now", &["cli/edge.rs", "sandbox/"]),
    ("std::process::exit", &["cli/signals.rs"]),
    ("println", &[]),
    ("similar", &["report/"]),
    ("clap", &["cli/"]),
];

/// Where functions may be `async`: one runtime at each edge, none in the core.
const ASYNC: &[&str] = &["catalog/aws/", "sandbox/", "cli/signals.rs"];

/// Where types mirror a format, under the names of what they mirror.
const MIRRORS: &[&str] = &["dto/", "state/format", "plan/file/", "report/json/"];

const LINES_PER_FILE: usize = 500;
const LINES_PER_FUNCTION: usize = 60;

#[test]
fn stages_import_only_what_lies_before_them() {
    let mut wrong = BTreeSet::new();
    for import in &PROGRAM.imports {
        let (from, to) = (stage(&import.from), stage(&import.to));
        if from.is_empty() || to.is_empty() || from == to {
            continue;
        }
        let allowed = ARROWS.iter().find(|(name, _)| *name == from);
        let (_, allowed) =
            allowed.unwrap_or_else(|| panic!("`{from}` is no stage: add it to the table, or move the file"));
        if !allowed.contains(&to) {
            wrong.insert(format!("{} imports `{}`", import.place, import.to));
        }
    }
    tell("arrows that point the wrong way", wrong);
}

#[test]
fn one_file_rules_hold() {
    let mut wrong = BTreeSet::new();
    for tree in [&*PROGRAM, &*SANDBOX] {
        for (place, path) in tree.named() {
            for (word, homes) in HOMES {
                let named =
                    path == *word || path.strip_prefix(word).is_some_and(|rest| rest.starts_with("::"));
                if named && !homes.iter().any(|home| place.starts_with(&format!("src/{home}"))) {
                    wrong.insert(format!("{place} names `{word}`"));
                }
            }
        }
        for function in tree.functions.iter().filter(|function| function.is_async) {
            if !ASYNC.iter().any(|home| function.place.starts_with(&format!("src/{home}"))) {
                wrong.insert(format!("{}: fn {} is async", function.place, function.name));
            }
        }
    }
    tell("named outside its home", wrong);
}

#[test]
fn modules_form_no_circle() {
    let mut wrong = BTreeSet::new();
    for tree in [&*PROGRAM, &*SANDBOX] {
        wrong.extend(rules::circles(&tree.imports).into_iter().map(|circle| circle.join(" <-> ")));
    }
    tell("modules that import each other in a ring", wrong);
}

#[test]
fn a_type_name_stands_once() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (place, name) in PROGRAM.types() {
        if !MIRRORS.iter().any(|mirror| place.starts_with(&format!("src/{mirror}"))) {
            places.entry(name).or_default().push(place);
        }
    }
    let twice = places.into_iter().filter(|(_, places)| places.len() > 1);
    tell("one name, several types", twice.map(|(name, places)| format!("{name}: {}", places.join(", "))));
}

#[test]
fn files_and_functions_stay_small() {
    let mut wrong = BTreeSet::new();
    for file in all() {
        let lines = file.text.lines().count();
        if lines > LINES_PER_FILE {
            wrong.insert(format!("{}: {lines} lines", file.path));
        }
        for function in shapes::functions(&file, shapes::Tests::Counted) {
            if function.lines > LINES_PER_FUNCTION {
                wrong
                    .insert(format!("{}: fn {} has {} lines", function.place, function.name, function.lines));
            }
        }
    }
    tell("too large", wrong);
}

#[test]
fn no_parameter_is_a_tuple() {
    let mut wrong = BTreeSet::new();
    for tree in [&*PROGRAM, &*SANDBOX] {
        let tuples = tree.functions.iter().filter(|function| function.has_tuple);
        wrong.extend(tuples.map(|function| format!("{}: fn {}", function.place, function.name)));
    }
    tell("parameters in disguise: make them parameters, or a struct", wrong);
}

#[test]
fn every_file_says_what_lives_there() {
    let silent = all().into_iter().filter(|file| !file.text.starts_with("//!"));
    tell("no `//!` at the top", silent.map(|file| file.path));
}

#[test]
fn what_a_crate_offers_is_used() {
    let files: Vec<_> = all().into_iter().filter(|file| file.path.starts_with("src/")).collect();
    let is_room = |path: &str| PROGRAM.crates.iter().any(|name| path.starts_with(&format!("src/{name}/")));
    tell("offered, and used by nobody", offers::unused(&files, is_room));
}

#[test]
fn the_main_function_is_a_line() {
    let main = all().into_iter().find(|file| file.path == "src/main.rs").unwrap();
    assert!(main.text.lines().count() <= 40);
}

#[test]
fn nothing_of_this_machine_is_committed() {
    let home = concat!("/wo", "rk/");
    let lines = |file: &tree::File| -> Vec<String> {
        let named = file.text.lines().filter(|line| line.contains(home));
        named.map(|line| format!("{}: {line}", file.path)).collect()
    };
    tell("paths of the machine it was written on", all().iter().flat_map(lines));
}

/// The stage of a module path such as `crate::plan::file`; empty for the crate's root.
fn stage(path: &str) -> &str {
    path.split("::").nth(1).filter(|name| *name != "main").unwrap_or_default()
}

fn tell(what: &str, wrong: impl IntoIterator<Item = String>) {
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}
