//! What is wrong with where a declaration or an override stands, and where below its map that is written.

use crate::declare::origin::{Layer, Origin};
use crate::declare::references::Fault;
use crate::declare::yaml::Tree;
use crate::model::diagnostic::{Diagnostic, Part, Segment};

/// What is wrong, and where below the map of the layer.
pub(super) struct Misplaced {
    below: Vec<Segment>,
    fault: Fault,
}

impl Misplaced {
    /// At a field.
    pub fn field(name: &str, fault: impl Into<Fault>) -> Self {
        Self { below: vec![Segment::Key(name.to_owned())], fault: fault.into() }
    }

    /// With the layer's map as a whole.
    pub fn whole(fault: impl Into<Fault>) -> Self {
        Self { below: Vec::new(), fault: fault.into() }
    }

    /// The same at an item of the field.
    pub fn item(mut self, n: usize) -> Self {
        self.below.push(Segment::Index(n));
        self
    }

    /// The same below another field.
    pub fn inside(mut self, name: &str) -> Self {
        self.below.insert(0, Segment::Key(name.to_owned()));
        self
    }

    /// The finding, at its place in a layer.
    pub fn at(self, tree: &Tree<'_>, origin: &Origin, layer: Layer) -> Diagnostic {
        let place = origin.below(layer, self.below, Part::Value);
        let place = tree.pinpoint(place, self.fault.nth);
        self.fault.diagnostic().at(place)
    }
}
