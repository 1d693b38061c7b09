//! An independent reading of Service Catalog, as a value: products, records, tokens, and a clock that somebody else
//! turns. It knows nothing of faults beyond what the service itself may do; it remembers all it ever accepted.

use std::collections::{BTreeMap, BTreeSet};

use provisor::catalog::{
    CatalogError, CatalogErrorKind, Existing, Operation, Payload, Progress, Record, RecordError, Request,
    Sent, Status,
};
use provisor::model::ids::{ArtifactId, ProductId, ProvisionedId, RecordId, Token};
use provisor::model::kinds::RecordKind;
use provisor::model::product::StackSetOperation;
use provisor::model::time::Timestamp;

use super::ghosts::{Entry, Fate, Parameters, Product, outputs};
use super::story::ACCOUNTS;

/// The parameter under which the world remembers the accounts of a stack set.
pub const SPREAD: &str = "@accounts";
pub const SECOND: i64 = 1000;
/// How far reads may lag behind writes.
pub const LAG: i64 = 60 * SECOND;

/// A request on its way.
#[derive(Clone, Debug)]
struct Late {
    at: i64,
    request: Request,
    fate: Fate,
}

#[derive(Debug)]
pub struct World {
    pub now: i64,
    /// How long a token is honoured.
    pub window: i64,
    /// An update's token takes the place of the first one.
    pub tokens_move: bool,
    pub runs_for: i64,
    /// Operations of ours that fail, counted as they are accepted.
    pub failing: Vec<usize>,
    pub products: BTreeMap<ProvisionedId, Product>,
    pub ghosts: Vec<Entry>,
    records: BTreeMap<RecordId, usize>,
    seen: BTreeMap<Token, (i64, RecordId)>,
    late: Vec<Late>,
    made: u32,
    /// The records of operations that only moved instances.
    pub moves: BTreeSet<RecordId>,
    /// Another state of the same repo has been at work.
    pub forked: bool,
}

impl World {
    pub fn new(window: i64) -> Self {
        Self {
            now: 1_750_000_000_000,
            window,
            tokens_move: false,
            runs_for: 40 * SECOND,
            failing: Vec::new(),
            products: BTreeMap::new(),
            ghosts: Vec::new(),
            records: BTreeMap::new(),
            seen: BTreeMap::new(),
            late: Vec::new(),
            made: 0,
            moves: BTreeSet::new(),
            forked: false,
        }
    }

    /// Turns the clock; what is due on the way happens in its order.
    pub fn advance(&mut self, by: i64) {
        let until = self.now + by;
        loop {
            let ending = self.ghosts.iter().filter(|entry| !entry.over).map(|entry| entry.ends).min();
            let arriving = self.late.iter().map(|late| late.at).min();
            match ending.into_iter().chain(arriving).min() {
                Some(at) if at <= until => {
                    self.now = self.now.max(at);
                    self.settle();
                    self.deliver();
                }
                _ => break,
            }
        }
        self.now = until;
    }

    fn settle(&mut self) {
        for ix in 0..self.ghosts.len() {
            if !self.ghosts[ix].over && self.ghosts[ix].ends <= self.now {
                self.ghosts[ix].over = true;
                self.finish(ix);
            }
        }
    }

    fn deliver(&mut self) {
        let (due, later) =
            std::mem::take(&mut self.late).into_iter().partition(|late: &Late| late.at <= self.now);
        self.late = later;
        for late in due {
            let _ = self.accept(&late.request, late.fate);
        }
    }

    fn finish(&mut self, ix: usize) {
        let entry = self.ghosts[ix].clone();
        let Some(product) = self.products.get_mut(&entry.product) else { return };
        let good = entry.fate == Fate::Succeeds;
        let terminates = entry.kind == RecordKind::Terminate;
        let creates = entry.kind == RecordKind::Provision;
        product.status = match entry.fate {
            Fate::Succeeds => Status::Available,
            Fate::Fails if creates => Status::Error,
            Fate::Fails | Fate::Taints | Fate::Busy => Status::Tainted,
        };
        if terminates && good {
            product.alive = false;
        } else if good {
            product.parameters = entry.parameters.clone();
            product.last_successful = Some(entry.id.clone());
        }
        product.note(self.now);
    }

    /// Takes the request later.
    pub fn deliver_at(&mut self, at: i64, request: Request, fate: Fate) {
        self.late.push(Late { at, request, fate });
    }

