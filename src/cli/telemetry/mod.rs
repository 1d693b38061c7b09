//! Traces by OpenTelemetry, off unless `OTEL_TRACES_EXPORTER` asks for them: a span for the run, for each phase of it, and for
//! each operation. What the command line says is not sent, it may hold values.

mod config;
mod operations;

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use self::config::{TraceConfig, trace_config};
use super::edge::Edge;
use super::exit::Exit;
use crate::catalog::aws::Delivery;
use crate::model::random::Random;
use crate::report::trace::{TraceSpan, TraceView, otlp};

pub use self::operations::Operations;

/// The trace of this process; none unless it is asked for.
static TRACE: OnceLock<Mutex<Trace>> = OnceLock::new();

/// The spans of a run, until they are sent at its end.
struct Trace {
    config: TraceConfig,
    id: [u8; 16],
    /// When the command began, in nanoseconds since 1970.
    epoch: u64,
    random: Random,
    /// The spans that have begun and not ended, the innermost last.
    open: Vec<[u8; 8]>,
    spans: Vec<TraceSpan>,
}

/// A span without what the trace knows of it.
struct TracedWork {
    name: String,
    began: Duration,
    ended: Duration,
    attributes: Vec<(&'static str, Value)>,
    error: Option<String>,
}

/// Begins the trace of a run, where somebody wants one.
pub fn begin(edge: &Edge) {
    let config = match trace_config(Edge::variable) {
        Ok(Some(config)) => config,
        Ok(None) => return,
        Err(sentence) => {
            edge.err(&format!("Warning: {sentence}\n"));
            return;
        }
    };
    let Ok(mut random) = edge.random() else { return };
    let id = config.parent.map_or_else(|| random.draw().to_be_bytes(), |parent| parent.trace);
    let since_1970 = u64::try_from(Edge::now().0).unwrap_or_default().saturating_mul(1_000_000);
    let epoch = since_1970.saturating_sub(nanos(edge.elapsed()));
    let mut trace = Trace { config, id, epoch, random, open: Vec::new(), spans: Vec::new() };
    let root = trace.next_id();
    trace.open.push(root);
    // a process runs one command
    let _ = TRACE.set(Mutex::new(trace));
}

/// Does something that is a phase of the run.
pub fn during<T, E>(phase: &str, edge: &Edge, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let began = edge.elapsed();
    let id = heard(|trace| {
        let id = trace.next_id();
        trace.open.push(id);
        id
    });
    let done = act();
    if let Some(id) = id {
        let error = done.as_ref().err().map(|_| format!("{phase} failed"));
        let ended = edge.elapsed();
        heard(|trace| {
            trace.open.retain(|open| *open != id);
            let work = TracedWork { name: phase.to_owned(), began, ended, attributes: Vec::new(), error };
            trace.add(id, work);
        });
    }
    done
}

/// Ends the trace and sends it. Nobody need take it: the run's end stays what it is.
pub fn end(command: &str, exit: Exit, edge: &Edge) {
    let sent = heard(|trace| {
        let Some(root) = trace.open.drain(..).next() else { return Ok(()) };
        let parent = trace.config.parent.map(|parent| parent.span);
        let ended = trace.at(edge.elapsed());
        let attributes = vec![("provisor.command", json!(command)), ("process.exit.code", json!(exit as u8))];
        let is_good = matches!(exit, Exit::Done | Exit::Changes);
        let error = (!is_good).then(|| format!("it ended with exit code {}", exit as u8));
        let began = trace.epoch;
        trace.spans.push(TraceSpan {
            id: root,
            parent,
            name: format!("provisor {command}"),
            began,
            ended,
            attributes,
            error,
        });
        trace.send().map_err(|why| (trace.config.url.clone(), why))
    });
    if let Some(Err((url, why))) = sent {
        edge.err(&format!("Warning: the trace was not sent to `{url}`: {why}\n"));
    }
}

/// Does something with the trace, where there is one.
fn heard<T>(act: impl FnOnce(&mut Trace) -> T) -> Option<T> {
    let trace = TRACE.get()?;
    Some(act(&mut trace.lock().unwrap_or_else(PoisonError::into_inner)))
}

impl Trace {
    fn next_id(&mut self) -> [u8; 8] {
        // zero is no id; of the others none is drawn twice
        let [id @ .., _, _, _, _, _, _, _, _] = self.random.draw().max(1 << 64).to_be_bytes();
        id
    }

    fn at(&self, elapsed: Duration) -> u64 {
        self.epoch.saturating_add(nanos(elapsed))
    }

    /// A part of what is open.
    fn add(&mut self, id: [u8; 8], work: TracedWork) {
        let TracedWork { name, began, ended, attributes, error } = work;
        let (began, ended) = (self.at(began), self.at(ended));
        self.spans.push(TraceSpan {
            id,
            parent: self.open.last().copied(),
            name,
            began,
            ended,
            attributes,
            error,
        });
    }

    fn send(&self) -> Result<(), String> {
        let TraceConfig { url, headers, timeout, resource, state, .. } = &self.config;
        let view = TraceView { id: self.id, state, resource, version: env!("CARGO_PKG_VERSION") };
        Delivery { url, headers, timeout: *timeout }.post(&otlp(&view, &self.spans))
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
