//! `provisor.yaml` to [`Settings`]: everything but the declarations.

mod access;
mod addition;
mod checkout;
mod content;
mod document;
mod draft;
mod filler;
mod given;
mod locations;
mod typed;
mod values;
mod variables;

pub(super) use variables::NAMING;

pub use addition::with_variables;
pub use draft::{Outline, SettingsDraft};
pub use given::names_given;

use std::collections::{BTreeMap, BTreeSet};

use provisor_model::access::AccessLevel;
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Near, Place, Source};
use provisor_model::glob;
use provisor_model::ids::{AccountId, LocationName, Region};
use provisor_model::product::Timeouts;
use provisor_model::secret::Secret;
use provisor_model::text::{did_you_mean, listed, nearest, quote};

/// `provisor.yaml`, read and checked; everything but the declarations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `project`
    pub project: String,
    /// `declarations`, as written, relative to the settings file. The default is `products`; that `products.yaml` does as
    /// well, where there is no such folder, is for whoever looks at the disk.
    pub declarations: Vec<String>,
    /// `state.path`, relative to the settings file.
    pub state_path: String,
    /// All locations by name.
    pub locations: BTreeMap<LocationName, Location>,
    /// Which locations belong to each account entry, in the order of the file: `hub` names both `hub/eu-west-1` and `hub/us-east-1`.
    pub accounts: BTreeMap<String, Vec<LocationName>>,
    /// Declared variables with the values that hold everywhere (default, environment, file, command line).
    pub variables: BTreeMap<String, Variable>,
    /// The variables whose values that hold everywhere were given by hand.
    pub given: BTreeSet<String>,
    /// Where the values were written that hold everywhere.
    pub origins: BTreeMap<String, ValueOrigin>,
    /// Every value that came from a source of secrets, declared or not.
    pub secrets: Vec<Secret>,
    /// `limits.parallelism`, per location.
    pub parallelism: usize,
    /// `limits.products`: in flight per location and product name.
    pub product_limits: BTreeMap<String, usize>,
    /// `guards.max_terminate`
    pub max_terminate: Limit,
    /// Somebody wrote that guard: it holds for `destroy` too.
    pub max_terminate_is_written: bool,
    /// `guards.replace_resources`
    pub replace_resources: Option<ReplaceGuard>,
    /// `timeouts`
    pub timeouts: Timeouts,
    /// Whether parameters are read everywhere to find changes that were made outside: `drift: deep`.
    pub deep: bool,
    /// What was said while reading them, and gone on.
    pub warnings: Diagnostics,
}

/// Where the value of a variable comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueOrigin {
    /// It is written there.
    Place(Place),
    /// Who gave it, such as `--var size`.
    Given(String),
}

/// Which resources no update may replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplaceGuard {
    /// Patterns of resource types.
    pub types: Vec<String>,
}

impl ReplaceGuard {
    /// Whether resources of this type are not to be replaced.
    #[must_use]
    pub fn covers(&self, kind: &str) -> bool {
        self.types.iter().any(|pattern| glob::matches(pattern, kind))
    }
}

/// A guard's bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// So many terminations, whatever is bound.
    Count(usize),
    /// So many of a hundred bound products, rounded up.
    Percent(u32),
}

impl Limit {
    /// `3`, or `10%`; at most all of them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_suffix('%') {
            Some(percent) => percent.parse().ok().filter(|percent| *percent <= 100).map(Self::Percent),
            None => text.parse().ok().map(Self::Count),
        }
    }
}

/// One account + region, or an embedded sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Its name in addresses.
    pub name: LocationName,
    /// Its name as people write it (`location.name`): the account's alone where that has one region.
    pub written: String,
    /// The entry it comes from (`location.account`).
    pub account: String,
    /// `account_id`: written, or the sandbox file's.
    pub account_id: Option<AccountId>,
    /// The region: written, or the sandbox file's.
    pub region: Region,
    /// How its catalog is reached.
    pub access: Access,
    /// Whose provisioned products are seen there.
    pub access_level: AccessLevel,
    /// Whether parameters are read to find changes that were made outside; `None`: as everywhere.
    pub deep: Option<bool>,
    /// Values for declared variables that hold here.
    pub variables: BTreeMap<String, String>,
    /// Where those are written.
    pub origins: BTreeMap<String, Place>,
    /// Nothing is read or changed there.
    pub frozen: bool,
}

/// How a location's catalog is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// AWS, through the SDK's chain.
    Aws {
        /// `profile`
        profile: Option<String>,
        /// `role_arn`, `external_id`, `session_name`
        role: Option<AssumeRole>,
        /// `endpoint_url`
        endpoint_url: Option<String>,
        /// `allow_custom_endpoint`, wherever an endpoint is named.
        allow_custom_endpoint: bool,
    },
    /// That cannot be told: what is wrong is among the findings, and nobody is asked there.
    Unknown,
    /// An embedded sandbox: the path of its file, relative to the settings file.
    Sandbox {
        /// `sandbox:`
        file: String,
    },
}

/// A role to assume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRole {
    /// `role_arn`
    pub arn: String,
    /// `external_id`
    pub external_id: Option<String>,
    /// `session_name`
    pub session_name: Option<String>,
}

/// A declared variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// `type`
    pub kind: VariableKind,
    /// The value in force unless a location sets its own; `None`: none was given.
    pub value: Option<String>,
    /// `allowed`
    pub allowed: Vec<String>,
    /// `description`
    pub description: String,
    /// `sensitive`
    pub sensitive: bool,
}

