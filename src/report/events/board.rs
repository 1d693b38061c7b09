//! What a sink must remember between two events: which operations are in flight and for how long, how many steps are over, and
//! when all of them may be.

use std::collections::BTreeMap;
use std::time::Duration;

use super::forecast::Forecast;
use crate::apply::Foresight;
use crate::apply::event::{At, Remedy, Watch};
use crate::apply::report::Outcome;
use crate::catalog::ServiceTime;
use crate::model::time::Timestamp;
use crate::plan::{Act, StepIx};
use crate::report::view::{HowFar, LiveStatus, UnderWay};

/// The least time between two lines that say the same.
const BEAT: Duration = Duration::from_secs(30);

/// So many seconds are no difference.
const LITTLE: u64 = 5;

/// The operations in flight.
#[derive(Debug)]
pub(super) struct Board<'o> {
    outlook: &'o Foresight,
    forecast: Forecast<'o>,
    moving: BTreeMap<StepIx, Moving>,
    said: BTreeMap<StepIx, Timestamp>,
    began: Option<Timestamp>,
    total: usize,
    over: usize,
}

/// A step whose operation runs, or whose request has no answer yet.
#[derive(Debug)]
struct Moving {
    /// The address as people write it.
    label: String,
    /// Nothing that happens there is real.
    simulated: bool,
    /// What it does.
    act: Act,
    /// How it looks to the catalog.
    status: LiveStatus,
    /// When it was taken, in the run's own time.
    began: Duration,
    /// How long it had run when that was last heard, by the service's clock; and when that was.
    ran: Duration,
    heard: Timestamp,
    time: ServiceTime,
    /// Since when it runs, by our clock, in seconds: the longest first.
    since: i64,
    /// How long such operations usually take, by the service's clock.
    expected: Option<Duration>,
}

impl Moving {
    fn view(&self, now: Timestamp) -> UnderWay<'_> {
        UnderWay {
            address: &self.label,
            act: self.act,
            standing: self.status,
            simulated: self.simulated,
            elapsed: self.elapsed(now),
            usual: self.expected,
        }
    }

    /// How long it has been running, by the service's clock.
    fn elapsed(&self, now: Timestamp) -> Duration {
        self.ran.saturating_add(self.time.passed(now.since(self.heard)))
    }
}

impl<'o> Board<'o> {
    /// `outlook` is what there is to foresee; what it does not know is not foreseen.
    pub(super) fn new(outlook: &'o Foresight) -> Self {
        Self {
            outlook,
            forecast: Forecast::of(outlook),
            moving: BTreeMap::new(),
            said: BTreeMap::new(),
            began: None,
            total: 0,
            over: 0,
        }
    }

    /// The run begins.
    pub(super) fn began(&mut self, steps: usize, now: Timestamp) {
        self.began = Some(now);
        self.total = steps;
    }

    fn entry(&mut self, at: &At<'_>, now: Timestamp) -> &mut Moving {
        let ahead = self.outlook.step(at.step);
        self.moving.entry(at.step).or_insert_with(|| Moving {
            label: at.label.to_owned(),
            simulated: at.simulated,
            act: at.act,
            status: LiveStatus::Running,
            began: at.elapsed,
            ran: Duration::ZERO,
            heard: now,
            since: now.0 / 1000,
            time: ahead.map(|ahead| ahead.time).unwrap_or_default(),
            expected: ahead.and_then(|ahead| ahead.expected),
        })
    }

    /// An operation runs from here on.
    pub(super) fn started(&mut self, at: &At<'_>, now: Timestamp) {
        let moving = self.entry(at, now);
        (moving.status, moving.began, moving.ran, moving.heard) =
            (LiveStatus::Running, at.elapsed, Duration::ZERO, now);
    }

    /// An operation is still running; says whether it failed just now, and is being rolled back.
    pub(super) fn progress(&mut self, at: &At<'_>, watch: Watch, now: Timestamp) -> bool {
        let moving = self.entry(at, now);
        let turned = watch.unwinding && moving.status != LiveStatus::Unwinding;
        moving.status = if watch.unwinding { LiveStatus::Unwinding } else { LiveStatus::Running };
        (moving.ran, moving.heard) = (watch.running, now);
        let ran = i64::try_from(moving.time.ours(watch.running).as_secs()).unwrap_or(i64::MAX);
        let since = (now.0 / 1000).saturating_sub(ran);
        // answers differ by a little, and nobody changes places for that
        if moving.since.abs_diff(since) > LITTLE {
            moving.since = since;
        }
        turned
    }

    /// An answer was lost or put off; says whether that is worth a line.
    pub(super) fn delayed(&mut self, at: &At<'_>, remedy: Remedy, now: Timestamp) -> bool {
        let moving = self.entry(at, now);
        // what runs goes on running, whether its record could be read or not
        if remedy != Remedy::AskAgain {
            moving.status = LiveStatus::Unheard(remedy);
        }
        let due = self.said.get(&at.step).is_none_or(|said| now.since(*said) >= BEAT);
        if due {
            self.said.insert(at.step, now);
        }
        due
    }

    /// A step is over: how long it took, if it ran. The server's clock counts where it says more than ours
    /// (operations that ran before this run, and sandboxes whose time runs faster).
    pub(super) fn settled(
        &mut self,
        at: &At<'_>,
        outcome: &Outcome,
        told: Option<Duration>,
    ) -> Option<Duration> {
        self.over += 1;
        let moving = self.moving.remove(&at.step);
        let ran = moving
            .filter(|moving| !matches!(moving.status, LiveStatus::Unheard(_)))
            .map(|moving| moving.ran.max(at.elapsed.saturating_sub(moving.began)));
        let took = told.or(ran);
        self.forecast.settled(at.step, took.filter(|_| outcome.is_good()));
        took
    }

    /// What is in flight, the longest first.
    pub(super) fn in_flight(&self, now: Timestamp) -> Vec<UnderWay<'_>> {
        let mut all: Vec<&Moving> = self.moving.values().collect();
        // those that began together stay in the order of the plan
        all.sort_by_key(|moving| moving.since);
        all.into_iter().map(|moving| moving.view(now)).collect()
    }

    /// How far the whole is.
    pub(super) fn whole(&self, now: Timestamp) -> HowFar {
        let ran = |ix: StepIx| self.moving.get(&ix).map(|moving| moving.elapsed(now));
        HowFar {
            over: self.over,
            total: self.total.max(self.over),
            in_flight: self.moving.len(),
            elapsed: self.began.map(|began| now.since(began)).unwrap_or_default(),
            left: self.forecast.left(ran),
        }
    }
}

/// Whether it is time for a sign of life.
pub(super) fn is_due(said: Timestamp, now: Timestamp) -> bool {
    now.since(said) >= BEAT
}
