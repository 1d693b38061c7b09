//! The world on disk: one JSON line per accepted change, appended before the answer is sent; written anew, as
//! small as it can be, when it has grown. A torn last line is an answer that was never sent. Killing the process
//! loses nothing; against a loss of power there is no promise, as lines are not forced to the disk one by one.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, Millis};
use crate::error::SandboxError;
use crate::faults::FaultCount;
use crate::script::FaultEntry;
use crate::world::Entry;

const FORMAT: &str = "provisor.sandbox/v1";
/// A journal that is being written anew.
const FRESH: &str = "world.jsonl.new";

/// One line.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Virtual.
    pub at: Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<(String, String)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Entry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FaultCount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// Everything that was injected before is withdrawn.
    #[serde(skip_serializing_if = "is_false")]
    pub withdraw: bool,
    /// Injected at run time, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inject: Vec<FaultEntry>,
    /// All faults count from the start again.
    #[serde(skip_serializing_if = "is_false")]
    pub rearm: bool,
    /// Everything before this line is forgotten.
    #[serde(skip_serializing_if = "is_false")]
    pub reset: bool,
}

fn is_false(truth: &bool) -> bool {
    !truth
}

impl Line {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.faults.is_empty() && self.clock.is_none()
    }
}

/// The open journal.
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    /// How many lines it holds.
    pub lines: usize,
    /// A line whose writing failed may stand torn in the middle; nothing may follow it.
    broken: bool,
    /// What takes its place as soon as it is safe on the disk.
    successor: Option<Successor>,
}

/// A journal written anew, while the old one goes on: every line goes to both.
struct Successor {
    file: File,
    lines: usize,
    /// Nobody waits for the disk meanwhile.
    synced: JoinHandle<io::Result<()>>,
}

/// What was read of a journal.
#[derive(Debug, Default)]
pub(crate) struct Extent {
    /// Whole lines.
    pub lines: usize,
    /// Their bytes; what follows is torn.
    bytes: u64,
}

/// Reads the journal's lines, oldest first.
pub(crate) fn read(folder: &Path, mut each: impl FnMut(Line)) -> Result<Extent, SandboxError> {
    let path = folder.join("world.jsonl");
    let text = match std::fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Extent::default()),
        other => other.map_err(SandboxError::file(&path))?,
    };
    let mut extent = Extent::default();
    for whole in text.split_inclusive(|&byte| byte == b'\n') {
        let Some(line) = whole.strip_suffix(b"\n") else {
            break;
        };
        extent.lines += 1;
        extent.bytes += whole.len() as u64;
        let damaged =
            |message: String| SandboxError::Damaged { path: path.clone(), line: extent.lines, message };
        let line: Line = serde_json::from_slice(line).map_err(|error| damaged(error.to_string()))?;
        match &line.format {
            Some(format) if format != FORMAT => {
                return Err(damaged(format!("written in format {format}, not {FORMAT}")));
            }
            _ => each(line),
        }
    }
    Ok(extent)
}

impl Journal {
    /// Goes on with the journal as it was read, cutting off a torn last line.
    pub(crate) fn resume(folder: &Path, extent: &Extent) -> Result<Journal, SandboxError> {
        let path = folder.join("world.jsonl");
        let open = || {
            let file = private().append(true).create(true).open(&path)?;
            file.set_len(extent.bytes)?;
            Ok(file)
        };
        let file = open().map_err(SandboxError::file(&path))?;
        Ok(Journal { file, path, lines: extent.lines, broken: false, successor: None })
    }

    /// Starts a new journal with these lines in place of the old one.
    pub(crate) fn replace(folder: &Path, lines: impl Iterator<Item = Line>) -> Result<Journal, SandboxError> {
        let path = folder.join("world.jsonl");
        let write = || -> io::Result<(File, usize)> {
            let (file, count) = write_anew(folder, lines)?;
            file.sync_all()?;
            std::fs::rename(folder.join(FRESH), &path)?;
            Ok((file, count))
        };
        let (file, lines) = write().map_err(SandboxError::file(&path))?;
        Ok(Journal { file, path, lines, broken: false, successor: None })
    }

    /// Begins to replace itself by these lines, without waiting for the disk.
    pub(crate) fn renew(&mut self, lines: impl Iterator<Item = Line>) -> io::Result<()> {
        let (file, lines) = write_anew(self.folder(), lines)?;
        let copy = file.try_clone()?;
        let synced = std::thread::spawn(move || copy.sync_all());
        self.successor = Some(Successor { file, lines, synced });
        Ok(())
    }

    /// Whether it is being replaced.
    pub(crate) fn is_renewing(&self) -> bool {
        self.successor.is_some()
    }

    /// The folder it is in.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// Appends one line. Once it returns, a killed process has lost nothing.
    pub(crate) fn append(&mut self, line: &Line) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other(format!("`{}` could not be written earlier", self.path.display())));
        }
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        let written = self.file.write_all(&text);
        self.broken = written.is_err();
        self.lines += 1;
        self.hand_over(&text);
        written
    }

    /// Keeps the successor complete, and lets it take over when it is ready. If it cannot, the old journal goes on.
    fn hand_over(&mut self, text: &[u8]) {
        let Some(mut successor) = self.successor.take().filter(|_| !self.broken) else {
            return;
        };
        if successor.file.write_all(text).is_err() {
            self.lines = 0;
            return;
        }
        successor.lines += 1;
        if !successor.synced.is_finished() {
            self.successor = Some(successor);
            return;
        }
        let safe = successor.synced.join().is_ok_and(|synced| synced.is_ok());
        let renamed = safe && std::fs::rename(self.folder().join(FRESH), &self.path).is_ok();
        match renamed {
            true => (self.file, self.lines) = (successor.file, successor.lines),
            // a disk that is full now is not asked again at once
            false => self.lines = 0,
        }
    }
}

/// A whole journal under another name, not yet forced to the disk.
fn write_anew(folder: &Path, lines: impl Iterator<Item = Line>) -> io::Result<(File, usize)> {
    let file = private().write(true).create(true).truncate(true).open(folder.join(FRESH))?;
    let mut out = io::BufWriter::new(file);
    let head = Line { format: Some(FORMAT.to_owned()), ..Line::default() };
    let mut count = 0;
    for line in std::iter::once(head).chain(lines) {
        serde_json::to_writer(&mut out, &line)?;
        out.write_all(b"\n")?;
        count += 1;
    }
    Ok((out.into_inner().map_err(io::IntoInnerError::into_error)?, count))
}

/// Options for files that only their owner may read.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}
