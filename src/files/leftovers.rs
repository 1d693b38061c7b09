//! What somebody who died was writing: hidden files beside those that they were for. Whoever writes one holds it until it has its place.

use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{AtFlags, Dir, FlockOperation, OFlags};

use super::{OPEN, folder, write};

/// A file is made before it is held, which takes no time: younger ones are left.
const SETTLED: Duration = Duration::from_secs(2);

/// Takes away what in a folder was being written in place of what `is_ours`, and is held by nobody. What cannot be taken away stays.
pub fn sweep(path: &Path, is_ours: impl Fn(&str) -> bool) {
    let Ok(folder) = folder(path) else { return };
    let Ok(entries) = Dir::read_from(&folder) else { return };
    for entry in entries.flatten() {
        let name = std::ffi::OsStr::from_bytes(entry.file_name().to_bytes());
        let is_partial = name.to_str().and_then(write::partial_of).is_some_and(&is_ours);
        if is_partial {
            // it stays for the next one
            let _ = remove(&folder, name);
        }
    }
}

fn remove(folder: &File, name: &std::ffi::OsStr) -> io::Result<()> {
    let file =
        File::from(rustix::fs::openat(folder, name, OPEN | OFlags::NOFOLLOW, rustix::fs::Mode::empty())?);
    let found = rustix::fs::fstat(&file)?;
    let is_own = found.st_uid == rustix::process::geteuid().as_raw();
    let age = file.metadata()?.modified()?.elapsed().unwrap_or_default();
    if !file.metadata()?.is_file() || !is_own || age < SETTLED {
        return Ok(());
    }
    rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    Ok(rustix::fs::unlinkat(folder, name, AtFlags::empty())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_writes_any_more_is_taken_away() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let random = "0123456789abcdef01234567";
        let names =
            ["dead.yaml", "held.yaml", "young.yaml", "other.txt"].map(|of| format!(".{of}.{random}.tmp"));
        let old = std::time::SystemTime::now() - Duration::from_secs(60);
        for name in names.iter().chain([&".mine.tmp".to_owned()]) {
            let file = File::create(path(name)).unwrap();
            if !name.contains("young") {
                file.set_modified(old).unwrap();
            }
        }
        let held = File::open(path(&names[1])).unwrap();
        rustix::fs::flock(&held, FlockOperation::NonBlockingLockExclusive).unwrap();
        sweep(dir.path(), |name| name.ends_with(".yaml"));
        assert!(!path(&names[0]).exists());
        assert!(names[1..].iter().all(|name| path(name).exists()) && path(".mine.tmp").exists());
    }
}
