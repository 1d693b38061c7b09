//! Text to `Desired`: what the declarations say, resolved as far as it can be without asking anybody. Pure.
//! Nothing here reads a file, the environment or the clock: sources and inputs come in as arguments.

mod access;
mod check;
mod document;
mod events;
mod expression;
mod file;
mod graph;
mod layers;
mod locations;
mod members;
mod overriding;
mod placing;
mod preferences;
mod product;
mod record;
mod resolve;
mod scope;
mod selecting;
mod settings;
mod syntax;
mod value;
mod variables;
mod yaml;

pub use resolve::read;
pub use settings::{locations_file, sandbox_files, settings};

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::model::diagnostic::{Diagnostics, Part, Place, Segment, Source};
use crate::model::ids::{AccountId, Address, Key, Labels, LocationName, Region};
use crate::model::product::{
    ArtifactSelector, Ignored, Language, Lifecycle, Preferences, Selector, Timeouts,
};
use crate::model::template::Template;

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
    /// `limits.parallelism`, per location.
    pub parallelism: usize,
    /// `limits.products`: in flight per location and product name.
    pub product_limits: BTreeMap<String, usize>,
    /// `guards.max_terminate`
    pub max_terminate: Limit,
    /// `timeouts`
    pub timeouts: Timeouts,
    /// What was said while reading them, and gone on.
    pub warnings: Diagnostics,
}

/// A guard's bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// So many.
    Count(usize),
    /// So many of a hundred bound products, rounded up.
    Percent(u32),
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
    /// Values for declared variables that hold here.
    pub variables: BTreeMap<String, String>,
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
        role: Option<Role>,
        /// `endpoint_url`
        endpoint_url: Option<String>,
    },
    /// An embedded sandbox: the path of its file, relative to the settings file.
    Sandbox {
        /// `sandbox:`
        file: String,
    },
}

/// A role to assume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// Any text.
    String,
    /// A number; its text is kept as written.
    Number,
    /// `true` or `false`.
    Bool,
    /// Scalars, comma-joined.
    List,
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
    /// What the sandbox files say, by the path written in the settings: account id and region.
    pub sandboxes: BTreeMap<String, (AccountId, Region)>,
}

/// Everything that is wanted. `Desired::nothing()` is `destroy`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired {
    /// One per declaration and location.
    pub products: BTreeMap<Address, DesiredProduct>,
}

impl Desired {
    /// Nothing is wanted any more.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// How addresses are written, given what else is recorded.
    #[must_use]
    pub fn labels<'a>(&'a self, recorded: impl IntoIterator<Item = &'a Address>) -> Labels {
        Labels::of(self.products.keys().chain(recorded))
    }
}

/// What [`read`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What is wanted.
    pub desired: Desired,
    /// What was said, and gone on.
    pub warnings: Diagnostics,
}

/// Bytes of a place inside a source: the key or the value at `path`, or the key of its nearest ancestor that exists.
/// Several places of one source are cheaper through [`Index`].
#[must_use]
pub fn locate(source: &Source, path: &[Segment], part: Part) -> Option<Range<usize>> {
    Index::new(source).locate(path, part)
}

/// Finds the bytes of places inside one source.
pub struct Index<'s>(Option<yaml::Tree<'s>>);

impl<'s> Index<'s> {
    /// Reads the source once.
    #[must_use]
    pub fn new(source: &'s Source) -> Self {
        Self(events::read(source, &mut Diagnostics::default()))
    }

    /// As [`locate`].
    #[must_use]
    pub fn locate(&self, path: &[Segment], part: Part) -> Option<Range<usize>> {
        self.0.as_ref()?.locate(path, part)
    }
}

/// One declaration on one location, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredProduct {
    /// Where it was declared.
    pub site: Site,
    /// `provisioned_product_name`
    pub name: String,
    /// `product_name` / `product_id`
    pub product: Selector,
    /// `provisioning_artifact_name` / `_id` / `provisioning_artifact: active`
    pub artifact: ArtifactSelector,
    /// `path_name` / `path_id`
    pub path: Option<Selector>,
    /// `parameters`
    pub parameters: BTreeMap<String, DesiredParameter>,
    /// `tags`
    pub tags: BTreeMap<String, Template>,
    /// `notification_arns`
    pub notification_arns: Vec<String>,
    /// `provisioning_preferences`
    pub preferences: Option<Preferences>,
    /// `accept_language`
    pub language: Language,
    /// `depends_on`, resolved; references in parameters and tags come on top.
    pub depends_on: BTreeSet<Address>,
    /// `timeouts`
    pub timeouts: Timeouts,
    /// `sensitive_outputs`
    pub sensitive_outputs: BTreeSet<String>,
    /// `lifecycle.prevent_terminate`, `lifecycle.on_removal`
    pub lifecycle: Lifecycle,
    /// `lifecycle.ignore_changes`
    pub ignore_changes: BTreeSet<Ignored>,
}

impl DesiredProduct {
    /// Everything it needs first: `depends_on`, and what its parameters and tags refer to.
    #[must_use]
    pub fn needs(&self) -> BTreeSet<Address> {
        let templates = self.parameters.values().filter_map(|p| p.value.as_ref()).chain(self.tags.values());
        let referred = templates.flat_map(Template::references).map(|reference| reference.of.clone());
        self.depends_on.iter().cloned().chain(referred).collect()
    }
}

/// One declared parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredParameter {
    /// The value; `None` is `null`: keep what is there.
    pub value: Option<Template>,
    /// Filled from a sensitive variable.
    pub sensitive: bool,
    /// Which layer gave it.
    pub layer: Layer,
}

/// Which layer of a declarations file gave a value: enough to find its line again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layer {
    /// The declaration itself.
    #[default]
    Own,
    /// The file's `defaults:`.
    Defaults,
    /// `overrides:`, by index.
    Override(usize),
    /// `overrides:` of the file's `defaults:`, by index.
    DefaultsOverride(usize),
}

/// Where a declaration stands, and which layer gave each of its fields (those not named: the declaration itself).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The file.
    pub file: Arc<str>,
    /// Its key.
    pub key: Option<Key>,
    /// Fields, and `tags.<key>` items, that another layer gave.
    pub layers: BTreeMap<String, Layer>,
}

impl Site {
    /// The place of a field of this declaration: `["parameters", "VpcCidr"]`, `["path_name"]`, or `[]` for the declaration.
    #[must_use]
    pub fn place(&self, layer: Layer, field: &[&str], part: Part) -> Place {
        let key = |text: &str| Segment::Key(text.to_owned());
        let own =
            self.key.as_ref().map_or_else(Vec::new, |k| vec![key("provisioned_products"), key(k.as_str())]);
        let mut path = match layer {
            Layer::Own => own,
            Layer::Defaults => vec![key("defaults")],
            Layer::Override(n) => [own, vec![key("overrides"), Segment::Index(n)]].concat(),
            Layer::DefaultsOverride(n) => vec![key("defaults"), key("overrides"), Segment::Index(n)],
        };
        path.extend(field.iter().map(|f| key(f)));
        Place::Node { file: self.file.clone(), path, part }
    }

    /// The place of a top-level field, in the layer that gave it.
    #[must_use]
    pub fn field(&self, name: &str, part: Part) -> Place {
        self.place(self.layers.get(name).copied().unwrap_or_default(), &[name], part)
    }
}
