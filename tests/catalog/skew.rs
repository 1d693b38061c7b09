//! Signatures of another time than the service's: turned away at the door, signed anew, a bounded number of times.

use provisor::catalog::{CatalogErrorKind, CatalogRead};
use serde_json::json;

use super::server::{Reply, Server};
use super::setup::{catalog, detail, here, only, record_ref};

fn expired() -> Reply {
    Reply::Fault(
        400,
        "InvalidSignatureException",
        "Signature expired: 20310304T040607Z is now earlier than 20310304T050107Z (20310304T050607Z - 5 min.)"
            .to_owned(),
    )
}

#[test]
fn a_read_is_signed_anew_by_the_time_of_the_answer() {
    // without a `Date` the SDK itself does not try again
    for (date, turned_away) in [(Some(super::server::DATE), 4), (None, 2)] {
        let server = Server::dated(date, move |seen| match seen.before {
            before if before < turned_away => expired(),
            _ => Reply::Json(json!({"RecordDetail": detail("rec-1", "CREATED")})),
        });
        only(catalog(&server).records(&[record_ref("rec-1")])).unwrap();
        assert_eq!(server.count("DescribeRecord"), turned_away + 1, "{date:?}");
    }
}

#[test]
fn a_clock_that_stays_wrong_ends_in_an_error_that_says_so() {
    for (date, most) in [(Some(super::server::DATE), 9), (None, 3)] {
        let server = Server::dated(date, |_| expired());
        let error = only(catalog(&server).records(&[record_ref("rec-1")])).unwrap_err();
        assert_eq!(error.kind, CatalogErrorKind::NotSent, "{error:?}");
        assert!(error.hint.as_ref().is_some_and(|hint| hint.contains("clock")), "{error:?}");
        assert_eq!(server.count("DescribeRecord"), most, "{date:?}");
    }
}

#[test]
fn the_token_service_says_it_under_another_code() {
    let server = Server::start(|_| {
        Reply::Raw(
            403,
            "<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>Signature not yet \
             current: 20310304T060607Z is still later than 20310304T051107Z (20310304T050607Z + 5 min.)</Message></Error>\
             </ErrorResponse>"
                .to_owned(),
        )
    });
    let error = only(catalog(&server).identities(&[here()])).unwrap_err();
    assert_eq!(error.kind, CatalogErrorKind::NotSent, "{error:?}");
    assert!(error.message.starts_with("Signature not yet current"), "{error:?}");
}
