//! Names to ids: which version and which launch path a declaration means, given what the catalog has. Pure.

use std::cell::OnceCell;
use std::sync::Arc;

use super::Choice;
use crate::catalog::{Artifact, CatalogError, LaunchPath, Product};
use crate::model::ids::ProductId;
use crate::model::product::{ArtifactSelector, Selector};
use crate::model::target::Named;
use crate::model::text::listed;

/// So many launch paths and versions of a candidate are named.
const FEW: usize = 5;

/// What there is instead; shared by all choices that go wrong in the same place.
pub type Candidates = Arc<[String]>;

/// Why a choice could not be resolved; `candidates` are what there is, as people would write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// No such product, or not for this caller.
    Product {
        /// The names of all products the caller sees.
        candidates: Candidates,
    },
    /// Several products have that name, and neither the version nor the launch path leaves one of them.
    AmbiguousProduct {
        /// All that have the name: ids, owners, launch paths.
        candidates: Candidates,
    },
    /// No such version, or not active.
    Version {
        /// The product that has none.
        product: Named<ProductId>,
        /// The names of the active versions; with their ids where an id was asked for.
        candidates: Candidates,
        /// What is wrong with the launch path besides.
        path: Option<Box<Unresolved>>,
    },
    /// Several versions have that name.
    AmbiguousVersion {
        /// Their ids, dates and guidance.
        candidates: Candidates,
    },
    /// `active` was asked for, and there is not exactly one.
    NotOnlyActive {
        /// The names of the active versions.
        candidates: Candidates,
    },
    /// No such launch path for this caller.
    Path {
        /// The names of the launch paths there are.
        candidates: Candidates,
    },
    /// Several launch paths have that name.
    AmbiguousPath {
        /// The ids of all that have the name.
        candidates: Candidates,
    },
    /// There are several launch paths and none was chosen.
    PathNeeded {
        /// The names of the launch paths there are.
        candidates: Candidates,
    },
    /// The caller has no launch path to the product at all.
    NoPath,
    /// The catalog did not tell.
    Catalog(CatalogError),
}

impl Unresolved {
    /// Whether the product is known, or one of several, and only the choice among what it has leads nowhere.
    #[must_use]
    pub fn is_of_choice(&self) -> bool {
        !matches!(self, Self::Product { .. } | Self::NoPath | Self::Catalog(_))
    }
}

/// What is meant by a choice, among what the catalog has.
#[derive(Clone, Copy)]
pub(super) struct Chosen<'p> {
    pub product: &'p Product,
    pub artifact: &'p Artifact,
    pub path: &'p LaunchPath,
}

/// A product, with what it is told to have: put into words once, however many choices go wrong.
pub(super) struct Menu<'p> {
    product: &'p Product,
    versions: OnceCell<Candidates>,
    versions_by_id: OnceCell<Candidates>,
    paths: OnceCell<Candidates>,
    paths_by_id: OnceCell<Candidates>,
}

impl<'p> Menu<'p> {
    pub fn new(product: &'p Product) -> Self {
        let (versions, versions_by_id) = (OnceCell::new(), OnceCell::new());
        Self { product, versions, versions_by_id, paths: OnceCell::new(), paths_by_id: OnceCell::new() }
    }

    fn no_version(&self, candidates: Candidates) -> Unresolved {
        let product = Named::new(self.product.id.clone(), &self.product.name);
        Unresolved::Version { product, candidates, path: None }
    }

    fn versions(&self) -> Candidates {
        let all = || self.product.artifacts.iter().map(named).collect();
        self.versions.get_or_init(all).clone()
    }

    fn versions_by_id(&self) -> Candidates {
        let all = || self.product.artifacts.iter().map(artifact_text).collect();
        self.versions_by_id.get_or_init(all).clone()
    }

    fn paths(&self) -> Candidates {
        self.paths.get_or_init(|| self.product.paths.iter().map(|path| path.name.clone()).collect()).clone()
    }

    fn paths_by_id(&self) -> Candidates {
        self.paths_by_id.get_or_init(|| self.product.paths.iter().map(path_text).collect()).clone()
    }
}

/// The version and the launch path of the product that are meant.
pub(super) fn choose<'p>(menu: &Menu<'p>, choice: &Choice) -> Result<Chosen<'p>, Unresolved> {
    let product = menu.product;
    let all = &product.artifacts;
    let artifact = match &choice.stays {
        // what stays is never looked up by its name
        Some(stays) => {
            all.iter().find(|artifact| artifact.id == *stays).ok_or_else(|| menu.no_version(menu.versions()))
        }
        None => choose_artifact(menu, choice),
    };
    let path = choose_path(menu, choice.path.as_ref());
    match (artifact, path) {
        (Ok(artifact), Ok(path)) => Ok(Chosen { product, artifact, path }),
        (Err(Unresolved::Version { product, candidates, .. }), Err(path)) => {
            Err(Unresolved::Version { product, candidates, path: Some(Box::new(path)) })
        }
        (Err(why), _) | (Ok(_), Err(why)) => Err(why),
    }
}

