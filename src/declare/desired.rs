//! What the declarations come to: the products that are wanted, one per declaration and location.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::origin::{Layer, Origin};
use provisor_model::diagnostic::{Diagnostics, Part, Place, Segment};
use provisor_model::ids::{Address, Key, Labels, LocationName};
use provisor_model::product::{ArtifactSelector, Ignored, Lifecycle, OnRemoval, Selector, Timeouts};
use provisor_model::target::Options;
use provisor_model::template::{Reference, Template};

/// Everything that is wanted. `Desired::nothing()` is `destroy`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired {
    /// One per declaration and location.
    pub products: BTreeMap<Address, DesiredProduct>,
    /// Which provisioned products that exist become which of them.
    pub imports: BTreeMap<Address, Import>,
    /// Provisioned products of others, by the address under which they are referred to.
    pub externals: BTreeMap<Address, External>,
    /// Which keys have become others.
    pub moves: Vec<Move>,
    /// What becomes of what is not declared any more, whatever was remembered; the first that fits holds.
    pub removals: Vec<Removal>,
}

/// A provisioned product of somebody else, which is read and never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// Which one, by name or id.
    pub product: Selector,
    /// Where it is declared.
    pub place: Place,
}

/// A key that has become another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The key that there was.
    pub from: Key,
    /// The key that there is.
    pub to: Key,
    /// On these locations; `None`: wherever it stands.
    pub at: Option<Vec<LocationName>>,
    /// Where it is written.
    pub place: Place,
}

impl Move {
    /// Where one of its two keys is written.
    #[must_use]
    pub fn end(&self, field: &str) -> Place {
        self.place.clone().below([Segment::Key(field.to_owned())], Part::Value)
    }

    /// Whether it is about a location.
    #[must_use]
    pub fn covers(&self, location: &LocationName) -> bool {
        self.at.as_ref().is_none_or(|at| at.contains(location))
    }

    /// Whether two are about one location.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        match (&self.at, &other.at) {
            (Some(at), _) => at.iter().any(|location| other.covers(location)),
            (None, _) => true,
        }
    }
}

/// What becomes of something that is not declared any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The addresses that it is about.
    pub pattern: String,
    /// What happens to it, if not what was remembered.
    pub on_removal: Option<OnRemoval>,
    /// Whether it is protected, if not as it was remembered.
    pub prevent_terminate: Option<bool>,
    /// Where it is written.
    pub place: Place,
}

/// What a declaration is to become.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportOf {
    /// A provisioned product, by name or id.
    Product(Selector),
    /// A stack that is none yet, by name or ARN.
    Stack(String),
}

impl ImportOf {
    /// The name, id or ARN.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Product(product) => product.as_str(),
            Self::Stack(stack) => stack,
        }
    }
}

impl fmt::Display for ImportOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Product(product) => product.fmt(f),
            Self::Stack(stack) => write!(f, "the stack `{stack}`"),
        }
    }
}

/// A provisioned product that a declaration is to adopt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Which one.
    pub of: ImportOf,
    /// Where that is written; `None`: it was said on the command line.
    pub place: Option<Place>,
    /// It is adopted if it is there, and missed by nobody.
    pub may_be_absent: bool,
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

/// What reading all declarations comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What is wanted.
    pub desired: Desired,
    /// What was said, and gone on.
    pub warnings: Diagnostics,
}

/// One declaration on one location, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredProduct {
    /// Where it was declared.
    pub origin: Origin,
    /// `provisioned_product_name`
    pub name: String,
    /// `product_name` / `product_id`
    pub product: Selector,
    /// `provisioning_artifact_name` / `_id` / `provisioning_artifact: active`
    pub artifact: ArtifactSelector,
    /// `path_name` / `path_id`
    pub path: Option<Selector>,
    /// What of its choice is written and cannot be read, which is told.
    pub unread: OpenChoice,
    /// `parameters`
    pub parameters: BTreeMap<String, DesiredParameter>,
    /// `tags`
    pub tags: BTreeMap<String, Template>,
    /// What goes to the service, or to the state, as it is written.
    pub options: Options,
    /// `depends_on`, resolved, each with the item that says it; references in parameters and tags come on top.
    pub depends_on: BTreeMap<Address, usize>,
    /// `timeouts`
    pub timeouts: Timeouts,
    /// `lifecycle.prevent_terminate`, `lifecycle.on_removal`
    pub lifecycle: Lifecycle,
    /// `lifecycle.ignore_changes`
    pub ignore_changes: BTreeSet<Ignored>,
}

/// What a declaration leaves open, because what it says of it cannot be read, or it does not say it: that is told, and the rest is
/// held against whatever may be meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenChoice {
    /// Which product.
    pub product: bool,
    /// Which version.
    pub version: bool,
    /// Which launch path.
    pub path: bool,
    /// On which location; the declaration is taken to stand on all of them.
    pub place: bool,
}

impl DesiredProduct {
    /// What its parameters and tags refer to.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        let templates = self.parameters.values().filter_map(|p| p.value.as_ref()).chain(self.tags.values());
        templates.flat_map(Template::references)
    }

    /// Where a parameter is written, in the layer that gave it.
    #[must_use]
    pub fn parameter_place(&self, key: &str, part: Part) -> Place {
        let layer = self.parameters.get(key).map(|declared| declared.layer).unwrap_or_default();
        self.origin.place(layer, &["parameters", key], part)
    }

    /// Everything it needs first: `depends_on`, and what its parameters and tags refer to.
    #[must_use]
    pub fn needs(&self) -> BTreeSet<Address> {
        let referred = self.references().map(|reference| reference.of.clone());
        // what is somebody else's is there, or is not: nobody waits for it
        let referred = referred.filter(|of| !of.is_external());
        self.depends_on.keys().cloned().chain(referred).collect()
    }
}

/// One declared parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredParameter {
    /// The value; `None` is `null`: keep what is there.
    pub value: Option<Template>,
    /// Filled from a sensitive variable.
    pub sensitive: bool,
    /// Such a variable stands in it beside other text: whoever wrote that text learns something of it from each rule that the
    /// whole is held against.
    pub mixed: bool,
    /// Something in it could not be filled, which is told: what is left is only what else it refers to.
    pub torn: bool,
    /// Which layer gave it.
    pub layer: Layer,
}
