//! What is a member's own in texts that say the same of several: its place, its name, and ids. Texts that are alike but for
//! that are told once, with a word in the place of what differs.

use std::collections::BTreeMap;

use crate::model::text::listed;

/// Words in the place of where something is: a heading says where that is.
const PLACES: [&str; 3] = ["LOCATION", "ACCOUNT", "REGION"];
/// Of what is another thing for each, so many are told.
const VALUES: usize = 3;
/// Kinds of ids of the service, and the words for them.
const IDS: [(&str, &str); 7] = [
    ("pp", "ID"),
    ("rec", "RECORD"),
    ("plan", "PLAN"),
    ("prod", "PRODUCT"),
    ("pa", "VERSION"),
    ("lpv2", "PATH"),
    ("lpv3", "PATH"),
];

/// Whom texts are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Own {
    /// Its names, and the words for them; the longest first.
    names: Vec<(String, &'static str)>,
}

/// Texts, and what in them is a member's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The texts without that.
    pub(super) said: Said,
    /// What it is.
    values: Vec<String>,
}

/// Texts without what is a member's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said {
    /// The texts; what is a member's own by its number.
    texts: Vec<Vec<Stretch>>,
    /// The word for each thing of its own.
    words: Vec<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stretch {
    Said(String),
    Own(usize),
}

/// What differs between members, and the word that stands for it in their texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Differing {
    /// The word.
    pub(super) word: String,
    /// Whose value is which, in the order of the members.
    pub(super) values: Vec<String>,
}

impl Differing {
    /// Whether a heading tells already what it is.
    pub(super) fn is_place(&self) -> bool {
        PLACES.contains(&self.word.as_str())
    }
}

impl Own {
    /// Of somebody at a location, which may be written in several ways.
    pub(super) fn at(locations: &[&str]) -> Self {
        Self::default().and("LOCATION", locations)
    }

    /// The same, which is called like that too.
    pub(super) fn and(mut self, word: &'static str, names: &[&str]) -> Self {
        for name in names.iter().filter(|name| !name.is_empty()) {
            // a name that is made from its place is told by that
            let is_made = self.names.iter().any(|(known, _)| bounded(name, known));
            if !is_made {
                self.names.push(((*name).to_owned(), word));
            }
        }
        self.names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        self
    }

    /// Texts without what is its own.
    pub(super) fn pattern<'t>(&self, texts: impl IntoIterator<Item = &'t str>) -> Pattern {
        let mut pattern = Pattern::default();
        for text in texts {
            let mut pieces = Vec::new();
            self.read(text, |said, own| match own {
                Some(word) => pieces.push(Stretch::Own(pattern.numbered(said, word))),
                None => said_too(&mut pieces, said),
            });
            pattern.said.texts.push(pieces);
        }
        pattern
    }

    /// A text with words in the place of values.
    pub(super) fn with(&self, text: &str, words: &BTreeMap<String, String>) -> String {
        let mut out = String::with_capacity(text.len());
        self.read(text, |said, own| match own.and_then(|_| words.get(said)) {
            Some(word) => out += word,
            None => out += said,
        });
        out
    }

    /// Goes through a text: what is said, and what is its own, with the word for that.
    fn read<'t>(&self, text: &'t str, mut tell: impl FnMut(&'t str, Option<&'static str>)) {
        let (mut rest, mut before) = (text, None);
        while !rest.is_empty() {
            let found = if before.is_some_and(is_word) { None } else { self.found(rest, before) };
            let (length, word) = match found {
                Some((length, word)) => (length, Some(word)),
                None => (run(rest), None),
            };
            let (said, left) = rest.split_at(length);
            tell(said, word);
            (rest, before) = (left, said.chars().next_back());
        }
    }

    /// What is its own at the beginning of a text, and how long that is.
    fn found(&self, text: &str, before: Option<char>) -> Option<(usize, &'static str)> {
        let ends = |length: usize| !text.get(length..).is_some_and(|rest| rest.starts_with(is_word));
        let name = self.names.iter().find(|(name, _)| text.starts_with(name.as_str()) && ends(name.len()));
        match name {
            Some((name, word)) => Some((name.len(), word)),
            None if before == Some('-') => None,
            None => id(text),
        }
    }
}

