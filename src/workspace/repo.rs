//! An infra repo: its settings, and where they stand. What is declared in it is read by [`super::Workspace::open`].

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::adapters::{Adapters, HeldStore, WhatIsLeft};
use super::files::{Files, SETTINGS, source};
use super::problem::Problem;
use super::state_folder::refused;
use super::texts::{GivenValues, SettingsTexts, Told};
use crate::catalog::Catalog;
use crate::declare::{Access, Doubts, Index, Settings, WrittenSettings, locate, unreached};
use crate::files::{Checkout, LARGEST, SettingsHome};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment, Source};
use crate::model::ids::{Address, Lineage, LocationName};
use crate::model::secret::{DigestKey, Secret};
use crate::state::{Recorded, Row, Snapshot};

/// A repo's settings, with the texts they came from.
pub struct Repo<'a> {
    /// Where declarations are, and through which they are opened.
    pub checkout: Checkout,
    /// Where the settings stand, and through which every file that they name is opened.
    pub home: SettingsHome,
    /// The settings.
    pub settings: Settings,
    /// Every text that was read so far, for messages that show a line of one.
    pub sources: Vec<Source>,
    pub(super) adapters: &'a dyn Adapters,
    /// What is wrong with the settings.
    pub(super) problems: Diagnostics,
    /// The names of the texts that the settings stand in.
    of_settings: BTreeSet<Arc<str>>,
    /// The names of those that only give values to variables.
    of_values: BTreeSet<Arc<str>>,
    /// What was remembered when this command first looked: it sees one commit, and is told once who holds the state.
    seen: Option<Snapshot>,
    /// Declarations are about to be written: what is named need not be there yet.
    pub(super) is_being_written: bool,
}

/// What planning needs of a store.
pub struct Remembered {
    /// The rows.
    pub recorded: Recorded,
    /// The key to their digests.
    pub key: DigestKey,
}

/// What declarations come to counts, not what one file of them does.
fn too_large() -> Problem {
    Problem::input(format!("the declarations are larger than {} MiB together", LARGEST >> 20))
        .hint("take several repos")
}

impl<'a> Repo<'a> {
    /// Reads settings, locations and values of variables.
    ///
    /// # Errors
    /// A file that is missing or cannot be read, and everything that is wrong with the settings.
    pub fn read(
        checkout: Checkout,
        given: &GivenValues,
        adapters: &'a dyn Adapters,
    ) -> Result<Self, Problem> {
        let repo = Self::survey(checkout, given, adapters)?;
        if repo.problems.has_errors() {
            return Err(Problem::findings(repo.problems, &repo.sources));
        }
        Ok(repo)
    }

    /// The same, however much is wrong with the settings: a [`super::Workspace`] tells that together with what is wrong with
    /// the declarations.
    ///
    /// # Errors
    /// Settings that are not there, or cannot be read at all.
    pub fn survey(
        mut checkout: Checkout,
        given: &GivenValues,
        adapters: &'a dyn Adapters,
    ) -> Result<Self, Problem> {
        if !checkout.has(Path::new(SETTINGS)) {
            let other = Path::new(SETTINGS).with_extension("yml");
            let hint = match checkout.has(&other) {
                true => format!("settings are called `{SETTINGS}`: rename `{}`", other.display()),
                false => {
                    "go to an infra repo with `-C DIR`, or write a starter with `provisor init`".to_owned()
                }
            };
            return Err(Problem::input(format!("there is no `{SETTINGS}` here")).hint(hint));
        }
        let here = source(Path::new(SETTINGS), checkout.read(Path::new(SETTINGS)))?;
        let trusted = given.trusted.as_ref();
        let texts = SettingsTexts { own: trusted.unwrap_or(&here), beside: trusted.map(|_| &here), given };
        if let (None, Ok(draft)) = (trusted, texts.draft()) {
            // as far as it can be told before the variables are known
            let state = Path::new(draft.state_path());
            if refused(&texts.home(&checkout), state).is_none() {
                checkout.close(state);
            }
        }
        let sources: Vec<Source> = trusted.into_iter().chain([&here]).cloned().collect();
        let of_settings = sources.iter().map(|source| source.path.clone()).collect();
        let mut told = Told { sources, of_settings, ..Told::default() };
        let outline = texts.outlined(&texts.home(&checkout), adapters, &mut told);
        let Told { sources, of_settings, of_values, mut problems } = told;
        let settings = outline.map_or_else(Settings::unknown, |outline| {
            problems.extend(outline.problems);
            outline.settings
        });
        let state = Path::new(&settings.state_path);
        if trusted.is_none() && refused(&texts.home(&checkout), state).is_none() {
            checkout.close(state);
        }
        let home = texts.home(&checkout);
        let mut repo = Self {
            checkout,
            home,
            settings,
            sources,
            adapters,
            problems,
            of_settings,
            of_values,
            seen: None,
            is_being_written: false,
        };
        repo.refuse_state();
        Ok(repo)
    }

