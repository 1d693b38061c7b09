//! How much room a plan takes: lines of a bounded width, and large plans in few lines.

use std::collections::BTreeSet;

use provisor::model::ids::Address;
use provisor::plan::{Action, Note, Plan, Reason, Refusal, Rule, Sending, Step, Termination};
use provisor::report::Style;

use super::agreement::{Dice, any_plan};
use super::fixture::{
    address, known, output, parameter, parameter_changed, plain, plan, read, spec, step, terminate, text,
    update, with,
};

/// What may be wider: lines that tools read.
fn is_read_by_tools(line: &str) -> bool {
    let header = ["will be ", "may be ", "must be ", "is refused", "is deferred"];
    line.starts_with("Plan: ") || line.starts_with("  # ") && header.iter().any(|words| line.contains(words))
}

fn fits(page: &str, width: usize) {
    for line in page.lines().filter(|line| !is_read_by_tools(line)) {
        assert!(line.chars().count() <= width, "wider than {width}: {line}\n{page}");
    }
}

#[test]
fn lines_fit_the_width() {
    let mut dice = Dice(71);
    for _ in 0..100 {
        let mut plan = any_plan(&mut dice);
        let long = "some more words that are said of this one, and what one can do about it; ".repeat(4);
        plan.notes
            .extend(plan.steps.iter().map(|step| Note { address: step.address.clone(), text: long.clone() }));
        for step in &mut plan.steps {
            step.reasons.push(Reason::Tainted { message: long.clone(), record: Some("rec-1".into()) });
            if let Action::Refused(refusal) = &mut step.action {
                *refusal = Refusal { rule: Rule::Exists, message: long.clone(), hint: Some(long.clone()) };
            }
        }
        for width in [60, 100, 200] {
            for full in [false, true] {
                fits(&read(&plan, Style { width, full, ..plain() }), width);
            }
            // a step is one line there, and why it is refused stands below it
            fits(&read(&plan, Style { width, concise: true, ..plain() }), width);
        }
        assert_eq!(read(&plan, plain()), read(&plan, Style { width: 100, ..plain() }));
    }
}

#[test]
fn what_has_no_room_beside_its_name_stands_below_it() {
    let arn = format!("arn:aws:iam::111122223333:policy/{}", "x".repeat(50));
    let wanted = with(with(spec("a"), "Policy", known(&arn)), "Text", known(&"word ".repeat(12)));
    let page = read(
        &plan(vec![step("a", Action::Provision(wanted), vec![Reason::New])]),
        Style { width: 60, ..plain() },
    );
    let expected = format!(
        "  # a will be created
  # (declared, and not there)
  + a  \"a\"  vpc v3  (path platform)  on hub (111122223333)
      + Policy = \"{arn}\"
      + Text   = \"word word word word word word word word
                 | word word word word \"
"
    );
    assert!(page.starts_with(&expected), "{page}");
}

/// Fifteen declarations on forty locations each.
fn many(one: impl Fn(&str, usize) -> Vec<Step>) -> Plan {
    let mut all = Vec::new();
    for key in 0..15 {
        for place in 0..40 {
            let at = Address::new(format!("p{key:02}"), format!("a{place:02}/eu-west-1"));
            let steps = one(at.key.as_str(), place);
            all.extend(steps.into_iter().map(|step| Step { address: at.clone(), ..step }));
        }
    }
    plan(all)
}

fn lines(plan: &Plan) -> (usize, String) {
    let page = read(plan, plain());
    (page.lines().count(), page)
}

