//! Order: create after inputs, terminate before inputs, and the same for the same input every time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Action, Rule, Spec, Step, StepIx};
use crate::declare::Desired;
use crate::model::ids::Address;
use crate::model::template::Template;
use crate::state::Recorded;

/// Which step of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    /// The termination that begins a replacement.
    First,
    /// An operation that an update begins with, by its number.
    Part(usize),
    /// The step, or what a replacement ends in.
    Main,
}

/// A step before it has a number.
pub(super) struct Draft {
    pub slot: Slot,
    /// What its row was made after, before this plan.
    pub formerly: BTreeSet<Address>,
    pub step: Step,
}

/// The selected declarations, each after everything it needs. Declarations hold no cycle.
pub(super) fn inputs_first(desired: &Desired, selected: &BTreeSet<Address>) -> Vec<Address> {
    let wanted = desired.products.iter().filter(|(address, _)| selected.contains(*address));
    let needs: BTreeMap<&Address, BTreeSet<Address>> =
        wanted.map(|(address, product)| (address, product.needs())).collect();
    let mut waiting: BTreeMap<&Address, usize> = BTreeMap::new();
    let mut dependents: BTreeMap<&Address, Vec<&Address>> = BTreeMap::new();
    for (address, needs_of) in &needs {
        let count = waiting.entry(*address).or_default();
        for input in needs_of.iter().filter(|input| needs.contains_key(*input)) {
            *count += 1;
            dependents.entry(input).or_default().push(*address);
        }
    }
    let mut ready: VecDeque<&Address> =
        waiting.iter().filter(|(_, count)| **count == 0).map(|(address, _)| *address).collect();
    let mut order = Vec::with_capacity(needs.len());
    while let Some(address) = ready.pop_front() {
        order.push(address.clone());
        for dependent in dependents.get(address).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(dependent) {
                *count -= 1;
                if *count == 0 {
                    ready.push_back(dependent);
                }
            }
        }
    }
    order
}

/// Numbers the steps so that each comes after everything it waits for.
pub(super) fn number(drafts: Vec<Draft>) -> Vec<Step> {
    let edges = edges(&drafts);
    let mut waiting: Vec<usize> = edges.iter().map(BTreeSet::len).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); drafts.len()];
    for (draft, before) in edges.iter().enumerate() {
        before.iter().for_each(|first| followers[*first].push(draft));
    }
    let name = |draft: usize| (drafts[draft].step.address.clone(), drafts[draft].slot, draft);
    let mut ready: BTreeSet<_> = (0..drafts.len()).filter(|draft| waiting[*draft] == 0).map(name).collect();
    let mut open: BTreeSet<usize> = (0..drafts.len()).collect();
    let mut order = Vec::with_capacity(drafts.len());
    let freed = |open: &BTreeSet<usize>| {
        let circle = circle(&edges, open).into_iter();
        circle.map(|draft| (drafts[draft].slot, name(draft))).min().map(|(_, name)| name)
    };
    while let Some((_, _, draft)) = ready.pop_first().or_else(|| freed(&open)) {
        if !open.remove(&draft) {
            continue;
        }
        order.push(draft);
        for follower in &followers[draft] {
            waiting[*follower] -= 1;
            if waiting[*follower] == 0 && open.contains(follower) {
                ready.insert(name(*follower));
            }
        }
    }
    let mut place = vec![StepIx(0); drafts.len()];
    order.iter().enumerate().for_each(|(number, draft)| place[*draft] = StepIx(number));
    let mut steps: Vec<Option<Step>> = drafts.into_iter().map(|draft| Some(draft.step)).collect();
    let taken = |draft: usize| {
        let mut step = steps[draft].take()?;
        step.after = edges[draft]
            .iter()
            .map(|before| place[*before])
            .filter(|before| *before < place[draft])
            .collect();
        Some(step)
    };
    order.into_iter().filter_map(taken).collect()
}

/// Drafts that wait for each other, if nothing is ready: rows may remember a circle, or something goes that still holds up
/// what it was made after. One of them goes first, and no step is lost.
fn circle(edges: &[BTreeSet<usize>], open: &BTreeSet<usize>) -> Vec<usize> {
    let mut path: Vec<usize> = open.first().into_iter().copied().collect();
    while let Some(next) = path.last().and_then(|at| edges[*at].intersection(open).next()) {
        if let Some(start) = path.iter().position(|seen| seen == next) {
            return path.split_off(start);
        }
        path.push(*next);
    }
    path
}

