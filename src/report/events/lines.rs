//! One line per event, and a sign of life every 30 s while something is in flight: for logs, pipes and dumb terminals.

use std::io::Write;

use super::Sink;
use super::board::{Board, is_due};
use crate::apply::Foresight;
use crate::apply::event::Event;
use crate::model::time::Timestamp;
use crate::report::escape::defused;
use crate::report::human::event;
use crate::report::human::flow::room;
use crate::report::human::paper::{Line, print};
use crate::report::style::Style;

/// Writes lines. What cannot be written is dropped: an apply goes on without its listener.
pub struct LineSink<'w> {
    out: &'w mut (dyn Write + Send),
    now: &'w (dyn Fn() -> Timestamp + Sync),
    style: Style,
    board: Board<'w>,
    /// When the last sign of life was given, or the first operation in flight made one due.
    beat: Option<Timestamp>,
}

impl<'w> LineSink<'w> {
    /// `now` is wall time, for the signs of life.
    pub fn new(
        out: &'w mut (dyn Write + Send),
        now: &'w (dyn Fn() -> Timestamp + Sync),
        style: Style,
        outlook: &'w Foresight,
    ) -> Self {
        Self { out, now, style, board: Board::new(outlook), beat: None }
    }

    fn write(&mut self, lines: &[Line]) {
        if !lines.is_empty() {
            let text = defused(&print(lines, self.style));
            let _ = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        }
    }

    fn beat(&mut self, now: Timestamp) -> Option<Line> {
        let in_flight = self.board.in_flight(now);
        if in_flight.is_empty() {
            self.beat = None;
            return None;
        }
        let since = *self.beat.get_or_insert(now);
        if !is_due(since, now) {
            return None;
        }
        self.beat = Some(now);
        Some(event::alive(&in_flight, &self.board.whole(now)))
    }
}

impl Sink for LineSink<'_> {
    fn event(&mut self, event: &Event<'_>) {
        let now = (self.now)();
        let mut lines = lines(event, &mut self.board, now, room(self.style));
        if !matches!(event, Event::Finished(_)) {
            lines.extend(self.beat(now));
        }
        self.write(&lines);
    }

    fn tick(&mut self) {
        let beat = self.beat((self.now)());
        self.write(beat.as_slice());
    }
}

/// What is worth saying of an event. An event is one line to whoever searches a log for it; our own sentences are broken at the width.
pub(super) fn lines(event: &Event<'_>, board: &mut Board<'_>, now: Timestamp, width: usize) -> Vec<Line> {
    let line = match event {
        Event::Began { steps } => {
            board.began(*steps, now);
            None
        }
        Event::Finished(_) | Event::Outputs(..) => None,
        Event::Started(at, record) => {
            board.started(at, now);
            Some(event::started(at, record))
        }
        Event::Resumed(at, record) => {
            board.started(at, now);
            Some(event::resumed(at, record))
        }
        Event::Progress(at, watch) => board.progress(at, *watch, now).then(|| event::unwinding(at, *watch)),
        Event::Delayed(at, error, remedy) => {
            board.delayed(at, *remedy, now).then(|| event::delayed(at, error, *remedy))
        }
        Event::Settled(at, outcome, told) => {
            let took = board.settled(at, outcome, *told);
            event::settled(at, outcome, took)
        }
        Event::Stopping => return event::stopping(width),
    };
    line.into_iter().collect()
}
