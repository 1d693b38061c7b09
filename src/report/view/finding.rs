//! A finding as programs read it: its code, its words and its place in lines and columns. Excerpts of files are for people.

use std::collections::HashMap;

use crate::model::diagnostic::{Diagnostic, Diagnostics, Place, Severity, Source};

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingView {
    /// A stable word for it.
    pub code: &'static str,
    /// Whether nothing is done because of it.
    pub is_error: bool,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// Further facts: what people read below the caret, further places, notes.
    pub notes: Vec<String>,
    /// Where; `None` for what no file says.
    pub place: Option<PlaceView>,
}

/// A place in a file, as editors count; without a line it is the file as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceView {
    /// The file, as people know it.
    pub file: String,
    /// The line and the column in characters, both from 1.
    pub at: Option<(usize, usize)>,
}

impl FindingView {
    /// Findings whose places are bytes already, in the order that they are told in.
    #[must_use]
    pub fn all(found: &Diagnostics, sources: &[Source]) -> Vec<Self> {
        let mut columns = Columns { sources, files: HashMap::new() };
        found.0.iter().map(|one| Self::of(one, &mut columns)).collect()
    }

    fn of(one: &Diagnostic, columns: &mut Columns<'_>) -> Self {
        let place = one.place.as_ref().map(|place| columns.place(place));
        let label = (!one.label.is_empty()).then(|| one.label.clone());
        let related = one.related.iter().map(|(place, label)| {
            let PlaceView { file, at } = columns.place(place);
            let at = at.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
            format!("{file}{at}: {label}")
        });
        let notes = label.into_iter().chain(related).chain(one.notes.iter().cloned()).collect();
        Self {
            code: one.code,
            is_error: one.severity == Severity::Error,
            message: one.message.clone(),
            hint: one.hint.clone(),
            notes,
            place,
        }
    }
}

/// Lines and columns of many places: each text is gone through once for its lines, and a line once for places that rise.
struct Columns<'s> {
    sources: &'s [Source],
    files: HashMap<&'s str, File<'s>>,
}

struct File<'s> {
    text: &'s str,
    starts: Vec<usize>,
    /// Where the last place was, and its column: the next one is mostly behind it.
    last: (usize, usize),
}

impl Columns<'_> {
    fn place(&mut self, place: &Place) -> PlaceView {
        let file = place.file();
        let start = match place {
            Place::Bytes { start, .. } => Some(*start),
            Place::Node { .. } | Place::File(_) => None,
        };
        PlaceView { file: file.to_string(), at: start.and_then(|start| self.at(file, start)) }
    }

    fn at(&mut self, path: &str, start: usize) -> Option<(usize, usize)> {
        if !self.files.contains_key(path) {
            let source = self.sources.iter().find(|source| *source.path == *path)?;
            self.files.insert(&source.path, File::new(&source.text));
        }
        self.files.get_mut(path).map(|file| file.at(start))
    }
}

impl<'s> File<'s> {
    fn new(text: &'s str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts, last: (0, 1) }
    }

    fn at(&mut self, start: usize) -> (usize, usize) {
        let start = self.text.floor_char_boundary(start);
        let line = self.starts.partition_point(|begins| *begins <= start);
        let begins = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let (from, column) = if (begins..=start).contains(&self.last.0) { self.last } else { (begins, 1) };
        let column = column + self.text.get(from..start).map_or(0, |between| between.chars().count());
        self.last = (start, column);
        (line, column)
    }
}
