//! How a text reads for whoever knows how it was written: without the breaks of long lines, without what stands between the
//! digits of bytes, with its characters in place of their numbers and names. Each byte of a reading knows where it comes from.

use std::ops::Range;

use super::SHORTEST_ENCODED;

/// A text as it may be read.
pub(super) struct OtherReading {
    /// What it says.
    pub bytes: Vec<u8>,
    from: Vec<Range<usize>>,
    counts: fn(&[u8]) -> bool,
}

/// How many bytes stand for one character, or for nothing.
type Spelling = (usize, Option<char>);

/// A way to read: what something at the beginning of a text stands for, if not for itself; and what counts that is found so.
type ReadingWay = (fn(&str) -> Option<Spelling>, fn(&[u8]) -> bool);

const WAYS: [ReadingWay; 3] = [(unbroken, is_long), (digits, are_digits), (character, is_any)];

/// All readings that differ from the text itself.
pub(super) fn readings(text: &str) -> impl Iterator<Item = OtherReading> + '_ {
    WAYS.into_iter().map(|way| OtherReading::of(text, way)).filter(|reading| reading.bytes != text.as_bytes())
}

impl OtherReading {
    fn of(text: &str, (unit, counts): ReadingWay) -> Self {
        let mut reading = Self { bytes: Vec::with_capacity(text.len()), from: Vec::new(), counts };
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let (length, stands) = unit(rest).unwrap_or((first.len_utf8(), Some(first)));
            let at = text.len() - rest.len();
            for byte in stands.iter().flat_map(|c| c.encode_utf8(&mut [0; 4]).bytes().collect::<Vec<_>>()) {
                reading.bytes.push(byte);
                reading.from.push(at..at + length);
            }
            rest = &rest[length..];
        }
        reading
    }

    /// Where in the text something stands that was found in the reading, if that counts.
    pub fn origin(&self, found: Range<usize>) -> Option<Range<usize>> {
        let bytes = self.bytes.get(found.clone()).filter(|bytes| (self.counts)(bytes))?;
        let (first, last) = (self.from.get(found.start)?, self.from.get(found.start + bytes.len() - 1)?);
        Some(first.start..last.end)
    }
}

/// A text as it is found in one whose lines were broken anywhere.
pub(super) fn without_breaks(text: &str) -> String {
    String::from_utf8(OtherReading::of(text, (unbroken, is_any)).bytes).unwrap_or_default()
}

/// Breaks of lines and blanks, also where they are written as in a program, stand for nothing.
fn unbroken(rest: &str) -> Option<Spelling> {
    let escapes = ["\\r", "\\n", "\\t"];
    let first = rest.chars().next().filter(|c| c.is_whitespace());
    let escaped =
        || escapes.iter().find(|escape| rest.starts_with(**escape)).map(|escape| (escape.len(), None));
    first.map(|c| (c.len_utf8(), None)).or_else(escaped)
}

/// What people and programs write between the digits of bytes: `53:33`, `53 33`, `0x53, 0x33`, `\x53\x33`, `%53%33`.
fn digits(rest: &str) -> Option<Spelling> {
    let prefixed = ["0x", "0X", "\\x", "\\X"].iter().any(|prefix| rest.starts_with(prefix));
    let between = || rest.starts_with(|c: char| ":-.,;_=%'\"".contains(c)).then_some((1, None));
    if prefixed { Some((2, None)) } else { unbroken(rest).or_else(between) }
}

/// Characters by their names and numbers in markup, and by their numbers in JSON.
fn character(rest: &str) -> Option<Spelling> {
    if let Some(code) = rest.strip_prefix("\\u") {
        return Some((6, Some(numbered(code.get(..4)?, 16)?)));
    }
    let name = rest.strip_prefix('&')?;
    let name = name.get(..name.bytes().take(12).position(|byte| byte == b';')?)?;
    let stands = match (name, name.strip_prefix("#x").or_else(|| name.strip_prefix("#X"))) {
        ("amp", _) => '&',
        ("lt", _) => '<',
        ("gt", _) => '>',
        ("quot", _) => '"',
        ("apos", _) => '\'',
        (_, Some(code)) => numbered(code, 16)?,
        _ => numbered(name.strip_prefix('#')?, 10)?,
    };
    Some((name.len() + 2, Some(stands)))
}

fn numbered(code: &str, radix: u32) -> Option<char> {
    u32::from_str_radix(code, radix).ok().and_then(char::from_u32)
}

fn is_any(_: &[u8]) -> bool {
    true
}

/// Shorter ones may come about where two words meet.
fn is_long(bytes: &[u8]) -> bool {
    bytes.len() >= SHORTEST_ENCODED
}

fn are_digits(bytes: &[u8]) -> bool {
    bytes.len() >= 2 * SHORTEST_ENCODED && bytes.iter().all(u8::is_ascii_hexdigit)
}
