//! The time of one location's service: what its clock shows, how patient it asks us to be, and when what was sent to it
//! has arrived or never will. Pure: no clock is read here. Two units meet in this file and nowhere else: the service's
//! time and ours, which a simulated catalog lets run at different speeds.

use std::time::Duration;

use provisor_model::time::Timestamp;

/// How long after an intent was written down its request may still be signed.
const SIGNABLE: Duration = Duration::from_secs(60);

/// How far two readings of the service's clock may lie apart.
const SKEW: Duration = Duration::from_secs(5);

/// How far a reading of the service may lag behind what was written to it.
const LAG: Duration = Duration::from_secs(60);

/// The first pause after the service has put us off.
const RETRY: Duration = Duration::from_secs(2);

/// How patient one location is. All pauses are in the service's time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pacing {
    /// The pause before the first question after an accepted operation.
    pub poll_first: Duration,
    /// The longest pause between two questions.
    pub poll_most: Duration,
    /// How long after the last moment for signing it an unanswered request may still arrive. `None`: a request arrives
    /// at once or never, and no reading lags, as in a simulated catalog.
    pub quarantine: Option<Duration>,
    /// How many seconds pass at the service in one of ours: 1 on AWS, more in a simulated catalog.
    pub time_scale: f64,
}

impl Default for Pacing {
    /// AWS: 2 to 30 s, and the five minutes of a signature with a margin.
    fn default() -> Self {
        Self {
            poll_first: Duration::from_secs(2),
            poll_most: Duration::from_secs(30),
            quarantine: Some(Duration::from_secs(315)),
            time_scale: 1.0,
        }
    }
}

impl Pacing {
    /// The scale, fit to calculate with: what is no positive number is 1.
    #[must_use]
    pub fn scale(&self) -> f64 {
        if self.time_scale.is_finite() && self.time_scale > 0.0 { self.time_scale } else { 1.0 }
    }
}

/// The service's clock as it was last heard, together with the pacing of its location.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ServiceTime {
    now: Timestamp,
    pacing: Pacing,
}

impl ServiceTime {
    /// `now` is what the service's clock shows, if it was ever heard.
    #[must_use]
    pub fn new(now: Option<Timestamp>, pacing: Pacing) -> Self {
        Self { now: now.unwrap_or_default(), pacing }
    }

    /// What the service's clock shows; the epoch as long as it was never heard.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// By when a request that is written down now has to be signed.
    #[must_use]
    pub fn sign_by(&self) -> Timestamp {
        // a faster clock leaves us no less time; a slower one need not leave us more
        self.now.plus(scaled(SIGNABLE, self.pacing.scale().max(1.0)))
    }

    /// How much of the service's time passes while `ours` passes here.
    #[must_use]
    pub fn passed(&self, ours: Duration) -> Duration {
        scaled(ours, self.pacing.scale())
    }

    /// Whether a request that had to be signed by `sign_by` has arrived by `at`, or never will.
    #[must_use]
    pub fn is_settled(&self, sign_by: Timestamp, at: Timestamp) -> bool {
        self.last_arrival(sign_by).is_none_or(|last| at > last)
    }

    /// Whether a record that began at `created` can be that of a request which was first sent at `sent`, and had to be
    /// signed by `sign_by`.
    #[must_use]
    pub fn can_stem_from(&self, created: Timestamp, sent: Timestamp, sign_by: Timestamp) -> bool {
        created.plus(SKEW) >= sent && self.last_arrival(sign_by).is_none_or(|last| created <= last)
    }

    /// Whether a record that began at `created` is older than what was written down at `born`: it can be no record of that.
    #[must_use]
    pub fn precedes(&self, created: Timestamp, born: Timestamp) -> bool {
        created.plus(SKEW) < born
    }

    /// Whether an absence seen at `at` is proof for what was there at `since`.
    #[must_use]
    pub fn is_absence_proven(&self, since: Timestamp, at: Timestamp) -> bool {
        self.pacing.quarantine.is_none() || at > since.plus(LAG + SKEW)
    }

    fn last_arrival(&self, sign_by: Timestamp) -> Option<Timestamp> {
        self.pacing.quarantine.map(|quarantine| sign_by.plus(quarantine))
    }

