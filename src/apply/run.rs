//! The schedule of one run: what is ready, what is under way, what is over. Pure: it is told what happened.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::event::At;
use super::look::Why;
use super::report::{Ended, Outcome, Report};
use super::request::{Filled, Filler, Unfillable, operation};
use crate::catalog::{CatalogError, Operation, Request};
use crate::model::ids::{Address, LocationName, ProvisionedId, RecordId};
use crate::model::secret::{DigestKey, Redactor, Secret, Secrets, value_digest};
use crate::model::template::{Attribute, Facts, Known, Template};
use crate::plan::{Action, Plan, Spec, Step, StepIx};
use crate::state::{Content, Intent, Kind, Recorded, Row, StateError, Stored};

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

/// How far a step is.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// Not begun.
    Waiting,
    /// Its intent is durable; the request is to be sent.
    Sending { request: Request, tries: u32, due: Duration },
    /// It is to be found out what became of it.
    Looking { request: Option<Request>, why: Why, due: Duration },
    /// Accepted: its record is asked after.
    Running { record: RecordId, due: Duration, asked: u32 },
    /// Over.
    Over(Outcome, Option<Duration>),
}

/// One run of one plan.
pub struct Run<'p> {
    pub(super) plan: &'p Plan,
    pub(super) recorded: Recorded,
    pub(super) known: Known,
    pub(super) key: DigestKey,
    pub(super) limits: Limits,
    pub(super) phases: Vec<Phase>,
    pub(super) begun: Vec<Duration>,
    pub(super) secrets: Secrets,
    pub(super) denied: Option<String>,
    pub(super) interrupted: bool,
    labels: Vec<String>,
    products: Vec<String>,
    arns: BTreeSet<Address>,
    open: usize,
}

impl<'p> Run<'p> {
    /// A run of `plan` from the state it was made from; `known` are the facts of what the plan leaves alone.
    #[must_use]
    pub fn new(plan: &'p Plan, recorded: Recorded, known: Known, key: DigestKey, limits: Limits) -> Self {
        let arn = |reference: &&crate::model::template::Reference| reference.what == Attribute::Arn;
        let wanted = plan.steps.iter().filter_map(|step| step.spec()).flat_map(Spec::templates);
        let arns =
            wanted.flat_map(Template::references).filter(arn).map(|reference| reference.of.clone()).collect();
        Self {
            phases: plan.steps.iter().map(|_| Phase::Waiting).collect(),
            begun: plan.steps.iter().map(|_| Duration::ZERO).collect(),
            labels: plan.steps.iter().map(|step| plan.labels.label(&step.address)).collect(),
            products: plan.steps.iter().map(|step| product_name(step, &recorded)).collect(),
            open: plan.steps.len(),
            plan,
            recorded,
            known,
            key,
            limits,
            secrets: Secrets::default(),
            denied: None,
            interrupted: false,
            arns,
        }
    }

