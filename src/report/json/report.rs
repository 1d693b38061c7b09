//! How an apply ended, as the last event of its run tells it, and how a step ended, as its own event does.

use serde::{Serialize, Serializer};

use super::millis;
use super::reason::rule;
use crate::apply::report::{Failure, Outcome};
use crate::catalog::CatalogError;
use crate::model::ids::RecordId;
use crate::plan::Unfitting;
use crate::report::view::{EndedView, FailureView, ReportView, StackEvent, Tally, stack_events};

#[derive(Serialize)]
pub(super) struct ErrorDoc {
    code: String,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<StackEventDoc>,
}

/// One event of the stack that failed, where the message is a list of them.
#[derive(Serialize)]
struct StackEventDoc {
    logical_resource_id: String,
    resource_type: String,
    status_reason: String,
}

impl ErrorDoc {
    pub(super) fn of(error: &CatalogError) -> Self {
        Self::coded(&error.code, &error.message)
    }

    fn coded(code: &str, message: &str) -> Self {
        let event = |event: StackEvent<'_>| StackEventDoc {
            logical_resource_id: event.resource.to_owned(),
            resource_type: event.resource_type.to_owned(),
            status_reason: event.reason.to_owned(),
        };
        let events = stack_events(message).map(|(_, events)| events).unwrap_or_default();
        Self {
            code: code.to_owned(),
            message: message.to_owned(),
            events: events.into_iter().map(event).collect(),
        }
    }
}

/// How a step ended: `kind` says it, the other members say more where there is more to say.
#[derive(Default, Serialize)]
pub(super) struct OutcomeDoc {
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

/// How a step ended, in the word of the documents.
#[must_use]
pub fn outcome_word(outcome: &Outcome) -> &'static str {
    OutcomeDoc::of(outcome).kind
}

impl OutcomeDoc {
    pub(super) fn of(outcome: &Outcome) -> Self {
        let named = |kind| Self { kind, ..Self::default() };
        let recorded =
            |kind, record: &RecordId| Self { record: Some(record.as_str().to_owned()), ..named(kind) };
        match outcome {
            Outcome::Done => named("done"),
            Outcome::Unchanged => named("unchanged"),
            Outcome::Failed(failure) => Self::failed("failed", failure),
            Outcome::PutOff(failure) => Self::failed("put_off", failure),
            Outcome::Refused(refusal) => Self {
                rule: Some(rule(refusal.rule)),
                message: Some(refusal.message.clone()),
                hint: refusal.hint.clone(),
                ..named("refused")
            },
            Outcome::Deferred(refusal) => Self {
                rule: Some(rule(refusal.rule)),
                message: Some(refusal.message.clone()),
                hint: refusal.hint.clone(),
                ..named("not_started")
            },
            Outcome::Blocked(step) => Self { blocked_by: Some(step.0), ..named("blocked") },
            Outcome::InFlight(record) => recorded("in_flight", record),
            Outcome::Unknown => named("unknown"),
            Outcome::Stale(why) => Self { message: Some(why.clone()), ..named("stale") },
            Outcome::NotStarted => named("not_started"),
        }
    }

    fn failed(kind: &'static str, failure: &Failure) -> Self {
        let failed = Self { kind, ..Self::default() };
        match failure {
            Failure::Record { record, errors } => Self {
                record: Some(record.as_str().to_owned()),
                errors: errors.iter().map(|error| ErrorDoc::coded(&error.code, &error.description)).collect(),
                ..failed
            },
            Failure::Rejected { code, message, hint } => {
                Self { errors: vec![ErrorDoc::coded(code, message)], hint: hint.clone(), ..failed }
            }
            Failure::Unfitting(Unfitting { errors, hint }) => Self {
                errors: errors.iter().map(|error| ErrorDoc::coded("", error)).collect(),
                hint: hint.clone(),
                ..failed
            },
            Failure::Missing(_) => {
                Self { message: Some(FailureView::of(failure).errors.join(" ")), ..failed }
            }
        }
    }
}

#[derive(Serialize)]
pub(super) struct ReportDoc<'a> {
    complete: bool,
    interrupted: bool,
    denied: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unwritten: Option<&'a str>,
    simulated: bool,
    counts: TallyDoc,
    steps: Vec<EndedDoc<'a>>,
}

impl<'a> ReportDoc<'a> {
    pub(super) fn of(report: &ReportView<'a>) -> Self {
        Self {
            complete: report.is_complete,
            interrupted: report.is_interrupted,
            denied: report.denied,
            unwritten: report.unwritten,
            simulated: !report.simulated.is_empty(),
            counts: TallyDoc(report.tally),
            steps: report.ended.iter().map(EndedDoc::of).collect(),
        }
    }
}

#[derive(Serialize)]
struct EndedDoc<'a> {
    address: &'a str,
    key: &'a str,
    location: &'a str,
    simulated: bool,
    verb: &'static str,
    replacing: bool,
    took_ms: Option<u64>,
    outcome: OutcomeDoc,
}

impl<'a> EndedDoc<'a> {
    fn of(ended: &EndedView<'a>) -> Self {
        Self {
            address: ended.address,
            key: ended.key,
            location: ended.location,
            simulated: ended.simulated,
            verb: ended.act.operation(),
            replacing: ended.replacing,
            took_ms: ended.took.map(millis),
            outcome: OutcomeDoc::of(ended.outcome),
        }
    }
}

struct TallyDoc(Tally);

impl Serialize for TallyDoc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Tally { imported, added, changed, destroyed, resumed, recorded, moved, .. } = self.0;
        let Tally {
            unchanged,
            failed,
            put_off,
            refused,
            blocked,
            in_flight,
            unknown,
            stale,
            not_started,
            ..
        } = self.0;
        serializer.collect_map([
            ("imported", imported),
            ("added", added),
            ("changed", changed),
            ("destroyed", destroyed),
            ("resumed", resumed),
            ("recorded", recorded + moved),
            ("unchanged", unchanged),
            ("failed", failed),
            ("put_off", put_off),
            ("refused", refused),
            ("blocked", blocked),
            ("in_flight", in_flight),
            ("unknown", unknown),
            ("stale", stale),
            ("not_started", not_started),
        ])
    }
}
