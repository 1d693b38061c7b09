//! The end of an apply in words: one sentence when all is well, otherwise everything that is not, and how to go on.

use serde::Serialize;

use super::escape::Escaped;
use super::events::failure_lines;
use super::style::{Ink, Style};
use super::text::{count, duration, lines, listed, one_line};
use crate::apply::report::{Ended, Failure, Outcome, Report};
use crate::plan::{Act, Refusal};

/// More steps of one kind than this are counted, not listed.
const MOST: usize = 50;
/// Foreign text where it is told in full.
const FULL: usize = 4000;
/// Foreign text in a list.
const BRIEF: usize = 160;

/// Which command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// `apply`
    Apply,
    /// `destroy`
    Destroy,
}

/// How many steps ended how. A replacement counts as one added and one destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Provisioned.
    pub added: usize,
    /// Updated.
    pub changed: usize,
    /// Terminated.
    pub destroyed: usize,
    /// Interrupted operations that were seen through.
    pub resumed: usize,
    /// Only the state changed: adopted, forgotten, remembered.
    pub recorded: usize,
    /// Inputs turned out as they were.
    pub unchanged: usize,
    /// The catalog said no.
    pub failed: usize,
    /// Could not or must not be done.
    pub refused: usize,
    /// Something they need did not end well.
    pub blocked: usize,
    /// Still running in the cloud.
    pub in_flight: usize,
    /// Sent, and not answered.
    pub unknown: usize,
    /// The world moved since the plan.
    pub stale: usize,
    /// Not begun.
    pub not_started: usize,
}

impl Tally {
    /// Counts a report.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        report.ended.iter().fold(Self::default(), |mut tally, ended| {
            *tally.slot(ended) += 1;
            tally
        })
    }

    fn slot(&mut self, ended: &Ended) -> &mut usize {
        match (&ended.outcome, ended.act) {
            (Outcome::Done, Act::Provision) => &mut self.added,
            (Outcome::Done, Act::Update) => &mut self.changed,
            (Outcome::Done, Act::Terminate) => &mut self.destroyed,
            (Outcome::Done, Act::Settle) => &mut self.resumed,
            (Outcome::Done, _) => &mut self.recorded,
            (Outcome::Unchanged, _) => &mut self.unchanged,
            (Outcome::Failed(_), _) => &mut self.failed,
            (Outcome::Refused(_), _) => &mut self.refused,
            (Outcome::Blocked(_), _) => &mut self.blocked,
            (Outcome::InFlight(_), _) => &mut self.in_flight,
            (Outcome::Unknown, _) => &mut self.unknown,
            (Outcome::Stale(_), _) => &mut self.stale,
            (Outcome::NotStarted, _) => &mut self.not_started,
        }
    }

    /// Whether everything that was planned is done.
    #[must_use]
    pub fn is_complete(&self, report: &Report) -> bool {
        self.open().iter().all(|(n, _)| *n == 0) && report.denied.is_none() && report.unwritten.is_none()
    }

    fn open(&self) -> [(usize, &'static str); 7] {
        [
            (self.failed, "failed"),
            (self.refused, "refused"),
            (self.blocked, "blocked"),
            (self.in_flight, "in flight"),
            (self.unknown, "without an answer"),
            (self.stale, "stale"),
            (self.not_started, "not started"),
        ]
    }

    fn resources(&self, ending: Ending) -> String {
        let Self { added, changed, destroyed, .. } = self;
        match ending {
            Ending::Destroy if added + changed == 0 => format!("Resources: {destroyed} destroyed."),
            _ => format!("Resources: {added} added, {changed} changed, {destroyed} destroyed."),
        }
    }

    fn also(&self) -> String {
        let parts = [
            (self.resumed, "resumed"),
            (self.recorded, "recorded in state only"),
            (self.unchanged, "unchanged because their inputs are as they were"),
        ];
        let parts: Vec<String> =
            parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        if parts.is_empty() { String::new() } else { format!("Also: {}.\n", parts.join(", ")) }
    }
}

/// What stands at the end of `apply` and `destroy`.
#[must_use]
pub fn summary(report: &Report, ending: Ending, style: Style) -> String {
    let tally = Tally::of(report);
    let (word, command) = match ending {
        Ending::Apply => ("Apply", "provisor apply"),
        Ending::Destroy => ("Destroy", "provisor destroy"),
    };
    if tally.is_complete(report) {
        let head = style.paint(Ink::Add, format_args!("{word} complete! {}", tally.resources(ending)));
        return format!("{head}\n{}", tally.also());
    }
    let open = tally.open().into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}"));
    let open: Vec<String> = open.collect();
    let open = if open.is_empty() { String::new() } else { format!("{}. ", open.join(", ")) };
    let head = style.paint(Ink::Remove, format_args!("{word} incomplete:"));
    let mut out = errors(report, style);
    out += &format!("{head} {open}{}\n{}\n", tally.resources(ending), tally.also());
    out += &lists(report);
    out + "\n" + &advice(&tally, report, command)
}

