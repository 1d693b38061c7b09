//! The human plan: every action, every reason, the contract's lines.

use std::collections::BTreeSet;
use std::time::Duration;

use provisor::model::kinds::RecordKind;
use provisor::plan::file::{About, OutOfTime};
use provisor::plan::{Action, Breach, Note, Plan, Planned, Reason, Refusal, Rule, Sending, Shown, Step};
use provisor::report::markdown::{self, Budget};
use provisor::report::view::{PlanView, SavedView};
use provisor::report::{Style, human};

use super::fixture::{
    EVIL, address, adopt, known, output, parameter, parameter_changed, plain, plan, read, secret, spec, step,
    terminate, text, update, with,
};

fn page(steps: Vec<Step>) -> String {
    read(&plan(steps), plain())
}

fn refusal(message: &str, hint: Option<&str>) -> Refusal {
    Refusal { rule: Rule::Exists, message: message.to_owned(), hint: hint.map(str::to_owned) }
}

#[test]
fn a_creation_shows_everything_in_columns() {
    let mut spec = with(with(spec("net-dev"), "VpcCidr", known("10.20.0.0/16")), "DbPassword", secret());
    spec.parameters.insert("Subnets".to_owned(), parameter(known("3"), Sending::Default));
    spec.parameters.insert("Kept".to_owned(), parameter(Planned::Unknown, Sending::Previous));
    spec.parameters
        .insert("VpcId".to_owned(), parameter(Planned::Pending(output("base", "VpcId")), Sending::Value));
    spec.tags.insert("env".to_owned(), known("dev"));
    spec.target.options.notification_arns = vec!["arn:aws:sns:eu-west-1:111122223333:events".to_owned()];
    let expected = r#"
  # network will be created
  + network  "net-dev"  vpc v3  (path platform)  on hub (111122223333)  (declared, and not there)
      + notification_arns = "arn:aws:sns:eu-west-1:111122223333:events"
      + DbPassword        = (sensitive)
      + Kept              = (unknown)            # kept as it is
      + Subnets           = "3"                  # template default
      + VpcCidr           = "10.20.0.0/16"
      + VpcId             = (known after apply)  # ${base.outputs.VpcId}
      + tags.env          = "dev"

Plan: 1 to add, 0 to change, 0 to destroy.
"#;
    assert_eq!(
        page(vec![step("network", Action::Provision(spec), vec![Reason::New])]),
        expected.trim_start_matches('\n')
    );
}

#[test]
fn what_the_template_decides_is_counted_unless_all_is_to_be_told() {
    let mut spec = with(spec("net-dev"), "VpcCidr", known("10.20.0.0/16"));
    for key in ["A", "B", "C"] {
        spec.parameters.insert(key.to_owned(), parameter(known("1"), Sending::Default));
    }
    let one = plan(vec![step("network", Action::Provision(spec), vec![Reason::New])]);
    let folded =
        "\n      + VpcCidr = \"10.20.0.0/16\"\n      # 3 parameters take the template's default\n\nPlan:";
    assert!(read(&one, plain()).contains(folded), "{}", read(&one, plain()));
    let full = read(&one, Style { full: true, ..plain() });
    assert!(full.contains("\n      + B       = \"1\"  # template default\n"), "{full}");
    assert!(!full.contains("parameters take"), "{full}");
}

