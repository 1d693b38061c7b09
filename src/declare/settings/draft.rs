//! The settings while something of them is still wanted: read once, then asked which files they name, and made into
//! [`Settings`] with what those files and the command line say.

use std::collections::{BTreeMap, BTreeSet};

use super::content::SettingsContent;
use super::filler::TextFiller;
use super::locations::{KnownValues, Reader};
use super::variables::{self, VariableTable};
use super::{Inputs, Location, Settings};
use crate::declare::arrange::arranged;
use crate::declare::check::{Misshapen, check, check_kind};
use crate::declare::decode::decoded;
use crate::declare::fields::{LOCATIONS, SETTINGS, duration, share};
use crate::declare::layers::{Merged, Sheet};
use crate::declare::references::Context;
use crate::declare::yaml::{self, NodeId, Shape, Tree};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Source};
use crate::model::ids::LocationName;
use crate::model::product::Timeouts;

/// `provisor.yaml`, parsed and checked once. What it needs is asked for, and [`SettingsDraft::settings`] puts it together.
pub struct SettingsDraft<'s> {
    tree: Tree<'s>,
    /// The file that `locations:` names, once it is there.
    locations: Option<Tree<'s>>,
    /// What was found so far, and does not keep the rest from being read.
    problems: Diagnostics,
    /// What of the settings has the wrong shape.
    misshapen: Misshapen,
    /// What of the locations' own file has.
    misshapen_locations: Misshapen,
}

/// The settings as far as they can be told, and everything that is wrong with them.
#[derive(Debug)]
pub struct Outline {
    /// What could be told, and what is assumed for the rest.
    pub settings: Settings,
    /// What is wrong.
    pub problems: Diagnostics,
}

impl<'s> SettingsDraft<'s> {
    /// Reads the settings file.
    ///
    /// # Errors
    /// What is no YAML, or no map.
    pub fn read(settings: &'s Source) -> Result<Self, Diagnostics> {
        let mut problems = Diagnostics::default();
        let Some(tree) = yaml::read(settings, &mut problems) else {
            return Err(problems);
        };
        let misshapen = check(&tree, &SETTINGS, &mut problems);
        if misshapen.whole() {
            return Err(arranged(problems, &[&tree]));
        }
        Ok(Self { tree, locations: None, problems, misshapen, misshapen_locations: Misshapen::default() })
    }

    /// The file named by `locations: other.yaml`, as written, while it has not been read.
    #[must_use]
    pub fn locations_file(&self) -> Option<&str> {
        let file = self.tree.text(self.written("locations")?);
        file.filter(|_| self.locations.is_none())
    }

    /// Takes the text of that file.
    ///
    /// # Errors
    /// What is no YAML, or no map.
    pub fn with_locations(mut self, file: &'s Source) -> Result<Self, Diagnostics> {
        let mut problems = Diagnostics::default();
        let Some(tree) = yaml::read(file, &mut problems) else {
            return Err(problems);
        };
        let misshapen = check_kind(&tree, &LOCATIONS, &mut problems);
        if misshapen.whole() {
            self.problems.extend(problems);
            return Err(arranged(self.problems, &[&self.tree, &tree]));
        }
        self.problems.extend(problems);
        (self.locations, self.misshapen_locations) = (Some(tree), misshapen);
        Ok(self)
    }

    /// The folder of the state, as written.
    #[must_use]
    pub fn state_path(&self) -> &str {
        let written = self.written("state").and_then(|state| self.tree.text(self.tree.given(state, "path")?));
        written.unwrap_or("state")
    }

    /// The sandbox files named by locations, as written.
    #[must_use]
    pub fn sandbox_files(&self) -> BTreeSet<String> {
        let Some((tree, map)) = self.entries() else {
            return BTreeSet::new();
        };
        let sandbox =
            |pair: &yaml::MapPair<'_>| tree.text(tree.given(pair.value, "sandbox")?).map(str::to_owned);
        tree.pairs(map).iter().filter_map(sandbox).collect()
    }

