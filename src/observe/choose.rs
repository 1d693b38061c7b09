//! Names to ids: which version and which launch path a declaration means, given what the catalog has. Pure.

use super::Choice;
use crate::catalog::{Artifact, CatalogError, LaunchPath, Product};
use crate::model::product::{ArtifactSelector, Selector};
use crate::model::text::listed;

/// So many launch paths and versions of a candidate are named.
const FEW: usize = 5;

/// Why a choice could not be resolved; `candidates` are what there is, as people would write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// No such product, or not for this caller.
    Product {
        /// The names of all products the caller sees.
        candidates: Vec<String>,
    },
    /// Several products have that name, and neither the version nor the launch path leaves one of them.
    AmbiguousProduct {
        /// All that have the name: ids, owners, launch paths.
        candidates: Vec<String>,
    },
    /// No such version, or not active.
    Version {
        /// The names of the active versions; with their ids where an id was asked for.
        candidates: Vec<String>,
    },
    /// Several versions have that name.
    AmbiguousVersion {
        /// Their ids, dates and guidance.
        candidates: Vec<String>,
    },
    /// `active` was asked for, and there is not exactly one.
    NotOnlyActive {
        /// The names of the active versions.
        candidates: Vec<String>,
    },
    /// No such launch path for this caller.
    Path {
        /// The names of the launch paths there are.
        candidates: Vec<String>,
    },
    /// Several launch paths have that name.
    AmbiguousPath {
        /// The ids of all that have the name.
        candidates: Vec<String>,
    },
    /// There are several launch paths and none was chosen.
    PathNeeded {
        /// The names of the launch paths there are.
        candidates: Vec<String>,
    },
    /// The caller has no launch path to the product at all.
    NoPath,
    /// The catalog did not tell.
    Catalog(CatalogError),
}

/// What is meant by a choice, among what the catalog has.
#[derive(Clone, Copy)]
pub(super) struct Chosen<'p> {
    pub product: &'p Product,
    pub artifact: &'p Artifact,
    pub path: &'p LaunchPath,
}

/// The version and the launch path of the product that are meant.
pub(super) fn choose<'p>(product: &'p Product, choice: &Choice) -> Result<Chosen<'p>, Unresolved> {
    let all = &product.artifacts;
    let artifact = match &choice.stays {
        // what stays is never looked up by its name
        Some(stays) => all
            .iter()
            .find(|artifact| artifact.id == *stays)
            .ok_or_else(|| Unresolved::Version { candidates: all.iter().map(artifact_name).collect() })?,
        None => choose_artifact(all, choice)?,
    };
    Ok(Chosen { product, artifact, path: choose_path(&product.paths, choice.path.as_ref())? })
}

/// The same among products of one name: the only one that has such a version and such a launch path.
pub(super) fn choose_among<'p>(products: &'p [Product], choice: &Choice) -> Result<Chosen<'p>, Unresolved> {
    if let [product] = products {
        return choose(product, choice);
    }
    let mut fitting = products.iter().filter_map(|product| choose(product, choice).ok());
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(Unresolved::AmbiguousProduct { candidates: products.iter().map(product_text).collect() }),
    }
}

/// "vpc (prod-…, of team-a, by team-a; versions v1, v2)"
fn product_text(product: &Product) -> String {
    let paths = listed(product.paths.iter().map(|path| &path.name), FEW);
    let versions = listed(product.artifacts.iter().map(artifact_name), FEW);
    let owner = if product.owner.is_empty() { String::new() } else { format!(", of {}", product.owner) };
    format!("{} ({}{owner}; launch paths: {paths}; versions: {versions})", product.name, product.id)
}

fn choose_artifact<'p>(all: &'p [Artifact], choice: &Choice) -> Result<&'p Artifact, Unresolved> {
    let wanted = &choice.artifact;
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
        ([], ArtifactSelector::Id(_)) => {
            Err(Unresolved::Version { candidates: all.iter().map(artifact_text).collect() })
        }
        ([], _) => Err(Unresolved::Version { candidates: all.iter().map(artifact_name).collect() }),
        (several, _) => Err(Unresolved::AmbiguousVersion { candidates: names(several) }),
    }
}

fn choose_path<'p>(all: &'p [LaunchPath], wanted: Option<&Selector>) -> Result<&'p LaunchPath, Unresolved> {
    let meant: Vec<&LaunchPath> = match wanted {
        Some(Selector::Name(name)) => all.iter().filter(|p| p.name == *name).collect(),
        Some(Selector::Id(id)) => all.iter().filter(|p| p.id.as_str() == id).collect(),
        None => all.iter().collect(),
    };
    let texts = |of: &[&LaunchPath]| of.iter().map(|p| format!("{} ({})", p.name, p.id)).collect();
    match (meant.as_slice(), wanted) {
        ([one], _) => Ok(one),
        ([], _) if all.is_empty() => Err(Unresolved::NoPath),
        ([], Some(Selector::Id(_))) => {
            Err(Unresolved::Path { candidates: texts(&all.iter().collect::<Vec<_>>()) })
        }
        ([], _) => Err(Unresolved::Path { candidates: all.iter().map(|p| p.name.clone()).collect() }),
        (several, Some(_)) => Err(Unresolved::AmbiguousPath { candidates: texts(several) }),
        (several, None) => Err(Unresolved::PathNeeded { candidates: texts(several) }),
    }
}

fn artifact_name(artifact: &Artifact) -> String {
    artifact.name.clone().unwrap_or_else(|| artifact.id.to_string())
}

fn artifact_text(artifact: &Artifact) -> String {
    let guidance = if artifact.deprecated { ", deprecated" } else { "" };
    let made =
        jiff::Timestamp::from_millisecond(artifact.created.0).map(|at| at.strftime("%Y-%m-%d").to_string());
    let made = made.map(|day| format!(", made {day}")).unwrap_or_default();
    format!("{} ({}{made}{guidance})", artifact_name(artifact), artifact.id)
}
