//! A saved plan is stale where a row it touches moved, and nowhere else.

use std::collections::BTreeMap;
use std::sync::Arc;

use provisor::model::ids::Lineage;
use provisor::plan::file::stale;
use provisor::plan::{Action, Adoption, Plan, Reason, Refusal, Rule, Step, Termination};
use provisor::state::{Author, Binding, Birth, Intent, Recorded, Row, Tombstone, Version};

use super::dice::Dice;
use super::plans::{plain, random};
use super::values::{address, intent, spec};

fn row(op_no: u64, bound: Option<&str>) -> Row {
    let binding = bound.map(|id| Binding { id: id.into(), name: "net".into(), arn: None });
    Row { op_no, binding, ..Row::default() }
}

fn with_intent(row: Row, token: &str) -> Row {
    let open = Intent { token: token.into(), op_no: row.op_no, ..intent(&mut Dice::new(1)) };
    Row { intent: Some(open), ..row }
}

/// The steps of a plan for `net`, made after operation `base_op`.
fn steps(base_op: u64, actions: impl IntoIterator<Item = Action>) -> Vec<Step> {
    actions.into_iter().map(|action| Step { base_op, ..plain("net", action) }).collect()
}

/// What is told of `net`, whose row has the version `then` in the plan.
fn of(steps: Vec<Step>, row: Option<Row>, then: Option<Version>) -> Option<String> {
    let mut plan = Plan { steps, ..random(1, 0) };
    plan.basis.rows = BTreeMap::from([(address("net"), then)]);
    let mut recorded = Recorded::empty(plan.basis.lineage.clone());
    recorded.serial = 1_000;
    recorded.rows.extend(row.map(|row| (address("net"), row)));
    let mut found = stale(&plan, &recorded);
    assert!(found.len() <= 1, "one address, told once");
    found.pop().map(|(at, reason)| {
        assert_eq!(at, address("net"));
        reason
    })
}

/// A version decides, whatever else is in the row; where it moved, this is said, or no more than that it did.
fn check(name: &str, steps: Vec<Step>, row: Option<Row>, expect: Option<&str>) {
    let now = row.as_ref().map(|row| row.version);
    assert_eq!(of(steps.clone(), row.clone(), now), None, "{name}: same version");
    let plain = if row.is_some() { "it was written since" } else { "it was dropped since" };
    let other = Some(Version { birth: Birth::default(), n: 7 });
    assert_eq!(of(steps, row, other).as_deref(), Some(expect.unwrap_or(plain)), "{name}");
}

fn provision() -> Action {
    Action::Provision(spec(&mut Dice::new(2)))
}
fn update() -> Action {
    Action::Update("pp-1".into(), spec(&mut Dice::new(2)))
}
fn adopt() -> Action {
    Action::Adopt(Adoption {
        id: "pp-1".into(),
        spec: spec(&mut Dice::new(2)),
        record: Some("rec-1".into()),
        unverified: true,
    })
}
fn accept() -> Action {
    Action::Accept("pp-1".into(), spec(&mut Dice::new(2)), "rec-1".into())
}
fn terminate() -> Action {
    Action::Terminate(Termination { id: "pp-1".into(), name: "net".into(), retain: false, replacing: true })
}
fn settle(token: &str) -> Action {
    let planned = Intent { token: token.into(), ..intent(&mut Dice::new(1)) };
    Action::Settle(Box::new(planned), None)
}
fn refused() -> Action {
    Action::Refused(Refusal { rule: Rule::Exists, message: "it exists".into(), hint: None })
}
fn forget(leaves: Option<&str>) -> Action {
    Action::Forget { leaves: leaves.map(Into::into) }
}

