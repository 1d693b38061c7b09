//! The document of what became of operations, `provisor.history/v1`: `format` and `entries`, oldest first. An entry has the
//! `serial` of the commit that wrote it, the `address` at that time, its `event`, and of an operation what it was
//! (`operation`), its `record`, when its request was `sent` by the server's clock, and who began it (`by`).

use serde::Serialize;

use super::event::rfc3339;
use super::printed;
use super::reason::operation;
use crate::model::ids::Labels;
use crate::state::Past;

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
    by: Option<String>,
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
            by: past.by.as_ref().map(ToString::to_string),
        }
    }
}
