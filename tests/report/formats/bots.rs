//! The lines of a human plan that bots around Terraform read, by the expressions that they read them with.

use std::collections::{BTreeMap, BTreeSet};

use provisor::model::ids::{Address, Labels};
use provisor::plan::{Act, Action, Plan, Reason, Step};
use provisor::report::Style;
use provisor::report::view::PlanView;
use regex::Regex;

use super::super::agreement::{Dice, any_plan};
use super::super::fixture::{address, plain, plan, read, spec, step};

/// Atlantis: its summary of a plan.
const ATLANTIS: &str =
    r"Plan: (?:(\d+) to import, )?(\d+) to add, (\d+) to change, (\d+) to destroy(?:, (\d+) to forget)?\.";
/// Atlantis: there is nothing to do.
const NOTHING: &str =
    r"No changes. (Infrastructure is up-to-date|Your infrastructure matches the configuration).";
/// tfcmt: whether there is a plan at all, and whether something goes.
const RESULT: &str = r"(?m)^(Plan: \d|No changes.)";
const DESTROYS: &str = r"([1-9][0-9]* to destroy.)";
/// tfcmt: whatever is done, by address.
const LISTS: [(&str, &str); 5] = [
    ("created", r"(?m)^ *# (.*) will be created$"),
    ("updated", r"(?m)^ *# (.*) will be updated in-place$"),
    ("destroyed", r"(?m)^ *# (.*) will be destroyed$"),
    ("replaced", r"(?m)^ *# (.*?)(?: is tainted, so)? must be replaced$"),
    ("replaced", r"(?m)^ *# (.*?) will be replaced, as requested$"),
];

fn expression(of: &str) -> Regex {
    Regex::new(of).unwrap()
}

/// A plan whose declarations stand on one location each.
fn spread(dice: &mut Dice) -> Plan {
    let all = any_plan(dice);
    let own = |step: Step| {
        let place = step.address.location.as_str().replace('/', "-");
        let key = format!("{}-{place}", step.address.key);
        Step { address: Address::new(key, "hub/eu-west-1"), ..step }
    };
    let steps: Vec<Step> = all.steps.into_iter().map(own).collect();
    let labels = Labels::of(steps.iter().map(|step| &step.address));
    Plan { labels, ..plan(steps) }
}

#[test]
fn bots_read_the_counts_and_the_addresses() {
    let mut dice = Dice(53);
    for _ in 0..200 {
        let plan = spread(&mut dice);
        let (counts, view) = (plan.counts(), PlanView::of(&plan, "f"));
        for style in [plain(), Style { concise: true, ..plain() }, Style { width: 60, ..plain() }] {
            let text = read(&plan, style);
            assert!(expression(RESULT).is_match(&text), "{text}");
            let summary = expression(ATLANTIS).captures(&text);
            assert_eq!(summary.is_some(), !view.is_empty, "{text}");
            if let Some(found) = summary {
                let n = |group: usize| found.get(group).map_or(0, |n| n.as_str().parse().unwrap());
                let wanted = [Act::Adopt, Act::Provision, Act::Terminate].map(|act| counts.of(act));
                assert_eq!([n(1), n(2), n(4)], wanted, "{text}");
                assert_eq!(n(3), counts.change(), "{text}");
            }
            assert_eq!(expression(DESTROYS).is_match(&text), counts.of(Act::Terminate) > 0, "{text}");
            if !style.concise {
                lists(&view, &text);
            }
        }
    }
}

fn lists(view: &PlanView<'_>, text: &str) {
    let blocks = view.blocks().filter(|block| !entry(block.act).is_empty() && !block.is_unsure());
    let wanted: BTreeSet<(&str, String)> = blocks.map(|block| (entry(block.act), block.address)).collect();
    assert_eq!(entries(text), wanted, "{text}");
}

/// In which of their lists something stands.
fn entry(act: Act) -> &'static str {
    match act {
        Act::Provision => "created",
        Act::Update => "updated",
        Act::Terminate => "destroyed",
        Act::Replace => "replaced",
        _ => "",
    }
}

fn entries(text: &str) -> BTreeSet<(&'static str, String)> {
    let of_list = |(word, of): &(&'static str, &str)| {
        let (word, of) = (*word, expression(of));
        of.captures_iter(text).map(|found| (word, found[1].to_owned())).collect::<Vec<_>>()
    };
    LISTS.iter().flat_map(of_list).collect()
}

/// What the book tells users of tfcmt to pipe into it: everything that is done has an entry, however it is folded.
#[test]
fn the_text_that_the_book_pipes_into_bots_is_read_by_them() {
    let book = include_str!("../../../docs/formats.md");
    let (_, bots) = book.split_once("\n## Bots\n").unwrap();
    let told = bots.split("\n- ").find(|item| item.starts_with("**tfcmt**")).unwrap();
    let code = told.split('`').skip(1).step_by(2);
    let piped: Vec<&str> = code.filter(|code| code.starts_with("provisor plan")).collect();
    assert!(!piped.is_empty(), "{told}");
    let mut dice = Dice(59);
    for _ in 0..100 {
        let plan = any_plan(&mut dice);
        for command in &piped {
            let is = |flag: &str| command.contains(flag);
            let style = Style { concise: is("--concise"), full: is("--full"), ..plain() };
            let (view, text) = (PlanView::of(&plan, "f"), read(&plan, style));
            let groups = view.groups();
            let done = groups.iter().filter_map(|group| {
                let first =
                    group.first().filter(|first| !first.is_unsure() && !entry(first.act).is_empty())?;
                Some((entry(first.act), group.heading()))
            });
            assert_eq!(entries(&text), done.collect(), "{command}\n{text}");
            assert_eq!(expression(ATLANTIS).is_match(&text), !view.is_empty, "{command}\n{text}");
        }
    }
}

#[test]
fn what_stands_on_several_locations_is_one_entry_for_bots() {
    let places: Vec<String> = (0..40).map(|n| format!("a{n:02}/r")).collect();
    let new = places.iter().map(|place| Step {
        address: Address::new("net", place.as_str()),
        ..step("net", Action::Provision(spec("net")), vec![Reason::New])
    });
    let moved = |key: &str, place: &String| Address::new(key, place.as_str());
    let renamed: BTreeMap<Address, Address> =
        places.iter().map(|place| (moved("new", place), moved("old", place))).collect();
    let steps: Vec<Step> = new.collect();
    let all: Vec<Address> =
        steps.iter().map(|step| step.address.clone()).chain(renamed.values().cloned()).collect();
    let plan = Plan { labels: Labels::of(&all), renamed, ..plan(steps) };
    for style in [plain(), Style { width: 60, ..plain() }] {
        let text = read(&plan, style);
        assert_eq!(&expression(ATLANTIS).captures(&text).unwrap()[2], "40", "{text}");
        let entries = |of: &str| -> Vec<String> {
            expression(of).captures_iter(&text).map(|found| found[1].to_owned()).collect()
        };
        assert_eq!(entries(LISTS[0].1), ["net on a00 … a39 (40)"], "{text}");
        assert_eq!(entries(r"(?m)^ *# (.*?) has moved to (.*?)$"), ["old on a00 … a39 (40)"], "{text}");
    }
}

#[test]
fn bots_see_that_nothing_is_to_be_done() {
    let text = read(&Plan { unchanged: BTreeSet::from([address("a")]), ..plan(vec![]) }, plain());
    assert!(expression(NOTHING).is_match(&text) && expression(RESULT).is_match(&text), "{text}");
}
