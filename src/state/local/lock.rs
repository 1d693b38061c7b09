//! The lock of a state folder: one process at a time that writes, known by name to whoever has to wait. Who only reads takes
//! none.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::time::Duration;

use super::place::io;
use crate::{Author, StateError};
use provisor_files::OwnFolder;
use provisor_model::time::Timestamp;

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Lock {
    /// Who has it from then on.
    pub holder: Holder,
    /// Who writes, as rows and the history will say.
    pub by: Option<Author>,
    /// Whether a store is made where there is none.
    pub create: bool,
    /// What is done where somebody else has it.
    pub patience: LockPatience,
}

/// How somebody waits for a lock.
#[derive(Clone, Copy, Debug)]
pub struct LockPatience {
    /// How long.
    pub time: Duration,
    /// Is told once who has it, when waiting begins.
    pub tell: fn(&str),
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
    file: File,
}

impl Drop for Held {
    /// Nobody holds it any more; where that cannot be written, the lock itself says so.
    fn drop(&mut self) {
        let _ = begin(&mut self.file, "\n");
    }
}

const NAME: &str = "lock";
const PAUSE: Duration = Duration::from_millis(50);
/// Somebody who looks whether it is held, has it for less than a moment.
const FEWEST: u128 = 3;
/// So many pauses are nobody's concern: a second.
const QUIET: u128 = 20;

/// Takes the lock and writes into it who has it.
pub(super) fn take(place: &OwnFolder, lock: &Lock) -> Result<Held, StateError> {
    let doing = || format!("locking `{}`", place.at(NAME).display());
    let mut file = place.file(NAME)?;
    let tries = (lock.patience.time.as_millis() / PAUSE.as_millis()).max(FEWEST);
    let mut tried = 0;
    while !is_taken(&file, doing)? {
        tried += 1;
        let holder = || name(&mut &file).unwrap_or_else(|| "another process".to_owned());
        if tried >= tries {
            return Err(StateError::Locked { holder: holder() });
        }
        if tried == QUIET {
            (lock.patience.tell)(&holder());
        }
        std::thread::sleep(PAUSE);
    }
    begin(&mut file, &format!("{}\n", lock.holder)).map_err(io(doing()))?;
    Ok(Held { file })
}

/// Writes how it begins, which is all that is read; what was in it is never cut off: it might not be ours.
fn begin(file: &mut File, line: &str) -> std::io::Result<()> {
    file.rewind()?;
    file.write_all(line.as_bytes())
}

fn is_taken(file: &File, doing: impl Fn() -> String) -> Result<bool, StateError> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(io(doing())(error)),
    }
}

/// Who holds the lock, if somebody does.
pub(super) fn holder(place: &OwnFolder) -> Result<Option<String>, StateError> {
    let Some(mut file) = place.opened(NAME)? else { return Ok(None) };
    let Some(name) = name(&mut file) else { return Ok(None) };
    match file.try_lock_shared() {
        // whoever it was died with it
        Ok(()) => Ok(None),
        Err(_) => Ok(Some(name)),
    }
}

/// Who has written into it.
fn name(mut file: impl Read + Seek) -> Option<String> {
    let mut text = String::new();
    file.rewind().and_then(|()| file.take(1_000).read_to_string(&mut text)).ok()?;
    let line: String = text.lines().next()?.chars().filter(|c| !c.is_control()).collect();
    Some(line).filter(|line| !line.is_empty())
}
