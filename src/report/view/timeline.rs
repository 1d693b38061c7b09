//! What ran when in an apply, and what each step waited for: gathered from its events, for whoever tells it afterwards.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::apply::Foresight;
use crate::apply::event::{At, Event, Remedy};
use crate::plan::StepIx;

/// Waiting for less than this is no waiting.
const LEAST: Duration = Duration::from_millis(50);

/// What ran when. All times are ours, since the run began.
#[derive(Debug)]
pub struct Timeline<'o> {
    outlook: &'o Foresight,
    tracks: BTreeMap<StepIx, StepTrack>,
}

/// The way of one step.
#[derive(Debug, Default)]
struct StepTrack {
    began: Option<Duration>,
    accepted: Option<Duration>,
    unwinding: Option<Duration>,
    ended: Option<Duration>,
    is_good: bool,
    record: Option<String>,
    delays: Vec<Delay>,
}

/// An answer that was lost or refused for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delay {
    /// When, since the run began.
    pub at: Duration,
    /// The catalog's words.
    pub text: String,
    /// What was done about it.
    pub remedy: Remedy,
}

/// A stretch of time of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it did or waited for.
    pub phase: SpanKind,
    /// From when on, since the run began.
    pub from: Duration,
    /// Until when.
    pub until: Duration,
}

/// What a step does or waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// What it comes after was not over: this step was over last.
    Awaits(StepIx),
    /// As much was in flight as may be.
    NoRoom,
    /// The catalog had not taken its request.
    Asking,
    /// Its operation ran.
    Running,
    /// Its operation had failed, and was rolled back.
    Unwinding,
}

impl<'o> Timeline<'o> {
    /// Of a run of which that is foreseen.
    #[must_use]
    pub fn new(outlook: &'o Foresight) -> Self {
        Self { outlook, tracks: BTreeMap::new() }
    }

    /// What was foreseen.
    #[must_use]
    pub fn outlook(&self) -> &'o Foresight {
        self.outlook
    }

    /// Takes in what happens.
    pub fn hear(&mut self, event: &Event<'_>) {
        match event {
            Event::Started(at, record) | Event::Resumed(at, record) => {
                let track = self.track(at);
                track.accepted = Some(at.elapsed);
                track.record = Some(record.as_str().to_owned());
            }
            Event::Progress(at, watch) if watch.unwinding => {
                self.track(at).unwinding.get_or_insert(at.elapsed);
            }
            Event::Delayed(at, error, remedy) => {
                let coded = [error.code.as_str(), error.message.as_str()];
                let text = coded.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
                let delay = Delay { at: at.elapsed, text, remedy: *remedy };
                let delays = &mut self.track(at).delays;
                // what is said again and again is told once
                if delays.last().is_none_or(|last| (&last.text, last.remedy) != (&delay.text, delay.remedy)) {
                    delays.push(delay);
                }
            }
            Event::Settled(at, outcome, _) => {
                let track = self.track(at);
                (track.ended, track.is_good) = (Some(at.elapsed), outcome.is_good());
            }
            Event::Began { .. }
            | Event::Progress(..)
            | Event::Outputs(..)
            | Event::Stopping
            | Event::Finished(_) => {}
        }
    }

    fn track(&mut self, at: &At<'_>) -> &mut StepTrack {
        let track = self.tracks.entry(at.step).or_default();
        track.began = track.began.or(at.began);
        track
    }

    /// The record of a step's operation, if the catalog took it.
    #[must_use]
    pub fn record(&self, ix: StepIx) -> Option<&str> {
        self.tracks.get(&ix)?.record.as_deref()
    }

    /// What the catalog put off.
    #[must_use]
    pub fn delays(&self, ix: StepIx) -> &[Delay] {
        self.tracks.get(&ix).map(|track| track.delays.as_slice()).unwrap_or_default()
    }

    /// When a step was over, since the run began.
    #[must_use]
    pub fn ended(&self, ix: StepIx) -> Option<Duration> {
        self.tracks.get(&ix)?.ended
    }

    /// How long the run was.
    #[must_use]
    pub fn length(&self) -> Duration {
        let last = |track: &StepTrack| track.ended.max(track.unwinding).max(track.accepted);
        self.tracks.values().filter_map(last).max().unwrap_or_default()
    }

    /// What a step did and waited for, one after the other; nothing of one that was not heard of.
    #[must_use]
    pub fn spans(&self, ix: StepIx) -> Vec<Span> {
        let Some(track) = self.tracks.get(&ix) else { return Vec::new() };
        let end = track.ended.unwrap_or_else(|| self.length());
        // a step whose turn never came waited until it was clear that it never would
        let began = track.began.unwrap_or(end);
        let mut spans = Vec::new();
        let mut at = Duration::ZERO;
        if let Some(last) = self.last_before(ix) {
            let over = self.tracks.get(&last).filter(|last| last.is_good).and_then(|last| last.ended);
            push(&mut spans, SpanKind::Awaits(last), &mut at, over.unwrap_or(began).min(began));
        }
        push(&mut spans, SpanKind::NoRoom, &mut at, began);
        let accepted = track.accepted.unwrap_or(end);
        push(&mut spans, SpanKind::Asking, &mut at, accepted);
        if track.accepted.is_some() {
            push(&mut spans, SpanKind::Running, &mut at, track.unwinding.unwrap_or(end));
            push(&mut spans, SpanKind::Unwinding, &mut at, end);
        }
        spans
    }

    /// What a step came after, and was over last; rather one that did not end well.
    fn last_before(&self, ix: StepIx) -> Option<StepIx> {
        let after = self.outlook.step(ix)?.after.iter();
        let ended = |before: &StepIx| {
            let track = self.tracks.get(before)?;
            Some((!track.is_good, track.ended?))
        };
        after
            .filter_map(|before| Some((*before, ended(before)?)))
            .max_by_key(|(_, ended)| *ended)
            .map(|(ix, _)| ix)
    }
}

