//! The control endpoint, `/_sandbox/…`: for tests in any language. Not part of AWS.

use serde_json::{Value, json};

use super::Engine;
use crate::sandbox::clock::Millis;
use crate::sandbox::faults;
use crate::sandbox::journal::Line;
use crate::sandbox::script::FaultEntry;

/// The farthest one jump goes, in seconds.
const TEN_YEARS: f64 = 315_576_000.0;

impl Engine {
    /// Answers with HTTP status and JSON.
    pub(crate) fn control(&mut self, method: &str, path: &str, body: &[u8], wall: Millis) -> (u16, Value) {
        match (method, path.trim_start_matches("/_sandbox/")) {
            ("GET", "state") => (200, self.state(wall)),
            ("GET", "calls") => (200, json!({ "calls": self.calls.recent() })),
            ("DELETE", "calls") => {
                self.calls.forget();
                (200, json!({}))
            }
            ("POST", "faults") => self.inject(body, wall),
            ("DELETE", "faults") => {
                self.faults.withdraw();
                let line = Line { at: self.clock.now(wall), withdraw: true, ..Line::default() };
                self.keep(line, wall)
            }
            ("POST", "advance") => self.advance(body, wall),
            ("POST", "reset") => self.reset(wall),
            _ => (404, json!({ "message": format!("no control {method} {path}") })),
        }
    }

    fn state(&mut self, wall: Millis) -> Value {
        let now = self.clock.now(wall);
        let worlds: Vec<Value> = self
            .worlds
            .iter_mut()
            .map(|((account, region), place)| {
                place.world.advance(now);
                json!({
                    "account_id": account,
                    "region": region,
                    "provisioned_products": place.world.count(),
                    "records": place.world.records().len(),
                })
            })
            .collect();
        json!({ "virtual_time": now as f64 / 1000.0, "time_scale": self.clock.scale(), "worlds": worlds })
    }

    fn inject(&mut self, body: &[u8], wall: Millis) -> (u16, Value) {
        let entry: FaultEntry = match serde_json::from_slice(body) {
            Ok(entry) => entry,
            Err(error) => return (400, json!({ "message": error.to_string() })),
        };
        match faults::check(&entry, &super::call_names()) {
            Err((_, message)) => (400, json!({ "message": message })),
            Ok(()) => {
                self.faults.inject(entry.clone());
                let line = Line { at: self.clock.now(wall), inject: vec![entry], ..Line::default() };
                self.keep(line, wall)
            }
        }
    }

    fn advance(&mut self, body: &[u8], wall: Millis) -> (u16, Value) {
        let asked: Option<Value> = serde_json::from_slice(body).ok();
        let seconds = asked.as_ref().and_then(|asked| asked.get("seconds")).and_then(Value::as_f64);
        let Some(seconds) = seconds.filter(|seconds| (0.0..=TEN_YEARS).contains(seconds)) else {
            return (400, json!({ "message": "`seconds` is a number from 0 to 315576000, ten years" }));
        };
        self.clock.advance(wall, (seconds * 1000.0) as Millis);
        let line = Line { at: self.clock.now(wall), clock: Some(self.clock), ..Line::default() };
        self.keep(line, wall)
    }

    fn reset(&mut self, wall: Millis) -> (u16, Value) {
        self.worlds.clear();
        self.faults.restart();
        let line = Line { at: self.clock.now(wall), reset: true, ..Line::default() };
        self.keep(line, wall)
    }

    fn keep(&mut self, line: Line, wall: Millis) -> (u16, Value) {
        let kept = self.journal.as_mut().map_or(Ok(()), |journal| journal.append(&line));
        match kept {
            Ok(()) => {
                self.compact(line.at);
                (200, self.state(wall))
            }
            Err(error) => (500, json!({ "message": error.to_string() })),
        }
    }
}
