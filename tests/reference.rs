//! AWS's own reference templates as a catalog, through the real binary: provision every one, update, destroy.
//! They are read from the maintainers' shared folder and never committed; where it is absent, and only then, this is skipped, and says so.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use provisor_sandbox::template::Template;

#[path = "../src/sandbox/tests/template/values.rs"]
mod values;

use values::valid_values;

#[test]
fn every_reference_template_is_provisioned_updated_and_destroyed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/catalogs");
    if folder.parent().is_some_and(|shared| !shared.exists()) {
        println!("skipped, no reference template is provisioned: {} is not there", folder.display());
        return;
    }
    let templates = below(&folder);
    assert!(templates.len() > 10, "only {} templates", templates.len());
    let repo = tempfile::tempdir().unwrap();
    write(repo.path(), &templates, "v1");
    let said = provisor(repo.path(), &["apply", "--auto-approve"], 0);
    let n = templates.len();
    assert!(
        said.contains(&format!("Apply complete! Resources: {n} added, 0 changed, 0 destroyed.")),
        "{said}"
    );
    is_settled(repo.path());
    let outputs: serde_json::Value =
        serde_json::from_str(&provisor(repo.path(), &["output", "--json"], 0)).unwrap();
    assert_eq!(outputs.as_object().unwrap().len(), n);

    write(repo.path(), &templates, "v2");
    let said = provisor(repo.path(), &["apply", "--auto-approve"], 0);
    assert!(said.contains(&format!("0 added, {n} changed, 0 destroyed.")), "{said}");
    is_settled(repo.path());

    let said = provisor(repo.path(), &["destroy", "--auto-approve"], 0);
    assert!(said.contains(&format!("Destroy complete! Resources: {n} destroyed.")), "{said}");
}

fn provisor(repo: &Path, arguments: &[&str], expected: i32) -> String {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_provisor"))
        .args(arguments)
        .current_dir(repo)
        .env_clear()
        .output()
        .unwrap();
    let said = String::from_utf8(stdout).unwrap();
    assert_eq!(status.code(), Some(expected), "{arguments:?}\n{said}\n{}", String::from_utf8_lossy(&stderr));
    said
}

/// Nothing is left to do; that a pattern cannot be read here may be noted above.
fn is_settled(repo: &Path) {
    let plan = provisor(repo, &["plan"], 0);
    assert!(plan.lines().any(|line| line.starts_with("No changes.")), "{plan}");
}

/// A product per template, in two versions of the same text, and a declaration per product with values that are valid.
fn write(repo: &Path, templates: &[PathBuf], version: &str) {
    let mut world = "time_scale: 5000\nportfolios:\n  - name: reference\n    products:\n".to_owned();
    let mut products = "provisioned_products:\n".to_owned();
    for (n, path) in templates.iter().enumerate() {
        let text = std::fs::read_to_string(path).unwrap();
        let template = Template::parse(&text).unwrap();
        let file = format!("template-{n}");
        std::fs::write(repo.join(&file), text).unwrap();
        writeln!(world, "      - name: product-{n}\n        versions:").unwrap();
        writeln!(world, "          - {{name: v1, template: \"{file}\"}}").unwrap();
        writeln!(world, "          - {{name: v2, template: \"{file}\"}}").unwrap();
        writeln!(products, "  ref-{n}:\n    product_name: product-{n}").unwrap();
        writeln!(products, "    provisioning_artifact_name: {version}").unwrap();
        let values = valid_values(&template);
        if !values.is_empty() {
            products.push_str("    parameters:\n");
        }
        for (key, value) in values {
            let text = serde_json::Value::from(value.replace("${", "$${"));
            writeln!(products, "      {key}: {text}").unwrap();
        }
    }
    std::fs::write(repo.join("sandbox.yaml"), world).unwrap();
    std::fs::write(repo.join("products.yaml"), products).unwrap();
    let settings = "project: reference\nlocations:\n  demo: {sandbox: sandbox.yaml}\n";
    std::fs::write(repo.join("provisor.yaml"), settings).unwrap();
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let ending =
                path.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_dir() {
                open.push(path);
            } else if ["json", "yaml", "yml"].contains(&ending.as_str()) {
                found.push(path.canonicalize().unwrap());
            }
        }
    }
    found.sort();
    found
}
