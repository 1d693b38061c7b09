//! What is wrong with a world file.

use std::path::PathBuf;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) file: PathBuf,
    /// Line and column, from 1; none if it is about the file as a whole.
    pub(crate) place: Option<(usize, usize)>,
    pub(crate) message: String,
}
