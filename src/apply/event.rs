//! Everything that a watcher of an apply may be told. Data only: `report/` makes text of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::report::{Outcome, Report};
use crate::catalog::CatalogError;
use crate::model::ids::{Address, RecordId};
use crate::plan::{Act, StepIx};

/// What a run tells while it goes on: a step begins, waits, or ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    /// The run begins.
    Began {
        /// How many steps it has.
        steps: usize,
    },
    /// An operation was accepted.
    Started(At<'a>, &'a RecordId),
    /// An interrupted operation was found again, and is watched from here on.
    Resumed(At<'a>, &'a RecordId),
    /// An operation is still running.
    Progress(At<'a>, Watch),
    /// An answer was lost or refused for now; what is done about it.
    Delayed(At<'a>, &'a CatalogError, Remedy),
    /// A step is over; how long its operation ran, where the catalog says so.
    Settled(At<'a>, &'a Outcome, Option<Duration>),
    /// What a step gives that ended well: the outputs that the state keeps, and the names of those that are sensitive.
    Outputs(At<'a>, &'a BTreeMap<String, String>, BTreeSet<&'a str>),
    /// The first signal: nothing new is started.
    Stopping,
    /// The run is over.
    Finished(&'a Report),
}

/// Which step an event is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct At<'a> {
    /// The step's number in the plan.
    pub step: StepIx,
    /// The declaration or row that the step is about.
    pub address: &'a Address,
    /// The address as people write it.
    pub label: &'a str,
    /// The location as people write it.
    pub location: &'a str,
    /// Nothing that happens there is real.
    pub simulated: bool,
    /// What it does.
    pub act: Act,
    /// Time since the run began.
    pub elapsed: Duration,
    /// When its turn came, in the same time; nothing where it has not come.
    pub began: Option<Duration>,
}

/// How a running operation looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// How long it has been running, by the server's clock.
    pub running: Duration,
    /// It failed, and is being rolled back.
    pub unwinding: bool,
}

/// What is done about a lost answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Asked again later.
    AskAgain,
    /// Looked for by token before anything is sent again.
    Look,
    /// Sent again, with the same token.
    SendAgain,
}
