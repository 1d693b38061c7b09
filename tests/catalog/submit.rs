//! Requests that change the cloud: what they say, that they are sent once, and when they are not sent at all.

use std::time::Duration;

use provisor::catalog::{
    Catalog, CatalogError, CatalogErrorKind, CatalogRead, Operation, Payload, Progress, Record, Request, Sent,
};
use provisor::model::product::{Bound, Language, Preferences, StackSetOperation};
use provisor::model::secret::Secret;
use provisor::model::target::{Named, Options, Target};
use provisor::model::time::Timestamp;
use serde_json::json;

use super::server::{DATE_MS, Reply, Server};
use super::setup::{adapter, catalog, detail, heard, here, only, record_ref, sandbox};

pub(super) fn payload() -> Payload {
    Payload {
        target: Target {
            name: "net".to_owned(),
            product: Named::new("prod-1", "network"),
            artifact: Named::new("pa-1", "v1"),
            path: Named::new("lpv3-1", "platform"),
            options: Options {
                notification_arns: vec!["arn:aws:sns:eu-west-1:111122223333:events".to_owned()],
                language: Language::Jp,
                ..Options::default()
            },
        },
        parameters: [
            ("Cidr".to_owned(), Sent::Value("10.0.0.0/16".to_owned())),
            ("Empty".to_owned(), Sent::Value(String::new())),
            ("Kept".to_owned(), Sent::Previous),
            ("Password".to_owned(), Sent::Secret(Secret::new("s3cret"))),
        ]
        .into(),
        tags: Some([("env".to_owned(), "dev".to_owned())].into()),
        stack_set: None,
    }
}

fn preferring(preferences: Preferences) -> Payload {
    let mut payload = payload();
    payload.target.options.preferences = Some(preferences);
    payload
}

fn request(operation: Operation) -> Request {
    let sign_by = Timestamp(DATE_MS + 600_000);
    Request { location: here(), token: "tok-1".into(), sign_by, operation }
}

fn provision() -> Request {
    request(Operation::Provision { payload: payload() })
}

fn update(payload: Payload) -> Request {
    request(Operation::Update { id: "pp-1".into(), payload })
}

fn terminate(retain: bool) -> Request {
    request(Operation::Terminate { id: "pp-1".into(), retain })
}

fn accepting() -> Server {
    Server::start(|_| Reply::Json(json!({"RecordDetail": detail("rec-1", "CREATED")})))
}

fn submit(server: &Server, request: Request) -> Result<Record, CatalogError> {
    only(heard(sandbox(&server.url)).submit(&[request]))
}

#[test]
fn provisioning_says_everything_by_id_and_under_its_own_token() {
    let server = accepting();
    let record = submit(&server, provision()).unwrap();
    assert_eq!((record.id.as_str(), &record.progress), ("rec-1", &Progress::Running));
    assert_eq!(record.asked, Timestamp(DATE_MS));
    let sent = json!({
        "AcceptLanguage": "jp", "ProductId": "prod-1", "ProvisioningArtifactId": "pa-1", "PathId": "lpv3-1",
        "ProvisionedProductName": "net", "ProvisionToken": "tok-1",
        "ProvisioningParameters": [{"Key": "Cidr", "Value": "10.0.0.0/16"}, {"Key": "Empty", "Value": ""},
                                   {"Key": "Password", "Value": "s3cret"}],
        "Tags": [{"Key": "env", "Value": "dev"}],
        "NotificationArns": ["arn:aws:sns:eu-west-1:111122223333:events"]
    });
    assert_eq!(server.seen()[0].body, sent, "what is new has no previous value");
    assert_eq!(server.seen()[0].operation, "ProvisionProduct");
    assert!(server.seen()[0].headers["authorization"].contains("Credential=111122223333/"));
}

