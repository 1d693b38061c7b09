//! The adapters: the only command file that knows which catalog and which store there are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::args::Variables;
use super::edge::Edge;
use super::fail::Fail;
use super::settings::{self, Repo};
use crate::catalog::Pacing;
use crate::catalog::aws::{AccessConfig, AwsCatalog, LocationConfig, Role};
use crate::declare::{self, Access, Desired, Location};
use crate::model::diagnostic::Source;
use crate::model::ids::{AccountId, Address, LocationName};
use crate::state::{Holder, Lock, SledStore, StateError, keep_out_of_git};
use provisor_sandbox as sandbox;

/// A repo with its declarations.
pub struct Declared {
    /// Settings and sources.
    pub repo: Repo,
    /// What is wanted.
    pub desired: Desired,
}

/// Reads everything that is written down; says what is odd about it.
pub fn declared(variables: &Variables, edge: &Edge) -> Result<Declared, Fail> {
    let mut repo = settings::read(variables)?;
    let sources: Vec<Source> = settings::declarations(&repo)?;
    repo.sources.extend(sources.clone());
    if sources.is_empty() {
        edge.err("Warning: `declarations:` names no files with declarations: nothing is wanted\n");
    }
    match declare::read(&sources, &repo.settings) {
        Err(found) => Err(Fail::Declarations(found, repo.sources)),
        Ok(reading) => {
            let mut warnings = std::mem::take(&mut repo.settings.warnings);
            warnings.extend(reading.warnings);
            if !warnings.0.is_empty() {
                edge.err(&crate::report::diagnostics::diagnostics(&warnings, &repo.sources, edge.err_style));
            }
            Ok(Declared { repo, desired: reading.desired })
        }
    }
}

/// Where the state is kept.
pub fn state_dir(repo: &Repo) -> PathBuf {
    PathBuf::from(&repo.settings.state_path)
}

/// Opens the store and holds it.
pub fn store(repo: &Repo, command: &str) -> Result<SledStore, StateError> {
    let holder = Holder::this_process(&format!("provisor {command}"), Edge::now());
    SledStore::open(&state_dir(repo), Lock { holder, create: true })
}

/// Reads the store, if there is one, and lets go of it.
pub fn snapshot(repo: &Repo, command: &str) -> Result<Option<crate::state::Snapshot>, StateError> {
    let holder = Holder::this_process(&format!("provisor {command}"), Edge::now());
    SledStore::read(&state_dir(repo), &holder)
}

/// The catalogs of all locations that are in play; sandboxes are started or found.
pub fn catalog(repo: &Repo, selected: &BTreeSet<Address>) -> Result<AwsCatalog, Fail> {
    let names: BTreeSet<&LocationName> = selected.iter().map(|address| &address.location).collect();
    let mut sandboxes: BTreeMap<&str, sandbox::Endpoint> = BTreeMap::new();
    let mut configs = Vec::new();
    for location in names.into_iter().filter_map(|name| repo.settings.locations.get(name)) {
        let config = match &location.access {
            Access::Aws { profile, role, endpoint_url } => {
                aws(location, profile, role.as_ref(), endpoint_url)
            }
            Access::Sandbox { file } => {
                if !sandboxes.contains_key(file.as_str()) {
                    keep_out_of_git(&state_dir(repo))?;
                    let path = Path::new(file);
                    sandboxes.insert(file, sandbox::attach(&options(path, path, &state_dir(repo)))?);
                }
                let Some(endpoint) = sandboxes.get(file.as_str()) else { continue };
                simulated(location, endpoint)
            }
        };
        configs.push(config);
    }
    AwsCatalog::new(configs).map_err(|error| Fail::error(error.to_string()))
}

/// Where a world is kept: beside the state, under the path that its file has in the repo.
pub fn options(world: &Path, in_repo: &Path, state: &Path) -> sandbox::Options {
    let folders = in_repo.with_extension("");
    let data = folders.components().fold(state.join("sandbox"), |data, part| match part {
        Component::Normal(name) => data.join(name),
        Component::ParentDir => data.join("up"),
        Component::CurDir | Component::RootDir | Component::Prefix(_) => data,
    });
    sandbox::Options { world: world.to_owned(), data: Some(data), ..sandbox::Options::default() }
}

fn aws(
    location: &Location,
    profile: &Option<String>,
    role: Option<&declare::Role>,
    endpoint_url: &Option<String>,
) -> LocationConfig {
    LocationConfig {
        name: location.name.clone(),
        region: location.region.clone(),
        access: AccessConfig::Aws {
            profile: profile.clone(),
            role: role.map(|role| Role {
                arn: role.arn.clone(),
                external_id: role.external_id.clone(),
                session_name: role.session_name.clone(),
            }),
            endpoint_url: endpoint_url.clone(),
        },
        pacing: Pacing::default(),
    }
}

fn simulated(location: &Location, endpoint: &sandbox::Endpoint) -> LocationConfig {
    let pacing = Pacing { quarantine: None, time_scale: endpoint.time_scale, ..Pacing::default() };
    let account_id =
        location.account_id.clone().unwrap_or_else(|| AccountId::new(endpoint.account_id.as_str()));
    LocationConfig {
        name: location.name.clone(),
        region: location.region.clone(),
        access: AccessConfig::Sandbox { url: endpoint.url.clone(), account_id },
        pacing,
    }
}
