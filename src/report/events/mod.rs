//! Watchers of an apply: lines, live lines, JSON. Each takes the same events; none decides anything.

mod board;
mod canvas;
mod forecast;
mod json;
mod lines;
mod live;

pub use canvas::{DrawnRows, Screen, ScreenSize};
pub use json::JsonSink;
pub use lines::LineSink;
pub use live::{LiveSink, can_live};

use crate::apply::event::Event;

/// Somebody who is told what happens.
pub trait Sink: Send {
    /// Tells one event.
    fn event(&mut self, event: &Event<'_>);

    /// Time passes without one.
    fn tick(&mut self) {}
}
