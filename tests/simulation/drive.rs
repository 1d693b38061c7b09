//! One simulated life: each version of the declarations applied until it holds, through every death on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use provisor::apply::{Job, Limits, Outcome, Ports, Report, apply};
use provisor::catalog::{Catalog, CatalogRead};
use provisor::model::access::AccessLevel;
use provisor::model::ids::{Lineage, Token};
use provisor::model::kinds::RecordKind;
use provisor::model::random::Random;
use provisor::model::secret::{DigestKey, Secrets};
use provisor::model::template::Known;
use provisor::observe::{Scope, observe};
use provisor::plan::{Act, LateChecks, Plan, PlanInput, Policy, known, plan};
use provisor::state::{Recorded, Store};

use super::check;
use super::exits;
use super::fault::{Edge, Fault, Schedule};
use super::memory_store::MemoryStore;
use super::mutants::Mutant;
use super::ports::{Crash, Sim};
use super::store::Held;
use super::story::{self, Config, Story};
use super::world::SECOND;

/// So many runs are enough for every version of the declarations.
const RUNS: usize = 40;

/// What a life left behind.
pub struct Trace {
    pub edges: Vec<Edge>,
    pub fired: Vec<(usize, Fault)>,
    pub broken: Vec<String>,
    pub lines: Vec<String>,
    /// Operations of ours that were accepted, by name and kind; those that only make sure what cannot be proven are left out.
    pub accepted: Vec<(String, RecordKind)>,
    /// Runs that did not end well: only then it matters how long it took to start the next one.
    pub bad: usize,
}

/// How a run ended: exit 0, or why not.
pub type Ended = Result<(), String>;

/// Lives one life.
pub fn simulate(story: &Story, schedule: &Schedule, mutant: Option<Mutant>, verbose: bool) -> Trace {
    let sim = Sim::new(schedule, mutant, verbose);
    sim.world.borrow_mut().failing = story.failing.clone();
    let key = DigestKey::new([7; 32]);
    let empty = Recorded::empty(Lineage::new("simulated"));
    let mut disk = MemoryStore::new(empty, key.clone(), None).expect("an empty state is valid");
    let mut ix = 0;
    let (mut runs, mut bad) = (0, 0);
    while ix < story.configs.len() && sim.broken.borrow().is_empty() {
        let struck = sim.fired.borrow().len();
        let before = (mutant == Some(Mutant::RolledBack)).then(|| disk.recorded().clone());
        // what an end user does not get in sync is looked at with the rights of the account
        let level =
            if schedule.sight == 0 || runs % 4 == 3 { AccessLevel::Account } else { AccessLevel::User };
        sim.level.set(level);
        let ended = run(&sim, &mut disk, &story.configs[ix]);
        let is_lost = sim.others.loss.get().is_some();
        disk = sim.left(disk);
        sim.note(|| format!("== version {ix}: {ended:?}"));
        check::state(&sim, disk.recorded());
        let good = ended.is_ok();
        // patience begins when faults end
        runs = if sim.fired.borrow().len() > struck { 0 } else { runs + 1 };
        if good || schedule.hasty && ix + 1 < story.configs.len() {
            ix += 1;
            runs = 0;
        }
        if !good {
            bad += 1;
            if let Some(before) = before {
                disk = MemoryStore::new(before, key.clone(), None).expect("it was valid before");
            }
            // people grow patient
            sim.advance(schedule.gap << (2 * runs).min(12));
            // of what is lost, nobody knows before a plan has told
            if !is_lost {
                sim.clear_up(disk.recorded(), &story.configs[ix.min(story.configs.len() - 1)]);
            }
        }
        if runs > RUNS {
            sim.breaks("I11", format!("not in sync after {RUNS} runs: {ended:?}"));
        }
    }
    if sim.broken.borrow().is_empty() {
        rest(&sim, &mut disk, story);
    }
    left_behind(&sim, bad)
}

