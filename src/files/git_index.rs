//! The index of a git repository, as far as it tells which paths are tracked: versions 2 to 4, digests of either length. One that is not
//! understood to its last byte is not understood.

/// How long digests are: SHA-1, SHA-256.
const DIGESTS: [usize; 2] = [20, 32];
/// What stands before the digest in an entry: times, device, inode, mode, owners, size.
const STAT: usize = 40;
/// The flag of an entry that has more flags.
const MORE_FLAGS: u16 = 0x4000;

/// What an index says of one folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct GitIndex {
    /// The tracked paths beneath it, without it.
    pub names: Vec<Vec<u8>>,
    /// The digest of the index that has the other entries.
    pub shared: Option<String>,
    /// A folder that is tracked without its paths being listed covers it.
    pub is_hidden: bool,
}

impl GitIndex {
    /// What it says of the folder `within`, which ends with a slash; `None`: it is not understood.
    pub(super) fn read(bytes: &[u8], within: &[u8]) -> Option<Self> {
        DIGESTS.into_iter().find_map(|digest| IndexText { rest: bytes, digest }.index(within))
    }
}

struct IndexText<'a> {
    rest: &'a [u8],
    digest: usize,
}

impl<'a> IndexText<'a> {
    fn index(mut self, within: &[u8]) -> Option<GitIndex> {
        let is_index = self.take(4)? == b"DIRC";
        let version = self.number()?;
        let count = self.number()?;
        if !is_index || !(2..=4).contains(&version) {
            return None;
        }
        let mut index = GitIndex { names: Vec::new(), shared: None, is_hidden: false };
        let mut path = Vec::new();
        for _ in 0..count {
            self.entry(version, &mut path)?;
            if let Some(name) = path.strip_prefix(within).filter(|name| !name.is_empty()) {
                index.names.push(name.to_vec());
            }
            // a folder in the place of all that is in it
            index.is_hidden |= path.ends_with(b"/") && within.starts_with(&path);
        }
        self.extensions(&mut index)?;
        Some(index)
    }

    /// The path of the next entry, from the one before it.
    fn entry(&mut self, version: u32, path: &mut Vec<u8>) -> Option<()> {
        let before = self.rest.len();
        self.take(STAT + self.digest)?;
        let flags = self.short()?;
        if flags & MORE_FLAGS != 0 {
            if version < 3 {
                return None;
            }
            self.short()?;
        }
        let kept = if version < 4 { 0 } else { path.len().checked_sub(self.offset()?)? };
        path.truncate(kept);
        let end = self.rest.iter().position(|byte| *byte == 0)?;
        path.extend_from_slice(self.take(end)?);
        let padding = match version {
            4 => 1,
            // each begins at a multiple of eight from the first
            _ => 8 - (before - self.rest.len()) % 8,
        };
        self.take(padding)?.iter().all(|byte| *byte == 0).then_some(())
    }

