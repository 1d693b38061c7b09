//! Sensitive texts: how they are held in memory (`known`), in which encodings they may come back (`forms`), how
//! these may be broken or spelt (`readings`), what stands for
//! them at rest (`digest`), and how other texts are redacted (`redact`). Which values are sensitive is decided by declarations and offers, not here.

use std::fmt;

mod digest;
mod forms;
mod known;
mod readings;
mod redact;

pub use digest::{DigestKey, DigestScope, KeyedDigest, default_digest, hex, template_digest};
pub use known::Secrets;
pub use redact::{Digested, Redactor};

/// Texts of fewer bytes are redacted only where they stand as a word, or half of every message would be blanked out.
const SHORTEST: usize = 4;

/// Texts of fewer bytes are looked for as they are, and not in other encodings: those would be found where they are not.
const SHORTEST_ENCODED: usize = 8;

/// So many bytes of how a text begins or ends are as good as the text.
const SHORTEST_CUT: usize = 16;

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
