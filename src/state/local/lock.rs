//! The lock of a state folder: one process at a time, known by name to whoever has to wait.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use super::files::{self, io};
use crate::model::time::Timestamp;
use crate::state::{Author, StateError};

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Lock {
    /// Who has it from then on.
    pub holder: Holder,
    /// Who writes, as rows and the history will say.
    pub by: Option<Author>,
    /// Whether a store is made where there is none.
    pub create: bool,
}

/// Who holds a lock, as others are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process id of whoever holds the lock.
    pub pid: u32,
    /// The name of the machine that it runs on.
    pub host: String,
    /// Since when, by this machine's clock.
    pub since: Timestamp,
    /// What it does, such as `provisor apply`: without arguments, which may hold secrets.
    pub command: String,
}

impl Holder {
    /// This process on this machine.
    #[must_use]
    pub fn this_process(command: &str, since: Timestamp) -> Self {
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Self { pid: std::process::id(), host, since, command: command.to_owned() }
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { pid, host, since, command } = self;
        write!(f, "`{command}` (pid {pid} on {host}")?;
        match jiff::Timestamp::from_millisecond(since.0) {
            Ok(since) => write!(f, ", since {since:.0})"),
            Err(_) => write!(f, ")"),
        }
    }
}

/// Held for as long as it lives; the kernel gives it back when its process dies.
#[derive(Debug)]
pub(super) struct Held {
    _file: File,
}

/// A plan holds the lock only while it reads, so a short wait is worth it.
const TRIES: u32 = 20;
/// Many plans at once, on a busy machine.
const TRIES_AT_READERS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// Takes the lock and writes into it who has it.
pub(super) fn take(path: &Path, holder: &Holder) -> Result<Held, StateError> {
    let doing = || format!("locking `{}`", path.display());
    // an existing lock that is a link or a folder is refused here
    files::read(path)?;
    let mut file = files::open_private(path).map_err(io(doing()))?;
    let mut tries = 1;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) => {
                let holder = name(&mut file);
                let most = if is_reader(&holder) { TRIES_AT_READERS } else { TRIES };
                if tries >= most {
                    return Err(StateError::Locked { holder });
                }
                tries += 1;
                std::thread::sleep(PAUSE);
            }
            Err(TryLockError::Error(error)) => return Err(io(doing())(error)),
        }
    }
    let write = |file: &mut File| {
        file.set_len(0)?;
        writeln!(file, "{holder}")
    };
    write(&mut file).map_err(io(doing()))?;
    Ok(Held { _file: file })
}

/// Whether it lets go by itself in a moment.
fn is_reader(holder: &str) -> bool {
    ["apply", "destroy", "push"].iter().all(|word| !holder.contains(word))
}

fn name(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.take(1_000).read_to_string(&mut text));
    let line = text.lines().next().unwrap_or_default();
    if read.is_err() || line.is_empty() { "another process".to_owned() } else { line.to_owned() }
}
