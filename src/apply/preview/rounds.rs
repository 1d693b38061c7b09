//! Round by round: ask for what there is room for, ask after what is worked out, take away what was read, rest.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::item::{PreviewItem, PreviewStage};
use super::{LeftOpen, PreviewPorts, PreviewReport};
use crate::apply::Wake;
use crate::catalog::{
    CatalogError, CatalogErrorKind, FindBy, OpenedPreview, PendingPlan, Preview, PreviewProgress,
    ServiceTime, Status,
};
use crate::model::ids::LocationName;
use crate::model::product::Selector;
use crate::state::{PreviewNote, StateError};

/// How often a call that got no answer, or was put off, is made.
const TRIES: u32 = 6;

/// How long the catalog may take to work one out, in its own time.
const LONGEST: Duration = Duration::from_secs(600);

/// How long it may refuse to take one away.
const STUBBORN: Duration = Duration::from_secs(300);

/// How long what stood for a new product may stay when its plan is gone.
const LINGERING: Duration = Duration::from_secs(60);

/// Provisioned product plans on their way.
pub(super) struct Rounds<'w> {
    items: Vec<PreviewItem>,
    ports: PreviewPorts<'w>,
    parallelism: usize,
    /// Locations where none can be made, and why.
    closed: BTreeMap<LocationName, String>,
    interrupted: bool,
    unwritten: Option<StateError>,
}

impl<'w> Rounds<'w> {
    pub fn new(items: Vec<PreviewItem>, ports: PreviewPorts<'w>, parallelism: usize) -> Self {
        Self { items, ports, parallelism, closed: BTreeMap::new(), interrupted: false, unwritten: None }
    }

    pub fn run(mut self) -> PreviewReport {
        while self.items.iter().any(|item| item.stage != PreviewStage::Over) {
            self.admit();
            self.open();
            self.read();
            self.find();
            self.close();
            self.check();
            self.rest();
        }
        let mut report = PreviewReport {
            interrupted: self.interrupted,
            unwritten: self.unwritten,
            ..PreviewReport::default()
        };
        for item in self.items {
            report.previews.extend(item.preview.map(|preview| (item.open.address.clone(), preview)));
            report.left.extend(item.left.map(|why| LeftOpen { open: item.open, why }));
        }
        report
    }

    fn now(&self) -> Duration {
        (self.ports.clock)()
    }

    fn time(&self, item: &PreviewItem) -> ServiceTime {
        self.ports.catalog.time(item.location())
    }

    /// The numbers of what is due in a stage.
    fn due(&self, stage: PreviewStage) -> Vec<usize> {
        let now = self.now();
        let due = self.items.iter().enumerate().filter(|(_, item)| item.is_due(stage, now));
        due.map(|(n, _)| n).collect()
    }

    /// Writes down what happened. Of what cannot be written, the next run finds out.
    fn note(&mut self, notes: Vec<PreviewNote>) -> bool {
        let written = self.ports.journal.note(notes);
        let is_written = written.is_ok();
        self.unwritten = self.unwritten.take().or(written.err());
        is_written
    }

    /// Lets in as many as there is room for.
    fn admit(&mut self) {
        let now = self.now();
        let mut busy: BTreeMap<LocationName, usize> = BTreeMap::new();
        for item in self.items.iter().filter(|item| item.is_busy()) {
            *busy.entry(item.location().clone()).or_default() += 1;
        }
        for item in self.items.iter_mut().filter(|item| item.stage == PreviewStage::Waiting) {
            let taken = busy.entry(item.location().clone()).or_default();
            if let Some(why) = self.closed.get(item.location()) {
                item.unknown(why.clone());
                item.enter(PreviewStage::Over, now);
            } else if *taken < self.parallelism.max(1) {
                *taken += 1;
                item.enter(PreviewStage::Opening, now);
            }
        }
    }

    /// Asks for what is due, once it stands in the journal.
    fn open(&mut self) {
        let mut due = self.due(PreviewStage::Opening);
        let mut notes = Vec::new();
        for n in &due {
            let time = self.items.get(*n).map(|item| self.time(item)).unwrap_or_default();
            let Some(item) = self.items.get_mut(*n) else { continue };
            if !item.is_noted || time.now() >= item.open.sign_by {
                item.open.sign_by = time.sign_by();
                notes.push(PreviewNote::Opening(Box::new(item.open.clone())));
            }
        }
        if !self.note(notes) {
            let why = self.unwritten.as_ref().map(ToString::to_string).unwrap_or_default();
            for n in std::mem::take(&mut due) {
                self.give_up(n, format!("it cannot be written down: {why}"));
            }
        }
        let requests = due.iter().filter_map(|n| self.items.get(*n)?.request()).collect::<Vec<_>>();
        if requests.is_empty() {
            return;
        }
        let answers = self.ports.catalog.open_previews(&requests);
        let mut notes = Vec::new();
        for (n, answer) in due.into_iter().zip(answers) {
            notes.extend(self.opened(n, answer));
        }
        self.note(notes);
    }

