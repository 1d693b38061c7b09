//! The world on disk: one JSON line per accepted change, appended before the answer is sent. A server that starts
//! writes it anew, as small as it can be, when most of it is history. A torn last line is an answer that was never
//! sent. Killing the process loses nothing; when the power fails the latest lines may be lost, because they are not
//! forced to the disk one by one. What the entries mean is in `world`.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, Millis};
use crate::error::SandboxError;
use crate::faults::FaultCount;
use crate::files::Folder;
use crate::world::Entry;
use crate::world_file::FaultEntry;

const NAME: &str = "world.jsonl";
const FORMAT: &str = "provisor.sandbox/v1";

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
    /// A line whose writing failed may stand torn in the middle; nothing may follow it.
    broken: bool,
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
pub(crate) fn read(folder: &Folder, mut each: impl FnMut(Line)) -> Result<Extent, SandboxError> {
    let path = folder.at(NAME);
    let Some(text) = folder.read(NAME)? else {
        return Ok(Extent::default());
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
    pub(crate) fn resume(folder: &Folder, extent: &Extent) -> Result<Journal, SandboxError> {
        let path = folder.at(NAME);
        let file = folder.file(NAME, OFlags::WRONLY | OFlags::APPEND)?;
        file.set_len(extent.bytes).map_err(SandboxError::file(&path))?;
        Ok(Journal { file, path, broken: false })
    }

    /// Starts a new journal with these lines in place of the old one, which stays until the new one is on the disk.
    pub(crate) fn replace(
        folder: &Folder,
        lines: impl Iterator<Item = Line>,
    ) -> Result<Journal, SandboxError> {
        let file = folder.replace(NAME, |file| {
            write_anew(file, lines)?;
            file.sync_all()
        })?;
        Ok(Journal { file, path: folder.at(NAME), broken: false })
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
        written
    }
}

/// A whole journal, not yet forced to the disk.
fn write_anew(file: &File, lines: impl Iterator<Item = Line>) -> io::Result<()> {
    let mut out = io::BufWriter::new(file);
    let head = Line { format: Some(FORMAT.to_owned()), ..Line::default() };
    for line in std::iter::once(head).chain(lines) {
        serde_json::to_writer(&mut out, &line)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
