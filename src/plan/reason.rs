//! Why a step is there, and why it is refused: data for people. Explains; never decides.

use std::collections::BTreeSet;

use crate::model::access::AccessLevel;
use crate::model::ids::{Address, ArtifactId, ProductId, ProvisionedId, RecordId};
use crate::model::kinds::RecordKind;
use crate::model::product::Preferences;
use crate::model::target::Named;
use crate::model::time::Timestamp;
use crate::state::Kind;

/// Why a step is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Declared, and not there.
    New,
    /// Declared, and there: it is to be adopted.
    Imported,
    /// A stack that is no provisioned product yet: it is to become one, and to be adopted.
    StackImported,
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
    /// When that was, and on whose behalf, as its record tells.
    ChangedBy {
        /// When the operation was over, by the service's clock.
        at: Timestamp,
        /// `LaunchRoleArn`
        launch_role: Option<String>,
        /// The principal tag.
        principal: Option<String>,
    },
    /// A parameter or a tag is not what was applied.
    Drifted {
        /// The parameter, or `tags.` and the tag.
        key: String,
        /// What our last success put there.
        applied: Shown,
        /// What is there.
        there: Shown,
    },
    /// The product, its version, or where its stack instances stand is not what was applied.
    DriftedMember {
        /// As plans call it, such as `version`.
        member: String,
        /// What our last success put there.
        applied: Shown,
        /// What is there.
        there: Shown,
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
    /// Nobody has proven that its last operation was ours: an update makes it sure.
    Unproven {
        /// The record that was taken for ours.
        record: RecordId,
    },
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
    /// Whether it is left to a later run, and nobody has to decide anything.
    #[must_use]
    pub fn defers(&self) -> bool {
        matches!(self.rule, Rule::InMotion | Rule::PlanInProgress | Rule::NotVisible | Rule::Blocked)
    }

    /// Whether it waits for somebody who sees more, and not for time.
    #[must_use]
    pub fn is_blind(&self) -> bool {
        self.rule == Rule::NotVisible
    }

    /// Whether it waits for something else that is refused or deferred.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.rule == Rule::Blocked
    }

    /// What is not found where not everything is seen: it may be gone, and may be there.
    #[must_use]
    pub fn not_visible(bound: Option<&ProvisionedId>, level: AccessLevel, label: &str) -> Self {
        let what = match bound {
            Some(id) => id.to_string(),
            None => "what an earlier operation of it may have made".to_owned(),
        };
        Self {
            rule: Rule::NotVisible,
            message: format!(
                "{what} is not visible at access level `{level}`: it may be somebody else's by now, or gone"
            ),
            hint: Some(format!(
                "`--exclude {label}` plans without it; with `access_level: account` at its location it is seen, or known to be gone"
            )),
        }
    }

    /// A name that the service says is taken, by something that is not seen.
    #[must_use]
    pub fn taken(name: &str, level: AccessLevel) -> Self {
        Self {
            rule: Rule::Exists,
            message: format!(
                "a provisioned product named `{name}` exists already, and is not visible at access level `{level}`"
            ),
            hint: Some(
                "choose another `provisioned_product_name`, or look at it with `access_level: account` at its location"
                    .to_owned(),
            ),
        }
    }

    /// A creation that was begun, and of which nothing is seen; `is_taken`: its name is held.
    #[must_use]
    pub fn unseen_creation(name: &str, level: AccessLevel, is_taken: bool) -> Self {
        let (what, hint) = if is_taken {
            (
                "exists by now, perhaps by the interrupted operation, and is not visible",
                "apply as whoever began it",
            )
        } else {
            (
                "may have been made by the interrupted operation, and is not visible",
                "apply with the declaration as it was then: the same request tells",
            )
        };
        Self {
            rule: Rule::NotVisible,
            message: format!("a provisioned product named `{name}` {what} at access level `{level}`"),
            hint: Some(format!("{hint}; or apply once with `access_level: account` at its location")),
        }
    }
}

/// The rules that refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A provisioned product of that name exists and is not ours.
    Exists,
    /// `prevent_terminate`
    PreventTerminate,
    /// `guards.max_terminate`, where the rest of the plan is done
    MaxTerminate,
    /// Somebody else's operation is running.
    InMotion,
    /// Somebody's change-set plan waits to be executed or deleted.
    PlanInProgress,
    /// It is not found, and not everything is seen.
    NotVisible,
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
    /// It would replace resources that `guards.replace_resources` names.
    ReplacesResources,
    /// `guards.replace_resources` is written, and nobody knows what it would replace.
    NotPreviewed,
    /// Something that it comes after is refused or deferred.
    Blocked,
}
