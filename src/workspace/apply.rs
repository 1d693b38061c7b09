//! A prepared plan, carried out: renamed keys are written down, it is run with somebody watching, and what was committed
//! is backed up, whatever became of it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::planning::Prepared;
use super::problem::Problem;
use crate::apply::event::Event;
use crate::apply::{Foresight, Job, Ports, Report, Wake, apply};
use crate::model::ids::{Address, LocationName};
use crate::model::random::Random;
use crate::plan::located;
use crate::state::{Conflict, StateError, Store};

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
    /// Why it could not be written down where products are.
    pub not_located: Option<StateError>,
    /// Why what was committed could not be backed up.
    pub not_backed_up: Option<StateError>,
    /// Earlier backups that hold a text which is sensitive by now.
    pub holding: Vec<String>,
    /// Who was first at rows that no step is about, and that keep their old keys therefore.
    pub not_renamed: Vec<Conflict>,
}

impl Prepared {
    /// What there is to foresee of carrying it out, by what the store remembers.
    #[must_use]
    pub fn outlook(&self, store: &dyn Store) -> Foresight {
        // without a history nobody knows how long it takes, and that is all
        let past = store.past().unwrap_or_default();
        let time = |location: &LocationName| self.catalog.time(location);
        Foresight::of(&self.plan, store.recorded(), &past, self.limits.parallelism, time)
    }

    /// Carries the plan out, into this store.
    ///
    /// # Errors
    /// A state that cannot be written, before anything was begun. After that it is part of the report.
    pub fn apply(&self, store: &mut dyn Store, watch: Watcher<'_>) -> Result<Finished, Problem> {
        let lost = self.rename(store)?;
        let not_renamed =
            lost.iter().filter(|(to, _)| self.plan.steps.iter().all(|step| step.address != **to));
        let not_renamed = not_renamed.map(|(_, conflict)| conflict.clone()).collect();
        let job = Job {
            lost,
            plan: &self.plan,
            known: self.known.clone(),
            checks: &self.checks,
            secrets: self.secrets.iter().cloned().collect(),
            limits: self.limits.clone(),
        };
        let Watcher { clock, mut random, wait, sink } = watch;
        let mut ports =
            Ports { catalog: &*self.catalog, store, random: &mut random, clock, wait, emit: sink };
        let report = apply(job, &mut ports);
        let not_located = match report.unwritten {
            None => self.locate(store).err(),
            // the report says why
            Some(_) => None,
        };
        let (holding, not_backed_up) = match store.back_up() {
            Ok(holding) => (holding, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        Ok(Finished { report, not_located, not_backed_up, holding, not_renamed })
    }

    /// Writes down where the products of rows are that do not know it yet. A row that somebody else has written since is
    /// written down the next time.
    fn locate(&self, store: &mut dyn Store) -> Result<(), StateError> {
        store.commit(&located(store.recorded(), &self.places)).map(drop)
    }

    /// Writes down the keys that were renamed; gives those back, under their new names, whose rows somebody else has
    /// written meanwhile.
    fn rename(&self, store: &mut dyn Store) -> Result<BTreeMap<Address, Conflict>, StateError> {
        let answers = store.commit(&self.renamed)?;
        let refused =
            self.renamed.iter().zip(answers).filter_map(|(group, answer)| Some((group, answer.err()?)));
        // a move reads what stands at the new name
        Ok(refused
            .flat_map(|(group, conflict)| {
                group.reads.iter().map(move |read| (read.address.clone(), conflict.clone()))
            })
            .collect())
    }
}
