//! Asking how it goes: one batch of records for all that is in flight; what is terminal is made durable.

use std::collections::BTreeMap;

use super::super::event::{Event, Watch};
use super::super::report::{Failure, Outcome};
use super::Turn;
use super::believe::Success;
use super::ending::{Ran, Redacted};
use crate::catalog::{
    CatalogError, CatalogErrorKind, FindBy, Found, Progress, Record, RecordError, RecordRef, Status,
};
use crate::model::ids::RecordId;
use crate::model::product::Selector;
use crate::model::time::Timestamp;
use crate::plan::StepIx;
use crate::state::{Change, Kind, Settlement, StateError};

impl Turn<'_, '_> {
    /// Asks after everything that is due.
    pub(in super::super) fn ask(&mut self) -> Result<(), StateError> {
        let (steps, asked): (Vec<StepIx>, Vec<RecordRef>) =
            self.run.to_ask(self.now()).into_iter().map(|(ix, record)| (ix, self.of(ix, record))).unzip();
        if asked.is_empty() {
            return Ok(());
        }
        let mut succeeded = Vec::new();
        for ((ix, of), answer) in steps.into_iter().zip(&asked).zip(self.ports.catalog.records(&asked)) {
            match answer {
                Ok(record) if matches!(record.progress, Progress::Succeeded(_)) && !self.terminates(ix) => {
                    succeeded.push(Success { ix, record });
                }
                Ok(record) => self.heard(ix, record),
                Err(error) if error.kind == CatalogErrorKind::NotFound && !self.is_fresh(ix) => {
                    self.vanished(ix, &of.record);
                }
                // after a change of owner, who asked for it may not read its record any more
                Err(error) if error.kind == CatalogErrorKind::NotAllowed && self.is_at_rest(ix) => {
                    let said = self.redact(ix, &error.message);
                    self.abandon(
                        ix,
                        format!("its operation is over, and its record may not be read: {said}"),
                    );
                }
                Err(error) => self.unheard(ix, &of.record, &error),
            }
        }
        self.believe(succeeded);
        self.settle()
    }

    fn of(&self, ix: StepIx, record: RecordId) -> RecordRef {
        RecordRef { location: self.step(ix).address.location.clone(), record }
    }

    fn heard(&mut self, ix: StepIx, record: Record) {
        let ran = Ran { took: record.updated.since(record.created), ended: record.updated };
        match record.progress {
            Progress::Running => self.running(ix, record, false),
            Progress::Unwinding => self.running(ix, record, true),
            Progress::Succeeded(_) => self.gone(ix, Some(ran)),
            Progress::Failed(errors) => {
                let failure = self.failed(ix, record.id, errors, ran.ended);
                self.over_after(ix, Outcome::Failed(failure), Some(ran.took));
            }
            Progress::PutOff(errors) => {
                let failure = self.failed(ix, record.id, errors, ran.ended);
                self.over_after(ix, Outcome::PutOff(failure), Some(ran.took));
            }
        }
    }

    pub(super) fn running(&mut self, ix: StepIx, record: Record, unwinding: bool) {
        let (now, running) = (self.now(), record.asked.since(record.created));
        (self.ports.emit)(&Event::Progress(self.run.at(ix, now), Watch { running, unwinding }));
        if running > self.step(ix).timeout {
            return self.over_after(ix, Outcome::InFlight(record.id), Some(running));
        }
        let pause = self.time(ix).until_next_question(self.run.tries(ix));
        self.run.still_running(ix, now + pause);
    }

    fn terminates(&self, ix: StepIx) -> bool {
        self.intent(ix).is_some_and(|intent| matches!(intent.kind, Kind::Terminate | Kind::Retain))
    }

