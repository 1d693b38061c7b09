//! Counts lives, and keeps what is needed to play a failed one again.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use provisor::model::kinds::RecordKind;

use super::drive::{Trace, simulate};
use super::fault::{Fault, Schedule};
use super::mutants::Mutant;
use super::story::Story;

/// What a life without faults had accepted: no fault that leaves the world alone may change it (I4).
pub struct Reference(Option<BTreeMap<(String, RecordKind), usize>>);

impl Reference {
    pub fn of(clean: &Trace) -> Self {
        assert!(clean.broken.is_empty(), "without a fault: {:?}", clean.broken);
        Self(Some(counted(clean)))
    }

    /// For lives that nobody lived without faults.
    pub fn unknown() -> Self {
        Self(None)
    }

    /// What was accepted that was not planned.
    pub fn needless(&self, trace: &Trace, schedule: &Schedule) -> Option<String> {
        let wanted = self.0.as_ref()?;
        let copies = |fault: Fault| fault == Fault::Duplicate && schedule.window == 0;
        if schedule.hasty || trace.fired.iter().any(|(_, fault)| fault.moves_the_world() || copies(*fault)) {
            return None;
        }
        let found = counted(trace);
        (found != *wanted).then(|| format!("I4: accepted {found:?}, planned {wanted:?}"))
    }
}

fn counted(trace: &Trace) -> BTreeMap<(String, RecordKind), usize> {
    trace.accepted.iter().fold(BTreeMap::new(), |mut counts, entry| {
        *counts.entry(entry.clone()).or_default() += 1;
        counts
    })
}

pub struct Tally {
    level: &'static str,
    began: Instant,
    lives: usize,
    edges: usize,
    fired: usize,
    failures: Vec<String>,
    first: Option<(Story, Schedule)>,
}

impl Tally {
    pub fn new(level: &'static str) -> Self {
        Self { level, began: Instant::now(), lives: 0, edges: 0, fired: 0, failures: Vec::new(), first: None }
    }

    /// Lives one life; says whether all its runs ended well.
    pub fn live(
        &mut self,
        story: &Story,
        schedule: &Schedule,
        mutant: Option<Mutant>,
        reference: &Reference,
    ) -> bool {
        let mut trace = simulate(story, schedule, mutant, false);
        self.lives += 1;
        self.edges += trace.edges.len();
        self.fired += trace.fired.len();
        if trace.broken.is_empty() {
            trace.broken.extend(reference.needless(&trace, schedule));
        }
        if let Some(first) = trace.broken.first() {
            let played = Schedule {
                faults: trace.fired.iter().copied().collect(),
                picks: BTreeMap::new(),
                ..schedule.clone()
            };
            self.first.get_or_insert_with(|| (story.clone(), played.clone()));
            self.failures.push(format!("{first}\n    PROVISOR_SIM_REPRO='{} {played}'", story.name));
        }
        trace.bad == 0
    }

    /// Counts in what somebody else has counted.
    pub fn add(&mut self, other: Self) {
        let Self { level: _, began, lives, edges, fired, failures, first } = other;
        self.began = self.began.min(began);
        self.lives += lives;
        self.edges += edges;
        self.fired += fired;
        self.failures.extend(failures);
        self.first = self.first.take().or(first);
    }

    pub fn failed(&self) -> bool {
        !self.failures.is_empty()
    }

    /// What the first life was like that broke an invariant.
    pub fn first_failed(&self) -> Option<&Schedule> {
        self.first.as_ref().map(|(_, schedule)| schedule)
    }

    /// What was broken first, and in which life.
    pub fn first_failure(&self) -> String {
        self.failures
            .first()
            .map(|told| told.split_whitespace().collect::<Vec<_>>().join(" "))
            .unwrap_or_default()
    }

    pub fn summary(&self) -> String {
        let Self { lives, edges, fired, began, .. } = self;
        format!("{lives} lives, {edges} steps, {fired} faults in {:.1?}", began.elapsed())
    }

    /// Prints the figures; fails if an invariant was broken, or fewer than `least` lives were lived.
    pub fn report(&self, least: usize) {
        println!("{}: {}, {} broken", self.level, self.summary(), self.failures.len());
        let mut kinds: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
        for failure in &self.failures {
            kinds.entry(failure.split(':').next().unwrap_or_default()).or_default().push(failure);
        }
        let shown: usize =
            std::env::var("PROVISOR_SIM_SHOWN").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
        for (kind, failures) in kinds {
            println!("  {} x {kind}", failures.len());
            failures.iter().take(shown).for_each(|failure| println!("  {failure}"));
        }
        if let Some((story, schedule)) = &self.first {
            let trace = simulate(story, schedule, None, true);
            println!("the first one, step by step:\n{}", trace.lines.join("\n"));
        }
        assert!(self.failures.is_empty(), "{} lives broke an invariant", self.failures.len());
        assert!(
            self.lives >= least && self.fired * 10 >= self.lives * 9,
            "{}: too little was tried",
            self.level
        );
    }
}

/// Has `live` live each of these on all cores, in any order, and counts together.
pub fn crowd<J: Sync>(level: &'static str, jobs: &[J], live: impl Fn(&J, &mut Tally) + Sync) -> Tally {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut tally = Tally::new(level);
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            live(job, &mut tally);
        }
        tally
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut tally = Tally::new(level);
        for worker in workers {
            tally.add(worker.join().unwrap_or_else(|died| resume_unwind(died)));
        }
        tally
    })
}
