//! A state where none may be kept is a mistake in the settings.

use std::path::Path;

use super::problem::Complaint;
use super::repo::Repo;
use super::state_folder::refused;
use crate::files::FileError;
use crate::model::diagnostic::Diagnostic;

impl Repo<'_> {
    /// A state where none may be is a mistake in the settings.
    pub(super) fn refuse_state(&mut self) {
        let named = Path::new(&self.settings.state_path);
        let is_written = self.state_is_written();
        let complaint = match self.home.own_folder(named) {
            // what stands in the way of the default is no mistake in a file
            Err(FileError::Kind(_)) if !is_written => None,
            // that it is empty is told
            _ if self.settings.state_path.is_empty() => None,
            _ => refused(&self.home, named),
        };
        if let Some(Complaint { message, hint, .. }) = complaint {
            let place = self.written(&["state", "path"]);
            self.problems.push(Diagnostic::error("state-path", message).maybe_hint(hint).at(place));
        }
    }
}
