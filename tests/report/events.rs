//! What watchers of an apply see: lines, and JSON lines.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use provisor::apply::event::{At, Event, Remedy, Watch};
use provisor::apply::report::{Ended, Failure, Outcome, Report};
use provisor::apply::{Ahead, Foresight};
use provisor::catalog::{CatalogError, CatalogErrorKind, RecordError, ServiceTime};
use provisor::model::ids::{Address, RecordId};
use provisor::model::time::Timestamp;
use provisor::plan::{Act, Refusal, Rule, StepIx};
use provisor::report::escape::is_hidden;
use provisor::report::events::{JsonSink, LineSink, Sink};
use serde_json::{Value, json};

use super::fixture::{EVIL, address, plain};

pub fn at<'a>(step: usize, address: &'a Address, act: Act, elapsed: u64) -> At<'a> {
    At {
        step: StepIx(step),
        address,
        label: address.key.as_str(),
        location: address.location.as_str(),
        simulated: false,
        act,
        elapsed: Duration::from_secs(elapsed),
        began: None,
    }
}

pub fn watch(running: u64, unwinding: bool) -> Watch {
    Watch { running: Duration::from_secs(running), unwinding }
}

fn throttled() -> CatalogError {
    let message = "Rate\nexceeded".to_owned();
    CatalogError {
        kind: CatalogErrorKind::Later,
        code: "ThrottlingException".to_owned(),
        message,
        hint: None,
    }
}

fn failed(text: &str) -> Outcome {
    let errors = vec![RecordError { code: "Limit".into(), description: text.into(), hint: None }];
    Outcome::Failed(Failure::Record { record: "rec-7".into(), errors })
}