/// What is refused stays as it is: steps that need it do not wait for it, if it is there, at rest, and nothing of theirs is
/// filled from what it would have become. What tears something down goes on waiting.
pub(super) fn release(steps: &mut [Step], recorded: &Recorded) {
    let stands = |step: &Step| {
        let row = recorded.rows.get(&step.address);
        let moves = |rule| matches!(rule, Rule::Exists | Rule::InMotion | Rule::UnknownStatus);
        matches!(&step.action, Action::Refused(refusal) if !moves(refusal.rule))
            && row.is_some_and(|row| row.applied.is_some() && row.intent.is_none())
    };
    let standing: BTreeMap<StepIx, Address> = steps
        .iter()
        .enumerate()
        .filter(|(_, step)| stands(step))
        .map(|(n, step)| (StepIx(n), step.address.clone()))
        .collect();
    let waits = |step: &Step| match &step.action {
        Action::Provision(_)
        | Action::Update(..)
        | Action::Adopt(..)
        | Action::Accept(..)
        | Action::Remember => false,
        Action::Settle(..) | Action::Terminate(_) | Action::Forget { .. } | Action::Refused(_) => true,
    };
    for step in steps.iter_mut().filter(|step| !waits(step)) {
        let templates = step.spec().into_iter().flat_map(Spec::templates);
        let pending: BTreeSet<Address> =
            templates.flat_map(Template::references).map(|r| r.of.clone()).collect();
        let is_free = |input: &Address| *input != step.address && !pending.contains(input);
        step.after.retain(|before| !standing.get(before).is_some_and(&is_free));
    }
}

/// For each draft, the drafts that come first. What was interrupted waits for nothing: it was decided before. Terminations wait for what was made after their product; all others for
/// what they need. Terminations of a replacement wait for inputs too, unless those are replaced as well: nothing is torn
/// down that cannot be built again, and nothing before what stands on it.
fn edges(drafts: &[Draft]) -> Vec<BTreeSet<usize>> {
    let mut last: BTreeMap<&Address, usize> = BTreeMap::new();
    let mut first: BTreeMap<&Address, usize> = BTreeMap::new();
    let mut parts: BTreeMap<&Address, Vec<(Slot, usize)>> = BTreeMap::new();
    let mut former: BTreeMap<(Slot, &Address), Vec<usize>> = BTreeMap::new();
    for (n, draft) in drafts.iter().enumerate() {
        match draft.slot {
            Slot::First => drop(first.insert(&draft.step.address, n)),
            Slot::Part(_) => parts.entry(&draft.step.address).or_default().push((draft.slot, n)),
            Slot::Main => drop(last.insert(&draft.step.address, n)),
        }
        draft.formerly.iter().for_each(|input| former.entry((draft.slot, input)).or_default().push(n));
    }
    let made_after = |slot, address| former.get(&(slot, address)).into_iter().flatten().copied();
    let leaves = |draft: &Draft| {
        matches!(&draft.step.action, Action::Terminate(t) if !t.replacing)
            || matches!(draft.step.action, Action::Forget { .. })
    };
    drafts
        .iter()
        .enumerate()
        .map(|(n, draft)| {
            let address = &draft.step.address;
            if matches!(draft.step.action, Action::Settle(..)) {
                return BTreeSet::new();
            }
            let mut before: BTreeSet<usize> = if leaves(draft) {
                made_after(Slot::Main, address).collect()
            } else {
                let ends_too = |input: &Address| first.contains_key(input);
                let in_turn = draft.slot == Slot::First
                    && (draft.formerly.iter().any(ends_too) || draft.step.needs.iter().any(ends_too));
                let input = |input: &Address| last.get(input).copied().filter(|i| !leaves(&drafts[*i]));
                draft.step.needs.iter().filter(|_| !in_turn).filter_map(input).collect()
            };
            let earlier = parts.get(address).into_iter().flatten().filter(|(slot, _)| *slot < draft.slot);
            before.extend(earlier.map(|(_, n)| *n));
            match draft.slot {
                Slot::Main | Slot::Part(_) => before.extend(first.get(address)),
                Slot::First => {
                    before.extend(made_after(Slot::First, address));
                    before.extend(made_after(Slot::Main, address).filter(|n| leaves(&drafts[*n])));
                }
            }
            before.remove(&n);
            before
        })
        .collect()
}
