//! What every store does: takes groups of writes, each against the versions that it was made from.

use std::sync::Arc;

use super::{Author, Change, Past, Recorded, Row, StateError, Version};
use provisor_model::ids::Address;
use provisor_model::secret::DigestKey;

/// Where rows are kept.
pub trait Store {
    /// What stands, as this store knows it after its last commit or conflict. Costs no I/O.
    fn recorded(&self) -> &Recorded;

    /// Writes each group, or nothing of it: a group is atomic, and groups are independent of each other. What an answer
    /// calls written is durable when this returns. The answers are in the order of the groups: the new version of each
    /// write, or who was there first.
    ///
    /// # Errors
    /// [`StateError::Invalid`] if a change does not fit its row, before anything is written; [`StateError::Io`].
    fn commit(&mut self, groups: &[Group]) -> Result<Vec<Written>, StateError>;

    /// The key for digests and signatures.
    fn key(&self) -> &DigestKey;

    /// What became of operations, oldest first, as far as the store remembers: for people, never for decisions.
    ///
    /// # Errors
    /// See [`StateError`].
    fn past(&self) -> Result<Vec<Past>, StateError> {
        Ok(Vec::new())
    }

    /// Copies what was committed since the store was opened to where people find it again, if the store keeps such copies,
    /// and leaves nothing of what became sensitive since then. Gives the names of earlier copies that still hold some of it.
    ///
    /// # Errors
    /// See [`StateError`].
    fn back_up(&mut self) -> Result<Vec<String>, StateError> {
        Ok(Vec::new())
    }
}

/// What becomes of a group.
pub type Written = Result<Vec<Version>, Conflict>;

/// Writes that happen together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// One per row.
    pub writes: Vec<Write>,
    /// The versions of other rows that the writes were computed from: they must still stand.
    pub reads: Vec<Read>,
}

/// What happens to one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where the row stands.
    pub address: Address,
    /// The version that the changes were made from: the row's, or its tombstone's; `None` where there is neither.
    pub from: Option<Version>,
    /// In their order.
    pub changes: Vec<Change>,
}

/// A row that something was computed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Where it stands.
    pub address: Address,
    /// Its version; `None` where there was no row and no tombstone.
    pub version: Option<Version>,
}

/// Somebody else wrote first: nothing of the group was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The first row that is not what it was.
    pub address: Address,
    /// How it stands now; `None`: it was dropped, or never was.
    pub now: Option<Box<Row>>,
    /// Who wrote it last, as far as that is known.
    pub by: Option<Arc<Author>>,
}

impl Conflict {
    /// Who was first, and how the row stands now; `label` is its address as people write it.
    #[must_use]
    pub fn told(&self, label: &str) -> String {
        let by = self.by.as_ref().map_or_else(|| "another run".to_owned(), ToString::to_string);
        format!("{by} has changed `{label}` in the state meanwhile: {}", self.standing())
    }

    fn standing(&self) -> String {
        let Some(row) = &self.now else { return "it is no longer there".to_owned() };
        match (&row.intent, &row.binding) {
            (Some(intent), _) => format!("its operation {} is under way", intent.op_no),
            (None, Some(binding)) => format!("it is {} after {} operations", binding.id, row.op_no),
            (None, None) => "it has no provisioned product".to_owned(),
        }
    }
}

impl Group {
    /// The changes to one row, made from what stands in `recorded`.
    #[must_use]
    pub fn of(recorded: &Recorded, address: &Address, changes: Vec<Change>) -> Self {
        let from = recorded.version(address);
        Self { writes: vec![Write { address: address.clone(), from, changes }], reads: Vec::new() }
    }

    /// The same, computed from what these rows say too.
    #[must_use]
    pub fn reading<'a>(
        mut self,
        recorded: &Recorded,
        addresses: impl IntoIterator<Item = &'a Address>,
    ) -> Self {
        let read = |address: &Address| Read { address: address.clone(), version: recorded.version(address) };
        self.reads.extend(addresses.into_iter().map(read));
        self
    }
}
