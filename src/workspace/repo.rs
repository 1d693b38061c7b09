//! An infra repo: its settings, and where they stand. What is declared in it is read by [`super::Workspace::open`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::adapters::{Adapters, HeldStore};
use super::files::{Files, SETTINGS};
use super::problem::Problem;
use crate::catalog::Catalog;
use crate::declare::{Access, Inputs, Settings, SettingsDraft};
use crate::model::diagnostic::Source;
use crate::model::ids::{AccountId, Address, Lineage, Region};
use crate::model::secret::DigestKey;
use crate::state::{Recorded, Snapshot};

/// What comes in beside the files that the settings name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenValues {
    /// Values of variables that the environment holds, by the variable's name.
    pub environment: BTreeMap<String, String>,
    /// Files with values of variables, relative to the repo's root; later ones win.
    pub files: Vec<PathBuf>,
    /// Values of variables, given one by one; later ones win.
    pub arguments: Vec<(String, String)>,
}

/// A repo's settings, with the texts they came from.
pub struct Repo<'a> {
    /// The folder of the settings file: what every path in it is relative to.
    pub root: PathBuf,
    /// The settings.
    pub settings: Settings,
    /// Every text that was read so far, for messages that show a line of one.
    pub sources: Vec<Source>,
    adapters: &'a dyn Adapters,
}

impl<'a> Repo<'a> {
    /// Reads settings, locations and values of variables.
    ///
    /// # Errors
    /// A file that is missing or cannot be read, and everything that is wrong with the settings.
    pub fn read(root: &Path, given: &GivenValues, adapters: &'a dyn Adapters) -> Result<Self, Problem> {
        let files = Files { root };
        if !files.exists(Path::new(SETTINGS)) {
            return Err(Problem::input(format!("there is no `{SETTINGS}` here"))
                .hint("go to an infra repo with `-C DIR`, or write a starter with `provisor init`"));
        }
        let settings = files.source(Path::new(SETTINGS))?;
        let mut sources = vec![settings.clone()];
        let mut draft = SettingsDraft::read(&settings).map_err(|e| Problem::findings(e, &sources))?;
        let locations = draft.locations_file().map(|file| files.source(Path::new(file))).transpose()?;
        sources.extend(locations.clone());
        if let Some(locations) = &locations {
            draft = draft.with_locations(locations).map_err(|e| Problem::findings(e, &sources))?;
        }
        let values = given.files.iter().map(|file| files.source(file)).collect::<Result<Vec<_>, _>>()?;
        sources.extend(values.iter().cloned());
        let inputs = Inputs {
            environment: given.environment.clone(),
            files: values,
            arguments: given.arguments.clone(),
            sandboxes: sandboxes(draft.sandbox_files(), files, adapters)?,
        };
        let settings = draft.settings(&inputs).map_err(|e| Problem::findings(e, &sources))?;
        Ok(Self { root: root.to_owned(), settings, sources, adapters })
    }

    /// Where a file is that the repo names.
    #[must_use]
    pub fn path(&self, named: &str) -> PathBuf {
        Files { root: &self.root }.path(Path::new(named))
    }

    /// The files of the embedded sandboxes that locations name, as they are written.
    #[must_use]
    pub fn sandbox_files(&self) -> BTreeSet<&str> {
        let files = self.settings.locations.values().filter_map(|location| match &location.access {
            Access::Sandbox { file } => Some(file.as_str()),
            Access::Aws { .. } => None,
        });
        files.collect()
    }

    /// Opens the store and holds it.
    ///
    /// # Errors
    /// A state that cannot be used, or that somebody else holds.
    pub fn store(&self) -> Result<HeldStore, Problem> {
        self.adapters.store(&self.root, &self.settings)
    }

    /// What is remembered, if there is a store, without holding it.
    ///
    /// # Errors
    /// A state that cannot be used.
    pub fn snapshot(&self) -> Result<Option<Snapshot>, Problem> {
        self.adapters.snapshot(&self.root, &self.settings)
    }

    /// The rows that are remembered; none where there is no store.
    ///
    /// # Errors
    /// A state that cannot be used.
    pub fn recorded(&self) -> Result<Recorded, Problem> {
        let nothing = || Recorded::empty(Lineage::new(""));
        Ok(self.snapshot()?.map_or_else(nothing, |snapshot| snapshot.recorded))
    }

    /// What planning needs of the store, without holding it: the rows, and the key to them.
    ///
    /// # Errors
    /// A state that cannot be used.
    pub fn remembered(&self) -> Result<(Recorded, DigestKey), Problem> {
        // without a store, or without its key, there is nothing that was digested with one: any key will do
        let any_key = || DigestKey::new([0; 32]);
        Ok(match self.snapshot()? {
            Some(snapshot) => (snapshot.recorded, snapshot.key.unwrap_or_else(any_key)),
            None => (Recorded::empty(Lineage::new("")), any_key()),
        })
    }

    /// The same, with the key that signs saved plans: the store is made where there is none.
    ///
    /// # Errors
    /// A state that cannot be used, or that somebody else holds.
    pub fn signing(&self) -> Result<(Recorded, DigestKey), Problem> {
        let HeldStore { store, .. } = self.store()?;
        Ok((store.recorded().clone(), store.key().clone()))
    }

    /// The catalogs of the locations that these addresses are on.
    pub(super) fn catalog(&self, addresses: &BTreeSet<Address>) -> Result<Rc<dyn Catalog>, Problem> {
        let locations = addresses.iter().map(|address| &address.location).collect();
        self.adapters.catalog(&self.root, &self.settings, &locations)
    }

    /// The texts of all declarations files.
    pub(super) fn declarations(&self) -> Result<Vec<Source>, Problem> {
        let files = Files { root: &self.root };
        let mut named = self.settings.declarations.clone();
        for name in &mut named {
            // the default: the folder, or one file of that name
            let lone = Path::new("products.yaml");
            if name == "products" && !files.exists(Path::new(name)) && files.exists(lone) {
                *name = lone.display().to_string();
            }
        }
        files.declarations(&named)
    }
}

/// The accounts and regions that these files of sandboxes stand for.
fn sandboxes(
    named: BTreeSet<String>,
    files: Files<'_>,
    adapters: &dyn Adapters,
) -> Result<BTreeMap<String, (AccountId, Region)>, Problem> {
    let mut sandboxes = BTreeMap::new();
    for file in named {
        if !files.exists(Path::new(&file)) {
            let message = format!("`{SETTINGS}` names the sandbox `{file}`, which is not there");
            return Err(Problem::input(message)
                .hint("name another file under `locations:`, or see what `provisor init` writes"));
        }
        let stands_for = adapters.sandbox(files.root, Path::new(&file))?;
        sandboxes.insert(file, stands_for);
    }
    Ok(sandboxes)
}
