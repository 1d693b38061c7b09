//! Records and provisioned products: statuses, times, outputs, absence, the server's clock, retries.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use provisor::catalog::{CatalogErrorKind, CatalogRead, FindBy, Progress, RecordError, Status};
use provisor::model::kinds::RecordKind;
use provisor::model::product::Selector;
use provisor::model::time::Timestamp;
use serde_json::json;

use super::server::{DATE_MS, Reply, Server};
use super::setup::{catalog, detail, here, only, record_ref};

fn progress_of(status: &'static str) -> Progress {
    let server = Server::start(move |_| Reply::Json(json!({"RecordDetail": detail("rec-1", status)})));
    only(catalog(&server).records(&[record_ref("rec-1")])).unwrap().progress
}

#[test]
fn a_record_is_read_with_its_times() {
    let server = Server::start(|_| Reply::Json(json!({"RecordDetail": detail("rec-1", "IN_PROGRESS")})));
    let record = only(catalog(&server).records(&[record_ref("rec-1")])).unwrap();
    assert_eq!(record.id.as_str(), "rec-1");
    assert_eq!(record.kind, RecordKind::Provision);
    assert_eq!(record.provisioned.as_str(), "pp-1");
    assert_eq!(record.created, Timestamp(1_577_222_793_362), "rounded to the millisecond, not cut");
    assert_eq!(record.asked, Timestamp(DATE_MS));
    assert_eq!(record.progress, Progress::Running);
    let seen = &server.seen()[0];
    assert_eq!(seen.headers["x-amz-target"], "AWS242ServiceCatalogService.DescribeRecord");
    assert_eq!(seen.body["Id"], "rec-1");
}

#[test]
fn every_status_has_its_meaning_and_an_unknown_one_means_running() {
    assert_eq!(progress_of("CREATED"), Progress::Running);
    assert_eq!(progress_of("PAUSED_BY_SOMEBODY"), Progress::Running);
    assert_eq!(progress_of("IN_PROGRESS_IN_ERROR"), Progress::Unwinding);
    assert_eq!(progress_of("SUCCEEDED"), Progress::Succeeded([].into()));
    assert_eq!(progress_of("FAILED"), Progress::Failed(vec![]));
}

#[test]
fn a_failure_keeps_the_catalog_s_words() {
    let server = Server::start(|_| {
        let mut failed = detail("rec-1", "FAILED");
        failed["RecordErrors"] = json!([{"Code": "1", "Description": "Subnet is \u{1b}[31mfull"}]);
        Reply::Json(json!({"RecordDetail": failed}))
    });
    let record = only(catalog(&server).records(&[record_ref("rec-1")])).unwrap();
    let error =
        RecordError { code: "1".to_owned(), description: "Subnet is \u{1b}[31mfull".to_owned(), hint: None };
    assert_eq!(record.progress, Progress::Failed(vec![error]));
}

#[test]
fn outputs_are_paged_only_when_the_record_succeeded() {
    for (status, pages) in [("SUCCEEDED", 3), ("IN_PROGRESS", 1)] {
        let server = Server::start(move |seen| {
            let page = seen.before;
            let outputs: Vec<_> = (page * 20..(page * 20 + 20).min(45))
                .map(|n| json!({"OutputKey": format!("K{n}"), "OutputValue": format!("v{n}")}))
                .collect();
            let next = (page < 2).then(|| format!("page-{}", page + 1));
            Reply::Json(json!({
                "RecordDetail": detail("rec-1", status), "RecordOutputs": outputs, "NextPageToken": next
            }))
        });
        let record = only(catalog(&server).records(&[record_ref("rec-1")])).unwrap();
        assert_eq!(server.count("DescribeRecord"), pages, "{status}");
        if let Progress::Succeeded(outputs) = record.progress {
            assert_eq!(outputs.len(), 45);
            assert_eq!(outputs["K44"], "v44");
            assert_eq!(server.seen()[2].body["PageToken"], "page-2");
        }
    }
}

#[test]
fn a_batch_answers_in_the_order_of_its_items_each_with_its_own_error() {
    let server = Server::start(|seen| match seen.body["Id"].as_str().unwrap() {
        "rec-7" => Reply::Fault(400, "ResourceNotFoundException", "no such record".to_owned()),
        id => Reply::Json(json!({"RecordDetail": detail(id, "IN_PROGRESS")})),
    });
    let asked: Vec<_> = (0..100).map(|n| record_ref(&format!("rec-{n}"))).collect();
    let answers = catalog(&server).records(&asked);
    for (n, answer) in answers.iter().enumerate() {
        match answer {
            Ok(record) => assert_eq!(record.id, asked[n].record),
            Err(error) => assert_eq!((n, error.kind), (7, CatalogErrorKind::NotFound)),
        }
    }
    assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1);
}

#[test]
fn a_batch_is_asked_concurrently_up_to_a_bound() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let peak = Arc::clone(&most);
    let server = Server::start(move |_| {
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        now.fetch_sub(1, Ordering::SeqCst);
        Reply::Json(json!({"RecordDetail": detail("rec-1", "CREATED")}))
    });
    let asked: Vec<_> = (0..64).map(|n| record_ref(&format!("rec-{n}"))).collect();
    assert!(catalog(&server).records(&asked).iter().all(Result::is_ok));
    let peak = peak.load(Ordering::SeqCst);
    assert!((8..=16).contains(&peak), "{peak} at once");
}

#[test]
fn an_unknown_location_is_an_error_of_its_item_alone() {
    let server = Server::start(|_| Reply::Json(json!({"RecordDetail": detail("rec-1", "CREATED")})));
    let mut elsewhere = record_ref("rec-1");
    elsewhere.location = "elsewhere".into();
    let answers = catalog(&server).records(&[elsewhere, record_ref("rec-1")]);
    assert!(answers[0].as_ref().unwrap_err().message.contains("elsewhere"));
    assert!(answers[1].is_ok());
}

