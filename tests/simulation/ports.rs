//! The bridge: both ports over one world. Every call is an edge: it is counted, and the schedule may strike there.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::time::Duration;

use provisor::apply::Wake;
use provisor::catalog::{
    Answers, Artifact, Catalog, CatalogError, CatalogErrorKind, CatalogRead, Existing, FindBy, Found,
    HistoryRef, Identity, LaunchPath, Offering, OfferingRef, Operation, Product, ProductRef, Record,
    RecordRef, Request, ServiceTime, StackSet,
};
use provisor::model::access::AccessLevel;
use provisor::model::endpoint::CatalogKind;
use provisor::model::ids::{AccountId, LocationName, ProductId, ProvisionedId, RecordId, Token};
use provisor::model::kinds::ProductType;
use provisor::model::product::Selector;
use provisor::model::time::Timestamp;

use super::dice::Dice;
use super::fault::{Edge, Fault, Schedule};
use super::ghosts::Fate;
use super::mutants::Mutant;
use super::others::Others;
use super::story;
use super::words;
use super::world::{LAG, SECOND, World, error};

/// What a simulated death unwinds with.
pub struct Crash;

/// A run that touches the world more often than this makes no progress.
const PATIENCE: usize = 5000;
/// How long a storm lasts, in calls.
const STORM: u32 = 8;

/// The world, and who interferes with it.
pub struct Sim {
    pub world: RefCell<World>,
    pub schedule: Schedule,
    pub mutant: Option<Mutant>,
    /// Nothing strikes any more, and nothing is counted.
    pub calm: Cell<bool>,
    pub edges: RefCell<Vec<Edge>>,
    pub fired: RefCell<Vec<(usize, Fault)>>,
    pub broken: RefCell<Vec<String>>,
    pub lines: RefCell<Vec<String>>,
    /// Whether lines are wanted.
    pub verbose: bool,
    pub mutations: Cell<usize>,
    pub commits: Cell<usize>,
    pub run_began: Cell<usize>,
    /// How many processes there were.
    pub runs: Cell<u64>,
    /// What each token was sent for.
    pub sent: RefCell<BTreeMap<Token, String>>,
    /// The last creation that was asked for, by the name.
    pub asked_for: RefCell<BTreeMap<String, Token>>,
    /// The last record that was heard to have succeeded, and what it was about.
    pub succeeded: RefCell<Option<(RecordId, ProvisionedId)>>,
    /// The tokens whose intents are durable and open.
    pub intended: RefCell<BTreeSet<Token>>,
    /// The tokens of updates that only make sure what is marked as unproven.
    pub repairs: RefCell<BTreeSet<Token>>,
    /// With whose eyes this run sees.
    pub level: Cell<AccessLevel>,
    /// Who else there is.
    pub others: Others,
    /// When the products of a name were last looked at, as the answer showed them.
    pub looked: RefCell<BTreeMap<String, i64>>,
    /// Until then all reads lag.
    fog: Cell<i64>,
    storm: Cell<u32>,
    /// What answers nothing but errors until the run ends.
    pub down: Cell<Option<Edge>>,
}

impl Sim {
    pub fn new(schedule: &Schedule, mutant: Option<Mutant>, verbose: bool) -> Self {
        let mut world = World::new(schedule.window);
        world.tokens_move = schedule.tokens_move;
        world.runs_for = schedule.runs_for;
        Self {
            world: RefCell::new(world),
            schedule: schedule.clone(),
            mutant,
            calm: Cell::new(false),
            edges: RefCell::default(),
            fired: RefCell::default(),
            broken: RefCell::default(),
            lines: RefCell::default(),
            verbose,
            mutations: Cell::new(0),
            commits: Cell::new(0),
            run_began: Cell::new(0),
            runs: Cell::new(0),
            sent: RefCell::default(),
            asked_for: RefCell::default(),
            succeeded: RefCell::default(),
            intended: RefCell::default(),
            repairs: RefCell::default(),
            level: Cell::new(AccessLevel::Account),
            others: Others::default(),
            looked: RefCell::default(),
            fog: Cell::new(0),
            storm: Cell::new(0),
            down: Cell::new(None),
        }
    }

    pub fn note(&self, line: impl FnOnce() -> String) {
        if self.verbose {
            let now = self.world.borrow().now - 1_750_000_000_000;
            self.lines.borrow_mut().push(format!("{:>9.1}s {}", now as f64 / 1000.0, line()));
        }
    }

    pub fn breaks(&self, invariant: &str, what: impl Into<String>) {
        let line = format!("{invariant}: {}", what.into());
        self.note(|| format!("!! {line}"));
        self.broken.borrow_mut().push(line);
    }

    pub fn advance(&self, by: i64) {
        self.world.borrow_mut().advance(by);
    }

