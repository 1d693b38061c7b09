//! The settings while something of them is still wanted: read once, then asked which files they name, and made into
//! [`Settings`] with what those files and the command line say.

use std::collections::{BTreeMap, BTreeSet};

use super::content::SettingsContent;
use super::filler::TextFiller;
use super::locations::{KnownValues, Reader};
use super::variables::{self, VariableTable};
use super::{Inputs, Location, Settings};
use crate::declare::arrange::arranged;
use crate::declare::check::{check, check_kind};
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
}

impl<'s> SettingsDraft<'s> {
    /// Reads the settings file.
    ///
    /// # Errors
    /// What is no YAML, and all that has the wrong shape.
    pub fn read(settings: &'s Source) -> Result<Self, Diagnostics> {
        let mut problems = Diagnostics::default();
        let Some(tree) = yaml::read(settings, &mut problems) else {
            return Err(problems);
        };
        let broken = problems.has_errors();
        let misshapen = check(&tree, &SETTINGS, &mut problems);
        if broken || !misshapen.is_empty() {
            return Err(arranged(problems, &[&tree]));
        }
        Ok(Self { tree, locations: None, problems })
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
    /// What is no YAML, and all that has the wrong shape.
    pub fn with_locations(mut self, file: &'s Source) -> Result<Self, Diagnostics> {
        let mut problems = Diagnostics::default();
        let Some(tree) = yaml::read(file, &mut problems) else {
            return Err(problems);
        };
        let broken = problems.has_errors();
        let misshapen = check_kind(&tree, &LOCATIONS, &mut problems);
        if broken || !misshapen.is_empty() {
            return Err(arranged(problems, &[&tree]));
        }
        self.problems.extend(problems);
        self.locations = Some(tree);
        Ok(self)
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

    /// Puts the settings together.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn settings(&self, inputs: &Inputs) -> Result<Settings, Diagnostics> {
        let mut problems = self.problems.clone();
        let mut variables = self.variables(&mut problems);
        let by_hand = variables::give(&mut variables, inputs, &mut problems);
        let values = KnownValues { variables: &variables, by_hand: &by_hand };
        let located = self.locations(values, inputs, &mut problems);
        if located.accounts.is_empty() {
            let diagnostic = Diagnostic::error("missing", "there are no `locations`")
                .hint("such as `locations: {demo: {sandbox: sandbox.yaml}}`");
            problems.push(diagnostic.at(self.place("locations")));
        }
        let settings = self.rest(&variables, &mut problems);
        match settings {
            Some(settings) if !problems.has_errors() => {
                let Located { locations, accounts } = located;
                Ok(Settings { locations, accounts, variables, warnings: problems, ..settings })
            }
            _ => {
                let trees: Vec<&Tree<'_>> = [&self.tree].into_iter().chain(&self.locations).collect();
                Err(arranged(problems, &trees))
            }
        }
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
        for pair in tree.pairs(map) {
            let entry = reader.entry(&pair.key, pair.value);
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
        if merged.find(&["project"]).is_none() {
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

/// All locations.
#[derive(Default)]
struct Located {
    /// By name.
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
