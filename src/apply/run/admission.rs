//! What becomes of steps that wait, when it is looked who may begin.

use super::super::report::Outcome;
use crate::plan::StepIx;

/// What can happen to steps that wait.
#[derive(Debug, Default, PartialEq)]
pub(in crate::apply) struct Admission {
    /// These will never begin; how each ends.
    pub never: Vec<(StepIx, Outcome)>,
    /// These begin now.
    pub begin: Vec<StepIx>,
}

impl Admission {
    pub(in crate::apply) fn is_empty(&self) -> bool {
        self.never.is_empty() && self.begin.is_empty()
    }

    pub(super) fn dismiss(&mut self, steps: impl IntoIterator<Item = StepIx>) {
        self.never.extend(steps.into_iter().map(|ix| (ix, Outcome::NotStarted)));
    }
}
