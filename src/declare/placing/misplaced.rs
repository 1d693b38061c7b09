//! What is wrong with where a declaration or an override stands, and where below its map that is written.

use crate::origin::{Layer, Origin};
use crate::references::Fault;
use crate::yaml::Tree;
use provisor_model::diagnostic::{Diagnostic, Part, Segment};
use provisor_model::ids::LocationName;

/// What is wrong, and where below the map of the layer.
pub(super) struct Misplaced {
    below: Vec<Segment>,
    part: Part,
    fault: Fault,
    /// What is wrong with further items.
    more: Vec<Misplaced>,
    /// The locations that are meant all the same.
    pub sound: Vec<LocationName>,
}

impl Misplaced {
    /// At a field.
    pub fn field(name: &str, fault: impl Into<Fault>) -> Self {
        Self {
            below: vec![Segment::Key(name.to_owned())],
            part: Part::Value,
            fault: fault.into(),
            more: Vec::new(),
            sound: Vec::new(),
        }
    }

    /// With the layer's map as a whole.
    pub fn whole(fault: impl Into<Fault>) -> Self {
        let (below, more, sound) = (Vec::new(), Vec::new(), Vec::new());
        Self { below, part: Part::Value, fault: fault.into(), more, sound }
    }

    /// At items of a field: the first one, and with it the others.
    pub fn items(name: &str, wrong: Vec<(usize, Fault)>) -> Option<Self> {
        Self::all(wrong.into_iter().map(|(n, fault)| Self::field(name, fault).item(n)))
    }

    /// The first one, and with it the others.
    pub fn all(wrong: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut all = wrong.into_iter();
        let mut first = all.next()?;
        first.more.extend(all);
        Some(first)
    }

    /// With the locations that are meant all the same.
    pub fn beside(self, sound: Vec<LocationName>) -> Self {
        Self { sound, ..self }
    }

    /// The same at the name of the field, not at what it holds.
    pub fn by_name(self) -> Self {
        Self { part: Part::Key, ..self }
    }

    /// The same at an item of the field.
    fn item(mut self, n: usize) -> Self {
        self.below.push(Segment::Index(n));
        self
    }

    /// The same below another field.
    pub fn inside(mut self, name: &str) -> Self {
        self.below.insert(0, Segment::Key(name.to_owned()));
        self.more = self.more.into_iter().map(|one| one.inside(name)).collect();
        self
    }

    /// The findings, at their places in a layer.
    pub fn at(self, tree: &Tree<'_>, origin: &Origin, layer: Layer) -> Vec<Diagnostic> {
        let place = origin.below(layer, self.below, self.part);
        let more = self.more.into_iter().flat_map(|one| one.at(tree, origin, layer));
        let found = self.fault.all().map(|fault| {
            let place = tree.pinpoint(place.clone(), fault.nth);
            fault.diagnostic().at(place)
        });
        found.chain(more).collect()
    }
}
