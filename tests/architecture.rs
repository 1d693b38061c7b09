//! The house rules, enforced: who may import whom, which file alone may name what, and how large things may get.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What each stage may import of ours, beside itself.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("declare", &["model"]),
    ("catalog", &["model"]),
    ("state", &["model"]),
    ("observe", &["model", "declare", "catalog", "state"]),
    ("plan", &["model", "declare", "catalog", "state", "observe"]),
    ("apply", &["model", "catalog", "state", "plan"]),
    ("report", &["model", "declare", "catalog", "state", "observe", "plan", "apply"]),
    ("cli", &["model", "declare", "catalog", "state", "observe", "plan", "apply", "report"]),
];

/// What only some files may name.
const ONLY: &[(&str, &[&str])] = &[
    ("aws_sdk_servicecatalog", &["catalog/aws/"]),
    ("aws_config", &["catalog/aws/"]),
    // `state/mod.rs` names its own module of that name
    ("sled::", &["state/sled.rs", "state/mod.rs"]),
    (
        "serde",
        &["declare/", "plan/file/", "state/format", "state/head.rs", "state/lock.rs", "report/", "sandbox/"],
    ),
    ("crate::catalog::aws", &["cli/load.rs", "cli/planning.rs"]),
    (
        "provisor_sandbox",
        &["cli/load.rs", "cli/sandbox.rs", "cli/settings.rs", "cli/validate.rs", "cli/fail.rs", "sandbox/"],
    ),
    ("std::fs", &["cli/", "state/", "sandbox/"]),
    ("std::env", &["cli/", "catalog/aws/", "main.rs"]),
    ("SystemTime::now", &["cli/edge.rs", "sandbox/"]),
    ("println!", &[]),
    ("std::process::exit", &["cli/signals.rs"]),
    ("similar::", &["report/"]),
    ("clap::", &["cli/"]),
    ("async fn", &["catalog/aws/", "sandbox/", "cli/signals.rs"]),
];

/// A crate of its own, which cannot import anything of ours, with tests of its own.
const SANDBOX_TESTS: &str = "sandbox/tests";

const LINES_PER_FILE: usize = 500;
const LINES_PER_FUNCTION: usize = 60;

#[test]
fn stages_import_only_what_lies_before_them() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some((stage, rest)) = path.split_once('/').filter(|(stage, _)| *stage != "sandbox") else {
            continue;
        };
        let allowed = ARROWS.iter().find(|(name, _)| *name == stage).map(|(_, allowed)| *allowed);
        let allowed =
            allowed.unwrap_or_else(|| panic!("`{stage}` is no stage: add it to the table, or move the file"));
        for (line, code) in code(&text) {
            for imported in code.split("crate::").skip(1) {
                let name: String =
                    imported.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let stage_named = ARROWS.iter().any(|(known, _)| *known == name);
                if stage_named && name != stage && !allowed.contains(&name.as_str()) {
                    wrong.push(format!("src/{stage}/{rest}:{line} imports `{name}`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point the wrong way:\n{}", wrong.join("\n"));
}

#[test]
fn one_file_rules_hold() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (line, code) in code(&text) {
            for (word, homes) in ONLY {
                if code.contains(word) && !homes.iter().any(|home| path.starts_with(home)) {
                    wrong.push(format!("src/{path}:{line} names `{word}`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "named outside its home:\n{}", wrong.join("\n"));
}

#[test]
fn files_and_functions_stay_small() {
    let mut wrong = Vec::new();
    let all = sources().into_iter().map(|(path, text)| (format!("src/{path}"), text)).chain(tests());
    for (path, text) in all {
        let lines = text.lines().count();
        if lines > LINES_PER_FILE {
            wrong.push(format!("{path}: {lines} lines"));
        }
        wrong.extend(
            long_functions(&text).into_iter().map(|(name, n)| format!("{path}: fn {name} has {n} lines")),
        );
    }
    assert!(wrong.is_empty(), "too large:\n{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_lives_there() {
    let silent: Vec<String> = sources()
        .into_iter()
        .map(|(path, text)| (format!("src/{path}"), text))
        .chain(tests())
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| path)
        .collect();
    assert!(silent.is_empty(), "no `//!` at the top of:\n{}", silent.join("\n"));
}

#[test]
fn the_main_function_is_a_line() {
    let (_, main) = sources().into_iter().find(|(path, _)| path == "main.rs").unwrap();
    assert!(main.lines().count() <= 40);
}

#[test]
fn nothing_of_this_machine_is_committed() {
    let mut wrong = Vec::new();
    for (path, text) in sources().into_iter().chain(tests()) {
        let home = concat!("/wo", "rk/");
        wrong.extend(text.lines().filter(|line| line.contains(home)).map(|line| format!("{path}: {line}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All files of `src`, by their path below it; the sandbox's tests stand among the tests.
fn sources() -> BTreeMap<String, String> {
    below(&root().join("src")).into_iter().filter(|(path, _)| !path.starts_with(SANDBOX_TESTS)).collect()
}

fn tests() -> BTreeMap<String, String> {
    let of = |folder: &str| -> Vec<(String, String)> {
        let files = below(&root().join(folder)).into_iter();
        files.map(|(path, text)| (format!("{folder}/{path}"), text)).collect()
    };
    of("tests").into_iter().chain(of(&format!("src/{SANDBOX_TESTS}"))).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn below(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// The lines that are code: no comments, nothing from `#[cfg(test)]` on.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let before_tests = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    before_tests
        .lines()
        .enumerate()
        .map(|(n, line)| (n + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Functions whose body is longer than the ceiling. Relies on rustfmt: a body ends at the `}` that stands as deep as `fn`.
fn long_functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut long = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let depth = line.len() - code.len();
        let Some(at) = code.find("fn ").filter(|at| code[..*at].split(' ').all(is_qualifier)) else {
            continue;
        };
        let name: String = code[at + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let head = lines[start..].iter().find(|line| line.ends_with(['{', ';', '}']));
        if head.is_some_and(|line| !line.ends_with('{')) {
            continue;
        }
        let end = lines[start..].iter().position(|l| *l == format!("{}}}", " ".repeat(depth)));
        if let Some(length) = end.map(|end| end + 1).filter(|n| *n > LINES_PER_FUNCTION) {
            long.push((name, length));
        }
    }
    long
}

fn is_qualifier(word: &str) -> bool {
    matches!(word, "" | "async" | "const" | "unsafe" | "extern") || word.starts_with("pub")
}
