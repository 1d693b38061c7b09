//! What happens in an apply, in sentences: one function for each event, the same for lines and for live lines.

use std::time::Duration;

use super::flow::broken;
use super::paper::{Line, one_line};
use crate::apply::event::{At, Remedy, Watch};
use crate::apply::report::{Failure, Outcome};
use crate::catalog::CatalogError;
use crate::model::ids::RecordId;
use crate::model::time::duration;
use crate::report::style::Ink;
use crate::report::view::{FailureView, HowFar, LiveStatus, Remaining, UnderWay};

/// Foreign text in one line of progress.
const BRIEF: usize = 300;
/// So many operations are named in a sign of life.
const NAMED: usize = 3;

pub(in crate::report) fn started(at: &At<'_>, record: &RecordId) -> Line {
    let doing = capital(at.act.doing());
    about(at).and(of_record(Line::ours(format!("{doing}... [")), record))
}

pub(in crate::report) fn resumed(at: &At<'_>, record: &RecordId) -> Line {
    about(at).and(of_record(Line::ours("Found again, still running... ["), record))
}

/// A sign of life: what is in flight, the longest first, and how far the whole is.
pub(in crate::report) fn alive(in_flight: &[UnderWay<'_>], whole: &HowFar) -> Line {
    let HowFar { over, total, left, .. } = whole;
    if let ([one], true) = (in_flight, *total <= 1) {
        let at = Line::foreign(one.address).then(": ");
        return at.then(format!("Still {}... [{}]", one.doing(), times(one)));
    }
    let (first, rest) = in_flight.split_at(in_flight.len().min(NAMED));
    let mut line = Line::ours(format!("Still running: {} in flight, ", in_flight.len()));
    for (n, one) in first.iter().enumerate() {
        let comma = if n == 0 { "" } else { ", " };
        line = line.then(comma).and(Line::foreign(one.address));
        line = line.then(format!(" {} [{}]", one.doing(), times(one)));
    }
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    let left = self::left(*left);
    line.then(format!("{more}; {over} of {total} steps over{left}"))
}

fn times(one: &UnderWay<'_>) -> String {
    let usual = one.usual.filter(|_| one.standing == LiveStatus::Running);
    let usual = usual.map(|usual| format!(", usually {}", duration(usual))).unwrap_or_default();
    // beside the time of the whole, which passes for us
    let simulated = if one.simulated { ", simulated" } else { "" };
    format!("{} elapsed{simulated}{usual}", duration(one.elapsed))
}

/// How long it may take until all is over, behind other words; empty where nobody knows.
pub(in crate::report) fn left(of: Option<Remaining>) -> String {
    let Some(Remaining { time, at_least }) = of else { return String::new() };
    match (time.as_secs(), at_least) {
        // all that is known of is overdue
        (0, _) => String::new(),
        (_, true) => format!(", at least {} left", roughly(time)),
        (_, false) => format!(", about {} left", roughly(time)),
    }
}

/// A time that nobody knows to the second.
fn roughly(time: Duration) -> String {
    let seconds = time.as_secs();
    let step = match seconds {
        0..20 => 1,
        20..60 => 5,
        60..600 => 15,
        _ => 60,
    };
    duration(Duration::from_secs(seconds.div_ceil(step) * step))
}

pub(in crate::report) fn unwinding(at: &At<'_>, watch: Watch) -> Line {
    let failed = Line::ours(format!("{} failed, rolling back", capital(at.act.noun()))).ink(Ink::Remove);
    about(at).and(failed).then(format!("... [{} elapsed]", duration(watch.running)))
}

pub(in crate::report) fn delayed(at: &At<'_>, error: &CatalogError, remedy: Remedy) -> Line {
    let remedy = match remedy {
        Remedy::AskAgain => "asking again",
        Remedy::Look => "looking for it before anything is sent again",
        Remedy::SendAgain => "sending it again with the same token",
    };
    let code = if error.code.is_empty() { String::new() } else { format!("{}: ", error.code) };
    let why = Line::foreign(&code).and(one_line(&error.message, BRIEF));
    about(at).then("Delayed (").and(why).then(format!("), {remedy}"))
}

/// How a step ended. `took` is what the sink remembers. Why it failed is told once, whole: at the end; and there, how much never
/// began.
pub(in crate::report) fn settled(at: &At<'_>, outcome: &Outcome, took: Option<Duration>) -> Option<Line> {
    let after = took.map(|took| format!(" after {}", duration(took))).unwrap_or_default();
    let noun = capital(at.act.noun());
    let (ink, text) = match outcome {
        Outcome::Done => (Ink::Add, Line::ours(format!("{noun} complete{after}"))),
        Outcome::Failed(failure) => {
            (Ink::Remove, Line::ours(format!("{noun} failed{after}")).and(record(failure)))
        }
        Outcome::PutOff(failure) => (Ink::Change, Line::ours("Put off by the catalog").and(record(failure))),
        Outcome::InFlight(record) => {
            (Ink::Change, of_record(Line::ours(format!("Still running in the cloud{after} [")), record))
        }
        Outcome::Unknown => (Ink::Change, Line::ours("Sent, and not answered: the next apply looks for it")),
        Outcome::Stale(why) => (Ink::Change, Line::ours("Stale: ").and(one_line(why, BRIEF))),
        Outcome::Refused(_)
        | Outcome::Deferred(_)
        | Outcome::Blocked(_)
        | Outcome::Unchanged
        | Outcome::NotStarted => return None,
    };
    Some(about(at).and(text.ink(ink)))
}

/// What is said at the first signal.
pub(in crate::report) fn stopping(width: usize) -> Vec<Line> {
    let text = "Interrupt received: nothing new is started. Waiting for answers to requests that were already sent; \
                operations that run in the cloud go on, and the next apply follows them. A second interrupt ends provisor at once.";
    broken(Line::default(), &Line::ours(text), &Line::default(), width)
}

fn about(at: &At<'_>) -> Line {
    Line::foreign(at.label).then(": ")
}

fn of_record(line: Line, record: &RecordId) -> Line {
    line.and(Line::foreign(record.as_str())).then("]")
}

fn record(failure: &Failure) -> Line {
    let record = FailureView::of(failure).record.map(|record| format!(" [{record}]"));
    Line::foreign(&record.unwrap_or_default())
}

/// Our own words at the beginning of a sentence.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
