//! What became of operations, for people: `state history`, one line each, the newest last.

use super::paper::{Line, print};
use crate::model::ids::Labels;
use crate::model::time::duration;
use crate::report::style::Style;
use crate::report::view::operation;
use crate::state::{Author, Past};

/// The serial that wrote it, when its request was sent or it was done, the address at that time, what it was, how long it
/// took, its record, who began it, and from which commit.
#[must_use]
pub fn history(past: &[Past], labels: &Labels) -> String {
    let width = past.last().map_or(0, |last| last.serial.to_string().len());
    let lines: Vec<Line> = past.iter().map(|past| Line::foreign(&line(past, labels, width))).collect();
    print(&lines, Style::plain())
}

fn line(past: &Past, labels: &Labels, width: usize) -> String {
    let mut line = format!("#{:<width$}  {}  {}  ", past.serial, time(past), labels.label(&past.address));
    if let Some(kind) = past.kind {
        line += operation(kind).trim_start_matches("a ").trim_start_matches("an ");
        line.push(' ');
    }
    line += &past.event;
    if let Some(took) = past.took() {
        line += &format!(" after {}", duration(took));
    }
    if let Some(record) = &past.record {
        line += &format!(", {record}");
    }
    if let Some(by) = past.by.as_deref() {
        let Author { commit, .. } = by;
        line += &format!(", by {by}");
        line += &commit.as_ref().map_or_else(String::new, |commit| format!(", commit {commit}"));
    }
    line
}

/// Of a request when it was sent, by the server's clock; of all else when it was done; to the second.
fn time(past: &Past) -> String {
    let time = past.sent.or(past.ended).and_then(|time| jiff::Timestamp::from_millisecond(time.0).ok());
    time.map_or_else(|| format!("{:20}", "-"), |time| format!("{time:.0}"))
}
