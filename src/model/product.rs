//! What a declaration may say of a provisioned product, in the API's terms.

use std::fmt;
use std::time::Duration;

use super::glob::matches;

/// A name or an id; never both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Selector {
    /// `…_name`
    Name(String),
    /// `…_id`
    Id(String),
}

impl Selector {
    /// What is written: the name or the id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Name(text) | Self::Id(text) => text,
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(text) | Self::Id(text) => f.write_str(text),
        }
    }
}

/// Which provisioning artifact (version) of the product is wanted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArtifactSelector {
    /// `provisioning_artifact_name`
    Name(String),
    /// `provisioning_artifact_id`
    Id(String),
    /// `provisioning_artifact: active`: the only active version there is.
    OnlyActive,
}

impl fmt::Display for ArtifactSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(text) | Self::Id(text) => f.write_str(text),
            Self::OnlyActive => f.write_str("active"),
        }
    }
}

/// The language of the service's messages (`AcceptLanguage`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English, the default.
    #[default]
    En,
    /// Japanese.
    Jp,
    /// Chinese.
    Zh,
}

impl Language {
    /// As the API writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Jp => "jp",
            Self::Zh => "zh",
        }
    }

    /// The three texts the API knows.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::En, Self::Jp, Self::Zh].into_iter().find(|l| l.as_str() == text)
    }
}

/// A stack-set bound: so many accounts, or so many of a hundred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// `…_count`
    Count(u32),
    /// `…_percentage`
    Percentage(u32),
}

/// `ProvisioningPreferences`: how a CFN_STACKSET product spreads.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Preferences {
    /// `StackSetAccounts`; empty means all of the constraint.
    pub accounts: Vec<String>,
    /// `StackSetRegions`; empty means all of the constraint.
    pub regions: Vec<String>,
    /// `StackSetFailureTolerance…`
    pub failure_tolerance: Option<Bound>,
    /// `StackSetMaxConcurrency…`
    pub max_concurrency: Option<Bound>,
}

/// `StackSetOperationType` of an update, where it is not `UPDATE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StackSetOperation {
    /// Stack instances come; the template stays.
    Create,
    /// Stack instances go, with what is in them.
    Delete,
}

impl StackSetOperation {
    /// As the API writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Delete => "DELETE",
        }
    }
}

/// What removing a declaration does to its provisioned product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnRemoval {
    /// `TerminateProvisionedProduct`: the stack goes with it.
    #[default]
    Terminate,
    /// Terminate it, leaving the stack and its resources (`RetainPhysicalResources`).
    RetainPhysicalResources,
    /// Forget it: the provisioned product stays as it is.
    Forget,
}

impl OnRemoval {
    /// As declarations write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Terminate => "terminate",
            Self::RetainPhysicalResources => "retain_physical_resources",
            Self::Forget => "forget",
        }
    }

    /// The three texts declarations may hold.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Terminate, Self::RetainPhysicalResources, Self::Forget]
            .into_iter()
            .find(|r| r.as_str() == text)
    }
}

/// The part of `lifecycle:` that is remembered in state, so that it holds when the declaration is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// Whatever would terminate it is refused, replacements too.
    pub prevent_terminate: bool,
    /// What removal does.
    pub on_removal: OnRemoval,
    /// How long apply waits for that, if not as long as by default.
    pub terminate_timeout: Option<Duration>,
}

/// One entry of `ignore_changes`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ignored {
    /// `parameters.<Key>`, in which `*` stands for anything
    Parameter(String),
    /// `parameters`
    AllParameters,
    /// `tags.<key>`, in which `*` stands for anything
    Tag(String),
    /// `tags`
    AllTags,
    /// `provisioning_artifact`
    Artifact,
}

impl Ignored {
    /// Whether changes of this parameter are ignored.
    #[must_use]
    pub fn is_parameter(&self, key: &str) -> bool {
        match self {
            Self::AllParameters => true,
            Self::Parameter(pattern) => matches(pattern, key),
            _ => false,
        }
    }

    /// Whether changes of this tag are ignored.
    #[must_use]
    pub fn is_tag(&self, key: &str) -> bool {
        match self {
            Self::AllTags => true,
            Self::Tag(pattern) => matches(pattern, key),
            _ => false,
        }
    }
}

impl fmt::Display for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(key) => write!(f, "parameters.{key}"),
            Self::AllParameters => f.write_str("parameters"),
            Self::Tag(key) => write!(f, "tags.{key}"),
            Self::AllTags => f.write_str("tags"),
            Self::Artifact => f.write_str("provisioning_artifact"),
        }
    }
}

/// How long apply waits for each kind of operation, by the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For `ProvisionProduct`.
    pub provision: Duration,
    /// For `UpdateProvisionedProduct`.
    pub update: Duration,
    /// For `TerminateProvisionedProduct`.
    pub terminate: Duration,
}

impl Default for Timeouts {
    /// An hour each.
    fn default() -> Self {
        let hour = Duration::from_secs(3600);
        Self { provision: hour, update: hour, terminate: hour }
    }
}
