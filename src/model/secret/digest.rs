//! What stands for sensitive texts at rest: digests made with the state's own key, each of which says by its prefix which
//! scheme it was made by, and is compared under that one.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::ids::Address;
use crate::template::{Piece, Template};

/// How a digest begins that is scoped by the birth of its row and the name. One without a prefix is scoped by the name only:
/// all were, before there were prefixes.
const OF_ROW: &str = "row:";

/// How a digest begins that only a plan has.
const OF_PLAN: &str = "plan:";

/// Where a digested value stands at rest: equal values of two rows, or of two names, have different digests.
#[derive(Clone, Copy, Debug)]
pub struct DigestScope<'a> {
    /// The birth of the row: it stays with the row, wherever that is moved to.
    pub birth: u128,
    /// The parameter or output.
    pub name: &'a str,
}

impl DigestScope<'_> {
    /// What the state keeps of a filled value. `CloudFormation` trims values, and so does this.
    #[must_use]
    pub fn digest(self, key: &DigestKey, value: &str) -> KeyedDigest {
        let birth = self.birth.to_be_bytes();
        KeyedDigest(format!("{OF_ROW}{}", key.sign(&self.parts(&birth, value))))
    }

    fn parts<'a>(&'a self, birth: &'a [u8], value: &'a str) -> [&'a [u8]; 4] {
        [b"row", birth, self.name.as_bytes(), value.trim().as_bytes()]
    }
}

/// The digest of a template's own default, which every product of a version has alike, and which is not sent: a plan carries
/// it into rows that are not born yet, so that it is scoped by the parameter only.
#[must_use]
pub fn default_digest(key: &DigestKey, parameter: &str, value: &str) -> KeyedDigest {
    KeyedDigest(key.sign(&by_name(parameter, value)))
}

fn by_name<'a>(name: &'a str, value: &'a str) -> [&'a [u8]; 3] {
    [b"value", name.as_bytes(), value.trim().as_bytes()]
}

/// The digest of a value as a plan has it, that may still have holes, under the address and parameter that it is planned
/// for: a plan may have no row yet.
#[must_use]
pub fn template_digest(key: &DigestKey, of: &Address, parameter: &str, template: &Template) -> KeyedDigest {
    let address = format!("{}@{}", of.key, of.location);
    let how = if template.as_text().is_some() { "filled" } else { "with holes" };
    let text = template.as_text().map_or_else(|| canonical(template), |text| text.trim().to_owned());
    let parts = ["planned", &address, parameter, how, &text].map(str::as_bytes);
    KeyedDigest(format!("{OF_PLAN}{}", key.sign(&parts)))
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

impl KeyedDigest {
    /// Whether it was made of this value, which stands at `scope`: compared under the scheme that it says, in constant time.
    /// One of a scheme of a later provisor is of no value that we know.
    #[must_use]
    pub fn stands_for(&self, key: &DigestKey, scope: DigestScope<'_>, value: &str) -> bool {
        match self.0.split_once(':') {
            Some((_, signature)) if self.0.starts_with(OF_ROW) => {
                key.verify(&scope.parts(&scope.birth.to_be_bytes(), value), signature)
            }
            None => key.verify(&by_name(scope.name, value), &self.0),
            Some(_) => false,
        }
    }

    /// Whether it is the one of this value in a plan: of what is sent, or of a default.
    #[must_use]
    pub fn is_planned(&self, key: &DigestKey, of: &Address, parameter: &str, template: &Template) -> bool {
        let default = || template.as_text().map(|text| default_digest(key, parameter, text));
        *self == template_digest(key, of, parameter, template) || Some(self) == default().as_ref()
    }
}

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

pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
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
    fn a_digest_is_compared_under_the_scheme_that_it_says() {
        let key = DigestKey::new([1; 32]);
        let scope = DigestScope { birth: 7, name: "Password" };
        let (new, old) = (scope.digest(&key, " hunter22\n"), default_digest(&key, "Password", "hunter22"));
        let later = KeyedDigest(new.0.replace("row:", "later:"));
        assert!(new.0.starts_with("row:") && !old.0.contains(':'));
        for (digest, scope, value, same) in [
            (&new, scope, "hunter22", true),
            (&new, scope, "hunter23", false),
            (&new, DigestScope { birth: 8, ..scope }, "hunter22", false),
            (&new, DigestScope { name: "Token", ..scope }, "hunter22", false),
            (&old, scope, "hunter22", true),
            (&old, DigestScope { birth: 8, ..scope }, "hunter22", true),
            (&old, DigestScope { name: "Token", ..scope }, "hunter22", false),
            (&old, scope, "hunter23", false),
            (&later, scope, "hunter22", false),
        ] {
            assert_eq!(digest.stands_for(&key, scope, value), same, "{digest:?} {scope:?} {value}");
            assert!(!digest.stands_for(&DigestKey::new([2; 32]), scope, value), "{digest:?}");
        }
    }
}
