//! Why a step is there, and why it is refused: data for people. Explains; never decides.

use std::collections::BTreeSet;

use crate::model::ids::{Address, ArtifactId, ProductId, ProvisionedId, RecordId};
use crate::model::kinds::RecordKind;
use crate::model::product::Preferences;
use crate::state::Kind;

/// Why a step is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Declared, and not there.
    New,
    /// A parameter differs.
    Parameter {
        /// Its key.
        key: String,
        /// What is applied.
        before: Shown,
        /// What is wanted.
        after: Shown,
        /// The template's default, not the declaration, makes the difference.
        by_default: bool,
    },
    /// A tag differs.
    Tag {
        /// Its key.
        key: String,
        /// What is applied.
        before: Shown,
        /// What is wanted.
        after: Shown,
    },
    /// Another version.
    Version {
        /// Name and id of what is applied.
        before: (String, ArtifactId),
        /// Name and id of what is wanted.
        after: (String, ArtifactId),
    },
    /// Another product.
    Product {
        /// Name and id of what is applied.
        before: (String, ProductId),
        /// Name and id of what is wanted.
        after: (String, ProductId),
    },
    /// Another launch path, by name.
    Path {
        /// What is applied.
        before: String,
        /// What is wanted.
        after: String,
    },
    /// Other stack-set preferences.
    Preferences {
        /// What is applied.
        before: Option<Preferences>,
        /// What is wanted.
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
        /// The catalog's words.
        message: String,
        /// The failed record.
        record: Option<RecordId>,
    },
    /// It was never provisioned successfully.
    FailedCreation {
        /// The catalog's words.
        message: String,
        /// The failed record.
        record: Option<RecordId>,
    },
    /// An operation was begun and not seen through.
    Interrupted {
        /// Which.
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
    /// No longer declared.
    Removed,
    /// `destroy`, or `plan --destroy`
    Destroyed,
    /// It was there, and is gone without our doing.
    Vanished {
        /// What it was.
        id: ProvisionedId,
    },
    /// `--replace`
    Requested,
    /// Only what is remembered changed: `lifecycle`, `depends_on`, `sensitive_outputs`.
    LifecycleOnly,
}

/// One side of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Nothing.
    Absent,
    /// A text.
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
    /// Which rule.
    pub rule: Rule,
    /// What stands in the way: a lowercase fragment.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
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
