//! The texts that settings are made of: which there are, and what is read and found on the way to an outline.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::adapters::{Adapters, SandboxHead};
use super::files::{Files, source};
use super::problem::Problem;
use crate::declare::{Inputs, Outline, SettingsDraft, unmade_path};
use crate::files::{Checkout, FileError, SettingsHome};
use crate::model::diagnostic::{Diagnostics, Part, Place, Source};
use crate::model::secret::Secret;

/// What comes in beside the files that the settings name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenValues {
    /// Settings that are trusted: locations, guards, limits and the state are theirs alone. Its path is where it stands.
    pub trusted: Option<Source>,
    /// Secret values of variables that the environment holds, by the variable's name.
    pub secrets: BTreeMap<String, Secret>,
    /// Texts with secret values of variables, or why they cannot be read.
    pub secret_files: Vec<Result<Source, Problem>>,
    /// Values of variables that the environment holds, by the variable's name.
    pub environment: BTreeMap<String, String>,
    /// Texts with values of variables, or why they cannot be read; later ones win.
    pub files: Vec<Result<Source, Problem>>,
    /// Values of variables, given one by one; later ones win.
    pub arguments: Vec<(String, String)>,
    /// Values that a saved plan was made with: they hold whatever else is given.
    pub remembered: BTreeMap<String, String>,
}

/// What was read and found on the way.
#[derive(Default)]
pub(super) struct Told {
    pub sources: Vec<Source>,
    /// The names of those that settings stand in.
    pub of_settings: BTreeSet<Arc<str>>,
    /// The names of those that only give values to variables.
    pub of_values: BTreeSet<Arc<str>>,
    pub problems: Diagnostics,
}

impl Told {
    /// What a file holds, or the finding why it cannot be read, at the place that names it.
    pub fn take<T>(&mut self, read: Result<T, Problem>, place: Option<&Place>) -> Option<T> {
        read.map_err(|problem| self.complain(problem, place)).ok()
    }

    pub fn complain(&mut self, problem: Problem, place: Option<&Place>) {
        let (found, sources) = problem.into_findings(place);
        self.problems.extend(found);
        self.sources.extend(sources);
    }
}

/// What settings are made of.
pub(super) struct SettingsTexts<'s> {
    /// The settings.
    pub own: &'s Source,
    /// The checkout's, where those are trusted ones.
    pub beside: Option<&'s Source>,
    /// What else was given.
    pub given: &'s GivenValues,
}

impl<'s> SettingsTexts<'s> {
    pub fn draft(&self) -> Result<SettingsDraft<'s>, Diagnostics> {
        let draft = SettingsDraft::read(self.own)?;
        match self.beside {
            Some(beside) => draft.with_checkout(beside),
            None => Ok(draft),
        }
    }

    /// Where what they name is.
    pub fn home(&self, checkout: &Checkout) -> SettingsHome {
        match self.beside {
            Some(_) => SettingsHome::operators(Path::new(&*self.own.path), checkout),
            None => SettingsHome::Checkout(checkout.clone()),
        }
    }

    /// The settings as far as they can be told; `None` where they are no map.
    pub fn outlined(&self, home: &SettingsHome, adapters: &dyn Adapters, told: &mut Told) -> Option<Outline> {
        let Self { own, given, .. } = self;
        let mut draft = self.draft().map_err(|found| told.problems.extend(found)).ok()?;
        let named = draft.locations_file().map(str::to_owned);
        let place = Place::key(&own.path, &["locations"], Part::Value);
        let locations = named.and_then(|file| told.take(self.locations(&file, home), Some(&place)));
        told.of_settings.extend(locations.iter().map(|source| source.path.clone()));
        told.sources.extend(locations.clone());
        if let Some(locations) = &locations {
            draft = match draft.with_locations(locations) {
                Ok(draft) => draft,
                Err(found) => {
                    told.problems.extend(found);
                    self.draft().ok()?
                }
            };
        }
        let files: Vec<Source> =
            given.files.iter().filter_map(|file| told.take(file.clone(), None)).collect();
        let secret_files = given.secret_files.iter().filter_map(|file| told.take(file.clone(), None));
        let secret_files: Vec<Source> = secret_files.collect();
        told.of_values.extend(files.iter().chain(&secret_files).map(|source| source.path.clone()));
        told.sources.extend(files.iter().chain(&secret_files).cloned());
        let mut sandboxes = BTreeMap::new();
        for file in draft.sandbox_files() {
            let place = draft.sandbox_place(&file);
            let stands_for = self.sandbox(&file, home, adapters);
            let Some(SandboxHead { account, region, wrong }) = told.take(stands_for, place.as_ref()) else {
                continue;
            };
            wrong.into_iter().for_each(|wrong| told.complain(wrong, place.as_ref()));
            sandboxes.insert(file, (account, region));
        }
        let inputs = Inputs {
            environment: given.environment.clone(),
            files,
            arguments: given.arguments.clone(),
            remembered: given.remembered.clone(),
            secrets: given.secrets.clone(),
            secret_files,
            sandboxes,
        };
        Some(draft.outline(&inputs))
    }

    /// The file that holds the locations. One that a branch can change is not trusted.
    fn locations(&self, file: &str, home: &SettingsHome) -> Result<Source, Problem> {
        let named = Path::new(file);
        let read = if home.is_exposed(named) { Err(FileError::Exposed) } else { home.read(named) };
        let shown = if self.beside.is_some() { home.folder().join(named) } else { named.to_owned() };
        let is_missing = read.as_ref().is_err_and(FileError::is_missing);
        let near = || near(home, file).filter(|_| is_missing);
        let hinted = |problem: Problem| match unmade_path(file).or_else(near) {
            Some(hint) => problem.hint(hint),
            None => problem,
        };
        source(&shown, read).map_err(hinted)
    }

    /// The account and the region that this file of a sandbox stands for.
    fn sandbox(
        &self,
        file: &str,
        home: &SettingsHome,
        adapters: &dyn Adapters,
    ) -> Result<SandboxHead, Problem> {
        if !home.has(Path::new(file)) {
            let message = format!("`{}` names the sandbox `{file}`, which is not there", self.own.path);
            let near = unmade_path(file).or_else(|| near(home, file));
            let other =
                || "name another file under `locations:`, or see what `provisor init` writes".to_owned();
            return Err(Problem::input(message).hint(near.unwrap_or_else(other)));
        }
        adapters.sandbox(home, Path::new(file))
    }
}

/// What may have been meant by the name of something that is not there. What lies beside trusted settings is nobody's business.
fn near(home: &SettingsHome, file: &str) -> Option<String> {
    match home {
        SettingsHome::Checkout(checkout) => Files { checkout }.near(file),
        SettingsHome::Operator { .. } => None,
    }
}
