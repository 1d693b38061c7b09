//! One view, several renderers: of the same plan, people and programs are told the same counts and the same addresses.

use std::collections::{BTreeMap, BTreeSet};

use provisor::model::ids::{Address, Labels};
use provisor::plan::{Act, Action, Breach, Plan, Reason, Refusal, Rule, Shown, Step, StepIx};
use provisor::report::Style;
use provisor::report::view::{BlockGroup, PlanView};
use serde_json::Value;

use super::fixture::{
    adopt, document, known, parameter_changed, plain, plan, read, spec, step, terminate, text, update, with,
};

/// What a header says is done, and what the document calls it.
const FATES: [(&str, &[&str]); 13] = [
    ("will be created", &["create"]),
    ("will be updated in-place", &["update"]),
    ("may be updated, if its inputs change", &["update"]),
    ("must be replaced", &["destroy", "create"]),
    ("will be replaced, as requested", &["destroy", "create"]),
    ("will be destroyed", &["destroy"]),
    ("will be resumed", &["resume"]),
    ("will be imported", &["import"]),
    ("will be accepted as it is now", &["accept"]),
    ("will be forgotten", &["forget"]),
    ("will be remembered", &["remember"]),
    ("is refused", &["refuse"]),
    ("is deferred", &["defer"]),
];

/// Whom a header is about: an address, or several, if they are all named: `net on dev, prod (2)`.
fn whom(header: &str) -> Vec<String> {
    let several = header.split_once(" on ").filter(|(_, rest)| rest.ends_with(')') && !rest.contains('…'));
    match several.and_then(|(key, rest)| Some((key, rest.rsplit_once(" (")?.0))) {
        Some((key, places)) => places.split(", ").map(|place| format!("{key}@{place}")).collect(),
        None => vec![header.to_owned()],
    }
}

/// How often something is done to an address, by the headers; and for how many of them that is not sure.
fn told(text: &str) -> (BTreeMap<(String, &'static str), usize>, usize) {
    let (mut told, mut unsure) = (BTreeMap::new(), 0);
    for header in text.lines().filter_map(|line| line.strip_prefix("  # ")) {
        let fates = FATES
            .iter()
            .filter_map(|(words, actions)| Some((header.find(&format!(" {words}"))?, words, actions)));
        let Some((at, words, actions)) = fates.min() else { continue };
        for address in whom(&header[..at]) {
            unsure += usize::from(words.starts_with("may "));
            for action in *actions {
                *told.entry((address.clone(), *action)).or_default() += 1;
            }
        }
    }
    (told, unsure)
}

/// Text for people and document for programs say the same of one plan.
pub fn agree(text: &str, document: &Value) {
    let (told, unsure) = told(text);
    let steps = document["steps"].as_array().unwrap();
    let listed = |(address, action): &(String, &str)| {
        let same = |step: &&Value| step["address"] == **address && step["action"] == **action;
        steps.iter().filter(same).count()
    };
    for (what, n) in &told {
        assert_eq!(listed(what), *n, "{what:?}\n{text}");
    }
    assert_eq!(told.values().sum::<usize>(), steps.len(), "{text}");
    let summary = document["summary"].as_object().unwrap();
    let count = |name: &str| summary[name].as_u64().unwrap();
    let words = [
        ("add", "create"),
        ("destroy", "destroy"),
        ("import", "import"),
        ("forget", "forget"),
        ("remember", "remember"),
        ("refused", "refuse"),
        ("deferred", "defer"),
        ("resume", "resume"),
        ("accept", "accept"),
    ];
    for (name, word) in words {
        let here = told.iter().filter(|((_, action), _)| *action == word).map(|(_, n)| n).sum::<usize>();
        assert_eq!(count(name), here as u64, "{name}\n{text}");
    }
    let updates = |sure: bool| {
        let sure = |step: &&Value| step["action"] == "update" && step["only_if_inputs_differ"] != sure;
        steps.iter().filter(sure).count() as u64
    };
    assert_eq!((count("change"), count("may_change")), (updates(true), updates(false)), "{text}");
    assert_eq!(count("may_change"), unsure as u64, "{text}");
    assert_eq!(summary.len(), words.len() + 3, "change, may_change, unchanged");
    let forget = if count("forget") > 0 { format!(", {} to forget", count("forget")) } else { String::new() };
    let (add, change, destroy) = (count("add"), count("change"), count("destroy"));
    let sentence = format!("{add} to add, {change} to change, {destroy} to destroy{forget}.");
    let changes = !steps.is_empty();
    assert_eq!(text.contains(&sentence), changes, "{sentence}\n{text}");
    let more = format!("\n      {} more may change.\n", count("may_change"));
    assert_eq!(text.contains(&more), count("may_change") > 0, "{text}");
    for (words, n) in [("Unchanged: ", count("unchanged")), ("Accepted as it is now: ", count("accept"))] {
        assert_eq!(text.contains(&format!("{words}{n}.\n")), changes && n > 0, "{words}{n}\n{text}");
    }
    let refused = format!("\n{} refused step", count("refused"));
    assert_eq!(text.contains(&refused), count("refused") > 0, "{refused}\n{text}");
    // what needs time and what comes after something else is told apart
    let deferred = text.lines().filter_map(|line| line.split_once(" deferred step"));
    let deferred = deferred.filter_map(|(n, _)| n.parse::<u64>().ok()).sum::<u64>();
    assert_eq!(deferred, count("deferred"), "{text}");
    if let Some(planned) = document["breach"]["planned"].as_u64() {
        assert!(text.contains(&format!("it destroys {planned} provisioned product")), "{text}");
    }
}

/// The same numbers for the same seed.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn refusal(rule: Rule) -> Action {
    Action::Refused(Refusal { rule, message: "it exists".into(), hint: None })
}

