//! In which forms a service may repeat a text: as it is, line by line, and in the encodings of logs, links and documents.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::digest::{hex, unhex};
use super::readings::{spelt, without_breaks};
use super::{SHORTEST, SHORTEST_ENCODED};

/// What links leave as it is.
const IN_LINKS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// All forms of a text that is not too short to be looked for. What is found without regard to case stands here once.
pub(super) fn forms(text: &str) -> BTreeSet<String> {
    let trimmed = text.trim();
    let mut forms = BTreeSet::from([text.to_owned(), trimmed.to_owned()]);
    if trimmed.len() >= SHORTEST_ENCODED {
        let lines = trimmed.lines().map(str::trim).filter(|line| line.len() >= SHORTEST_ENCODED);
        for text in lines.chain([text, trimmed]) {
            forms.insert(text.to_owned());
            forms.extend([
                escaped(text),
                in_markup(text),
                in_link(text),
                in_form(text),
                hex(text.as_bytes()),
            ]);
            forms.extend([text.to_lowercase(), text.to_uppercase()]);
            forms.extend((0..3).flat_map(|before| in_base64(text.as_bytes(), before)));
        }
    }
    for text in [text, trimmed].into_iter().filter(|text| text.len() >= SHORTEST_ENCODED) {
        forms.extend(in_utf16(text));
    }
    forms.extend([text, trimmed].into_iter().flat_map(quoted));
    let unbroken: Vec<_> = forms.iter().map(|form| without_breaks(form)).collect();
    forms.extend(unbroken.into_iter().filter(|form| form.len() >= SHORTEST_ENCODED));
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

/// What a word may stand for, if it is one of the encodings, or one within another: itself first.
pub(super) fn meanings(word: &str) -> Vec<String> {
    let mut meanings = vec![word.to_owned()];
    let first = meant(word);
    let second: Vec<String> = first.iter().flat_map(|text| meant(text)).collect();
    for text in first.into_iter().chain(second) {
        if !meanings.contains(&text) {
            meanings.push(text);
        }
    }
    meanings
}

fn meant(word: &str) -> Vec<String> {
    let mut meant: Vec<String> = Vec::new();
    meant.extend(percent_decode_str(word).decode_utf8().ok().map(|text| text.into_owned()));
    meant.extend(["'", "\""].map(|quote| word.replace(&quote.repeat(2), quote)));
    meant.extend(spelt(word));
    let unpadded = word.trim_end_matches('=');
    let bytes = [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD].into_iter().filter_map(|one| one.decode(unpadded).ok());
    let bytes: Vec<Vec<u8>> = bytes.chain(unhex(word)).filter(|bytes| !bytes.is_empty()).collect();
    meant.extend(bytes.iter().flat_map(|bytes| of_bytes(bytes)));
    meant.retain(|text| text != word);
    meant
}

/// The texts that these bytes are.
fn of_bytes(bytes: &[u8]) -> impl Iterator<Item = String> {
    let pairs = || bytes.as_chunks::<2>().0.iter();
    let little: Vec<u16> = pairs().map(|pair| u16::from_le_bytes(*pair)).collect();
    let big: Vec<u16> = pairs().map(|pair| u16::from_be_bytes(*pair)).collect();
    let wide = [little, big].into_iter().filter(|_| bytes.len().is_multiple_of(2));
    let wide = wide.filter_map(|units| String::from_utf16(&units).ok());
    String::from_utf8(bytes.to_vec()).ok().into_iter().chain(wide)
}

/// As it stands between quotes in SQL, CSV, YAML and a shell.
fn quoted(text: &str) -> impl Iterator<Item = String> {
    let ways = [("'", "''"), ("\"", "\"\""), ("'", "\\'"), ("\"", "\\\""), ("'", "'\\''"), ("'", "'\"'\"'")];
    ways.into_iter()
        .filter(|(quote, _)| text.contains(quote))
        .map(|(quote, written)| text.replace(quote, written))
}

/// As the text of a JSON string.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.trim_start_matches('"').strip_suffix('"').unwrap_or_default().to_owned()
}

/// As the text of an XML or HTML element.
fn in_markup(text: &str) -> String {
    let mut marked = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => marked.push_str("&amp;"),
            '<' => marked.push_str("&lt;"),
            '>' => marked.push_str("&gt;"),
            '"' => marked.push_str("&quot;"),
            c => marked.push(c),
        }
    }
    marked
}

/// In both orders of bytes, as other systems encode them further.
fn in_utf16(text: &str) -> impl Iterator<Item = String> {
    let orders: [fn(u16) -> [u8; 2]; 2] = [u16::to_le_bytes, u16::to_be_bytes];
    let texts = orders.map(|order| text.encode_utf16().flat_map(order).collect::<Vec<u8>>());
    texts.into_iter().flat_map(|bytes| {
        let encoded: Vec<String> = (0..3).flat_map(|before| in_base64(&bytes, before)).collect();
        encoded.into_iter().chain([hex(&bytes)])
    })
}

fn in_link(text: &str) -> String {
    utf8_percent_encode(text, IN_LINKS).to_string()
}

/// As in a form: blanks are `+`.
fn in_form(text: &str) -> String {
    in_link(text).replace("%20", "+")
}

/// In both alphabets, as it looks with so many bytes before it: only the characters that are made of nothing else.
fn in_base64(text: &[u8], before: usize) -> [String; 2] {
    let bytes = [&vec![0; before], text].concat();
    let (first, last) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    let inner = |encoded: String| encoded.get(first..last).unwrap_or_default().to_owned();
    [inner(STANDARD_NO_PAD.encode(&bytes)), inner(URL_SAFE_NO_PAD.encode(&bytes))]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A secret of many lines costs as much as its lines do.
    #[test]
    fn what_forms_cost_grows_with_the_secret_only() {
        let pem = |lines: usize| (0..lines).map(|n| format!("line \"{n:060}\"\n")).collect::<String>();
        let cost = |text: &str| forms(text).iter().map(String::len).sum::<usize>();
        let (few, many) = (pem(10), pem(100));
        assert!(cost(&many) <= 11 * cost(&few));
        assert!(cost(&many) <= 100 * many.len(), "{}", cost(&many) / many.len());
        assert!(forms(&many).len() <= 30 * 100 + 100, "{}", forms(&many).len());
    }
}
