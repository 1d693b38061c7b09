//! The end of an apply, and errors for people.

use std::time::Duration;

use provisor::apply::report::{Ended, Failure, Outcome, Report};
use provisor::catalog::RecordError;
use provisor::model::ids::Address;
use provisor::model::template::{Attribute, Missing, Reference};
use provisor::plan::{Act, Refusal, Rule, StepIx};
use provisor::report::Style;
use provisor::report::escape::is_hidden;
use provisor::report::human::{self, Beside};
use provisor::report::view::{Ending, ReportView};
use provisor::state::StateError;
use provisor::workspace::Complaint;

use super::fixture::{EVIL, address, plain};

fn ended(key: &str, act: Act, outcome: Outcome) -> Ended {
    let took = Some(Duration::from_secs(90));
    Ended {
        address: address(key),
        label: key.to_owned(),
        location: "hub".to_owned(),
        simulated: false,
        act,
        replacing: false,
        outcome,
        took,
    }
}

fn report(ended: Vec<Ended>) -> Report {
    Report { ended, ..Report::default() }
}

fn summary(report: &Report, ending: Ending, style: Style) -> String {
    human::report(&ReportView::of(report), ending, style)
}

fn failed(record: &str, code: &str, text: &str) -> Outcome {
    let errors = vec![RecordError { code: code.into(), description: text.into(), hint: None }];
    Outcome::Failed(Failure::Record { record: record.into(), errors })
}

#[test]
fn all_is_well_in_terraforms_words() {
    let done = |key, verb| ended(key, verb, Outcome::Done);
    let report_of = |ended| summary(&report(ended), Ending::Apply, plain());
    let replaced = vec![done("db", Act::Terminate), done("db", Act::Provision)];
    assert_eq!(
        report_of(replaced),
        "Apply complete! Resources: 1 added, 0 changed, 1 destroyed.\nChanged: db (3m0s).\n"
    );
    assert_eq!(report_of(vec![]), "Apply complete! Resources: 0 added, 0 changed, 0 destroyed.\n");
    let aside = vec![
        done("a", Act::Update),
        done("b", Act::Settle),
        done("c", Act::Remember),
        ended("d", Act::Update, Outcome::Unchanged),
    ];
    let expected = "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.
Changed: a (1m30s), c (1m30s).
Resumed: b (1m30s).
Also: 1 resumed, 1 changed in the state only, not in the cloud, 1 unchanged because their inputs are
  as they were.
";
    assert_eq!(report_of(aside), expected);
    let gone = report(vec![done("a", Act::Terminate), done("b", Act::Terminate)]);
    assert_eq!(
        summary(&gone, Ending::Destroy, plain()),
        "Destroy complete! Resources: 2 destroyed.\nChanged: a (1m30s), b (1m30s).\n"
    );
    let many = (0..600).map(|n| Ended {
        took: Some(Duration::from_secs(n)),
        ..ended(&format!("p{n}"), Act::Update, Outcome::Done)
    });
    assert!(report_of(many.collect()).ends_with(
        "\nChanged: p599 (9m59s), p598 (9m58s), p597 (9m57s), p596 (9m56s), p595 (9m55s) and 595 more.\n"
    ));
}

const LIST: &str = "Errors from CloudFormation: [{LogicalResourceId : SC-1-pp-1, ResourceType : AWS::CloudFormation::Stack, \
                    StatusReason : failed to create: [A, B].}, {LogicalResourceId : A, ResourceType : \
                    Custom::A, StatusReason : Resource creation cancelled}, {LogicalResourceId : B, ResourceType : Custom::B, \
                    StatusReason : build has status FAILED}]";

#[test]
fn what_was_put_off_needs_time_and_a_list_of_events_is_told_cause_first() {
    let busy = RecordError { code: String::new(), description: "Try again later.".into(), hint: None };
    let put_off = Outcome::PutOff(Failure::Record { record: "rec-8".into(), errors: vec![busy] });
    let report = report(vec![
        ended("db", Act::Update, failed("rec-7", "", LIST)),
        ended("account", Act::Provision, put_off),
        ended("app", Act::Provision, Outcome::Blocked(StepIx(1))),
    ]);
    let expected = "Error: db: update failed after 1m30s, record rec-7
  | B (Custom::B): build has status FAILED
  | SC-1-pp-1 (AWS::CloudFormation::Stack): failed to create: [A, B].
  | A (Custom::A): Resource creation cancelled

Apply incomplete: 1 failed, 1 put off, 1 blocked. Resources: 0 added, 0 changed, 0 destroyed.

  failed       db
  put off      account  record rec-8: Try again later.
  blocked      1 by account: app

What is put off needs only time: run `provisor apply` again in a few minutes.
Once the cause is repaired, run `provisor apply` again: what is done is not repeated.
";
    assert_eq!(summary(&report, Ending::Apply, plain()), expected);
}

