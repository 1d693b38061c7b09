//! Locations by their values: `where: {env: [dev, prod]}`, and `except`.

use super::document::Selector;
use super::placing::{Misplaced, matches, several};
use super::scope::{Scope, unknown_variable};
use super::value::scalar;
use super::yaml::{NodeId, Tree, Value};
use super::{Location, Settings};
use crate::model::diagnostic::{Diagnostic, Segment};
use crate::model::ids::LocationName;

/// What one variable must be.
struct Condition {
    variable: String,
    /// Texts, in which `*` stands for anything.
    values: Vec<String>,
}

/// The locations that `locations: {where: …, except: …}` means.
pub(super) fn selected(
    tree: &Tree<'_>,
    node: Option<NodeId>,
    fields: &Selector,
    scope: &Scope<'_>,
    settings: &Settings,
) -> Result<Vec<LocationName>, Misplaced> {
    let below = |field: &str, n: Option<usize>| -> Vec<Segment> {
        let keys = ["locations", field].map(|key| Segment::Key(key.to_owned()));
        keys.into_iter().chain(n.map(Segment::Index)).collect()
    };
    let conditions = node.and_then(|node| tree.get(node, "locations")).and_then(|id| tree.get(id, "where"));
    let mut found = fulfilling(tree, conditions, settings)
        .map_err(|(path, fault)| (below("where", None).into_iter().chain(path).collect::<Vec<_>>(), fault))?;
    let except = fields.except.iter().flatten().cloned().map(Some);
    let except = several(settings, scope, except).map_err(|(n, fault)| (below("except", Some(n)), fault))?;
    found.retain(|name| !except.contains(name));
    if found.is_empty() {
        let diagnostic = Diagnostic::error("matches-nothing", "no location fits");
        return Err((below("where", None), diagnostic.into()));
    }
    Ok(found)
}

/// The locations whose variables are as `where` wants them; without conditions all.
pub(super) fn fulfilling(
    tree: &Tree<'_>,
    node: Option<NodeId>,
    settings: &Settings,
) -> Result<Vec<LocationName>, Misplaced> {
    let entries = node.map_or(&[][..], |node| tree.entries(node));
    let conditions: Vec<Condition> = entries
        .iter()
        .map(|entry| {
            let below =
                |diagnostic: Diagnostic| (vec![Segment::Key(entry.key.to_string())], diagnostic.into());
            condition(tree, &entry.key, entry.value, settings).map_err(below)
        })
        .collect::<Result<_, _>>()?;
    let fits = |location: &&Location| conditions.iter().all(|wanted| wanted.holds(location, settings));
    Ok(settings.locations.values().filter(fits).map(|location| location.name.clone()).collect())
}

fn condition(tree: &Tree<'_>, name: &str, id: NodeId, settings: &Settings) -> Result<Condition, Diagnostic> {
    let variable = settings.variables.get(name).ok_or_else(|| unknown_variable(name, &settings.variables))?;
    if variable.sensitive {
        return Err(Diagnostic::error(
            "sensitive",
            format!("`where` cannot look at the sensitive variable `{name}`"),
        ));
    }
    let items = match &tree.node(id).value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(&id),
    };
    let texts: Option<Vec<String>> =
        items.iter().map(|item| scalar(tree, *item).map(str::to_owned)).collect();
    let values = texts.ok_or_else(|| {
        Diagnostic::error("wrong-type", format!("`{name}` must be a text or a list of texts"))
    })?;
    Ok(Condition { variable: name.to_owned(), values })
}

impl Condition {
    fn holds(&self, location: &Location, settings: &Settings) -> bool {
        let general = || settings.variables.get(&self.variable)?.value.as_ref();
        let value = location.variables.get(&self.variable).or_else(general);
        value.is_some_and(|value| self.values.iter().any(|wanted| matches(wanted, value)))
    }
}
