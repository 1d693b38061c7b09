//! What surgery does to a state, for people: one row a line, what is recorded otherwise below it, then what follows.

use super::paper::{Line, print};
use crate::model::text::count;
use crate::report::style::{Ink, Style};
use crate::report::view::{FactChange, Fate, RowFate, SurgeryView};

/// The rows, a line that counts them, and notes.
#[must_use]
pub fn surgery(view: &SurgeryView<'_>, style: Style) -> String {
    let mut lines: Vec<Line> = view.rows.iter().flat_map(row).collect();
    let counts: Vec<String> =
        view.counts().iter().map(|(fate, count)| format!("{count} {}", fate.as_str())).collect();
    let counts = if counts.is_empty() { "nothing differs".to_owned() } else { counts.join(", ") };
    let heading = format!("State: {counts}.");
    if !lines.is_empty() {
        lines.push(Line::default());
    }
    lines.push(Line::ours(heading));
    lines.extend(view.notes.iter().map(|note| Line::ours("Note: ").and(Line::foreign(note))));
    print(&lines, style)
}

/// What is there after it was written.
#[must_use]
pub fn operated(rows: usize, serial: u64) -> String {
    format!("The state has {} now, at serial {serial}.\n", count(rows, "address"))
}

fn row(row: &RowFate<'_>) -> Vec<Line> {
    let (sign, ink) = match row.fate {
        Fate::Added => ("+", Ink::Add),
        Fate::Changed | Fate::Moved => ("~", Ink::Change),
        Fate::Forgotten => ("-", Ink::Remove),
    };
    let mut head = Line::ours("  ").and(Line::ours(sign).ink(ink)).then(" ");
    if let Some(from) = &row.from {
        head = head.and(Line::foreign(from)).then(" -> ");
    }
    head = head.and(Line::foreign(&row.address)).then(": ");
    head = match row.binding {
        Some(binding) => {
            head.and(Line::foreign(binding.id.as_str())).then(" ").and(Line::quoted(&binding.name))
        }
        None => head.then("no provisioned product"),
    };
    if row.fate == Fate::Forgotten {
        head = head.then(", forgotten");
    }
    std::iter::once(head).chain(row.facts.iter().map(fact)).collect()
}

fn fact(fact: &FactChange) -> Line {
    let line = Line::ours("      ").and(Line::foreign(&fact.name));
    let text = |text: &Option<String>| text.as_deref().map_or_else(|| Line::ours("none"), Line::foreign);
    match (&fact.before, &fact.after) {
        (None, None) => line.then(": not the same"),
        (before, after) => line.then(": ").and(text(before)).then(" -> ").and(text(after)),
    }
}