    pub fn crash(&self) -> ! {
        self.note(|| "-- the process dies".to_owned());
        resume_unwind(Box::new(Crash))
    }

    /// One more step; what strikes there.
    pub fn edge(&self, edge: Edge) -> Option<Fault> {
        if self.calm.get() {
            return None;
        }
        let step = self.edges.borrow().len();
        if step - self.run_began.get() > PATIENCE {
            self.breaks("I11", format!("no end after {PATIENCE} steps"));
            self.crash();
        }
        self.edges.borrow_mut().push(edge);
        let fault = self.schedule.strikes(step, edge);
        self.note(|| {
            format!("{step:>5} {edge:?}{}", fault.map(|f| format!("  ** {f:?}")).unwrap_or_default())
        });
        if let Some(fault) = fault {
            self.fired.borrow_mut().push((step, fault));
            if fault == Fault::CrashBefore {
                self.crash();
            }
        }
        fault
    }

    /// One call over the network.
    fn call<T>(
        &self,
        edge: Edge,
        subject: Option<&ProvisionedId>,
        act: impl FnOnce(&mut World, Option<Fault>) -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        let fault = self.edge(edge);
        self.advance(50);
        let ambiguous =
            |code: &str| Err(error(CatalogErrorKind::Ambiguous, code, format!("simulated {code}")));
        if self.storm.get() > 0 && !self.calm.get() {
            self.storm.set(self.storm.get() - 1);
            return Err(throttled());
        }
        if self.down.get() == Some(edge) && !self.calm.get() {
            return ambiguous("InternalFailure");
        }
        if let Some(refused) = self.struck(fault, edge, subject) {
            return Err(refused);
        }
        let answer = act(&mut self.world.borrow_mut(), fault);
        match fault {
            Some(Fault::CrashAfter) => self.crash(),
            Some(Fault::LoseResponse) => {
                self.advance(60 * SECOND);
                ambiguous("")
            }
            Some(Fault::ThrottleTaken) => Err(throttled()),
            _ => answer,
        }
    }

    /// What the caller hears instead of an answer; or what happens before there is one.
    fn struck(
        &self,
        fault: Option<Fault>,
        edge: Edge,
        subject: Option<&ProvisionedId>,
    ) -> Option<CatalogError> {
        let ambiguous =
            |code: &str| Some(error(CatalogErrorKind::Ambiguous, code, format!("simulated {code}")));
        match fault {
            Some(Fault::Throttle) => return Some(throttled()),
            Some(Fault::Storm) => {
                self.storm.set(STORM);
                return Some(throttled());
            }
            Some(Fault::Broken) => return ambiguous("InternalFailure"),
            Some(Fault::Outage) => {
                self.down.set(Some(edge));
                return ambiguous("InternalFailure");
            }
            Some(Fault::LoseRequest) => {
                self.advance(if edge == Edge::Submit { 60 } else { 30 } * SECOND);
                return ambiguous("");
            }
            Some(Fault::NotSent) => return Some(error(CatalogErrorKind::NotSent, "", "no route")),
            Some(Fault::Busy) => {
                return Some(error(
                    CatalogErrorKind::Later,
                    "LimitExceededException",
                    "operation in progress",
                ));
            }
            Some(Fault::Denied) => {
                return Some(error(CatalogErrorKind::Denied, "ExpiredTokenException", "expired"));
            }
            Some(Fault::NotAllowed) => {
                return Some(error(CatalogErrorKind::NotAllowed, "AccessDeniedException", "not permitted"));
            }
            Some(Fault::Ungranted) => {
                return Some(error(
                    CatalogErrorKind::NotFound,
                    "ResourceNotFoundException",
                    "no such product",
                ));
            }
            Some(Fault::Roleless) => {
                return Some(error(
                    CatalogErrorKind::NotYet,
                    "InvalidParametersException",
                    "profile does not exist",
                ));
            }
            Some(Fault::Pause | Fault::Stalled) => self.advance(7200 * SECOND),
            Some(Fault::Fog) => {
                self.fog.set(self.world.borrow().now + 120 * SECOND);
                return ambiguous("InternalFailure");
            }
            fault => self.interfere(fault, subject),
        }
        None
    }

    /// Whether this run sees nothing of a product.
    fn is_hidden(&self, id: &ProvisionedId) -> bool {
        let number: u64 = id.as_str().bytes().fold(0, |sum, byte| sum * 31 + u64::from(byte));
        let seed = self.schedule.sight ^ self.run_began.get() as u64 ^ number.wrapping_mul(0x9E37_79B9);
        !self.level.get().sees_all() && Dice::new(seed).one_in(3)
    }

