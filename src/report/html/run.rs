//! How an apply went, as a page: what it came to, what failed in the catalog's words, how to go on, what ran when and what it waited
//! for, and each step by itself.

use super::ended::{anchor, fate, precise, shade, waited};
use super::page;
use super::text::{code, text, with_code};
use super::timeline;
use crate::apply::event::Remedy;
use crate::apply::{Ahead, Foresight};
use crate::model::time::{Timestamp, duration};
use crate::plan::StepIx;
use crate::report::view::{EndedView, Ending, FailedView, ReportView, SpanKind, Timeline};

/// What there is to know of a run beside how its steps ended.
#[derive(Clone, Copy, Debug)]
pub struct RunFacts<'a> {
    /// Which command it was.
    pub ending: Ending,
    /// When it began, by this machine's clock.
    pub began: Timestamp,
    /// The plan's fingerprint.
    pub fingerprint: &'a str,
    /// The state that the plan was made from.
    pub lineage: &'a str,
    /// Its serial.
    pub serial: u64,
    /// What was foreseen.
    pub outlook: &'a Foresight,
}

/// The run as a page.
#[must_use]
pub fn run(report: &ReportView<'_>, course: &Timeline<'_>, facts: &RunFacts<'_>) -> String {
    let sentence = text(&report.sentence(facts.ending));
    let entries: String =
        (0..).zip(&report.ended).map(|(n, ended)| entry(n, ended, report, course, facts)).collect();
    let steps = match entries.is_empty() {
        true => "<p>Nothing was to be done.</p>\n".to_owned(),
        false => format!("<section aria-labelledby=\"s\">\n<h2 id=\"s\">Steps</h2>\n{entries}</section>\n"),
    };
    let main = format!(
        "{}{}{}{steps}",
        failures(report),
        advice(report, facts.ending),
        timeline::section(report, course, facts.outlook)
    );
    page(&sentence, &summary(report, course, facts), &main)
}

fn summary(report: &ReportView<'_>, course: &Timeline<'_>, facts: &RunFacts<'_>) -> String {
    let ends = [
        (report.denied, "Access was denied; nothing new was sent after that"),
        (report.unwritten, "The state could not be written; nothing new was begun after that"),
    ];
    let mut out: String = ends
        .into_iter()
        .filter_map(|(why, what)| {
            Some(format!("<p class=\"alarm\"><strong>{what}:</strong> {}</p>\n", text(why?)))
        })
        .collect();
    if report.is_interrupted {
        out += "<p class=\"alarm\"><strong>It was interrupted.</strong></p>\n";
    }
    out.extend(report.aside().iter().map(|line| format!("<p>{}</p>\n", text(line))));
    format!(
        "{out}<dl class=\"facts\">\n<dt>Began</dt><dd>{}</dd>\n<dt>Took</dt><dd>{}</dd>\n<dt>Steps</dt><dd>{}</dd>\n<dt>Fingerprint of the plan</dt><dd>{}</dd>\n<dt>State</dt><dd>{}, serial {}</dd>\n</dl>\n",
        text(&facts.began.utc()),
        precise(course.length()),
        report.ended.len(),
        code(facts.fingerprint),
        code(facts.lineage),
        facts.serial
    )
}

/// What failed, each in the catalog's words, which stand nowhere else on the page.
fn failures(report: &ReportView<'_>) -> String {
    let all: String = report.failures().iter().map(|group| alike(group)).collect();
    if all.is_empty() {
        return all;
    }
    format!("<section aria-labelledby=\"f\">\n<h2 id=\"f\">What failed</h2>\n{all}</section>\n")
}

/// What failed in the same words.
fn alike(group: &[FailedView<'_, '_>]) -> String {
    let Some(FailedView { failure: said, .. }) = group.first() else { return String::new() };
    let one = |FailedView { number, ended, failure }: &FailedView<'_, '_>| {
        let after = ended.took.map(|took| format!(" after {}", duration(took))).unwrap_or_default();
        let record = failure.record.map(|record| format!(", record {}", code(record))).unwrap_or_default();
        format!(
            "<p><strong><a href=\"#{}\">{}</a></strong>: {} failed{after}{record}</p>\n",
            anchor(*number),
            text(ended.address),
            ended.act.noun(),
        )
    };
    let names: String = group.iter().map(one).collect();
    let words: String =
        said.errors.iter().flat_map(|error| error.lines()).map(|line| text(line) + "\n").collect();
    let hint =
        said.hint.map(|hint| format!("<p class=\"why\">{}</p>\n", with_code(hint))).unwrap_or_default();
    format!("<div class=\"alarm\">{names}<pre>{words}</pre>\n{hint}</div>\n")
}

