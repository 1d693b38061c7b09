//! Findings as they are told: what is the same once, in the order of the files and their lines, with places as bytes.

use std::collections::HashMap;
use std::sync::Arc;

use super::yaml::{Index, Tree};
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Near, Place, Source};
use provisor_model::grouping::grouped;

/// What is the same once, in the order of files and lines: what is shared by declarations and locations is judged for each of
/// them. What stands nowhere comes last.
pub(super) fn arranged(problems: Diagnostics, trees: &[&Tree<'_>]) -> Diagnostics {
    let by_path: HashMap<&str, &Tree<'_>> = trees.iter().map(|tree| (&*tree.source.path, *tree)).collect();
    let located = |place: &Place| match place {
        Place::Node { file, path, part } => {
            let tree = by_path.get(&**file);
            tree.and_then(|tree| tree.locate(path, *part)).map_or(0, |bytes| bytes.start)
        }
        Place::Bytes { start, .. } => *start,
        Place::File(_) => 0,
    };
    sorted(grouped(problems), located)
}

/// The same for findings of all kinds, whose places become bytes: a file is read again once, however much is found in it.
#[must_use]
pub fn arrange(mut found: Diagnostics, sources: &[Source]) -> Diagnostics {
    let mut indexes: HashMap<Arc<str>, Index<'_>> = HashMap::new();
    // of sources with one path, the first one counts
    let by_path: HashMap<&str, &Source> =
        sources.iter().rev().map(|source| (&*source.path, source)).collect();
    for one in &mut found.0 {
        let related = one.related.iter_mut().map(|(place, _)| place);
        for place in one.place.iter_mut().chain(related) {
            let Place::Node { file, path, part } = place else { continue };
            let Some(source) = by_path.get(&**file) else { continue };
            let index = indexes.entry(file.clone()).or_insert_with(|| Index::new(source));
            if let Some(bytes) = index.locate(path, *part) {
                *place = Place::Bytes { file: file.clone(), start: bytes.start, end: bytes.end };
            }
        }
    }
    let located = |place: &Place| match place {
        Place::Bytes { start, .. } => *start,
        Place::Node { .. } | Place::File(_) => 0,
    };
    // what stands once in the text is one place, however many aliases lead to it
    sorted(grouped(found), located)
}

/// So many findings get a suggestion, since no more are shown.
const SHOWN: usize = 50;
/// So many names are compared in one run; beyond it, nothing is suggested.
const COMPARED: usize = 50_000;

/// The same with what may have been meant by names that are none, among so many, as far as findings are shown.
pub(super) fn suggested(
    mut found: Diagnostics,
    among: usize,
    meant: impl Fn(Diagnostic, Near) -> Diagnostic,
) -> Diagnostics {
    let affordable = (COMPARED / among.max(1)).clamp(1, SHOWN);
    let unclear = found.0.iter_mut().take(SHOWN).filter(|one| one.near.is_some());
    for one in unclear.take(affordable) {
        if let Some(near) = one.near.take() {
            let bare = std::mem::replace(one, Diagnostic::error("", ""));
            *one = meant(bare, near);
        }
    }
    found
}

fn sorted(mut found: Diagnostics, located: impl Fn(&Place) -> usize) -> Diagnostics {
    found.0.sort_by_cached_key(|one| {
        let place = one.place.as_ref().map(|place| (place.file().clone(), located(place)));
        (place.is_none(), place)
    });
    found
}
