//! The properties of a block below each other, in columns: a mark, a key, a value, remarks; long values by lines.

use anstyle::AnsiColor;

use super::paper::{Line, shortened};
use crate::plan::Shown;
use crate::report::style::Ink;
use crate::report::view::{DiffLine, LineDiff, Mark, Property, unsaid};

/// Remarks stand in one column unless a value is wider than this.
const REMARK_COLUMN: usize = 48;
/// A value beside one that cannot be shown is cut to this.
const BRIEF: usize = 60;

/// A property on its way into columns.
struct Cells<'a> {
    property: &'a Property,
    key: Line,
    value: Line,
    remark: Line,
    long: Option<LineDiff>,
}

/// The properties, a line or more each.
pub(super) fn table(properties: &[Property]) -> Vec<Line> {
    let rows: Vec<Cells<'_>> = properties.iter().map(Cells::of).collect();
    let keys = rows.iter().map(|row| row.key.columns()).max().unwrap_or(0);
    let values = rows.iter().filter(|row| !row.remark.is_empty()).map(|row| row.value.columns());
    let values = values.filter(|columns| *columns <= REMARK_COLUMN).max().unwrap_or(0);
    rows.into_iter().flat_map(|row| row.lines(keys, values)).collect()
}

impl<'a> Cells<'a> {
    fn of(property: &'a Property) -> Self {
        let long = property.by_lines();
        let value = match &long {
            Some(long) => caption(long),
            None => short(property),
        };
        let remarks: Vec<&str> = property.remarks.iter().map(|remark| remark.as_str()).collect();
        let remark = Line::foreign(&remarks.join("; "));
        Self { property, key: Line::foreign(&property.key), value, remark, long }
    }

    fn lines(self, keys: usize, values: usize) -> Vec<Line> {
        let mut line = Line::ours("      ").and(mark(self.property.mark)).then(" ");
        line = line.and(self.key.padded(keys)).then(" = ");
        line = if self.remark.is_empty() {
            line.and(self.value)
        } else {
            let remark = Line::ours("# ").and(self.remark).ink(Ink::Faint);
            line.and(self.value.padded(values)).then("  ").and(remark)
        };
        let below = self.long.into_iter().flat_map(|long| long.lines);
        std::iter::once(line).chain(below.map(|line| long_line(&line))).collect()
    }
}

/// Never a blank: foreign text must not begin a line, where CI runners look for commands.
fn mark(mark: Mark) -> Line {
    let (text, ink) = match mark {
        Mark::Add => ("+", Ink::Add),
        Mark::Change => ("~", Ink::Change),
        Mark::Remove => ("-", Ink::Remove),
        Mark::Context => ("|", Ink::Faint),
        Mark::Gap => (":", Ink::Faint),
    };
    Line::ours(text).ink(ink)
}

fn caption(long: &LineDiff) -> Line {
    match long.form.as_str() {
        "" => Line::default(),
        form => Line::ours(format!("({form})")),
    }
}

fn short(property: &Property) -> Line {
    match (&property.before, &property.after) {
        (Shown::Absent, value) | (value, Shown::Absent) => word(value, usize::MAX),
        (before, after) => {
            let texts = matches!((before, after), (Shown::Text(_), Shown::Text(_)));
            let most = if texts { usize::MAX } else { BRIEF };
            word(before, most).then(" -> ").and(word(after, most))
        }
    }
}

/// A value in one line.
pub(super) fn word(value: &Shown, most: usize) -> Line {
    match value {
        Shown::Text(text) => Line::quoted(&shortened(text, most)),
        other => Line::ours(unsaid(other).unwrap_or_default()),
    }
}

fn long_line(of: &DiffLine) -> Line {
    let line = Line::ours("        ").and(mark(of.mark)).then(" ").and(content(of));
    if of.unended { line.then("  (no newline at the end)") } else { line }
}

/// The words that differ stand out, unless that would hide something: blanks at the end, or a command that only the whole
/// line shows.
fn content(of: &DiffLine) -> Line {
    let color = if of.mark == Mark::Remove { AnsiColor::Red } else { AnsiColor::Green };
    let whole = Line::visible(&of.text());
    let parts = of.fragments.iter().map(|part| {
        let text = Line::foreign(&part.text);
        if part.differs { text.ink(Ink::Differs(color)) } else { text }
    });
    let parts = parts.fold(Line::default(), Line::and);
    if parts.text() == whole.text() { parts } else { whole }
}
