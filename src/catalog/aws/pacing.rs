//! How often one location is asked: a token bucket that slows down when the service says so and speeds up while it
//! does not, and the pauses between rounds of a throttled read. The SDK's adaptive mode is not used: it collapses.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const FIRST_RATE: f64 = 10.0;
const LEAST_RATE: f64 = 0.5;
const MOST_RATE: f64 = 50.0;
const BURST: f64 = 20.0;
/// Each answer that is not throttled adds this much to the rate.
const STEP_UP: f64 = 0.1;
const STEP_DOWN: f64 = 0.5;
/// Answers to what was sent before a slow-down say nothing about the new rate.
const DEAF: Duration = Duration::from_secs(1);

/// Paces the calls to one location, first come first served.
#[derive(Debug)]
pub(super) struct Pace {
    queue: tokio::sync::Mutex<()>,
    bucket: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    rate: f64,
    filled: Instant,
    slowed: Option<Instant>,
}

impl Pace {
    /// A bucket that is full: the first calls need not wait.
    pub(super) fn new() -> Self {
        let bucket = Bucket { tokens: BURST, rate: FIRST_RATE, filled: Instant::now(), slowed: None };
        Self { queue: tokio::sync::Mutex::new(()), bucket: Mutex::new(bucket) }
    }

    /// Waits for the turn of one call.
    pub(super) async fn turn(&self) {
        let _place = self.queue.lock().await;
        loop {
            let wait = self.with(|bucket| bucket.take(Instant::now()));
            match wait {
                None => return,
                Some(pause) => tokio::time::sleep(pause).await,
            }
        }
    }

    /// Learns from one call.
    pub(super) fn learn(&self, throttled: bool) {
        self.with(|bucket| bucket.learn(throttled, Instant::now()));
    }

    fn with<T>(&self, act: impl FnOnce(&mut Bucket) -> T) -> T {
        act(&mut self.bucket.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Bucket {
    /// Takes a token, or says how long to wait for one.
    fn take(&mut self, now: Instant) -> Option<Duration> {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate).min(BURST);
        self.filled = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return None;
        }
        Some(Duration::from_secs_f64((1.0 - self.tokens) / self.rate).max(Duration::from_millis(1)))
    }

    fn learn(&mut self, throttled: bool, now: Instant) {
        if !throttled {
            self.rate = (self.rate + STEP_UP).min(MOST_RATE);
        } else if self.slowed.is_none_or(|at| now.saturating_duration_since(at) >= DEAF) {
            self.rate = (self.rate * STEP_DOWN).max(LEAST_RATE);
            self.tokens = 0.0;
            self.slowed = Some(now);
        }
    }
}

/// How often a throttled read is asked again, past the SDK's own attempts.
pub(super) const ROUNDS: u32 = 8;

/// The pause before round `round` (from 0): doubling from half a second to twenty, half of it by chance, in the
/// server's seconds.
pub(super) fn pause(round: u32, scale: f64) -> Duration {
    let most = (0.5 * f64::from(1_u32 << round.min(6))).min(20.0) / scale.max(1.0);
    Duration::from_secs_f64(most * (0.5 + 0.5 * chance())).max(Duration::from_millis(2))
}

/// Between 0 and 1. Without a source of randomness the middle will do.
fn chance() -> f64 {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_or(0.5, |()| f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(now: Instant) -> Bucket {
        Bucket { tokens: BURST, rate: FIRST_RATE, filled: now, slowed: None }
    }

    #[test]
    fn a_burst_then_the_rate() {
        let now = Instant::now();
        let mut bucket = bucket(now);
        assert_eq!((0..30).filter(|_| bucket.take(now).is_none()).count(), 20);
        assert_eq!(bucket.take(now), Some(Duration::from_millis(100)));
        assert_eq!(bucket.take(now + Duration::from_millis(101)), None);
        assert!((0..30).filter(|_| bucket.take(now + Duration::from_secs(60)).is_none()).count() <= 20);
    }

    #[test]
    fn throttling_halves_the_rate_once_a_second_and_success_wins_it_back() {
        let now = Instant::now();
        let mut bucket = bucket(now);
        bucket.learn(true, now);
        bucket.learn(true, now + Duration::from_millis(900));
        assert!((bucket.rate - 5.0).abs() < 1e-9);
        assert!(bucket.take(now).is_some(), "the burst is gone");
        for second in 1..30 {
            bucket.learn(true, now + Duration::from_secs(second));
        }
        assert!((bucket.rate - LEAST_RATE).abs() < 1e-9);
        for _ in 0..10_000 {
            bucket.learn(false, now);
        }
        assert!((bucket.rate - MOST_RATE).abs() < 1e-9);
    }

    #[test]
    fn pauses_grow_and_are_bounded() {
        for round in 0..40 {
            let pause = pause(round, 1.0);
            assert!(
                pause >= Duration::from_millis(250) && pause <= Duration::from_secs(20),
                "{round} {pause:?}"
            );
        }
        assert!(pause(0, 1.0) <= Duration::from_millis(500));
        assert!(pause(9, 100.0) <= Duration::from_millis(200), "a sandbox's seconds are shorter");
    }
}