#[test]
fn six_hundred_equal_products_are_read_in_120_lines() {
    let (n, page) = lines(&many(|key, place| {
        let mut wanted =
            with(with(spec(key), "Stage", known("prod")), "Cidr", known(&format!("10.{place}.0.0/16")));
        for default in ["A", "B", "C", "D", "E"] {
            wanted.parameters.insert(default.to_owned(), parameter(known("1"), Sending::Default));
        }
        wanted.tags.insert("owner".to_owned(), known("platform"));
        vec![step(key, Action::Provision(wanted), vec![Reason::New])]
    }));
    assert!(n <= 120, "{n} lines:\n{page}");
    let expected = r#"  # p00 on a00 … a39 (40) will be created
  + "p00"  vpc v3  (path platform)  (declared, and not there)
      + Cidr       = "10.0.0.0/16" on a00; "10.1.0.0/16" on a01; and 38 other values elsewhere
      + Stage      = "prod"
      + tags.owner = "platform"
      # 5 parameters take the template's default

"#;
    assert!(page.starts_with(expected), "{page}");
    assert!(page.ends_with("\nPlan: 600 to add, 0 to change, 0 to destroy.\n"), "{page}");
    let (n, page) = lines(&many(|key, _| {
        let mut step = update(
            key,
            vec![
                parameter_changed("Size", text("1"), text("2")),
                Reason::Parameter {
                    key: "New".into(),
                    before: provisor::plan::Shown::Absent,
                    after: text("x"),
                    by_default: true,
                },
            ],
        );
        if let Action::Update(_, spec) = &mut step.action {
            spec.target.name = key.to_owned();
        }
        vec![step]
    }));
    assert!(n <= 120, "{n} lines:\n{page}");
    assert!(page.contains("\n  # (parameters changed: Size) (template defaults apply: New)\n"), "{page}");
}

#[test]
fn what_goes_is_told_with_its_ids() {
    let gone = many(|key, place| {
        let mut step = terminate(key, false, vec![Reason::Removed]);
        if let Action::Terminate(gone) = &mut step.action {
            gone.id = format!("pp-{place:013}").as_str().into();
        }
        vec![step]
    });
    let (n, page) = lines(&gone);
    assert!(n <= 120, "{n} lines:\n{page}");
    for told in ["- \"p00-dev\" pp-0000000000000 on a00;", "pp-0000000000011 on a11; and 28 more\n"] {
        assert!(page.contains(told), "{page}");
    }
    let full = read(&gone, Style { full: true, ..plain() });
    assert!(full.contains("\n      | \"p14-dev\" pp-0000000000039 on a39 (111122223333)\n"), "{full}");
}

#[test]
fn what_needs_attention_stands_first_and_declarations_stay_together() {
    let refused = Refusal { rule: Rule::Exists, message: "no".into(), hint: None };
    let at = |location: &str, step: Step| Step {
        address: Address::new(step.address.key.as_str(), location),
        ..step
    };
    let changed = || vec![parameter_changed("Size", text("1"), text("2"))];
    let doubled = |key: &str| {
        let wanted = with(spec("d"), "V", provisor::plan::Planned::Pending(output("app", "Id")));
        vec![terminate(key, true, vec![Reason::Requested]), step(key, Action::Provision(wanted), vec![])]
    };
    let mut all = vec![at("a/r", update("app", changed())), at("a/r", update("net", changed()))];
    all.extend(doubled("db"));
    all.push(at("b/r", update("app", vec![Reason::Reapply])));
    all.push(terminate("old", false, vec![Reason::Removed]));
    all.push(step("x", Action::Refused(refused), vec![]));
    let mut plan = plan(all);
    plan.unchanged = BTreeSet::from([address("z")]);
    let page = read(&plan, plain());
    let heads: Vec<&str> = page.lines().filter(|line| is_read_by_tools(line)).collect();
    let expected = [
        "  # x is refused",
        "  # old will be destroyed",
        "  # db will be replaced, as requested",
        "  # app@a will be updated in-place",
        "  # app@b will be updated in-place",
        "  # net will be updated in-place",
        "Plan: 1 to add, 3 to change, 2 to destroy.",
    ];
    assert_eq!(heads, expected, "{page}");
}

