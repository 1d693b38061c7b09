//! One round of a run: what it writes is gathered step by step, made durable at once, and then the steps end that end
//! with it. Each file beside this one is a part of the round: `begin` writes down what is about to be sent, `send` sends
//! it, `look` finds out about requests without an answer by `evidence`, `ask` asks after the records of running
//! operations. How steps end is said in `ending`.

mod ask;
mod begin;
mod believe;
mod ending;
mod evidence;
mod look;
mod raw_stacks;
mod send;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::event::Event;
use super::knowledge::Knowledge;
use super::report::{Outcome, Report};
use super::request::{Filled, Owner, Unfillable};
use super::run::Run;
use super::{Job, Ports, Wake};
use crate::catalog::{CatalogError, ServiceTime};
use crate::model::access::AccessLevel;
use crate::model::ids::Address;
use crate::model::secret::DigestKey;
use crate::model::template::Facts;
use crate::plan::{Action, LateChecks, Spec, Step, StepIx};
use crate::state::{
    Binding, Birth, Change, Conflict, Group, Intent, Kind, Recorded, Row, StateError, Written,
};

/// A run in its round.
pub(super) struct Turn<'t, 'w> {
    run: Run<'t>,
    knowledge: Knowledge<'t>,
    checks: &'t LateChecks,
    no_wait: bool,
    ports: &'t mut Ports<'w>,
    /// What the clock said when the run began.
    start: Duration,
    /// What was made after each address, by the state's word.
    dependents: BTreeMap<Address, BTreeSet<Address>>,
    writes: BTreeMap<StepIx, Vec<Change>>,
    over: Vec<Over>,
}

/// How a step ends when what was gathered is durable.
struct Over {
    ix: StepIx,
    outcome: Outcome,
    /// How long its operation ran.
    took: Option<Duration>,
    /// What it gives, where that was just read.
    outputs: Option<BTreeMap<String, String>>,
}

impl<'t, 'w> Turn<'t, 'w> {
    pub(super) fn new(job: Job<'t>, ports: &'t mut Ports<'w>) -> Self {
        let Job { plan, known, checks, secrets, limits, .. } = job;
        let no_wait = limits.no_wait;
        Self {
            run: Run::new(plan, ports.store.recorded(), limits),
            knowledge: Knowledge::new(plan, known, secrets),
            checks,
            no_wait,
            dependents: dependents(ports.store.recorded()),
            start: (ports.clock)(),
            ports,
            writes: BTreeMap::new(),
            over: Vec::new(),
        }
    }

    /// Ends the steps whose rows were lost to somebody else before the run.
    pub(super) fn lose(&mut self, lost: &BTreeMap<Address, Conflict>) {
        for (ix, conflict) in self.run.steps_of(lost) {
            self.overtaken(ix, conflict);
        }
    }

    /// Whether every step has ended.
    pub(super) fn is_over(&self) -> bool {
        self.run.is_over()
    }

    /// How everything ended; with what was the end of it, if the state could no longer be written.
    pub(super) fn into_report(self, unwritten: Option<StateError>) -> Report {
        self.run.into_report(unwritten)
    }

    /// Sleeps until something is due; a signal ends the run where it stands.
    pub(super) fn rest(&mut self) -> Result<(), StateError> {
        if self.no_wait {
            self.run.leave_in_flight();
        }
        if self.is_over() {
            return Ok(());
        }
        let pause = self.run.next_due().map_or(Duration::ZERO, |due| due.saturating_sub(self.now()));
        if (self.ports.wait)(pause) == Wake::Stop && self.run.interrupt() {
            (self.ports.emit)(&Event::Stopping);
            self.withdraw()?;
            self.run.leave_in_flight();
        }
        Ok(())
    }

    /// Time since the run began.
    fn now(&self) -> Duration {
        (self.ports.clock)().saturating_sub(self.start)
    }

    /// Whose products are seen where a step is carried out: below the account, what is not found may be there.
    fn level(&self, ix: StepIx) -> AccessLevel {
        self.ports.catalog.access_level(&self.step(ix).address.location)
    }

