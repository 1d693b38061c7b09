//! `provisor prove`: kills this program again and again beside somebody else who uses the same catalog, and judges from outside whether
//! anything was lost, doubled or untrue.

mod dice;
mod facts;
mod house;
mod judge;
mod others;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use self::dice::Dice;
use self::facts::{Records, claims};
use self::house::{EndedApply, House, WantedBox};
use self::judge::{BothSides, Shortfalls, ShownContent, is_reached, judge, unfinished};
use self::others::Others;
use super::args::ProveArgs;
use super::edge::Edge;
use super::exit::Exit;
use super::signals::Signals;
use crate::apply::Wake;
use crate::report::view::ProofView;
use crate::report::{human, json};
use crate::workspace::{Problem, ProblemKind};

/// An apply is given no more time than this.
const LONGEST_LIFE: Duration = Duration::from_millis(2500);
/// It is given no less than up to this.
const SHORTEST_LIFE: Duration = Duration::from_millis(120);
/// How long it takes at most to notice that an apply has come to its end.
const GLANCE: Duration = Duration::from_millis(20);
/// How many applies may be needed to settle what was left: of the operations, one in ten fails.
const SETTLING: usize = 12;

pub fn run(args: &ProveArgs, edge: &Edge) -> Result<Exit, Problem> {
    let seed = match args.seed {
        Some(seed) => seed,
        None => u32::try_from(edge.random()?.draw() >> 96).unwrap_or_default(),
    };
    let mut course = Course::begin(args, seed)?;
    edge.err(&format!(
        "Killing applies of {} products for {} s, seed {seed} ...\n",
        args.products, args.seconds
    ));
    course.kill_for(Duration::from_secs(args.seconds.into()))?;
    course.settle()?;
    let view = course.view();
    edge.out(&if args.json { json::proof(&view) } else { human::proof(&view, edge.out_style) })?;
    Ok(if view.holds() {
        Exit::Done
    } else if view.interrupted && view.is_clean() {
        Exit::Pending
    } else {
        Exit::Failed
    })
}

/// How far it is.
struct Course {
    house: House,
    signals: Signals,
    dice: Dice,
    others: Others,
    wanted: BTreeMap<String, WantedBox>,
    records: Records,
    /// With which token each record was asked for, by the sandbox's log.
    tokens: BTreeMap<String, String>,
    /// How long an apply lives at most, before it is killed: less after one that came to its end, more after one that did not.
    life: Duration,
    found: Shortfalls,
    /// Tokens of operations that a death left open.
    left_open: BTreeSet<String>,
    told: ProofView,
}

impl Course {
    fn begin(args: &ProveArgs, seed: u32) -> Result<Self, Problem> {
        let wanted = (0..args.products).map(|n| (format!("box-{n:04}"), WantedBox::default())).collect();
        // from here on, a signal ends this by the way that takes everything away
        let signals = Signals::listen();
        Ok(Self {
            house: House::build()?,
            signals,
            dice: Dice::new(seed),
            others: Others::default(),
            wanted,
            records: Records::default(),
            tokens: BTreeMap::new(),
            life: LONGEST_LIFE,
            found: Shortfalls::default(),
            left_open: BTreeSet::new(),
            told: ProofView { seed, products: args.products, seconds: args.seconds, ..ProofView::default() },
        })
    }

    /// Edits, applies and kills, beside somebody else.
    fn kill_for(&mut self, time: Duration) -> Result<(), Problem> {
        let names: Vec<String> = self.wanted.keys().cloned().collect();
        let began = Instant::now();
        while began.elapsed() < time && !self.told.interrupted {
            self.edit(&names);
            self.house.declare(&self.wanted)?;
            let ended = self.live_and_die(&names)?;
            self.look(&ended)?;
        }
        Ok(())
    }

    /// A moment; a signal is the last thing that is heard.
    fn rest(&mut self, time: Duration) {
        self.told.interrupted |= self.signals.wait(time) == Wake::Stop;
    }

    fn edit(&mut self, names: &[String]) {
        let most = 1 + names.len() / 10;
        for _ in 0..self.dice.below(most + 1) {
            let what = self.dice.below(6);
            let key = names.get(self.dice.below(names.len()));
            let Some(one) = key.and_then(|key| self.wanted.get_mut(key)) else { continue };
            match what {
                0 | 1 => one.is_out = !one.is_out,
                2 => one.is_second = !one.is_second,
                _ => one.edits += 1,
            }
        }
    }

