//! What git tracks: that came with a checkout, whatever its mode and owner say. Nothing is asked of git: its index is read.

use std::io::{ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::canonical;
use super::git_index::GitIndex;

/// No index is larger that is looked into, in bytes.
const LARGEST: u64 = 1 << 30;

/// Why it cannot be told whether git tracks something.
#[derive(Debug, PartialEq, Eq)]
pub struct Untold {
    /// What would tell.
    pub index: PathBuf,
    /// Why it does not: goes on after it.
    pub why: String,
    /// What makes it tell.
    pub hint: &'static str,
}

/// Something of ours in a folder that the git repository around it tracks.
///
/// # Errors
/// [`Untold`] where there is such a repository, and its index cannot be read or understood.
pub fn tracked(folder: &Path, is_ours: impl Fn(&str) -> bool) -> Result<Option<String>, Untold> {
    let Ok(folder) = canonical(folder) else { return Ok(None) };
    let Some((root, found)) = folder.ancestors().find_map(|root| Some((root, index_of(root)?))) else {
        return Ok(None);
    };
    let index = found?;
    let Some(within) = folder.strip_prefix(root).ok().filter(|within| !within.as_os_str().is_empty()) else {
        return Ok(None);
    };
    let within = [within.as_os_str().as_bytes(), b"/"].concat();
    let Some(own) = read(&index, &within)? else { return Ok(None) };
    let ours = |found: &GitIndex| {
        let mut names = found.names.iter().map(|name| String::from_utf8_lossy(name).into_owned());
        names.find(|path| path.split('/').next().is_some_and(&is_ours))
    };
    if let Some(name) = ours(&own) {
        return Ok(Some(name));
    }
    let shared = match &own.shared {
        Some(digest) => {
            let at = index.with_file_name(format!("sharedindex.{digest}"));
            Some(read(&at, &within)?.ok_or_else(|| untold(&at, "is not there"))?)
        }
        None => None,
    };
    // what a split index has taken out of the one that it shares is not read
    if shared.as_ref().is_some_and(|shared| ours(shared).is_some() || shared.shared.is_some()) {
        let hint = "`git update-index --no-split-index` makes it one again";
        return Err(Untold { hint, ..untold(&index, "is split") });
    }
    if own.is_hidden || shared.is_some_and(|shared| shared.is_hidden) {
        let hint = "`git sparse-checkout reapply --no-sparse-index` lists every path again";
        return Err(Untold { hint, ..untold(&index, "lists a folder around it, and not what is in that") });
    }
    Ok(None)
}

/// What an index says, if there is one.
fn read(index: &Path, within: &[u8]) -> Result<Option<GitIndex>, Untold> {
    let mut bytes = Vec::new();
    let file = match std::fs::File::open(index) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(untold(index, format!("cannot be read: {error}"))),
    };
    file.take(LARGEST)
        .read_to_end(&mut bytes)
        .map_err(|error| untold(index, format!("cannot be read: {error}")))?;
    let found = GitIndex::read(&bytes, within);
    found.map(Some).ok_or_else(|| untold(index, "is of a form that this version does not understand"))
}

fn untold(index: &Path, why: impl Into<String>) -> Untold {
    let hint =
        "see that `git status` works there; `git update-index --index-version 4` writes the index anew";
    Untold { index: index.to_owned(), why: why.into(), hint }
}

/// The index of the repository whose work tree begins here, if one does.
fn index_of(root: &Path) -> Option<Result<PathBuf, Untold>> {
    let git = root.join(".git");
    // a link is followed, as git does
    let found = std::fs::metadata(&git).ok()?;
    if found.is_dir() {
        let index = git.join("index");
        let is_repository = ["HEAD", "index"].iter().any(|name| git.join(name).symlink_metadata().is_ok());
        return is_repository.then_some(Ok(index));
    }
    // that of a linked work tree or a submodule says where it is kept
    let mut text = String::new();
    let file = std::fs::File::open(&git).ok().filter(|_| found.is_file());
    let read = file.and_then(|file| file.take(64 << 10).read_to_string(&mut text).ok());
    let named = read.and_then(|_| text.strip_prefix("gitdir:"));
    Some(match named {
        Some(named) => Ok(root.join(named.trim()).join("index")),
        None => Err(untold(&git, "says of no repository where it is kept")),
    })
}
