//! Who else is at work: people, who know nothing of us; and other states of the same repo, which know as much as we did.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use provisor::catalog::Status;
use provisor::model::ids::{Lineage, ProvisionedId, Token};
use provisor::model::secret::DigestKey;
use provisor::state::{Recorded, Store};

use super::drive;
use super::fault::{Fault, Schedule};
use super::ghosts::{Fate, Parameters, Product};
use super::memory_store::MemoryStore;
use super::ports::Sim;
use super::story::{Config, name_of};
use super::world::SPREAD;

/// What becomes of a state that is not what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    PutBack,
    Lost,
}

/// What other states start from, and what they leave behind.
#[derive(Default)]
pub struct Others {
    /// The state as it was when each run began, and what was declared then.
    pub past: RefCell<Vec<(Recorded, Config)>>,
    /// What becomes of the state when this process is dead.
    pub loss: Cell<Option<Loss>>,
    /// The declarations that are to adopt what exists under their names: somebody has read what was refused.
    pub imports: RefCell<BTreeSet<&'static str>>,
    /// Which state began an operation with a token.
    pub lineages: RefCell<BTreeMap<Token, Lineage>>,
}

impl Sim {
    /// Notes what a process begins with.
    pub fn begins(&self, recorded: &Recorded, config: &Config) {
        let intents = recorded.rows.values().filter_map(|row| row.intent.as_ref());
        *self.intended.borrow_mut() = intents.map(|intent| intent.token.clone()).collect();
        if !self.schedule.faults.is_empty() || !self.schedule.picks.is_empty() {
            self.others.past.borrow_mut().push((recorded.clone(), config.clone()));
        }
    }

    /// Somebody else was here first.
    pub fn interfere(&self, fault: Option<Fault>, subject: Option<&ProvisionedId>) {
        match fault {
            Some(Fault::Twin) => self.twin(),
            Some(Fault::PutBack) => self.loses(Loss::PutBack),
            Some(Fault::Lost) => self.loses(Loss::Lost),
            Some(Fault::Squat | Fault::ForeignImport) => self.squat(fault == Some(Fault::ForeignImport)),
            Some(fault) => self.meddle(fault, subject),
            None => {}
        }
    }

    fn loses(&self, loss: Loss) -> ! {
        self.others.loss.set(Some(loss));
        self.world.borrow_mut().forked = true;
        self.crash()
    }

    /// Another copy of the state applies the same, undisturbed.
    fn twin(&self) {
        let Some((recorded, config)) = self.others.past.borrow().last().cloned() else { return };
        self.world.borrow_mut().forked = true;
        let schedule = Schedule { faults: [].into(), picks: [].into(), ..self.schedule.clone() };
        let theirs = Sim::new(&schedule, None, self.verbose);
        theirs.calm.set(true);
        theirs.runs.set(1_000_000 + self.edges.borrow().len() as u64);
        theirs.world.swap(&self.world);
        let mut disk = MemoryStore::new(recorded, DigestKey::new([7; 32]), None).expect("a valid state");
        let ended = drive::run(&theirs, &mut disk, &config);
        theirs.world.swap(&self.world);
        self.others.lineages.borrow_mut().extend(theirs.others.lineages.take());
        self.lines.borrow_mut().extend(theirs.lines.take().into_iter().map(|line| format!("    | {line}")));
        self.note(|| format!("    | {ended:?}"));
    }

    /// Takes the first name of ours that is free.
    fn squat(&self, imports: bool) {
        let past = self.others.past.borrow();
        let Some((_, config)) = past.last() else { return };
        let mut world = self.world.borrow_mut();
        let Some(name) = config.keys().map(|key| name_of(key)).find(|name| world.is_free(name)) else {
            return;
        };
        match imports {
            true => world.import(&name),
            false => drop(world.create(&name, "pa-1".into(), Parameters::new(), (None, Fate::Succeeds))),
        }
    }

