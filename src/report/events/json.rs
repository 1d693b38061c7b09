//! One JSON document per event and line: for programs. Nothing else is written there.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use super::Sink;
use crate::apply::event::Event;
use crate::model::time::Timestamp;
use crate::report::json;

/// Writes events as JSON lines.
pub struct JsonSink<'w> {
    out: &'w mut (dyn Write + Send),
    now: &'w (dyn Fn() -> Timestamp + Sync),
    seq: &'w AtomicU64,
    failed: Option<io::Error>,
}

impl<'w> JsonSink<'w> {
    /// `now` is wall time, for `time`; `seq` is the number of the last line that was written, if there was one.
    pub fn new(
        out: &'w mut (dyn Write + Send),
        now: &'w (dyn Fn() -> Timestamp + Sync),
        seq: &'w AtomicU64,
    ) -> Self {
        Self { out, now, seq, failed: None }
    }

    /// Ends the stream. A reader that has gone away is no error.
    ///
    /// # Errors
    /// The first other error that writing met; nothing was written after it.
    pub fn finish(self) -> io::Result<()> {
        match self.failed {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }
}

impl Sink for JsonSink<'_> {
    fn event(&mut self, event: &Event<'_>) {
        let seq = self.seq.fetch_add(1, Ordering::Relaxed) + 1;
        if self.failed.is_none() {
            let line = json::event(event, seq, (self.now)());
            self.failed = writeln!(self.out, "{line}").and_then(|()| self.out.flush()).err();
        }
    }
}
