//! How an apply ended, as its readers see it: how many steps ended how, each step with what there is to say of it, and how
//! to go on.

use std::collections::BTreeSet;
use std::time::Duration;

use super::halves::{Half, HalvesEnded};
use super::plan::{counted, simulation};
use super::stack_events::by_cause;
use crate::apply::report::{Ended, Failure, Outcome, Report};
use crate::model::text::count;
use crate::plan::{Act, Refusal, StepIx, Unfitting};

/// Which command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// `apply`
    Apply,
    /// `destroy`
    Destroy,
    /// `import`
    Import,
}

impl Ending {
    /// The command's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Destroy => "destroy",
            Self::Import => "import",
        }
    }

    /// The same, at the beginning of a sentence.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Apply => "Apply",
            Self::Destroy => "Destroy",
            Self::Import => "Import",
        }
    }
}

/// How it ended for how many products. A replacement counts as one added and one destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Adopted.
    pub imported: usize,
    /// Provisioned.
    pub added: usize,
    /// Updated.
    pub changed: usize,
    /// Terminated.
    pub destroyed: usize,
    /// Interrupted operations that were seen through.
    pub resumed: usize,
    /// Only the state changed: accepted, forgotten, remembered.
    pub recorded: usize,
    /// Keys that were moved: only the state changed there too.
    pub moved: usize,
    /// Inputs turned out as they were.
    pub unchanged: usize,
    /// The catalog said no.
    pub failed: usize,
    /// The catalog was too busy for it.
    pub put_off: usize,
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
    fn of(report: &Report) -> Self {
        let halves = HalvesEnded::of(report);
        let told = report.ended.iter().filter(|ended| halves.is_counted(ended));
        told.fold(Self { moved: report.moved, ..Self::default() }, |mut tally, ended| {
            *tally.slot(ended) += 1;
            tally
        })
    }

    fn slot(&mut self, ended: &Ended) -> &mut usize {
        match (&ended.outcome, ended.act) {
            (Outcome::Done, Act::Adopt) => &mut self.imported,
            (Outcome::Done, Act::Provision) => &mut self.added,
            (Outcome::Done, Act::Update) => &mut self.changed,
            (Outcome::Done, Act::Terminate | Act::Replace) => &mut self.destroyed,
            (Outcome::Done, Act::Settle) => &mut self.resumed,
            (Outcome::Done, _) => &mut self.recorded,
            (Outcome::Unchanged, _) => &mut self.unchanged,
            (Outcome::Failed(_), _) => &mut self.failed,
            (Outcome::PutOff(_), _) => &mut self.put_off,
            (Outcome::Refused(_), _) => &mut self.refused,
            (Outcome::Blocked(_), _) => &mut self.blocked,
            (Outcome::InFlight(_), _) => &mut self.in_flight,
            (Outcome::Unknown, _) => &mut self.unknown,
            (Outcome::Stale(_), _) => &mut self.stale,
            (Outcome::NotStarted | Outcome::Deferred(_), _) => &mut self.not_started,
        }
    }

    /// What did not come to a good end.
    fn open(&self) -> [(usize, &'static str); 8] {
        [
            (self.failed, "failed"),
            (self.put_off, "put off"),
            (self.refused, "refused"),
            (self.blocked, "blocked"),
            (self.in_flight, "in flight"),
            (self.unknown, "without an answer"),
            (self.stale, "stale"),
            (self.not_started, "not started"),
        ]
    }

    /// What came to a good end without being added, changed or destroyed.
    fn aside(&self) -> [(usize, &'static str); 4] {
        [
            (self.moved, "moved (in the state only)"),
            (self.resumed, "resumed"),
            (self.recorded, "changed in the state only, not in the cloud"),
            (self.unchanged, "unchanged because their inputs are as they were"),
        ]
    }
}

/// How an apply ended.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportView<'a> {
    /// How many steps ended how.
    pub tally: Tally,
    /// Everything that was planned is done.
    pub is_complete: bool,
    /// A signal ended it.
    pub is_interrupted: bool,
    /// Why access was denied; nothing new was sent after that.
    pub denied: Option<&'a str>,
    /// Why the state could not be written; nothing new was begun after that.
    pub unwritten: Option<&'a str>,
    /// The locations where nothing that happened is real, as people write them.
    pub simulated: Vec<&'a str>,
    /// How each step ended, in the order of the plan.
    pub ended: Vec<EndedView<'a>>,
}

