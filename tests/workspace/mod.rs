//! What a front end does with a repo, without one: a wish is planned and applied on an embedded sandbox, again and again in one
//! process, as a loop would. In memory, over a simulated catalog, the simulation does the same.

mod common;
mod embedded;
mod problems;
mod throttled;

use std::path::Path;
use std::time::{Duration, Instant};

use common::{open, random, told};
use provisor::apply::Wake;
use provisor::workspace::{Adapters, Problem, Watcher, Wish};

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
