//! What an update does to each resource: the resource-level change set of a provisioned product plan. Knows nothing
//! of plans; compares what two versions of a stack evaluate to.

mod causes;
mod change;

use std::collections::HashMap;

use crate::template::evaluate::{Evaluated, Evaluation, resources};
use crate::template::place::Place;
use causes::{Compared, Version};

pub use change::{ChangeAction, ChangeDetail, ChangeSource, EvaluationType, ResourceChange};

/// Compares two versions of a stack; see [`crate::template::Template::changes`].
pub(crate) fn changes(
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
    resources(&mut Evaluation::new(sections, values, place))
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
