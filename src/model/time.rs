//! Instants as the catalog's server states them, and how patient to be with it. No clock is read here.

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

    /// This instant, moved into the future.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// How patient one location is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pacing {
    /// The first question after a record.
    pub poll_first: Duration,
    /// The longest pause between two questions.
    pub poll_most: Duration,
    /// How long after `sign_by` an unanswered request may still arrive.
    pub quarantine: Duration,
    /// How many simulated seconds pass in one real second (1 on AWS).
    pub time_scale: f64,
}

impl Default for Pacing {
    /// AWS: 2 to 30 s, and the five minutes of a signature with a margin.
    fn default() -> Self {
        Self {
            poll_first: Duration::from_secs(2),
            poll_most: Duration::from_secs(30),
            quarantine: Duration::from_secs(315),
            time_scale: 1.0,
        }
    }
}
