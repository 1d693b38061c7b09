//! The server's clock, heard from the `Date` of its answers, what else they say of the server, and the interceptor that listens. No local wall clock is
//! read: between two answers the monotonic clock carries the time on.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aws_smithy_async::time::{SystemTimeSource, TimeSource};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextRef,
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;

use super::convert::timestamp;
use super::errors::{is_throttled, wire_code};
use crate::{CallListener, CallNote, Pacing};
use provisor_model::ids::LocationName;
use provisor_model::time::Timestamp;

/// What one location's server last said the time is.
#[derive(Debug)]
pub(super) struct ServerClock {
    scale: f64,
    heard: Mutex<Option<(Timestamp, Instant)>>,
    /// Whether the server says of itself that it is a sandbox.
    simulated: AtomicBool,
    /// How many answers said that it is asked too often.
    throttled: AtomicUsize,
}

impl ServerClock {
    /// A clock that runs at the location's pace.
    pub(super) fn new(pacing: &Pacing) -> Self {
        Self {
            scale: pacing.scale(),
            heard: Mutex::new(None),
            simulated: AtomicBool::new(false),
            throttled: AtomicUsize::new(0),
        }
    }

    fn hear(&self, date: Timestamp) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some((date, Instant::now()));
    }

    /// Whether the server said of itself that what it does is simulated.
    pub(super) fn is_simulated(&self) -> bool {
        self.simulated.load(Ordering::Relaxed)
    }

    /// How many answers said that the server is asked too often.
    pub(super) fn throttled(&self) -> usize {
        self.throttled.load(Ordering::Relaxed)
    }

    /// The server's time now; `None` as long as it never answered.
    pub(super) fn now(&self) -> Option<Timestamp> {
        let (date, since) = (*self.heard.lock().unwrap_or_else(PoisonError::into_inner))?;
        let passed = Duration::try_from_secs_f64(since.elapsed().as_secs_f64() * self.scale);
        Some(date.plus(passed.unwrap_or(Duration::MAX)))
    }

    fn is_past(&self, sign_by: Timestamp) -> bool {
        // a server that was never heard may be past anything
        self.now().is_none_or(|now| now > sign_by)
    }
}

/// Signs with the server's time: a signature then expires when the server says so, whatever the local clock
/// believes and however long this machine slept.
#[derive(Debug)]
pub(super) struct SigningTime(pub(super) Arc<ServerClock>);

impl TimeSource for SigningTime {
    fn now(&self) -> SystemTime {
        let heard = self.0.now().and_then(|now| u64::try_from(now.0).ok());
        heard.map_or_else(
            || SystemTimeSource::new().now(),
            |ms| SystemTime::UNIX_EPOCH + Duration::from_millis(ms),
        )
    }
}

/// A request that was not signed because its time was over.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("not sent: the server's clock is past the time by which the request had to be signed")]
pub(super) struct SignedTooLate;

/// Who is told of a location's calls.
#[derive(Clone, Debug)]
pub(super) struct CallSink {
    pub(super) location: LocationName,
    pub(super) to: Arc<dyn CallListener>,
}

/// Listens to one call, all its attempts included.
#[derive(Clone, Debug)]
pub(super) struct Listener {
    clock: Arc<ServerClock>,
    sign_by: Option<Timestamp>,
    told: Option<CallSink>,
    notes: Arc<Notes>,
}

#[derive(Debug, Default)]
struct Notes {
    date: AtomicI64,
    throttled: AtomicBool,
    begun: OnceLock<Instant>,
    attempts: AtomicU32,
}

impl Listener {
    /// One for each call.
    pub(super) fn new(clock: &Arc<ServerClock>, sign_by: Option<Timestamp>, told: Option<&CallSink>) -> Self {
        Self { clock: Arc::clone(clock), sign_by, told: told.cloned(), notes: Arc::default() }
    }

    /// The `Date` of the last answer; where it had none, the server's time as far as it is known.
    pub(super) fn asked(&self) -> Timestamp {
        match self.notes.date.load(Ordering::Relaxed) {
            0 => self.clock.now().unwrap_or_default(),
            date => Timestamp(date),
        }
    }

    /// Whether any attempt was throttled.
    pub(super) fn was_throttled(&self) -> bool {
        self.notes.throttled.load(Ordering::Relaxed)
    }
}

#[dyn_dispatch_hint]
impl Intercept for Listener {
    fn name(&self) -> &'static str {
        "Listener"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.notes.begun.get_or_init(Instant::now);
        self.notes.attempts.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn read_before_signing(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        match self.sign_by {
            Some(sign_by) if self.clock.is_past(sign_by) => Err(SignedTooLate.into()),
            _ => Ok(()),
        }
    }

    fn read_after_transmit(
        &self,
        answer: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if answer.response().headers().contains_key("x-sandbox") {
            self.clock.simulated.store(true, Ordering::Relaxed);
        }
        if let Some(date) = date_of(answer.response()) {
            self.clock.hear(date);
            self.notes.date.store(date.0, Ordering::Relaxed);
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        answer: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if wire_code(answer.response()).is_some_and(is_throttled) {
            self.notes.throttled.store(true, Ordering::Relaxed);
            self.clock.throttled.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    fn read_after_execution(
        &self,
        end: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (Some(told), Some(called), Some(begun)) =
            (&self.told, config.load::<Metadata>(), self.notes.begun.get())
        else {
            return Ok(());
        };
        let answer = end.response();
        told.to.called(&CallNote {
            location: &told.location,
            service: called.service(),
            operation: called.name(),
            took: begun.elapsed(),
            status: answer.map(|answer| answer.status().as_u16()),
            error: answer.and_then(wire_code),
            request_id: answer.and_then(|answer| answer.headers().get("x-amzn-requestid")),
            attempts: self.notes.attempts.load(Ordering::Relaxed),
            was_throttled: self.was_throttled(),
        });
        Ok(())
    }
}

/// The `Date` of an answer that the service itself gave: a proxy in between has a clock of its own.
fn date_of(answer: &HttpResponse) -> Option<Timestamp> {
    answer.headers().get("x-amzn-requestid")?;
    let date = answer.headers().get("date")?;
    DateTime::from_str(date, Format::HttpDate).ok().map(|date| timestamp(&date))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_runs_at_the_server_s_pace() {
        let clock = ServerClock::new(&Pacing { time_scale: 1000.0, ..Pacing::default() });
        assert_eq!(clock.now(), None);
        assert!(clock.is_past(Timestamp(i64::MAX)), "never heard");
        clock.hear(Timestamp(1_000_000));
        std::thread::sleep(Duration::from_millis(20));
        let now = clock.now().unwrap();
        assert!(now >= Timestamp(1_020_000) && now < Timestamp(11_000_000), "{now:?}");
        assert!(clock.is_past(Timestamp(1_010_000)));
        assert!(!clock.is_past(Timestamp(100_000_000)));
    }

    #[test]
    fn a_scale_that_is_no_number_is_one() {
        for scale in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let clock = ServerClock::new(&Pacing { time_scale: scale, ..Pacing::default() });
            clock.hear(Timestamp(5));
            assert!(clock.now().unwrap() < Timestamp(60_000));
        }
    }
}
