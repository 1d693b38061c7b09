//! The adapters: the only file that knows which catalogs and which store there are.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use super::author::author;
use super::calls;
use super::edge::Edge;
use super::worlds::unusable;
use crate::catalog::aws::{
    AccessConfig, AwsCatalog, LocationConfig, Role, template_interface, template_rules,
};
use crate::catalog::{Catalog, Offering, Pacing, ParameterRule};
use crate::declare::{self, Access, Location, Settings};
use crate::files::{FileError, SettingsHome};
use crate::model::diagnostic::Source;
use crate::model::ids::{AccountId, LocationName};
use crate::state::{
    Author, Backup, Damage, Holder, Lock, LockPatience, Past, PreviewFolder, Previews, SledStore, Snapshot,
    judge_state, keep_out_of_git,
};
use crate::workspace::{
    Adapters, HeldStore, Problem, ProblemKind, Repo, SandboxHead, WhatIsLeft, unkeepable,
};
use provisor_sandbox as sandbox;

/// What one command of this process works with: AWS and embedded sandboxes, and a store in a folder.
pub struct Wiring {
    /// The command, as others are told who have to wait for it.
    command: &'static str,
    /// How long it waits for others.
    lock_timeout: Duration,
    /// Why sandboxes cannot be had whose holder does not answer: nobody waits for it again.
    silent: RefCell<BTreeMap<String, Problem>>,
}

/// What others do in passing is waited for.
const IN_PASSING: Duration = Duration::from_secs(1);

impl Wiring {
    /// The wiring of a command that hardly waits for others.
    #[must_use]
    pub const fn new(command: &'static str) -> Self {
        Self { command, lock_timeout: IN_PASSING, silent: RefCell::new(BTreeMap::new()) }
    }

    /// Waits so long for a state that somebody else holds, if that is said.
    #[must_use]
    pub fn patient(self, lock_timeout: Option<Duration>) -> Self {
        Self { lock_timeout: lock_timeout.unwrap_or(self.lock_timeout), ..self }
    }

    /// Whether the command looks at no state and asks nobody.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.command == "validate"
    }

    fn holder(&self) -> Holder {
        Holder::this_process(&format!("provisor {}", self.command), Edge::now())
    }

    /// Who runs this command.
    #[must_use]
    pub fn author(&self) -> Author {
        author(Edge::variable, &self.holder(), Edge::now())
    }

    fn lock(&self) -> Lock {
        let tell =
            |holder: &str| Edge::say(&format!("The state is held by {holder}: waiting for it to end.\n"));
        let patience = LockPatience { time: self.lock_timeout, tell };
        Lock { holder: self.holder(), by: Some(self.author()), create: true, patience }
    }

    /// The sandbox of this file, started or found; one whose holder did not answer is not asked for again.
    fn attach(
        &self,
        home: &SettingsHome,
        settings: &Settings,
        file: &str,
    ) -> Result<sandbox::Endpoint, Problem> {
        if let Some(problem) = self.silent.borrow().get(file) {
            return Err(problem.clone());
        }
        self.attach_once(home, settings, file)
    }

    /// A plan keeps nothing: without a world on disk, it is in memory.
    fn attach_once(
        &self,
        home: &SettingsHome,
        settings: &Settings,
        file: &str,
    ) -> Result<sandbox::Endpoint, Problem> {
        let (root, state) = (home.folder(), state_dir(home, settings)?);
        let SandboxFolder { options, is_there } = kept(home, &state, file)?;
        let plans = self.command.starts_with("plan") || ["doctor", "catalog"].contains(&self.command);
        let data = options.data.filter(|_| is_there || !plans);
        if plans {
            judge_state(&state)?;
        } else if data.is_some() {
            keep_out_of_git(&state)?;
        }
        let options = sandbox::Options { data, ..options };
        sandbox::attach(&options).map_err(|error| {
            let is_silent = matches!(error, sandbox::SandboxError::Silent { .. });
            let problem = unusable(error, root, &options.reader);
            if is_silent {
                self.silent.borrow_mut().insert(file.to_owned(), problem.clone());
            }
            problem
        })
    }

    /// What is sound of the sandbox of this file, where that is all that can be had.
    fn glance(home: &SettingsHome, settings: &Settings, file: &str) -> Option<sandbox::Glimpse> {
        let state = state_dir(home, settings).ok()?;
        let SandboxFolder { options, is_there } = kept(home, &state, file).ok()?;
        if is_there {
            judge_state(&state).ok()?;
        }
        sandbox::glance(&sandbox::Options { data: options.data.filter(|_| is_there), ..options }).ok()
    }
}