    /// One apply, until it ends or dies.
    fn live_and_die(&mut self, names: &[String]) -> Result<EndedApply, Problem> {
        let mut apply = self.house.apply()?;
        let (life, began) = (self.dice.up_to(self.life), Instant::now());
        self.told.applies += 1;
        while began.elapsed() < life && !self.told.interrupted {
            let moment = self.dice.up_to(Duration::from_millis(80));
            self.rest(moment);
            if apply.has_ended() {
                break;
            }
            self.others.act(&self.house.wire, &mut self.dice, names);
        }
        let (ended, lived) = (apply.kill()?, began.elapsed());
        if ended.was_killed() {
            self.told.kills += 1;
            self.life = self.life.mul_f64(1.1).min(LONGEST_LIFE);
        } else {
            self.life = lived.mul_f64(0.8).max(SHORTEST_LIFE);
        }
        Ok(ended)
    }

    /// Holds the state against the catalog, while nobody applies.
    fn look(&mut self, ended: &EndedApply) -> Result<BothSides, Problem> {
        self.count();
        let pulled = self.house.run(&["state", "pull"])?;
        let state = serde_json::from_slice(&pulled.stdout).unwrap_or_default();
        let Some(claims) = claims(&state) else {
            let said = String::from_utf8_lossy(&pulled.stderr);
            return Err(Problem::new(ProblemKind::State, format!("the state cannot be read: {said}")));
        };
        let seen = self.records.seen(&self.house.wire, claims);
        let seen = seen.ok_or_else(|| Problem::input("the sandbox does not answer"))?;
        if ended.was_killed() {
            self.left_open.extend(seen.claims.iter().filter_map(|claim| claim.open.clone()));
        }
        let found = judge(&seen, &self.others.deeds, &self.tokens);
        self.found.untrue.extend(self.unseen(&found.given_up)?);
        self.found.add(found);
        if ended.is_done() {
            self.found.untrue.extend(unfinished(&self.declared(), &seen.claims));
        }
        self.told.stuck.extend(ended.stuck());
        self.told.looks += 1;
        // what was asked here was not asked by an apply
        let _ = self.house.wire.calls();
        Ok(seen)
    }

    /// What was given up in doubt, and the next plan does not see.
    fn unseen(&self, given_up: &BTreeMap<String, String>) -> Result<Vec<String>, Problem> {
        if given_up.is_empty() {
            return Ok(Vec::new());
        }
        let plan = self.house.run(&["plan", "--json"])?;
        let plan: serde_json::Value = serde_json::from_slice(&plan.stdout).unwrap_or_default();
        let steps = plan["steps"].as_array().into_iter().flatten();
        let planned: BTreeSet<&str> = steps.filter_map(|step| step["key"].as_str()).collect();
        let unseen = given_up.iter().filter(|(_, key)| !planned.contains(key.as_str()));
        Ok(unseen.map(|(record, key)| format!("`{key}`: {record} is ours, and no plan sees it")).collect())
    }

    /// What is declared, by key.
    fn declared(&self) -> BTreeMap<String, ShownContent> {
        self.wanted.iter().filter_map(|(key, one)| Some((key.clone(), one.content()?))).collect()
    }

    fn count(&mut self) {
        let calls = self.house.wire.calls();
        let is_change = |call: &&serde_json::Value| {
            let sends = ["ProvisionProduct", "UpdateProvisionedProduct", "TerminateProvisionedProduct"];
            call["operation"].as_str().is_some_and(|operation| sends.contains(&operation))
        };
        let asked = |call: &serde_json::Value| {
            Some((call["record_id"].as_str()?.to_owned(), call["token"].as_str()?.to_owned()))
        };
        self.tokens.extend(calls.iter().filter_map(asked));
        self.others.note(&calls);
        let ours: Vec<_> = calls.iter().filter(|call| !Others::is_theirs(call)).collect();
        self.told.calls += ours.len();
        self.told.changing_calls += ours.iter().copied().filter(is_change).count();
    }

    /// Applies in peace until nothing is left to be done, and judges for the last time.
    fn settle(&mut self) -> Result<(), Problem> {
        for _ in 0..SETTLING {
            let there = self.house.wire.products().unwrap_or_default();
            self.others.leave(&self.house.wire, &there);
            let mut apply = self.house.apply()?;
            self.told.applies += 1;
            while !apply.has_ended() && !self.told.interrupted {
                self.rest(GLANCE);
            }
            let ended = apply.kill()?;
            let seen = self.look(&ended)?;
            if self.told.interrupted {
                return Ok(());
            }
            let plan = self.house.run(&["plan", "--detailed-exitcode"])?;
            let is_empty = plan.status.code() == Some(Exit::Done as i32);
            if is_empty && is_reached(&self.declared(), &seen) {
                self.told.is_settled = true;
                return Ok(());
            }
        }
        Ok(())
    }

    fn view(mut self) -> ProofView {
        let listed = |found: BTreeSet<String>| found.into_iter().collect();
        let Shortfalls { lost, doubled, untrue, given_up } = std::mem::take(&mut self.found);
        ProofView {
            takeovers: self.left_open.len(),
            given_up: given_up.len(),
            deeds: self.others.deeds.records.len(),
            lost: listed(lost),
            doubled: listed(doubled),
            untrue: listed(untrue),
            ..self.told
        }
    }
}
