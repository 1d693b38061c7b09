//! Asking how it goes: one batch of records for all that is in flight; what is terminal is made durable.

use std::collections::BTreeMap;

use super::begin::remembered;
use super::event::{Event, Remedy, Watch};
use super::report::{Failure, Outcome};
use super::run::{Phase, Run};
use super::{Over, Ports, entry, is_late, request, settle, time};
use crate::catalog::{CatalogError, CatalogErrorKind, FindBy, Progress, Record, RecordError, RecordRef};
use crate::model::ids::RecordId;
use crate::model::product::Selector;
use crate::model::template::Facts;
use crate::plan::{Action, StepIx};
use crate::state::{Change, Entry, Kind, Settlement, StateError};

/// Asks after everything that is due.
pub(super) fn ask(run: &mut Run<'_>, ports: &mut Ports<'_>) -> Result<(), StateError> {
    let now = (ports.clock)();
    let due = run.picked(|phase| matches!(phase, Phase::Running { due, .. } if *due <= now));
    if due.is_empty() {
        return Ok(());
    }
    let (due, asked): (Vec<StepIx>, Vec<RecordRef>) =
        due.into_iter().filter_map(|ix| Some((ix, record_ref(run, ix)?))).unzip();
    let mut entries = Vec::new();
    let mut over: Vec<Over> = Vec::new();
    for (ix, answer) in due.into_iter().zip(ports.catalog.records(&asked)) {
        match answer {
            Ok(record) => over.extend(heard(run, ports, ix, record, &mut entries)),
            Err(error) if error.kind == CatalogErrorKind::NotFound && !is_fresh(run, ports, ix) => {
                over.extend(lost(run, ports, ix, &mut entries));
            }
            Err(error) => over.extend(unheard(run, ports, ix, &error)),
        }
    }
    settle(run, ports, &entries, over)
}

fn record_ref(run: &Run<'_>, ix: StepIx) -> Option<RecordRef> {
    match &run.phases[ix.0] {
        Phase::Running { record, .. } => {
            Some(RecordRef { location: run.step(ix).address.location.clone(), record: record.clone() })
        }
        _ => None,
    }
}

fn heard(
    run: &mut Run<'_>,
    ports: &mut Ports<'_>,
    ix: StepIx,
    record: Record,
    entries: &mut Vec<Entry>,
) -> Option<Over> {
    let running = record.asked.since(record.created);
    let ran = record.updated.since(record.created);
    match record.progress {
        Progress::Running | Progress::Unwinding => {
            let unwinding = record.progress == Progress::Unwinding;
            let now = (ports.clock)();
            (ports.emit)(&Event::Progress(run.at(ix, now), Watch { running, unwinding }));
            if running > run.step(ix).timeout {
                return Some((ix, Outcome::InFlight(record.id), Some(running)));
            }
            again(run, ports, ix);
            None
        }
        Progress::Succeeded(outputs) => Some((ix, succeeded(run, ports, ix, outputs, entries), Some(ran))),
        Progress::Failed(errors) => Some((ix, failed(run, ix, record.id, errors, entries), Some(ran))),
    }
}

fn succeeded(
    run: &mut Run<'_>,
    ports: &mut Ports<'_>,
    ix: StepIx,
    outputs: BTreeMap<String, String>,
    entries: &mut Vec<Entry>,
) -> Outcome {
    let terminated =
        run.intent(ix).is_some_and(|intent| matches!(intent.kind, Kind::Terminate | Kind::Retain));
    if terminated {
        entries.push(entry(run, ix, Change::Settled(Box::new(Settlement::Gone))));
        return as_declared(run, ix);
    }
    let arn = run.needs_arn(ix).then(|| arn(run, ports, ix)).flatten();
    let (secret, plain): (BTreeMap<_, _>, BTreeMap<_, _>) =
        outputs.iter().map(|(k, v)| (k.clone(), v.clone())).partition(|(key, value)| {
            run.is_sensitive(ix, run.intent(ix).and_then(|i| i.content.as_ref()), (key, value))
        });
    let digests = secret.iter().map(|(key, value)| (key.clone(), run.key.digest(key, value))).collect();
    let settlement = Settlement::Succeeded { outputs: plain, secret_outputs: digests, arn: arn.clone() };
    entries.push(entry(run, ix, Change::Settled(Box::new(settlement))));
    entries.extend(remembered(run, ix, BTreeMap::new()));
    run.learn(ix, Facts { outputs, secret: secret.into_keys().collect(), arn, id: None });
    as_declared(run, ix)
}

