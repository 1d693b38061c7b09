//! The state's folder: what in it is ours, that it is judged before anything of it is used, and that git leaves it alone.
//! How files are opened and written is `provisor_files`.

use std::io;
use std::path::Path;

use super::documents::is_store_folder;
use crate::StateError;
use provisor_files::{OwnError, OwnFolder, Untold, is_partial, tracked};

/// What git is told of the folder; this repo tracks the same in its own.
const GITIGNORE: &str = include_str!("gitignore");

/// The file that says which store is in force.
pub(super) const HEAD: &str = "HEAD";

/// What is written here: the store's files, backups, and the worlds of sandboxes.
const OURS: [&str; 6] = [HEAD, "key", "lock", "backups", "sandbox", "previews"];

/// How folders begin in which a damaged state is kept.
pub(super) const DAMAGED: &str = "damaged-";

/// What may stand in a folder that is to be a state's: files for git, and a word for people.
const BESIDE: [&str; 5] = [".gitignore", ".gitkeep", ".keep", "README", "README.md"];

impl From<OwnError> for StateError {
    fn from(error: OwnError) -> Self {
        match error {
            OwnError::Untrusted { reason, hint } => Self::Corrupt { reason, hint },
            OwnError::Io { doing, source } => Self::Io { doing, source },
        }
    }
}

pub(super) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> StateError {
    let doing = doing.into();
    move |source| StateError::Io { doing, source }
}

/// The folder, if there is one with something of ours, which is judged.
pub(super) fn find(dir: &Path) -> Result<Option<OwnFolder>, StateError> {
    let Some(found) = OwnFolder::holding(dir, is_ours)? else { return Ok(None) };
    // modes and owners are those of whoever made the checkout
    if let Some(name) = tracked(dir, is_ours).map_err(|untold| not_told(dir, untold))? {
        let shown = dir.display();
        let reason =
            format!("git tracks `{shown}/{name}`: the state came with the checkout, and may be anybody's");
        let hint = format!(
            "take it away; or, if it is yours, out of git, which it must not be in: `git rm -r --cached {shown}`"
        );
        return Err(StateError::Corrupt { reason, hint });
    }
    Ok(Some(found))
}

/// Whether the state came with the checkout is not known: it may have.
fn not_told(dir: &Path, untold: Untold) -> StateError {
    let Untold { index, why, hint } = untold;
    let reason =
        format!("whether git tracks `{}` cannot be told: `{}` {why}", dir.display(), index.display());
    StateError::Corrupt { reason, hint: hint.to_owned() }
}

/// The folder, made where it is missing. One that came with a checkout is closed.
pub(super) fn make(dir: &Path) -> Result<OwnFolder, StateError> {
    if let Some(place) = find(dir)? {
        return Ok(place);
    }
    OwnFolder::tighten(dir)?;
    Ok(OwnFolder::make(dir)?)
}

/// What a folder holds that no state would, unless there is a state in it: it is somebody else's then. One that cannot be
/// looked at says so when it is opened.
#[must_use]
pub fn stranger(dir: &Path) -> Option<String> {
    let names = OwnFolder::listed(dir).ok().flatten()?;
    let names: Vec<String> = names.into_iter().map(|name| name.to_string_lossy().into_owned()).collect();
    if names.iter().any(|name| name == HEAD || is_store_folder(name)) {
        return None;
    }
    names.into_iter().find(|name| !is_ours(name) && !BESIDE.contains(&name.as_str()) && !is_partial(name))
}

/// Whether there is a state in a folder, or what is left of one.
#[must_use]
pub fn holds_state(dir: &Path) -> bool {
    let names = OwnFolder::listed(dir).ok().flatten().unwrap_or_default();
    names.iter().any(|name| name == HEAD || name.to_str().is_some_and(is_store_folder))
}

/// Judges all that is in a state's folder, if there is one.
///
/// # Errors
/// [`StateError::Corrupt`] for what others could have written or a checkout brought along; [`StateError::Io`].
pub fn judge_state(dir: &Path) -> Result<(), StateError> {
    find(dir).map(drop)
}

/// Keeps what will be put into a state folder out of git, also where there is no store in it yet.
///
/// # Errors
/// See [`judge_state`].
pub fn keep_out_of_git(dir: &Path) -> Result<(), StateError> {
    gitignore(&make(dir)?)
}

/// Keeps the state out of git, unless somebody decided otherwise.
pub(super) fn gitignore(place: &OwnFolder) -> Result<(), StateError> {
    if place.has(".gitignore")? {
        return Ok(());
    }
    Ok(place.replace(".gitignore", GITIGNORE.as_bytes())?)
}

/// The names of the folders that may be stores.
pub(super) fn store_folders(place: &OwnFolder) -> Result<Vec<String>, StateError> {
    let names = place.names()?.into_iter().filter_map(|name| name.into_string().ok());
    Ok(names.filter(|name| is_store_folder(name)).collect())
}

fn is_ours(name: &str) -> bool {
    OURS.contains(&name) || is_store_folder(name) || name.starts_with(DAMAGED)
}
