//! The document of a state's backups, `provisor.backups/v1`: `format` and `backups`, the newest last, each with its `serial`,
//! when it was `written`, how many `rows` it has, or the `error` why it cannot be read.

use serde::Serialize;

use super::printed;
use super::time::rfc3339;
use crate::report::view::BackupView;

/// All of them as one document.
#[must_use]
pub fn backups(all: &[BackupView]) -> String {
    printed(&BackupsDoc { format: "provisor.backups/v1", backups: all.iter().map(BackupDoc::of).collect() })
}

#[derive(Serialize)]
struct BackupsDoc<'a> {
    format: &'static str,
    backups: Vec<BackupDoc<'a>>,
}

#[derive(Serialize)]
struct BackupDoc<'a> {
    serial: u64,
    written: Option<String>,
    rows: Option<usize>,
    error: Option<&'a str>,
}

impl<'a> BackupDoc<'a> {
    fn of(one: &'a BackupView) -> Self {
        Self {
            serial: one.serial,
            written: one.written.map(rfc3339),
            rows: one.rows.as_ref().ok().copied(),
            error: one.rows.as_ref().err().map(String::as_str),
        }
    }
}
