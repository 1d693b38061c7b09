//! Times in documents.

use crate::model::time::Timestamp;

/// A time with milliseconds, in UTC.
pub(super) fn rfc3339(time: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(time.0).map(|time| format!("{time:.3}")).unwrap_or_default()
}
