//! The apply protocol by simulation: the real planning and applying code over a world in memory, with every fault that
//! the protocol promises to survive, at every place where the program touches the world.
//!
//! L1: every single fault at every step. L2: pairs of faults. L4: random lives. L5: protocols with a defect, which L1
//! must notice. L6: an end user's rights, under which products are invisible now and then. (L3, two appliers at once, cannot happen: the embedded store is locked for as long as an apply lives,
//! and that lock is tested with the store.)
//!
//! Who else is at work strikes at every place: people who update, terminate, tag, create under our name or import, and other
//! states of the same repo: a copy that applies too, this one put back from before, or lost (`others.rs`).
//!
//! A failure prints a line that plays it again, told step by step:
//! `PROVISOR_SIM_REPRO='life gap=1 … 12:LoseRequest' cargo test repro -- --ignored --nocapture`.
//! `PROVISOR_SIM_FULL=1`, `PROVISOR_SIM_PAIRS` and `PROVISOR_SIM_SEEDS` raise what is tried,
//! `PROVISOR_SIM_SHOWN` what is printed.

mod check;
mod dice;
mod drive;
mod exits;
pub mod fault;
mod ghosts;
mod mutants;
mod others;
pub mod ports;
mod rows;
mod store;
mod story;
mod tally;
mod words;
mod world;

use dice::Dice;
use drive::{Trace, simulate};
use fault::{Edge, Fault, GAPS, Schedule, parse};
use mutants::Mutant;
use story::Story;
use tally::{Reference, Tally, from_environment};
use world::SECOND;

const EIGHT_HOURS: i64 = 8 * 3600 * SECOND;

/// Which of all single faults are tried.
struct Pass<'p> {
    gaps: &'p [i64],
    /// Of so many, one; all of them, if everything is asked for.
    every: usize,
    only: fn(Fault) -> bool,
}

impl<'p> Pass<'p> {
    fn of(gaps: &'p [i64]) -> Self {
        Self { gaps, every: 1, only: |_| true }
    }

    fn every(self, every: usize) -> Self {
        Self { every, ..self }
    }

    /// The gaps with which the `n`th fault is tried at a step: the first one, and one of the others; if everything is asked for,
    /// each. Who else is at work does not wait for the next run: there, the first will do.
    fn gaps(&self, step: usize, n: usize, fault: Fault) -> Vec<i64> {
        let full = is_full();
        if !(self.only)(fault) || !full && !(step + n).is_multiple_of(self.every) {
            return Vec::new();
        }
        let another = 1 + (step + n) % self.gaps.len().saturating_sub(1).max(1);
        let is_tried = |gap: usize| gap == 0 || full || gap == another && !fault.is_of_others();
        self.gaps.iter().enumerate().filter(|(gap, _)| is_tried(*gap)).map(|(_, gap)| *gap).collect()
    }
}

/// Every fault at every step of a story.
fn single(story: &Story, base: &Schedule, pass: &Pass<'_>, mutant: Option<Mutant>, tally: &mut Tally) {
    let clean = simulate(story, base, None, false);
    let reference = Reference::of(&clean);
    for (step, edge) in clean.edges.iter().enumerate() {
        for (n, fault) in edge.faults().enumerate() {
            for gap in pass.gaps(step, n, fault) {
                let schedule = Schedule { faults: [(step, fault)].into(), gap, ..base.clone() };
                let well = tally.live(story, &schedule, mutant, &reference);
                if mutant.is_some() && tally.failed() {
                    return;
                }
                if well {
                    break;
                }
            }
        }
    }
}

fn is_full() -> bool {
    from_environment("PROVISOR_SIM_FULL", 0) > 0
}

#[test]
fn every_single_fault() {
    let mut tally = Tally::new("L1");
    let full = is_full();
    for story in story::all() {
        let fails = !story.failing.is_empty();
        let alone = !fails && story.configs.iter().all(|config| config.len() < 2);
        let gaps = match (alone || full, fails) {
            (true, _) => GAPS.to_vec(),
            (false, true) => vec![GAPS[0], GAPS[3]],
            (false, false) => vec![GAPS[0], GAPS[1], GAPS[3]],
        };
        let base = Schedule::clean();
        single(&story, &base, &Pass::of(&gaps), None, &mut tally);
        let hasty = Schedule { hasty: true, ..base.clone() };
        single(&story, &hasty, &Pass::of(&GAPS[1..2]).every(4), None, &mut tally);
        if alone || full {
            let honoured = Schedule { window: EIGHT_HOURS, ..base };
            single(&story, &honoured, &Pass::of(&gaps[..2]).every(3), None, &mut tally);
            let same = Schedule { same_draws: true, ..honoured };
            single(&story, &same, &Pass::of(&gaps[1..2]).every(3), None, &mut tally);
        }
        println!("L1: with `{}`, {}", story.name, tally.summary());
    }
    tally.report(10_000);
}

