//! The invariants, as predicates over what is durable and what the world accepted. Numbers as in the protocol's page:
//! I1 at most one, I2 no orphan, I3 no fiction, I4 nothing needless, I5 one operation, I7 versions, I8 order, I9 stillness,
//! I10 foreign products, I11 progress, I13 honest exits, I15 no more at once than allowed, I16 an honest report. (I6
//! fences two appliers: the embedded store's lock lets only one live, so there is nothing to fence here; I12 and I14 are
//! held elsewhere, by canaries and by types.)

use std::collections::BTreeMap;

use provisor::apply::{Failure, Outcome, Report};
use provisor::catalog::{Operation, Request, Status};
use provisor::model::ids::{Address, Token};
use provisor::model::kinds::RecordKind;
use provisor::model::template::Known;
use provisor::plan::{Act, Plan};
use provisor::state::{
    Applied, Change, Group, Intent, Kind, Phase, Recorded, Row, Store, Stored, Version, Written,
};

use super::exits;
use super::fault::{Edge, Fault};
use super::ghosts::{Entry, Fate, Parameters, Product, outputs};
use super::others::{is_stray, knows};
use super::ports::Sim;
use super::store::{Held, writes};
use super::story::{ACCOUNTS, Config, DEFAULT, address, artifact_of, name_of};
use super::world::{SPREAD, World};

/// Of every request before it leaves: its intent is durable (I5), its token never carried another request (I5), and it
/// names nobody else's product, but one that we were told to adopt by its name (I10).
pub fn request(sim: &Sim, request: &Request) {
    let text = format!("{:?}", request.operation);
    let mut sent = sim.sent.borrow_mut();
    if sent.insert(request.token.clone(), text.clone()).is_some_and(|before| before != text) {
        sim.breaks("I5", format!("token {} carries two requests", request.token));
    }
    if !sim.intended.borrow().contains(&request.token) {
        sim.breaks("I5", format!("token {} is sent without an intent", request.token));
    }
    if let Operation::Update { id, .. } | Operation::Terminate { id, .. } = &request.operation {
        let world = sim.world.borrow();
        let imports = sim.others.imports.borrow();
        let is_imported = |product: &Product| imports.iter().any(|key| name_of(key) == product.name);
        if world.products.get(id).is_some_and(|one| one.token.is_none() && !is_imported(one)) {
            sim.breaks("I10", format!("{id} is somebody else's"));
        }
    }
}

/// Before every request: what is under way leaves room for it (I15).
pub fn room(sim: &Sim, request: &Request) {
    // what another run has intended is taken up beside what still runs
    let copies = |fault: Fault| {
        fault.moves_the_world() || matches!(fault, Fault::Late | Fault::Duplicate | Fault::Raced)
    };
    if sim.fired.borrow().iter().any(|(_, fault)| copies(*fault)) {
        return;
    }
    let world = sim.world.borrow();
    let other = |token: &Option<Token>| token.is_some() && token.as_ref() != Some(&request.token);
    let busy = world.ghosts.iter().filter(|entry| !entry.over && other(&entry.token)).count();
    if busy >= sim.schedule.parallelism {
        sim.breaks("I15", format!("{busy} are under way, and one more is sent"));
    }
}

/// Of every commit: the versions (I7), the phases (I5), the order (I8).
pub fn commit(held: &Held<'_>, groups: &[Group], answers: &[Written]) {
    let (sim, before, after) = (held.sim, &held.before, held.disk.recorded());
    let open = |row: &Row| row.intent.as_ref().map(|intent| intent.token.clone());
    *sim.intended.borrow_mut() = after.rows.values().filter_map(open).collect();
    let lineage = &after.lineage;
    let began =
        sim.intended.borrow().iter().map(|token| (token.clone(), lineage.clone())).collect::<Vec<_>>();
    sim.others.lineages.borrow_mut().extend(began);
    let written =
        groups.iter().zip(answers).filter_map(|(group, answer)| Some((group, answer.as_ref().ok()?)));
    for (group, versions) in written {
        rises(sim, group, versions);
        for (address, change) in writes(std::slice::from_ref(group)) {
            changed(held, address, change, before.get(address));
        }
    }
}

/// A write makes the next version of the very row that it was made from (I7).
fn rises(sim: &Sim, group: &Group, versions: &[Version]) {
    for (write, version) in group.writes.iter().zip(versions) {
        let next = write.from.map_or(1, |from| from.n + 1);
        if version.n != next || write.from.is_some_and(|from| from.birth != version.birth) {
            sim.breaks("I7", format!("{}: {version:?} was made from {:?}", write.address, write.from));
        }
    }
}

