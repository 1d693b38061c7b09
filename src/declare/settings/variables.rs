//! VariableTable: what is declared, and the values that hold everywhere. What locations set is checked here too.

use std::collections::BTreeMap;

use super::content::VariableContent;
use super::{Inputs, Variable, VariableKind};
use crate::declare::decode::decoded;
use crate::declare::fields::VARIABLE;
use crate::declare::layers::{AsWritten, Merged, Sheet};
use crate::declare::references::{Context, is_key, unknown_variable};
use crate::declare::yaml::{self, MapPair, NodeId, Shape, Tree};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Source};
use crate::model::text::{did_you_mean, quoted};

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
        if !is_key(name) {
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
        let default = tree.given(*node, "default").map(|id| default_of(tree, id)).transpose();
        let value = default.unwrap_or_else(|diagnostic| {
            problems.push(diagnostic.at(at(&["default"], Part::Value)));
            None
        });
        let variable = content.variable(value.flatten());
        if let Some(Err(diagnostic)) = variable.value.as_ref().map(|value| check(name, &variable, value)) {
            // the line of a sensitive default is better not shown
            let place = if variable.sensitive { at(&[], Part::Key) } else { at(&["default"], Part::Value) };
            problems.push(diagnostic.at(place));
        }
        variables.insert(name.to_string(), variable);
    }
    variables
}

impl Variable {
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
    fn variable(self, value: Option<String>) -> Variable {
        Variable {
            kind: VariableKind::parse(&self.kind).unwrap_or_default(),
            value,
            allowed: self.allowed,
            description: self.description,
            sensitive: self.sensitive,
        }
    }
}

fn default_of(tree: &Tree<'_>, id: NodeId) -> Result<Option<String>, Diagnostic> {
    let text = tree.joined(id).map_err(|_| not_scalar())?;
    let nothing = VariableTable::new();
    let Some(text) = text else { return Ok(None) };
    let known = Context::of(&nothing).known("default", &text).map_err(|_| {
        Diagnostic::error("bad-reference", "a default cannot refer to anything")
            .hint("a literal `${` is written `$${`")
    })?;
    Ok(Some(known.into_owned()))
}

fn not_scalar() -> Diagnostic {
    Diagnostic::error("wrong-type", "a variable holds a text or a list of texts")
}

/// Whether `variable` may hold `value`. The value is named only if it is not sensitive.
pub(super) fn check(name: &str, variable: &Variable, value: &str) -> Result<(), Diagnostic> {
    let shown = if variable.sensitive { "this value".to_owned() } else { format!("`{value}`") };
    let wanted = match variable.kind {
        VariableKind::Number if value.trim() != value || !is_number(value) => Some("a number"),
        VariableKind::Bool if !matches!(value, "true" | "false") => Some("`true` or `false`"),
        _ => None,
    };
    if let Some(wanted) = wanted {
        return Err(Diagnostic::error(
            "bad-value",
            format!("the variable `{name}` must be {wanted}, not {shown}"),
        ));
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
    let near =
        did_you_mean(value, variable.allowed.iter().map(String::as_str)).filter(|_| !variable.sensitive);
    Err(Diagnostic::error("bad-value", message).maybe_hint(near))
}

fn is_number(text: &str) -> bool {
    let hexadecimal = text.strip_prefix("0x").is_some_and(|digits| i128::from_str_radix(digits, 16).is_ok());
    let looks = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    hexadecimal || (looks && text.parse::<f64>().is_ok())
}

/// A value from outside the settings: who gave it, and where that stands.
struct Given {
    name: String,
    value: Option<String>,
    by: String,
    /// With whether the line there may hold a secret.
    place: Option<(Place, bool)>,
}

/// Puts the values that were given by hand over the defaults, later ones winning. Says which names were given.
pub(super) fn give(
    variables: &mut VariableTable,
    inputs: &Inputs,
    problems: &mut Diagnostics,
) -> BTreeMap<String, String> {
    let mut given = Vec::new();
    for (name, value) in &inputs.environment {
        let by = format!("PROVISOR_VAR_{name}");
        if variables.contains_key(name) {
            given.push(Given { name: name.clone(), value: Some(value.clone()), by, place: None });
        } else {
            let message = format!("`{by}` is set, but there is no variable `{name}`");
            let near = did_you_mean(name, variables.keys().map(String::as_str));
            problems.push(Diagnostic::warning("unknown-variable", message).maybe_hint(near));
        }
    }
    for source in &inputs.files {
        from_file(source, variables, &mut given, problems);
    }
    for (name, value) in &inputs.arguments {
        let by = format!("--var {name}");
        given.push(Given { name: name.clone(), value: Some(value.clone()), by, place: None });
    }
    let mut by_hand = BTreeMap::new();
    for Given { name, value, by, place } in given {
        let put = |diagnostic: Diagnostic| match &place {
            Some((place, sensitive)) => diagnostic.at(place.clone()).redact(*sensitive),
            None => diagnostic.note(format!("given by `{by}`")),
        };
        let Some(variable) = variables.get_mut(&name) else {
            problems.push(put(unknown_variable(&name, variables)));
            continue;
        };
        if let Some(Err(diagnostic)) = value.as_ref().map(|value| check(&name, variable, value)) {
            problems.push(put(diagnostic));
            variable.value = None;
        } else {
            variable.value = value;
        }
        by_hand.insert(name, by);
    }
    for (name, value) in &inputs.remembered {
        if let Some(variable) = variables.get_mut(name).filter(|variable| !variable.sensitive) {
            variable.value = Some(value.clone());
        }
    }
    by_hand
}

fn from_file(source: &Source, variables: &VariableTable, given: &mut Vec<Given>, problems: &mut Diagnostics) {
    let whole = Place::File(source.path.clone());
    let mut found = Diagnostics::default();
    let tree = yaml::read(source, &mut found);
    // a file of values may hold secrets, so none of its lines is shown for errors of syntax
    problems.extend(Diagnostics(found.0.into_iter().map(unquoted).collect()));
    let Some((tree, root)) = tree.and_then(|tree| tree.root.map(|root| (tree, root))) else {
        return;
    };
    if !matches!(tree.node(root).shape, Shape::Map(_)) && !tree.node(root).is_null() {
        problems
            .push(Diagnostic::error("wrong-type", "a file of values is a map of names to values").at(whole));
        return;
    }
    for pair in tree.pairs(root).iter().filter(|pair| !pair.key.starts_with("x-")) {
        let sensitive = variables.get(&*pair.key).is_none_or(|variable| variable.sensitive);
        let at = Place::key(&source.path, &[&pair.key], Part::Key);
        match tree.joined(pair.value) {
            Ok(value) => {
                let by = format!("--var-file {}", source.path);
                let place = Some((at, sensitive));
                given.push(Given { name: pair.key.to_string(), value, by, place });
            }
            Err(_) => problems.push(not_scalar().note(format!("in `{}`", pair.key)).at(at).redact(sensitive)),
        }
    }
}

/// The same finding without the lines it is about.
fn unquoted(mut diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.related = None;
    diagnostic.label.clear();
    diagnostic.redact(true)
}
