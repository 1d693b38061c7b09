//! From every kind of damage to a plan that is empty: the refusal names the way out, the way out says what it takes and what
//! is lost, and nothing is made twice.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::support::{Repo, boxed, files};

fn applied() -> Repo {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    repo
}

fn at(repo: &Repo, name: &str) -> PathBuf {
    repo.path().join("state").join(name)
}

/// What is kept of what was damaged.
fn aside(repo: &Repo) -> PathBuf {
    let all = fs::read_dir(at(repo, "")).unwrap().map(|entry| entry.unwrap().path());
    let is_aside = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with("damaged-");
    all.filter(is_aside).max().expect("what was there is kept")
}

/// All that is below the state, but for the sandbox.
fn contents(repo: &Repo) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = files(&at(repo, ""));
    all.retain(|path| !path.starts_with(at(repo, "sandbox")) && !path.ends_with("lock"));
    all.sort();
    all.into_iter().map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

/// Refused with the way out, which only shows, asks, and then leads out.
fn leads_out(repo: &Repo, says: &[&str]) {
    for line in ["plan", "show", "apply --auto-approve", "state mv one x --dry-run"] {
        repo.sh(line).exits(7).tells(&["hint: ", "`provisor state recover`"]);
    }
    recovers(repo, says);
    repo.settled();
    assert_eq!(repo.called("ProvisionProduct"), repo.existing().len(), "nothing is made twice");
}

fn recovers(repo: &Repo, says: &[&str]) {
    let before = contents(repo);
    repo.sh("state recover --dry-run").exits(0).says(says).says(&["Nothing was written"]);
    repo.sh("state recover").exits(5).says(says).tells(&["no terminal", "--auto-approve"]);
    let document = repo.sh("state recover --dry-run --json").exits(0).json();
    assert_eq!(document["format"], "provisor.recovery/v1");
    assert_eq!((&document["damaged"], &document["done"]), (&true.into(), &false.into()));
    assert_eq!(contents(repo), before, "nothing is written before a yes");
    repo.sh("state recover --auto-approve").exits(0).says(says).says(&["The state is recovered", "damaged-"]);
    let kept = aside(repo);
    for (path, bytes) in before.iter().filter(|(path, _)| !path.starts_with(at(repo, "backups"))) {
        let inside = path.strip_prefix(at(repo, "")).unwrap();
        if !inside.starts_with(".gitignore") {
            assert_eq!(&fs::read(kept.join(inside)).unwrap(), bytes, "{}", inside.display());
        }
    }
    repo.sh("state recover").exits(0).says(&["The state is sound"]);
}

fn copy(from: &Path, to: &Path) {
    for path in files(from) {
        let target = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&path, target).unwrap();
    }
}

fn remove(path: &Path) {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
}

#[test]
fn a_head_that_is_missing_or_torn() {
    let repo = applied();
    remove(&at(&repo, "HEAD"));
    let whole = ["`store` is whole", "To be taken: `store`, with 2 addresses", "if anything was"];
    leads_out(&repo, &[&["`HEAD` is missing"][..], &whole].concat());
    repo.sh("state history one").exits(0).says(&["one  provision succeeded"]);
    let repo = applied();
    repo.write("state/HEAD", "{\"schema\":2");
    leads_out(&repo, &[&["`HEAD` is damaged: "][..], &whole].concat());
}

#[test]
fn a_head_that_is_behind_or_of_another_state() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    let head = repo.read("state/HEAD");
    repo.declare(&(boxed("one", "") + &boxed("two", "")));
    repo.apply().exits(0);
    repo.write("state/HEAD", &head);
    leads_out(&repo, &["`store` is whole", "with 2 addresses", "Lost: nothing"]);
    let (repo, other) = (applied(), applied());
    repo.write("state/HEAD", &other.read("state/HEAD"));
    leads_out(&repo, &["`HEAD` is of state ", "To be taken: `store`, with 2 addresses"]);
}

#[test]
fn a_store_that_is_missing_or_damaged() {
    for damaged in ["store", "store/db"] {
        let repo = applied();
        remove(&at(&repo, damaged));
        leads_out(&repo, &["To be taken: `backups/", ".json`, with 2 addresses", "Lost: nothing"]);
    }
    let repo = applied();
    let db = fs::read(at(&repo, "store/db")).unwrap();
    fs::write(at(&repo, "store/db"), vec![0; db.len()]).unwrap();
    leads_out(&repo, &["`store` is damaged", "To be taken: `backups/"]);
}