#[test]
fn refusals_that_differ_in_ids_are_one_line() {
    let one = |n: usize| {
        let place = format!("a{n:02}");
        let refusal = Refusal {
            rule: Rule::Exists,
            message: format!("`net-{place}` exists already: pp-id{n}"),
            hint: Some(format!("`provisor import net@{place} pp-id{n}` adopts it")),
        };
        Ended {
            address: Address::new("net", format!("{place}/r")),
            label: format!("net@{place}"),
            location: place,
            ..ended("net", Act::Refuse, Outcome::Refused(refusal))
        }
    };
    let page = summary(&report((0..40).map(one).collect()), Ending::Apply, plain());
    let expected = "
  refused      net on a00 … a39 (40)  `net-LOCATION` exists already: ID; ID: pp-id0 of net@a00,
               | pp-id1 of net@a01, pp-id2 of net@a02 and 37 more
                                      hint: `provisor import net@LOCATION ID` adopts it
";
    assert!(page.contains(expected), "{page}");
}

#[test]
fn whatever_is_not_well_is_listed_with_the_way_on() {
    let refusal = Refusal {
        rule: Rule::PreventTerminate,
        message: "it is protected".into(),
        hint: Some("unprotect".into()),
    };
    let mut report = report(vec![
        ended("network", Act::Provision, Outcome::Done),
        ended("db", Act::Update, failed("rec-7", "ResourceLimit", "failed to create: [Db].\nSubnet is full")),
        ended("app", Act::Provision, Outcome::Blocked(StepIx(1))),
        ended("old", Act::Terminate, Outcome::Refused(refusal)),
        ended("slow", Act::Settle, Outcome::InFlight("rec-8".into())),
        ended("lost", Act::Update, Outcome::Unknown),
        ended("odd", Act::Update, Outcome::Stale("it was changed meanwhile".into())),
        ended("rest", Act::Update, Outcome::NotStarted),
        ended("same", Act::Update, Outcome::Unchanged),
    ]);
    report.interrupted = true;
    let expected = "Error: db: update failed after 1m30s, record rec-7
  | ResourceLimit: failed to create: [Db].
  | Subnet is full

Apply incomplete: 1 failed, 1 refused, 1 blocked, 1 in flight, 1 without an answer, 1 stale, 1 not started. Resources: 1 added, 0 changed, 0 destroyed.
Also: 1 unchanged because their inputs are as they were.

  done         network (1m30s)
  unchanged    same
  failed       db
  refused      old  it is protected
                    hint: unprotect
  blocked      1 by db: app
  in flight    slow  interrupted operation, record rec-8
  no answer    lost  update: sent, and not answered
  stale        odd  it was changed meanwhile
  not started  rest

What is in flight goes on in the cloud: run `provisor apply` again to follow it to its end.
Run `provisor apply` again: it looks for unanswered requests before it sends anything.
What is refused needs a decision: each says what can be done.
What is stale was left alone: run `provisor apply` again for a new plan.
Once the cause is repaired, run `provisor apply` again: what is done is not repeated.
1 step was not started: run `provisor apply` again.
";
    assert_eq!(summary(&report, Ending::Apply, plain()), expected);
    let view = ReportView::of(&report);
    let tally = view.tally;
    assert!(!view.is_complete);
    assert_eq!(
        (tally.added, tally.failed, tally.blocked, tally.in_flight, tally.not_started),
        (1, 1, 1, 1, 1)
    );
}