    /// Puts the settings together, or says what is wrong: what tests want.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    #[cfg(feature = "internals")]
    pub fn settings(&self, inputs: &Inputs) -> Result<Settings, Diagnostics> {
        let Outline { settings, mut problems } = self.outline(inputs);
        if self.locations_file().is_some() {
            problems.push(self.no_locations());
        }
        if problems.has_errors() {
            return Err(problems);
        }
        Ok(Settings { warnings: problems, ..settings })
    }

    /// Puts the settings together as far as that goes: what is broken hides nothing in the rest.
    #[must_use]
    pub fn outline(&self, inputs: &Inputs) -> Outline {
        let mut problems = self.problems.clone();
        let mut variables = self.variables(&mut problems);
        let by_hand = variables::give(&mut variables, inputs, &mut problems);
        let values = KnownValues { variables: &variables, by_hand: &by_hand };
        let located = self.locations(values, inputs, &mut problems);
        let named = self.locations.is_none() && self.locations_file().is_some();
        let broken = named || self.misshapen.below("locations") || is_meant("locations", &problems);
        if located.accounts.is_empty() && !broken {
            problems.push(self.no_locations());
        }
        let settings = self.rest(&variables, &mut problems);
        if !self.misshapen.is_empty() || !self.misshapen_locations.is_empty() {
            // what cannot be decoded has been complained about
            problems.0.retain(|one| one.code != "undecoded");
        }
        let trees: Vec<&Tree<'_>> = [&self.tree].into_iter().chain(&self.locations).collect();
        let Located { locations, accounts } = located;
        let rest = settings.unwrap_or_else(|| self.unknown());
        let settings = Settings { locations, accounts, variables, ..rest };
        Outline { settings, problems: arranged(problems, &trees) }
    }

    fn no_locations(&self) -> Diagnostic {
        Diagnostic::error("missing", "there are no `locations`")
            .hint("such as `locations: {demo: {sandbox: sandbox.yaml}}`")
            .at(self.place("locations"))
    }

    /// What is assumed where the settings cannot be told.
    fn unknown(&self) -> Settings {
        let mut settings = Settings::unknown();
        if let Some(list) = self.written("declarations").map(|list| self.tree.items(list)) {
            settings.declarations =
                list.iter().filter_map(|item| self.tree.text(*item)).map(str::to_owned).collect();
        }
        settings
    }

