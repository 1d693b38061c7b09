//! Sensitive texts: how they are held in memory, what stands for them at rest (`digest`), and how other texts are redacted
//! (`redact`). Which values are sensitive is decided by declarations and offers, not here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

mod digest;
mod redact;

pub use digest::{DigestKey, DigestScope, KeyedDigest, default_digest, hex, template_digest};
pub use redact::{Digested, Redactor};

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
