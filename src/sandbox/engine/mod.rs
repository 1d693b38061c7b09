//! One sandbox: all its worlds, its clock, faults, journal and call log. A call comes in as text with its wall
//! time and goes out as an answer; HTTP is the server's business.

mod answer;
mod beginning;
mod calls;
mod control;
mod foreign;
mod queries;
mod reload;

use std::collections::HashMap;

use serde_json::Value;

pub(crate) use answer::{Answer, Reply};
pub(crate) use beginning::beginning;
pub(crate) use calls::CallLog;

use crate::catalog::{Catalog, CatalogView};
use crate::clock::{Clock, Millis};
use crate::error::SandboxError;
use crate::faults::{CallNames, Faults, Occasion, Strike, glob};
use crate::files::Folder;
use crate::ids;
use crate::journal::{self, Extent, Journal, Line};
use crate::operations::{self, Caller, Lags, Notes, Operation, Session};
use crate::query;
use crate::wire::Fault;
use crate::world::World;

/// A sandbox without its network.
pub(crate) struct Engine {
    pub catalog: Catalog,
    locations: HashMap<Scope, Location>,
    clock: Clock,
    faults: Faults,
    journal: Option<Journal>,
    calls: CallLog,
    nonce: String,
    count: u64,
}

/// A world and what only this process remembers of it.
#[derive(Default)]
struct Location {
    world: World,
    lags: Lags,
    buckets: [(f64, Millis); 2],
}

/// What a fault may name as its `call`.
pub(crate) fn call_names() -> CallNames {
    let (catalog, subjects) = (operations::names().collect(), operations::with_subject().collect());
    CallNames { catalog, subjects, query: &query::ACTIONS }
}

/// An account and a region.
type Scope = (String, String);

/// A call that is understood: of which operation, with what, and when.
struct Request<'a> {
    call: &'a Call<'a>,
    operation: &'a Operation,
    body: &'a Value,
    now: Millis,
    id: &'a str,
}

/// A call of a Service Catalog operation.
pub(crate) struct Call<'a> {
    pub operation: &'a str,
    pub body: &'a [u8],
    pub caller: &'a Caller,
    pub wall: Millis,
}

impl Engine {
    /// A sandbox from its catalog and, if there is a folder, what was kept there.
    pub(crate) fn open(
        catalog: Catalog,
        folder: Option<&Folder>,
        calls: CallLog,
        wall: Millis,
    ) -> Result<Engine, SandboxError> {
        let mut engine = Engine::new(catalog, calls, wall);
        if let Some(folder) = folder {
            let extent = journal::read(folder, |line| engine.replay(line))?;
            if extent.lines == 0 {
                engine.begin(wall)?;
            }
            engine.resume(folder, &extent, wall)?;
        } else {
            engine.begin(wall)?;
        }
        for location in engine.locations.values_mut() {
            // a journal that starts anew has it all
            location.world.take_outbox();
        }
        Ok(engine)
    }

    /// The same in memory: what was kept is read, and stays as it is.
    pub(crate) fn glancing(
        catalog: Catalog,
        folder: Option<&Folder>,
        wall: Millis,
    ) -> Result<Engine, SandboxError> {
        let mut engine = Engine::new(catalog, CallLog::default(), wall);
        let read = folder.map(|folder| journal::read(folder, |line| engine.replay(line)));
        if read.transpose()?.unwrap_or_default().lines == 0 {
            engine.begin(wall)?;
        }
        let now = engine.clock.now(wall);
        for location in engine.locations.values_mut() {
            location.world.advance(now);
            location.world.take_outbox();
        }
        Ok(engine)
    }

    fn new(catalog: Catalog, calls: CallLog, wall: Millis) -> Engine {
        Engine {
            clock: Clock::start(wall, catalog.time_scale),
            faults: Faults::new(&catalog.faults, &catalog.seed),
            locations: HashMap::new(),
            journal: None,
            calls,
            nonce: format!("{} {wall}", std::process::id()),
            count: 0,
            catalog,
        }
    }

    /// Puts what is there in the beginning into worlds that are empty.
    fn begin(&mut self, wall: Millis) -> Result<(), SandboxError> {
        for (scope, world) in beginning(&self.catalog, self.clock.now(wall))? {
            self.location(&scope).world = world;
        }
        Ok(())
    }

