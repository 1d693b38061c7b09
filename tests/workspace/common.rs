//! What is done with a repo in every test of the workspace: a pair of dice, an open repo, what was done in it.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use provisor::apply::Outcome;
use provisor::files::Checkout;
use provisor::model::random::Random;
use provisor::workspace::{Adapters, Finished, GivenValues, Problem, Repo, Workspace};

/// No two runs draw the same.
pub fn random() -> Random {
    static SEEDS: AtomicU64 = AtomicU64::new(1);
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&SEEDS.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    Random::new(seed)
}

pub fn open<'a>(root: &Path, adapters: &'a dyn Adapters) -> Result<Workspace<'a>, Problem> {
    Workspace::open(Repo::read(Checkout::new(root), &GivenValues::default(), adapters)?)
}

/// What was done, an address and its ending each.
pub fn told(finished: &Finished) -> Vec<String> {
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
