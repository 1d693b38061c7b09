//! Where a declaration stands, and which of its layers gave what.

use std::collections::BTreeMap;
use std::sync::Arc;

use provisor_model::diagnostic::{Part, Place, Segment};
use provisor_model::ids::Key;

/// Which layer of a declarations file gave a value: enough to find its line again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layer {
    /// The declaration itself.
    #[default]
    Own,
    /// The file's `defaults:`.
    Defaults,
    /// `overrides:`, by index.
    Override(usize),
    /// `overrides:` of the file's `defaults:`, by index.
    DefaultsOverride(usize),
}

/// Where a declaration stands, and which layer gave each of its fields (those not named: the declaration itself).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The file's path, relative to the settings file.
    pub file: Arc<str>,
    /// The declaration's key; `None`: the place belongs to the whole file.
    pub key: Option<Key>,
    /// Fields, and `tags.<key>` items, that another layer gave.
    pub(super) layers: BTreeMap<String, Layer>,
}

impl Origin {
    /// The place of a field of this declaration: `["parameters", "VpcCidr"]`, `["path_name"]`, or `[]` for the declaration.
    #[must_use]
    pub fn place(&self, layer: Layer, field: &[&str], part: Part) -> Place {
        let path = field.iter().map(|key| Segment::Key((*key).to_owned())).collect();
        self.below(layer, path, part)
    }

    /// As [`Origin::place`], by segments.
    #[must_use]
    pub fn below(&self, layer: Layer, segments: Vec<Segment>, part: Part) -> Place {
        let key = |text: &str| Segment::Key(text.to_owned());
        let own =
            self.key.as_ref().map_or_else(Vec::new, |k| vec![key("provisioned_products"), key(k.as_str())]);
        let mut path = match layer {
            Layer::Own => own,
            Layer::Defaults => vec![key("defaults")],
            Layer::Override(n) => [own, vec![key("overrides"), Segment::Index(n)]].concat(),
            Layer::DefaultsOverride(n) => vec![key("defaults"), key("overrides"), Segment::Index(n)],
        };
        path.extend(segments);
        Place::Node { file: self.file.clone(), path, part }
    }

    /// The place of a field, such as `["path_name"]` or `["tags", "env"]`, in the layer that gave it.
    #[must_use]
    pub fn given(&self, field: &[&str], part: Part) -> Place {
        self.place(self.layers.get(&field.join(".")).copied().unwrap_or_default(), field, part)
    }

    /// The place of a top-level field, in the layer that gave it.
    #[must_use]
    pub fn field(&self, name: &str, part: Part) -> Place {
        self.given(&[name], part)
    }

    /// Takes note of a layer that is not the declaration itself.
    pub(super) fn note(&mut self, field: &[&str], layer: Layer) {
        if layer != Layer::Own {
            self.layers.insert(field.join("."), layer);
        }
    }
}
