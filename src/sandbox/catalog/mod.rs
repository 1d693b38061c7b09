//! What the administrator has set up: portfolios, products, versions, constraints, tag options. Read-only while
//! the server runs, the same in every account and region except where a portfolio names them.

mod account_factory;
mod build;
mod existing;
mod index;
mod searches;
mod tag_options;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::clock::Millis;
use crate::files::{Held, Reader};
use crate::partition::partition;
use crate::template::{Patterns, Template};
use crate::world_file::{FaultEntry, Guidance, Knobs, Problem};

pub(crate) use account_factory::account_id as vended_account;
pub(crate) use build::{build, names};
pub(crate) use existing::{Existing, ExistingStatus};
pub(crate) use index::{Home, Index};
pub(crate) use searches::{Found, Searches};
pub(crate) use tag_options::TagRule;

/// Everything that sandbox.yaml says, resolved.
pub(crate) struct Catalog {
    /// The world file.
    pub file: PathBuf,
    /// How it was read.
    pub reader: Reader,
    /// Of the world file and all its templates: whether they are what was read.
    pub digest: String,
    pub account_id: String,
    pub region: String,
    pub time_scale: f64,
    pub seed: String,
    /// What stacks outside Service Catalog export.
    pub exports: BTreeMap<String, String>,
    pub knobs: Knobs,
    pub faults: Vec<FaultEntry>,
    pub portfolios: Vec<Portfolio>,
    pub products: Vec<Product>,
    pub index: Index,
    /// The last search, whose pages are asked for one by one.
    pub searches: Searches,
    /// What is provisioned in the beginning.
    pub existing: Vec<Existing>,
    /// What is wrong with further ones, and with templates.
    pub wrong: Vec<Problem>,
    /// Whether something of what is provisioned in the beginning is left out.
    pub lacks_some: bool,
    /// What values are held against.
    pub patterns: Arc<Patterns>,
    /// The room that all this takes.
    #[expect(dead_code, reason = "given back when the catalog goes")]
    pub held: Held,
}

/// A portfolio.
pub(crate) struct Portfolio {
    pub id: String,
    pub path_id: String,
    pub name: String,
    pub description: Option<String>,
    pub provider: String,
    pub accounts: Option<Vec<String>>,
    pub regions: Option<Vec<String>>,
    pub tag_options: BTreeMap<String, Vec<String>>,
    pub tags: BTreeMap<String, String>,
    pub created: Millis,
    pub products: Vec<Association>,
}

/// A product's place in a portfolio.
pub(crate) struct Association {
    pub product: usize,
    pub constraints: Constraints,
}

/// What binds a product in a portfolio.
#[derive(Debug, Clone, Default)]
pub(crate) struct Constraints {
    pub launch_role: Option<String>,
    pub tag_update: Option<bool>,
    pub stack_set: Option<StackSet>,
    pub notification_arns: Vec<String>,
    pub template: bool,
}

/// Where a stack set may go.
#[derive(Debug, Clone)]
pub(crate) struct StackSet {
    pub accounts: Vec<String>,
    pub regions: Vec<String>,
}

/// A product.
pub(crate) struct Product {
    pub id: String,
    pub view_id: String,
    pub name: String,
    pub kind: String,
    pub owner: String,
    pub description: Option<String>,
    pub distributor: Option<String>,
    pub support_email: Option<String>,
    pub support_description: Option<String>,
    pub support_url: Option<String>,
    pub created: Millis,
    pub versions: Vec<Artifact>,
    pub tag_options: BTreeMap<String, Vec<String>>,
    pub tags: BTreeMap<String, String>,
    pub durations: OperationTimes,
    pub actions: Vec<ServiceAction>,
}

/// How long operations take, in virtual milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OperationTimes {
    pub provision: Millis,
    pub update: Millis,
    pub terminate: Millis,
}

/// A provisioning artifact.
pub(crate) struct Artifact {
    pub id: String,
    pub name: Option<String>,
    pub description: Option<String>,
    pub guidance: Guidance,
    pub active: bool,
    pub created: Millis,
    pub template: Template,
    /// As it stands in its file.
    pub template_body: Arc<str>,
    pub template_name: String,
    /// Whether anything says what parameters it takes; only other engines' versions go without.
    pub described: bool,
    /// What stands for its template is none: nobody knows what it takes and gives.
    pub broken: bool,
}

/// A self-service action.
pub(crate) struct ServiceAction {
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    pub parameters: BTreeMap<String, Vec<String>>,
}

/// One way for a caller to launch a product.
#[derive(Clone, Copy)]
pub(crate) struct LaunchPath<'a> {
    pub portfolio: &'a Portfolio,
    pub constraints: &'a Constraints,
}

/// The catalog as one account sees it in one region.
#[derive(Clone, Copy)]
pub(crate) struct CatalogView<'a> {
    pub whole: &'a Catalog,
    pub account_id: &'a str,
    pub region: &'a str,
}