/// A sandbox as it is kept.
struct SandboxFolder {
    options: sandbox::Options,
    /// Whether anything is kept.
    is_there: bool,
}

fn kept(home: &SettingsHome, state: &Path, file: &str) -> Result<SandboxFolder, Problem> {
    let root = home.folder();
    let options = options(&root.join(file), Path::new(file), state);
    let data = options.data.as_deref().unwrap_or(state);
    let is_there = own_folder(home, data.strip_prefix(root).unwrap_or(data))?;
    let reader = reader(home, Path::new(file));
    Ok(SandboxFolder { options: sandbox::Options { reader, ..options }, is_there })
}

/// How locations are reached, with the sandboxes of theirs that are had.
fn configs<'s>(
    settings: &'s Settings,
    locations: &BTreeSet<&LocationName>,
    mut sandbox: impl FnMut(&'s str, &Location) -> Option<sandbox::Endpoint>,
) -> Vec<LocationConfig> {
    let config = |location: &'s Location| match &location.access {
        Access::Aws { profile, role, endpoint_url, allow_custom_endpoint } => {
            let access = AccessConfig::Aws {
                profile: profile.clone(),
                role: role.as_ref().map(assumed),
                endpoint_url: endpoint_url.clone(),
                allow_custom_endpoint: *allow_custom_endpoint,
            };
            Some(LocationConfig {
                name: location.name.clone(),
                region: location.region.clone(),
                access,
                access_level: location.access_level,
                pacing: Pacing::default(),
            })
        }
        Access::Sandbox { file } => Some(simulated(location, &sandbox(file, location)?)),
        Access::Unknown => None,
    };
    locations.iter().filter_map(|name| settings.locations.get(*name)).filter_map(config).collect()
}

impl Adapters for Wiring {
    fn sandbox(&self, home: &SettingsHome, file: &Path) -> Result<SandboxHead, Problem> {
        let root = home.folder();
        let reader = reader(home, file);
        let told = |error| unusable(error, root, &reader);
        let sandbox::Peek { account_id, region, wrong, .. } =
            sandbox::peek(&root.join(file), &reader).map_err(told)?;
        Ok(SandboxHead { account: account_id.into(), region: region.into(), wrong: wrong.map(told) })
    }

    fn catalog(
        &self,
        home: &SettingsHome,
        settings: &Settings,
        locations: &BTreeSet<&LocationName>,
    ) -> Result<Rc<dyn Catalog>, Problem> {
        let mut sandboxes: BTreeMap<&str, Option<sandbox::Endpoint>> = BTreeMap::new();
        let mut problems: Vec<Problem> = Vec::new();
        let configs = configs(settings, locations, |file, _| {
            let endpoint = sandboxes.entry(file).or_insert_with(|| {
                let attached = self.attach(home, settings, file);
                attached.map_err(|problem| problems.push(problem)).ok()
            });
            endpoint.clone()
        });
        if let Some(problem) = problems.into_iter().reduce(Problem::with) {
            return Err(problem);
        }
        match AwsCatalog::new(configs) {
            Ok(catalog) => Ok(Rc::new(catalog.telling(calls::listener()))),
            Err(error) => Err(Problem::new(ProblemKind::Catalog, error.to_string())),
        }
    }