    /// What cannot be relied on by what is wrong so far. Nobody is asked at locations that are.
    pub(super) fn doubts(&mut self) -> Doubts {
        let Self { home, sources, of_settings, of_values, problems, settings, .. } = self;
        let trusted = matches!(home, SettingsHome::Operator { .. });
        let files: Vec<&str> =
            sources.iter().take(1 + usize::from(trusted)).map(|source| &*source.path).collect();
        let written = WrittenSettings { sources, settings: &files, of_settings, of_values };
        let doubts = Doubts::of(problems, written, settings);
        unreached(problems, written, settings);
        if doubts.state && refused(home, Path::new(&settings.state_path)).is_some() {
            // that is told; whoever asks all the same keeps nothing
            settings.state_path = Settings::unknown().state_path;
        }
        doubts
    }

    /// The names of the files that settings stand in.
    pub(super) fn settings_files(&self) -> Vec<&str> {
        let trusted = matches!(self.home, SettingsHome::Operator { .. });
        self.sources.iter().take(1 + usize::from(trusted)).map(|source| &*source.path).collect()
    }

    /// Whether somebody wrote where the state is.
    pub(super) fn state_is_written(&self) -> bool {
        let path = ["state", "path"].map(|key| Segment::Key(key.to_owned()));
        self.settings_files().iter().any(|file| self.says(file, &path))
    }

    /// Where something stands in the settings: in the file that says it, the trusted one first.
    pub(super) fn written(&self, path: &[&str]) -> Place {
        let files = self.settings_files();
        let places: Vec<Place> =
            files.into_iter().map(|file| Place::key(&Arc::from(file), path, Part::Value)).collect();
        let says = |place: &&Place| matches!(place, Place::Node { file, path, .. } if self.says(file, path));
        let written = places.iter().find(says).or(places.last());
        written.cloned().unwrap_or_else(|| Place::File(Arc::from(SETTINGS)))
    }