#[test]
fn a_store_that_was_put_back_gives_way_to_a_newer_backup() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    let old = repo.path().join("old");
    copy(&at(&repo, "store"), &old);
    repo.declare(&(boxed("one", "") + &boxed("two", "")));
    repo.apply().exits(0);
    remove(&at(&repo, "store"));
    fs::create_dir(at(&repo, "store")).unwrap();
    copy(&old, &at(&repo, "store"));
    leads_out(&repo, &["`store` is whole", "To be taken: `backups/", "with 2 addresses", "Lost: nothing"]);
}

#[test]
fn what_was_made_after_the_last_backup_is_adopted_and_not_made_twice() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.declare(&(boxed("one", "") + &boxed("two", "")));
    repo.apply().exits(0);
    let mut backups = files(&at(&repo, "backups"));
    backups.sort_by_key(|path| path.file_stem().unwrap().to_string_lossy().parse::<u64>().unwrap());
    remove(backups.last().unwrap());
    remove(&at(&repo, "store"));
    repo.sh("plan").exits(7).tells(&["`provisor state recover`"]);
    recovers(&repo, &["To be taken: `backups/", "with 1 address", "Lost at most: serials "]);
    repo.sh("plan").exits(5).says(&["exists already"]);
    repo.sh("import --declared --auto-approve").exits(0);
    repo.settled();
    assert_eq!(repo.called("ProvisionProduct"), 2);
}

#[test]
fn a_key_that_is_lost_or_damaged() {
    let repo = applied();
    remove(&at(&repo, "key"));
    repo.sh("plan").exits(7).tells(&["`key` is missing", "bring back the file as it was"]);
    let counted = ["Lost: nothing", "every secret counts as changed once"];
    leads_out(&repo, &[&["`key` is missing or damaged", "To be taken: `store`"][..], &counted].concat());
    let repo = applied();
    fs::write(at(&repo, "key"), "short").unwrap();
    leads_out(&repo, &["`key` is missing or damaged", "Lost: nothing"]);
}

/// Digests made with another key would prove nothing, and a plan signed with it would be believed.
#[test]
fn a_key_that_was_replaced() {
    let secret = "  safe: {product_name: vault, provisioning_artifact_name: v1, parameters: {Password: \"${var.pw}\"}}\n";
    let repo = Repo::new(&(boxed("one", "") + secret));
    repo.edit("provisor.yaml", "locations:", "variables: {pw: {sensitive: true}}\nlocations:");
    repo.secrets("pw: long-enough-1\n");
    let apply = "apply --auto-approve --secret-file secrets.yaml";
    repo.sh(apply).exits(0);
    let own = fs::read(at(&repo, "key")).unwrap();
    let other = Repo::boxes(&["one"]);
    other.apply().exits(0);
    fs::copy(at(&other, "key"), at(&repo, "key")).unwrap();
    let replaced = "`key` is another one than this state was written with";
    for line in ["plan", "plan --out p.bin", "show", apply, "state pull", "import --all"] {
        repo.sh(line).exits(7).tells(&[
            replaced,
            "bring back the file as it was",
            "`provisor state recover`",
        ]);
    }
    // one way out: the key of before
    fs::write(at(&repo, "key"), &own).unwrap();
    repo.sh("plan --detailed-exitcode --secret-file secrets.yaml").exits(0);
    // the other: without it
    fs::copy(at(&other, "key"), at(&repo, "key")).unwrap();
    recovers(
        &repo,
        &[replaced, "To be taken: `store`, with 2 addresses", "every secret counts as changed once"],
    );
    repo.sh("plan --secret-file secrets.yaml").exits(0).says(&["Plan: 0 to add, 1 to change"]);
    repo.sh(apply).exits(0);
    repo.sh("plan --detailed-exitcode --secret-file secrets.yaml").exits(0);
}

/// An earlier version wrote no mark of the key: it comes with the next commit.
#[test]
fn a_head_without_a_mark_of_the_key() {
    let repo = applied();
    let mut head: serde_json::Value = serde_json::from_str(&repo.read("state/HEAD")).unwrap();
    assert!(head["data"].as_object_mut().unwrap().remove("key").is_some(), "{head}");
    repo.write("state/HEAD", &head.to_string());
    repo.settled();
    repo.declare(&boxed("one", ""));
    repo.apply().exits(0);
    assert!(repo.read("state/HEAD").contains("\"key\""));
}

