//! What became sensitive leaves the files too: the store is written anew, and older backups that hold some of it are named.

use std::collections::BTreeSet;

use super::SledStore;
use super::head::HeadFile;
use super::opened::{Anew, Old, tidy, write_head};
use super::recover::HINT;
use crate::{Recorded, Row, StateError, Stored};
use provisor_model::ids::Address;
use provisor_model::secret::Secret;

impl SledStore {
    /// Writes down that the files are to be written anew, before a commit takes texts out: whoever dies after that leaves
    /// it to the next one who opens the store.
    pub(super) fn tell(&mut self) -> Result<(), StateError> {
        if self.file.telling {
            return Ok(());
        }
        let file = HeadFile { telling: true, ..self.file.clone() };
        if let Err(error) = write_head(&self.place, &file) {
            self.failed = Some(error.to_string());
            return Err(error);
        }
        self.file = file;
        Ok(())
    }

    /// Leaves nothing of the texts that commits took out.
    ///
    /// # Errors
    /// See [`StateError`].
    pub(super) fn leave_nothing(&mut self) -> Result<(), StateError> {
        if !self.file.telling {
            return Ok(());
        }
        self.usable()?;
        let old = Old { disk: &self.disk, layout: &self.layout, file: &self.file };
        let Anew { disk, layout, file } = old.anew(&self.place, &self.recorded, HINT)?;
        (self.disk, self.layout, self.file) = (disk, layout, file);
        tidy(&self.place, &self.file.folder)
    }
}

/// The texts that stood in rows before, and are sensitive now.
pub(super) fn taken_out<'a>(
    before: impl Iterator<Item = (&'a Address, &'a Row)>,
    after: &Recorded,
) -> BTreeSet<Secret> {
    let rows = before.filter_map(|(address, row)| Some((row, after.rows.get(address)?)));
    rows.flat_map(|(before, after)| parameters(before, after).chain(outputs(before, after))).collect()
}

fn parameters<'a>(before: &'a Row, after: &'a Row) -> impl Iterator<Item = Secret> + 'a {
    let now = after.applied.iter().flat_map(|applied| &applied.content.parameters);
    let hidden = now.filter(|(_, value)| matches!(value, Stored::Digest(_)));
    hidden.filter_map(|(name, _)| match before.applied.as_ref()?.content.parameters.get(name)? {
        Stored::Text(text) => Some(Secret::new(text.clone())),
        Stored::Digest(_) | Stored::Unknown => None,
    })
}

fn outputs<'a>(before: &'a Row, after: &'a Row) -> impl Iterator<Item = Secret> + 'a {
    let now = after.applied.iter().flat_map(|applied| applied.sensitive_outputs.keys());
    now.filter_map(|name| Some(Secret::new(before.applied.as_ref()?.outputs.get(name)?.clone())))
}
