//! The transitions of a run, one by one, without a port.

use super::*;
use crate::catalog::{CatalogError, CatalogErrorKind, Operation};
use crate::model::ids::{Labels, Lineage};
use crate::model::product::Lifecycle;
use crate::plan::{Basis, Coverage, Termination};
use crate::state::{Home, Intent, Kind, Phase};

const SECOND: Duration = Duration::from_secs(1);

/// A step that terminates `pp-<key>`, after the steps of these numbers.
fn step(key: &str, after: &[usize]) -> Step {
    let termination =
        Termination { id: format!("pp-{key}").into(), name: key.to_owned(), retain: false, replacing: false };
    Step {
        address: Address::new(key, "hub"),
        place: Home::default(),
        action: Action::Terminate(termination),
        reasons: Vec::new(),
        after: after.iter().copied().map(StepIx).collect(),
        only_if_inputs_differ: false,
        base_record: None,
        base_op: 0,
        lifecycle: Lifecycle::default(),
        needs: BTreeSet::new(),
        sensitive_outputs: BTreeSet::new(),
        sensitive_parameters: BTreeSet::new(),
        timeout: SECOND,
    }
}

fn interrupted(key: &str) -> Step {
    let intent = Intent {
        op_no: 1,
        kind: Kind::Terminate,
        token: "token".into(),
        nonce: 0,
        by: None,
        request_digest: crate::model::secret::KeyedDigest("digest".to_owned()),
        base_record: None,
        born: Timestamp(0),
        sent: Timestamp(0),
        sign_by: Timestamp(0),
        phase: Phase::Intended,
        content: None,
    };
    Step { action: Action::Settle(Box::new(intent), None), ..step(key, &[]) }
}

fn plan(steps: Vec<Step>) -> Plan {
    Plan {
        basis: Basis { lineage: Lineage::new("l"), serial: 0, rows: BTreeMap::new() },
        labels: Labels::of(steps.iter().map(|step| &step.address)),
        steps,
        unchanged: BTreeSet::new(),
        notes: Vec::new(),
        renamed: BTreeMap::new(),
        externals: BTreeMap::new(),
        breach: None,
        simulated: BTreeSet::new(),
        previews: BTreeMap::new(),
        interfaces: BTreeMap::new(),
        coverage: Coverage::Whole,
        concerns: BTreeMap::new(),
    }
}

fn run(plan: &Plan, parallelism: usize) -> Run<'_> {
    let limits = Limits { parallelism, products: BTreeMap::new(), no_wait: false };
    Run::new(plan, &Recorded::empty(Lineage::new("l")), limits)
}

fn request(ix: usize) -> Request {
    Request {
        location: "hub".into(),
        token: format!("token-{ix}").into(),
        sign_by: Timestamp(60_000),
        operation: Operation::Terminate { id: "pp".into(), retain: false },
    }
}

fn error() -> CatalogError {
    CatalogError { kind: CatalogErrorKind::Conflict, code: String::new(), message: String::new(), hint: None }
}

fn begun(run: &mut Run<'_>) -> Vec<usize> {
    let admission = run.admit(Duration::ZERO);
    for ix in &admission.begin {
        run.intended(*ix, request(ix.0), Duration::ZERO);
    }
    admission.begin.into_iter().map(|ix| ix.0).collect()
}

fn never(run: &mut Run<'_>) -> Vec<(usize, Outcome)> {
    let admission = run.admit(Duration::ZERO);
    assert_eq!(admission.begin, []);
    for (ix, outcome) in &admission.never {
        run.end(*ix, outcome.clone(), None);
    }
    admission.never.into_iter().map(|(ix, outcome)| (ix.0, outcome)).collect()
}

fn outcomes(run: Run<'_>) -> Vec<Outcome> {
    run.into_report(None).ended.into_iter().map(|ended| ended.outcome).collect()
}

#[test]
fn a_step_begins_when_all_that_it_comes_after_has_ended_well() {
    let plan = plan(vec![step("a", &[]), step("b", &[]), step("c", &[0, 1]), step("d", &[2])]);
    let mut run = run(&plan, 10);
    assert_eq!(begun(&mut run), [0, 1]);
    run.end(StepIx(0), Outcome::Done, None);
    assert!(run.admit(SECOND).is_empty());
    run.end(StepIx(1), Outcome::Unchanged, None);
    assert_eq!(begun(&mut run), [2]);
    run.end(StepIx(2), Outcome::Done, None);
    assert_eq!(begun(&mut run), [3]);
    assert!(!run.is_over());
    run.end(StepIx(3), Outcome::Done, Some(SECOND));
    assert!(run.is_over());
    assert_eq!(run.into_report(None).ended[3].took, Some(SECOND));
}

