//! The properties of a group below each other, in columns: a mark, a key, a value, remarks; long values by lines, and values
//! that differ from location to location with their places.

use std::collections::BTreeSet;

use anstyle::AnsiColor;

use super::flow::{Margins, broken, chopped, flowed, room};
use super::paper::{Line, shortened};
use crate::model::text::count;
use crate::plan::Shown;
use crate::report::style::{Ink, Style};
use crate::report::view::{BlockGroup, DiffLine, LineDiff, Mark, Property, Spread, spanned, unsaid};

/// Remarks stand in one column unless a value is wider than this.
const REMARK_COLUMN: usize = 48;
/// A value beside one that cannot be shown is cut to this.
const BRIEF: usize = 60;
/// Of a property that differs, so many values are told where nothing is to be told in full.
const VALUES: usize = 3;
/// The same of long values.
const LONG_VALUES: usize = 2;
/// Where columns begin.
const INDENT: usize = 6;
/// Fewer defaults than this are told, not counted.
const DEFAULTS: usize = 2;

/// A property on its way into columns.
struct Cells {
    mark: Mark,
    key: Line,
    pieces: Vec<Line>,
    remark: Line,
    below: Vec<Line>,
}

/// The properties, a line or more each; what the template decides is counted.
pub(super) fn table(group: &BlockGroup<'_>, without: &str, style: Style) -> Vec<Line> {
    let is_folded =
        |values: &Vec<Spread<'_>>| !style.full && values.iter().all(|one| one.property.is_default());
    let all = group.properties();
    let (defaults, told): (Vec<_>, Vec<_>) = all.iter().partition(|values| is_folded(values));
    let folded = if defaults.len() < DEFAULTS { 0 } else { defaults.len() };
    let told = if folded == 0 { all.iter().collect() } else { told };
    let told = told.into_iter().filter(|values| !values.iter().all(|one| one.property.key == without));
    let told: Vec<&Vec<Spread<'_>>> = told.collect();
    let longest =
        told.iter().flat_map(|values| values.first()).map(|one| Line::foreign(&one.property.key).columns());
    let table = Grid { among: &group.among, keys: longest.max().unwrap_or(0), style };
    let rows: Vec<Cells> = told.into_iter().flat_map(|values| table.cells(values)).collect();
    let keys = rows.iter().map(|row| row.key.columns()).max().unwrap_or(0);
    let values = rows.iter().filter(|row| !row.remark.is_empty()).map(Cells::value_columns);
    let values = values.filter(|columns| *columns <= REMARK_COLUMN).max().unwrap_or(0);
    let mut out: Vec<Line> = rows.into_iter().flat_map(|row| row.lines(keys, values, room(style))).collect();
    out.extend((folded > 0).then(|| {
        let text = format!("# {} take the template's default", count(folded, "parameter"));
        Line::default().padded(INDENT).and(Line::ours(text).ink(Ink::Faint))
    }));
    out
}

/// What rows are made by.
struct Grid<'g> {
    among: &'g BTreeSet<&'g str>,
    keys: usize,
    style: Style,
}

