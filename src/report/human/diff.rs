//! Long values and JSON as line diffs. Texts come in raw; every line leaves escaped.

use std::time::Duration;

use anstyle::AnsiColor;
use serde::de::IgnoredAny;
use similar::{Algorithm, ChangeTag, DiffOp, InlineChange, TextDiff};

use super::rows::{Line, Mark};
use crate::report::escape::Escaped;
use crate::report::style::{Ink, Style};

/// Lines of context around a difference.
const CONTEXT: usize = 2;
/// Beyond this many characters a value gets lines of its own.
const LONG: usize = 60;

/// JSON is not indented any further than this.
const DEEP: usize = 20;

/// Whether a difference with this value in it is shown by lines.
pub(super) fn is_long(text: &str) -> bool {
    text.contains('\n') || text.chars().nth(LONG).is_some() || json_lines(text).is_some()
}

/// One value by lines, all of them with the same mark; `None` if one line is enough.
pub(super) fn whole(text: &str, mark: Mark) -> Option<(&'static str, Vec<Line>)> {
    let (caption, text) = match json_lines(text) {
        Some(pretty) => ("(JSON)", pretty),
        None if text.contains('\n') => ("", text.to_owned()),
        None => return None,
    };
    let lines = text.split('\n').map(|line| Line { mark, text: visible(line) });
    let mut lines: Vec<Line> = lines.collect();
    if text.ends_with('\n') {
        lines.pop();
    }
    Some((caption, lines))
}

/// What differs between two values, by lines.
pub(super) fn between(before: &str, after: &str, style: Style) -> (&'static str, Vec<Line>) {
    match (json_lines(before), json_lines(after)) {
        (Some(before), Some(after)) if before == after => ("(JSON, only whitespace differs)", Vec::new()),
        (Some(before), Some(after)) => ("(JSON)", changed(&before, &after, style)),
        _ if is_list(before) && is_list(after) => {
            ("(list)", changed(&before.replace(',', "\n"), &after.replace(',', "\n"), style))
        }
        _ if before.split_whitespace().eq(after.split_whitespace()) => {
            ("(only whitespace differs)", changed(before, after, style))
        }
        _ => ("", changed(before, after, style)),
    }
}

fn is_list(text: &str) -> bool {
    text.matches(',').count() > 1 && !text.contains('\n')
}

fn changed(before: &str, after: &str, style: Style) -> Vec<Line> {
    let newlines = before.ends_with('\n') != after.ends_with('\n');
    // where both end alike, the last lines must not differ from the same lines further up
    let ended = |text: &str| {
        if newlines || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
    };
    let (before, after) = (ended(before), ended(after));
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .timeout(Duration::from_millis(500))
        .diff_lines(&before, &after);
    let mut lines = Vec::new();
    for (n, hunk) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if n > 0 || !starts_at_top(hunk) {
            lines.push(Line { mark: Mark::Gap, text: String::new() });
        }
        let changes = hunk.iter().flat_map(|op| diff.iter_inline_changes(op));
        lines.extend(changes.map(|change| line(&change, newlines, style)));
    }
    lines
}

fn starts_at_top(hunk: &[DiffOp]) -> bool {
    hunk.first().is_none_or(|op| op.old_range().start == 0 && op.new_range().start == 0)
}

fn line(change: &InlineChange<'_, str>, newlines: bool, style: Style) -> Line {
    let (mark, color) = match change.tag() {
        ChangeTag::Equal => (Mark::Context, None),
        ChangeTag::Delete => (Mark::Remove, Some(AnsiColor::Red)),
        ChangeTag::Insert => (Mark::Add, Some(AnsiColor::Green)),
    };
    let whole: String = change.values().iter().map(|(_, part)| *part).collect();
    let whole = whole.strip_suffix('\n').unwrap_or(&whole);
    let mut text = match color {
        Some(color) if !whole.ends_with(' ') => emphasised(change, color, style),
        _ => visible(whole),
    };
    if newlines && change.missing_newline() {
        text += "  (no newline at the end)";
    }
    Line { mark, text }
}

/// The words that differ stand out.
fn emphasised(change: &InlineChange<'_, str>, color: AnsiColor, style: Style) -> String {
    let parts = change.values().iter().map(|(differs, part)| {
        let part = Escaped(part.strip_suffix('\n').unwrap_or(part));
        if *differs { style.paint(Ink::Differs(color), part) } else { part.to_string() }
    });
    parts.collect()
}

/// An escaped line whose trailing blanks can be seen.
fn visible(line: &str) -> String {
    let body = line.trim_end_matches(' ');
    let blanks = line.len().saturating_sub(body.len());
    format!("{}{}", Escaped(body), "\\u{20}".repeat(blanks))
}

/// A JSON object or list with an item a line; every token as it was written, so that nothing is lost or rounded.
fn json_lines(text: &str) -> Option<String> {
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
