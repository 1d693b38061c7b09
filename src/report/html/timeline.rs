//! What ran when, drawn: a row for each step, time from left to right, and what it waited for before it ran.

use std::time::Duration;

use super::ended::{anchor, fate, precise, shade, waited};
use super::text::text;
use crate::apply::Foresight;
use crate::model::text::{count, shortened};
use crate::plan::StepIx;
use crate::report::view::{EndedView, ReportView, Span, SpanKind, Timeline};

/// A drawing of more steps than this tells nobody anything.
const MOST: usize = 2_000;
/// A longer name is cut.
const NAME: usize = 30;
const LEFT: u128 = 250;
const WIDTH: u128 = 640;
const RIGHT: u128 = 260;
const ROW: usize = 22;
const TOP: usize = 26;
/// So many times are written above.
const TICKS: u32 = 5;

/// The drawing, where anything took any time.
pub(super) fn section(report: &ReportView<'_>, course: &Timeline<'_>, outlook: &Foresight) -> String {
    let length = course.length();
    if length.is_zero() || outlook.steps.is_empty() {
        return String::new();
    }
    let mut order: Vec<usize> = (0..report.ended.len()).collect();
    let begin = |n: &usize| course.spans(StepIx(*n)).iter().find(|span| is_work(span)).map(|span| span.from);
    // what never ran comes last
    order.sort_by_key(|n| begin(n).map_or((1, course.ended(StepIx(*n)).unwrap_or(length)), |at| (0, at)));
    let inside = match order.len() {
        n if n > MOST => format!("<p class=\"why\">{} are too many to be drawn.</p>\n", count(n, "step")),
        _ => drawing(report, course, &order),
    };
    format!(
        "<section aria-labelledby=\"t\">\n<h2 id=\"t\">What ran when</h2>\n{LEGEND}<div class=\"graph\" tabindex=\"0\" role=\"region\" aria-labelledby=\"t\">\n{inside}</div>\n</section>\n"
    )
}

const LEGEND: &str = "<p class=\"why\">Thin lines are waiting: dotted for another step, dashed for room beside what was in flight, plain for the catalog. Bars are operations; what was rolled back is striped. Each leads to its step.</p>\n";

fn is_work(span: &Span) -> bool {
    matches!(span.phase, SpanKind::Running | SpanKind::Unwinding)
}

fn drawing(report: &ReportView<'_>, course: &Timeline<'_>, order: &[usize]) -> String {
    let (length, width) = (course.length(), LEFT + WIDTH + RIGHT);
    let height = TOP + order.len() * ROW + 8;
    let mut out = format!(
        "<svg class=\"timeline\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"group\" aria-label=\"time runs from left to right\">\n<defs><pattern id=\"stripes\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect class=\"stripe\" width=\"3\" height=\"6\"/></pattern></defs>\n"
    );
    for tick in 0..=TICKS {
        let at = length * tick / TICKS;
        let x = place(at, length);
        out += &format!(
            "<path class=\"tick\" d=\"M{x} {TOP}V{height}\"/><text class=\"time\" x=\"{x}\" y=\"{}\">{}</text>\n",
            TOP - 8,
            precise(at)
        );
    }
    for (row, n) in order.iter().enumerate() {
        if let Some(ended) = report.ended.get(*n) {
            out += &line(*n, TOP + row * ROW, ended, &Drawn { report, course });
        }
    }
    out + "</svg>\n"
}

/// What is drawn.
struct Drawn<'d, 'a, 'o> {
    report: &'d ReportView<'a>,
    course: &'d Timeline<'o>,
}

/// Where a time stands.
fn place(at: Duration, length: Duration) -> u128 {
    LEFT + at.as_micros() * WIDTH / length.as_micros().max(1)
}

fn line(n: usize, y: usize, ended: &EndedView<'_>, drawn: &Drawn<'_, '_, '_>) -> String {
    let length = drawn.course.length();
    let spans = drawn.course.spans(StepIx(n));
    let mut marks = String::new();
    let mut told = vec![format!("{} {}: {}", ended.act.as_str(), text(ended.address), text(&fate(ended)))];
    for span in &spans {
        let (from, until) = (place(span.from, length), place(span.until, length));
        told.extend(waited(span, drawn.report));
        let middle = y + ROW / 2;
        marks += &match span.phase {
            SpanKind::Awaits(_) => format!("<path class=\"wait awaits\" d=\"M{from} {middle}H{until}\"/>"),
            SpanKind::NoRoom => format!("<path class=\"wait room\" d=\"M{from} {middle}H{until}\"/>"),
            SpanKind::Asking => format!("<path class=\"wait\" d=\"M{from} {middle}H{until}\"/>"),
            SpanKind::Running | SpanKind::Unwinding => {
                let class = if span.phase == SpanKind::Unwinding {
                    " class=\"unwinding\" fill=\"url(#stripes)\""
                } else {
                    ""
                };
                let (top, wide) = (y + 4, until.saturating_sub(from).max(3));
                format!(
                    "<rect{class} x=\"{from}\" y=\"{top}\" width=\"{wide}\" height=\"{}\" rx=\"2\"/>",
                    ROW - 8
                )
            }
        };
    }
    let end = drawn.course.ended(StepIx(n)).unwrap_or(length);
    let base = y + 15;
    format!(
        "<a href=\"#{}\" class=\"{}\"><title>{}</title><text x=\"4\" y=\"{base}\">{}</text>{marks}<text class=\"fate\" x=\"{}\" y=\"{base}\">{}</text></a>\n",
        anchor(n),
        shade(ended),
        told.join("\n"),
        text(&shortened(ended.address, NAME)),
        place(end, length) + 8,
        text(&shortened(&fate(ended), NAME)),
    )
}
