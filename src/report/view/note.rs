//! What is worth knowing, and not worth a step: one remark for all whom it is about.

use std::collections::{BTreeMap, BTreeSet};

use super::heading::spanned;
use super::own::{Own, Pattern, Said, shared};
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
    own: Own,
}

/// A remark, and all whom it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteGroup {
    /// `app@dev`; of several, `app, db on dev, prod`.
    pub whom: String,
    /// The remark; what is another thing for each of them has a word there, and stands behind it.
    pub text: String,
}

impl<'a> NoteView<'a> {
    pub(super) fn of(note: &'a Note, labels: &'a Labels) -> Self {
        let location = labels.location(&note.address.location);
        Self {
            address: labels.label(&note.address),
            text: &note.text,
            key: note.address.key.as_str(),
            location,
            own: Own::at(&[note.address.location.as_str(), location]),
        }
    }
}

/// Remarks that are alike.
struct Alike<'n, 'a> {
    members: Vec<&'n NoteView<'a>>,
    patterns: Vec<Pattern>,
}

impl NoteGroup {
    /// Remarks that are alike together, in the order in which they were made first.
    pub(super) fn all<'a>(
        notes: &[NoteView<'a>],
        standing_on: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    ) -> Vec<Self> {
        let mut groups: Vec<Alike<'_, 'a>> = Vec::new();
        let mut by_text: BTreeMap<Said, usize> = BTreeMap::new();
        for note in notes {
            let pattern = note.own.pattern([note.text]);
            let ix = *by_text.entry(pattern.said.clone()).or_insert(groups.len());
            match groups.get_mut(ix) {
                Some(Alike { members, patterns }) => {
                    members.push(note);
                    patterns.push(pattern);
                }
                None => groups.push(Alike { members: vec![note], patterns: vec![pattern] }),
            }
        }
        groups
            .iter()
            .map(|group| Self { whom: whom(&group.members, standing_on), text: group.text() })
            .collect()
    }
}

impl Alike<'_, '_> {
    fn text(&self) -> String {
        let Some(first) = self.members.first() else { return String::new() };
        let differing = Pattern::differing(&self.patterns.iter().collect::<Vec<_>>());
        let whose: Vec<&str> = self.members.iter().map(|member| member.address.as_str()).collect();
        shared(first.text, &first.own, &differing, &whose)
    }
}

/// Declarations that stand on the same locations share them.
fn whom(of: &[&NoteView<'_>], standing_on: &BTreeMap<&str, BTreeSet<&str>>) -> String {
    let mut places: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for note in of {
        places.entry(note.key).or_default().insert(note.location);
    }
    let shared = places.values().next().filter(|first| places.values().all(|all| all == *first));
    match shared.filter(|all| all.len() > 1) {
        Some(all) => {
            let all: Vec<&str> = all.iter().copied().collect();
            let among = places.keys().filter_map(|key| standing_on.get(key)).flatten().copied();
            format!("{} on {}", listed(places.keys(), NAMED), spanned(&all, among))
        }
        None => listed(of.iter().map(|note| &note.address), NAMED),
    }
}
