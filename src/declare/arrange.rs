//! Findings as they are told: what is the same once, in the order of the files and their lines, with places as bytes.

use std::collections::HashMap;
use std::sync::Arc;

use super::yaml::{Index, Tree};
use crate::model::diagnostic::{Diagnostics, Place, Source};
use crate::model::grouping::grouped;

/// What is the same once, in the order of files and lines: what is shared by declarations and locations is judged for each of
/// them. What stands nowhere comes last.
pub(super) fn arranged(problems: Diagnostics, trees: &[&Tree<'_>]) -> Diagnostics {
    let located = |place: &Place| match place {
        Place::Node { file, path, part } => {
            let tree = trees.iter().find(|tree| tree.source.path == *file);
            tree.and_then(|tree| tree.locate(path, *part)).map_or(0, |bytes| bytes.start)
        }
        Place::Bytes { start, .. } => *start,
        Place::File(_) => 0,
    };
    sorted(grouped(problems), located)
}

/// The same for findings of all kinds, whose places become bytes: a file is read again once, however much is found in it.
#[must_use]
pub fn arrange(problems: Diagnostics, sources: &[Source]) -> Diagnostics {
    let mut found = grouped(problems);
    let mut indexes: HashMap<Arc<str>, Index<'_>> = HashMap::new();
    for one in &mut found.0 {
        let related = one.related.iter_mut().map(|(place, _)| place);
        for place in one.place.iter_mut().chain(related) {
            let Place::Node { file, path, part } = place else { continue };
            let Some(source) = sources.iter().find(|source| source.path == *file) else { continue };
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
    sorted(found, located)
}

fn sorted(mut found: Diagnostics, located: impl Fn(&Place) -> usize) -> Diagnostics {
    found.0.sort_by_cached_key(|one| {
        let place = one.place.as_ref().map(|place| (place.file().clone(), located(place)));
        (place.is_none(), place)
    });
    found
}