#[test]
fn each_single_trouble_makes_it_incomplete() {
    let troubles = [
        failed("rec-1", "", ""),
        Outcome::Blocked(StepIx(9)),
        Outcome::InFlight("rec-1".into()),
        Outcome::Unknown,
        Outcome::Stale("x".into()),
        Outcome::NotStarted,
        Outcome::Refused(Refusal { rule: Rule::Exists, message: "x".into(), hint: None }),
    ];
    for trouble in troubles {
        let page = summary(&report(vec![ended("a", Act::Provision, trouble)]), Ending::Destroy, plain());
        assert!(page.contains("Destroy incomplete: 1 ") && !page.contains("complete!"), "{page}");
    }
    let denied = Report { denied: Some("token expired".into()), ..Report::default() };
    let page = summary(&denied, Ending::Apply, plain());
    assert!(
        page.starts_with("Error: access was denied: nothing new was sent after that\n  | token expired\n"),
        "{page}"
    );
    assert!(page.contains("Apply incomplete: Resources: 0 added"), "{page}");
}

#[test]
fn failures_tell_what_they_know() {
    let reference =
        Reference { of: address("network"), what: Attribute::Output { key: "VpcId".into(), index: Some(2) } };
    let rejected = Failure::Rejected {
        code: "InvalidParameters".into(),
        message: "no path".into(),
        hint: Some("ask".into()),
    };
    let report = report(vec![
        ended("a", Act::Update, Outcome::Failed(Failure::Missing(Missing(reference)))),
        ended("b", Act::Provision, Outcome::Failed(rejected)),
        ended(
            "c",
            Act::Terminate,
            Outcome::Failed(Failure::Record { record: "rec-1".into(), errors: vec![] }),
        ),
    ]);
    let page = summary(&report, Ending::Apply, plain());
    let expected = "Error: a: update failed after 1m30s
  | `outputs.VpcId[2]` of `network` is not there

Error: b: provisioning failed after 1m30s
  | InvalidParameters: no path
  hint: ask

Error: c: termination failed after 1m30s, record rec-1
  | the record failed, and the catalog gives no reason
";
    assert!(page.starts_with(expected), "{page}");
}

#[test]
fn long_lists_are_counted_and_hostile_text_gets_nowhere() {
    let many = (0..120).map(|n| ended(&format!("p{n}"), Act::Update, failed(EVIL, EVIL, &EVIL.repeat(2000))));
    let lost = (0..120).map(|n| ended(&format!("q{n}"), Act::Update, Outcome::InFlight(EVIL.into())));
    let page = summary(&report(many.chain(lost).collect()), Ending::Apply, plain());
    assert!(page.contains("+100 more") && page.contains("p4 and 115 more"), "{page}");
    assert!(!page.chars().any(|c| c != '\n' && is_hidden(c)));
    let page =
        summary(&report(vec![ended(EVIL, Act::Update, Outcome::Stale(EVIL.into()))]), Ending::Apply, plain());
    assert!(!page.chars().any(|c| c != '\n' && is_hidden(c)), "{page:?}");
    let colored = Style { color: true, ..plain() };
    let page =
        summary(&report(vec![ended("a", Act::Update, failed("rec-1", "C", "t"))]), Ending::Apply, colored);
    assert!(page.starts_with("\u{1b}[31mError:\u{1b}[0m a: update failed"), "{page:?}");
}

#[test]
fn what_failed_in_the_same_words_is_told_once_and_what_waits_is_counted() {
    let mut all: Vec<Ended> = (0..30)
        .map(|n| ended(&format!("db{n}"), Act::Update, failed(&format!("rec-{n}"), "", "Subnet is full")))
        .collect();
    all.extend((0..40).map(|n| ended(&format!("app{n}"), Act::Update, Outcome::Blocked(StepIx(3)))));
    all.extend((0..7).map(|n| ended(&format!("rest{n}"), Act::Update, Outcome::NotStarted)));
    let page = summary(&report(all), Ending::Apply, plain());
    assert_eq!(page.matches("Subnet is full").count(), 1, "{page}");
    for told in [
        "Error: db0: update failed after 1m30s, record rec-0\nError: db1: update failed",
        "Error: 10 more failed in the same words\n  | Subnet is full\n\n",
        "  blocked      40 by db3: app0, app1, app2, app3, app4 and 35 more\n",
        "  not started  rest0, rest1, rest2, rest3, rest4 and 2 more\n",
    ] {
        assert!(page.contains(told), "{told}\n{page}");
    }
}

