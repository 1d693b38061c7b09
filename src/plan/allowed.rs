//! What `--allow` can name: the actions that a plan may have, or else they are refused.

use super::{Action, Spec};
use crate::model::product::StackSetOperation;
use crate::state::Kind;

/// What `--allow` can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Allowed {
    /// Provisioning what does not exist.
    Create,
    /// Updating in place.
    Update,
    /// Terminating what is no longer declared, and taking instances away from a stack set.
    Destroy,
    /// Terminating and provisioning again.
    Replace,
    /// Updating to another product.
    ChangeProduct,
}

impl Allowed {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 5] =
        [Self::Create, Self::Update, Self::Destroy, Self::Replace, Self::ChangeProduct];

    /// What an action is, seen alone; `None` where nothing in the cloud changes.
    pub(super) fn of(action: &Action) -> Option<Self> {
        match action {
            Action::Provision(_) => Some(Self::Create),
            Action::Update(_, Spec { instances: Some(instances), .. })
                if instances.operation == StackSetOperation::Delete =>
            {
                Some(Self::Destroy)
            }
            Action::Update(..) => Some(Self::Update),
            Action::Terminate(termination) if termination.replacing => Some(Self::Replace),
            Action::Terminate(_) => Some(Self::Destroy),
            // settling may send the request again
            Action::Settle(intent, _) => Some(match intent.kind {
                Kind::Provision => Self::Create,
                Kind::Update => Self::Update,
                Kind::Terminate | Kind::Retain => Self::Destroy,
            }),
            Action::Adopt(..)
            | Action::Accept(..)
            | Action::Forget { .. }
            | Action::Remember
            | Action::Refused(_) => None,
        }
    }

    /// As `--allow` writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Destroy => "destroy",
            Self::Replace => "replace",
            Self::ChangeProduct => "change-product",
        }
    }
}
