//! What is to be told of a manifest, with file and line; each sentence once.

use std::collections::BTreeSet;

use super::item::ItemPlace;
use provisor_model::text::{listed, quote};

/// Sentences, in the order in which they came up.
#[derive(Clone, Debug, Default)]
pub(super) struct Sentences {
    pub all: Vec<String>,
    seen: BTreeSet<String>,
}

impl Sentences {
    pub fn push(&mut self, sentence: String) {
        if self.seen.insert(sentence.clone()) {
            self.all.push(sentence);
        }
    }
}

/// All that there is to tell.
#[derive(Clone, Debug, Default)]
pub(super) struct PuppetReport {
    /// What the files are called.
    pub files: Vec<String>,
    pub left: Sentences,
    pub changed: Sentences,
    pub advice: Sentences,
}

impl PuppetReport {
    /// `manifest.yaml:12`
    pub fn at(&self, place: ItemPlace) -> String {
        let file = self.files.get(place.file).map_or("the manifest", String::as_str);
        format!("{file}:{}", place.line)
    }

    pub fn left(&mut self, place: ItemPlace, what: &str) {
        let sentence = format!("{}: {what}", self.at(place));
        self.left.push(sentence);
    }

    pub fn changed(&mut self, place: ItemPlace, what: &str) {
        let sentence = format!("{}: {what}", self.at(place));
        self.changed.push(sentence);
    }
}

/// A few of many names.
pub(super) fn some<'n>(names: impl Iterator<Item = &'n str>) -> String {
    listed(names.map(quote), 5)
}
