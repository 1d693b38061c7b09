//! A parameter's YAML value as the text that goes to the catalog: scalars as written, lists comma-joined, maps as JSON.

use super::expression::Fault;
use super::scope::{Filled, Scope};
use super::yaml::{NodeId, Tree, Value};
use crate::model::diagnostic::Diagnostic;
use crate::model::template::{Piece, json_escaped};

/// What is wrong, and at which node.
pub(super) type Misplaced = (NodeId, Fault);

/// The text of a value; `None` for `null`.
pub(super) fn parameter(tree: &Tree<'_>, id: NodeId, scope: &Scope<'_>) -> Result<Option<Filled>, Misplaced> {
    let node = tree.node(id);
    if node.is_null() {
        return Ok(None);
    }
    let is_plain = match &node.value {
        Value::Scalar { .. } => true,
        Value::List(items) => items.iter().all(|item| is_scalar(tree, *item)),
        Value::Map(_) => false,
    };
    let mut written = Writer { tree, scope, filled: Filled::default(), json: !is_plain };
    match &node.value {
        Value::Scalar { text, .. } => written.text(id, text)?,
        Value::List(items) if is_plain => written.joined(items)?,
        Value::List(_) | Value::Map(_) => written.json(id)?,
    }
    Ok(Some(written.filled))
}

/// Scalars as written, a list of scalars comma-joined, `null` as nothing; `Err` names what is neither.
pub(super) fn plain_text(tree: &Tree<'_>, id: NodeId) -> Result<Option<String>, NodeId> {
    let node = tree.node(id);
    match &node.value {
        _ if node.is_null() => Ok(None),
        Value::Scalar { text, .. } => Ok(Some(text.clone().into_owned())),
        Value::List(items) => {
            let texts: Result<Vec<&str>, NodeId> =
                items.iter().map(|item| scalar(tree, *item).ok_or(*item)).collect();
            Ok(Some(texts?.join(",")))
        }
        Value::Map(_) => Err(id),
    }
}

/// The text of a scalar that is not `null`.
pub(super) fn scalar<'t>(tree: &'t Tree<'_>, id: NodeId) -> Option<&'t str> {
    match &tree.node(id).value {
        Value::Scalar { text, .. } if !tree.node(id).is_null() => Some(text),
        _ => None,
    }
}

fn is_scalar(tree: &Tree<'_>, id: NodeId) -> bool {
    matches!(tree.node(id).value, Value::Scalar { .. })
}

struct Writer<'w, 's> {
    tree: &'w Tree<'s>,
    scope: &'w Scope<'w>,
    filled: Filled,
    /// Texts stand inside JSON strings.
    json: bool,
}

impl Writer<'_, '_> {
    fn raw(&mut self, text: impl Into<String>) {
        self.filled.pieces.push(Piece::Text(text.into()));
    }

    fn text(&mut self, id: NodeId, text: &str) -> Result<(), Misplaced> {
        let escape = if self.json { json_escaped } else { str::to_owned };
        if !text.contains("${") {
            self.raw(escape(text));
            return Ok(());
        }
        let filled = self.scope.fill(text, escape).map_err(|fault| (id, fault))?;
        let in_json = |piece| match piece {
            Piece::Reference(reference) if self.json => Piece::InJson(reference),
            piece => piece,
        };
        self.filled.pieces.extend(filled.pieces.into_iter().map(in_json));
        self.filled.sensitive = self.filled.sensitive.take().or(filled.sensitive);
        Ok(())
    }

    fn joined(&mut self, items: &[NodeId]) -> Result<(), Misplaced> {
        for (n, item) in items.iter().enumerate() {
            if n > 0 {
                self.raw(",");
            }
            let Some(text) = scalar(self.tree, *item) else {
                let diagnostic = Diagnostic::error("bad-value", "an item of a list cannot be `null`");
                return Err((*item, diagnostic.hint("write `\"\"` for an empty item").into()));
            };
            self.text(*item, text)?;
        }
        Ok(())
    }

    /// Compact JSON, keys sorted. Depth is bounded by the tree's.
    fn json(&mut self, id: NodeId) -> Result<(), Misplaced> {
        let tree = self.tree;
        match &tree.node(id).value {
            Value::Scalar { text, plain: true } if is_json_literal(text) => self.raw(&**text),
            Value::Scalar { text, plain: true } if is_bool(text) => self.raw(text.to_lowercase()),
            Value::Scalar { .. } if tree.node(id).is_null() => self.raw("null"),
            Value::Scalar { text, .. } => {
                self.raw("\"");
                self.text(id, text)?;
                self.raw("\"");
            }
            Value::List(items) => {
                self.raw("[");
                for (n, item) in items.iter().enumerate() {
                    self.raw(if n > 0 { "," } else { "" });
                    self.json(*item)?;
                }
                self.raw("]");
            }
            Value::Map(entries) => {
                let mut sorted: Vec<_> = entries.iter().collect();
                sorted.sort_by(|a, b| a.key.cmp(&b.key));
                self.raw("{");
                for (n, entry) in sorted.into_iter().enumerate() {
                    self.raw(format!("{}\"{}\":", if n > 0 { "," } else { "" }, json_escaped(&entry.key)));
                    self.json(entry.value)?;
                }
                self.raw("}");
            }
        }
        Ok(())
    }
}

fn is_bool(text: &str) -> bool {
    matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
}

/// A number that JSON can hold as it was written. `012345678901` is none and stays text: an account id must not lose its zero.
fn is_json_literal(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) =
        unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}
