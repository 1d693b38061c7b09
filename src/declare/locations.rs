//! The entries of `locations:` as locations: one per account and region, with the values that hold there.

use std::collections::BTreeMap;

use super::check;
use super::document::{self, SettingsFile};
use super::record::{Decoded, Entries, Shape, decode};
use super::scope::{Scope, unknown_variable};
use super::value::plain_text;
use super::variables::{self, Variables};
use super::yaml::{NodeId, Tree, Value};
use super::{Access, Inputs, Location};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment};
use crate::model::ids::{AccountId, LocationName, Region};

/// The document that holds the locations, and the path to them in it.
pub(super) struct Home<'t> {
    /// The settings, or the file that they name.
    pub tree: &'t Tree<'t>,
    /// `["locations"]`, or nothing in a file of its own.
    pub path: Vec<Segment>,
}

/// All entries, wherever they are kept.
pub(super) fn entries(
    file: &mut SettingsFile,
    other: Option<&Tree<'_>>,
    problems: &mut Diagnostics,
) -> Decoded<Vec<(String, Option<document::Location>)>> {
    match (file.locations.take(), other) {
        (Some(Shape::Map(Entries(entries))), _) => Decoded { value: entries, spoilt: Vec::new() },
        (Some(Shape::Text(_)), Some(tree)) => {
            let read: Decoded<Whole> = decode(tree, problems);
            Decoded { value: read.value.0.0, spoilt: read.spoilt }
        }
        _ => Decoded { value: Vec::new(), spoilt: Vec::new() },
    }
}

/// A file that holds nothing but locations.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Whole(Entries<document::Location>);

impl Default for Whole {
    fn default() -> Self {
        Self(Entries(Vec::new()))
    }
}

/// What the entries are read with.
pub(super) struct Reader<'r> {
    /// Where they stand.
    pub home: Home<'r>,
    /// The settings, where `location_defaults:` stand.
    pub settings: &'r Tree<'r>,
    /// `location_defaults:`
    pub defaults: &'r document::Location,
    /// Declared variables, with the values that hold everywhere.
    pub variables: &'r Variables,
    /// Which of them were given by hand, and how.
    pub by_hand: &'r BTreeMap<String, String>,
    /// What the sandbox files say.
    pub inputs: &'r Inputs,
    /// What was found.
    pub problems: &'r mut Diagnostics,
}

