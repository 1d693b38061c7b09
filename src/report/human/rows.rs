//! Rows of a block: a mark, a key, a value, a remark, in columns. Layout only.

use super::diff;
use crate::plan::Shown;
use crate::report::escape::{Escaped, Quoted};
use crate::report::style::{Ink, Style};
use crate::report::text::shortened;
use crate::report::values::redacted;

/// Remarks stand in one column unless a value is longer than this.
const REMARK_COLUMN: usize = 48;

/// What happens to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Comes.
    Add,
    /// Becomes something else.
    Change,
    /// Goes.
    Remove,
    /// Stays, and is shown for orientation.
    Context,
    /// Lines are left out here.
    Gap,
}

impl Mark {
    /// The mark, coloured. Never a blank: foreign text must not begin a line, where CI runners look for commands.
    fn dressed(self, style: Style) -> String {
        match self {
            Self::Add => style.paint(Ink::Add, "+"),
            Self::Change => style.paint(Ink::Change, "~"),
            Self::Remove => style.paint(Ink::Remove, "-"),
            Self::Context => style.paint(Ink::Faint, "|"),
            Self::Gap => style.paint(Ink::Faint, ":"),
        }
    }
}

/// One line of a long value, escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// What happens to it.
    pub mark: Mark,
    /// The text, escaped.
    pub text: String,
}

/// One member of a product, and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    mark: Mark,
    key: String,
    value: String,
    lines: Vec<Line>,
    remark: String,
}

impl Row {
    /// A member that has a value and did not have one before.
    pub(super) fn new(key: &str, value: &Shown, remark: Option<&str>, style: Style) -> Option<Self> {
        Self::change(key, &Shown::Absent, value, remark, style)
    }

    /// A member whose value changes; `None` if there is nothing on either side.
    pub(super) fn change(
        key: &str,
        before: &Shown,
        after: &Shown,
        remark: Option<&str>,
        style: Style,
    ) -> Option<Self> {
        let (mark, (value, lines)) = match redacted(before, after) {
            (Shown::Absent, Shown::Absent) => return None,
            (Shown::Absent, after) => (Mark::Add, alone(&after, Mark::Add)),
            (before, Shown::Absent) => (Mark::Remove, alone(&before, Mark::Remove)),
            (before, after) => (Mark::Change, pair(&before, &after, style)),
        };
        let remarks = [remark.map(str::to_owned), explanation(before, after)];
        let remark = remarks.into_iter().flatten().collect::<Vec<_>>().join("; ");
        Some(Self { mark, key: Escaped(key).to_string(), value, lines, remark })
    }

    /// A member of which only the coming value is known.
    pub(super) fn may_change(key: &str, after: &Shown, style: Style) -> Option<Self> {
        Some(Self { mark: Mark::Change, ..Self::new(key, after, None, style)? })
    }
}

fn alone(value: &Shown, mark: Mark) -> (String, Vec<Line>) {
    let lines = match value {
        Shown::Text(text) => diff::whole(text, mark),
        _ => None,
    };
    match lines {
        Some((caption, lines)) => (caption.to_owned(), lines),
        None => (word(value, usize::MAX), Vec::new()),
    }
}

fn pair(before: &Shown, after: &Shown, style: Style) -> (String, Vec<Line>) {
    match (before, after) {
        (Shown::Text(before), Shown::Text(after)) if diff::is_long(before) || diff::is_long(after) => {
            let (caption, lines) = diff::between(before, after, style);
            (caption.to_owned(), lines)
        }
        (Shown::Text(_), Shown::Text(_)) => {
            (format!("{} -> {}", word(before, usize::MAX), word(after, usize::MAX)), Vec::new())
        }
        (before, after) => (format!("{} -> {}", word(before, 60), word(after, 60)), Vec::new()),
    }
}

fn word(value: &Shown, most: usize) -> String {
    match value {
        Shown::Absent => "(none)".to_owned(),
        Shown::Text(text) => Quoted(&shortened(text, most)).to_string(),
        Shown::Sensitive => "(sensitive)".to_owned(),
        Shown::Pending(_) => "(known after apply)".to_owned(),
        Shown::Unknown => "(unknown)".to_owned(),
    }
}

/// What the value alone does not tell.
fn explanation(before: &Shown, after: &Shown) -> Option<String> {
    match (before, after) {
        (Shown::Sensitive, Shown::Pending(_)) => Some("known after apply".to_owned()),
        (Shown::Sensitive, Shown::Sensitive) => Some("value changed".to_owned()),
        (Shown::Sensitive, Shown::Text(_)) => Some("no longer sensitive".to_owned()),
        (Shown::Text(_) | Shown::Pending(_), Shown::Sensitive) => Some("sensitive from now on".to_owned()),
        (_, Shown::Pending(template)) => Some(Escaped(template).to_string()),
        _ => None,
    }
}

/// The rows below each other, in columns.
pub(super) fn table(rows: &[Row], style: Style) -> String {
    let length = |text: &str| text.chars().count();
    let keys = rows.iter().map(|row| length(&row.key)).max().unwrap_or(0);
    let values = rows.iter().filter(|row| !row.remark.is_empty()).map(|row| length(&row.value));
    let values = values.filter(|n| *n <= REMARK_COLUMN).max().unwrap_or(0);
    let mut out = String::new();
    for row in rows {
        let mark = row.mark.dressed(style);
        let line = match row.remark.as_str() {
            "" => format!("      {mark} {:keys$} = {}", row.key, row.value),
            remark => {
                let remark = style.paint(Ink::Faint, format_args!("# {remark}"));
                format!("      {mark} {:keys$} = {:values$}  {remark}", row.key, row.value)
            }
        };
        out += line.trim_end_matches(' ');
        out.push('\n');
        for line in &row.lines {
            out += format!("        {} {}", line.mark.dressed(style), line.text).trim_end();
            out.push('\n');
        }
    }
    out
}
