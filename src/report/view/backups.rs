//! Backups of a state, as their readers see them.

use crate::model::time::Timestamp;
use crate::state::Backup;

/// One backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupView {
    /// The serial of the state that it holds.
    pub serial: u64,
    /// When it was written, by this machine's clock.
    pub written: Option<Timestamp>,
    /// How many rows it has, or why it cannot be read.
    pub rows: Result<usize, String>,
}

impl BackupView {
    /// Looks at all of them, in their order.
    #[must_use]
    pub fn all(backups: &[Backup]) -> Vec<Self> {
        let view = |backup: &Backup| Self {
            serial: backup.serial,
            written: backup.written,
            rows: backup.found.as_ref().map(|found| found.rows.len()).map_err(ToString::to_string),
        };
        backups.iter().map(view).collect()
    }
}
