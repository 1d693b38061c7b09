//! Stacks that become provisioned products and are adopted. The service takes one after the other, so each is waited for where it
//! begins. Nothing is written before: a stack becomes one product however often it is asked for, and a run that died is taken
//! up by what the catalog shows.

use std::time::Duration;

use super::super::event::{Event, Remedy, Watch};
use super::super::report::{Failure, Outcome};
use super::{Turn, Wake};
use crate::catalog::{CatalogError, CatalogErrorKind, Progress, Record, RecordError, RecordRef, StackImport};
use crate::model::ids::Token;
use crate::plan::{Adoption, StepIx};

/// So often the same request is made before its answer is taken as it is.
const TRIES: u32 = 8;

impl Turn<'_, '_> {
    /// Makes a stack a provisioned product, and adopts that.
    pub(super) fn import_stack(&mut self, ix: StepIx, adoption: &Adoption, stack: &str) {
        let accepted = match self.import_asked(ix, adoption, stack) {
            Ok(record) => record,
            Err(outcome) => return self.over(ix, outcome),
        };
        let record = match self.import_ended(ix, accepted) {
            Ok(record) => record,
            Err(outcome) => return self.over(ix, outcome),
        };
        let adopted = Adoption { id: record.provisioned, record: Some(record.id), ..adoption.clone() };
        self.adopt(ix, &adopted);
    }

    /// Asks for it until there is an answer to go by; the token makes it one request.
    fn import_asked(&mut self, ix: StepIx, adoption: &Adoption, stack: &str) -> Result<Record, Outcome> {
        let request = StackImport {
            location: self.step(ix).address.location.clone(),
            stack: stack.to_owned(),
            target: adoption.spec.target.clone(),
            token: Token::new(format!("p{:032x}", self.ports.random.draw())),
            sign_by: self.time(ix).sign_by(),
        };
        for tries in 0.. {
            let request = StackImport { sign_by: self.time(ix).sign_by(), ..request.clone() };
            let error = match self.ports.catalog.import_stacks(&[request]).pop() {
                Some(Ok(record)) => {
                    let now = self.now();
                    (self.ports.emit)(&Event::Started(self.run.at(ix, now), &record.id));
                    return Ok(record);
                }
                Some(Err(error)) => error,
                None => return Err(Outcome::Unknown),
            };
            if tries >= TRIES || !may_pass(error.kind) {
                return Err(self.import_refused(ix, &error));
            }
            let (now, told) = (self.now(), self.redacted(ix, &error));
            (self.ports.emit)(&Event::Delayed(self.run.at(ix, now), &told, Remedy::SendAgain));
            let pause = self.time(ix).until_next_try(tries);
            if (self.ports.wait)(pause) == Wake::Stop {
                return Err(self.import_refused(ix, &error));
            }
        }
        Err(Outcome::Unknown)
    }

    fn import_refused(&self, ix: StepIx, error: &CatalogError) -> Outcome {
        if error.kind == CatalogErrorKind::Ambiguous {
            return Outcome::Unknown;
        }
        let message = self.redact(ix, &error.message);
        let hint = match error.kind {
            CatalogErrorKind::NotAllowed => Some(
                "the principal needs `servicecatalog:ImportAsProvisionedProduct`, `cloudformation:GetTemplate` and `cloudformation:DescribeStacks`",
            ),
            CatalogErrorKind::Conflict => Some(
                "if another stack is being imported there, run again when that is over: the service takes one after the other",
            ),
            _ => Some("the stack is as it was; its template has to be that of the declared version"),
        };
        let hint = error.hint.clone().or_else(|| hint.map(str::to_owned));
        Outcome::Failed(Failure::Rejected { code: error.code.clone(), message, hint })
    }

    /// Waits for the end of its record.
    fn import_ended(&mut self, ix: StepIx, accepted: Record) -> Result<Record, Outcome> {
        let of = RecordRef { location: self.step(ix).address.location.clone(), record: accepted.id.clone() };
        let left = || Outcome::InFlight(accepted.id.clone());
        if self.no_wait {
            return Err(left());
        }
        for asked in 0.. {
            let pause: Duration = self.time(ix).until_next_question(asked);
            if (self.ports.wait)(pause) == Wake::Stop {
                return Err(left());
            }
            let record = match self.ports.catalog.records(std::slice::from_ref(&of)).pop() {
                Some(Ok(record)) => record,
                // a reading that fails proves nothing, and may be made again
                Some(Err(error)) if asked < TRIES || may_pass(error.kind) => continue,
                _ => return Err(left()),
            };
            let running = record.asked.since(record.created);
            match &record.progress {
                Progress::Succeeded(_) => return Ok(record),
                Progress::Failed(errors) | Progress::PutOff(errors) => {
                    let told = |error: &RecordError| RecordError {
                        description: self.redact(ix, &error.description),
                        ..error.clone()
                    };
                    let errors = errors.iter().map(told).collect();
                    let failure = Failure::Record { record: record.id.clone(), errors };
                    return Err(Outcome::Failed(failure));
                }
                Progress::Running | Progress::Unwinding => {}
            }
            let (now, unwinding) = (self.now(), record.progress == Progress::Unwinding);
            (self.ports.emit)(&Event::Progress(self.run.at(ix, now), Watch { running, unwinding }));
            if running > self.step(ix).timeout {
                return Err(left());
            }
        }
        Err(left())
    }
}

/// Whether the same may be answered otherwise in a moment.
fn may_pass(kind: CatalogErrorKind) -> bool {
    use CatalogErrorKind::{Ambiguous, Later, NotSent, NotYet, Throttled};
    matches!(kind, Ambiguous | Later | NotSent | NotYet | Throttled)
}