#[test]
fn of_a_row_whose_operation_and_product_are_as_they_were_only_the_write_is_told() {
    let bound = || Some(row(5, Some("pp-1")));
    check("provision, no row", steps(0, [provision()]), None, None);
    check("provision, row without a product", steps(5, [provision()]), Some(row(5, None)), None);
    check("update", steps(5, [update()]), bound(), None);
    check("terminate", steps(5, [terminate()]), bound(), None);
    check("replace", steps(5, [terminate(), provision()]), bound(), None);
    check("import", steps(0, [adopt()]), None, None);
    check("accept what is there", steps(5, [accept()]), bound(), None);
    check("forget what is left alone", steps(5, [forget(Some("pp-1"))]), bound(), None);
    check("forget what is gone", steps(5, [forget(None)]), bound(), None);
    check("remember", steps(5, [Action::Remember]), bound(), None);
    check("refused", steps(5, [refused()]), bound(), None);
    check("settle", steps(5, [settle("t")]), Some(with_intent(row(5, None), "t")), None);
}

fn because(reason: &Reason, steps: Vec<Step>) -> Vec<Step> {
    let reasons = vec![reason.clone()];
    steps.into_iter().map(|step| Step { reasons: reasons.clone(), ..step }).collect()
}

#[test]
fn a_product_that_was_not_bound_when_the_plan_was_made_is_no_explanation() {
    let vanished = because(&Reason::Vanished { id: "pp-1".into() }, steps(5, [provision()]));
    check("provision again", vanished.clone(), Some(row(5, Some("pp-1"))), None);
    check("provision again, noticed since", vanished, Some(row(5, None)), None);
    let failed = Reason::FailedCreation { message: "no".into(), record: None };
    for before in [None, Some("pp-0")] {
        let row = || Some(row(5, before));
        check("taken over by its token", because(&failed, steps(5, [update()])), row(), None);
        check("taken over, replace", because(&failed, steps(5, [terminate(), provision()])), row(), None);
    }
}

#[test]
fn an_operation_since_makes_stale() {
    let reason = "its last operation is number 6, the plan was made after number 5";
    for action in [
        update(),
        terminate(),
        forget(Some("pp-1")),
        forget(None),
        Action::Remember,
        refused(),
        adopt(),
        accept(),
    ] {
        check("bound", steps(5, [action]), Some(row(6, Some("pp-1"))), Some(reason));
    }
    check("unbound", steps(5, [provision()]), Some(row(6, None)), Some(reason));
    let appeared = "its last operation is number 6, the plan was made after number 0";
    check("appeared", steps(0, [provision()]), Some(row(6, Some("pp-2"))), Some(appeared));
}

#[test]
fn a_row_that_is_gone_makes_stale() {
    let gone = Some("it is no longer in the state");
    for action in
        [provision(), update(), terminate(), forget(None), Action::Remember, refused(), settle("t"), accept()]
    {
        check("dropped", steps(5, [action]), None, gone);
    }
    check("imported, update", steps(0, [update()]), None, gone);
    check("imported, remember", steps(0, [Action::Remember]), None, gone);
    check("imported, forget", steps(0, [forget(None)]), None, gone);
}

#[test]
fn another_product_makes_stale() {
    let other = || Some(row(0, Some("pp-2")));
    let reason = Some("it is bound to `pp-2`, the plan was made for `pp-1`");
    for action in [update(), terminate(), forget(Some("pp-1")), adopt(), accept()] {
        check("another", steps(0, [action]), other(), reason);
    }
    check("imported since", steps(0, [provision()]), other(), Some("it is bound to `pp-2` since"));
    check("replace", steps(0, [terminate(), provision()]), other(), reason);
    check("released", steps(0, [terminate()]), Some(row(0, None)), Some("it is no longer bound to `pp-1`"));
}

#[test]
fn an_intent_that_opened_or_closed_makes_stale() {
    let open = || Some(with_intent(row(5, Some("pp-1")), "u"));
    let reason = Some("an operation was begun since, and is not over");
    for action in
        [provision(), update(), terminate(), Action::Remember, refused(), adopt(), accept(), forget(None)]
    {
        check("opened", steps(5, [action]), open(), reason);
    }
    check(
        "settled",
        steps(5, [settle("t")]),
        Some(row(5, Some("pp-1"))),
        Some("its interrupted operation is over"),
    );
    check("another", steps(5, [settle("t")]), open(), Some("another operation was begun since"));
}

