//! The end of an apply for people: one sentence when all is well; otherwise everything that is not, and how to go on.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::flow::{Margins, broken, flowed, room};
use super::paper::{Line, lines, one_line, print};
use crate::model::time::duration;
use crate::plan::Act;
use crate::report::style::{Ink, Style};
use crate::report::view::{Detail, EndedGroup, EndedView, Ending, FailedView, ReportView, Section};

/// More steps of one kind than this are counted, not listed.
const MOST: usize = 20;
/// Where only names are told, so many of them are.
const NAMED: usize = 5;
/// So many that failed in the same words have a line of their own.
const ALIKE: usize = 20;
/// Foreign text where it is told in full.
const FULL: usize = 8000;
/// Titles of sections stand in a column of this width.
const TITLE: usize = 12;

/// What stands at the end of `apply` and `destroy`.
#[must_use]
pub fn report(report: &ReportView<'_>, ending: Ending, style: Style) -> String {
    let sentence = report.sentence(ending);
    let width = room(style);
    // what the catalog says of a failure is one line to whoever searches a log for it
    let said = if style.width == 0 { usize::MAX } else { width };
    let ours = |text: String| broken(Line::default(), &Line::ours(text), &Line::ours("  "), width);
    let aside = report.aside().into_iter().flat_map(ours);
    if report.is_complete {
        let mut out = vec![Line::ours(sentence).ink(Ink::Add)];
        let place = Margins { width, hang: 2, gap: 1, mark: true };
        for (title, of) in ran(report).into_iter().filter(|(_, of)| !of.is_empty()) {
            out.extend(flowed(Line::ours(title), ended_by(names(&of, report), "."), place));
        }
        out.extend(aside);
        return print(&out, style);
    }
    let (word, rest) = sentence.split_once(':').unwrap_or((&sentence, ""));
    let mut out = errors(report, width, said);
    out.push(Line::ours(format!("{word}:")).ink(Ink::Remove).then(rest));
    out.extend(aside);
    out.push(Line::default());
    out.extend(report.sections().iter().flat_map(|of| section(of, report, width)));
    out.push(Line::default());
    out.extend(report.advice(ending).into_iter().flat_map(ours));
    print(&out, style)
}

