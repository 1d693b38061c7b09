//! What becomes of one product, or the same of several: the header, the causes and, unless it is concise, the values.

use super::flow::{Margins, broken, flowed, room};
use super::paper::{Line, lines, one_line};
use super::table::table;
use crate::model::text::count;
use crate::plan::{Act, Refusal, Shown};
use crate::report::style::{Ink, Style};
use crate::report::view::{Block, BlockGroup, Cause, Mark, ResourcesView, Title, by_cause, spanned};

/// More of the catalog's words than this are left to the catalog.
const WORDS: usize = 2000;
/// The same where a line holds all that is told.
const BRIEF: usize = 200;
/// More of a refusal's words than this are left out.
const REFUSAL: usize = 4000;
/// More of what becomes of one resource than this is left out.
const RESOURCE: usize = 600;
/// More resources than this are counted, unless they are replaced or removed.
const RESOURCES: usize = 30;
/// So many members of a group are named, if their names or ids differ.
const MEMBERS: usize = 3;
/// The same where products go.
const GONE: usize = 12;
/// Where the rest of a title stands.
const HANG: usize = 6;

/// What a block does, in a sign.
pub(super) fn sign(act: Act) -> Line {
    let (text, ink) = match act {
        Act::Provision => ("+", Ink::Add),
        Act::Update => ("~", Ink::Change),
        Act::Replace => ("-/+", Ink::Remove),
        Act::Terminate => ("-", Ink::Remove),
        Act::Settle => (">", Ink::Change),
        Act::Adopt | Act::Accept => ("=", Ink::Add),
        Act::Forget => (".", Ink::Strong),
        Act::Remember => ("*", Ink::Strong),
        Act::Refuse => ("!", Ink::Remove),
        Act::Defer => ("?", Ink::Change),
    };
    Line::ours(text).ink(ink)
}

/// What a sign means that Terraform has not, or not by that name.
pub(super) fn meaning(act: Act) -> Option<&'static str> {
    match act {
        Act::Provision | Act::Update | Act::Replace | Act::Terminate => None,
        Act::Settle => Some("resume what was interrupted or is in progress"),
        Act::Adopt => Some("import"),
        Act::Accept => Some("accept as it is"),
        Act::Forget => Some("forget"),
        Act::Remember => Some("remember"),
        Act::Refuse => Some("refused: it needs a decision"),
        Act::Defer => Some("deferred: it is left to a later run"),
    }
}

/// The group with all that there is to say of it.
pub(super) fn full(group: &BlockGroup<'_>, style: Style) -> Vec<Line> {
    let Some(first) = group.first() else { return Vec::new() };
    let width = room(style);
    let (body, causes) = described(group, first, style);
    let mut out = vec![header(&whom(group), first)];
    out.extend(first.resources.iter().flat_map(loud).flat_map(|line| within(&line, width)));
    out.extend(reasons(&causes, group.members.len() > 1, width));
    if first.title.simulated && (first.refusal.is_some() || first.act == Act::Remember) {
        let place = if group.members.len() > 1 { Line::ours("(simulated)") } else { location(&first.title) };
        out.push(Line::ours("  # ").and(place));
    }
    match group.refusal() {
        Some(refusal) => {
            out.extend(refused(&refusal, width));
            out.extend(table(group, "", style));
        }
        None => out.extend(body),
    }
    out.extend(first.resources.iter().flat_map(quiet).flat_map(|line| within(&line, width)));
    out
}

/// A remark that is as long as what it is about.
fn within(line: &Line, width: usize) -> Vec<Line> {
    let text = line.text();
    let hang = text.len() - text.trim_start().len();
    broken(Line::default(), line, &Line::default().padded(hang).then("# | "), width)
}

/// What it is and which values it has, and the causes that stand above it: why most of what is new is made stands beside it,
/// if the line holds that.
fn described(group: &BlockGroup<'_>, first: &Block<'_>, style: Style) -> (Vec<Line>, Vec<Cause<'static>>) {
    let alone = body(group, None, style);
    let causes = group.causes();
    match (first.act, causes.as_slice()) {
        (Act::Provision, [one]) if one.is_usual() => match body(group, Some(one), style) {
            beside if beside.len() == alone.len() => (beside, Vec::new()),
            _ => (alone, causes),
        },
        _ => (alone, causes),
    }
}

