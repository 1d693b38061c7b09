//! Which step waits for which, drawn: groups in columns from left to right, an arrow from each to those that come after it.

use std::collections::{BTreeMap, BTreeSet};

use super::block::{anchor, kind};
use super::text::text;
use crate::model::text::{count, shortened};
use crate::report::view::{BlockGroup, PlanView};

/// A drawing of more groups than this tells nobody anything.
const MOST: usize = 200;
/// A longer name is cut.
const NAME: usize = 24;
const WIDTH: usize = 220;
const HEIGHT: usize = 32;
const ACROSS: usize = 300;
const DOWN: usize = 46;
const MARGIN: usize = 16;

/// The drawing, where anything waits for anything.
pub(super) fn section(plan: &PlanView<'_>, groups: &[BlockGroup<'_>]) -> String {
    let arrows = arrows(plan, groups);
    let drawn: BTreeSet<usize> = arrows.iter().flat_map(|arrow| [arrow.from, arrow.to]).collect();
    if drawn.is_empty() {
        return String::new();
    }
    let beside = groups.len() - drawn.len();
    let beside = match beside {
        0 => String::new(),
        1 => {
            "<p class=\"why\">One other change waits for nothing, and nothing waits for it.</p>\n".to_owned()
        }
        n => {
            format!("<p class=\"why\">{n} other changes wait for nothing, and nothing waits for them.</p>\n")
        }
    };
    let inside = match drawn.len() {
        n if n > MOST => format!("<p class=\"why\">{} are too many to be drawn.</p>\n", count(n, "change")),
        _ => format!(
            "<div class=\"graph\" tabindex=\"0\" role=\"region\" aria-labelledby=\"g\">\n{}</div>\n",
            drawing(groups, &drawn, &arrows)
        ),
    };
    format!("<section aria-labelledby=\"g\">\n<h2 id=\"g\">Order</h2>\n{inside}{beside}</section>\n")
}

/// That one group is over before another begins, somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Arrow {
    from: usize,
    to: usize,
}

fn arrows(plan: &PlanView<'_>, groups: &[BlockGroup<'_>]) -> BTreeSet<Arrow> {
    let mut home: BTreeMap<&str, usize> = BTreeMap::new();
    for (n, group) in groups.iter().enumerate() {
        home.extend(group.members.iter().map(|member| (member.address.as_str(), n)));
    }
    let of = |step: usize| home.get(plan.steps.get(step)?.address.as_str()).copied();
    let mut arrows = BTreeSet::new();
    for step in &plan.steps {
        let Some(to) = of(step.number) else { continue };
        let before = step.after.iter().filter_map(|step| of(*step)).filter(|from| *from != to);
        arrows.extend(before.map(|from| Arrow { from, to }));
    }
    arrows
}

/// Where a group stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NodeSpot {
    column: usize,
    row: usize,
}

/// Each as far to the right as what it waits for asks; in a column, near what it waits for. Groups that wait for each other in a ring, as their
/// members may, end where the count does.
fn places(drawn: &BTreeSet<usize>, arrows: &BTreeSet<Arrow>) -> BTreeMap<usize, NodeSpot> {
    let mut column: BTreeMap<usize, usize> = drawn.iter().map(|n| (*n, 0)).collect();
    for _ in 0..drawn.len() {
        let mut moved = false;
        for Arrow { from, to } in arrows {
            let least = column[from] + 1;
            if column[to] < least && least < drawn.len() {
                column.insert(*to, least);
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    let mut places: BTreeMap<usize, NodeSpot> = BTreeMap::new();
    let columns: BTreeSet<usize> = column.values().copied().collect();
    for (x, this) in columns.into_iter().enumerate() {
        let weight = |n: usize| {
            let rows: Vec<usize> = arrows
                .iter()
                .filter(|arrow| arrow.to == n)
                .filter_map(|arrow| Some(places.get(&arrow.from)?.row))
                .collect();
            // in tenths, as rows are whole
            rows.iter().sum::<usize>() * 10 / rows.len().max(1)
        };
        let mut here: Vec<usize> = drawn.iter().copied().filter(|n| column[n] == this).collect();
        here.sort_by_key(|n| (weight(*n), *n));
        places.extend(here.into_iter().enumerate().map(|(row, n)| (n, NodeSpot { column: x, row })));
    }
    places
}

fn drawing(groups: &[BlockGroup<'_>], drawn: &BTreeSet<usize>, arrows: &BTreeSet<Arrow>) -> String {
    let places = places(drawn, arrows);
    let columns = places.values().map(|place| place.column).max().unwrap_or(0);
    let rows = places.values().map(|place| place.row).max().unwrap_or(0);
    let (width, height) = (columns * ACROSS + WIDTH + 2 * MARGIN, rows * DOWN + HEIGHT + 2 * MARGIN);
    let at =
        |n: &usize| places.get(n).map(|place| (MARGIN + place.column * ACROSS, MARGIN + place.row * DOWN));
    let mut out = format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"group\" aria-label=\"an arrow leads from what is done first\">\n<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker></defs>\n"
    );
    for Arrow { from, to } in arrows {
        if let (Some((x, y)), Some((to_x, to_y))) = (at(from), at(to)) {
            let (x, y, to_y) = (x + WIDTH, y + HEIGHT / 2, to_y + HEIGHT / 2);
            let bend = (ACROSS - WIDTH) / 2;
            out += &format!(
                "<path d=\"M{x} {y}C{} {y} {} {to_y} {to_x} {to_y}\" marker-end=\"url(#tip)\"/>\n",
                x + bend,
                to_x.saturating_sub(bend)
            );
        }
    }
    for n in drawn {
        if let (Some(group), Some((x, y))) = (groups.get(*n), at(n)) {
            out += &node(group, x, y);
        }
    }
    out + "</svg>\n"
}

fn node(group: &BlockGroup<'_>, x: usize, y: usize) -> String {
    let Some(first) = group.first() else { return String::new() };
    let times = if group.members.len() > 1 { format!(" ({})", group.members.len()) } else { String::new() };
    let name = shortened(group.subject(), NAME.saturating_sub(times.len()));
    format!(
        "<a href=\"#{}\" class=\"{}\"><title>{} {}</title><rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"5\"/><text x=\"{}\" y=\"{}\">{}{times}</text></a>\n",
        anchor(group),
        kind(first.act),
        text(group.subject()),
        first.fate,
        x + 10,
        y + 21,
        text(&name),
    )
}
