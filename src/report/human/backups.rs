//! Backups of a state, for people: one line each, the newest last.

use super::paper::sentence;
use crate::model::text::count;
use crate::report::view::BackupView;

/// All of them, or that there is none.
#[must_use]
pub fn backups(all: &[BackupView]) -> String {
    if all.is_empty() {
        return "There is no backup.\n".to_owned();
    }
    all.iter().map(|one| backup(one) + "\n").collect()
}

/// Serial, time and number of addresses of one.
#[must_use]
pub fn backup(one: &BackupView) -> String {
    let time = one.written.and_then(|time| jiff::Timestamp::from_millisecond(time.0).ok());
    let time = time.map_or_else(|| "at an unknown time".to_owned(), |time| format!("{time:.0}"));
    let rows = match &one.rows {
        Ok(rows) => count(*rows, "address"),
        Err(reason) => sentence(reason),
    };
    format!("#{}  {time}  {rows}", one.serial)
}
