//! When each resource of a stack was created or last changed, as far as the stack's operations tell. What an earlier
//! operation's parameters were is not kept: what depends on any counts as changed by every update.

use std::collections::BTreeMap;

use super::stacks::Stack;
use crate::catalogue::Artifact;
use crate::clock::Millis;

/// What became of a resource, and when.
pub(super) type Fate = (&'static str, Millis);

/// A successful operation: when it began, and what it rolled out.
pub(super) type Step<'a> = (Millis, Option<&'a Artifact>);

/// The fates of those resources that the last update of a stack did not change.
pub(super) fn fates(stack: &Stack<'_>) -> BTreeMap<String, Fate> {
    let mut fates: BTreeMap<String, Fate> = BTreeMap::new();
    let mut steps = stack.steps.iter();
    let Some((begun, Some(first))) = steps.next() else { return fates };
    let mut last = *first;
    let mut begun = *begun;
    let mut fresh = true;
    for (at, artifact) in steps {
        let Some(artifact) = artifact else { return BTreeMap::new() };
        let place = stack.place();
        let Ok((steady, added)) = artifact.template.untouched(&last.template, stack.parameters, &place)
        else {
            return BTreeMap::new();
        };
        let first_fate = ("CREATE_COMPLETE", begun);
        let kept = steady.into_iter().filter_map(|id| {
            let fate = fates.get(&id).copied().or_else(|| fresh.then_some(first_fate))?;
            Some((id, fate))
        });
        let added = added.into_iter().map(|id| (id, ("CREATE_COMPLETE", *at)));
        fates = kept.chain(added).collect();
        // from here on, what is not told was changed by some update
        (last, begun, fresh) = (*artifact, *at, false);
    }
    fates
}
