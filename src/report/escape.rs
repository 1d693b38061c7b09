//! Foreign text made harmless and visible: one wrapper for everything that people, templates or the catalog wrote, and
//! the same for documents. Each renderer uses it in one place.

use std::fmt::{self, Display, Write};

pub use crate::model::text::is_hidden;

/// Text in which control, bidirectional and invisible characters are spelled out (`\u{1b}`), newlines included.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(pub &'a str);

/// The same in double quotes, unambiguous: quotes and backslashes inside are spelled out too.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, c) in self.0.char_indices() {
            match c {
                '#' if starts_command(self.0.get(at..).unwrap_or_default()) => f.write_str("#\\")?,
                c => write_visible(f, c)?,
            }
        }
        Ok(())
    }
}

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        let mut rest = self.0;
        while let Some(at) = rest.find(['"', '\\']) {
            let (before, from) = rest.split_at(at);
            let (special, after) = from.split_at(1);
            write!(f, "{}\\{special}", Escaped(before))?;
            rest = after;
        }
        write!(f, "{}\"", Escaped(rest))
    }
}

fn write_visible(f: &mut fmt::Formatter<'_>, c: char) -> fmt::Result {
    match c {
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        c if is_hidden(c) => write!(f, "\\u{{{:x}}}", u32::from(c)),
        c => f.write_char(c),
    }
}

/// Whether a CI runner would take what begins here for a command, wherever it stands in a line: `##[…]`, `##vso[…]`,
/// `##teamcity[…]`.
#[must_use]
pub fn starts_command(rest: &str) -> bool {
    let word =
        rest.strip_prefix("##").map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric()));
    word.is_some_and(|rest| rest.starts_with('['))
}

/// Text for people as it leaves the process, whatever it was put together from: no line begins with `::`, as the commands
/// of one runner do, nor holds those of others, and nothing is hidden in it but our own colours. Runners look behind blanks
/// of all kinds, and a carriage return or another control character ends a line for some of them.
#[must_use]
pub fn defused(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        let bare = line.trim_start();
        let (blanks, rest) = line.split_at(line.len() - bare.len());
        let _ = write!(out, "{}", Escaped(blanks));
        if bare.starts_with("::") {
            out.push('\\');
        }
        match rest.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'#') {
            true => out.push_str(rest),
            false => with_colours(&mut out, rest),
        }
        out.push_str(end);
    }
    out
}

/// The rest of a line, in which our own colours stay as they are.
fn with_colours(out: &mut String, mut rest: &str) {
    while let Some(at) = rest.find('\u{1b}') {
        let (before, from) = rest.split_at(at);
        let colour = colour(from);
        let _ = write!(out, "{}{colour}", Escaped(before));
        if colour.is_empty() {
            out.push_str("\\u{1b}");
        }
        rest = &from[colour.len().max(1)..];
    }
    let _ = write!(out, "{}", Escaped(rest));
}

/// The colour that an escape sequence at the beginning of a text sets, if it does nothing else: none that hides the text.
fn colour(text: &str) -> &str {
    let numbers = text.strip_prefix("\u{1b}[").unwrap_or_default();
    let rest = numbers.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
    let codes = &numbers[..numbers.len() - rest.len()];
    let hides = codes.split(';').any(|code| code.trim_start_matches('0') == "8");
    if rest.starts_with('m') && !hides { &text[..text.len() - rest.len() + 1] } else { "" }
}

/// The text without invisible characters and without commands for CI runners, for documents (JSON) that spell out what is
/// in a string: `\u001b`.
#[must_use]
pub fn json_safe(document: &str) -> String {
    let mut safe = String::with_capacity(document.len());
    for (at, c) in document.char_indices() {
        let is_command = c == '#' && starts_command(&document[at..]);
        if c == '\n' || !(is_hidden(c) || is_command) {
            safe.push(c);
            continue;
        }
        // in a serialised document such characters stand inside strings only
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(safe, "\\u{unit:04x}");
        }
    }
    safe
}
