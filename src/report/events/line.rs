//! One line per event and a sign of life every 30 s: for logs, pipes and dumb terminals.

use std::io::Write;

use super::book::{Book, News};
use super::{Sink, words};
use crate::apply::event::Event;
use crate::model::time::Timestamp;
use crate::report::style::Style;

/// Writes lines. What cannot be written is dropped: an apply goes on without its listener.
pub struct LineSink<'w> {
    out: &'w mut dyn Write,
    now: &'w dyn Fn() -> Timestamp,
    style: Style,
    book: Book,
}

impl<'w> LineSink<'w> {
    /// `now` is wall time, for the signs of life.
    pub fn new(out: &'w mut dyn Write, now: &'w dyn Fn() -> Timestamp, style: Style) -> Self {
        Self { out, now, style, book: Book::default() }
    }
}

impl Sink for LineSink<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if let Some(line) = line(event, &mut self.book, (self.now)(), self.style) {
            let _ = writeln!(self.out, "{line}").and_then(|()| self.out.flush());
        }
    }
}

/// What is worth saying of an event.
pub(super) fn line(event: &Event<'_>, book: &mut Book, now: Timestamp, style: Style) -> Option<String> {
    match event {
        Event::Began { .. } | Event::Finished(_) => None,
        Event::Started(at, record) => {
            book.started(at, now);
            Some(words::started(at, record))
        }
        Event::Resumed(at, record) => {
            book.started(at, now);
            Some(words::resumed(at, record))
        }
        Event::Progress(at, watch) => match book.progress(at, *watch, now) {
            News::Unwinding => Some(words::unwinding(at, *watch, style)),
            News::Alive => Some(words::still(at, *watch)),
            News::Nothing => None,
        },
        Event::Delayed(at, error, remedy) => {
            book.delayed(at, now).then(|| words::delayed(at, error, *remedy))
        }
        Event::Settled(at, outcome, took) => {
            let watched = book.settled(at);
            let took = took.or(watched);
            Some(words::settled(at, outcome, took, book.blocker(outcome), style))
        }
        Event::Stopping => Some(words::STOPPING.to_owned()),
    }
}