fn left_behind(sim: &Sim, bad: usize) -> Trace {
    let world = sim.world.borrow();
    // where a token is not honoured any more, whose update it was is proven by the same once more
    let mut updated = BTreeSet::new();
    let repairs = sim.repairs.borrow();
    let is_planned = |token: &Token| !repairs.contains(token);
    let ours = world.ghosts.iter().filter(|entry| entry.token.as_ref().is_some_and(is_planned));
    let ours = ours.filter(|entry| entry.kind != RecordKind::Update || updated.insert(&entry.token));
    Trace {
        accepted: ours.map(|entry| (entry.name.clone(), entry.kind.clone())).collect(),
        bad,
        edges: sim.edges.take(),
        fired: sim.fired.take(),
        broken: sim.broken.take(),
        lines: sim.lines.take(),
    }
}

/// When nothing strikes any more and all that was late has arrived: in sync, and then still.
fn rest(sim: &Sim, disk: &mut MemoryStore, story: &Story) {
    let Some(config) = story.configs.last() else { return };
    sim.calm.set(true);
    sim.level.set(AccessLevel::Account);
    // whatever is under way comes to its end, so that somebody can clear up
    sim.advance(400 * SECOND + 2 * sim.schedule.runs_for);
    if sim.fired.borrow().iter().any(|(_, fault)| fault.has_other_states()) {
        sim.clear_up(disk.recorded(), config);
    }
    let mut in_sync = false;
    for tries in 0..=RUNS {
        let before = (sim.mutations.get(), sim.commits.get());
        let ended = run(sim, disk, config);
        let still = (sim.mutations.get(), sim.commits.get()) == before;
        sim.note(|| format!("== at rest: {ended:?}"));
        check::state(sim, disk.recorded());
        let good = ended.is_ok();
        if good && still || !sim.broken.borrow().is_empty() {
            break;
        }
        if in_sync {
            return sim.breaks("I9", format!("an apply after a good one is not still: {ended:?}"));
        }
        if tries == RUNS {
            return sim.breaks("I11", format!("not in sync at rest: {ended:?}"));
        }
        in_sync = good;
        sim.advance(sim.schedule.gap.max(60 * SECOND) << tries);
        sim.clear_up(disk.recorded(), config);
    }
    check::world(sim, disk.recorded(), config);
}

/// One process.
pub fn run(sim: &Sim, disk: &mut MemoryStore, config: &Config) -> Ended {
    sim.run_began.set(sim.edges.borrow().len());
    sim.down.set(None);
    sim.begins(disk.recorded(), config);
    let died = catch_unwind(AssertUnwindSafe(|| {
        let mut held = Held::new(sim, disk, config);
        process(sim, &mut held, config)
    }));
    match died {
        Ok(ended) => ended,
        Err(payload) if payload.is::<Crash>() => Err("crashed".to_owned()),
        Err(payload) => {
            let text = payload.downcast_ref::<String>().cloned();
            let text = text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            sim.breaks("panic", text.unwrap_or_default());
            Err("crashed".to_owned())
        }
    }
}

