//! Finding out what became of requests without an answer: look, and only then, perhaps, send the same again.

use super::ask::as_declared;
use super::event::{Event, Remedy};
use super::look::{Evidence, Look, weigh};
use super::report::Outcome;
use super::run::{Phase, Run};
use super::send::reject;
use super::{Ports, entry, is_late, settle, time};
use crate::catalog::{CatalogError, CatalogErrorKind, Existing, FindBy, Found, HistoryRef, Request};
use crate::model::product::Selector;
use crate::plan::{Refusal, Rule, StepIx};
use crate::state::{Change, Entry, Kind, Settlement, StateError};

/// Looks for what is due to be looked for.
pub(super) fn trace(run: &mut Run<'_>, ports: &mut Ports<'_>) -> Result<(), StateError> {
    let now = (ports.clock)();
    let due = run.picked(|phase| matches!(phase, Phase::Looking { due, .. } if *due <= now));
    if due.is_empty() {
        return Ok(());
    }
    let mut entries = Vec::new();
    let mut ended = Vec::new();
    let mut looks: Vec<(StepIx, FindBy)> = Vec::new();
    for ix in due {
        match find_by(run, ix) {
            Some(by) => looks.push((ix, by)),
            None => {
                let why = "which provisioned product it was about is not known".to_owned();
                ended.extend(conclude(run, ports, ix, Evidence::Overtaken(why), &mut entries));
            }
        }
    }
    let asked: Vec<FindBy> = looks.iter().map(|(_, by)| by.clone()).collect();
    for ((ix, by), answer) in looks.into_iter().zip(ports.catalog.find(&asked)) {
        let evidence = answer.and_then(|found| evidence(run, ports, ix, &by, &found));
        match evidence {
            Ok(evidence) => ended.extend(conclude(run, ports, ix, evidence, &mut entries)),
            Err(error) => ended.extend(cannot_look(run, ports, ix, &error)),
        }
    }
    let over = ended.into_iter().map(|(ix, outcome)| (ix, outcome, None)).collect();
    settle(run, ports, &entries, over)
}

fn find_by(run: &Run<'_>, ix: StepIx) -> Option<FindBy> {
    let intent = run.intent(ix)?;
    let id = run.row(ix).and_then(|row| row.binding.as_ref()).map(|binding| binding.id.to_string());
    let named = run.step(ix).begins().and_then(|(_, id)| id).map(ToString::to_string);
    let by = match (intent.kind, &intent.content) {
        (Kind::Provision, Some(content)) => Selector::Name(content.name.clone()),
        _ => Selector::Id(named.or(id)?),
    };
    Some(FindBy { location: run.step(ix).address.location.clone(), by })
}

fn evidence(
    run: &Run<'_>,
    ports: &Ports<'_>,
    ix: StepIx,
    by: &FindBy,
    found: &Found,
) -> Result<Evidence, CatalogError> {
    let (Some(row), Some(intent)) = (run.row(ix), run.intent(ix)) else {
        return Ok(Evidence::Overtaken("the operation was settled meanwhile".to_owned()));
    };
    let Phase::Looking { why, .. } = &run.phases[ix.0] else { return Ok(Evidence::TooEarly) };
    let look = Look { row, intent, why, found, time: time(run, ports, ix) };
    match weigh(look, None) {
        Evidence::NeedsHistory => {
            let Some(id) = found.existing.as_ref().map(|existing| existing.id.clone()) else {
                return Ok(Evidence::TooEarly);
            };
            let location = by.location.clone();
            let since = intent.base_record.clone();
            let of = HistoryRef { location, provisioned: id, since };
            let history = ports.catalog.history(&[of]).pop().unwrap_or_else(|| Ok(Vec::new()))?;
            Ok(weigh(look, Some(&history)))
        }
        evidence => Ok(evidence),
    }
}

/// Acts on the evidence; says how the step ended, if it did.
fn conclude(
    run: &mut Run<'_>,
    ports: &mut Ports<'_>,
    ix: StepIx,
    evidence: Evidence,
    entries: &mut Vec<Entry>,
) -> Option<(StepIx, Outcome)> {
    let now = (ports.clock)();
    match evidence {
        Evidence::Accepted(record, provisioned) => {
            (ports.emit)(&Event::Resumed(run.at(ix, now), &record));
            entries.push(entry(run, ix, Change::Accepted { record: record.clone(), provisioned }));
            run.phases[ix.0] = Phase::Running { record, due: now, asked: 0 };
            None
        }
        Evidence::Gone => {
            entries.push(entry(run, ix, Change::Settled(Box::new(Settlement::Gone))));
            Some((ix, as_declared(run, ix)))
        }
        Evidence::Overtaken(why) => {
            entries.push(entry(run, ix, Change::Abandoned));
            Some((ix, Outcome::Stale(why)))
        }
        Evidence::Held(holder) => {
            let refusal = held(&holder);
            entries.push(entry(run, ix, Change::Refused { message: refusal.message.clone() }));
            Some((ix, Outcome::Refused(refusal)))
        }
        Evidence::Refused(error) => Some((ix, reject(run, ix, &error, entries))),
        Evidence::TooEarly | Evidence::NeedsHistory => {
            let pause = time(run, ports, ix).until_next_look();
            look_again(run, ix, now + pause);
            None
        }
        Evidence::NeverTaken => send_again(run, ports, ix, entries),
    }
}

/// It was proven not to have been taken: the same token again, if the same request can be made; else plan again.
fn send_again(
    run: &mut Run<'_>,
    ports: &mut Ports<'_>,
    ix: StepIx,
    entries: &mut Vec<Entry>,
) -> Option<(StepIx, Outcome)> {
    let now = (ports.clock)();
    let Phase::Looking { request, .. } = &run.phases[ix.0] else { return None };
    let Some(request) = request.clone() else {
        entries.push(entry(run, ix, Change::Abandoned));
        return Some((
            ix,
            Outcome::Stale("it was never begun, and what is declared has changed since".to_owned()),
        ));
    };
    if is_late(run, ports, ix) {
        return Some((ix, Outcome::Unknown));
    }
    let time = time(run, ports, ix);
    entries.push(entry(run, ix, Change::Resent { sent: time.now(), sign_by: time.sign_by() }));
    let request = Request { sign_by: time.sign_by(), ..request };
    run.phases[ix.0] = Phase::Sending { request, tries: 1, due: now + time.until_next_try(0) };
    None
}

fn cannot_look(
    run: &mut Run<'_>,
    ports: &mut Ports<'_>,
    ix: StepIx,
    error: &CatalogError,
) -> Option<(StepIx, Outcome)> {
    let now = (ports.clock)();
    if error.kind == CatalogErrorKind::Denied {
        run.denied = Some(run.redact(ix, &error.message));
        return Some((ix, Outcome::Unknown));
    }
    if is_late(run, ports, ix) {
        return Some((ix, Outcome::Unknown));
    }
    (ports.emit)(&Event::Delayed(run.at(ix, now), &run.redacted(ix, error), Remedy::AskAgain));
    let pause = time(run, ports, ix).until_next_try(2);
    look_again(run, ix, now + pause);
    None
}

fn look_again(run: &mut Run<'_>, ix: StepIx, at: std::time::Duration) {
    if let Phase::Looking { due, .. } = &mut run.phases[ix.0] {
        *due = at;
    }
}

fn held(holder: &Existing) -> Refusal {
    Refusal {
        rule: Rule::Exists,
        message: format!("a provisioned product named `{}` exists already: {}", holder.name, holder.id),
        hint: Some("choose another `provisioned_product_name`".to_owned()),
    }
}
