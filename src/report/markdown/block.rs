//! What becomes of a group of products, folded: a heading, and a diff of what is known of it.

use super::code::{fenced, html_code};
use crate::model::text::count;
use crate::plan::{Act, Refusal, Shown};
use crate::report::escape::{Escaped, Quoted};
use crate::report::view::{
    Block, BlockGroup, Cause, DiffLine, DriftView, FindingView, Mark, NoteGroup, Property, ResourcesView,
    Spread, Title, by_cause, spanned, unsaid,
};

/// More lines of one section than this are left to other formats.
const LINES: usize = 400;
/// More of a line than this is left out.
const LINE: usize = 2000;
/// So many members of a group say their own values.
const MEMBERS: usize = 40;

/// A group, folded.
pub(super) fn details(group: &BlockGroup<'_>) -> String {
    let Some(first) = group.first() else { return String::new() };
    let places = group.coded(html_code).map(|span| format!(" on {span}")).unwrap_or_default();
    folded(&format!("{}{places} {}", html_code(group.subject()), first.fate), body(group, first))
}

/// What was changed outside.
pub(super) fn drift(all: &[DriftView]) -> String {
    let mut lines = Vec::new();
    for one in all {
        lines.push(format!("# {}", Escaped(&one.address)));
        lines.extend(one.texts.iter().map(|text| format!("# ({})", Escaped(text))));
        lines.extend(one.members.iter().flat_map(|member| property(member, "")));
    }
    folded(&format!("Drift: {} changed outside of provisor", count(all.len(), "product")), lines)
}

/// Why a declaration would break, folded.
pub(super) fn breaking(address: &str, found: &[FindingView]) -> String {
    let line = |one: &FindingView| {
        let hint = one.hint.iter().map(|hint| format!("# hint: {}", Escaped(hint)));
        std::iter::once(format!("! {}", Escaped(&one.message))).chain(hint).collect::<Vec<_>>()
    };
    folded(&format!("{} would break", html_code(address)), found.iter().flat_map(line).collect())
}

/// What is worth knowing, and not worth a step.
pub(super) fn notes(all: &[NoteGroup]) -> String {
    let line = |note: &NoteGroup| {
        let text = note.text.lines().map(|line| format!("# {}", Escaped(line)));
        std::iter::once(format!("! {}", Escaped(&note.whom))).chain(text).collect::<Vec<_>>()
    };
    folded(&count(all.len(), "note"), all.iter().flat_map(line).collect())
}

fn folded(heading: &str, mut lines: Vec<String>) -> String {
    let more = lines.len().saturating_sub(LINES);
    lines.truncate(LINES);
    lines.extend((more > 0).then(|| format!("# and {}", count(more, "more line"))));
    for line in &mut lines {
        if let Some((at, _)) = line.char_indices().nth(LINE) {
            line.truncate(at);
            line.push('…');
        }
    }
    format!("\n<details><summary>{heading}</summary>\n\n{}\n</details>\n", fenced(&lines))
}

fn body(group: &BlockGroup<'_>, first: &Block<'_>) -> Vec<String> {
    let mut lines: Vec<String> = match group.members.as_slice() {
        [one] => vec![format!("{} {}", sign(one.act), title(&one.title))],
        several => several
            .iter()
            .take(MEMBERS)
            .map(|one| format!("{} {}", sign(one.act), title(&one.title)))
            .collect(),
    };
    let more = group.members.len().saturating_sub(MEMBERS);
    lines.extend((more > 0).then(|| format!("# and {more} more")));
    lines.extend(group.causes().iter().flat_map(cause));
    lines.extend(group.refusal().iter().flat_map(refused));
    lines.extend(first.aside.map(|aside| format!("# ({aside})")));
    lines.extend(properties(group));
    lines.extend(first.resources.iter().flat_map(resources));
    lines
}

/// A property that differs among the members is told with each of its values.
fn properties(group: &BlockGroup<'_>) -> Vec<String> {
    let values = group.properties();
    let told = values.iter().flat_map(|values| values.iter().take(MEMBERS));
    let places = |one: &Spread<'_>| spanned(&one.places, group.among.iter().copied());
    told.flat_map(|one| property(one.property, &places(one))).collect()
}

