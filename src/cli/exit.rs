//! Exit codes: one table. Its comments are what docs/exit-codes.md says; `--help` has them in a line.

use crate::apply::{Outcome, Report};
use crate::plan::{Plan, StepIx};
use crate::workspace::{Finished, ProblemKind};

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// An error in declarations, credentials or catalog; nothing that changes the cloud was tried.
    Error = 1,
    /// Changes are pending: `plan --detailed-exitcode`.
    Changes = 2,
    /// An apply ended with failed or refused steps, or steps blocked by those; `prove` found something.
    Failed = 3,
    /// No failure, but something is in flight, unknown, put off, interrupted or not started: run again.
    Pending = 4,
    /// Refused: a guard, a step that needs a decision (`--skip-refused` does the rest), a fresh plan that is not the one of `--checksum`, no
    /// terminal to ask on. Nothing was tried.
    Refused = 5,
    /// The saved plan no longer fits: stale, tampered, expired (`--max-age`, 24 hours), not the one of `--checksum`, made for another state or
    /// location, a secret missing or different.
    Unfit = 6,
    /// The state: locked by another, damaged, of another format or owner, or an export that belongs to another one. Nothing was tried.
    State = 7,
    /// Wrong usage.
    Usage = 64,
}

impl Exit {
    /// How a plan ends that is only shown. `skips`: what is refused in it is left out. `detailed`: changes have a code of
    /// their own.
    #[must_use]
    pub fn of_plan(plan: &Plan, skips: bool, detailed: bool) -> Self {
        if plan.breach.is_some() || plan.has_refused() && !skips {
            Self::Refused
        } else if detailed && !plan.is_empty() {
            Self::Changes
        } else {
            Self::Done
        }
    }

    /// How an apply ends.
    #[must_use]
    pub fn of(finished: &Finished) -> Self {
        let report = &finished.report;
        let classes: Vec<Self> = report.ended.iter().map(|ended| class(report, &ended.outcome)).collect();
        let was_cut = report.interrupted || report.denied.is_some() || report.unwritten.is_some();
        let is_left = was_cut || !finished.not_renamed.is_empty() || finished.not_located.is_some();
        if classes.contains(&Self::Failed) {
            Self::Failed
        } else if classes.contains(&Self::Pending) || is_left {
            Self::Pending
        } else {
            Self::Done
        }
    }
}

impl From<ProblemKind> for Exit {
    fn from(kind: ProblemKind) -> Self {
        match kind {
            ProblemKind::Input | ProblemKind::Declarations | ProblemKind::Catalog | ProblemKind::Output => {
                Self::Error
            }
            ProblemKind::Refused => Self::Refused,
            ProblemKind::SavedPlan => Self::Unfit,
            ProblemKind::State => Self::State,
            ProblemKind::Usage => Self::Usage,
        }
    }
}

fn class(report: &Report, outcome: &Outcome) -> Exit {
    match outcome {
        Outcome::Done | Outcome::Unchanged => Exit::Done,
        Outcome::Failed(_) | Outcome::Refused(_) => Exit::Failed,
        Outcome::PutOff(_)
        | Outcome::Deferred(_)
        | Outcome::InFlight(_)
        | Outcome::Unknown
        | Outcome::Stale(_)
        | Outcome::NotStarted => Exit::Pending,
        Outcome::Blocked(StepIx(root)) => match report.ended.get(*root).map(|ended| &ended.outcome) {
            Some(Outcome::Blocked(_)) | None => Exit::Pending,
            Some(outcome) => class(report, outcome),
        },
    }
}
