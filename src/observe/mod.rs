//! All that planning may know of the catalog, read once, in the fewest calls, through the read port.

mod adoptable;
mod browse;
mod checkup;
mod choose;
mod externals;
mod identities;
mod inventory;
mod listings;
mod offers;
mod raw_stacks;
mod records;
mod scope;
mod stacks;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalog::{
    Artifact, CatalogError, CatalogRead, Existing, LaunchPath, Offering, PendingPlan, Preview, Product,
    Record,
};
use crate::model::access::AccessLevel;
use crate::model::ids::{Address, ArtifactId, LocationName, ProductId, ProvisionedId, Region};
use crate::model::kinds::ProductType;
use crate::model::product::{ArtifactSelector, Selector};
use crate::model::secret::{DigestKey, Redactor, Secrets};
use crate::state::Home;

pub use adoptable::Adoptable;
pub use browse::{
    BrowseScope, CatalogProduct, DeclaredVersion, ListedProduct, ProductUser, SheetRequest, VersionSheet,
    listed, products_of, sheet, sheets,
};
pub use checkup::{Belief, CheckupRow, CheckupScope, Comparison, Health, LocationCheckup, checkup};
pub use choose::{Candidates, Unresolved};
pub use externals::FoundExternal;
pub use identities::identify;
pub use inventory::{InventoryItem, bound, inventory};
pub use listings::Listing;
pub use offers::version_in_force;
pub use raw_stacks::Unimportable;
pub use records::unstored;
pub use scope::Scope;
pub use stacks::Stacks;

/// Reads everything that planning needs, in rounds: who are we, what exists, what is offered, why it differs. Each round is one
/// batch for each method of the port.
///
/// # Errors
/// Every location that could not be read, or is not what it should be.
pub fn observe(scope: Scope<'_>, catalog: &dyn CatalogRead) -> Result<Observed, Vec<ObserveError>> {
    let mut observed = Observed { places: identify(scope, catalog)?, ..Observed::default() };
    observed.existing = if scope.refresh {
        listings::listings(scope, catalog, &observed.places)?
    } else {
        listings::remembered(scope, catalog, &observed.places)
    };
    observed.offers = offers::offers(scope, catalog, &observed.existing);
    records::explain(scope, catalog, &mut observed)?;
    adoptable::adoptable(scope, catalog, &mut observed)?;
    raw_stacks::raw_stacks(scope, catalog, &mut observed);
    externals::externals(scope, catalog, &mut observed)?;
    records::pending(scope, catalog, &mut observed);
    observed.stacks = stacks::of_bound(scope, catalog, &observed.existing);
    observed.outputs = unstored(scope, catalog)?;
    Ok(observed)
}

/// Asks what the choices may mean that lead nowhere: what holds of all that may be meant can be told all the same.
pub fn ask_what_is_meant(catalog: &dyn CatalogRead, observed: &mut Observed) {
    observed.meant = offers::meant(&observed.offers, catalog);
}

/// Asks again what is offered, for other declarations of the same.
pub fn offer_again(scope: Scope<'_>, catalog: &dyn CatalogRead, observed: &mut Observed) {
    observed.offers = offers::offers(scope, catalog, &observed.existing);
}

/// What the catalog says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The account and region of each location.
    pub places: BTreeMap<LocationName, Home>,
    /// What is offered, for each distinct choice that a declaration makes.
    pub offers: BTreeMap<Choice, Result<Offer, Unresolved>>,
    /// All that may be meant by a choice that leads nowhere, where that was asked for and these are few.
    pub meant: BTreeMap<Choice, Vec<Offer>>,
    /// The provisioned products there are.
    pub existing: BTreeMap<LocationName, Listing>,
    /// Records that tell why a product is not as we left it: the last provisioning record, by product.
    pub records: BTreeMap<ProvisionedId, Record>,
    /// Products that somebody else put in the place of ours, as far as they are shown to us.
    pub others: BTreeMap<ProductId, Product>,
    /// What is to be adopted, by its id.
    pub adoptable: BTreeMap<ProvisionedId, Adoptable>,
    /// Stacks that are to become provisioned products: each as the product that it would be, under its ARN in place of an id; or why
    /// it cannot.
    pub raw_stacks: BTreeMap<Address, Result<Existing, Unimportable>>,
    /// Provisioned products of others that are referred to, as far as they are there.
    pub externals: BTreeMap<Address, FoundExternal>,
    /// Change-set plans that wait, by the product that they wait on.
    pub plans: BTreeMap<ProvisionedId, Vec<PendingPlan>>,
    /// The stacks of what is looked at deeply.
    pub stacks: Stacks,
    /// What operations would do to resources, where that was asked for: by whoever has a first plan, for the next one.
    pub previews: BTreeMap<Address, Preview>,
    /// Outputs that are not stored and were read again because somebody refers to them.
    pub outputs: BTreeMap<Address, BTreeMap<String, String>>,
    /// What is sensitive as it was read: whoever plans finds it.
    pub veiled: Veiled,
}

impl Observed {
    /// Puts every text that others wrote, and that is only told, through this: tags, and what went wrong.
    pub fn reword(&mut self, reword: &mut dyn FnMut(&str) -> String) {
        let listed = self.existing.values_mut().flat_map(Listing::all_mut);
        let external = self.externals.values_mut().map(|found| &mut found.existing);
        let stacks = self.raw_stacks.values_mut().filter_map(|found| found.as_mut().ok());
        listed.chain(external).chain(stacks).for_each(|existing| existing.reword(reword));
        let adoptable = self.adoptable.values_mut().filter_map(|found| found.record.as_mut());
        self.records.values_mut().chain(adoptable).for_each(|record| record.reword(reword));
    }
}

