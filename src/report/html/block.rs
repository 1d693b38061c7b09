//! What becomes of a group of products, as an entry that opens.

use super::text::{code, text, with_code};
use crate::plan::{Act, Shown};
use crate::report::view::{
    Block, BlockGroup, Cause, DiffLine, Mark, Property, ResourcesView, RowView, Title, by_cause, unsaid,
};

/// The entry.
pub(super) fn entry(group: &BlockGroup<'_>) -> String {
    let Some(first) = group.first() else { return String::new() };
    let product = first.title.product.as_deref().map(text).unwrap_or_default();
    format!(
        "<details class=\"{}\" id=\"{}\">\n<summary><span class=\"act\">{}</span> {}{} <span class=\"product\">{product}</span>{}</summary>\n<div>\n{}</div>\n</details>\n",
        if first.instances_gone > 0 { kind(Act::Terminate) } else { kind(first.act) },
        anchor(group),
        word(first),
        code(group.subject()),
        places(group),
        sought(&group.members.iter().map(|one| one.address.as_str()).collect::<Vec<_>>(), group.subject()),
        body(group, first),
    )
}

/// What is remembered of one product, as an entry that opens.
pub(super) fn remembered(row: &RowView<'_>) -> String {
    let (word, kind) = match (&row.intent, row.last_failure) {
        (Some(_), _) => ("under way", "change"),
        (None, Some(_)) => ("failed", "remove"),
        (None, None) => ("applied", "add"),
    };
    let product = row
        .applied
        .as_ref()
        .map(|applied| text(&format!("{} {}", applied.values.target.product.name, applied.values.version())));
    let bound = row.binding.map(|binding| format!("{} {} ", code(&binding.name), code(binding.id.as_str())));
    let place = format!("on {} ({})", code(row.location), text(row.account));
    let failure = row.last_failure.map(|failure| lines("alarm", &failure.message)).unwrap_or_default();
    let mut members = String::new();
    if let Some(applied) = &row.applied {
        let inputs = applied.values.parameters.iter().map(|(key, one)| pair(key, &one.value));
        let tags = applied.values.tags.iter().map(|(key, one)| pair(&format!("tags.{key}"), one));
        let outputs = applied.outputs.iter().map(|(key, one)| pair(&format!("outputs.{key}"), one));
        members = format!("<table>\n{}</table>\n", inputs.chain(tags).chain(outputs).collect::<String>());
    }
    format!(
        "<details class=\"{kind}\">\n<summary><span class=\"act\">{word}</span> {} <span class=\"product\">{}</span></summary>\n<div>\n<p>{}{place}</p>\n{failure}{members}</div>\n</details>\n",
        code(&row.address),
        product.unwrap_or_default(),
        bound.unwrap_or_default(),
    )
}

fn pair(key: &str, value: &Shown) -> String {
    format!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", text(key), said(value))
}

/// Addresses that nobody sees, for whoever searches one that is told otherwise.
pub(super) fn sought(addresses: &[&str], told: &str) -> String {
    let untold: Vec<&str> = addresses.iter().copied().filter(|address| *address != told).collect();
    match untold.is_empty() {
        true => String::new(),
        false => format!("<span hidden> {}</span>", text(&untold.join(" "))),
    }
}

/// By which an entry is led to.
pub(super) fn anchor(group: &BlockGroup<'_>) -> String {
    format!("step-{}", group.first().map(|first| first.number).unwrap_or_default())
}

/// How it is coloured; the word beside it says the same.
pub(super) fn kind(act: Act) -> &'static str {
    match act {
        Act::Provision | Act::Adopt => "add",
        Act::Terminate | Act::Replace | Act::Refuse => "remove",
        Act::Update | Act::Settle | Act::Accept | Act::Forget | Act::Remember | Act::Defer => "change",
    }
}

