//! Flow text, `{ }` and `[ ]` as in JSON, in which a comma or a colon is missing: a parser notices only where the next sign makes no
//! sense to it, often lines later, and takes the quote or the bracket there for the culprit.

use super::lines::{Cure, Slip, indent, line_of};
use super::slips::unclosed;

/// What may come next within one bracket.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Awaits {
    /// A key, of a map.
    Key,
    /// The `:` behind a key.
    Colon,
    /// A value.
    Value,
    /// The `,` behind a value.
    Comma,
}

/// A bracket that is open.
struct Bracket {
    /// Where it stands.
    start: usize,
    is_map: bool,
    awaits: Awaits,
}

impl Bracket {
    fn first(start: usize, is_map: bool) -> Self {
        Self { start, is_map, awaits: if is_map { Awaits::Key } else { Awaits::Value } }
    }

    /// Takes up a value, or a key; what is missing before it, if something is.
    fn takes(&mut self) -> Option<char> {
        self.awaits = match self.awaits {
            Awaits::Key => Awaits::Colon,
            Awaits::Value => Awaits::Comma,
            Awaits::Colon => return Some(':'),
            Awaits::Comma => return Some(','),
        };
        None
    }
}

/// The first place in the flow text from `start` up to a complaint at which a comma or a colon is missing.
pub(super) fn missing(text: &str, start: usize, at: usize) -> Option<Slip> {
    let bytes = text.as_bytes();
    let mut open: Vec<Bracket> = Vec::new();
    let mut here = start;
    while here <= at {
        let sign = *bytes.get(here)?;
        let next = match sign {
            b'"' | b'\'' => quoted(bytes, here)?,
            b'#' if here == 0 || bytes.get(here - 1).is_none_or(u8::is_ascii_whitespace) => {
                bytes.get(here..)?.iter().position(|byte| *byte == b'\n').map(|line| here + line)?
            }
            b'{' | b'[' | b'}' | b']' | b',' => here + 1,
            b':' if is_colon(bytes, here) => here + 1,
            _ if sign.is_ascii_whitespace() => here + 1,
            // an anchor or a tag, with its value behind it
            b'&' | b'!' => {
                bytes.get(here..)?.iter().position(u8::is_ascii_whitespace).map(|end| here + end)?
            }
            _ => plain(bytes, here),
        };
        match sign {
            b'}' | b']' => {
                open.pop();
                if open.is_empty() {
                    return None;
                }
            }
            b',' => {
                let bracket = open.last_mut()?;
                *bracket = Bracket::first(bracket.start, bracket.is_map);
            }
            b':' if next == here + 1 => open.last_mut()?.awaits = Awaits::Value,
            b'#' | b'&' | b'!' => {}
            _ if sign.is_ascii_whitespace() => {}
            _ => {
                if sign == b'{' && here > start && bytes.get(here - 1) == Some(&b'$') {
                    // `${…}` without quotes
                    return None;
                }
                if let Some(bracket) = open.last_mut()
                    && let Some(sign) = bracket.takes()
                {
                    return if is_left(text, bracket.start, here) {
                        unclosed(text, bracket.start, here)
                    } else {
                        Some(told(here, sign))
                    };
                }
                if matches!(sign, b'{' | b'[') {
                    open.push(Bracket::first(here, sign == b'{'));
                }
            }
        }
        here = next;
    }
    None
}

/// Whether what stands at `here` is no part of a bracket any more, were that closed: it begins a line that is indented no deeper than
/// the one with the bracket, and is no JSON.
fn is_left(text: &str, bracket: usize, here: usize) -> bool {
    let (start, line) = line_of(text, here);
    let is_first = text.get(start..here).is_some_and(|before| before.trim().is_empty());
    let above = indent(line_of(text, bracket).1);
    is_first && indent(line).len() <= above.len() && !line.trim_start().starts_with(['"', '\''])
}

fn told(at: usize, sign: char) -> Slip {
    Slip::new(
        at,
        format!("a `{sign}` is missing before this"),
        Some(Cure::ours(format!("write a `{sign}` between the two"))),
    )
}

/// Behind the quote that ends the text which begins here.
fn quoted(bytes: &[u8], start: usize) -> Option<usize> {
    let quote = *bytes.get(start)?;
    let mut at = start + 1;
    loop {
        match *bytes.get(at)? {
            b'\\' if quote == b'"' => at += 2,
            b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// Whether a colon is one that stands between a key and its value.
fn is_colon(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    bytes.get(at + 1).is_none_or(|next| next.is_ascii_whitespace() || b",[]{}".contains(next))
        || matches!(before, Some(b'"' | b'\''))
}

/// Behind a text without quotes, which may go on over lines.
fn plain(bytes: &[u8], start: usize) -> usize {
    let ends = |at: &usize| match bytes.get(*at) {
        Some(b':') => is_colon(bytes, *at),
        Some(b'#') => bytes.get(at - 1).is_some_and(u8::is_ascii_whitespace),
        Some(byte) => b",[]{}".contains(byte),
        None => true,
    };
    (start + 1..=bytes.len()).find(ends).unwrap_or(bytes.len())
}
