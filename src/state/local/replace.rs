//! Another state in place of everything: what `state push` does to the local store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::head::{Head, HeadFile};
use super::{SledStore, rewrite, write_head};
use crate::history::past_of_row;
use crate::past::Past;
use crate::{Author, Recorded, StateError, Tombstone};
use provisor_model::ids::Address;

impl SledStore {
    /// Puts another state in place of everything; the serial rises above both. A store in which nothing was ever
    /// committed takes over any lineage. What changes gets a version that nobody has read: saved plans notice. Texts that
    /// are sensitive in the other state leave the files.
    ///
    /// # Errors
    /// [`StateError::Corrupt`] for a foreign lineage or an older serial; [`StateError::Invalid`]; [`StateError::Io`].
    pub fn replace(&mut self, pushed: Recorded) -> Result<u64, StateError> {
        self.usable()?;
        self.recorded.may_be_replaced(&pushed)?;
        self.put_in_place(pushed, "pushed")
    }

    /// Goes back on purpose, to what an earlier state of the same lineage says: see [`Recorded::gone_back`].
    ///
    /// # Errors
    /// See [`Self::replace`].
    pub fn restore(&mut self, then: Recorded) -> Result<u64, StateError> {
        self.usable()?;
        self.recorded.may_go_back(&then)?;
        let then = self.recorded.gone_back(then);
        then.verify()?;
        self.put_in_place(then, "restored")
    }

    fn put_in_place(&mut self, mut pushed: Recorded, event: &str) -> Result<u64, StateError> {
        let own = &self.recorded;
        let foreign = own.lineage != pushed.lineage;
        pushed.serial += 1;
        let changed = changed(own, &pushed);
        for address in &changed {
            count_on(own, &mut pushed, address, self.by.as_ref());
        }
        let serial = pushed.serial;
        if foreign {
            let file = HeadFile { head: Head::born(pushed.lineage.clone()), ..self.file.clone() };
            write_head(&self.place, &file)?;
            self.file = file;
        }
        let told = rewrite::taken_out(self.recorded.rows.iter(), &pushed);
        if !told.is_empty() {
            self.tell()?;
        }
        self.buried = pushed.tombstones.keys().cloned().collect();
        let before = std::mem::replace(&mut self.recorded, pushed);
        let stamp = self.stamp();
        let past: Vec<Past> = changed.iter().map(|address| past_of_row(&stamp, address, event)).collect();
        if let Err(error) = self.write(&changed, &past) {
            self.recorded = before;
            return Err(error);
        }
        self.told.extend(told);
        self.leave_nothing().map(|()| serial)
    }
}

/// Where something else stands than before.
fn changed(own: &Recorded, pushed: &Recorded) -> BTreeSet<Address> {
    let all =
        [own, pushed].into_iter().flat_map(|recorded| recorded.rows.keys().chain(recorded.tombstones.keys()));
    let differs = |address: &&Address| {
        own.rows.get(*address) != pushed.rows.get(*address)
            || own.tombstones.get(*address) != pushed.tombstones.get(*address)
    };
    all.filter(differs).cloned().collect()
}

/// What is pushed over something gets a version above both; what is pushed away leaves a tombstone.
fn count_on(own: &Recorded, pushed: &mut Recorded, address: &Address, by: Option<&Arc<Author>>) {
    let Some(before) = own.version(address) else { return };
    if let Some(row) = pushed.rows.get_mut(address) {
        row.version.n = row.version.n.max(before.n) + 1;
        row.by = by.cloned();
        return;
    }
    let is_moved = |row: &BTreeMap<_, crate::Row>| row.values().any(|row| row.version.birth == before.birth);
    let moved = is_moved(&pushed.rows);
    let gone = || match own.rows.get(address) {
        // a row that lives on elsewhere keeps its tokens
        Some(row) if !moved => row.clone().buried(),
        _ => Tombstone { version: before, moved, tokens: Vec::new(), by: None },
    };
    let stone = pushed.tombstones.entry(address.clone()).or_insert_with(gone);
    stone.version.n = stone.version.n.max(before.n) + 1;
    stone.by = by.cloned();
}
