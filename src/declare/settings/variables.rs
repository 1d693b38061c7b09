//! VariableTable: what is declared, and the values that hold everywhere. What locations set is checked here too.

use std::collections::BTreeMap;

use super::content::VariableContent;
use super::typed::{typed, written};
use super::{Inputs, Variable, VariableKind};
use crate::declare::decode::decoded;
use crate::declare::fields::VARIABLE;
use crate::declare::layers::{AsWritten, Merged, Sheet};
use crate::declare::references::{Context, is_key, unknown_variable};
use crate::declare::yaml::{self, MapPair, NodeId, Shape, Tree};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment, Source};
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
        let variable = content.variable();
        let default = tree.given(*node, "default").map(|id| default_of(tree, id, name, &variable));
        let value = default.transpose().unwrap_or_else(|diagnostic| {
            problems.push(diagnostic.at(at(&["default"], Part::Value)));
            None
        });
        let variable = Variable { value: value.flatten(), ..variable };
        let wrong = variable.allowed.iter().enumerate().filter_map(|(n, item)| {
            let place = at(&["allowed"], Part::Value).below([Segment::Index(n)], Part::Value);
            Some(disallowed(item, &variable)?.at(place))
        });
        problems.extend(wrong);
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
            .hint("a literal `${` is written `$${`")
    })?;
    Ok(Some(known.into_owned()))
}

/// What no value of the variable's type is, among those that are allowed.
fn disallowed(item: &str, variable: &Variable) -> Option<Diagnostic> {
    let wanted = unfit(item, variable.kind)?;
    let message = format!("`allowed` holds `{item}`, and the variable must be {wanted}");
    Some(Diagnostic::error("bad-value", message))
}

/// Whether `variable` may hold `value`. The value is named only if it is not sensitive.
pub(super) fn check(name: &str, variable: &Variable, value: &str) -> Result<(), Diagnostic> {
    let shown = if variable.sensitive { "this value".to_owned() } else { format!("`{value}`") };
    if let Some(wanted) = unfit(value, variable.kind) {
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

/// A value from outside the settings: who gave it, and where that stands.
struct Given<'g> {
    name: String,
    value: Option<GivenValue<'g>>,
    by: String,
    /// With whether the line there may hold a secret.
    place: Option<(Place, bool)>,
}

/// As it was given.
enum GivenValue<'g> {
    Text(&'g str),
    Node(&'g Tree<'g>, NodeId),
}

impl GivenValue<'_> {
    fn text(&self, name: &str, variable: &Variable) -> Result<Option<String>, Diagnostic> {
        match self {
            Self::Text(text) => typed(text, name, variable).map(Some),
            Self::Node(tree, id) => written(tree, *id, name, variable),
        }
    }
}

/// Puts the values that were given by hand over the defaults, later ones winning. Says which names were given.
pub(super) fn give(
    variables: &mut VariableTable,
    inputs: &Inputs,
    problems: &mut Diagnostics,
) -> BTreeMap<String, String> {
    let mut given = Vec::new();
    let trees: Vec<(&Source, Option<Tree<'_>>)> =
        inputs.files.iter().map(|source| (source, values_in(source, problems))).collect();
    for (name, value) in &inputs.environment {
        let by = format!("PROVISOR_VAR_{name}");
        if variables.contains_key(name) {
            given.push(Given { name: name.clone(), value: Some(GivenValue::Text(value)), by, place: None });
        } else {
            problems.push(not_declared(name, variables));
        }
    }
    for (source, tree) in &trees {
        if let Some(tree) = tree {
            from_file(source, tree, variables, &mut given);
        }
    }
    for (name, value) in &inputs.arguments {
        let by = format!("--var {name}");
        given.push(Given { name: name.clone(), value: Some(GivenValue::Text(value)), by, place: None });
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
        let checked = value.map(|value| value.text(&name, variable)).transpose();
        let checked = checked.and_then(|value| {
            let value = value.flatten();
            value.as_ref().map_or(Ok(()), |value| check(&name, variable, value))?;
            Ok(value)
        });
        variable.value = checked.unwrap_or_else(|diagnostic| {
            problems.push(put(diagnostic));
            None
        });
        by_hand.insert(name, by);
    }
    for (name, value) in &inputs.remembered {
        if let Some(variable) = variables.get_mut(name).filter(|variable| !variable.sensitive) {
            variable.value = Some(value.clone());
        }
    }
    by_hand
}

/// A variable of the environment that names none of ours; another case is another name.
fn not_declared(name: &str, variables: &VariableTable) -> Diagnostic {
    let by = format!("PROVISOR_VAR_{name}");
    let message = format!("`{by}` is set, but there is no variable `{name}`");
    let diagnostic = Diagnostic::warning("unknown-variable", message);
    match variables.keys().find(|known| known.eq_ignore_ascii_case(name)) {
        Some(known) => {
            diagnostic.hint(format!("upper and lower case are told apart: write `PROVISOR_VAR_{known}`"))
        }
        None => diagnostic.maybe_hint(did_you_mean(name, variables.keys().map(String::as_str))),
    }
}

/// A file of values; `None` where it is none.
fn values_in<'s>(source: &'s Source, problems: &mut Diagnostics) -> Option<Tree<'s>> {
    let mut found = Diagnostics::default();
    let tree = yaml::read(source, &mut found);
    // a file of values may hold secrets, so none of its lines is shown for errors of syntax
    problems.extend(Diagnostics(found.0.into_iter().map(unquoted).collect()));
    let tree = tree?;
    let root = tree.node(tree.root?);
    if !matches!(root.shape, Shape::Map(_)) && !root.is_null() {
        let whole = Place::File(source.path.clone());
        problems
            .push(Diagnostic::error("wrong-type", "a file of values is a map of names to values").at(whole));
        return None;
    }
    Some(tree)
}

fn from_file<'g>(source: &Source, tree: &'g Tree<'g>, variables: &VariableTable, given: &mut Vec<Given<'g>>) {
    let pairs = tree.root.map_or(&[][..], |root| tree.pairs(root));
    for pair in pairs.iter().filter(|pair| !pair.key.starts_with("x-")) {
        let sensitive = variables.get(&*pair.key).is_none_or(|variable| variable.sensitive);
        let at = Place::key(&source.path, &[&pair.key], Part::Key);
        given.push(Given {
            name: pair.key.to_string(),
            value: Some(GivenValue::Node(tree, pair.value)),
            by: format!("--var-file {}", source.path),
            place: Some((at, sensitive)),
        });
    }
}

/// The same finding without the lines it is about.
fn unquoted(mut diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.related.clear();
    diagnostic.label.clear();
    diagnostic.redact(true)
}