/// A stretch from where the last one ended.
fn push(spans: &mut Vec<Span>, phase: SpanKind, at: &mut Duration, until: Duration) {
    let is_wait = !matches!(phase, SpanKind::Running | SpanKind::Unwinding);
    if until > *at && !(is_wait && until.saturating_sub(*at) < LEAST) {
        spans.push(Span { phase, from: *at, until });
    }
    *at = (*at).max(until);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::{Ahead, Outcome};
    use crate::catalog::{CatalogError, CatalogErrorKind, ServiceTime};
    use crate::model::ids::{Address, RecordId};
    use crate::plan::Act;

    fn outlook() -> Foresight {
        let ahead = |after: &[usize]| Ahead {
            location: "hub".to_owned(),
            product: "vpc".to_owned(),
            act: Act::Provision,
            after: after.iter().copied().map(StepIx).collect(),
            expected: None,
            time: ServiceTime::default(),
        };
        Foresight { steps: vec![ahead(&[]), ahead(&[0]), ahead(&[0])], parallelism: 1 }
    }

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn what_a_step_waited_for_is_told_apart() {
        let (outlook, address, record) = (outlook(), Address::new("a", "hub"), RecordId::from("rec-1"));
        let error = CatalogError {
            kind: CatalogErrorKind::Throttled,
            code: "ThrottlingException".to_owned(),
            message: "Rate exceeded".to_owned(),
            hint: None,
        };
        let at = |step: usize, began: u64, now: u64| At {
            step: StepIx(step),
            address: &address,
            label: "a",
            location: "hub",
            simulated: false,
            act: Act::Provision,
            elapsed: seconds(now),
            began: Some(seconds(began)),
        };
        let mut course = Timeline::new(&outlook);
        course.hear(&Event::Started(at(0, 0, 0), &record));
        course.hear(&Event::Settled(at(0, 0, 60), &Outcome::Done, None));
        course.hear(&Event::Started(at(1, 60, 60), &record));
        course.hear(&Event::Settled(at(1, 60, 90), &Outcome::Done, None));
        for now in [92, 94] {
            course.hear(&Event::Delayed(at(2, 90, now), &error, Remedy::Look));
        }
        course.hear(&Event::Started(at(2, 90, 100), &record));
        course.hear(&Event::Settled(at(2, 90, 130), &Outcome::Done, None));
        let span = |phase, from, until| Span { phase, from: seconds(from), until: seconds(until) };
        assert_eq!(course.spans(StepIx(0)), [span(SpanKind::Running, 0, 60)]);
        assert_eq!(
            course.spans(StepIx(1)),
            [span(SpanKind::Awaits(StepIx(0)), 0, 60), span(SpanKind::Running, 60, 90)]
        );
        assert_eq!(
            course.spans(StepIx(2)),
            [
                span(SpanKind::Awaits(StepIx(0)), 0, 60),
                span(SpanKind::NoRoom, 60, 90),
                span(SpanKind::Asking, 90, 100),
                span(SpanKind::Running, 100, 130)
            ]
        );
        assert_eq!(course.delays(StepIx(2)).len(), 1);
        assert_eq!((course.length(), course.record(StepIx(2))), (seconds(130), Some("rec-1")));
        assert_eq!(course.spans(StepIx(9)), []);
    }
}