    /// What the caller hears of what it may not see: nobody knows how the service says it.
    fn hides(&self, id: &ProvisionedId) -> CatalogError {
        let calls = self.edges.borrow().len();
        if calls.is_multiple_of(2) {
            return error(CatalogErrorKind::NotFound, "ResourceNotFoundException", format!("no {id}"));
        }
        error(CatalogErrorKind::NotAllowed, "AccessDeniedException", format!("{id} is somebody else's"))
    }

    /// How old an answer is.
    fn lag(&self, world: &World, fault: Option<Fault>) -> i64 {
        let is_foggy = !self.calm.get() && world.now < self.fog.get();
        if fault == Some(Fault::Stale) || is_foggy { LAG } else { 0 }
    }

    /// Notes that an answer shows how things were then: of one name, or of all that were ever there.
    fn look(&self, world: &World, name: Option<&str>, lag: i64) {
        let then = world.now - lag;
        let mut looked = self.looked.borrow_mut();
        let mut note = |name: &str| match looked.get_mut(name) {
            Some(last) => *last = then.max(*last),
            None => drop(looked.insert(name.to_owned(), then)),
        };
        match name {
            Some(name) => note(name),
            None => world.products.values().for_each(|product| note(&product.name)),
        }
    }

    /// Waits, unless somebody has had enough.
    pub fn wait(&self, time: Duration) -> Wake {
        let fault = self.edge(Edge::Wait);
        self.interfere(fault, None);
        self.advance(i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 4).max(1));
        if fault == Some(Fault::Stop) { Wake::Stop } else { Wake::Tick }
    }

    fn find_one(&self, by: &FindBy) -> Result<Found, CatalogError> {
        let id = match &by.by {
            Selector::Id(id) => Some(ProvisionedId::new(id.clone())),
            Selector::Name(_) => None,
        };
        self.call(Edge::Find, id.as_ref(), |world, fault| {
            let lag = self.lag(world, fault);
            let existing = match &by.by {
                Selector::Id(id) => world.find(|product| product.id.as_str() == id, lag),
                Selector::Name(name) => world.find(|product| product.name == *name, lag),
            };
            let existing = existing.filter(|existing| !self.is_hidden(&existing.id));
            // where not everything is seen, an absence shows nothing
            let is_seen = existing.is_some() || self.level.get().sees_all();
            let name = match &by.by {
                Selector::Name(name) => Some(name.clone()),
                Selector::Id(id) => {
                    world.products.get(&ProvisionedId::new(id.clone())).map(|p| p.name.clone())
                }
            };
            if let Some(name) = name.filter(|_| is_seen) {
                self.look(world, Some(&name), lag);
            }
            Ok(Found { existing, asked: Timestamp(world.now) })
        })
    }

    fn send_one(&self, request: &Request) -> Result<Record, CatalogError> {
        self.mutations.set(self.mutations.get() + 1);
        super::check::request(self, request);
        super::check::room(self, request);
        let subject = match &request.operation {
            Operation::Provision { payload } => {
                let name = payload.target.name.clone();
                self.asked_for.borrow_mut().insert(name, request.token.clone());
                None
            }
            Operation::Update { id, .. } | Operation::Terminate { id, .. } => Some(id),
        };
        let answer = self.call(Edge::Submit, subject, |world, fault| {
            let signed = world.now;
            if signed >= request.sign_by.0 && self.mutant != Some(Mutant::SignsLate) {
                return Err(error(CatalogErrorKind::NotSent, "", "signed too late"));
            }
            if let Some(id) = subject.filter(|id| self.is_hidden(id)) {
                return Err(self.hides(id));
            }
            let fate = match fault {
                Some(Fault::Fails) => Fate::Fails,
                Some(Fault::Taints) => Fate::Taints,
                Some(Fault::PutOff) => Fate::Busy,
                _ => Fate::Succeeds,
            };
            match fault {
                Some(Fault::Supplanted) => {
                    world.supplant(request);
                    world.advance(60 * SECOND);
                    return Err(error(CatalogErrorKind::Ambiguous, "", "timed out"));
                }
                Some(Fault::Late | Fault::Stalled) => {
                    world.deliver_at(signed + 290 * SECOND, request.clone(), fate);
                    world.advance(60 * SECOND);
                    return Err(error(CatalogErrorKind::Ambiguous, "", "timed out"));
                }
                // without tokens, nobody could tell a copy that comes minutes later from a new request
                Some(Fault::Duplicate) => {
                    let behind = if world.window == 0 { 1 } else { 250 };
                    world.deliver_at(signed + behind * SECOND, request.clone(), fate);
                }
                _ => {}
            }
            world.accept(request, fate)
        });
        self.note(|| format!("      {:?} -> {}", words::operation(request), words::outcome(&answer)));
        answer
    }
}

fn throttled() -> CatalogError {
    error(CatalogErrorKind::Throttled, "ThrottlingException", "Rate exceeded")
}

