//! What is to be declared, one provisioned product at a time. Template defaults are left out of it already.

use std::collections::{BTreeMap, BTreeSet};

use super::names::key_and_location;
use provisor_model::ids::LocationName;
use provisor_model::product::{ArtifactSelector, OnRemoval, Preferences, Selector};

/// One provisioned product that is to be declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundProduct {
    /// Where it stands.
    pub location: LocationName,
    /// `ProvisionedProductName`
    pub name: String,
    /// What it is called where it comes from; its own name otherwise.
    pub key: Option<String>,
    /// The product, by a name where one name means one product.
    pub product: Selector,
    /// The version, likewise.
    pub artifact: ArtifactSelector,
    /// The launch path, where there are several.
    pub path: Option<Selector>,
    /// `AcceptLanguage`, where it is not English.
    pub accept_language: Option<String>,
    /// The parameters that differ from the template's defaults.
    pub parameters: BTreeMap<String, FoundValue>,
    /// The template's defaults, as far as they are known: what must be written where others have something else.
    pub defaults: BTreeMap<String, FoundValue>,
    /// The tags that somebody chose.
    pub tags: BTreeMap<String, String>,
    /// `NotificationArns`
    pub notification_arns: Vec<String>,
    /// How a stack set spreads.
    pub preferences: Option<Preferences>,
    /// How long operations may take, as people write it: `provision`, `update`, `terminate`.
    pub timeouts: BTreeMap<String, String>,
    /// What its removal does, if that is known.
    pub on_removal: OnRemoval,
    /// What changes of others are left alone, as declarations write it.
    pub ignore_changes: BTreeSet<String>,
    /// What comes first, by the names that [`FoundProduct::key`] has; at another location, with that behind an `@`.
    pub depends_on: BTreeSet<String>,
    /// What stands there for a parameter that refers to another one, if that cannot be referred to.
    pub instead: BTreeMap<String, FoundValue>,
    /// What it gives: what another one's parameter may be taken from.
    pub outputs: BTreeMap<String, String>,
    /// The outputs that are sensitive.
    pub sensitive_outputs: BTreeSet<String>,
    /// The sensitive parameters whose values are known: where these come out again has been seen to.
    pub searched: BTreeSet<String>,
    /// What whoever reads the declaration should know.
    pub remarks: Vec<String>,
}

impl FoundProduct {
    /// Of which nothing is known but where it stands and what it runs.
    #[must_use]
    pub fn new(location: LocationName, name: &str, product: Selector, artifact: ArtifactSelector) -> Self {
        Self {
            location,
            name: name.to_owned(),
            key: None,
            product,
            artifact,
            path: None,
            accept_language: None,
            parameters: BTreeMap::new(),
            defaults: BTreeMap::new(),
            tags: BTreeMap::new(),
            notification_arns: Vec::new(),
            preferences: None,
            timeouts: BTreeMap::new(),
            on_removal: OnRemoval::default(),
            ignore_changes: BTreeSet::new(),
            depends_on: BTreeSet::new(),
            instead: BTreeMap::new(),
            outputs: BTreeMap::new(),
            sensitive_outputs: BTreeSet::new(),
            searched: BTreeSet::new(),
            remarks: Vec::new(),
        }
    }

    /// Takes nothing of another one any more.
    pub fn no_longer_of(&mut self, key: &str) {
        let is_it = |of: &str| of == key || key_and_location(of).0 == key;
        self.depends_on.retain(|of| !is_it(of));
        let instead = &self.instead;
        self.parameters.retain(|name, value| match value {
            FoundValue::Output { of, .. } if is_it(of) => match instead.get(name) {
                Some(other) => {
                    *value = other.clone();
                    true
                }
                None => false,
            },
            _ => true,
        });
    }
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoundValue {
    /// As it is sent.
    Text(String),
    /// Sent comma-joined.
    List(Vec<String>),
    /// What stands under a key of another one that was found: the name that [`FoundProduct::key`] has, and the output.
    Output {
        /// Which one; at another location, with that behind an `@`.
        of: String,
        /// `OutputKey`
        key: String,
    },
    /// As declarations write it, with expressions in it.
    Template(String),
    /// It is not shown: a sensitive variable is to hold it.
    Sensitive,
    /// The sensitive variable of this name holds it.
    Variable(String),
    /// What is there stays, whatever it is.
    Kept,
}

impl FoundValue {
    /// The value of a parameter of this type, as people would write it: a list where it is one and every item is whole.
    #[must_use]
    pub fn of(kind: &str, text: &str) -> Self {
        let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
        let items: Vec<String> = text.split(',').map(str::to_owned).collect();
        let is_whole = |item: &String| !item.is_empty() && item.trim() == item;
        if is_list && items.iter().all(is_whole) { Self::List(items) } else { Self::Text(text.to_owned()) }
    }

    /// As it is sent, where that is known.
    #[must_use]
    pub fn sent(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::List(items) => Some(items.join(",")),
            Self::Template(_) | Self::Output { .. } | Self::Sensitive | Self::Variable(_) | Self::Kept => {
                None
            }
        }
    }
}
