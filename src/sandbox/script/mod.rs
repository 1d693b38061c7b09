//! sandbox.yaml: its shape, read strictly. What it means is worked out in `catalogue`; what goes wrong when is
//! decided in `faults`. Reading files happens in `read`.

mod positions;
mod read;
mod scalars;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

pub(crate) use read::{Problem, Source, load};
pub(crate) use scalars::{Span, Text};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    #[serde(default = "default_format")]
    pub format: u32,
    #[serde(default = "default_account")]
    pub account_id: Text,
    #[serde(default = "default_region")]
    pub region: Text,
    #[serde(default = "default_scale")]
    pub time_scale: f64,
    #[serde(default)]
    pub seed: u64,
    #[serde(default)]
    pub durations: Durations,
    pub portfolios: Vec<PortfolioEntry>,
    #[serde(default)]
    pub faults: Vec<FaultEntry>,
    #[serde(default)]
    pub knobs: Knobs,
}

/// A portfolio; its name is the launch path's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PortfolioEntry {
    pub name: Text,
    pub id: Option<Text>,
    pub description: Option<Text>,
    #[serde(default = "default_provider")]
    pub provider: Text,
    pub accounts: Option<Vec<Text>>,
    pub regions: Option<Vec<Text>>,
    #[serde(default)]
    pub tag_options: BTreeMap<String, Vec<Text>>,
    #[serde(default)]
    pub tags: BTreeMap<String, Text>,
    pub products: Vec<ProductEntry>,
}

/// A product in a portfolio; with `shared_from` one that another portfolio defines.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProductEntry {
    pub name: Text,
    pub id: Option<Text>,
    pub shared_from: Option<Text>,
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
    pub durations: Option<Durations>,
    #[serde(default)]
    pub organizational_units: Vec<Text>,
    #[serde(default)]
    pub service_actions: Vec<ServiceActionEntry>,
}

/// A provisioning artifact.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionEntry {
    pub name: Option<Text>,
    pub id: Option<Text>,
    pub description: Option<Text>,
    pub template: Option<PathBuf>,
    #[serde(default)]
    pub guidance: Guidance,
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
    pub launch_role: Option<Text>,
    pub tag_update: Option<bool>,
    pub stack_set: Option<StackSetEntry>,
    #[serde(default)]
    pub notification_arns: Vec<Text>,
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

/// One line of `faults:`. Exactly one of `operation` and `call` is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultEntry {
    pub operation: Option<OperationName>,
    pub call: Option<Text>,
    pub outcome: OutcomeName,
    pub provisioned_product: Option<Text>,
    pub product: Option<Text>,
    pub times: Option<u64>,
    pub skip: Option<u64>,
    pub rate: Option<f64>,
    pub message: Option<Text>,
    pub after: Option<f64>,
}

/// What a provisioned product goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OperationName {
    Provision,
    Update,
    Terminate,
}

/// What a fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutcomeName {
    Reject,
    Rollback,
    Hang,
    DeleteFails,
    DropRequest,
    DropResponse,
    Throttle,
    #[serde(rename = "error_500")]
    Error500,
    AccessDenied,
    ExpiredToken,
    NotFound,
    ForeignUpdate,
    ForeignTerminate,
}

/// Behaviour that AWS does not document, or that is off by default.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Knobs {
    pub token_reuse_error: Text,
    pub update_state_error: Text,
    pub terminate_state_error: Text,
    pub plan_state_error: Text,
    pub tag_option_required: bool,
    pub search_lag: Span,
    pub unstable_search: bool,
    pub path_lag_calls: u64,
    pub launch_role_lag_calls: u64,
    pub read_rate: Option<f64>,
    pub write_rate: Option<f64>,
}

impl Default for Knobs {
    fn default() -> Knobs {
        Knobs {
            token_reuse_error: Text::new("DuplicateResourceException"),
            update_state_error: Text::new("InvalidParametersException"),
            terminate_state_error: Text::new("ValidationException"),
            plan_state_error: Text::new("InvalidStateException"),
            tag_option_required: false,
            search_lag: Span::default(),
            unstable_search: false,
            path_lag_calls: 0,
            launch_role_lag_calls: 0,
            read_rate: None,
            write_rate: None,
        }
    }
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
