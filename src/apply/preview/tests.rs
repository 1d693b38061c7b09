//! The rounds against a catalog that does as it is told, with a clock that runs while they rest.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::*;
use crate::catalog::{
    Answers, CatalogError, CatalogErrorKind, CatalogRead, Existing, FindBy, Found, HistoryRef, Identity,
    Offering, OfferingRef, OpenedPreview, Pacing, Payload, PendingPlan, PreviewProgress, PreviewRef,
    PreviewRequest, Product, ProductRef, Record, RecordRef, Request, Seen, ServiceTime, Status,
};
use crate::model::ids::{LocationName, ProductId};
use crate::model::product::Selector;
use crate::model::target::{Named, Options, Target};
use crate::model::time::Timestamp;
use crate::state::{Home, PreviewNote};

/// What the journal holds, and what is there, as anybody may look at it.
#[derive(Default)]
struct Service {
    journal: KeptInMemory,
    clock: Rc<Cell<Duration>>,
    /// By their names: the plan's id, and how often it is still worked on.
    there: RefCell<BTreeMap<String, u32>>,
    /// What was asked, in order.
    asked: RefCell<Vec<String>>,
    /// Names whose making gets no answer, and is not taken either.
    mute: BTreeSet<&'static str>,
    /// What the making of everything is refused with.
    refuses: Option<CatalogErrorKind>,
    /// How often a plan is worked on.
    work: u32,
    /// How often taking away is refused.
    stubborn: Cell<u32>,
    /// What stands for new products stays for so many looks.
    lingers: Cell<u32>,
    most: Cell<usize>,
    sandbox: bool,
}

#[derive(Clone, Default)]
struct KeptInMemory(Rc<RefCell<BTreeMap<String, OpenPreview>>>, BTreeMap<String, OpenPreview>);

impl PreviewJournal for KeptInMemory {
    fn open(&self) -> &BTreeMap<String, OpenPreview> {
        &self.1
    }
    fn note(&mut self, notes: Vec<PreviewNote>) -> Result<(), StateError> {
        for note in notes {
            match note {
                PreviewNote::Opening(one) => drop(self.1.insert(one.name.clone(), *one)),
                PreviewNote::Opened { name, plan, provisioned } => {
                    let one = self.1.get_mut(&name).unwrap();
                    (one.plan, one.provisioned) = (Some(plan), provisioned);
                }
                PreviewNote::Closed { name } => drop(self.1.remove(&name).expect("it was open")),
            }
        }
        self.0.replace(self.1.clone());
        Ok(())
    }
    fn end(self: Box<Self>) -> Result<(), StateError> {
        Ok(())
    }
}

fn error(kind: CatalogErrorKind) -> CatalogError {
    CatalogError { kind, code: String::new(), message: format!("{kind:?}"), hint: None }
}

impl CatalogRead for Service {
    fn identities(&self, _: &[LocationName]) -> Answers<Identity> {
        unreachable!()
    }
    fn catalogue(&self, _: &[LocationName]) -> Answers<Vec<(ProductId, String)>> {
        unreachable!()
    }
    fn products(&self, _: &[ProductRef]) -> Answers<Product> {
        unreachable!()
    }
    fn offerings(&self, _: &[OfferingRef]) -> Answers<Offering> {
        unreachable!()
    }
    fn search(&self, _: &[LocationName]) -> Answers<Vec<Existing>> {
        unreachable!()
    }
    fn records(&self, _: &[RecordRef]) -> Answers<Record> {
        unreachable!()
    }
    fn history(&self, _: &[HistoryRef]) -> Answers<Vec<Record>> {
        unreachable!()
    }
    fn find(&self, of: &[FindBy]) -> Answers<Found> {
        let husk = |of: &FindBy| {
            let left = self.lingers.get();
            self.lingers.set(left.saturating_sub(1));
            let Selector::Id(id) = &of.by else { unreachable!() };
            (left > 0).then(|| Existing {
                id: id.as_str().into(),
                name: String::new(),
                arn: String::new(),
                seen: Seen::Recorded,
                status: Status::PlanInProgress,
                status_message: None,
                token: None,
                last_record: None,
                last_provisioning_record: None,
                last_successful_record: None,
                product: None,
                artifact: None,
                artifact_name: None,
                tags: None,
                user_arn: None,
                physical_id: None,
                asked: Timestamp(0),
            })
        };
        of.iter().map(|of| Ok(Found { existing: husk(of), asked: Timestamp(0) })).collect()
    }
    fn plans_at(&self, of: &[LocationName]) -> Answers<Vec<PendingPlan>> {
        self.asked.borrow_mut().push("list".to_owned());
        let plan =
            |name: &String| PendingPlan { id: format!("plan-{name}"), name: name.clone(), provisioned: None };
        of.iter().map(|_| Ok(self.there.borrow().keys().map(plan).collect())).collect()
    }
    fn previews(&self, of: &[PreviewRef]) -> Answers<PreviewProgress> {
        let mut there = self.there.borrow_mut();
        let mut progress = |of: &PreviewRef| {
            let work = there.get_mut(of.plan.strip_prefix("plan-").unwrap()).expect("it is there");
            *work = work.saturating_sub(1);
            if *work > 0 { PreviewProgress::Running } else { PreviewProgress::Ready(Vec::new()) }
        };
        of.iter().map(|of| Ok(progress(of))).collect()
    }
    fn time(&self, _: &LocationName) -> ServiceTime {
        let quarantine = Pacing::default().quarantine.filter(|_| !self.sandbox);
        ServiceTime::new(
            Some(Timestamp(0).plus(self.clock.get())),
            Pacing { quarantine, ..Pacing::default() },
        )
    }
}

