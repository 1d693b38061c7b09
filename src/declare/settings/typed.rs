//! The values of variables as texts: what is written as YAML, and what is typed on a command line, by the variable's type.

use std::sync::Arc;

use super::{Variable, VariableKind};
use crate::yaml::{self, NodeId, Shape, Tree};
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Source};

/// What a value is called that is not shown.
pub(super) const HIDDEN: &str = "this value";

/// The text of a value as it is written; `None` for `null`.
pub(super) fn written(
    tree: &Tree<'_>,
    id: NodeId,
    name: &str,
    variable: &Variable,
) -> Result<Option<String>, Diagnostic> {
    let node = tree.node(id);
    match (&node.shape, variable.kind) {
        _ if node.is_null() => Ok(None),
        (Shape::Scalar { text, .. }, _) => {
            typed(text, variable).map(Some).ok_or_else(|| no_list(name, HIDDEN))
        }
        (Shape::List(items), VariableKind::List) => joined(tree, items).map(Some).ok_or_else(|| {
            let message = format!("an item of the variable `{name}` is no text");
            Diagnostic::error("wrong-type", message).hint("a list holds texts, such as `[a, b]`")
        }),
        (Shape::List(_), kind) => {
            let message = format!("the variable `{name}` must be {}, not a list", noun(kind));
            Err(Diagnostic::error("wrong-type", message).hint("a variable of `type: list` holds several"))
        }
        (Shape::Map(_), kind) => {
            let message = format!("the variable `{name}` must be {}, not a map", noun(kind));
            Err(Diagnostic::error("wrong-type", message))
        }
    }
}

/// The text of a value that was given as a text: of a list, what is written in brackets is a list, or `None`.
pub(super) fn typed(text: &str, variable: &Variable) -> Option<String> {
    if variable.kind != VariableKind::List || !text.trim_start().starts_with(['[', '{']) {
        return Some(text.to_owned());
    }
    in_brackets(text)
}

/// That a value is no list.
pub(super) fn no_list(name: &str, shown: &str) -> Diagnostic {
    let message = format!("the variable `{name}` must be a list, not {shown}");
    Diagnostic::error("bad-value", message).hint("write `[\"a\", \"b\"]` or `a,b`")
}

fn in_brackets(text: &str) -> Option<String> {
    let text = format!("list: {}", text.trim().replace(['\n', '\r'], " "));
    let source = Source { path: Arc::from(""), text: Arc::from(text) };
    let mut problems = Diagnostics::default();
    let tree = yaml::read(&source, &mut problems)?;
    let list = tree.get(tree.root?, "list")?;
    match &tree.node(list).shape {
        Shape::List(items) if problems.0.is_empty() && tree.pairs(tree.root?).len() == 1 => {
            joined(&tree, items)
        }
        _ => None,
    }
}

/// The items with commas between them; `None` where one is no text.
fn joined(tree: &Tree<'_>, items: &[NodeId]) -> Option<String> {
    let texts: Vec<&str> = items.iter().map(|item| tree.text(*item)).collect::<Option<_>>()?;
    Some(texts.join(","))
}

fn noun(kind: VariableKind) -> &'static str {
    match kind {
        VariableKind::String => "a text",
        VariableKind::Number => "a number",
        VariableKind::Bool => "`true` or `false`",
        VariableKind::List => "a list of texts",
    }
}
