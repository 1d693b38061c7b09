//! How far one step is on its way from waiting to over.

use std::time::Duration;

use super::super::report::Outcome;
use crate::catalog::{CatalogError, Request};
use crate::model::ids::RecordId;
use crate::plan::Action;

/// Why it is looked for what became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::apply) enum Why {
    /// It was sent, and no answer came; or somebody died before the answer was written down.
    Unanswered,
    /// The service says that it is asked too often: what was asked cannot arrive any more.
    Throttled(CatalogError),
    /// The service refused it, naming a name or a state; nothing else of this intent is unanswered, but what is in doubt.
    Refused(CatalogError),
}

/// How far a step is. All `due` are in the run's own time.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// What it comes after is not over, or there is no room for it.
    Waiting,
    /// There is room for it: its intent is to be written down.
    Beginning,
    /// Its intent is durable; the request is to be sent, after `tries` that cannot have had an effect. It was `throttled`
    /// so often before.
    Sending { request: Request, tries: u32, throttled: u32, due: Duration },
    /// It is to be found out what became of it. Without the request, it cannot be sent again.
    Looking { request: Option<Request>, why: Why, throttled: u32, due: Duration },
    /// Accepted: its record is asked after, and was `asked` times.
    Running { record: RecordId, asked: u32, due: Duration },
    /// Over; how long the operation ran, where that is known.
    Over(Outcome, Option<Duration>),
}

impl Stage {
    /// When something is to be done about it.
    pub(super) fn due(&self) -> Option<Duration> {
        match self {
            Self::Sending { due, .. } | Self::Looking { due, .. } | Self::Running { due, .. } => Some(*due),
            Self::Waiting | Self::Beginning | Self::Over(..) => None,
        }
    }

    /// How often a request was tried in vain, or a record asked after.
    pub(super) fn tries(&self) -> u32 {
        match self {
            Self::Sending { tries, .. } => *tries,
            Self::Running { asked, .. } => *asked,
            Self::Waiting | Self::Beginning | Self::Looking { .. } | Self::Over(..) => 0,
        }
    }

    /// How often the service said that it is asked too often for this request.
    pub(super) fn throttled(&self) -> u32 {
        match self {
            Self::Sending { throttled, .. } | Self::Looking { throttled, .. } => *throttled,
            _ => 0,
        }
    }

    /// Whether its request may have been taken: then it runs on in the cloud, whatever becomes of the step.
    pub(super) fn is_sent(&self) -> bool {
        matches!(self, Self::Looking { .. } | Self::Running { .. })
    }

    /// Whether an operation of it runs on in the cloud when it ends like this.
    pub(super) fn leaves(&self, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::InFlight(_) | Outcome::Unknown => true,
            Outcome::Deferred(_) => self.is_sent(),
            _ => false,
        }
    }

    /// How the step has ended, or ends when the run does not go on from here.
    pub(super) fn ending(self, action: &Action) -> (Outcome, Option<Duration>) {
        match (self, action) {
            (Self::Over(outcome, took), _) => (outcome, took),
            (Self::Running { record, .. }, _) => (Outcome::InFlight(record), None),
            (Self::Waiting, Action::Refused(refusal)) => (Outcome::of_refusal(refusal), None),
            (Self::Waiting | Self::Beginning | Self::Sending { tries: 0, .. }, _) => {
                (Outcome::NotStarted, None)
            }
            (Self::Sending { .. } | Self::Looking { .. }, _) => (Outcome::Unknown, None),
        }
    }
}
