//! Who writes to a state: told to those whose step is stale, and kept in the history. Decides nothing.

/// One run of one command.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Author {
    /// The run's own id: another run of the same person on the same machine has another.
    pub run: String,
    /// Who started it, such as a user's name.
    pub who: String,
    /// Where it runs: the address of a CI job, or the machine's name.
    pub from: String,
    /// The commit that was checked out there, where CI says so.
    pub commit: Option<String>,
}

impl std::fmt::Display for Author {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.who, self.from)
    }
}