impl Pattern {
    /// Texts of which nothing is a member's own.
    pub(super) fn exact<const N: usize>(texts: [String; N]) -> Self {
        let texts = texts.into_iter().map(|text| vec![Stretch::Said(text)]).collect();
        Self { said: Said { texts, words: Vec::new() }, values: Vec::new() }
    }

    /// The word for each of its own that a heading tells.
    pub(super) fn places(&self) -> BTreeMap<String, String> {
        let all = self.values.iter().zip(&self.said.words).filter(|(_, word)| PLACES.contains(word));
        all.map(|(value, word)| (value.clone(), (*word).to_owned())).collect()
    }

    fn numbered(&mut self, value: &str, word: &'static str) -> usize {
        self.values.iter().position(|known| known == value).unwrap_or_else(|| {
            self.values.push(value.to_owned());
            self.said.words.push(word);
            self.values.len() - 1
        })
    }

    /// What differs between patterns that are alike.
    pub(super) fn differing(all: &[&Self]) -> Vec<Differing> {
        let Some(first) = all.first() else { return Vec::new() };
        let mut out: Vec<Differing> = Vec::new();
        for (n, (word, value)) in first.said.words.iter().zip(&first.values).enumerate() {
            let values: Vec<String> = all.iter().filter_map(|one| one.values.get(n)).cloned().collect();
            if values.iter().any(|other| other != value) {
                let before = out.iter().filter(|one| one.word.trim_end_matches(char::is_numeric) == *word);
                let word = match before.count() {
                    0 => (*word).to_owned(),
                    before => format!("{word}{}", before + 1),
                };
                out.push(Differing { word, values });
            }
        }
        out
    }

    /// The word for each value of the first of them that differs.
    pub(super) fn words(differing: &[Differing]) -> BTreeMap<String, String> {
        let word = |one: &Differing| Some((one.values.first()?.clone(), one.word.clone()));
        differing.iter().filter_map(word).collect()
    }
}

/// A text of the first of several as it holds for all of them, and behind it what is another thing for each.
pub(super) fn shared(text: &str, own: &Own, differing: &[Differing], whose: &[&str]) -> String {
    let mut told = own.with(text, &Pattern::words(differing));
    for one in differing.iter().filter(|one| !one.is_place() && told.contains(&one.word)).collect::<Vec<_>>()
    {
        // equal ones together: what differs is not among those that are only counted
        let mut values: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        for (value, of) in one.values.iter().zip(whose) {
            let n = *known.entry(value).or_insert(values.len());
            match values.get_mut(n) {
                Some((_, whose)) => whose.push(of),
                None => values.push((value, vec![of])),
            }
        }
        let said: Vec<String> =
            values.iter().map(|(value, whose)| format!("{value} of {}", listed(whose, VALUES))).collect();
        let told_apart = said.len() == one.values.len();
        let said = if told_apart { listed(said, VALUES) } else { parted(&said) };
        told += &format!("; {}: {said}", one.word);
    }
    told
}

/// Several lists behind each other.
fn parted(lists: &[String]) -> String {
    let more = lists.len().saturating_sub(VALUES);
    let shown = lists.iter().take(VALUES).cloned();
    let more = (more > 0).then(|| format!("and {more} more"));
    shown.chain(more).collect::<Vec<_>>().join("; ")
}

