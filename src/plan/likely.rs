//! Something that goes beside something alike that comes: a rename, perhaps, that nobody has written. Said; nothing is
//! decided by it.

use std::collections::BTreeMap;

use super::{Action, Note, Planned, Reason, Spec, Step};
use crate::model::ids::{Address, Key, Labels, LocationName, ProductId};
use crate::model::text::listed;
use crate::state::{Applied, Recorded, Stored};

/// So many locations are named.
const FEW: usize = 5;

/// What goes, and is still remembered.
#[derive(Clone, Copy)]
struct Leaving<'a> {
    address: &'a Address,
    name: &'a str,
    applied: &'a Applied,
}

/// What goes, and what comes in its likeness.
#[derive(Clone, Copy)]
struct Likeness<'a> {
    from: &'a Address,
    to: &'a Address,
}

/// One remark for each creation that exactly one termination is like.
pub(super) fn renames(steps: &[Step], recorded: &Recorded, labels: &Labels) -> Vec<Note> {
    let mut leaving: BTreeMap<(&LocationName, &ProductId), Vec<Leaving<'_>>> = BTreeMap::new();
    for gone in steps.iter().filter_map(|step| leaves(step, recorded)) {
        let key = (&gone.address.location, &gone.applied.content.target.product.id);
        leaving.entry(key).or_default().push(gone);
    }
    let coming: Vec<(&Address, &Spec)> = steps.iter().filter_map(comes).collect();
    let like = |address: &Address, spec: &Spec| -> Vec<Leaving<'_>> {
        let all = leaving.get(&(&address.location, &spec.target.product.id));
        all.into_iter().flatten().filter(|gone| is_alike(gone.applied, spec)).copied().collect()
    };
    let pairs = coming.iter().filter_map(|(address, spec)| match like(address, spec).as_slice() {
        [one] => Some((*address, *one)),
        _ => None,
    });
    let pairs: Vec<(&Address, Leaving<'_>)> = pairs.collect();
    let is_alone =
        |gone: &Leaving<'_>| pairs.iter().filter(|(_, one)| one.address == gone.address).count() == 1;
    // the same on several locations is told once
    let mut told: BTreeMap<(&Key, &Key, &str), Vec<Likeness<'_>>> = BTreeMap::new();
    for (to, gone) in pairs.iter().filter(|(_, gone)| is_alone(gone)) {
        let like = Likeness { from: gone.address, to };
        told.entry((&like.from.key, &like.to.key, gone.name)).or_default().push(like);
    }
    let notes = told.into_iter().filter_map(|((from_key, to_key, name), of)| {
        let Likeness { from, to } = *of.first()?;
        let (from_label, to_label) = match of.len() {
            1 => (labels.label(from), labels.label(to)),
            _ => (from_key.to_string(), to_key.to_string()),
        };
        let others = of.iter().skip(1).map(|like| labels.location(&like.to.location));
        let others = if of.len() > 1 { format!(" (also on {})", listed(others, FEW)) } else { String::new() };
        let text = format!(
            "`{from_label}` goes, and this comes in its likeness: a rename? `moved: [{{from: {from_label}, to: {to_label}}}]` and `provisioned_product_name: {name}` keep what is there{others}"
        );
        Some(Note { address: to.clone(), text })
    });
    notes.collect()
}

fn leaves<'a>(step: &'a Step, recorded: &'a Recorded) -> Option<Leaving<'a>> {
    let Action::Terminate(gone) = &step.action else { return None };
    let applied = recorded.rows.get(&step.address)?.applied.as_ref()?;
    let is_gone = !gone.replacing && step.reasons.contains(&Reason::Removed);
    is_gone.then_some(Leaving { address: &step.address, name: &gone.name, applied })
}

fn comes(step: &Step) -> Option<(&Address, &Spec)> {
    match &step.action {
        Action::Provision(spec) if step.reasons == [Reason::New] => Some((&step.address, spec)),
        _ => None,
    }
}

/// Whether all that can be compared is the same, and there is something to compare.
fn is_alike(applied: &Applied, spec: &Spec) -> bool {
    let before = &applied.content.parameters;
    let same = |(key, wanted): (&String, &super::Parameter)| match (before.get(key), &wanted.value) {
        (Some(Stored::Text(was)), Planned::Known(text)) => was.trim() == text.trim(),
        (was, _) => was.is_some(),
    };
    let compared = |value: &super::Parameter| matches!(value.value, Planned::Known(_));
    before.len() == spec.parameters.len()
        && spec.parameters.values().any(compared)
        && spec.parameters.iter().all(same)
}
