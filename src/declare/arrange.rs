//! Findings as they are told: each one once, in the order of the files.

use std::collections::HashSet;

use super::yaml::Tree;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Place};

/// Each finding once, in the order of the files: what is shared by declarations and locations is judged for each of them.
pub(super) fn arranged(problems: Diagnostics, trees: &[&Tree<'_>]) -> Diagnostics {
    let mut seen = HashSet::new();
    let new = |d: &Diagnostic| seen.insert((d.code, d.message.clone(), format!("{:?}", d.place)));
    let mut found: Vec<Diagnostic> = problems.0.into_iter().filter(new).collect();
    found.sort_by_cached_key(|diagnostic| {
        diagnostic.place.as_ref().map_or((usize::MAX, 0), |place| position(place, trees))
    });
    Diagnostics(found)
}

/// Which file it is in, and at which byte; the end for those that are not among `trees`.
fn position(place: &Place, trees: &[&Tree<'_>]) -> (usize, usize) {
    let (Place::Node { file, .. } | Place::Bytes { file, .. } | Place::File(file)) = place;
    let Some(nth) = trees.iter().position(|tree| tree.source.path == *file) else { return (usize::MAX, 0) };
    let start = match place {
        Place::Node { path, part, .. } => {
            trees.get(nth).and_then(|tree| tree.locate(path, *part)).map_or(0, |b| b.start)
        }
        Place::Bytes { start, .. } => *start,
        Place::File(_) => 0,
    };
    (nth, start)
}
