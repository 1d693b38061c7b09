//! What became of operations, one small entry each: for people, never for decisions. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::commit::Standing;
use super::{Author, Change, Group, Kind, Phase, Settlement};
use crate::model::ids::{Address, RecordId};
use crate::model::time::Timestamp;

/// Something that came to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The local store's commit that wrote it.
    pub serial: u64,
    /// The row's address at that time.
    pub address: Address,
    /// `succeeded`, `failed`, `refused`, `abandoned`, `gone`, `adopted`, `vanished`, `forgotten` or `moved`.
    pub event: String,
    /// Which operation it was, if it was one.
    pub kind: Option<Kind>,
    /// Its record, if it got one.
    pub record: Option<RecordId>,
    /// When it was last sent, by the server's clock.
    pub sent: Option<Timestamp>,
    /// Who began it; of what is no operation, who had written the row before.
    pub by: Option<Arc<Author>>,
}

/// What these groups bring to an end; `before` holds the rows as they were.
pub(super) fn past<'a>(
    serial: u64,
    groups: impl Iterator<Item = &'a Group>,
    before: &BTreeMap<Address, Standing>,
) -> Vec<Past> {
    let writes = groups.flat_map(|group| &group.writes);
    let changes = writes.flat_map(|write| write.changes.iter().map(|change| (&write.address, change)));
    changes.filter_map(|(address, change)| ended(serial, address, change, before.get(address))).collect()
}

fn ended(serial: u64, address: &Address, change: &Change, before: Option<&Standing>) -> Option<Past> {
    let event = event(change)?.to_owned();
    let row = before.and_then(|standing| standing.row.as_ref());
    let intent = row.and_then(|row| row.intent.as_ref());
    let record = intent.and_then(|intent| match &intent.phase {
        Phase::Accepted(record) => Some(record.clone()),
        Phase::Intended => None,
    });
    Some(Past {
        serial,
        address: address.clone(),
        event,
        kind: intent.map(|intent| intent.kind),
        record,
        sent: intent.map(|intent| intent.sent),
        by: intent.map_or_else(|| row.and_then(|row| row.by.clone()), |intent| intent.by.clone()),
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
        Change::Settled(settlement) => Some(match **settlement {
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