    /// What the service does with a request of ours.
    pub fn accept(&mut self, request: &Request, fate: Fate) -> Result<Record, CatalogError> {
        let honoured = self.seen.get(&request.token).filter(|(at, _)| self.now - at < self.window);
        if let Some((_, record)) = honoured {
            return self.record(record, 0);
        }
        // one that is made once more, to prove whose it was, is the one that it was
        let before: Vec<&Token> = self.ghosts.iter().filter_map(|entry| entry.token.as_ref()).collect();
        let first = before.iter().position(|token| **token == request.token).unwrap_or(before.len());
        let ours = before.iter().take(first).collect::<BTreeSet<_>>().len();
        let fate = if self.failing.contains(&ours) { Fate::Fails } else { fate };
        let token = Some(request.token.clone());
        let record = match &request.operation {
            Operation::Provision { payload } => self.provision(payload, token, fate)?,
            Operation::Update { id, payload } => {
                let before = self.changeable(id, false)?.parameters.clone();
                let is_lost =
                    |entry: &Entry| entry.product == *id && (entry.vanished || entry.token.is_none());
                let is_known = !self.forked && !self.ghosts.iter().any(is_lost);
                let spread = spread(&before, payload, is_known)?;
                if payload.stack_set.is_some() {
                    // the template and its parameters stay as they are
                    let artifact = self.products[id].artifact.clone();
                    let parameters = before.into_iter().chain([spread]).collect();
                    let record = self.update(id, artifact, parameters, (token, fate));
                    self.moves.insert(record.clone());
                    self.seen.insert(request.token.clone(), (self.now, record.clone()));
                    return self.record(&record, 0);
                }
                let parameters = payload.parameters.iter().filter_map(|(key, sent)| match sent {
                    Sent::Value(text) => Some((key.clone(), text.clone())),
                    Sent::Secret(secret) => Some((key.clone(), secret.expose().to_owned())),
                    Sent::Previous => Some((key.clone(), before.get(key)?.clone())),
                });
                let parameters = parameters.chain([spread]).collect();
                self.update(id, payload.target.artifact.id.clone(), parameters, (token, fate))
            }
            Operation::Terminate { id, .. } => {
                self.changeable(id, true)?;
                self.terminate(id, token, fate)
            }
        };
        self.seen.insert(request.token.clone(), (self.now, record.clone()));
        self.record(&record, 0)
    }

    fn provision(
        &mut self,
        payload: &Payload,
        token: Option<Token>,
        fate: Fate,
    ) -> Result<RecordId, CatalogError> {
        let name = payload.target.name.as_str();
        if !self.is_free(name) {
            return Err(refused(
                "InvalidParametersException",
                format!("A stack named {name} already exists."),
            ));
        }
        let parameters = payload.parameters.iter().filter_map(|(key, sent)| match sent {
            Sent::Value(text) => Some((key.clone(), text.clone())),
            Sent::Secret(secret) => Some((key.clone(), secret.expose().to_owned())),
            Sent::Previous => None,
        });
        let parameters = parameters.chain([(SPREAD.to_owned(), named(payload).join(","))]).collect();
        Ok(self.create(name, payload.target.artifact.id.clone(), parameters, (token, fate)))
    }

    /// Makes a product, whoever wants it.
    pub fn create(
        &mut self,
        name: &str,
        artifact: ArtifactId,
        parameters: Parameters,
        by: (Option<Token>, Fate),
    ) -> RecordId {
        self.make(RecordKind::Provision, name, (artifact, parameters), by)
    }

    /// Somebody makes a product of a stack.
    pub fn import(&mut self, name: &str) {
        let kind = RecordKind::parse("IMPORT_PROVISIONED_PRODUCT");
        let what = ("pa-1".into(), Parameters::from([("Size".to_owned(), "theirs".to_owned())]));
        self.make(kind, name, what, (None, Fate::Succeeds));
    }

    /// Somebody else does the like of what is asked for.
    pub fn supplant(&mut self, request: &Request) {
        let theirs = (None, Fate::Succeeds);
        let other = Parameters::from([("Size".to_owned(), "theirs".to_owned())]);
        match &request.operation {
            Operation::Provision { payload } if self.is_free(&payload.target.name) => {
                let artifact = payload.target.artifact.id.clone();
                self.create(&payload.target.name, artifact, other, theirs);
            }
            Operation::Update { id, payload } if self.changeable(id, false).is_ok() => {
                let spread = self.products[id].parameters.get_key_value(SPREAD);
                let spread = spread.map(|(key, there)| (key.clone(), there.clone()));
                let artifact = payload.target.artifact.id.clone();
                self.update(id, artifact, other.into_iter().chain(spread).collect(), theirs);
            }
            Operation::Terminate { id, .. } if self.changeable(id, true).is_ok() => {
                self.terminate(id, None, Fate::Succeeds);
            }
            _ => {}
        }
    }

