//! Plan to Report: begin what is ready, send, look for what got no answer, ask how it goes, rest, and again until all is
//! over. Sees ports only. An intent is durable before its request leaves; a record that succeeded is the only thing that
//! makes something applied.

pub mod event;
mod foresight;
mod knowledge;
pub mod preview;
pub mod report;
mod request;
mod run;
mod turn;

use std::collections::BTreeMap;
use std::time::Duration;

use self::event::Event;
use self::turn::Turn;
use crate::catalog::Catalog;
use crate::model::ids::Address;
use crate::model::random::Random;
use crate::model::secret::Secrets;
use crate::model::template::Known;
use crate::plan::{LateChecks, Plan};
use crate::state::{Conflict, StateError, Store};

pub use self::foresight::{Ahead, Foresight};
pub use self::report::{Ended, Failure, Outcome, Report};

/// What is to be carried out.
pub struct Job<'p> {
    /// What is carried out, step by step, and nothing beside it.
    pub plan: &'p Plan,
    /// The facts of what the plan leaves alone, and of what it takes over.
    pub known: Known,
    /// What values are held against that become known on the way.
    pub checks: &'p LateChecks,
    /// Clear texts that are redacted wherever they turn up.
    pub secrets: Secrets,
    /// What bounds it.
    pub limits: Limits,
    /// Rows that somebody else has written since the plan: their steps are stale before they begin.
    pub lost: BTreeMap<Address, Conflict>,
}

/// What bounds a run.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Operations in flight per location.
    pub parallelism: usize,
    /// Operations in flight per location and product name.
    pub products: BTreeMap<String, usize>,
    /// Leave operations running as soon as they are accepted.
    pub no_wait: bool,
}

/// The edges that one apply touches.
pub struct Ports<'w> {
    /// The catalog of every location.
    pub catalog: &'w dyn Catalog,
    /// What is remembered; the run has no other view of it.
    pub store: &'w mut dyn Store,
    /// Where births of rows and the bits of tokens come from.
    pub random: &'w mut Random,
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

/// Carries a plan out. A state that can no longer be written ends it: nothing is begun that would not be remembered, and
/// the report says what is known by then.
pub fn apply(mut job: Job<'_>, ports: &mut Ports<'_>) -> Report {
    (ports.emit)(&Event::Began { steps: job.plan.steps.len() });
    let lost = std::mem::take(&mut job.lost);
    let moved = job.plan.renamed.keys().filter(|to| !lost.contains_key(to)).count();
    let mut turn = Turn::new(job, ports);
    turn.lose(&lost);
    let unwritten = carry_out(&mut turn).err();
    let report = Report { moved, ..turn.into_report(unwritten) };
    (ports.emit)(&Event::Finished(&report));
    report
}

fn carry_out(turn: &mut Turn<'_, '_>) -> Result<(), StateError> {
    while !turn.is_over() {
        turn.begin()?;
        turn.send()?;
        turn.look()?;
        turn.ask()?;
        turn.rest()?;
    }
    Ok(())
}