/// Somebody dies around a request, and hours later, before or while the next run looks, somebody else was there.
fn silence(story: &Story, clean: &Trace, tally: &mut Tally) {
    let sends =
        clean.edges.iter().enumerate().filter(|(_, edge)| **edge == Edge::Submit).map(|(step, _)| step);
    for (step, death) in sends.flat_map(|step| [(step, Fault::CrashBefore), (step, Fault::CrashAfter)]) {
        for (after, theirs) in (1..12).flat_map(|n| [(n, Fault::ForeignUpdate), (n, Fault::ForeignTerminate)])
        {
            let faults = [(step, death), (step + after, theirs)].into();
            let schedule = Schedule { faults, gap: GAPS[3], ..Schedule::clean() };
            tally.live(story, &schedule, None, &Reference::unknown());
        }
    }
}

/// Pairs of faults, drawn evenly from all there are: the second strikes up to so many steps after the first.
struct Pairs {
    stories: Vec<Story>,
    clean: Vec<Trace>,
    /// All firsts: the story, the step, the fault.
    firsts: Vec<(usize, usize, Fault)>,
}

const BEHIND: usize = 40;
/// More than there are faults at any place.
const PICKS: usize = 48;

impl Pairs {
    fn of(stories: Vec<Story>) -> Self {
        let clean: Vec<Trace> =
            stories.iter().map(|story| simulate(story, &Schedule::clean(), None, false)).collect();
        let mut firsts = Vec::new();
        for (ix, trace) in clean.iter().enumerate() {
            for (step, edge) in trace.edges.iter().enumerate() {
                firsts.extend(edge.faults().map(|fault| (ix, step, fault)));
            }
        }
        Self { stories, clean, firsts }
    }

    fn count(&self) -> usize {
        self.firsts.len() * BEHIND * PICKS
    }

    fn live(&self, n: usize, tally: &mut Tally) {
        let (ix, step, fault) = self.firsts[n / (BEHIND * PICKS)];
        let mut dice = Dice::new(n as u64);
        let schedule = Schedule {
            faults: [(step, fault)].into(),
            picks: [(step + 1 + n / PICKS % BEHIND, n % PICKS)].into(),
            gap: dice.pick(&GAPS[..3]),
            window: dice.pick(&[0, EIGHT_HOURS]),
            hasty: dice.one_in(4),
            ..Schedule::clean()
        };
        tally.live(&self.stories[ix], &schedule, None, &Reference::of(&self.clean[ix]));
    }
}

#[test]
fn pairs_of_faults() {
    let mut tally = Tally::new("L2");
    let most = usize::try_from(from_environment("PROVISOR_SIM_PAIRS", 2_000)).unwrap_or(usize::MAX);
    let stories: Vec<Story> = story::all().into_iter().filter(|story| story.is_for_pairs()).collect();
    let pairs = Pairs::of(stories);
    for (story, clean) in pairs.stories.iter().zip(&pairs.clean) {
        silence(story, clean, &mut tally);
    }
    // steps of the golden section: however many are taken, they lie evenly
    let all = pairs.count();
    let step = (all as f64 * 0.618_033_988_75) as usize;
    let step = (step..).find(|step| is_coprime(*step, all)).unwrap_or(1);
    for n in 0..most.min(all) {
        pairs.live(n * step % all, &mut tally);
    }
    tally.report(most.min(all));
    println!("L2: of {all} pairs");
}

fn is_coprime(a: usize, b: usize) -> bool {
    let (mut a, mut b) = (a, b);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}

#[test]
fn random_lives() {
    let mut tally = Tally::new("L4");
    for seed in 0..from_environment("PROVISOR_SIM_SEEDS", 400) {
        let (story, schedule) = random(seed);
        tally.live(&story, &schedule, None, &Reference::unknown());
    }
    tally.report(1);
}