fn process(sim: &Sim, held: &mut Held<'_>, config: &Config) -> Ended {
    let recorded = held.recorded().clone();
    let key = held.key().clone();
    let began = sim.world.borrow().now;
    let (plan, known) = planned(sim, &recorded, &key, config)?;
    exits::noticed(sim, &recorded, &plan);
    sim.note(|| {
        plan.steps
            .iter()
            .map(|step| format!("      {} {:?} {:?};", step.address.key, step.act(), step.reasons))
            .collect()
    });
    if !plan.is_empty() && !plan.does_something() {
        return Err(format!(
            "all refused: {:?}",
            plan.steps.iter().map(|step| &step.action).collect::<Vec<_>>()
        ));
    }
    let Schedule { parallelism, no_wait, .. } = sim.schedule;
    let limits = Limits { parallelism, products: Default::default(), no_wait };
    let start = sim.world.borrow().now;
    let clock = || Duration::from_millis(u64::try_from(sim.world.borrow().now - start).unwrap_or(0));
    let mut wait = |time: Duration| sim.wait(time);
    let mut emit = |event: &provisor::apply::event::Event<'_>| sim.note(|| format!("      {}", brief(event)));
    let catalog: &dyn Catalog = sim;
    let mut random = draws(sim, &recorded);
    sim.runs.set(sim.runs.get() + 1);
    let mut ports =
        Ports { catalog, store: held, random: &mut random, clock: &clock, wait: &mut wait, emit: &mut emit };
    let accepted = sim.world.borrow().ghosts.len();
    let (checks, secrets) = (LateChecks::default(), Secrets::default());
    let job = Job { plan: &plan, known, checks: &checks, secrets, limits, lost: BTreeMap::new() };
    let report = apply(job, &mut ports);
    check::told(sim, &report, held.disk.recorded(), accepted);
    if !is_good(&report) {
        let unwritten = report.unwritten.iter().map(|why| format!("unwritten {why}; "));
        return Err(unwritten
            .chain(report.ended.iter().map(|ended| format!("{} {:?}; ", ended.label, ended.outcome)))
            .collect());
    }
    if report.ended.iter().any(|ended| ended.act == Act::Adopt) {
        return Err("adopted as it is: the next plan tells the rest".to_owned());
    }
    check::closed(sim, held.disk.recorded());
    exits::kept(sim, held.disk.recorded(), config, began);
    if check::may_be_judged(sim) {
        sim.calm.set(true);
        let again = planned(sim, held.disk.recorded(), &key, config);
        sim.calm.set(false);
        check::honest(sim, again);
    }
    Ok(())
}

/// No two processes draw the same, but those of a machine that is put back.
fn draws(sim: &Sim, recorded: &Recorded) -> Random {
    let mut seed = [0; 32];
    let draws = match sim.schedule.same_draws {
        true => {
            let rows = recorded.rows.values().map(|row| row.version.n);
            rows.chain(recorded.tombstones.values().map(|stone| stone.version.n)).sum()
        }
        false => sim.edges.borrow().len() as u64 * 31 + sim.runs.get(),
    };
    seed[..8].copy_from_slice(&draws.to_be_bytes());
    Random::new(seed)
}

fn brief(event: &provisor::apply::event::Event<'_>) -> String {
    let mut text = format!("{event:?}");
    text.truncate(text.char_indices().nth(300).map_or(text.len(), |(at, _)| at));
    text
}

/// What `Exit::of` calls done.
fn is_good(report: &Report) -> bool {
    let good = |outcome: &Outcome| outcome.is_good();
    report.ended.iter().all(|ended| good(&ended.outcome))
        && !report.interrupted
        && report.denied.is_none()
        && report.unwritten.is_none()
}

fn planned(
    sim: &Sim,
    recorded: &Recorded,
    key: &DigestKey,
    config: &Config,
) -> Result<(Plan, Known), String> {
    let desired = story::desired(config, &sim.others.imports.borrow());
    let selected: BTreeSet<_> = desired.products.keys().chain(recorded.rows.keys()).cloned().collect();
    let locations = story::locations();
    let scope = Scope {
        desired: &desired,
        recorded,
        locations: &locations,
        selected: &selected,
        refresh: true,
        deep: &BTreeSet::new(),
    };
    let catalog: &dyn CatalogRead = sim;
    let observed = observe(scope, catalog).map_err(|errors| format!("{errors:?}"))?;
    // what was taken on trust is made sure, as its remark says
    let trusted = recorded.rows.iter().filter(|(address, row)| {
        let is_open = row.applied.as_ref().is_some_and(|applied| !applied.unverified.is_empty());
        is_open && desired.products.contains_key(*address)
    });
    let reapply = trusted.map(|(address, _)| address.clone()).collect();
    let policy = Policy { selected: selected.clone(), reapply, ..Policy::default() };
    let input = PlanInput { desired: &desired, recorded, observed: &observed, policy: &policy, key };
    let plan = plan(&input).map_err(|found| format!("{found:?}"))?;
    let known = known(&input, &plan);
    Ok((plan, known))
}
