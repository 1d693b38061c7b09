//! What identifies and describes a provisioned product, beside its parameters and tags: one type for plans, intents and
//! what was applied. What is declared of it without naming anything in the catalog is [`Options`].

use std::collections::BTreeSet;

use super::ids::{ArtifactId, PathId, ProductId};
use super::product::{Language, Preferences};

/// Something of the catalog: the id is sent, the name is for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named<T> {
    /// The catalog's id.
    pub id: T,
    /// What people call it.
    pub name: String,
}

impl<T> Named<T> {
    /// From its two parts.
    pub fn new(id: impl Into<T>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into() }
    }
}

/// What a provisioned product is, or is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `ProvisionedProductName`
    pub name: String,
    /// `ProductId`, and the name that the portfolio shows.
    pub product: Named<ProductId>,
    /// `ProvisioningArtifactId`, and the version's name.
    pub artifact: Named<ArtifactId>,
    /// The launch path.
    pub path: Named<PathId>,
    /// What goes from the declaration to the service as it is.
    pub options: Options,
}

/// What goes from a declaration to the service, or to the state, as it is written: nothing of it is looked up or filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `NotificationArns`; the service takes them at the creation only.
    pub notification_arns: Vec<String>,
    /// `ProvisioningPreferences`, for stack sets.
    pub preferences: Option<Preferences>,
    /// `AcceptLanguage`
    pub language: Language,
    /// Output keys whose values are not stored.
    pub sensitive_outputs: BTreeSet<String>,
}

impl Options {
    /// Whether anybody is told of the stack's events.
    #[must_use]
    pub fn notifies(&self) -> bool {
        !self.notification_arns.is_empty()
    }

    /// Every text of a list.
    pub fn texts(&self) -> impl Iterator<Item = &String> {
        let set = self.preferences.iter();
        let set = set.flat_map(|preferences| preferences.accounts.iter().chain(&preferences.regions));
        set.chain(&self.notification_arns).chain(&self.sensitive_outputs)
    }
}
