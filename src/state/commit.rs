//! A commit in memory: which groups hold, what stands after them, and what stood before. Pure; a store makes it durable,
//! or takes it back.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Author, Birth, Change, Conflict, Group, Recorded, Row, StateError, Tombstone, Version, Written};
use provisor_model::ids::Address;

/// What a commit did.
#[derive(Debug)]
#[must_use]
pub struct Commit {
    /// One per group.
    pub answers: Vec<Written>,
    /// What the groups that hold have touched, as it was.
    pub(super) before: BTreeMap<Address, Standing>,
}

/// All there is at one address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) row: Option<Row>,
    pub(super) tombstone: Option<Tombstone>,
}

impl Recorded {
    /// The version of the row at an address, or of its tombstone.
    #[must_use]
    pub fn version(&self, address: &Address) -> Option<Version> {
        let row = self.rows.get(address).map(|row| row.version);
        row.or_else(|| self.tombstones.get(address).map(|tombstone| tombstone.version))
    }

    /// The birth of the row at an address; where there is none, of the one that would come back there.
    #[must_use]
    pub fn birth(&self, address: &Address) -> Option<Birth> {
        let row = self.rows.get(address).map(|row| row.version.birth);
        let dropped = || self.tombstones.get(address).filter(|stone| !stone.moved);
        row.or_else(|| dropped().map(|stone| stone.version.birth))
    }

    /// Takes the groups that hold; the others say who was there first.
    ///
    /// # Errors
    /// [`StateError::Invalid`] if a change does not fit its row; nothing is changed then.
    pub fn commit(&mut self, groups: &[Group], by: Option<&Arc<Author>>) -> Result<Commit, StateError> {
        let mut commit = Commit { answers: Vec::with_capacity(groups.len()), before: BTreeMap::new() };
        for group in groups {
            let answer = match self.conflict(group) {
                Some(conflict) => Err(conflict),
                None => match self.take(group, by, &mut commit.before) {
                    Ok(versions) => Ok(versions),
                    Err(invalid) => {
                        self.take_back(commit.before);
                        return Err(invalid);
                    }
                },
            };
            commit.answers.push(answer);
        }
        Ok(commit)
    }

    /// Undoes a commit.
    pub(super) fn take_back(&mut self, before: BTreeMap<Address, Standing>) {
        for (address, Standing { row, tombstone }) in before {
            put(&mut self.rows, &address, row);
            put(&mut self.tombstones, &address, tombstone);
        }
    }

    pub(super) fn standing(&self, address: &Address) -> Standing {
        Standing { row: self.rows.get(address).cloned(), tombstone: self.tombstones.get(address).cloned() }
    }

    fn conflict(&self, group: &Group) -> Option<Conflict> {
        let writes = group.writes.iter().map(|write| (&write.address, write.from));
        let reads = group.reads.iter().map(|read| (&read.address, read.version));
        let (address, _) =
            writes.chain(reads).find(|(address, version)| self.version(address) != *version)?;
        let Standing { row, tombstone } = self.standing(address);
        let by = row.as_ref().map_or_else(|| tombstone.and_then(|stone| stone.by), |row| row.by.clone());
        Some(Conflict { address: address.clone(), now: row.map(Box::new), by })
    }

    fn take(
        &mut self,
        group: &Group,
        by: Option<&Arc<Author>>,
        before: &mut BTreeMap<Address, Standing>,
    ) -> Result<Vec<Version>, StateError> {
        let mut versions = Vec::with_capacity(group.writes.len());
        for write in &group.writes {
            let mut at = &write.address;
            for change in &write.changes {
                before.entry(at.clone()).or_insert_with(|| self.standing(at));
                if let Change::Moved { to } = change {
                    before.entry(to.clone()).or_insert_with(|| self.standing(to));
                }
                self.change(at, change)?;
                if let (Change::Begin { .. }, Some(row)) = (change, self.rows.get_mut(at))
                    && let Some(intent) = &mut row.intent
                {
                    intent.by = by.cloned();
                }
                if let Change::Moved { to } = change {
                    self.count(at, by);
                    at = to;
                }
            }
            versions.extend(self.count(at, by));
            if let Some(row) = self.rows.get(at) {
                row.verify(at)?;
            }
        }
        Ok(versions)
    }

    /// One write more, by whom.
    fn count(&mut self, address: &Address, by: Option<&Arc<Author>>) -> Option<Version> {
        let (version, author) = match (self.rows.get_mut(address), self.tombstones.get_mut(address)) {
            (Some(row), _) => (&mut row.version, &mut row.by),
            (None, Some(stone)) => (&mut stone.version, &mut stone.by),
            (None, None) => return None,
        };
        version.n += 1;
        *author = by.cloned();
        Some(*version)
    }
}

fn put<T>(all: &mut BTreeMap<Address, T>, address: &Address, value: Option<T>) {
    match value {
        Some(value) => all.insert(address.clone(), value),
        None => all.remove(address),
    };
}
