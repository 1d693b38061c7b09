//! Places in the texts of a repo as people read them: file, line and column.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::Workspace;
use crate::declare::{Index, Layer};
use crate::model::diagnostic::{Part, Place, Source};
use crate::model::ids::Address;

/// Where a place is, in a text that was read.
pub(super) fn found(sources: &[Source], place: &Place) -> Option<String> {
    PlacedTexts::new(sources).spot(place)
}

/// For whoever tells places when the repo is not at hand any more.
pub(super) fn written(sources: &[Source]) -> impl Fn(&[&Place]) -> Vec<Option<String>> + use<> {
    let sources = sources.to_vec();
    move |places| {
        let mut texts = PlacedTexts::new(&sources);
        places.iter().map(|place| texts.spot(place)).collect()
    }
}

/// What stands at places, and where they are: each file is read again once, however many places are asked for.
pub(super) struct PlacedTexts<'s> {
    sources: &'s [Source],
    texts: HashMap<Arc<str>, Option<PlacedText<'s>>>,
}

struct PlacedText<'s> {
    source: &'s Source,
    index: Index<'s>,
    /// The byte at which each line begins.
    lines: Vec<usize>,
}

impl<'s> PlacedTexts<'s> {
    pub fn new(sources: &'s [Source]) -> Self {
        Self { sources, texts: HashMap::new() }
    }

    /// What is written there.
    pub fn at(&mut self, place: &Place) -> Option<&'s str> {
        let text = self.of(place.file())?;
        let bytes = text.bytes(place)?;
        text.source.text.get(bytes)
    }

    /// Where it is, as "file:line:column".
    pub fn spot(&mut self, place: &Place) -> Option<String> {
        let text = self.of(place.file())?;
        text.spot(text.bytes(place)?.start)
    }

    fn of(&mut self, file: &Arc<str>) -> Option<&PlacedText<'s>> {
        let sources = self.sources;
        let read = |file: &Arc<str>| sources.iter().find(|one| one.path == *file).map(PlacedText::read);
        self.texts.entry(file.clone()).or_insert_with_key(read).as_ref()
    }
}

impl<'s> PlacedText<'s> {
    fn read(source: &'s Source) -> Self {
        let ends = source.text.match_indices('\n').map(|(at, _)| at + 1);
        Self { source, index: Index::new(source), lines: [0].into_iter().chain(ends).collect() }
    }

    fn bytes(&self, place: &Place) -> Option<Range<usize>> {
        match place {
            Place::Node { path, part, .. } => self.index.locate(path, *part),
            Place::Bytes { start, end, .. } => Some(*start..*end),
            Place::File(_) => None,
        }
    }

    fn spot(&self, at: usize) -> Option<String> {
        let line = self.lines.partition_point(|begins| *begins <= at);
        let begins = self.lines.get(line.checked_sub(1)?)?;
        let column = self.source.text.get(*begins..at)?.chars().count() + 1;
        Some(format!("{}:{line}:{column}", self.source.path))
    }
}

impl Workspace<'_> {
    /// Where an address is declared, if it is.
    pub(super) fn declares(&self, address: &Address) -> Option<String> {
        let product = self.desired.products.get(address)?;
        let place = product.origin.place(Layer::Own, &[], Part::Key);
        Some(found(&self.repo.sources, &place).unwrap_or_else(|| product.origin.file.to_string()))
    }
}
