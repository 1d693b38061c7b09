//! Made-up text from a fixed source: the same words in, the same text out. Knows no resource types.

use sha2::{Digest, Sha256};

use crate::template::place::Place;

/// Where made-up text comes from.
pub(crate) struct Source<'a> {
    place: &'a Place<'a>,
    seed: [u8; 32],
}

impl<'a> Source<'a> {
    /// A source for these words.
    pub fn new(place: &'a Place<'a>, words: &[&str]) -> Source<'a> {
        let mut hash = Sha256::new();
        for word in words {
            hash.update((word.len() as u64).to_be_bytes());
            hash.update(word.as_bytes());
        }
        Source { place, seed: hash.finalize().into() }
    }

    /// An endless stream of bytes for one purpose.
    fn bytes(&self, salt: &str) -> impl Iterator<Item = u8> {
        let start = Sha256::new().chain_update(self.seed).chain_update(salt.as_bytes());
        (0u64..).flat_map(move |block| start.clone().chain_update(block.to_be_bytes()).finalize())
    }

    /// `count` letters of an alphabet: `hex`, `alnum`, `ALNUM` or `digits` (which never start with 0).
    pub fn letters(&self, alphabet: &str, count: usize, salt: &str) -> String {
        let letters: &[u8] = match alphabet {
            "hex" => b"0123456789abcdef",
            "digits" => b"0123456789",
            "ALNUM" => b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            _ => b"0123456789abcdefghijklmnopqrstuvwxyz",
        };
        let skip = usize::from(alphabet == "digits");
        let pick = |(place, byte): (usize, u8)| {
            let letters = if place == 0 { letters.get(skip..).unwrap_or_default() } else { letters };
            letters.get(usize::from(byte) % letters.len().max(1)).map(|letter| char::from(*letter))
        };
        self.bytes(salt).take(count).enumerate().filter_map(pick).collect()
    }

    /// Replaces every `{token}` or `{token:argument}`. `more` knows the caller's own tokens; a token that nobody
    /// knows stays as it is.
    pub fn fill(&self, pattern: &str, salt: &str, more: &dyn Fn(&str, &str) -> Option<String>) -> String {
        let mut text = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let (inside, after) = split_braces(after);
            // what has a word is the same in every pattern that has it
            let (plain, salt) = match inside.split_once('#') {
                Some((plain, word)) if !inside.contains('|') => (plain, word.to_owned()),
                _ => (inside, format!("{salt}/{}", text.len())),
            };
            let (token, argument) = plain.split_once(':').unwrap_or((plain, ""));
            match more(token, argument).or_else(|| self.token(token, argument, &salt)) {
                Some(value) => text.push_str(&value),
                None => text.push_str(&format!("{{{inside}}}")),
            }
            rest = after;
        }
        text.push_str(rest);
        text
    }

    fn token(&self, token: &str, argument: &str, salt: &str) -> Option<String> {
        let place = self.place;
        Some(match token {
            "stack" => place.stack_name.to_owned(),
            "region" => place.region.to_owned(),
            "account" => place.account_id.to_owned(),
            "partition" => place.partition().to_owned(),
            "suffix" => place.url_suffix().to_owned(),
            "arn" => format!("arn:{}:{argument}:{}:{}", place.partition(), place.region, place.account_id),
            "hex" | "alnum" | "ALNUM" | "digits" => self.letters(token, argument.parse().ok()?, salt),
            "uuid" => self.uuid(salt),
            "ip" => self.address([52, 1, 0, 1], salt),
            "private_ip" => self.address([10, 0, 0, 4], salt),
            _ => return None,
        })
    }

    fn uuid(&self, salt: &str) -> String {
        let parts = [8, 4, 3, 3, 12].map(|count| self.letters("hex", count, &format!("{salt}/{count}")));
        let [a, b, c, d, e] = parts;
        format!("{a}-{b}-4{c}-a{d}-{e}")
    }

    fn address(&self, [first, b, c, d]: [u8; 4], salt: &str) -> String {
        let mut bytes = self.bytes(salt).map(|byte| byte % 250);
        let mut next = |least: u8| bytes.next().unwrap_or_default().max(least);
        format!("{first}.{}.{}.{}", next(b), next(c), next(d))
    }
}

/// What stands before the closing brace, inner pairs included, and what follows it.
fn split_braces(text: &str) -> (&str, &str) {
    let mut open = 0usize;
    let end = text.char_indices().find(|(_, letter)| {
        match letter {
            '{' => open += 1,
            '}' if open == 0 => return true,
            '}' => open -= 1,
            _ => {}
        }
        false
    });
    match end {
        Some((end, _)) => (text.get(..end).unwrap_or_default(), text.get(end + 1..).unwrap_or_default()),
        None => (text, ""),
    }
}