fn changed(held: &Held<'_>, address: &Address, change: &Change, row: Option<&Row>) {
    let (sim, after) = (held.sim, held.disk.recorded());
    let births = after.births();
    match change {
        Change::Accepted { .. } => {
            let intended =
                row.and_then(|row| row.intent.as_ref()).map(|intent| intent.phase == Phase::Intended);
            if intended != Some(true) {
                sim.breaks("I5", format!("{address} is accepted twice, or was not intended"));
            }
        }
        Change::Begin { intent, after: needs, .. } => {
            if row.is_some_and(|row| intent.op_no <= row.op_no) {
                sim.breaks("I5", format!("{address}: the operation number does not rise"));
            }
            follows(sim, after.rows.get(address), intent);
            if row.is_some_and(|row| is_repair(row, intent)) {
                sim.repairs.borrow_mut().insert(intent.token.clone());
            }
            match intent.kind {
                Kind::Provision | Kind::Update => {
                    needs.iter().filter_map(|birth| births.get(birth)).for_each(|input| {
                        let settled = |row: &&Row| row.intent.is_none() && row.applied.is_some();
                        if after.rows.get(*input).filter(settled).is_none() {
                            sim.breaks("I8", format!("{address} begins before {input} is settled"));
                        }
                    })
                }
                Kind::Terminate | Kind::Retain => alone(held, address.key.as_str()),
            }
        }
        _ => {}
    }
}

/// What cannot be proven is marked, and made sure by an update that changes nothing.
fn is_repair(row: &Row, intent: &Intent) -> bool {
    let marked = row.applied.as_ref().filter(|applied| !applied.unverified.is_empty());
    let Some((applied, content)) = marked.zip(intent.content.as_ref()) else { return false };
    let (there, wanted) = (&applied.content.target, &content.target);
    intent.kind == Kind::Update
        && there.artifact.id == wanted.artifact.id
        && there.options.preferences == wanted.options.preferences
        && applied.content.parameters == content.parameters
}

/// An intent says after which record it comes: looking for it later depends on that (I5).
fn follows(sim: &Sim, row: Option<&Row>, intent: &Intent) {
    let moved = |fault: Fault| {
        fault.moves_the_world() || matches!(fault, Fault::Stale | Fault::Late | Fault::Duplicate)
    };
    if intent.kind == Kind::Provision || sim.fired.borrow().iter().any(|(_, fault)| moved(*fault)) {
        return;
    }
    let world = sim.world.borrow();
    let id = row.and_then(|row| row.binding.as_ref()).map(|binding| &binding.id);
    let last = id.and_then(|id| world.products.get(id)).map(|product| &product.last);
    if last != intent.base_record.as_ref() {
        sim.breaks(
            "I5",
            format!(
                "{:?} is said to come after {:?}, and comes after {last:?}",
                intent.kind, intent.base_record
            ),
        );
    }
}

/// What is terminated for good has no dependents any more; what is replaced keeps them.
fn alone(held: &Held<'_>, key: &str) {
    if held.config.contains_key(key) {
        return;
    }
    let birth = held.disk.recorded().birth(&address(key));
    for (other, row) in &held.disk.recorded().rows {
        let needs = match held.config.get(other.key.as_str()) {
            Some(declared) => declared.needs().any(|need| need == key),
            None => birth.is_some_and(|birth| row.after.contains(&birth)),
        };
        if needs && (row.binding.is_some() || row.intent.is_some()) && other.key.as_str() != key {
            held.sim.breaks("I8", format!("{key} is terminated before {other}"));
        }
    }
}

