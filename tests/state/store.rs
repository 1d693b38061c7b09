//! A store without a disk, for simulations: its commits can be made to fail, or to be somebody's last.

use std::io;

use super::ledger::Ledger;
use super::{Entry, Recorded, StateError, Store};
use crate::model::secret::DigestKey;

/// Where a commit is when the hook is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Nothing was written.
    Before,
    /// Everything is durable, but the caller does not know it yet.
    After,
}

/// Called twice for each commit that is valid and not empty. An error makes the commit fail there, as a full disk does;
/// to die there, unwind.
pub type Hook = Box<dyn FnMut(Moment, &[Entry]) -> Result<(), io::Error>>;

/// Keeps everything for as long as it lives.
pub struct MemoryStore {
    ledger: Ledger,
    key: DigestKey,
    hook: Option<Hook>,
    failed: bool,
}

impl MemoryStore {
    /// A store that holds this.
    ///
    /// # Errors
    /// [`StateError::Invalid`]
    pub fn new(recorded: Recorded, key: DigestKey) -> Result<Self, StateError> {
        Ok(Self { ledger: Ledger::new(recorded)?, key, hook: None, failed: false })
    }

    /// Lets somebody interfere with each commit from now on.
    pub fn on_commit(&mut self, hook: Hook) {
        self.hook = Some(hook);
    }

    /// What is durable.
    #[must_use]
    pub fn recorded(&self) -> &Recorded {
        self.ledger.recorded()
    }

    /// What the next process does: after a failed write, a store takes no commit before.
    pub fn reopen(&mut self) {
        self.failed = false;
        self.hook = None;
    }

    fn ask(&mut self, moment: Moment, changes: &[Entry]) -> Result<(), StateError> {
        let Some(hook) = &mut self.hook else { return Ok(()) };
        hook(moment, changes).map_err(|source| {
            self.failed = true;
            StateError::Io { doing: "writing the store".to_owned(), source }
        })
    }
}

impl Store for MemoryStore {
    fn load(&self) -> Result<Recorded, StateError> {
        Ok(self.recorded().clone())
    }

    fn commit(&mut self, changes: &[Entry]) -> Result<u64, StateError> {
        if self.failed {
            let source = io::Error::other("an earlier write failed");
            return Err(StateError::Io { doing: "writing the store".to_owned(), source });
        }
        // a try first, so that a crash in the hook finds the state as it was
        let step = self.ledger.advance(changes)?;
        if changes.is_empty() {
            return Ok(self.recorded().serial);
        }
        self.ledger.take_back(step);
        self.ask(Moment::Before, changes)?;
        let _step = self.ledger.advance(changes)?;
        self.ask(Moment::After, changes)?;
        Ok(self.recorded().serial)
    }

    fn recorded(&self) -> &Recorded {
        self.ledger.recorded()
    }

    fn key(&self) -> &DigestKey {
        &self.key
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStore").field("ledger", &self.ledger).finish_non_exhaustive()
    }
}
