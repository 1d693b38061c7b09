//! What can be provisioned: products with their versions and launch paths, and what one version takes. How a product
//! comes to be provisioned stands in `request`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::rules::TemplateRules;
use provisor_model::ids::{ArtifactId, LocationName, PathId, ProductId};
use provisor_model::kinds::ProductType;
use provisor_model::product::Selector;
use provisor_model::secret::Secret;
use provisor_model::text::{count, listed};
use provisor_model::time::Timestamp;

/// So many allowed values are told.
const MANY: usize = 40;

/// Asks for one product of one location.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProductRef {
    /// The catalog that is asked.
    pub location: LocationName,
    /// Which product, by name or id.
    pub product: Selector,
}

/// `DescribeProduct`: a product with its versions and launch paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// `ProductId`
    pub id: ProductId,
    /// `Name`, which several products may share.
    pub name: String,
    /// `Owner`, as the administrator wrote it.
    pub owner: String,
    /// `ProductType`
    pub kind: ProductType,
    /// The active versions.
    pub artifacts: Vec<Artifact>,
    /// The launch paths this caller has.
    pub paths: Vec<LaunchPath>,
}

impl Product {
    /// The active versions, the newest first; of those that were made at one time, the one that is listed last.
    #[must_use]
    pub fn newest_first(&self) -> Vec<&Artifact> {
        let mut all: Vec<&Artifact> = self.artifacts.iter().rev().collect();
        all.sort_by_key(|artifact| std::cmp::Reverse(artifact.created));
        all
    }

    /// The newest version that can be provisioned anew; the newest of all where none can.
    #[must_use]
    pub fn newest(&self) -> Option<&Artifact> {
        let all = self.newest_first();
        all.iter().find(|artifact| !artifact.deprecated).or(all.first()).copied()
    }

    /// What people call a version: its name, or its id where it has none or is not offered any more.
    #[must_use]
    pub fn version_name(&self, id: &ArtifactId) -> String {
        let known = self.artifacts.iter().find(|artifact| artifact.id == *id);
        known.map_or_else(|| id.to_string(), |artifact| artifact.label().to_owned())
    }
}

/// One version of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// `ProvisioningArtifactId`
    pub id: ArtifactId,
    /// Its name; a version may have none.
    pub name: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// Guidance `DEPRECATED`: may be kept and updated, not launched anew.
    pub deprecated: bool,
}

impl Artifact {
    /// Its name, or its id where it has none.
    #[must_use]
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }

    /// Whether people mean it by that: its name or its id.
    #[must_use]
    pub fn is_called(&self, text: &str) -> bool {
        self.name.as_deref() == Some(text) || self.id.as_str() == text
    }
}

/// One way to launch a product: its name is the portfolio's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchPath {
    /// Its id; changes when the portfolio association is made again.
    pub id: PathId,
    /// `Name`: the portfolio's, for people.
    pub name: String,
}

/// Asks what one version of one product takes, through one launch path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OfferingRef {
    /// The catalog that is asked.
    pub location: LocationName,
    /// `ProductId`
    pub product: ProductId,
    /// `ProvisioningArtifactId`
    pub artifact: ArtifactId,
    /// The launch path.
    pub path: PathId,
}

/// `DescribeProvisioningParameters`: what may be asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offering {
    /// The parameters by key.
    pub parameters: BTreeMap<String, ParameterRule>,
    /// Tag options: allowed values by key; empty values are a conflict.
    pub tag_options: BTreeMap<String, Vec<String>>,
    /// `tagUpdateOnProvisionedProduct` is `ALLOWED`.
    pub tag_update: bool,
    /// The output keys, where the service lists them.
    pub output_keys: Option<BTreeSet<String>>,
    /// The STACKSET constraint's accounts and regions; `None` for products that are not stack sets.
    pub stack_set: Option<StackSet>,
    /// The `Rules` of the template and of its template constraints.
    pub rules: Arc<TemplateRules>,
    /// How the template presents its parameters.
    pub interface: Arc<Interface>,
}

/// `AWS::CloudFormation::Interface`: how the template's author presents the parameters to people, as far as anything is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// Labels, by parameter.
    pub labels: BTreeMap<String, String>,
    /// Names of groups, by the parameters in them.
    pub groups: BTreeMap<String, String>,
}

impl Interface {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.groups.is_empty()
    }
}

/// What a STACKSET constraint allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackSet {
    /// The account ids that the constraint allows.
    pub accounts: Vec<String>,
    /// The regions that the constraint allows.
    pub regions: Vec<String>,
}

/// One provisioning parameter's rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterRule {
    /// `String`, `Number`, `CommaDelimitedList`, `AWS::EC2::VPC::Id`, …
    pub kind: String,
    /// The template's default; without one the parameter is required.
    pub default: Option<String>,
    /// The value is never shown.
    pub no_echo: bool,
    /// What it is for.
    pub description: String,
    /// The only values that are taken; empty: any value is.
    pub allowed_values: Vec<String>,
    /// Must match the whole value.
    pub allowed_pattern: Option<String>,
    /// The template author's words for a broken rule.
    pub constraint_description: Option<String>,
    /// `MinLength`, in characters.
    pub min_length: Option<u64>,
    /// `MaxLength`, in characters.
    pub max_length: Option<u64>,
    /// Least number, as written.
    pub min_value: Option<String>,
    /// Greatest number, as written.
    pub max_value: Option<String>,
}

/// Shorter defaults are anybody's.
const LONG: usize = 8;

impl ParameterRule {
    /// The default of what is not echoed: as secret as any other value of it, though the service tells it.
    #[must_use]
    pub fn hidden_default(&self) -> Option<Secret> {
        let default = self.default.as_deref().map(str::trim).filter(|text| text.len() >= LONG);
        default.filter(|_| self.no_echo).map(Secret::new)
    }

    /// What values may be, a rule each, for people. Foreign texts stand in it as they came.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let mut all = Vec::new();
        if !self.allowed_values.is_empty() {
            all.push(format!("one of {}", listed(&self.allowed_values, MANY)));
        }
        all.extend(self.allowed_pattern.as_ref().map(|pattern| format!("matches {pattern}")));
        all.extend(match (self.min_length, self.max_length) {
            (None, None) => None,
            (Some(least), None) => {
                Some(format!("at least {}", count(usize::try_from(least).unwrap_or(usize::MAX), "character")))
            }
            (None, Some(most)) => {
                Some(format!("at most {}", count(usize::try_from(most).unwrap_or(usize::MAX), "character")))
            }
            (Some(least), Some(most)) => Some(format!("{least} to {most} characters")),
        });
        all.extend(match (&self.min_value, &self.max_value) {
            (None, None) => None,
            (Some(least), None) => Some(format!("at least {least}")),
            (None, Some(most)) => Some(format!("at most {most}")),
            (Some(least), Some(most)) => Some(format!("{least} to {most}")),
        });
        all
    }
}
