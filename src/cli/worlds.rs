//! The file of a sandbox: why it cannot be used, with the line that it is about, and what it may hold.

use std::path::Path;
use std::sync::Arc;

use crate::declare::{Index, syntax_error};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Place, Source};
use crate::model::schema::{FieldSchema, FileSchema, ListSchema, MapSchema, Schema, TextSchema};
use crate::workspace::{Problem, ProblemKind, disk_hint};
use provisor_sandbox::fields::{Field, Kind, NumberRule, Table, TextRule};
use provisor_sandbox::{Reader, SandboxError, fields};

/// Why a sandbox cannot be used; its files are named as they are within `root`, and read again to show a line of one.
pub fn unusable(mut error: SandboxError, root: &Path, reader: &Reader) -> Problem {
    use SandboxError::{Damaged, File, Several, Unread, Untrusted, World};
    if let Several(errors) = error {
        let problems = errors.into_iter().map(|error| unusable(error, root, reader));
        return problems
            .reduce(Problem::with)
            .unwrap_or_else(|| Problem::input("the sandbox cannot be used"));
    }
    let text = match &error {
        World { file, .. } => reader.read(file).ok(),
        _ => None,
    };
    if let World { file: path, .. }
    | Unread { file: path, .. }
    | File { path, .. }
    | Untrusted { path, .. }
    | Damaged { path, .. } = &mut error
        && let Ok(inside) = path.strip_prefix(root)
    {
        *path = inside.to_owned();
    }
    if let (World { file, line, column, message, used }, Some(text)) = (&error, text) {
        let text = String::from_utf8_lossy(&text);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let source = Source { path: Arc::from(file.display().to_string()), text: Arc::from(text) };
        let found = syntax_error(&source).unwrap_or_else(|| {
            // what is no map may be anything: none of it is shown
            let is_hidden = !Index::new(&source).is_map();
            let found = Diagnostic::error("world", message).at(in_line(&source, *line, *column));
            // by the repo's own name of it, as all places are
            let root = format!("{}/", root.display());
            let used = used
                .as_ref()
                .map(|used| format!("it is used at {}", used.strip_prefix(&root).unwrap_or(used)));
            used.into_iter().fold(found, Diagnostic::note).redact(is_hidden)
        });
        return Problem::findings(Diagnostics(vec![found]), &[source]);
    }
    let kind = match error {
        // what lies below the state's folder
        Untrusted { .. } | Damaged { .. } | File { .. } => ProblemKind::State,
        _ => ProblemKind::Input,
    };
    let problem = Problem::new(kind, error.to_string());
    match (error.hint(), &error) {
        (Some(hint), _) => problem.hint(hint),
        (None, File { source, .. }) => problem.hint(disk_hint(source.kind())),
        (None, _) => problem,
    }
}

/// The word at a line and a column, both from 1.
fn in_line(source: &Source, line: usize, column: usize) -> Place {
    let before: usize = source.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let text = source.text.get(before..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let within: usize = text.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
    let rest = text.get(within..).unwrap_or_default();
    let width = rest.find([' ', ',', ':', ']', '}']).unwrap_or(rest.len());
    let start = before + within;
    Place::Bytes { file: source.path.clone(), start, end: start + width }
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
