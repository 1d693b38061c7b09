//! What goes wrong on the way: which errors prove that nothing was sent, and what a bad answer is.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use provisor::catalog::aws::AwsCatalog;
use provisor::catalog::{CatalogError, CatalogErrorKind, CatalogRead};

use super::server::{Reply, Server};
use super::setup::{adapter, catalog, only, record_ref, sandbox};

fn read_at(url: &str) -> CatalogError {
    only(adapter(sandbox(url)).records(&[record_ref("rec-1")])).unwrap_err()
}

/// A port that nobody listens on.
pub(super) fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn a_refused_connection_and_an_unknown_host_were_never_sent() {
    let refused = read_at(&closed_port());
    assert_eq!(refused.kind, CatalogErrorKind::NotSent, "{refused}");
    assert!(refused.message.contains("refused"), "{refused}");
    let unknown = read_at("http://nowhere.invalid:80");
    assert_eq!(unknown.kind, CatalogErrorKind::NotSent, "{unknown}");
}

#[test]
fn a_connection_that_never_stands_was_never_sent() {
    // nobody accepts: when the queue is full, the next connection waits for ever
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
        waiting.push(stream);
        assert!(waiting.len() < 10_000, "the queue has no end here");
    }
    let error = read_at(&format!("http://{address}"));
    assert_eq!(error.kind, CatalogErrorKind::NotSent, "{error}");
    assert!(error.message.contains("cannot connect"), "{error}");
}

#[test]
fn answers_that_are_not_the_service_s_are_ambiguous() {
    for (status, body) in [
        (502, "<html>bad gateway</html>"),
        (407, "proxy authentication required"),
        (200, "{\"RecordDetail\": "),
        (200, "<html>hello</html>"),
        (200, "{\"RecordDetail\": {\"RecordId\": 5}}"),
        (200, "{\"RecordDetail\": {\"RecordId\": \"rec-1\", \"CreatedTime\": \"2026-11-22T00:00:00Z\"}}"),
        (200, ""),
        (200, "{}"),
        (307, ""),
    ] {
        let server = Server::start(move |_| Reply::Raw(status, body.to_owned()));
        let error = only(catalog(&server).records(&[record_ref("rec-1")])).unwrap_err();
        assert_eq!(error.kind, CatalogErrorKind::Ambiguous, "{status} {body}: {error:?}");
        assert!(!error.message.is_empty());
    }
}

#[test]
fn silence_is_ambiguous() {
    let server = Server::start(|_| Reply::Silence(Duration::from_secs(2)));
    let error = only(catalog(&server).records(&[record_ref("rec-1")])).unwrap_err();
    assert_eq!(error.kind, CatalogErrorKind::Ambiguous, "{error}");
    assert_eq!(server.count("DescribeRecord"), 3);
}

#[test]
fn the_service_s_code_and_text_are_kept_as_they_are() {
    let server = Server::start(|_| {
        Reply::Fault(400, "ns#InvalidParametersException", "Invalid \u{7}PathId: lpv3-1".to_owned())
    });
    let error = only(catalog(&server).records(&[record_ref("rec-1")])).unwrap_err();
    assert_eq!(error.code, "InvalidParametersException");
    assert_eq!(error.message, "Invalid \u{7}PathId: lpv3-1");
}

#[test]
fn a_location_s_name_is_taken_once() {
    let twice = vec![sandbox("http://127.0.0.1:1"), sandbox("http://127.0.0.1:2")];
    let error = AwsCatalog::new(twice).unwrap_err();
    assert!(error.message.contains("`here`"), "{error}");
}
