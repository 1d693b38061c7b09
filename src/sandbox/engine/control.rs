//! The control endpoint, `/_sandbox/…`: for tests in any language. Not part of AWS.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Engine, drop_nulls};
use crate::catalog;
use crate::clock::Millis;
use crate::faults::{self, Names};
use crate::journal::Line;
use crate::operations::{Finish, Finished, finish};
use crate::world_file::fields::{ADVANCE, FAULT, FINISH};
use crate::world_file::{FaultEntry, from_json};

/// The farthest one jump goes, in seconds.
const TEN_YEARS: f64 = 315_576_000.0;

/// HTTP status and JSON.
type Answer = (u16, Value);

/// What there is, for those who ask for something else.
const CONTROLS: &str = "GET state, POST advance, GET|POST|DELETE faults, POST faults/rearm, POST finish, \
                        GET|DELETE calls, POST reload, POST reset";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: f64,
}

impl Engine {
    /// Answers with HTTP status and JSON.
    pub(crate) fn control(&mut self, method: &str, path: &str, body: &[u8], wall: Millis) -> Answer {
        match (method, path.trim_start_matches("/_sandbox/")) {
            ("GET", "state") => (200, self.state(wall)),
            ("GET", "calls") => (200, json!({ "calls": self.calls.recent() })),
            ("DELETE", "calls") => {
                self.calls.forget();
                (200, json!({}))
            }
            ("GET", "faults") => (200, self.faults_listed()),
            ("POST", "faults") => self.inject(body, wall),
            ("DELETE", "faults") => {
                self.faults.withdraw();
                let line = Line { at: self.clock.now(wall), withdraw: true, ..Line::default() };
                self.keep(line, wall)
            }
            ("POST", "faults/rearm") => {
                self.faults.restart();
                let line = Line { at: self.clock.now(wall), rearm: true, ..Line::default() };
                self.keep(line, wall)
            }
            ("POST", "finish") => self.finish(body, wall),
            ("POST", "advance") => self.advance(body, wall),
            ("POST", "reload") => self.reload_control(wall),
            ("POST", "reset") => self.reset(wall),
            _ => (404, json!({ "message": format!("no control {method} {path}; there is {CONTROLS}") })),
        }
    }

    fn state(&mut self, wall: Millis) -> Value {
        let now = self.clock.now(wall);
        let worlds: Vec<Value> = self
            .locations
            .iter_mut()
            .map(|((account, region), location)| {
                location.world.advance(now);
                json!({
                    "account_id": account,
                    "region": region,
                    "provisioned_products": location.world.count(),
                    "records": location.world.records().len(),
                })
            })
            .collect();
        json!({ "virtual_time": now as f64 / 1000.0, "time_scale": self.clock.scale(), "worlds": worlds })
    }

    fn faults_listed(&self) -> Value {
        let mut faults = json!(self.faults.listing());
        // `left` of those that strike always is absent too
        drop_nulls(&mut faults);
        json!({ "faults": faults })
    }

    fn inject(&mut self, body: &[u8], wall: Millis) -> Answer {
        let example = r#"{"operation": "update", "outcome": "rollback", "times": 1}"#;
        let entry: FaultEntry = match from_json(body, &FAULT, example) {
            Ok(entry) => entry,
            Err(message) => return refused(message),
        };
        let calls = super::call_names();
        let names = Names { calls: &calls, products: catalog::names(&self.catalog.products) };
        match faults::check(&entry, &names).into_iter().next() {
            Some((_, message)) => refused(message),
            None => {
                self.faults.inject(entry.clone());
                let line = Line { at: self.clock.now(wall), inject: vec![entry], ..Line::default() };
                self.keep(line, wall)
            }
        }
    }

    fn advance(&mut self, body: &[u8], wall: Millis) -> Answer {
        let asked: Advance = match from_json(body, &ADVANCE, r#"{"seconds": 3600}"#) {
            Ok(asked) => asked,
            Err(message) => return refused(message),
        };
        if !(0.0..=TEN_YEARS).contains(&asked.seconds) {
            return refused("`seconds` is a number from 0 to 315576000, ten years".to_owned());
        }
        self.clock.advance(wall, (asked.seconds * 1000.0) as Millis);
        let line = Line { at: self.clock.now(wall), clock: Some(self.clock), ..Line::default() };
        self.keep(line, wall)
    }

    fn finish(&mut self, body: &[u8], wall: Millis) -> Answer {
        let asked: Finish =
            match from_json(body, &FINISH, r#"{"provisioned_product": "uploads", "outcome": "fail"}"#) {
                Ok(asked) => asked,
                Err(message) => return refused(message),
            };
        let now = self.clock.now(wall);
        let mut finished = Finished::default();
        for location in self.locations.values_mut() {
            location.world.advance(now);
            finish(&mut location.world, &self.catalog.knobs, now, &asked, &mut finished);
        }
        for scope in self.locations.keys().cloned().collect::<Vec<_>>() {
            if let Err(error) = self.persist(scope, now) {
                return (500, json!({ "message": error.to_string() }));
            }
        }
        (200, json!({ "finished": finished.count, "bound_to_fail": finished.bound_to_fail }))
    }

    fn reload_control(&mut self, wall: Millis) -> Answer {
        let changed = match self.reload() {
            Ok(changed) => changed,
            Err(error) => return refused(error.to_string()),
        };
        let (status, mut state) = match self.rescaled(wall) {
            Some(line) => self.keep(line, wall),
            None => (200, self.state(wall)),
        };
        state["changed"] = json!(changed);
        (status, state)
    }

    fn reset(&mut self, wall: Millis) -> Answer {
        self.locations.clear();
        self.faults.restart();
        let at = self.clock.now(wall);
        let (status, answer) = self.keep(Line { at, reset: true, ..Line::default() }, wall);
        if status != 200 {
            return (status, answer);
        }
        if let Err(error) = self.begin(wall) {
            return refused(error.to_string());
        }
        for scope in self.locations.keys().cloned().collect::<Vec<_>>() {
            if let Err(error) = self.persist(scope, at) {
                return (500, json!({ "message": error.to_string() }));
            }
        }
        (200, self.state(wall))
    }

    fn keep(&mut self, line: Line, wall: Millis) -> Answer {
        let kept = self.journal.as_mut().map_or(Ok(()), |journal| journal.append(&line));
        match kept {
            Ok(()) => (200, self.state(wall)),
            Err(error) => (500, json!({ "message": error.to_string() })),
        }
    }
}

fn refused(message: String) -> Answer {
    (400, json!({ "message": message }))
}