/// At the end of every process, however it ended: what is durable against what is there.
pub fn state(sim: &Sim, recorded: &Recorded) {
    let world = sim.world.borrow();
    // what another state knows, or this one when it was not put back yet, is no orphan of a process
    let is_alone = !sim.fired.borrow().iter().any(|(_, fault)| fault.has_other_states());
    for product in world.products.values().filter(|product| product.alive && is_alone) {
        if product.token.is_some() && is_stray(recorded, product) {
            sim.breaks("I2", format!("{} ({}) is nobody's", product.id, product.name));
        }
    }
    for (address, row) in &recorded.rows {
        let settled = row.applied.as_ref().filter(|_| row.intent.is_none());
        if let Some(why) = settled.and_then(|applied| fiction(&world, row, applied)) {
            sim.breaks("I3", format!("{address}: {why}"));
        }
        if let Some(why) = settled.and_then(|applied| unmarked(&world, applied)) {
            sim.breaks("I3", format!("{address}: {why}"));
        }
    }
    let mut accepted: BTreeMap<&Token, usize> = BTreeMap::new();
    // where a token is not honoured any more, whose update it was is proven by the same once more, which does no harm
    let is_proof = |entry: &&Entry| entry.kind == RecordKind::Update;
    for entry in world.ghosts.iter().filter(|entry| !is_proof(entry)) {
        entry.token.iter().for_each(|token| *accepted.entry(token).or_default() += 1);
    }
    // without tokens, a copy is a request like any other; and what others have ended is made again
    let again = |fault: Fault| match fault {
        Fault::Duplicate => world.window == 0,
        Fault::Supplanted | Fault::ForeignTerminate => true,
        fault => fault.has_other_states(),
    };
    let copies = sim.fired.borrow().iter().any(|(_, fault)| again(*fault));
    for (token, times) in accepted {
        if times > 1 && !copies {
            sim.breaks("I1", format!("token {token} was accepted {times} times"));
        }
    }
}

/// Somebody else's record that counts as ours is marked as not proven, wherever that comes from.
fn unmarked(world: &World, applied: &Applied) -> Option<String> {
    let entry = world.ghost(&applied.record).filter(|entry| entry.token.is_none())?;
    applied.unverified.is_empty().then(|| format!("{} is somebody else's, and nothing says so", entry.id))
}

/// Why what counts as applied is not what was made.
fn fiction(world: &World, row: &Row, applied: &Applied) -> Option<String> {
    let Some(entry) = world.ghost(&applied.record) else {
        return Some(format!("{} never was", applied.record));
    };
    if !entry.over || entry.fate != Fate::Succeeds {
        return Some(format!("{} has not succeeded", entry.id));
    }
    if row.binding.as_ref().map(|binding| &binding.id) != Some(&entry.product) {
        return Some(format!("{} was on {}", entry.id, entry.product));
    }
    // what was taken as it was found says so, and what is told by kind and time alone
    if !applied.unverified.is_empty() {
        return None;
    }
    if entry.artifact != applied.content.target.artifact.id {
        return Some(format!(
            "{} made {}, not {}",
            entry.id, entry.artifact, applied.content.target.artifact.id
        ));
    }
    let mut stored: Parameters = applied.content.parameters.iter().filter_map(written).collect();
    let accounts =
        applied.content.target.options.preferences.as_ref().map(|preferences| preferences.accounts.join(","));
    let all = || ACCOUNTS.join(",");
    stored.insert(SPREAD.to_owned(), accounts.filter(|text| !text.is_empty()).unwrap_or_else(all));
    let mut made = entry.parameters.clone();
    made.entry(SPREAD.to_owned()).or_insert_with(all);
    made.entry("From0".to_owned()).or_insert_with(|| DEFAULT.to_owned());
    (stored != made).then(|| format!("{} made {made:?}, the state says {stored:?}", entry.id))
}

fn written((key, value): (&String, &Stored)) -> Option<(String, String)> {
    match value {
        Stored::Text(text) => Some((key.clone(), text.clone())),
        Stored::Digest(_) | Stored::Unknown => None,
    }
}

/// After exit 0: nothing is open.
pub fn closed(sim: &Sim, recorded: &Recorded) {
    if let Some((address, _)) = recorded.rows.iter().find(|(_, row)| row.intent.is_some()) {
        sim.breaks("I13", format!("exit 0, and {address} is under way"));
    }
}

