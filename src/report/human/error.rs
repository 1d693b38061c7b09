//! Errors for people: what, caused by what, and what to do next. Exit codes are not decided here.

use super::paper::{Line, headed, print};
use crate::report::style::{Ink, Style};

/// More of an error's words than this are left out.
const WORDS: usize = 8000;

/// `Error: …` with its causes and the hint, each on lines of its own.
#[must_use]
pub fn error(message: &str, causes: &[String], hint: Option<&str>, style: Style) -> String {
    let mut out = headed(Line::ours("Error:").ink(Ink::Remove), message, "  | ", WORDS);
    out.extend(causes.iter().flat_map(|cause| headed(Line::ours("  caused by:"), cause, "    | ", WORDS)));
    out.extend(hint.iter().flat_map(|hint| headed(Line::ours("  hint:"), hint, "        ", WORDS)));
    print(&out, style)
}
