//! One view, several renderers: of the same plan, people and programs are told the same counts and the same addresses.

use std::collections::{BTreeMap, BTreeSet};

use provisor::model::ids::{Address, Labels};
use provisor::model::product::{Preferences, StackSetOperation};
use provisor::plan::{
    Act, Action, Breach, Concern, Instances, Plan, Reason, Refusal, Rule, Shown, Spec, Step, StepIx,
};
use provisor::report::markdown::Budget;
use provisor::report::view::{Block, BlockGroup, PlanView};
use provisor::report::{Style, html, markdown, terraform};
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
    // an update may take several operations, and is one to whoever reads of it
    let what = |step: &'_ Value| [step["address"].to_string(), step["action"].to_string()];
    let listed: BTreeSet<[String; 2]> = steps.iter().map(what).collect();
    for ((address, action), n) in &told {
        assert!(
            *n == 1 && listed.contains(&[format!("{address:?}"), format!("{action:?}")]),
            "{address}\n{text}"
        );
    }
    assert_eq!(told.len(), listed.len(), "{text}");
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
        steps.iter().filter(sure).map(|step| step["address"].to_string()).collect::<BTreeSet<_>>()
    };
    let (sure, may) = (updates(true), updates(false));
    let may = may.difference(&sure).count() as u64;
    assert_eq!((count("change"), count("may_change")), (sure.len() as u64, may), "{text}");
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
    match dice.roll(13) {
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
        12 => {
            let size = parameter_changed("Size", text("0"), text("1"));
            let may = dice.roll(2) == 0;
            let first = Step { only_if_inputs_differ: may, ..update(key, vec![size]) };
            vec![first, instances(key, StackSetOperation::Create, &["3"], &["1", "2", "3"])]
        }
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
        let products: BTreeSet<&Address> = plan.steps.iter().map(|step| &step.address).collect();
        assert_eq!(members.len(), products.len());
        for group in &groups {
            let first = &group.members[0];
            for other in &group.members {
                assert_eq!((first.key, first.act, first.fate), (other.key, other.act, other.fate));
                let causes =
                    |block: &Block<'_>| block.causes.iter().map(|one| one.names.len()).collect::<Vec<_>>();
                assert_eq!(causes(first), causes(other));
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
    let expected = "  # network@d is refused: it exists (declared, and not there)
  # network on a, b, c (3) will be created (declared, and not there)
  # app will be updated in-place
";
    assert!(concise.starts_with(expected), "{concise}");
}

/// `key` on these locations, each refused in words with its address, its location and an id of its own.
fn refused_alike(key: &str, locations: &[String]) -> Vec<Step> {
    let one = |(n, location): (usize, &String)| {
        let hint = format!("`--replace {key}@{location}` provisions it again");
        let message = format!("a provisioned product named `{key}-{location}` exists already: pp-id{n}");
        let refusal = Refusal { rule: Rule::Exists, message, hint: Some(hint) };
        Step {
            address: Address::new(key, format!("{location}/r")),
            ..step(key, Action::Refused(refusal), vec![])
        }
    };
    locations.iter().enumerate().map(one).collect()
}

fn forty() -> Vec<String> {
    (0..40).map(|n| format!("a{n:02}")).collect()
}

#[test]
fn refusals_that_differ_in_ids_are_one_block() {
    let plan = plan(refused_alike("net", &forty()));
    let page = read(&plan, plain());
    let expected = "  # net on a00 … a39 (40) is refused
  # a provisioned product named `net-LOCATION` exists already: ID
  # hint: `--replace net@LOCATION` provisions it again
      | ID = \"pp-id0\" on a00; \"pp-id1\" on a01; \"pp-id2\" on a02; and 37 other values elsewhere

Plan: ";
    assert!(page.contains(expected), "{page}");
    let all = read(&plan, Style { full: true, ..plain() });
    assert!((0..40).all(|n| all.contains(&format!("\"pp-id{n}\" on a{n:02}"))), "{all}");
    let view = PlanView::of(&plan, "f");
    let comment = markdown::plan(&view, Budget::Characters(65_536));
    let row = "| **refuse** | `net` on `a00 … a39 (40)` | ";
    assert_eq!(comment.matches("| **refuse**").count(), 1, "{comment}");
    assert!(
        comment.contains(row) && comment.contains("! a provisioned product named `net-LOCATION`"),
        "{comment}"
    );
    let web = html::plan(&view);
    assert_eq!(web.matches("<details class=\"remove\"").count(), 1, "{web}");
    assert!(web.contains("<code>--replace net@LOCATION</code>"), "{web}");
}

#[test]
fn who_is_named_is_refused_with_what_it_is_about() {
    let plan = plan(refused_alike("net", &forty()));
    let concern = Concern { name: "net".to_owned(), product: "vpc".to_owned(), version: "v3".to_owned() };
    let concerns = plan.steps.iter().map(|step| (step.address.clone(), concern.clone())).collect();
    let plan = Plan { concerns, ..plan };
    let comment = markdown::plan(&PlanView::of(&plan, "f"), Budget::Characters(65_536));
    let row = comment.lines().find(|line| line.starts_with("| **refuse**")).unwrap();
    assert!(row.contains("| `vpc v3`: ") && row.contains("exists already"), "{row}");
}

#[test]
fn locations_of_groups_that_interleave_do_not_overlap() {
    let places = forty();
    let every = |n: usize| places.iter().skip(n).step_by(2).cloned().collect::<Vec<_>>();
    let new = every(1).into_iter().map(|location| Step {
        address: Address::new("net", format!("{location}/r")),
        ..step("net", Action::Provision(spec("net")), vec![Reason::New])
    });
    let all = plan(refused_alike("net", &every(0)).into_iter().chain(new).collect());
    let page = read(&all, plain());
    assert!(page.contains("# net on a00, a02, a04 and 17 more (20) is refused"), "{page}");
    assert!(page.contains("# net on a01, a03, a05 and 17 more (20) will be created"), "{page}");
    // one that is as it should be is left out too
    let rest: Vec<String> = places.iter().filter(|one| *one != "a20").cloned().collect();
    let unchanged = BTreeSet::from([Address::new("net", "a20/r")]);
    let page = read(&Plan { unchanged, ..plan(refused_alike("net", &rest)) }, plain());
    assert!(page.contains("# net on a00 … a19, a21 … a39 (39) is refused"), "{page}");
}

#[test]
fn what_is_concise_is_never_longer() {
    let mut dice = Dice(13);
    for _ in 0..200 {
        let plan = any_plan(&mut dice);
        let lines = |style| read(&plan, style).lines().count();
        let usual = read(&plan, plain());
        assert!(lines(Style { concise: true, ..plain() }) <= usual.lines().count(), "{usual}");
    }
    let plan = plan(refused_alike("net", &forty()));
    let concise = read(&plan, Style { concise: true, ..plain() });
    assert_eq!(concise.lines().filter(|line| line.starts_with("  # ")).count(), 1, "{concise}");
}

/// A stack set whose accounts change: an operation for those that come, and one for those that go.
fn stack_set() -> Plan {
    plan(vec![
        update("app", vec![]),
        update("one", vec![parameter_changed("Level", text("low"), text("high"))]),
        instances("one", StackSetOperation::Create, &["3"], &["1", "2", "3"]),
        instances("one", StackSetOperation::Delete, &["1"], &["2", "3"]),
    ])
}

/// An operation on the instances of a stack set, and the accounts that it has after that.
fn instances(key: &str, operation: StackSetOperation, accounts: &[&str], after: &[&str]) -> Step {
    let list = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    let preferences = |accounts: &[&str]| {
        let regions = list(&["eu", "us"]);
        Some(Preferences { accounts: list(accounts), regions, ..Preferences::default() })
    };
    let of = Instances { operation, accounts: list(accounts), regions: list(&["eu", "us"]) };
    let mut wanted = Spec { instances: Some(of), ..spec(&format!("{key}-dev")) };
    wanted.target.options.preferences = preferences(after);
    let before: Vec<&str> = match operation {
        StackSetOperation::Create => after.iter().copied().filter(|one| !accounts.contains(one)).collect(),
        StackSetOperation::Delete => accounts.iter().chain(after).copied().collect(),
    };
    let why = Reason::Preferences { before: preferences(&before), after: preferences(after) };
    step(key, Action::Update("pp-1".into(), wanted), vec![why])
}

/// One update to whoever reads of it, though it takes three operations; programs see each of them.
#[test]
fn an_update_of_several_operations_is_one_product() {
    let plan = stack_set();
    let view = PlanView::of(&plan, "f");
    let page = read(&plan, plain());
    assert_eq!(page.matches("# one will be updated in-place\n").count(), 1, "{page}");
    for told in [
        "Plan: 0 to add, 2 to change, 0 to destroy.\n",
        "  # (CREATE: stack instances come: 3 in eu, us)\n",
        "  # (DELETE: stack instances go, with everything in them: 1 in eu, us)\n",
        "~ stack_set_accounts = \"1,2\" -> \"2,3\"\n",
        "Level",
    ] {
        assert!(page.contains(told), "{told}\n{page}");
    }
    let document: Value = serde_json::from_str(&document(&plan, "f")).unwrap();
    assert_eq!(document["summary"]["change"], 2, "{document}");
    assert_eq!(document["steps"].as_array().unwrap().len(), 4, "{document}");
    let comment = markdown::plan(&view, Budget::Characters(65_536));
    assert_eq!(comment.matches("**update** | `one` |").count(), 1, "{comment}");
    let web = html::plan(&view);
    assert_eq!(web.matches("</span> <code>one</code>").count(), 1, "{web}");
}

#[test]
fn stack_instances_that_go_are_a_loss() {
    let plan = stack_set();
    let view = PlanView::of(&plan, "f");
    let page = read(&plan, plain());
    let headers: Vec<&str> =
        page.lines().filter(|line| line.starts_with("  # ") && !line.contains('(')).collect();
    // what destroys is read first
    let (one, app) = ("  # one will be updated in-place", "  # app will be updated in-place");
    assert_eq!(headers, [one, app], "{page}");
    let said = "2 stack instances of 1 product will be destroyed, with everything in them";
    assert!(page.contains(&format!("\n      {said}.\n")), "{page}");
    let comment = markdown::plan(&view, Budget::Characters(65_536));
    assert!(comment.contains(&format!("\n> ⚠ **{said}**: `one`\n")), "{comment}");
    assert!(comment.contains("| ⚠ **update** | `one` |"), "{comment}");
    assert!(html::plan(&view).contains(&format!("<strong>{said}</strong>: <code>one</code>")));
}

#[test]
fn an_address_is_one_row_for_policies() {
    let plan = stack_set();
    let document: Value = serde_json::from_str(&terraform::plan(&PlanView::of(&plan, "f"))).unwrap();
    let rows = document["resource_changes"].as_array().unwrap();
    let ones: Vec<&Value> = rows.iter().filter(|row| row["name"] == "one").collect();
    assert_eq!((ones.len(), rows.len()), (1, 2), "{document}");
    let accounts = &ones[0]["change"]["after"]["stack_set_provisioning_preferences"][0]["accounts"];
    assert_eq!(*accounts, serde_json::json!(["2", "3"]), "{document}");
    let planned = document["planned_values"]["root_module"]["resources"].as_array().unwrap();
    assert_eq!(planned.len(), 2, "{document}");
}

#[test]
fn what_is_moved_is_told_in_every_format() {
    let address = |key: &str, place: &str| Address::new(key, format!("{place}/r"));
    let renamed: BTreeMap<Address, Address> =
        forty().iter().map(|place| (address("new", place), address("old", place))).collect();
    let all: Vec<Address> = renamed.iter().flat_map(|(to, from)| [to.clone(), from.clone()]).collect();
    let plan = Plan { labels: Labels::of(&all), renamed, ..plan(Vec::new()) };
    let view = PlanView::of(&plan, "f");
    let page = read(&plan, plain());
    assert!(page.starts_with("  # old on a00 … a39 (40) has moved to new\n\nPlan: "), "{page}");
    let comment = markdown::plan(&view, Budget::Characters(65_536));
    assert!(comment.contains("| move | `old on a00 … a39 (40)` to `new` | |"), "{comment}");
    let web = html::plan(&view);
    assert!(web.contains("<code>old on a00 … a39 (40)</code> has moved to <code>new</code>"), "{web}");
}
