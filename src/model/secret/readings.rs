//! How a text reads for whoever knows how it was written: without the breaks of long lines, without what stands between the
//! digits of bytes, with its characters in place of their numbers, names and escapes, out of an encoding, and out of a second
//! one. Each byte of a reading knows where it comes from.
//!
//! What it costs grows with the text and with nothing else: the number of readings is bounded, whatever is looked for in them.

use std::ops::Range;

use super::SHORTEST_ENCODED;
use crate::text::is_hidden;

/// A text as it may be read.
pub(super) struct OtherReading {
    /// What it says.
    pub bytes: Vec<u8>,
    from: Vec<Range<usize>>,
    counts: Tells,
    /// How it may be read once more.
    further: &'static [ReadingOf],
}

/// What is found in a reading, and did not come about by accident.
#[derive(Clone, Copy)]
struct Tells {
    /// Shorter ones may come about where two words meet.
    least: usize,
    only_digits: bool,
}

const ANY: Tells = Tells { least: 0, only_digits: false };
const LONG: Tells = Tells { least: SHORTEST_ENCODED, only_digits: false };
const DIGITS: Tells = Tells { least: 2 * SHORTEST_ENCODED, only_digits: true };

/// How many bytes stand for others, or for nothing.
type Spelling = (usize, Vec<u8>);

/// What a text stands for, read in one way; nothing where that is what it says.
type ReadingOf = fn(&[u8]) -> Option<OtherReading>;

/// All ways to read. A run of an encoding may begin before what is looked for: each place that it can begin at is a way.
const WAYS: [ReadingOf; 11] = [
    |text| OtherReading::of(text, unbroken, LONG),
    |text| OtherReading::of(text, digits, DIGITS).map(|reading| reading.going_on(&WAYS[8..10])),
    |text| OtherReading::of(text, character, ANY),
    |text| OtherReading::of(text, percent, LONG),
    |text| OtherReading::of_runs(text, &BASE64, 0),
    |text| OtherReading::of_runs(text, &BASE64, 1),
    |text| OtherReading::of_runs(text, &BASE64, 2),
    |text| OtherReading::of_runs(text, &BASE64, 3),
    |text| OtherReading::of_runs(text, &HEX, 0),
    |text| OtherReading::of_runs(text, &HEX, 1),
    |text| OtherReading::of(text, two_digits, LONG),
];

/// How two bytes are one unit of UTF-16.
type ByteOrder = fn([u8; 2]) -> u16;

/// All orders, and where the first unit begins.
const WIDE: [(ByteOrder, usize); 4] =
    [(u16::from_le_bytes, 0), (u16::from_le_bytes, 1), (u16::from_be_bytes, 0), (u16::from_be_bytes, 1)];

/// All readings that differ from the text itself; each is read once more.
pub(super) fn readings(text: &str) -> impl Iterator<Item = OtherReading> + '_ {
    read(text.as_bytes(), &WAYS).flat_map(|once| {
        let twice = read(&once.bytes, once.further).map(|twice| twice.within(&once));
        let twice: Vec<OtherReading> = twice.collect();
        std::iter::once(once).chain(twice)
    })
}

fn read<'t>(text: &'t [u8], ways: &'static [ReadingOf]) -> impl Iterator<Item = OtherReading> + 't {
    ways.iter().filter_map(move |way| way(text)).flat_map(|reading| {
        // texts have no zeros in them: what has was encoded as bytes
        let ways = if reading.bytes.contains(&0) { &WIDE[..] } else { &[] };
        let wide = ways.iter().filter_map(|(order, begins)| {
            Some(OtherReading::of_wide(&reading.bytes, *order, *begins)?.within(&reading))
        });
        let wide: Vec<OtherReading> = wide.collect();
        std::iter::once(reading).chain(wide)
    })
}

impl OtherReading {
    fn new(length: usize, counts: Tells) -> Self {
        let (bytes, from) = (Vec::with_capacity(length), Vec::with_capacity(length));
        Self { bytes, from, counts, further: &WAYS }
    }

