//! Sending: each request once. What the answer means is decided by kind, never by text.

use std::time::Duration;

use super::super::event::{Event, Remedy};
use super::super::report::Outcome;
use super::super::run::Why;
use super::Turn;
use crate::catalog::{CatalogError, CatalogErrorKind, Record, Request};
use crate::plan::StepIx;
use crate::state::{Change, StateError};

/// How often a request that the service cannot have taken is tried before the step fails.
const TRIES: u32 = 6;

impl Turn<'_, '_> {
    /// Sends what is due.
    pub(in super::super) fn send(&mut self) -> Result<(), StateError> {
        let now = self.now();
        self.renew(now)?;
        let (steps, requests): (Vec<StepIx>, Vec<Request>) = self.run.to_send(now).into_iter().unzip();
        if requests.is_empty() {
            return Ok(());
        }
        for (ix, answer) in steps.into_iter().zip(self.ports.catalog.submit(&requests)) {
            match answer {
                Ok(record) => self.accepted(ix, record),
                Err(error) => self.not_accepted(ix, &error),
            }
        }
        self.settle()
    }

    /// A request that waited gets a new bound for signing it, durably, before it leaves.
    fn renew(&mut self, now: Duration) -> Result<(), StateError> {
        for (ix, request) in self.run.to_send(now) {
            let time = self.time(ix);
            if time.now() >= request.sign_by {
                self.note(ix, Change::Resent { sent: time.now(), sign_by: time.sign_by() });
                self.run.renewed(ix, time.sign_by());
            }
        }
        self.settle()
    }

    fn accepted(&mut self, ix: StepIx, record: Record) {
        let now = self.now();
        let born = self.intent(ix).map(|intent| intent.born);
        // a state that was put back counts its operations anew, and the catalog remembers the tokens of then
        if born.is_some_and(|born| self.time(ix).precedes(record.created, born)) {
            let why = format!(
                "the catalog answers with an operation from before, record {}: the state was put back from an older copy",
                record.id
            );
            return self.abandon(ix, why);
        }
        (self.ports.emit)(&Event::Started(self.run.at(ix, now), &record.id));
        let due = now + self.time(ix).until_next_question(0);
        self.run.accepted(ix, record.id.clone(), due);
        self.note(ix, Change::Accepted { record: record.id, provisioned: record.provisioned });
    }

    /// An answer that is not an acceptance.
    fn not_accepted(&mut self, ix: StepIx, error: &CatalogError) {
        let creates = self.creates(ix);
        let (now, may_try) = (self.now(), self.run.tries(ix) < TRIES);
        match error.kind {
            CatalogErrorKind::Later if !self.is_late(ix) => self.send_later(ix, error),
            CatalogErrorKind::NotSent if may_try => self.send_later(ix, error),
            // a grant that was given just now may not have spread yet
            CatalogErrorKind::NotFound if creates && may_try => self.send_later(ix, error),
            CatalogErrorKind::NotYet if may_try => self.send_later(ix, error),
            CatalogErrorKind::Ambiguous => {
                let message = self.redacted(ix, error);
                (self.ports.emit)(&Event::Delayed(self.run.at(ix, now), &message, Remedy::Look));
                self.run.lost(ix, Why::Unanswered, now);
            }
            // it was answered, and cannot arrive any more: one look, and the same again
            CatalogErrorKind::Throttled => {
                let message = self.redacted(ix, error);
                (self.ports.emit)(&Event::Delayed(self.run.at(ix, now), &message, Remedy::Look));
                self.run.lost(ix, Why::Throttled(error.clone()), now);
            }
            CatalogErrorKind::Conflict => self.run.lost(ix, Why::Refused(error.clone()), now),
            // what is not there cannot be changed: whether it is gone is found out by looking
            CatalogErrorKind::NotFound if !creates => self.run.lost(ix, Why::Refused(error.clone()), now),
            // credentials that are no longer any: nothing was begun, and nothing else can be
            CatalogErrorKind::Denied => {
                self.refuse(ix, error);
                self.deny(ix, error);
                self.over(ix, self.unsent(ix));
            }
            _ => {
                let outcome = self.refuse(ix, error);
                self.over(ix, outcome);
            }
        }
    }

    fn send_later(&mut self, ix: StepIx, error: &CatalogError) {
        let (now, message) = (self.now(), self.redacted(ix, error));
        (self.ports.emit)(&Event::Delayed(self.run.at(ix, now), &message, Remedy::SendAgain));
        let pause = self.time(ix).until_next_try(self.run.tries(ix));
        self.run.refused_for_now(ix, now + pause);
    }

    /// Takes back what has an intent and never left: the signal came first.
    pub(super) fn withdraw(&mut self) -> Result<(), StateError> {
        for ix in self.run.unsent() {
            if !self.run.is_doubtful(ix) {
                self.note(ix, Change::Abandoned);
            }
            self.over(ix, self.unsent(ix));
        }
        self.settle()
    }

    /// How a step ends whose request does not leave.
    fn unsent(&self, ix: StepIx) -> Outcome {
        if self.run.is_doubtful(ix) { Outcome::Unknown } else { Outcome::NotStarted }
    }
}
