//! What there is to provision, and who runs it. What is the same at several locations is one thing.

use std::collections::BTreeMap;

use crate::catalog::{Artifact, Offering, ParameterRule};
use crate::model::ids::{Labels, LocationName};
use crate::model::product::ArtifactSelector;
use crate::model::time::Timestamp;
use crate::observe::{CatalogProduct, ProductUser, VersionSheet};

/// Products, by name.
pub struct CatalogView {
    /// Each of them, once.
    pub products: Vec<ProductView>,
}

/// A product, and where it is offered alike.
pub struct ProductView {
    /// Its name.
    pub name: String,
    /// Several products of one location are called so.
    pub is_ambiguous: bool,
    /// Its ids, by the location.
    pub ids: BTreeMap<String, String>,
    /// Its type, as the API writes it.
    pub kind: String,
    /// Who owns it, as the administrator wrote it.
    pub owner: String,
    /// The active versions, the newest first.
    pub versions: Vec<VersionView>,
    /// The names of the launch paths.
    pub paths: Vec<String>,
    /// Who runs it, and who is declared to.
    pub users: Vec<UserView>,
    /// What one version takes; `None` where nobody asked, or where there is no launch path.
    pub sheet: Option<SheetView>,
}

/// A version.
pub struct VersionView {
    /// Its name, or its id where it has none.
    pub name: String,
    /// Its id, where that is one everywhere.
    pub id: Option<String>,
    /// When it was made, where that is one everywhere.
    pub created: Option<Timestamp>,
    /// It can be kept, and not be provisioned anew.
    pub deprecated: bool,
}

/// A provisioned product or a declaration.
pub struct UserView {
    /// Its address as people write it; `None` for somebody else's.
    pub address: Option<String>,
    /// Where it stands.
    pub location: String,
    /// `ProvisionedProductName`
    pub name: String,
    /// The version that it runs; `None` where nothing is provisioned.
    pub runs: Option<String>,
    /// The version that it is declared to run.
    pub declared: Option<String>,
    /// There is a newer one than the declared one, or that one is not offered.
    pub is_behind: bool,
}

/// What a version takes.
#[derive(PartialEq, Eq)]
pub struct SheetView {
    /// The version.
    pub version: String,
    /// The launch path.
    pub path: String,
    /// All of it.
    pub offering: Offering,
}

/// A parameter, as its author presents it.
pub struct ParameterSheet<'a> {
    /// Its key.
    pub key: &'a str,
    /// What its author calls it.
    pub label: Option<&'a str>,
    /// The group that its author put it in.
    pub group: Option<&'a str>,
    /// Its rules.
    pub rule: &'a ParameterRule,
}

impl CatalogView {
    /// A view of products, with what a version of each takes where that was asked for.
    #[must_use]
    pub fn of(found: Vec<(CatalogProduct, Option<VersionSheet>)>, labels: &Labels) -> Self {
        let mut products: Vec<ProductView> = Vec::new();
        for (product, sheet) in found {
            let new = ProductView::of(product, sheet, labels);
            match products.iter_mut().find(|other| other.is_like(&new)) {
                Some(other) => other.take_in(new),
                None => products.push(new),
            }
        }
        products.sort_by(|one, other| (&one.name, &one.ids).cmp(&(&other.name, &other.ids)));
        Self { products }
    }
}

