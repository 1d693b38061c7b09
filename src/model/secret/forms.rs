//! In which forms a service may repeat a text: as it is, line by line, and in the encodings of logs, links and documents.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::digest::{hex, unhex};
use super::readings::without_breaks;
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
            forms.extend((0..3).flat_map(|before| in_base64(text, before)));
        }
    }
    forms.extend([text, trimmed].into_iter().flat_map(quoted));
    let unbroken: Vec<_> = forms.iter().map(|form| without_breaks(form)).collect();
    forms.extend(unbroken.into_iter().filter(|form| form.len() >= SHORTEST_ENCODED));
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

/// What a word may stand for, if it is one of the encodings: itself first.
pub(super) fn meanings(word: &str) -> Vec<String> {
    let mut meanings = vec![word.to_owned()];
    meanings.extend(percent_decode_str(word).decode_utf8().ok().map(|text| text.into_owned()));
    meanings.extend(serde_json::from_str(&format!("\"{word}\"")).ok());
    meanings.extend(["'", "\""].map(|quote| word.replace(&quote.repeat(2), quote)));
    meanings.extend(unhex(word).and_then(|bytes| String::from_utf8(bytes).ok()));
    let unpadded = word.trim_end_matches('=');
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        meanings.extend(engine.decode(unpadded).ok().and_then(|bytes| String::from_utf8(bytes).ok()));
    }
    meanings
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

fn in_link(text: &str) -> String {
    utf8_percent_encode(text, IN_LINKS).to_string()
}

/// As in a form: blanks are `+`.
fn in_form(text: &str) -> String {
    in_link(text).replace("%20", "+")
}

/// In both alphabets, as it looks with so many bytes before it: only the characters that are made of nothing else.
fn in_base64(text: &str, before: usize) -> [String; 2] {
    let bytes = [&vec![0; before], text.as_bytes()].concat();
    let (first, last) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    let inner = |encoded: String| encoded.get(first..last).unwrap_or_default().to_owned();
    [inner(STANDARD_NO_PAD.encode(&bytes)), inner(URL_SAFE_NO_PAD.encode(&bytes))]
}
