//! Overrides: for which locations each one holds, and that no two contradict each other.

use std::collections::{BTreeSet, HashMap};

use super::chosen::{chosen, is_doubtful};
use super::conditions::fulfilling;
use super::misplaced::Misplaced;
use super::names;
use super::{Placer, StandsOnSome};
use crate::burden::TooMuch;
use crate::declarations::{Base, DeclarationsFile};
use crate::fields::{CONTENT, FieldKind, Table};
use crate::origin::{Layer, Origin};
use crate::yaml::{NodeId, Tree};
use provisor_model::diagnostic::{Diagnostic, Part, Segment};
use provisor_model::ids::LocationName;

impl Placer<'_> {
    /// For which of `locations` each override holds. Two that set one thing for one location contradict each other.
    pub(super) fn overrides(
        &mut self,
        file: &DeclarationsFile<'_>,
        origin: &Origin,
        base: Base,
        StandsOnSome { locations, is_sure }: StandsOnSome<'_>,
    ) -> Result<Vec<BTreeSet<LocationName>>, TooMuch> {
        let standing: BTreeSet<&LocationName> = locations.iter().collect();
        let mut held = Vec::new();
        for (n, node) in base.overrides(&file.tree).iter().enumerate() {
            self.burden.holds(self.settings.locations.len())?;
            self.compare(file, *node)?;
            let speaks_of = self.speaks_of(&file.tree, *node);
            let is_sure = is_sure && speaks_of.is_ok() && !is_doubtful(&file.tree, base.node);
            let found = speaks_of.unwrap_or_else(|mut misplaced| {
                let sound = std::mem::take(&mut misplaced.sound);
                self.problems.extend(misplaced.at(&file.tree, origin, base.nth(n)));
                sound
            });
            let found: BTreeSet<_> = found.into_iter().filter(|name| standing.contains(name)).collect();
            if found.is_empty() && is_sure && base.layer() == Layer::Own {
                let message = "this override speaks of no location on which the declaration stands";
                let place = origin.place(base.nth(n), &[], Part::Value);
                self.problems.push(Diagnostic::error("matches-nothing", message).at(place));
            }
            held.push(found);
        }
        self.contradictions(&file.tree, origin, base, &held)?;
        Ok(held)
    }

    fn speaks_of(&self, tree: &Tree<'_>, node: NodeId) -> Result<Vec<LocationName>, Misplaced> {
        if let Some(conditions) = tree.given(node, "where") {
            return fulfilling(tree, Some(conditions), self.settings);
        }
        if let Some(text) = tree.given(node, "location").and_then(|id| tree.text(id)) {
            // here an account with several regions means all of them
            let found = self
                .context()
                .known("location", text)
                .and_then(|text| Ok(names::some(self.settings, &text)?));
            return found.map_err(|fault| Misplaced::field("location", fault));
        }
        chosen(tree, node, &self.context(), self.settings)?.ok_or_else(|| {
            let message = "this override does not say for which `location` it holds, or `where`";
            Misplaced::whole(Diagnostic::error("missing", message))
        })
    }

    fn contradictions(
        &mut self,
        tree: &Tree<'_>,
        origin: &Origin,
        base: Base,
        held: &[BTreeSet<LocationName>],
    ) -> Result<(), TooMuch> {
        if held.len() < 2 {
            return Ok(());
        }
        let mut seen: HashMap<(String, &LocationName), usize> = HashMap::new();
        for ((n, node), locations) in base.overrides(tree).iter().enumerate().zip(held) {
            let set = set_by(tree, *node);
            self.burden.holds(set.len().saturating_mul(locations.len()))?;
            for (location, (field, path)) in locations.iter().flat_map(|l| set.iter().map(move |it| (l, it)))
            {
                let Some(first) = seen.insert((field.clone(), location), n) else {
                    continue;
                };
                let message = format!("two overrides set `{field}` for `{location}`");
                let place = origin.below(base.nth(n), path.clone(), Part::Key);
                let other = origin.place(base.nth(first), &[], Part::Value);
                self.problems.push(
                    Diagnostic::error("contradiction", message).at(place).related(other, "the other one"),
                );
            }
        }
        Ok(())
    }
}

/// What an override sets: fields, and single keys of the maps that are merged key by key. Rivals count as one.
fn set_by(tree: &Tree<'_>, node: NodeId) -> Vec<(String, Vec<Segment>)> {
    let mut set = Vec::new();
    let key = |key: &str| Segment::Key(key.to_owned());
    for pair in tree.pairs(node) {
        let Some(field) = CONTENT.field(&pair.key) else {
            continue;
        };
        let inner = match field.kind {
            FieldKind::Map(table) => Some(table),
            FieldKind::Values(_) => None,
            _ => {
                set.push((canonical(&CONTENT, field.name).to_owned(), vec![key(field.name)]));
                continue;
            }
        };
        for item in tree.pairs(pair.value) {
            let name = inner.map_or(&*item.key, |table| canonical(table, &item.key));
            set.push((format!("{}.{name}", field.name), vec![key(field.name), key(&item.key)]));
        }
    }
    set
}

/// The field that stands for this one and its rivals.
fn canonical<'n>(table: &'static Table, name: &'n str) -> &'n str {
    table.rivals(name).and_then(|rivals| rivals.first()).copied().unwrap_or(name)
}
