//! The file of a sandbox: why it cannot be used, with the line that it is about, and what it may hold.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::declare::{Index, syntax_error};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Place, Source};
use crate::model::schema::{FieldSchema, FileSchema, ListSchema, MapSchema, Schema, TextSchema};
use crate::workspace::{Problem, ProblemKind, disk_hint};
use provisor_sandbox::fields::{Field, Kind, NumberRule, Table, TextRule};
use provisor_sandbox::{Reader, SandboxError, fields};

/// Why a sandbox cannot be used; its files are named as they are within `root`, and read again to show a line of one.
pub fn unusable(error: SandboxError, root: &Path, reader: &Reader) -> Problem {
    let errors = match error {
        SandboxError::Several(errors) => errors,
        one => vec![one],
    };
    // by the repo's own name of it, as all places are
    let within = format!("{}/", root.display());
    let mut files = BTreeMap::new();
    let (mut found, mut others) = (Diagnostics::default(), Vec::new());
    for error in errors {
        match &error {
            SandboxError::World { file, line, column, message, hint, others: also, used } => {
                let file = file.strip_prefix(root).unwrap_or(file).to_owned();
                let text = || Some(WorldText::new(&file, &reader.read(&root.join(&file)).ok()?));
                match files.entry(file.clone()).or_insert_with(text) {
                    Some(text) => {
                        let used = used.as_ref().map(|used| used.strip_prefix(&within).unwrap_or(used));
                        let one = advised(text.told(message, text.at(*line, *column), used), hint.as_deref());
                        let also = if text.syntax.is_none() { also.as_slice() } else { &[] };
                        let one = also.iter().fold(one, |one, at| one.related(text.at(at.0, at.1), ""));
                        if text.syntax.is_none() || !found.0.contains(&one) {
                            found.push(one);
                        }
                    }
                    None => others.push(told(error, root)),
                }
            }
            _ => others.push(told(error, root)),
        }
    }
    let sources: Vec<Source> = files.into_values().flatten().map(|text| text.source).collect();
    let found = (!found.0.is_empty()).then(|| Problem::findings(found, &sources));
    let all = found.into_iter().chain(others).reduce(Problem::with);
    all.unwrap_or_else(|| Problem::input("the sandbox cannot be used"))
}

/// With what the sandbox advises; what there is instead is no advice.
fn advised(found: Diagnostic, advice: Option<&str>) -> Diagnostic {
    match advice.filter(|_| found.code == "world") {
        Some(there) if there.starts_with("there is ") => found.note(there),
        Some(advice) => found.hint(advice),
        None => found,
    }
}

/// What no line of a file shows.
fn told(mut error: SandboxError, root: &Path) -> Problem {
    use SandboxError::{Damaged, File, Silent, Unread, Untrusted, World};
    if let World { file: path, .. }
    | Unread { file: path, .. }
    | File { path, .. }
    | Untrusted { path, .. }
    | Damaged { path, .. } = &mut error
        && let Ok(inside) = path.strip_prefix(root)
    {
        *path = inside.to_owned();
    }
    let kind = match error {
        // what lies below the state's folder
        Untrusted { .. } | Damaged { .. } | File { .. } | Silent { .. } => ProblemKind::State,
        _ => ProblemKind::Input,
    };
    let problem = Problem::new(kind, error.to_string());
    match (error.hint(), &error) {
        (Some(hint), _) => problem.hint(hint),
        (None, File { source, .. }) => problem.hint(disk_hint(source.kind())),
        (None, _) => problem,
    }
}

/// A file of a sandbox, read once however much is wrong with it.
struct WorldText {
    source: Source,
    /// Where its lines begin.
    lines: Vec<usize>,
    /// Where words were found, by line and column: a line may be as long as the text, and all that is wrong in it.
    words: RefCell<BTreeMap<(usize, usize), usize>>,
    /// What keeps it from being read; then that is all there is to say.
    syntax: Option<Diagnostic>,
    /// What is no map may be anything: none of it is shown.
    is_hidden: bool,
}

impl WorldText {
    fn new(file: &Path, bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let source = Source { path: Arc::from(file.display().to_string()), text: Arc::from(text) };
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(ends).collect();
        let (syntax, is_hidden) = (syntax_error(&source), !Index::new(&source).is_map());
        Self { source, lines, words: RefCell::default(), syntax, is_hidden }
    }

