//! What the process leaves behind when it dies: no memory on the disk, and no data in what it says of a bug of ours.

use std::panic::{self, AssertUnwindSafe, Location};
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::edge::Edge;
use super::exit::Exit;

/// Runs a command with its memory kept off the disk. A panic ends it as an error, with words of ours.
pub fn guarded(command: impl FnOnce() -> ExitCode) -> ExitCode {
    without_dumps();
    panic::set_hook(Box::new(|info| Edge::say(&told(info.location()))));
    panic::catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| ExitCode::from(Exit::Error as u8))
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