/// At the end of every apply: what the report says against what is there and what is durable (I16), also where the state
/// could no longer be written. `accepted` is how many operations there were when it began.
pub fn told(sim: &Sim, report: &Report, recorded: &Recorded, accepted: usize) {
    let world = sim.world.borrow();
    if report.unwritten.as_ref().is_some_and(|why| !why.starts_with("writing the store")) {
        sim.breaks("I5", format!("{:?}", report.unwritten));
    }
    for ended in &report.ended {
        let row = recorded.rows.get(&ended.address);
        let holds = match (&ended.outcome, ended.act) {
            (Outcome::Done, Act::Provision | Act::Update) => row.is_some_and(|row| row.applied.is_some()),
            (Outcome::Done, Act::Terminate) => ended.replacing || row.is_none(),
            (Outcome::InFlight(record), _) => world.ghost(record).is_some(),
            (Outcome::PutOff(Failure::Record { record, .. }), _) => {
                world.ghost(record).is_some_and(|entry| entry.fate == Fate::Busy)
            }
            (Outcome::Failed(Failure::Record { record, .. }), _) => {
                world.ghost(record).is_some_and(|entry| entry.fate != Fate::Busy)
            }
            _ => true,
        };
        if !holds {
            sim.breaks("I16", format!("{} is said to be {:?}", ended.label, ended.outcome));
        }
    }
    let begun = |outcome: &Outcome| {
        !matches!(
            outcome,
            Outcome::NotStarted | Outcome::Blocked(_) | Outcome::Refused(_) | Outcome::Unchanged
        )
    };
    let is_ours = |ghost: &&Entry| ghost.token.as_ref().is_some_and(|token| knows(recorded, token));
    for ghost in world.ghosts.iter().skip(accepted).filter(is_ours) {
        let about = report.ended.iter().filter(|ended| name_of(ended.address.key.as_str()) == ghost.name);
        if !about.clone().any(|ended| begun(&ended.outcome)) {
            let said: Vec<_> = about.map(|ended| &ended.outcome).collect();
            sim.breaks("I16", format!("{} was begun on {}, said is {said:?}", ghost.id, ghost.name));
        }
    }
    let full = |(_, fault): &&(usize, Fault)| matches!(fault, Fault::Full | Fault::FullAfter);
    let (edges, fired) = (sim.edges.borrow(), sim.fired.borrow());
    let since = fired.iter().filter(full).map(|(step, _)| *step).find(|step| *step >= sim.run_began.get());
    if since.is_some_and(|since| edges[since..].contains(&Edge::Submit)) {
        sim.breaks("I16", "something was sent after the state could not be written");
    }
}

/// Whether the world stood still but for us, so that a new plan must be empty. At rest, the next run shows it anyway.
pub fn may_be_judged(sim: &Sim) -> bool {
    let moved = |fault: Fault| fault.moves_the_world() || fault == Fault::Duplicate;
    !sim.calm.get() && !sim.fired.borrow().iter().any(|(_, fault)| moved(*fault))
}

/// After exit 0: a new plan has nothing.
pub fn honest(sim: &Sim, again: Result<(Plan, Known), String>) {
    match again {
        Ok((plan, _)) if plan.steps.is_empty() => {}
        Ok((plan, _)) => {
            let steps = plan
                .steps
                .iter()
                .map(|step| format!("{} {:?} {:?}; ", step.address, step.act(), step.reasons));
            sim.breaks("I13", format!("exit 0, and the plan is {}", steps.collect::<String>()));
        }
        Err(why) => sim.breaks("I13", format!("exit 0, and planning fails: {why}")),
    }
}

/// At the very end: the world is what is declared, and nothing else of ours is there.
pub fn world(sim: &Sim, recorded: &Recorded, config: &Config) {
    let world = sim.world.borrow();
    let mut alive = exits::alive(&world);
    alive.retain(|_, product| !is_stray(recorded, product) || product.token.is_some());
    if alive.len() != config.len() || recorded.rows.len() != config.len() {
        let rows: Vec<_> = recorded.rows.keys().collect();
        sim.breaks("I9", format!("there are {:?}, the state has {rows:?}", alive.keys()));
    }
    for why in config.keys().filter_map(|key| difference(&alive, config, key)) {
        sim.breaks("I9", why);
    }
}

/// In what a product is not as it is declared.
pub fn difference(alive: &BTreeMap<&str, &Product>, config: &Config, key: &str) -> Option<String> {
    let declared = &config[key];
    let Some(product) = alive.get(name_of(key).as_str()) else {
        return Some(format!("{key} is not there"));
    };
    let from = declared.from.and_then(|(of, output)| {
        let input = alive.get(name_of(of).as_str())?;
        outputs(&input.id, &input.parameters).remove(output)
    });
    let mut wanted = Parameters::from([("Size".to_owned(), declared.size.to_string())]);
    wanted.insert(SPREAD.to_owned(), declared.accounts().join(","));
    wanted.extend(from.map(|from| ("From0".to_owned(), from)));
    let right = product.parameters == wanted
        && product.artifact.as_str() == artifact_of(declared.version)
        && product.status == Status::Available;
    let found = (&product.parameters, &product.artifact, &product.status);
    (!right).then(|| format!("{key} is {found:?}, wanted {wanted:?}"))
}