impl Grid<'_> {
    /// The rows of one property: one, or one for each of its long values that differ.
    fn cells(&self, values: &[Spread<'_>]) -> Vec<Cells> {
        let is_long = |one: &Spread<'_>| one.property.by_lines().is_some();
        match values {
            [one] => vec![Cells::of(one.property, "", room(self.style))],
            several if several.iter().any(is_long) => self.long(several),
            several => self.differing(several).into_iter().collect(),
        }
    }

    fn long(&self, values: &[Spread<'_>]) -> Vec<Cells> {
        let most = if self.style.full { usize::MAX } else { LONG_VALUES };
        let place = |one: &Spread<'_>| format!("on {}", self.places(one));
        let mut rows: Vec<Cells> = values
            .iter()
            .take(most)
            .map(|one| Cells::of(one.property, &place(one), room(self.style)))
            .collect();
        let more = values.len() - rows.len();
        if let Some(last) = rows.last_mut().filter(|_| more > 0) {
            last.below.push(below(Mark::Gap).then(elsewhere(more)));
        }
        rows
    }

    /// Several short values, each with where it holds. What a few words hold is told; of more, what a line holds.
    fn differing(&self, values: &[Spread<'_>]) -> Option<Cells> {
        let first = values.first()?.property;
        let shared = values.iter().all(|one| one.property.remarks == first.remarks);
        let room = room(self.style).saturating_sub(self.keys + INDENT + 5);
        let pieces = |most: usize| {
            let more = values.len() - most;
            let told = values.iter().take(most).enumerate();
            let told = told.map(|(n, one)| {
                let end = if n + 1 < values.len() { ";" } else { "" };
                self.valued(one, shared).then(end)
            });
            told.chain((more > 0).then(|| Line::ours(format!("and {}", elsewhere(more))))).collect::<Vec<_>>()
        };
        let is_all = self.style.full || values.len() <= VALUES;
        let fits = |most: &usize| joined(pieces(*most)).columns() <= room;
        let most = if is_all { values.len() } else { (2..=VALUES).rev().find(fits).unwrap_or(1) };
        let row = Cells::of(first, "", room);
        Some(Cells { pieces: pieces(most), remark: if shared { row.remark } else { Line::default() }, ..row })
    }

    fn valued(&self, one: &Spread<'_>, shared: bool) -> Line {
        let remarks: Vec<&str> = one.property.remarks.iter().map(|remark| remark.as_str()).collect();
        let remark = match remarks.is_empty() || shared {
            true => Line::default(),
            false => Line::ours(" (").and(Line::foreign(&remarks.join("; "))).then(")"),
        };
        joined(short(one.property)).and(remark).then(" on ").and(Line::foreign(&self.places(one)))
    }

    /// Where a value holds.
    fn places(&self, one: &Spread<'_>) -> String {
        if self.style.full { one.places.join(", ") } else { spanned(&one.places, self.among.iter().copied()) }
    }
}

fn elsewhere(more: usize) -> String {
    format!("{} elsewhere", count(more, "other value"))
}

impl Cells {
    fn of(property: &Property, place: &str, width: usize) -> Self {
        let long = property.by_lines();
        let pieces = match &long {
            Some(long) => vec![caption(long)],
            None => short(property),
        };
        let remarks = property.remarks.iter().map(|remark| remark.as_str());
        let place = (!place.is_empty()).then_some(place);
        let remarks: Vec<&str> = remarks.chain(place).collect();
        Self {
            mark: property.mark,
            key: Line::foreign(&property.key),
            pieces,
            remark: Line::foreign(&remarks.join("; ")),
            below: long
                .into_iter()
                .flat_map(|long| long.lines)
                .flat_map(|line| long_line(&line, width))
                .collect(),
        }
    }

    fn value_columns(&self) -> usize {
        joined(self.pieces.clone()).columns()
    }

    fn lines(self, keys: usize, values: usize, width: usize) -> Vec<Line> {
        let head = Line::default().padded(INDENT).and(mark(self.mark)).then(" ");
        let head = head.and(self.key.padded(keys)).then(" =");
        let hang = if head.columns() > width / 2 { INDENT + 4 } else { head.columns() + 1 };
        let mut lines = flowed(head, self.pieces, Margins { width, hang, gap: 1, mark: false });
        if !self.remark.is_empty() {
            let (whole, remark) = (values + hang, self.remark.ink(Ink::Faint));
            let last = lines.pop().unwrap_or_default();
            let beside = last.clone().padded(if lines.is_empty() { whole } else { 0 }).then("  ");
            let sign = || Line::ours("# ").ink(Ink::Faint);
            if beside.columns() + 2 + remark.columns() <= width {
                lines.push(beside.and(sign()).and(remark));
            } else {
                let fits = hang + 2 + remark.columns() <= width;
                let margin = Line::default().padded(if fits { hang } else { INDENT + 4 });
                let head = margin.clone().and(sign());
                lines.push(last);
                lines.extend(broken(head, &remark, &margin.and(sign()).then("  "), width));
            }
        }
        lines.extend(self.below);
        lines
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

/// A value, or two, as the pieces between which its line may be broken.
fn short(property: &Property) -> Vec<Line> {
    match (&property.before, &property.after) {
        (Shown::Absent, value) | (value, Shown::Absent) => vec![word(value, usize::MAX)],
        (before, after) => {
            let texts = matches!((before, after), (Shown::Text(_), Shown::Text(_)));
            let most = if texts { usize::MAX } else { BRIEF };
            vec![word(before, most), Line::ours("-> ").and(word(after, most))]
        }
    }
}

fn joined(pieces: Vec<Line>) -> Line {
    pieces.into_iter().reduce(|line, piece| line.then(" ").and(piece)).unwrap_or_default()
}

/// A value in one line.
pub(super) fn word(value: &Shown, most: usize) -> Line {
    match value {
        Shown::Text(text) => Line::quoted(&shortened(text, most)),
        other => Line::ours(unsaid(other).unwrap_or_default()),
    }
}

/// How a line below a property begins.
fn below(of: Mark) -> Line {
    Line::default().padded(INDENT + 2).and(mark(of)).then(" ")
}

fn long_line(of: &DiffLine, width: usize) -> Vec<Line> {
    let text = content(of);
    let text = if of.unended { text.then("  (no newline at the end)") } else { text };
    let margin = Line::default().padded(INDENT + 6).and(Line::ours("|").ink(Ink::Faint)).then(" ");
    chopped(below(of.mark), &text, &margin, width)
}

/// The words that differ stand out, unless that would hide something: blanks at the end, or a command that only the whole
/// line shows.
fn content(of: &DiffLine) -> Line {
    let color = match of.mark {
        Mark::Remove => AnsiColor::Red,
        Mark::Change => AnsiColor::Yellow,
        Mark::Add | Mark::Context | Mark::Gap => AnsiColor::Green,
    };
    let whole = Line::visible(&of.text());
    let parts = of.fragments.iter().map(|part| {
        let text = Line::foreign(&part.text);
        if part.differs { text.ink(Ink::Differs(color)) } else { text }
    });
    let parts = parts.fold(Line::default(), Line::and);
    if parts.text() == whole.text() { parts } else { whole }
}
