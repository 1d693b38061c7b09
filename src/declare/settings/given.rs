//! Values from outside the settings: who gave them, which one counts, and which are secret whatever is declared.

use std::collections::BTreeMap;

use super::typed::{HIDDEN, no_list, typed, written};
use super::variables::{VariableTable, check};
use super::{Inputs, ValueOrigin, Variable};
use crate::references::unknown_variable;
use crate::yaml::{self, NodeId, Tree};
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Source};
use provisor_model::secret::Secret;
use provisor_model::text::did_you_mean;

/// What was given.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// Which variables, each with who gave the value that counts.
    pub by_hand: BTreeMap<String, String>,
    /// Where their values were written.
    pub origins: BTreeMap<String, ValueOrigin>,
    /// Every value of a source of secrets.
    pub secrets: Vec<Secret>,
}

/// One value, who gave it, and where that stands.
struct Gift<'g> {
    name: String,
    value: GivenValue<'g>,
    by: String,
    /// Where it stands in a file of values, whose lines may hold secrets.
    place: Option<Place>,
}

/// As it was given.
enum GivenValue<'g> {
    Text(&'g str),
    Node(&'g Tree<'g>, NodeId),
}

impl GivenValue<'_> {
    fn text(&self, name: &str, variable: &Variable) -> Result<Option<String>, Diagnostic> {
        match self {
            Self::Text(text) => {
                typed(text, variable).map(Some).ok_or_else(|| no_list(name, &variable.shown(text)))
            }
            Self::Node(tree, id) => written(tree, *id, name, variable),
        }
    }

    /// What is called the value in a finding. In a file of values a slip may have brought others into it.
    fn shown(&self, variable: &Variable, value: &str) -> String {
        match self {
            Self::Text(_) => variable.shown(value),
            Self::Node(..) => HIDDEN.to_owned(),
        }
    }

    fn is_nothing(&self) -> bool {
        matches!(self, Self::Node(tree, id) if tree.node(*id).is_null())
    }

    /// Every text in it, whatever it is for.
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::Node(tree, id) => {
                [*id].iter().chain(tree.items(*id)).filter_map(|id| tree.text(*id)).collect()
            }
        }
    }
}

impl Gift<'_> {
    /// A finding about it, where it was given.
    fn about(&self, diagnostic: Diagnostic) -> Diagnostic {
        match &self.place {
            Some(place) => diagnostic.at(place.clone()).redact(true),
            None => diagnostic.note(format!("given by `{}`", self.by)),
        }
    }

    /// A finding about the value that it gives to a variable, where that stands.
    fn wrong(&self, diagnostic: Diagnostic) -> Diagnostic {
        let found = self.about(diagnostic);
        match found.place.clone() {
            Some(Place::Node { file, path, .. }) => found.at(Place::Node { file, path, part: Part::Value }),
            _ => found,
        }
    }

    /// That there is no such variable. In a file, what stands where a name should may be a value that slipped.
    fn unknown(&self) -> Diagnostic {
        let found = unknown_variable(&self.name);
        let message = match self.place {
            Some(_) => "there is no variable of this name".to_owned(),
            None => found.message,
        };
        self.about(Diagnostic { message, ..found })
    }
}

/// Puts the values that were given by hand over the defaults: later ones over earlier ones, secret ones over all.
pub(super) fn give(variables: &mut VariableTable, inputs: &Inputs, problems: &mut Diagnostics) -> Given {
    let mut given = Given::default();
    let secret_files = ValueFile::all(&inputs.secret_files, "--secret-file", problems);
    let files = ValueFile::all(&inputs.files, "--var-file", problems);
    let secret = secrets(inputs, &secret_files, variables, problems);
    for gift in &secret {
        given.secrets.extend(gift.value.texts().into_iter().map(Secret::new));
        variables.entry(gift.name.clone()).and_modify(|variable| variable.sensitive = true);
    }
    let mut gifts = plain(inputs, &files, variables, problems);
    gifts.retain(|gift| !secret.iter().any(|one| one.name == gift.name));
    gifts.extend(agreed(secret, variables, problems));
    for gift in gifts {
        let Some(variable) = variables.get_mut(&gift.name) else {
            problems.push(gift.unknown());
            continue;
        };
        if gift.value.is_nothing() {
            problems.push(gift.about(no_value(&gift.name)));
            continue;
        }
        let checked = gift.value.text(&gift.name, variable).and_then(|value| {
            let shown = |value: &String| gift.value.shown(variable, value);
            value.as_ref().map_or(Ok(()), |value| check(&gift.name, variable, value, &shown(value)))?;
            Ok(value)
        });
        variable.value = checked.unwrap_or_else(|diagnostic| {
            problems.push(gift.wrong(diagnostic));
            None
        });
        let origin = match gift.place {
            Some(place) => ValueOrigin::Place(place),
            None => ValueOrigin::Given(gift.by.clone()),
        };
        given.origins.insert(gift.name.clone(), origin);
        given.by_hand.insert(gift.name, gift.by);
    }
    for (name, value) in &inputs.remembered {
        if let Some(variable) = variables.get_mut(name).filter(|variable| !variable.sensitive) {
            variable.value = Some(value.clone());
        }
    }
    given
}

/// What the sources of secrets hold, of whatever name. An empty one in the environment is none: that is what is left of a
/// secret where a runner withholds it.
fn secrets<'g>(
    inputs: &'g Inputs,
    files: &'g [ValueFile<'g>],
    variables: &VariableTable,
    problems: &mut Diagnostics,
) -> Vec<Gift<'g>> {
    let mut gifts = Vec::new();
    for (name, value) in &inputs.secrets {
        let by = format!("PROVISOR_SECRET_{name}");
        if !value.expose().is_empty() {
            gifts.push(Gift { name: name.clone(), value: GivenValue::Text(value.expose()), by, place: None });
        } else if variables.contains_key(name) {
            let message = format!("`{by}` is empty: it counts as not given");
            problems.push(Diagnostic::warning("empty-secret", message));
        }
    }
    let there = files.iter().flat_map(|file| file.gifts(|_| true));
    gifts.extend(there.filter(|gift| !gift.value.is_nothing()));
    gifts
}

