//! One block of a plan: the header, the causes and, unless it is concise, what becomes of the product.

use super::paper::{Line, headed, lines, one_line};
use super::table::table;
use crate::plan::{Act, Refusal};
use crate::report::style::Ink;
use crate::report::view::{Block, Cause, ResourcesView, Title, by_cause};

/// More of the catalog's words than this are left to the catalog.
const WORDS: usize = 2000;
/// More of a refusal's words than this are left out.
const REFUSAL: usize = 4000;
/// More of what becomes of one resource than this is left out.
const RESOURCE: usize = 600;
/// More resources than this are counted, unless they are replaced or removed.
const RESOURCES: usize = 30;

/// What a block does, in the margin: three columns wide.
pub(super) fn sign(act: Act) -> Line {
    let (blanks, text, ink) = match act {
        Act::Provision => ("  ", "+", Ink::Add),
        Act::Update => ("  ", "~", Ink::Change),
        Act::Replace => ("", "-/+", Ink::Remove),
        Act::Terminate => ("  ", "-", Ink::Remove),
        Act::Settle => ("  ", ">", Ink::Change),
        Act::Adopt | Act::Accept => ("  ", "=", Ink::Add),
        Act::Forget => ("  ", ".", Ink::Strong),
        Act::Remember => ("  ", "*", Ink::Strong),
        Act::Refuse => ("  ", "!", Ink::Remove),
        Act::Defer => ("  ", "?", Ink::Change),
    };
    Line::ours(blanks).and(Line::ours(text).ink(ink))
}

/// The same in the legend.
pub(super) fn meaning(act: Act) -> &'static str {
    match act {
        Act::Provision => "create",
        Act::Update => "update in-place",
        Act::Replace => "destroy and then create replacement",
        Act::Terminate => "destroy",
        Act::Settle => "resume what was interrupted or is in progress",
        Act::Adopt => "import",
        Act::Accept => "accept as it is",
        Act::Forget => "forget",
        Act::Remember => "remember",
        Act::Refuse => "refused: it needs a decision",
        Act::Defer => "deferred: it is left to a later run",
    }
}

/// The block in full.
pub(super) fn full(block: &Block<'_>) -> Vec<Line> {
    let mut out = vec![header(block)];
    out.extend(block.resources.iter().flat_map(loud));
    for cause in &block.causes {
        out.push(Line::ours("  # ").and(sentence(cause)));
        out.extend(words(cause).map(|line| Line::ours("  #   ").and(line)));
    }
    if block.title.simulated && (block.refusal.is_some() || block.act == Act::Remember) {
        out.push(Line::ours("  # ").and(location(&block.title)));
    }
    match block.refusal {
        Some(refusal) => out.extend(refused(refusal)),
        None => out.extend(body(block)),
    }
    out.extend(block.resources.iter().flat_map(quiet));
    out
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

/// The block in one line, and below it only why it is refused.
pub(super) fn concise(block: &Block<'_>) -> Vec<Line> {
    let causes = block.causes.iter().flat_map(|cause| std::iter::once(sentence(cause)).chain(words(cause)));
    let first = if block.title.simulated { header(block).then(" (simulated)") } else { header(block) };
    let line = causes.fold(first, |line, cause| line.then(" ").and(cause));
    let resources = block.resources.iter().flat_map(loud);
    std::iter::once(line).chain(resources).chain(block.refusal.into_iter().flat_map(refused)).collect()
}

/// `# network will be created`: tools around Terraform read this line.
fn header(block: &Block<'_>) -> Line {
    let header = Line::ours("  # ").and(Line::foreign(&block.address)).ink(Ink::Strong);
    let fate = match (block.act, block.fate.rsplit_once(' ')) {
        (Act::Replace | Act::Terminate | Act::Refuse, Some((rest, last))) => {
            Line::ours(rest).then(" ").and(Line::ours(last).ink(Ink::Remove))
        }
        _ => Line::ours(block.fate),
    };
    header.then(" ").and(fate)
}

fn sentence(of: &Cause<'_>) -> Line {
    Line::ours("(").and(Line::foreign(&of.sentence())).then(")")
}

/// The catalog's own words, line by line.
fn words(of: &Cause<'_>) -> impl Iterator<Item = Line> {
    lines(&by_cause(of.words), WORDS).into_iter().map(|line| Line::ours("| ").and(line))
}

fn refused(refusal: &Refusal) -> Vec<Line> {
    let message = headed(Line::ours("  #"), &by_cause(&refusal.message), "  # | ", REFUSAL);
    let hint =
        refusal.hint.iter().flat_map(|hint| headed(Line::ours("  # hint:"), hint, "  #       ", REFUSAL));
    message.into_iter().chain(hint).collect()
}

fn body(block: &Block<'_>) -> Vec<Line> {
    if block.act == Act::Remember {
        return Vec::new();
    }
    let first = sign(block.act).then(" ").and(Line::foreign(&block.address)).and(title(&block.title));
    let aside = block.aside.map(|aside| Line::ours(format!("      ({aside})")));
    std::iter::once(first).chain(aside).chain(table(&block.properties)).collect()
}

/// Where it is, and whether anything there is real.
fn location(of: &Title<'_>) -> Line {
    let place = Line::ours("on ").and(Line::foreign(of.location));
    if of.simulated { place.then(" (simulated)") } else { place }
}

/// Name, id, product and version, place: what there is to say of them.
fn title(of: &Title<'_>) -> Line {
    let place = location(of);
    let place = match of.account {
        "" => place,
        account => place.then(" (").and(Line::foreign(account)).then(")"),
    };
    let parts = [
        of.name.map(Line::quoted),
        of.id.map(Line::foreign),
        of.stack.map(|stack| Line::ours("stack ").and(Line::foreign(stack))),
        of.product.as_deref().map(Line::foreign),
        Some(place),
    ];
    parts.into_iter().flatten().fold(Line::default(), |line, part| line.then("  ").and(part))
}
