//! Long values by lines: which stay, come and go, and which words of them differ. Nothing is shortened but what stays.

use std::time::Duration;

use serde::de::IgnoredAny;
use similar::{Algorithm, ChangeTag, DiffOp, InlineChange, TextDiff};

/// Lines of context around a difference.
const CONTEXT: usize = 2;
/// Beyond this many characters a value that changes is compared by lines.
const LONG: usize = 60;
/// JSON is not indented any further than this many levels.
const DEEP: usize = 20;
/// The comparison of two values ends here; what is left then counts as different.
const PATIENCE: Duration = Duration::from_millis(500);

/// A value, or the difference between two, by lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDiff {
    /// How the value was taken apart.
    pub form: Form,
    /// The lines, unchanged ones only where they stand next to a difference.
    pub lines: Vec<DiffLine>,
}

/// What becomes of a member, or of a line of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It comes.
    Add,
    /// It becomes something else.
    Change,
    /// It goes.
    Remove,
    /// It stays, and is told for orientation.
    Context,
    /// Lines that stay are left out here.
    Gap,
}

/// How a value was taken apart into lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// At its newlines.
    Text,
    /// At its newlines; both sides have the same words.
    Whitespace,
    /// JSON: what differs, key by key; of one value, an item a line.
    Json,
    /// JSON that is the same on both sides but for whitespace: there are no lines to show.
    SameJson,
    /// JSON that is the same on both sides but for the order of keys.
    SameKeys,
    /// At the commas of a list.
    List,
}

impl Form {
    /// In words; empty for plain text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "",
            Self::Whitespace => "only whitespace differs",
            Self::Json => "JSON",
            Self::SameJson => "JSON, only whitespace differs",
            Self::SameKeys => "JSON, only the order of keys differs",
            Self::List => "list",
        }
    }
}

/// One line of a long value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// What becomes of it.
    pub mark: Mark,
    /// Its text without the newline, taken apart where it differs from the line that it replaces.
    pub fragments: Vec<Fragment>,
    /// The value ends with this line and without a newline, and the other side does not.
    pub unended: bool,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The text.
    pub text: String,
    /// The line that this one replaces, or is replaced by, has something else here.
    pub differs: bool,
}

impl DiffLine {
    pub(super) fn new(mark: Mark, text: &str) -> Self {
        let fragments = vec![Fragment { text: text.to_owned(), differs: false }];
        Self { mark, fragments, unended: false }
    }

    /// The whole line.
    #[must_use]
    pub fn text(&self) -> String {
        self.fragments.iter().map(|fragment| fragment.text.as_str()).collect()
    }
}

/// Whether a difference with this value in it is told by lines.
pub(super) fn is_long(text: &str) -> bool {
    text.contains('\n') || text.chars().nth(LONG).is_some() || json_lines(text).is_some()
}

/// One value by lines, all of them with the same mark; `None` if it has only one.
pub(super) fn whole(text: &str, mark: Mark) -> Option<LineDiff> {
    let (form, text) = match json_lines(text) {
        Some(pretty) => (Form::Json, pretty),
        None if text.contains('\n') => (Form::Text, text.to_owned()),
        None => return None,
    };
    let ended = text.strip_suffix('\n').unwrap_or(&text);
    let lines = ended.split('\n').map(|line| DiffLine::new(mark, line)).collect();
    Some(LineDiff { form, lines })
}

/// What differs between two values, by lines.
pub(super) fn between(before: &str, after: &str) -> LineDiff {
    match (json_lines(before), json_lines(after)) {
        (Some(before), Some(after)) if before == after => {
            LineDiff { form: Form::SameJson, lines: Vec::new() }
        }
        (Some(before), Some(after)) => changed(Form::Json, &before, &after),
        _ if is_list(before) && is_list(after) => {
            changed(Form::List, &before.replace(',', "\n"), &after.replace(',', "\n"))
        }
        _ if before.split_whitespace().eq(after.split_whitespace()) => {
            changed(Form::Whitespace, before, after)
        }
        _ => changed(Form::Text, before, after),
    }
}

