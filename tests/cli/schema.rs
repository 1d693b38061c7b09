//! `provisor schema`, judged by others: Python's `jsonschema` says whether files and documents are what the schemas say, and
//! yaml-language-server what an editor makes of them. Each skips, with a word, where it cannot be had.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use provisor::report::view::{CODE_GROUPS, CodeExample};
use serde_json::{Value, json};

use super::explain;
use super::support::{Repo, files};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Python with its `jsonschema`, as tests/run installs it.
struct Judge(Child, BufReader<std::process::ChildStdout>);

impl Judge {
    fn start() -> Option<Self> {
        let python = root().join(".venv/bin/python");
        let has =
            Command::new(&python).args(["-c", "import jsonschema, yaml"]).stderr(Stdio::null()).status();
        if !has.is_ok_and(|status| status.success()) {
            println!("skipped: .venv has no jsonschema; tests/run installs it");
            return None;
        }
        let mut child = Command::new(python)
            .arg(root().join("tests/schema/validate.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Some(Self(child, answers))
    }

    /// What the schema says against a text; nothing where it is one.
    fn judge(&mut self, schema: &Value, text: &str, as_what: &str) -> Vec<String> {
        let line = json!({ "schema": schema, "text": text, "as": as_what }).to_string() + "\n";
        self.0.stdin.as_mut().unwrap().write_all(line.as_bytes()).unwrap();
        let mut answer = String::new();
        self.1.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer:?} of\n{text}"))
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn schema(repo: &Repo, line: &str) -> Value {
    repo.sh(line).exits(0).json()
}

/// Which schema a file of an example or a golden repo is judged by.
fn kind(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_str()?;
    let is_apart = ["templates", "state", "policies", "ci"]
        .iter()
        .any(|part| path.components().any(|one| one.as_os_str() == *part));
    match name {
        _ if is_apart || name.starts_with("vars-") || !name.ends_with(".yaml") => None,
        "provisor.yaml" => Some("settings"),
        "sandbox.yaml" if !path.parent()?.ends_with("accounts") => Some("world"),
        _ => Some("declarations"),
    }
}

#[test]
fn every_example_and_golden_is_what_its_schema_says() {
    let Some(mut judge) = Judge::start() else { return };
    let repo = Repo::boxes(&[]);
    let mut count = 0;
    for path in ["examples", "tests/golden/format-1"].iter().flat_map(|folder| files(&root().join(folder))) {
        let Some(kind) = kind(&path) else { continue };
        let found = judge.judge(
            &schema(&repo, &format!("schema {kind}")),
            &std::fs::read_to_string(&path).unwrap(),
            "yaml",
        );
        assert_eq!(found, Vec::<String>::new(), "{}", path.display());
        count += 1;
    }
    assert!(count > 15, "{count}");
}

/// Codes that a schema can tell, as what they are about stands in one file.
const TOLD: [&str; 5] = ["unknown-key", "wrong-type", "bad-value", "both-given", "not-yet"];
/// Those that it tells once the catalog was asked.
const OFFERED: [&str; 5] =
    ["unknown-product", "unknown-version", "unknown-parameter", "parameter-value", "tag-value"];

#[test]
fn what_is_mended_is_one_and_planted_mistakes_are_not() {
    let Some(mut judge) = Judge::start() else { return };
    let repo = explain::repo();
    let declarations = schema(&repo, "schema declarations");
    let settings = schema(&repo, "schema settings");
    let offered = schema(&repo, "schema --catalog");
    let mut told = 0;
    for one in CODE_GROUPS.iter().flat_map(|group| group.codes) {
        let (schema, wrong, right) = match &one.example {
            CodeExample::Declarations { wrong, right } if OFFERED.contains(&one.code) => {
                (&offered, wrong, right)
            }
            CodeExample::Declarations { wrong, right } | CodeExample::Places { wrong, right } => {
                (&declarations, wrong, right)
            }
            CodeExample::Settings { wrong, right } => (&settings, wrong, right),
            CodeExample::Told(_) => continue,
        };
        assert_eq!(judge.judge(schema, right, "yaml"), Vec::<String>::new(), "{}\n{right}", one.code);
        if *schema == declarations {
            assert_eq!(judge.judge(&offered, right, "yaml"), Vec::<String>::new(), "{}\n{right}", one.code);
        }
        if TOLD.contains(&one.code) || OFFERED.contains(&one.code) {
            assert!(!judge.judge(schema, wrong, "yaml").is_empty(), "{}\n{wrong}", one.code);
            told += 1;
        }
    }
    assert_eq!(told, TOLD.len() + OFFERED.len());
    for (kind, text) in [
        ("world", "portfolios: [{name: p, products: [{name: a, verions: []}]}]"),
        ("world", "time_scale: 5"),
        ("world", "portfolios: [{name: p, products: []}]\nfaults: [{operation: provison, outcome: hang}]"),
        ("locations", "hub: {regions: eu_west_1}"),
        ("locations", "hub: {account_id: \"1234\", regions: [eu-west-1]}"),
        ("locations", "hub: {sandbox: a.yaml, profile: x}"),
        ("declarations", "imports: [{to: a, provisioned_product_id: pp-a, stack: b}]"),
        ("declarations", "imports: [{to: a}]"),
        ("declarations", "provisioned_products: {a: {notification_arns: [x]}}"),
        ("settings", "project: Platform"),
        ("settings", "project: p\nguards: {max_terminate: some}"),
        ("settings", "project: p\nlimits: {parallelism: 0}"),
    ] {
        let found = judge.judge(&schema(&repo, &format!("schema {kind}")), text, "yaml");
        assert!(!found.is_empty(), "{kind}: {text}");
    }
}

#[test]
fn documents_have_nothing_that_their_schemas_do_not_say() {
    let Some(mut judge) = Judge::start() else { return };
    let chain = |note: &str| {
        super::support::boxed("a", &format!("Note: {note}"))
            + &super::support::boxed("b", "Note: \"${a.outputs.Arn}\"")
            + "  v: {product_name: vault, provisioning_artifact_name: v1, parameters: {Password: \"${var.pw}\"}}\n"
    };
    let repo = Repo::new(&chain("x"));
    repo.edit("provisor.yaml", "locations:", "variables: {pw: {sensitive: true}}\nlocations:");
    repo.secrets("pw: correct horse\n");
    let [plan, event, state] = ["plan", "event", "state"].map(|of| schema(&repo, &format!("schema {of}")));
    let mut one = |schema: &Value, text: &str| {
        assert_eq!(judge.judge(schema, text, "json"), Vec::<String>::new(), "{text}");
    };
    let secret = "--secret-file secrets.yaml";
    let mut events = 0;
    let mut run = |line: &str, one: &mut dyn FnMut(&Value, &str)| {
        let done = repo.sh(&format!("{line} {secret}"));
        done.out.lines().for_each(|text| one(&event, text));
        events += done.out.lines().count();
    };
    let planned = |flags: &str| repo.sh(format!("plan --json {secret} {flags}").trim()).out;
    one(&plan, &planned(""));
    repo.faults(&[
        "{operation: provision, provisioned_product: b, outcome: rollback, message: no, times: 1}",
    ]);
    run("apply --auto-approve --json", &mut one);
    one(&plan, &planned(""));
    one(&state, &repo.sh("show --json").out);
    run("apply --auto-approve --json", &mut one);
    repo.declare(&chain("y"));
    one(&plan, &planned("--what-if box=v2"));
    one(&plan, &planned("--preview"));
    one(&plan, &planned("--out plan.bin"));
    one(&plan, &repo.sh(&format!("show plan.bin --json {secret}")).out);
    run("apply --auto-approve --json --no-wait", &mut one);
    one(&state, &repo.sh("show --json").out);
    one(&plan, &planned("--destroy"));
    run("destroy --auto-approve --json --max-terminate 100%", &mut one);
    repo.declare("  a: {product_nam: box}\n");
    run("apply --auto-approve --json", &mut one);
    repo.declare(&chain("x"));
    run("import --all --json --auto-approve", &mut one);
    assert!(events > 20, "{events}");
}

/// yaml-language-server, once fetched by npm.
fn server() -> Option<PathBuf> {
    const PACKAGE: &str = "yaml-language-server@1.24.0";
    let home = root().join("target/editors");
    let server = home.join("node_modules/yaml-language-server/bin/yaml-language-server");
    if !server.is_file() {
        let flags = ["install", "--no-audit", "--no-fund", "--silent", "--prefix"];
        let done = Command::new("npm").args(flags).arg(&home).arg(PACKAGE).stderr(Stdio::null()).status();
        if !done.is_ok_and(|status| status.success()) {
            println!("skipped: npm cannot get {PACKAGE} here");
            return None;
        }
    }
    Some(server)
}

/// What an editor shows of a file: errors, and what it completes and shows at places.
fn opened(server: &Path, file: &Path, places: &[&str]) -> Value {
    let done = Command::new("python3")
        .arg(root().join("tests/schema/editor.py"))
        .args([server, file])
        .args(places)
        .output()
        .unwrap();
    serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&done.stderr)))
}