#[test]
fn what_ends_badly_blocks_all_that_comes_after_it_and_is_named() {
    let plan = plan(vec![step("a", &[]), step("b", &[]), step("c", &[0, 1]), step("d", &[2])]);
    let mut run = run(&plan, 10);
    assert_eq!(begun(&mut run), [0, 1]);
    run.end(StepIx(1), Outcome::Stale("s".to_owned()), None);
    assert_eq!(never(&mut run), [(2, Outcome::Blocked(StepIx(1)))]);
    assert_eq!(never(&mut run), [(3, Outcome::Blocked(StepIx(1)))]);
    run.end(StepIx(0), Outcome::Done, None);
    assert!(run.is_over());
}

#[test]
fn a_lost_request_is_looked_for_and_the_same_is_sent_again() {
    let plan = plan(vec![step("a", &[])]);
    let mut run = run(&plan, 10);
    assert_eq!(begun(&mut run), [0]);
    let a = StepIx(0);
    assert_eq!(run.to_send(Duration::ZERO), [(a, request(0))]);
    run.lost(a, Why::Unanswered, SECOND);
    assert_eq!((run.to_send(SECOND), run.to_find(Duration::ZERO)), (vec![], vec![]));
    assert_eq!(run.to_find(SECOND), [(a, Why::Unanswered)]);
    run.undecided(a, 2 * SECOND);
    assert_eq!((run.to_find(SECOND), run.next_due()), (vec![], Some(2 * SECOND)));
    assert!(run.can_send_again(a));
    run.send_again(a, Timestamp(99), 3 * SECOND, false);
    assert_eq!(run.to_send(3 * SECOND), [(a, Request { sign_by: Timestamp(99), ..request(0) })]);
    assert_eq!(run.tries(a), 1);
    run.accepted(a, "rec".into(), 4 * SECOND);
    assert_eq!(run.to_ask(4 * SECOND), [(a, "rec".into())]);
    run.still_running(a, 5 * SECOND);
    assert_eq!((run.tries(a), run.to_ask(4 * SECOND)), (1, vec![]));
}

#[test]
fn without_its_request_an_interrupted_operation_is_not_sent_again() {
    let plan = plan(vec![interrupted("a")]);
    let mut run = run(&plan, 10);
    assert_eq!(run.admit(SECOND).begin, [StepIx(0)]);
    run.interrupted(StepIx(0), None, SECOND);
    assert!(!run.can_send_again(StepIx(0)));
    run.send_again(StepIx(0), Timestamp(99), SECOND, false);
    assert_eq!((run.to_send(SECOND), run.to_find(SECOND).len()), (vec![], 1));
}

#[test]
fn a_request_that_is_put_off_keeps_its_token_and_counts() {
    let plan = plan(vec![step("a", &[])]);
    let mut run = run(&plan, 10);
    assert_eq!(begun(&mut run), [0]);
    run.refused_for_now(StepIx(0), SECOND);
    run.renewed(StepIx(0), Timestamp(7));
    assert_eq!(run.to_send(Duration::ZERO), []);
    assert_eq!(run.to_send(SECOND), [(StepIx(0), Request { sign_by: Timestamp(7), ..request(0) })]);
    assert_eq!(run.tries(StepIx(0)), 1);
    assert_eq!(outcomes(run), [Outcome::Unknown], "it was tried, and its intent is durable");
}

#[test]
fn how_often_a_request_was_throttled_outlives_its_looks_and_bounds_no_other_tries() {
    let plan = plan(vec![step("a", &[])]);
    let mut run = run(&plan, 10);
    assert_eq!(begun(&mut run), [0]);
    let a = StepIx(0);
    for times in 1..=7 {
        run.lost(a, Why::Throttled(error()), SECOND);
        assert_eq!((run.throttled(a), run.to_find(SECOND)), (times, vec![(a, Why::Throttled(error()))]));
        run.send_again(a, Timestamp(9), SECOND, false);
        assert_eq!((run.throttled(a), run.tries(a)), (times, 1));
    }
    run.refused_for_now(a, SECOND);
    run.lost(a, Why::Unanswered, SECOND);
    assert_eq!(run.throttled(a), 7);
    run.accepted(a, "rec".into(), SECOND);
    assert_eq!(run.throttled(a), 0);
}

#[test]
fn what_is_over_stays_over() {
    let plan = plan(vec![step("a", &[])]);
    let mut run = run(&plan, 10);
    assert_eq!(begun(&mut run), [0]);
    run.end(StepIx(0), Outcome::Unknown, None);
    run.accepted(StepIx(0), "rec".into(), SECOND);
    run.end(StepIx(0), Outcome::Done, None);
    assert_eq!((run.next_due(), run.is_over()), (None, true));
    assert_eq!(outcomes(run), [Outcome::Unknown]);
}

