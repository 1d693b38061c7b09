//! The store's side of the bridge: every commit is an edge, and is checked as it becomes durable.

use std::collections::BTreeMap;
use std::io;

use provisor::model::ids::Address;
use provisor::model::value::DigestKey;
use provisor::state::{Change, Entry, MemoryStore, Recorded, Row, StateError, Store};

use super::check;
use super::fault::{Edge, Fault};
use super::mutants::Mutant;
use super::ports::Sim;
use super::story::Config;
use super::world::SECOND;

/// One process's hold on the state.
pub struct Held<'s> {
    pub sim: &'s Sim,
    pub disk: &'s mut MemoryStore,
    pub config: &'s Config,
    /// The serial before the last commit, and the rows it touched.
    pub before: (u64, BTreeMap<Address, Row>),
    failed: bool,
    lazy: Vec<Entry>,
    /// What a store that lies about its commits claims to hold.
    claimed: Option<Recorded>,
}

impl<'s> Held<'s> {
    pub fn new(sim: &'s Sim, disk: &'s mut MemoryStore, config: &'s Config) -> Self {
        let lies = matches!(sim.mutant, Some(Mutant::LazyIntents | Mutant::FullIsFine));
        let claimed = lies.then(|| disk.recorded().clone());
        Self { sim, disk, config, before: (0, BTreeMap::new()), failed: false, lazy: Vec::new(), claimed }
    }

    fn full(&mut self) -> Result<u64, StateError> {
        self.failed = true;
        let source = io::Error::from(io::ErrorKind::StorageFull);
        Err(StateError::Io { doing: "writing the store".to_owned(), source })
    }

    fn write(&mut self, changes: &[Entry]) -> Result<u64, StateError> {
        let recorded = self.disk.recorded();
        let touched = changes
            .iter()
            .filter_map(|(address, _)| Some((address.clone(), recorded.rows.get(address)?.clone())));
        self.before = (recorded.serial, touched.collect());
        self.sim.commits.set(self.sim.commits.get() + 1);
        let is_intent = |(_, change): &Entry| matches!(change, Change::Begin { .. });
        if self.sim.mutant == Some(Mutant::LazyIntents) {
            self.lazy.extend_from_slice(changes);
            if changes.iter().any(is_intent) {
                return Ok(self.before.0 + 1);
            }
            return self.disk.commit(&std::mem::take(&mut self.lazy));
        }
        let serial = self.disk.commit(changes)?;
        check::commit(self, changes);
        Ok(serial)
    }
}

impl Store for Held<'_> {
    fn load(&self) -> Result<Recorded, StateError> {
        self.disk.load()
    }

    fn commit(&mut self, changes: &[Entry]) -> Result<u64, StateError> {
        let serial = self.try_commit(changes)?;
        if let Some(claimed) = &mut self.claimed {
            claimed.apply(changes)?;
        }
        Ok(serial)
    }

    fn recorded(&self) -> &Recorded {
        self.claimed.as_ref().unwrap_or_else(|| self.disk.recorded())
    }

    fn key(&self) -> &DigestKey {
        self.disk.key()
    }
}

impl Held<'_> {
    fn try_commit(&mut self, changes: &[Entry]) -> Result<u64, StateError> {
        if self.failed {
            return self.full();
        }
        let fault = self.sim.edge(Edge::Commit);
        self.sim.note(|| {
            changes
                .iter()
                .map(|(address, change)| format!("      {} {}", address.key, word(change)))
                .collect()
        });
        self.sim.advance(if fault == Some(Fault::Pause) { 7200 * SECOND } else { 10 });
        if fault == Some(Fault::Full) {
            return match self.sim.mutant {
                Some(Mutant::FullIsFine) => Ok(self.disk.recorded().serial + 1),
                _ => self.full(),
            };
        }
        let serial = self.write(changes)?;
        match fault {
            Some(Fault::CrashAfter) => self.sim.crash(),
            Some(Fault::FullAfter) => self.full(),
            _ => Ok(serial),
        }
    }
}

fn word(change: &Change) -> String {
    match change {
        Change::Begin { intent, .. } => {
            format!("Begin {:?} op {} token {:.8}", intent.kind, intent.op_no, intent.token)
        }
        Change::Accepted { record, provisioned } => format!("Accepted {record} on {provisioned}"),
        Change::Settled(settlement) => format!("Settled {settlement:?}"),
        change => format!("{change:?}"),
    }
}
