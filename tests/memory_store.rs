//! A store without a disk: for the conformance suite, and for simulations, whose ports fail and die around it.

use std::sync::Arc;

use provisor::model::secret::DigestKey;
use provisor::state::{Author, Group, Recorded, StateError, Store, Written};

/// Keeps everything for as long as it lives.
#[derive(Debug)]
pub struct MemoryStore {
    recorded: Recorded,
    key: DigestKey,
    by: Option<Arc<Author>>,
}

impl MemoryStore {
    /// `by`: who writes to it.
    pub fn new(recorded: Recorded, key: DigestKey, by: Option<Author>) -> Result<Self, StateError> {
        recorded.verify()?;
        Ok(Self { recorded, key, by: by.map(Arc::new) })
    }
}

impl Store for MemoryStore {
    fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    fn commit(&mut self, groups: &[Group]) -> Result<Vec<Written>, StateError> {
        Ok(self.recorded.commit(groups, self.by.as_ref())?.answers)
    }

    fn key(&self) -> &DigestKey {
        &self.key
    }
}