    /// Makes a success durable; `arn` is the product's, if that was seen.
    pub(super) fn succeeded(
        &mut self,
        ix: StepIx,
        outputs: &BTreeMap<String, String>,
        ended: Timestamp,
        arn: Option<String>,
    ) -> Outcome {
        let arn = arn.filter(|_| self.knowledge.needs_arn(&self.step(ix).address));
        let content = self.intent(ix).and_then(|intent| intent.content.as_ref());
        let kept = self.knowledge.storable(self.owner(ix), content, outputs);
        let (outputs, sensitive_outputs) = (kept.outputs, kept.digests);
        let is_unproven = self.run.is_unproven(ix);
        let settlement = Settlement::Succeeded { outputs, sensitive_outputs, arn, is_unproven };
        self.note(ix, Change::Settled(Box::new(settlement), Some(ended)));
        self.remember(ix, Redacted::default());
        self.as_declared(ix)
    }

    fn failed(
        &mut self,
        ix: StepIx,
        record: RecordId,
        mut errors: Vec<RecordError>,
        ended: Timestamp,
    ) -> Failure {
        for error in &mut errors {
            error.description = self.redact(ix, &error.description);
        }
        let message = errors.first().map(|error| error.description.clone()).unwrap_or_default();
        self.note(ix, Change::Settled(Box::new(Settlement::Failed { message }), Some(ended)));
        Failure::Record { record, errors }
    }

    /// Whether the record may be too young to be seen by every reader.
    fn is_fresh(&self, ix: StepIx) -> bool {
        let time = self.time(ix);
        self.intent(ix).is_some_and(|intent| !time.is_settled(intent.sign_by, time.now()))
    }

    /// The record is not there any more: what is there tells the rest.
    fn vanished(&mut self, ix: StepIx, record: &RecordId) {
        let is_gone = match self.find_bound(ix) {
            Some(Ok(found)) => found.existing.is_none(),
            Some(Err(error)) => return self.unheard(ix, record, &error),
            // nothing can be looked for
            None => false,
        };
        if is_gone && !self.level(ix).sees_all() {
            return self.unseen(ix, record);
        }
        if is_gone && self.terminates(ix) {
            return self.gone(ix, None);
        }
        self.abandon(ix, "its record has disappeared from the catalog".to_owned());
    }

    /// Neither the record nor the product is seen. What was done is listed for who did it, also where it cannot be read.
    fn unseen(&mut self, ix: StepIx, record: &RecordId) {
        let Some(id) = self.binding(ix).map(|binding| binding.id.clone()) else { return };
        let since = self.intent(ix).and_then(|intent| intent.base_record.clone());
        let listed = match self.history(ix, &id, since) {
            Ok(listed) => listed,
            Err(error) => return self.unheard(ix, record, &error),
        };
        let is_done = |one: &Record| one.id == *record && matches!(one.progress, Progress::Succeeded(_));
        if self.terminates(ix) && listed.iter().any(is_done) {
            return self.gone(ix, None);
        }
        self.out_of_sight(ix);
    }

    /// Whether nothing runs on the product any more: seen late enough that no reader lags behind what was asked for.
    fn is_at_rest(&self, ix: StepIx) -> bool {
        let is_settled = |found: Found| {
            let status = found.existing.map(|existing| existing.status);
            matches!(status, Some(Status::Available | Status::Tainted | Status::Error))
        };
        !self.is_fresh(ix) && self.find_bound(ix).and_then(Result::ok).is_some_and(is_settled)
    }

    /// The product that the row is bound to, as it is now; `None` if there is none.
    fn find_bound(&self, ix: StepIx) -> Option<Result<Found, CatalogError>> {
        let by = Selector::Id(self.binding(ix)?.id.to_string());
        self.ports.catalog.find(&[FindBy { location: self.step(ix).address.location.clone(), by }]).pop()
    }

    pub(super) fn unheard(&mut self, ix: StepIx, record: &RecordId, error: &CatalogError) {
        let is_denied = matches!(error.kind, CatalogErrorKind::Denied | CatalogErrorKind::NotAllowed);
        if is_denied {
            self.deny(ix, error);
        }
        if is_denied || self.is_late(ix) {
            return self.over(ix, Outcome::InFlight(record.clone()));
        }
        self.ask_later(ix, error);
    }
}