    fn replay(&mut self, line: Line) {
        if line.reset {
            self.locations.clear();
            self.faults.restart();
        }
        if line.rearm {
            self.faults.restart();
        }
        if line.withdraw {
            self.faults.withdraw();
        }
        for entry in line.inject {
            self.faults.inject(entry);
        }
        if let Some(scope) = line.scope {
            let lags = self.lags();
            let location =
                self.locations.entry(scope).or_insert_with(|| Location { lags, ..Location::default() });
            for entry in line.entries {
                location.world.apply(entry);
            }
        }
        for count in line.faults {
            self.faults.restore(count);
        }
        if let Some(clock) = line.clock {
            self.clock = clock;
        }
        self.clock.not_before(line.at);
    }

    /// Goes on with the journal, or writes it anew when most of it is history.
    fn resume(&mut self, folder: &Folder, extent: &Extent, wall: Millis) -> Result<(), SandboxError> {
        let now = self.clock.now(wall);
        for location in self.locations.values_mut() {
            location.world.advance(now);
        }
        let rescaled = self.clock.scale() != self.catalog.time_scale;
        if rescaled {
            self.clock.rescale(wall, self.catalog.time_scale);
        }
        self.journal = Some(if extent.lines == 0 || rescaled || extent.lines > 2 * self.size() + 1000 {
            Journal::replace(folder, self.snapshot(now))?
        } else {
            Journal::resume(folder, extent)?
        });
        Ok(())
    }