/// The types of variables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VariableKind {
    /// A text that is taken as it is written.
    #[default]
    String,
    /// A number; its text is kept as written.
    Number,
    /// `true` or `false`.
    Bool,
    /// Scalars, joined with commas into one text.
    List,
}

impl VariableKind {
    /// All of them, as they are written.
    pub(super) const ALL: [(&str, Self); 4] =
        [("string", Self::String), ("number", Self::Number), ("bool", Self::Bool), ("list", Self::List)];

    /// The type that is written like this.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind)
    }
}

/// What the command line and the environment bring in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// `PROVISOR_VAR_<name>`
    pub environment: BTreeMap<String, String>,
    /// `--var-file`, in order.
    pub files: Vec<Source>,
    /// `--var k=v`, in order.
    pub arguments: Vec<(String, String)>,
    /// Values that a saved plan was made with: they hold whatever is given now.
    pub remembered: BTreeMap<String, String>,
    /// `PROVISOR_SECRET_<name>`
    pub secrets: BTreeMap<String, Secret>,
    /// `--secret-file`, in order.
    pub secret_files: Vec<Source>,
    /// What the sandbox files say, by the path written in the settings: account id and region.
    pub sandboxes: BTreeMap<String, (AccountId, Region)>,
}

impl Location {
    /// Where a declaration is judged while no location is known.
    pub(super) fn nowhere() -> Self {
        let account = "nowhere";
        let region = Region::new("eu-west-1");
        Self {
            name: LocationName::new(format!("{account}/{region}")),
            written: account.to_owned(),
            account: account.to_owned(),
            account_id: Some(AccountId::new("000000000000")),
            region,
            access: Access::Unknown,
            access_level: AccessLevel::default(),
            deep: None,
            variables: BTreeMap::new(),
            origins: BTreeMap::new(),
            frozen: false,
        }
    }
}

/// What `drift:` says: whether parameters are read too.
fn is_deep(text: &str) -> bool {
    text == "deep"
}

impl Settings {
    /// Settings that say nothing.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            project: String::new(),
            declarations: vec!["products".to_owned()],
            state_path: "state".to_owned(),
            locations: BTreeMap::new(),
            accounts: BTreeMap::new(),
            variables: BTreeMap::new(),
            given: BTreeSet::new(),
            origins: BTreeMap::new(),
            secrets: Vec::new(),
            parallelism: 1,
            product_limits: BTreeMap::new(),
            max_terminate: Limit::Count(0),
            max_terminate_is_written: true,
            replace_resources: None,
            timeouts: Timeouts::default(),
            deep: false,
            warnings: Diagnostics::default(),
        }
    }

    /// The locations that a name means: itself, or all of an account. In the order of the file.
    #[must_use]
    pub fn named(&self, text: &str) -> Option<Vec<LocationName>> {
        if let Some(location) = self.locations.get(&LocationName::new(text)) {
            return Some(vec![location.name.clone()]);
        }
        if let Some(names) = self.accounts.get(text) {
            return Some(names.clone());
        }
        let (account, region) = text.split_once('/')?;
        let names = self.accounts.get(account)?;
        let of_region =
            |name: &&LocationName| self.locations.get(*name).is_some_and(|l| l.region.as_str() == region);
        names.iter().find(of_region).map(|name| vec![name.clone()])
    }

    /// That there is no such location.
    #[must_use]
    pub fn unknown_location(&self, text: &str) -> Diagnostic {
        let diagnostic = Diagnostic::error("unknown-location", format!("there is no location `{text}`"));
        match text.starts_with('-') {
            true => diagnostic.hint("a space is missing behind each `-`"),
            false => diagnostic.near(Near::Location(text.to_owned())),
        }
    }

    /// How many names there are that somebody may have meant.
    pub(super) fn names(&self) -> usize {
        self.variables.len() + self.locations.len() + self.accounts.len()
    }

    /// The same finding with the variable that may be meant.
    pub(super) fn with_variable(&self, found: Diagnostic, name: &str) -> Diagnostic {
        found.maybe_hint(did_you_mean(name, self.variables.keys().map(String::as_str)))
    }

    /// The variable that may be meant.
    pub(super) fn nearest_variable(&self, name: &str) -> Option<&str> {
        nearest(name, self.variables.keys().map(String::as_str))
    }

    /// The same finding with the location that may be meant, or all there are.
    pub(super) fn with_location(&self, found: Diagnostic, text: &str) -> Diagnostic {
        let names =
            self.locations.keys().map(LocationName::as_str).chain(self.accounts.keys().map(String::as_str));
        let is_at = |location: &&Location| {
            location.region.as_str() == text
                || location.account_id.as_ref().is_some_and(|id| id.as_str() == text)
        };
        let mut there = self.locations.values().filter(is_at);
        match (did_you_mean(text, names), there.next(), there.next()) {
            (Some(hint), ..) => found.hint(hint),
            // a region, or an account, that one location alone is at
            (None, Some(only), None) => found.hint(format!("a location is named: write `{}`", only.written)),
            (None, ..) => found.note(self.locations_there_are()),
        }
    }

    /// All locations as they are written, if there are few; for notes.
    #[must_use]
    pub fn locations_there_are(&self) -> String {
        const SHOWN: usize = 10;
        let names = self.locations.values().map(|location| quote(&location.written));
        format!("there is {}", listed(names, SHOWN))
    }
}
