//! Real templates: every one in the shared catalogs reads, takes values that were found automatically, and gives
//! every output whose condition holds. Where the shared folder is absent, and only then, its templates are skipped, saying so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::values::valid_values;
use super::{parse, place};

/// The folder that is shared between checkouts, and only exists where they are worked on.
fn shared() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    std::env::var_os("SHARED").map_or_else(|| PathBuf::from(beside), PathBuf::from)
}

/// The real templates; nothing where the shared folder is absent, which is said.
pub fn real() -> Vec<PathBuf> {
    if !shared().exists() {
        println!("skipped, no real template is read: {} is not there", shared().display());
        return Vec::new();
    }
    let folder = shared().join("catalogs");
    let mut paths = Vec::new();
    templates(&folder, &mut paths);
    assert!(!paths.is_empty(), "no templates in {}", folder.display());
    paths
}

/// Every template below a folder.
pub fn templates(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if path.is_dir() {
            templates(&path, found);
        } else if ["json", "yaml", "yml", "template"].contains(&extension) {
            found.push(path);
        }
    }
}

fn check_all(mut paths: Vec<PathBuf>) {
    paths.sort();
    paths.iter().for_each(|path| check(path, &std::fs::read_to_string(path).unwrap()));
}

fn check(path: &Path, text: &str) {
    let path = path.display();
    let template = parse(text);
    let effective = template.effective(&valid_values(&template));
    let effective = effective.unwrap_or_else(|error| panic!("{path}: {error}"));
    let create = || template.create(&effective, &place()).unwrap_or_else(|error| panic!("{path}: {error}"));
    let stack = create();
    assert_eq!(stack, create(), "{path}");
    assert!(!stack.resources.is_empty(), "{path}");
    let keys: BTreeSet<String> = template.output_keys().into_iter().map(|output| output.key).collect();
    let given: BTreeSet<String> = stack.outputs.iter().map(|output| output.key.clone()).collect();
    assert!(given.is_subset(&keys), "{path}");
    for missing in keys.difference(&given) {
        assert!(has_condition(text, missing), "{path}: {missing} has no value");
    }
    assert!(stack.outputs.iter().all(|output| !output.value.is_empty()), "{path}: {stack:?}");
    println!("{path}: {} outputs of {}", given.len(), keys.len());
}

#[test]
fn every_shared_template_creates_with_all_its_outputs() {
    check_all(real());
}

#[test]
fn every_example_template_creates_with_all_its_outputs() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples"));
    for example in ["quickstart", "platform", "account-factory"] {
        let mut paths = Vec::new();
        templates(&folder.join(example).join("templates"), &mut paths);
        assert!(!paths.is_empty(), "{example}");
        check_all(paths);
    }
}

/// Whether the text of an output mentions a condition: read as text, so that the engine is not its own judge.
fn has_condition(text: &str, output: &str) -> bool {
    let outputs = text.rfind("Outputs").map_or("", |start| &text[start..]);
    let after = outputs.find(output).map_or("", |start| &outputs[start..]);
    after.split("Value").next().is_some_and(|head| head.contains("Condition"))
        || after.chars().take(600).collect::<String>().contains("Condition")
}