/// An end user's rights, and other products hidden in each run: with every single fault, and in random lives.
#[test]
fn invisible_products() {
    let mut tally = Tally::new("L6");
    for story in &story::all()[..2] {
        for sight in 1..=from_environment("PROVISOR_SIM_SIGHTS", 1) {
            let base = Schedule { sight, ..Schedule::clean() };
            single(story, &base, &Pass::of(&GAPS[3..4]).every(3), None, &mut tally);
        }
    }
    for seed in 0..from_environment("PROVISOR_SIM_SEEDS", 50) {
        let (story, schedule) = random(seed);
        let schedule = Schedule { sight: seed + 1, ..schedule };
        tally.live(&story, &schedule, None, &Reference::unknown());
    }
    tally.report(250);
}

/// The story and the schedule of a seed.
fn random(seed: u64) -> (Story, Schedule) {
    let mut dice = Dice::new(seed);
    let story = Story { name: format!("seed:{seed}"), ..story::random(&mut dice, 6) };
    let mut schedule = Schedule {
        gap: dice.pick(&GAPS),
        window: dice.pick(&[0, EIGHT_HOURS]),
        hasty: dice.one_in(3),
        tokens_move: dice.one_in(4),
        runs_for: dice.pick(&[5, 40, 200, 1500, 5000]) * SECOND,
        parallelism: dice.pick(&[1, 2, 10]),
        no_wait: dice.one_in(6),
        ..Schedule::clean()
    };
    let every = dice.pick(&[6, 15, 50]);
    let mut step = dice.below(every);
    for _ in 0..1 + dice.below(9) {
        schedule.picks.insert(step, dice.below(1 << 16));
        step += 1 + dice.below(2 * every);
    }
    (story, schedule)
}

#[test]
fn mutants_die() {
    die(&mutants::ALL);
}

#[test]
#[ignore = "not seen to end well yet"]
fn open_mutants_die() {
    die(&mutants::OPEN);
}

fn die(mutants: &[Mutant]) {
    for mutant in mutants.iter().copied() {
        let mut tally = Tally::new("L5");
        let base = mutants::schedule(mutant);
        let pass = Pass { only: mutants::faults(mutant), ..Pass::of(&GAPS[..2]) };
        let mut stories = story::all();
        // all are tried until one tells; those that begin with a termination tell of it soonest
        stories.rotate_left(mutants::first(mutant));
        let dead = stories.into_iter().find(|story| {
            single(story, &base, &pass, Some(mutant), &mut tally);
            tally.failed()
        });
        let Some(story) = dead else { panic!("{mutant:?} lives: the simulation would not notice it") };
        // it is the defect that is noticed: without it, the same life is a good one
        let schedule = tally.first_failed().expect("one that failed").clone();
        let sound = simulate(&story, &schedule, None, false);
        assert!(sound.broken.is_empty(), "{mutant:?}: {schedule}: {:?}", sound.broken);
        println!("L5: {mutant:?} dies after {}", tally.summary());
    }
}

#[test]
#[ignore = "plays what PROVISOR_SIM_REPRO says"]
fn repro() {
    let text = std::env::var("PROVISOR_SIM_REPRO").expect("PROVISOR_SIM_REPRO");
    let (name, rest) = text.split_once(' ').unwrap_or((&text, ""));
    let (story, schedule) = match name.strip_prefix("seed:") {
        Some(seed) if rest.is_empty() => random(seed.parse().expect("a seed")),
        Some(seed) => (random(seed.parse().expect("a seed")).0, parse(rest)),
        None => (story::all().into_iter().find(|story| story.name == name).expect("a story"), parse(rest)),
    };
    for (version, config) in story.configs.iter().enumerate() {
        println!("version {version}: {config:?}");
    }
    let trace = simulate(&story, &schedule, None, true);
    println!("{}\n{schedule}\n{:?}", trace.lines.join("\n"), trace.broken);
    assert!(trace.broken.is_empty());
}

#[test]
fn schedules_are_read_as_they_are_written() {
    let (_, mut schedule) = random(3);
    schedule.picks.clear();
    schedule.faults.insert(7, Fault::Squat);
    assert_eq!(parse(&schedule.to_string()), schedule);
}
