//! The state in memory as commits move it on: what every store shares. No IO: a store writes the step, or takes it back.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use super::verify::twice;
use super::{Change, Recorded, Row, StateError};
use crate::model::ids::{Address, Token};

/// A verified state, and whose each token is.
#[derive(Debug)]
pub(super) struct Ledger {
    recorded: Recorded,
    tokens: HashMap<Token, Address>,
}

/// The rows a commit touched, as they were before it.
#[derive(Debug)]
#[must_use]
pub(super) struct Step {
    pub(super) before: BTreeMap<Address, Option<Row>>,
    serial: u64,
}

impl Ledger {
    pub(super) fn new(recorded: Recorded) -> Result<Self, StateError> {
        recorded.verify()?;
        let mut ledger = Self { recorded: Recorded::empty(recorded.lineage.clone()), tokens: HashMap::new() };
        recorded.rows.iter().for_each(|(address, row)| ledger.know_tokens(address, row));
        ledger.recorded = recorded;
        Ok(ledger)
    }

    pub(super) fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// Applies all changes and checks the rows they touched; nothing has changed if this fails.
    pub(super) fn advance(&mut self, entries: &[super::Entry]) -> Result<Step, StateError> {
        let serial = self.recorded.serial;
        let step = Step { before: self.recorded.step(entries)?, serial };
        match self.settle(&step) {
            Ok(()) => Ok(step),
            Err(reason) => {
                self.take_back(step);
                Err(reason)
            }
        }
    }

    /// Undoes the last step.
    pub(super) fn take_back(&mut self, step: Step) {
        for address in step.before.keys() {
            if let Some(row) = self.recorded.rows.get(address) {
                forget_tokens(&mut self.tokens, address, row);
            }
        }
        for (address, row) in &step.before {
            row.iter().for_each(|row| self.know_tokens(address, row));
        }
        self.recorded.restore(step.before);
        self.recorded.serial = step.serial;
    }

    fn settle(&mut self, step: &Step) -> Result<(), StateError> {
        for (address, row) in &step.before {
            row.iter().for_each(|row| forget_tokens(&mut self.tokens, address, row));
        }
        for address in step.before.keys() {
            let Some(row) = self.recorded.rows.get(address) else {
                continue;
            };
            row.verify(address, self.recorded.serial)?;
            for (_, token) in &row.tokens {
                match self.tokens.entry(token.clone()) {
                    Entry::Vacant(free) => free.insert(address.clone()),
                    Entry::Occupied(taken) => return Err(twice(address, token, taken.get())),
                };
            }
        }
        Ok(())
    }

    fn know_tokens(&mut self, address: &Address, row: &Row) {
        for (_, token) in &row.tokens {
            self.tokens.insert(token.clone(), address.clone());
        }
    }
}

/// Only what the index holds for this very row: another row's token is not this one's to forget.
fn forget_tokens(tokens: &mut HashMap<Token, Address>, address: &Address, row: &Row) {
    for (_, token) in &row.tokens {
        if tokens.get(token) == Some(address) {
            tokens.remove(token);
        }
    }
}

impl Recorded {
    /// The state after the changes, and the rows they touched as they were; unchanged if one of them does not fit.
    pub(super) fn step(
        &mut self,
        entries: &[super::Entry],
    ) -> Result<BTreeMap<Address, Option<Row>>, StateError> {
        let before = self.touched(entries);
        for (address, change) in entries {
            if let Err(reason) = self.apply_one(address, change) {
                self.restore(before);
                return Err(reason);
            }
        }
        self.serial += u64::from(!entries.is_empty());
        Ok(before)
    }

    fn touched(&self, entries: &[super::Entry]) -> BTreeMap<Address, Option<Row>> {
        let mut touched = BTreeMap::new();
        for (address, change) in entries {
            touched.entry(address.clone()).or_insert_with(|| self.rows.get(address).cloned());
            if let Change::Moved { to } = change {
                touched.entry(to.clone()).or_insert_with(|| self.rows.get(to).cloned());
                for (follower, row) in self.rows.iter().filter(|(_, row)| row.after.contains(address)) {
                    touched.entry(follower.clone()).or_insert_with(|| Some(row.clone()));
                }
            }
        }
        touched
    }

    fn restore(&mut self, before: BTreeMap<Address, Option<Row>>) {
        for (address, row) in before {
            match row {
                Some(row) => self.rows.insert(address, row),
                None => self.rows.remove(&address),
            };
        }
    }
}
