//! Sensitive texts: how they are held in memory, what stands for them at rest, and how other texts are redacted. Which values
//! are sensitive is decided by declarations and offers, not here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::template::{Piece, Template};

/// Shorter texts (in bytes) are not redacted: they would blank out half of every message, and are no secrets.
const SHORTEST: usize = 4;

/// What stands in a redacted text for what was taken out.
const REDACTED: &str = "(sensitive)";

/// Text that is never shown, logged or written: only [`Secret::expose`] gives it away.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secret(String);

impl Secret {
    /// Wraps a sensitive text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
    /// The clear text, for the wire only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// The sensitive texts that are known in clear, without those that are too short to be redacted; by how they begin, so that
/// a text is searched for all of them at once.
#[derive(Clone, Debug, Default)]
pub struct Secrets(BTreeMap<[u8; SHORTEST], BTreeSet<Secret>>);

impl Secrets {
    /// Whether one of them stands anywhere in the text.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        self.found(text).next().is_some()
    }

    /// Those that stand in the text, in the order in which they do.
    fn found<'s>(&'s self, text: &'s str) -> impl Iterator<Item = &'s str> {
        let bytes = text.as_bytes();
        bytes.windows(SHORTEST).enumerate().flat_map(move |(at, start)| {
            let alike = start.try_into().ok().and_then(|start: [u8; SHORTEST]| self.0.get(&start));
            let secrets = alike.into_iter().flatten().map(Secret::expose);
            secrets.filter(move |secret| bytes[at..].starts_with(secret.as_bytes()))
        })
    }
}

impl Extend<Secret> for Secrets {
    fn extend<I: IntoIterator<Item = Secret>>(&mut self, secrets: I) {
        for secret in secrets {
            if let Some(start) = secret.expose().as_bytes().first_chunk().copied() {
                self.0.entry(start).or_default().insert(secret);
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

fn is_redacted(secret: &str) -> bool {
    secret.len() >= SHORTEST
}

/// Takes everything sensitive out of texts that come from outside.
pub struct Redactor<'a> {
    /// What is known in clear: taken out wherever it stands.
    pub clear: &'a Secrets,
    /// What is known by its digest only (a secret that is kept), with the parameter's name: taken out where it stands as a
    /// word or in quotes.
    pub digests: Vec<(&'a String, &'a KeyedDigest)>,
    /// The key of the digests.
    pub key: &'a DigestKey,
}

impl Redactor<'_> {
    /// The text without anything sensitive.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut clear: Vec<&str> = self.clear.found(text).collect();
        // what contains another one goes first, or its rest would stay
        clear.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        let text = clear.into_iter().fold(text.to_owned(), without);
        if self.digests.is_empty() {
            return text;
        }
        words(&text).into_iter().filter(|word| self.is_kept(word)).fold(text.clone(), without)
    }

    fn is_kept(&self, word: &str) -> bool {
        self.digests.iter().any(|(name, digest)| value_digest(self.key, name, word) == **digest)
    }
}

fn without(text: String, secret: &str) -> String {
    text.replace(secret, REDACTED)
}

/// Everything in a text that may be somebody's value: longest first, so that none is cut by a shorter one.
fn words(text: &str) -> Vec<&str> {
    let whole = text.split_whitespace();
    let bare = whole.clone().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let inside = text.split(|c: char| c.is_whitespace() || "'\"`<>()[]{},;=".contains(c));
    let unended = inside.clone().map(|word| word.trim_end_matches(['.', ':', '!', '?']));
    let quoted = ['\'', '"', '`'].into_iter().flat_map(|quote| text.split(quote));
    let found: BTreeSet<&str> = whole.chain(bare).chain(inside).chain(unended).chain(quoted).collect();
    let mut found: Vec<&str> = found.into_iter().filter(|word| is_redacted(word)).collect();
    found.sort_by_key(|word| std::cmp::Reverse(word.len()));
    found
}

/// The digest of a filled value, as state keeps it. `CloudFormation` trims values, and so does this.
#[must_use]
pub fn value_digest(key: &DigestKey, parameter: &str, value: &str) -> KeyedDigest {
    key.digest(parameter, value.trim())
}

/// The digest of a value that may still have holes. Without holes it is [`value_digest`].
#[must_use]
pub fn template_digest(key: &DigestKey, parameter: &str, template: &Template) -> KeyedDigest {
    match template.as_text() {
        Some(text) => value_digest(key, parameter, text),
        None => key.digest(&format!("{parameter} with holes"), &canonical(template)),
    }
}

fn canonical(template: &Template) -> String {
    template
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => format!("t{}:{text}", text.len()),
            Piece::Reference(reference) => format!("r{}.{};", reference.of, reference.what),
            Piece::InJson(reference) => format!("j{}.{};", reference.of, reference.what),
        })
        .collect()
}