#[test]
fn an_update_keeps_previous_values_without_sending_any() {
    let server = accepting();
    submit(&server, update(payload())).unwrap();
    let sent = json!({
        "AcceptLanguage": "jp", "ProvisionedProductId": "pp-1", "ProductId": "prod-1",
        "ProvisioningArtifactId": "pa-1", "PathId": "lpv3-1", "UpdateToken": "tok-1",
        "ProvisioningParameters": [{"Key": "Cidr", "Value": "10.0.0.0/16"}, {"Key": "Empty", "Value": ""},
                                   {"Key": "Kept", "UsePreviousValue": true}, {"Key": "Password", "Value": "s3cret"}],
        "Tags": [{"Key": "env", "Value": "dev"}]
    });
    assert_eq!(server.seen()[0].body, sent);
}

#[test]
fn tags_are_left_out_of_an_update_only_where_there_are_none_to_say() {
    let server = accepting();
    submit(&server, update(Payload { tags: None, ..payload() })).unwrap();
    submit(&server, update(Payload { tags: Some([].into()), ..payload() })).unwrap();
    assert_eq!(server.seen()[0].body.get("Tags"), None);
    assert_eq!(server.seen()[1].body["Tags"], json!([]));
}

#[test]
fn all_six_preferences_have_their_place() {
    let by_count = Preferences {
        accounts: vec!["111122223333".to_owned()],
        regions: vec!["eu-west-1".to_owned()],
        failure_tolerance: Some(Bound::Count(0)),
        max_concurrency: Some(Bound::Count(2)),
    };
    let by_percentage = Preferences {
        failure_tolerance: Some(Bound::Percentage(10)),
        max_concurrency: Some(Bound::Percentage(30)),
        ..Preferences::default()
    };
    let server = accepting();
    for preferences in [by_count, by_percentage] {
        submit(&server, update(preferring(preferences))).unwrap();
    }
    let count = json!({
        "StackSetAccounts": ["111122223333"], "StackSetRegions": ["eu-west-1"], "StackSetFailureToleranceCount": 0,
        "StackSetMaxConcurrencyCount": 2
    });
    let percentage =
        json!({"StackSetFailureTolerancePercentage": 10, "StackSetMaxConcurrencyPercentage": 30});
    assert_eq!(server.seen()[0].body["ProvisioningPreferences"], count);
    assert_eq!(server.seen()[1].body["ProvisioningPreferences"], percentage);
}

#[test]
fn stack_set_operations_are_named_on_updates_where_they_are_not_plain_ones() {
    let preferences = Preferences { accounts: vec!["111122223333".to_owned()], ..Preferences::default() };
    let server = accepting();
    for stack_set in [None, Some(StackSetOperation::Create), Some(StackSetOperation::Delete)] {
        submit(&server, update(Payload { stack_set, ..preferring(preferences.clone()) })).unwrap();
    }
    let seen = server.seen();
    let types: Vec<_> =
        seen.iter().map(|one| one.body["ProvisioningPreferences"]["StackSetOperationType"].clone()).collect();
    assert_eq!(types, [json!(null), json!("CREATE"), json!("DELETE")]);
}

#[test]
fn a_termination_names_its_product_by_id_alone() {
    let server = accepting();
    submit(&server, terminate(false)).unwrap();
    submit(&server, terminate(true)).unwrap();
    let plain = json!({"ProvisionedProductId": "pp-1", "TerminateToken": "tok-1", "AcceptLanguage": "en"});
    assert_eq!(server.seen()[0].body, plain);
    assert_eq!(server.seen()[1].body["RetainPhysicalResources"], true);
}

