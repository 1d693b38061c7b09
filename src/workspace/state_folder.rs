//! Where a state may be kept: beneath the root, in a folder of its own, and in no hidden one that a branch names.

use std::path::{Component, Path};

use super::files::unkeepable;
use super::problem::Complaint;
use crate::files::{FileError, SettingsHome};
use crate::state::{holds_state, stranger};

/// Why no state can be kept there.
pub(super) fn refused(home: &SettingsHome, named: &Path) -> Option<Complaint> {
    match home.own_folder(named) {
        Err(
            error @ (FileError::Outside
            | FileError::Exposed
            | FileError::Around
            | FileError::Back
            | FileError::Kind(_)),
        ) => Some(unkeepable(home, named, error)),
        _ => not_ours(home, named),
    }
}

/// Why a folder, where there may be one, is none that a state is begun in. One that holds a state stays one.
fn not_ours(home: &SettingsHome, named: &Path) -> Option<Complaint> {
    let path = home.own_path(named);
    if matches!(home, SettingsHome::Checkout(_)) && is_hidden(named) && !holds_state(&path) {
        return Some(unkeepable(home, named, FileError::Hidden));
    }
    let stranger = stranger(&path)?;
    let message =
        format!("cannot keep a state in `{}`: it holds `{stranger}`, which is none of ours", named.display());
    let hint = "name a folder that is new, empty or a state's as `state.path`";
    Some(Complaint { message, ..Complaint::default() }.hint(Some(hint.to_owned())))
}

/// Whether a path leads over a name that begins with a dot.
fn is_hidden(named: &Path) -> bool {
    let names = named.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.as_encoded_bytes()),
        _ => None,
    });
    names.into_iter().any(|name| name.starts_with(b"."))
}
