//! The adapters: the only file that knows which catalogs and which store there are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::author::author;
use super::edge::Edge;
use crate::catalog::aws::{AccessConfig, AwsCatalog, LocationConfig, Role};
use crate::catalog::{Catalog, Pacing};
use crate::declare::{self, Access, Location, Settings};
use crate::model::ids::{AccountId, LocationName, Region};
use crate::state::{Holder, Lock, SledStore, Snapshot, keep_out_of_git};
use crate::workspace::{Adapters, HeldStore, Problem, ProblemKind, Repo};
use provisor_sandbox::{self as sandbox, SandboxError};

/// What one command of this process works with: AWS and embedded sandboxes, and a store in a folder.
pub struct Wiring {
    /// The command, as others are told who have to wait for it.
    pub command: &'static str,
}

impl Wiring {
    fn lock(&self) -> Lock {
        let now = Edge::now();
        let holder = Holder::this_process(&format!("provisor {}", self.command), now);
        let by = Some(author(Edge::variable, &holder, now));
        Lock { holder, by, create: true }
    }
}

impl Adapters for Wiring {
    fn sandbox(&self, root: &Path, file: &Path) -> Result<(AccountId, Region), Problem> {
        let head = sandbox::peek(&root.join(file)).map_err(|error| unusable(error, root))?;
        Ok((head.account_id.into(), head.region.into()))
    }

    fn catalog(
        &self,
        root: &Path,
        settings: &Settings,
        locations: &BTreeSet<&LocationName>,
    ) -> Result<Rc<dyn Catalog>, Problem> {
        let mut sandboxes: BTreeMap<&str, sandbox::Endpoint> = BTreeMap::new();
        let mut configs = Vec::new();
        for location in locations.iter().filter_map(|name| settings.locations.get(*name)) {
            let config = match &location.access {
                Access::Aws { profile, role, endpoint_url } => {
                    aws(location, profile, role.as_ref(), endpoint_url)
                }
                Access::Sandbox { file } => {
                    if !sandboxes.contains_key(file.as_str()) {
                        sandboxes.insert(file, attach(root, settings, file)?);
                    }
                    let Some(endpoint) = sandboxes.get(file.as_str()) else { continue };
                    simulated(location, endpoint)
                }
            };
            configs.push(config);
        }
        match AwsCatalog::new(configs) {
            Ok(catalog) => Ok(Rc::new(catalog)),
            Err(error) => Err(Problem::new(ProblemKind::Catalog, error.to_string())),
        }
    }

    fn store(&self, root: &Path, settings: &Settings) -> Result<HeldStore, Problem> {
        let store = SledStore::open(&state_dir(root, settings), self.lock())?;
        let key_was_lost = store.key_was_lost();
        Ok(HeldStore { store: Box::new(store), key_was_lost })
    }

    fn snapshot(&self, root: &Path, settings: &Settings) -> Result<Option<Snapshot>, Problem> {
        Ok(SledStore::read(&state_dir(root, settings), &self.lock().holder)?)
    }
}

/// Where the state is kept.
pub fn state_dir(root: &Path, settings: &Settings) -> PathBuf {
    root.join(&settings.state_path)
}

/// The store itself: only an embedded one can be put in place of as a whole.
pub fn embedded(repo: &Repo<'_>, wiring: &Wiring) -> Result<SledStore, Problem> {
    Ok(SledStore::open(&state_dir(&repo.root, &repo.settings), wiring.lock())?)
}

/// Reads every template of the sandboxes that locations name.
pub fn check_sandboxes(repo: &Repo<'_>) -> Result<(), Problem> {
    for file in repo.sandbox_files() {
        sandbox::check(&repo.path(file)).map_err(|error| unusable(error, &repo.root))?;
    }
    Ok(())
}

/// Why a sandbox cannot be used; its files are named as they are within `root`.
pub fn unusable(mut error: SandboxError, root: &Path) -> Problem {
    use SandboxError::{Damaged, File, Unread, World};
    if let World { file: path, .. } | Unread { file: path, .. } | File { path, .. } | Damaged { path, .. } =
        &mut error
        && let Ok(inside) = path.strip_prefix(root)
    {
        *path = inside.to_owned();
    }
    let problem = Problem::input(error.to_string());
    match error.hint() {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
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

/// The sandbox of this file, started or found.
fn attach(root: &Path, settings: &Settings, file: &str) -> Result<sandbox::Endpoint, Problem> {
    let state = state_dir(root, settings);
    keep_out_of_git(&state)?;
    let options = options(&root.join(file), Path::new(file), &state);
    sandbox::attach(&options).map_err(|error| unusable(error, root))
}

fn aws(
    location: &Location,
    profile: &Option<String>,
    role: Option<&declare::AssumeRole>,
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
