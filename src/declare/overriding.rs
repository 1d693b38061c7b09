//! Overrides: for which locations each one holds, and that no two contradict each other.

use std::collections::HashMap;

use super::document::Declaration;
use super::file::File;
use super::layers::{Base, override_node, set_by};
use super::placing::{Misplaced, chosen};
use super::product::pinpoint;
use super::resolve::Resolver;
use super::selecting::fulfilling;
use super::yaml::{NodeId, Tree};
use super::{Layer, Site};
use crate::model::diagnostic::{Diagnostic, Part, Place, Segment};
use crate::model::ids::LocationName;

impl Resolver<'_> {
    /// Pushes a finding below a field of one layer.
    pub fn misplaced(&mut self, tree: &Tree<'_>, site: &Site, layer: Layer, (below, fault): Misplaced) {
        let mut place = site.place(layer, &[], Part::Value);
        if let Place::Node { path, .. } = &mut place {
            path.extend(below);
        }
        let place = pinpoint(tree, place, fault.nth);
        self.problems.push(fault.diagnostic().at(place));
    }

    /// For which of `locations` each override holds. Two that set one thing for one location contradict each other.
    pub fn overrides(
        &mut self,
        file: &File<'_>,
        site: &Site,
        base: Base<'_>,
        locations: &[LocationName],
    ) -> Vec<Vec<LocationName>> {
        let mut held = Vec::new();
        for (n, fields) in base.fields.overrides.iter().flatten().enumerate() {
            let node = override_node(&file.tree, base.node, n);
            let found = match self.speaks_of(&file.tree, node, fields) {
                Ok(found) => found,
                Err(misplaced) => {
                    self.misplaced(&file.tree, site, (base.nth)(n), misplaced);
                    held.push(Vec::new());
                    continue;
                }
            };
            let found: Vec<_> = found.into_iter().filter(|name| locations.contains(name)).collect();
            if found.is_empty() && !locations.is_empty() && (base.nth)(n) == Layer::Override(n) {
                let message = "this override speaks of no location on which the declaration stands";
                let place = site.place((base.nth)(n), &[], Part::Value);
                self.problems.push(Diagnostic::error("matches-nothing", message).at(place));
            }
            held.push(found);
        }
        self.contradictions(file, site, base, &held);
        held
    }

    fn speaks_of(
        &self,
        tree: &Tree<'_>,
        node: Option<NodeId>,
        fields: &Declaration,
    ) -> Result<Vec<LocationName>, Misplaced> {
        let key = |name: &str| vec![Segment::Key(name.to_owned())];
        if fields.overrides.is_some() {
            let diagnostic = Diagnostic::error("unknown-key", "an override has no overrides of its own");
            return Err((key("overrides"), diagnostic.into()));
        }
        if fields.selector.is_some() {
            if fields.location.is_some() || fields.locations.is_some() {
                let message = "`where` and a location are both given, and only one may be";
                return Err((key("where"), Diagnostic::error("both-given", message).into()));
            }
            let conditions = node.and_then(|node| tree.get(node, "where"));
            return fulfilling(tree, conditions, self.settings)
                .map_err(|(path, fault)| (key("where").into_iter().chain(path).collect(), fault));
        }
        if let (Some(text), None) = (&fields.location, &fields.locations) {
            // here an account with several regions means all of them
            let found =
                self.scope().known("location", text).and_then(|text| Ok(self.settings.some(&text)?));
            return found.map_err(|fault| (key("location"), fault));
        }
        chosen(tree, node, fields, &self.scope(), self.settings)?.ok_or_else(|| {
            let diagnostic = Diagnostic::error(
                "missing",
                "this override does not say for which `location` it holds, or `where`",
            );
            (Vec::new(), diagnostic.into())
        })
    }

    fn contradictions(&mut self, file: &File<'_>, site: &Site, base: Base<'_>, held: &[Vec<LocationName>]) {
        if held.len() < 2 {
            return;
        }
        let mut seen: HashMap<(String, &LocationName), usize> = HashMap::new();
        for (n, locations) in held.iter().enumerate() {
            let Some(node) = override_node(&file.tree, base.node, n) else {
                continue;
            };
            let set = set_by(&file.tree, node);
            for (location, (field, path)) in
                locations.iter().flat_map(|l| set.iter().map(move |field| (l, field)))
            {
                let Some(first) = seen.insert((field.clone(), location), n) else {
                    continue;
                };
                let message = format!("two overrides set `{field}` for `{location}`");
                let mut place = site.place((base.nth)(n), &[], Part::Key);
                if let Place::Node { path: whole, .. } = &mut place {
                    whole.extend(path.iter().cloned());
                }
                let other = site.place((base.nth)(first), &[], Part::Value);
                self.problems.push(
                    Diagnostic::error("contradiction", message).at(place).related(other, "the other one"),
                );
            }
        }
    }
}