#[test]
fn nothing_is_sent_twice_whatever_comes_back() {
    type Row = (fn() -> Reply, CatalogErrorKind);
    let rows: [Row; 9] = [
        (|| Reply::Fault(500, "InternalFailure", String::new()), CatalogErrorKind::Ambiguous),
        (|| Reply::Fault(503, "ServiceUnavailable", String::new()), CatalogErrorKind::Ambiguous),
        (|| Reply::Fault(400, "ThrottlingException", String::new()), CatalogErrorKind::Throttled),
        (|| Reply::Fault(400, "LimitExceededException", String::new()), CatalogErrorKind::Later),
        (|| Reply::Hangup, CatalogErrorKind::Ambiguous),
        (|| Reply::Silence(Duration::from_secs(1)), CatalogErrorKind::Ambiguous),
        (|| Reply::Raw(200, "{".to_owned()), CatalogErrorKind::Ambiguous),
        (|| Reply::Raw(200, "{}".to_owned()), CatalogErrorKind::Ambiguous),
        (
            || {
                Reply::Fault(
                    400,
                    "InvalidParametersException",
                    "A stack named net already exists.".to_owned(),
                )
            },
            CatalogErrorKind::Conflict,
        ),
    ];
    for (number, (reply, kind)) in rows.into_iter().enumerate() {
        let server = Server::start(move |_| reply());
        let error = submit(&server, provision()).unwrap_err();
        assert_eq!(error.kind, kind, "row {number}: {error:?}");
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!(server.seen().len(), 1, "row {number}");
    }
}

#[test]
fn a_dead_connection_of_the_pool_is_no_second_request() {
    // the first answer leaves a connection in the pool, which the server then closes on the next request
    let server = Server::start(|seen| match seen.before {
        0 => Reply::Json(json!({"RecordDetail": detail("rec-1", "CREATED")})),
        _ => Reply::Hangup,
    });
    let catalog = heard(sandbox(&server.url));
    only(catalog.submit(&[provision()])).unwrap();
    let error = only(catalog.submit(&[provision()])).unwrap_err();
    assert_eq!(error.kind, CatalogErrorKind::Ambiguous);
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn a_refused_connection_sent_nothing() {
    let catalog = heard(sandbox(&Server::gone()));
    // until the connection of the first question is closed on our side, too
    std::thread::sleep(Duration::from_millis(100));
    let error = only(catalog.submit(&[provision()])).unwrap_err();
    assert_eq!(error.kind, CatalogErrorKind::NotSent, "{error}");
    assert!(error.message.contains("refused"), "{error}");
}

#[test]
fn nothing_is_signed_too_late() {
    let server = accepting();
    let catalog = catalog(&server);
    let late = |request| Request { sign_by: Timestamp(DATE_MS - 1), ..request };
    let ever = Request { sign_by: Timestamp(i64::MAX), ..provision() };
    let unheard = only(catalog.submit(&[ever])).unwrap_err();
    assert_eq!(unheard.kind, CatalogErrorKind::NotSent, "a clock that was never heard proves nothing");
    only(catalog.records(&[record_ref("rec-1")])).unwrap();
    let error = only(catalog.submit(&[late(provision())])).unwrap_err();
    assert_eq!(error.kind, CatalogErrorKind::NotSent, "{error}");
    assert_eq!(server.count("ProvisionProduct"), 0);
    let answers = catalog.submit(&[provision(), late(terminate(false))]);
    assert!(answers[0].is_ok() && answers[1].is_err());
    assert_eq!((server.count("ProvisionProduct"), server.count("TerminateProvisionedProduct")), (1, 0));
}

#[test]
fn a_replayed_token_whose_record_is_over_is_read_for_its_outputs() {
    let server = Server::start(|_| Reply::Json(json!({"RecordDetail": detail("rec-1", "SUCCEEDED")})));
    assert_eq!(submit(&server, provision()).unwrap().progress, Progress::Running);
}

#[test]
fn a_secret_is_in_the_body_and_in_no_error() {
    let server = Server::start(|_| Reply::Hangup);
    let mut errors = vec![submit(&server, provision()).unwrap_err()];
    // the SDK's own words for such endpoints print the whole request
    for url in ["not a url", "http://127.0.0.1:99999", "ftp://127.0.0.1", ""] {
        let answers = adapter(sandbox(url)).submit(&[provision()]);
        errors.push(only(answers).unwrap_err());
    }
    for error in errors {
        let said = format!("{error:?}");
        assert!(!said.contains("s3cret") && !said.contains("10.0.0.0/16"), "{said}");
        assert!(error.kind != CatalogErrorKind::Refused || said.contains("endpoint"), "{said}");
    }
}
