//! Findings with the lines they are about, as compilers print them: `file:line:column`, the source, a caret.
//! Places inside documents are turned into bytes here, and nowhere earlier.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::escape::{Escaped, is_hidden};
use super::style::{Ink, Style};
use crate::declare;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Place, Severity, Source};

/// More findings than this are counted, not shown.
const MOST: usize = 50;
/// Longer lines are not printed: their place is told, and that is all.
const LONG_LINE: usize = 2000;

/// All findings, errors first as they were made; a blank line between them.
#[must_use]
pub fn diagnostics(found: &Diagnostics, sources: &[Source], style: Style) -> String {
    let shown = found.0.iter().take(MOST).map(|one| diagnostic(one, sources, style));
    let mut out = shown.collect::<Vec<_>>().join("\n");
    if found.0.len() > MOST {
        out += &format!("\n+{} more\n", found.0.len() - MOST);
    }
    out
}

/// One finding.
#[must_use]
pub fn diagnostic(one: &Diagnostic, sources: &[Source], style: Style) -> String {
    let level = match one.severity {
        Severity::Error => Level::ERROR.with_name("Error"),
        Severity::Warning => Level::WARNING.with_name("Warning"),
    };
    let parts = parts(one, sources);
    if parts.is_empty() {
        return placeless(one, style);
    }
    let mut group = level.primary_title(safe(&one.message)).elements(Vec::<Origin<'_>>::new());
    for part in parts {
        group = part.add_to(group, one.redacted);
    }
    for note in &one.notes {
        group = group.element(Level::NOTE.message(safe(note)));
    }
    if let Some(hint) = &one.hint {
        group = group.element(Level::HELP.with_name("hint").message(safe(hint)));
    }
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let width = if style.width == 0 { 140 } else { style.width.clamp(60, 200) };
    renderer.term_width(width).render(&[group]) + "\n"
}

/// A finding that no file has: the renderer would leave a margin for lines that are not there.
fn placeless(one: &Diagnostic, style: Style) -> String {
    let (ink, head) = match one.severity {
        Severity::Error => (Ink::Remove, "Error:"),
        Severity::Warning => (Ink::Change, "Warning:"),
    };
    let notes = one.notes.iter().map(|note| ("note", note));
    let below = notes.chain(one.hint.iter().map(|hint| ("hint", hint)));
    let below: String = below
        .map(|(word, text)| format!("  = {word}: {}\n", safe(text).replace('\n', "\n          ")))
        .collect();
    format!("{} {}\n{below}", style.paint(ink, head), safe(&one.message).replace('\n', "\n  "))
}

/// Newlines stay: the renderer indents what follows them.
fn safe(text: &str) -> String {
    text.trim_end().split('\n').map(|line| Escaped(line).to_string()).collect::<Vec<_>>().join("\n")
}

/// One stretch of one file with what is marked in it; without marks, the file as a whole.
struct Part<'a> {
    path: String,
    text: &'a str,
    marks: Vec<Mark>,
}

struct Mark {
    bytes: Range<usize>,
    kind: AnnotationKind,
    label: String,
}

fn parts<'a>(one: &Diagnostic, sources: &'a [Source]) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    let first = one.place.iter().map(|place| (place, AnnotationKind::Primary, one.label.as_str()));
    let second = one.related.iter().map(|(place, label)| (place, AnnotationKind::Context, label.as_str()));
    for (place, kind, label) in first.chain(second) {
        let part = part(place, kind, label, sources);
        match parts.iter_mut().find(|other| other.path == part.path && !other.marks.is_empty()) {
            Some(other) => other.marks.extend(part.marks),
            None => parts.push(part),
        }
    }
    parts
}

fn part<'a>(place: &Place, kind: AnnotationKind, label: &str, sources: &'a [Source]) -> Part<'a> {
    let file = match place {
        Place::Node { file, .. } | Place::Bytes { file, .. } | Place::File(file) => file,
    };
    let source = sources.iter().find(|source| source.path == *file);
    let bytes = source.and_then(|source| located(place, source));
    let mark = bytes.map(|bytes| Mark { bytes, kind, label: safe(label) });
    Part {
        path: Escaped(file).to_string(),
        text: source.map_or("", |source| &source.text),
        marks: mark.into_iter().collect(),
    }
}

/// The bytes of a place, cut to its first line and to whole characters.
fn located(place: &Place, source: &Source) -> Option<Range<usize>> {
    let Range { start, end } = match place {
        Place::Node { path, part, .. } => declare::locate(source, path, *part)?,
        Place::Bytes { start, end, .. } => *start..*end,
        Place::File(_) => return None,
    };
    let text = &*source.text;
    let start = text.floor_char_boundary(start);
    let end = text.ceil_char_boundary(end.max(start));
    let first = text.get(start..end)?.lines().next().unwrap_or("");
    Some(start..start + first.len())
}

impl<'a> Part<'a> {
    /// A line that is redacted or too long is named, not printed.
    fn add_to(self, group: Group<'a>, redacted: bool) -> Group<'a> {
        let starts = self.marks.iter().map(|mark| mark.bytes.start).min();
        let ends = self.marks.iter().map(|mark| mark.bytes.end).max();
        let (Some(start), Some(end)) = (starts, ends) else {
            return group.element(Origin::path(self.path));
        };
        let from = self.text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let to = self.text.get(end..).and_then(|rest| rest.find('\n')).map_or(self.text.len(), |at| end + at);
        let window = self.text.get(from..to).unwrap_or("").trim_end_matches('\r');
        let line = 1 + self.text.get(..from).unwrap_or("").matches('\n').count();
        if redacted || window.lines().any(|line| line.len() > LONG_LINE) {
            let column = 1 + self.text.get(from..start).unwrap_or("").chars().count();
            return group.element(Origin::path(self.path).line(line).char_column(column));
        }
        let marks = self.marks.into_iter().map(|mark| annotation(mark, from, window));
        group.element(Snippet::source(visible(window)).line_start(line).path(self.path).annotations(marks))
    }
}

fn annotation(mark: Mark, from: usize, window: &str) -> Annotation<'static> {
    let moved = |at: usize| visible(window.get(..at.saturating_sub(from)).unwrap_or(window)).len();
    let annotation = mark.kind.span(moved(mark.bytes.start)..moved(mark.bytes.end));
    if mark.label.is_empty() { annotation } else { annotation.label(mark.label) }
}

/// Source text with one visible character for each hidden one, so that columns stay as they are.
fn visible(source: &str) -> String {
    let keep = |c: char| matches!(c, '\n' | '\r' | '\t') || !is_hidden(c);
    source.chars().map(|c| if keep(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}
