//! The settings as they are decoded: everything that the table has for them, texts filled and defaults put in.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `provisor.yaml`, locations and variables aside.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingsContent {
    #[serde(rename = "format")]
    _format: String,
    /// `project`
    pub project: Option<String>,
    /// `declarations`
    pub declarations: Vec<String>,
    /// `state`
    pub state: StateContent,
    /// `limits`
    pub limits: LimitsContent,
    /// `guards`
    pub guards: GuardsContent,
    /// `timeouts`
    pub timeouts: TimeoutsContent,
    /// `drift`
    pub drift: String,
}

/// What a checkout says for itself beside trusted settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckoutContent {
    #[serde(rename = "format")]
    _format: String,
    /// `project`
    pub project: Option<String>,
    /// `declarations`
    pub declarations: Vec<String>,
}

/// `state`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StateContent {
    /// `path`
    pub path: String,
}

/// `limits`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsContent {
    /// `parallelism`
    pub parallelism: u32,
    /// `products`
    #[serde(default)]
    pub products: BTreeMap<String, u32>,
}

/// `guards`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GuardsContent {
    /// `max_terminate`
    pub max_terminate: String,
    /// `replace_resources`
    pub replace_resources: Option<ReplacedContent>,
}

/// `replace_resources`
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum ReplacedContent {
    /// `refuse`: all of them.
    All(String),
    /// Those of these types.
    Of {
        /// `refuse`
        #[serde(default)]
        refuse: Vec<String>,
    },
}

/// `timeouts`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeoutsContent {
    /// `provision`
    pub provision: String,
    /// `update`
    pub update: String,
    /// `terminate`
    pub terminate: String,
}

/// One entry of `locations` over `location_defaults`, regions and values aside.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LocationContent {
    /// `account_id`
    pub account_id: Option<String>,
    /// `sandbox`
    pub sandbox: Option<String>,
    /// `profile`
    pub profile: Option<String>,
    /// `role_arn`
    pub role_arn: Option<String>,
    /// `external_id`
    pub external_id: Option<String>,
    /// `session_name`
    pub session_name: Option<String>,
    /// `access_level`
    pub access_level: String,
    /// `drift`
    pub drift: Option<String>,
    /// `frozen`
    pub frozen: bool,
    /// `endpoint_url`
    pub endpoint_url: Option<String>,
    /// `allow_custom_endpoint`
    pub allow_custom_endpoint: bool,
}

/// One entry of `variables`, its default aside.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VariableContent {
    /// `type`
    #[serde(rename = "type")]
    pub kind: String,
    /// `allowed`
    #[serde(default)]
    pub allowed: Vec<String>,
    /// `description`
    pub description: String,
    /// `sensitive`
    pub sensitive: bool,
}
