//! The document of what became of operations, `provisor.history/v1`: `format` and `entries`, the newest last. An entry has the
//! `serial` of the commit that wrote it, the `address` at that time, its `event`, and of an operation what it was
//! (`operation`), its `record`, when its request was `sent` by the server's clock, and who began it (`by`). Since when it is
//! over is `ended`: of an operation by the server's clock, and how long it took is `milliseconds`; else when the command began
//! that did it. `author` is the one of `by` in parts: `who`, `from` (a CI job, or a machine), `commit` and `run`.

use serde::Serialize;

use super::reason::operation;
use super::time::rfc3339;
use super::{millis, printed};
use crate::model::ids::Labels;
use crate::state::{Author, Past};

/// The history as one document.
#[must_use]
pub fn history(past: &[Past], labels: &Labels) -> String {
    let entries = past.iter().map(|past| EntryDoc::of(past, labels)).collect();
    printed(&HistoryDoc { format: "provisor.history/v1", entries })
}

#[derive(Serialize)]
struct HistoryDoc<'a> {
    format: &'static str,
    entries: Vec<EntryDoc<'a>>,
}

#[derive(Serialize)]
struct EntryDoc<'a> {
    serial: u64,
    address: String,
    event: &'a str,
    operation: Option<&'static str>,
    record: Option<&'a str>,
    sent: Option<String>,
    ended: Option<String>,
    milliseconds: Option<u64>,
    by: Option<String>,
    author: Option<ByDoc<'a>>,
}

#[derive(Serialize)]
struct ByDoc<'a> {
    who: &'a str,
    from: &'a str,
    commit: Option<&'a str>,
    run: &'a str,
}

impl<'a> EntryDoc<'a> {
    fn of(past: &'a Past, labels: &Labels) -> Self {
        Self {
            serial: past.serial,
            address: labels.label(&past.address),
            event: &past.event,
            operation: past.kind.map(operation),
            record: past.record.as_ref().map(|record| record.as_str()),
            sent: past.sent.map(rfc3339),
            ended: past.ended.map(rfc3339),
            milliseconds: past.took().map(millis),
            by: past.by.as_ref().map(ToString::to_string),
            author: past.by.as_deref().map(ByDoc::of),
        }
    }
}

impl<'a> ByDoc<'a> {
    fn of(by: &'a Author) -> Self {
        Self { who: &by.who, from: &by.from, commit: by.commit.as_deref(), run: &by.run }
    }
}