fn is_list(text: &str) -> bool {
    text.matches(',').count() > 1 && !text.contains('\n')
}

fn changed(form: Form, before: &str, after: &str) -> LineDiff {
    let newlines = before.ends_with('\n') != after.ends_with('\n');
    // where both end alike, the last lines must not differ from the same lines further up
    let ended = |text: &str| {
        if newlines || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
    };
    let (before, after) = (ended(before), ended(after));
    let diff =
        TextDiff::configure().algorithm(Algorithm::Patience).timeout(PATIENCE).diff_lines(&before, &after);
    let mut lines = Vec::new();
    for (n, hunk) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if n > 0 || !starts_at_top(hunk) {
            lines.push(DiffLine::new(Mark::Gap, ""));
        }
        let changes = hunk.iter().flat_map(|op| diff.iter_inline_changes(op));
        lines.extend(changes.map(|change| line(&change, newlines)));
    }
    LineDiff { form, lines }
}

fn starts_at_top(hunk: &[DiffOp]) -> bool {
    hunk.first().is_none_or(|op| op.old_range().start == 0 && op.new_range().start == 0)
}

fn line(change: &InlineChange<'_, str>, newlines: bool) -> DiffLine {
    let mark = match change.tag() {
        ChangeTag::Equal => Mark::Context,
        ChangeTag::Delete => Mark::Remove,
        ChangeTag::Insert => Mark::Add,
    };
    let fragments = change.values().iter().map(|(differs, text)| Fragment {
        text: text.strip_suffix('\n').unwrap_or(text).to_owned(),
        differs: *differs,
    });
    DiffLine { mark, fragments: fragments.collect(), unended: newlines && change.missing_newline() }
}

/// A JSON object or list with an item a line; every token as it was written, so that nothing is lost or rounded.
pub(super) fn json_lines(text: &str) -> Option<String> {
    let text = text.trim();
    let container = text.len() > 2 && (text.starts_with('{') || text.starts_with('['));
    if !container || serde_json::from_str::<IgnoredAny>(text).is_err() {
        return None;
    }
    let mut pretty = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut tokens = text.chars().filter_map(InString::default().keep()).peekable();
    while let Some((c, quoted)) = tokens.next() {
        let next = tokens.peek().map(|(c, _)| *c);
        match c {
            _ if quoted => pretty.push(c),
            '{' | '[' if matches!(next, Some('}' | ']')) => pretty.push(c),
            '{' | '[' => {
                depth += 1;
                pretty.push(c);
                break_line(&mut pretty, depth);
            }
            '}' | ']' if pretty.ends_with(['{', '[']) => pretty.push(c),
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                break_line(&mut pretty, depth);
                pretty.push(c);
            }
            ',' => {
                pretty.push(c);
                break_line(&mut pretty, depth);
            }
            ':' => pretty.push_str(": "),
            c => pretty.push(c),
        }
    }
    Some(pretty)
}

fn break_line(pretty: &mut String, depth: usize) {
    pretty.push('\n');
    pretty.push_str(&"  ".repeat(depth.min(DEEP)));
}

/// Follows valid JSON character by character: inside a string or not.
#[derive(Default)]
struct InString {
    open: bool,
    escaped: bool,
}

impl InString {
    /// Keeps everything but the whitespace between tokens, and tells what belongs to a string.
    fn keep(mut self) -> impl FnMut(char) -> Option<(char, bool)> {
        move |c| {
            let quoted = self.open || c == '"';
            match c {
                '"' if !self.escaped => self.open = !self.open,
                _ => {}
            }
            self.escaped = self.open && c == '\\' && !self.escaped;
            (quoted || !c.is_ascii_whitespace()).then_some((c, quoted))
        }
    }
}
