//! Whom blocks and groups are about, in which order they are read, and words for values that are not shown.

use std::collections::BTreeSet;

use super::block::Block;
use super::group::BlockGroup;
use crate::model::text::listed;
use crate::plan::{Act, Shown};

/// So many locations are written out; of more, the first and the last.
const NAMED: usize = 3;
/// So many stretches of locations that follow each other are told.
const RUNS: usize = 3;

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
            // what is in a stack instance goes with it
            Act::Update if self.instances_gone > 0 => 2,
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

    /// The same with where that is: `network on a00 … a39 (40)`.
    #[must_use]
    pub fn heading(&self) -> String {
        match self.span() {
            Some(span) => format!("{} on {span}", self.subject()),
            None => self.subject().to_owned(),
        }
    }

    /// Where its members are, if there are several, and how many that is: `a00 … a39 (40)`.
    #[must_use]
    pub fn span(&self) -> Option<String> {
        let places = self.places();
        let named = spanned(&places, self.among.iter().copied());
        let count = if named.contains('…') { String::new() } else { format!(" ({})", places.len()) };
        (!places.is_empty()).then(|| format!("{named}{count}"))
    }

    /// The same as code: each of a few for itself.
    #[must_use]
    pub fn coded(&self, code: fn(&str) -> String) -> Option<String> {
        let places = self.places();
        match places.len() {
            0 => None,
            few if few <= NAMED => {
                let named: Vec<String> = places.into_iter().map(code).collect();
                Some(format!("{} ({few})", named.join(", ")))
            }
            _ => self.span().map(|span| code(&span)),
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
/// `a00 … a39 (40)`, `a00 … a19, a21 … a39 (39)`; of others, the first ones and how many more.
#[must_use]
pub fn spanned<'p>(places: &[&'p str], among: impl IntoIterator<Item = &'p str>) -> String {
    let places: BTreeSet<&str> = places.iter().copied().collect();
    let named = || listed(&places, NAMED);
    if places.len() <= NAMED {
        return named();
    }
    let all: BTreeSet<&str> = among.into_iter().chain(places.iter().copied()).collect();
    let mut runs: Vec<Vec<&str>> = vec![Vec::new()];
    for place in all {
        match runs.last_mut() {
            Some(run) if places.contains(place) => run.push(place),
            Some(run) if run.is_empty() => {}
            _ => runs.push(Vec::new()),
        }
    }
    let words: Vec<String> = runs.iter().filter(|run| !run.is_empty()).map(|run| span(run)).collect();
    match words.len() {
        n if n <= RUNS => format!("{} ({})", words.join(", "), places.len()),
        _ => named(),
    }
}

/// Locations that follow each other.
fn span(run: &[&str]) -> String {
    match run {
        [first, _, .., last] => format!("{first} … {last}"),
        few => few.join(", "),
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