    /// Whether a step's operation is a creation.
    fn creates(&self, ix: StepIx) -> bool {
        self.intent(ix).is_some_and(|intent| intent.kind == Kind::Provision)
    }

    /// The time of the service that a step is carried out at.
    fn time(&self, ix: StepIx) -> ServiceTime {
        self.ports.catalog.time(&self.step(ix).address.location)
    }

    /// Whether a step has taken longer than it may, in the service's time.
    fn is_late(&self, ix: StepIx) -> bool {
        let ours = self.run.since_begun(ix, self.now());
        self.time(ix).passed(ours) > self.step(ix).timeout
    }

    fn step(&self, ix: StepIx) -> &'t Step {
        self.run.step(ix)
    }

    fn key(&self) -> &DigestKey {
        self.ports.store.key()
    }

    fn recorded(&self) -> &Recorded {
        self.ports.store.recorded()
    }

    fn row(&self, ix: StepIx) -> Option<&Row> {
        self.recorded().rows.get(&self.step(ix).address)
    }

    fn intent(&self, ix: StepIx) -> Option<&Intent> {
        self.row(ix)?.intent.as_ref()
    }

    fn binding(&self, ix: StepIx) -> Option<&Binding> {
        self.row(ix)?.binding.as_ref()
    }

    /// Fills a spec for the row of a step that is under way.
    fn refill(&self, ix: StepIx, spec: &Spec) -> Result<Filled, Unfillable> {
        self.knowledge.fill(self.owner(ix), spec)
    }

    /// The row of a step that is under way, for digests.
    fn owner(&self, ix: StepIx) -> Owner<'_> {
        let row = self.row(ix);
        Owner { birth: row.map(|row| row.version.birth).unwrap_or_default(), row, key: self.key() }
    }

    /// The row of a step, that may have to be born yet.
    fn future(&self, ix: StepIx, birth: Birth) -> Owner<'_> {
        Owner { birth, ..self.owner(ix) }
    }

    fn redact(&self, ix: StepIx, text: &str) -> String {
        self.knowledge.redact(self.row(ix), self.key(), text)
    }

    /// The error with its message redacted.
    fn redacted(&self, ix: StepIx, error: &CatalogError) -> CatalogError {
        CatalogError { message: self.redact(ix, &error.message), ..error.clone() }
    }

    /// Credentials are no longer any: nothing new is begun.
    fn deny(&mut self, ix: StepIx, error: &CatalogError) {
        self.run.deny(self.redact(ix, &error.message));
    }

    /// Gathers a change of a step's row. What is gathered for one step is written together or not at all.
    fn note(&mut self, ix: StepIx, change: Change) {
        self.writes.entry(ix).or_default().push(change);
    }

    /// A step ends when what was gathered is durable.
    fn over(&mut self, ix: StepIx, outcome: Outcome) {
        self.over_after(ix, outcome, None);
    }

    /// The same, of an operation that ran for some time.
    fn over_after(&mut self, ix: StepIx, outcome: Outcome, took: Option<Duration>) {
        self.over.push(Over { ix, outcome, took, outputs: None });
    }

    /// Makes durable what was gathered, a group for each step. A step whose row somebody else has written is stale, and
    /// over; everything else goes on.
    fn commit(&mut self) -> Result<(), StateError> {
        let writes = std::mem::take(&mut self.writes);
        if writes.is_empty() {
            return Ok(());
        }
        let steps: Vec<StepIx> = writes.keys().copied().collect();
        let groups: Vec<Group> = writes.into_iter().map(|(ix, changes)| self.group(ix, changes)).collect();
        let answers: Vec<Written> = self.ports.store.commit(&groups)?;
        for (ix, answer) in steps.into_iter().zip(answers) {
            match answer {
                Ok(_) => self.follow(ix),
                Err(conflict) => self.overtaken(ix, &conflict),
            }
        }
        Ok(())
    }

    /// What was written of a step may say that its row was made after others.
    fn follow(&mut self, ix: StepIx) {
        let step = self.step(ix);
        for input in &step.needs {
            self.dependents.entry(input.clone()).or_default().insert(step.address.clone());
        }
    }

    fn overtaken(&mut self, ix: StepIx, conflict: &Conflict) {
        let outcome = self.stale(conflict);
        self.run.overtaken(ix, outcome);
        self.tell_end(ix);
    }

    /// The changes of a step's row. What is begun, taken over or remembered was computed from other rows too: those that it
    /// needs, or for a termination those that were made after it. They must still stand.
    fn group(&self, ix: StepIx, changes: Vec<Change>) -> Group {
        let (step, recorded) = (self.step(ix), self.recorded());
        let is_computed = |change: &Change| {
            matches!(change, Change::Begin { .. } | Change::Adopted { .. } | Change::Remembered { .. })
        };
        let is_computed = changes.iter().any(is_computed);
        let group = Group::of(recorded, &step.address, changes);
        match &step.action {
            _ if !is_computed => group,
            Action::Terminate(_) => {
                group.reading(recorded, self.dependents.get(&step.address).into_iter().flatten())
            }
            _ => group.reading(recorded, step.needs.iter().filter(|input| **input != step.address)),
        }
    }

    fn stale(&self, conflict: &Conflict) -> Outcome {
        let label = self.run.label(&conflict.address);
        Outcome::Stale(conflict.told(&label))
    }

    /// The birth of a step's row, drawn where it has none yet.
    fn birth(&mut self, ix: StepIx) -> Birth {
        let known = self.recorded().birth(&self.step(ix).address);
        known.unwrap_or_else(|| Birth(self.ports.random.draw()))
    }

    /// Makes durable what was gathered, and ends the steps that end with it. What went well and could not be written down
    /// is not over: the next run hears of it again.
    fn settle(&mut self) -> Result<(), StateError> {
        let written = self.commit();
        for over in std::mem::take(&mut self.over) {
            if written.is_ok() || !over.outcome.is_good() {
                self.end(over);
            }
        }
        written
    }

    /// Ends a step, takes in what it gives to others, and tells.
    fn end(&mut self, over: Over) {
        let Over { ix, outcome, took, outputs } = over;
        if self.run.ending(ix).is_some() {
            return;
        }
        let address = &self.step(ix).address;
        if let (true, Some(row)) = (outcome.is_good(), self.ports.store.recorded().rows.get(address)) {
            let read =
                |known: Option<&Facts>| row.facts(outputs.as_ref().or(known.map(|known| &known.outputs)));
            self.knowledge.learn(address, read);
        }
        let is_good = outcome.is_good();
        self.run.end(ix, outcome, took);
        self.tell_end(ix);
        if is_good {
            self.tell_outputs(ix);
        }
    }

    fn tell_outputs(&mut self, ix: StepIx) {
        let (now, step) = (self.now(), self.step(ix));
        let row = self.ports.store.recorded().rows.get(&step.address);
        if let Some(applied) = row.and_then(|row| row.applied.as_ref()).filter(|applied| applied.gives()) {
            let sensitive = applied.sensitive_outputs.keys().map(String::as_str).collect();
            (self.ports.emit)(&Event::Outputs(self.run.at(ix, now), &applied.outputs, sensitive));
        }
    }

    fn tell_end(&mut self, ix: StepIx) {
        let now = self.now();
        if let Some((outcome, took)) = self.run.ending(ix) {
            (self.ports.emit)(&Event::Settled(self.run.at(ix, now), outcome, took));
        }
    }
}

fn dependents(recorded: &Recorded) -> BTreeMap<Address, BTreeSet<Address>> {
    let births = recorded.births();
    let mut dependents: BTreeMap<Address, BTreeSet<Address>> = BTreeMap::new();
    for (address, row) in &recorded.rows {
        for input in row.after.iter().filter_map(|birth| births.get(birth)) {
            dependents.entry((*input).clone()).or_default().insert(address.clone());
        }
    }
    dependents
}
