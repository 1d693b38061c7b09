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

impl Workspace<'_> {
    /// Where a place is, in a text that was read.
    fn spot(&self, place: &Place) -> Option<String> {
        let Place::Node { file, path, part } = place else { return None };
        let source = self.repo.sources.iter().find(|source| source.path == *file)?;
        spot(source, locate(source, path, *part)?.start)
    }

    /// Where an address is declared, if it is.
    pub(super) fn declares(&self, address: &Address) -> Option<String> {
        let product = self.desired.products.get(address)?;
        let place = product.origin.place(Layer::Own, &[], Part::Key);
        Some(self.spot(&place).unwrap_or_else(|| product.origin.file.to_string()))
    }
}
