//! What the page of a run says of one step in a few words: wherever it says it.

use std::time::Duration;

use super::text::text;
use crate::apply::Outcome;
use crate::model::time::duration;
use crate::plan::StepIx;
use crate::report::view::{EndedView, Half, ReportView, Span, SpanKind};

/// By which an entry is led to.
pub(super) fn anchor(number: usize) -> String {
    format!("step-{number}")
}

/// How it is coloured; the word beside it says the same.
pub(super) fn shade(ended: &EndedView<'_>) -> &'static str {
    match ended.outcome {
        Outcome::Done => "add",
        Outcome::Failed(_) | Outcome::Refused(_) => "remove",
        Outcome::Unchanged | Outcome::NotStarted | Outcome::Deferred(_) => "none",
        _ => "change",
    }
}

/// How it ended, and how long that took, in a few words.
pub(super) fn fate(ended: &EndedView<'_>) -> String {
    // beside a scale of our time
    let simulated = if ended.simulated { " simulated" } else { "" };
    let after = ended.took.map(|took| format!(" after {}{simulated}", duration(took))).unwrap_or_default();
    match ended.outcome {
        Outcome::Done => format!("done{after}"),
        Outcome::Failed(_) => format!("failed{after}"),
        _ if ended.half == Half::Rest => "not begun: what it replaces is not gone yet".to_owned(),
        Outcome::Blocked(_) => format!("blocked by {}", ended.blocker.as_deref().unwrap_or_default()),
        _ => ended.heading().to_owned(),
    }
}

/// What a stretch of time was waited for; nothing where it was no waiting.
pub(super) fn waited(span: &Span, report: &ReportView<'_>) -> Option<String> {
    let time = precise(span.until.saturating_sub(span.from));
    Some(match span.phase {
        SpanKind::Awaits(StepIx(n)) => {
            let of = report.ended.get(n).map_or_else(|| format!("step {n}"), |ended| text(ended.address));
            format!("waited {time} for {of} to be over")
        }
        SpanKind::NoRoom => {
            format!(
                "waited {time} for room: as much was in flight there as may be at a time (`--parallelism`, `limits:`)"
            )
        }
        SpanKind::Asking => format!("waited {time} for the catalog to take the request"),
        SpanKind::Running | SpanKind::Unwinding => return None,
    })
}

/// A time as people write it; of a short one the tenths too.
pub(super) fn precise(time: Duration) -> String {
    if time < Duration::from_secs(10) && !time.is_zero() {
        return format!("{:.1}s", time.as_secs_f64());
    }
    duration(time)
}