/// The lines of events, each at its second of wall time.
fn lines(events: &[(i64, Event<'_>)]) -> String {
    foreseen(&Foresight::default(), events)
}

/// The same, where something is known before; between two events, time passes by the second.
fn foreseen(outlook: &Foresight, events: &[(i64, Event<'_>)]) -> String {
    let now = AtomicI64::new(0);
    let clock = || Timestamp(now.load(Ordering::Relaxed) * 1000);
    let mut out = Vec::new();
    let mut sink = LineSink::new(&mut out, &clock, plain(), outlook);
    for (second, event) in events {
        for passed in clock().0 / 1000..*second {
            now.store(passed, Ordering::Relaxed);
            sink.tick();
        }
        now.store(*second, Ordering::Relaxed);
        sink.event(event);
    }
    String::from_utf8(out).unwrap()
}

#[test]
fn an_operation_in_lines() {
    let (a, record) = (address("network"), RecordId::from("rec-1"));
    let events = [
        (0, Event::Began { steps: 1 }),
        (0, Event::Started(at(0, &a, Act::Provision, 0), &record)),
        (10, Event::Progress(at(0, &a, Act::Provision, 10), watch(10, false))),
        (30, Event::Progress(at(0, &a, Act::Provision, 30), watch(30, false))),
        (40, Event::Progress(at(0, &a, Act::Provision, 40), watch(40, false))),
        (61, Event::Progress(at(0, &a, Act::Provision, 61), watch(61, false))),
        (70, Event::Progress(at(0, &a, Act::Provision, 70), watch(70, true))),
        (71, Event::Progress(at(0, &a, Act::Provision, 71), watch(71, true))),
        (101, Event::Progress(at(0, &a, Act::Provision, 101), watch(101, true))),
        (110, Event::Settled(at(0, &a, Act::Provision, 110), &Outcome::Done, Some(Duration::from_secs(105)))),
    ];
    let expected = "network: Provisioning... [rec-1]
network: Still provisioning... [30s elapsed]
network: Still provisioning... [1m0s elapsed]
network: Provisioning failed, rolling back... [1m10s elapsed]
network: Still rolling back... [1m30s elapsed]
network: Provisioning complete after 1m45s
";
    assert_eq!(lines(&events), expected);
}

/// A plan of so many creations at one place, each of which usually takes a minute.
pub fn minutes(steps: usize) -> Foresight {
    let ahead = Ahead {
        location: "hub".to_owned(),
        product: "vpc".to_owned(),
        act: Act::Provision,
        after: BTreeSet::new(),
        expected: Some(Duration::from_secs(60)),
        time: ServiceTime::default(),
    };
    Foresight { steps: vec![ahead; steps], parallelism: 50 }
}

#[test]
fn a_sign_of_life_names_the_longest_and_says_how_far_the_whole_is() {
    let names: Vec<Address> = ["a", "b", "c", "d", "e"].map(address).into();
    let record = RecordId::from("rec-1");
    let mut events = vec![(0, Event::Began { steps: 6 })];
    let begins = names.iter().enumerate().map(|(n, name)| (n, at(n, name, Act::Provision, n as u64)));
    events.extend(begins.map(|(n, at)| (n as i64, Event::Started(at, &record))));
    events.push((31, Event::Settled(at(1, &names[1], Act::Provision, 31), &Outcome::Done, None)));
    events.push((65, Event::Stopping));
    let page = foreseen(&minutes(6), &events);
    let beats: Vec<&str> = page.lines().filter(|line| line.starts_with("Still")).collect();
    assert_eq!(
        beats,
        [
            "Still running: 5 in flight, a provisioning [30s elapsed, usually 1m0s], b provisioning [29s elapsed, usually \
             1m0s], c provisioning [28s elapsed, usually 1m0s] and 2 more; 0 of 6 steps over, about 1m0s left",
            "Still running: 4 in flight, a provisioning [1m0s elapsed, usually 1m0s], c provisioning [58s elapsed, usually \
             1m0s], d provisioning [57s elapsed, usually 1m0s] and 1 more; 1 of 6 steps over, about 1m0s left",
        ]
    );
}

#[test]
fn every_outcome_has_its_line() {
    let table = [
        (Outcome::Done, "Update complete"),
        (failed("Subnet is full\nreally"), "Update failed [rec-7]"),
        (Outcome::InFlight("rec-2".into()), "Still running in the cloud [rec-2]"),
        (Outcome::Unknown, "Sent, and not answered: the next apply looks for it"),
        (Outcome::Stale("moved".into()), "Stale: moved"),
    ];
    let a = address("app");
    for (outcome, words) in table {
        assert_eq!(
            lines(&[(0, Event::Settled(at(0, &a, Act::Update, 5), &outcome, None))]),
            format!("app: {words}\n")
        );
    }
    // there may be thousands that never begin: the summary tells of them
    let refusal = Refusal { rule: Rule::Exists, message: "taken\nby x".into(), hint: None };
    let never = [Outcome::Refused(refusal.clone()), Outcome::Deferred(refusal), Outcome::NotStarted];
    for outcome in never.into_iter().chain([Outcome::Unchanged, Outcome::Blocked(StepIx(4))]) {
        assert_eq!(lines(&[(0, Event::Settled(at(0, &a, Act::Update, 5), &outcome, None))]), "");
    }
}

#[test]
fn resumed_operations_have_their_whole_time() {
    let (a, record, broken) = (address("db"), RecordId::from("rec-1"), failed("x"));
    let events = [
        (0, Event::Resumed(at(0, &a, Act::Settle, 0), &record)),
        (1, Event::Progress(at(0, &a, Act::Settle, 1), watch(600, false))),
        (2, Event::Settled(at(0, &a, Act::Settle, 2), &broken, None)),
    ];
    let expected = "db: Found again, still running... [rec-1]
db: Interrupted operation failed after 10m0s [rec-7]
";
    assert_eq!(lines(&events), expected);
}

#[test]
fn delays_are_told_and_not_repeated() {
    let (a, error) = (address("app"), throttled());
    let delay = |remedy| Event::Delayed(at(0, &a, Act::Update, 0), &error, remedy);
    let events = [
        (0, delay(Remedy::AskAgain)),
        (5, delay(Remedy::AskAgain)),
        (31, delay(Remedy::Look)),
        (62, delay(Remedy::SendAgain)),
        (63, Event::Stopping),
    ];
    let page = lines(&events);
    let expected = "app: Delayed (ThrottlingException: Rate exceeded), asking again
app: Still updating... [30s elapsed]
app: Delayed (ThrottlingException: Rate exceeded), looking for it before anything is sent again
app: Still looking for its request... [1m0s elapsed]
app: Delayed (ThrottlingException: Rate exceeded), sending it again with the same token
Interrupt received: nothing new is started.";
    assert!(page.starts_with(expected), "{page}");
}

fn hostile<'a>(
    a: &'a Address,
    record: &'a RecordId,
    error: &'a CatalogError,
    outcomes: &'a [Outcome],
) -> Vec<Event<'a>> {
    let mut events = vec![
        Event::Started(at(0, a, Act::Update, 0), record),
        Event::Resumed(at(0, a, Act::Update, 0), record),
        Event::Progress(at(0, a, Act::Update, 0), watch(1, true)),
        Event::Delayed(at(0, a, Act::Update, 0), error, Remedy::Look),
    ];
    events.extend(outcomes.iter().map(|outcome| Event::Settled(at(0, a, Act::Update, 0), outcome, None)));
    events
}

#[test]
fn hostile_text_gets_nowhere() {
    let error = CatalogError {
        kind: CatalogErrorKind::Later,
        code: EVIL.into(),
        message: EVIL.repeat(9000),
        hint: None,
    };
    let refusal = Refusal { rule: Rule::Exists, message: EVIL.into(), hint: Some(EVIL.into()) };
    let outcomes = [failed(EVIL), Outcome::InFlight(EVIL.into()), Outcome::Stale(EVIL.into())];
    let (a, record) = (address(EVIL), RecordId::from(EVIL));
    let events = hostile(&a, &record, &error, &outcomes);
    let timed: Vec<(i64, Event<'_>)> = events.iter().map(|event| (0, event.clone())).collect();
    let page = lines(&timed);
    assert_eq!(page.lines().count(), events.len());
    assert!(!page.chars().any(|c| c != '\n' && is_hidden(c)), "{page:?}");
    assert!(page.lines().all(|line| line.chars().count() < 2000), "{page}");
    let refused = Outcome::Refused(refusal);
    let mut events = events;
    events.push(Event::Settled(at(0, &a, Act::Update, 0), &refused, None));
    let page = documents(&events).0;
    assert!(!page.chars().any(|c| c != '\n' && is_hidden(c)), "{page:?}");
}

/// The JSON lines of events, as text and parsed.
fn documents(events: &[Event<'_>]) -> (String, Vec<Value>) {
    let clock = || Timestamp(1_790_000_000_123);
    let mut out = Vec::new();
    let seq = AtomicU64::new(0);
    let mut sink = JsonSink::new(&mut out, &clock, &seq);
    events.iter().for_each(|event| sink.event(event));
    sink.finish().unwrap();
    let text = String::from_utf8(out).unwrap();
    let parsed = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (text, parsed)
}

#[test]
fn json_has_a_document_per_line_and_the_summary_last() {
    let (a, record, error) = (address("app"), RecordId::from("rec-1"), throttled());
    let outcome = failed("full");
    let ended = Ended {
        address: a.clone(),
        label: "app".into(),
        location: a.location.as_str().to_owned(),
        simulated: true,
        act: Act::Update,
        replacing: false,
        outcome: outcome.clone(),
        took: Some(Duration::from_millis(1500)),
    };
    let report = Report { ended: vec![ended], interrupted: true, ..Report::default() };
    let about = |verb| at(0, &a, verb, 2);
    let (text, documents) = documents(&[
        Event::Began { steps: 1 },
        Event::Started(about(Act::Update), &record),
        Event::Progress(about(Act::Update), watch(2, true)),
        Event::Delayed(about(Act::Update), &error, Remedy::SendAgain),
        Event::Settled(about(Act::Update), &outcome, None),
        Event::Stopping,
        Event::Finished(&report),
    ]);
    let first = r#"{"format":"provisor.event/v1","seq":1,"time":"2026-09-21T14:13:20.123Z","event":"began","steps":1}"#;
    assert_eq!(text.lines().next(), Some(first));
    assert_eq!(
        documents[1],
        json!({"format": "provisor.event/v1", "seq": 2, "time": "2026-09-21T14:13:20.123Z", "event": "started",
               "step": 0, "address": "app", "key": "app", "location": "hub/eu-west-1", "simulated": false,
               "verb": "update", "elapsed_ms": 2000, "record": "rec-1"})
    );
    assert_eq!((&documents[2]["running_ms"], &documents[2]["unwinding"]), (&json!(2000), &json!(true)));
    assert_eq!(documents[3]["error"], json!({"code": "ThrottlingException", "message": "Rate\nexceeded"}));
    assert_eq!(documents[3]["remedy"], "send_again");
    let failed =
        json!({"kind": "failed", "record": "rec-7", "errors": [{"code": "Limit", "message": "full"}]});
    assert_eq!(documents[4]["outcome"], failed);
    let last = documents.last().unwrap();
    assert_eq!((&last["seq"], &last["event"]), (&json!(7), &json!("summary")));
    assert_eq!(last["summary"]["simulated"], true);
    assert_eq!(last["summary"]["complete"], false);
    assert_eq!(last["summary"]["interrupted"], true);
    assert_eq!(last["summary"]["counts"]["failed"], 1);
    assert_eq!(
        last["summary"]["steps"],
        json!([{"address": "app", "key": "app", "location": "hub/eu-west-1", "simulated": true, "verb": "update",
                "replacing": false, "took_ms": 1500, "outcome": failed}])
    );
}

struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::from(io::ErrorKind::StorageFull))
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_broken_reader_stops_no_apply() {
    let clock = || Timestamp(0);
    let (mut full, mut other) = (Full, Full);
    let seq = AtomicU64::new(0);
    let mut json = JsonSink::new(&mut full, &clock, &seq);
    let outlook = Foresight::default();
    let mut line = LineSink::new(&mut other, &clock, plain(), &outlook);
    for _ in 0..3 {
        json.event(&Event::Stopping);
        line.event(&Event::Stopping);
    }
    assert_eq!(json.finish().unwrap_err().kind(), io::ErrorKind::StorageFull);
}
