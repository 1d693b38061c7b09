//! The book under `docs/`: every chapter is in its list, every link leads somewhere, and every session that it shows is run.
//!
//! A fence ```` ```console ```` is a session: `$ command`, and the lines that it prints, one after the other; `…` stands for
//! whatever comes between, or for a part of a line. ```` ```yaml file=NAME ```` writes a file before what follows, `append=NAME`
//! adds to one. A chapter begins in an empty folder.

mod links;
mod pages;
mod recording;
mod session;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use session::Session;

/// A fenced block: its first line without the fence, and what stands in it.
struct Fence<'t> {
    line: usize,
    info: &'t str,
    body: String,
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// The names of all chapters, as they lie there.
fn chapters() -> BTreeSet<String> {
    let entries = std::fs::read_dir(docs()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".md") && name != "SUMMARY.md").collect()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(docs().join(name)).unwrap()
}

fn read_at_the_top(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

fn fences(text: &str) -> Vec<Fence<'_>> {
    let mut fences = Vec::new();
    let mut open: Option<Fence<'_>> = None;
    for (n, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some(Fence { line: n + 1, info, body: String::new() }),
            (Some(_), Some(_)) => fences.extend(open.take()),
            (None, Some(fence)) => fence.body += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    fences
}

/// Runs what a chapter shows; how many commands that were.
fn run(name: &str) -> usize {
    let text = read(name);
    let mut session = Session::begin();
    let mut commands = 0;
    for fence in fences(&text) {
        let at = format!("docs/{name}:{}", fence.line);
        match fence.info.split_once(' ') {
            _ if fence.info == "console" => commands += session.run(&at, &fence.body),
            Some((_, rest)) => match rest.split_once('=') {
                Some(("file", file)) => session.write(file, &fence.body),
                Some(("append", file)) => session.append(file, &fence.body),
                _ => panic!("{at}: `{rest}` is not known here"),
            },
            None => {}
        }
    }
    commands
}

#[test]
fn every_session_is_as_it_is_shown() {
    let chapters = chapters();
    let commands: usize = chapters.iter().map(|name| run(name)).sum();
    assert!(commands >= 20, "{commands} commands in {} chapters", chapters.len());
}

#[test]
fn every_chapter_is_in_the_list_of_chapters() {
    let listed: BTreeSet<String> =
        links::of(&read("SUMMARY.md")).into_iter().filter(|link| !link.contains('/')).collect();
    assert_eq!(listed, chapters());
}
