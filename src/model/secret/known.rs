//! The sensitive texts that are known in clear, in all their forms, so that a text is searched for all of them at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use super::forms::forms;
use super::readings::readings;
use super::{SHORTEST, SHORTEST_ENCODED, Secret};

/// Texts that nobody is to see.
#[derive(Clone, Default)]
pub struct Secrets {
    /// By how they begin, in lower case.
    forms: BTreeMap<[u8; SHORTEST], BTreeSet<Secret>>,
    /// Those that are too short to be looked for inside of words.
    short: BTreeSet<Secret>,
}

impl Secrets {
    /// Whether one of them stands anywhere in the text; of the short ones, whether it is the text.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        self.short.contains(&Secret::new(text.trim())) || self.inside(text).next().is_some()
    }

    /// Where they stand in the text, the short ones as words.
    pub(super) fn found(&self, text: &str) -> Vec<Range<usize>> {
        self.inside(text).chain(self.words(text)).collect()
    }

    /// As it stands, then as it may be read otherwise.
    fn inside<'s>(&'s self, text: &'s str) -> impl Iterator<Item = Range<usize>> + 's {
        // where nothing is known, nothing needs to be read
        let text = if self.forms.is_empty() { "" } else { text };
        let read = readings(text).flat_map(|reading| {
            let found = self.within(&reading.bytes).filter_map(|found| reading.origin(found));
            found.collect::<Vec<_>>()
        });
        self.within(text.as_bytes()).chain(read)
    }

    fn within<'s>(&'s self, bytes: &'s [u8]) -> impl Iterator<Item = Range<usize>> + 's {
        bytes.windows(SHORTEST).enumerate().flat_map(move |(at, start)| {
            let alike = start_of(start).and_then(|start| self.forms.get(&start));
            let forms = alike.into_iter().flatten().map(|form| form.expose().as_bytes());
            let here = forms.filter(move |form| stands(form, &bytes[at..]));
            here.map(move |form| at..at + form.len())
        })
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
            if text.trim().len() < SHORTEST {
                let short = Some(text.trim()).filter(|text| !text.is_empty());
                self.short.extend(short.map(Secret::new));
                continue;
            }
            for form in forms(text) {
                if let Some(start) = start_of(form.as_bytes()) {
                    self.forms.entry(start).or_default().insert(Secret::new(form));
                }
            }
        }
    }
}

impl FromIterator<Secret> for Secrets {
    fn from_iter<I: IntoIterator<Item = Secret>>(secrets: I) -> Self {
        let mut all = Self::default();
        all.extend(secrets);
        all
    }
}