#[test]
fn after_a_signal_nothing_begins_and_what_runs_is_left() {
    let plan = plan((0..5).map(|n| step(&n.to_string(), &[])).collect());
    let mut run = run(&plan, 3);
    assert_eq!(begun(&mut run), [0, 1, 2]);
    run.accepted(StepIx(0), "rec".into(), SECOND);
    run.lost(StepIx(1), Why::Refused(error()), SECOND);
    assert_eq!(run.unsent(), [StepIx(2)]);
    run.leave_in_flight();
    assert!(run.has_ended(StepIx(0)) && !run.has_ended(StepIx(1)), "what is looked for, only after a signal");
    assert!(run.interrupt());
    assert!(!run.interrupt());
    run.end(StepIx(2), Outcome::NotStarted, None);
    run.leave_in_flight();
    assert_eq!(never(&mut run), [(3, Outcome::NotStarted), (4, Outcome::NotStarted)]);
    let ended = outcomes(run);
    assert_eq!(ended[..3], [Outcome::InFlight("rec".into()), Outcome::Unknown, Outcome::NotStarted]);
}

#[test]
fn after_a_signal_what_waits_for_something_in_flight_is_not_started() {
    let plan = plan(vec![step("a", &[]), step("b", &[0]), step("c", &[1])]);
    for (signal, ends) in [(true, Outcome::NotStarted), (false, Outcome::Blocked(StepIx(0)))] {
        let mut run = run(&plan, 3);
        assert_eq!(begun(&mut run), [0]);
        run.accepted(StepIx(0), "rec".into(), SECOND);
        if signal {
            run.interrupt();
        }
        run.leave_in_flight();
        assert_eq!(never(&mut run), [(1, ends.clone())]);
        assert_eq!(never(&mut run), [(2, ends)]);
    }
}

#[test]
fn what_runs_on_in_the_cloud_keeps_its_room_and_nobody_waits_for_it() {
    let plan = plan(vec![step("a", &[]), step("b", &[])]);
    let mut run = run(&plan, 1);
    assert_eq!(begun(&mut run), [0]);
    run.end(StepIx(0), Outcome::InFlight("rec".into()), None);
    assert_eq!(never(&mut run), [(1, Outcome::NotStarted)]);
}

#[test]
fn what_was_interrupted_has_its_room_already_and_others_wait_for_it() {
    let plan = plan(vec![step("a", &[]), interrupted("b"), interrupted("c")]);
    let mut run = run(&plan, 1);
    assert_eq!(run.admit(SECOND).begin, [StepIx(1), StepIx(2)]);
    run.accepted(StepIx(1), "rec-1".into(), SECOND);
    run.accepted(StepIx(2), "rec-2".into(), SECOND);
    assert_eq!(run.since_begun(StepIx(1), 3 * SECOND), 2 * SECOND);
    run.end(StepIx(1), Outcome::Done, None);
    assert!(run.admit(SECOND).is_empty());
    run.end(StepIx(2), Outcome::Done, None);
    assert_eq!(begun(&mut run), [0]);
}

#[test]
fn an_address_moves_until_its_last_step_has_ended() {
    let plan = plan(vec![step("a", &[]), step("a", &[0])]);
    let mut run = run(&plan, 1);
    let a = Address::new("a", "hub");
    run.end(StepIx(0), Outcome::Done, None);
    assert!(run.is_moving(&a) && !run.is_moving(&Address::new("b", "hub")));
    run.end(StepIx(1), Outcome::Done, None);
    assert!(!run.is_moving(&a));
}

#[test]
fn without_credentials_nothing_new_begins() {
    let plan = plan(vec![step("a", &[]), interrupted("b"), step("c", &[0])]);
    let mut run = run(&plan, 10);
    run.deny("expired".to_owned());
    assert_eq!(never(&mut run), [(0, Outcome::NotStarted), (1, Outcome::NotStarted)]);
    assert_eq!(never(&mut run), [(2, Outcome::NotStarted)]);
    assert_eq!(run.into_report(None).denied.as_deref(), Some("expired"));
}

#[test]
fn what_was_overtaken_keeps_its_room_while_it_may_run_on() {
    let plan = plan(vec![step("a", &[]), step("b", &[])]);
    for (is_accepted, begins) in [(false, vec![StepIx(1)]), (true, Vec::new())] {
        let mut run = run(&plan, 1);
        assert_eq!(run.admit(Duration::ZERO).begin, [StepIx(0)]);
        run.intended(StepIx(0), request(0), Duration::ZERO);
        if is_accepted {
            run.accepted(StepIx(0), "rec-1".into(), SECOND);
        }
        run.overtaken(StepIx(0), Outcome::Stale("somebody was first".to_owned()));
        assert_eq!(run.admit(Duration::ZERO).begin, begins, "accepted: {is_accepted}");
    }
}
