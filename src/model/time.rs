//! Instants as the catalog's server states them, and durations as people write them. No clock is read here.

use std::time::Duration;

/// Milliseconds since the Unix epoch, by somebody else's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// How long after `earlier` this is; zero if it is not.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// As the catalog's documents write it, in whole seconds: `2026-11-29T14:31:18Z`; empty beyond all calendars.
    #[must_use]
    pub fn utc(self) -> String {
        let time = jiff::Timestamp::from_millisecond(self.0);
        time.map(|time| format!("{time:.0}")).unwrap_or_default()
    }

    /// The same in milliseconds, for logs.
    #[must_use]
    pub fn utc_precise(self) -> String {
        let time = jiff::Timestamp::from_millisecond(self.0);
        time.map(|time| format!("{time:.3}")).unwrap_or_default()
    }

    /// This instant, moved into the future.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// The duration that a text means, days of 24 hours among it: `90s`, `60m`, `1h30m`, `7d`, `1d12h`.
#[must_use]
pub fn duration_in(text: &str) -> Option<Duration> {
    let signed = |text: &str| Duration::try_from(text.parse::<jiff::SignedDuration>().ok()?).ok();
    let text = text.trim();
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let unit = number.trim_start();
    let rest = ["days", "day", "d"].iter().find_map(|name| unit.strip_prefix(name));
    let Some(rest) = rest.filter(|rest| !rest.starts_with(char::is_alphabetic)) else { return signed(text) };
    let days: u64 = text.strip_suffix(number)?.parse().ok()?;
    let days = Duration::from_secs(days.checked_mul(24 * 3600)?);
    if rest.is_empty() { Some(days) } else { days.checked_add(signed(rest.trim_start())?) }
}

/// A duration as people write it, in whole seconds: `45s`, `1m30s`, `2h0m5s`.
#[must_use]
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest}s"),
        (0, _) => format!("{minutes}m{rest}s"),
        _ => format!("{hours}h{minutes}m{rest}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_durations_too() {
        for (text, seconds) in [
            ("90s", Some(90)),
            ("1h30m", Some(5400)),
            ("7d", Some(7 * 86_400)),
            ("1 day", Some(86_400)),
            ("2days", Some(2 * 86_400)),
            ("1d12h", Some(36 * 3600)),
            ("1d 5m", Some(86_400 + 300)),
            ("0d", Some(0)),
            ("d", None),
            ("-1d", None),
            ("1d-1h", None),
            ("1dx", None),
            ("1d5", None),
            ("7", None),
            ("", None),
            ("99999999999999999999d", None),
            ("999999999999999999d", None),
        ] {
            assert_eq!(duration_in(text), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