    fn going_on(self, further: &'static [ReadingOf]) -> Self {
        Self { further, ..self }
    }

    fn of(text: &[u8], unit: fn(&[u8]) -> Option<Spelling>, counts: Tells) -> Option<Self> {
        let mut reading = Self::new(text.len(), counts);
        let (mut at, mut differs) = (0, false);
        while let Some(first) = text.get(at) {
            let Some((length, stands)) = unit(&text[at..]) else {
                reading.push(*first, at..at + 1);
                at += 1;
                continue;
            };
            let end = (at + length).min(text.len());
            stands.into_iter().for_each(|byte| reading.push(byte, at..end));
            (at, differs) = (end, true);
        }
        differs.then_some(reading)
    }

    /// What the runs of an encoding stand for, if they begin so many letters later, with something between them that no text has.
    /// What that is may be anything: it is read once more only if some of it may be a text.
    fn of_runs(text: &[u8], encoding: &Encoding, skipped: usize) -> Option<Self> {
        let mut reading = Self::new(0, LONG);
        let mut at = 0;
        for run in text.split(|letter| (encoding.value)(*letter).is_none()) {
            if run.len() >= encoding.shortest {
                reading.decode(run, encoding, skipped, at);
                reading.push(0xFF, at..at + run.len());
            }
            at += run.len() + 1;
        }
        let is_text = |stretch: &[u8]| stretch.iter().all(|byte| (b' '..=b'~').contains(byte));
        let may_be_text = reading.bytes.windows(SHORTEST_ENCODED).any(is_text);
        let further: &[ReadingOf] = if may_be_text { &WAYS } else { &[] };
        Some(reading.going_on(further)).filter(|reading| !reading.bytes.is_empty())
    }

    fn decode(&mut self, run: &[u8], encoding: &Encoding, skipped: usize, at: usize) {
        let (mut held, mut bits, mut begun) = (0u32, 0, skipped);
        for (n, letter) in run.iter().enumerate().skip(skipped) {
            held = held << encoding.bits | (encoding.value)(*letter).unwrap_or_default();
            bits += encoding.bits;
            if bits >= 8 {
                bits -= 8;
                self.push((held >> bits & 0xFF) as u8, at + begun..at + n + 1);
                held &= (1 << bits) - 1;
                begun = if bits == 0 { n + 1 } else { n };
            }
        }
    }

    /// What these bytes are in UTF-16, where enough of them may be: most of such units are below 256.
    fn of_wide(bytes: &[u8], order: ByteOrder, begins: usize) -> Option<Self> {
        let pairs = bytes.get(begins..)?.as_chunks::<2>().0;
        let units: Vec<u16> = pairs.iter().map(|pair| order(*pair)).collect();
        if units.iter().filter(|unit| **unit < 256).count() < SHORTEST_ENCODED / 2 {
            return None;
        }
        let mut reading = Self::new(bytes.len(), LONG);
        let mut at = begins;
        for read in char::decode_utf16(units) {
            let (text, length) = read.map_or((char::REPLACEMENT_CHARACTER, 2), |c| (c, c.len_utf16() * 2));
            for byte in text.encode_utf8(&mut [0; 4]).bytes() {
                reading.push(byte, at..at + length);
            }
            at += length;
        }
        Some(reading)
    }

    fn push(&mut self, byte: u8, from: Range<usize>) {
        self.bytes.push(byte);
        self.from.push(from);
    }

    /// The same of the text that another reading is of. What is short comes about by accident in what is read twice.
    fn within(mut self, of: &Self) -> Self {
        for from in &mut self.from {
            *from = of.from[from.start].start..of.from[from.end - 1].end;
        }
        self.counts.least = self.counts.least.max(SHORTEST_ENCODED);
        self
    }

