//! Journals of previews as files: one for each run, in the folder `previews`, held by its run for as long as that lives. What is in
//! a journal that nobody holds was left open by a dead run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::lock::Holder;
use super::place::{self, io};
use crate::format::{head_line, note_line, notes};
use crate::{LeftBehind, OpenPreview, PreviewJournal, PreviewNote, Previews, StateError};
use provisor_files::{OwnFolder, OwnLog};

/// The folder, in the state's.
const FOLDER: &str = "previews";

/// How often, and after which pauses, a journal of its own is tried to be had.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);

/// How the names of journals end.
const ENDING: &str = ".jsonl";

/// The journals in a state's folder.
#[derive(Clone, Debug)]
pub struct PreviewFolder {
    dir: PathBuf,
    holder: Holder,
}

impl PreviewFolder {
    /// Those of the state in `dir`; `holder` is who writes a new one.
    #[must_use]
    pub fn of(dir: &Path, holder: Holder) -> Self {
        Self { dir: dir.to_owned(), holder }
    }
}

impl Previews for PreviewFolder {
    fn begin(&self, run: u128) -> Result<Box<dyn PreviewJournal>, StateError> {
        let (folder, name) = (self.clone(), format!("{run:032x}{ENDING}"));
        Ok(Box::new(Journal { open: BTreeMap::new(), at: JournalPlace::Nowhere { folder, name } }))
    }

    fn left_behind(&self) -> Result<LeftBehind, StateError> {
        let mut left = LeftBehind::default();
        let Some(place) = place::find(&self.dir)? else { return Ok(left) };
        let Some(folder) = place.folder(FOLDER)? else { return Ok(left) };
        let names = folder.names()?.into_iter().filter_map(|name| name.into_string().ok());
        for name in names.filter(|name| is_journal(name)) {
            match taken_over(&place, &name) {
                Ok(journal) => left.journals.extend(journal),
                Err(error) => left.unread.push(error),
            }
        }
        Ok(left)
    }
}

/// Whether a file is a journal, by its name.
fn is_journal(name: &str) -> bool {
    let run = name.strip_suffix(ENDING);
    run.is_some_and(|run| run.len() == 32 && run.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The journal of a dead run, held from now on; `None` where its run lives, or somebody else was first.
fn taken_over(place: &OwnFolder, name: &str) -> Result<Option<Box<dyn PreviewJournal>>, StateError> {
    let Some(folder) = place.folder(FOLDER)? else { return Ok(None) };
    let Some(mut log) = folder.log_there(name)? else { return Ok(None) };
    let what = format!("the journal `{FOLDER}/{name}`");
    let reading = || format!("reading `{}`", folder.at(name).display());
    let bytes = log.content().map_err(io(reading()))?;
    if bytes.is_empty() {
        // whoever is just making it looks whether it is still there
        folder.remove_log(log)?;
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut open = BTreeMap::new();
    for note in notes(&what, &text)? {
        note.take(&mut open);
    }
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    if whole < bytes.len() {
        log.cut(whole).map_err(io(reading()))?;
    }
    Ok(Some(Box::new(Journal { open, at: JournalPlace::File { folder, log } })))
}

/// A journal of this process.
struct Journal {
    open: BTreeMap<String, OpenPreview>,
    at: JournalPlace,
}

/// Where a journal stands.
enum JournalPlace {
    /// Nowhere: there was nothing to write yet.
    Nowhere { folder: PreviewFolder, name: String },
    /// In a file, which is held.
    File { folder: OwnFolder, log: OwnLog },
}

impl PreviewJournal for Journal {
    fn open(&self) -> &BTreeMap<String, OpenPreview> {
        &self.open
    }

    fn note(&mut self, notes: Vec<PreviewNote>) -> Result<(), StateError> {
        if notes.is_empty() {
            return Ok(());
        }
        let lines = notes.iter().map(note_line).collect::<Result<String, _>>()?;
        if let JournalPlace::Nowhere { folder, name } = &self.at {
            self.at = folder.begun(name)?;
        }
        if let JournalPlace::File { folder, log } = &mut self.at {
            let doing = format!("writing `{}`", folder.at(log.name()).display());
            log.add(lines.as_bytes()).map_err(io(doing))?;
        }
        notes.into_iter().for_each(|note| note.take(&mut self.open));
        Ok(())
    }

    fn end(self: Box<Self>) -> Result<(), StateError> {
        match self.at {
            JournalPlace::File { folder, log } if self.open.is_empty() => Ok(folder.remove_log(log)?),
            _ => Ok(()),
        }
    }
}

impl PreviewFolder {
    /// A new journal with its first line, in a folder that git leaves alone.
    fn begun(&self, name: &str) -> Result<JournalPlace, StateError> {
        place::keep_out_of_git(&self.dir)?;
        let folder = place::make(&self.dir)?.make_folder(FOLDER)?;
        let doing = format!("writing `{}`", folder.at(name).display());
        let mut log = None;
        // somebody may be looking whether it is a dead run's
        for _ in 0..TRIES {
            log = folder.log(name)?;
            if log.is_some() {
                break;
            }
            std::thread::sleep(PAUSE);
        }
        let busy = || std::io::Error::from(std::io::ErrorKind::WouldBlock);
        let Some(mut log) = log else { return Err(io(doing)(busy())) };
        log.add(head_line(&self.holder.to_string())?.as_bytes()).map_err(io(doing))?;
        Ok(JournalPlace::File { folder, log })
    }
}
