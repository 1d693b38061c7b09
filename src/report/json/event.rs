//! The document of an event, `provisor.event/v1`, one a line; the last one of a run is the summary.
//!
//! Every line has `format`, `seq` (from 1), `time` (RFC 3339, UTC) and `event`: `diagnostic` (a finding, as in other documents), before a
//! run or in its place; `planned`, one for each step of the plan (`planned` is the step as in `provisor.plan/v1`), and `plan`, all else of
//! it; then `began`, `started`, `resumed`, `progress`, `delayed`, `settled`, `outputs`, `stopping`; and at the very end, whatever became of
//! it, `summary`. Lines about a step add `step` (its place in the plan),
//! `address` (as people write it), `key`, `location`, `verb` and `elapsed_ms` (since the run began), and what the event
//! is about: `record`, `running_ms` and `unwinding`, `error` and `remedy`, `outcome` and `took_ms`, or `outputs` (text, or
//! `{"sensitive": true}`).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::plan::{steps, without_steps};
use super::report::{ErrorDoc, OutcomeDoc, ReportDoc};
use super::time::rfc3339;
use super::{compact, millis, value};
use crate::apply::event::{At, Event, Remedy};
use crate::model::time::Timestamp;
use crate::plan::Shown;
use crate::report::view::{PlanView, ReportView};

/// One event as a document on one line, without a newline.
pub(in crate::report) fn event(event: &Event<'_>, seq: u64, time: Timestamp) -> String {
    compact(&EventDoc { seq, time: rfc3339(time), ..EventDoc::of(event) })
}

/// A plan as events, a line each: first its steps, then all else; each with the number that it is given.
#[must_use]
pub fn planned(plan: &PlanView<'_>, time: Timestamp, mut seq: impl FnMut() -> u64) -> Vec<String> {
    let time = rfc3339(time);
    let mut lines: Vec<String> = steps(plan)
        .map(|(step, document)| {
            compact(&EventDoc {
                seq: seq(),
                time: time.clone(),
                step: Some(step.number),
                address: Some(&step.address),
                key: Some(step.key),
                location: Some(step.location),
                simulated: Some(step.simulated),
                verb: Some(step.act.operation()),
                planned: Some(document),
                ..EventDoc::new("planned")
            })
        })
        .collect();
    let plan = Some(without_steps(plan));
    lines.push(compact(&EventDoc { seq: seq(), time, plan, ..EventDoc::new("plan") }));
    lines
}

/// The end of a stream of which nothing was carried out, or nobody knows how it ended.
#[must_use]
pub fn not_summed_up(seq: u64, time: Timestamp) -> String {
    let summary = Some(ReportDoc::of(&ReportView::of_none()));
    compact(&EventDoc { seq, time: rfc3339(time), summary, ..EventDoc::new("summary") })
}

#[derive(Default, Serialize)]
struct EventDoc<'a> {
    format: &'static str,
    seq: u64,
    time: String,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    simulated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verb: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    running_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unwinding: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<OutcomeDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    took_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outputs: Option<BTreeMap<&'a str, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    planned: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<ReportDoc<'a>>,
}

impl<'a> EventDoc<'a> {
    fn of(event: &'a Event<'_>) -> Self {
        match event {
            Event::Began { steps } => Self { steps: Some(*steps), ..Self::new("began") },
            Event::Started(at, record) => {
                Self { record: Some(record.as_str()), ..Self::about("started", at) }
            }
            Event::Resumed(at, record) => {
                Self { record: Some(record.as_str()), ..Self::about("resumed", at) }
            }
            Event::Progress(at, watch) => Self {
                running_ms: Some(millis(watch.running)),
                unwinding: Some(watch.unwinding),
                ..Self::about("progress", at)
            },
            Event::Delayed(at, error, remedy) => Self {
                error: Some(ErrorDoc::of(error)),
                remedy: Some(remedy_word(*remedy)),
                ..Self::about("delayed", at)
            },
            Event::Settled(at, outcome, took) => Self {
                outcome: Some(OutcomeDoc::of(outcome)),
                took_ms: took.map(millis),
                ..Self::about("settled", at)
            },
            Event::Outputs(at, outputs, sensitive) => {
                let known = outputs.iter().map(|(key, text)| (key.as_str(), Value::from(text.as_str())));
                let hidden = sensitive.iter().map(|key| (*key, value(&Shown::Sensitive)));
                Self { outputs: Some(known.chain(hidden).collect()), ..Self::about("outputs", at) }
            }
            Event::Stopping => Self::new("stopping"),
            Event::Finished(report) => {
                Self { summary: Some(ReportDoc::of(&ReportView::of(report))), ..Self::new("summary") }
            }
        }
    }

    fn new(event: &'static str) -> Self {
        Self { format: "provisor.event/v1", event, ..Self::default() }
    }

    fn about(event: &'static str, at: &At<'a>) -> Self {
        Self {
            step: Some(at.step.0),
            address: Some(at.label),
            key: Some(at.address.key.as_str()),
            location: Some(at.location),
            simulated: Some(at.simulated),
            verb: Some(at.act.operation()),
            elapsed_ms: Some(millis(at.elapsed)),
            ..Self::new(event)
        }
    }
}

fn remedy_word(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::AskAgain => "ask_again",
        Remedy::Look => "look",
        Remedy::SendAgain => "send_again",
    }
}