/// Whom a header is about: an address, or a key and where it stands.
fn whom(group: &BlockGroup<'_>) -> Line {
    Line::foreign(&group.heading())
}

/// What is replaced or removed, all of it.
fn loud<'v>(resources: &'v ResourcesView<'_>) -> impl Iterator<Item = Line> + 'v {
    resources.loud().map(|one| Line::ours("  # ").and(one_line(&one.text, RESOURCE).ink(Ink::Remove)))
}

/// What is only changed or added, as far as that is soon read; or why nobody knows.
fn quiet(resources: &ResourcesView<'_>) -> Vec<Line> {
    let margin = || Line::ours("      # ");
    if let Some(why) = resources.unknown {
        return vec![margin().then("not previewed: ").and(one_line(why, REFUSAL))];
    }
    let all: Vec<_> = resources.quiet().collect();
    let mut out: Vec<Line> =
        all.iter().take(RESOURCES).map(|one| margin().and(one_line(&one.text, RESOURCE))).collect();
    let more = all.len().saturating_sub(RESOURCES);
    out.extend((more > 0).then(|| margin().then(format!("and {more} more resources"))));
    out.extend(resources.changes.is_empty().then(|| margin().then("previewed: no resource changes")));
    out
}

/// The group in one line; below it only what an update replaces or removes.
pub(super) fn concise(group: &BlockGroup<'_>) -> Vec<Line> {
    let Some(first) = group.first() else { return Vec::new() };
    let simulated = if first.title.simulated { " (simulated)" } else { "" };
    let quoted = |cause: &Cause<'_>| match one_line(&by_cause(&cause.words), BRIEF) {
        none if none.is_empty() => none,
        words => Line::ours("| ").and(words),
    };
    let refusal = group.refusal().map(|refusal| one_line(&by_cause(&refusal.message), BRIEF));
    let causes = group.causes().into_iter().flat_map(|cause| [sentence(&cause), quoted(&cause)]);
    let told = causes.filter(|line| !line.is_empty());
    let header = header(&whom(group), first).then(simulated);
    let header = refusal.into_iter().fold(header, |header, why| header.then(": ").and(why));
    let line = told.fold(header, |line, told| line.then(" ").and(told));
    std::iter::once(line).chain(first.resources.iter().flat_map(loud)).collect()
}

/// `# network will be created`: tools around Terraform read this line.
fn header(whom: &Line, block: &Block<'_>) -> Line {
    let header = Line::ours("  # ").and(whom.clone()).ink(Ink::Strong);
    let fate = match (block.act, block.fate.rsplit_once(' ')) {
        (Act::Replace | Act::Terminate | Act::Refuse, Some((rest, last))) => {
            Line::ours(rest).then(" ").and(Line::ours(last).ink(Ink::Remove))
        }
        _ => Line::ours(block.fate),
    };
    header.then(" ").and(fate)
}

fn sentence(of: &Cause<'_>) -> Line {
    let sentence = Line::ours("(").and(Line::foreign(&of.sentence())).then(")");
    if of.is_loss { sentence.ink(Ink::Remove) } else { sentence }
}

/// The catalog's own words, line by line.
fn words(of: &Cause<'_>) -> Vec<Line> {
    lines(&by_cause(&of.words), WORDS)
}

fn refused(refusal: &Refusal, width: usize) -> Vec<Line> {
    let message = poured(Line::ours("  # "), &by_cause(&refusal.message), &Line::ours("  # | "), width);
    let hints = refusal.hint.iter();
    let hints =
        hints.flat_map(|hint| poured(Line::ours("  # hint: "), hint, &Line::ours("  #       "), width));
    message.into_iter().chain(hints).collect()
}

/// Foreign text of several lines behind a head, each broken where it is too long.
fn poured(head: Line, text: &str, margin: &Line, width: usize) -> Vec<Line> {
    let mut texts = lines(text, REFUSAL).into_iter();
    let first = broken(head, &texts.next().unwrap_or_default(), margin, width);
    let rest = texts.flat_map(|text| broken(margin.clone(), &text, margin, width));
    first.into_iter().chain(rest).collect()
}

