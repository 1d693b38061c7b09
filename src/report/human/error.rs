//! Errors for people: what, caused by what, and what to do next. Exit codes are not decided here.

use super::paper::{Line, headed, print};
use crate::report::style::{Ink, Style};

/// More of an error's words than this are left out.
const WORDS: usize = 8000;

/// What is said beside an error, each on lines of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// What it was caused by.
    pub causes: &'a [String],
    /// Further facts.
    pub notes: &'a [String],
    /// What to do next.
    pub hint: Option<&'a str>,
}

/// `Error: …` with its causes, notes and the hint.
#[must_use]
pub fn error(message: &str, beside: Beside<'_>, style: Style) -> String {
    let Beside { causes, notes, hint } = beside;
    let mut out = headed(Line::ours("Error:").ink(Ink::Remove), message, "  | ", WORDS);
    out.extend(causes.iter().flat_map(|cause| headed(Line::ours("  = caused by:"), cause, "    | ", WORDS)));
    out.extend(notes.iter().flat_map(|note| headed(Line::ours("  = note:"), note, "    | ", WORDS)));
    out.extend(hint.iter().flat_map(|hint| headed(Line::ours("  = hint:"), hint, "          ", WORDS)));
    print(&out, style)
}
