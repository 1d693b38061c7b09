//! Identifiers as checked-by-type text: an artifact id cannot be handed over as a product id.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::glob;

macro_rules! text_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text as it is.
            #[must_use]
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }
            /// The text, as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }
    )* };
}

text_ids! {
    /// The key of a declaration under `provisioned_products:`.
    Key,
    /// The name of one location, always `<account>/<region>`, so that adding a region to an account moves nothing.
    /// People write and read `<account>` where it has one region; see [`Labels`].
    LocationName,
    /// Twelve digits: an AWS account.
    AccountId,
    /// An AWS region, such as `eu-west-1`.
    Region,
    /// `prod-…`: a product of the catalog.
    ProductId,
    /// `pa-…`: a provisioning artifact, that is a version of a product.
    ArtifactId,
    /// `lpv2-…` or `lpv3-…`: a launch path.
    PathId,
    /// `pp-…`: a provisioned product.
    ProvisionedId,
    /// `rec-…`: the record of one operation.
    RecordId,
    /// The idempotency token of one request (`ProvisionToken`, `UpdateToken`, `TerminateToken`).
    Token,
    /// Which state this is, for as long as it lives.
    Lineage,
}

/// One declaration on one location: the identity of everything that is planned and recorded.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The key under `provisioned_products:`.
    pub key: Key,
    /// The account and region that the declaration stands on.
    pub location: LocationName,
}

/// What the keys of provisioned products of others begin with.
const EXTERNAL: &str = "external.";

impl Address {
    /// Puts the two halves together.
    #[must_use]
    pub fn new(key: impl Into<Key>, location: impl Into<LocationName>) -> Self {
        Self { key: key.into(), location: location.into() }
    }

    /// Of a provisioned product of somebody else: no declaration can have a key like that.
    #[must_use]
    pub fn external(name: &str, location: impl Into<LocationName>) -> Self {
        Self::new(format!("{EXTERNAL}{name}"), location)
    }

    /// Whether it is one of those.
    #[must_use]
    pub fn is_external(&self) -> bool {
        self.key.as_str().starts_with(EXTERNAL)
    }

    /// Whether a pattern names it: `app-*`, `*@pay-dev/*`, `network`; without `@`, on all locations.
    #[must_use]
    pub fn is_named(&self, pattern: &str) -> bool {
        match pattern.split_once('@') {
            Some((key, location)) => {
                let account = self.location.as_str().split('/').next().unwrap_or_default();
                glob::matches(key, self.key.as_str())
                    && (glob::matches(location, self.location.as_str()) || location == account)
            }
            None => glob::matches(pattern, self.key.as_str()),
        }
    }
}

impl fmt::Display for Address {
    /// The long form, `key@location`; see [`Labels`] for what people read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.key, self.location)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// How addresses are written for people: `network`, or `network@pay-dev` where the key stands on several locations, or
/// `network@pay-dev/eu-west-1` where that account has several regions. Identity is always the whole address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    several: BTreeSet<Key>,
    regional: BTreeSet<String>,
}

impl Labels {
    /// Looks at all addresses there are, in any order.
    #[must_use]
    pub fn of<'a>(addresses: impl IntoIterator<Item = &'a Address>) -> Self {
        let mut first: BTreeMap<&Key, &LocationName> = BTreeMap::new();
        let mut accounts: BTreeMap<&str, &LocationName> = BTreeMap::new();
        let mut labels = Self::default();
        for Address { key, location } in addresses {
            if *first.entry(key).or_insert(location) != location {
                labels.several.insert(key.clone());
            }
            if *accounts.entry(location.account()).or_insert(location) != location {
                labels.regional.insert(location.account().to_owned());
            }
        }
        labels
    }

    /// The keys that stand on several locations.
    pub fn several(&self) -> impl Iterator<Item = &Key> {
        self.several.iter()
    }

    /// Whether the key stands on several locations.
    #[must_use]
    pub fn is_on_several(&self, key: &Key) -> bool {
        self.several.contains(key)
    }

    /// The accounts that have several regions.
    pub fn regional(&self) -> impl Iterator<Item = &String> {
        self.regional.iter()
    }

    /// Makes labels from what [`Labels::several`] and [`Labels::regional`] gave.
    #[must_use]
    pub fn from_parts(
        several: impl IntoIterator<Item = Key>,
        regional: impl IntoIterator<Item = String>,
    ) -> Self {
        Self { several: several.into_iter().collect(), regional: regional.into_iter().collect() }
    }

    /// The address as people read and type it.
    #[must_use]
    pub fn label(&self, address: &Address) -> String {
        if self.several.contains(&address.key) {
            format!("{}@{}", address.key, self.location(&address.location))
        } else {
            address.key.to_string()
        }
    }

    /// The location as people read and type it.
    #[must_use]
    pub fn location<'a>(&self, location: &'a LocationName) -> &'a str {
        if self.regional.contains(location.account()) { location.as_str() } else { location.account() }
    }
}

impl LocationName {
    /// The account's entry: what stands before the region.
    #[must_use]
    pub fn account(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }
}
