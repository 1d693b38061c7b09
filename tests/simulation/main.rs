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
//! With `cargo test` a sample is lived; `tests/simulation/run` lives all that CI does, and `tests/simulation/run million` more
//! (`figures.rs`). A failure prints a line that plays it again, told step by step:
//! `PROVISOR_SIM_REPRO='life gap=1 … 12:LoseRequest' cargo test --test simulation repro -- --ignored --nocapture`.
//! `PROVISOR_SIM_SHOWN` raises how many are printed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod check;
#[path = "../workspace/common.rs"]
mod common;
mod dice;
mod drive;
mod exits;
mod fault;
mod figures;
mod ghosts;
#[path = "../memory_store.rs"]
mod memory_store;
mod mutants;
mod others;
mod pairs;
mod ports;
mod rows;
mod singles;
mod store;
mod story;
mod tally;
mod words;
mod workspace;
mod world;

use dice::Dice;
use drive::simulate;
use fault::{Fault, GAPS, Schedule, parse};
use figures::figures;
use story::Story;
use tally::{Reference, crowd};
use world::SECOND;

const EIGHT_HOURS: i64 = 8 * 3600 * SECOND;

#[test]
fn random_lives() {
    let seeds: Vec<u64> = (0..figures().seeds).collect();
    let tally = crowd("L4", &seeds, |seed, tally| {
        let (story, schedule) = random(*seed);
        tally.live(&story, &schedule, None, &Reference::unknown());
    });
    tally.report(seeds.len());
}

#[test]
fn random_lives_with_invisible_products() {
    let seeds: Vec<u64> = (0..figures().hidden_seeds).collect();
    let tally = crowd("L6 at random", &seeds, |seed, tally| {
        let (story, schedule) = random(*seed);
        let schedule = Schedule { sight: seed + 1, ..schedule };
        tally.live(&story, &schedule, None, &Reference::unknown());
    });
    tally.report(seeds.len());
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

/// The story and the schedule of a line that a failure printed.
fn played(text: &str) -> (Story, Schedule) {
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    match name.strip_prefix("seed:") {
        Some(seed) if rest.is_empty() => random(seed.parse().expect("a seed")),
        Some(seed) => (random(seed.parse().expect("a seed")).0, parse(rest)),
        None => (story::all().into_iter().find(|story| story.name == name).expect("a story"), parse(rest)),
    }
}

/// What has broken an invariant before.
const ONCE_BROKEN: &[&str] = &[
    // the request was made again with tags where it had none
    "life gap=1 window=28800 28:Fog 30:CrashBefore",
    // it was remade with the accounts that come after it
    "spread gap=1 28:CrashAfter",
    // what lay beneath it was not asked for, as the product was gone
    "seed:8455 gap=144000 window=28800 runs=5 moves=1 parallelism=1 4:Lost 23:Lost 53:Squat 57:PutBack 81:ForeignImport 109:CrashAfter 132:ForeignUpdate 150:ForeignTerminate",
    // it was settled before what it was to come after was there
    "seed:3856 gap=144000 window=28800 runs=200 hasty=1 parallelism=1 32:Stop",
];

#[test]
fn what_once_broke_holds() {
    for text in ONCE_BROKEN {
        let (story, schedule) = played(text);
        let trace = simulate(&story, &schedule, None, false);
        assert!(trace.broken.is_empty(), "{text}: {:?}", trace.broken);
        let clean = Reference::of(&simulate(
            &story,
            &Schedule { faults: [].into(), ..schedule.clone() },
            None,
            false,
        ));
        assert_eq!(clean.needless(&trace, &schedule), None, "{text}");
    }
}

#[test]
#[ignore = "plays what PROVISOR_SIM_REPRO says"]
fn repro() {
    let text = std::env::var("PROVISOR_SIM_REPRO").expect("PROVISOR_SIM_REPRO");
    let (story, schedule) = played(&text);
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