#[test]
fn long_values_of_a_creation_have_lines_of_their_own() {
    let spec =
        with(with(spec("a"), "J", known(r#"{"b":[1,{}],"a":"x"}"#)), "S", known("#!/bin/sh\necho hi \n"));
    let expected = r#"
      + J = (JSON)
        + {
        +   "b": [
        +     1,
        +     {}
        +   ],
        +   "a": "x"
        + }
      + S =
        + #!/bin/sh
        + echo hi\u{20}

Plan:"#;
    let page = page(vec![step("a", Action::Provision(spec), vec![Reason::New])]);
    assert!(page.contains(expected), "{page}");
}

#[test]
fn a_replacement_is_one_block_of_two_steps() {
    let why = || Reason::FailedCreation {
        message: "CREATE failed\nsecond".to_owned(),
        record: Some("rec-3".into()),
    };
    let creation = Action::Provision(with(spec("db-dev"), "Engine", known("pg")));
    let other = update("app", vec![parameter_changed("Size", text("1"), text("2"))]);
    let page =
        page(vec![terminate("db", true, vec![why()]), other, step("db", creation.clone(), vec![why()])]);
    let expected = r#"  # db must be replaced
  # (it was never provisioned successfully, record rec-3)
  #   | CREATE failed
  #   | second
-/+ db  "db-dev"  pp-9  vpc v3  (path platform)  on hub (111122223333)
      + Engine = "pg"

  # app will be updated in-place
"#;
    assert!(page.contains(expected), "{page}");
    assert_eq!(page.matches("# db ").count(), 1);
    assert!(page.contains("Plan: 1 to add, 1 to change, 1 to destroy.\n"));
    let changed = vec![Reason::Requested, parameter_changed("Engine", text("my"), text("pg"))];
    let page = read(&plan(vec![terminate("db", true, changed), step("db", creation, vec![])]), plain());
    assert!(page.contains("  # (asked for with --replace)\n  # (parameters changed: Engine)\n"), "{page}");
    assert!(
        page.contains("      ~ Engine = \"my\" -> \"pg\"\n\nPlan: 1 to add, 0 to change, 1 to destroy."),
        "{page}"
    );
}

#[test]
fn a_replacement_under_another_name_tells_both() {
    // keys of one block stand in a column
    let words = |page: &str| page.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    for differs in [None, Some(parameter_changed("Engine", text("my"), text("pg")))] {
        let why: Vec<_> = [Reason::Requested].into_iter().chain(differs.clone()).collect();
        let creation = Action::Provision(with(spec("db-two"), "Engine", known("pg")));
        let of = plan(vec![terminate("db", true, why.clone()), step("db", creation, why)]);
        let name = "provisioned_product_name = \"db-dev\" -> \"db-two\"\n";
        let engine = if differs.is_some() { "      ~ Engine = \"my\" -> \"pg\"\n" } else { "" };
        let page = words(&read(&of, plain()));
        assert!(page.contains(name), "{page}");
        assert!(page.contains(engine.trim_start()), "{page}");
        let page = markdown::plan(&PlanView::of(&of, "f"), Budget::Characters(65_536));
        for side in ["- provisioned_product_name = \"db-dev\"\n", "+ provisioned_product_name = \"db-two\"\n"]
        {
            assert!(words(&page).contains(side), "{page}");
        }
    }
}

#[test]
fn nothing_to_do_is_terraforms_sentence() {
    assert_eq!(page(vec![]), "No changes. There was nothing to compare.\n");
    let one = Plan { unchanged: [address("app")].into(), ..plan(vec![]) };
    assert_eq!(read(&one, plain()), "No changes. Your infrastructure matches the configuration.\n");
    let left = Note { address: address("app"), text: "it is left".to_owned() };
    let none = read(&Plan { notes: vec![left], ..plan(vec![]) }, plain());
    assert_eq!(none, "Note: app: it is left\n\nNo changes. What was noted is left as it is.\n");
    let page = page(vec![step("app", Action::Remember, vec![Reason::LifecycleOnly])]);
    let counted =
        "\nPlan: 0 to add, 0 to change, 0 to destroy.\n      Also: 1 to remember (in the state only).\n";
    assert!(page.ends_with(counted) && !page.contains("No changes"), "{page}");
}

#[test]
fn totals_keep_terraforms_sentence_intact() {
    let mut plan: Plan = plan(vec![
        step("i", adopt("pp-1", spec("i")), vec![]),
        step("f", Action::Forget { leaves: None }, vec![]),
        step("m", Action::Remember, vec![]),
        step("r", Action::Refused(refusal("no", None)), vec![]),
        step("c", Action::Provision(spec("c")), vec![]),
    ]);
    plan.unchanged = BTreeSet::from([address("u"), address("v")]);
    plan.notes = vec![Note { address: address("c"), text: "first\nsecond".into() }];
    plan.breach = Some(Breach { planned: 4, limit: 1 });
    let page = read(&plan, plain());
    let expected = "
Note: c: first
      second

Plan: 1 to import, 1 to add, 0 to change, 0 to destroy, 1 to forget.
      Also: 1 to remember (in the state only), 1 refused.
      Unchanged: 2.

1 refused step needs a decision: nothing of this plan is applied until then; `--skip-refused` does
the rest.
This plan is refused: it destroys 4 provisioned products, and `guards.max_terminate` allows 1.
  hint: if all of that is meant, `--max-terminate 4` allows it this once
";
    assert!(page.ends_with(expected), "{page}");
}

#[test]
fn the_concise_form_has_a_line_per_block() {
    let steps = vec![
        update(
            "app",
            vec![
                Reason::Tainted { message: "no\nroom".into(), record: None },
                parameter_changed("S", text("1"), text("2")),
            ],
        ),
        terminate("old", false, vec![Reason::Removed]),
    ];
    let page = read(&plan(steps), Style { concise: true, ..plain() });
    let expected = "  # old will be destroyed (removed from the declarations)
  # app will be updated in-place (tainted: its last operation failed) | no room (parameters changed: S)

Plan: 0 to add, 1 to change, 1 to destroy.
";
    assert_eq!(page, expected);
}

#[test]
fn colour_changes_no_character_and_hostile_text_gets_nowhere() {
    let mut evil = with(spec(EVIL), EVIL, known(EVIL));
    evil.tags.insert(EVIL.to_owned(), known(&format!("{EVIL}\n{EVIL}")));
    evil.target.product.name = EVIL.to_owned();
    evil.target.path.name = EVIL.to_owned();
    let mut plan = plan(vec![
        step(
            EVIL,
            Action::Provision(evil),
            vec![Reason::Tainted { message: EVIL.into(), record: Some(EVIL.into()) }],
        ),
        update(
            "a",
            vec![
                parameter_changed(EVIL, text(EVIL), text(&EVIL.repeat(9))),
                parameter_changed("p", text("x"), Shown::Pending(EVIL.into())),
                Reason::Vanished { id: EVIL.into() },
                Reason::Outside { record: Some(EVIL.into()), kind: Some(RecordKind::parse(EVIL)) },
                Reason::InputMayChange { key: EVIL.into(), from: BTreeSet::from([address(EVIL)]) },
            ],
        ),
        step("r", Action::Refused(refusal(EVIL, Some(EVIL))), vec![]),
        step("f", Action::Forget { leaves: Some(EVIL.into()) }, vec![]),
    ]);
    plan.notes = vec![Note { address: address(EVIL), text: EVIL.into() }];
    let page = read(&plan, plain());
    assert!(!page.chars().any(|c| c != '\n' && provisor::report::escape::is_hidden(c)), "{page:?}");
    // the lines of a remark begin with blanks
    let others = page.lines().filter(|line| !line.starts_with("      a\\u"));
    assert!(!others.into_iter().any(|line| line.trim_start().starts_with("a\\u")), "{page}");
    let colored = read(&plan, Style { color: true, ..plain() });
    assert_ne!(colored, page);
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), page);
    assert_eq!(read(&plan, plain()), page);
}

#[test]
fn a_saved_plan_says_why_it_is_not_taken() {
    let (plan, about) = (plan(vec![]), About::default());
    let page = |out_of_time| {
        let saved = SavedView { about: &about, age: Duration::from_secs(90), out_of_time };
        human::plan(&PlanView { saved: Some(saved), ..PlanView::of(&plan, "f1") }, plain())
    };
    let fresh = page(None);
    assert!(fresh.contains("made 90s ago") || fresh.contains("made 1m30s ago"), "{fresh}");
    assert!(!fresh.contains("expired") && !fresh.contains("future"), "{fresh}");
    let expired =
        page(Some(OutOfTime::Expired { age: Duration::from_secs(90), may_be: Duration::from_secs(60) }));
    assert!(expired.contains("It has expired") && !expired.contains("future"), "{expired}");
    let future = page(Some(OutOfTime::Future { ahead: Duration::from_secs(3600) }));
    assert!(future.contains("It was made in the future") && !future.contains("expired"), "{future}");
    assert!(!future.contains(" ago"), "{future}");
    // below everything else, also where it is concise
    assert!(fresh.starts_with("No changes.") && fresh.ends_with("\n  Its fingerprint: f1\n"), "{fresh}");
}