/// How one step ended.
#[derive(Clone, Debug, PartialEq)]
pub struct EndedView<'a> {
    /// The address as people write it.
    pub address: &'a str,
    /// The key of the declaration.
    pub key: &'a str,
    /// The location as people write it.
    pub location: &'a str,
    /// Nothing that happens there is real.
    pub simulated: bool,
    /// What it does.
    pub act: Act,
    /// It is the first half of a replacement.
    pub replacing: bool,
    /// How long its operation ran.
    pub took: Option<Duration>,
    /// How it ended.
    pub outcome: &'a Outcome,
    /// What it waited for, by address or by number, where that did not end well.
    pub blocker: Option<String>,
    /// Something failed, here or in what it waited for, that somebody has to repair; more time alone does not help.
    pub needs_repair: bool,
    /// Where it stands in a replacement that was left halfway.
    pub half: Half,
}

/// Steps that ended alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Section<'v, 'a> {
    /// How they ended, in words.
    pub title: &'static str,
    /// They ended well: there is nothing to say of each.
    pub is_good: bool,
    /// The steps, in the order of the plan.
    pub ended: Vec<&'v EndedView<'a>>,
}

/// What there is to say of one step's end: what we know, and what the catalog says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// Ours, with ids and addresses in it.
    pub fact: String,
    /// The reason, as it came.
    pub text: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureView<'a> {
    /// The record that failed, if the catalog took the request.
    pub record: Option<&'a str>,
    /// Each error with its code, as it came.
    pub errors: Vec<String>,
    /// What to do next.
    pub hint: Option<&'a str>,
}

impl<'a> FailureView<'a> {
    /// Looks at a failure.
    #[must_use]
    pub fn of(failure: &'a Failure) -> Self {
        match failure {
            Failure::Record { record, errors } if errors.is_empty() => Self {
                record: Some(record.as_str()),
                errors: vec!["the record failed, and the catalog gives no reason".to_owned()],
                hint: None,
            },
            Failure::Record { record, errors } => Self {
                record: Some(record.as_str()),
                errors: errors
                    .iter()
                    .map(|error| coded(&error.code, &by_cause(&error.description)))
                    .collect(),
                hint: errors.iter().find_map(|error| error.hint),
            },
            Failure::Rejected { code, message, hint } => {
                Self { record: None, errors: vec![coded(code, message)], hint: hint.as_deref() }
            }
            Failure::Unfitting(Unfitting { errors, hint }) => {
                Self { record: None, errors: errors.clone(), hint: hint.as_deref() }
            }
            Failure::Missing(missing) => {
                let reference = &missing.0;
                let text = format!("`{}` of `{}` is not there", reference.what, reference.of.key);
                Self { record: None, errors: vec![text], hint: None }
            }
        }
    }
}

fn coded(code: &str, text: &str) -> String {
    match (code, text) {
        ("", text) => text.to_owned(),
        (code, "") => code.to_owned(),
        (code, text) => format!("{code}: {text}"),
    }
}

fn simulated(report: &Report) -> Vec<&str> {
    let ended = report.ended.iter().filter(|ended| ended.simulated).map(|ended| ended.location.as_str());
    let all: BTreeSet<&str> = ended.chain(report.simulated.iter().map(String::as_str)).collect();
    all.into_iter().collect()
}

impl ReportView<'static> {
    /// Of nothing: nobody knows of any step how it ended, and nothing is complete.
    #[must_use]
    pub fn of_none() -> Self {
        Self {
            tally: Tally::default(),
            is_complete: false,
            is_interrupted: false,
            denied: None,
            unwritten: None,
            simulated: Vec::new(),
            ended: Vec::new(),
        }
    }
}

