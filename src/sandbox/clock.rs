//! The virtual clock: how simulated time follows wall time. It never reads a clock itself.

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

/// The end of the year 9999: clients cannot read dates beyond.
const LAST: Millis = 253_402_300_799_000;

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
        let now = self.now(wall).saturating_add(by.max(0));
        *self = Clock { base_virtual: now, base_wall: wall, scale: self.scale, latest: now };
    }

    /// Simulated seconds per real second.
    pub(crate) fn scale(&self) -> f64 {
        self.scale
    }
}

/// Year, month and day of a count of days since 1970 (the proleptic Gregorian calendar).
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    // counted in 400-year eras from 0000-03-01, so that the leap day is a year's last
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_year - (153 * from_march + 2) / 5 + 1)
}

/// ISO 8601 in UTC.
pub(crate) fn iso(time: Millis) -> String {
    let (year, month, day) = civil(time.div_euclid(86_400_000));
    let rest = time.rem_euclid(86_400_000);
    let (hour, minute, second, milli) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// The date as HTTP writes it.
pub(crate) fn http_date(time: Millis) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let days = time.div_euclid(86_400_000);
    let second = time.rem_euclid(86_400_000) / 1000;
    let (year, month, day) = civil(days);
    let weekday = DAYS.get(days.rem_euclid(7) as usize).copied().unwrap_or_default();
    let month = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{:02} GMT", second % 60)
}

#[cfg(test)]
mod tests {
    use super::{Clock, civil, http_date, iso};

    #[test]
    fn dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(http_date(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(iso(784_111_777_250), "1994-11-06T08:49:37.250Z");
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
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
