//! Lines around a place in a text, and what is said of a slip in one of them.

use provisor_model::diagnostic::{Diagnostic, Place, Source};

/// A slip, and where it was made.
pub(super) struct Slip {
    pub at: usize,
    /// Never repeats what the file says.
    pub message: String,
    pub hint: Option<Cure>,
    /// An open bracket around the place explains it better.
    pub is_vague: bool,
    /// The sign that is wrong stands there: nothing explains it better.
    pub is_named: bool,
}

/// What to do about a slip.
pub(super) enum Cure {
    /// In words of ours.
    Ours(String),
    /// It repeats what the file says: only for a file whose text may be shown.
    Repeating(String),
}

impl Cure {
    pub fn ours(text: impl Into<String>) -> Self {
        Self::Ours(text.into())
    }
}

impl Slip {
    pub fn new(at: usize, message: impl Into<String>, hint: Option<Cure>) -> Self {
        Self { at, message: message.into(), hint, is_vague: false, is_named: false }
    }

    pub fn vague(self) -> Self {
        Self { is_vague: true, ..self }
    }

    pub fn named(self) -> Self {
        Self { is_named: true, ..self }
    }

    /// As a finding. `shows`: the text of the file may be shown.
    pub fn told(self, source: &Source, shows: bool) -> Diagnostic {
        let Self { at, message, hint, .. } = self;
        let character = source.text.get(at..).and_then(|rest| rest.chars().next());
        let end = at + character.map_or(0, char::len_utf8);
        let hint = hint.and_then(|hint| match hint {
            Cure::Ours(hint) => Some(hint),
            Cure::Repeating(hint) => shows.then_some(hint),
        });
        Diagnostic::error("syntax", message)
            .at(Place::Bytes { file: source.path.clone(), start: at, end })
            .maybe_hint(hint)
            .redact(!shows)
    }
}

/// The line of a byte, and where it starts; behind the last one there is an empty one.
pub(super) fn line_of(text: &str, at: usize) -> (usize, &str) {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    (start, text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default())
}

/// The line of a byte, then those before and behind it, with where each one starts.
pub(super) fn around(text: &str, at: usize) -> Vec<(usize, &str)> {
    let (start, _) = line_of(text, at);
    let line = |start: usize| Some((start, text.get(start..)?.lines().next()?));
    let before = start
        .checked_sub(1)
        .and_then(|end| line(text.get(..end)?.rfind('\n').map_or(0, |newline| newline + 1)));
    let behind = line(start).map(|(start, found)| start + found.len() + 1).filter(|at| *at < text.len());
    [line(start), behind.and_then(line), before].into_iter().flatten().collect()
}

pub(super) fn indent(line: &str) -> &str {
    line.get(..line.len() - line.trim_start().len()).unwrap_or_default()
}