#[test]
fn an_editor_completes_explains_and_underlines() {
    let Some(server) = server() else { return };
    let repo = Repo::boxes(&[]);
    repo.sh("init starter").exits(0);
    let repo_of = |path: &str| repo.path().join("starter").join(path);
    for file in ["products.yaml", "provisor.yaml", "sandbox.yaml"] {
        assert_eq!(opened(&server, &repo_of(file), &[])["errors"], json!([]), "{file}");
    }
    let head =
        "# yaml-language-server: $schema=schemas/declarations.json\nprovisioned_products:\n  uploads:\n";
    repo.write(
        "starter/products.yaml",
        &format!("{head}    product_nam: bucket\n    lifecycle: {{on_removal: keep}}\n    \n"),
    );
    let told = opened(&server, &repo_of("products.yaml"), &["5:4", "4:29"]);
    let errors = told["errors"].to_string();
    assert!(errors.contains("product_nam") && errors.contains("retain_physical_resources"), "{errors}");
    let [keys, word] = [0, 1].map(|n| told["places"][n].clone());
    assert!(keys["completed"].to_string().contains("\"provisioned_product_name\""), "{keys}");
    assert!(word["completed"].to_string().contains("\"forget\""), "{word}");
    assert!(word["hover"].to_string().contains("What happens to it when its declaration is gone."), "{word}");

    repo.sh("-C starter schema --catalog --write schemas").exits(0);
    let body = "    product_name: bucket\n    provisioning_artifact_name: v2\n    parameters:\n      Team: PAY\n      Stage: dve\n      \n";
    repo.write("starter/products.yaml", &format!("{head}{body}"));
    let told = opened(&server, &repo_of("products.yaml"), &["8:6", "6:8", "7:13"]);
    let errors = told["errors"].to_string();
    assert!(errors.contains("\\\"test\\\"") && errors.contains("pattern"), "{errors}");
    let [keys, team, stage] = [0, 1, 2].map(|n| told["places"][n].clone());
    assert!(keys["completed"].to_string().contains("\"ExpireAfterDays\""), "{keys}");
    assert!(team["hover"].to_string().contains("The team that owns the bucket"), "{team}");
    assert!(stage["completed"].to_string().contains("\"prod\""), "{stage}");
}

