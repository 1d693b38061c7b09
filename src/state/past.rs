//! What became of an operation, or of a row: one small entry of the history.

use std::sync::Arc;
use std::time::Duration;

use super::{Author, Kind};
use provisor_model::ids::{Address, RecordId};
use provisor_model::time::Timestamp;

/// Something that came to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The local store's commit that wrote it.
    pub serial: u64,
    /// The row's address at that time.
    pub address: Address,
    /// `succeeded`, `failed`, `refused`, `abandoned`, `gone`, `adopted`, `vanished`, `forgotten`, `moved`, and right after that,
    /// at the row's new address, `arrived`; `pushed` or `restored` where another state took the place of this one.
    pub event: String,
    /// Which operation it was, if it was one.
    pub kind: Option<Kind>,
    /// Its record, if it got one.
    pub record: Option<RecordId>,
    /// When it was last sent, by the server's clock.
    pub sent: Option<Timestamp>,
    /// Since when it is over: of an operation by the server's clock, where its record says so; else when the command began
    /// that did it, by its machine's.
    pub ended: Option<Timestamp>,
    /// Who began it; of what is no operation, who did it.
    pub by: Option<Arc<Author>>,
}

impl Past {
    /// How long it was from sending the request to its end.
    #[must_use]
    pub fn took(&self) -> Option<Duration> {
        self.kind.and(self.sent).zip(self.ended).map(|(sent, ended)| ended.since(sent))
    }
}
