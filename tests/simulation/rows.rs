//! Rows that a crash left, and what the next runs make of them: the product is gone, the request never arrived, the
//! record has disappeared, nobody wants it any more. Each ends, and leaves neither a row nor a product too many.

use provisor::model::ids::{Lineage, ProvisionedId};
use provisor::model::secret::DigestKey;
use provisor::state::{Change, Group, Kind, Phase, Recorded, Row, Store};

use super::check;
use super::drive::{Ended, run};
use super::fault::{Edge, Fault, Schedule};
use super::ghosts::Fate;
use super::memory_store::MemoryStore;
use super::ports::Sim;
use super::story::{self, Config, address};
use super::world::SECOND;

/// A life that is told run by run.
struct Life {
    sim: Sim,
    disk: MemoryStore,
}

fn config(keys: &[&'static str]) -> Config {
    let first = story::all().swap_remove(5).configs.swap_remove(0);
    let mut config: Config = first.into_iter().filter(|(key, _)| keys.contains(key)).collect();
    config.values_mut().for_each(|declared| (declared.from, declared.after) = (None, None));
    config
}

impl Life {
    /// One `a`, declared; its first run dies at the `nth` edge of this kind.
    fn dies(nth: usize, edge: Edge, fault: Fault) -> Self {
        let clean = Self::with(Schedule::clean());
        let Life { sim, mut disk } = clean;
        let _ = run(&sim, &mut disk, &config(&["a"]));
        let edges = sim.edges.borrow();
        let step = edges.iter().enumerate().filter(|(_, e)| **e == edge).nth(nth).expect("such an edge").0;
        let mut life = Self::with(Schedule { faults: [(step, fault)].into(), ..Schedule::clean() });
        assert_eq!(life.run(&["a"]), Err("crashed".to_owned()));
        life
    }

    fn with(schedule: Schedule) -> Self {
        let sim = Sim::new(&schedule, None, true);
        let empty = Recorded::empty(Lineage::new("simulated"));
        let disk = MemoryStore::new(empty, DigestKey::new([7; 32]), None).expect("an empty state is valid");
        Self { sim, disk }
    }

    fn run(&mut self, keys: &[&'static str]) -> Ended {
        let ended = run(&self.sim, &mut self.disk, &config(keys));
        check::state(&self.sim, self.disk.recorded());
        let lines = self.sim.lines.borrow().join("\n");
        assert!(self.sim.broken.borrow().is_empty(), "{:?}\n{lines}", self.sim.broken.borrow());
        self.sim.advance(600 * SECOND);
        ended
    }

    /// Runs until it is in sync, three times at most; how many requests that took.
    fn settles(&mut self, keys: &[&'static str]) -> usize {
        let before = self.sim.mutations.get();
        let ends: Vec<Ended> = (0..3).map(|_| self.run(keys)).collect();
        let lines = self.sim.lines.borrow().join("\n");
        assert_eq!(ends[2], Ok(()), "{ends:?}\n{lines}");
        assert_eq!(self.disk.recorded().rows.len(), keys.len(), "{lines}");
        assert_eq!(self.alive().len(), keys.len(), "{lines}");
        self.sim.mutations.get() - before
    }

    fn row(&self) -> &Row {
        &self.disk.recorded().rows[&address("a")]
    }

    fn phase(&self) -> (Kind, bool) {
        let intent = self.row().intent.as_ref().expect("an intent");
        (intent.kind, intent.phase != Phase::Intended)
    }

    fn alive(&self) -> Vec<ProvisionedId> {
        let world = self.sim.world.borrow();
        world.products.values().filter(|product| product.alive).map(|product| product.id.clone()).collect()
    }

    /// Somebody else ends everything there is.
    fn taken_away(&self) {
        self.sim.advance(600 * SECOND);
        for id in self.alive() {
            self.sim.fired.borrow_mut().push((0, Fault::ForeignTerminate));
            self.sim.world.borrow_mut().terminate(&id, None, Fate::Succeeds);
        }
        self.sim.advance(600 * SECOND);
    }

    fn forget_records(&self) {
        let mut world = self.sim.world.borrow_mut();
        world.ghosts.iter_mut().for_each(|entry| entry.vanished = true);
    }
}

#[test]
fn a_request_that_never_arrived_is_sent_again_or_dropped() {
    let died = || Life::dies(0, Edge::Submit, Fault::CrashBefore);
    let mut life = died();
    assert_eq!((life.phase(), &life.row().binding), ((Kind::Provision, false), &None));
    assert_eq!(life.settles(&["a"]), 1, "the same request, once");
    let mut life = died();
    assert_eq!(life.settles(&[]), 0, "nobody wants it any more");
}

#[test]
fn a_request_whose_product_is_gone_leaves_no_row_behind() {
    let died = || Life::dies(0, Edge::Submit, Fault::CrashAfter);
    let mut life = died();
    assert_eq!((life.phase(), &life.row().binding), ((Kind::Provision, false), &None));
    life.taken_away();
    assert_eq!(life.settles(&["a"]), 1, "made again");
    let mut life = died();
    life.taken_away();
    assert_eq!(life.settles(&[]), 0, "there is nothing to terminate");
    // and if it is still there, it is found by its token, and terminated as planned
    let mut life = died();
    assert_eq!(life.settles(&[]), 1);
}

#[test]
fn an_accepted_operation_whose_record_and_product_are_gone_is_planned_again() {
    let died = || Life::dies(0, Edge::Wait, Fault::CrashBefore);
    let mut life = died();
    assert_eq!(life.phase(), (Kind::Provision, true));
    life.taken_away();
    life.forget_records();
    assert_eq!(life.settles(&["a"]), 1);
    let mut life = died();
    life.taken_away();
    life.forget_records();
    assert_eq!(life.settles(&[]), 0);
}

/// A termination that got an error for an answer is looked for a minute after the product was made: what a reader that
/// lags does not show is not gone.
#[test]
fn an_absence_that_may_be_old_is_none() {
    let made = || {
        let mut life = Life::with(Schedule::clean());
        assert_eq!(run(&life.sim, &mut life.disk, &config(&["a"])), Ok(()));
        let from = life.sim.edges.borrow().len();
        (life, from)
    };
    let (mut clean, from) = made();
    assert_eq!(clean.run(&[]), Ok(()));
    let edges = clean.sim.edges.borrow().clone();
    let sent =
        edges.iter().enumerate().skip(from).find(|(_, edge)| **edge == Edge::Submit).expect("a request").0;
    let (mut life, _) = made();
    life.sim.schedule.faults = [(sent, Fault::Broken), (sent + 1, Fault::Stale)].into();
    assert_eq!(life.run(&[]), Ok(()));
    assert_eq!(life.sim.fired.borrow().len(), 2);
    assert!(life.disk.recorded().rows.is_empty() && life.alive().is_empty(), "{:?}", life.alive());
}

/// A creation of ours that failed, known by its token only: it is terminated before it is made again, or because nobody
/// wants it. Whatever becomes of that termination, its settling ends.
#[test]
fn the_termination_of_an_unbound_product_is_settled() {
    assert_eq!(unbound().settles(&["a"]), 2, "terminated, and provisioned");
    assert_eq!(unbound().settles(&[]), 1, "terminated, not forgotten");
    let deaths = [
        (Edge::Submit, Fault::CrashBefore),
        (Edge::Submit, Fault::CrashAfter),
        (Edge::Wait, Fault::CrashBefore),
    ];
    for ((edge, death), forgotten, gone, keys) in deaths.into_iter().flat_map(|death| {
        let fates = [(false, false), (true, false), (false, true), (true, true)];
        fates.into_iter().flat_map(move |(f, g)| [(death, f, g, &["a"][..]), (death, f, g, &[])])
    }) {
        let mut life = unbound();
        life.sim.schedule.faults.insert(next(edge), death);
        assert_eq!(life.run(&["a"]), Err("crashed".to_owned()));
        assert_eq!(life.phase().0, Kind::Terminate);
        assert!(life.row().binding.is_some(), "whoever takes it up knows what it is about");
        if gone {
            life.taken_away();
        }
        if forgotten {
            life.forget_records();
        }
        life.settles(keys);
    }
}

/// The row remembers a token, and the product that it made is in ERROR.
fn unbound() -> Life {
    let mut life = Life::dies(0, Edge::Submit, Fault::CrashBefore);
    let row = life.row().clone();
    let token = row.intent.expect("an intent").token;
    let abandoned = Group::of(life.disk.recorded(), &address("a"), vec![Change::Abandoned]);
    life.disk.commit(&[abandoned]).expect("a valid change");
    let made = (Some(token), Fate::Fails);
    life.sim.world.borrow_mut().create(&story::name_of("a"), "pa-1".into(), Default::default(), made);
    life.sim.advance(600 * SECOND);
    life
}

/// The step at which a run of that row comes to such an edge first.
fn next(edge: Edge) -> usize {
    let mut life = unbound();
    let from = life.sim.edges.borrow().len();
    let _ = life.run(&["a"]);
    let edges = life.sim.edges.borrow();
    edges.iter().enumerate().skip(from).find(|(_, e)| **e == edge).expect("such an edge").0
}

/// One call that is not permitted says nothing of the others; credentials that have expired say all.
#[test]
fn what_is_not_permitted_ends_its_step_and_expired_credentials_end_the_run() {
    let life = || Life::with(Schedule { parallelism: 1, ..Schedule::clean() });
    let mut clean = life();
    assert_eq!(clean.run(&["a", "b"]), Ok(()));
    let first = clean.sim.edges.borrow().iter().position(|edge| *edge == Edge::Submit).expect("a request");
    for (fault, made) in [(Fault::NotAllowed, 1), (Fault::Denied, 0)] {
        let mut life = life();
        life.sim.schedule.faults.insert(first, fault);
        let ended = life.run(&["a", "b"]).expect_err("one at least is not made");
        assert!(ended.contains("Failed") != ended.contains("NotStarted"), "{fault:?}: {ended}");
        assert_eq!(life.alive().len(), made, "{fault:?}: {ended}");
    }
}