fn word(block: &Block<'_>) -> &'static str {
    if block.is_unsure() { "may update" } else { block.act.as_str() }
}

fn places(group: &BlockGroup<'_>) -> String {
    group.coded(code).map(|span| format!(" on {span}")).unwrap_or_default()
}

fn body(group: &BlockGroup<'_>, first: &Block<'_>) -> String {
    let members: String =
        group.members.iter().map(|one| format!("<li>{}</li>\n", title(&one.title))).collect();
    let mut out = format!("<ul class=\"members\">\n{members}</ul>\n");
    out.extend(group.causes().iter().map(cause));
    if let Some(refusal) = group.refusal() {
        out += &lines("alarm", &refusal.message);
        out.extend(refusal.hint.iter().map(|hint| lines("why", hint)));
    }
    out.extend(first.aside.map(|aside| lines("why", aside)));
    out += &properties(group);
    out.extend(first.resources.iter().map(resources));
    out
}

/// The properties; one that differs among the members, with each of its values and the places of that.
fn properties(group: &BlockGroup<'_>) -> String {
    let values = group.properties();
    let all: Vec<(&Property, String)> =
        values.iter().flatten().map(|one| (one.property, one.places.join(", "))).collect();
    let all: Vec<(&Property, &str)> =
        all.iter().map(|(property, places)| (*property, places.as_str())).collect();
    property_table(&all)
}

fn title(of: &Title<'_>) -> String {
    let account = if of.account.is_empty() { String::new() } else { format!(" ({})", text(of.account)) };
    let simulated = if of.simulated { " (simulated)" } else { "" };
    let parts = [
        of.name.map(|name| format!("<strong>{}</strong>", code(name))),
        of.id.map(code),
        of.stack.map(|stack| format!("stack {}", code(stack))),
        Some(format!("on {}{simulated}{account}", code(of.location))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn cause(of: &Cause<'_>) -> String {
    let words = by_cause(&of.words);
    let words = if words.is_empty() { String::new() } else { lines("why", &words) };
    format!("<p class=\"why\">{}</p>\n{words}", with_code(&of.sentence()))
}

fn lines(class: &str, of: &str) -> String {
    let lines: Vec<String> = of.lines().map(with_code).collect();
    format!("<p class=\"{class}\">{}</p>\n", lines.join("<br>\n"))
}

fn resources(of: &ResourcesView<'_>) -> String {
    let unknown = of.unknown.map(|why| lines("why", &format!("not previewed: {why}")));
    let loud: String =
        of.loud().map(|one| format!("<li><strong>{}</strong></li>\n", text(&one.text))).collect();
    let quiet: String = of.quiet().map(|one| format!("<li>{}</li>\n", text(&one.text))).collect();
    let none =
        if of.unknown.is_none() && of.changes.is_empty() { "<p>No resource changes.</p>\n" } else { "" };
    let list = if of.changes.is_empty() { String::new() } else { format!("<ul>\n{loud}{quiet}</ul>\n") };
    format!("{}{none}{list}", unknown.unwrap_or_default())
}

/// Properties below each other, each with the place that it is about, where that matters.
pub(super) fn property_table(all: &[(&Property, &str)]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let rows: String = all.iter().map(|(property, place)| row(property, place)).collect();
    format!("<table>\n{rows}</table>\n")
}

fn row(of: &Property, place: &str) -> String {
    let mut remarks: Vec<String> = of.remarks.iter().map(|remark| text(remark.as_str())).collect();
    if !place.is_empty() {
        remarks.push(format!("on {}", text(place)));
    }
    let value = match of.by_lines() {
        Some(long) => {
            let form = Some(long.form.as_str()).filter(|form| !form.is_empty());
            remarks.extend(form.map(str::to_owned));
            long.lines.iter().map(long_line).collect()
        }
        None => sides(of),
    };
    format!(
        "<tr><th scope=\"row\">{}</th><td>{value}</td><td class=\"remark\">{}</td></tr>\n",
        text(&of.key),
        remarks.join("; ")
    )
}

fn sides(of: &Property) -> String {
    let came = |value: &Shown| format!("<ins>{}</ins>", said(value));
    let went = |value: &Shown| format!("<del>{}</del>", said(value));
    match (of.mark, &of.before) {
        (Mark::Add, _) => came(&of.after),
        (Mark::Remove, _) => went(&of.before),
        (_, Shown::Absent) => format!("<span class=\"same\">{}</span>", said(&of.after)),
        (_, before) => went(before) + &came(&of.after),
    }
}

/// A text in quotes, so that blanks at its ends can be seen.
fn said(value: &Shown) -> String {
    match value {
        Shown::Text(of) => format!("&quot;{}&quot;", text(of)),
        other => unsaid(other).unwrap_or_default().to_owned(),
    }
}

fn long_line(of: &DiffLine) -> String {
    let whole = text(&of.text());
    let ending = if of.unended { " (no newline at the end)" } else { "" };
    match of.mark {
        Mark::Add | Mark::Change => format!("<ins>{whole}{ending}</ins>"),
        Mark::Remove => format!("<del>{whole}{ending}</del>"),
        Mark::Gap => "<span class=\"same\">…</span>".to_owned(),
        Mark::Context => format!("<span class=\"same\">{whole}{ending}</span>"),
    }
}
