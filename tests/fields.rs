//! What a field of declarations costs: how many files of the program name it. Counted for two that exist, so that the next
//! one has nine places to go, and ARCHITECTURE.md can list them.

use std::path::{Path, PathBuf};

const MOST: usize = 9;

#[test]
fn a_field_is_named_in_few_files() {
    for words in [&["notification_arns"][..], &["accept_language", "language", "Language", "LanguageDto"]] {
        let files = naming(words);
        assert!(files.len() > 5, "{words:?} is known by other names: {files:#?}");
        assert!(files.len() <= MOST, "{words:?} costs {} files: {files:#?}", files.len());
    }
}

/// The files of the program whose code has one of the words; comments, tests and the sandbox aside.
fn naming(words: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found: Vec<String> = below(&root)
        .into_iter()
        .filter(|path| !path.starts_with(root.join("sandbox")) && !path.ends_with("tests.rs"))
        // a field that the writer of declarations does not know is not written, and nothing else is amiss
        .filter(|path| !path.starts_with(root.join("import")) && !path.ends_with("workspace/foreign.rs"))
        // what other tools call it is help, where they call it something else
        .filter(|path| !path.ends_with("fields/synonyms.rs"))
        // and so are the attributes of Terraform's resource, where it has such a one
        .filter(|path| !path.starts_with(root.join("report/terraform")))
        .filter(|path| has_word(&std::fs::read_to_string(path).unwrap(), words))
        .map(|path| path.strip_prefix(&root).unwrap().display().to_string())
        .collect();
    found.sort();
    found
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let sources = files.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    sources.chain(folders.iter().flat_map(|folder| below(folder))).collect()
}

fn has_word(text: &str, words: &[&str]) -> bool {
    // a program's name is no field
    let text = text.replace("yaml-language-server", "");
    let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    let mut parts = code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
    parts.any(|part| words.contains(&part))
}

#[test]
fn words_are_whole_and_comments_are_none() {
    assert!(has_word("a\n    language: Language,", &["language"]));
    assert!(!has_word("languages, // language", &["language"]));
}
