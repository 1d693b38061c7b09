//! `cargo bench --bench rounds -- 1000 100000`: what one operation of an apply costs the core, whatever the number of steps.
//!
//! A plan of N creations at 20 locations, ten at a time at each, every tenth filled from another; carried out over a store
//! in memory and a catalog that accepts everything and succeeds after three questions. Prints the processor's time for each
//! operation, and how it compares with the first size. Linux only: the time comes from /proc. Measures; asserts nothing
//! but that every step ended well.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench ends at the first surprise"
)]

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use provisor::apply::{Job, Limits, Outcome, Ports, Wake, apply};
use provisor::catalog::{
    Answers, Catalog, CatalogRead, Existing, FindBy, Found, HistoryRef, Identity, Offering, OfferingRef,
    Operation, Pacing, Product, ProductRef, Progress, Record, RecordRef, Request, ServiceTime,
};
use provisor::model::ids::{Address, Labels, Lineage, LocationName, ProductId, ProvisionedId, RecordId};
use provisor::model::kinds::RecordKind;
use provisor::model::product::Lifecycle;
use provisor::model::random::Random;
use provisor::model::secret::{DigestKey, Secrets};
use provisor::model::target::{Named, Options, Target};
use provisor::model::template::{Attribute, Known, Piece, Reference, Template};
use provisor::model::time::Timestamp;
use provisor::plan::{
    Action, Basis, Coverage, LateChecks, Parameter, Plan, Planned, Sending, Spec, Step, StepIx,
};
use provisor::state::{Group, Home, Recorded, StateError, Store, Written};

const LOCATIONS: usize = 20;
const PARALLELISM: usize = 10;
const QUESTIONS: u32 = 3;

fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1000, 10_000] } else { sizes };
    println!("{:>8} {:>10} {:>14} {:>7}", "steps", "CPU", "an operation", "ratio");
    let mut first = None;
    for size in sizes {
        // small plans are repeated: the figure is that of many operations
        let times = (10_000 / size).max(1);
        let cpu = (0..times).map(|_| measure(size)).sum::<Duration>();
        let one = cpu / u32::try_from(size * times).unwrap();
        let ratio = one.as_secs_f64() / first.get_or_insert(one).as_secs_f64();
        println!("{size:>8} {:>8.2} s {:>11.1} us {ratio:>7.2}", cpu.as_secs_f64(), one.as_secs_f64() * 1e6);
    }
}

fn measure(size: usize) -> Duration {
    let plan = plan(size);
    let mut store =
        InMemory { recorded: Recorded::empty(Lineage::new("bench")), key: DigestKey::new([1; 32]) };
    let service = Service::default();
    let limits = Limits { parallelism: PARALLELISM, products: BTreeMap::new(), no_wait: false };
    let clock = || service.now.get();
    let mut wait = |pause: Duration| {
        service.now.set(service.now.get() + pause);
        Wake::Tick
    };
    let mut emit = |_: &provisor::apply::event::Event<'_>| {};
    let mut ports = Ports {
        catalog: &service,
        store: &mut store,
        random: &mut Random::new([1; 32]),
        clock: &clock,
        wait: &mut wait,
        emit: &mut emit,
    };
    let began = cpu();
    let (checks, known, secrets) = (LateChecks::default(), Known::new(), Secrets::default());
    let job = Job { plan: &plan, known, checks: &checks, secrets, limits, lost: BTreeMap::new() };
    let report = apply(job, &mut ports);
    let took = cpu() - began;
    assert!(report.ended.iter().all(|ended| ended.outcome == Outcome::Done));
    assert_eq!(store.recorded.rows.len(), size);
    took
}

/// What this thread has used of the processor.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

fn plan(size: usize) -> Plan {
    let steps: Vec<Step> = (0..size).map(step).collect();
    Plan {
        basis: Basis { lineage: Lineage::new("bench"), serial: 0, rows: BTreeMap::new() },
        labels: Labels::of(steps.iter().map(|step| &step.address)),
        steps,
        unchanged: BTreeSet::new(),
        notes: Vec::new(),
        renamed: BTreeMap::new(),
        externals: BTreeMap::new(),
        breach: None,
        simulated: BTreeSet::new(),
        previews: BTreeMap::new(),
        interfaces: BTreeMap::new(),
        coverage: Coverage::Whole,
        concerns: BTreeMap::new(),
    }
}

fn address(n: usize) -> Address {
    Address::new(format!("svc-{n:06}"), format!("account-{:02}/eu-west-1", n % LOCATIONS))
}