impl Catalog for Service {
    fn submit(&self, _: &[Request]) -> Answers<Record> {
        unreachable!("nothing is executed")
    }
    fn open_previews(&self, requests: &[PreviewRequest]) -> Answers<OpenedPreview> {
        let open = |request: &PreviewRequest| {
            let name = &request.name;
            let noted = self.journal.0.borrow().get(name).cloned().expect("it stands in the journal first");
            assert!(noted.sign_by == request.sign_by && noted.token == request.token);
            assert!(self.time(&request.location).now() <= request.sign_by);
            self.asked.borrow_mut().push(format!("open {name}"));
            if let Some(kind) = self.refuses {
                return Err(error(kind));
            }
            if self.mute.contains(name.as_str()) {
                return Err(error(CatalogErrorKind::Ambiguous));
            }
            self.there.borrow_mut().insert(name.clone(), self.work);
            self.most.set(self.most.get().max(self.there.borrow().len()));
            Ok(OpenedPreview { plan: format!("plan-{name}"), provisioned: Some(format!("pp-{name}").into()) })
        };
        requests.iter().map(open).collect()
    }
    fn close_previews(&self, of: &[PreviewRef]) -> Answers<()> {
        let close = |of: &PreviewRef| {
            self.asked.borrow_mut().push(format!("close {}", of.plan));
            if self.stubborn.get() > 0 {
                self.stubborn.set(self.stubborn.get() - 1);
                return Err(error(CatalogErrorKind::Conflict));
            }
            self.there.borrow_mut().remove(of.plan.strip_prefix("plan-").unwrap());
            Ok(())
        };
        of.iter().map(close).collect()
    }
}

fn open(name: &str, creates: bool) -> OpenPreview {
    OpenPreview {
        name: name.to_owned(),
        address: Address::new(name, "hub"),
        home: Home::default(),
        product: name.to_owned(),
        creates,
        token: name.into(),
        sign_by: Timestamp(0),
        plan: None,
        provisioned: None,
    }
}

fn wanted(name: &str) -> PreviewItem {
    let target = Target {
        name: name.to_owned(),
        product: Named::new("prod-1", "p"),
        artifact: Named::new("pa-1", "v1"),
        path: Named::new("lpv3-1", "path"),
        options: Options::default(),
    };
    let payload = Payload { target, parameters: BTreeMap::new(), tags: None, stack_set: None };
    PreviewItem::wanted(open(name, true), payload)
}

