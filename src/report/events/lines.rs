//! One line per event and a sign of life every 30 s: for logs, pipes and dumb terminals.

use std::io::Write;

use super::Sink;
use super::in_flight::{InFlight, News};
use crate::apply::event::Event;
use crate::model::time::Timestamp;
use crate::report::escape::defused;
use crate::report::human::event;
use crate::report::human::paper::{Line, print};
use crate::report::style::Style;

/// Writes lines. What cannot be written is dropped: an apply goes on without its listener.
pub struct LineSink<'w> {
    out: &'w mut dyn Write,
    now: &'w dyn Fn() -> Timestamp,
    style: Style,
    in_flight: InFlight,
}

impl<'w> LineSink<'w> {
    /// `now` is wall time, for the signs of life.
    pub fn new(out: &'w mut dyn Write, now: &'w dyn Fn() -> Timestamp, style: Style) -> Self {
        Self { out, now, style, in_flight: InFlight::default() }
    }
}

impl Sink for LineSink<'_> {
    fn event(&mut self, event: &Event<'_>) {
        let lines = lines(event, &mut self.in_flight, (self.now)());
        if !lines.is_empty() {
            let text = defused(&print(&lines, self.style));
            let _ = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        }
    }
}

/// What is worth saying of an event.
pub(super) fn lines(event: &Event<'_>, in_flight: &mut InFlight, now: Timestamp) -> Vec<Line> {
    let line = match event {
        Event::Began { .. } | Event::Finished(_) => None,
        Event::Started(at, record) => {
            in_flight.started(at, now);
            Some(event::started(at, record))
        }
        Event::Resumed(at, record) => {
            in_flight.started(at, now);
            Some(event::resumed(at, record))
        }
        Event::Progress(at, watch) => match in_flight.progress(at, *watch, now) {
            News::Unwinding => Some(event::unwinding(at, *watch)),
            News::Alive => Some(event::running(at, *watch)),
            News::Nothing => None,
        },
        Event::Delayed(at, error, remedy) => {
            in_flight.delayed(at, now).then(|| event::delayed(at, error, *remedy))
        }
        Event::Settled(at, outcome, took) => {
            let watched = in_flight.settled(at);
            let blocker = in_flight.blocker(outcome);
            Some(event::settled(at, outcome, took.or(watched), blocker.as_deref()))
        }
        Event::Stopping => return event::stopping(),
    };
    line.into_iter().collect()
}