/// Whatever is declared of it, what shows something sensitive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Veiled {
    /// Outputs.
    pub outputs: BTreeMap<Address, BTreeSet<String>>,
    /// Parameters, as their stacks have them.
    pub parameters: BTreeMap<ProvisionedId, BTreeSet<String>>,
    /// What is known in clear.
    pub secrets: Secrets,
}

impl Veiled {
    /// A text of others as it may be told.
    #[must_use]
    pub fn told(&self, text: &str) -> String {
        let key = DigestKey::new([0; 32]);
        Redactor { clear: &self.secrets, digests: Vec::new(), key: &key }.redact(text)
    }
}

/// What a declaration asks of the catalog, before anything is resolved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice {
    /// The account and region that are asked.
    pub location: LocationName,
    /// The product, by name or id.
    pub product: Selector,
    /// The version, by name or id, or the only active one.
    pub artifact: ArtifactSelector,
    /// The version that stays whatever is declared (`ignore_changes`), for as long as the catalog has it.
    pub stays: Option<ArtifactId>,
    /// The version that runs, where the declaration's name may mean it: of several, it is the one.
    pub runs: Option<ArtifactId>,
    /// Which launch path, if it matters.
    pub path: Option<Selector>,
}

/// What a choice resolved to: ids for names, and what the version takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// `ProductId`
    pub product: ProductId,
    /// The name that the catalog has for it.
    pub product_name: String,
    /// The product's type, such as `CLOUD_FORMATION_TEMPLATE`.
    pub kind: ProductType,
    /// The version that the declaration means.
    pub artifact: Artifact,
    /// The product's active versions.
    pub versions: Arc<[Artifact]>,
    /// The launch path.
    pub path: LaunchPath,
    /// All launch paths of the product that this caller has.
    pub paths: Arc<[LaunchPath]>,
    /// The parameters, tag options and constraints of this version on this path; thousands of declarations share one.
    pub offering: Arc<Offering>,
}

impl Offer {
    /// The version's name, or its id where it has none.
    #[must_use]
    pub fn version(&self) -> &str {
        self.artifact.name.as_deref().unwrap_or(self.artifact.id.as_str())
    }

    /// Whether it takes parameters that nobody names: other engines need not say which there are.
    #[must_use]
    pub fn takes_any_parameter(&self) -> bool {
        matches!(self.kind, ProductType::Other(_)) && self.offering.parameters.is_empty()
    }

    /// What people call another version of it; its id where nothing is known of that.
    #[must_use]
    pub fn version_of(&self, artifact: &ArtifactId) -> String {
        let known = self.versions.iter().find(|version| version.id == *artifact);
        known.and_then(|version| version.name.clone()).unwrap_or_else(|| artifact.to_string())
    }
}

/// What may have come in the place of a location that is not written any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instead {
    /// The same account and region under another name.
    Name(String),
    /// The same account in another region.
    Region(Region),
}

/// Who expects an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expects {
    /// It is written.
    Settings,
    /// It is recorded.
    State,
}

impl Expects {
    /// In words, before what is expected.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::Settings => "the settings say",
            Self::State => "the state says",
        }
    }
}

impl ObserveError {
    /// The location that it is about.
    #[must_use]
    pub fn location(&self) -> &LocationName {
        match self {
            Self::Catalog { location, .. }
            | Self::Level { location, .. }
            | Self::Dropped { location, .. }
            | Self::WrongAccount { location, .. }
            | Self::OtherCatalog { location, .. } => location,
        }
    }

    /// Whether the settings say something of it that is not so, or nothing.
    #[must_use]
    pub fn is_of_settings(&self) -> bool {
        self.written().is_some() || matches!(self, Self::Dropped { .. })
    }

    /// The location that is not what it should be, where the settings can be corrected.
    #[must_use]
    pub fn written(&self) -> Option<&LocationName> {
        match self {
            Self::WrongAccount { location, .. }
            | Self::OtherCatalog { location, .. }
            | Self::Level { location, .. } => Some(location),
            Self::Catalog { .. } | Self::Dropped { .. } => None,
        }
    }
}

/// Why observing failed. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObserveError {
    /// A location could not be read.
    #[error("location `{location}`: {error}")]
    Catalog {
        /// The location that was asked.
        location: LocationName,
        /// What it said.
        error: CatalogError,
    },
    /// The principal may not ask for as much as the settings say.
    #[error("location `{location}`: {error}")]
    Level {
        /// The location that was asked.
        location: LocationName,
        /// What it said.
        error: CatalogError,
        /// Whose products were asked for.
        level: AccessLevel,
    },
    /// State holds products on a location that the settings no longer name.
    #[error("location `{location}` is not in the settings, but the state holds {addresses} there")]
    Dropped {
        /// The location that the error is about.
        location: LocationName,
        /// What is there.
        addresses: String,
        /// What may have come in its place, with what is written of it.
        instead: Option<Instead>,
    },
    /// The credentials belong to another account than the one that is written or recorded.
    #[error("location `{location}`: the credentials belong to account {found}, {} {expected}", .said.told())]
    WrongAccount {
        /// The location that the error is about.
        location: LocationName,
        /// The account of the credentials.
        found: String,
        /// The one that was expected.
        expected: String,
        /// Who expects it.
        said: Expects,
    },
    /// Another kind of catalog answers than the one that made what the state holds.
    #[error(
        "location `{location}` is {found} now, and the state holds {addresses} there, made when it was {expected}"
    )]
    OtherCatalog {
        /// The location that the error is about.
        location: LocationName,
        /// What it is now.
        found: &'static str,
        /// What it was.
        expected: &'static str,
        /// What is there.
        addresses: String,
    },
}
