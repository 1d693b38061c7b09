//! The human plan, action by action and reason by reason.

use std::collections::BTreeSet;

use provisor::model::kinds::RecordKind;
use provisor::model::product::{Bound, Preferences};
use provisor::model::secret::KeyedDigest;
use provisor::model::target::Named;
use provisor::plan::{Action, Planned, Reason, Refusal, Rule, Sending, Shown, Step};
use provisor::state::{Content, Intent, Kind, Phase};

use super::fixture::{
    address, adopt, output, parameter, parameter_changed, plain, plan, read, spec, step, terminate, text,
    update,
};

fn page(steps: Vec<Step>) -> String {
    read(&plan(steps), plain())
}

/// A step's block, and the lines below the summary sentence.
fn check(step: Step, expected: &str) {
    let page = page(vec![step]);
    let block = if page.starts_with("Signs:") { page.split_once("\n\n").unwrap().1 } else { &page };
    assert_eq!(block, expected.trim_start_matches('\n'));
}

fn interrupted() -> Intent {
    Intent {
        op_no: 3,
        kind: Kind::Update,
        token: "t-1".into(),
        nonce: 0,
        by: None,
        request_digest: KeyedDigest("d".to_owned()),
        base_record: None,
        born: Default::default(),
        sent: Default::default(),
        sign_by: Default::default(),
        phase: Phase::Accepted("rec-4".into()),
        content: None::<Content>,
    }
}

#[test]
fn updates() {
    check(
        update("app", vec![parameter_changed("Size", text("1"), text("2"))]),
        r#"
  # app will be updated in-place
  # (parameters changed: Size)
  ~ app  "app-dev"  pp-1  vpc v3  on hub (111122223333)
      ~ Size = "1" -> "2"

Plan: 0 to add, 1 to change, 0 to destroy.
"#,
    );
}

#[test]
fn terminations() {
    let mut step = terminate("old", false, vec![Reason::Removed]);
    let expected = r#"
  # old will be destroyed
  # (removed from the declarations)
  - old  "old-dev"  pp-9  on hub (111122223333)

Plan: 0 to add, 0 to change, 1 to destroy.
"#;
    check(step.clone(), expected);
    if let Action::Terminate(gone) = &mut step.action {
        gone.retain = true;
    }
    let retained = "(removed from the declarations)\n  # (its stack and resources are retained)\n";
    check(step, &expected.replace("(removed from the declarations)\n", retained));
}

#[test]
fn interrupted_operations() {
    let why = Reason::Interrupted { kind: Kind::Update, record: Some("rec-4".into()) };
    check(
        step("app", Action::Settle(Box::new(interrupted()), None), vec![why]),
        r#"
  # app will be resumed
  # (in progress: an update was begun, and its end is not recorded yet, record rec-4)
  > app  on hub (111122223333)

Plan: 0 to add, 0 to change, 0 to destroy.
      Also: 1 to resume (interrupted or in progress).
"#,
    );
}

#[test]
fn imports_and_accepted_changes() {
    check(
        step("legacy", adopt("pp-8", spec("l")), vec![]),
        r#"
  # legacy will be imported
  = legacy  "l"  pp-8  vpc v3  on hub (111122223333)

Plan: 1 to import, 0 to add, 0 to change, 0 to destroy.
"#,
    );
    let kind = Some(RecordKind::Update);
    let accept = Action::Accept("pp-8".into(), spec("l"), "rec-9".into());
    check(
        step("legacy", accept, vec![Reason::Outside { record: Some("rec-9".into()), kind }]),
        r#"
  # legacy will be accepted as it is now
  # (changed outside of provisor by UPDATE_PROVISIONED_PRODUCT, record rec-9)
  = legacy  "l"  pp-8  vpc v3  on hub (111122223333)

Plan: 0 to add, 0 to change, 0 to destroy.
      Accepted as it is now: 1.
"#,
    );
}

#[test]
fn forgotten_rows() {
    check(
        step("x", Action::Forget { leaves: Some("pp-7".into()) }, vec![Reason::Removed]),
        r#"
  # x will be forgotten, and its provisioned product left alone
  # (removed from the declarations)
  . x  pp-7  on hub (111122223333)

Plan: 0 to add, 0 to change, 0 to destroy, 1 to forget.
"#,
    );
    check(
        step("x", Action::Forget { leaves: None }, vec![Reason::Removed]),
        r#"
  # x will be forgotten: its provisioned product is gone
  # (removed from the declarations)
  . x  on hub (111122223333)

Plan: 0 to add, 0 to change, 0 to destroy, 1 to forget.
"#,
    );
}

#[test]
fn refusals() {
    let hint = Some("adopt it:\nimports: [{to: x}]".to_owned());
    let refusal = Refusal { rule: Rule::Exists, message: "`x-dev` exists as pp-4".to_owned(), hint };
    check(
        step("x", Action::Refused(refusal), vec![Reason::New]),
        r#"
  # x is refused
  # (declared, and not there)
  # `x-dev` exists as pp-4
  # hint: adopt it:
  #       imports: [{to: x}]

Plan: 0 to add, 0 to change, 0 to destroy.
      Also: 1 refused.

1 refused step needs a decision: nothing of this plan is applied until then; `--skip-refused` does
the rest.
"#,
    );
}

