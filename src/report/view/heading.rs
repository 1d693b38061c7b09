//! Whom blocks and groups are about, in which order they are read, and words for values that are not shown.

use std::collections::BTreeSet;

use super::block::Block;
use super::group::BlockGroup;
use crate::model::text::listed;
use crate::plan::{Act, Shown};

/// So many locations are written out; of more, the first and the last.
const NAMED: usize = 3;

impl Block<'_> {
    /// Whether it may turn out that nothing has to be done.
    #[must_use]
    pub fn is_unsure(&self) -> bool {
        self.fate.starts_with("may ")
    }

    /// How soon it is to be read: what needs a decision, what goes, what is made anew, what was interrupted; then the rest.
    pub(super) fn urgency(&self) -> u8 {
        match self.act {
            Act::Refuse => 0,
            Act::Terminate => 1,
            Act::Replace => 2,
            Act::Settle => 3,
            Act::Provision
            | Act::Update
            | Act::Adopt
            | Act::Accept
            | Act::Forget
            | Act::Remember
            | Act::Defer => 4,
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

/// Locations in a few words: `dev, prod`; of many that follow each other `among` all that there are, the first and the last:
/// `a00 … a39 (40)`; of others, the first ones and how many more.
#[must_use]
pub fn spanned(places: &[&str], among: &[&str]) -> String {
    let sorted = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<BTreeSet<String>>();
    let (places, among) = (sorted(places), sorted(among));
    match (places.first(), places.last()) {
        (Some(first), Some(last)) if places.len() > NAMED => {
            let between = among.range(first.clone()..=last.clone()).count();
            match between == places.len() {
                true => format!("{first} … {last} ({between})"),
                false => listed(&places, NAMED),
            }
        }
        _ => listed(&places, NAMED),
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
