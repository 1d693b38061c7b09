//! What a front end does with a repo, without one: a wish is planned and applied, in memory and on an embedded sandbox,
//! again and again in one process, as a loop would.

mod embedded;
mod memory;
mod problems;
mod throttled;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use provisor::apply::{Outcome, Wake};
use provisor::files::Checkout;
use provisor::model::random::Random;
use provisor::workspace::{Adapters, Finished, GivenValues, Problem, Repo, Watcher, Wish, Workspace};

/// No two runs draw the same.
fn random() -> Random {
    static SEEDS: AtomicU64 = AtomicU64::new(1);
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&SEEDS.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    Random::new(seed)
}

/// One round of a loop: everything is read again, planned, and applied. What was done, an address and its ending each.
fn round(root: &Path, adapters: &dyn Adapters, wish: &Wish) -> Result<Vec<String>, Problem> {
    let workspace = open(root, adapters)?;
    let mut held = workspace.repo.store()?;
    let prepared = workspace.plan(wish, held.store.recorded(), held.store.key())?;
    let began = Instant::now();
    let clock = || began.elapsed();
    let mut wait = |time: Duration| {
        std::thread::sleep(time);
        Wake::Tick
    };
    let watch = Watcher { clock: &clock, random: random(), wait: &mut wait, sink: &mut |_| {} };
    Ok(told(&prepared.apply(&mut *held.store, watch)?))
}

fn open<'a>(root: &Path, adapters: &'a dyn Adapters) -> Result<Workspace<'a>, Problem> {
    Workspace::open(Repo::read(Checkout::new(root), &GivenValues::default(), adapters)?)
}

fn told(finished: &Finished) -> Vec<String> {
    assert!(finished.not_backed_up.is_none(), "{:?}", finished.not_backed_up);
    let ended = finished.report.ended.iter();
    ended
        .map(|ended| {
            let outcome = match &ended.outcome {
                Outcome::Done => "done".to_owned(),
                other => format!("{other:?}"),
            };
            format!("{} {outcome}", ended.label)
        })
        .collect()
}
