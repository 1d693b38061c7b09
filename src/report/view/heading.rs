//! Whom blocks and groups are about, for readers that fold what is alike, and words for values that are not shown.

use super::block::Block;
use super::group::BlockGroup;
use crate::plan::{Act, Shown};

impl Block<'_> {
    /// Whether it may turn out that nothing has to be done.
    #[must_use]
    pub fn is_unsure(&self) -> bool {
        self.fate.starts_with("may ")
    }

    /// How soon it is to be read: what goes, what needs a decision, what changes, the rest.
    #[must_use]
    pub fn urgency(&self) -> u8 {
        match self.act {
            Act::Terminate => 0,
            Act::Replace => 1,
            Act::Refuse => 2,
            Act::Update if self.is_unsure() => 5,
            Act::Update => 3,
            Act::Settle => 4,
            Act::Provision => 6,
            Act::Adopt | Act::Accept => 7,
            Act::Forget | Act::Remember => 8,
            Act::Defer => 9,
        }
    }
}

impl BlockGroup<'_> {
    /// The first member, which says what all of them say.
    #[must_use]
    pub fn first(&self) -> Option<&Block<'_>> {
        self.members.first()
    }

    /// Whom it is about: an address, or the key of several.
    #[must_use]
    pub fn subject(&self) -> &str {
        match self.members.as_slice() {
            [one] => &one.address,
            several => several.first().map(|first| first.key).unwrap_or_default(),
        }
    }

    /// Where its members are, if there are several.
    #[must_use]
    pub fn places(&self) -> Vec<&str> {
        match self.members.as_slice() {
            [_] => Vec::new(),
            several => several.iter().map(|member| member.title.location).collect(),
        }
    }
}

/// What stands in the place of a value that is not shown; nothing for a text.
#[must_use]
pub fn unsaid(value: &Shown) -> Option<&'static str> {
    match value {
        Shown::Text(_) => None,
        Shown::Absent => Some("(none)"),
        Shown::Sensitive => Some("(sensitive)"),
        Shown::Pending(_) => Some("(known after apply)"),
        Shown::Unknown => Some("(unknown)"),
    }
}