    /// Whether every step has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.open == 0
    }

    pub(super) fn step(&self, ix: StepIx) -> &'p Step {
        &self.plan.steps[ix.0]
    }

    pub(super) fn row(&self, ix: StepIx) -> Option<&Row> {
        self.recorded.rows.get(&self.step(ix).address)
    }

    pub(super) fn intent(&self, ix: StepIx) -> Option<&Intent> {
        self.row(ix)?.intent.as_ref()
    }

    pub(super) fn needs_arn(&self, ix: StepIx) -> bool {
        self.arns.contains(&self.step(ix).address)
    }

    pub(super) fn at(&self, ix: StepIx, now: Duration) -> At<'_> {
        let elapsed = now.saturating_sub(self.begun[ix.0]);
        let location = self.plan.labels.location(&self.step(ix).address.location);
        At {
            step: ix,
            address: &self.step(ix).address,
            label: &self.labels[ix.0],
            location,
            act: self.step(ix).act(),
            elapsed,
        }
    }

    pub(super) fn numbers(&self) -> impl Iterator<Item = StepIx> + use<> {
        (0..self.plan.steps.len()).map(StepIx)
    }

    /// The steps whose phase `pick` takes and that are due.
    pub(super) fn picked(&self, pick: impl Fn(&Phase) -> bool) -> Vec<StepIx> {
        self.numbers().filter(|ix| pick(&self.phases[ix.0])).collect()
    }

    /// The steps that may begin now, and those that never will.
    pub(super) fn ready(&self) -> (Vec<StepIx>, Vec<(StepIx, Outcome)>) {
        let mut busy = self.busy();
        // what was interrupted has its room already
        let has_room = |ix: StepIx| matches!(self.step(ix).action, Action::Settle(..));
        let mut ready = Vec::new();
        let mut ended = Vec::new();
        for ix in self.picked(|phase| matches!(phase, Phase::Waiting)) {
            let mut waits = false;
            let mut blocked = None;
            for before in &self.step(ix).after {
                match &self.phases[before.0] {
                    Phase::Over(outcome, _) if outcome.is_good() => {}
                    Phase::Over(Outcome::Blocked(root), _) => blocked = blocked.or(Some(*root)),
                    Phase::Over(..) => blocked = blocked.or(Some(*before)),
                    _ => waits = true,
                }
            }
            match (blocked, waits) {
                (Some(root), _) => ended.push((ix, Outcome::Blocked(root))),
                (None, true) => {}
                (None, false) if self.interrupted || self.denied.is_some() => {
                    ended.push((ix, Outcome::NotStarted))
                }
                (None, false)
                    if has_room(ix)
                        || busy.take(&self.step(ix).address.location, &self.products[ix.0], &self.limits) =>
                {
                    ready.push(ix);
                }
                // whatever takes the room is left to run: nobody waits for it to be free
                (None, false) if ready.is_empty() && !self.is_active() => {
                    ended.push((ix, Outcome::NotStarted))
                }
                (None, false) => {}
            }
        }
        (ready, ended)
    }

    fn is_active(&self) -> bool {
        self.phases.iter().any(|phase| !matches!(phase, Phase::Waiting | Phase::Over(..)))
    }

    fn busy(&self) -> Busy<'_> {
        let mut busy = Busy::default();
        let runs = |ix: &StepIx| match &self.phases[ix.0] {
            Phase::Waiting => matches!(self.step(*ix).action, Action::Settle(..)),
            Phase::Over(outcome, _) => matches!(outcome, Outcome::InFlight(_) | Outcome::Unknown),
            _ => true,
        };
        for ix in self.numbers().filter(runs) {
            busy.count(&self.step(ix).address.location, &self.products[ix.0]);
        }
        busy
    }

    /// Ends a step.
    pub(super) fn end(&mut self, ix: StepIx, outcome: Outcome, took: Option<Duration>) {
        if !matches!(self.phases[ix.0], Phase::Over(..)) {
            self.open -= 1;
        }
        self.phases[ix.0] = Phase::Over(outcome, took);
    }

    /// What the facts of an address are once it has succeeded.
    pub(super) fn learn(&mut self, ix: StepIx, facts: Facts) {
        let id = self.row(ix).and_then(|row| row.binding.as_ref()).map(|binding| binding.id.clone());
        self.known.insert(self.step(ix).address.clone(), Facts { id, ..facts });
    }

    /// Whether a step that fills the spec has still to end: until then it would be filled with what was.
    pub(super) fn is_moving(&self, spec: &Spec) -> bool {
        let ended = |phase: &Phase| matches!(phase, Phase::Over(..));
        let steps = self.plan.steps.iter().zip(&self.phases).filter(|(_, phase)| !ended(phase));
        let moving: BTreeSet<&Address> = steps.map(|(step, _)| &step.address).collect();
        spec.templates().flat_map(Template::references).any(|reference| moving.contains(&reference.of))
    }

    /// A spec with every hole filled from what is known by now.
    pub(super) fn fill(&self, spec: &Spec) -> Result<Filled, Unfillable> {
        Filler { known: &self.known, key: &self.key, secrets: &self.secrets }.fill(spec)
    }

    /// Redacts these clear texts too from now on.
    pub fn add_sensitive(&mut self, secrets: impl IntoIterator<Item = Secret>) {
        self.secrets.extend(secrets);
    }

    /// Whether an output is sensitive: declared as such, one that was so before, or one that holds the text
    /// of something sensitive that went in.
    pub(super) fn is_sensitive(
        &self,
        ix: StepIx,
        content: Option<&Content>,
        (key, value): (&String, &String),
    ) -> bool {
        let before = self.row(ix).and_then(|row| row.applied.as_ref());
        let echoes = |(name, stored): (&String, &Stored)| match stored {
            Stored::Digest(digest) => value_digest(&self.key, name, value) == *digest,
            Stored::Text(_) | Stored::Unknown => false,
        };
        before.is_some_and(|applied| applied.secret_outputs.contains_key(key))
            || content.is_some_and(|content| content.sensitive_outputs.contains(key))
            || self.secrets.are_in(value)
            || content.is_some_and(|content| content.parameters.iter().any(echoes))
    }

    /// The catalog's text without anything sensitive.
    pub(super) fn redact(&self, ix: StepIx, text: &str) -> String {
        let digests = self.row(ix).into_iter().flat_map(Row::digests).collect();
        Redactor { clear: &self.secrets, digests, key: &self.key }.redact(text)
    }

    /// The error with its message redacted.
    pub(super) fn redacted(&self, ix: StepIx, error: &CatalogError) -> CatalogError {
        CatalogError { message: self.redact(ix, &error.message), ..error.clone() }
    }

    /// The request that an open intent stands for, if it can still be made exactly as it was.
    pub(super) fn remake(&self, ix: StepIx, filled: Option<Filled>) -> Option<Request> {
        let intent = self.intent(ix)?;
        let content = intent.content.as_ref().and(filled.as_ref()).map(|filled| &filled.content);
        let language = content.map(|content| content.language).unwrap_or_default();
        let id = self.row(ix)?.binding.as_ref().map(|binding| binding.id.clone());
        let operation = operation(intent.kind, id.as_ref(), filled)?;
        let same = super::request::digest(&self.key, language, &operation) == intent.request_digest;
        same.then(|| self.request(ix, intent, language, operation))
    }

    pub(super) fn request(
        &self,
        ix: StepIx,
        intent: &Intent,
        language: crate::model::product::Language,
        operation: Operation,
    ) -> Request {
        Request {
            location: self.step(ix).address.location.clone(),
            token: intent.token.clone(),
            sign_by: intent.sign_by,
            language,
            operation,
        }
    }

    /// Leaves everything that runs in the cloud to the next run.
    pub(super) fn leave_in_flight(&mut self) {
        for ix in self.numbers() {
            let outcome = match &self.phases[ix.0] {
                Phase::Running { record, .. } => Outcome::InFlight(record.clone()),
                Phase::Looking { .. } if self.interrupted => Outcome::Unknown,
                _ => continue,
            };
            self.end(ix, outcome, None);
        }
    }

    /// When the next thing is due, by the run's clock.
    pub(super) fn next_due(&self) -> Option<Duration> {
        let due = self.phases.iter().filter_map(|phase| match phase {
            Phase::Sending { due, .. } | Phase::Looking { due, .. } | Phase::Running { due, .. } => {
                Some(*due)
            }
            Phase::Waiting | Phase::Over(..) => None,
        });
        due.min()
    }

    /// How everything ended; with what was the end of it, if the state could no longer be written.
    #[must_use]
    pub fn into_report(self, unwritten: Option<StateError>) -> Report {
        let labels = &self.plan.labels;
        let ended = self.plan.steps.iter().zip(self.phases).zip(self.labels).map(|((step, phase), label)| {
            let (outcome, took) = match (phase, &step.action) {
                (Phase::Over(outcome, took), _) => (outcome, took),
                (Phase::Running { record, .. }, _) => (Outcome::InFlight(record), None),
                (Phase::Waiting, Action::Refused(refusal)) => (Outcome::Refused(refusal.clone()), None),
                (Phase::Waiting | Phase::Sending { tries: 0, .. }, _) => (Outcome::NotStarted, None),
                (Phase::Sending { .. } | Phase::Looking { .. }, _) => (Outcome::Unknown, None),
            };
            let replacing = matches!(&step.action, Action::Terminate(termination) if termination.replacing);
            let location = labels.location(&step.address.location).to_owned();
            Ended {
                address: step.address.clone(),
                label,
                location,
                act: step.act(),
                replacing,
                outcome,
                took,
            }
        });
        Report {
            ended: ended.collect(),
            interrupted: self.interrupted,
            denied: self.denied,
            unwritten: unwritten.map(|error| error.to_string()),
        }
    }
}