/// Whatever may become of one address.
fn steps(key: &str, dice: &mut Dice) -> Vec<Step> {
    let size = known(if dice.roll(2) == 0 { "1" } else { "2" });
    let wanted = with(spec(&format!("{key}-dev")), "Size", size);
    let one = |action, reason| vec![step(key, action, vec![reason])];
    match dice.roll(12) {
        0 => one(Action::Provision(wanted), Reason::New),
        1 => vec![update(key, vec![parameter_changed("Size", text("0"), text("1"))])],
        2 => vec![
            terminate(key, true, vec![Reason::Requested]),
            step(key, Action::Provision(wanted), vec![Reason::Requested]),
        ],
        3 => vec![terminate(key, false, vec![Reason::Removed])],
        4 => one(adopt("pp-8", wanted), Reason::New),
        5 => one(
            Action::Accept("pp-8".into(), wanted, "rec-9".into()),
            Reason::Outside { record: None, kind: None },
        ),
        6 => one(Action::Forget { leaves: None }, Reason::Removed),
        7 => one(Action::Remember, Reason::LifecycleOnly),
        8 => {
            let why = Reason::InputMayChange { key: "Size".into(), from: BTreeSet::new() };
            vec![Step { only_if_inputs_differ: true, ..update(key, vec![why]) }]
        }
        9 => one(refusal(Rule::InMotion), Reason::New),
        10 => one(refusal(Rule::Blocked), Reason::New),
        _ => one(refusal(Rule::Exists), Reason::New),
    }
}

/// Some keys on some locations, in any order.
pub fn any_plan(dice: &mut Dice) -> Plan {
    let mut all: Vec<Step> = Vec::new();
    for key in ["app", "db", "net"] {
        for location in ["dev/eu-west-1", "prod/eu-west-1", "prod/us-east-1"] {
            if dice.roll(3) > 0 {
                let at = |step: Step| Step { address: Address::new(key, location), ..step };
                all.extend(steps(key, dice).into_iter().map(at));
            }
        }
    }
    let unchanged: BTreeSet<Address> =
        (0..dice.roll(3)).map(|n| Address::new(format!("u{n}"), "dev/eu-west-1")).collect();
    if dice.roll(2) == 0 {
        let doomed = |step: &Step| matches!(&step.action, Action::Terminate(gone) if gone.replacing);
        // the halves of a replacement need not stand together
        let (first, rest): (Vec<Step>, Vec<Step>) = all.into_iter().partition(doomed);
        all = first.into_iter().chain(rest).collect();
    }
    let labels = Labels::of(all.iter().map(|step| &step.address).chain(&unchanged));
    let breach = (dice.roll(4) == 0).then_some(Breach { planned: 4, limit: 1 });
    Plan { unchanged, labels, breach, ..plan(all) }
}

