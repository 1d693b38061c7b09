//! `tags`: merged key by key.

use std::collections::BTreeMap;

use super::Composer;
use crate::fields::TextRule;
use crate::layers::by_key;
use crate::origin::{Layer, Origin};
use crate::references::Fault;
use provisor_model::diagnostic::{Diagnostic, Part};
use provisor_model::template::{Piece, Template};

/// How many tags a provisioned product may have.
const MOST: usize = 50;

impl Composer<'_> {
    /// `tags`
    pub(super) fn tags(&mut self) -> BTreeMap<String, Template> {
        let mut tags = BTreeMap::new();
        for (key, sheet) in by_key(&self.sheets, "tags") {
            self.origin.note(&["tags", key], sheet.layer);
            let Some(text) = self.tree.text(sheet.node).filter(|_| !self.tree.is_tagged(sheet.node)) else {
                continue;
            };
            let place = |origin: &Origin| origin.place(sheet.layer, &["tags", key], Part::Value);
            match self.tag(key, text) {
                Ok(template) => {
                    tags.insert(key.to_owned(), template);
                }
                Err(fault) => {
                    let found = fault.all().map(|fault| {
                        let place = self.tree.pinpoint(place(&self.origin), fault.nth);
                        fault.diagnostic().at(place)
                    });
                    self.problems.extend(found);
                    // what else it refers to is looked at
                    let others = self.context.references(text).map(Piece::Reference);
                    let others = Template::of(others);
                    if others.references().next().is_some() {
                        tags.insert(key.to_owned(), others);
                    }
                }
            }
        }
        if tags.len() > MOST {
            let message = format!("{} tags are declared, at most {MOST} are allowed", tags.len());
            let place = self.origin.place(Layer::Own, &["tags"], Part::Key);
            self.problems.push(Diagnostic::error("bad-value", message).at(place));
        }
        tags
    }

    fn tag(&self, key: &str, text: &str) -> Result<Template, Fault> {
        if !text.contains("${") {
            return Ok(Template::text(text));
        }
        let what = format!("the tag `{key}`");
        let template = self.context.fill_seen(text, &what)?.template();
        if let Some(text) = template.as_text() {
            TextRule::TagValue.check(&what, text)?;
        }
        Ok(template)
    }
}
