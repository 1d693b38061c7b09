//! Which commit is checked out, by the word of git's own files: for the head of a saved plan. What cannot be told is left out.

use std::path::{Path, PathBuf};

use crate::files::GivenFiles;

/// The commit of the work tree that a folder is in.
pub fn of(folder: &Path) -> Option<String> {
    let folder = folder.join(".").canonicalize().ok()?;
    let git = folder.ancestors().map(|above| above.join(".git")).find(|git| git.exists())?;
    let git = if git.is_dir() { git } else { elsewhere(&git)? };
    let head = text(&git.join("HEAD"))?;
    let Some(name) = head.strip_prefix("ref: ") else { return id(&head) };
    let shared = text(&git.join("commondir")).map_or_else(|| git.clone(), |shared| git.join(shared));
    [&git, &shared]
        .into_iter()
        .find_map(|home| id(&text(&home.join(name))?))
        .or_else(|| packed(&shared, name))
}

/// Where a work tree that was added keeps its files.
fn elsewhere(file: &Path) -> Option<PathBuf> {
    let named = text(file)?.strip_prefix("gitdir: ")?.to_owned();
    Some(file.parent()?.join(named))
}

fn packed(git: &Path, name: &str) -> Option<String> {
    let refs = text(&git.join("packed-refs"))?;
    refs.lines().find_map(|line| id(line.strip_suffix(name)?.trim_end()))
}

/// Nothing but a hash is believed.
fn id(text: &str) -> Option<String> {
    let is_hash = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| text.to_owned())
}

fn text(path: &Path) -> Option<String> {
    // git's files are the operator's: a checkout brings none along
    let folder = path.parent()?;
    let bytes = GivenFiles::beside(folder).read(path).ok()?;
    Some(String::from_utf8(bytes).ok()?.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commit_is_found_where_git_keeps_it() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let (one, two) = ("1".repeat(40), "2".repeat(40));
        write("deep/er/x", "");
        let found = || of(&dir.path().join("deep/er"));
        write(".git/HEAD", &format!("{one}\n"));
        assert_eq!(found(), Some(one.clone()));
        write(".git/HEAD", "ref: refs/heads/main\n");
        write(".git/packed-refs", &format!("# pack-refs\n{two} refs/heads/main\n"));
        assert_eq!(found(), Some(two.clone()));
        write(".git/refs/heads/main", &format!("{one}\n"));
        assert_eq!(found(), Some(one.clone()));
        write(".git/HEAD", "something else");
        assert_eq!(found(), None);
        write(".git/worktrees/w/HEAD", &two);
        write("deep/.git", "gitdir: ../.git/worktrees/w\n");
        assert_eq!(found(), Some(two));
    }
}