/// The causes below each other; of several products behind each other, as far as a line holds them.
fn reasons(causes: &[Cause<'_>], is_brief: bool, width: usize) -> Vec<Line> {
    let (mut out, mut line) = (Vec::<Line>::new(), Line::default());
    for cause in causes {
        let (one, words) = (sentence(cause), words(cause));
        let fits = is_brief && !line.is_empty() && line.columns() + 1 + one.columns() <= width;
        if fits {
            line = line.then(" ").and(one);
        } else {
            out.extend((!line.is_empty()).then(|| std::mem::take(&mut line)));
            let mut parts = broken(Line::ours("  # "), &one, &Line::ours("  #  "), width);
            line = parts.pop().unwrap_or_default();
            out.extend(parts);
        }
        let margin = Line::ours("  #   | ");
        let told: Vec<Line> =
            words.iter().flat_map(|text| broken(margin.clone(), text, &margin, width)).collect();
        if !told.is_empty() {
            out.push(std::mem::take(&mut line));
            out.extend(told);
        }
    }
    out.extend((!line.is_empty()).then_some(line));
    out
}

/// What it is and which values it has; `why` where that stands beside it.
fn body(group: &BlockGroup<'_>, why: Option<&Cause<'_>>, style: Style) -> Vec<Line> {
    let Some(first) = group.first().filter(|first| first.act != Act::Remember) else { return Vec::new() };
    let path = path(first).filter(|_| !group.differing.contains(PATH));
    let is_one = group.members.len() == 1;
    let title = match is_one {
        true => own_names(first).into_iter().collect(),
        false => members(group, style),
    };
    let product = first.title.product.as_deref().map(Line::foreign);
    let by = path.map(|path| Line::ours("(path ").and(Line::foreign(path)).then(")"));
    let is_open = first.title.simulated && !is_one && !style.full;
    let place =
        if is_one { Some(standing(&first.title)) } else { is_open.then(|| Line::ours("(simulated)")) };
    let rest = product.into_iter().chain(by).chain(place).chain(why.map(sentence)).collect();
    let blanks = if first.act == Act::Replace { "" } else { "  " };
    let mut out = titled(Line::ours(blanks).and(sign(first.act)), title, rest, room(style));
    if style.full && group.members.len() > 1 {
        let place = Margins { width: room(style), hang: HANG + 2, gap: 1, mark: true };
        out.extend(group.members.iter().flat_map(|member| {
            let parts = [member.title.name.map(Line::quoted), member.title.id.map(Line::foreign)];
            let parts = parts.into_iter().flatten().chain([standing(&member.title)]);
            flowed(Line::ours("      |"), parts.collect(), place)
        }));
    }
    out.extend(first.aside.into_iter().flat_map(|aside| {
        let text = Line::ours(format!("({aside})"));
        broken(Line::ours("      "), &text, &Line::ours("       "), room(style))
    }));
    out.extend(table(group, if path.is_some() { PATH } else { "" }, style));
    out
}

/// Names, which belong together, and what else there is to say.
fn titled(sign: Line, names: Vec<Line>, rest: Vec<Line>, width: usize) -> Vec<Line> {
    let mut names = names.into_iter();
    let Some(first) = names.next() else {
        let mut rest = rest.into_iter();
        return rest.next().map(|first| titled(sign, vec![first], rest.collect(), width)).unwrap_or_default();
    };
    let place = Margins { width, hang: HANG, gap: 1, mark: true };
    let mut lines = flowed(sign.then(" ").and(first), names.collect(), place);
    let last = lines.pop().unwrap_or_default();
    lines.extend(flowed(last, rest, Margins { gap: 2, ..place }));
    lines
}

/// The address of one product, its name and its id.
fn own_names(of: &Block<'_>) -> Option<Line> {
    let title = &of.title;
    let stack = title.stack.map(|stack| Line::ours("stack ").and(Line::foreign(stack)));
    let all =
        [Some(Line::foreign(&of.address)), title.name.map(Line::quoted), title.id.map(Line::foreign), stack];
    all.into_iter().flatten().reduce(|line, part| line.then("  ").and(part))
}

/// What the launch path is called among the properties.
const PATH: &str = "path";

/// The launch path of what is made anew.
fn path<'b>(of: &'b Block<'_>) -> Option<&'b str> {
    let first = of.properties.first().filter(|one| one.key == PATH && one.mark == Mark::Add)?;
    if let Shown::Text(path) = &first.after { Some(path) } else { None }
}

/// What the members of a group are called: once if that is the same, otherwise with their places; and their ids.
fn members(group: &BlockGroup<'_>, style: Style) -> Vec<Line> {
    let all = &group.members;
    let Some(first) = all.first() else { return Vec::new() };
    let has_ids = all.iter().any(|one| one.title.id.is_some() || one.title.stack.is_some());
    let goes = matches!(first.act, Act::Terminate | Act::Replace);
    let most = if goes { GONE } else { MEMBERS };
    // which few of many ids are told matters only where something goes
    let is_told = has_ids && (goes || within_bounds(all.len(), most) == all.len());
    let names = group.names();
    if let [one] = names.as_slice() {
        let name = one.name.as_deref().map(Line::quoted);
        let ids = if is_told && !style.full { ids(&one.members, most, ";") } else { Vec::new() };
        return name.into_iter().chain(ids).collect();
    }
    if style.full {
        return Vec::new();
    }
    let shown = within_bounds(names.len(), most);
    let told = names.iter().take(shown).map(|one| {
        let head = one.name.as_deref().map(Line::quoted).map(|name| name.then(" ")).unwrap_or_default();
        if is_told {
            let mut pieces = ids(&one.members, (most / shown).max(1), "");
            let first = if pieces.is_empty() { Line::default() } else { pieces.remove(0) };
            std::iter::once(head.and(first)).chain(pieces).collect()
        } else {
            let places: Vec<&str> = one.members.iter().map(|member| member.title.location).collect();
            let places = spanned(&places, group.among.iter().copied());
            vec![head.then("on ").and(Line::foreign(&places))]
        }
    });
    let others = names.len() - shown;
    let more =
        (others > 0).then(|| vec![Line::ours(format!("and {} elsewhere", count(others, "other name")))]);
    let mut told: Vec<Vec<Line>> = told.chain(more).collect();
    let last = told.len() - 1;
    for name in told.iter_mut().take(last) {
        if let Some(end) = name.pop() {
            name.push(end.then(";"));
        }
    }
    told.into_iter().flatten().collect()
}

/// How many of several are told, where `most` are: one that is left over needs no more room than its number.
fn within_bounds(all: usize, most: usize) -> usize {
    if all == most + 1 { all } else { most.min(all) }
}

/// The ids of the first ones with their places, and how many more there are; `end` stands before that.
fn ids(of: &[&Block<'_>], most: usize, end: &str) -> Vec<Line> {
    let most = within_bounds(of.len(), most);
    let (more, between) = (of.len() - most, if end.is_empty() { "," } else { end });
    let own = |(n, one): (usize, &&Block<'_>)| {
        let parts = [one.title.id.map(Line::foreign), one.title.stack.map(Line::foreign)];
        let line = parts.into_iter().flatten().fold(Line::default(), |line, part| line.and(part).then(" "));
        let line = line.then("on ").and(Line::foreign(one.title.location));
        match (n + 1 < most, more > 0) {
            (true, _) => line.then(between),
            (false, true) => line.then(end),
            (false, false) => line,
        }
    };
    let named = of.iter().take(most).enumerate().map(own);
    named.chain((more > 0).then(|| Line::ours(format!("and {more} more")))).collect()
}

/// Where it is, and whether anything there is real.
fn location(of: &Title<'_>) -> Line {
    let place = Line::ours("on ").and(Line::foreign(of.location));
    if of.simulated { place.then(" (simulated)") } else { place }
}

/// The same with the account.
fn standing(of: &Title<'_>) -> Line {
    match of.account {
        "" => location(of),
        account => location(of).then(" (").and(Line::foreign(account)).then(")"),
    }
}
