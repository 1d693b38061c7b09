//! What a YAML parser's complaint means for the person who wrote the file: the usual slips, named.

use super::lines::{Slip, around, indent};
use super::slips;
use crate::model::diagnostic::{Diagnostic, Place, Source};

/// What to do about `${` inside `{ }` or `[ ]`.
pub(crate) const QUOTE: &str = "put quotes around a `${…}` that stands inside `{ }` or `[ ]`";

/// A syntax error at a byte of the source, with the parser's own words and what is likely behind it.
pub(crate) fn explain(source: &Source, at: usize, info: &str) -> Diagnostic {
    let text = &*source.text;
    let at = floor(text, at);
    let Slip { at, message, hint } =
        slip(text, at).or_else(|| slips::by_words(text, at, info)).unwrap_or_else(|| {
            let hint = quoting(text, at).or_else(|| escape(info));
            Slip { at, message: wording(info), hint }
        });
    let end = at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Diagnostic::error("syntax", message)
        .at(Place::Bytes { file: source.path.clone(), start: at, end })
        .maybe_hint(hint)
}

/// The slip behind a complaint at a byte. A parser often notices on the line before it or behind it.
fn slip(text: &str, at: usize) -> Option<Slip> {
    if let Some(at) = conflict(text) {
        let hint = Some("keep one of the two sides, and take the marks out".to_owned());
        return Some(Slip { at, message: "a merge conflict stands here, unresolved".to_owned(), hint });
    }
    let lines = around(text, at);
    let tab = lines.iter().find_map(|(start, line)| Some(start + indent(line).find('\t')?));
    if let Some(at) = tab {
        let hint = Some("indent with spaces".to_owned());
        return Some(Slip { at, message: "a tab cannot indent".to_owned(), hint });
    }
    let odd = |(start, line): &(usize, &str)| {
        let (offset, odd) = line.char_indices().find(|(_, c)| is_odd(*c))?;
        Some((start + offset, odd))
    };
    if let Some((at, odd)) = lines.iter().filter_map(odd).min_by_key(|(at, _)| *at) {
        let message = format!("the character U+{:04X}{} cannot stand here", u32::from(odd), called(odd));
        return Some(Slip { at, message, hint: Some("write a space".to_owned()) });
    }
    if let Some(sign) = text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| "@`%".contains(*c)) {
        let hint = Some("put quotes around it".to_owned());
        return Some(Slip { at, message: format!("a value cannot begin with `{sign}`"), hint });
    }
    lines.iter().rev().find_map(|(start, line)| {
        let colon = no_space(line)?;
        let hint = line.trim().replacen(':', ": ", 1);
        let message = "a space is missing behind this `:`".to_owned();
        Some(Slip { at: start + colon, message, hint: Some(format!("write `{hint}`")) })
    })
}

/// The first mark of a merge conflict, if there are those of both sides.
fn conflict(text: &str) -> Option<usize> {
    let begins = |mark: &str| {
        let at_start = text.starts_with(mark).then_some(0);
        at_start.or_else(|| text.find(&format!("\n{mark}")).map(|at| at + 1))
    };
    let first = begins("<<<<<<< ")?;
    begins(">>>>>>> ").map(|_| first)
}

/// Where the colon of `Engine:postgres` is: a line that is one word with a colon inside.
fn no_space(line: &str) -> Option<usize> {
    let word = line.trim();
    let (key, value) = word.split_once(':')?;
    let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let alone = !value.is_empty() && !value.starts_with([' ', ':', '/']) && !value.contains(": ");
    (plain && alone).then(|| indent(line).len() + key.len())
}

/// What an unknown escape in double quotes asks for.
fn escape(info: &str) -> Option<String> {
    let of_escape = info.contains("escape");
    of_escape
        .then(|| "within `\"`, a backslash is written `\\\\`; within `'` it stands for itself".to_owned())
}

/// The name of a character that cannot be told from a space.
fn called(c: char) -> &'static str {
    match c {
        '\u{a0}' => " (a no-break space)",
        '\u{202f}' => " (a narrow no-break space)",
        '\u{200b}' => " (a zero-width space)",
        '\u{feff}' => " (a byte order mark)",
        '\u{3000}' => " (an ideographic space)",
        _ => "",
    }
}

/// Spaces that look like spaces and are none, and what cannot be seen at all.
fn is_odd(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}' | '\u{3000}' | '\u{feff}' | '\0')
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|n| text.is_char_boundary(*n)).unwrap_or(0)
}

/// Whether a finding has the parser's own words only.
pub(super) fn is_unexplained(found: &Diagnostic) -> bool {
    found.message.starts_with(UNEXPLAINED) || found.message == "this line has no `:`"
}

/// What the parser's own words begin with.
const UNEXPLAINED: &str = "not valid YAML: ";

fn wording(info: &str) -> String {
    let mut words = info.chars();
    let first = words.next().map(char::to_lowercase);
    format!("{UNEXPLAINED}{}", first.into_iter().flatten().chain(words).collect::<String>())
}

/// The advice to quote, if a `${` without quotes stands within brackets, on the line of the complaint or the one before.
fn quoting(text: &str, at: usize) -> Option<String> {
    let before = text.get(..at)?;
    let from = before.rmatch_indices('\n').nth(1).map_or(0, |(newline, _)| newline + 1);
    let line_end = text.get(at..)?.find('\n').map_or(text.len(), |n| at + n);
    let near = text.get(from..line_end)?;
    let bare = |before: &str| {
        let line = before.rsplit('\n').next().unwrap_or(before);
        before.contains(['{', '[']) && ['"', '\''].iter().all(|quote| line.matches(*quote).count() % 2 == 0)
    };
    let found = near.match_indices("${").any(|(hole, _)| near.get(..hole).is_some_and(bare));
    found.then(|| QUOTE.to_owned())
}