    /// In which line of the settings a location is written, or what a field of it says. Each file is read again once, however
    /// many are asked for.
    pub(super) fn stands(&self) -> impl Fn(&LocationName, Option<&str>) -> Option<Place> {
        let settings = self.sources.iter().filter(|source| self.is_of_settings(source));
        let indexes: OnceCell<Vec<(&Source, Index<'_>)>> = OnceCell::new();
        let settings: Vec<&Source> = settings.collect();
        move |location, field| {
            let read = || settings.iter().map(|source| (*source, Index::new(source))).collect();
            let settings = indexes.get_or_init(read);
            let exact = field.and_then(|field| self.says_of(location, field, settings));
            exact.or_else(|| self.stands_in(location, settings))
        }
    }

    /// What a field of a location says, where that is written.
    fn says_of(
        &self,
        location: &LocationName,
        field: &str,
        settings: &[(&Source, Index<'_>)],
    ) -> Option<Place> {
        let account = &self.settings.locations.get(location)?.account;
        let mut found = settings.iter().filter_map(|(source, index)| {
            let home = self.settings_files().contains(&&*source.path).then_some("locations");
            let keys = home.into_iter().chain([account.as_str(), field]);
            let path: Vec<Segment> = keys.map(|key| Segment::Key(key.to_owned())).collect();
            let is_key = |at: &Range<usize>| source.text.get(at.clone()) == Some(field);
            index.locate(&path, Part::Key).filter(is_key)?;
            Some(bytes(source, index.locate(&path, Part::Value)?))
        });
        found.next()
    }

    fn stands_in(&self, location: &LocationName, settings: &[(&Source, Index<'_>)]) -> Option<Place> {
        let Some(account) = self.settings.locations.get(location).map(|location| &location.account) else {
            return self.lists_locations(settings);
        };
        let key = |key: &str| Segment::Key(key.to_owned());
        let (inline, apart) = ([key("locations"), key(account)], [key(account)]);
        let mut found = settings.iter().filter_map(|(source, index)| {
            let path = if self.settings_files().contains(&&*source.path) { &inline[..] } else { &apart[..] };
            let at = index.locate(path, Part::Key)?;
            let is_there =
                source.text.get(at.start..)?.trim_start_matches(['"', '\'']).starts_with(account.as_str());
            is_there.then(|| bytes(source, at))
        });
        found.next()
    }

    /// Where the locations are, for one that is not among them.
    fn lists_locations(&self, settings: &[(&Source, Index<'_>)]) -> Option<Place> {
        let mut found = settings.iter().filter_map(|(source, index)| {
            let at = index.locate(&[Segment::Key("locations".to_owned())], Part::Key)?;
            Some(bytes(source, at))
        });
        found.next()
    }

    fn says(&self, file: &str, path: &[Segment]) -> bool {
        let source = self.sources.iter().find(|source| &*source.path == file);
        source.is_some_and(|source| locate(source, path, Part::Key).is_some())
    }

    /// Goes on without the values of sensitive variables that have none: where nothing is asked or sent, any value will do.
    #[must_use]
    pub fn without_secrets(mut self) -> Self {
        for variable in self.settings.variables.values_mut().filter(|variable| variable.sensitive) {
            variable.value.get_or_insert_default();
        }
        self
    }

    /// Treats as sensitive what was given by hand and is a secret by the state's word: a branch that drops
    /// `sensitive: true` prints nothing. A state that cannot be read says so where it is needed.
    #[must_use]
    pub fn veiled(mut self) -> Self {
        let open =
            |repo: &Self, name: &str| repo.settings.variables.get(name).is_some_and(|one| !one.sensitive);
        let given: Vec<String> =
            self.settings.given.iter().filter(|name| open(&self, name)).cloned().collect();
        self.seen = if given.is_empty() { None } else { self.snapshot().ok().flatten() };
        let Some(Snapshot { recorded, key: Some(key), .. }) = &self.seen else { return self };
        let is_held = |value: &str| {
            let mut digests = recorded.rows.values().flat_map(Row::digests);
            digests.any(|one| one.digest.stands_for(key, one.scope, value))
        };
        for name in given {
            let Some(variable) = self.settings.variables.get_mut(&name) else { continue };
            if let Some(value) = variable.value.as_deref().filter(|value| is_held(value)) {
                self.settings.secrets.push(Secret::new(value));
                variable.sensitive = true;
                let message =
                    format!("the state holds the value of `{name}` as a secret: it is treated as one");
                let hint = format!("write `sensitive: true` for `{name}`, or give it another value");
                self.problems.push(Diagnostic::warning("known-secret", message).hint(hint));
            }
        }
        self
    }

    /// The values of variables that the settings and the locations are written with, as far as they are no secrets.
    pub(super) fn written_with(&self) -> BTreeMap<String, String> {
        let is_used = |name: &str| {
            let hole = format!("var.{name}");
            let texts = self.sources.iter().filter(|source| self.is_of_settings(source));
            texts.into_iter().any(|source| source.text.contains(&hole))
        };
        let variables = self.settings.variables.iter();
        let open = variables.filter(|(name, variable)| !variable.sensitive && is_used(name));
        open.filter_map(|(name, variable)| Some((name.clone(), variable.value.clone()?))).collect()
    }

    fn is_of_settings(&self, source: &Source) -> bool {
        self.of_settings.contains(&source.path)
    }

    /// The files of the embedded sandboxes that locations name, as they are written.
    #[must_use]
    pub fn sandbox_files(&self) -> BTreeSet<&str> {
        let files = self.settings.locations.values().filter_map(|location| match &location.access {
            Access::Sandbox { file } => Some(file.as_str()),
            Access::Aws { .. } | Access::Unknown => None,
        });
        files.collect()
    }

    /// Opens the store and holds it.
    ///
    /// # Errors
    /// A state that cannot be used, or that somebody else holds.
    pub fn store(&self) -> Result<HeldStore, Problem> {
        self.adapters.store(&self.home, &self.settings)
    }

    /// What is remembered, if there is a store, without holding it.
    ///
    /// # Errors
    /// A state that cannot be used.
    pub fn snapshot(&self) -> Result<Option<Snapshot>, Problem> {
        if let Some(seen) = &self.seen {
            return Ok(Some(seen.clone()));
        }
        self.adapters.snapshot(&self.home, &self.settings)
    }

    /// The rows that are remembered; none where there is no store.
    ///
    /// # Errors
    /// A state that cannot be used.
    pub fn recorded(&self) -> Result<Recorded, Problem> {
        Ok(Self::rows(self.snapshot()?))
    }

    /// The rows of a store as it was read; none where there is no store.
    #[must_use]
    pub fn rows(snapshot: Option<Snapshot>) -> Recorded {
        let nothing = || Recorded::empty(Lineage::new(""));
        snapshot.map_or_else(nothing, |snapshot| snapshot.recorded)
    }

    /// What planning needs of the store, without holding it: the rows, and the key to them.
    ///
    /// # Errors
    /// A state that cannot be used.
    pub fn remembered(&self) -> Result<Remembered, Problem> {
        // where nothing was ever committed, there is nothing that was digested with one: any key will do
        let any_key = || DigestKey::new([0; 32]);
        Ok(match self.snapshot()? {
            Some(Snapshot { recorded, key, .. }) => Remembered { recorded, key: key.unwrap_or_else(any_key) },
            None => Remembered { recorded: Recorded::empty(Lineage::new("")), key: any_key() },
        })
    }

    /// The same, with the key that signs saved plans: the store is made where there is none, and only for that it is held.
    ///
    /// # Errors
    /// A state that cannot be used.
    pub fn signing(&self) -> Result<Remembered, Problem> {
        let with_key = |snapshot: Option<Snapshot>| {
            let Snapshot { recorded, key, .. } = snapshot?;
            Some(Remembered { recorded, key: key? })
        };
        if let Some(found) = with_key(self.snapshot()?) {
            return Ok(found);
        }
        match self.store() {
            Ok(HeldStore { store }) => {
                let (recorded, key) = (store.recorded().clone(), store.key().clone());
                Ok(Remembered { recorded, key })
            }
            // somebody else has just made one
            Err(problem) => with_key(self.adapters.snapshot(&self.home, &self.settings)?).ok_or(problem),
        }
    }

    /// The catalogs of the locations that these addresses are on.
    pub(super) fn catalog<'l>(
        &self,
        addresses: impl Iterator<Item = &'l Address>,
    ) -> Result<Rc<dyn Catalog>, Problem> {
        let locations = addresses.map(|address| &address.location).collect();
        self.catalog_of(&locations)
    }

    /// The catalogs of these locations.
    ///
    /// # Errors
    /// A location that cannot be reached at all.
    pub fn catalog_of(&self, locations: &BTreeSet<&LocationName>) -> Result<Rc<dyn Catalog>, Problem> {
        self.adapters.catalog(&self.home, &self.settings, locations)
    }

    /// What can be read of these locations where there is no catalog of them.
    pub(super) fn salvaged(&self, locations: &BTreeSet<&LocationName>) -> WhatIsLeft {
        self.adapters.salvaged(&self.home, &self.settings, locations)
    }

    /// The texts of all declarations files that can be read; why others cannot is among the problems then.
    pub(super) fn declarations(&mut self) -> Vec<Source> {
        let files = Files { checkout: &self.checkout };
        let mut told = Told::default();
        let mut found: BTreeSet<PathBuf> = BTreeSet::new();
        let home = self.written(&["declarations"]);
        for (n, named) in self.settings.declarations.iter().enumerate() {
            // the default: the folder, or one file of that name
            let lone = "products.yaml";
            let falls_back =
                named == "products" && !files.exists(Path::new(named)) && files.exists(Path::new(lone));
            // that it is empty is told
            if named.is_empty() {
                continue;
            }
            if self.is_being_written && !falls_back && !files.exists(Path::new(named)) {
                continue;
            }
            let place = home.clone().below([Segment::Index(n)], Part::Value);
            let listed = files.listed(if falls_back { lone } else { named });
            found.extend(told.take(listed, Some(&place)).into_iter().flatten());
        }
        let (mut read, mut bytes): (Vec<Source>, u64) = (Vec::new(), 0);
        for file in &found {
            let Some(source) = told.take(files.source(file), None) else { continue };
            bytes += source.text.len() as u64;
            if bytes > LARGEST {
                // said alone: what would be found in the rest costs as much as it does
                read.clear();
                told.complain(too_large(), None);
                break;
            }
            read.push(source);
        }
        self.problems.extend(told.problems);
        self.sources.extend(told.sources);
        self.sources.extend(read.iter().cloned());
        read
    }
}

fn bytes(source: &Source, at: Range<usize>) -> Place {
    Place::Bytes { file: source.path.clone(), start: at.start, end: at.end }
}