#[test]
fn places_are_a_range_only_where_nothing_lies_between() {
    let spread = many(|key, place| {
        let wanted = with(spec(key), "Team", known(if place % 2 == 0 { "even" } else { "odd" }));
        let wanted = with(wanted, "Half", known(if place < 20 { "first" } else { "second" }));
        vec![step(key, Action::Provision(wanted), vec![Reason::New])]
    });
    let page = read(&spread, Style { width: 120, ..plain() });
    let expected = r#"
      + Half = "first" on a00 … a19 (20); "second" on a20 … a39 (20)
      + Team = "even" on a00, a02, a04 and 17 more; "odd" on a01, a03, a05 and 17 more
"#;
    assert!(page.contains(expected), "{page}");
}

/// A declaration on forty locations, each with its name.
fn called(one: impl Fn(usize) -> String, act: impl Fn(String) -> Step, places: &[usize]) -> Plan {
    let at = |place: &usize| Step {
        address: Address::new("net", format!("a{place:02}/eu-west-1")),
        ..act(one(*place))
    };
    plan(places.iter().map(at).collect())
}

#[test]
fn a_name_that_differs_is_told_wherever_it_is() {
    let new = |name: String| step("net", Action::Provision(spec(&name)), vec![Reason::New]);
    let odd_one_out = |n: usize, name: String| if n == 24 { "odd".to_owned() } else { name };
    let some: Vec<usize> = (0..40).step_by(4).collect();
    let all: Vec<usize> = (0..40).collect();
    let change = |name: String| {
        let changed = vec![parameter_changed("Size", text("1"), text("2"))];
        step("net", Action::Update("pp-1".into(), spec(&name)), changed)
    };
    for (plan, told) in [
        (
            called(|n| odd_one_out(n, "net".to_owned()), new, &some),
            r#"  + "net" on a00 … a20, a28 … a36 (9); "odd" on a24  vpc v3"#,
        ),
        (
            called(|n| odd_one_out(n, "net".to_owned()), change, &all),
            r#"  ~ "net" on a00 … a23, a25 … a39 (39); "odd" on a24  vpc v3"#,
        ),
        (
            called(|n| odd_one_out(n, format!("net-a{n:02}")), new, &all),
            r#"  + "net-LOCATION" on a00 … a23, a25 … a39 (39); "odd" on a24  vpc v3"#,
        ),
        (
            called(|n| format!("x{}", n * 7), new, &all),
            r#"  + "x0" on a00; "x7" on a01; "x14" on a02; and 37 other names elsewhere  vpc v3"#,
        ),
    ] {
        let page = read(&plan, Style { width: 120, ..plain() });
        assert!(page.contains(told), "{told}\n{page}");
    }
    let gone = |name: String| {
        let gone = Termination { id: "pp-9".into(), name, retain: false, replacing: false };
        step("net", Action::Terminate(gone), vec![Reason::Removed])
    };
    let page =
        read(&called(|n| odd_one_out(n, "net".to_owned()), gone, &all), Style { width: 200, ..plain() });
    let told = r#"  - "net" pp-9 on a00, pp-9 on a01, pp-9 on a02, pp-9 on a03, pp-9 on a04, pp-9 on a05 and 33 more; "odd" pp-9 on a24"#;
    assert!(page.contains(told), "{page}");
}

/// What holds for each member in full, and lines of values in which there is no blank.
#[test]
fn members_and_excerpts_fit_the_width() {
    let mut all = many(|key, _| {
        let policy =
            format!(r#"{{"Resource":"arn:aws:s3:::{}","Action":"{}"}}"#, "b".repeat(90), "a".repeat(80));
        let wanted = with(spec(&format!("{key}-of-the-platform")), "Policy", known(&policy));
        vec![step(key, Action::Provision(wanted), vec![Reason::New])]
    });
    for step in &mut all.steps {
        step.place.catalog = provisor::model::endpoint::CatalogKind::Sandbox;
    }
    for width in [60, 100] {
        for full in [false, true] {
            fits(&read(&all, Style { width, full, ..plain() }), width);
        }
    }
}
