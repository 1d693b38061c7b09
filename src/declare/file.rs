//! Declarations files as they are read, and the declarations in them. Nothing is resolved here.

use std::collections::HashMap;

use super::document::{Declaration, DeclarationsFile};
use super::expression::is_key;
use super::layers::Base;
use super::record::{Decoded, decode};
use super::yaml::{NodeId, Tree};
use super::{Layer, Site, events, variables};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment, Source};
use crate::model::ids::Key;

/// One file, decoded.
pub(super) struct File<'s> {
    /// Its tree.
    pub tree: Tree<'s>,
    /// Its typed skeleton.
    pub fields: DeclarationsFile,
    /// Places that are not to be judged further.
    spoilt: Vec<Vec<Segment>>,
}

impl<'s> File<'s> {
    /// Reads a source; nothing comes of a source that is not YAML.
    pub fn read(source: &'s Source, problems: &mut Diagnostics) -> Option<Self> {
        let tree = events::read(source, problems)?;
        let mut found = Diagnostics::default();
        let Decoded { value, spoilt } = decode(&tree, &mut found);
        problems.extend(Diagnostics(found.0.into_iter().map(below_products).collect()));
        Some(Self { tree, fields: value, spoilt })
    }

    /// The node below these keys.
    pub fn find(&self, keys: &[&str]) -> Option<NodeId> {
        keys.iter().try_fold(self.tree.root?, |id, key| self.tree.get(id, key))
    }

    /// Whether something at or below this path could not be read; of no path: whether the file is of no use.
    pub fn spoilt(&self, keys: &[&str]) -> bool {
        self.spoilt.iter().any(|path| match keys {
            [] => path.is_empty(),
            _ => {
                path.len() >= keys.len()
                    && path
                        .iter()
                        .zip(keys)
                        .all(|(step, key)| matches!(step, Segment::Key(name) if name == key))
            }
        })
    }
}

/// An unknown key at the top is often a declaration that stands there by mistake.
fn below_products(diagnostic: Diagnostic) -> Diagnostic {
    let top = matches!(&diagnostic.place, Some(Place::Node { path, .. }) if path.len() == 1);
    if top && diagnostic.code == "unknown-key" && diagnostic.hint.is_none() {
        return diagnostic.hint("declarations stand under `provisioned_products:`");
    }
    diagnostic
}

/// One declaration, as written.
#[derive(Clone, Copy)]
pub(super) struct Declared<'f> {
    /// Its file.
    pub file: &'f File<'f>,
    /// Its key.
    pub key: &'f str,
    /// What it says.
    pub fields: &'f Declaration,
    /// Its node.
    pub node: NodeId,
}

impl<'f> Declared<'f> {
    /// Whether something of it, or of the file's defaults, could not be read.
    pub fn spoilt(&self) -> bool {
        self.file.spoilt(&["provisioned_products", self.key]) || self.file.spoilt(&["defaults"])
    }

    /// What it is made of: itself, then the defaults of its file. The first one wins.
    pub fn bases(&self) -> [Option<Base<'f>>; 2] {
        let own =
            Base { fields: self.fields, node: Some(self.node), layer: Layer::Own, nth: Layer::Override };
        let node = self.file.find(&["defaults"]);
        let defaults = self.file.fields.defaults.as_ref();
        let of = |fields| Base { fields, node, layer: Layer::Defaults, nth: Layer::DefaultsOverride };
        [Some(own), defaults.map(of)]
    }

    /// Where it is declared.
    pub fn site(&self) -> Site {
        Site { file: self.file.tree.source.path.clone(), key: Some(Key::new(self.key)), ..Site::default() }
    }

    /// Its key, as a place.
    pub fn place(&self) -> Place {
        declaration_place(self.file, self.key)
    }
}

/// All declarations that have a key of their own.
pub(super) fn collect<'f>(files: &'f [File<'f>], problems: &mut Diagnostics) -> Vec<Declared<'f>> {
    let mut first: HashMap<&str, &File<'_>> = HashMap::new();
    let mut all = Vec::new();
    for file in files {
        let Some(map) = file.find(&["provisioned_products"]) else {
            continue;
        };
        let entries = file.fields.provisioned_products.as_ref().map_or(&[][..], |entries| &entries.0);
        let by_key: HashMap<&str, &Option<Declaration>> =
            entries.iter().map(|(key, fields)| (key.as_str(), fields)).collect();
        for entry in file.tree.entries(map) {
            let Some(fields) = by_key.get(&*entry.key) else {
                continue;
            };
            let fields = fields.as_ref().unwrap_or(&NOTHING);
            let key = &*entry.key;
            let place = |file: &File<'_>| declaration_place(file, key);
            if let Some(diagnostic) = refused_key(key) {
                problems.push(diagnostic.at(place(file)));
            } else if let Some(other) = first.insert(key, file) {
                let diagnostic = Diagnostic::error("duplicate-key", format!("`{key}` is declared twice"));
                problems.push(diagnostic.at(place(file)).related(place(other), "first here"));
                continue;
            }
            all.push(Declared { file, key, fields, node: entry.value });
        }
    }
    all
}

fn declaration_place(file: &File<'_>, key: &str) -> Place {
    variables::place(&file.tree.source.path, vec!["provisioned_products", key], Part::Key)
}

fn refused_key(key: &str) -> Option<Diagnostic> {
    if matches!(key, "key" | "var" | "external" | "location") {
        return Some(
            Diagnostic::error("reserved", format!("`{key}` is a reserved word")).hint("choose another key"),
        );
    }
    let message = format!("`{}` cannot be the key of a declaration", key.escape_debug());
    (!is_key(key)).then(|| Diagnostic::error("bad-value", message).hint(variables::KEY))
}

/// A declaration of which only the key is written.
static NOTHING: Declaration = Declaration {
    provisioned_product_name: None,
    product_name: None,
    product_id: None,
    provisioning_artifact_name: None,
    provisioning_artifact_id: None,
    provisioning_artifact: None,
    path_name: None,
    path_id: None,
    location: None,
    locations: None,
    selector: None,
    parameters: None,
    tags: None,
    notification_arns: None,
    provisioning_preferences: None,
    accept_language: None,
    depends_on: None,
    timeouts: None,
    sensitive_outputs: None,
    lifecycle: None,
    overrides: None,
};
