//! The state for people: `state list`, `state show`, `output`.

use super::paper::{Line, lines, print};
use super::table::word;
use crate::model::target::Target;
use crate::plan::Shown;
use crate::report::style::Style;
use crate::report::view::{AppliedView, IntentView, RowView, StateView, ValuesView, by_cause, operation};
use crate::state::{Binding, LastFailure};

/// More of the catalog's words than this are left out.
const WORDS: usize = 4000;

/// One address a line.
#[must_use]
pub fn state_list(state: &StateView<'_>) -> String {
    printed(state.rows.iter().map(|row| Line::foreign(&row.address)))
}

/// Everything that is remembered, address by address.
#[must_use]
pub fn state(state: &StateView<'_>) -> String {
    printed(state.rows.iter().flat_map(row))
}

/// The outputs, by address.
#[must_use]
pub fn outputs(state: &StateView<'_>) -> String {
    let applied = state.rows.iter().filter_map(|row| Some((&row.address, row.applied.as_ref()?)));
    let some = applied.filter(|(_, applied)| !applied.outputs.is_empty());
    printed(some.flat_map(|(address, applied)| {
        std::iter::once(Line::foreign(address).then(":")).chain(section(given(applied)))
    }))
}

/// One text on a line of its own.
#[must_use]
pub fn text(text: &str) -> String {
    Line::foreign(text).text() + "\n"
}

fn printed(lines: impl Iterator<Item = Line>) -> String {
    print(&lines.collect::<Vec<_>>(), Style::plain())
}

/// A key and what stands for it.
type Fact = (Line, Line);

fn fact(key: &str, value: Line) -> Fact {
    (Line::foreign(key), value)
}

/// An entry, unless the text is empty.
fn some(key: &str, text: &str) -> Option<Fact> {
    (!text.is_empty()).then(|| fact(key, Line::quoted(text)))
}

/// Entries below each other, their values in one column.
fn section(entries: Vec<Fact>) -> Vec<Line> {
    let width = entries.iter().map(|(key, _)| key.columns()).max().unwrap_or(0);
    let line = |(key, value): Fact| Line::ours("  ").and(key.padded(width)).then(" = ").and(value);
    entries.into_iter().map(line).collect()
}

fn row(row: &RowView<'_>) -> Vec<Line> {
    let mut out = vec![Line::ours("# ").and(Line::foreign(&row.address))];
    out.extend(section(whereabouts(row)));
    match &row.applied {
        Some(applied) => out.extend(confirmed(applied)),
        None => out.extend([Line::default(), Line::ours("# nothing was ever confirmed")]),
    }
    out.extend(row.intent.iter().flat_map(under_way));
    out.extend(row.last_failure.into_iter().flat_map(failed));
    out
}

fn whereabouts(row: &RowView<'_>) -> Vec<Fact> {
    let mut entries = vec![
        fact("location", Line::quoted(row.location)),
        fact("account", Line::quoted(row.account)),
        fact("region", Line::quoted(row.region)),
    ];
    if let Some(Binding { id, name, arn }) = row.binding {
        entries.push(fact("provisioned_product_id", Line::quoted(id.as_str())));
        entries.push(fact("provisioned_product_name", Line::quoted(name)));
        entries.extend(arn.as_ref().map(|arn| fact("arn", Line::quoted(arn))));
    }
    entries.push(fact("prevent_terminate", Line::ours(row.prevent_terminate.to_string())));
    entries.push(fact("on_removal", Line::ours(row.on_removal)));
    entries.extend(some("after", &row.after.join(", ")));
    entries
}

fn confirmed(applied: &AppliedView<'_>) -> Vec<Line> {
    let doubt = if applied.verified { "" } else { ", parameters not verified" };
    let head = Line::ours("# applied: record ").and(Line::foreign(applied.record)).then(doubt);
    let mut out = vec![Line::default(), head];
    out.extend(section(made_from(&applied.values)));
    if !applied.outputs.is_empty() {
        out.extend([Line::default(), Line::ours("# outputs")]);
        out.extend(section(given(applied)));
    }
    out
}

fn given(applied: &AppliedView<'_>) -> Vec<Fact> {
    applied.outputs.iter().map(|(key, value)| fact(key, value_of(value))).collect()
}

fn value_of(value: &Shown) -> Line {
    word(value, usize::MAX)
}

fn made_from(values: &ValuesView<'_>) -> Vec<Fact> {
    let named = |name: &str, id: &str| Line::quoted(name).then("  # ").and(Line::foreign(id));
    let Target { product, artifact, path, .. } = values.target;
    let mut entries = vec![
        fact("product", named(&product.name, product.id.as_str())),
        fact("version", named(&artifact.name, artifact.id.as_str())),
        fact("path", named(&path.name, path.id.as_str())),
    ];
    entries.extend(values.options().iter().map(|option| {
        let text = &option.text;
        fact(&option.key, if option.is_word { Line::ours(text.as_str()) } else { Line::quoted(text) })
    }));
    let parameters = values.parameters.iter();
    entries.extend(parameters.map(|(key, one)| fact(&format!("parameters.{key}"), value_of(&one.value))));
    let tags = values.tags.iter();
    entries.extend(tags.map(|(key, value)| fact(&format!("tags.{key}"), value_of(value))));
    entries
}

fn under_way(intent: &IntentView<'_>) -> Vec<Line> {
    let head = Line::ours(format!("# under way: {}, ", operation(intent.kind)));
    let head = match intent.record {
        None => head.then("no answer is known"),
        Some(record) => head.then("record ").and(Line::foreign(record)),
    };
    let token = fact("token", Line::quoted(intent.token));
    let entries = std::iter::once(token).chain(intent.values.iter().flat_map(made_from)).collect();
    [Line::default(), head].into_iter().chain(section(entries)).collect()
}

fn failed(failure: &LastFailure) -> Vec<Line> {
    let record = failure.record.as_ref().map_or("", |record| record.as_str());
    let head = Line::ours(format!("# last failure: {} ", operation(failure.kind))).and(Line::foreign(record));
    let words =
        lines(&by_cause(&failure.message), WORDS).into_iter().map(|line| Line::ours("  | ").and(line));
    [Line::default(), head].into_iter().chain(words).collect()
}
