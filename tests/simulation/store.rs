//! The store's side of the bridge: every commit is an edge, and is checked as it becomes durable. As with a shared store,
//! a process knows what stood after its own last commit or conflict; what others write meanwhile it learns by a conflict.

use std::collections::BTreeMap;
use std::io;

use provisor::model::ids::Address;
use provisor::model::secret::DigestKey;
use provisor::state::{Change, Group, Recorded, Row, StateError, Store, Written};

use super::check;
use super::fault::{Edge, Fault};
use super::memory_store::MemoryStore;
use super::mutants::Mutant;
use super::ports::Sim;
use super::story::Config;
use super::world::SECOND;

/// One process's hold on the state.
pub struct Held<'s> {
    pub sim: &'s Sim,
    pub disk: &'s mut MemoryStore,
    pub config: &'s Config,
    /// The rows that the last commit touched, as they were before it.
    pub before: BTreeMap<Address, Row>,
    /// What this process knows of the disk.
    view: Recorded,
    failed: bool,
    lazy: Vec<Group>,
}

impl<'s> Held<'s> {
    pub fn new(sim: &'s Sim, disk: &'s mut MemoryStore, config: &'s Config) -> Self {
        let view = disk.recorded().clone();
        Self { sim, disk, config, before: BTreeMap::new(), view, failed: false, lazy: Vec::new() }
    }

    fn full(&mut self) -> Result<Vec<Written>, StateError> {
        self.failed = true;
        let source = io::Error::from(io::ErrorKind::StorageFull);
        Err(StateError::Io { doing: "writing the store".to_owned(), source })
    }

    /// As if it were written: nothing of it is durable.
    fn pretend(&mut self, groups: &[Group]) -> Result<Vec<Written>, StateError> {
        Ok(self.view.commit(groups, None)?.answers)
    }

    fn write(&mut self, groups: &[Group]) -> Result<Vec<Written>, StateError> {
        let recorded = self.disk.recorded();
        let touched = writes(groups)
            .filter_map(|(address, _)| Some((address.clone(), recorded.rows.get(address)?.clone())));
        self.before = touched.collect();
        self.sim.commits.set(self.sim.commits.get() + 1);
        let is_intent = |(_, change): (&Address, &Change)| matches!(change, Change::Begin { .. });
        if self.sim.mutant == Some(Mutant::LazyIntents) {
            self.lazy.extend_from_slice(groups);
            let answers = self.pretend(groups);
            if !writes(groups).any(is_intent) {
                for group in std::mem::take(&mut self.lazy) {
                    self.disk.commit(&[group])?;
                }
            }
            return answers;
        }
        let answers = match self.sim.mutant {
            Some(Mutant::BlindCommits) => self.disk.commit(&as_they_stand(groups, self.disk.recorded()))?,
            _ => self.disk.commit(groups)?,
        };
        self.learn(groups, &answers);
        check::commit(self, groups, &answers);
        Ok(answers)
    }

    /// Takes over what its own writes and conflicts tell.
    fn learn(&mut self, groups: &[Group], answers: &[Written]) {
        let written = groups.iter().zip(answers).filter(|(_, answer)| answer.is_ok());
        let written = written.flat_map(|(group, _)| group.writes.iter().map(|write| &write.address));
        let moved = answers.iter().filter_map(|answer| answer.as_ref().err()).map(|moved| &moved.address);
        let disk = self.disk.recorded();
        for address in written.chain(moved) {
            copy(&mut self.view.rows, &disk.rows, address);
            copy(&mut self.view.tombstones, &disk.tombstones, address);
        }
    }

    /// Another run writes first: a row that is about to be written, or one that it is computed from.
    fn interfere(&mut self, fault: Fault, groups: &[Group]) {
        let Some(group) = groups.first() else { return };
        let write = &group.writes[0];
        let theirs = match fault {
            Fault::Raced => {
                let mut write = write.clone();
                write.from = self.disk.recorded().version(&write.address);
                for change in &mut write.changes {
                    if let Change::Begin { birth, intent, .. } = change {
                        birth.0 ^= 1;
                        intent.token = format!("raced-{}", self.sim.commits.get()).into();
                    }
                }
                let begins = |change: &Change| matches!(change, Change::Begin { .. });
                write.changes.iter().any(begins).then(|| Group { writes: vec![write], reads: Vec::new() })
            }
            Fault::Rewritten => self.touch(&write.address),
            Fault::InputRewritten => group.reads.iter().find_map(|read| self.touch(&read.address)),
            _ => None,
        };
        if let Some(group) = theirs {
            let answers = self.disk.commit(&[group]).expect("what they write is valid");
            assert!(answers[0].is_ok(), "nobody was before them");
        }
    }

    /// A write that changes nothing but the version.
    fn touch(&self, address: &Address) -> Option<Group> {
        let recorded = self.disk.recorded();
        let row = recorded.rows.get(address)?;
        let (lifecycle, after) = (row.lifecycle, row.after.clone());
        let same = Change::Remembered { lifecycle, after, sensitive: BTreeMap::new(), parameters: [].into() };
        Some(Group::of(recorded, address, vec![same]))
    }
}

impl Store for Held<'_> {
    fn recorded(&self) -> &Recorded {
        &self.view
    }

    fn commit(&mut self, groups: &[Group]) -> Result<Vec<Written>, StateError> {
        if self.failed {
            return self.full();
        }
        let fault = self.sim.edge(Edge::Commit);
        self.sim.note(|| {
            writes(groups)
                .map(|(address, change)| format!("      {} {}", address.key, word(change)))
                .collect()
        });
        self.sim.advance(if fault == Some(Fault::Pause) { 7200 * SECOND } else { 10 });
        if fault == Some(Fault::Full) {
            return match self.sim.mutant {
                Some(Mutant::FullIsFine) => self.pretend(groups),
                _ => self.full(),
            };
        }
        self.sim.interfere(fault, None);
        if let Some(fault) = fault {
            self.interfere(fault, groups);
        }
        let answers = self.write(groups)?;
        match fault {
            Some(Fault::CrashAfter) => self.sim.crash(),
            Some(Fault::FullAfter) => self.full(),
            _ => Ok(answers),
        }
    }

    fn key(&self) -> &DigestKey {
        self.disk.key()
    }
}

/// All changes, and the rows they change.
pub fn writes(groups: &[Group]) -> impl Iterator<Item = (&Address, &Change)> {
    let writes = groups.iter().flat_map(|group| &group.writes);
    writes.flat_map(|write| write.changes.iter().map(|change| (&write.address, change)))
}

/// The same groups, as if they had been made from what stands.
fn as_they_stand(groups: &[Group], recorded: &Recorded) -> Vec<Group> {
    let one = |group: &Group| {
        let mut group = group.clone();
        group.writes.iter_mut().for_each(|write| write.from = recorded.version(&write.address));
        group.reads.clear();
        group
    };
    groups.iter().map(one).collect()
}

fn copy<T: Clone>(to: &mut BTreeMap<Address, T>, from: &BTreeMap<Address, T>, address: &Address) {
    match from.get(address) {
        Some(value) => to.insert(address.clone(), value.clone()),
        None => to.remove(address),
    };
}

fn word(change: &Change) -> String {
    match change {
        Change::Begin { intent, .. } => {
            format!("Begin {:?} op {} token {:.8}", intent.kind, intent.op_no, intent.token)
        }
        Change::Accepted { record, provisioned } => format!("Accepted {record} on {provisioned}"),
        Change::Settled(settlement, _) => format!("Settled {settlement:?}"),
        change => format!("{change:?}"),
    }
}
