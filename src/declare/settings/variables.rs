//! VariableTable: what is declared, and what it may hold. What locations set is checked here too.

use std::collections::BTreeMap;

use super::content::VariableContent;
use super::typed::{HIDDEN, written};
use super::{Variable, VariableKind};
use crate::advice::as_flag;
use crate::decode::decoded;
use crate::fields::VARIABLE;
use crate::layers::{AsWritten, Merged, Sheet};
use crate::references::{Context, is_key};
use crate::yaml::{MapPair, NodeId, Tree};
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment};
use provisor_model::text::{did_you_mean, quoted};

/// Declared variables by name.
pub(super) type VariableTable = BTreeMap<String, Variable>;

/// What the name of a variable or a declaration may look like.
pub(crate) const NAMING: &str = "a letter first, then letters, digits, `_` and `-`";

/// The `variables:` of the settings, with their defaults.
pub(super) fn declared(
    tree: &Tree<'_>,
    entries: &[MapPair<'_>],
    problems: &mut Diagnostics,
) -> VariableTable {
    let mut variables = VariableTable::new();
    for MapPair { key: name, value: node, .. } in entries {
        let at = |field: &[&str], part| {
            Place::key(&tree.source.path, &[&["variables", name], field].concat(), part)
        };
        if !is_key(name) && !name.contains("${") {
            let message = format!("`{name}` cannot name a variable");
            problems.push(Diagnostic::error("bad-value", message).at(at(&[], Part::Key)).hint(NAMING));
        }
        let sheet = Sheet { layer: (), tree, node: *node };
        let content: VariableContent = match decoded(Merged::of(&VARIABLE, &[sheet]).value(&mut AsWritten)) {
            Ok(content) => content,
            Err(undecoded) => {
                problems.push(undecoded.diagnostic.at(at(&[], Part::Key)));
                variables.insert(name.to_string(), Variable::unknown());
                continue;
            }
        };
        let variable = content.variable();
        let value = match tree.given(*node, "default") {
            // it is not even looked at: whatever would be said of it could show it
            Some(_) if variable.sensitive => {
                Err(in_git(name, "default").at(at(&["default"], Part::Key)).redact(true))
            }
            Some(id) => default_of(tree, id, name, &variable)
                .map_err(|diagnostic| diagnostic.at(at(&["default"], Part::Value))),
            None => Ok(None),
        };
        let value = value.unwrap_or_else(|diagnostic| {
            problems.push(diagnostic);
            None
        });
        let mut variable = Variable { value, ..variable };
        let wrong = variable.allowed.iter().enumerate().filter_map(|(n, item)| {
            let place = at(&["allowed"], Part::Value).below([Segment::Index(n)], Part::Value);
            Some(disallowed(item, &variable)?.at(place))
        });
        problems.extend(wrong);
        if let Some(Err(diagnostic)) =
            variable.value.as_ref().map(|value| check(name, &variable, value, &variable.shown(value)))
        {
            problems.push(diagnostic.at(at(&["default"], Part::Value)));
            // where it is used, nothing more is said of it
            variable.value = None;
        }
        variables.insert(name.to_string(), variable);
    }
    variables
}

impl Variable {
    /// What a value is called in messages.
    pub(super) fn shown(&self, value: &str) -> String {
        if self.sensitive { HIDDEN.to_owned() } else { format!("`{value}`") }
    }

    /// One whose declaration cannot be read.
    fn unknown() -> Self {
        Self {
            kind: VariableKind::String,
            value: None,
            allowed: Vec::new(),
            description: String::new(),
            sensitive: true,
        }
    }
}

impl VariableContent {
    fn variable(self) -> Variable {
        Variable {
            kind: VariableKind::parse(&self.kind).unwrap_or_default(),
            value: None,
            allowed: self.allowed,
            description: self.description,
            sensitive: self.sensitive,
        }
    }
}

/// That a secret is written where everybody reads it; `what` is it: its default, or its value.
pub(super) fn in_git(name: &str, what: &str) -> Diagnostic {
    let message = format!("the variable `{name}` is sensitive, and its {what} would stand in git");
    let hint = format!("leave it out, and give it by `PROVISOR_SECRET_{name}` or in a `--secret-file`");
    Diagnostic::error("sensitive-default", message).hint(hint)
}

fn default_of(
    tree: &Tree<'_>,
    id: NodeId,
    name: &str,
    variable: &Variable,
) -> Result<Option<String>, Diagnostic> {
    let nothing = VariableTable::new();
    let Some(text) = written(tree, id, name, variable)? else { return Ok(None) };
    let known = Context::of(&nothing).known("default", &text).map_err(|_| {
        Diagnostic::error("bad-reference", "a default cannot refer to anything")
            .hint("write the reference where the variable is used; a literal `${` is written `$${`")
    })?;
    Ok(Some(known.into_owned()))
}

/// What no value of the variable's type is, among those that are allowed.
fn disallowed(item: &str, variable: &Variable) -> Option<Diagnostic> {
    let wanted = unfit(item, variable.kind)?;
    let message = format!("`allowed` holds `{item}`, and the variable must be {wanted}");
    Some(Diagnostic::error("bad-value", message))
}

/// Whether `variable` may hold `value`, which is called `shown`.
pub(super) fn check(name: &str, variable: &Variable, value: &str, shown: &str) -> Result<(), Diagnostic> {
    if let Some(wanted) = unfit(value, variable.kind) {
        let found =
            Diagnostic::error("bad-value", format!("the variable `{name}` must be {wanted}, not {shown}"));
        let is_seen = !variable.sensitive && shown != HIDDEN && variable.kind == VariableKind::Bool;
        return Err(found.maybe_hint(as_flag(value, true).filter(|_| is_seen)));
    }
    if variable.sensitive {
        // what is allowed for a secret is an error of its own, which does not depend on the value
        return Ok(());
    }
    let allowed =
        |item: &str| variable.allowed.is_empty() || variable.allowed.iter().any(|text| text == item);
    let fits = match variable.kind {
        VariableKind::List => allowed(value) || value.split(',').all(|item| allowed(item.trim())),
        _ => allowed(value),
    };
    if fits {
        return Ok(());
    }
    let message = format!("the variable `{name}` must be one of {}, not {shown}", quoted(&variable.allowed));
    let near = did_you_mean(value, variable.allowed.iter().map(String::as_str));
    Err(Diagnostic::error("bad-value", message).maybe_hint(near))
}

/// What a value should have been, if it is none of this type.
fn unfit(value: &str, kind: VariableKind) -> Option<&'static str> {
    match kind {
        VariableKind::Number if value.trim() != value || !is_number(value) => Some("a number"),
        VariableKind::Bool if !matches!(value, "true" | "false") => Some("`true` or `false`"),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    let hexadecimal = text.strip_prefix("0x").is_some_and(|digits| i128::from_str_radix(digits, 16).is_ok());
    let looks = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    hexadecimal || (looks && text.parse::<f64>().is_ok())
}
