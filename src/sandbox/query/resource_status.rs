//! When each resource of a stack was created or last changed, as far as the stack's operations tell. What an earlier
//! operation's parameters were is not kept: what depends on any counts as changed by every update.

use std::collections::BTreeMap;

use crate::catalog::Artifact;
use crate::clock::Millis;
use crate::template::Place;

/// A resource's status, and since when it has it.
pub(super) type ResourceStatus = (&'static str, Millis);

/// An operation on a stack that succeeded.
pub(super) struct Rollout<'a> {
    /// When it began.
    pub at: Millis,
    /// What it rolled out; none if that has left the catalog.
    pub artifact: Option<&'a Artifact>,
}

/// The statuses of those resources that the last update did not change. `parameters` are those that the stack runs with.
pub(super) fn unchanged(
    rollouts: &[Rollout<'_>],
    parameters: &BTreeMap<String, String>,
    place: &Place<'_>,
) -> BTreeMap<String, ResourceStatus> {
    let mut statuses: BTreeMap<String, ResourceStatus> = BTreeMap::new();
    let Some((Rollout { at: created, artifact: Some(first) }, updates)) = rollouts.split_first() else {
        return statuses;
    };
    let mut last = *first;
    for (number, update) in updates.iter().enumerate() {
        let Some(artifact) = update.artifact else { return BTreeMap::new() };
        let untouched = artifact.template.untouched(&last.template, parameters, place);
        let Ok((steady, added)) = untouched else { return BTreeMap::new() };
        // after the first update, what has no status was changed by some update
        let since_creation = (number == 0).then_some(("CREATE_COMPLETE", *created));
        let kept = steady.into_iter().filter_map(|id| {
            let status = statuses.get(&id).copied().or(since_creation)?;
            Some((id, status))
        });
        let added = added.into_iter().map(|id| (id, ("CREATE_COMPLETE", update.at)));
        statuses = kept.chain(added).collect();
        last = artifact;
    }
    statuses
}
