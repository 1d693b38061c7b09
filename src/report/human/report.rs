//! The end of an apply for people: one sentence when all is well; otherwise everything that is not, and how to go on.

use super::paper::{Line, headed, lines, one_line, print};
use crate::model::text::listed;
use crate::model::time::duration;
use crate::report::style::{Ink, Style};
use crate::report::view::{EndedView, Ending, FailureView, ReportView, Section};

/// More steps of one kind than this are counted, not listed.
const MOST: usize = 50;
/// Foreign text where it is told in full.
const FULL: usize = 8000;
/// Foreign text in a list.
const BRIEF: usize = 160;
/// Titles of sections stand in a column of this width.
const TITLE: usize = 12;

/// What stands at the end of `apply` and `destroy`.
#[must_use]
pub fn report(report: &ReportView<'_>, ending: Ending, style: Style) -> String {
    let sentence = report.sentence(ending);
    let aside = report.aside().into_iter().map(Line::ours);
    if report.is_complete {
        let lines: Vec<Line> = std::iter::once(Line::ours(sentence).ink(Ink::Add)).chain(aside).collect();
        return print(&lines, style);
    }
    let (word, rest) = sentence.split_once(':').unwrap_or((&sentence, ""));
    let mut out = errors(report);
    out.push(Line::ours(format!("{word}:")).ink(Ink::Remove).then(rest));
    out.extend(aside);
    out.push(Line::default());
    out.extend(report.sections().iter().flat_map(section));
    out.push(Line::default());
    out.extend(report.advice(ending).into_iter().map(Line::ours));
    print(&out, style)
}

/// Each failure in full, in Terraform's manner.
fn errors(report: &ReportView<'_>) -> Vec<Line> {
    let failed = report.ended.iter().filter_map(|ended| Some((ended, ended.failure()?)));
    let mut out: Vec<Line> = failed.flat_map(|(ended, failure)| error(ended, &failure)).collect();
    let ends = [
        (report.denied, "access was denied: nothing new was sent after that"),
        (report.unwritten, "the state could not be written: nothing new was begun after that"),
    ];
    for (why, what) in ends.into_iter().filter_map(|(why, what)| Some((why?, what))) {
        out.push(head().then(format!(" {what}")));
        out.extend(words(why));
        out.push(Line::default());
    }
    out
}

fn error(ended: &EndedView<'_>, failure: &FailureView<'_>) -> Vec<Line> {
    let after = ended.took.map(|took| format!(" after {}", duration(took))).unwrap_or_default();
    let record = failure.record.map(|record| format!(", record {record}")).unwrap_or_default();
    let mut out = vec![
        head()
            .then(" ")
            .and(Line::foreign(ended.address))
            .then(format!(": {} failed{after}", ended.act.noun()))
            .and(Line::foreign(&record)),
    ];
    out.extend(failure.errors.iter().flat_map(|error| words(error)));
    out.extend(failure.hint.iter().flat_map(|hint| headed(Line::ours("  hint:"), hint, "        ", FULL)));
    out.push(Line::default());
    out
}

fn head() -> Line {
    Line::ours("Error:").ink(Ink::Remove)
}

fn words(text: &str) -> impl Iterator<Item = Line> {
    lines(text, FULL).into_iter().map(|line| Line::ours("  | ").and(line))
}

/// What is well in one line, everything else a line each.
fn section(of: &Section<'_, '_>) -> Vec<Line> {
    let title = |text: &str| Line::ours("  ").and(Line::ours(text).padded(TITLE)).then(" ");
    if of.is_good {
        let mut names: Vec<&str> = of.ended.iter().map(|ended| ended.address).collect();
        names.dedup();
        return vec![title(of.title).and(Line::foreign(&listed(names, MOST)))];
    }
    let shown = || of.ended.iter().take(MOST);
    let width = shown().map(|ended| ended.address.chars().count()).max().unwrap_or(0);
    let mut out = Vec::new();
    for (n, ended) in shown().enumerate() {
        let detail = ended.detail();
        let line = title(if n == 0 { of.title } else { "" }).and(Line::foreign(ended.address).padded(width));
        let fact = Line::foreign(&detail.fact);
        // what failed is told in full above, and everything else here alone
        let text = one_line(&detail.text, if ended.failure().is_some() { BRIEF } else { FULL });
        let colon = if fact.is_empty() || text.is_empty() { "" } else { ": " };
        out.push(line.then("  ").and(fact).then(colon).and(text));
        let hint = detail.hint.map(|hint| Line::ours("hint: ").and(one_line(&hint, FULL)));
        out.extend(hint.map(|hint| title("").then(" ".repeat(width)).then("  ").and(hint)));
    }
    if of.ended.len() > MOST {
        out.push(title("").then(format!("+{} more", of.ended.len() - MOST)));
    }
    out
}
