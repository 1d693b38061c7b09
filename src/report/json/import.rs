//! What an import is about to write, and what it leaves, as lines among the events of a run: `file` (`path`, `declarations`, `text`),
//! `not_imported` (`message`; `needs`: `nothing`, `time` or `somebody`), `made_by_others` (`principal`, `names`).

use serde::Serialize;

use super::compact;
use crate::model::time::Timestamp;

/// One of them.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ImportLine<'a> {
    /// A file.
    File {
        /// Where it is written.
        path: String,
        /// How many declarations it holds.
        declarations: usize,
        /// All of it.
        text: &'a str,
    },
    /// Something that is left.
    NotImported {
        /// A sentence.
        message: &'a str,
        /// What it needs.
        needs: &'static str,
    },
    /// What somebody else made.
    MadeByOthers {
        /// Who.
        principal: &'a str,
        /// What of it is called how.
        names: &'a [String],
    },
}

/// A line, without its end.
#[must_use]
pub fn import_line(line: &ImportLine<'_>, seq: u64, time: Timestamp) -> String {
    let time = super::time::rfc3339(time);
    compact(&NumberedLine { format: "provisor.event/v1", seq, time, line })
}

#[derive(Serialize)]
struct NumberedLine<'a> {
    format: &'static str,
    seq: u64,
    time: String,
    #[serde(flatten)]
    line: &'a ImportLine<'a>,
}