#[test]
fn only_what_moved_is_stale_and_another_lineage_is_everything() {
    let mut plan = random(1, 0);
    plan.steps = ["a", "b", "c", "b"].map(|name| plain(name, provision())).into();
    plan.basis.rows = ["a", "b", "c"].map(|name| (address(name), None)).into();
    let mut recorded = Recorded::empty(plan.basis.lineage.clone());
    recorded.serial = plan.basis.serial.wrapping_add(50);
    recorded.rows.insert(address("elsewhere"), row(51, Some("pp-9")));
    assert_eq!(stale(&plan, &recorded), []);
    recorded.rows.insert(address("b"), row(52, Some("pp-7")));
    let found: Vec<_> = stale(&plan, &recorded).into_iter().map(|(address, _)| address).collect();
    assert_eq!(found, [address("b")]);
    recorded.lineage = Lineage::new("another");
    let all = stale(&plan, &recorded);
    assert_eq!(
        all.iter().map(|(address, _)| address.clone()).collect::<Vec<_>>(),
        ["a", "b", "c"].map(address)
    );
    assert!(all.iter().all(|(_, reason)| reason == "the plan was made from another state"));
}

/// What says nothing else than that a row was written: its own, or one whose outputs or order a step uses.
#[test]
fn a_row_that_was_written_since_makes_stale_whatever_it_says() {
    let author = Author { run: "r".into(), who: "ada".into(), from: "ci-4711".into(), commit: None };
    let version = |n| Version { birth: Birth(7), n };
    let mut plan = random(1, 0);
    plan.steps = vec![plain("net", Action::Remember)];
    plan.basis.rows = [("net", Some(version(1))), ("input", Some(version(4))), ("late", None)]
        .map(|(key, version)| (address(key), version))
        .into();
    let mut recorded = Recorded::empty(plan.basis.lineage.clone());
    let at = |n| Row { version: version(n), ..row(0, Some("pp-1")) };
    recorded.rows.extend([(address("net"), at(1)), (address("input"), at(4)), (address("other"), at(9))]);
    assert_eq!(stale(&plan, &recorded), [], "what the plan does not use may move");
    let told = |key: &str, change: &dyn Fn(&mut Recorded)| {
        let mut recorded = recorded.clone();
        change(&mut recorded);
        match stale(&plan, &recorded).as_slice() {
            [(found, reason)] if *found == address(key) => reason.clone(),
            other => panic!("{key}: {other:?}"),
        }
    };
    let by = Some(Arc::new(author));
    let rewritten = |key: &'static str, n, by: Option<Arc<Author>>| {
        move |recorded: &mut Recorded| {
            recorded
                .rows
                .insert(address(key), Row { version: version(n), by: by.clone(), ..row(0, Some("pp-1")) });
        }
    };
    assert_eq!(told("net", &rewritten("net", 2, None)), "it was written since");
    assert_eq!(told("input", &rewritten("input", 5, by.clone())), "ada (ci-4711) has written it since");
    // older is not what was read either: a state that was put back
    assert_eq!(told("input", &rewritten("input", 3, None)), "it was written since");
    assert_eq!(told("late", &rewritten("late", 1, None)), "it was written since");
    let dropped = |recorded: &mut Recorded| {
        recorded.rows.remove(&address("input"));
        let stone = Tombstone { version: version(5), moved: false, tokens: Vec::new(), by: by.clone() };
        recorded.tombstones.insert(address("input"), stone);
    };
    assert_eq!(told("input", &dropped), "ada (ci-4711) has dropped it since");
    // made and dropped again: as if nothing had been there, but for the tombstone
    let came_and_went = |recorded: &mut Recorded| {
        let stone = Tombstone { version: version(2), moved: false, tokens: Vec::new(), by: None };
        recorded.tombstones.insert(address("late"), stone);
    };
    assert_eq!(told("late", &came_and_went), "it was dropped since");
}