/// Runs to the end; `stops` says at which rest somebody wants it to stop.
fn run(
    service: &Service,
    items: Vec<PreviewItem>,
    parallelism: usize,
    stops: Option<usize>,
) -> PreviewReport {
    let mut rests = 0;
    let clock = Rc::clone(&service.clock);
    let mut wait = |time: Duration| {
        clock.set(clock.get() + time.max(Duration::from_millis(1)));
        rests += 1;
        if Some(rests) == stops { Wake::Stop } else { Wake::Tick }
    };
    let clock = || service.clock.get();
    let ports = PreviewPorts {
        catalog: service,
        journal: &mut service.journal.clone(),
        random: &mut Random::new([1; 32]),
        clock: &clock,
        wait: &mut wait,
    };
    Rounds::new(items, ports, parallelism).run()
}

fn service() -> Service {
    Service { work: 2, ..Service::default() }
}

fn journal(service: &Service) -> Vec<String> {
    service.journal.0.borrow().keys().cloned().collect()
}

fn known() -> Preview {
    Preview::Known(Vec::new())
}

#[test]
fn so_many_at_a_time_and_none_is_left() {
    let service = service();
    let names = ["a", "b", "c", "d", "e"];
    let report = run(&service, names.map(wanted).into(), 2, None);
    assert_eq!(report.previews.len(), 5);
    assert!(report.previews.values().all(|preview| *preview == known()) && report.left.is_empty());
    assert_eq!(service.most.get(), 2);
    assert!(service.there.borrow().is_empty() && journal(&service).is_empty());
}

/// The service may refuse to take away what it still works on, and may need a moment to let a name go.
#[test]
fn taking_away_is_tried_again() {
    let service = Service { stubborn: Cell::new(3), lingers: Cell::new(2), ..service() };
    let report = run(&service, vec![wanted("a")], 2, None);
    assert!(report.left.is_empty() && journal(&service).is_empty());
    assert_eq!(service.asked.borrow().iter().filter(|asked| *asked == "close plan-a").count(), 4);
    assert_eq!(service.lingers.get(), 0, "its name is free");
}

#[test]
fn what_cannot_be_taken_away_stays_in_the_journal() {
    for (service, why) in [
        (Service { stubborn: Cell::new(u32::MAX), ..service() }, "Conflict"),
        (
            Service { lingers: Cell::new(u32::MAX), ..service() },
            "the catalog keeps what stood for the product",
        ),
    ] {
        let report = run(&service, vec![wanted("a")], 2, None);
        assert_eq!(report.previews.values().next(), Some(&known()), "what was read counts");
        assert!(report.left[0].why.contains(why), "{:?}", report.left);
        assert_eq!(journal(&service), ["a"]);
        assert!(service.clock.get() < Duration::from_secs(900), "it does not go on for ever");
        // the next run
        service.stubborn.set(0);
        service.lingers.set(0);
        let left = service.journal.0.borrow().values().cloned().map(PreviewItem::left_open).collect();
        let mut with = KeptInMemory(Rc::clone(&service.journal.0), service.journal.0.borrow().clone());
        let next = Service { journal: with.clone(), there: service.there, ..Service::default() };
        let mut wait = |_| Wake::Tick;
        let clock = || Duration::ZERO;
        let random = &mut Random::new([1; 32]);
        let ports =
            PreviewPorts { catalog: &next, journal: &mut with, random, clock: &clock, wait: &mut wait };
        assert!(Rounds::new(left, ports, 9).run().left.is_empty());
        assert!(journal(&next).is_empty() && next.there.borrow().is_empty());
    }
}