/// All that a choice which leads nowhere may mean: what it says of the version and of the launch path is held to where there is
/// such a one.
pub(super) fn may_mean<'p>(menus: &[Menu<'p>], choice: &Choice) -> Vec<Chosen<'p>> {
    let of = |menu: &Menu<'p>| {
        let product = menu.product;
        let versions = match (choose_artifact(menu, choice), &choice.artifact) {
            (Ok(one), _) => vec![one],
            (Err(Unresolved::AmbiguousVersion { .. }), ArtifactSelector::Name(name)) => {
                product.artifacts.iter().filter(|one| one.name.as_ref() == Some(name)).collect()
            }
            (Err(_), _) => product.artifacts.iter().collect(),
        };
        let paths = match choose_path(menu, choice.path.as_ref()) {
            Ok(one) => vec![one],
            Err(_) => product.paths.iter().collect(),
        };
        let of_path = |path| versions.iter().map(move |artifact| Chosen { product, artifact, path });
        paths.into_iter().flat_map(of_path).collect::<Vec<_>>()
    };
    menus.iter().flat_map(of).collect()
}

/// The same among products of one name: the only one that has such a version and such a launch path; else the only one that has
/// such a launch path is the one without such a version.
pub(super) fn choose_among<'p>(menus: &[Menu<'p>], choice: &Choice) -> Result<Chosen<'p>, Unresolved> {
    if let [menu] = menus {
        return choose(menu, choice);
    }
    let mut reached = menus.iter().filter(|menu| choose_path(menu, choice.path.as_ref()).is_ok());
    if let (Some(only), None, Some(_)) = (reached.next(), reached.next(), &choice.path) {
        return choose(only, choice);
    }
    let mut fitting = menus.iter().filter_map(|menu| choose(menu, choice).ok());
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one),
        _ => {
            let candidates = menus.iter().map(|menu| product_text(menu.product)).collect();
            Err(Unresolved::AmbiguousProduct { candidates })
        }
    }
}

/// "vpc (prod-…, of team-a, by team-a; versions v1, v2)"
fn product_text(product: &Product) -> String {
    let paths = listed(product.paths.iter().map(|path| &path.name), FEW);
    let versions = listed(product.artifacts.iter().map(artifact_name), FEW);
    let owner = if product.owner.is_empty() { String::new() } else { format!(", of {}", product.owner) };
    format!("{} ({}{owner}; launch paths: {paths}; versions: {versions})", product.name, product.id)
}

fn choose_artifact<'p>(menu: &Menu<'p>, choice: &Choice) -> Result<&'p Artifact, Unresolved> {
    let (all, wanted) = (&menu.product.artifacts, &choice.artifact);
    let meant: Vec<&Artifact> = match wanted {
        ArtifactSelector::Name(name) => all.iter().filter(|a| a.name.as_deref() == Some(name)).collect(),
        ArtifactSelector::Id(id) => all.iter().filter(|a| a.id.as_str() == id).collect(),
        ArtifactSelector::OnlyActive => all.iter().filter(|a| !a.deprecated).collect(),
    };
    let names = |of: &[&Artifact]| of.iter().map(|a| artifact_text(a)).collect();
    if let Some(runs) = meant.iter().find(|artifact| choice.runs.as_ref() == Some(&artifact.id)) {
        return Ok(runs);
    }
    match (meant.as_slice(), wanted) {
        ([one], _) => Ok(one),
        (some, ArtifactSelector::OnlyActive) => Err(Unresolved::NotOnlyActive { candidates: names(some) }),
        ([], ArtifactSelector::Id(_)) => Err(menu.no_version(menu.versions_by_id())),
        ([], _) => Err(menu.no_version(menu.versions())),
        (several, _) => Err(Unresolved::AmbiguousVersion { candidates: names(several) }),
    }
}

fn choose_path<'p>(menu: &Menu<'p>, wanted: Option<&Selector>) -> Result<&'p LaunchPath, Unresolved> {
    let all = &menu.product.paths;
    let meant: Vec<&LaunchPath> = match wanted {
        Some(Selector::Name(name)) => all.iter().filter(|p| p.name == *name).collect(),
        Some(Selector::Id(id)) => all.iter().filter(|p| p.id.as_str() == id).collect(),
        None => all.iter().collect(),
    };
    let texts = |of: &[&LaunchPath]| of.iter().map(|path| path_text(path)).collect();
    match (meant.as_slice(), wanted) {
        ([one], _) => Ok(one),
        ([], _) if all.is_empty() => Err(Unresolved::NoPath),
        ([], Some(Selector::Id(_))) => Err(Unresolved::Path { candidates: menu.paths_by_id() }),
        ([], _) => Err(Unresolved::Path { candidates: menu.paths() }),
        (several, Some(_)) => Err(Unresolved::AmbiguousPath { candidates: texts(several) }),
        (several, None) => Err(Unresolved::PathNeeded { candidates: texts(several) }),
    }
}

fn path_text(path: &LaunchPath) -> String {
    format!("{} ({})", path.name, path.id)
}

fn artifact_name(artifact: &Artifact) -> String {
    artifact.name.clone().unwrap_or_else(|| artifact.id.to_string())
}

/// Its name, and whether nothing new can be made from it.
fn named(artifact: &Artifact) -> String {
    let guidance = if artifact.deprecated { " (deprecated)" } else { "" };
    format!("{}{guidance}", artifact_name(artifact))
}

fn artifact_text(artifact: &Artifact) -> String {
    let guidance = if artifact.deprecated { ", deprecated" } else { "" };
    let made =
        jiff::Timestamp::from_millisecond(artifact.created.0).map(|at| at.strftime("%Y-%m-%d").to_string());
    let made = made.map(|day| format!(", made {day}")).unwrap_or_default();
    format!("{} ({}{made}{guidance})", artifact_name(artifact), artifact.id)
}
