//! Holds a tree against the table of fields, and gives it as the values that the table says it holds: decoding them
//! cannot fail where nothing is wrong. What is wrong is left out, and the rest is looked at all the same.

use std::collections::HashSet;

use serde_yaml::{Mapping, Value};

use super::fields::{Field, Kind, NumberRule, Table, TextRule};
use super::rules;
use super::scalars::Span;
use super::words::suggestion;
use super::{OperationName, OutcomeName};
use crate::tree::{Data, Mark, Node};

/// What is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) at: Mark,
    /// The keys and positions that lead there; empty at the top.
    pub(crate) path: String,
    pub(crate) message: String,
}

/// What stands there, or what is wrong with it; what is wrong further below is told on the way.
type Checked = Result<Value, Wrong>;

/// Checks a map with known keys.
pub(crate) fn check(node: &Node, table: &Table) -> (Value, Vec<Wrong>) {
    let mut found = Vec::new();
    let value = map(node, table, "", &mut found).unwrap_or_else(|wrong| {
        found.push(wrong);
        Value::Null
    });
    (value, found)
}

fn wrong(at: Mark, path: &str, message: String) -> Wrong {
    Wrong { at, path: path.to_owned(), message }
}

fn map(node: &Node, table: &Table, path: &str, found: &mut Vec<Wrong>) -> Checked {
    if !matches!(node.data, Data::Map(_)) {
        return Err(mismatch(node, path, table.example));
    }
    let names = || table.fields.iter().map(|field| field.name);
    let mut values = Mapping::new();
    // what is missing may be meant by a key that is none, and that is told
    let (mut is_whole, mut said) = (true, Vec::new());
    for (key, value) in once(node, path, found) {
        let Some(field) = table.fields.iter().find(|field| field.name == key) else {
            found.push(wrong(value.key_at, path, format!("unknown key `{key}`{}", suggestion(key, names()))));
            is_whole = false;
            continue;
        };
        // what is there and says nothing is left out
        if value.is_null() {
            continue;
        }
        match field_value(node, field, value, path, found) {
            Ok(held) => drop(values.insert(Value::from(key.as_str()), held)),
            Err(wrong) => {
                found.push(wrong);
                said.push(field.name);
            }
        }
    }
    let absent = |field: &&Field| field.required && !values.contains_key(field.name);
    let missing: Vec<&Field> = table.fields.iter().filter(absent).collect();
    for field in missing {
        if is_whole && !said.contains(&field.name) {
            found.push(wrong(node.at, path, format!("`{}` is missing", field.name)));
        }
        // that is told: with something in its place, the rest can be looked at
        if let Some(anything) = anything(&field.kind).filter(|_| !path.is_empty()) {
            values.insert(Value::from(field.name), anything);
        }
    }
    Ok(Value::Mapping(values))
}

/// What stands for a value that is not there.
fn anything(kind: &Kind) -> Option<Value> {
    match kind {
        Kind::Text(TextRule::Any | TextRule::Name(_)) => Some(Value::from("")),
        Kind::Outcome => Some(Value::from(OutcomeName::Throttle.as_str())),
        Kind::List(_) => Some(Value::Sequence(Vec::new())),
        _ => None,
    }
}

/// The entries of a map, each key once: one that stands there again is told, and left out.
fn once<'n>(node: &'n Node, path: &str, found: &mut Vec<Wrong>) -> Vec<&'n (String, Node)> {
    let mut seen = HashSet::new();
    let (first, again): (Vec<_>, Vec<_>) =
        node.entries().iter().partition(|(key, _)| seen.insert(key.as_str()));
    let twice =
        |(key, value): &(String, Node)| wrong(value.key_at, path, format!("`{key}` stands here twice"));
    found.extend(again.into_iter().map(twice));
    first
}

fn field_value(map: &Node, field: &Field, value: &Node, path: &str, found: &mut Vec<Wrong>) -> Checked {
    let path = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
    match field.kind {
        Kind::Outcome => {
            let operation = map.get("operation").and_then(Node::text).and_then(OperationName::from_text);
            let fitting = OutcomeName::ALL.into_iter().filter(|outcome| outcome.fits(operation));
            // one that is known and does not fit is told later, with all there is to say
            let known = OutcomeName::ALL.map(OutcomeName::as_str);
            choice(value, &path, &known, fitting.map(OutcomeName::as_str).collect())
        }
        _ => kind_value(value, &field.kind, &path, found),
    }
}