fn advice(report: &ReportView<'_>, ending: Ending) -> String {
    let all: String =
        report.advice(ending).iter().map(|one| format!("<li>{}</li>\n", with_code(one))).collect();
    if report.is_complete || all.is_empty() {
        return String::new();
    }
    format!("<section aria-labelledby=\"a\">\n<h2 id=\"a\">How to go on</h2>\n<ul>\n{all}</ul>\n</section>\n")
}

fn entry(
    n: usize,
    ended: &EndedView<'_>,
    report: &ReportView<'_>,
    course: &Timeline<'_>,
    facts: &RunFacts<'_>,
) -> String {
    let ahead = facts.outlook.step(StepIx(n));
    let product = ahead.map(|ahead| text(&ahead.product)).unwrap_or_default();
    let rows: String = rows(StepIx(n), ended, course, ahead).into_iter().map(|row| pair(&row)).collect();
    let waits: String =
        waits(StepIx(n), report, course).into_iter().map(|line| format!("<li>{line}</li>\n")).collect();
    let waits = if waits.is_empty() { waits } else { format!("<ul class=\"members\">\n{waits}</ul>\n") };
    format!(
        "<details class=\"{}\" id=\"{}\">\n<summary><span class=\"act\">{}</span> {} <span class=\"product\">{product}</span> <span class=\"fate\">{}</span></summary>\n<div>\n<table>\n{rows}</table>\n{waits}</div>\n</details>\n",
        shade(ended),
        anchor(n),
        ended.act.as_str(),
        code(ended.address),
        text(&fate(ended)),
    )
}

/// A fact of a step, as it stands on the page.
struct PageRow {
    name: &'static str,
    value: String,
}

fn pair(row: &PageRow) -> String {
    format!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", row.name, row.value)
}

fn rows(ix: StepIx, ended: &EndedView<'_>, course: &Timeline<'_>, ahead: Option<&Ahead>) -> Vec<PageRow> {
    let detail = ended.detail();
    // what failed is told above, whole
    let said = if ended.failure().is_some() { String::new() } else { detail.text };
    let simulated = if ended.simulated { " (simulated)" } else { "" };
    let spans = course.spans(ix);
    let ran = spans.iter().find(|span| matches!(span.phase, SpanKind::Running | SpanKind::Unwinding));
    let usual = ahead.and_then(|ahead| ahead.expected);
    let all = [
        ("location", Some(format!("{}{simulated}", code(ended.location)))),
        ("record", course.record(ix).map(code)),
        ("began", ran.map(|span| format!("{} after the beginning", precise(span.from)))),
        ("over", course.ended(ix).map(|at| format!("{} after the beginning", precise(at)))),
        ("took", ended.took.map(|took| format!("{}, by the service's clock", duration(took)))),
        ("usually", usual.map(duration)),
        ("ended", Some(text(&fate(ended)))),
        ("why", Some(with_code(&said)).filter(|said| !said.is_empty())),
        ("what to do", detail.hint.as_deref().map(with_code)),
    ];
    all.into_iter().filter_map(|(name, value)| Some(PageRow { name, value: value? })).collect()
}

/// What it waited for, a sentence each.
fn waits(ix: StepIx, report: &ReportView<'_>, course: &Timeline<'_>) -> Vec<String> {
    let spans = course.spans(ix);
    let mut out: Vec<String> = spans.iter().filter_map(|span| waited(span, report)).collect();
    out.extend(course.delays(ix).iter().map(|delay| {
        let remedy = match delay.remedy {
            Remedy::AskAgain => "asked again",
            Remedy::Look => "looked for before anything was sent again",
            Remedy::SendAgain => "sent again with the same token",
        };
        format!("at {}: {} ({remedy})", precise(delay.at), text(&delay.text))
    }));
    out
}