    fn salvaged(
        &self,
        home: &SettingsHome,
        settings: &Settings,
        locations: &BTreeSet<&LocationName>,
    ) -> WhatIsLeft {
        let mut salvaged = WhatIsLeft::default();
        let mut sandboxes: BTreeMap<&str, Result<sandbox::Endpoint, Option<sandbox::Glimpse>>> =
            BTreeMap::new();
        let configs = configs(settings, locations, |file, location| {
            let found = sandboxes.entry(file).or_insert_with(|| {
                self.attach(home, settings, file).map_err(|_| Self::glance(home, settings, file))
            });
            match found {
                Ok(endpoint) => return Some(endpoint.clone()),
                Err(None) => drop(salvaged.out.insert(location.name.clone())),
                Err(Some(glimpse)) => {
                    salvaged.partial.insert(location.name.clone());
                    salvaged.lacks_some |= glimpse.lacks_some;
                }
            }
            found.as_ref().err()?.as_ref().map(|glimpse| glimpse.endpoint.clone())
        });
        let catalog = AwsCatalog::new(configs).ok();
        salvaged.catalog =
            catalog.map(|catalog| Rc::new(catalog.telling(calls::listener())) as Rc<dyn Catalog>);
        salvaged
    }

    fn store(&self, home: &SettingsHome, settings: &Settings) -> Result<HeldStore, Problem> {
        let store = SledStore::open(&state_dir(home, settings)?, self.lock())?;
        Ok(HeldStore { store: Box::new(store) })
    }

    fn previews(&self, home: &SettingsHome, settings: &Settings) -> Result<Box<dyn Previews>, Problem> {
        Ok(Box::new(PreviewFolder::of(&state_dir(home, settings)?, self.holder())))
    }

    fn snapshot(&self, home: &SettingsHome, settings: &Settings) -> Result<Option<Snapshot>, Problem> {
        let snapshot = SledStore::read(&state_dir(home, settings)?, &Edge::scratch()?)?;
        // to who writes, the lock says it
        Ok(snapshot.inspect(|snapshot| {
            if !["apply", "destroy"].contains(&self.command) {
                say_held(snapshot);
            }
        }))
    }
}

/// Where the state is kept: beneath the root, and no link leads to it.
pub fn state_dir(home: &SettingsHome, settings: &Settings) -> Result<PathBuf, Problem> {
    match home.own_folder(Path::new(&settings.state_path)) {
        // whose it is, is told by whoever opens it
        Err(FileError::Io(error)) if error.kind() == ErrorKind::PermissionDenied => {}
        _ => drop(own_folder(home, Path::new(&settings.state_path))?),
    }
    Ok(home.own_path(Path::new(&settings.state_path)))
}

/// Whether there is a folder of ours, which no link leads to.
fn own_folder(home: &SettingsHome, named: &Path) -> Result<bool, Problem> {
    let unusable = |error| Problem::of(ProblemKind::State, unkeepable(home, named, error));
    Ok(home.own_folder(named).map_err(unusable)?.is_some())
}

/// How the files of a sandbox are read, its world file and what that names: as all that settings name.
pub fn reader(home: &SettingsHome, world: &Path) -> sandbox::Reader {
    // all worlds of this process have it together
    static ROOM: LazyLock<sandbox::Room> = LazyLock::new(sandbox::Room::default);
    let (home, world) = (home.clone(), world.to_owned());
    let beside = home.clone();
    let reader = sandbox::Reader::new(move |path| {
        let named = path.strip_prefix(home.folder()).unwrap_or(path);
        Ok(home.read_for(&world, named)?)
    });
    reader.listing(move |folder| names_in(&beside, folder)).within(&ROOM)
}

/// What lies in a folder of a checkout; what lies elsewhere is nobody's business.
fn names_in(home: &SettingsHome, folder: &Path) -> Vec<String> {
    let SettingsHome::Checkout(checkout) = home else { return Vec::new() };
    let listed = checkout.list(folder.strip_prefix(home.folder()).unwrap_or(folder));
    listed.unwrap_or_default().into_iter().filter_map(|entry| entry.name.into_string().ok()).collect()
}

/// What became of operations, as of the last commit.
pub fn history(repo: &Repo<'_>) -> Result<Vec<Past>, Problem> {
    let dir = state_dir(&repo.home, &repo.settings)?;
    let Some((snapshot, past)) = SledStore::read_with_history(&dir, &Edge::scratch()?)? else {
        return Ok(Vec::new());
    };
    say_held(&snapshot);
    Ok(past)
}

