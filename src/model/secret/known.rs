//! The sensitive texts that are known in clear, in all their forms, so that a text is searched for all of them at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use super::forms::forms;
use super::readings::readings;
use super::{SHORTEST, SHORTEST_CUT, SHORTEST_ENCODED, Secret};

/// Texts that nobody is to see.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// By how they begin, in lower case.
    forms: BTreeMap<[u8; SHORTEST], BTreeSet<Secret>>,
    /// Those of which a part tells too much, by how their last bytes begin.
    ends: BTreeMap<[u8; SHORTEST], BTreeSet<Secret>>,
    /// Those that are too short to be looked for inside of words.
    short: BTreeSet<Secret>,
    /// The values in those that are documents.
    parts: Option<Box<Secrets>>,
}

/// How bytes are searched.
type SearchWay = fn(&Secrets, &[u8]) -> Vec<Range<usize>>;

impl Secrets {
    /// Whether one of them stands anywhere in the text, or so much of it that messages lose it too; of the short ones whether
    /// it is the text. Of the values in documents too, but for those inside that may be anybody's, such as a region.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        let text = text.trim();
        let is_told = |parts: &Self| {
            let mut found = parts.inside(text, Self::within);
            parts.short.contains(&Secret::new(text))
                || found.any(|found| found.len() >= SHORTEST_CUT || found == (0..text.len()))
        };
        self.short.contains(&Secret::new(text))
            || self.inside(text, Self::told).next().is_some()
            || self.parts.as_deref().is_some_and(is_told)
    }

    /// Whether anything of the text would be redacted.
    #[must_use]
    pub fn stand_in(&self, text: &str) -> bool {
        !self.found(text).is_empty()
    }

    /// Where they stand in the text, the short ones as words; of the long ones also how they begin or end.
    pub(super) fn found(&self, text: &str) -> Vec<Range<usize>> {
        let parts = self.parts.iter().flat_map(|parts| parts.found(text));
        self.inside(text, Self::told).chain(self.words(text)).chain(parts).collect()
    }

    /// As it stands, then as it may be read otherwise.
    fn inside<'s>(&'s self, text: &'s str, search: SearchWay) -> impl Iterator<Item = Range<usize>> + 's {
        // where nothing is known, nothing needs to be read
        let text = if self.forms.is_empty() { "" } else { text };
        let read = readings(text).flat_map(move |reading| {
            let found = search(self, &reading.bytes).into_iter();
            found.filter_map(|found| reading.origin(found)).collect::<Vec<_>>()
        });
        search(self, text.as_bytes()).into_iter().chain(read)
    }

    fn told(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        [self.within(bytes), self.cut(bytes)].concat()
    }

    fn within(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let found = starts(bytes, &self.forms).filter(|(form, at)| stands(form, &bytes[*at..]));
        found.map(|(form, at)| at..at + form.len()).collect()
    }

    /// What begins or ends as one of the long ones does, as far as it does.
    fn cut(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let begun = starts(bytes, &self.forms).map(|(form, at)| {
            let same =
                form.iter().zip(&bytes[at..]).take_while(|(one, other)| one.eq_ignore_ascii_case(other));
            at..floor(bytes, at + same.count())
        });
        let ended = starts(bytes, &self.ends).filter_map(|(form, at)| {
            let (before, last) = form.split_at_checked(form.len().checked_sub(SHORTEST_CUT)?)?;
            let read = bytes.get(..at)?.iter().rev().zip(before.iter().rev());
            let same = read.take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count();
            stands(last, &bytes[at..]).then(|| ceiling(bytes, at - same)..at + last.len())
        });
        begun.chain(ended).filter(|found| found.len() >= SHORTEST_CUT).collect()
    }

    fn words<'s>(&'s self, text: &'s str) -> impl Iterator<Item = Range<usize>> + 's {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let found = self.short.iter().flat_map(|short| text.match_indices(short.expose()));
        found.map(|(at, short)| at..at + short.len()).filter(move |found| {
            let before = text[..found.start].chars().next_back();
            let after = text[found.end..].chars().next();
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        })
    }
}

/// Which of these may stand where.
fn starts<'a>(
    bytes: &'a [u8],
    all: &'a BTreeMap<[u8; SHORTEST], BTreeSet<Secret>>,
) -> impl Iterator<Item = (&'a [u8], usize)> {
    bytes.windows(SHORTEST).enumerate().flat_map(move |(at, start)| {
        let alike = start_of(start).and_then(|start| all.get(&start));
        alike.into_iter().flatten().map(move |form| (form.expose().as_bytes(), at))
    })
}

/// The last place before that is between two characters.
fn floor(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|byte| byte & 0xC0 == 0x80) {
        at -= 1;
    }
    at
}

/// The next place that is between two characters.
fn ceiling(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|byte| byte & 0xC0 == 0x80) {
        at += 1;
    }
    at
}

/// Longer ones are found in any case.
fn stands(form: &[u8], text: &[u8]) -> bool {
    match text.get(..form.len()) {
        Some(text) if form.len() >= SHORTEST_ENCODED => text.eq_ignore_ascii_case(form),
        Some(text) => text == form,
        None => false,
    }
}

fn start_of(text: &[u8]) -> Option<[u8; SHORTEST]> {
    text.first_chunk::<SHORTEST>().map(|start| start.map(|byte| byte.to_ascii_lowercase()))
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Extend<Secret> for Secrets {
    fn extend<I: IntoIterator<Item = Secret>>(&mut self, secrets: I) {
        for secret in secrets {
            let text = secret.expose();
            self.take_parts(text);
            if text.trim().len() < SHORTEST {
                self.take_short(text);
            } else {
                self.take(text);
            }
        }
    }
}

impl Secrets {
    fn take(&mut self, text: &str) {
        for form in forms(text) {
            if let Some(start) = start_of(form.as_bytes()) {
                let end =
                    form.len().checked_sub(SHORTEST_CUT).and_then(|at| start_of(&form.as_bytes()[at..]));
                if let Some(end) = end {
                    self.ends.entry(end).or_default().insert(Secret::new(&*form));
                }
                self.forms.entry(start).or_default().insert(Secret::new(form));
            }
        }
    }

    fn take_short(&mut self, text: &str) {
        let short = Some(text.trim()).filter(|text| !text.is_empty());
        self.short.extend(short.map(Secret::new));
    }

    /// Of a document, the texts in it: short ones are found as words.
    fn take_parts(&mut self, text: &str) {
        let is_document = text.trim_start().starts_with(['{', '[']);
        let document = Some(text).filter(|_| is_document).and_then(|text| serde_json::from_str(text).ok());
        let Some(document) = document else { return };
        let parts = self.parts.get_or_insert_default();
        for text in texts(&document) {
            parts.take_parts(text);
            if text.trim().len() < SHORTEST_ENCODED {
                parts.take_short(text);
            } else {
                parts.take(text);
            }
        }
    }
}

/// All texts in a document that are values.
fn texts(document: &serde_json::Value) -> Vec<&str> {
    use serde_json::Value;
    match document {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

impl FromIterator<Secret> for Secrets {
    fn from_iter<I: IntoIterator<Item = Secret>>(secrets: I) -> Self {
        let mut all = Self::default();
        all.extend(secrets);
        all
    }
}
