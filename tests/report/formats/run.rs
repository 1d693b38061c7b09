//! The page of a run: nothing from outside is more than text in it, every step has its entry, and every link its end.

use std::collections::BTreeSet;
use std::time::Duration;

use provisor::apply::event::{At, Event, Remedy, Watch};
use provisor::apply::report::{Ended, Failure, Outcome, Report};
use provisor::catalog::{CatalogError, CatalogErrorKind, RecordError};
use provisor::model::ids::{Address, RecordId};
use provisor::model::time::Timestamp;
use provisor::plan::{Act, Refusal, Rule, StepIx};
use provisor::report::html::{self, RunFacts};
use provisor::report::view::{Ending, ReportView, Timeline};

use super::super::events::minutes;
use super::HOSTILE;
use super::html::tags;

/// A run in which all of this text comes from outside.
fn page(foreign: &str) -> String {
    let failed = Failure::Record {
        record: foreign.into(),
        errors: vec![RecordError { code: foreign.into(), description: foreign.into(), hint: None }],
    };
    let refusal = Refusal { rule: Rule::Exists, message: foreign.into(), hint: Some(foreign.into()) };
    let outcomes = [
        Outcome::Done,
        Outcome::Failed(failed),
        Outcome::Blocked(StepIx(1)),
        Outcome::Refused(refusal),
        Outcome::InFlight(foreign.into()),
        Outcome::Stale(foreign.into()),
    ];
    let ended = outcomes.iter().map(|outcome| Ended {
        address: Address::new("key", "hub"),
        label: foreign.to_owned(),
        location: foreign.to_owned(),
        simulated: true,
        act: Act::Update,
        replacing: false,
        outcome: outcome.clone(),
        took: Some(Duration::from_secs(90)),
    });
    let report = Report {
        ended: ended.collect(),
        interrupted: true,
        denied: Some(foreign.to_owned()),
        unwritten: Some(foreign.to_owned()),
        ..Report::default()
    };
    let mut outlook = minutes(6);
    for (n, ahead) in outlook.steps.iter_mut().enumerate() {
        (ahead.product, ahead.location) = (foreign.to_owned(), foreign.to_owned());
        ahead.after = (0..n).take(1).map(StepIx).collect();
    }
    let mut course = Timeline::new(&outlook);
    tell(&mut course, &outcomes, foreign);
    let facts = RunFacts {
        ending: Ending::Apply,
        began: Timestamp(1_790_000_000_000),
        fingerprint: "fingerprint-1",
        lineage: foreign,
        serial: 7,
        outlook: &outlook,
    };
    html::run(&ReportView::of(&report), &course, &facts)
}

fn tell(course: &mut Timeline<'_>, outcomes: &[Outcome], foreign: &str) {
    let (address, record) = (Address::new("key", "hub"), RecordId::from(foreign));
    let error = CatalogError {
        kind: CatalogErrorKind::Throttled,
        code: foreign.to_owned(),
        message: foreign.to_owned(),
        hint: None,
    };
    for (n, outcome) in outcomes.iter().enumerate() {
        let at = |second: usize| At {
            step: StepIx(n),
            address: &address,
            label: foreign,
            location: foreign,
            simulated: true,
            act: Act::Update,
            elapsed: Duration::from_secs(second as u64),
            began: Some(Duration::from_secs(10 * n as u64)),
        };
        course.hear(&Event::Delayed(at(10 * n + 1), &error, Remedy::Look));
        course.hear(&Event::Started(at(10 * n + 2), &record));
        let watch = Watch { running: Duration::ZERO, unwinding: true };
        course.hear(&Event::Progress(at(10 * n + 5), watch));
        course.hear(&Event::Settled(at(10 * n + 9), outcome, None));
    }
}

#[test]
fn nothing_from_outside_makes_a_tag() {
    let bare = tags(&page("zq"));
    for hostile in HOSTILE {
        let page = page(hostile);
        assert_eq!(tags(&page), bare, "{hostile:?}");
        let visible = |c: char| c == '\n' || !provisor::report::escape::is_hidden(c);
        assert!(page.chars().all(visible), "{page}");
    }
}

#[test]
fn it_loads_and_sends_nothing_and_its_links_have_ends() {
    let page = page("https://zq.example/x.png");
    assert!(html::is_ours(&page) && page.contains("default-src 'none'"), "{page}");
    let tags = tags(&page);
    let named = |attribute: &str| -> BTreeSet<String> {
        let of =
            tags.iter().filter_map(|tag| Some(tag.split(attribute).nth(1)?.split('"').next()?.to_owned()));
        of.collect()
    };
    let ends = named(" id=\"");
    for href in named(" href=\"") {
        assert!(href.strip_prefix('#').is_some_and(|end| ends.contains(end)), "{href}");
    }
    for tag in &tags {
        assert!(!tag.contains(" src=") && !tag.contains(" style=") && !tag.contains(" on"), "{tag}");
    }
    for n in 0..6 {
        assert!(ends.contains(&format!("step-{n}")));
    }
}

#[test]
fn it_says_why_each_step_waited() {
    let page = page("zq");
    for told in [
        "waited 9.0s for zq to be over",
        "waited 1.0s for room: as much was in flight",
        "waited 2.0s for the catalog to take the request",
        "at 1.0s: zq: zq (looked for before anything was sent again)",
        "<dt>Began</dt><dd>2026-09-21T14:13:20Z</dd>",
        "<dt>Took</dt><dd>59s</dd>",
    ] {
        assert!(page.contains(told), "{told}\n{page}");
    }
}