#[test]
fn find_tells_presence_and_absence_with_a_time() {
    let server = Server::start(|seen| match seen.body.get("Name") {
        Some(_) => Reply::Fault(400, "ResourceNotFoundException", "not there".to_owned()),
        None => Reply::Json(json!({"ProvisionedProductDetail": {
            "Name": "net", "Arn": "arn:aws:servicecatalog:eu-west-1:111122223333:stack/net/pp-1", "Type": "CFN_STACK",
            "Id": "pp-1", "Status": "UNDER_CHANGE", "CreatedTime": 1_577_222_793.358, "IdempotencyToken": "tok",
            "LastRecordId": "rec-2", "LastProvisioningRecordId": "rec-1"
        }})),
    });
    let by = |by| FindBy { location: here(), by };
    let catalog = catalog(&server);
    let answers = catalog.find(&[by(Selector::Id("pp-1".into())), by(Selector::Name("gone".into()))]);
    let there = answers[0].as_ref().unwrap();
    let existing = there.existing.as_ref().unwrap();
    assert_eq!(existing.status, Status::UnderChange);
    assert_eq!(existing.token.as_ref().unwrap().as_str(), "tok");
    assert_eq!(existing.last_successful_record, None);
    assert_eq!(existing.user_arn, None);
    assert_eq!(existing.asked, Timestamp(DATE_MS));
    let absent = answers[1].as_ref().unwrap();
    assert_eq!((&absent.existing, absent.asked), (&None, Timestamp(DATE_MS)));
}

#[test]
fn the_server_s_clock_is_heard_and_goes_on() {
    let server = Server::start(|_| Reply::Json(json!({"RecordDetail": detail("rec-1", "CREATED")})));
    let catalog = catalog(&server);
    assert_eq!(catalog.time(&here()).now(), Timestamp(0));
    only(catalog.records(&[record_ref("rec-1")])).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    let now = catalog.time(&here()).now();
    assert!(now >= Timestamp(DATE_MS + 5_000), "a hundred times as fast: {now:?}");
    let second = Duration::from_secs(1);
    assert_eq!(catalog.time(&here()).passed(second), 100 * second);
}

#[test]
fn an_answer_without_a_date_claims_none() {
    let server = Server::dated(None, |_| Reply::Json(json!({"RecordDetail": detail("rec-1", "CREATED")})));
    let catalog = catalog(&server);
    assert_eq!(only(catalog.records(&[record_ref("rec-1")])).unwrap().asked, Timestamp(0));
    assert_eq!(catalog.time(&here()).now(), Timestamp(0));
}

#[test]
fn a_read_is_tried_again_after_5xx_a_lost_connection_or_silence() {
    let server = Server::start(|seen| match seen.before {
        0 => Reply::Fault(500, "InternalFailure", String::new()),
        1 => Reply::Hangup,
        _ => Reply::Json(json!({"RecordDetail": detail("rec-1", "CREATED")})),
    });
    only(catalog(&server).records(&[record_ref("rec-1")])).unwrap();
    assert_eq!(server.count("DescribeRecord"), 3);
    let server = Server::start(|seen| match seen.before {
        0 => Reply::Silence(Duration::from_secs(1)),
        _ => Reply::Json(json!({"RecordDetail": detail("rec-1", "CREATED")})),
    });
    only(catalog(&server).records(&[record_ref("rec-1")])).unwrap();
    assert_eq!(server.count("DescribeRecord"), 2);
}

#[test]
fn a_throttled_read_outlasts_the_sdk_s_attempts() {
    let server = Server::start(|seen| match seen.before {
        0..10 => Reply::Fault(400, "ThrottlingException", "Rate exceeded".to_owned()),
        _ => Reply::Json(json!({"RecordDetail": detail("rec-1", "CREATED")})),
    });
    only(catalog(&server).records(&[record_ref("rec-1")])).unwrap();
    assert_eq!(server.count("DescribeRecord"), 11);
}

#[test]
fn a_read_that_is_always_throttled_ends() {
    let server = Server::start(|_| Reply::Fault(400, "ThrottlingException", "Rate exceeded".to_owned()));
    let error = only(catalog(&server).records(&[record_ref("rec-1")])).unwrap_err();
    assert_eq!((error.kind, error.code.as_str()), (CatalogErrorKind::Throttled, "ThrottlingException"));
    assert_eq!(server.count("DescribeRecord"), 27, "three attempts in each of nine rounds");
}

#[test]
fn many_throttled_reads_all_come_through() {
    let server = Server::start(|seen| {
        let calls = seen.before;
        match calls % 3 {
            0 | 1 => Reply::Fault(400, "ThrottlingException", "Rate exceeded".to_owned()),
            _ => Reply::Json(json!({"RecordDetail": detail("rec-1", "CREATED")})),
        }
    });
    let asked: Vec<_> = (0..200).map(|n| record_ref(&format!("rec-{n}"))).collect();
    let failed = catalog(&server).records(&asked).into_iter().filter(Result::is_err).count();
    assert!(failed <= 4, "two of three answers are throttled, yet {failed} of 200 reads failed");
}

#[test]
fn a_quota_is_not_retried_as_if_it_were_a_rate() {
    let server = Server::start(|_| Reply::Fault(400, "LimitExceededException", "too many".to_owned()));
    let error = only(catalog(&server).records(&[record_ref("rec-1")])).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (CatalogErrorKind::Later, "too many"));
    assert_eq!(server.count("DescribeRecord"), 1);
}