fn at(location: usize, key: &str, act: Act, outcome: Outcome) -> Ended {
    let location = format!("a{location:02}");
    let label = format!("{key}@{location}");
    let address = provisor::model::ids::Address::new(key, format!("{location}/eu-west-1"));
    Ended { address, label, location, ..ended(key, act, outcome) }
}

#[test]
fn what_is_equal_over_locations_is_one_line() {
    let mut all: Vec<Ended> = (0..40)
        .map(|n| at(n, "network", Act::Provision, failed(&format!("rec-{n}"), "", "Subnet is full")))
        .collect();
    all.extend((0..40).map(|n| at(n, "app", Act::Provision, Outcome::Blocked(StepIx(n)))));
    all.extend((0..40).map(|n| at(n, "dns", Act::Provision, Outcome::Done)));
    all.extend((0..40).map(|n| at(n, "log", Act::Update, Outcome::NotStarted)));
    all.extend((0..40).map(|n| at(n, "old", Act::Update, Outcome::Stale("it moved".into()))));
    let page = summary(&report(all), Ending::Apply, plain());
    for told in [
        "  done         dns on a00 … a39 (40) (1m30s)\n",
        "  failed       network on a00 … a39 (40)\n",
        "  blocked      40 by network on a00 … a39 (40): app on a00 … a39 (40)\n",
        "  stale        old on a00 … a39 (40)  it moved\n",
        "  not started  log on a00 … a39 (40)\n",
    ] {
        assert!(page.contains(told), "{told}\n{page}");
    }
}

#[test]
fn locations_of_groups_that_interleave_do_not_overlap() {
    let of = |n: usize| if n.is_multiple_of(2) { Outcome::Done } else { Outcome::NotStarted };
    let page =
        summary(&report((0..40).map(|n| at(n, "dns", Act::Update, of(n))).collect()), Ending::Apply, plain());
    for told in [
        "  done         dns on a00, a02, a04 and 17 more (1m30s)\n",
        "  not started  dns on a01, a03, a05 and 17 more\n",
    ] {
        assert!(page.contains(told), "{told}\n{page}");
    }
}

#[test]
fn keys_that_were_moved_are_counted() {
    let moved = Report { moved: 40, ..Report::default() };
    assert_eq!(
        summary(&moved, Ending::Apply, plain()),
        "Apply complete! Resources: 0 added, 0 changed, 0 destroyed.\nAlso: 40 moved (in the state only).\n"
    );
}

/// A product counts once, however many operations its update takes.
#[test]
fn an_update_of_several_operations_counts_once() {
    let page = |outcomes: [Outcome; 3]| {
        let all = outcomes.map(|outcome| ended("one", Act::Update, outcome));
        summary(&report(all.into()), Ending::Apply, plain())
    };
    assert_eq!(
        page([Outcome::Unchanged, Outcome::Done, Outcome::Done]),
        "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.\nChanged: one (3m0s).\n"
    );
    let told = page([Outcome::Done, failed("rec-1", "", "no"), Outcome::Blocked(StepIx(1))]);
    assert!(
        told.contains("Apply incomplete: 1 failed. Resources: 0 added, 0 changed, 0 destroyed.\n")
            && told.contains("  done         one (1m30s)\n  failed       one\n")
            && !told.contains("blocked"),
        "{told}"
    );
}

/// What was there goes first; what takes its place is no step of its own that something else keeps from being done.
#[test]
fn a_replacement_that_is_left_halfway_counts_once() {
    let first = |outcome| Ended { replacing: true, ..ended("db", Act::Terminate, outcome) };
    let second = |outcome| ended("db", Act::Provision, outcome);
    let page = |one, other| {
        let report = Report { interrupted: true, ..report(vec![first(one), second(other)]) };
        summary(&report, Ending::Apply, plain())
    };
    for rest in [Outcome::Blocked(StepIx(0)), Outcome::NotStarted] {
        let told = page(Outcome::InFlight("rec-1".into()), rest.clone());
        assert!(
            told.starts_with("Apply incomplete: 1 in flight. Resources: 0 added, 0 changed, 0 destroyed.\n")
                && told.contains(
                    "  in flight    db  termination, record rec-1; what takes its place is made after it\n"
                )
                && !told.contains("blocked")
                && !told.contains("not started"),
            "{told}"
        );
        let told = page(failed("rec-1", "", "no"), rest);
        assert!(
            told.contains("Apply incomplete: 1 failed. Resources") && !told.contains("blocked"),
            "{told}"
        );
    }
    let told = page(Outcome::Done, Outcome::NotStarted);
    assert!(
        told.starts_with("Apply incomplete: 1 not started. Resources: 0 added, 0 changed, 1 destroyed.\n")
            && told.contains(
                "  not started  db  what was there is gone, and what takes its place is not made yet\n"
            ),
        "{told}"
    );
    let told = page(Outcome::Done, failed("rec-2", "", "no"));
    assert!(
        told.contains("Apply incomplete: 1 failed. Resources: 0 added, 0 changed, 1 destroyed.\n"),
        "{told}"
    );
}