    /// Where in the text something stands that was found in the reading, if that counts.
    pub fn origin(&self, found: Range<usize>) -> Option<Range<usize>> {
        let bytes = self.bytes.get(found.clone()).filter(|bytes| self.counts.has(bytes))?;
        let (first, last) = (self.from.get(found.start)?, self.from.get(found.start + bytes.len() - 1)?);
        Some(first.start..last.end)
    }
}

/// A text as it is found in one whose lines were broken anywhere.
pub(super) fn without_breaks(text: &str) -> String {
    let reading = OtherReading::of(text.as_bytes(), unbroken, ANY);
    reading.map_or_else(|| text.to_owned(), |it| String::from_utf8(it.bytes).unwrap_or_default())
}

/// A text with its characters in place of their numbers, names and escapes, and one without breaks.
pub(super) fn spelt(text: &str) -> impl Iterator<Item = String> {
    let ways = [character, unbroken].into_iter();
    let read = ways.filter_map(|unit| OtherReading::of(text.as_bytes(), unit, ANY));
    read.filter_map(|reading| String::from_utf8(reading.bytes).ok())
}

/// Breaks of lines, blanks and what nobody sees, also where they are written as in a program, stand for nothing.
fn unbroken(rest: &[u8]) -> Option<Spelling> {
    let escapes: [&[u8]; 3] = [b"\\r", b"\\n", b"\\t"];
    if let Some(escape) = escapes.iter().find(|escape| rest.starts_with(escape)) {
        return Some((escape.len(), Vec::new()));
    }
    let first = first_char(rest).filter(|c| c.is_whitespace() || is_hidden(*c))?;
    Some((first.len_utf8(), Vec::new()))
}

fn first_char(rest: &[u8]) -> Option<char> {
    let length = match rest.first()? {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0.. => 4,
    };
    std::str::from_utf8(rest.get(..length)?).ok()?.chars().next()
}

/// What people and programs write between the digits of bytes: `53:33`, `53 33`, `0x53, 0x33`, `\x53\x33`, `%53%33`.
fn digits(rest: &[u8]) -> Option<Spelling> {
    let prefixes: [&[u8]; 4] = [b"0x", b"0X", b"\\x", b"\\X"];
    let between = || rest.first().is_some_and(|byte| b":-.,;_=%'\"".contains(byte));
    if prefixes.iter().any(|prefix| rest.starts_with(prefix)) {
        return Some((2, Vec::new()));
    }
    unbroken(rest).or_else(|| between().then(|| (1, Vec::new())))
}

/// Characters by their names and numbers in markup, and as texts in programs and documents write them.
fn character(rest: &[u8]) -> Option<Spelling> {
    match rest.first()? {
        b'\\' => escaped(&rest[1..]).map(|(length, stands)| (length + 1, stands)),
        b'&' => marked(&rest[1..]).map(|(length, c)| (length + 1, c.to_string().into_bytes())),
        _ => None,
    }
}

/// What stands behind a backslash.
fn escaped(rest: &[u8]) -> Option<Spelling> {
    let of = |c: Option<char>, length: usize| Some((length, c?.to_string().into_bytes()));
    match rest.first()? {
        b'u' if rest.get(1) == Some(&b'{') => {
            let end = rest.iter().take(10).position(|byte| *byte == b'}')?;
            of(numbered(&rest[2..end], 16), end + 1)
        }
        b'u' => match number(rest.get(1..5)?, 16)? {
            // two halves of one character
            high @ 0xD800..0xDC00 if rest.get(5..7) == Some(b"\\u") => {
                let low = number(rest.get(7..11)?, 16).filter(|low| (0xDC00..0xE000).contains(low))?;
                of(char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)), 11)
            }
            code => of(char::from_u32(code), 5),
        },
        b'U' => of(numbered(rest.get(1..9)?, 16), 9),
        b'x' => Some((3, vec![u8::try_from(number(rest.get(1..3)?, 16)?).ok()?])),
        b'0'..=b'3' => Some((3, vec![u8::try_from(number(rest.get(..3)?, 8)?).ok()?])),
        b'n' => Some((1, b"\n".to_vec())),
        b'r' => Some((1, b"\r".to_vec())),
        b't' => Some((1, b"\t".to_vec())),
        // shells and patterns write a backslash before whatever means something to them
        sign if *sign == b' ' || sign.is_ascii_punctuation() => Some((1, vec![*sign])),
        _ => None,
    }
}

