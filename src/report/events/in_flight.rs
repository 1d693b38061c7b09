//! What a sink must remember between two events: which operations are in flight, and what was last said of them.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::apply::event::{At, Watch};
use crate::apply::report::Outcome;
use crate::model::time::Timestamp;
use crate::plan::StepIx;

/// The least time between two lines that say the same.
const BEAT: Duration = Duration::from_secs(30);

/// The operations in flight, and the addresses of all steps that were heard of.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    addresses: BTreeMap<StepIx, String>,
    running: BTreeMap<StepIx, Running>,
    delayed: BTreeMap<StepIx, Timestamp>,
}

#[derive(Debug)]
struct Running {
    began: Duration,
    watch: Watch,
    said: Timestamp,
}

/// What a progress event is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// It failed just now, and is being rolled back.
    Unwinding,
    /// Nothing, but it is time for a sign of life.
    Alive,
    /// Nothing.
    Nothing,
}

impl InFlight {
    /// An operation runs from here on.
    pub(super) fn started(&mut self, at: &At<'_>, now: Timestamp) {
        self.addresses.insert(at.step, at.label.to_owned());
        let watch = Watch { running: Duration::ZERO, unwinding: false };
        self.running.insert(at.step, Running { began: at.elapsed, watch, said: now });
    }

    /// An operation is still running.
    pub(super) fn progress(&mut self, at: &At<'_>, watch: Watch, now: Timestamp) -> News {
        let Some(running) = self.running.get_mut(&at.step) else {
            self.started(at, now);
            return News::Nothing;
        };
        let turned = watch.unwinding && !running.watch.unwinding;
        running.watch = watch;
        if !turned && now.since(running.said) < BEAT {
            return News::Nothing;
        }
        running.said = now;
        if turned { News::Unwinding } else { News::Alive }
    }

    /// Whether a delay of this step is worth a line.
    pub(super) fn delayed(&mut self, at: &At<'_>, now: Timestamp) -> bool {
        self.addresses.insert(at.step, at.label.to_owned());
        let due = self.delayed.get(&at.step).is_none_or(|said| now.since(*said) >= BEAT);
        if due {
            self.delayed.insert(at.step, now);
        }
        due
    }

    /// A step is over: how long it took, if it ran. The server's clock counts where it says more than ours
    /// (operations that ran before this run, and sandboxes whose time runs faster).
    pub(super) fn settled(&mut self, at: &At<'_>) -> Option<Duration> {
        self.addresses.insert(at.step, at.label.to_owned());
        let running = self.running.remove(&at.step)?;
        Some(running.watch.running.max(at.elapsed.saturating_sub(running.began)))
    }

    /// What blocked a step, by address.
    pub(super) fn blocker(&self, outcome: &Outcome) -> Option<String> {
        let Outcome::Blocked(step) = outcome else {
            return None;
        };
        Some(self.addresses.get(step).cloned().unwrap_or_else(|| format!("step {}", step.0)))
    }
}
