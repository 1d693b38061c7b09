//! Sending: each request once. What the answer means is decided by kind, never by text.

use super::event::{Event, Remedy};
use super::look::Why;
use super::report::{Failure, Outcome};
use super::run::{Phase, Run};
use super::{Over, Ports, commit, entry, is_late, settle, tell_end, time};
use crate::catalog::{CatalogError, CatalogErrorKind, Record, Request};
use crate::plan::StepIx;
use crate::state::{Change, Entry, Kind, StateError};

/// How often a request that the service cannot have taken is tried before the step fails.
const TRIES: u32 = 6;

/// Sends what is due.
pub(super) fn send(run: &mut Run<'_>, ports: &mut Ports<'_>) -> Result<(), StateError> {
    let now = (ports.clock)();
    let due = run.picked(|phase| matches!(phase, Phase::Sending { due, .. } if *due <= now));
    if due.is_empty() {
        return Ok(());
    }
    renew(run, ports, &due)?;
    let (due, requests): (Vec<StepIx>, Vec<Request>) =
        due.into_iter().filter_map(|ix| Some((ix, to_send(run, ix)?))).unzip();
    let answers = ports.catalog.submit(&requests);
    let mut entries = Vec::new();
    let mut ended = Vec::new();
    for (ix, answer) in due.into_iter().zip(answers) {
        match answer {
            Ok(record) => accepted(run, ports, ix, record, &mut entries),
            Err(error) => ended.extend(refused(run, ports, ix, &error, &mut entries)),
        }
    }
    settle(run, ports, &entries, ended)
}

fn to_send(run: &Run<'_>, ix: StepIx) -> Option<Request> {
    match &run.phases[ix.0] {
        Phase::Sending { request, .. } => Some(request.clone()),
        _ => None,
    }
}

/// A request that waited gets a new bound for signing it, durably, before it leaves.
fn renew(run: &mut Run<'_>, ports: &mut Ports<'_>, due: &[StepIx]) -> Result<(), StateError> {
    let mut entries = Vec::new();
    for ix in due {
        let time = time(run, ports, *ix);
        let Phase::Sending { request, .. } = &mut run.phases[ix.0] else { continue };
        if time.now() >= request.sign_by {
            request.sign_by = time.sign_by();
            let change = Change::Resent { sent: time.now(), sign_by: time.sign_by() };
            entries.push(entry(run, *ix, change));
        }
    }
    commit(run, ports, &entries)
}

fn accepted(run: &mut Run<'_>, ports: &mut Ports<'_>, ix: StepIx, record: Record, entries: &mut Vec<Entry>) {
    let now = (ports.clock)();
    (ports.emit)(&Event::Started(run.at(ix, now), &record.id));
    entries.push(entry(
        run,
        ix,
        Change::Accepted { record: record.id.clone(), provisioned: record.provisioned },
    ));
    let due = now + time(run, ports, ix).until_next_question(0);
    run.phases[ix.0] = Phase::Running { record: record.id, due, asked: 0 };
}

/// An answer that is not an acceptance; says how the step ended, if it did.
fn refused(
    run: &mut Run<'_>,
    ports: &mut Ports<'_>,
    ix: StepIx,
    error: &CatalogError,
    entries: &mut Vec<Entry>,
) -> Option<Over> {
    let now = (ports.clock)();
    let Phase::Sending { request, tries, .. } = run.phases[ix.0].clone() else { return None };
    let fresh_grant = error.kind == CatalogErrorKind::NotFound && run.intent(ix)?.kind == Kind::Provision;
    let again = match error.kind {
        CatalogErrorKind::Later => !is_late(run, ports, ix),
        CatalogErrorKind::NotSent => tries < TRIES,
        _ => fresh_grant && tries < TRIES,
    };
    match error.kind {
        _ if again => {
            (ports.emit)(&Event::Delayed(run.at(ix, now), &run.redacted(ix, error), Remedy::SendAgain));
            let due = now + time(run, ports, ix).until_next_try(tries);
            run.phases[ix.0] = Phase::Sending { request, tries: tries + 1, due };
            None
        }
        CatalogErrorKind::Ambiguous => {
            (ports.emit)(&Event::Delayed(run.at(ix, now), &run.redacted(ix, error), Remedy::Look));
            run.phases[ix.0] = Phase::Looking { request: Some(request), why: Why::Unanswered, due: now };
            None
        }
        // what is not there cannot be changed: whether it is gone is found out by looking
        CatalogErrorKind::Conflict | CatalogErrorKind::NotFound
            if error.kind == CatalogErrorKind::Conflict || run.intent(ix)?.kind != Kind::Provision =>
        {
            run.phases[ix.0] =
                Phase::Looking { request: Some(request), why: Why::Refused(error.clone()), due: now };
            None
        }
        kind => {
            let outcome = reject(run, ix, error, entries);
            // credentials that are no longer any: nothing was begun, and nothing else can be
            if kind == CatalogErrorKind::Denied && error.code != "AccessDeniedException" {
                run.denied = Some(run.redact(ix, &error.message));
                return Some((ix, Outcome::NotStarted, None));
            }
            Some((ix, outcome, None))
        }
    }
}

/// The refusal stands: nothing was begun.
pub(super) fn reject(run: &Run<'_>, ix: StepIx, error: &CatalogError, entries: &mut Vec<Entry>) -> Outcome {
    let message = run.redact(ix, &error.message);
    entries.push(entry(run, ix, Change::Refused { message: message.clone() }));
    let hint = match error.kind {
        CatalogErrorKind::NotFound => Some("if access was granted just now, run again in a minute; else ask the platform team to associate the principal with the portfolio".to_owned()),
        CatalogErrorKind::Denied => Some("check the credentials and their permissions, then run `provisor apply` again".to_owned()),
        CatalogErrorKind::NotSent => Some("nothing was sent: check the network and the endpoint, then run `provisor apply` again".to_owned()),
        _ => None,
    };
    Outcome::Failed(Failure::Rejected { code: error.code.clone(), message, hint })
}

/// Takes back what has an intent and never left: the signal came first.
pub(super) fn withdraw(run: &mut Run<'_>, ports: &mut Ports<'_>) -> Result<(), StateError> {
    let unsent = run.picked(|phase| matches!(phase, Phase::Sending { .. }));
    let entries: Vec<Entry> = unsent.iter().map(|ix| entry(run, *ix, Change::Abandoned)).collect();
    commit(run, ports, &entries)?;
    for ix in unsent {
        run.end(ix, Outcome::NotStarted, None);
        tell_end(run, ports, ix);
    }
    Ok(())
}
