//! The document of an event, `provisor.event/v1`, one a line; the last one of a run is the summary.
//!
//! Every line has `format`, `seq` (from 1), `time` (RFC 3339, UTC) and `event`: `began`, `started`, `resumed`,
//! `progress`, `delayed`, `settled`, `stopping`, `summary`, or `diagnostic`: a finding, as in other documents, before
//! a run or in its place. Lines about a step add `step` (its place in the plan),
//! `address` (as people write it), `key`, `location`, `verb` and `elapsed_ms` (since the run began), and what the event
//! is about: `record`, `running_ms` and `unwinding`, `error` and `remedy`, or `outcome`.

use serde::Serialize;

use super::report::{ErrorDoc, OutcomeDoc, ReportDoc};
use super::{compact, millis};
use crate::apply::event::{At, Event, Remedy};
use crate::model::time::Timestamp;
use crate::report::view::ReportView;

/// One event as a document on one line, without a newline.
pub(in crate::report) fn event(event: &Event<'_>, seq: u64, time: Timestamp) -> String {
    compact(&EventDoc { seq, time: rfc3339(time), ..EventDoc::of(event) })
}

/// A time with milliseconds, in UTC.
pub(super) fn rfc3339(time: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(time.0).map(|time| format!("{time:.3}")).unwrap_or_default()
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
    steps: Option<usize>,
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
            Event::Settled(at, outcome, _) => {
                Self { outcome: Some(OutcomeDoc::of(outcome)), ..Self::about("settled", at) }
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