impl ProductView {
    fn of(from: CatalogProduct, sheet: Option<VersionSheet>, labels: &Labels) -> Self {
        let CatalogProduct { location, product, namesakes, users } = from;
        let user = |user: &ProductUser| UserView {
            address: user.address.as_ref().map(|address| labels.label(address)),
            location: place(&location, labels),
            name: user.name.clone(),
            runs: user.runs.as_ref().map(|id| product.version_name(id)),
            declared: user.declared.as_ref().map(|version| selector(&version.artifact)),
            is_behind: user.declared.as_ref().is_some_and(|version| version.is_behind),
        };
        let sheet = sheet.map(|sheet| SheetView {
            version: sheet.artifact.label().to_owned(),
            path: sheet.path.name,
            offering: sheet.offering,
        });
        Self {
            is_ambiguous: namesakes > 1,
            ids: BTreeMap::from([(place(&location, labels), product.id.to_string())]),
            kind: product.kind.to_string(),
            owner: product.owner.clone(),
            versions: product.newest_first().into_iter().map(VersionView::of).collect(),
            paths: product.paths.iter().map(|path| path.name.clone()).collect(),
            users: users.iter().map(user).collect(),
            sheet,
            name: product.name,
        }
    }

    /// Whether people are told the same of both.
    fn is_like(&self, other: &Self) -> bool {
        let versions = |of: &Self| -> Vec<(String, bool)> {
            of.versions.iter().map(|version| (version.name.clone(), version.deprecated)).collect()
        };
        !self.is_ambiguous
            && !other.is_ambiguous
            && (&self.name, &self.kind, &self.owner) == (&other.name, &other.kind, &other.owner)
            && self.paths == other.paths
            && self.sheet == other.sheet
            && versions(self) == versions(other)
    }

    fn take_in(&mut self, other: Self) {
        self.ids.extend(other.ids);
        self.users.extend(other.users);
        for (version, its) in self.versions.iter_mut().zip(other.versions) {
            version.id = version.id.take().filter(|id| Some(id) == its.id.as_ref());
            version.created = version.created.filter(|at| Some(*at) == its.created);
        }
    }

    /// The newest version that can be provisioned anew.
    #[must_use]
    pub fn newest(&self) -> Option<&str> {
        let active = self.versions.iter().find(|version| !version.deprecated);
        active.or(self.versions.first()).map(|version| version.name.as_str())
    }

    /// Its id, where it has one everywhere.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        let mut ids = self.ids.values();
        let first = ids.next()?;
        ids.all(|id| id == first).then_some(first)
    }

    /// Those of them that are provisioned: managed here, and not.
    #[must_use]
    pub fn running(&self) -> [usize; 2] {
        let running = || self.users.iter().filter(|user| user.runs.is_some());
        let managed = running().filter(|user| user.address.is_some()).count();
        [managed, running().count() - managed]
    }

    /// Those that are declared.
    pub fn declared(&self) -> impl Iterator<Item = &UserView> {
        self.users.iter().filter(|user| user.declared.is_some())
    }
}

impl VersionView {
    fn of(artifact: &Artifact) -> Self {
        Self {
            name: artifact.label().to_owned(),
            id: Some(artifact.id.to_string()),
            created: Some(artifact.created),
            deprecated: artifact.deprecated,
        }
    }

    /// The day on which it was made.
    #[must_use]
    pub fn day(&self) -> Option<String> {
        Some(self.created?.utc().chars().take(10).collect()).filter(|day: &String| !day.is_empty())
    }
}

impl SheetView {
    /// The parameters, those of one group together, and those of none at the end.
    #[must_use]
    pub fn parameters(&self) -> Vec<ParameterSheet<'_>> {
        let interface = &self.offering.interface;
        let of = |(key, rule)| {
            let key: &String = key;
            let [label, group] =
                [&interface.labels, &interface.groups].map(|all| all.get(key).map(String::as_str));
            ParameterSheet { key, label, group, rule }
        };
        let mut all: Vec<ParameterSheet<'_>> = self.offering.parameters.iter().map(of).collect();
        all.sort_by_key(|one| (one.group.is_none(), one.group));
        all
    }
}

fn place(location: &LocationName, labels: &Labels) -> String {
    labels.location(location).to_owned()
}

fn selector(of: &ArtifactSelector) -> String {
    match of {
        ArtifactSelector::Name(text) | ArtifactSelector::Id(text) => text.clone(),
        ArtifactSelector::OnlyActive => "active".to_owned(),
    }
}