    /// Changes or ends a product of ours: the one that this is about, else any.
    fn meddle(&self, fault: Fault, subject: Option<&ProvisionedId>) {
        let mut world = self.world.borrow_mut();
        let stable = |id: &&ProvisionedId| {
            let product = world.products.get(*id);
            product.is_some_and(|p| p.alive && p.token.is_some() && p.status != Status::UnderChange)
        };
        let Some(id) = subject.into_iter().chain(world.products.keys()).find(stable).cloned() else { return };
        let product = &world.products[&id];
        let (there, artifact) = (product.parameters.clone(), product.artifact.clone());
        match fault {
            Fault::ForeignUpdate if product.status != Status::Error => {
                let spread = there.get_key_value(SPREAD).map(|(key, value)| (key.clone(), value.clone()));
                let theirs = ("Size".to_owned(), "theirs".to_owned());
                let parameters = Parameters::from_iter(spread.into_iter().chain([theirs]));
                world.update(&id, artifact, parameters, (None, Fate::Succeeds));
            }
            Fault::ForeignTag if product.status != Status::Error => {
                world.update(&id, artifact, there, (None, Fate::Succeeds));
            }
            Fault::ForeignTerminate => drop(world.terminate(&id, None, Fate::Succeeds)),
            _ => {}
        }
    }

    /// What stands on the disk after a process is dead.
    pub fn left(&self, disk: MemoryStore) -> MemoryStore {
        let past = self.others.past.borrow();
        let recorded = match self.others.loss.take() {
            None => return disk,
            Some(Loss::PutBack) => {
                past.iter().rev().nth(1).or(past.last()).map(|(recorded, _)| recorded.clone())
            }
            Some(Loss::Lost) => Some(Recorded::empty(Lineage::new(format!("simulated-{}", past.len())))),
        };
        self.note(|| "-- the state is not what it was".to_owned());
        let recorded = recorded.unwrap_or_else(|| disk.recorded().clone());
        MemoryStore::new(recorded, disk.key().clone(), None).expect("it was valid before")
    }

    /// Somebody looks at what was refused and at what nobody knows: what is declared is adopted, and all else goes.
    pub fn clear_up(&self, recorded: &Recorded, config: &Config) {
        let mut world = self.world.borrow_mut();
        let strays: Vec<Product> =
            world.products.values().filter(|one| one.alive && is_unseen(recorded, one)).cloned().collect();
        for product in &strays {
            let key = config.keys().find(|key| name_of(key) == product.name);
            let good = product.last_successful.as_ref().and_then(|record| world.ghost(record));
            let is_sound = product.token.is_some() && good.is_some_and(|entry| !entry.vanished);
            match key.filter(|_| is_sound) {
                Some(key) => drop(self.others.imports.borrow_mut().insert(key)),
                None if product.status != Status::UnderChange => {
                    world.terminate(&product.id, None, Fate::Succeeds);
                }
                None => {}
            }
        }
        if !strays.is_empty() {
            let by = world.runs_for + super::world::SECOND;
            world.advance(by);
        }
    }
}

/// Whether a state knows nothing of a product.
pub fn is_stray(recorded: &Recorded, product: &Product) -> bool {
    let is_known = product.token.as_ref().is_some_and(|token| knows(recorded, token));
    !is_known && !is_bound(recorded, product)
}

/// Whether nothing that a product shows is known to a state.
fn is_unseen(recorded: &Recorded, product: &Product) -> bool {
    let is_known = product.shown_token.as_ref().is_some_and(|token| knows(recorded, token));
    !is_known && !is_bound(recorded, product)
}

fn is_bound(recorded: &Recorded, product: &Product) -> bool {
    let mut bound = recorded.rows.values().filter_map(|row| row.binding.as_ref());
    bound.any(|bound| bound.id == product.id)
}

/// Whether a state knows a token, even if only as one from before.
pub fn knows(recorded: &Recorded, token: &Token) -> bool {
    let rows = recorded.rows.values();
    let mut known = rows.flat_map(|row| row.tokens.iter().map(|(_, known)| known).chain(&row.earlier));
    known.any(|known| known == token)
        || recorded.tombstones.values().any(|stone| stone.tokens.contains(token))
}
