//! The entries of `locations:` as locations: one per account and region, with the values that hold there.

use std::collections::{BTreeMap, HashSet};

use super::content::LocationContent;
use super::filler::TextFiller;
use super::variables::VariableTable;
use super::{Access, Inputs, Location, ValueOrigin, is_deep};
use crate::advice::unfilled;
use crate::decode::decoded;
use crate::fields::{LOCATION, TextRule, meant_region};
use crate::layers::{Merged, Sheet};
use crate::references::Context;
use crate::yaml::{NodeId, Shape, Tree};
use provisor_model::access::AccessLevel;
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment};
use provisor_model::ids::{AccountId, LocationName, Region};

/// The values of variables that hold everywhere.
#[derive(Clone, Copy)]
pub(super) struct KnownValues<'v> {
    /// Declared variables, with those values.
    pub variables: &'v VariableTable,
    /// Those that locations may refer to: trusted settings refer to no variable of a checkout.
    pub referable: &'v VariableTable,
    /// Which of them were given by hand, and how.
    pub by_hand: &'v BTreeMap<String, String>,
    /// Where they were written.
    pub written: &'v BTreeMap<String, ValueOrigin>,
}

/// What the entries are read with.
pub(super) struct Reader<'r> {
    /// The document that holds them.
    pub tree: &'r Tree<'r>,
    /// Where they stand in it.
    pub home: Place,
    /// `location_defaults:`
    pub defaults: Option<Sheet<'r, &'r Place>>,
    /// The values that hold everywhere.
    pub values: KnownValues<'r>,
    /// What the sandbox files say.
    pub inputs: &'r Inputs,
    /// What was found.
    pub problems: &'r mut Diagnostics,
    /// Regions that were looked at: the defaults' are read for every location, and one word about each will do.
    pub looked_at: HashSet<&'r str>,
}

/// What a map of the settings says, and where it stands.
pub(super) struct ValuesAt<'r> {
    pub tree: &'r Tree<'r>,
    /// The map in it.
    pub node: NodeId,
    /// The map as a place.
    pub place: Place,
}

impl<'r> Reader<'r> {
    /// The locations of one entry, in the order of its regions.
    pub fn entry(&mut self, name: &str, node: NodeId) -> Vec<Location> {
        let base = self.home.clone().below([Segment::Key(name.to_owned())], Part::Key);
        self.check_name(name, &base);
        let own = Sheet { layer: &base, tree: self.tree, node };
        let sheets: Vec<Sheet<'_, &Place>> = [own].into_iter().chain(self.defaults).collect();
        let text = |field: &str| self.tree.text(self.tree.given(node, field)?);
        let file = text("sandbox").and_then(|file| self.inputs.sandboxes.get(file));
        let account_id = text("account_id").map(AccountId::new).or_else(|| Some(file?.0.clone()));
        // a sandbox's region comes from its own file, not from the defaults
        let of_regions = if text("sandbox").is_some() { &sheets[..1] } else { &sheets[..] };
        let regions = self.regions(name, of_regions, file.map(|(_, region)| region));
        let several = regions.len() > 1;
        let merged = Merged::of(&LOCATION, &sheets);
        let mut locations = Vec::new();
        for (region, values) in regions {
            let full = format!("{name}/{region}");
            let mut location = Location {
                written: if several { full.clone() } else { name.to_owned() },
                name: LocationName::new(full),
                account: name.to_owned(),
                account_id: account_id.clone(),
                region,
                access: Access::Unknown,
                access_level: AccessLevel::default(),
                deep: None,
                variables: BTreeMap::new(),
                origins: BTreeMap::new(),
                frozen: false,
            };
            // the nearer ones come later and win
            for at in sheets.iter().rev().filter_map(variables_of).chain(values) {
                self.take(at, &mut location);
            }
            if let Some(content) = self.content(&merged, &location) {
                location.frozen = content.frozen;
                location.deep = content.drift.as_deref().map(is_deep);
                location.access_level = AccessLevel::parse(&content.access_level).unwrap_or_default();
                location.access = self.access(&base, &merged, content);
            }
            locations.push(location);
        }
        locations
    }

