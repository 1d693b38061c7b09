//! What the layers of a declaration say together, typed: every field that the table has for it, and the product made of it.
//! Texts have kept their rules, so that what cannot be understood here has been complained about.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Deserialize;

use crate::desired::{DesiredProduct, OpenChoice};
use crate::fields::{duration, ignored};
use crate::origin::Origin;
use provisor_model::product::{
    ArtifactSelector, Bound, Language, Lifecycle, OnRemoval, Preferences, Selector, Timeouts,
};
use provisor_model::target::Options;

/// The fields of `CONTENT`, parameters and tags aside.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductContent {
    provisioned_product_name: Option<String>,
    product_name: Option<String>,
    product_id: Option<String>,
    provisioning_artifact_name: Option<String>,
    provisioning_artifact_id: Option<String>,
    provisioning_artifact: Option<String>,
    path_name: Option<String>,
    path_id: Option<String>,
    #[serde(default)]
    notification_arns: Vec<String>,
    pub provisioning_preferences: Option<PreferencesContent>,
    accept_language: String,
    #[serde(default)]
    pub depends_on: Vec<String>,
    #[serde(default)]
    timeouts: ProductTimeouts,
    #[serde(default)]
    sensitive_outputs: BTreeSet<String>,
    lifecycle: LifecycleContent,
}

/// `provisioning_preferences`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PreferencesContent {
    #[serde(default)]
    stack_set_accounts: Vec<String>,
    #[serde(default)]
    stack_set_regions: Vec<String>,
    stack_set_failure_tolerance_count: Option<u32>,
    stack_set_failure_tolerance_percentage: Option<u32>,
    stack_set_max_concurrency_count: Option<u32>,
    stack_set_max_concurrency_percentage: Option<u32>,
}

/// `timeouts`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProductTimeouts {
    provision: Option<String>,
    update: Option<String>,
    terminate: Option<String>,
}

/// `lifecycle`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LifecycleContent {
    prevent_terminate: bool,
    on_removal: String,
    #[serde(default)]
    ignore_changes: Vec<String>,
}

impl ProductContent {
    /// The product, without what is filled in by others: parameters, tags, dependencies and its origin.
    pub fn product(self, key: &str, otherwise: Timeouts, unread: OpenChoice) -> DesiredProduct {
        let timeouts = self.timeouts.over(otherwise);
        let lifecycle = Lifecycle {
            prevent_terminate: self.lifecycle.prevent_terminate,
            on_removal: OnRemoval::parse(&self.lifecycle.on_removal).unwrap_or_default(),
            terminate_timeout: Some(timeouts.terminate).filter(|time| *time != Timeouts::default().terminate),
        };
        let version = selector(self.provisioning_artifact_name, self.provisioning_artifact_id);
        let artifact = match (self.provisioning_artifact, version) {
            _ if unread.version => None,
            (Some(_), _) => Some(ArtifactSelector::OnlyActive),
            (None, Some(Selector::Name(name))) => Some(ArtifactSelector::Name(name)),
            (None, Some(Selector::Id(id))) => Some(ArtifactSelector::Id(id)),
            (None, None) => None,
        };
        let product = selector(self.product_name, self.product_id).filter(|_| !unread.product);
        // what is written and cannot be filled leaves open what it chooses
        let unread = OpenChoice { product: product.is_none(), version: artifact.is_none(), ..unread };
        DesiredProduct {
            origin: Origin::default(),
            name: self.provisioned_product_name.unwrap_or_else(|| key.to_owned()),
            product: product.unwrap_or_else(|| Selector::Name(String::new())),
            artifact: artifact.unwrap_or_else(|| ArtifactSelector::Name(String::new())),
            path: selector(self.path_name, self.path_id).filter(|_| !unread.path),
            unread,
            parameters: BTreeMap::new(),
            tags: BTreeMap::new(),
            options: Options {
                notification_arns: self.notification_arns,
                preferences: self.provisioning_preferences.map(PreferencesContent::preferences),
                language: Language::parse(&self.accept_language).unwrap_or_default(),
                sensitive_outputs: self.sensitive_outputs,
            },
            depends_on: BTreeMap::new(),
            timeouts,
            lifecycle,
            ignore_changes: self
                .lifecycle
                .ignore_changes
                .iter()
                .filter_map(|text| ignored(text).ok())
                .collect(),
        }
    }
}

fn selector(name: Option<String>, id: Option<String>) -> Option<Selector> {
    name.map(Selector::Name).or_else(|| id.map(Selector::Id))
}

impl PreferencesContent {
    /// The bound of how many accounts may fail.
    pub fn failure_tolerance(&self) -> Option<Bound> {
        bound(self.stack_set_failure_tolerance_count, self.stack_set_failure_tolerance_percentage)
    }

    /// The bound of how many accounts are worked on at a time.
    pub fn max_concurrency(&self) -> Option<Bound> {
        bound(self.stack_set_max_concurrency_count, self.stack_set_max_concurrency_percentage)
    }

    fn preferences(self) -> Preferences {
        Preferences {
            failure_tolerance: self.failure_tolerance(),
            max_concurrency: self.max_concurrency(),
            accounts: self.stack_set_accounts,
            regions: self.stack_set_regions,
        }
    }
}

fn bound(count: Option<u32>, percentage: Option<u32>) -> Option<Bound> {
    count.map(Bound::Count).or_else(|| percentage.map(Bound::Percentage))
}

impl ProductTimeouts {
    fn over(&self, otherwise: Timeouts) -> Timeouts {
        let given = |text: &Option<String>, otherwise: Duration| {
            text.as_ref().and_then(|text| duration("", text).ok()).unwrap_or(otherwise)
        };
        Timeouts {
            provision: given(&self.provision, otherwise.provision),
            update: given(&self.update, otherwise.update),
            terminate: given(&self.terminate, otherwise.terminate),
        }
    }
}