#[test]
fn people_and_programs_are_told_the_same() {
    let mut dice = Dice(7);
    let mut acts: BTreeSet<Act> = BTreeSet::new();
    for _ in 0..300 {
        let plan = any_plan(&mut dice);
        let document = serde_json::from_str(&document(&plan, "f")).unwrap();
        agree(&read(&plan, plain()), &document);
        agree(&read(&plan, Style { concise: true, ..plain() }), &document);
        agree(&read(&plan, Style { full: true, width: 60, ..plain() }), &document);
        acts.extend(plan.steps.iter().map(Step::act));
    }
    assert_eq!(acts.len(), 9, "not all acts were met: {acts:?}");
}

#[test]
fn every_block_is_in_one_group_and_alike_to_its_fellows() {
    let mut dice = Dice(11);
    for _ in 0..300 {
        let plan = any_plan(&mut dice);
        let view = PlanView::of(&plan, "f");
        let groups = view.groups();
        let members: Vec<usize> =
            groups.iter().flat_map(|group| &group.members).map(|one| one.number).collect();
        let once: BTreeSet<&usize> = members.iter().collect();
        assert_eq!(once.len(), members.len(), "{groups:?}");
        let mut expanded: Vec<_> = groups.iter().flat_map(|group| group.members.clone()).collect();
        expanded.sort_by_key(|block| block.number);
        assert_eq!(expanded, view.blocks().collect::<Vec<_>>());
        let halves = |step: &&Step| matches!(&step.action, Action::Terminate(gone) if gone.replacing);
        assert_eq!(members.len(), plan.steps.len() - plan.steps.iter().filter(halves).count());
        for group in &groups {
            let first = &group.members[0];
            for other in &group.members {
                assert_eq!((first.key, first.act, first.fate), (other.key, other.act, other.fate));
                assert_eq!(first.causes, other.causes);
                for (one, same) in first.properties.iter().zip(&other.properties) {
                    assert!(one == same || group.differing.contains(&one.key), "{one:?} {same:?}");
                }
            }
        }
    }
}

/// A renderer of a few lines, which has nothing but the view.
fn outline(groups: &[BlockGroup<'_>]) -> String {
    let line = |group: &BlockGroup<'_>| {
        let first = &group.members[0];
        let places: Vec<&str> = group.members.iter().map(|member| member.title.location).collect();
        let values = first.properties.iter().map(|property| match &property.after {
            _ if group.differing.contains(&property.key) => format!("{} differs", property.key),
            Shown::Text(text) => format!("{} is {text}", property.key),
            other => format!("{} is {other:?}", property.key),
        });
        format!(
            "{} {} on {}: {}\n",
            first.key,
            first.fate,
            places.join(", "),
            values.collect::<Vec<_>>().join(", ")
        )
    };
    groups.iter().map(line).collect()
}

#[test]
fn equal_steps_on_several_locations_are_one_group() {
    let at = |location: &str, name: &str, cidr: &str| {
        let wanted = with(with(spec(name), "Cidr", known(cidr)), "Zones", known("3"));
        Step {
            address: Address::new("network", location),
            ..step("network", Action::Provision(wanted), vec![Reason::New])
        }
    };
    let mut last = at("c/r", "net", "3");
    last.after = BTreeSet::from([StepIx(1)]);
    let refused = Step {
        address: Address::new("network", "d/r"),
        ..step("network", refusal(Rule::Exists), vec![Reason::New])
    };
    let steps = vec![at("a/r", "net-a", "1"), update("app", vec![]), at("b/r", "net-b", "1"), refused, last];
    let plan = plan(steps);
    let expected = "network is refused on d: 
network will be created on a, b, c: path is platform, Cidr differs, Zones is 3
app will be updated in-place on hub: 
";
    assert_eq!(outline(&PlanView::of(&plan, "f").groups()), expected);
    let page = read(&plan, plain());
    let expected = r#"  # network@d is refused
  # (declared, and not there)
  # it exists

  # network on a, b, c (3) will be created
  + "net-a" on a; "net-b" on b; "net" on c  vpc v3  (path platform)  (declared, and not there)
      + Cidr  = "1" on a, b; "3" on c
      + Zones = "3"

  # app will be updated in-place
  ~ app  "app-dev"  pp-1  vpc v3  on hub (111122223333)
      (nothing differs from the declarations: they are applied once more)

Plan: "#;
    assert!(page.contains(expected), "{page}");
    let concise = read(&plan, Style { concise: true, ..plain() });
    let expected = "  # network@d is refused (declared, and not there)
  # it exists
  # network@a will be created (declared, and not there)
  # network@b will be created (declared, and not there)
  # network@c will be created (declared, and not there)
  # app will be updated in-place
";
    assert!(concise.starts_with(expected), "{concise}");
}
