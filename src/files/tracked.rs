//! What git tracks: that came with a checkout, whatever its mode and owner say. Nothing is asked of git: its index is read.

use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::canonical;

/// No index is larger that is looked into, in bytes.
const LARGEST: u64 = 1 << 30;

/// Something of ours in a folder that the git repository around it tracks; `None` also where that cannot be told.
#[must_use]
pub fn tracked(folder: &Path, is_ours: impl Fn(&str) -> bool) -> Option<String> {
    let folder = canonical(folder).ok()?;
    let (root, index) = folder.ancestors().find_map(|root| Some((root, index_of(root)?)))?;
    let within = folder.strip_prefix(root).ok().filter(|within| !within.as_os_str().is_empty())?;
    let mut bytes = Vec::new();
    std::fs::File::open(index).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    let wanted = [within.as_os_str().as_bytes(), b"/"].concat();
    let mut names = paths(&bytes, &wanted).map(|path| String::from_utf8_lossy(path).into_owned());
    names.find(|path| path.split('/').next().is_some_and(&is_ours))
}

/// The index of the repository whose work tree begins here.
fn index_of(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    let found = std::fs::symlink_metadata(&git).ok()?;
    if found.is_dir() {
        return Some(git.join("index"));
    }
    // that of a linked work tree or a submodule says where it is kept
    let mut text = String::new();
    let file = std::fs::File::open(&git).ok().filter(|_| found.is_file())?;
    file.take(64 << 10).read_to_string(&mut text).ok()?;
    Some(root.join(text.strip_prefix("gitdir:")?.trim()).join("index"))
}

/// The paths in an index that begin so, without that: each stands behind its length, and ends with a zero.
fn paths<'a>(index: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let first = wanted.first().copied();
    let starts = index.iter().enumerate().filter(move |(_, byte)| Some(**byte) == first).map(|(at, _)| at);
    starts.filter_map(move |at| {
        let rest = index.get(at..)?.strip_prefix(wanted)?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        let length = (wanted.len() + end).min(0xFFF);
        // in an entry with more flags, these stand between
        let is_length = |before: usize| {
            let flags = at.checked_sub(before).and_then(|from| index.get(from..)?.first_chunk::<2>());
            flags.is_some_and(|flags| usize::from(u16::from_be_bytes(*flags) & 0xFFF) == length)
        };
        (is_length(2) || is_length(4)).then_some(rest.get(..end)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As git writes an entry: what stands on the disk, its digest, its length, its path.
    fn entry(path: &str, more: &[u8]) -> Vec<u8> {
        let flags = (path.len() as u16).to_be_bytes();
        let mut entry = [&[7; 60][..], &flags, more, path.as_bytes()].concat();
        entry.resize(entry.len() / 8 * 8 + 8, 0);
        entry
    }

    #[test]
    fn paths_are_those_of_the_folder_itself() {
        let names = ["provisor.yaml", "other/state/HEAD", "state/.gitignore", "state/HEAD", "stateful/key"];
        let index: Vec<u8> =
            names.iter().flat_map(|name| entry(name, &[])).chain(entry("state/key", &[0x40, 0])).collect();
        let found: Vec<&[u8]> = paths(&index, b"state/").collect();
        assert_eq!(found, [&b".gitignore"[..], b"HEAD", b"key"]);
        assert_eq!(paths(&index, b"gone/").count(), 0);
    }
}