#[test]
fn schemas_are_written_for_editors_and_nothing_else_is_overwritten() {
    let repo = Repo::boxes(&["one"]);
    repo.sh("schema --write schemas")
        .exits(0)
        .says(&["# yaml-language-server: $schema=schemas/declarations.json"]);
    for name in ["declarations", "settings", "locations", "world"] {
        assert_eq!(
            repo.read(&format!("schemas/{name}.json")),
            repo.sh(&format!("schema {name}")).out,
            "{name}"
        );
    }
    repo.sh("schema --write schemas --catalog").exits(0);
    assert!(
        repo.read("schemas/declarations.json").contains("AllowedPattern")
            || repo.read("schemas/declarations.json").contains("[A-Za-z0-9 _.,+-]*")
    );
    repo.write("schemas/world.json", "{}");
    repo.sh("schema --write schemas").exits(1).tells(&["a file is there that is not a schema of ours"]);
    repo.sh("schema plan --catalog").exits(64).tells(&["no catalog has anything to say about `plan`"]);
    repo.sh("schema nothing").exits(64);
}

#[test]
fn what_import_writes_names_the_schema_that_is_there() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.lose_state();
    repo.write("provisor.yaml", &super::support::SETTINGS.replace("[products.yaml]", "[products]"));
    std::fs::remove_file(repo.path().join("products.yaml")).unwrap();
    std::fs::create_dir(repo.path().join("products")).unwrap();
    repo.sh("schema --write schemas").exits(0);
    repo.sh("import --all --auto-approve").exits(0);
    let written = files(&repo.path().join("products"));
    assert!(!written.is_empty());
    for path in written {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# yaml-language-server: $schema=../schemas/declarations.json\n"), "{text}");
    }
    repo.sh("plan --detailed-exitcode").exits(0);
}
