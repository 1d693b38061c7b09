//! Locations by their values: `where: {env: [dev, prod]}`.

use std::collections::{BTreeMap, BTreeSet};

use super::misplaced::Misplaced;
use crate::references::{Fault, unknown_variable};
use crate::yaml::{MapPair, NodeId, Shape, Tree};
use crate::{Location, Settings, Variable};
use provisor_model::diagnostic::{Diagnostic, Diagnostics};
use provisor_model::glob::matches;
use provisor_model::ids::LocationName;
use provisor_model::text::{count, did_you_mean, listed, quote};

/// So many values are told.
const SHOWN: usize = 10;
/// So many wrong ones are compared.
const FEW: usize = 3;
/// So many are compared with a wrong one.
const MANY: usize = 500;

/// What one variable must be.
struct Condition {
    variable: String,
    /// Texts, in which `*` stands for anything.
    values: Vec<String>,
}

/// The locations whose variables are as `where` wants them; without conditions all.
pub(super) fn fulfilling(
    tree: &Tree<'_>,
    conditions: Option<NodeId>,
    settings: &Settings,
) -> Result<Vec<LocationName>, Misplaced> {
    let pairs = conditions.map_or(&[][..], |node| tree.pairs(node));
    let (mut conditions, mut wrong) = (Vec::new(), Vec::new());
    for pair in pairs {
        let ReadCondition { condition, misplaced } = wanted(tree, &pair.key, pair.value, settings);
        conditions.push(condition);
        wrong.extend(misplaced.map(|misplaced| misplaced.inside("where")));
    }
    let fits = |location: &&Location| {
        conditions.iter().all(|wanted| wanted.as_ref().is_some_and(|wanted| wanted.holds(location, settings)))
    };
    let found = settings.locations.values().filter(fits).map(|location| location.name.clone()).collect();
    match Misplaced::all(wrong) {
        Some(misplaced) => Err(misplaced.beside(found)),
        None => Ok(found),
    }
}

/// One condition, as far as it can be read, and what is wrong with it.
struct ReadCondition {
    condition: Option<Condition>,
    misplaced: Option<Misplaced>,
}

fn wanted(tree: &Tree<'_>, name: &str, id: NodeId, settings: &Settings) -> ReadCondition {
    match condition(tree, name, id, settings) {
        Ok(read) => read,
        Err(misplaced) => ReadCondition { condition: None, misplaced: Some(misplaced) },
    }
}

fn condition(
    tree: &Tree<'_>,
    name: &str,
    id: NodeId,
    settings: &Settings,
) -> Result<ReadCondition, Misplaced> {
    let unknown = || Misplaced::field(name, unknown_variable(name)).by_name();
    let variable = settings.variables.get(name).ok_or_else(unknown)?;
    if variable.sensitive {
        let message = format!("`where` cannot look at the sensitive variable `{name}`");
        return Err(Misplaced::field(name, Diagnostic::error("sensitive", message)).by_name());
    }
    let items = match &tree.node(id).shape {
        Shape::List(items) => items.as_slice(),
        _ => std::slice::from_ref(&id),
    };
    let texts: Option<Vec<String>> = items.iter().map(|item| tree.text(*item).map(str::to_owned)).collect();
    let values = texts.ok_or_else(|| {
        let message = format!("`{name}` must be a text or a list of texts");
        Misplaced::field(name, Diagnostic::error("wrong-type", message))
    })?;
    let is_list = matches!(tree.node(id).shape, Shape::List(_));
    let wrong = values
        .iter()
        .enumerate()
        .filter_map(|(n, value)| Some((n, impossible(name, value, variable)?.into())));
    let wrong: Vec<(usize, Fault)> = wrong.take(Diagnostics::MOST).collect();
    let misplaced = match is_list {
        true => Misplaced::items(name, wrong),
        false => wrong.into_iter().next().map(|(_, fault)| Misplaced::field(name, fault)),
    };
    // a value that is nowhere fits nowhere, and the others fit all the same
    Ok(ReadCondition { condition: Some(Condition { variable: name.to_owned(), values }), misplaced })
}

/// What is said of a value that the variable can have nowhere.
fn impossible(name: &str, value: &str, variable: &Variable) -> Option<Diagnostic> {
    let allowed = &variable.allowed;
    if allowed.is_empty() || allowed.iter().any(|one| matches(value, one)) {
        return None;
    }
    let message = format!(
        "`{name}` is nowhere `{value}`: only {} are allowed",
        listed(allowed.iter().map(quote), SHOWN)
    );
    let near = did_you_mean(value, allowed.iter().take(MANY).map(String::as_str));
    Some(Diagnostic::error("bad-value", message).maybe_hint(near))
}

/// What may have been meant by a value that the variable of a condition has nowhere.
pub(super) fn near_value(tree: &Tree<'_>, condition: &MapPair<'_>, settings: &Settings) -> Option<String> {
    let items = match &tree.node(condition.value).shape {
        Shape::List(items) => items.as_slice(),
        _ => std::slice::from_ref(&condition.value),
    };
    let general = settings.variables.get(&*condition.key)?.value.as_deref();
    let all = settings.locations.values();
    let values = all.filter_map(|one| one.variables.get(&*condition.key).map(String::as_str).or(general));
    let values: BTreeSet<&str> = values.collect();
    let wrong = items.iter().filter_map(|item| tree.text(*item));
    let wrong = wrong.take(FEW).filter(|text| !values.iter().any(|value| matches(text, value)));
    wrong.into_iter().find_map(|text| did_you_mean(text, values.iter().take(MANY).copied()))
}

/// Which values a variable has, and on how many locations; for notes.
pub(super) fn values_there_are(name: &str, settings: &Settings) -> String {
    let mut on: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for location in settings.locations.values() {
        let general = || settings.variables.get(name)?.value.as_ref();
        let value = location.variables.get(name).or_else(general);
        *on.entry(value.map(String::as_str)).or_default() += 1;
    }
    let told = on.iter().map(|(value, on)| {
        let value = value.map_or_else(|| "not set".to_owned(), quote);
        format!("{value} on {}", count(*on, "location"))
    });
    format!("`{name}` is {}", listed(told, SHOWN))
}

impl Condition {
    fn holds(&self, location: &Location, settings: &Settings) -> bool {
        let general = || settings.variables.get(&self.variable)?.value.as_ref();
        let value = location.variables.get(&self.variable).or_else(general);
        value.is_some_and(|value| self.values.iter().any(|wanted| matches(wanted, value)))
    }
}
