//! What is told of calls to services: a line each in a log (`--log`, `PROVISOR_LOG`), and how many there were (`--stats`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::json;

use super::edge::Edge;
use super::files;
use crate::catalog::{CallListener, CallNote};
use crate::files::{Checkout, WriteTarget};
use crate::model::time::Timestamp;
use crate::report::human;
use crate::report::view::{CallsView, OperationCalls};
use crate::workspace::{Problem, SETTINGS};

/// All calls of this process, from wherever they are made.
static CALLS: OnceLock<Arc<CallLog>> = OnceLock::new();

/// What was heard of calls.
#[derive(Debug, Default)]
pub struct CallLog {
    /// Where a line is written for each.
    log: Option<LogFile>,
    counts: Mutex<CallCounts>,
}

/// What there is to count.
#[derive(Debug, Default)]
struct CallCounts {
    operations: BTreeMap<String, OperationCalls>,
    /// Whether it was said that the log cannot be written.
    has_complained: bool,
}

/// A log, looked at once, and held open by nobody.
#[derive(Debug)]
struct LogFile {
    named: PathBuf,
    target: WriteTarget,
}

/// Opens the log that is asked for, if one is; from here on every call is heard.
pub fn hear(argument: Option<&Path>, edge: &Edge) -> Result<(), Problem> {
    let given = argument.map(|log| edge.at(log));
    let named =
        given.or_else(|| Edge::variable("PROVISOR_LOG").filter(|log| !log.is_empty()).map(PathBuf::from));
    let log = named.map(|named| {
        let checkout = Checkout::new(&Checkout::upwards(&edge.root, SETTINGS));
        let target = files::call_log_target(&named, &checkout.given())?;
        Ok::<_, Problem>(LogFile { named, target })
    });
    // a process runs one command
    let _ = CALLS.set(Arc::new(CallLog { log: log.transpose()?, ..CallLog::default() }));
    Ok(())
}

/// Who listens to this process's calls.
pub fn listener() -> Arc<dyn CallListener> {
    CALLS.get_or_init(Arc::default).clone()
}

/// Says how many calls there were, and of which kind.
pub fn tell(edge: &Edge) {
    let log = CALLS.get_or_init(Arc::default);
    let counts = log.counts.lock().unwrap_or_else(PoisonError::into_inner);
    let view = CallsView { took: edge.elapsed(), operations: counts.operations.clone() };
    edge.err(&human::calls(&view));
}

impl CallListener for CallLog {
    fn called(&self, call: &CallNote<'_>) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let operation = counts.operations.entry(call.operation.to_owned()).or_default();
        operation.calls += 1;
        operation.attempts += call.attempts as usize;
        operation.throttled += usize::from(call.was_throttled);
        let Some(log) = &self.log else { return };
        // under the lock, so that lines do not mix
        if let Err(error) = log.add(call)
            && !counts.has_complained
        {
            counts.has_complained = true;
            Edge::say(&format!("Warning: `{}` cannot be written: {error}\n", log.named.display()));
        }
    }
}

impl LogFile {
    fn add(&self, call: &CallNote<'_>) -> std::io::Result<()> {
        let took = u64::try_from(call.took.as_millis()).unwrap_or(u64::MAX);
        let begun = Timestamp(Edge::now().0.saturating_sub_unsigned(took));
        let line = json!({
            "format": "provisor.call/v1",
            "time": begun.utc_precise(),
            "location": call.location.as_str(),
            "service": call.service,
            "operation": call.operation,
            "duration_ms": took,
            "status": call.status,
            "error": call.error,
            "request_id": call.request_id,
            "retries": call.attempts.saturating_sub(1),
        });
        let line = format!("{line}\n");
        match self.target.is_stream() {
            true => self.target.stream(line.as_bytes()),
            false => self.target.append(line.as_bytes()),
        }
    }
}
