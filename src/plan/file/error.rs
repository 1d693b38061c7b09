//! Why a text cannot be used as a saved plan, and what to do about it.

use serde_json::error::Category;

/// Why a saved plan cannot be used. Nothing was done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFileError {
    /// It is something else.
    #[error("not a saved plan")]
    NotAPlan,
    /// Its end is missing.
    #[error("the saved plan ends too early, at {line}:{column}")]
    Truncated {
        /// The last line there is, from 1.
        line: usize,
        /// The last column there is.
        column: usize,
    },
    /// It is not written the way plans are.
    #[error("the saved plan is malformed at {line}:{column}: {reason}")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What was found.
        reason: String,
    },
    /// A later provisor made it.
    #[error("the saved plan has format version {found}, this provisor knows up to {known}")]
    NewerFormat {
        /// The format version that the text names.
        found: u32,
        /// The newest format version that this program reads.
        known: u32,
    },
    /// An earlier provisor made it, and it does not say which rows it was made from.
    #[error("the saved plan has format version {found}, this provisor applies those from version {known} on")]
    OlderFormat {
        /// The format version that the text names.
        found: u32,
        /// The oldest format version that this program reads.
        known: u32,
    },
    /// Its signature is not the one this state's key makes.
    #[error("the saved plan is not as it was made: its signature does not match")]
    Tampered,
    /// It is longer than any plan is.
    #[error("the saved plan has {bytes} bytes, more than the {limit} that a plan may have")]
    TooLong {
        /// How long the text is, in bytes.
        bytes: usize,
        /// How long it may be, in bytes.
        limit: usize,
    },
}

impl PlanFileError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotAPlan => "`provisor plan --out FILE` makes one",
            Self::Truncated { .. } => {
                "copy the whole file again, or plan again with `provisor plan --out FILE`"
            }
            Self::Malformed { .. } | Self::TooLong { .. } | Self::OlderFormat { .. } => {
                "plan again with `provisor plan --out FILE`"
            }
            Self::NewerFormat { .. } => {
                "apply it with the provisor that made it, or plan again with this one"
            }
            Self::Tampered => {
                "the file was changed, or the state's key was replaced since: plan again, and review the new plan"
            }
        }
    }

    /// What the JSON reader says of a text that claims to be a plan.
    pub(super) fn of_json(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        if error.classify() == Category::Eof {
            return Self::Truncated { line, column };
        }
        let text = error.to_string();
        let place = format!(" at line {line} column {column}");
        Self::Malformed { line, column, reason: text.strip_suffix(&place).unwrap_or(&text).to_owned() }
    }
}
