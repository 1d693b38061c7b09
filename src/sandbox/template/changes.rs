//! What an update does to each resource: the resource-level change set of a provisioned product plan. Knows nothing
//! of plans; compares what two (template, values) pairs evaluate to.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde_json::Value;

use super::attributes::naming_property;
use super::evaluate::Evaluation;
use super::stack::{self, Evaluated};
use super::{Place, Template};

/// What happens to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeAction {
    /// It is created.
    Add,
    /// It is changed, in place or by replacement.
    Modify,
    /// It is deleted.
    Remove,
}

/// Whether a changed resource is replaced by a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Replacement {
    /// It stays.
    False,
    /// It depends on more than the template says.
    Conditional,
    /// It is replaced.
    True,
}

/// One reason for a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeDetail {
    /// `Properties`, `Tags`, `Metadata`, `CreationPolicy`, `UpdatePolicy`, `DeletionPolicy` or
    /// `UpdateReplacePolicy`.
    pub attribute: &'static str,
    /// The property, where `attribute` is `Properties`.
    pub name: Option<String>,
    /// Whether this alone replaces the resource.
    pub recreation: Replacement,
}

/// What happens to one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceChange {
    /// What happens.
    pub action: ChangeAction,
    /// The name in the template.
    pub logical_id: String,
    /// The existing resource; `None` when it is added.
    pub physical_id: Option<String>,
    /// The resource type.
    pub kind: String,
    /// Only for a modification.
    pub replacement: Option<Replacement>,
    /// Why; only for a modification.
    pub details: Vec<ChangeDetail>,
}

type Version<'a> = (&'a Template, &'a BTreeMap<String, String>);

/// Compares two versions of a stack; see [`Template::changes`].
pub(super) fn changes(
    old: Option<Version<'_>>,
    new: Version<'_>,
    place: &Place<'_>,
) -> Result<Vec<ResourceChange>, String> {
    let old = old.map_or_else(|| Ok(Vec::new()), |version| evaluated(version, place))?;
    let new = evaluated(new, place)?;
    let known: HashMap<&str, &Evaluated> =
        old.iter().map(|old| (old.resource.logical_id.as_str(), old)).collect();
    let retyped: Vec<&str> = new
        .iter()
        .map(|new| (&new.resource.logical_id, &new.resource.kind))
        .filter(|(id, kind)| known.get(id.as_str()).is_some_and(|old| old.resource.kind != **kind))
        .map(|(id, _)| id.as_str())
        .collect();
    if !retyped.is_empty() {
        return Err(format!(
            "Update of resource type is not permitted. The new template modifies resource type of the following \
             resources: [{}]",
            retyped.join(", ")
        ));
    }
    let kept = new.iter().filter_map(|new| match known.get(new.resource.logical_id.as_str()) {
        Some(old) => modification(old, new),
        None => Some(change(ChangeAction::Add, new)),
    });
    let gone =
        old.iter().filter(|old| !new.iter().any(|new| new.resource.logical_id == old.resource.logical_id));
    Ok(kept.chain(gone.map(|old| change(ChangeAction::Remove, old))).collect())
}

fn evaluated((template, values): Version<'_>, place: &Place<'_>) -> Result<Vec<Evaluated>, String> {
    stack::resources(&mut Evaluation::new(&template.sections, values, place))
}

fn change(action: ChangeAction, evaluated: &Evaluated) -> ResourceChange {
    let resource = &evaluated.resource;
    ResourceChange {
        action,
        logical_id: resource.logical_id.clone(),
        physical_id: (action != ChangeAction::Add).then(|| resource.physical_id.clone()),
        kind: resource.kind.clone(),
        replacement: None,
        details: Vec::new(),
    }
}

fn modification(old: &Evaluated, new: &Evaluated) -> Option<ResourceChange> {
    let mut details = Vec::new();
    let attributes = ["Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy"];
    for attribute in attributes.into_iter().filter(|name| old.body.get(name) != new.body.get(name)) {
        details.push(ChangeDetail { attribute, name: None, recreation: Replacement::False });
    }
    let none = serde_json::Map::new();
    let before = old.body.get("Properties").and_then(Value::as_object).unwrap_or(&none);
    let after = new.body.get("Properties").and_then(Value::as_object).unwrap_or(&none);
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    for name in names.into_iter().filter(|name| before.get(*name) != after.get(*name)) {
        details.push(match name.as_str() {
            "Tags" => ChangeDetail { attribute: "Tags", name: None, recreation: Replacement::False },
            _ => {
                let recreation = recreation(&new.resource.kind, name);
                ChangeDetail { attribute: "Properties", name: Some(name.clone()), recreation }
            }
        });
    }
    let replacement = details.iter().map(|detail| detail.recreation).max()?;
    Some(ResourceChange { replacement: Some(replacement), details, ..change(ChangeAction::Modify, old) })
}

static REPLACEMENTS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("replacements.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(str::split_whitespace).filter_map(|mut words| Some((words.next()?, words.collect()))).collect()
});

/// Whether changing a property replaces a resource.
fn recreation(kind: &str, property: &str) -> Replacement {
    if naming_property(kind) == Some(property) {
        return Replacement::True;
    }
    let Some(listed) = REPLACEMENTS.get(kind) else {
        return Replacement::Conditional;
    };
    let depends = |word: &&str| word.strip_suffix('?') == Some(property);
    match listed {
        words if words.contains(&property) => Replacement::True,
        words if words.iter().any(depends) => Replacement::Conditional,
        _ => Replacement::False,
    }
}