fn kind_value(node: &Node, kind: &Kind, path: &str, found: &mut Vec<Wrong>) -> Checked {
    match kind {
        Kind::Text(rule) => {
            let text = text(node, path)?;
            rules::text(text, *rule).map_err(|message| wrong(node.at, path, message))?;
            Ok(Value::from(text))
        }
        Kind::Number(rule) => number(node, *rule, path),
        Kind::Whole(most) => {
            let whole = scalar(node).as_u64().filter(|number| number <= most);
            whole.map(Value::from).ok_or_else(|| mismatch(node, path, "a whole number"))
        }
        Kind::Flag => match scalar(node) {
            Value::Bool(truth) => Ok(Value::Bool(truth)),
            _ => Err(mismatch(node, path, "`true` or `false`")),
        },
        Kind::Span => span(node, path),
        Kind::Choice(names) => choice(node, path, names, names.to_vec()),
        Kind::Outcome => choice(node, path, &OutcomeName::ALL.map(OutcomeName::as_str), Vec::new()),
        Kind::List(of) => {
            let items = node.list().ok_or_else(|| mismatch(node, path, "a list"))?;
            let mut values = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                match kind_value(item, of, &format!("{path}[{index}]"), found) {
                    Ok(value) => values.push(value),
                    Err(wrong) => found.push(wrong),
                }
            }
            Ok(Value::Sequence(values))
        }
        Kind::Named(of) => named(node, of, path, found),
        Kind::Map(table) => map(node, table, path, found),
    }
}

fn named(node: &Node, of: &Kind, path: &str, found: &mut Vec<Wrong>) -> Checked {
    if !matches!(node.data, Data::Map(_)) {
        return Err(mismatch(node, path, "a map"));
    }
    let mut values = Mapping::new();
    for (key, value) in once(node, path, found) {
        match kind_value(value, of, &format!("{path}.{key}"), found) {
            Ok(held) => drop(values.insert(Value::from(key.as_str()), held)),
            Err(wrong) => found.push(wrong),
        }
    }
    Ok(Value::Mapping(values))
}

/// A scalar's text, where it is what was meant: numbers lose digits as numbers.
fn text<'n>(node: &'n Node, path: &str) -> Result<&'n str, Wrong> {
    let Some(text) = node.text() else {
        return Err(mismatch(node, path, "text"));
    };
    match scalar(node) {
        Value::Number(number) if number.is_f64() => Err(wrong(
            node.at,
            path,
            format!("`{text}` is a number here and would lose its digits: quote it"),
        )),
        _ => Ok(text),
    }
}

fn number(node: &Node, rule: NumberRule, path: &str) -> Checked {
    let Some(number) = scalar(node).as_f64() else {
        return Err(mismatch(node, path, "a number"));
    };
    rules::number(number, rule).map_err(|message| wrong(node.at, path, message.to_owned()))?;
    Ok(Value::from(number))
}

fn span(node: &Node, path: &str) -> Checked {
    let Some(text) = node.text() else {
        return Err(mismatch(node, path, "a span of time such as `90s`, `5m` or `1500ms`"));
    };
    match Span::parse(text) {
        Some(_) => Ok(Value::from(text)),
        None => Err(wrong(node.at, path, format!("`{text}` is not a span of time such as `90s` or `5m`"))),
    }
}

fn choice(node: &Node, path: &str, known: &[&str], offered: Vec<&str>) -> Checked {
    let text = node.text().ok_or_else(|| mismatch(node, path, "text"))?;
    if known.contains(&text) {
        return Ok(Value::from(text));
    }
    let message = format!("`{text}` is not known here{}", suggestion(text, offered.into_iter()));
    Err(wrong(node.at, path, message))
}

fn mismatch(node: &Node, path: &str, expected: &str) -> Wrong {
    let seen = match (&node.data, scalar(node)) {
        (Data::List(_), _) => "a list".to_owned(),
        (Data::Map(_), _) => "a map".to_owned(),
        (Data::Null, _) => "nothing".to_owned(),
        (Data::Text(text), Value::String(_)) => format!("the text `{text}`"),
        (Data::Text(text), _) => format!("`{text}`"),
    };
    wrong(node.at, path, format!("{expected} is expected, not {seen}"))
}

/// A scalar as YAML reads it: without quotes it may be a number or a truth value.
fn scalar(node: &Node) -> Value {
    let Some(text) = node.text() else {
        return Value::Null;
    };
    match serde_yaml::from_str(text) {
        Ok(value @ (Value::Bool(_) | Value::Number(_))) if node.plain => value,
        _ => Value::from(text),
    }
}