/// The backups of the store, oldest first.
pub fn backups(repo: &Repo<'_>) -> Result<Vec<Backup>, Problem> {
    Ok(SledStore::backups(&state_dir(&repo.home, &repo.settings)?)?)
}

/// What is wrong with the store, if anything is.
pub fn examine(repo: &Repo<'_>) -> Result<Option<Damage>, Problem> {
    Ok(SledStore::examine(&state_dir(&repo.home, &repo.settings)?, &Edge::scratch()?)?)
}

/// Puts in force what can be saved of it; gives the name of the folder that the rest is kept in.
pub fn recover(repo: &Repo<'_>, wiring: &Wiring, damage: &Damage) -> Result<String, Problem> {
    let dir = state_dir(&repo.home, &repo.settings)?;
    Ok(SledStore::recover(&dir, &wiring.lock(), damage, &Edge::scratch()?)?)
}

/// Whoever reads beside a run that writes is told so.
fn say_held(snapshot: &Snapshot) {
    if let Snapshot { recorded, held_by: Some(holder), .. } = snapshot {
        let serial = recorded.serial;
        Edge::say(&format!("The state is held by {holder}: this is its last commit, serial {serial}.\n"));
    }
}

/// The store itself: only an embedded one can be put in place of as a whole.
pub fn embedded(repo: &Repo<'_>, wiring: &Wiring) -> Result<SledStore, Problem> {
    Ok(SledStore::open(&state_dir(&repo.home, &repo.settings)?, wiring.lock())?)
}

/// Reads every template of the sandboxes that locations name.
pub fn check_sandboxes(repo: &Repo<'_>) -> Result<(), Problem> {
    let root = repo.home.folder();
    let problems = repo.sandbox_files().into_iter().filter_map(|file| {
        let world = root.join(file);
        let reader = reader(&repo.home, Path::new(file));
        sandbox::check(&world, &reader).err().map(|error| unusable(error, root, &reader))
    });
    problems.reduce(Problem::with).map_or(Ok(()), Err)
}

/// What the sandboxes offer that locations name, as far as their files can be read: nobody is asked.
pub fn offered_in_sandboxes(repo: &Repo<'_>) -> Vec<sandbox::OfferedProduct> {
    let root = repo.home.folder();
    let offered = |file: &str| sandbox::offered(&root.join(file), &reader(&repo.home, Path::new(file))).ok();
    repo.sandbox_files().into_iter().filter_map(offered).flatten().collect()
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

fn assumed(role: &declare::AssumeRole) -> Role {
    Role {
        arn: role.arn.clone(),
        external_id: role.external_id.clone(),
        session_name: role.session_name.clone(),
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
        access_level: location.access_level,
        pacing,
    }
}

/// What a template takes and gives, as the service would tell it of a version; not what belongs to a product.
pub fn offering(source: &Source) -> Result<Offering, Problem> {
    let described = sandbox::template::describe(&source.text)
        .map_err(|error| Problem::input(format!("`{}` is no template: {error}", source.path)))?;
    let parameters: BTreeMap<String, ParameterRule> =
        described.parameters.into_iter().map(|one| (one.key.clone(), rule(one))).collect();
    let metadata = described.metadata_json.as_deref();
    let interface = metadata.map(|text| template_interface(text, &parameters)).unwrap_or_default();
    Ok(Offering {
        interface: Arc::new(interface),
        rules: Arc::new(template_rules(&described.rules_json)),
        output_keys: Some(described.outputs.into_iter().map(|output| output.key).collect()),
        parameters,
        ..Offering::default()
    })
}

fn rule(of: sandbox::template::Parameter) -> ParameterRule {
    let number = |text: Option<String>| text.and_then(|text| text.trim().parse().ok());
    ParameterRule {
        kind: of.kind,
        default: of.default,
        no_echo: of.no_echo,
        description: of.description.unwrap_or_default(),
        allowed_values: of.allowed_values,
        allowed_pattern: of.allowed_pattern,
        constraint_description: of.constraint_description,
        min_length: number(of.min_length),
        max_length: number(of.max_length),
        min_value: of.min_value,
        max_value: of.max_value,
    }
}
