//! What an update does to each resource: the resource-level change set of a provisioned product plan. Knows nothing
//! of plans; compares what two (sections, values) pairs evaluate to. Why something changes is in `causes`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::Place;
use super::attributes::naming_property;
use super::causes::{self, Compared};
use super::evaluate::Evaluation;
use super::schemas::schema;
use super::sections::Sections;
use super::stack::{self, Evaluated};

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

/// When it is known that a value changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvaluationType {
    /// Before anything is executed.
    Static,
    /// Only once the resource it comes from is changed.
    Dynamic,
}

/// What makes a value change
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeSource {
    /// The template says something else.
    DirectModification,
    /// A parameter has another value.
    ParameterReference,
    /// A resource that `Ref` names may be replaced.
    ResourceReference,
    /// A resource that `Fn::GetAtt` names changes.
    ResourceAttribute,
}

/// One reason for a change. A parameter's new value gives two, as in the service: one dynamic without a cause, one
/// static with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeDetail {
    /// `Properties`, `Tags`, `Metadata`, `CreationPolicy`, `UpdatePolicy`, `DeletionPolicy` or
    /// `UpdateReplacePolicy`.
    pub attribute: &'static str,
    /// The property, where `attribute` is `Properties`.
    pub name: Option<String>,
    /// Whether a change of the target replaces the resource.
    pub recreation: Replacement,
    /// When it is known.
    pub evaluation: EvaluationType,
    /// What kind of cause it has.
    pub source: ChangeSource,
    /// The parameter, the resource or the `Resource.Attribute` behind it; none for a direct modification.
    pub causing_entity: Option<String>,
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

/// A version of a stack: its sections and its values.
pub(super) type Version<'a> = (&'a Sections, &'a BTreeMap<String, String>);

/// Compares two versions of a stack; see [`super::Template::changes`].
pub(super) fn changes(
    old: Option<Version<'_>>,
    new: Version<'_>,
    place: &Place<'_>,
) -> Result<Vec<ResourceChange>, String> {
    let before = old.map_or_else(|| Ok(Vec::new()), |version| evaluated(version, place))?;
    let after = evaluated(new, place)?;
    let known: HashMap<&str, &Evaluated> =
        before.iter().map(|old| (old.resource.logical_id.as_str(), old)).collect();
    refuse_other_types(&known, &after)?;
    let mut details = match old {
        Some(old) => causes::details(&Compared { old, new, known: &known, after: &after, place })?,
        None => HashMap::new(),
    };
    let kept = after.iter().filter_map(|new| {
        let id = new.resource.logical_id.as_str();
        match known.get(id) {
            Some(old) => details.remove(id).map(|details| modification(old, details)),
            None => Some(change(ChangeAction::Add, new)),
        }
    });
    let kept: Vec<ResourceChange> = kept.collect();
    let is_gone =
        |old: &&Evaluated| !after.iter().any(|new| new.resource.logical_id == old.resource.logical_id);
    let gone = before.iter().filter(is_gone).map(|old| change(ChangeAction::Remove, old));
    Ok(kept.into_iter().chain(gone).collect())
}

/// A resource may become anything but another type.
fn refuse_other_types(known: &HashMap<&str, &Evaluated>, after: &[Evaluated]) -> Result<(), String> {
    let other = |new: &&Evaluated| {
        known.get(new.resource.logical_id.as_str()).is_some_and(|old| old.resource.kind != new.resource.kind)
    };
    let retyped: Vec<&str> = after.iter().filter(other).map(|new| new.resource.logical_id.as_str()).collect();
    if retyped.is_empty() {
        return Ok(());
    }
    Err(format!(
        "Update of resource type is not permitted. The new template modifies resource type of the following \
         resources: [{}]",
        retyped.join(", ")
    ))
}

fn evaluated((sections, values): Version<'_>, place: &Place<'_>) -> Result<Vec<Evaluated>, String> {
    stack::resources(&mut Evaluation::new(sections, values, place))
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

fn modification(old: &Evaluated, details: Vec<ChangeDetail>) -> ResourceChange {
    let replacement = details.iter().map(ChangeDetail::replacement).max();
    ResourceChange { replacement, details, ..change(ChangeAction::Modify, old) }
}

impl ChangeDetail {
    /// Whether this alone replaces the resource: what is not certain yet may.
    pub(super) fn replacement(&self) -> Replacement {
        match (self.recreation, self.evaluation) {
            (Replacement::True, EvaluationType::Dynamic) => Replacement::Conditional,
            (recreation, _) => recreation,
        }
    }
}

static REPLACEMENTS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("replacements.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(str::split_whitespace).filter_map(|mut words| Some((words.next()?, words.collect()))).collect()
});

/// Whether changing a property replaces a resource.
pub(super) fn recreation(kind: &str, property: &str) -> Replacement {
    if naming_property(kind) == Some(property) {
        return Replacement::True;
    }
    let Some(listed) = REPLACEMENTS.get(kind) else {
        return match schema(kind).map(|schema| schema.replaces(property)) {
            Some(Some(true)) => Replacement::True,
            Some(Some(false)) => Replacement::False,
            Some(None) | None => Replacement::Conditional,
        };
    };
    let depends = |word: &&str| word.strip_suffix('?') == Some(property);
    match listed {
        words if words.contains(&property) => Replacement::True,
        words if words.iter().any(depends) => Replacement::Conditional,
        _ => Replacement::False,
    }
}
