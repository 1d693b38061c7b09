//! `parameters`: merged key by key, each value as the text that goes to the catalog.

use std::collections::BTreeMap;

use super::Composer;
use super::text::{WrongValue, parameter, references};
use crate::desired::DesiredParameter;
use crate::layers::{Sheet, by_key};
use crate::origin::Layer;
use crate::references::Filling;
use crate::yaml::NodeId;
use provisor_model::diagnostic::{Diagnostic, Part, Place};
use provisor_model::template::Template;

/// How many bytes a value may have.
const LONGEST: usize = 4096;

/// The service counts characters, and CloudFormation bytes.
fn too_long(key: &str, text: &str) -> Diagnostic {
    let (characters, bytes) = (text.chars().count(), text.len());
    let found = if characters == bytes {
        format!("{bytes} bytes")
    } else {
        format!("{characters} characters in {bytes} bytes")
    };
    let message = format!("the value of `{key}` has {found}, at most {LONGEST} bytes are allowed");
    Diagnostic::error("bad-value", message)
}

/// The same of a secret: how long it is, is nobody's business.
fn secret_too_long(key: &str) -> Diagnostic {
    let message = format!("the value of `{key}` is too long: at most {LONGEST} bytes are allowed");
    Diagnostic::error("bad-value", message)
}

impl Composer<'_> {
    /// `parameters`
    pub(super) fn parameters(&mut self) -> BTreeMap<String, DesiredParameter> {
        let mut parameters = BTreeMap::new();
        for (key, sheet) in by_key(&self.sheets, "parameters") {
            if key.contains("${") {
                // that a key is not filled in is told where its form is checked
                continue;
            }
            // what a value with a tag is meant to be is not known, and that is told
            let read = match self.tree.is_tagged(sheet.node) {
                true => Err(Vec::new()),
                false => parameter(self.tree, sheet.node, &self.context),
            };
            let filled = match read {
                Ok(filled) => filled,
                Err(wrong) => {
                    for WrongValue { at, fault } in wrong {
                        for fault in fault.all() {
                            let place = self.inside(key, sheet, at, fault.nth);
                            self.problems.push(fault.diagnostic().at(place));
                        }
                    }
                    let value = Some(Template::of(references(self.tree, sheet.node, &self.context)));
                    let layer = sheet.layer;
                    let torn = DesiredParameter { value, sensitive: false, mixed: false, torn: true, layer };
                    parameters.insert(key.to_owned(), torn);
                    continue;
                }
            };
            let sensitive = filled.as_ref().is_some_and(|filled| filled.sensitive.is_some());
            let mixed = filled.as_ref().is_some_and(Filling::is_mixed);
            let value = filled.map(Filling::template);
            let text = value.as_ref().and_then(Template::as_text);
            // how much room a secret leaves for other text is how long it is
            if let Some(text) = text.filter(|text| text.len() > LONGEST && !mixed) {
                let place = self.origin.place(sheet.layer, &["parameters", key], Part::Value);
                let found = if sensitive { secret_too_long(key) } else { too_long(key, text) };
                self.problems.push(found.at(place));
            }
            let layer = sheet.layer;
            parameters
                .insert(key.to_owned(), DesiredParameter { value, sensitive, mixed, torn: false, layer });
        }
        parameters
    }

    /// The place of a finding inside a value: exact where it can be.
    fn inside(&self, key: &str, sheet: Sheet<'_, Layer>, at: NodeId, nth: Option<usize>) -> Place {
        let exact = nth.and_then(|nth| self.tree.hole(at, nth));
        let bytes = exact.or_else(|| (sheet.node != at).then(|| self.tree.node(at).bytes.clone()));
        match bytes {
            Some(bytes) => {
                Place::Bytes { file: self.origin.file.clone(), start: bytes.start, end: bytes.end }
            }
            None => self.origin.place(sheet.layer, &["parameters", key], Part::Value),
        }
    }
}