    fn opened(&mut self, n: usize, answer: Result<OpenedPreview, CatalogError>) -> Option<PreviewNote> {
        let now = self.now();
        let item = self.items.get_mut(n)?;
        let time = self.ports.catalog.time(item.location());
        item.is_noted = true;
        let error = match answer {
            Ok(OpenedPreview { plan, provisioned }) => {
                item.open.plan = Some(plan.clone());
                item.open.provisioned = provisioned.clone().or(item.open.provisioned.take());
                item.enter(PreviewStage::Opened, now);
                item.due = now + time.until_next_question(0);
                return Some(PreviewNote::Opened { name: item.open.name.clone(), plan, provisioned });
            }
            Err(error) => error,
        };
        item.is_doubtful |= error.kind == CatalogErrorKind::Ambiguous;
        if is_passing(error.kind) && item.tries < TRIES && !self.interrupted {
            item.retry(now + time.until_next_try(item.tries));
            return None;
        }
        let why = told(&error, "CreateProvisionedProductPlan");
        if matches!(error.kind, CatalogErrorKind::NotAllowed | CatalogErrorKind::Denied) {
            self.closed.insert(item.location().clone(), why.clone());
        }
        self.give_up(n, why);
        None
    }

    /// Nothing more is asked about it: what may be there is taken away.
    fn give_up(&mut self, n: usize, why: String) {
        let now = self.now();
        let Some(item) = self.items.get_mut(n) else { return };
        item.unknown(why);
        if item.open.plan.is_some() || item.is_doubtful {
            return item.enter(PreviewStage::Closing, now);
        }
        item.enter(PreviewStage::Over, now);
        if item.is_noted {
            let closed = PreviewNote::Closed { name: item.open.name.clone() };
            self.note(vec![closed]);
        }
    }

    /// Asks after what is being worked out.
    fn read(&mut self) {
        let due = self.due(PreviewStage::Opened);
        let asked: Vec<_> = due.iter().filter_map(|n| self.items.get(*n)?.plan()).collect();
        if asked.is_empty() {
            return;
        }
        let answers = self.ports.catalog.previews(&asked);
        for (n, answer) in due.into_iter().zip(answers) {
            self.answered(n, answer);
        }
    }

    fn answered(&mut self, n: usize, answer: Result<PreviewProgress, CatalogError>) {
        let now = self.now();
        let Some(item) = self.items.get_mut(n) else { return };
        let time = self.ports.catalog.time(item.location());
        let is_late = time.passed(now.saturating_sub(item.since)) > LONGEST;
        match answer {
            Ok(PreviewProgress::Ready(changes)) => item.preview = Some(Preview::Known(changes)),
            Ok(PreviewProgress::Running) if is_late => item.unknown("the catalog works on it for too long"),
            Ok(PreviewProgress::Running) => {
                return item.retry(now + time.until_next_question(item.tries + 1));
            }
            Ok(PreviewProgress::Failed(said)) => {
                item.unknown(format!("the catalog cannot work it out: {said}"));
            }
            Err(error)
                if (is_passing(error.kind) || error.kind == CatalogErrorKind::NotFound) && !is_late =>
            {
                return item.retry(now + time.until_next_try(item.tries));
            }
            Err(error) => item.unknown(told(&error, "DescribeProvisionedProductPlan")),
        }
        item.enter(PreviewStage::Closing, now);
    }

    /// Looks for what is to be taken away, and of which only the name is known.
    fn find(&mut self) {
        let due = self.due(PreviewStage::Closing);
        let nameless: Vec<usize> = due
            .into_iter()
            .filter(|n| self.items.get(*n).is_some_and(|item| item.open.plan.is_none()))
            .collect();
        let locations: BTreeSet<LocationName> =
            nameless.iter().filter_map(|n| Some(self.items.get(*n)?.location().clone())).collect();
        if locations.is_empty() {
            return;
        }
        let locations: Vec<LocationName> = locations.into_iter().collect();
        let answers = self.ports.catalog.plans_at(&locations);
        let found: BTreeMap<LocationName, _> = locations.into_iter().zip(answers).collect();
        for n in nameless {
            let plans = self.items.get(n).and_then(|item| found.get(item.location()));
            if let Some(plans) = plans {
                self.looked(n, plans);
            }
        }
    }

    /// What is not there may still arrive, for as long as its request may.
    fn looked(&mut self, n: usize, plans: &Result<Vec<PendingPlan>, CatalogError>) {
        let now = self.now();
        let Some(item) = self.items.get_mut(n) else { return };
        let time = self.ports.catalog.time(item.location());
        let plans = match plans {
            Ok(plans) => plans,
            Err(error) if is_passing(error.kind) && item.tries < TRIES => {
                return item.retry(now + time.until_next_try(item.tries));
            }
            Err(error) => {
                item.left = Some(told(error, "ListProvisionedProductPlans"));
                return item.enter(PreviewStage::Over, now);
            }
        };
        if let Some(plan) = plans.iter().find(|plan| plan.name == item.open.name) {
            item.open.plan = Some(plan.id.clone());
            item.open.provisioned = plan.provisioned.clone().or(item.open.provisioned.take());
        } else if time.is_settled(item.open.sign_by, time.now()) {
            item.enter(PreviewStage::Over, now);
            let closed = PreviewNote::Closed { name: item.open.name.clone() };
            self.note(vec![closed]);
        } else {
            item.left = Some("its request may still arrive in the catalog".to_owned());
            item.enter(PreviewStage::Over, now);
        }
    }