    fn check_name(&mut self, name: &str, place: &Place) {
        // that a key is not filled in is told where its form is checked
        if name.contains("${") {
            return;
        }
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            let diagnostic = Diagnostic::error("bad-value", format!("`{name}` cannot name a location"))
                .hint("letters, digits, `_` and `-`");
            self.problems.push(diagnostic.at(place.clone()));
        }
    }

    /// What the entry and the defaults say together, filled for this location.
    fn content(&mut self, merged: &Merged<'_, &Place>, location: &Location) -> Option<LocationContent> {
        let context = Context { location: Some(location), ..Context::of(self.values.referable) };
        let value = merged.value(&mut TextFiller { context, problems: self.problems });
        let home = &self.home;
        decoded(value)
            .map_err(|undecoded| {
                let account = Segment::Key(location.account.clone());
                let path = [account].into_iter().chain(undecoded.path);
                self.problems.push(undecoded.diagnostic.at(home.clone().below(path, Part::Value)));
            })
            .ok()
    }

    /// Each region with its values, if it has any.
    fn regions(
        &mut self,
        name: &str,
        sheets: &[Sheet<'r, &Place>],
        of_sandbox: Option<&Region>,
    ) -> Vec<(Region, Option<ValuesAt<'r>>)> {
        let given = sheets.iter().find_map(|sheet| Some((sheet, sheet.tree.given(sheet.node, "regions")?)));
        let Some((sheet, node)) = given else {
            if let Some(region) = of_sandbox {
                return vec![(region.clone(), None)];
            }
            // the file of a sandbox always has one: why that cannot be read is told where it is named
            if !sheets.iter().any(|sheet| sheet.tree.given(sheet.node, "sandbox").is_some()) {
                let own = self.home.clone().below([Segment::Key(name.to_owned())], Part::Key);
                let diagnostic = Diagnostic::error("missing", format!("`{name}` has no `regions`"))
                    .hint("such as `regions: [eu-west-1]`");
                self.problems.push(diagnostic.at(own));
            }
            return Vec::new();
        };
        let place = sheet.layer.clone().below([Segment::Key("regions".to_owned())], Part::Value);
        let written = written_regions(sheet.tree, node);
        if written.is_empty() {
            let diagnostic = Diagnostic::error("missing", format!("`{name}` has no regions"));
            self.problems.push(diagnostic.at(place.clone()));
        }
        let mut regions: Vec<(Region, Option<ValuesAt<'r>>)> = Vec::new();
        let mut seen: HashSet<&str> = HashSet::new();
        for (step, text, values) in written {
            let place = place.clone().below(step, Part::Key);
            match TextRule::Region.check("", text) {
                // the check leaves out what refers to something, which regions cannot
                Err(diagnostic) if text.contains("${") && values.is_none() => {
                    self.problems.push(diagnostic.maybe_hint(unfilled(text, false)).at(place));
                }
                Err(_) => {}
                Ok(()) if !seen.insert(text) => {}
                Ok(()) => {
                    if self.looked_at.insert(text)
                        && let Some(meant) = meant_region(text)
                    {
                        let message = format!("`{text}` is not among the regions that are known");
                        let found = Diagnostic::warning("unknown-region", message);
                        self.problems.push(found.hint(format!("did you mean `{meant}`?")).at(place.clone()));
                    }
                    let values = values.map(|node| ValuesAt { tree: sheet.tree, node, place });
                    regions.push((Region::new(text), values));
                }
            }
        }
        regions
    }
}

/// The values that one layer has for all of its regions.
fn variables_of<'t>(sheet: &Sheet<'t, &Place>) -> Option<ValuesAt<'t>> {
    let node = sheet.tree.given(sheet.node, "variables")?;
    let place = sheet.layer.clone().below([Segment::Key("variables".to_owned())], Part::Value);
    Some(ValuesAt { tree: sheet.tree, node, place })
}

/// A list of regions, or a map from regions to values. Each with the step that leads to it.
fn written_regions<'t>(tree: &'t Tree<'_>, id: NodeId) -> Vec<(Option<Segment>, &'t str, Option<NodeId>)> {
    match &tree.node(id).shape {
        Shape::Map(pairs) => pairs
            .iter()
            .map(|pair| (Some(Segment::Key(pair.key.to_string())), &*pair.key, Some(pair.value)))
            .collect(),
        Shape::List(items) => items
            .iter()
            .enumerate()
            .map(|(n, item)| (Some(Segment::Index(n)), tree.text(*item).unwrap_or_default(), None))
            .collect(),
        Shape::Scalar { text, .. } => vec![(None, text, None)],
    }
}
