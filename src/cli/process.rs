//! What the process leaves behind when it dies: no memory on the disk, and no data in what it says of a bug of ours. And what it
//! cannot begin without: files that it may open.

use std::panic::{self, AssertUnwindSafe, Location};
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::edge::Edge;
use super::exit::Exit;

/// Runs a command with its memory kept off the disk. A panic ends it as an error, with words of ours.
pub fn guarded(command: impl FnOnce() -> ExitCode) -> ExitCode {
    without_dumps();
    panic::set_hook(Box::new(|info| Edge::say(&told(info.location()))));
    if let Err(few) = may_open_files() {
        Edge::say(&few);
        return ExitCode::from(Exit::Error as u8);
    }
    panic::catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| ExitCode::from(Exit::Error as u8))
}

/// So many files and connections at a time are enough for any command, and so many make none wait.
const FILES: [u64; 2] = [64, 1024];

/// Raises the number of files that may be open as far as that is ours to do; or says that there are too few to begin: in the
/// middle of a run, what lacks one would fail anywhere.
fn may_open_files() -> Result<(), String> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let [enough, many] = FILES;
    let wanted = maximum.map_or(many, |most| most.min(many));
    if current.is_some_and(|now| now < wanted) {
        // where it may not be raised, it stays as it is
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum });
    }
    match getrlimit(Resource::Nofile).current {
        Some(now) if now < enough => Err(format!(
            "Error: this process may open {now} files at a time, and needs {enough}\n  hint: raise the limit first: `ulimit -n {many}`\n"
        )),
        _ => Ok(()),
    }
}

/// Whether there is no file left to open, for which others panic.
fn lacks_files() -> bool {
    use rustix::io::Errno;
    let opened = rustix::fs::open("/", rustix::fs::OFlags::RDONLY, rustix::fs::Mode::empty());
    matches!(opened, Err(Errno::MFILE | Errno::NFILE))
}

/// A dump would hold every secret that was read. A system that knows no such limit has its own way.
fn without_dumps() {
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// The numbers of the signals that this process ignores since it was started; none where the system does not tell.
pub fn ignored_signals() -> Vec<i32> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    (1..=64).filter(|number| mask >> (number - 1) & 1 == 1).collect()
}

/// What there is to say of a panic: where it was, and nothing of what it was about.
fn told(location: Option<&Location<'_>>) -> String {
    if lacks_files() {
        return "Error: too many files are open: there is none left to go on with\n  hint: raise the limit (`ulimit -n 1024`), and \
                run the command again\n"
            .to_owned();
    }
    let place = location
        .map_or_else(|| "an unknown place".to_owned(), |at| format!("{}:{}", short(at.file()), at.line()));
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "Error: provisor {version} has a bug, at {place}\n  hint: report these two lines, which hold no data of yours, as \
         SECURITY.md says; `provisor plan` tells what was done, and a run that was cut short is taken up by the next one\n"
    )
}

/// A source file without the folders of whoever built it.
fn short(file: &str) -> &str {
    let within = file.rsplit_once("/registry/src/").and_then(|(_, rest)| Some(rest.split_once('/')?.1));
    let file = within.unwrap_or(file);
    if file.starts_with('/') { file.rsplit('/').next().unwrap_or(file) } else { file }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_without_what_it_says() {
        let text = told(Some(Location::caller()));
        assert!(text.contains("at src/cli/process.rs:") && text.contains("SECURITY.md"), "{text}");
        for (file, shown) in [
            ("/home/me/.cargo/registry/src/index-1/sled-0.34.7/src/tree.rs", "sled-0.34.7/src/tree.rs"),
            ("/rustc/0000/library/core/src/slice.rs", "slice.rs"),
            ("src/plan/mod.rs", "src/plan/mod.rs"),
        ] {
            assert_eq!(short(file), shown);
        }
    }

    #[test]
    fn a_panic_ends_as_an_error() {
        let ended = guarded(|| std::panic::panic_any("a value"));
        let _ = panic::take_hook();
        assert_eq!(format!("{ended:?}"), format!("{:?}", ExitCode::from(1)));
    }
}