    /// Takes away what is known.
    fn close(&mut self) {
        let due = self.due(PreviewStage::Closing);
        let known: Vec<usize> = due
            .into_iter()
            .filter(|n| self.items.get(*n).is_some_and(|item| item.open.plan.is_some()))
            .collect();
        let asked: Vec<_> = known.iter().filter_map(|n| self.items.get(*n)?.plan()).collect();
        if asked.is_empty() {
            return;
        }
        let answers = self.ports.catalog.close_previews(&asked);
        let mut notes = Vec::new();
        for (n, answer) in known.into_iter().zip(answers) {
            notes.extend(self.closed(n, answer));
        }
        self.note(notes);
    }

    fn closed(&mut self, n: usize, answer: Result<(), CatalogError>) -> Option<PreviewNote> {
        let now = self.now();
        let item = self.items.get_mut(n)?;
        let time = self.ports.catalog.time(item.location());
        match answer {
            Ok(()) if item.open.creates && item.open.provisioned.is_some() => {
                item.enter(PreviewStage::Checking, now);
                None
            }
            Ok(()) => {
                item.enter(PreviewStage::Over, now);
                Some(PreviewNote::Closed { name: item.open.name.clone() })
            }
            // what is still being worked out may not be taken away yet
            Err(error) => {
                let may_pass = is_passing(error.kind) || error.kind == CatalogErrorKind::Conflict;
                if may_pass && time.passed(now.saturating_sub(item.since)) <= STUBBORN {
                    item.retry(now + time.until_next_try(item.tries));
                } else {
                    item.left = Some(told(&error, "DeleteProvisionedProductPlan"));
                    item.enter(PreviewStage::Over, now);
                }
                None
            }
        }
    }

    /// Makes sure that nothing stands for a new product any more: its name is to be free.
    fn check(&mut self) {
        let due = self.due(PreviewStage::Checking);
        let by = |n: &usize| {
            let item = self.items.get(*n)?;
            let id = Selector::Id(item.open.provisioned.as_ref()?.to_string());
            Some(FindBy { location: item.location().clone(), by: id })
        };
        let asked: Vec<FindBy> = due.iter().filter_map(by).collect();
        if asked.is_empty() {
            return;
        }
        let answers = self.ports.catalog.find(&asked);
        let mut notes = Vec::new();
        for (n, answer) in due.into_iter().zip(answers) {
            let stands = match answer {
                Ok(found) => found.existing.is_some_and(|one| one.status == Status::PlanInProgress),
                // the plan is gone: who may not ask, believes that
                Err(error) => is_passing(error.kind),
            };
            notes.extend(self.checked(n, stands));
        }
        self.note(notes);
    }

    fn checked(&mut self, n: usize, stands: bool) -> Option<PreviewNote> {
        let now = self.now();
        let item = self.items.get_mut(n)?;
        let time = self.ports.catalog.time(item.location());
        if !stands {
            item.enter(PreviewStage::Over, now);
            return Some(PreviewNote::Closed { name: item.open.name.clone() });
        }
        if time.passed(now.saturating_sub(item.since)) <= LINGERING {
            item.retry(now + time.until_next_try(item.tries));
        } else {
            item.left = Some("its plan is gone, and the catalog keeps what stood for the product".to_owned());
            item.enter(PreviewStage::Over, now);
        }
        None
    }

    /// Sleeps until something is due. A signal ends all that is not begun, and takes away the rest.
    fn rest(&mut self) {
        let now = self.now();
        let busy = self.items.iter().filter(|item| item.is_busy());
        let Some(due) = busy.map(|item| item.due).min() else { return };
        if (self.ports.wait)(due.saturating_sub(now)) == Wake::Stop && !self.interrupted {
            self.interrupted = true;
            for n in 0..self.items.len() {
                let stage = self.items.get(n).map(|item| item.stage);
                if matches!(stage, Some(PreviewStage::Waiting | PreviewStage::Opening | PreviewStage::Opened))
                {
                    self.give_up(n, "it was interrupted".to_owned());
                }
            }
        }
    }
}

/// Whether it may go well a little later.
fn is_passing(kind: CatalogErrorKind) -> bool {
    use CatalogErrorKind::{Ambiguous, Later, NotSent, NotYet, Throttled};
    matches!(kind, Ambiguous | Later | NotSent | NotYet | Throttled)
}

/// What the catalog said; of a right that is missing, which.
fn told(error: &CatalogError, action: &str) -> String {
    match error.kind {
        CatalogErrorKind::NotAllowed => {
            format!("the principal lacks `servicecatalog:{action}`: {}", error.message)
        }
        _ => error.message.clone(),
    }
}
