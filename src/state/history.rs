//! What became of operations, one small entry each: for people, never for decisions. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::commit::Standing;
use super::{Author, Change, Group, Past, Phase, Settlement};
use provisor_model::ids::Address;
use provisor_model::time::Timestamp;

/// Who writes, and when.
#[derive(Clone, Debug)]
pub(super) struct Stamp {
    /// The commit.
    pub(super) serial: u64,
    pub(super) by: Option<Arc<Author>>,
    pub(super) at: Timestamp,
}

/// What became of a row that is no operation's.
pub(super) fn past_of_row(stamp: &Stamp, address: &Address, event: &str) -> Past {
    Past {
        serial: stamp.serial,
        address: address.clone(),
        event: event.to_owned(),
        kind: None,
        record: None,
        sent: None,
        ended: Some(stamp.at),
        by: stamp.by.clone(),
    }
}

/// What these groups bring to an end; `before` holds the rows as they were.
pub(super) fn past<'a>(
    stamp: &Stamp,
    groups: impl Iterator<Item = &'a Group>,
    before: &BTreeMap<Address, Standing>,
) -> Vec<Past> {
    let writes = groups.flat_map(|group| &group.writes);
    let changes = writes.flat_map(|write| write.changes.iter().map(|change| (&write.address, change)));
    let entries = |(address, change): (&'a Address, &'a Change)| {
        let arrived = match change {
            Change::Moved { to } => Some(past_of_row(stamp, to, ARRIVED)),
            _ => None,
        };
        ended(stamp, address, change, before.get(address)).into_iter().chain(arrived)
    };
    changes.flat_map(entries).collect()
}

const ARRIVED: &str = "arrived";

/// What became of the rows that stand at these addresses, also where they stood before.
#[must_use]
pub fn past_of(all: Vec<Past>, named: &BTreeSet<Address>) -> Vec<Past> {
    let mut named = named.clone();
    let mut found = Vec::new();
    let mut arrives = false;
    for past in all.into_iter().rev() {
        // a row's arrival was written right after its leaving
        if std::mem::take(&mut arrives) {
            named.insert(past.address.clone());
        }
        if named.contains(&past.address) {
            arrives = past.event == ARRIVED;
            found.push(past);
        }
    }
    found.reverse();
    found
}

fn ended(stamp: &Stamp, address: &Address, change: &Change, before: Option<&Standing>) -> Option<Past> {
    let row = past_of_row(stamp, address, event(change)?);
    let Some(intent) = before.and_then(|standing| standing.row.as_ref()?.intent.as_ref()) else {
        return Some(row);
    };
    let record = match &intent.phase {
        Phase::Accepted(record) => Some(record.clone()),
        Phase::Intended => None,
    };
    let ended = match change {
        Change::Settled(_, ended) => *ended,
        _ => None,
    };
    Some(Past {
        kind: Some(intent.kind),
        record,
        sent: Some(intent.sent),
        ended,
        by: intent.by.clone(),
        ..row
    })
}

fn event(change: &Change) -> Option<&'static str> {
    match change {
        Change::Begin { .. }
        | Change::Resent { .. }
        | Change::Accepted { .. }
        | Change::Found(_)
        | Change::Located(_)
        | Change::Remembered { .. } => None,
        Change::Refused { .. } => Some("refused"),
        Change::Abandoned => Some("abandoned"),
        Change::Settled(settlement, _) => Some(match **settlement {
            Settlement::Succeeded { .. } => "succeeded",
            Settlement::Gone => "gone",
            Settlement::Failed { .. } => "failed",
        }),
        Change::Adopted { .. } => Some("adopted"),
        Change::Vanished => Some("vanished"),
        Change::Forget => Some("forgotten"),
        Change::Moved { .. } => Some("moved"),
    }
}