fn said_too(pieces: &mut Vec<Stretch>, said: &str) {
    match pieces.last_mut() {
        Some(Stretch::Said(before)) => before.push_str(said),
        _ => pieces.push(Stretch::Said(said.to_owned())),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a name stands in another between what is no letter.
fn bounded(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// How far the beginning of a text goes without a place where something could begin.
fn run(text: &str) -> usize {
    let word = text.find(|c| !is_word(c)).unwrap_or(text.len());
    if word > 0 { word } else { text.chars().next().map_or(0, char::len_utf8) }
}

/// An id, an ARN or a time at the beginning of a text.
fn id(text: &str) -> Option<(usize, &'static str)> {
    if text.starts_with("arn:") {
        let ends = |c: char| c.is_whitespace() || "`'\",;()[]{}".contains(c);
        let arn = text.get(..text.find(ends).unwrap_or(text.len()))?.trim_end_matches(['.', ':']);
        return Some((arn.len(), "ARN"));
    }
    let token = |more: &str| text.find(|c| !is_word(c) && !more.contains(c)).unwrap_or(text.len());
    let time = text.get(..token("-:."))?;
    if is_time(time) {
        return Some((time.len(), "TIME"));
    }
    let whole = text.get(..token("-"))?;
    let (kind, rest) = whole.split_once('-')?;
    let is_plain = !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric());
    if let Some((_, word)) = IDS.iter().find(|(known, _)| *known == kind).filter(|_| is_plain) {
        return Some((whole.len(), word));
    }
    let is_digits =
        |text: &str| text.chars().all(|c| c.is_ascii_hexdigit()) && text.chars().any(|c| c.is_ascii_digit());
    let is_kind = kind.chars().all(|c| c.is_ascii_lowercase());
    let is_resource = is_kind && rest.len() >= 8 && is_digits(rest);
    let is_uuid = whole.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && is_digits(&whole.replace('-', ""));
    (is_resource || is_uuid).then_some((whole.len(), "ID"))
}

/// `2026-11-29T14:31:18Z`
fn is_time(text: &str) -> bool {
    let shape = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c });
    let shape: String = shape.collect();
    shape.starts_with("0000-00-00T00:00:00") && shape.ends_with('Z')
}

#[cfg(test)]
mod tests {
    use super::{Own, Pattern};

    fn own(location: &str) -> Own {
        Own::at(&[location]).and("NAME", &[&format!("net-{location}")])
    }

    #[test]
    fn texts_are_alike_but_for_what_is_their_own() {
        for (one, other, told) in [
            ("`net@a00` is pp-1a", "`net@a01` is pp-2b", "`net@LOCATION` is ID"),
            ("`net-a00`: a00.", "`net-a01`: a01.", "`net-LOCATION`: LOCATION."),
            ("pp-1, pp-2, pp-1", "pp-3, pp-2, pp-3", "ID, pp-2, ID"),
            ("pp-1 (rec-1)", "pp-2 (rec-2)", "ID (RECORD)"),
            ("pp-1 after pp-2", "pp-3 after pp-4", "ID after ID2"),
            ("by arn:aws:iam::1:role/x.", "by arn:aws:iam::2:role/x.", "by ARN."),
            ("over at 2026-11-29T14:31:18Z", "over at 2026-11-30T01:00:00.5Z", "over at TIME"),
            ("subnet-0a1b2c3d is full", "subnet-1a1b2c3d is full", "ID is full"),
        ] {
            let patterns = [own("a00").pattern([one]), own("a01").pattern([other])];
            assert_eq!(patterns[0].said, patterns[1].said);
            let words = Pattern::words(&Pattern::differing(&[&patterns[0], &patterns[1]]));
            assert_eq!(own("a00").with(one, &words), told);
        }
    }

    #[test]
    fn what_is_not_their_own_makes_texts_differ() {
        for (one, other) in [
            ("`a00x` is there", "`a01x` is there"),
            ("it was v1", "it was v2"),
            ("a00 needs a00", "a01 needs a02"),
            ("pp-1 after pp-1", "pp-2 after pp-3"),
            ("pp-1", "rec-1"),
        ] {
            let patterns = [own("a00").pattern([one]), own("a01").pattern([other])];
            assert_ne!(patterns[0].said, patterns[1].said);
        }
    }
}