impl CatalogRead for Sim {
    fn identities(&self, of: &[LocationName]) -> Answers<Identity> {
        vec![
            self.call(Edge::Who, None, |_, _| Ok(Identity {
                account: AccountId::new("111122223333"),
                arn: None,
                catalog: CatalogKind::Aws
            }));
            of.len()
        ]
    }

    fn catalogue(&self, of: &[LocationName]) -> Answers<Vec<(ProductId, String)>> {
        vec![Ok(vec![(ProductId::new("prod-1"), "network".to_owned())]); of.len()]
    }

    fn products(&self, of: &[ProductRef]) -> Answers<Product> {
        let artifact = |version: u8| Artifact {
            id: story::artifact_of(version).into(),
            name: Some(format!("v{version}")),
            created: Timestamp(0),
            deprecated: false,
        };
        let product = Product {
            id: ProductId::new("prod-1"),
            name: "network".to_owned(),
            owner: String::new(),
            kind: ProductType::Template,
            artifacts: vec![artifact(1), artifact(2)],
            paths: vec![LaunchPath { id: "lpv3-1".into(), name: "portfolio".to_owned() }],
        };
        vec![self.call(Edge::Who, None, |_, _| Ok(product)); of.len()]
    }

    fn offerings(&self, of: &[OfferingRef]) -> Answers<Offering> {
        let stack_set = StackSet {
            accounts: story::ACCOUNTS.map(str::to_owned).to_vec(),
            regions: vec!["eu-west-1".to_owned()],
        };
        let parameters = story::rules();
        vec![Ok(Offering { parameters, stack_set: Some(stack_set), ..Offering::default() }); of.len()]
    }

    fn search(&self, of: &[LocationName]) -> Answers<Vec<Existing>> {
        let mut answer = self.call(Edge::Search, None, |world, fault| {
            let lag = self.lag(world, fault);
            let ids = world.products.keys().filter(|id| !self.is_hidden(id)).cloned();
            let ids: Vec<ProvisionedId> = ids.collect();
            let mut found: Vec<Existing> =
                ids.iter().filter_map(|id| world.find(|product| product.id == *id, lag)).collect();
            if fault == Some(Fault::Missing) {
                found.pop();
            }
            match fault != Some(Fault::Missing) && self.level.get().sees_all() {
                true => self.look(world, None, lag),
                false => found.iter().for_each(|one| self.look(world, Some(&one.name), lag)),
            }
            Ok(found)
        });
        answer.iter_mut().flatten().for_each(|existing| super::mutants::claim(self, existing));
        vec![answer; of.len()]
    }

    fn find(&self, of: &[FindBy]) -> Answers<Found> {
        of.iter().map(|by| super::mutants::found(self, by, self.find_one(by))).collect()
    }

    fn records(&self, of: &[RecordRef]) -> Answers<Record> {
        let one = |asked: &RecordRef| {
            let subject = self.world.borrow().ghost(&asked.record).map(|entry| entry.product.clone());
            let answer = self.call(Edge::Records, subject.as_ref(), |world, fault| {
                if fault == Some(Fault::Vanishes) {
                    world.vanish(&asked.record);
                }
                if let Some(id) = subject.as_ref().filter(|id| self.is_hidden(id)) {
                    return Err(error(CatalogErrorKind::NotFound, "ResourceNotFoundException", id.as_str()));
                }
                world.record(&asked.record, self.lag(world, fault))
            });
            super::mutants::heard(self, answer)
        };
        of.iter().map(one).collect()
    }

    fn history(&self, of: &[HistoryRef]) -> Answers<Vec<Record>> {
        let one = |HistoryRef { provisioned: id, since, .. }: &HistoryRef| {
            self.call(Edge::History, Some(id), |world, fault| {
                if self.is_hidden(id) {
                    let hides = self.hides(id);
                    return if hides.kind == CatalogErrorKind::NotAllowed {
                        Err(hides)
                    } else {
                        Ok(Vec::new())
                    };
                }
                let mut listed = world.history(id, since.as_ref(), self.lag(world, fault));
                let is_ours =
                    |record: &Record| world.ghost(&record.id).is_some_and(|entry| entry.token.is_some());
                listed.retain(|record| self.level.get().sees_all() || is_ours(record));
                Ok(listed)
            })
        };
        of.iter().map(one).collect()
    }

    fn access_level(&self, _: &LocationName) -> AccessLevel {
        super::mutants::level(self.mutant, self.level.get())
    }

    fn time(&self, _: &LocationName) -> ServiceTime {
        ServiceTime::new(Some(Timestamp(self.world.borrow().now)), super::mutants::pacing(self.mutant))
    }
}

impl Catalog for Sim {
    fn submit(&self, requests: &[Request]) -> Answers<Record> {
        requests.iter().map(|request| super::mutants::sent(self, request, |r| self.send_one(r))).collect()
    }
}
