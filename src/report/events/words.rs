//! Events in words, one function each; the same for lines and live lines. Foreign text leaves escaped.

use std::time::Duration;

use crate::apply::event::{At, Remedy, Watch};
use crate::apply::report::{Failure, Outcome};
use crate::catalog::CatalogError;
use crate::model::ids::RecordId;
use crate::report::escape::Escaped;
use crate::report::style::{Ink, Style};
use crate::report::text::{capitalized, duration, lines, one_line};

/// Foreign text in one line of progress.
const BRIEF: usize = 300;
/// Foreign text where it is told in full.
const FULL: usize = 8000;

/// What is said at the first signal.
pub(super) const STOPPING: &str = "Interrupt received: nothing new is started. Waiting for answers to requests that were already sent;\n\
    operations that run in the cloud go on, and the next apply follows them. A second interrupt ends provisor at once.";

pub(super) fn started(at: &At<'_>, record: &RecordId) -> String {
    format!("{}: {}... [{}]", Escaped(at.label), capitalized(at.act.doing()), Escaped(record.as_str()))
}

pub(super) fn resumed(at: &At<'_>, record: &RecordId) -> String {
    format!("{}: Found again, still running... [{}]", Escaped(at.label), Escaped(record.as_str()))
}

pub(super) fn still(at: &At<'_>, watch: Watch) -> String {
    let doing = if watch.unwinding { "rolling back" } else { at.act.doing() };
    format!("{}: Still {doing}... [{} elapsed]", Escaped(at.label), duration(watch.running))
}

pub(super) fn unwinding(at: &At<'_>, watch: Watch, style: Style) -> String {
    let noun = capitalized(at.act.noun());
    let failed = style.paint(Ink::Remove, format_args!("{noun} failed, rolling back"));
    format!("{}: {failed}... [{} elapsed]", Escaped(at.label), duration(watch.running))
}

pub(super) fn delayed(at: &At<'_>, error: &CatalogError, remedy: Remedy) -> String {
    let remedy = match remedy {
        Remedy::AskAgain => "asking again",
        Remedy::Look => "looking for it before anything is sent again",
        Remedy::SendAgain => "sending it again with the same token",
    };
    let code = if error.code.is_empty() { String::new() } else { format!("{}: ", Escaped(&error.code)) };
    format!("{}: Delayed ({code}{}), {remedy}", Escaped(at.label), one_line(&error.message, BRIEF))
}

/// How a step ended. `took` and `blocker` are what the sink remembers.
pub(super) fn settled(
    at: &At<'_>,
    outcome: &Outcome,
    took: Option<Duration>,
    blocker: Option<String>,
    style: Style,
) -> String {
    let after = took.map(|took| format!(" after {}", duration(took))).unwrap_or_default();
    let noun = capitalized(at.act.noun());
    let (ink, text) = match outcome {
        Outcome::Done => (Ink::Add, format!("{noun} complete{after}")),
        Outcome::Unchanged => (Ink::Faint, "Not changed: its inputs are as they were".to_owned()),
        Outcome::Failed(failure) => (Ink::Remove, format!("{noun} failed{after}{}", brief(failure))),
        Outcome::Refused(refusal) => (Ink::Remove, format!("Refused: {}", one_line(&refusal.message, BRIEF))),
        Outcome::Blocked(_) => (Ink::Change, format!("Blocked by {}", Escaped(&blocker.unwrap_or_default()))),
        Outcome::InFlight(record) => {
            (Ink::Change, format!("Still running in the cloud{after} [{}]", Escaped(record.as_str())))
        }
        Outcome::Unknown => (Ink::Change, "Sent, and not answered: the next apply looks for it".to_owned()),
        Outcome::Stale(why) => (Ink::Change, format!("Stale: {}", one_line(why, BRIEF))),
        Outcome::NotStarted => (Ink::Faint, "Not started".to_owned()),
    };
    format!("{}: {}", Escaped(at.label), style.paint(ink, text))
}

fn brief(failure: &Failure) -> String {
    let record = match failure {
        Failure::Record { record, .. } => format!(" [{}]", Escaped(record.as_str())),
        Failure::Rejected { .. } | Failure::Missing(_) => String::new(),
    };
    let text = failure_lines(failure).join(" ");
    let text = crate::report::text::shortened(&text, BRIEF);
    if text.is_empty() { record } else { format!("{record}: {text}") }
}

/// Why a step failed, in the catalog's words, escaped, line by line.
pub(in crate::report) fn failure_lines(failure: &Failure) -> Vec<String> {
    let coded = |code: &str, text: &str| match (code, text) {
        ("", text) => text.to_owned(),
        (code, "") => code.to_owned(),
        (code, text) => format!("{code}: {text}"),
    };
    match failure {
        Failure::Record { errors, .. } if errors.is_empty() => {
            vec!["the record failed, and the catalog gives no reason".to_owned()]
        }
        Failure::Record { errors, .. } => {
            errors.iter().flat_map(|error| lines(&coded(&error.code, &error.description), FULL)).collect()
        }
        Failure::Rejected { code, message, .. } => lines(&coded(code, message), FULL),
        Failure::Missing(missing) => {
            let reference = &missing.0;
            vec![format!(
                "`{}` of `{}` is not there",
                Escaped(&reference.what.to_string()),
                Escaped(reference.of.key.as_str())
            )]
        }
    }
}
