//! The virtual clock: how simulated time follows wall time. It never reads a clock itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970 (of the virtual or the wall clock), or a span of them.
pub(crate) type Millis = i64;

/// Virtual time runs `scale` times as fast as the wall, also while no process runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Clock {
    base_virtual: Millis,
    base_wall: Millis,
    scale: f64,
    latest: Millis,
}

/// The day before the last of the year 9999, the latest moment that a [`Timestamp`] holds: many clients cannot read
/// dates beyond that year.
const LAST: Millis = 253_402_207_200_000;

impl Clock {
    /// A clock that shows the wall's time now and runs `scale` times as fast from here on.
    pub(crate) fn start(wall: Millis, scale: f64) -> Clock {
        Clock { base_virtual: wall, base_wall: wall, scale, latest: wall }
    }

    /// Virtual time; never runs backwards, whatever the wall does.
    pub(crate) fn now(&mut self, wall: Millis) -> Millis {
        let passed = (wall - self.base_wall) as f64 * self.scale;
        let now = self.base_virtual.saturating_add(passed as Millis).min(LAST);
        self.latest = self.latest.max(now);
        self.latest
    }

    /// Never shows less than this again: what was seen once is past.
    pub(crate) fn not_before(&mut self, seen: Millis) {
        self.latest = self.latest.max(seen);
    }

    /// Runs at another speed from here on.
    pub(crate) fn rescale(&mut self, wall: Millis, scale: f64) {
        let now = self.now(wall);
        *self = Clock { base_virtual: now, base_wall: wall, scale, latest: now };
    }

    /// Jumps ahead.
    pub(crate) fn advance(&mut self, wall: Millis, by: Millis) {
        let now = self.now(wall).saturating_add(by.max(0)).min(LAST);
        *self = Clock { base_virtual: now, base_wall: wall, scale: self.scale, latest: now };
    }

    /// Simulated seconds per real second.
    pub(crate) fn scale(&self) -> f64 {
        self.scale
    }
}

/// A moment as RFC 3339 writes it, in UTC and to the millisecond.
pub(crate) fn rfc3339(time: Millis) -> String {
    timestamp(time).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// A moment as HTTP's `Date` header writes it.
pub(crate) fn http_date(time: Millis) -> String {
    timestamp(time).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The clock never passes the last moment that can be written; a journal of an earlier version may.
fn timestamp(time: Millis) -> Timestamp {
    Timestamp::from_millisecond(time).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Clock, LAST, http_date, rfc3339};

    #[test]
    fn dates() {
        assert_eq!(rfc3339(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(http_date(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(rfc3339(784_111_777_250), "1994-11-06T08:49:37.250Z");
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    }

    #[test]
    fn the_clock_stops_where_dates_end() {
        let mut clock = Clock::start(0, 1.0);
        clock.advance(0, i64::MAX);
        assert_eq!(clock.now(1_000), LAST);
        assert_eq!(rfc3339(LAST), "9999-12-30T22:00:00.000Z");
        assert_eq!(http_date(i64::MAX), http_date(LAST), "from an earlier version's journal");
    }

    #[test]
    fn time_runs_at_its_scale_and_never_back() {
        let mut clock = Clock::start(1_000, 100.0);
        assert_eq!(clock.now(2_000), 101_000);
        assert_eq!(clock.now(1_500), 101_000, "the wall may be set back, virtual time is not");
        clock.rescale(2_000, 1.0);
        assert_eq!(clock.now(3_000), 102_000);
        clock.advance(3_000, 60_000);
        assert_eq!(clock.now(3_000), 162_000);
    }
}