impl Reader<'_> {
    /// The locations of one entry, in the order of its regions.
    pub fn entry(&mut self, name: &str, entry: &document::Location) -> Vec<Location> {
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            let diagnostic = Diagnostic::error("bad-value", format!("`{name}` cannot name a location"));
            let diagnostic = diagnostic.hint("letters, digits, `_` and `-`");
            self.problems.push(diagnostic.at(self.place(name, &[], Part::Key)));
        }
        let file = entry.sandbox.as_ref().and_then(|file| self.inputs.sandboxes.get(file));
        let account_id = self.account_id(name, entry, file);
        let regions = self.regions(name, entry, file);
        let several = regions.len() > 1;
        let mut locations = Vec::new();
        for (region, values) in regions {
            let full = format!("{name}/{region}");
            let mut location = Location {
                written: if several { full.clone() } else { name.to_owned() },
                name: LocationName::new(full),
                account: name.to_owned(),
                account_id: account_id.clone(),
                region,
                access: Access::Sandbox { file: String::new() },
                variables: BTreeMap::new(),
                frozen: entry.frozen.or(self.defaults.frozen).unwrap_or_default(),
            };
            self.values(name, values, &mut location);
            location.access = self.access(name, entry, &location);
            locations.push(location);
        }
        locations
    }

    /// A field of an entry, as a place.
    pub fn place(&self, name: &str, fields: &[&str], part: Part) -> Place {
        let mut path = self.home.path.clone();
        path.extend([name].iter().chain(fields).map(|key| Segment::Key((*key).to_owned())));
        Place::Node { file: self.home.tree.source.path.clone(), path, part }
    }

    fn find(&self, name: &str, field: &str) -> Option<NodeId> {
        let path =
            [&self.home.path[..], &[Segment::Key(name.to_owned()), Segment::Key(field.to_owned())]].concat();
        self.home.tree.find(&path)
    }

    fn default(&self, field: &str) -> Option<NodeId> {
        self.settings.find(&[Segment::Key("location_defaults".to_owned()), Segment::Key(field.to_owned())])
    }

    fn account_id(
        &mut self,
        name: &str,
        entry: &document::Location,
        file: Option<&(AccountId, Region)>,
    ) -> Option<AccountId> {
        let Some(text) = &entry.account_id else {
            return file.map(|(account, _)| account.clone());
        };
        if let Err(diagnostic) = check::account(text) {
            self.problems.push(diagnostic.at(self.place(name, &["account_id"], Part::Value)));
        }
        Some(AccountId::new(text.as_str()))
    }

    /// Each region with the node of its values, if it has any. A sandbox's region comes from its own file, not from `location_defaults`.
    fn regions(
        &mut self,
        name: &str,
        entry: &document::Location,
        file: Option<&(AccountId, Region)>,
    ) -> Vec<(Region, Option<NodeId>)> {
        let own = self.find(name, "regions").filter(|_| entry.regions.is_some());
        let settings = self.settings;
        let default = self.default("regions").filter(|_| entry.sandbox.is_none());
        let (tree, id, place) = match (own, default) {
            (Some(id), _) => (self.home.tree, id, self.place(name, &["regions"], Part::Value)),
            (None, Some(id)) => {
                let keys = vec!["location_defaults", "regions"];
                (settings, id, variables::place(&settings.source.path, keys, Part::Value))
            }
            (None, None) => {
                if let Some((_, region)) = file {
                    return vec![(region.clone(), None)];
                }
                let what = if entry.sandbox.is_some() { " and its sandbox file names none" } else { "" };
                let diagnostic = Diagnostic::error("missing", format!("`{name}` has no `regions`{what}"))
                    .hint("such as `regions: [eu-west-1]`");
                self.problems.push(diagnostic.at(self.place(name, &[], Part::Key)));
                return Vec::new();
            }
        };
        let mut regions: Vec<(Region, Option<NodeId>)> = Vec::new();
        let written = written_regions(tree, id);
        if written.is_empty() {
            let diagnostic = Diagnostic::error("missing", format!("`{name}` has no regions"));
            self.problems.push(diagnostic.at(place.clone()));
        }
        for (step, text, values) in written {
            let found = match check::region(&text) {
                Ok(()) if regions.iter().any(|(region, _)| region.as_str() == text) => {
                    Err(Diagnostic::error("bad-value", format!("the region `{text}` stands here twice")))
                }
                other => other,
            };
            match found {
                Ok(()) => regions.push((Region::new(text), values)),
                Err(diagnostic) => self.problems.push(diagnostic.at(below(&place, step, Part::Key))),
            }
        }
        regions
    }

    /// Values for declared variables: the defaults', the entry's, the region's; later ones win.
    fn values(&mut self, name: &str, of_region: Option<NodeId>, location: &mut Location) {
        if let Some(id) = self.default("variables") {
            let place = variables::place(
                &self.settings.source.path,
                vec!["location_defaults", "variables"],
                Part::Value,
            );
            self.take(self.settings, id, &place, location);
        }
        if let Some(id) = self.find(name, "variables") {
            let place = self.place(name, &["variables"], Part::Value);
            self.take(self.home.tree, id, &place, location);
        }
        if let Some(id) = of_region {
            let region = location.region.to_string();
            let place = self.place(name, &["regions", &region], Part::Value);
            self.take(self.home.tree, id, &place, location);
        }
    }

    fn take(&mut self, tree: &Tree<'_>, id: NodeId, place: &Place, location: &mut Location) {
        if !matches!(tree.node(id).value, Value::Map(_)) && !tree.node(id).is_null() {
            let message = format!("values for variables are a map, not {}", tree.node(id).kind());
            self.problems.push(Diagnostic::error("wrong-type", message).at(place.clone()));
        }
        for entry in tree.entries(id).iter().filter(|entry| !entry.key.starts_with("x-")) {
            match self.value(tree, &entry.key, entry.value, location) {
                Ok(Some(value)) => {
                    location.variables.insert(entry.key.to_string(), value);
                }
                Ok(None) => {}
                Err(diagnostic) => {
                    let sensitive =
                        self.variables.get(&*entry.key).is_some_and(|variable| variable.sensitive);
                    let part = if diagnostic.code == "unknown-variable" { Part::Key } else { Part::Value };
                    // the line of a sensitive value is better not shown
                    let step = (!sensitive).then(|| Segment::Key(entry.key.to_string()));
                    let place = below(place, step, if sensitive { Part::Key } else { part });
                    self.problems.push(diagnostic.at(place));
                }
            }
        }
    }

    fn value(
        &self,
        tree: &Tree<'_>,
        name: &str,
        id: NodeId,
        location: &Location,
    ) -> Result<Option<String>, Diagnostic> {
        let variable = self.variables.get(name).ok_or_else(|| unknown_variable(name, self.variables))?;
        if let Some(by) = self.by_hand.get(name) {
            let message =
                format!("the variable `{name}` is set by locations, so it cannot also be given by `{by}`");
            return Err(
                Diagnostic::error("both-given", message).hint(format!("leave `{by}` out, or this value"))
            );
        }
        let text = plain_text(tree, id).map_err(|_| {
            Diagnostic::error("wrong-type", format!("`{name}` must be a text or a list of texts"))
        })?;
        let Some(text) = text else { return Ok(None) };
        let scope = Scope { variables: self.variables, location: Some(location), key: None, standing: None };
        let known = scope.known(name, &text).map_err(|fault| fault.diagnostic())?;
        variables::check(name, variable, &known)?;
        Ok(Some(known.into_owned()))
    }
}

fn below(place: &Place, step: Option<Segment>, part: Part) -> Place {
    match place.clone() {
        Place::Node { file, mut path, .. } => {
            path.extend(step);
            Place::Node { file, path, part }
        }
        other => other,
    }
}

/// A list of regions, or a map from regions to values. Each with the step that leads to it.
fn written_regions(tree: &Tree<'_>, id: NodeId) -> Vec<(Option<Segment>, String, Option<NodeId>)> {
    match &tree.node(id).value {
        Value::Map(entries) => entries
            .iter()
            .map(|entry| {
                (Some(Segment::Key(entry.key.to_string())), entry.key.to_string(), Some(entry.value))
            })
            .collect(),
        Value::List(items) => items
            .iter()
            .map(|item| plain_text(tree, *item).ok().flatten().unwrap_or_default())
            .enumerate()
            .map(|(n, text)| (Some(Segment::Index(n)), text, None))
            .collect(),
        Value::Scalar { text, .. } => vec![(None, text.to_string(), None)],
    }
}
