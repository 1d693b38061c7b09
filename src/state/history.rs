//! What became of operations, one small entry each: for people, never for decisions. Pure.

use std::collections::BTreeMap;

use super::{Change, Entry, Kind, Phase, Row, Settlement};
use crate::model::ids::{Address, RecordId};
use crate::model::time::Timestamp;

/// How many entries a store keeps.
pub const HISTORY_KEPT: usize = 5_000;

/// Something that came to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The commit that wrote it.
    pub serial: u64,
    /// The row's address at that time.
    pub address: Address,
    /// `succeeded`, `failed`, `refused`, `abandoned`, `gone`, `adopted`, `vanished`, `forgotten` or `moved`.
    pub event: String,
    /// Which operation it was, if it was one.
    pub kind: Option<Kind>,
    /// Its record, if it got one.
    pub record: Option<RecordId>,
    /// When it was last sent.
    pub sent: Option<Timestamp>,
}

/// What the entries bring to an end; `before` holds the rows as they were.
pub(super) fn past(serial: u64, entries: &[Entry], before: &BTreeMap<Address, Option<Row>>) -> Vec<Past> {
    let told = |(address, change): &Entry| {
        let event = event(change)?.to_owned();
        let intent = before.get(address).and_then(|row| row.as_ref()?.intent.as_ref());
        let record = intent.and_then(|intent| match &intent.phase {
            Phase::Accepted(record) => Some(record.clone()),
            Phase::Intended => None,
        });
        let (kind, sent) = (intent.map(|intent| intent.kind), intent.map(|intent| intent.sent));
        Some(Past { serial, address: address.clone(), event, kind, record, sent })
    };
    entries.iter().filter_map(told).collect()
}

fn event(change: &Change) -> Option<&'static str> {
    match change {
        Change::Begin { .. }
        | Change::Resent { .. }
        | Change::Accepted { .. }
        | Change::Found(_)
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
