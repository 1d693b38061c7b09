//! Watchers of an apply: lines, live lines, JSON. Each takes the same events; none decides anything.

mod book;
mod json;
mod line;
mod live;
mod words;

pub use json::JsonSink;
pub use line::LineSink;
pub use live::{LiveSink, can_live};

pub(super) use words::failure_lines;

use crate::apply::event::Event;

/// Somebody who is told what happens.
pub trait Sink {
    /// Tells one event.
    fn event(&mut self, event: &Event<'_>);
}
