//! sandbox.yaml: its shape, read strictly. What it means is worked out in `catalog`; what goes wrong when is
//! decided in `faults`. Reading files happens in `read`.

mod check;
mod fault;
pub mod fields;
mod knobs;
mod problem;
mod read;
mod rules;
mod scalars;
mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

pub(crate) use fault::{FaultEntry, OperationName, OutcomeName};
pub(crate) use knobs::{AccessLevel, DeniedAs, Knobs};
pub(crate) use problem::{Beside, Problem, Problems};
pub(crate) use read::{Loaded, Source, from_json, load};
pub(crate) use scalars::{Span, Text};
pub(crate) use words::{nearest, suggestion, version_suggestion};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorldFile {
    /// Always 1.
    #[serde(default = "default_format")]
    pub format: u32,
    /// The account of callers whose access key is not twelve digits.
    #[serde(default = "default_account")]
    pub account_id: Text,
    /// What `peek` reports; every region is served.
    #[serde(default = "default_region")]
    pub region: Text,
    /// Simulated seconds per real second; 100 if absent.
    #[serde(default = "default_scale")]
    pub time_scale: f64,
    /// Of ids and of the coins that `rate` tosses.
    #[serde(default)]
    pub seed: u64,
    /// Of products that do not say themselves: 60, 45 and 30 seconds if absent.
    #[serde(default)]
    pub durations: Durations,
    /// What there is to launch.
    pub portfolios: Vec<PortfolioEntry>,
    /// What goes wrong; the first that fits wins.
    #[serde(default)]
    pub faults: Vec<FaultEntry>,
    /// What stacks outside Service Catalog export, in every account and region.
    #[serde(default)]
    pub exports: BTreeMap<Text, Text>,
    /// What AWS does not document.
    #[serde(default)]
    pub knobs: Knobs,
    /// What is provisioned when the world begins.
    #[serde(default)]
    pub provisioned_products: Vec<ExistingEntry>,
}

/// A provisioned product that is there in the beginning.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExistingEntry {
    pub name: Text,
    /// A product's name or id.
    pub product: Text,
    /// A version's name or id; may be absent where there is one only.
    pub version: Option<Text>,
    /// Where the product has several launch paths: the portfolio of one.
    pub portfolio: Option<Text>,
    #[serde(default)]
    pub parameters: BTreeMap<String, Text>,
    #[serde(default)]
    pub tags: BTreeMap<String, Text>,
    /// The principal that launched it; user `foreign` of the account if absent.
    pub owner: Option<Text>,
    #[serde(default)]
    pub status: ExistingStatus,
    /// The file's if absent.
    pub account_id: Option<Text>,
    /// The file's if absent.
    pub region: Option<Text>,
}

/// How a provisioned product is in the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ExistingStatus {
    #[default]
    Available,
    /// An update has failed.
    Tainted,
    /// It could not be made.
    Error,
}

/// A portfolio; its name is the launch path's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PortfolioEntry {
    /// Also the launch path's name.
    pub name: Text,
    /// Made from the name if absent; the launch path has the same suffix.
    pub id: Option<Text>,
    pub description: Option<Text>,
    #[serde(default = "default_provider")]
    pub provider: Text,
    /// Who sees it; everybody if absent, nobody if empty.
    pub accounts: Option<Vec<Text>>,
    /// Where it is seen; everywhere if absent.
    pub regions: Option<Vec<Text>>,
    /// Allowed values per tag key.
    #[serde(default)]
    pub tag_options: BTreeMap<String, Vec<Text>>,
    /// Shown with launch paths.
    #[serde(default)]
    pub tags: BTreeMap<String, Text>,
    pub products: Vec<ProductEntry>,
}

/// A product in a portfolio; with `shared_from` one that another portfolio defines.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProductEntry {
    pub name: Text,
    /// Made from the portfolio's name and its own if absent.
    pub id: Option<Text>,
    /// The portfolio that defines it: this entry only adds a launch path.
    pub shared_from: Option<Text>,
    /// An open set; `CLOUD_FORMATION_TEMPLATE` if absent.
    #[serde(rename = "type", default = "default_type")]
    pub kind: Text,
    #[serde(default = "default_provider")]
    pub owner: Text,
    pub description: Option<Text>,
    pub distributor: Option<Text>,
    pub support_email: Option<Text>,
    pub support_description: Option<Text>,
    pub support_url: Option<Text>,
    #[serde(default)]
    pub versions: Vec<VersionEntry>,
    #[serde(default)]
    pub constraints: ConstraintsEntry,
    #[serde(default)]
    pub tag_options: BTreeMap<String, Vec<Text>>,
    #[serde(default)]
    pub tags: BTreeMap<String, Text>,
    /// How long its operations take.
    pub durations: Option<Durations>,
    /// For `CONTROL_TOWER_ACCOUNT` without a template: what its OU parameter allows.
    #[serde(default)]
    pub organizational_units: Vec<Text>,
    /// Offered by every version.
    #[serde(default)]
    pub service_actions: Vec<ServiceActionEntry>,
}

/// A provisioning artifact.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionEntry {
    /// May be absent, and need not be unique.
    pub name: Option<Text>,
    pub id: Option<Text>,
    pub description: Option<Text>,
    /// Relative to the world file; only other engines and Account Factory go without.
    pub template: Option<PathBuf>,
    /// `DEPRECATED` versions cannot be launched anew.
    #[serde(default)]
    pub guidance: Guidance,
    /// Inactive versions are hidden and cannot be launched.
    #[serde(default = "yes")]
    pub active: bool,
}

/// Whether a version may still be launched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(crate) enum Guidance {
    #[default]
    #[serde(rename = "DEFAULT")]
    Default,
    #[serde(rename = "DEPRECATED")]
    Deprecated,
}

/// What binds a product in a portfolio.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConstraintsEntry {
    /// LAUNCH.
    pub launch_role: Option<Text>,
    /// RESOURCE_UPDATE: whether tags can be changed after the launch.
    pub tag_update: Option<bool>,
    /// STACKSET: products launch as stack sets.
    pub stack_set: Option<StackSetEntry>,
    /// NOTIFICATION.
    #[serde(default)]
    pub notification_arns: Vec<Text>,
    /// TEMPLATE; the rules are those in the template.
    #[serde(default)]
    pub template: bool,
}

/// Where a stack set may go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StackSetEntry {
    pub accounts: Vec<Text>,
    pub regions: Vec<Text>,
}

/// A self-service action on a product's versions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceActionEntry {
    pub name: Text,
    pub description: Option<Text>,
    /// Names and default values.
    #[serde(default)]
    pub parameters: BTreeMap<String, Vec<Text>>,
}

/// How long operations take, in virtual time.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Durations {
    pub provision: Option<Span>,
    pub update: Option<Span>,
    pub terminate: Option<Span>,
}

fn default_format() -> u32 {
    1
}

fn default_account() -> Text {
    Text::new("111122223333")
}

fn default_region() -> Text {
    Text::new("eu-west-1")
}

fn default_scale() -> f64 {
    100.0
}

fn default_provider() -> Text {
    Text::new("sandbox")
}

fn default_type() -> Text {
    Text::new("CLOUD_FORMATION_TEMPLATE")
}

fn yes() -> bool {
    true
}
