//! A state that was put back as a whole, backups and all, from a copy of before: what the catalog shows tells, the way out leads
//! to an empty plan, and nothing is made under a token that was used.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::support::{Repo, boxed, files};

fn declare(repo: &Repo, keys: &[&str]) {
    repo.declare(&keys.iter().map(|key| boxed(key, "")).collect::<String>());
}

/// The state's files, without the sandbox's.
fn keep(repo: &Repo, to: &Path) {
    let state = repo.path().join("state");
    for path in files(&state).into_iter().filter(|path| !path.starts_with(state.join("sandbox"))) {
        let target = to.join(path.strip_prefix(&state).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&path, target).unwrap();
    }
}

/// A repo with these after the first apply, of which a copy was made; then these; then the copy is put back. What stood
/// before that is in `newer.json`.
fn put_back(then: &[&str], later: &[&[&str]]) -> Repo {
    let repo = Repo::boxes(then);
    repo.apply().exits(0);
    let copy = tempfile::tempdir().unwrap();
    keep(&repo, copy.path());
    for keys in later {
        declare(&repo, keys);
        repo.apply().exits(0);
    }
    repo.write("newer.json", &repo.sh("state pull").exits(0).out);
    repo.lose_state();
    for path in files(copy.path()) {
        let target = repo.path().join("state").join(path.strip_prefix(copy.path()).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&path, target).unwrap();
    }
    repo
}

/// The tokens in an exported state.
fn tokens(state: &str) -> BTreeSet<String> {
    let words = state.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let is_token = |word: &&str| word.len() > 20 && word.starts_with('p') && word.find('-') == Some(11);
    words.filter(is_token).map(str::to_owned).collect()
}

fn is_settled(repo: &Repo, made: usize) {
    repo.settled();
    let plan = repo.sh("plan").out;
    assert!(!plan.contains("older"), "{plan}");
    assert_eq!(repo.called("ProvisionProduct"), made);
}

const OLDER: &str = "the state is older than what was done with it, or another copy of it is at work";

#[test]
fn what_it_made_since_under_a_declared_name_is_named_and_a_newer_copy_takes_it_over() {
    let repo = put_back(&["one"], &[&["one", "two"]]);
    repo.sh("plan").exits(5).says(&["named `two` exists already", OLDER, "`provisor state push FILE`"]);
    repo.apply().exits(5).says(&[OLDER]);
    repo.sh("state push newer.json --auto-approve").exits(0);
    is_settled(&repo, 2);
}

#[test]
fn what_nothing_declares_any_more_is_named_and_an_import_adopts_it() {
    let repo = put_back(&["one"], &[&["one", "two"]]);
    declare(&repo, &["one"]);
    let plan =
        repo.sh("plan").exits(0).says(&["No changes", OLDER, "`two` (pp-", "`provisor import ADDR ID`"]);
    let said = plan.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let id = said.split("`two` (").nth(1).unwrap().split(')').next().unwrap().to_owned();
    declare(&repo, &["one", "two"]);
    repo.sh("plan").exits(5).says(&[&format!("`provisor import two {id}` adopts it")]);
    repo.sh(&format!("import two {id} --auto-approve")).exits(0);
    is_settled(&repo, 2);
    // and from then on it is like any other
    declare(&repo, &["one"]);
    repo.sh("apply --auto-approve").exits(0);
    is_settled(&repo, 2);
    assert_eq!(repo.existing().len(), 1);
}

#[test]
fn what_was_made_and_terminated_since_is_made_under_a_token_of_its_own() {
    let repo = put_back(&["one"], &[&["one", "two"], &["one"]]);
    declare(&repo, &["one", "two"]);
    repo.apply().exits(0).says(&["1 added"]);
    assert_eq!(repo.existing().len(), 2, "what is said to be there is there");
    let (newer, now) = (
        tokens(&fs::read_to_string(repo.path().join("newer.json")).unwrap()),
        tokens(&repo.sh("state pull").out),
    );
    assert_eq!((newer.len(), now.len(), newer.intersection(&now).count()), (3, 2, 1), "{newer:?} {now:?}");
    is_settled(&repo, 3);
}

/// What was replaced since is gone, and what has its name is as unknown as all else that was done since.
#[test]
fn what_was_made_anew_since_is_named_in_the_place_of_what_is_gone() {
    let repo = put_back(&["one"], &[&[], &["one"]]);
    repo.sh("plan").exits(5).says(&["named `one` exists already", OLDER]);
    repo.sh("state push newer.json --auto-approve").exits(0);
    is_settled(&repo, 2);
}