/// Where operations ran, with the titles: those that were begun earlier are counted for themselves, and told so.
fn ran<'v, 'a>(report: &'v ReportView<'a>) -> [(&'static str, Vec<&'v EndedView<'a>>); 2] {
    let ran = report.ended.iter().filter(|ended| ended.ran().is_some());
    let (resumed, changed) = ran.partition(|ended| ended.act == Act::Settle);
    [("Changed:", changed), ("Resumed:", resumed)]
}

/// The first names, those that took longest before all others, and how many more there are. One key on several locations is one. No
/// line ends between a name and its time.
fn names(of: &[&EndedView<'_>], report: &ReportView<'_>) -> Vec<Line> {
    let mut all = together(of.iter().copied(), |_| ());
    // the two halves of a replacement are told together, and of several locations the one that took longest
    let took = |alike: &[&EndedView<'_>]| {
        let mut whole: BTreeMap<&str, Option<Duration>> = BTreeMap::new();
        for ended in alike {
            let took = whole.entry(ended.address).or_default();
            *took = took.iter().chain(&ended.ran()).copied().reduce(|one, other| one + other);
        }
        whole.into_values().max().flatten()
    };
    all.sort_by_key(|alike| std::cmp::Reverse(took(alike)));
    let rest: BTreeSet<&str> = all.iter().skip(NAMED).flatten().map(|ended| ended.address).collect();
    let last = all.len().min(NAMED).saturating_sub(1);
    let named = all.iter().take(NAMED).enumerate().map(|(n, alike)| {
        let took = took(alike).map(|took| format!(" ({})", duration(took))).unwrap_or_default();
        let comma = if n == last { "" } else { "," };
        whom(alike, report).then(took).then(comma)
    });
    let more = (!rest.is_empty()).then(|| Line::ours(format!("and {} more", rest.len())));
    named.chain(more).collect()
}

/// The pieces with something behind the last one.
fn ended_by(mut pieces: Vec<Line>, end: &str) -> Vec<Line> {
    if let Some(last) = pieces.pop() {
        pieces.push(last.then(end));
    }
    pieces
}

/// Those of one key that are alike, in the order of the first of each.
fn together<'v, 'a: 'v, A: PartialEq>(
    of: impl Iterator<Item = &'v EndedView<'a>>,
    alike: impl Fn(&EndedView<'a>) -> A,
) -> Vec<Vec<&'v EndedView<'a>>> {
    let mut groups: Vec<Vec<&EndedView<'_>>> = Vec::new();
    let mut known: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for ended in of {
        let of_key = known.entry(ended.key).or_default();
        let of_key_alike = of_key.iter().copied().find(|n| alike(groups[*n][0]) == alike(ended));
        let at = of_key_alike.unwrap_or_else(|| {
            groups.push(Vec::new());
            of_key.push(groups.len() - 1);
            groups.len() - 1
        });
        groups[at].push(ended);
    }
    groups
}

/// An address, or a key and where it stands.
fn whom(alike: &[&EndedView<'_>], report: &ReportView<'_>) -> Line {
    let addresses: BTreeSet<&str> = alike.iter().map(|ended| ended.address).collect();
    match (alike.first(), addresses.len()) {
        (None, _) => Line::default(),
        (Some(one), 1) => Line::foreign(one.address),
        (Some(one), _) => {
            let places: Vec<&str> = alike.iter().map(|ended| ended.location).collect();
            Line::foreign(one.key).then(" on ").and(Line::foreign(&report.spanned(one.key, &places)))
        }
    }
}

/// Each failure in full, in Terraform's manner; what failed in the same words together.
fn errors(report: &ReportView<'_>, width: usize, said: usize) -> Vec<Line> {
    let mut out: Vec<Line> = report.failures().iter().flat_map(|group| error(group, width, said)).collect();
    let ends = [
        (report.denied, "access was denied: nothing new was sent after that"),
        (report.unwritten, "the state could not be written: nothing new was begun after that"),
    ];
    for (why, what) in ends.into_iter().filter_map(|(why, what)| Some((why?, what))) {
        out.push(head().then(format!(" {what}")));
        out.extend(words(why, said));
        out.push(Line::default());
    }
    out
}

/// What failed in the same words: each by its name and its record, and the words once.
fn error(group: &[FailedView<'_, '_>], width: usize, said: usize) -> Vec<Line> {
    let Some(FailedView { failure, .. }) = group.first() else { return Vec::new() };
    let told = |FailedView { ended, failure, .. }: &FailedView<'_, '_>| {
        let after = ended.took.map(|took| format!(" after {}", duration(took))).unwrap_or_default();
        let record = failure.record.map(|record| format!(", record {record}")).unwrap_or_default();
        let failed = format!(": {} failed{after}", ended.act.noun());
        head().then(" ").and(Line::foreign(ended.address)).then(failed).and(Line::foreign(&record))
    };
    let mut out: Vec<Line> = group.iter().take(ALIKE).map(told).collect();
    let more = group.len().saturating_sub(ALIKE);
    out.extend((more > 0).then(|| head().then(format!(" {more} more failed in the same words"))));
    out.extend(failure.errors.iter().flat_map(|error| words(error, said)));
    let hint = |hint: &&str| {
        lines(hint, FULL).into_iter().enumerate().flat_map(move |(n, line)| {
            let below = Line::ours("        ");
            let head = if n == 0 { Line::ours("  hint: ") } else { below.clone() };
            broken(head, &line, &below, width)
        })
    };
    out.extend(failure.hint.iter().flat_map(hint));
    out.push(Line::default());
    out
}

fn head() -> Line {
    Line::ours("Error:").ink(Ink::Remove)
}

fn words(text: &str, width: usize) -> impl Iterator<Item = Line> {
    lines(text, FULL).into_iter().flat_map(move |line| broken(margin(), &line, &margin(), width))
}

/// Foreign text stands behind this.
fn margin() -> Line {
    Line::ours("  | ")
}

fn title(text: &str) -> Line {
    Line::ours("  ").and(Line::ours(text).padded(TITLE)).then(" ")
}

/// Names behind a title, over as many lines as it takes.
fn listed(head: Line, names: Vec<Line>, width: usize) -> Vec<Line> {
    let (first, rest) = names.split_at(names.len().min(1));
    let head = first.iter().cloned().fold(head, Line::and);
    flowed(head, rest.to_vec(), Margins { width, hang: TITLE + 3, gap: 1, mark: true })
}

/// What is well, or waits for something else, by its names; everything else a line each.
fn section<'a>(of: &Section<'_, 'a>, report: &ReportView<'a>, width: usize) -> Vec<Line> {
    // what failed is told above, whole
    if of.is_good || of.ended.iter().all(|ended| ended.failure().is_some()) {
        return listed(title(of.title), names(&of.ended, report), width);
    }
    let roots = by_root(&of.ended, &report.ended);
    if !roots.is_empty() {
        let line = |(n, root): (usize, &Root<'_, '_>)| {
            let what = if root.at.is_empty() { Line::foreign(root.named) } else { whom(&root.at, report) };
            let by = Line::ours(format!("{} by ", root.waiting.len())).and(what).then(":");
            let pieces = std::iter::once(by).chain(names(&root.waiting, report)).collect();
            listed(title(if n == 0 { of.title } else { "" }), pieces, width)
        };
        let shown = roots.iter().take(MOST).enumerate().flat_map(line);
        let more = roots.iter().skip(MOST).map(|root| root.waiting.len()).sum::<usize>();
        return shown.chain((more > 0).then(|| title("").then(format!("+{more} more")))).collect();
    }
    let (silent, told): (Vec<_>, Vec<_>) =
        of.ended.iter().copied().partition(|ended| ended.detail() == Detail::default());
    let mut out = each(of.title, &report.alike(&told), width);
    if !silent.is_empty() {
        let first = if out.is_empty() { of.title } else { "" };
        out.extend(listed(title(first), names(&silent, report), width));
    }
    out
}

/// What did not end well, on how many locations that may be, and what waits for it in vain.
struct Root<'v, 'a> {
    named: &'v str,
    at: Vec<&'v EndedView<'a>>,
    waiting: Vec<&'v EndedView<'a>>,
}

fn by_root<'v, 'a>(ended: &[&'v EndedView<'a>], all: &'v [EndedView<'a>]) -> Vec<Root<'v, 'a>> {
    let of = |root: &str| all.iter().find(|ended| ended.address == root);
    let mut roots: Vec<Root<'_, '_>> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for one in ended {
        let Some(root) = one.blocker.as_deref() else { continue };
        let n = *known.entry(root).or_insert_with(|| {
            let at = of(root);
            let is_same = |other: &Root<'_, '_>| other.at.first().map(|at| at.key) == at.map(|at| at.key);
            let n = roots.iter().position(|other| at.is_some() && is_same(other)).unwrap_or(roots.len());
            match roots.get_mut(n) {
                Some(other) => other.at.extend(at),
                None => roots.push(Root { named: root, at: at.into_iter().collect(), waiting: Vec::new() }),
            }
            n
        });
        roots.get_mut(n).into_iter().for_each(|root| root.waiting.push(one));
    }
    roots
}

fn each(heading: &str, groups: &[EndedGroup], width: usize) -> Vec<Line> {
    let shown = || groups.iter().take(MOST);
    let name = shown().map(|group| group.whom.chars().count()).max().unwrap_or(0);
    let mut out = Vec::new();
    for (n, EndedGroup { whom, detail, .. }) in shown().enumerate() {
        let head = title(if n == 0 { heading } else { "" });
        let head = head.and(Line::foreign(whom).padded(name)).then("  ");
        let fact = Line::foreign(&detail.fact);
        let text = one_line(&detail.text, FULL);
        let colon = if fact.is_empty() || text.is_empty() { "" } else { ": " };
        let margin = title("").then("| ");
        out.extend(broken(head, &fact.then(colon).and(text), &margin, width));
        if let Some(hint) = &detail.hint {
            let head = title("").then(" ".repeat(name)).then("  hint: ");
            out.extend(broken(head, &one_line(hint, FULL), &margin, width));
        }
    }
    let more: usize = groups.iter().skip(MOST).map(|group| group.members).sum();
    if more > 0 {
        out.push(title("").then(format!("+{more} more")));
    }
    out
}