/// How a diff is told what becomes of something: it knows lines that come, go and change.
fn sign(act: Act) -> char {
    match act {
        Act::Provision | Act::Adopt => '+',
        Act::Terminate => '-',
        Act::Update | Act::Replace | Act::Refuse | Act::Settle => '!',
        Act::Accept | Act::Forget | Act::Remember | Act::Defer => '#',
    }
}

fn title(of: &Title<'_>) -> String {
    let stack = of.stack.map(|stack| format!("stack {}", Escaped(stack)));
    let product = of.product.as_deref().map(|product| Escaped(product).to_string());
    let account = if of.account.is_empty() { String::new() } else { format!(" ({})", Escaped(of.account)) };
    let simulated = if of.simulated { " (simulated)" } else { "" };
    let place = format!("on {}{simulated}{account}", Escaped(of.location));
    let parts = [
        of.name.map(|name| Quoted(name).to_string()),
        of.id.map(|id| Escaped(id).to_string()),
        stack,
        product,
        Some(place),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

fn cause(of: &Cause<'_>) -> Vec<String> {
    let words = by_cause(&of.words);
    let words = words.lines().map(|line| format!("#   | {}", Escaped(line)));
    std::iter::once(format!("# ({})", Escaped(&of.sentence()))).chain(words).collect()
}

fn refused(refusal: &Refusal) -> Vec<String> {
    let message = refusal.message.lines().map(|line| format!("! {}", Escaped(line)));
    let hint = refusal.hint.iter().flat_map(|hint| hint.lines());
    message.chain(hint.map(|line| format!("# hint: {}", Escaped(line)))).collect()
}

fn resources(of: &ResourcesView<'_>) -> Vec<String> {
    let unknown = of.unknown.map(|why| format!("# not previewed: {}", Escaped(why)));
    let loud = of.loud().map(|one| format!("- {}", Escaped(&one.text)));
    let quiet = of.quiet().map(|one| format!("# {}", Escaped(&one.text)));
    unknown.into_iter().chain(loud).chain(quiet).collect()
}

/// One value, or two below each other; `place` says whose, where that matters.
fn property(of: &Property, place: &str) -> Vec<String> {
    let mut remarks: Vec<String> =
        of.remarks.iter().map(|remark| Escaped(remark.as_str()).to_string()).collect();
    if !place.is_empty() {
        remarks.push(format!("on {}", Escaped(place)));
    }
    let remark = if remarks.is_empty() { String::new() } else { format!("  # {}", remarks.join("; ")) };
    let key = Escaped(&of.key);
    if let Some(long) = of.by_lines() {
        let form = long.form.as_str();
        let form = if form.is_empty() { String::new() } else { format!(" ({form})") };
        let head = format!("{} {key} ={form}{remark}", mark(of.mark));
        return std::iter::once(head).chain(long.lines.iter().map(long_line)).collect();
    }
    let line = |sign: char, value: &Shown| format!("{sign} {key} = {}{remark}", word(value));
    match (of.mark, &of.before) {
        (Mark::Add, _) => vec![line('+', &of.after)],
        (Mark::Remove, _) => vec![line('-', &of.before)],
        (_, Shown::Absent) => vec![line('!', &of.after)],
        (_, before) => vec![format!("- {key} = {}", word(before)), line('+', &of.after)],
    }
}

fn word(value: &Shown) -> String {
    match value {
        Shown::Text(text) => Quoted(text).to_string(),
        other => unsaid(other).unwrap_or_default().to_owned(),
    }
}

fn mark(of: Mark) -> char {
    match of {
        Mark::Add => '+',
        Mark::Remove => '-',
        Mark::Change => '!',
        Mark::Context | Mark::Gap => ' ',
    }
}

fn long_line(of: &DiffLine) -> String {
    let ending = if of.unended { "  (no newline at the end)" } else { "" };
    match of.mark {
        Mark::Gap => "#   …".to_owned(),
        of_line => format!("{}   | {}{ending}", mark(of_line), Escaped(&of.text())),
    }
}
