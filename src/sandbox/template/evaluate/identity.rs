//! What makes a resource this one and not another: the values whose change replaces it. Its made-up identifiers come
//! from them, so that they change when, and only when, the resource is another one.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Evaluation;
use crate::template::guess::attributes::naming_property;
use crate::template::guess::{Replacement, recreation};
use crate::template::sections::ResourceDeclaration;

impl<'t> Evaluation<'t> {
    /// A digest of what a change would replace the resource for; empty where there is nothing of that kind.
    pub fn identity(&mut self, declaration: &'t ResourceDeclaration) -> String {
        if let Some(known) = self.identities.get(declaration.logical_id.as_str()) {
            return known.clone();
        }
        // what is exported cannot change while it is imported, and whoever asks later may not know it any more
        let imports = self.imports.take();
        let mut values = BTreeMap::new();
        for (name, node) in
            declaration.body.get("Properties").map_or(&[][..], |properties| properties.entries())
        {
            if name == "Tags" || recreation(&declaration.kind, name) != Replacement::True {
                continue;
            }
            // what is wrong shows when the resource itself is evaluated
            match self.trial(|evaluation| evaluation.deeper(4, |evaluation| evaluation.value(node))) {
                Some(Value::Null) | None => {}
                Some(Value::String(given))
                    if naming_property(&declaration.kind) == Some(name) && !given.is_empty() => {}
                Some(value) => {
                    values.insert(name.as_str(), value);
                }
            }
        }
        self.imports = imports;
        let identity = if values.is_empty() { String::new() } else { digest(&values) };
        self.identities.insert(&declaration.logical_id, identity.clone());
        identity
    }
}

/// The same for the same values, however their members are ordered.
fn digest(values: &BTreeMap<&str, Value>) -> String {
    let mut hash = Sha256::new();
    for (name, value) in values {
        text(&mut hash, name);
        feed(&mut hash, value);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text.as_bytes());
}

fn feed(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Array(items) => {
            hash.update(b"[");
            for item in items {
                feed(hash, item);
            }
            hash.update(b"]");
        }
        Value::Object(members) => {
            hash.update(b"{");
            let sorted: BTreeMap<&String, &Value> = members.iter().collect();
            for (name, value) in sorted {
                text(hash, name);
                feed(hash, value);
            }
            hash.update(b"}");
        }
        Value::String(words) => {
            hash.update(b"'");
            text(hash, words);
        }
        other => text(hash, &other.to_string()),
    }
}