/// Every tenth step is filled from the one nine before it.
fn step(n: usize) -> Step {
    let upstream = (n % 10 == 9).then(|| n - 9);
    Step {
        address: address(n),
        place: Home::default(),
        action: Action::Provision(spec(n, upstream)),
        reasons: Vec::new(),
        after: upstream.map(StepIx).into_iter().collect(),
        only_if_inputs_differ: false,
        base_record: None,
        base_op: 0,
        lifecycle: Lifecycle::default(),
        needs: upstream.map(address).into_iter().collect(),
        sensitive_outputs: BTreeSet::new(),
        sensitive_parameters: BTreeSet::new(),
        timeout: Duration::from_secs(3600),
    }
}

fn spec(n: usize, upstream: Option<usize>) -> Spec {
    let value = |value| Parameter { value, sent: Sending::Value };
    let mut parameters: BTreeMap<String, Parameter> =
        (0..6).map(|p| (format!("P{p}"), value(Planned::Known(format!("value-{n}-{p}"))))).collect();
    if let Some(upstream) = upstream {
        let what = Attribute::Output { key: "Arn".to_owned(), index: None };
        let reference = Reference { of: address(upstream), what };
        let template = Template::of([Piece::Reference(reference)]);
        parameters.insert("Upstream".to_owned(), value(Planned::Pending(template)));
    }
    Spec {
        target: Target {
            name: format!("svc-{n:06}"),
            product: Named::new("prod-1", "service"),
            artifact: Named::new("pa-1", "v1"),
            path: Named::new("lpv3-1", "platform"),
            options: Options::default(),
        },
        parameters,
        tags: BTreeMap::new(),
        send_tags: true,
        instances: None,
    }
}

/// A store that writes nothing down.
struct InMemory {
    recorded: Recorded,
    key: DigestKey,
}

impl Store for InMemory {
    fn commit(&mut self, groups: &[Group]) -> Result<Vec<Written>, StateError> {
        Ok(self.recorded.commit(groups, None)?.answers)
    }

    fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    fn key(&self) -> &DigestKey {
        &self.key
    }
}

/// A catalog that accepts everything; an operation takes as long as a few questions.
#[derive(Default)]
struct Service {
    now: Cell<Duration>,
    asked: RefCell<Vec<u32>>,
}

impl Service {
    fn record(&self, number: usize, progress: Progress) -> Record {
        Record {
            id: RecordId::new(number.to_string()),
            kind: RecordKind::Provision,
            provisioned: ProvisionedId::new(format!("pp-{number}")),
            product: None,
            artifact: None,
            path: None,
            created: Timestamp(0),
            updated: Timestamp(0),
            asked: Timestamp(0),
            progress,
            author: None,
        }
    }

    fn accept(&self, request: &Request) -> Record {
        assert!(matches!(request.operation, Operation::Provision { .. }));
        let mut asked = self.asked.borrow_mut();
        asked.push(0);
        self.record(asked.len() - 1, Progress::Running)
    }

    fn ask(&self, of: &RecordRef) -> Record {
        let number: usize = of.record.as_str().parse().unwrap();
        let asked = &mut self.asked.borrow_mut()[number];
        *asked += 1;
        let outputs = || [("Arn".to_owned(), format!("arn:{number}"))].into();
        let progress = if *asked < QUESTIONS { Progress::Running } else { Progress::Succeeded(outputs()) };
        self.record(number, progress)
    }
}

impl CatalogRead for Service {
    fn identities(&self, _: &[LocationName]) -> Answers<Identity> {
        panic!("an apply does not ask that")
    }

    fn catalogue(&self, _: &[LocationName]) -> Answers<Vec<(ProductId, String)>> {
        panic!("an apply does not ask that")
    }

    fn products(&self, _: &[ProductRef]) -> Answers<Product> {
        panic!("an apply does not ask that")
    }

    fn offerings(&self, _: &[OfferingRef]) -> Answers<Offering> {
        panic!("an apply does not ask that")
    }

    fn search(&self, _: &[LocationName]) -> Answers<Vec<Existing>> {
        panic!("an apply does not ask that")
    }

    fn find(&self, of: &[FindBy]) -> Answers<Found> {
        of.iter().map(|_| Ok(Found { existing: None, asked: Timestamp(0) })).collect()
    }

    fn records(&self, of: &[RecordRef]) -> Answers<Record> {
        of.iter().map(|of| Ok(self.ask(of))).collect()
    }

    fn history(&self, of: &[HistoryRef]) -> Answers<Vec<Record>> {
        of.iter().map(|_| Ok(Vec::new())).collect()
    }

    fn time(&self, _: &LocationName) -> ServiceTime {
        let now = i64::try_from(self.now.get().as_millis()).unwrap();
        ServiceTime::new(Some(Timestamp(now)), Pacing::default())
    }
}

impl Catalog for Service {
    fn submit(&self, requests: &[Request]) -> Answers<Record> {
        requests.iter().map(|request| Ok(self.accept(request))).collect()
    }
}
