//! What is under way in an apply, and how far the whole of it is.

use std::time::Duration;

use crate::apply::event::Remedy;
use crate::plan::Act;

/// A step whose operation runs, or whose request has no answer yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay<'a> {
    /// The address as people write it.
    pub address: &'a str,
    /// What it does.
    pub act: Act,
    /// How it looks to the catalog.
    pub standing: LiveStatus,
    /// Nothing that happens there is real, the time neither.
    pub simulated: bool,
    /// How long it has been running, by the service's clock.
    pub elapsed: Duration,
    /// How long such operations usually take, by the service's clock.
    pub usual: Option<Duration>,
}

/// How an operation looks to the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveStatus {
    /// It is to be seen what became of its request.
    Unheard(Remedy),
    /// It runs.
    Running,
    /// It failed, and is being rolled back.
    Unwinding,
}

impl UnderWay<'_> {
    /// What is being done.
    #[must_use]
    pub fn doing(&self) -> &'static str {
        match self.standing {
            LiveStatus::Running => self.act.doing(),
            LiveStatus::Unwinding => "rolling back",
            LiveStatus::Unheard(Remedy::SendAgain) => "waiting to be sent again",
            LiveStatus::Unheard(Remedy::Look | Remedy::AskAgain) => "looking for its request",
        }
    }

    /// As the catalog calls it; empty where the catalog has said nothing.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self.standing {
            LiveStatus::Running => "IN_PROGRESS",
            LiveStatus::Unwinding => "IN_PROGRESS_IN_ERROR",
            LiveStatus::Unheard(_) => "",
        }
    }
}

/// How far the whole is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HowFar {
    /// Steps that are over.
    pub over: usize,
    /// All of them.
    pub total: usize,
    /// Operations in flight.
    pub in_flight: usize,
    /// Since the run began, by our clock.
    pub elapsed: Duration,
    /// Until it is over, by our clock, as far as that can be foreseen.
    pub left: Option<Remaining>,
}

/// How long it may take until all is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// By our clock.
    pub time: Duration,
    /// There are operations of which nobody knows how long they take.
    pub at_least: bool,
}