#[test]
fn at_any_width_no_word_is_broken_and_what_tools_read_stays_a_line() {
    let text = "Resource handler returned message: the subnet that was asked for has no addresses left in it";
    let mut all = vec![ended("a-database-of-the-orders@pay-dev", Act::Update, failed("rec-1", "", text))];
    all.extend(
        (0..9).map(|n| ended(&format!("service-{n}@pay-dev"), Act::Update, Outcome::Blocked(StepIx(0)))),
    );
    let page = summary(&report(all), Ending::Apply, Style { width: 60, ..plain() });
    let expected = "Error: a-database-of-the-orders@pay-dev: update failed after 1m30s, record rec-1
  | Resource handler returned message: the subnet that was
  | asked for has no addresses left in it

Apply incomplete: 1 failed, 9 blocked. Resources: 0 added, 0 changed, 0 destroyed.

  failed       a-database-of-the-orders@pay-dev
  blocked      9 by a-database-of-the-orders@pay-dev:
               | service-0@pay-dev, service-1@pay-dev,
               | service-2@pay-dev, service-3@pay-dev,
               | service-4@pay-dev and 4 more

Once the cause is repaired, run `provisor apply` again: what
  is done is not repeated.
";
    assert_eq!(page, expected);
}

#[test]
fn errors_name_their_causes_once() {
    let full = || std::io::Error::other("disk full");
    let io = StateError::Io { doing: "writing `state/x`".into(), source: full() };
    let told = |error: &dyn std::error::Error, hint: Option<&str>| {
        let Complaint { message, causes, .. } = Complaint::of(error);
        human::error(&message, Beside { causes: &causes, hint, ..Beside::default() }, plain())
    };
    assert_eq!(
        told(&io, Some("make room\nor move")),
        "Error: writing `state/x`: disk full\n  = hint: make room\n          or move\n"
    );
    let wrapped = std::io::Error::other(Wrapped(full()));
    assert_eq!(told(&wrapped, None), "Error: cannot go on\n  = caused by: disk full\n");
    let page = human::error(
        &format!("{EVIL}\nmore"),
        Beside { causes: &[EVIL.into()], notes: &[EVIL.into()], hint: Some(EVIL) },
        plain(),
    );
    assert!(!page.chars().any(|c| c != '\n' && is_hidden(c)), "{page:?}");
    assert!(page.contains("\n  | more\n  = caused by: a\\u{1b}"), "{page}");
    assert!(page.contains("\n  = note: a\\u{1b}"), "{page}");
}

#[derive(Debug)]
struct Wrapped(std::io::Error);

impl std::fmt::Display for Wrapped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cannot go on")
    }
}

impl std::error::Error for Wrapped {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn what_waits_for_something_stale_needs_no_repair() {
    for (root, told) in [
        (Outcome::Stale("`db` was written since".to_owned()), false),
        (Outcome::NotStarted, false),
        (failed("rec-1", "ServiceError", "no room"), true),
    ] {
        let is_failed = matches!(root, Outcome::Failed(_));
        let report = report(vec![
            ended("db", Act::Update, root),
            ended("app", Act::Update, Outcome::Blocked(StepIx(0))),
        ]);
        let view = ReportView::of(&report);
        assert_eq!(view.ended.iter().map(|one| one.needs_repair).collect::<Vec<_>>(), [is_failed, told]);
        let page = summary(&report, Ending::Apply, plain());
        assert_eq!(page.contains("Once the cause is repaired"), told, "{page}");
    }
}