/// The secrets of declared variables, one each: two sources that differ are an error.
fn agreed<'g>(gifts: Vec<Gift<'g>>, variables: &VariableTable, problems: &mut Diagnostics) -> Vec<Gift<'g>> {
    let mut one: BTreeMap<String, Gift<'g>> = BTreeMap::new();
    for gift in gifts {
        let Some(variable) = variables.get(&gift.name) else { continue };
        let text = |gift: &Gift<'_>| gift.value.text(&gift.name, variable).ok().flatten();
        match one.get(&gift.name) {
            Some(first) if text(first) != text(&gift) => {
                let (name, first, second) = (&gift.name, &first.by, &gift.by);
                let message = format!("`{first}` and `{second}` give the variable `{name}` different values");
                problems.push(Diagnostic::error("both-given", message).hint("leave one of them out"));
            }
            Some(_) => {}
            None => drop(one.insert(gift.name.clone(), gift)),
        }
    }
    one.into_values().collect()
}

/// What stands in the environment, in files of values and on the command line, in this order. Sensitive values are better
/// given otherwise.
fn plain<'g>(
    inputs: &'g Inputs,
    files: &'g [ValueFile<'g>],
    variables: &VariableTable,
    problems: &mut Diagnostics,
) -> Vec<Gift<'g>> {
    let mut gifts = Vec::new();
    for (name, value) in &inputs.environment {
        let by = format!("PROVISOR_VAR_{name}");
        if let Some(variable) = variables.get(name) {
            problems.extend(exposed(name, &by, variable, "a branch that drops `sensitive: true` prints it"));
            gifts.push(Gift { name: name.clone(), value: GivenValue::Text(value), by, place: None });
        } else {
            problems.push(not_declared(name, variables));
        }
    }
    let sensitive = |name: &str| variables.get(name).is_none_or(|variable| variable.sensitive);
    gifts.extend(files.iter().flat_map(|file| file.gifts(sensitive)));
    for (name, value) in &inputs.arguments {
        let by = format!("--var {name}");
        let why = "everybody on this machine can read arguments";
        problems.extend(variables.get(name).and_then(|variable| exposed(name, &by, variable, why)));
        gifts.push(Gift { name: name.clone(), value: GivenValue::Text(value), by, place: None });
    }
    gifts
}

/// A name without a value in a file of values: it is neither left out nor given.
fn no_value(name: &str) -> Diagnostic {
    let message = format!("the variable `{name}` has no value here");
    Diagnostic::error("wrong-type", message).hint("write one, or leave the line out")
}

/// That a sensitive value is better given otherwise.
fn exposed(name: &str, by: &str, variable: &Variable, why: &str) -> Option<Diagnostic> {
    let message = format!("`{by}` gives a sensitive variable: {why}");
    let hint = format!("give it by `PROVISOR_SECRET_{name}` or in a `--secret-file`");
    variable.sensitive.then(|| Diagnostic::warning("exposed-secret", message).hint(hint))
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

/// A file of values.
struct ValueFile<'s> {
    tree: Tree<'s>,
    /// The flag that names it.
    flag: &'static str,
}

impl<'s> ValueFile<'s> {
    /// Those that are files of values.
    fn all(sources: &'s [Source], flag: &'static str, problems: &mut Diagnostics) -> Vec<Self> {
        let mut files = Vec::new();
        for source in sources {
            files.extend(values_in(source, problems).map(|tree| Self { tree, flag }));
        }
        files
    }

    /// What it holds; `sensitive` says of which not even the place is told.
    fn gifts(&self, sensitive: impl Fn(&str) -> bool) -> Vec<Gift<'_>> {
        let Self { tree, flag } = self;
        let path = &tree.source.path;
        let pairs = tree.root.map_or(&[][..], |root| tree.pairs(root));
        let gift = |pair: &yaml::MapPair<'_>| {
            let sensitive = sensitive(&pair.key);
            let part = if sensitive { Part::Key } else { Part::Value };
            Gift {
                name: pair.key.to_string(),
                value: GivenValue::Node(tree, pair.value),
                by: format!("{flag} {path}"),
                place: Some(Place::key(path, &[&pair.key], part)),
            }
        };
        pairs.iter().filter(|pair| !pair.key.starts_with("x-")).map(gift).collect()
    }
}

/// The names that a file gives values to.
pub fn names_given(file: &Source) -> Vec<String> {
    let tree = values_in(file, &mut Diagnostics::default());
    let names = |tree: Tree<'_>| {
        let pairs = tree.root.map_or(&[][..], |root| tree.pairs(root)).iter();
        pairs.filter(|pair| !pair.key.starts_with("x-")).map(|pair| pair.key.to_string()).collect()
    };
    tree.map_or_else(Vec::new, names)
}

/// What a file of values holds; `None` where it is none. It may hold secrets, in whatever line they came to stand by a slip.
fn values_in<'s>(source: &'s Source, problems: &mut Diagnostics) -> Option<Tree<'s>> {
    let mut found = Diagnostics::default();
    let tree = yaml::read_unseen(source, &mut found);
    let form = || Some("a file of values is YAML: one `name: value` a line".to_owned());
    problems.extend(found.into_iter().map(|one| Diagnostic { hint: one.hint.clone().or_else(form), ..one }));
    tree
}