/// A request without an answer may arrive for as long as its signature holds: its entry stays until then.
#[test]
fn what_may_still_arrive_stays_in_the_journal() {
    let service = Service { mute: BTreeSet::from(["a"]), ..service() };
    let report = run(&service, vec![wanted("a"), wanted("b")], 2, None);
    assert_eq!(report.previews[&Address::new("b", "hub")], known());
    assert_eq!(report.previews[&Address::new("a", "hub")], Preview::Unknown("Ambiguous".to_owned()));
    assert_eq!(report.left[0].why, "its request may still arrive in the catalog");
    assert_eq!(journal(&service), ["a"]);
    let sweep = |service: &Service| {
        let items = service.journal.0.borrow().values().cloned().map(PreviewItem::left_open).collect();
        let mut journal = KeptInMemory(Rc::clone(&service.journal.0), service.journal.0.borrow().clone());
        let (clock, random) = (|| service.clock.get(), &mut Random::new([1; 32]));
        let mut wait = |_| Wake::Tick;
        let ports =
            PreviewPorts { catalog: service, journal: &mut journal, random, clock: &clock, wait: &mut wait };
        Rounds::new(items, ports, 9).run()
    };
    assert_eq!(sweep(&service).left.len(), 1, "too early");
    // it arrives late, and is found by its name
    service.there.borrow_mut().extend([("a".to_owned(), 0), ("theirs".to_owned(), 0)]);
    assert!(sweep(&service).left.is_empty() && journal(&service).is_empty());
    assert_eq!(service.there.borrow().keys().collect::<Vec<_>>(), ["theirs"]);
    // it never arrives: nothing is looked for when it cannot any more
    let service = Service { mute: BTreeSet::from(["a"]), ..self::service() };
    run(&service, vec![wanted("a")], 2, None);
    service.clock.set(service.clock.get() + Duration::from_secs(60 + 316));
    assert!(sweep(&service).left.is_empty() && journal(&service).is_empty());
    // in a sandbox nothing arrives late
    let service = Service { mute: BTreeSet::from(["a"]), sandbox: true, ..self::service() };
    assert!(run(&service, vec![wanted("a")], 2, None).left.is_empty() && journal(&service).is_empty());
}

#[test]
fn a_right_that_is_missing_is_asked_for_once() {
    let service = Service { refuses: Some(CatalogErrorKind::NotAllowed), ..service() };
    let report = run(&service, ["a", "b", "c"].map(wanted).into(), 1, None);
    let why = "the principal lacks `servicecatalog:CreateProvisionedProductPlan`: NotAllowed";
    assert_eq!(report.previews.len(), 3);
    assert!(report.previews.values().all(|preview| *preview == Preview::Unknown(why.to_owned())));
    assert_eq!(*service.asked.borrow(), ["open a"]);
    assert!(journal(&service).is_empty());
}

/// A throttled request was answered: it is made again under its own name, and cannot be there if it never is.
#[test]
fn what_is_put_off_is_tried_a_few_times() {
    let service = Service { refuses: Some(CatalogErrorKind::Throttled), ..service() };
    let report = run(&service, vec![wanted("a")], 1, None);
    assert_eq!(report.previews.values().next(), Some(&Preview::Unknown("Throttled".to_owned())));
    assert_eq!(*service.asked.borrow(), ["open a"; 7]);
    assert!(report.left.is_empty() && journal(&service).is_empty());
}

#[test]
fn somebody_wants_it_to_stop() {
    for stops in 1..6 {
        let service = Service { work: 1_000, ..service() };
        let report = run(&service, ["a", "b", "c"].map(wanted).into(), 1, Some(stops));
        assert!(report.interrupted, "{stops}");
        assert!(service.there.borrow().is_empty() && journal(&service).is_empty(), "{stops}");
        assert_eq!(report.previews.len(), 3);
        assert!(service.clock.get() < Duration::from_secs(90), "{stops}: nothing is waited for");
        let opened = service.asked.borrow().iter().filter(|asked| asked.starts_with("open")).count();
        assert!(opened <= 2, "{stops}: nothing new is begun");
    }
}

/// What nobody can write down is not asked for.
#[test]
fn without_a_journal_nothing_is_asked() {
    struct Full(BTreeMap<String, OpenPreview>);
    impl PreviewJournal for Full {
        fn open(&self) -> &BTreeMap<String, OpenPreview> {
            &self.0
        }
        fn note(&mut self, notes: Vec<PreviewNote>) -> Result<(), StateError> {
            let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
            if notes.is_empty() {
                Ok(())
            } else {
                Err(StateError::Io { doing: "writing `x`".to_owned(), source })
            }
        }
        fn end(self: Box<Self>) -> Result<(), StateError> {
            Ok(())
        }
    }
    let service = service();
    let clock = || Duration::ZERO;
    let ports = PreviewPorts {
        catalog: &service,
        journal: &mut Full(BTreeMap::new()),
        random: &mut Random::new([1; 32]),
        clock: &clock,
        wait: &mut |_| Wake::Tick,
    };
    let report = Rounds::new(vec![wanted("a")], ports, 1).run();
    assert!(service.asked.borrow().is_empty() && report.unwritten.is_some());
    assert!(
        matches!(report.previews.values().next(), Some(Preview::Unknown(why)) if why.contains("writing `x`"))
    );
}
