//! Places in the texts of a repo as people read them: file, line and column.

use super::Workspace;
use crate::declare::{Layer, locate};
use crate::model::diagnostic::{Part, Place, Source};
use crate::model::ids::Address;

/// "file:line:column" of a byte of a text, both from 1.
pub(super) fn spot(source: &Source, at: usize) -> Option<String> {
    let before = source.text.get(..at)?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Some(format!("{}:{line}:{column}", source.path))
}

/// Where a place is, in a text that was read.
pub(super) fn found(sources: &[Source], place: &Place) -> Option<String> {
    let Place::Node { file, path, part } = place else { return None };
    let source = sources.iter().find(|source| source.path == *file)?;
    spot(source, locate(source, path, *part)?.start)
}

/// For whoever tells places when the repo is not at hand any more.
pub(super) fn written(sources: &[Source]) -> impl Fn(&Place) -> Option<String> + use<> {
    let sources = sources.to_vec();
    move |place| found(&sources, place)
}

impl Workspace<'_> {
    /// Where an address is declared, if it is.
    pub(super) fn declares(&self, address: &Address) -> Option<String> {
        let product = self.desired.products.get(address)?;
        let place = product.origin.place(Layer::Own, &[], Part::Key);
        Some(found(&self.repo.sources, &place).unwrap_or_else(|| product.origin.file.to_string()))
    }
}
