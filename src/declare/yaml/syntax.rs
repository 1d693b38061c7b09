//! What a YAML parser's complaint means for the person who wrote the file: the usual slips, named.

use crate::model::diagnostic::{Diagnostic, Place, Source};

/// What to do about `${` inside `{ }` or `[ ]`.
pub(crate) const QUOTE: &str = "put quotes around a `${…}` that stands inside `{ }` or `[ ]`";

/// A syntax error at a byte of the source, with the parser's own words and what is likely behind it.
pub(crate) fn explain(source: &Source, at: usize, info: &str) -> Diagnostic {
    let text = &*source.text;
    let at = floor(text, at);
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let indent = line.get(..line.len() - line.trim_start().len()).unwrap_or_default();
    let (at, message, hint) = if let Some(tab) = indent.find('\t') {
        (start + tab, "a tab cannot indent".to_owned(), Some("indent with spaces".to_owned()))
    } else if let Some((offset, odd)) = line.char_indices().find(|(_, c)| is_odd(*c)) {
        let code = u32::from(odd);
        (
            start + offset,
            format!("the character U+{code:04X} cannot stand here"),
            Some("write a space".to_owned()),
        )
    } else if let Some(sign) =
        text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| "@`%".contains(*c))
    {
        (at, format!("a value cannot begin with `{sign}`"), Some("put quotes around it".to_owned()))
    } else {
        (at, wording(info), quoting(text, at))
    };
    let end = at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Diagnostic::error("syntax", message)
        .at(Place::Bytes { file: source.path.clone(), start: at, end })
        .maybe_hint(hint)
}

/// Spaces that look like spaces and are none, and what cannot be seen at all.
fn is_odd(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}' | '\u{3000}' | '\u{feff}' | '\0')
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|n| text.is_char_boundary(*n)).unwrap_or(0)
}

fn wording(info: &str) -> String {
    let mut words = info.chars();
    let first = words.next().map(char::to_lowercase);
    format!("not valid YAML: {}", first.into_iter().flatten().chain(words).collect::<String>())
}

/// The advice to quote, if a `${` stands within brackets on the lines before.
fn quoting(text: &str, at: usize) -> Option<String> {
    let before = text.get(..at)?;
    let from = before.rmatch_indices('\n').nth(2).map_or(0, |(newline, _)| newline + 1);
    let line_end = text.get(at..)?.find('\n').map_or(text.len(), |n| at + n);
    let near = text.get(from..line_end)?;
    let bare = |before: &str| {
        let line = before.rsplit('\n').next().unwrap_or(before);
        before.contains(['{', '[']) && ['"', '\''].iter().all(|quote| line.matches(*quote).count() % 2 == 0)
    };
    let found = near.match_indices("${").any(|(hole, _)| near.get(..hole).is_some_and(bare));
    found.then(|| QUOTE.to_owned())
}
