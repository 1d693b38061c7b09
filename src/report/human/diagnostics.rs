//! Findings with the lines they are about, as compilers print them: `file:line:column`, the source, a caret.
//! Places inside documents are turned into bytes here, and nowhere earlier.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::paper::{Line, sentence};
use crate::declare;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Place, Severity, Source};
use crate::model::text::{count, listed};
use crate::report::escape::{is_hidden, starts_command};
use crate::report::style::{Ink, Style};

/// More findings than this are counted, not shown.
const MOST: usize = 50;
/// So many codes are named.
const CODES: usize = 5;
/// Longer lines are not printed: their place is told, and that is all.
const LONG_LINE: usize = 2000;

/// All findings, errors first as they were made; a blank line between them.
#[must_use]
pub fn diagnostics(found: &Diagnostics, sources: &[Source], style: Style) -> String {
    let texts = ReadTexts { sources, indexes: RefCell::default() };
    let shown = found.0.iter().take(MOST).map(|one| diagnostic(one, &texts, style));
    let mut out = shown.collect::<Vec<_>>().join("\n");
    if found.0.len() > MOST {
        out += &format!("\n+{} more\n", found.0.len() - MOST);
    }
    out
}

/// What keeps a command from going on, and at the end how much that is, and where more is said of it.
#[must_use]
pub fn findings(found: &Diagnostics, sources: &[Source], style: Style) -> String {
    let errors: Vec<&Diagnostic> = found.0.iter().filter(|one| one.severity == Severity::Error).collect();
    let files: BTreeSet<&str> = errors.iter().filter_map(|one| Some(&**one.place.as_ref()?.file())).collect();
    let within = if files.is_empty() { String::new() } else { format!(" in {}", count(files.len(), "file")) };
    let told = diagnostics(found, sources, style);
    let least = if found.is_full() { "at least " } else { "" };
    match errors.len() {
        0 => told,
        many => format!("{told}\n{least}{}{within}{}\n", count(many, "error"), explained(&errors)),
    }
}

/// The command that explains them; of several codes, which there are.
fn explained(errors: &[&Diagnostic]) -> String {
    let codes: BTreeSet<&str> = errors.iter().map(|one| one.code).collect();
    match codes.first().filter(|_| codes.len() == 1) {
        Some(code) => format!("; `provisor explain {code}` tells more"),
        None => format!("; `provisor explain CODE` tells more: {}", listed(&codes, CODES)),
    }
}

fn diagnostic(one: &Diagnostic, texts: &ReadTexts<'_>, style: Style) -> String {
    let level = match one.severity {
        Severity::Error => Level::ERROR.with_name("Error"),
        Severity::Warning => Level::WARNING.with_name("Warning"),
    };
    let excerpts = excerpts(one, texts);
    if excerpts.is_empty() {
        return placeless(one, style);
    }
    let mut group = level.primary_title(sentence(&one.message)).elements(Vec::<Origin<'_>>::new());
    for excerpt in excerpts {
        group = excerpt.add_to(group, one);
    }
    for note in &one.notes {
        group = group.element(Level::NOTE.message(sentence(note)));
    }
    if let Some(hint) = &one.hint {
        group = group.element(Level::HELP.with_name("hint").message(sentence(hint)));
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
    let head = Line::ours(head).ink(ink).print(style);
    let notes = one.notes.iter().map(|note| ("note", note));
    let below = notes.chain(one.hint.iter().map(|hint| ("hint", hint)));
    let below: String = below.map(|(word, text)| format!("  = {word}: {}\n", sentence(text))).collect();
    format!("{head} {}\n{below}", sentence(&one.message))
}

/// One stretch of one file with what is marked in it; without marks, the file as a whole.
struct Excerpt<'a> {
    path: String,
    text: &'a str,
    carets: Vec<Caret>,
}

struct Caret {
    bytes: Range<usize>,
    kind: AnnotationKind,
    label: String,
}

/// The texts that places are in. One that is asked for a place in its document is read once.
struct ReadTexts<'a> {
    sources: &'a [Source],
    indexes: RefCell<HashMap<&'a str, declare::Index<'a>>>,
}

