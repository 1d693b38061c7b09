//! One declaration on one location: its layers merged, its texts filled, the API's limits held.

mod content;
mod husk;
mod parameters;
mod preferences;
mod tags;
mod text;

use std::collections::HashMap;

use super::declarations::Declaration;
use super::decode::{Undecoded, decoded};
use super::desired::{DesiredProduct, OpenChoice};
use super::fields::{CONTENT, FieldKind, Relation, TextRule};
use super::layers::{Fill, Leaf, Merged, Sheet};
use super::origin::{Layer, Origin};
use super::references::{Context, is_key};
use super::yaml::{NodeId, Tree};
use content::ProductContent;
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Part};
use provisor_model::product::Timeouts;

/// Puts one product together. Findings are pushed; what is returned then does not matter.
pub(super) struct Composer<'c> {
    /// The declaration's file.
    pub tree: &'c Tree<'c>,
    /// Its layers on this location, the winning one first.
    pub sheets: Vec<Sheet<'c, Layer>>,
    /// What can be referred to.
    pub context: Context<'c>,
    /// The settings' timeouts.
    pub timeouts: Timeouts,
    /// Where it is declared.
    pub origin: Origin,
    /// What is read, where that is a declaration.
    pub declaration: Option<Declaration<'c>>,
    /// What was found.
    pub problems: &'c mut Diagnostics,
}

impl<'c> Composer<'c> {
    /// The product, as far as it can be read.
    pub fn product(mut self, key: &str) -> Option<DesiredProduct> {
        let merged = Merged::of(&CONTENT, &self.sheets);
        self.note(&merged);
        let unread = self.missing(key, &merged);
        let value = merged.value(&mut self);
        let content: ProductContent = decoded(value).map_err(|undecoded| self.undecoded(undecoded)).ok()?;
        if let Some(preferences) = &content.provisioning_preferences {
            self.concurrency(preferences, &merged);
        }
        let parameters = self.parameters();
        let tags = self.tags();
        let items = self.items(&merged, "depends_on");
        let needed = |text: &String| Some((self.context.address(text).ok()?, *items.get(text)?));
        let depends_on = content.depends_on.iter().filter_map(needed).collect();
        let unfilled = ["path_name", "path_id"].iter().any(|field| merged.find(&[field]).is_some());
        let mut product = content.product(key, self.timeouts, unread);
        product.unread.path |= unfilled && product.path.is_none();
        (product.parameters, product.tags, product.depends_on) = (parameters, tags, depends_on);
        product.origin = self.origin;
        Some(product)
    }

    /// Which item of a list a text is: those that cannot be filled are no part of what was decoded.
    fn items(&self, merged: &Merged<'c, Layer>, field: &str) -> HashMap<String, usize> {
        let Some(leaf) = merged.find(&[field]) else { return HashMap::new() };
        let items = leaf.tree.items(leaf.node).iter().enumerate().rev();
        let known = |(n, item): (usize, &NodeId)| {
            let text = self.context.known(field, leaf.tree.text(*item)?).ok()?;
            Some((text.into_owned(), n))
        };
        items.filter_map(known).collect()
    }

    /// Remembers which fields another layer than the declaration gives.
    fn note(&mut self, merged: &Merged<'c, Layer>) {
        for leaf in merged.leaves() {
            if !matches!(leaf.field.kind, FieldKind::Values(_)) {
                self.origin.note(&leaf.path(), leaf.layer);
            }
        }
    }

    /// What no layer says, and must be said. Gives what is left open by that, and by what cannot be read.
    fn missing(&mut self, key: &str, merged: &Merged<'c, Layer>) -> OpenChoice {
        let mut unread = self.declaration.map(|declaration| declaration.unread()).unwrap_or_default();
        let place = |origin: &Origin| origin.place(Layer::Own, &[], Part::Key);
        for relation in CONTENT.relations() {
            let Relation::One { noun, of } = relation else { continue };
            let is_missing = !of.iter().any(|name| merged.find(&[name]).is_some());
            if is_missing {
                unread.product |= of.contains(&"product_name");
                unread.version |= of.contains(&"provisioning_artifact_name");
            }
            // what is missing may stand under a key that is none
            if self.declaration.is_some_and(|declaration| declaration.hides(of)) {
                continue;
            }
            if is_missing {
                let diagnostic = Diagnostic::error("missing", format!("`{key}` has no {noun}"));
                self.problems.push(diagnostic.hint(format!("write {}", choice(of))).at(place(&self.origin)));
            }
        }
        // a key that is none has been refused as such
        if merged.find(&["provisioned_product_name"]).is_none()
            && is_key(key)
            && let Err(diagnostic) = TextRule::Name.check("", key)
        {
            self.problems.push(diagnostic.at(place(&self.origin)));
        }
        unread
    }

    fn undecoded(&mut self, undecoded: Undecoded) {
        let place = self.origin.below(Layer::Own, undecoded.path, Part::Value);
        self.problems.push(undecoded.diagnostic.at(place));
    }
}

impl<'c> Fill<'c, Layer> for Composer<'c> {
    fn fill(&mut self, leaf: &Leaf<'c, Layer>, item: Option<usize>, text: &'c str) -> Option<String> {
        let known = self.context.known(leaf.field.name, text).and_then(|text| {
            if leaf.is_address() {
                self.context.address(&text)?;
            }
            Ok(text.into_owned())
        });
        known
            .map_err(|fault| {
                let place = self.origin.below(leaf.layer, leaf.segments(item), Part::Value);
                self.problems.extend(fault.all().map(|fault| {
                    let place = self.tree.pinpoint(place.clone(), fault.nth);
                    fault.diagnostic().at(place)
                }));
            })
            .ok()
    }

    fn wrong(&mut self, leaf: &Leaf<'c, Layer>, item: Option<usize>, diagnostic: Diagnostic) {
        let place = self.origin.below(leaf.layer, leaf.segments(item), Part::Value);
        self.problems.push(diagnostic.at(place));
    }
}

/// "`product_name` or `product_id`": what may be written, with the only text that a field may hold.
fn choice(fields: &[&str]) -> String {
    let written = |name: &&str| match CONTENT.field(name).map(|field| &field.kind) {
        Some(FieldKind::Text(TextRule::Only { text, .. })) => format!("`{name}: {text}`"),
        _ => format!("`{name}`"),
    };
    let fields: Vec<String> = fields.iter().map(written).collect();
    match fields.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => fields.concat(),
    }
}