    /// Where a file of a sandbox is named.
    #[must_use]
    pub fn sandbox_place(&self, file: &str) -> Option<Place> {
        let (tree, map) = self.entries()?;
        let names = |pair: &&yaml::MapPair<'_>| {
            tree.given(pair.value, "sandbox").and_then(|id| tree.text(id)) == Some(file)
        };
        let entry = tree.pairs(map).iter().find(names)?;
        let home = if self.locations.is_some() { None } else { Some("locations") };
        let path: Vec<&str> = home.into_iter().chain([&*entry.key, "sandbox"]).collect();
        Some(Place::key(&tree.source.path, &path, Part::Value))
    }

    fn variables(&self, problems: &mut Diagnostics) -> VariableTable {
        let entries = self.written("variables").map_or(&[][..], |map| self.tree.pairs(map));
        variables::declared(&self.tree, entries, problems)
    }

    fn locations(&self, values: KnownValues<'_>, inputs: &Inputs, problems: &mut Diagnostics) -> Located {
        let mut found = Located::default();
        let Some((tree, map)) = self.entries() else {
            return found;
        };
        let file = self.tree.source.path.clone();
        let home = match self.locations {
            Some(_) => Place::key(&tree.source.path, &[], Part::Value),
            None => Place::key(&file, &["locations"], Part::Value),
        };
        let defaults = Place::key(&file, &["location_defaults"], Part::Value);
        let defaults =
            self.written("location_defaults").map(|node| Sheet { layer: &defaults, tree: &self.tree, node });
        let mut reader = Reader { tree, home, defaults, values, inputs, problems };
        let misshapen = match self.locations {
            Some(_) => self.misshapen_locations.heads().into_iter().map(str::to_owned).collect(),
            None => self.misshapen.keys_below("locations"),
        };
        let defaults_misshapen = self.misshapen.below("location_defaults");
        for pair in tree.pairs(map) {
            let before = reader.problems.0.len();
            let entry = reader.entry(&pair.key, pair.value);
            if defaults_misshapen || misshapen.contains(&*pair.key) {
                // what depends on a part that is broken cannot be told
                reader.problems.0.truncate(before);
            }
            found
                .accounts
                .insert(pair.key.to_string(), entry.iter().map(|location| location.name.clone()).collect());
            found.locations.extend(entry.into_iter().map(|location| (location.name.clone(), location)));
        }
        found
    }

    /// Everything that is neither a variable nor a location; nothing if it cannot be told.
    fn rest(&self, variables: &VariableTable, problems: &mut Diagnostics) -> Option<Settings> {
        let top = Place::key(&self.tree.source.path, &[], Part::Value);
        let sheet = self.tree.root.map(|node| Sheet { layer: &top, tree: &self.tree, node });
        let merged = Merged::of(&SETTINGS, sheet.as_slice());
        let value = merged.value(&mut TextFiller { context: Context::of(variables), problems });
        let content: SettingsContent = decoded(value)
            .map_err(|undecoded| {
                problems.push(undecoded.diagnostic.at(top.clone().below(undecoded.path, Part::Value)));
            })
            .ok()?;
        if merged.find(&["project"]).is_none() && !is_meant("project", problems) {
            let diagnostic = Diagnostic::error("missing", "`project` is missing")
                .hint("give the platform a name, such as `project: platform`");
            problems.push(diagnostic.at(self.place("project")));
        }
        content.settings()
    }

    /// The map of locations, wherever it is kept.
    fn entries(&self) -> Option<(&Tree<'s>, NodeId)> {
        match &self.locations {
            Some(tree) => Some((tree, tree.root?)),
            None => {
                let map = self.written("locations")?;
                matches!(self.tree.node(map).shape, Shape::Map(_)).then_some((&self.tree, map))
            }
        }
    }

    /// What stands under a key at the top.
    fn written(&self, key: &str) -> Option<NodeId> {
        self.tree.given(self.tree.root?, key)
    }

    /// A key at the top, or the file where that is not written.
    fn place(&self, key: &str) -> Place {
        let file = &self.tree.source.path;
        let written = self.tree.root.is_some_and(|root| self.tree.get(root, key).is_some());
        if written { Place::key(file, &[key], Part::Value) } else { Place::File(file.clone()) }
    }
}

/// Whether a wrong key was meant to be this one.
fn is_meant(key: &str, found: &Diagnostics) -> bool {
    let hint = format!("did you mean `{key}`?");
    found.0.iter().any(|one| one.code == "unknown-key" && one.hint.as_ref() == Some(&hint))
}

/// The locations of all account entries, in the making.
#[derive(Default)]
struct Located {
    /// Each under its name in addresses.
    locations: BTreeMap<LocationName, Location>,
    /// Which of them belong to each entry.
    accounts: BTreeMap<String, Vec<LocationName>>,
}

impl SettingsContent {
    fn settings(self) -> Option<Settings> {
        let duration = |text: &str| duration("", text).ok();
        Some(Settings {
            project: self.project.unwrap_or_default(),
            declarations: self.declarations,
            state_path: self.state.path,
            locations: BTreeMap::new(),
            accounts: BTreeMap::new(),
            variables: BTreeMap::new(),
            parallelism: usize::try_from(self.limits.parallelism).ok()?,
            product_limits: limits(self.limits.products),
            max_terminate: share(&self.guards.max_terminate).ok()?,
            timeouts: Timeouts {
                provision: duration(&self.timeouts.provision)?,
                update: duration(&self.timeouts.update)?,
                terminate: duration(&self.timeouts.terminate)?,
            },
            warnings: Diagnostics::default(),
        })
    }
}

fn limits(written: BTreeMap<String, u32>) -> BTreeMap<String, usize> {
    written.into_iter().filter_map(|(product, limit)| Some((product, usize::try_from(limit).ok()?))).collect()
}
