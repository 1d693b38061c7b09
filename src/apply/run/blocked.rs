//! What becomes of steps that come after one that did not end well.

use super::stage::Stage;
use super::{Outcome, Run, StepIx};
use crate::plan::Action;

impl Run<'_> {
    /// How a step ends whose turn never comes. After a signal there is no cause to repair in what was left to run.
    pub(super) fn fate(&self, ix: StepIx) -> Option<Outcome> {
        let root = self.root(ix)?;
        // it was never to be done, whatever comes before it
        if let Action::Refused(refusal) = &self.step(ix).action
            && !refusal.is_blocked()
        {
            return Some(Outcome::of_refusal(refusal));
        }
        Some(match self.ending(root) {
            Some((Outcome::NotStarted, _)) => Outcome::NotStarted,
            Some((Outcome::InFlight(_) | Outcome::Unknown, _)) if self.is_stopping() => Outcome::NotStarted,
            _ => Outcome::Blocked(root),
        })
    }

    /// The step whose end blocks this one.
    fn root(&self, ix: StepIx) -> Option<StepIx> {
        self.step(ix).after.iter().find_map(|before| match &self.tracks[before.0].stage {
            Stage::Over(outcome, _) if outcome.is_good() => None,
            Stage::Over(Outcome::Blocked(root), _) => Some(*root),
            Stage::Over(..) => Some(*before),
            _ => None,
        })
    }
}
