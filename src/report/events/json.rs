//! One JSON document per event and line, `provisor.event/v1`; the last one is the summary. Nothing else is written there.
//!
//! Every line has `format`, `seq` (from 1), `time` (RFC 3339, UTC) and `event`: `began`, `started`, `resumed`,
//! `progress`, `delayed`, `settled`, `stopping` or `summary`. Lines about a step add `step` (its place in the plan),
//! `address` (as people write it), `key`, `location`, `verb` and `elapsed_ms` (since the run began), and what the event
//! is about: `record`, `running_ms` and `unwinding`, `error` and `remedy`, or `outcome`.

use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;

use super::{Sink, failure_lines};
use crate::apply::event::{At, Event, Remedy};
use crate::apply::report::{Ended, Failure, Outcome, Report};
use crate::catalog::CatalogError;
use crate::model::ids::RecordId;
use crate::model::time::Timestamp;
use crate::report::escape::json_safe;
use crate::report::json::rule;
use crate::report::summary::Tally;

/// Writes events as JSON lines.
pub struct JsonSink<'w> {
    out: &'w mut dyn Write,
    now: &'w dyn Fn() -> Timestamp,
    seq: u64,
    failed: Option<io::Error>,
}

impl<'w> JsonSink<'w> {
    /// `now` is wall time, for `time`.
    pub fn new(out: &'w mut dyn Write, now: &'w dyn Fn() -> Timestamp) -> Self {
        Self { out, now, seq: 0, failed: None }
    }

    /// Ends the stream. A reader that has gone away is no error.
    ///
    /// # Errors
    /// The first other error that writing met; nothing was written after it.
    pub fn finish(self) -> io::Result<()> {
        match self.failed {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }

    fn write(&mut self, line: &Line<'_>) -> io::Result<()> {
        let text = serde_json::to_string(line).map_err(io::Error::other)?;
        writeln!(self.out, "{}", json_safe(&text))?;
        self.out.flush()
    }
}

impl Sink for JsonSink<'_> {
    fn event(&mut self, event: &Event<'_>) {
        self.seq += 1;
        let mut line = line(event);
        line.seq = self.seq;
        line.time = written((self.now)());
        if self.failed.is_none() {
            self.failed = self.write(&line).err();
        }
    }
}

fn written(time: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(time.0).map(|time| format!("{time:.3}")).unwrap_or_default()
}

fn line<'a>(event: &'a Event<'_>) -> Line<'a> {
    match event {
        Event::Began { steps } => Line { steps: Some(*steps), ..Line::new("began") },
        Event::Started(at, record) => Line { record: Some(record.as_str()), ..Line::about("started", at) },
        Event::Resumed(at, record) => Line { record: Some(record.as_str()), ..Line::about("resumed", at) },
        Event::Progress(at, watch) => Line {
            running_ms: Some(millis(watch.running)),
            unwinding: Some(watch.unwinding),
            ..Line::about("progress", at)
        },
        Event::Delayed(at, error, remedy) => Line {
            error: Some(ErrorDoc::of(error)),
            remedy: Some(remedy_word(*remedy)),
            ..Line::about("delayed", at)
        },
        Event::Settled(at, outcome, _) => {
            Line { outcome: Some(OutcomeDoc::of(outcome)), ..Line::about("settled", at) }
        }
        Event::Stopping => Line::new("stopping"),
        Event::Finished(report) => Line { summary: Some(SummaryDoc::of(report)), ..Line::new("summary") },
    }
}

#[derive(Default, Serialize)]
struct Line<'a> {
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
    summary: Option<SummaryDoc<'a>>,
}

impl<'a> Line<'a> {
    fn new(event: &'static str) -> Self {
        Self { format: "provisor.event/v1", event, ..Self::default() }
    }

    fn about(event: &'static str, at: &At<'a>) -> Self {
        Self {
            step: Some(at.step.0),
            address: Some(at.label),
            key: Some(at.address.key.as_str()),
            location: Some(at.location),
            verb: Some(at.act.operation()),
            elapsed_ms: Some(millis(at.elapsed)),
            ..Self::new(event)
        }
    }
}

#[derive(Serialize)]
struct ErrorDoc {
    code: String,
    message: String,
}

impl ErrorDoc {
    fn of(error: &CatalogError) -> Self {
        Self { code: error.code.clone(), message: error.message.clone() }
    }
}

/// How a step ended: `kind` says it, the other members say more where there is more to say.
#[derive(Default, Serialize)]
struct OutcomeDoc {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ErrorDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked_by: Option<usize>,
}

impl OutcomeDoc {
    fn of(outcome: &Outcome) -> Self {
        let named = |kind| Self { kind, ..Self::default() };
        let recorded =
            |kind, record: &RecordId| Self { record: Some(record.as_str().to_owned()), ..named(kind) };
        match outcome {
            Outcome::Done => named("done"),
            Outcome::Unchanged => named("unchanged"),
            Outcome::Failed(failure) => Self::failed(failure),
            Outcome::Refused(refusal) => Self {
                rule: Some(rule(refusal.rule)),
                message: Some(refusal.message.clone()),
                hint: refusal.hint.clone(),
                ..named("refused")
            },
            Outcome::Blocked(step) => Self { blocked_by: Some(step.0), ..named("blocked") },
            Outcome::InFlight(record) => recorded("in_flight", record),
            Outcome::Unknown => named("unknown"),
            Outcome::Stale(why) => Self { message: Some(why.clone()), ..named("stale") },
            Outcome::NotStarted => named("not_started"),
        }
    }

    fn failed(failure: &Failure) -> Self {
        let failed = Self { kind: "failed", ..Self::default() };
        match failure {
            Failure::Record { record, errors } => Self {
                record: Some(record.as_str().to_owned()),
                errors: errors
                    .iter()
                    .map(|error| ErrorDoc { code: error.code.clone(), message: error.description.clone() })
                    .collect(),
                ..failed
            },
            Failure::Rejected { code, message, hint } => Self {
                errors: vec![ErrorDoc { code: code.clone(), message: message.clone() }],
                hint: hint.clone(),
                ..failed
            },
            Failure::Missing(_) => Self { message: Some(failure_lines(failure).join(" ")), ..failed },
        }
    }
}

#[derive(Serialize)]
struct SummaryDoc<'a> {
    complete: bool,
    interrupted: bool,
    denied: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unwritten: Option<&'a str>,
    counts: Tally,
    steps: Vec<EndedDoc<'a>>,
}

#[derive(Serialize)]
struct EndedDoc<'a> {
    address: &'a str,
    key: &'a str,
    location: &'a str,
    verb: &'static str,
    replacing: bool,
    took_ms: Option<u64>,
    outcome: OutcomeDoc,
}

impl<'a> SummaryDoc<'a> {
    fn of(report: &'a Report) -> Self {
        let ended = |ended: &'a Ended| EndedDoc {
            address: &ended.label,
            key: ended.address.key.as_str(),
            location: &ended.location,
            verb: ended.act.operation(),
            replacing: ended.replacing,
            took_ms: ended.took.map(millis),
            outcome: OutcomeDoc::of(&ended.outcome),
        };
        Self {
            complete: Tally::of(report).is_complete(report),
            interrupted: report.interrupted,
            denied: report.denied.as_deref(),
            unwritten: report.unwritten.as_deref(),
            counts: Tally::of(report),
            steps: report.ended.iter().map(ended).collect(),
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn remedy_word(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::AskAgain => "ask_again",
        Remedy::Look => "look",
        Remedy::SendAgain => "send_again",
    }
}