impl<'a> ReportView<'a> {
    /// Looks at a report.
    #[must_use]
    pub fn of(report: &'a Report) -> Self {
        let (tally, halves) = (Tally::of(report), HalvesEnded::of(report));
        let is_done = tally.open().iter().all(|(n, _)| *n == 0);
        Self {
            tally,
            is_complete: is_done && report.denied.is_none() && report.unwritten.is_none(),
            is_interrupted: report.interrupted,
            denied: report.denied.as_deref(),
            unwritten: report.unwritten.as_deref(),
            simulated: simulated(report),
            ended: report.ended.iter().map(|ended| EndedView::of(ended, report, &halves)).collect(),
        }
    }

    /// `Apply complete! Resources: 1 added, 2 changed, 0 destroyed.`: tools around Terraform read it.
    #[must_use]
    pub fn sentence(&self, ending: Ending) -> String {
        let word = ending.word();
        let Tally { imported, added, changed, destroyed, .. } = self.tally;
        let adopted = if imported > 0 { format!("{imported} imported, ") } else { String::new() };
        let resources = match ending {
            Ending::Destroy if added + changed == 0 => format!("Resources: {destroyed} destroyed."),
            Ending::Import => format!("Resources: {imported} imported."),
            _ => format!("Resources: {adopted}{added} added, {changed} changed, {destroyed} destroyed."),
        };
        match counted(self.tally.open()) {
            _ if self.is_complete => format!("{word} complete! {resources}"),
            open if open.is_empty() => format!("{word} incomplete: {resources}"),
            open => format!("{word} incomplete: {open}. {resources}"),
        }
    }

    /// What that sentence has no words for, in sentences of their own.
    #[must_use]
    pub fn aside(&self) -> Vec<String> {
        let aside = counted(self.tally.aside());
        let also = (!aside.is_empty()).then(|| format!("Also: {aside}."));
        let among = self.ended.iter().map(|ended| ended.location);
        also.into_iter().chain(simulation(&self.simulated, among)).collect()
    }

    /// The steps by how they ended: first what is well, then everything else; without those that are empty.
    #[must_use]
    pub fn sections(&self) -> Vec<Section<'_, 'a>> {
        let titles = [
            "done",
            "unchanged",
            "failed",
            "put off",
            "refused",
            "blocked",
            "in flight",
            "no answer",
            "stale",
            "not started",
        ];
        let section = |title| {
            let told = self.ended.iter().filter(|ended| match ended.half {
                Half::Rest => false,
                // how long it took is told with the others
                Half::Part => ended.outcome.is_good(),
                Half::None | Half::First | Half::Gone => true,
            });
            let ended: Vec<_> = told.filter(|ended| heading(ended.outcome) == title).collect();
            let is_good = ended.first()?.outcome.is_good();
            Some(Section { title, is_good, ended })
        };
        titles.into_iter().filter_map(section).collect()
    }

    /// How to go on, a sentence for each kind of ending that needs one.
    #[must_use]
    pub fn advice(&self, ending: Ending) -> Vec<String> {
        let Tally { put_off, in_flight, unknown, stale, not_started, .. } = self.tally;
        let again = format!("`provisor {}` again", ending.as_str());
        let were = if not_started == 1 { "was" } else { "were" };
        let cut = self.is_interrupted || self.denied.is_some();
        let deferred =
            |ended: &EndedView<'_>| matches!(ended.outcome, Outcome::Deferred(why) if !why.is_blind());
        let unseen =
            |ended: &EndedView<'_>| matches!(ended.outcome, Outcome::Deferred(why) if why.is_blind());
        let refused = |ended: &EndedView<'_>| matches!(ended.outcome, Outcome::Refused(_));
        let cases = [
            (put_off > 0, format!("What is put off needs only time: run {again} in a few minutes.")),
            (
                in_flight > 0,
                format!("What is in flight goes on in the cloud: run {again} to follow it to its end."),
            ),
            (unknown > 0, format!("Run {again}: it looks for unanswered requests before it sends anything.")),
            (
                self.ended.iter().any(refused),
                "What is refused needs a decision: each says what can be done.".to_owned(),
            ),
            (
                self.ended.iter().any(deferred),
                format!("What is deferred needs only time: run {again} when that is over."),
            ),
            (
                self.ended.iter().any(unseen),
                "What is not visible was left as it is, and so is what the state says of it.".to_owned(),
            ),
            (stale > 0, format!("What is stale was left alone: run {again} for a new plan.")),
            (
                self.ended.iter().any(|ended| ended.needs_repair),
                format!("Once the cause is repaired, run {again}: what is done is not repeated."),
            ),
            (
                self.unwritten.is_some(),
                format!(
                    "See that the state can be written, then run {again}: whatever was begun is found again."
                ),
            ),
            (
                self.unwritten.is_none() && not_started > 0 && cut,
                format!("{} {were} not started: run {again}.", count(not_started, "step")),
            ),
        ];
        cases.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| text).collect()
    }
}

