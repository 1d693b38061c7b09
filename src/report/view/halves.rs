//! Replacements that were left halfway: what is told of their two steps, so that neither counts twice.

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
}

impl Half {
    /// What there is to say of it, behind other words.
    pub(super) const fn told(self) -> &'static str {
        match self {
            Self::None | Self::Rest => "",
            Self::First => "; what takes its place is made after it",
            Self::Gone => "what was there is gone, and what takes its place is not made yet",
        }
    }
}

/// How the first halves ended, by address.
pub(super) struct HalvesEnded<'r>(BTreeMap<&'r Address, &'r Outcome>);

impl<'r> HalvesEnded<'r> {
    pub(super) fn of(report: &'r Report) -> Self {
        let first = report.ended.iter().filter(|ended| ended.replacing);
        Self(first.map(|ended| (&ended.address, &ended.outcome)).collect())
    }

    /// Whether it is told with its first half.
    pub(super) fn is_rest(&self, ended: &Ended) -> bool {
        self.half(ended) == Half::Rest
    }

    pub(super) fn half(&self, ended: &Ended) -> Half {
        let Some(first) = self.0.get(&ended.address) else { return Half::None };
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