    /// What follows the entries, up to the digest of all.
    fn extensions(&mut self, index: &mut GitIndex) -> Option<()> {
        while self.rest.len() > self.digest {
            let signature = self.take(4)?;
            let length = self.number()?;
            let content = self.take(usize::try_from(length).ok()?)?;
            match signature {
                b"link" => {
                    let base = content.get(..self.digest)?;
                    let is_split = base.iter().any(|byte| *byte != 0);
                    index.shared = is_split.then(|| base.iter().map(|byte| format!("{byte:02x}")).collect());
                }
                // entries for folders: they are seen as they are
                b"sdir" => {}
                // whoever does not know one that begins in lower case is to leave the index alone
                other if other.first()?.is_ascii_uppercase() => {}
                _ => return None,
            }
        }
        (self.rest.len() == self.digest).then_some(())
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn short(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
    }

    fn number(&mut self) -> Option<u32> {
        self.take(4)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
    }

    /// How much of the path before is left out: seven bits a byte, each but the last with its eighth set, and one more for each byte.
    fn offset(&mut self) -> Option<usize> {
        let mut value = 0_usize;
        loop {
            let [byte] = *self.take(1)?.first_chunk()?;
            value = value.checked_shl(7)?.checked_add(usize::from(byte & 0x7F))?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
            value = value.checked_add(1).filter(|value| *value < 1 << 32)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(flags: u16, more: &[u8]) -> Vec<u8> {
        [&[7; 60][..], &flags.to_be_bytes(), more].concat()
    }

    fn index(version: u32, entries: &[Vec<u8>], extensions: &[u8]) -> Vec<u8> {
        let count = entries.len() as u32;
        let head = [&b"DIRC"[..], &version.to_be_bytes(), &count.to_be_bytes()].concat();
        [head, entries.concat(), extensions.to_vec(), vec![9; 20]].concat()
    }

    fn padded(path: &str, more: &[u8]) -> Vec<u8> {
        let flags = path.len() as u16 | if more.is_empty() { 0 } else { MORE_FLAGS };
        let mut all = [entry(flags, more), path.as_bytes().to_vec()].concat();
        all.resize(all.len() / 8 * 8 + 8, 0);
        all
    }

    fn names(index: &GitIndex) -> Vec<&str> {
        index.names.iter().map(|name| std::str::from_utf8(name).unwrap()).collect()
    }

    #[test]
    fn paths_are_those_of_the_folder_itself() {
        let plain = ["a", "other/state/HEAD", "state/.gitignore", "state/HEAD", "stateful/key"];
        let mut entries: Vec<Vec<u8>> = plain.iter().map(|path| padded(path, &[])).collect();
        let found = GitIndex::read(&index(2, &entries, b"TREE\0\0\0\x02xx"), b"state/").unwrap();
        assert_eq!(names(&found), [".gitignore", "HEAD"]);
        entries.push(padded("state/key", &[0x20, 0]));
        let found = GitIndex::read(&index(3, &entries, b""), b"state/").unwrap();
        assert_eq!(names(&found), [".gitignore", "HEAD", "key"]);
        // flags that its version does not have
        assert_eq!(GitIndex::read(&index(2, &entries, b""), b"state/"), None);
        let gone = GitIndex::read(&index(3, &entries, b""), b"gone/").unwrap();
        assert_eq!(gone, GitIndex { names: Vec::new(), shared: None, is_hidden: false });
    }

    #[test]
    fn version_4_tells_a_path_by_the_one_before_it() {
        let long = "p".repeat(300);
        let told = |strip: &[u8], rest: &str| [entry(1, &[]), strip.to_vec(), rest.into(), vec![0]].concat();
        // 300 are left out: (1 + 1) << 7 | 44
        let entries =
            [told(&[0], &long), told(&[0x81, 44], "state/HEAD"), told(&[4], "key"), told(&[9], "x")];
        let found = GitIndex::read(&index(4, &entries, b""), b"state/").unwrap();
        assert_eq!(names(&found), ["HEAD", "key"]);
        let beyond = [told(&[3], "state/HEAD")];
        assert_eq!(GitIndex::read(&index(4, &beyond, b""), b"state/"), None);
    }

    #[test]
    fn what_is_not_understood_to_its_end_is_not_understood() {
        let whole = index(2, &[padded("state/HEAD", &[])], b"");
        assert!(GitIndex::read(&whole, b"state/").is_some());
        for n in 0..whole.len() {
            assert_eq!(GitIndex::read(&whole[..n], b"state/"), None, "{n}");
        }
        assert_eq!(GitIndex::read(&[&whole[..], b"x"].concat(), b"state/"), None);
        assert_eq!(GitIndex::read(&index(5, &[], b""), b"state/"), None);
        assert_eq!(GitIndex::read(&index(2, &[], b"meta\0\0\0\0"), b"state/"), None);
    }

    #[test]
    fn other_places_of_entries_are_told() {
        let link = [&b"link\0\0\0\x14"[..], &[0xAB; 20]].concat();
        let split = GitIndex::read(&index(2, &[], &link), b"state/").unwrap();
        assert_eq!(split.shared, Some("ab".repeat(20)));
        let sparse = index(3, &[padded("infra/", &[])], b"sdir\0\0\0\0");
        assert!(GitIndex::read(&sparse, b"infra/state/").unwrap().is_hidden);
        assert!(!GitIndex::read(&sparse, b"state/").unwrap().is_hidden);
    }

    #[test]
    fn digests_may_be_longer() {
        let mut long = [vec![7; 72], 10_u16.to_be_bytes().to_vec(), b"state/HEAD".to_vec()].concat();
        long.resize(long.len() / 8 * 8 + 8, 0);
        let head = [&b"DIRC"[..], &2_u32.to_be_bytes(), &1_u32.to_be_bytes()].concat();
        let all = [head, long, vec![9; 32]].concat();
        assert_eq!(names(&GitIndex::read(&all, b"state/").unwrap()), ["HEAD"]);
    }
}
