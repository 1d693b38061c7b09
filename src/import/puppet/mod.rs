//! Manifests of aws-service-catalog-puppet. A launch is a provisioned product of its name in each account and region that it is
//! deployed to; each is looked for by that. What Puppet only looks up when it runs is as it is there, and said with file and line.

mod accounts;
mod conditions;
mod item;
mod launches;
mod manifest;
mod missing;
mod order;
mod others;
mod parameters;
mod properties;
mod scalar;
mod ssm;
mod targets;
mod told;

use super::foreign::{FolderText, ForeignFile, OtherFile};
use told::PuppetReport;

/// A manifest, and what stands beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PuppetFolder {
    /// The manifest itself.
    pub manifest: FolderText,
    /// The other files, sorted.
    pub beside: Vec<FolderText>,
    /// The account that Puppet runs in, where that was given.
    pub account_id: Option<String>,
}

/// A location.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownPlace {
    /// Its name: what stands behind an `@`.
    pub location: String,
    /// The entry of `locations:` that it is of.
    pub entry: String,
    /// Its account, where that is known.
    pub account_id: Option<String>,
    /// Its region.
    pub region: String,
}

/// Folders beside a manifest that hold parts of it, and its own.
pub const PUPPET_FOLDERS: [&str; 20] = [
    "launches",
    "stacks",
    "spoke-local-portfolios",
    "imported-portfolios",
    "lambda-invocations",
    "code-build-runs",
    "assertions",
    "apps",
    "workspaces",
    "service-control-policies",
    "simulate-policies",
    "tag-policies",
    "organizational-units",
    "c7n-aws-lambdas",
    "c7n-aws-cloudtrails",
    "parameters",
    "mappings",
    "manifests",
    "capabilities",
    "",
];

const ADVICE: [&str; 2] = [
    "Puppet manages them still: take the launches out of the manifest, without `status: terminated`, which destroys nothing",
    "the tags that Puppet gave (`ServiceCatalogPuppet:…`) are carried over with the others",
];

/// The provisioned products of a manifest, at the places that there are.
///
/// # Errors
/// A file that cannot be read, and one of another kind.
pub fn puppet(folder: &PuppetFolder, places: &[KnownPlace]) -> Result<ForeignFile, OtherFile> {
    let mut told = PuppetReport::default();
    let manifest = manifest::manifest(folder, &mut told)?;
    let accounts = accounts::accounts(&manifest.root, &mut told);
    let products = launches::products(&manifest, &accounts, places, &mut told)?;
    others::tell(&manifest.root, &mut told);
    if !products.is_empty() {
        ADVICE.iter().for_each(|advice| told.advice.push((*advice).to_owned()));
    }
    let PuppetReport { left, changed, advice, .. } = told;
    let (left, changed, advice) = (left.all, changed.all, advice.all);
    Ok(ForeignFile { products, left, changed, advice, ..ForeignFile::default() })
}
