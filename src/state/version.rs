//! What tells one state of a row from another, and what a row leaves behind when it is dropped.

use std::fmt;
use std::sync::Arc;

use super::Author;
use provisor_model::ids::Token;
use provisor_model::secret::DigestScope;

/// 128 random bits that a row is born with: they tell it from every other row there is or was, wherever it is moved to.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Birth(pub u128);

impl Birth {
    /// Reads the 32 hexadecimal digits that `Display` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_ours = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        is_ours.then(|| u128::from_str_radix(text, 16).ok().map(Self)).flatten()
    }

    /// Where a sensitive value of the row stands, for its digest.
    #[must_use]
    pub fn scope(self, name: &str) -> DigestScope<'_> {
        DigestScope { birth: self.0, name }
    }
}

impl fmt::Display for Birth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Birth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// One state of one row. No two states of an address have the same, not even where a row was dropped and came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Whose state it is.
    pub birth: Birth,
    /// How many writes it is old: the first makes it 1.
    pub n: u64,
}

/// What stands in the place of a row that was dropped or moved away, so that whoever read the address before notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// One above the row's last version. A row that comes back at this address goes on counting from it.
    pub version: Version,
    /// The row lives on elsewhere: what begins at this address is another row, with a birth of its own.
    pub moved: bool,
    /// The row's last tokens, oldest first, so that what they made is still known to be ours. A moved row kept its own.
    pub tokens: Vec<Token>,
    /// Who dropped it.
    pub by: Option<Arc<Author>>,
}
