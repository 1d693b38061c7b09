//! Why a step is there, and why it is refused: data for people. Explains; never decides.

use std::collections::BTreeSet;

use crate::model::ids::{Address, ArtifactId, ProductId, ProvisionedId, RecordId};
use crate::model::kinds::RecordKind;
use crate::model::product::Preferences;
use crate::model::target::Named;
use crate::state::Kind;

/// Why a step is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Declared, and not there.
    New,
    /// A parameter differs.
    Parameter {
        /// The key, as the template or the tag has it.
        key: String,
        /// What our last success put there.
        before: Shown,
        /// What the declaration makes of it.
        after: Shown,
        /// The template's default, not the declaration, makes the difference.
        by_default: bool,
    },
    /// A tag differs.
    Tag {
        /// The key, as the template or the tag has it.
        key: String,
        /// What our last success put there.
        before: Shown,
        /// What the declaration makes of it.
        after: Shown,
    },
    /// The version differs.
    Version {
        /// What is applied.
        before: Named<ArtifactId>,
        /// What is wanted.
        after: Named<ArtifactId>,
    },
    /// The product differs.
    Product {
        /// What is applied.
        before: Named<ProductId>,
        /// What is wanted.
        after: Named<ProductId>,
    },
    /// The launch path differs, by name or by the id that is asked for.
    Path {
        /// What our last success put there.
        before: String,
        /// What the declaration makes of it.
        after: String,
    },
    /// The stack-set preferences differ.
    Preferences {
        /// What our last success put there.
        before: Option<Preferences>,
        /// What the declaration makes of it.
        after: Option<Preferences>,
    },
    /// Somebody else provisioned or updated it.
    Outside {
        /// The record that is not ours.
        record: Option<RecordId>,
        /// Its kind, where it was read.
        kind: Option<RecordKind>,
    },
    /// The last update or termination failed.
    Tainted {
        /// The catalog's words, redacted.
        message: String,
        /// The record that failed, if the catalog names one.
        record: Option<RecordId>,
    },
    /// It was never provisioned successfully.
    FailedCreation {
        /// The catalog's words, redacted.
        message: String,
        /// The record that failed, if the catalog names one.
        record: Option<RecordId>,
    },
    /// An operation was begun and not seen through.
    Interrupted {
        /// What was begun.
        kind: Kind,
        /// Its record, if it got one.
        record: Option<RecordId>,
    },
    /// Something it is filled from may change.
    InputMayChange {
        /// The parameter or tag.
        key: String,
        /// What it is filled from.
        from: BTreeSet<Address>,
    },
    /// Its declaration is gone.
    Removed,
    /// `destroy`, or `plan --destroy`
    Destroyed,
    /// It was there, and is gone without our doing.
    Vanished {
        /// The provisioned product that the state still names.
        id: ProvisionedId,
    },
    /// `--replace`
    Requested,
    /// `--reapply`
    Reapply,
    /// Only what is remembered changed: `lifecycle`, `depends_on`, the time for a removal, what is sensitive. Notes say which.
    LifecycleOnly,
}

/// One side of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It has no value on this side.
    Absent,
    /// A text that anybody may see.
    Text(String),
    /// A text that is not shown.
    Sensitive,
    /// Known after apply; the template as people wrote it.
    Pending(String),
    /// Kept as it is, and not known to us.
    Unknown,
}

/// Why a step cannot or must not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The rule that refuses, for programs that read `--json`.
    pub rule: Rule,
    /// What stands in the way: a lowercase fragment.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl Refusal {
    /// Whether only time is needed, and nobody has to decide anything.
    #[must_use]
    pub fn defers(&self) -> bool {
        matches!(self.rule, Rule::InMotion | Rule::PlanInProgress)
    }
}

/// The rules that refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A provisioned product of that name exists and is not ours.
    Exists,
    /// `prevent_terminate`
    PreventTerminate,
    /// Somebody else's operation is running.
    InMotion,
    /// Somebody's change-set plan waits to be executed or deleted.
    PlanInProgress,
    /// A status nobody told us of.
    UnknownStatus,
    /// The name or the notification ARNs cannot be updated in place.
    NeedsReplace,
    /// Another product under the same declaration.
    ChangesProduct,
    /// Status ERROR after it had been good.
    ErrorStatus,
    /// `--allow` does not name the action.
    NotAllowed,
}