fn arn(run: &Run<'_>, ports: &Ports<'_>, ix: StepIx) -> Option<String> {
    let id = run.row(ix)?.binding.as_ref()?.id.to_string();
    let by = FindBy { location: run.step(ix).address.location.clone(), by: Selector::Id(id) };
    let found = ports.catalog.find(&[by]).pop()?.ok()?;
    found.existing.map(|existing| existing.arn)
}

fn failed(
    run: &Run<'_>,
    ix: StepIx,
    record: RecordId,
    errors: Vec<RecordError>,
    entries: &mut Vec<Entry>,
) -> Outcome {
    let errors: Vec<RecordError> = errors
        .into_iter()
        .map(|error| RecordError { description: run.redact(ix, &error.description), ..error })
        .collect();
    let message = errors.first().map(|error| error.description.clone()).unwrap_or_default();
    entries.push(entry(run, ix, Change::Settled(Box::new(Settlement::Failed { message }))));
    Outcome::Failed(Failure::Record { record, errors })
}

/// Whether the record may be too young to be seen by every reader.
fn is_fresh(run: &Run<'_>, ports: &Ports<'_>, ix: StepIx) -> bool {
    let time = time(run, ports, ix);
    run.intent(ix).is_some_and(|intent| !time.is_settled(intent.sign_by, time.now()))
}

/// The record is not there any more: what is there tells the rest.
fn lost(run: &mut Run<'_>, ports: &mut Ports<'_>, ix: StepIx, entries: &mut Vec<Entry>) -> Option<Over> {
    let kind = run.intent(ix)?.kind;
    let bound = run.row(ix).and_then(|row| row.binding.as_ref()).map(|binding| binding.id.to_string());
    let location = run.step(ix).address.location.clone();
    let by = bound.map(|id| FindBy { location, by: Selector::Id(id) });
    let is_gone = match by.and_then(|by| ports.catalog.find(&[by]).pop()) {
        Some(Ok(found)) => found.existing.is_none(),
        Some(Err(error)) => return unheard(run, ports, ix, &error),
        // nothing can be looked for
        None => false,
    };
    if is_gone && matches!(kind, Kind::Terminate | Kind::Retain) {
        entries.push(entry(run, ix, Change::Settled(Box::new(Settlement::Gone))));
        return Some((ix, as_declared(run, ix), None));
    }
    entries.push(entry(run, ix, Change::Abandoned));
    Some((ix, Outcome::Stale("its record has disappeared from the catalog".to_owned()), None))
}

/// How a step ends whose operation went well: an interrupted one may have been begun for other declarations.
pub(super) fn as_declared(run: &Run<'_>, ix: StepIx) -> Outcome {
    let Action::Settle(intent, spec) = &run.step(ix).action else { return Outcome::Done };
    let same = match (&intent.content, spec) {
        (None, None) => true,
        (Some(content), Some(spec)) if !run.is_moving(spec) => {
            run.fill(spec).is_ok_and(|filled| request::same_inputs(&filled.content, content))
        }
        _ => false,
    };
    if same {
        return Outcome::Done;
    }
    Outcome::Stale("the interrupted operation went well, and leaves more to be done".to_owned())
}

fn unheard(run: &mut Run<'_>, ports: &mut Ports<'_>, ix: StepIx, error: &CatalogError) -> Option<Over> {
    let now = (ports.clock)();
    let Phase::Running { record, .. } = run.phases[ix.0].clone() else { return None };
    if error.kind == CatalogErrorKind::Denied {
        run.denied = Some(run.redact(ix, &error.message));
    }
    if error.kind == CatalogErrorKind::Denied || is_late(run, ports, ix) {
        return Some((ix, Outcome::InFlight(record), None));
    }
    (ports.emit)(&Event::Delayed(run.at(ix, now), &run.redacted(ix, error), Remedy::AskAgain));
    let at = now + time(run, ports, ix).until_next_try(2);
    if let Phase::Running { due, .. } = &mut run.phases[ix.0] {
        *due = at;
    }
    None
}

/// The next question comes a little later than the last one.
fn again(run: &mut Run<'_>, ports: &Ports<'_>, ix: StepIx) {
    let now = (ports.clock)();
    let time = time(run, ports, ix);
    if let Phase::Running { due, asked, .. } = &mut run.phases[ix.0] {
        *due = now + time.until_next_question(*asked);
        *asked += 1;
    }
}
