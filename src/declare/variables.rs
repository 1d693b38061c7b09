//! Variables: what is declared, and the values that hold everywhere. What locations set is checked here too.

use std::collections::BTreeMap;

use super::document;
use super::events;
use super::expression::is_key;
use super::scope::{Scope, unknown_variable};
use super::value::plain_text;
use super::yaml::{NodeId, Tree};
use super::{Inputs, Variable, VariableKind};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment, Source, did_you_mean};

/// Declared variables by name.
pub(super) type Variables = BTreeMap<String, Variable>;

const KINDS: [(&str, VariableKind); 4] = [
    ("string", VariableKind::String),
    ("number", VariableKind::Number),
    ("bool", VariableKind::Bool),
    ("list", VariableKind::List),
];

/// The `variables:` of the settings, with their defaults.
pub(super) fn declared(
    tree: &Tree<'_>,
    file: &document::SettingsFile,
    problems: &mut Diagnostics,
) -> Variables {
    let entries = file.variables.as_ref().map_or(&[][..], |entries| &entries.0);
    let mut variables = Variables::new();
    for (name, entry) in entries {
        let at =
            |field: &[&str], part| place(&tree.source.path, [&["variables", name], field].concat(), part);
        if !is_key(name) {
            let message = format!("`{name}` cannot name a variable");
            problems.push(Diagnostic::error("bad-value", message).at(at(&[], Part::Key)).hint(KEY));
        }
        let empty = document::Variable::default();
        let entry = entry.as_ref().unwrap_or(&empty);
        let kind = kind(entry.kind.as_deref()).unwrap_or_else(|diagnostic| {
            problems.push(diagnostic.at(at(&["type"], Part::Value)));
            VariableKind::String
        });
        let path: Vec<Segment> =
            ["variables", name, "default"].map(|key| Segment::Key(key.to_owned())).into();
        let default = tree.find(&path).map(|id| default_of(tree, id)).transpose();
        let value = default.unwrap_or_else(|diagnostic| {
            problems.push(diagnostic.at(at(&["default"], Part::Value)));
            None
        });
        let variable = Variable {
            kind,
            value: value.flatten(),
            allowed: entry.allowed.clone().unwrap_or_default(),
            description: entry.description.clone().unwrap_or_default(),
            sensitive: entry.sensitive.unwrap_or_default(),
        };
        if let Some(Err(diagnostic)) = variable.value.as_ref().map(|value| check(name, &variable, value)) {
            // the line of a sensitive default is better not shown
            let place = if variable.sensitive { at(&[], Part::Key) } else { at(&["default"], Part::Value) };
            problems.push(diagnostic.at(place));
        }
        variables.insert(name.clone(), variable);
    }
    variables
}

/// What a name may look like.
pub(super) const KEY: &str = "a letter first, then letters, digits, `_` and `-`";

fn kind(text: Option<&str>) -> Result<VariableKind, Diagnostic> {
    let Some(text) = text else {
        return Ok(VariableKind::String);
    };
    KINDS.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind).ok_or_else(|| {
        Diagnostic::error("bad-value", format!("there is no type `{text}`"))
            .hint("the types are `string`, `number`, `bool` and `list`")
            .maybe_hint(did_you_mean(text, KINDS.map(|(name, _)| name)))
    })
}

fn default_of(tree: &Tree<'_>, id: NodeId) -> Result<Option<String>, Diagnostic> {
    let text = plain_text(tree, id).map_err(|_| not_scalar())?;
    let nothing = Variables::new();
    let scope = Scope { variables: &nothing, location: None, key: None, standing: None };
    let Some(text) = text else { return Ok(None) };
    let known = scope.known("default", &text).map_err(|_| {
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
    let choices: Vec<String> = variable.allowed.iter().map(|text| format!("`{text}`")).collect();
    let message = format!("the variable `{name}` must be one of {}, not {shown}", choices.join(", "));
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
    variables: &mut Variables,
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
        }
        variable.value = value;
        by_hand.insert(name, by);
    }
    by_hand
}

fn from_file(source: &Source, variables: &Variables, given: &mut Vec<Given>, problems: &mut Diagnostics) {
    let whole = Place::File(source.path.clone());
    let mut found = Diagnostics::default();
    let tree = events::read(source, &mut found);
    // a file of values may hold secrets, so none of its lines is shown for errors of syntax
    problems.extend(Diagnostics(found.0.into_iter().map(unquoted).collect()));
    let Some((tree, root)) = tree.and_then(|tree| tree.root.map(|root| (tree, root))) else {
        return;
    };
    if !matches!(tree.node(root).value, super::yaml::Value::Map(_)) && !tree.node(root).is_null() {
        problems
            .push(Diagnostic::error("wrong-type", "a file of values is a map of names to values").at(whole));
        return;
    }
    for entry in tree.entries(root).iter().filter(|entry| !entry.key.starts_with("x-")) {
        let sensitive = variables.get(&*entry.key).is_none_or(|variable| variable.sensitive);
        let at = place(&source.path, vec![&*entry.key], Part::Key);
        match plain_text(&tree, entry.value) {
            Ok(value) => {
                let by = format!("--var-file {}", source.path);
                let place = Some((at, sensitive));
                given.push(Given { name: entry.key.to_string(), value, by, place });
            }
            Err(_) => {
                problems.push(not_scalar().note(format!("in `{}`", entry.key)).at(at).redact(sensitive))
            }
        }
    }
}

/// The same finding without the lines it is about.
fn unquoted(mut diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.related = None;
    diagnostic.label.clear();
    diagnostic.redact(true)
}

/// A node of a file by its keys.
pub(super) fn place(file: &std::sync::Arc<str>, keys: Vec<&str>, part: Part) -> Place {
    let path = keys.into_iter().map(|key| Segment::Key(key.to_owned())).collect();
    Place::Node { file: file.clone(), path, part }
}
