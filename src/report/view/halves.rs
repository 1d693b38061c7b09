//! Steps of which others tell: the halves of a replacement that was left halfway, and the operations of one update, so that no
//! product counts twice.

use std::collections::BTreeMap;

use crate::apply::report::{Ended, Outcome, Report};
use crate::model::ids::Address;
use crate::plan::Act;

/// Where a step stands in a replacement that was left halfway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// In none.
    None,
    /// What is there goes, and is not gone yet.
    First,
    /// What takes its place, and was not begun as that is not gone: whoever tells of the first half tells of it.
    Rest,
    /// What takes its place, and was not begun though that is gone.
    Gone,
    /// An operation of an update that takes several: another one says how the whole ended.
    Part,
}

impl Half {
    /// What there is to say of it, behind other words.
    pub(super) const fn told(self) -> &'static str {
        match self {
            Self::None | Self::Rest | Self::Part => "",
            Self::First => "; what takes its place is made after it",
            Self::Gone => "what was there is gone, and what takes its place is not made yet",
        }
    }
}

/// How those ended that tell of others.
pub(super) struct HalvesEnded<'r> {
    /// The first halves, by address.
    first: BTreeMap<&'r Address, &'r Outcome>,
    /// Of steps that do the same to one product, the one that says how that ended.
    tellers: BTreeMap<(&'r Address, Act), &'r Ended>,
}

impl<'r> HalvesEnded<'r> {
    pub(super) fn of(report: &'r Report) -> Self {
        let first = report.ended.iter().filter(|ended| ended.replacing);
        let first = first.map(|ended| (&ended.address, &ended.outcome)).collect();
        let mut tellers: BTreeMap<(&Address, Act), &Ended> = BTreeMap::new();
        for ended in &report.ended {
            let teller = tellers.entry((&ended.address, ended.act)).or_insert(ended);
            // what did not go well says it; else what did something
            if teller.outcome.is_good() && ended.outcome != Outcome::Unchanged {
                *teller = ended;
            }
        }
        Self { first, tellers }
    }

    /// Whether it counts: others are told with another one.
    pub(super) fn is_counted(&self, ended: &Ended) -> bool {
        !matches!(self.half(ended), Half::Rest | Half::Part)
    }

    pub(super) fn half(&self, ended: &Ended) -> Half {
        let teller = self.tellers.get(&(&ended.address, ended.act));
        if teller.is_some_and(|teller| !std::ptr::eq(*teller, ended)) {
            return Half::Part;
        }
        let Some(first) = self.first.get(&ended.address) else { return Half::None };
        let is_begun = !matches!(ended.outcome, Outcome::Blocked(_) | Outcome::NotStarted);
        match ended.act {
            _ if ended.replacing => {
                if first.is_good() {
                    Half::None
                } else {
                    Half::First
                }
            }
            Act::Provision if is_begun => Half::None,
            Act::Provision if first.is_good() => Half::Gone,
            Act::Provision => Half::Rest,
            _ => Half::None,
        }
    }
}
