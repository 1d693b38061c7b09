//! What became of operations, for people: `state history`, one line each, oldest first.

use super::paper::{Line, print};
use crate::model::ids::Labels;
use crate::report::style::Style;
use crate::report::view::operation;
use crate::state::Past;

/// The serial that wrote it, when its request was sent, the address at that time, what it was, its record, and who began it.
#[must_use]
pub fn history(past: &[Past], labels: &Labels) -> String {
    let width = past.last().map_or(0, |last| last.serial.to_string().len());
    let lines: Vec<Line> = past
        .iter()
        .map(|past| {
            let mut line = format!("#{:<width$}  {}  ", past.serial, sent(past));
            line.push_str(&labels.label(&past.address));
            line.push_str("  ");
            if let Some(kind) = past.kind {
                line.push_str(operation(kind).trim_start_matches("a ").trim_start_matches("an "));
                line.push(' ');
            }
            line.push_str(&past.event);
            if let Some(record) = &past.record {
                line.push_str(&format!(", {record}"));
            }
            if let Some(by) = &past.by {
                line.push_str(&format!(", by {by}"));
            }
            Line::foreign(&line)
        })
        .collect();
    print(&lines, Style::plain())
}

/// By the server's clock, to the second; a dash for what was no request.
fn sent(past: &Past) -> String {
    let time = past.sent.and_then(|sent| jiff::Timestamp::from_millisecond(sent.0).ok());
    time.map_or_else(|| format!("{:20}", "-"), |time| format!("{time:.0}"))
}
