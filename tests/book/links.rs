//! Links of the texts that people read: to a file that is there, and to a heading in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where links of a text lead that are neither to the net nor within a fence.
pub fn of(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut links = Vec::new();
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        if fenced {
            continue;
        }
        let ends = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        links.extend(ends.map(|(link, _)| link.to_owned()));
    }
    links.retain(|link| !link.contains("://"));
    links
}

/// A heading as links name it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let mut fenced = false;
    let mut anchors = BTreeSet::new();
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        if !fenced && line.starts_with('#') {
            anchors.insert(anchor(line.trim_start_matches('#')));
        }
    }
    anchors
}

/// The texts at the top, in `docs` and in `state`.
fn texts() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.to_owned(), root.join("docs"), root.join("state"), root.join("examples")];
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|end| end == "md")).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut dead = Vec::new();
    for path in texts() {
        let text = std::fs::read_to_string(&path).unwrap();
        for link in of(&text) {
            let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            let is_there = match heading {
                "" => target.exists(),
                heading => {
                    std::fs::read_to_string(&target).is_ok_and(|text| anchors(&text).contains(heading))
                }
            };
            if !is_there {
                dead.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}