    /// A finding; where the text cannot be read, only that.
    fn told(&self, message: &str, at: Place, used: Option<&str>) -> Diagnostic {
        let found = || Diagnostic::error("world", message).at(at).redact(self.is_hidden);
        let used = used.map(|used| format!("it is used at {used}"));
        self.syntax.clone().unwrap_or_else(|| used.into_iter().fold(found(), Diagnostic::note))
    }

    /// Where a line and a column are, from the last place before it that was asked for.
    fn start(&self, line: usize, column: usize) -> usize {
        let mut words = self.words.borrow_mut();
        let last =
            words.range((line, 0)..=(line, column)).next_back().map(|(place, start)| (place.1, *start));
        let begin = || self.lines.get(line.saturating_sub(1)).copied().unwrap_or(self.source.text.len());
        let (before, from) = last.unwrap_or_else(|| (1, begin()));
        let rest = self.source.text.get(from..).unwrap_or_default();
        let between = rest.chars().take(column - before).take_while(|c| *c != '\n');
        let start = from + between.map(char::len_utf8).sum::<usize>();
        words.insert((line, column), start);
        start
    }

    /// The word at a line and a column, both from 1.
    fn at(&self, line: usize, column: usize) -> Place {
        let start = self.start(line, column.max(1));
        let rest = self.source.text.get(start..).unwrap_or_default();
        let width = rest.find([' ', ',', ':', ']', '}', '\r', '\n']).unwrap_or(rest.len());
        Place::Bytes { file: self.source.path.clone(), start, end: start + width }
    }
}

/// What the file of a sandbox holds: the sandbox's own table, in the form of ours.
pub fn schema() -> FileSchema {
    FileSchema {
        name: "world",
        about: "A simulated catalog: a file that `sandbox:` of a location, or `provisor sandbox --world`, names.",
        holds: Schema::Map(of_table(fields())),
    }
}

fn of_table(table: &'static Table) -> MapSchema {
    let field = |field: &'static Field| FieldSchema {
        name: field.name,
        holds: of_kind(&field.kind),
        doc: field.doc,
        default: field.default,
        is_required: field.required,
    };
    MapSchema { fields: table.fields.iter().map(field).collect(), ..MapSchema::default() }
}

fn of_kind(kind: &'static Kind) -> Schema {
    let pattern = |pattern: &str| {
        Schema::Text(TextSchema { pattern: Some(pattern.to_owned()), ..TextSchema::default() })
    };
    let list = |item| Schema::List(Box::new(ListSchema { item, least: 0, most: None, is_distinct: false }));
    match kind {
        Kind::Text(rule) => match rule {
            TextRule::Any | TextRule::ProductType => Schema::Text(TextSchema::default()),
            TextRule::Name(most) => pattern(&format!(r"[\s\S]{{1,{most}}}")),
            TextRule::Id => pattern("[A-Za-z0-9_-]{1,100}"),
            TextRule::Account => pattern("[0-9]{12}"),
            TextRule::Region => pattern("[a-z0-9-]+"),
            TextRule::RoleArn | TextRule::Arn => pattern("arn:.+"),
            TextRule::ErrorCode => pattern(r"\S+"),
        },
        Kind::Number(NumberRule::TimeScale) => {
            Schema::Number { least: 0.0, most: Some(1_000_000.0), is_whole: false }
        }
        Kind::Number(NumberRule::Any | NumberRule::Rate) => {
            Schema::Number { least: 0.0, most: None, is_whole: false }
        }
        Kind::Whole(_) => Schema::Number { least: 0.0, most: None, is_whole: true },
        Kind::Flag => Schema::Flag,
        Kind::Span => pattern(r"[0-9.]+ ?(ms|s|m|h)?"),
        Kind::Choice(words) => Schema::Text(TextSchema { allowed: words.to_vec(), ..TextSchema::default() }),
        Kind::Outcome => Schema::Text(TextSchema::default()),
        Kind::List(item) => list(of_kind(item)),
        Kind::Named(value) => Schema::Named { key: TextSchema::default(), value: Box::new(of_kind(value)) },
        Kind::Map(table) => Schema::Map(of_table(table)),
    }
}
