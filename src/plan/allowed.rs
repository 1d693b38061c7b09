//! What `--allow` can name: the actions that a plan may have, or else they are refused.

/// What `--allow` can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Allowed {
    /// Provisioning what does not exist.
    Create,
    /// Updating in place.
    Update,
    /// Terminating.
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