/// Each failure in full, in Terraform's manner.
fn errors(report: &Report, style: Style) -> String {
    let mut out = String::new();
    let head = style.paint(Ink::Remove, "Error:");
    for ended in &report.ended {
        let Outcome::Failed(failure) = &ended.outcome else {
            continue;
        };
        let noun = ended.act.noun();
        let after = ended.took.map(|took| format!(" after {}", duration(took))).unwrap_or_default();
        out += &format!("{head} {}: {noun} failed{after}{}\n", Escaped(&ended.label), record(failure));
        out += &failure_lines(failure).iter().map(|line| format!("  | {line}\n")).collect::<String>();
        if let Failure::Rejected { hint: Some(hint), .. } = failure {
            out += &format!("  hint: {}\n", lines(hint, FULL).join("\n        "));
        }
        out.push('\n');
    }
    let ends = [
        (&report.denied, "access was denied: nothing new was sent after that"),
        (&report.unwritten, "the state could not be written: nothing new was begun after that"),
    ];
    for (why, what) in ends.into_iter().filter_map(|(why, what)| Some((why.as_ref()?, what))) {
        out += &format!("{head} {what}\n");
        out += &lines(why, FULL).iter().map(|line| format!("  | {line}\n")).collect::<String>();
        out.push('\n');
    }
    out
}

fn record(failure: &Failure) -> String {
    match failure {
        Failure::Record { record, .. } => format!(", record {}", Escaped(record.as_str())),
        Failure::Rejected { .. } | Failure::Missing(_) => String::new(),
    }
}

/// Every kind of ending with its steps; what is well in one line, everything else a line each.
fn lists(report: &Report) -> String {
    let named = |pick: fn(&Outcome) -> bool| -> Vec<String> {
        let ended = report.ended.iter().filter(|ended| pick(&ended.outcome));
        ended.map(|ended| Escaped(&ended.label).to_string()).collect()
    };
    let mut out = String::new();
    for (title, names) in [
        ("done", named(|outcome| matches!(outcome, Outcome::Done))),
        ("unchanged", named(|outcome| matches!(outcome, Outcome::Unchanged))),
    ] {
        let mut names = names;
        names.dedup();
        if !names.is_empty() {
            out += &format!("  {title:<12} {}\n", listed(&names, MOST));
        }
    }
    for title in ["failed", "refused", "blocked", "in flight", "no answer", "stale", "not started"] {
        let entries = report.ended.iter().filter(|ended| heading(&ended.outcome) == title);
        out += &list(title, &entries.collect::<Vec<_>>(), report);
    }
    out
}

fn heading(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Unchanged => "unchanged",
        Outcome::Failed(_) => "failed",
        Outcome::Refused(_) => "refused",
        Outcome::Blocked(_) => "blocked",
        Outcome::InFlight(_) => "in flight",
        Outcome::Unknown => "no answer",
        Outcome::Stale(_) => "stale",
        Outcome::NotStarted => "not started",
    }
}

fn list(title: &str, entries: &[&Ended], report: &Report) -> String {
    let width = entries.iter().take(MOST).map(|ended| ended.label.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for (n, ended) in entries.iter().take(MOST).enumerate() {
        let title = if n == 0 { title } else { "" };
        let label = Escaped(&ended.label).to_string();
        let line = format!("  {title:<12} {label:width$}  {}", remark(ended, report));
        out += line.trim_end();
        out.push('\n');
        if let Outcome::Refused(Refusal { hint: Some(hint), .. }) = &ended.outcome {
            out += &format!("  {:<12} {:width$}  hint: {}\n", "", "", one_line(hint, FULL));
        }
    }
    if entries.len() > MOST {
        out += &format!("  {:<12} +{} more\n", "", entries.len() - MOST);
    }
    out
}

fn remark(ended: &Ended, report: &Report) -> String {
    match &ended.outcome {
        Outcome::Failed(failure) => {
            let text = super::text::shortened(&failure_lines(failure).join(" "), BRIEF);
            let record = record(failure);
            let record = record.trim_start_matches(", ");
            if record.is_empty() { text } else { format!("{record}: {text}") }
        }
        Outcome::Refused(refusal) => one_line(&refusal.message, BRIEF),
        Outcome::Blocked(step) => match report.ended.get(step.0) {
            Some(by) => format!("by {}", Escaped(&by.label)),
            None => format!("by step {}", step.0),
        },
        Outcome::InFlight(record) => {
            format!("{}, record {}", ended.act.noun(), Escaped(record.as_str()))
        }
        Outcome::Unknown => format!("{}: sent, and not answered", ended.act.noun()),
        Outcome::Stale(why) => one_line(why, BRIEF),
        Outcome::Done | Outcome::Unchanged | Outcome::NotStarted => String::new(),
    }
}

/// How to go on, for each kind of ending that needs it.
fn advice(tally: &Tally, report: &Report, command: &str) -> String {
    let mut out = String::new();
    if tally.in_flight > 0 {
        out += &format!(
            "What is in flight goes on in the cloud: run `{command}` again to follow it to its end.\n"
        );
    }
    if tally.unknown > 0 {
        out +=
            &format!("Run `{command}` again: it looks for unanswered requests before it sends anything.\n");
    }
    if tally.stale > 0 {
        out += &format!("What is stale was left alone: run `{command}` again for a new plan.\n");
    }
    if tally.failed + tally.blocked > 0 {
        out += &format!("Once the cause is repaired, run `{command}` again: what is done is not repeated.\n");
    }
    if report.unwritten.is_some() {
        out += &format!(
            "Make the state writable, then run `{command}` again: whatever was begun is found again.\n"
        );
    } else if tally.not_started > 0 && (report.interrupted || report.denied.is_some()) {
        out += &format!("{} not started: run `{command}` again.\n", were(tally.not_started));
    }
    out
}

fn were(n: usize) -> String {
    format!("{} {}", count(n, "step"), if n == 1 { "was" } else { "were" })
}