#[test]
fn every_reason_has_its_words() {
    let record = || Some("rec-1".into());
    let preferences =
        |n| Some(Preferences { max_concurrency: Some(Bound::Count(n)), ..Preferences::default() });
    let table = [
        (Reason::New, "(declared, and not there)"),
        (
            Reason::Version { before: Named::new("pa-1", "a"), after: Named::new("pa-2", "b") },
            "(version changed)",
        ),
        (
            Reason::Product { before: Named::new("p-1", "a"), after: Named::new("p-2", "b") },
            "(product changed)",
        ),
        (Reason::Path { before: "a".into(), after: "b".into() }, "(launch path changed)"),
        (
            Reason::Preferences { before: preferences(1), after: preferences(2) },
            "(stack-set preferences changed)",
        ),
        (Reason::Tag { key: "t".into(), before: text("1"), after: text("2") }, "(tags changed: t)"),
        (parameter_changed("P", text("1"), text("2")), "(parameters changed: P)"),
        (
            Reason::Parameter { key: "P".into(), before: text("1"), after: text("2"), by_default: true },
            "(template defaults apply: P)",
        ),
        (parameter_gone("P", text("1")), "(parameters gone: P)"),
        (Reason::Outside { record: None, kind: None }, "(changed outside of provisor)"),
        (
            Reason::Tainted { message: "no room".into(), record: record() },
            "(tainted: its last operation failed, record rec-1)\n  #   | no room",
        ),
        (
            Reason::FailedCreation { message: String::new(), record: None },
            "(it was never provisioned successfully)",
        ),
        (
            Reason::Interrupted { kind: Kind::Provision, record: None },
            "(interrupted or in progress: a provision was begun, and its end is not recorded yet)",
        ),
        (
            Reason::InputMayChange { key: "V".into(), from: BTreeSet::from([address("a"), address("b")]) },
            "(inputs may change: V from a, b)",
        ),
        (Reason::Removed, "(removed from the declarations)"),
        (Reason::Vanished { id: "pp-5".into() }, "(it was pp-5, and that is gone without provisor's doing)"),
        (Reason::Requested, "(asked for with --replace)"),
        (Reason::LifecycleOnly, "(only what the state holds of it changed)"),
    ];
    for (reason, words) in table {
        let page = page(vec![update("app", vec![reason])]);
        assert!(page.contains(&format!("in-place\n  # {words}\n")), "{words}\n{page}");
    }
}

#[test]
fn preferences_change_field_by_field() {
    let before = Some(Preferences {
        accounts: vec!["1".into(), "2".into()],
        failure_tolerance: Some(Bound::Count(1)),
        ..Preferences::default()
    });
    let after = Some(Preferences {
        accounts: vec!["1".into(), "2".into()],
        failure_tolerance: Some(Bound::Percentage(20)),
        ..Preferences::default()
    });
    let page = page(vec![update("app", vec![Reason::Preferences { before, after }])]);
    assert!(page.contains("- stack_set_failure_tolerance_count      = \"1\"\n"), "{page}");
    assert!(page.contains("+ stack_set_failure_tolerance_percentage = \"20\"\n"), "{page}");
    assert!(!page.contains("stack_set_accounts"), "{page}");
}

#[test]
fn inputs_that_may_change_are_shown_and_named() {
    let mut step = update(
        "app",
        vec![
            Reason::InputMayChange { key: "VpcId".into(), from: BTreeSet::from([address("network")]) },
            Reason::InputMayChange { key: "tags.vpc".into(), from: BTreeSet::new() },
        ],
    );
    step.only_if_inputs_differ = true;
    if let Action::Update(_, spec) = &mut step.action {
        let pending = || Planned::Pending(output("network", "VpcId"));
        spec.parameters.insert("VpcId".into(), parameter(pending(), Sending::Value));
        spec.tags.insert("vpc".into(), pending());
    }
    let expected = r#"
  # app may be updated, if its inputs change
  # (only if its inputs differ: VpcId from network, tags.vpc)
  ~ app  "app-dev"  pp-1  vpc v3  on hub (111122223333)
      ~ VpcId    = (known after apply)  # ${network.outputs.VpcId}
      ~ tags.vpc = (known after apply)  # ${network.outputs.VpcId}

Plan: 0 to add, 0 to change, 0 to destroy.
      1 more may change.
"#;
    check(step, expected);
}

#[test]
fn an_update_without_differences_says_so() {
    let page = page(vec![update("app", vec![Reason::Outside { record: None, kind: None }])]);
    assert!(
        page.contains("      (what was changed cannot be read: the declarations are applied once more)\n"),
        "{page}"
    );
}

fn parameter_gone(key: &str, before: Shown) -> Reason {
    Reason::Parameter { key: key.into(), before, after: Shown::Absent, by_default: true }
}
