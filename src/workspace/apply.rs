//! A prepared plan, carried out: renamed keys are written down, it is run with somebody watching, and what was committed
//! is backed up, whatever became of it.

use std::time::Duration;

use super::planning::Prepared;
use super::problem::Problem;
use crate::apply::event::Event;
use crate::apply::{Job, Ports, Report, Wake, apply};
use crate::model::random::Random;
use crate::state::{StateError, Store};

/// Who watches a run: what of the outside world comes into it.
pub struct Watcher<'w> {
    /// Time since the run began.
    pub clock: &'w dyn Fn() -> Duration,
    /// Where births of rows and the bits of tokens come from: a seed that was never used before.
    pub random: Random,
    /// Waits; tells when somebody wants the run to stop.
    pub wait: &'w mut dyn FnMut(Duration) -> Wake,
    /// Is told everything that happens.
    pub sink: &'w mut dyn FnMut(&Event<'_>),
}

/// How a run ended.
#[derive(Debug)]
pub struct Finished {
    /// Step by step.
    pub report: Report,
    /// Why what was committed could not be backed up.
    pub not_backed_up: Option<StateError>,
}

impl Prepared {
    /// Carries the plan out, into this store.
    ///
    /// # Errors
    /// A state that cannot be written, before anything was begun. After that it is part of the report.
    pub fn apply(&self, store: &mut dyn Store, watch: Watcher<'_>) -> Result<Finished, Problem> {
        if let Some(conflict) = store.commit(&self.renamed)?.into_iter().find_map(Result::err) {
            return Err(Problem::refused(format!("a key could not be renamed: {conflict}"), "plan again"));
        }
        let job = Job {
            plan: &self.plan,
            known: self.known.clone(),
            secrets: self.secrets.iter().cloned().collect(),
            limits: self.limits.clone(),
        };
        let Watcher { clock, mut random, wait, sink } = watch;
        let mut ports =
            Ports { catalog: &*self.catalog, store, random: &mut random, clock, wait, emit: sink };
        let report = apply(job, &mut ports);
        let not_backed_up = store.back_up().err();
        Ok(Finished { report, not_backed_up })
    }
}
