//! How steps end that several parts of a round can end.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::report::{Failure, Outcome};
use super::super::request::{self, Filled};
use super::Turn;
use crate::catalog::{CatalogError, CatalogErrorKind};
use crate::model::secret::KeyedDigest;
use crate::model::template::Template;
use crate::model::time::Timestamp;
use crate::plan::{Action, Refusal, Spec, StepIx};
use crate::state::{Change, Settlement};

/// What is stored in clear, and from now on by these digests only.
#[derive(Debug, Default)]
pub(super) struct Redacted {
    pub outputs: BTreeMap<String, KeyedDigest>,
    pub parameters: BTreeMap<String, KeyedDigest>,
}

/// How a record went that is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ran {
    pub took: Duration,
    /// Since when it is over, by the service's clock.
    pub ended: Timestamp,
}

impl Turn<'_, '_> {
    /// The refusal stands: nothing was begun, unless by the same request before.
    pub(super) fn refuse(&mut self, ix: StepIx, error: &CatalogError) -> Outcome {
        let message = self.redact(ix, &error.message);
        if let Some(refusal) = self.taken(ix, error) {
            self.note(ix, Change::Refused { message: refusal.message.clone() });
            return Outcome::Refused(refusal);
        }
        if !self.run.is_doubtful(ix) {
            self.note(ix, Change::Refused { message: message.clone() });
        }
        let hint = match error.kind {
            CatalogErrorKind::NotFound => Some(
                "if access was granted just now, run again in a minute; else ask the platform team to associate the principal with the portfolio",
            ),
            CatalogErrorKind::NotYet => Some(
                "if the launch role was created just now, run again in a minute; else ask the platform team to look at the role of the launch constraint",
            ),
            CatalogErrorKind::Denied | CatalogErrorKind::NotAllowed => {
                Some("check the credentials and their permissions, then run `provisor apply` again")
            }
            CatalogErrorKind::NotSent => {
                Some("nothing was sent: check the network and the endpoint, then run `provisor apply` again")
            }
            _ => None,
        };
        let hint = error.hint.clone().or_else(|| hint.map(str::to_owned));
        Outcome::Failed(Failure::Rejected { code: error.code.clone(), message, hint })
    }

    /// A name that is held by something which is not seen: there is no more to know of it.
    fn taken(&self, ix: StepIx, error: &CatalogError) -> Option<Refusal> {
        let level = self.level(ix);
        let is_hidden = self.creates(ix) && !level.sees_all() && !self.run.is_doubtful(ix);
        let name = &self.intent(ix)?.content.as_ref()?.target.name;
        (is_hidden && error.says_taken()).then(|| Refusal::taken(name, level))
    }

    /// The product is gone, and was to go.
    pub(super) fn gone(&mut self, ix: StepIx, ran: Option<Ran>) {
        self.note(ix, Change::Settled(Box::new(Settlement::Gone), ran.map(|ran| ran.ended)));
        let outcome = self.as_declared(ix);
        self.over_after(ix, outcome, ran.map(|ran| ran.took));
    }

    /// What was to be done cannot be any more: plan again.
    pub(super) fn abandon(&mut self, ix: StepIx, why: String) {
        self.note(ix, Change::Abandoned);
        self.over(ix, Outcome::Stale(why));
    }

    /// How a step ends whose operation went well: an interrupted one may have been begun for other declarations.
    pub(super) fn as_declared(&self, ix: StepIx) -> Outcome {
        let Action::Settle(intent, spec) = &self.step(ix).action else { return Outcome::Done };
        let is_same = match (&intent.content, spec) {
            (None, None) => true,
            (Some(content), Some(spec)) if !self.is_moving(spec) => {
                let is_same = |filled: Filled| request::same_inputs(self.owner(ix), &filled.content, content);
                self.refill(ix, spec).is_ok_and(is_same)
            }
            _ => false,
        };
        // of what it is to come after from now on, some may not be there yet: the next plan writes that down
        let needs = &self.step(ix).needs;
        if is_same && needs.iter().all(|need| self.recorded().birth(need).is_some()) {
            return Outcome::Done;
        }
        Outcome::Stale(match (&intent.content, spec) {
            (None, Some(_)) => {
                "its termination is over, and it is declared: the next plan provisions it".to_owned()
            }
            _ => "the interrupted operation went well, and leaves more to be done".to_owned(),
        })
    }

    /// Whether a step that fills the spec has still to end: until then it would be filled with what was.
    fn is_moving(&self, spec: &Spec) -> bool {
        let mut references = spec.templates().flat_map(Template::references);
        references.any(|reference| self.run.is_moving(&reference.of))
    }

    /// What is to be remembered for the time after the declaration, if it is not yet; `sensitive` is what is
    /// stored in clear and must not be any more.
    pub(super) fn remember(&mut self, ix: StepIx, sensitive: Redacted) {
        let step = self.step(ix);
        let (lifecycle, after) = (step.lifecycle, self.recorded().births_at(&step.needs));
        let is_known = self.row(ix).is_some_and(|row| row.lifecycle == lifecycle && row.after == after);
        let Redacted { outputs: sensitive, parameters } = sensitive;
        if !is_known || !sensitive.is_empty() || !parameters.is_empty() {
            self.note(ix, Change::Remembered { lifecycle, after, sensitive, parameters });
        }
    }
}
