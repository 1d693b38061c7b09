//! Plan to Report: start what is ready, send, find out what is unknown, ask how it goes, and again until all is over.
//! Sees ports only. An intent is durable before its request leaves; a record that succeeded is the only thing that
//! makes something applied.

mod ask;
mod begin;
pub mod event;
mod look;
pub mod report;
mod request;
mod run;
mod send;
mod trace;

use std::time::Duration;

use self::event::Event;
use crate::catalog::{Catalog, ServiceTime};
use crate::plan::StepIx;
use crate::state::{Change, Entry, StateError, Store};

pub use self::report::{Ended, Failure, Outcome, Report};
pub use self::run::{Limits, Run};

/// The edges that one apply touches.
pub struct Ports<'w> {
    /// The catalog of every location.
    pub catalog: &'w dyn Catalog,
    /// What is remembered.
    pub store: &'w mut dyn Store,
    /// Time since the run began.
    pub clock: &'w dyn Fn() -> Duration,
    /// Waits; tells when it was woken by a signal.
    pub wait: &'w mut dyn FnMut(Duration) -> Wake,
    /// Tells whoever watches.
    pub emit: &'w mut dyn FnMut(&Event<'_>),
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Its time was up.
    Tick,
    /// Somebody wants the run to stop.
    Stop,
}

/// A step that is over, and how long its operation ran.
type Over = (StepIx, Outcome, Option<Duration>);

/// Carries a plan out. A state that can no longer be written ends it: nothing is begun that would not be remembered, and
/// the report says what is known by then.
pub fn apply(mut run: Run<'_>, ports: &mut Ports<'_>) -> Report {
    (ports.emit)(&Event::Began { steps: run.plan.steps.len() });
    let unwritten = carry_out(&mut run, ports).err();
    let report = run.into_report(unwritten);
    (ports.emit)(&Event::Finished(&report));
    report
}

fn carry_out(run: &mut Run<'_>, ports: &mut Ports<'_>) -> Result<(), StateError> {
    while !run.is_over() {
        begin::begin(run, ports)?;
        send::send(run, ports)?;
        trace::trace(run, ports)?;
        ask::ask(run, ports)?;
        if run.limits.no_wait {
            run.leave_in_flight();
        }
        rest(run, ports)?;
    }
    Ok(())
}

/// Sleeps until something is due; a signal ends the run where it stands.
fn rest(run: &mut Run<'_>, ports: &mut Ports<'_>) -> Result<(), StateError> {
    if run.is_over() {
        return Ok(());
    }
    let now = (ports.clock)();
    let pause = run.next_due().map_or(Duration::ZERO, |due| due.saturating_sub(now));
    if (ports.wait)(pause) == Wake::Stop && !run.interrupted {
        (ports.emit)(&Event::Stopping);
        run.interrupted = true;
        send::withdraw(run, ports)?;
        run.leave_in_flight();
    }
    Ok(())
}

/// Makes changes durable, then known to the run.
fn commit(run: &mut Run<'_>, ports: &mut Ports<'_>, entries: &[Entry]) -> Result<(), StateError> {
    if entries.is_empty() {
        return Ok(());
    }
    ports.store.commit(entries)?;
    run.recorded.apply(entries)
}

/// Makes changes durable, and ends the steps that they end. What went well and could not be written down is not over: the
/// next run hears of it again.
fn settle(
    run: &mut Run<'_>,
    ports: &mut Ports<'_>,
    entries: &[Entry],
    over: Vec<Over>,
) -> Result<(), StateError> {
    let written = commit(run, ports, entries);
    for (ix, outcome, took) in over {
        if written.is_ok() || !outcome.is_good() {
            end(run, ports, ix, outcome, took);
        }
    }
    written
}

fn entry(run: &Run<'_>, ix: StepIx, change: Change) -> Entry {
    (run.step(ix).address.clone(), change)
}

/// Ends a step and tells.
fn end(run: &mut Run<'_>, ports: &mut Ports<'_>, ix: StepIx, outcome: Outcome, took: Option<Duration>) {
    run.end(ix, outcome, took);
    tell_end(run, ports, ix);
}

fn tell_end(run: &Run<'_>, ports: &mut Ports<'_>, ix: StepIx) {
    if let run::Phase::Over(outcome, took) = &run.phases[ix.0] {
        (ports.emit)(&Event::Settled(run.at(ix, (ports.clock)()), outcome, *took));
    }
}

/// The time of the service that a step is carried out at.
fn time(run: &Run<'_>, ports: &Ports<'_>, ix: StepIx) -> ServiceTime {
    ports.catalog.time(&run.step(ix).address.location)
}

/// Whether a step has taken longer than it may, in the service's time.
fn is_late(run: &Run<'_>, ports: &Ports<'_>, ix: StepIx) -> bool {
    let ours = (ports.clock)().saturating_sub(run.begun[ix.0]);
    time(run, ports, ix).passed(ours) > run.step(ix).timeout
}
