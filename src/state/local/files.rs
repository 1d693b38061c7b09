//! Files of the state folder: who may touch them, and writes that are whole or did not happen. Knows no store.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::state::StateError;

/// The very file that this repo tracks in its own state folder.
const GITIGNORE: &str = include_str!("../../../state/.gitignore");

pub(super) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> StateError {
    let doing = doing.into();
    move |source| StateError::Io { doing, source }
}

/// Makes the folder if it may be made, and refuses one that others can write to.
pub(super) fn state_dir(dir: &Path) -> Result<(), StateError> {
    make_dir(dir)?;
    trusted_dir(dir)
}

fn make_dir(dir: &Path) -> Result<(), StateError> {
    if dir.exists() {
        return Ok(());
    }
    let making = || format!("making the state folder `{}`", dir.display());
    if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(io(making()))?;
    }
    private_dir(dir).map_err(io(making()))
}

/// Makes a folder for us alone, unless it is there.
pub(super) fn private_dir(dir: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
        made => made?,
    }
    dir.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_dir)
}

/// Whoever can write here can make us terminate what we should keep.
pub(super) fn trusted_dir(dir: &Path) -> Result<(), StateError> {
    let path = dir.display();
    let found = fs::metadata(dir).map_err(io(format!("looking at `{path}`")))?;
    let untrusted = |reason: String, hint: String| Err(StateError::Corrupt { reason, hint });
    if !found.is_dir() {
        return untrusted(
            format!("`{path}` is not a folder"),
            "move it away, or name another `state.path`".into(),
        );
    }
    if found.uid() != rustix::process::geteuid().as_raw() {
        let reason = format!("`{path}` belongs to another user (uid {})", found.uid());
        return untrusted(reason, format!("run as that user, or take it over: `chown -R \"$USER\" {path}`"));
    }
    if found.mode() & 0o022 != 0 {
        let reason = format!("others can write to `{path}` (mode {:o})", found.mode() & 0o777);
        return untrusted(reason, format!("take that right away: `chmod go-w {path}`"));
    }
    Ok(())
}

/// Takes the right to write away from others, in a folder that came with a checkout and holds no store yet.
pub(super) fn tighten_dir(dir: &Path) -> Result<(), StateError> {
    let doing = || format!("taking the right to write to `{}` away from others", dir.display());
    let Ok(found) = fs::metadata(dir) else {
        return Ok(());
    };
    let ours = found.uid() == rustix::process::geteuid().as_raw();
    if ours && found.is_dir() && found.mode() & 0o022 != 0 {
        fs::set_permissions(dir, Permissions::from_mode(found.mode() & 0o755)).map_err(io(doing()))?;
    }
    Ok(())
}

/// A file's bytes, if there is one; a link or a folder in its place is refused.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, StateError> {
    let doing = || format!("reading `{}`", path.display());
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io(doing())(error)),
        Ok(found) if found.is_file() => fs::read(path).map(Some).map_err(io(doing())),
        Ok(_) => Err(StateError::Corrupt {
            reason: format!("`{}` is not a plain file", path.display()),
            hint: "look who put it there, and take it away".into(),
        }),
    }
}

/// What is in a folder; nothing, if that cannot be told.
pub(super) fn list(dir: &Path) -> Vec<PathBuf> {
    fs::read_dir(dir).into_iter().flatten().filter_map(|entry| entry.ok().map(|entry| entry.path())).collect()
}

pub(super) fn remove(path: &Path) -> Result<(), StateError> {
    fs::remove_file(path).map_err(io(format!("removing `{}`", path.display())))
}

/// Takes a folder away with all that is in it, if it is there.
pub(super) fn remove_folder(path: &Path) -> Result<(), StateError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(io(format!("removing `{}`", path.display()))),
    }
}

/// Opens a file that is ours alone to read and write, keeping what it holds.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    let file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    if file.metadata()?.mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

/// Puts a file in place: whole, ours alone, and on the disk when this returns.
///
/// # Errors
/// [`StateError::Io`]
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), StateError> {
    let write = || -> io::Result<()> {
        let partial = path.with_added_extension("tmp");
        let mut file = open_private(&partial)?;
        file.set_len(0)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&partial, path)?;
        path.parent().map_or(Ok(()), |parent| {
            if parent.as_os_str().is_empty() { sync_dir(Path::new(".")) } else { sync_dir(parent) }
        })
    };
    write().map_err(io(format!("writing `{}`", path.display())))
}

pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Makes what another crate created ours alone, and makes its being there durable.
pub(super) fn keep_private(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let found = fs::symlink_metadata(&path)?;
        let wanted = if found.is_dir() { 0o700 } else { 0o600 };
        if !found.is_symlink() && found.mode() & 0o777 != wanted {
            fs::set_permissions(&path, Permissions::from_mode(wanted))?;
            File::open(&path)?.sync_all()?;
        }
    }
    sync_dir(dir)
}

/// Keeps what will be put into a state folder out of git, also where there is no store in it yet.
///
/// # Errors
/// [`StateError::Io`]
pub fn keep_out_of_git(dir: &Path) -> Result<(), StateError> {
    make_dir(dir)?;
    gitignore(dir)
}

/// Keeps the state out of git, unless somebody decided otherwise.
pub(super) fn gitignore(dir: &Path) -> Result<(), StateError> {
    let path = dir.join(".gitignore");
    if path.exists() { Ok(()) } else { replace(&path, GITIGNORE.as_bytes()) }
}