/// What stands for a secret at rest: tells "changed" from "same", and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyedDigest(pub String);

/// The state's own key (32 bytes). Digests and plan signatures made with it mean nothing to anybody else.
#[derive(Clone)]
pub struct DigestKey([u8; 32]);

impl DigestKey {
    /// Takes the key's bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// HMAC-SHA256 over the parts, each one delimited, in hexadecimal.
    #[must_use]
    pub fn sign(&self, parts: &[&[u8]]) -> String {
        hex(&self.mac(parts).finalize().into_bytes())
    }

    /// Whether `signature` is [`DigestKey::sign`] of the parts, compared in constant time.
    #[must_use]
    pub fn verify(&self, parts: &[&[u8]], signature: &str) -> bool {
        unhex(signature).is_some_and(|bytes| self.mac(parts).verify_slice(&bytes).is_ok())
    }

    /// The digest that stands for `value`; `scope` keeps equal values of different places apart.
    #[must_use]
    pub fn digest(&self, scope: &str, value: &str) -> KeyedDigest {
        KeyedDigest(self.sign(&[b"value", scope.as_bytes(), value.as_bytes()]))
    }

    fn mac(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        // a key that fills the block needs no fallible constructor; HMAC pads shorter ones with zeros itself
        let mut block = [0; 64];
        for (to, from) in block.iter_mut().zip(self.0) {
            *to = from;
        }
        let mut mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new((&block).into());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestKey(…)")
    }
}

/// The bytes in lower-case hexadecimal, two digits each.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let digits = digits?;
    (digits.len() % 2 == 0)
        .then(|| digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |n, d| n * 16 + d)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_by_digest_is_found_where_it_stands_alone() {
        let key = DigestKey::new([1; 32]);
        let digest = value_digest(&key, "Password", "Hunter 2, p.ssw=rd");
        let plain = value_digest(&key, "Token", "t0ken!");
        let names = ["Password".to_owned(), "Token".to_owned()];
        let clear = Secrets::default();
        let digests = vec![(&names[0], &digest), (&names[1], &plain)];
        let redactor = Redactor { clear: &clear, digests, key: &key };
        for (text, wanted) in [
            ("bad value 'Hunter 2, p.ssw=rd' for x", "bad value '(sensitive)' for x"),
            ("t0ken! is weak", "(sensitive) is weak"),
            ("Token=t0ken!; too weak", "Token=(sensitive); too weak"),
            ("(t0ken!).", "((sensitive))."),
            ("nothing of it", "nothing of it"),
        ] {
            assert_eq!(redactor.redact(text), wanted);
        }
    }

    #[test]
    fn what_is_known_in_clear_is_found_anywhere() {
        let key = DigestKey::new([1; 32]);
        let clear: Secrets = ["hunter", "hunter22", "abc"].map(Secret::new).into_iter().collect();
        let redactor = Redactor { clear: &clear, digests: Vec::new(), key: &key };
        assert_eq!(redactor.redact("xhunter, hunter22 and abc"), "x(sensitive), (sensitive) and abc");
        assert!(clear.are_in("xhunterx") && !clear.are_in("abc"));
        let clear: Secrets = ["schön", "önli", "hun"].map(Secret::new).into_iter().collect();
        assert!(clear.are_in("unschönlich") && clear.are_in("gewönlich") && !clear.are_in("schon hun"));
    }
}