    /// Whether nothing has this name.
    pub fn is_free(&self, name: &str) -> bool {
        !self.products.values().any(|product| product.alive && product.name == name)
    }

    fn make(
        &mut self,
        kind: RecordKind,
        name: &str,
        what: (ArtifactId, Parameters),
        (token, fate): (Option<Token>, Fate),
    ) -> RecordId {
        let artifact = what.0.clone();
        self.made += 1;
        let id = ProvisionedId::new(format!("pp-{}", self.made));
        let record = RecordId::new(format!("rec-{}", self.ghosts.len() + 1));
        let product = Product {
            id: id.clone(),
            name: name.to_owned(),
            token: token.clone(),
            shown_token: Some(token.clone().unwrap_or_else(|| Token::new(format!("theirs-{}", self.made)))),
            status: Status::UnderChange,
            alive: true,
            artifact,
            parameters: Parameters::new(),
            last: record.clone(),
            last_provisioning: record.clone(),
            last_successful: None,
            views: vec![(i64::MIN, None)],
        };
        self.products.insert(id.clone(), product);
        self.begin(kind, &id, what, (token, fate));
        record
    }

    /// Changes a product, whoever wants it.
    pub fn update(
        &mut self,
        id: &ProvisionedId,
        artifact: ArtifactId,
        parameters: Parameters,
        (token, fate): (Option<Token>, Fate),
    ) -> RecordId {
        self.begin(RecordKind::Update, id, (artifact, parameters), (token, fate))
    }

    /// Ends a product, whoever wants it.
    pub fn terminate(&mut self, id: &ProvisionedId, token: Option<Token>, fate: Fate) -> RecordId {
        let product = &self.products[id];
        let what = (product.artifact.clone(), product.parameters.clone());
        self.begin(RecordKind::Terminate, id, what, (token, fate))
    }

    fn begin(
        &mut self,
        kind: RecordKind,
        id: &ProvisionedId,
        (artifact, parameters): (ArtifactId, Parameters),
        (token, fate): (Option<Token>, Fate),
    ) -> RecordId {
        let record = RecordId::new(format!("rec-{}", self.ghosts.len() + 1));
        let Some(product) = self.products.get_mut(id) else { return record };
        product.status = Status::UnderChange;
        product.last = record.clone();
        product.last_provisioning = record.clone();
        if kind != RecordKind::Terminate {
            product.artifact = artifact.clone();
            if self.tokens_move && token.is_some() {
                product.shown_token = token.clone();
            }
        }
        product.note(self.now);
        self.records.insert(record.clone(), self.ghosts.len());
        self.ghosts.push(Entry {
            id: record.clone(),
            kind,
            product: id.clone(),
            name: product.name.clone(),
            artifact,
            parameters,
            token,
            created: self.now,
            ends: self.now + self.runs_for,
            fate,
            over: false,
            vanished: false,
        });
        record
    }

    fn changeable(&self, id: &ProvisionedId, terminate: bool) -> Result<&Product, CatalogError> {
        let there = self.products.get(id).filter(|product| product.alive);
        let missing =
            || error(CatalogErrorKind::NotFound, "ResourceNotFoundException", format!("{id} not found"));
        let product = there.ok_or_else(missing)?;
        match product.status {
            Status::Available | Status::Tainted => Ok(product),
            Status::Error if terminate => Ok(product),
            _ if terminate => Err(refused("ValidationException", format!("{id} is {:?}", product.status))),
            _ => Err(refused("InvalidParametersException", format!("{id} is {:?}", product.status))),
        }
    }

    /// `DescribeProvisionedProduct`, as it was `lag` ago.
    pub fn find(&self, wanted: impl Fn(&Product) -> bool, lag: i64) -> Option<Existing> {
        let asked = Timestamp(self.now);
        let shown = self.products.values().filter(|product| wanted(product));
        let mut shown = shown.filter_map(|product| product.view(self.now - lag));
        shown.next_back().map(|existing| Existing { asked, ..existing.clone() })
    }