impl<'a> CatalogView<'a> {
    pub(crate) fn portfolios(self) -> impl Iterator<Item = &'a Portfolio> {
        self.whole.portfolios.iter().filter(move |portfolio| portfolio.open_to(self.account_id, self.region))
    }

    /// The product with this id, if it has a launch path.
    pub(crate) fn offered(self, id: &str) -> Option<&'a Product> {
        self.product(id).filter(|product| self.paths(product).next().is_some())
    }

    /// The same, by the id of its view.
    pub(crate) fn viewed(self, view: &str) -> Option<&'a Product> {
        let found = self.whole.products.get(self.whole.index.view(view)?)?;
        self.offered(&found.id)
    }

    /// Those with this name that have a launch path, in the file's order.
    pub(crate) fn offered_as(self, name: &str) -> impl Iterator<Item = &'a Product> {
        self.named(name).filter(move |product| self.paths(product).next().is_some())
    }

    /// All products of a name, whether or not they can be launched.
    pub(crate) fn named(self, name: &str) -> impl Iterator<Item = &'a Product> {
        self.whole.index.named(name).iter().filter_map(move |index| self.whole.products.get(*index))
    }

    /// A product that exists, whether or not it can be launched.
    pub(crate) fn product(self, id: &str) -> Option<&'a Product> {
        self.whole.products.get(self.whole.index.id(id)?)
    }

    /// The version that an id stands for.
    pub(crate) fn artifact(self, product_id: &str, artifact_id: &str) -> Option<&'a Artifact> {
        self.product(product_id)?.artifact(artifact_id)
    }

    pub(crate) fn paths(self, product: &Product) -> impl Iterator<Item = LaunchPath<'a>> + use<'a> {
        self.homes(&product.id).filter_map(move |home| {
            let portfolio = self.whole.portfolios.get(home.portfolio)?;
            let place = portfolio.products.get(home.place)?;
            let is_open = portfolio.open_to(self.account_id, self.region);
            is_open.then_some(LaunchPath { portfolio, constraints: &place.constraints })
        })
    }

    fn homes(self, product_id: &str) -> impl Iterator<Item = Home> + use<'a> {
        let index = &self.whole.index;
        index.id(product_id).into_iter().flat_map(|product| index.homes(product)).copied()
    }

    /// Whether the caller's account is the one that shares portfolios with others.
    pub(crate) fn shares(self) -> bool {
        self.account_id == self.whole.account_id
    }

    /// The portfolios that the caller's account has, not those that are shared with it.
    pub(crate) fn own_portfolios(self) -> impl Iterator<Item = &'a Portfolio> {
        let here = self.whole.portfolios.iter().filter(move |portfolio| portfolio.is_in(self.region));
        here.filter(move |portfolio| self.owner(portfolio) == self.account_id)
    }

    /// Everything that an administrator of the account can look at.
    pub(crate) fn known_portfolios(self) -> impl Iterator<Item = &'a Portfolio> {
        let shared = self.portfolios().filter(move |portfolio| self.owner(portfolio) != self.account_id);
        self.own_portfolios().chain(shared)
    }

    /// Those that a product is in, of all that an administrator of the account can look at: its own come first.
    pub(crate) fn known_homes(self, product_id: &str) -> impl Iterator<Item = &'a Portfolio> + use<'a> {
        let all = self.homes(product_id).filter_map(move |home| self.whole.portfolios.get(home.portfolio));
        let is_own = move |portfolio: &Portfolio| self.owner(portfolio) == self.account_id;
        let (own, others): (Vec<_>, Vec<_>) = all.partition(|portfolio| is_own(portfolio));
        let own = own.into_iter().filter(move |portfolio| portfolio.is_in(self.region));
        let shared = others.into_iter().filter(move |it| it.open_to(self.account_id, self.region));
        own.chain(shared)
    }

    /// What names accounts is the sharing account's; everything else each account has for itself.
    pub(crate) fn owner(self, portfolio: &Portfolio) -> &'a str {
        if portfolio.accounts.is_some() { &self.whole.account_id } else { self.account_id }
    }

    pub(crate) fn product_arn(self, product_id: &str) -> String {
        let home = self.known_homes(product_id).next();
        let owner = home.map_or(self.account_id, |portfolio| self.owner(portfolio));
        format!("arn:{}:catalog:{}:{owner}:product/{product_id}", partition(self.region), self.region)
    }

    pub(crate) fn portfolio_arn(self, portfolio: &Portfolio) -> String {
        let (partition, owner) = (partition(self.region), self.owner(portfolio));
        format!("arn:{partition}:catalog:{}:{owner}:portfolio/{}", self.region, portfolio.id)
    }
}

impl Portfolio {
    fn open_to(&self, account_id: &str, region: &str) -> bool {
        let allows = |list: &Option<Vec<String>>, value: &str| {
            list.as_ref().is_none_or(|allowed| allowed.iter().any(|one| one == value))
        };
        allows(&self.accounts, account_id) && self.is_in(region)
    }

    fn is_in(&self, region: &str) -> bool {
        self.regions.as_ref().is_none_or(|allowed| allowed.iter().any(|one| one == region))
    }
}

impl Product {
    pub(crate) fn artifact(&self, id: &str) -> Option<&Artifact> {
        self.versions.iter().find(|version| version.id == id)
    }

    /// The type of what is provisioned from this product on this path.
    pub(crate) fn provisioned_kind(&self, path: LaunchPath<'_>) -> &str {
        match self.kind.as_str() {
            "CLOUD_FORMATION_TEMPLATE" | "MARKETPLACE" if path.constraints.stack_set.is_some() => {
                "CFN_STACKSET"
            }
            "CLOUD_FORMATION_TEMPLATE" | "MARKETPLACE" => "CFN_STACK",
            other => other,
        }
    }
}

impl Constraints {
    /// The constraint types with their ids and descriptions, in a fixed order.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        let rows = [
            ("LAUNCH", self.launch_role.is_some()),
            ("NOTIFICATION", !self.notification_arns.is_empty()),
            ("RESOURCE_UPDATE", self.tag_update.is_some()),
            ("STACKSET", self.stack_set.is_some()),
            ("TEMPLATE", self.template),
        ];
        rows.into_iter().filter(|(_, there)| *there).map(|(kind, _)| kind).collect()
    }
}
