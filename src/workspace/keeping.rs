//! Where a state may be kept: beneath the root, in a folder of its own, and in no hidden one that a branch names.

use std::path::{Component, Path};

use super::files::unkeepable;
use super::problem::Complaint;
use super::repo::Repo;
use crate::files::{FileError, SettingsHome};
use crate::model::diagnostic::Diagnostic;
use crate::state::{holds_state, stranger};

impl Repo<'_> {
    /// A state where none may be is a mistake in the settings.
    pub(super) fn refuse_state(&mut self) {
        let named = Path::new(&self.settings.state_path);
        let complaint = match self.home.own_folder(named) {
            Err(error @ (FileError::Outside | FileError::Exposed | FileError::Around | FileError::Back)) => {
                Some(unkeepable(&self.home, named, error))
            }
            _ => self.not_ours(named),
        };
        if let Some(Complaint { message, hint, .. }) = complaint {
            let place = self.written(&["state", "path"]);
            self.problems.push(Diagnostic::error("state-path", message).maybe_hint(hint).at(place));
        }
    }

    /// Why a folder, where there may be one, is none that a state is begun in. One that holds a state stays one.
    fn not_ours(&self, named: &Path) -> Option<Complaint> {
        let path = self.home.own_path(named);
        if matches!(self.home, SettingsHome::Checkout(_)) && is_hidden(named) && !holds_state(&path) {
            return Some(unkeepable(&self.home, named, FileError::Hidden));
        }
        let stranger = stranger(&path)?;
        let message = format!(
            "cannot keep a state in `{}`: it holds `{stranger}`, which is none of ours",
            named.display()
        );
        let hint = "name a folder that is new, empty or a state's as `state.path`";
        Some(Complaint { message, ..Complaint::default() }.hint(Some(hint.to_owned())))
    }
}

/// Whether a path leads over a name that begins with a dot.
fn is_hidden(named: &Path) -> bool {
    let names = named.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.as_encoded_bytes()),
        _ => None,
    });
    names.into_iter().any(|name| name.starts_with(b"."))
}