    /// `DescribeRecord`, as it was `lag` ago.
    pub fn record(&self, id: &RecordId, lag: i64) -> Result<Record, CatalogError> {
        let entry = self.records.get(id).map(|ix| &self.ghosts[*ix]);
        let entry = entry.filter(|entry| !entry.vanished && entry.created <= self.now - lag);
        let missing =
            || error(CatalogErrorKind::NotFound, "ResourceNotFoundException", format!("{id} not found"));
        entry.map(|entry| self.shown(entry, self.now - lag)).ok_or_else(missing)
    }

    /// `ListRecordHistory` of one product, newest first, as it was `lag` ago.
    pub fn history(&self, id: &ProvisionedId, since: Option<&RecordId>, lag: i64) -> Vec<Record> {
        let then = self.now - lag;
        let newest = self.ghosts.iter().rev().filter(|entry| entry.product == *id && entry.created <= then);
        let newest = newest.take_while(|entry| Some(&entry.id) != since).filter(|entry| !entry.vanished);
        newest.map(|entry| self.shown(entry, then)).collect()
    }

    fn shown(&self, entry: &Entry, then: i64) -> Record {
        let halfway = entry.created + (entry.ends - entry.created) / 2;
        let progress = match entry.fate {
            _ if !entry.over && then < halfway => Progress::Running,
            _ if entry.ends > then && entry.fate == Fate::Succeeds => Progress::Running,
            _ if entry.ends > then => Progress::Unwinding,
            Fate::Succeeds if entry.kind == RecordKind::Terminate => Progress::Succeeded(BTreeMap::new()),
            Fate::Succeeds => Progress::Succeeded(outputs(&entry.product, &entry.parameters)),
            Fate::Busy => Progress::PutOff(vec![RecordError {
                code: String::new(),
                description: "something else is in progress. Try again later.".to_owned(),
                hint: None,
            }]),
            _ => Progress::Failed(vec![RecordError {
                code: "InternalError".to_owned(),
                description: "it was rolled back".to_owned(),
                hint: None,
            }]),
        };
        Record {
            id: entry.id.clone(),
            kind: entry.kind.clone(),
            provisioned: entry.product.clone(),
            product: Some(ProductId::new("prod-1")),
            artifact: Some(entry.artifact.clone()),
            path: None,
            created: Timestamp(entry.created),
            updated: Timestamp(if entry.over { entry.ends.min(self.now) } else { self.now }),
            asked: Timestamp(self.now),
            progress,
            author: None,
        }
    }

    /// The record's entry.
    pub fn ghost(&self, id: &RecordId) -> Option<&Entry> {
        self.records.get(id).map(|ix| &self.ghosts[*ix])
    }

    pub fn vanish(&mut self, id: &RecordId) {
        if let Some(ix) = self.records.get(id) {
            self.ghosts[*ix].vanished = true;
        }
    }
}

/// The accounts that a payload names.
fn named(payload: &Payload) -> Vec<String> {
    let named = payload.target.options.preferences.as_ref().map(|preferences| preferences.accounts.clone());
    named.filter(|named| !named.is_empty()).unwrap_or_else(|| ACCOUNTS.map(str::to_owned).to_vec())
}

/// Where the instances are after an update. One that changes the template is told where they are; where nobody can know
/// that, it is believed.
fn spread(before: &Parameters, payload: &Payload, is_known: bool) -> Result<(String, String), CatalogError> {
    let named = named(payload);
    let known = before.get(SPREAD).filter(|_| is_known || payload.stack_set.is_some());
    let text = known.cloned().unwrap_or_else(|| named.join(","));
    let mut there: BTreeSet<String> = text.split(',').filter(|t| !t.is_empty()).map(str::to_owned).collect();
    match payload.stack_set {
        Some(StackSetOperation::Create) => there.extend(named),
        Some(StackSetOperation::Delete) => there.retain(|account| !named.contains(account)),
        None if named.iter().all(|account| there.contains(account)) => {}
        None => return Err(refused("InvalidParametersException", "there is no such instance".to_owned())),
    }
    Ok((SPREAD.to_owned(), there.into_iter().collect::<Vec<_>>().join(",")))
}

pub fn error(kind: CatalogErrorKind, code: &str, message: impl Into<String>) -> CatalogError {
    CatalogError { kind, code: code.to_owned(), message: message.into(), hint: None }
}

fn refused(code: &str, message: String) -> CatalogError {
    error(CatalogErrorKind::Conflict, code, message)
}