#[derive(Default)]
struct Busy<'r> {
    locations: BTreeMap<&'r LocationName, usize>,
    products: BTreeMap<(&'r LocationName, &'r str), usize>,
}

impl<'r> Busy<'r> {
    fn count(&mut self, location: &'r LocationName, product: &'r str) {
        *self.locations.entry(location).or_default() += 1;
        *self.products.entry((location, product)).or_default() += 1;
    }

    /// Whether there is room for one more; takes it.
    fn take(&mut self, location: &'r LocationName, product: &'r str, limits: &Limits) -> bool {
        let here = self.locations.get(location).copied().unwrap_or_default();
        let same = self.products.get(&(location, product)).copied().unwrap_or_default();
        let room =
            here < limits.parallelism && limits.products.get(product).is_none_or(|limit| same < *limit);
        if room {
            self.count(location, product);
        }
        room
    }
}

/// The product a step is about, for `limits.products`.
fn product_name(step: &Step, recorded: &Recorded) -> String {
    let applied =
        || recorded.rows.get(&step.address)?.applied.as_ref().map(|applied| &applied.content.product_name);
    step.spec().map(|spec| &spec.product_name).or_else(applied).cloned().unwrap_or_default()
}

impl Step {
    /// The name of the product that it is about.
    pub(super) fn names(&self) -> &str {
        match &self.action {
            Action::Terminate(termination) => &termination.name,
            _ => self.spec().map(|spec| spec.name.as_str()).unwrap_or_default(),
        }
    }

    /// The operation it begins: its kind, and the product it is about.
    pub(super) fn begins(&self) -> Option<(Kind, Option<&ProvisionedId>)> {
        match &self.action {
            Action::Provision(_) => Some((Kind::Provision, None)),
            Action::Update(id, _) => Some((Kind::Update, Some(id))),
            Action::Terminate(termination) if termination.retain => {
                Some((Kind::Retain, Some(&termination.id)))
            }
            Action::Terminate(termination) => Some((Kind::Terminate, Some(&termination.id))),
            _ => None,
        }
    }
}