#[test]
fn backups_only() {
    let repo = applied();
    for name in ["HEAD", "store", "key"] {
        remove(&at(&repo, name));
    }
    leads_out(
        &repo,
        &["`HEAD` is missing", "`store` is missing", "To be taken: `backups/", "with 2 addresses"],
    );
    // without a key, and with nothing that can be read: a new state is begun, and they are kept
    let repo = applied();
    for name in ["HEAD", "store"] {
        remove(&at(&repo, name));
    }
    for backup in files(&at(&repo, "backups")) {
        fs::write(backup, "torn").unwrap();
    }
    repo.sh("plan").exits(7).tells(&["the state is gone, but `backups/", "`provisor state recover`"]);
    let done = repo.sh("state recover --auto-approve").exits(0).says(&["Nothing is left that proves itself"]);
    done.says(&["`provisor import --declared` adopts"]);
    assert!(aside(&repo).join("backups").exists() && !at(&repo, "backups").exists());
    adopted(&repo);
}

/// A store and its `HEAD` that were put back together prove each other, but not against a backup.
#[test]
fn a_state_that_was_put_back_is_noticed() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    let old = repo.path().join("old");
    copy(&at(&repo, ""), &old);
    repo.declare(&(boxed("one", "") + &boxed("two", "")));
    repo.apply().exits(0);
    for name in ["HEAD", "store"] {
        remove(&at(&repo, name));
    }
    fs::copy(old.join("HEAD"), at(&repo, "HEAD")).unwrap();
    fs::create_dir(at(&repo, "store")).unwrap();
    copy(&old.join("store"), &at(&repo, "store"));
    repo.sh("plan").exits(7).tells(&["an older one that was put back", "is newer"]);
    leads_out(&repo, &["`store` is whole", "To be taken: `backups/", "with 2 addresses", "Lost: nothing"]);
}

/// What stands in the place of a file is named as it is, also by what reads a copy; taken away, it is damage as any other.
#[test]
fn something_else_in_place_of_a_file() {
    for name in ["store/db", "store/conf"] {
        let repo = applied();
        remove(&at(&repo, name));
        fs::create_dir(at(&repo, name)).unwrap();
        fs::set_permissions(at(&repo, name), fs::Permissions::from_mode(0o700)).unwrap();
        let named = format!("`state/{name}` is not a plain file, but a folder");
        for line in ["plan", "apply --auto-approve", "state list"] {
            repo.sh(line).exits(7).tells(&[&named, "take it away"]);
        }
        repo.sh("state recover --dry-run").exits(0).says(&[&named]);
        remove(&at(&repo, name));
        if name == "store/db" {
            leads_out(&repo, &["To be taken: `backups/"]);
        }
        repo.settled();
    }
}

#[test]
fn nothing_left_but_damage_and_nothing_at_all() {
    let repo = applied();
    remove(&at(&repo, "backups"));
    remove(&at(&repo, "store/db"));
    repo.sh("plan").exits(7).tells(&["`provisor state recover`"]);
    let way = ["Nothing is left that proves itself", "there is no backup", "all that was recorded"];
    recovers_to_nothing(&repo, &way);
    let repo = applied();
    for name in ["HEAD", "store", "key", "backups", "lock"] {
        remove(&at(&repo, name));
    }
    repo.sh("state recover").exits(0).says(&["There is no state here", "`provisor import --declared`"]);
    let document = repo.sh("state recover --json").exits(0).json();
    assert_eq!(document["damaged"], false);
    adopted(&repo);
}

fn recovers_to_nothing(repo: &Repo, says: &[&str]) {
    repo.sh("state recover --dry-run").exits(0).says(says);
    let done = repo.sh("state recover --auto-approve").exits(0).says(says);
    done.says(&["`provisor import --declared` adopts"]);
    assert!(aside(repo).join("HEAD").exists());
    adopted(repo);
}

fn adopted(repo: &Repo) {
    repo.sh("plan").exits(5).says(&["exists already"]);
    repo.sh("import --declared --auto-approve").exits(0);
    repo.settled();
    assert_eq!(repo.called("ProvisionProduct"), 2);
}

#[test]
fn a_newer_format_is_no_damage() {
    let repo = applied();
    repo.edit("state/HEAD", "\"schema\":2", "\"schema\":9");
    repo.sh("state recover").exits(7).tells(&["format version 9", "use a newer provisor"]);
}