/// Bytes as directories and style sheets write them: `\2d`. Where three digits follow, it may be another number elsewhere.
fn two_digits(rest: &[u8]) -> Option<Spelling> {
    let code = rest.strip_prefix(b"\\")?.get(..2).and_then(|code| number(code, 16));
    code.and_then(|code| Some((3, vec![u8::try_from(code).ok()?]))).or_else(|| character(rest))
}

/// What stands behind an ampersand.
fn marked(rest: &[u8]) -> Option<(usize, char)> {
    let name = rest.get(..rest.iter().take(12).position(|byte| *byte == b';')?)?;
    let stands = match name {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x' | b'X', code @ ..] => numbered(code, 16)?,
        [b'#', code @ ..] => numbered(code, 10)?,
        _ => return None,
    };
    Some((name.len() + 1, stands))
}

/// Bytes by their numbers in links.
fn percent(rest: &[u8]) -> Option<Spelling> {
    let code = rest.strip_prefix(b"%")?.get(..2)?;
    Some((3, vec![u8::try_from(number(code, 16)?).ok()?]))
}

fn numbered(code: &[u8], radix: u32) -> Option<char> {
    number(code, radix).and_then(char::from_u32)
}

fn number(code: &[u8], radix: u32) -> Option<u32> {
    let text = std::str::from_utf8(code).ok().filter(|text| text.chars().all(|c| c.is_digit(radix)))?;
    u32::from_str_radix(text, radix).ok()
}

/// How an encoding writes bytes.
struct Encoding {
    /// Bits that a letter stands for.
    bits: u32,
    value: fn(u8) -> Option<u32>,
    /// Runs of fewer letters stand for too little.
    shortest: usize,
}

const BASE64: Encoding = Encoding { bits: 6, value: of_base64, shortest: (SHORTEST_ENCODED * 8).div_ceil(6) };

const HEX: Encoding =
    Encoding { bits: 4, value: |digit| char::from(digit).to_digit(16), shortest: SHORTEST_ENCODED * 2 };

/// In both alphabets.
fn of_base64(letter: u8) -> Option<u32> {
    Some(u32::from(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

impl Tells {
    fn has(self, bytes: &[u8]) -> bool {
        bytes.len() >= self.least && (!self.only_digits || bytes.iter().all(u8::is_ascii_hexdigit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> usize {
        readings(text).map(|reading| reading.bytes.len()).sum()
    }

    /// What a stranger can make it cost: texts in which every way finds something, twice.
    #[test]
    fn what_reading_costs_grows_with_the_text_only() {
        let ways = WAYS.len() * (1 + WIDE.len());
        let most = ways * (ways + 1);
        for unit in [
            "a",
            "4a",
            "\\\\u0041",
            "%2541 ",
            "QUFBQUFBQUFBQUFB",
            "&#65;\n",
            "\x41:",
            "\u{200b}\u{e4}",
            "AGEAYQBhAGEA",
        ] {
            let (one, ten) = (unit.repeat(100), unit.repeat(1_000));
            assert!(readings(&ten).count() <= most, "{unit}");
            assert!(bytes(&ten) <= 11 * bytes(&one), "{unit}");
            assert!(bytes(&ten) <= most * ten.len(), "{unit}");
        }
        // what a product gives is looked at by the thousand
        for usual in [
            "vpc-0123456789abcdef0",
            "arn:aws:sns:eu-west-1:111122223333:some-topic",
            "eu-west-1a,eu-west-1b",
        ] {
            assert!(readings(usual).count() < WAYS.len(), "{usual}");
        }
        assert_eq!(readings("nothing").count(), 0);
    }
}