    fn snapshot(&self, now: Millis) -> impl Iterator<Item = Line> + '_ {
        let faults = self.faults.counts().cloned().collect();
        let inject = self.faults.injected().into_iter().cloned().collect();
        let head = Line { at: now, clock: Some(self.clock), faults, inject, ..Line::default() };
        let entities = self.locations.iter().flat_map(move |(scope, location)| {
            let line = move |entry| Line {
                at: now,
                scope: Some(scope.clone()),
                entries: vec![entry],
                ..Line::default()
            };
            location.world.snapshot().map(line)
        });
        std::iter::once(head).chain(entities)
    }

    fn lags(&self) -> Lags {
        let knobs = &self.catalog.knobs;
        Lags { path: knobs.path_lag_calls, launch_role: knobs.launch_role_lag_calls }
    }

    /// Virtual time.
    pub(crate) fn now(&mut self, wall: Millis) -> Millis {
        self.clock.now(wall)
    }

    /// A new request id.
    pub(crate) fn request_id(&mut self) -> String {
        self.count += 1;
        ids::uuid(&["request", &self.nonce, &self.count.to_string()])
    }

    /// Answers a call: faults first, then the operation, then the journal, then the log.
    pub(crate) fn call(&mut self, call: &Call<'_>) -> Answer {
        let request_id = self.request_id();
        let now = self.clock.now(call.wall);
        self.catalog.patterns.ask();
        let mut notes = Notes::default();
        let parsed = operation_and_body(call);
        let reply = match &parsed {
            Err(fault) => Reply::Fault(self.catalog.knobs.renamed(fault.clone())),
            Ok((operation, body)) => {
                let request = Request { call, operation, body, now, id: &request_id };
                self.run(&request, &mut notes)
            }
        };
        let body = parsed.as_ref().ok().map(|(_, body)| body);
        let answer = Answer { reply, request_id, now };
        self.calls.write(call, body, &answer, &notes);
        answer
    }

    fn run(&mut self, request: &Request<'_>, notes: &mut Notes) -> Reply {
        let Request { call, now, .. } = *request;
        let scope = (call.caller.account_id.clone(), call.caller.region.clone());
        self.location(&scope).world.advance(now);
        let fired = self.strike(call, request.body, &scope);
        notes.faults.extend(fired.iter().map(|fired| fired.label.clone()));
        if let Some(fired) = &fired {
            foreign::act(self, call, now, fired);
        }
        let early = fired
            .as_ref()
            .and_then(answer::early)
            .or_else(|| self.throttled(&scope, request.operation, call.wall));
        let mut reply = match early {
            Some(reply) => reply,
            None => self.operate(request, notes),
        };
        if let Err(error) = self.persist(scope, now) {
            reply = Reply::Fault(Fault::new(
                500,
                "InternalFailure",
                format!("the sandbox cannot keep its world: {error}"),
            ));
        }
        fired.as_ref().and_then(answer::late).unwrap_or(reply)
    }

    fn location(&mut self, scope: &Scope) -> &mut Location {
        let lags = self.lags();
        self.locations.entry(scope.clone()).or_insert_with(|| Location { lags, ..Location::default() })
    }

    fn operate(&mut self, request: &Request<'_>, notes: &mut Notes) -> Reply {
        let Request { call, operation, body, now, id: request_id } = *request;
        let scope = (call.caller.account_id.clone(), call.caller.region.clone());
        let Some(location) = self.locations.get_mut(&scope) else {
            return Reply::Dropped;
        };
        // tokens, and so digests, belong to calls that change something
        let digest =
            if operation.writes { ids::digest(&[operation.name, &body.to_string()]) } else { String::new() };
        let mut session = Session {
            catalog: CatalogView { whole: &self.catalog, account_id: &scope.0, region: &scope.1 },
            world: &mut location.world,
            faults: &mut self.faults,
            lags: &mut location.lags,
            caller: call.caller,
            operation: operation.name,
            now,
            digest: &digest,
            request_id,
            notes: std::mem::take(notes),
        };
        let result = operation.call(&mut session, body.clone());
        *notes = session.notes;
        match result {
            Ok(body) => Reply::Json(body),
            Err(fault) => Reply::Fault(self.catalog.knobs.renamed(fault)),
        }
    }

    fn strike(&mut self, call: &Call<'_>, body: &Value, scope: &Scope) -> Option<Strike> {
        let world = &self.locations.get(scope)?.world;
        let (name, product) = calls::subject(world, body);
        let found = self.catalog.index.id(&product).and_then(|index| self.catalog.products.get(index));
        let product = found.map_or(product, |it| it.name.clone());
        let occasion = Occasion {
            call: Some(call.operation),
            operation: None,
            provisioned_product: &name,
            product: &product,
            exact: false,
            anyone: Some(&|pattern| world.all_provisioned().any(|it| glob(pattern, &it.name))),
        };
        self.faults.strike(occasion)
    }

    /// Token buckets by wall time: what an account may call per second.
    fn throttled(&mut self, scope: &Scope, operation: &Operation, wall: Millis) -> Option<Reply> {
        let knobs = &self.catalog.knobs;
        let rate = if operation.writes { knobs.write_rate } else { knobs.read_rate }?;
        let location = self.locations.get_mut(scope)?;
        let bucket = location.buckets.get_mut(usize::from(operation.writes))?;
        let passed = (wall - bucket.1).max(0) as f64 / 1000.0;
        bucket.0 = (bucket.0 + passed * rate).min(2.0 * rate);
        bucket.1 = wall;
        if bucket.0 < 1.0 {
            return Some(Reply::Fault(answer::throttling()));
        }
        bucket.0 -= 1.0;
        None
    }

    /// Writes what changed to the journal.
    fn persist(&mut self, scope: Scope, at: Millis) -> std::io::Result<()> {
        let entries =
            self.locations.get_mut(&scope).map(|location| location.world.take_outbox()).unwrap_or_default();
        let line =
            Line { at, scope: Some(scope), entries, faults: self.faults.take_changed(), ..Line::default() };
        match &mut self.journal {
            Some(journal) if !line.is_empty() => journal.append(&line),
            _ => Ok(()),
        }
    }

    fn size(&self) -> usize {
        self.locations.values().map(|location| location.world.size()).sum()
    }
}

fn operation_and_body(call: &Call<'_>) -> Result<(&'static Operation, Value), Fault> {
    let operation = operations::wanted(call.operation)?;
    if call.body.is_empty() {
        return Ok((operation, Value::Object(serde_json::Map::new())));
    }
    let mut body =
        serde_json::from_slice(call.body).map_err(|error| Fault::serialization(error.to_string()))?;
    drop_nulls(&mut body);
    Ok((operation, body))
}

/// A member that is null is a member that is absent.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            for member in members.values_mut() {
                drop_nulls(member);
            }
        }
        Value::Array(items) => {
            for item in items {
                drop_nulls(item);
            }
        }
        _ => {}
    }
}
