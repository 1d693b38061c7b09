//! A store without a disk: for the conformance suite, and for simulations, whose ports fail and die around it.

use std::sync::Arc;

use provisor::model::ids::Address;
use provisor::model::secret::DigestKey;
use provisor::state::{Author, Birth, Change, Group, Recorded, StateError, Store, Version, Written};

/// Keeps everything for as long as it lives.
#[derive(Debug)]
pub struct MemoryStore {
    recorded: Recorded,
    key: DigestKey,
    by: Option<Arc<Author>>,
}

impl MemoryStore {
    pub fn new(recorded: Recorded, key: DigestKey) -> Result<Self, StateError> {
        recorded.verify()?;
        Ok(Self { recorded, key, by: None })
    }

    /// The same, written to by somebody.
    pub fn by(self, author: Author) -> Self {
        Self { by: Some(Arc::new(author)), ..self }
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

/// Changes one row of a state in memory, made from what stands.
pub fn change(recorded: &mut Recorded, address: &Address, change: Change) -> Result<Version, StateError> {
    let group = Group::of(recorded, address, vec![change]);
    let mut answers = recorded.commit(&[group], None)?.answers;
    let versions = answers.pop().expect("one per group").expect("it was made from what stands");
    Ok(*versions.last().expect("one per write"))
}

/// The birth of the row at an address, for states that are written down by hand.
pub fn birth(address: &Address) -> Birth {
    let text = address.to_string();
    Birth(text.bytes().fold(0x6c62_272e_07bb_0142, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0100_0000_01b3_0000_0000_0000_0000_013b)
    }))
}
