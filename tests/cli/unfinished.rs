//! An import that dies while it writes its files, which refer to each other: the next one goes on with all of them.

use std::fs;
use std::time::{Duration, Instant, SystemTime};

use super::support::Repo;

const WORLD: &str = r#"account_id: "111122223333"
region: eu-west-1
time_scale: 3600
portfolios:
  - name: platform
    products:
      - {name: arc, versions: [{name: v1, template: box-v1.yaml}]}
      - {name: box, versions: [{name: v1, template: box-v1.yaml}]}
      - {name: cup, versions: [{name: v1, template: box-v1.yaml}]}
      - {name: den, versions: [{name: v1, template: box-v1.yaml}]}
"#;

/// One of each product; each takes an output of one that stands in a later file. Only the sandbox knows of them.
fn made() -> Repo {
    let repo = Repo::beside(WORLD, "");
    let one = |product: &str, note: &str| {
        format!(
            "  {product}1: {{product_name: {product}, provisioning_artifact_name: v1, parameters: {{Name: {product}-one, Note: \"{note}\"}}}}\n"
        )
    };
    let of = |product: &str| format!("${{{product}1.outputs.Arn}}");
    let all = [one("arc", &of("box")), one("box", &of("cup")), one("cup", &of("den")), one("den", "last")];
    repo.write("products/all.yaml", &format!("provisioned_products:\n{}", all.concat()));
    repo.sh("apply --auto-approve").exits(0).says(&["4 added"]);
    fs::remove_dir_all(repo.path().join("products")).unwrap();
    repo.lose_state();
    repo
}

fn names(repo: &Repo, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(repo.path().join(folder)).into_iter().flatten();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

/// Dies when the first of several files is there.
fn dies(repo: &Repo) -> bool {
    let mut child = repo.command(&["import", "--all", "--auto-approve"]).spawn().unwrap();
    let began = Instant::now();
    let is_written =
        || names(repo, "products").iter().any(|name| name.ends_with(".yaml") && !name.starts_with('.'));
    while !is_written() && began.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_micros(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    names(repo, "products").iter().filter(|name| name.ends_with(".yaml")).count() < 4
}

#[test]
fn files_of_an_import_that_died_are_gone_on_with() {
    let mut halves = 0;
    for round in 0..8 {
        let repo = made();
        let is_half = dies(&repo);
        halves += usize::from(is_half);
        let done = repo.sh("import --all --auto-approve");
        assert_eq!(done.code, Some(0), "round {round}\n{}\n{}", done.out, done.err);
        assert_eq!(is_half, done.err.contains("An import died while it wrote its files"), "{}", done.err);
        repo.sh("plan --detailed-exitcode").exits(0).says(&["No changes."]);
        assert!(!names(&repo, ".").contains(&".provisor-import.json".to_owned()));
        let mut files = names(&repo, "products");
        files.retain(|name| name.ends_with(".yaml"));
        assert_eq!(files.len(), 4, "{files:?}");
        assert!(repo.read("products/arc.yaml").contains("${box1.outputs.Arn}"));
        if halves > 1 {
            return;
        }
    }
    panic!("none of the runs died between two files");
}

#[test]
fn what_was_half_written_is_taken_away_once_nobody_writes_it() {
    let repo = made();
    let paths = ["products/.box.yaml", ".provisor.yaml", "state/backups/.9.json"]
        .map(|path| format!("{path}.0123456789abcdef01234567.tmp"));
    for path in paths.iter().chain(["products/.mine.tmp".to_owned()].iter()) {
        repo.write(path, "half");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        let file = fs::File::options().write(true).open(repo.path().join(path)).unwrap();
        file.set_permissions(mode).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
    }
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    fs::set_permissions(repo.path().join("state/backups"), mode).unwrap();
    repo.sh("import --all --name nothing --auto-approve");
    for path in &paths {
        assert!(!repo.path().join(path).exists(), "{path}");
    }
    assert!(repo.path().join("products/.mine.tmp").exists(), "what is not ours by its name");
}

#[test]
fn a_note_that_no_import_wrote_is_not_followed() {
    let repo = made();
    let note =
        |path: &str| format!("{{\"format\": \"provisor.import.1\", \"files\": {{\"{path}\": \"x: y\\n\"}}}}");
    for path in ["../out.yaml", ".git/hooks.yaml", "products/run.sh", "/tmp/out.yaml"] {
        repo.write(".provisor-import.json", &note(path));
        repo.sh("import --all --auto-approve").exits(1).tells(&[".provisor-import.json", "take it away"]);
    }
    // something else in its place is no note, and is not taken for nothing
    repo.write("products/none.yaml", "provisioned_products: {}\n");
    let place = repo.path().join(".provisor-import.json");
    for make in ["ln -s products.yaml", "ln -s gone", "mkfifo", "mkdir"] {
        let _ = std::fs::remove_file(&place);
        let mut made = std::process::Command::new("sh");
        made.arg("-c").arg(format!("{make} .provisor-import.json")).current_dir(repo.path());
        assert!(made.status().unwrap().success(), "{make}");
        for line in ["import --all --auto-approve", "import --declared --auto-approve"] {
            repo.sh(line).exits(1).tells(&[".provisor-import.json", "take it away"]);
        }
        repo.sh("validate")
            .exits(0)
            .tells(&["`.provisor-import.json`, which says what an import writes, cannot be used"]);
    }
}
