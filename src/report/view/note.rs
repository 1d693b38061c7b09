//! What is worth knowing, and not worth a step: one remark for all whom it is about.

use std::collections::{BTreeMap, BTreeSet};

use super::heading::spanned;
use crate::model::ids::Labels;
use crate::model::text::listed;
use crate::plan::Note;

/// More declarations than this are counted, not named.
const NAMED: usize = 5;

/// A remark about one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteView<'a> {
    /// The address as people write it.
    pub address: String,
    /// The remark.
    pub text: &'a str,
    key: &'a str,
    location: &'a str,
}

/// A remark, and all whom it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteGroup<'n> {
    /// `app@dev`; of several, `app, db on dev, prod`.
    pub whom: String,
    /// The remark.
    pub text: &'n str,
}

impl<'a> NoteView<'a> {
    pub(super) fn of(note: &'a Note, labels: &'a Labels) -> Self {
        Self {
            address: labels.label(&note.address),
            text: &note.text,
            key: note.address.key.as_str(),
            location: labels.location(&note.address.location),
        }
    }
}

impl<'n> NoteGroup<'n> {
    /// Equal remarks together, in the order in which they were made first.
    pub(super) fn all(notes: &'n [NoteView<'_>]) -> Vec<Self> {
        let mut groups: Vec<(&str, Vec<&NoteView<'_>>)> = Vec::new();
        let mut by_text: BTreeMap<&str, usize> = BTreeMap::new();
        for note in notes {
            let ix = *by_text.entry(note.text).or_insert(groups.len());
            match groups.get_mut(ix) {
                Some((_, members)) => members.push(note),
                None => groups.push((note.text, vec![note])),
            }
        }
        groups.into_iter().map(|(text, members)| Self { whom: whom(&members), text }).collect()
    }
}

/// Declarations that stand on the same locations share them.
fn whom(of: &[&NoteView<'_>]) -> String {
    let mut places: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for note in of {
        places.entry(note.key).or_default().insert(note.location);
    }
    let shared = places.values().next().filter(|first| places.values().all(|all| all == *first));
    match shared.filter(|all| all.len() > 1) {
        Some(all) => {
            let all: Vec<&str> = all.iter().copied().collect();
            format!("{} on {}", listed(places.keys(), NAMED), spanned(&all, &all))
        }
        None => listed(of.iter().map(|note| &note.address), NAMED),
    }
}