fn excerpts<'a>(one: &Diagnostic, texts: &ReadTexts<'a>) -> Vec<Excerpt<'a>> {
    let mut all: Vec<Excerpt<'a>> = Vec::new();
    let first = one.place.iter().map(|place| (place, AnnotationKind::Primary, one.label.as_str()));
    let second = one.related.iter().map(|(place, label)| (place, AnnotationKind::Context, label.as_str()));
    for (place, kind, label) in first.chain(second) {
        let new = excerpt(place, kind, label, texts);
        match all.iter_mut().find(|other| other.path == new.path && !other.carets.is_empty()) {
            Some(other) => other.carets.extend(new.carets),
            None => all.push(new),
        }
    }
    all
}

fn excerpt<'a>(place: &Place, kind: AnnotationKind, label: &str, texts: &ReadTexts<'a>) -> Excerpt<'a> {
    let file = match place {
        Place::Node { file, .. } | Place::Bytes { file, .. } | Place::File(file) => file,
    };
    let source = texts.sources.iter().find(|source| source.path == *file);
    let bytes = source.and_then(|source| texts.located(place, source));
    let caret = bytes.map(|bytes| Caret { bytes, kind, label: sentence(label) });
    Excerpt {
        path: Line::foreign(file).text(),
        text: source.map_or("", |source| &source.text),
        carets: caret.into_iter().collect(),
    }
}

impl<'a> ReadTexts<'a> {
    /// The bytes of a place, cut to its first line and to whole characters.
    fn located(&self, place: &Place, source: &'a Source) -> Option<Range<usize>> {
        let Range { start, end } = match place {
            Place::Node { path, part, .. } => {
                let mut indexes = self.indexes.borrow_mut();
                let index = indexes.entry(&*source.path).or_insert_with(|| declare::Index::new(source));
                index.locate(path, *part)?
            }
            Place::Bytes { start, end, .. } => *start..*end,
            Place::File(_) => return None,
        };
        let text = &*source.text;
        let start = text.floor_char_boundary(start);
        let end = text.ceil_char_boundary(end.max(start));
        let first = text.get(start..end)?.lines().next().unwrap_or("");
        Some(start..start + first.len())
    }
}

impl<'a> Excerpt<'a> {
    /// A line that is redacted or too long is named, not printed.
    fn add_to(self, group: Group<'a>, of: &Diagnostic) -> Group<'a> {
        let starts = self.carets.iter().map(|caret| caret.bytes.start).min();
        let ends = self.carets.iter().map(|caret| caret.bytes.end).max();
        let (Some(start), Some(end)) = (starts, ends) else {
            return group.element(Origin::path(self.path));
        };
        let from = self.text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let to = self.text.get(end..).and_then(|rest| rest.find('\n')).map_or(self.text.len(), |at| end + at);
        let window = self.text.get(from..to).unwrap_or("").trim_end_matches('\r');
        let line = 1 + self.text.get(..from).unwrap_or("").matches('\n').count();
        if of.hides(window) || window.lines().any(|line| line.len() > LONG_LINE) {
            let column = 1 + self.text.get(from..start).unwrap_or("").chars().count();
            return group.element(Origin::path(self.path).line(line).char_column(column));
        }
        let carets = self.carets.into_iter().map(|caret| annotation(&caret, from, window));
        group.element(Snippet::source(visible(window)).line_start(line).path(self.path).annotations(carets))
    }
}

fn annotation(caret: &Caret, from: usize, window: &str) -> Annotation<'static> {
    let moved = |at: usize| visible(window.get(..at.saturating_sub(from)).unwrap_or(window)).len();
    let annotation = caret.kind.span(moved(caret.bytes.start)..moved(caret.bytes.end));
    if caret.label.is_empty() { annotation } else { annotation.label(caret.label.clone()) }
}

/// Source text with one visible character for each hidden one, and for each that would begin a command of a CI runner, so
/// that columns stay as they are.
fn visible(source: &str) -> String {
    let keep = |at: usize, c: char| match c {
        '\n' | '\r' | '\t' => true,
        '#' => !starts_command(&source[at..]),
        c => !is_hidden(c),
    };
    let shown =
        source.char_indices().map(|(at, c)| if keep(at, c) { c } else { char::REPLACEMENT_CHARACTER });
    shown.collect()
}
