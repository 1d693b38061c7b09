//! A span for each step of an apply, from when it was first heard of (the catalog took it) until it was over.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::{TRACE, TracedWork, heard, nanos};
use crate::apply::event::{At, Event, Remedy};
use crate::apply::{Outcome, Report};
use crate::catalog::CatalogErrorKind;
use crate::plan::{Plan, StepIx};
use crate::report::json::outcome_word;
use crate::report::view::FailureView;

/// Listens to an apply.
pub struct Operations<'p> {
    plan: &'p Plan,
    open: BTreeMap<StepIx, HeardStep>,
}

/// What was heard of a step that is not over.
#[derive(Default)]
struct HeardStep {
    name: String,
    began: Duration,
    last: Duration,
    record: Option<String>,
    is_resumed: bool,
    is_looked_for: bool,
    sent_again: u64,
    throttled: Duration,
    throttled_since: Option<Duration>,
}

impl<'p> Operations<'p> {
    /// Of this plan's steps.
    #[must_use]
    pub fn of(plan: &'p Plan) -> Self {
        Self { plan, open: BTreeMap::new() }
    }

    /// Hears an event; without a trace it is nothing.
    pub fn hear(&mut self, event: &Event<'_>) {
        if TRACE.get().is_none() {
            return;
        }
        match event {
            Event::Started(at, record) => {
                let operation = self.of_step(at);
                // it was looked for, not found, and sent again
                operation.sent_again += u64::from(std::mem::take(&mut operation.is_looked_for));
                operation.record = Some(record.as_str().to_owned());
            }
            Event::Resumed(at, record) => {
                let operation = self.of_step(at);
                operation.record = Some(record.as_str().to_owned());
                operation.is_resumed = true;
            }
            Event::Delayed(at, error, remedy) => {
                let operation = self.of_step(at);
                operation.sent_again += u64::from(*remedy == Remedy::SendAgain);
                operation.is_looked_for |= *remedy == Remedy::Look;
                if error.kind == CatalogErrorKind::Throttled {
                    operation.throttled_since = Some(at.elapsed);
                }
            }
            Event::Progress(at, _) => {
                self.of_step(at);
            }
            Event::Settled(at, outcome, _) => {
                self.of_step(at);
                self.close(at.step, outcome);
            }
            Event::Finished(report) => self.close_all(report),
            Event::Began { .. } | Event::Outputs(..) | Event::Stopping => {}
        }
    }

    /// What was heard of a step so far. Whatever is heard of it ends a time of being throttled.
    fn of_step(&mut self, at: &At<'_>) -> &mut HeardStep {
        let operation = self.open.entry(at.step).or_insert_with(|| HeardStep {
            name: format!("{} {}", at.act.operation(), at.label),
            began: at.elapsed,
            ..HeardStep::default()
        });
        if let Some(since) = operation.throttled_since.take() {
            operation.throttled += at.elapsed.saturating_sub(since);
        }
        operation.last = at.elapsed;
        operation
    }

    /// What is left running when the run ends.
    fn close_all(&mut self, report: &Report) {
        for (n, ended) in report.ended.iter().enumerate() {
            self.close(StepIx(n), &ended.outcome);
        }
    }

    fn close(&mut self, ix: StepIx, outcome: &Outcome) {
        let Some(operation) = self.open.remove(&ix) else { return };
        let error = match outcome {
            Outcome::Failed(failure) | Outcome::PutOff(failure) => {
                Some(FailureView::of(failure).errors.join("; "))
            }
            _ => None,
        };
        let attributes = self.attributes(ix, &operation, outcome);
        let HeardStep { name, began, last: ended, .. } = operation;
        heard(|trace| {
            let id = trace.next_id();
            trace.add(id, TracedWork { name, began, ended, attributes, error });
        });
    }

    fn attributes(&self, ix: StepIx, operation: &HeardStep, outcome: &Outcome) -> Vec<(&'static str, Value)> {
        let step = self.plan.step(ix);
        let target = step.and_then(|step| step.spec()).map(|spec| &spec.target);
        let texts = [
            ("provisor.address", step.map(|step| self.plan.labels.label(&step.address))),
            ("provisor.operation", step.map(|step| step.act().operation().to_owned())),
            ("provisor.outcome", Some(outcome_word(outcome).to_owned())),
            ("provisor.product", target.map(|target| target.product.name.clone())),
            ("provisor.version", target.map(|target| target.artifact.name.clone())),
            ("provisor.record_id", operation.record.clone()),
            ("cloud.region", step.map(|step| step.place.region.as_str().to_owned())),
        ];
        let texts = texts.into_iter().filter_map(|(key, text)| Some((key, json!(text?))));
        let throttled = nanos(operation.throttled) / 1_000_000;
        texts
            .chain([
                ("provisor.attempts", json!(1 + operation.sent_again)),
                ("provisor.throttled_ms", json!(throttled)),
                ("provisor.resumed", json!(operation.is_resumed)),
            ])
            .collect()
    }
}
