//! How an apply ended, step by step.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::catalog::RecordError;
use crate::model::ids::{Address, RecordId};
use crate::model::template::Missing;
use crate::plan::{Act, Action, Plan, Refusal, Step, StepIx, Unfitting};

/// How all steps ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// One per step of the plan, in its order.
    pub ended: Vec<Ended>,
    /// Keys that were moved, beside its steps.
    pub moved: usize,
    /// A signal ended it.
    pub interrupted: bool,
    /// Credentials failed on the way: nothing new was sent after that.
    pub denied: Option<String>,
    /// The locations of its plan where nothing that happens is real, as people write them.
    pub simulated: BTreeSet<String>,
    /// The state could no longer be written, and why: nothing new was begun after that.
    pub unwritten: Option<String>,
}

/// How one step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The declaration or row that the step was about.
    pub address: Address,
    /// The address as people write it.
    pub label: String,
    /// The location as people write it.
    pub location: String,
    /// Nothing that happens there is real.
    pub simulated: bool,
    /// What it does.
    pub act: Act,
    /// The first half of a replacement.
    pub replacing: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// How long the operation ran, by the server's clock.
    pub took: Option<Duration>,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The step did what the plan says.
    Done,
    /// Its inputs turned out as they were: nothing was sent.
    Unchanged,
    /// The catalog, or what it was filled from, said no.
    Failed(Failure),
    /// The catalog was too busy for it: nothing is to be repaired, and a later run can do it.
    PutOff(Failure),
    /// It was planned as refused, or the catalog showed a reason to refuse.
    Refused(Refusal),
    /// It was planned as deferred, or what it is about is not seen: a later run, or another principal, can do it.
    Deferred(Refusal),
    /// Something it needs did not end well.
    Blocked(StepIx),
    /// Still running in the cloud; the next apply goes on watching.
    InFlight(RecordId),
    /// Sent, and no answer; the next apply looks for it.
    Unknown,
    /// The world moved since the plan: plan again.
    Stale(String),
    /// Nothing was sent, and nothing is left open.
    NotStarted,
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Its record failed.
    Record {
        /// The record under which the service goes on with it.
        record: RecordId,
        /// The catalog's words.
        errors: Vec<RecordError>,
    },
    /// The request was refused.
    Rejected {
        /// The service's code.
        code: String,
        /// The service's words.
        message: String,
        /// What to do next.
        hint: Option<String>,
    },
    /// What it was filled with is nothing that the version takes: it was not sent.
    Unfitting(Unfitting),
    /// An output it needs is not there.
    Missing(Missing),
}

impl Ended {
    /// A step of which nothing was done.
    pub(super) fn untouched(plan: &Plan, step: &Step) -> Self {
        Self {
            address: step.address.clone(),
            label: plan.labels.label(&step.address),
            location: plan.labels.location(&step.address.location).to_owned(),
            simulated: step.place.catalog.is_simulated(),
            act: step.act(),
            replacing: matches!(&step.action, Action::Terminate(termination) if termination.replacing),
            outcome: Outcome::NotStarted,
            took: None,
        }
    }
}

impl Report {
    /// Of a plan that is refused as a whole: nothing of it was begun.
    #[must_use]
    pub fn untouched(plan: &Plan) -> Self {
        let outcome = |step: &Step| match &step.action {
            Action::Refused(refusal) if !refusal.is_blocked() => Outcome::of_refusal(refusal),
            _ => Outcome::NotStarted,
        };
        let ended =
            plan.steps.iter().map(|step| Ended { outcome: outcome(step), ..Ended::untouched(plan, step) });
        let simulated = plan.simulated.iter().map(|at| plan.labels.location(at).to_owned()).collect();
        Self { ended: ended.collect(), simulated, ..Self::default() }
    }

    /// How many ended in a way that `pick` takes.
    pub fn count(&self, pick: impl Fn(&Ended) -> bool) -> usize {
        self.ended.iter().filter(|ended| pick(ended)).count()
    }
}

impl Outcome {
    /// How a step ends that is not to be done, or not yet.
    #[must_use]
    pub fn of_refusal(refusal: &Refusal) -> Self {
        if refusal.defers() { Self::Deferred(refusal.clone()) } else { Self::Refused(refusal.clone()) }
    }

    /// Whether what depends on it may go on.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Done | Self::Unchanged)
    }
}