    /// How long to wait here before the next question about a running operation that was asked after `asked` times.
    #[must_use]
    pub fn until_next_question(&self, asked: u32) -> Duration {
        let longer = |pause: Duration, _| pause.mul_f32(1.5).min(self.pacing.poll_most);
        self.ours((0..asked.min(32)).fold(self.pacing.poll_first, longer))
    }

    /// How long to wait here after the service, or the way to it, has put us off `tries` times before.
    #[must_use]
    pub fn until_next_try(&self, tries: u32) -> Duration {
        let pause = RETRY.saturating_mul(2_u32.saturating_pow(tries.min(6)));
        self.ours(pause.min(self.pacing.poll_most))
    }

    /// How long to wait here before looking again for what may still arrive.
    #[must_use]
    pub fn until_next_look(&self) -> Duration {
        self.ours(self.pacing.poll_most / 2)
    }

    /// How long it takes here until so much of the service's time has passed.
    #[must_use]
    pub fn ours(&self, theirs: Duration) -> Duration {
        // a clock that all but stands still must not stop the run
        scaled(theirs, self.pacing.scale().max(0.001).recip())
    }
}

/// What is too long to be written down is for ever.
fn scaled(time: Duration, by: f64) -> Duration {
    Duration::try_from_secs_f64(time.as_secs_f64() * by).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_000_000);

    fn at(seconds: u64) -> Timestamp {
        START.plus(Duration::from_secs(seconds))
    }

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn aws() -> ServiceTime {
        ServiceTime::new(Some(START), Pacing::default())
    }

    fn simulated(time_scale: f64) -> ServiceTime {
        ServiceTime::new(Some(START), Pacing { quarantine: None, time_scale, ..Pacing::default() })
    }

    #[test]
    fn a_request_may_be_signed_for_a_minute_of_the_slower_clock() {
        assert_eq!(aws().sign_by(), at(60));
        assert_eq!(simulated(100.0).sign_by(), at(6000));
        assert_eq!(simulated(0.1).sign_by(), at(60));
        assert_eq!(ServiceTime::new(None, Pacing::default()).sign_by(), Timestamp(60_000));
    }

    #[test]
    fn a_request_has_settled_when_its_quarantine_is_over() {
        assert!(!aws().is_settled(at(60), at(60 + 315)));
        assert!(aws().is_settled(at(60), at(60 + 316)));
        assert!(simulated(1.0).is_settled(at(60), START), "it arrives at once or never");
    }

    #[test]
    fn a_record_stems_from_a_request_that_could_have_made_it() {
        let stems = |created| aws().can_stem_from(created, at(10), at(60));
        assert!(!stems(at(4)) && stems(at(5)), "two readings of one clock lie up to five seconds apart");
        assert!(stems(at(60 + 315)) && !stems(at(60 + 316)));
        assert!(simulated(1.0).can_stem_from(at(9999), at(10), at(60)));
    }

    #[test]
    fn absence_is_proof_when_no_reader_can_lag_any_more() {
        assert!(!aws().is_absence_proven(START, at(65)));
        assert!(aws().is_absence_proven(START, at(66)));
        assert!(simulated(1.0).is_absence_proven(START, START));
    }

    #[test]
    fn questions_become_rarer() {
        let pauses: Vec<f32> =
            [0, 1, 2, 7, 1000].map(|asked| aws().until_next_question(asked).as_secs_f32()).into();
        assert_eq!(pauses, [2.0, 3.0, 4.5, 30.0, 30.0]);
        let tries: Vec<u64> = [0, 1, 2, 3, 4, 1000].map(|n| aws().until_next_try(n).as_secs()).into();
        assert_eq!(tries, [2, 4, 8, 16, 30, 30]);
        assert_eq!(aws().until_next_look(), seconds(15));
    }

    #[test]
    fn a_simulated_clock_shortens_our_pauses_and_lengthens_what_passes() {
        assert_eq!(simulated(100.0).until_next_question(0), Duration::from_millis(20));
        assert_eq!(simulated(100.0).passed(seconds(1)), seconds(100));
        assert_eq!(simulated(0.0).passed(seconds(1)), seconds(1), "no scale at all");
        assert_eq!(simulated(f64::NAN).until_next_look(), seconds(15));
        assert_eq!(simulated(f64::MAX).passed(Duration::MAX), Duration::MAX);
        assert!(simulated(f64::MIN_POSITIVE).until_next_look() <= seconds(15_000));
    }
}
