//! Watchers of an apply: lines, live lines, JSON. Each takes the same events; none decides anything.

mod in_flight;
mod json;
mod lines;
mod live;

pub use json::JsonSink;
pub use lines::LineSink;
pub use live::{LiveSink, can_live};

use crate::apply::event::Event;

/// Somebody who is told what happens.
pub trait Sink {
    /// Tells one event.
    fn event(&mut self, event: &Event<'_>);
}