fn heading(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Unchanged => "unchanged",
        Outcome::Failed(_) => "failed",
        Outcome::PutOff(_) => "put off",
        Outcome::Refused(_) => "refused",
        Outcome::Blocked(_) => "blocked",
        Outcome::InFlight(_) => "in flight",
        Outcome::Unknown => "no answer",
        Outcome::Stale(_) => "stale",
        Outcome::NotStarted | Outcome::Deferred(_) => "not started",
    }
}

fn needs_repair(outcome: &Outcome, report: &Report) -> bool {
    let root = match outcome {
        Outcome::Blocked(root) => report.ended.get(root.0).map(|ended| &ended.outcome),
        outcome => Some(outcome).filter(|outcome| matches!(outcome, Outcome::Failed(_))),
    };
    // all else needs another run, or time
    root.is_some_and(|root| matches!(root, Outcome::Failed(_) | Outcome::Refused(_)))
}

impl<'a> EndedView<'a> {
    fn of(ended: &'a Ended, report: &Report, halves: &HalvesEnded<'_>) -> Self {
        let named = |step: StepIx| match report.ended.get(step.0) {
            Some(by) => by.label.clone(),
            None => format!("step {}", step.0),
        };
        let blocker = if let Outcome::Blocked(step) = ended.outcome { Some(named(step)) } else { None };
        Self {
            address: &ended.label,
            key: ended.address.key.as_str(),
            location: &ended.location,
            simulated: ended.simulated,
            act: ended.act,
            replacing: ended.replacing,
            took: ended.took,
            outcome: &ended.outcome,
            blocker,
            needs_repair: needs_repair(&ended.outcome, report),
            half: halves.half(ended),
        }
    }

    /// Why it failed, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<FailureView<'a>> {
        if let Outcome::Failed(failure) = self.outcome { Some(FailureView::of(failure)) } else { None }
    }

    /// How it ended, in a word or two.
    #[must_use]
    pub fn heading(&self) -> &'static str {
        heading(self.outcome)
    }

    /// How long its operation ran, if it was one, and it did what it was to do.
    #[must_use]
    pub fn ran(&self) -> Option<Duration> {
        self.took.filter(|_| *self.outcome == Outcome::Done)
    }

    /// What there is to say of its end beside the section that it stands in.
    #[must_use]
    pub fn detail(&self) -> Detail {
        let fact = |fact: String| Detail { fact, ..Detail::default() };
        match self.outcome {
            Outcome::Failed(failure) | Outcome::PutOff(failure) => {
                let failure = FailureView::of(failure);
                let record = failure.record.map(|record| format!("record {record}"));
                Detail { text: failure.errors.join("\n"), ..fact(record.unwrap_or_default()) }
            }
            Outcome::Deferred(Refusal { message, hint, .. })
            | Outcome::Refused(Refusal { message, hint, .. }) => {
                Detail { text: by_cause(message), hint: hint.clone(), ..Detail::default() }
            }
            Outcome::Blocked(_) => fact(format!("by {}", self.blocker.as_deref().unwrap_or_default())),
            Outcome::InFlight(record) => {
                fact(format!("{}, record {record}{}", self.act.noun(), self.half.told()))
            }
            Outcome::Unknown => {
                fact(format!("{}: sent, and not answered{}", self.act.noun(), self.half.told()))
            }
            Outcome::Stale(why) => Detail { text: why.clone(), ..Detail::default() },
            Outcome::NotStarted if self.half == Half::Gone => fact(self.half.told().to_owned()),
            Outcome::Done | Outcome::Unchanged | Outcome::NotStarted => Detail::default(),
        }
    }
}
