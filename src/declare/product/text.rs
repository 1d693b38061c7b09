//! A parameter's YAML value as the text that goes to the catalog: scalars as written, lists comma-joined, maps as JSON.

use crate::references::{Context, Fault, Filling, LONGEST_WRITTEN, Token, parse};
use crate::yaml::{NodeId, Shape, Tree};
use provisor_model::diagnostic::Diagnostic;
use provisor_model::template::{Piece, json_escaped};

/// What is wrong with a value, and at which node of it.
pub(super) struct WrongValue {
    pub at: NodeId,
    /// What is wrong.
    pub fault: Fault,
}

/// So much that is wrong with one value is told.
const FEW: usize = 20;

/// The text of a value; `None` for `null`.
pub(super) fn parameter(
    tree: &Tree<'_>,
    id: NodeId,
    context: &Context<'_>,
) -> Result<Option<Filling>, Vec<WrongValue>> {
    let node = tree.node(id);
    if node.is_null() {
        return Ok(None);
    }
    let is_plain = match &node.shape {
        Shape::Scalar { .. } => true,
        Shape::List(items) => items.iter().all(|item| is_scalar(tree, *item)),
        Shape::Map(_) => false,
    };
    let mut written =
        Writer { tree, context, filled: Filling::default(), json: !is_plain, wrong: Vec::new() };
    match &node.shape {
        Shape::Scalar { text, .. } => written.text(id, text),
        Shape::List(items) if is_plain => written.joined(items),
        Shape::List(_) | Shape::Map(_) => written.json(id),
    }
    if written.wrong.is_empty() { Ok(Some(written.filled)) } else { Err(written.wrong) }
}

/// What a value refers to of what there is, however much of the rest cannot be filled.
pub(super) fn references(tree: &Tree<'_>, id: NodeId, context: &Context<'_>) -> Vec<Piece> {
    match &tree.node(id).shape {
        Shape::Scalar { text, .. } => context.references(text).map(Piece::Reference).collect(),
        Shape::List(items) => items.iter().flat_map(|item| references(tree, *item, context)).collect(),
        Shape::Map(pairs) => pairs.iter().flat_map(|pair| references(tree, pair.value, context)).collect(),
    }
}

fn is_scalar(tree: &Tree<'_>, id: NodeId) -> bool {
    matches!(tree.node(id).shape, Shape::Scalar { .. })
}

struct Writer<'w, 's> {
    tree: &'w Tree<'s>,
    context: &'w Context<'w>,
    filled: Filling,
    /// Texts stand inside JSON strings.
    json: bool,
    /// What was found.
    wrong: Vec<WrongValue>,
}

impl Writer<'_, '_> {
    fn raw(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.filled.length += text.len();
        self.filled.pieces.push(Piece::Text(text));
    }

    fn wrong(&mut self, at: NodeId, fault: impl Into<Fault>) {
        if self.wrong.len() < FEW {
            self.wrong.push(WrongValue { at, fault: fault.into() });
        }
    }

    fn text(&mut self, id: NodeId, text: &str) {
        let escape = if self.json { json_escaped } else { str::to_owned };
        if !text.contains("${") {
            return self.raw(escape(text));
        }
        let filled = match self.context.fill(text, escape) {
            Ok(filled) => filled,
            Err(fault) => return self.wrong(id, fault),
        };
        let in_json = |piece| match piece {
            Piece::Reference(reference) if self.json => Piece::InJson(reference),
            piece => piece,
        };
        self.filled.pieces.extend(filled.pieces.into_iter().map(in_json));
        self.filled.length += filled.length;
        self.filled.sensitive = self.filled.sensitive.take().or(filled.sensitive);
    }

    fn joined(&mut self, items: &[NodeId]) {
        for (n, item) in items.iter().enumerate() {
            if n > 0 {
                self.raw(",");
            }
            let Some(text) = self.tree.text(*item) else {
                let diagnostic = Diagnostic::error("bad-value", "an item of a list cannot be `null`");
                self.wrong(*item, diagnostic.hint("write `\"\"` for an empty item"));
                continue;
            };
            if has_comma(text) {
                let message =
                    "an item of a list cannot hold a comma: lists are sent with commas between items";
                let diagnostic = Diagnostic::error("bad-value", message);
                self.wrong(
                    *item,
                    diagnostic.hint("write its parts as items, or the whole value as one text"),
                );
            }
            self.text(*item, text);
        }
    }

    /// Compact JSON, keys sorted. Depth is bounded by the tree's.
    fn json(&mut self, id: NodeId) {
        let tree = self.tree;
        match &tree.node(id).shape {
            Shape::Scalar { text, plain: true } if is_json_literal(text) => self.raw(&**text),
            Shape::Scalar { text, plain: true } if is_bool(text) => self.raw(text.to_lowercase()),
            Shape::Scalar { .. } if tree.node(id).is_null() => self.raw("null"),
            Shape::Scalar { text, .. } => {
                self.raw("\"");
                self.text(id, text);
                self.raw("\"");
            }
            Shape::List(items) => {
                self.raw("[");
                for (n, item) in items.iter().enumerate() {
                    self.raw(if n > 0 { "," } else { "" });
                    self.json(*item);
                }
                self.raw("]");
            }
            Shape::Map(pairs) => {
                let mut sorted: Vec<_> = pairs.iter().collect();
                sorted.sort_by(|a, b| a.key.cmp(&b.key));
                self.raw("{");
                for (n, pair) in sorted.into_iter().enumerate() {
                    self.raw(format!("{}\"{}\":", if n > 0 { "," } else { "" }, json_escaped(&pair.key)));
                    self.json(pair.value);
                }
                self.raw("}");
            }
        }
    }
}

/// Whether a comma is written in a text; what it is filled with may be a list of its own.
fn has_comma(text: &str) -> bool {
    text.contains(',')
        && text.len() <= LONGEST_WRITTEN
        && parse(text).iter().any(|token| matches!(token, Token::Text(text) if text.contains(',')))
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
